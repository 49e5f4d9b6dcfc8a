"""What a condition may speak of: earlier questions and facts of the visit, as both languages know them."""

from collections.abc import Mapping
from dataclasses import dataclass

from surveys.questionnaire import coding
from surveys.questionnaire.definition import Item, Kind
from surveys.questionnaire.facts import NAMES

CHOSEN = frozenset({Kind.RATING, Kind.SCALE, Kind.YES_NO, Kind.SINGLE, Kind.MULTIPLE})
NUMERIC = frozenset({Kind.RATING, Kind.SCALE, Kind.NUMBER})
VISIT_DATE, TODAY = "visit_date", "today"


@dataclass(frozen=True, slots=True)
class Subject:
    """A question or a fact; `outside` are the choices of a form that compare with nothing, nsp and so."""

    name: str
    kind: Kind
    values: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    is_fact: bool = False

    @property
    def is_number(self) -> bool:
        return self.kind in NUMERIC


Subjects = Mapping[str, Subject]

FACTS: Subjects = {
    name: Subject(name, Kind.DATE if name in {VISIT_DATE, TODAY} else Kind.TEXT, is_fact=True)
    for name in NAMES
}


def subject(item: Item) -> Subject:
    """Give a question as conditions speak of it; a form has no room for « ne sait pas » beside a number."""
    outside = coding.outside(item) if item.kind in CHOSEN else ()
    return Subject(
        item.alias,
        item.kind,
        tuple(option.value for option in coding.choices(item)),
        tuple(option.value for option in outside),
    )
