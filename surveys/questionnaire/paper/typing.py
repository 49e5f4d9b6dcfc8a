"""A filled sheet typed by somebody who reads it: question after question, by the keys of the desk (pure).

A question left empty, one that cannot be read and one with two boxes ticked where one answers are not stored:
the rule is the same for all, nobody guesses what was meant. Each counts as a blank, and is told apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import msgspec

from surveys.questionnaire import coding
from surveys.questionnaire.coding import Answer
from surveys.questionnaire.definition import Item, Kind, Questionnaire
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.logic import AnswerRefused, parse
from surveys.questionnaire.paper.form import PAPER, printed
from surveys.questionnaire.paths import path

KEYS = "phone"  # one key an answer, the same as on the desk


class Mark(StrEnum):
    """Why nothing is stored of a question."""

    BLANK = "vide"
    ILLEGIBLE = "illisible"
    TWO = "deux"


Said = Answer | Mark


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed of a sheet so far, in its order."""

    questionnaire: Questionnaire
    facts: Facts
    said: Mapping[str, Said] = field(default_factory=dict)

    @property
    def answers(self) -> dict[str, Answer]:
        return {alias: said for alias, said in self.said.items() if not isinstance(said, Mark)}

    def marked(self, mark: Mark) -> int:
        """Count the questions of which nothing is stored for one reason."""
        return sum(said is mark for said in self.said.values())


def asked(typed: Typed) -> Item | None:
    """Give the next question of the sheet to type; what its own conditions skip is not asked for."""
    on_sheet = {item.alias for item in printed(typed.questionnaire, typed.facts)}
    left = (
        item
        for item in path(typed.questionnaire, typed.answers, typed.facts, PAPER)
        if item.alias in on_sheet and item.alias not in typed.said
    )
    return next(left, None)


def number_of(typed: Typed, item: Item) -> int:
    """Give the number of a question on the sheet."""
    return printed(typed.questionnaire, typed.facts).index(item) + 1


def given(typed: Typed, item: Item, raw: str | Sequence[str]) -> Typed:
    """Take the answer to a question, by its key, its value, or as it is written.

    An empty text is a blank.
    """
    posted = [raw] if isinstance(raw, str) else list(raw)
    values = [coding.by_digit(item, each, KEYS) or each for each in posted] if has_keys(item) else posted
    answer = parse(item, values)
    return marked(typed, item, Mark.BLANK) if answer == "" else _with(typed, item, answer)


def has_keys(item: Item) -> bool:
    """Tell whether one key answers; what is written, and « ne sait pas » beside it, has none."""
    return item.kind not in {Kind.TEXT, Kind.NUMBER, Kind.DATE}


def marked(typed: Typed, item: Item, mark: Mark) -> Typed:
    return _with(typed, item, mark)


def _with(typed: Typed, item: Item, said: Said) -> Typed:
    return replace(typed, said={**typed.said, item.alias: said})


def undone(typed: Typed) -> Typed:
    """Take back what was typed last."""
    return replace(typed, said=dict(list(typed.said.items())[:-1]))


def kept(typed: Typed) -> str:
    """Write what was typed, for the page to carry on."""
    lines = [
        (alias, isinstance(said, Mark), said.value if isinstance(said, Mark) else said)
        for alias, said in typed.said.items()
    ]
    return msgspec.json.encode(lines).decode()


def resumed(questionnaire: Questionnaire, facts: Facts, written: str) -> Typed:
    """Read again what a page carried; from the first line that cannot be, nothing is kept."""
    typed = Typed(questionnaire, facts)
    try:
        for alias, is_mark, said in _lines.decode(written or "[]"):
            item = asked(typed)
            if item is None or item.alias != alias:
                break
            typed = _again(typed, item, said, is_mark=is_mark)
    except (msgspec.DecodeError, AnswerRefused, ValueError):
        return typed
    return typed


def _again(typed: Typed, item: Item, said: Answer, *, is_mark: bool) -> Typed:
    if is_mark:
        return marked(typed, item, Mark(str(said)))
    return _with(typed, item, parse(item, said if isinstance(said, list) else str(said)))


_lines = msgspec.json.Decoder(list[tuple[str, bool, Answer]])
