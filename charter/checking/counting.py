"""What is wrong in how an edition counts its answers: its rule, what the rule needs, its classes."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from charter.definition import Edition, Scale, Scoring
from charter.scoring.rules import RULES, Rule
from charter.source import Found

# A letter reads as the HAS’s, whose thresholds are not ours to give.
LETTER = 1


def scored(edition: Edition) -> Iterator[Found]:
    """Check the scoring of an edition."""
    scoring = edition.scoring
    versions = sorted(version for code, version in RULES if code == scoring.code)
    if not versions:
        known = ", ".join(sorted({code for code, _ in RULES}))
        yield "$.scoring.code", f"règle inconnue « {scoring.code} » : choisissez parmi {known}"
        return
    if scoring.version not in versions:
        known = ", ".join(map(str, versions))
        yield (
            "$.scoring.version",
            f"la règle {scoring.code} n’a pas de version {scoring.version} : choisissez parmi {known}",
        )
        return
    rule = RULES[scoring.code, scoring.version]
    if rule.scale is not edition.scale:
        yield (
            "$.scoring.code",
            f"la règle {scoring.code} compte l’échelle « {rule.scale} » : changez de règle ou d’échelle",
        )
        return
    yield from _needs(edition.scale, scoring)
    yield from _classes(scoring, rule)
    yield from _cap(edition)


def _needs(scale: Scale, scoring: Scoring) -> Iterator[Found]:
    needed, useless = ("partly", "carry") if scale is Scale.WORDS else ("carry", "partly")
    if getattr(scoring, needed) is None:
        yield "$.scoring", f"la règle {scoring.code} demande « {needed} » : ajoutez-le"
    if getattr(scoring, useless) is not None:
        yield f"$.scoring.{useless}", f"la règle {scoring.code} n’a que faire de « {useless} » : retirez-le"


def _classes(scoring: Scoring, rule: Rule) -> Iterator[Found]:
    seen: set[str] = set()
    for rank, each in enumerate(scoring.classes):
        place = f"$.scoring.classes[{rank}]"
        if each.code in seen:
            yield f"{place}.code", f"« {each.code} » en double : gardez-en un"
        seen.add(each.code)
        if LETTER in {len(each.code), len(each.label.fr), len(each.label.en)}:
            yield place, "une classe ne se nomme pas d’une lettre : écrivez un mot"
        if not rule.least <= Fraction(each.at_least) <= rule.most:
            yield f"{place}.at_least", f"seuil hors de l’échelle : écrivez de {rule.least} à {rule.most}"
    for rank, (better, worse) in enumerate(pairwise(scoring.classes), 1):
        if Fraction(better.at_least) <= Fraction(worse.at_least):
            yield (
                f"$.scoring.classes[{rank}].at_least",
                "les classes vont de la meilleure à la moins bonne : baissez ce seuil",
            )
    if scoring.classes and Fraction(scoring.classes[-1].at_least) > rule.least:
        last = f"$.scoring.classes[{len(scoring.classes) - 1}].at_least"
        yield last, f"la dernière classe prend tout le reste : écrivez {rule.least}"


def _cap(edition: Edition) -> Iterator[Found]:
    scoring = edition.scoring
    codes = [each.code for each in scoring.classes]
    if scoring.cap is None:
        if codes and any(each.imperative for each in edition.criteria):
            yield "$.scoring", "un impératif manqué plafonne la classe : nommez la classe dans « cap »"
        return
    if scoring.cap not in codes:
        yield "$.scoring.cap", f"classe inconnue « {scoring.cap} » : nommez-la dans « classes »"
    elif scoring.cap == codes[0]:
        yield "$.scoring.cap", f"« {scoring.cap} » est la meilleure classe : nommez-en une moins bonne"
