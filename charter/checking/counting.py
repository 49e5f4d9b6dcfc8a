"""What is wrong in how an edition counts its answers: its rule, what the rule needs, its classes."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from charter.definition import Edition, Scale, Scoring
from charter.scoring.rules import RULES, Rule
from charter.source import Found, at
from quality.french import french

# A letter reads as the HAS’s, whose thresholds are not ours to give.
LETTER = 1


def scored(edition: Edition) -> Iterator[Found]:
    """Check the scoring of an edition."""
    scoring = edition.scoring
    versions = sorted(version for code, version in RULES if code == scoring.code)
    if not versions:
        known = ", ".join(sorted({code for code, _ in RULES}))
        yield at(
            "$.scoring.code",
            french("règle inconnue « {rule} » : choisissez parmi {known}"),
            rule=scoring.code,
            known=known,
        )
        return
    if scoring.version not in versions:
        known = ", ".join(map(str, versions))
        yield at(
            "$.scoring.version",
            french("la règle {rule} n’a pas de version {version} : choisissez parmi {known}"),
            rule=scoring.code,
            version=scoring.version,
            known=known,
        )
        return
    rule = RULES[scoring.code, scoring.version]
    if rule.scale is not edition.scale:
        yield at(
            "$.scoring.code",
            french("la règle {rule} compte l’échelle « {scale} » : changez de règle ou d’échelle"),
            rule=scoring.code,
            scale=rule.scale,
        )
        return
    yield from _needs(edition.scale, scoring)
    yield from _classes(scoring, rule)
    yield from _cap(edition)


def _needs(scale: Scale, scoring: Scoring) -> Iterator[Found]:
    needed, useless = ("partly", "carry") if scale is Scale.WORDS else ("carry", "partly")
    if getattr(scoring, needed) is None:
        yield at(
            "$.scoring",
            french("la règle {rule} demande « {needed} » : ajoutez-le"),
            rule=scoring.code,
            needed=needed,
        )
    if getattr(scoring, useless) is not None:
        yield at(
            f"$.scoring.{useless}",
            french("la règle {rule} n’a que faire de « {useless} » : retirez-le"),
            rule=scoring.code,
            useless=useless,
        )


def _classes(scoring: Scoring, rule: Rule) -> Iterator[Found]:
    seen: set[str] = set()
    for rank, each in enumerate(scoring.classes):
        place = f"$.scoring.classes[{rank}]"
        if each.code in seen:
            yield at(f"{place}.code", french("« {code} » en double : gardez-en un"), code=each.code)
        seen.add(each.code)
        if LETTER in {len(each.code), len(each.label.fr), len(each.label.en)}:
            yield at(place, french("une classe ne se nomme pas d’une lettre : écrivez un mot"))
        if not rule.least <= Fraction(each.at_least) <= rule.most:
            yield at(
                f"{place}.at_least",
                french("seuil hors de l’échelle : écrivez de {least} à {most}"),
                least=rule.least,
                most=rule.most,
            )
    for rank, (better, worse) in enumerate(pairwise(scoring.classes), 1):
        if Fraction(better.at_least) <= Fraction(worse.at_least):
            yield at(
                f"$.scoring.classes[{rank}].at_least",
                french("les classes vont de la meilleure à la moins bonne : baissez ce seuil"),
            )
    if scoring.classes and Fraction(scoring.classes[-1].at_least) > rule.least:
        last = f"$.scoring.classes[{len(scoring.classes) - 1}].at_least"
        yield at(last, french("la dernière classe prend tout le reste : écrivez {least}"), least=rule.least)


def _cap(edition: Edition) -> Iterator[Found]:
    scoring = edition.scoring
    codes = [each.code for each in scoring.classes]
    if scoring.cap is None:
        if codes and any(each.imperative for each in edition.criteria):
            yield at(
                "$.scoring", french("un impératif manqué plafonne la classe : nommez la classe dans « cap »")
            )
        return
    if scoring.cap not in codes:
        yield at(
            "$.scoring.cap", french("classe inconnue « {cap} » : nommez-la dans « classes »"), cap=scoring.cap
        )
    elif scoring.cap == codes[0]:
        yield at(
            "$.scoring.cap",
            french("« {cap} » est la meilleure classe : nommez-en une moins bonne"),
            cap=scoring.cap,
        )
