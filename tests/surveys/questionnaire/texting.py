"""The SMS conversation as a channel of the walks: what is typed is what the conversation hears."""

from dataclasses import replace

from surveys.questionnaire.definition import Questionnaire
from surveys.questionnaire.facts import Facts
from surveys.respond.dialogue import hear, left, start
from tests.surveys.questionnaire.walking import Answers, digit_of


class TextingDriver:
    """Somebody who answers each SMS by its digit; « sans objet » has none and is written."""

    channel = "sms"

    def begin(self, questionnaire: Questionnaire, facts: Facts) -> None:
        # Without the question that follows a low mark, which no definition holds.
        self._state = replace(start(questionnaire, facts), questionnaire=questionnaire)

    @property
    def stored(self) -> Answers:
        return dict(self._state.answers)

    def asked(self) -> str | None:
        awaited = self._state.awaited
        return awaited if awaited and awaited not in self._state.answers else None

    def give(self, answer: object) -> None:
        item = self._state.questionnaire.item(self._state.awaited)
        self._state = left(hear(self._state, digit_of(item, answer, "sms") or "sans objet").state)
