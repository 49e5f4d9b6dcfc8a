"""The result of an assessment: answers checked, the rule applied, and the bytes that are issued."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import msgspec

from charter.applicability import UNKNOWN, Establishment, asked_of, may_leave
from charter.definition import LEAVES, Answer, Criterion, Edition, Mark, Scale
from charter.scoring.outcome import Outcome, Said, truncated
from charter.scoring.rules import rule_of
from quality.errors import Refused
from quality.french import french

OFFERED: Mapping[Scale, frozenset[str]] = {Scale.WORDS: frozenset(Answer), Scale.MARKS: frozenset(Mark)}


@dataclass(frozen=True, slots=True)
class Wrong:
    """An answer that cannot be kept: what it answers, and what to do (a French sentence)."""

    code: str
    message: str


class AnswersRefused(Refused):
    """Answers that break the rules of their edition, each told."""

    def __init__(self, wrongs: tuple[Wrong, ...]) -> None:
        self.wrongs = wrongs
        super().__init__("\n".join(f"{each.code} : {each.message}" for each in wrongs))


class IssuedPart(msgspec.Struct, frozen=True):
    level: str
    code: str
    counted: int
    value: str | None


class IssuedImperative(msgspec.Struct, frozen=True):
    criterion: str
    standing: str


class Issued(msgspec.Struct, frozen=True):
    """A result as it is kept and shown: values with two decimals, cut without rounding."""

    edition: str
    version: int
    rule: str
    rule_version: int
    asked: int
    answered: int
    parts: tuple[IssuedPart, ...]
    imperatives: tuple[IssuedImperative, ...]
    value: str | None
    reading: str | None
    is_capped: bool


def outcome(edition: Edition, said: Said, reasons: Mapping[str, str], of: Establishment = UNKNOWN) -> Outcome:
    """Compute what an establishment's answers are worth, or raise AnswersRefused.

    >>> from charter.editions import load
    >>> outcome(load("national-2012"), {"1.1": "yes"}, {}).answered
    1
    """
    asked = asked_of(edition, of)
    wrongs = tuple(wrong_answers(asked, said, reasons, of))
    if wrongs:
        raise AnswersRefused(wrongs)
    return rule_of(asked).compute(asked, said)


def wrong_answers(
    asked: Edition, said: Said, reasons: Mapping[str, str], of: Establishment = UNKNOWN
) -> Iterator[Wrong]:
    """Tell which answers the edition does not take; `asked` is what it asks of the establishment."""
    places = {
        code: (chapter, criterion)
        for chapter in asked.chapters
        for criterion in chapter.criteria
        for code in criterion.asked
    }
    for code, answer in said.items():
        if code not in places:
            yield Wrong(code, french("Cela ne vous est pas demandé : retirez cette réponse."))
        elif answer not in OFFERED[asked.scale]:
            yield Wrong(code, french("Cette réponse n’est pas sur l’échelle : choisissez-en une autre."))
        elif answer == Mark.RI and not places[code][0].allows_ri:
            yield Wrong(code, french("« RI » n’est pas admis dans ce chapitre : choisissez une cotation."))
        elif answer in LEAVES:
            yield from _leaving(code, places[code][1], reasons.get(code, ""), of)


def _leaving(code: str, criterion: Criterion, reason: str, of: Establishment) -> Iterator[Wrong]:
    if not may_leave(criterion, of):
        yield Wrong(code, french("Ce critère est impératif : « non concerné » n’est pas admis."))
    elif not reason.strip():
        yield Wrong(code, french("Écrivez pourquoi cela ne vous concerne pas."))


def issue(edition: Edition, found: Outcome) -> bytes:
    """Write a result as the bytes that are kept, signed and shown: the same for ever under one version.

    >>> from charter.editions import load
    >>> edition = load("national-2012")
    >>> issue(edition, outcome(edition, {"1.1": "yes"}, {}))[:77]
    b'{"edition":"national-2012","version":1,"rule":"half","rule_version":1,"asked"'
    """
    scoring = edition.scoring
    return msgspec.json.encode(
        Issued(
            edition=edition.code,
            version=edition.version,
            rule=scoring.code,
            rule_version=scoring.version,
            asked=found.asked,
            answered=found.answered,
            parts=tuple(
                IssuedPart(each.level, each.code, each.counted, _printed(each.value)) for each in found.parts
            ),
            imperatives=tuple(IssuedImperative(code, each) for code, each in found.imperatives),
            value=_printed(found.value),
            reading=found.reading,
            is_capped=found.is_capped,
        )
    )


def _printed(value: Fraction | None) -> str | None:
    return None if value is None else str(truncated(value))
