"""The one table of what may be answered: the value that is stored, the digit that gives it, its words.

Every channel reads it, so that the same click, digit or key means the same everywhere.
"""

from dataclasses import dataclass
from functools import lru_cache

from surveys.questionnaire.definition import (
    DONT_KNOW,
    LANGUAGES,
    MOST_KEYS,
    NO,
    NOT_APPLICABLE,
    SCALE,
    YES,
    Item,
    Kind,
    Words,
)

NSP, SO = "nsp", "so"  # « ne sait pas », « sans objet »: answered, and counting for nothing
OUTSIDE = frozenset({NSP, SO})
MOST_KEPT = 10_000  # of items that never change, in the channels that ask them
Answer = int | float | str | list[str]

TYPED = frozenset({"phone", "sms", "voice"})
NUMBERED = frozenset({Kind.RATING, Kind.SCALE})
_NSP_DIGITS = {"phone": "9", "sms": "?", "voice": "#"}
_SO_DIGITS = {"phone": "8", "voice": "8"}
# Digits are the answer itself: what stands beside it has a letter.
DIGITAL = frozenset({Kind.SCALE, Kind.NUMBER, Kind.DATE})
_LETTERS = {NSP: "N", SO: "S"}
_TEN = "+"  # one key of the desk gives it, as the others

ERASED = "\u2026"  # what stands for a text that was erased; one that was passed stays empty


@dataclass(frozen=True, slots=True)
class Option:
    """One possible answer; `digit` is what gives it on the channel, empty where only a click does."""

    value: str
    words: Words
    digit: str = ""
    exclusive: bool = False


def options(item: Item, channel: str = "web") -> tuple[Option, ...]:
    """List what may be chosen, « ne sait pas » and « sans objet » last; nothing for what is written.

    >>> item = Item(alias="a", kind=Kind.YES_NO, label=YES, dont_know=True)
    >>> [(option.value, option.digit) for option in options(item, "sms")]
    [('yes', '1'), ('no', '2'), ('nsp', '?')]
    """
    return (*choices(item, channel), *outside(item, channel))


@lru_cache(maxsize=MOST_KEPT)
def choices(item: Item, channel: str = "web") -> tuple[Option, ...]:
    """List the answers of substance."""
    most = MOST_KEYS - item.not_applicable if channel in _SO_DIGITS else MOST_KEYS
    return tuple(
        Option(value, words, _digit(item, value, rank, most, channel), exclusive)
        for rank, (value, words, exclusive) in enumerate(_values(item), start=1)
    )


@lru_cache(maxsize=MOST_KEPT)
def outside(item: Item, channel: str = "web") -> tuple[Option, ...]:
    """List the answers that count for nothing; they exclude the others."""
    found = []
    if item.dont_know:
        found.append(Option(NSP, DONT_KNOW, _outside_digit(item, NSP, channel), exclusive=True))
    if item.not_applicable:
        found.append(Option(SO, NOT_APPLICABLE, _outside_digit(item, SO, channel), exclusive=True))
    return tuple(found)


def by_digit(item: Item, digit: str, channel: str) -> str | None:
    """Give the value of a digit or key, None when it means nothing there."""
    typed = digit.strip().upper()
    return next((each.value for each in options(item, channel) if each.digit == typed and typed), None)


def stored(item: Item, value: str) -> int | str:
    """Give a chosen value as it is stored: the marks are numbers.

    >>> stored(Item(alias="a", kind=Kind.RATING, label=YES), "4")
    4
    """
    return int(value) if item.kind in NUMBERED and value not in OUTSIDE else value


def _values(item: Item) -> tuple[tuple[str, Words, bool], ...]:
    if item.kind is Kind.RATING:
        words = tuple(choice.label for choice in item.choices) or SCALE
        return tuple((str(mark), each, False) for mark, each in enumerate(words, start=1))
    if item.kind is Kind.SCALE:
        return tuple((str(mark), Words(*[str(mark)] * len(LANGUAGES)), False) for mark in range(11))
    if item.kind is Kind.YES_NO:
        return ("yes", YES, False), ("no", NO, False)
    if item.kind in {Kind.SINGLE, Kind.MULTIPLE}:
        return tuple((each.value or "", each.label, each.exclusive) for each in item.choices)
    return ()


def _digit(item: Item, value: str, rank: int, most: int, channel: str) -> str:
    if item.kind in NUMBERED:
        return _TEN if channel == "phone" and len(value) > 1 else value
    return str(rank) if channel in TYPED and rank <= most else ""


def _outside_digit(item: Item, value: str, channel: str) -> str:
    if item.kind in DIGITAL:
        return _LETTERS[value] if channel == "phone" else ""
    return (_NSP_DIGITS if value == NSP else _SO_DIGITS).get(channel, "")
