"""The automatic voice as a channel of the walks: keys pressed after the words."""

from surveys.questionnaire.definition import Questionnaire
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.voice.dialogue import Stage, begin, press
from surveys.questionnaire.voice.prompts import Script
from tests.surveys.questionnaire.walking import Answers, digit_of


class CallingDriver:
    """Somebody who begins, answers by each digit, and confirms a low mark."""

    channel = "voice"

    def begin(self, questionnaire: Questionnaire, facts: Facts) -> None:
        script = Script(questionnaire=questionnaire, facts=facts, platform="Pléiades Services")
        self._call = press(begin(script), "1")

    @property
    def stored(self) -> Answers:
        return dict(self._call.answers)

    def asked(self) -> str | None:
        return None if self._call.end else self._call.alias

    def give(self, answer: object) -> None:
        self._call = press(self._call, digit_of(self._call.item, answer, "voice"))
        if self._call.stage is Stage.CONFIRMING:
            self._call = press(self._call, "1")
