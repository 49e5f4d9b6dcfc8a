"""The lists of choices of a form, and the kind of question that each makes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quality.french import french
from surveys.questionnaire import coding
from surveys.questionnaire.coding import OUTSIDE
from surveys.questionnaire.definition import DONT_KNOW, LANGUAGES, NO, NOT_APPLICABLE, SCALE, YES, Kind, Words
from surveys.questionnaire.xlsform import columns as c
from surveys.questionnaire.xlsform.layout import Layout, located
from surveys.questionnaire.xlsform.tables import Row

MARKS = tuple(str(mark) for mark in range(1, 6))
TENTHS = tuple(str(mark) for mark in range(11))
_OUTSIDE_WORDS = {coding.NSP: DONT_KNOW, coding.SO: NOT_APPLICABLE}

READ_AS_RATING = french(
    "Lu comme une note, 5 étant la meilleure. Sinon, écrivez «\u00a0single\u00a0» dans une colonne sq_kind."
)
REORDERED = french("Les réponses sont rangées dans leur ordre ici\u00a0: {values}.")
WORDS_KEPT = french("Les mots de «\u00a0{value}\u00a0» sont les nôtres ici\u00a0: «\u00a0{words}\u00a0».")


@dataclass(frozen=True, slots=True)
class Offered:
    """One choice of a list."""

    row: Row
    value: str
    labels: Mapping[str, str]
    is_standard: bool

    def says(self, words: Words) -> bool:
        """Tell whether it says exactly this, in each language in which it is written."""
        return bool(self.labels) and all(words.in_(each) == text for each, text in self.labels.items())


@dataclass(frozen=True, slots=True)
class Offer:
    """What a question offers: the answers of substance, then those that count for nothing."""

    choices: tuple[Offered, ...]
    outside: tuple[Offered, ...]

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(each.value for each in self.choices)


def lists_of(choices: Layout) -> dict[str, tuple[Offered, ...]]:
    """Read the lists by name."""
    found: dict[str, list[Offered]] = {}
    for row in located(choices.sheet.rows):
        value, is_standard = choices.cell(row, c.NAME), choices.cell(row, c.STANDARD) == c.TRUE
        offered = Offered(row, value, choices.texts(row, c.LABEL), is_standard)
        found.setdefault(choices.cell(row, c.LIST), []).append(offered)
    return {name: tuple(rows) for name, rows in found.items()}


def offer_of(rows: Sequence[Offered]) -> Offer:
    outside = sorted((each for each in rows if each.value in OUTSIDE), key=lambda each: each.value)
    return Offer(tuple(each for each in rows if each.value not in OUTSIDE), tuple(outside))


def kind_of(offer: Offer) -> Kind:
    """Recognise a mark, 0 to 10, yes or no; anything else keeps its own values and words.

    >>> def each(value, **labels): return Offered(Row(2, {}), value, labels, False)
    >>> kind_of(Offer((each("yes", fr="Oui"), each("no", fr="Non")), ())).value
    'yes_no'
    >>> kind_of(Offer((each("yes", fr="Oui, tout à fait"), each("no", fr="Non")), ())).value
    'single'
    """
    if sorted(offer.values) == list(MARKS):
        return Kind.RATING
    digits = all(set(each.labels.values()) <= {each.value} for each in offer.choices)
    if offer.values == TENTHS and digits:
        return Kind.SCALE
    is_yes_no = offer.values == ("yes", "no") and all(
        each.says(words) for each, words in zip(offer.choices, (YES, NO), strict=True)
    )
    return Kind.YES_NO if is_yes_no else Kind.SINGLE


def standard_words(kind: Kind, value: str) -> Words | None:
    """Give the words that the product has for an answer; None where they are the questionnaire's own."""
    if value in _OUTSIDE_WORDS:
        return _OUTSIDE_WORDS[value]
    if kind is Kind.YES_NO:
        return {"yes": YES, "no": NO}.get(value)
    return Words(*[value] * len(LANGUAGES)) if kind is Kind.SCALE else None


def is_standard_scale(offer: Offer) -> bool:
    """Tell whether the five words are the product's, written by our export and unchanged."""
    ordered = sorted(offer.choices, key=lambda each: each.value)
    return all(each.is_standard for each in ordered) and all(
        each.says(words) for each, words in zip(ordered, SCALE, strict=True)
    )
