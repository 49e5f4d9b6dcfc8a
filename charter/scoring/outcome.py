"""What a rule finds: a value by part of the edition, how each imperative stands, and how the whole reads."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from charter.definition import Scoring

Said = Mapping[str, str]  # code of a criterion or of an element → what is answered


class Level(StrEnum):
    """The parts of an edition that have a value."""

    CHAPTER = "chapter"
    THEME = "theme"
    OBJECTIVE = "objective"
    CRITERION = "criterion"


class Standing(StrEnum):
    """How an imperative stands; `left` is a justified « non concerné », `undecided` an answer that lacks."""

    MET = "met"
    MISSED = "missed"
    LEFT = "left"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Part:
    """The value of one part: per cent or a mean of marks, from `counted` answers; None from no answer."""

    level: Level
    code: str
    counted: int
    value: Fraction | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an assessment is worth; `reading` is the code of its class, once every answer is given.

    `value` is what the class is read from; `is_capped` says that an imperative holds the class down.
    """

    asked: int
    answered: int
    parts: tuple[Part, ...]
    imperatives: tuple[tuple[str, Standing], ...]
    value: Fraction | None
    reading: str | None
    is_capped: bool


def truncated(value: Fraction) -> Decimal:
    """Cut a value that is not negative after two decimals, without rounding.

    >>> str(truncated(Fraction(3999, 1000))), str(truncated(Fraction(11, 3))), str(truncated(Fraction(4)))
    ('3.99', '3.66', '4.00')
    """
    return Decimal(value.numerator * 100 // value.denominator).scaleb(-2)


def read(
    scoring: Scoring, value: Fraction | None, standings: Iterable[Standing], *, is_whole: bool
) -> tuple[str | None, bool]:
    """Give the class of a value, and whether a missed or undecided imperative holds it down.

    >>> from charter.editions import load
    >>> scoring = load("three-chapters-2026").scoring
    >>> read(scoring, Fraction(4), [Standing.MET], is_whole=True)
    ('solid', False)
    >>> read(scoring, Fraction(4), [Standing.MET, Standing.MISSED], is_whole=True)
    ('partial', True)
    """
    if value is None or not is_whole or not scoring.classes:
        return None, False
    codes = [each.code for each in scoring.classes]
    reached = next(rank for rank, each in enumerate(scoring.classes) if value >= Fraction(each.at_least))
    if scoring.cap is None or all(each in {Standing.MET, Standing.LEFT} for each in standings):
        return codes[reached], False
    cap = codes.index(scoring.cap)
    return codes[max(reached, cap)], reached < cap
