"""Paper typed by an agent as a channel of the walks: what is typed is what is ticked or written."""

from surveys.questionnaire.definition import Item, Questionnaire
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.paper.typing import KEYS, Typed, asked, given, has_keys, kept, resumed
from tests.surveys.questionnaire.walking import Answers, digit_of, posted


class TypingDriver:
    """Somebody who types by keys, each page carrying what was typed; a text left empty is a blank."""

    channel = "paper"

    def begin(self, questionnaire: Questionnaire, facts: Facts) -> None:
        self._typed, self._blank = Typed(questionnaire, facts), set()

    @property
    def stored(self) -> Answers:
        return {**self._typed.answers, **dict.fromkeys(self._blank, "")}

    def asked(self) -> str | None:
        item = asked(self._typed)
        return item.alias if item else None

    def give(self, answer: object) -> None:
        item = asked(self._typed)
        assert item is not None
        if answer == "":
            self._blank.add(item.alias)
        typed = given(self._typed, item, as_typed(item, answer))
        self._typed = resumed(typed.questionnaire, typed.facts, kept(typed))
        assert self._typed == typed


def as_typed(item: Item, answer: object) -> str | list[str]:
    """Give the keys of a closed answer, or what is written."""
    if not has_keys(item):
        return posted(answer)
    given_ = answer if isinstance(answer, list) else [answer]
    return [digit_of(item, each, KEYS) or str(each) for each in given_]
