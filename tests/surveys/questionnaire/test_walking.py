"""Any definition, any answers, any channel: the same questions in the same order, and the same stored."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys.questionnaire.coding import TYPED, choices
from tests.surveys.questionnaire.calling import CallingDriver
from tests.surveys.questionnaire.strategies import any_answer, any_definition, any_facts
from tests.surveys.questionnaire.texting import TextingDriver
from tests.surveys.questionnaire.typing_paper import TypingDriver
from tests.surveys.questionnaire.walking import Driver, PlainDriver, expected, walk

DRIVERS: dict[str, Driver] = {
    **{f"plain {channel}": PlainDriver(channel) for channel in ("web", "phone", "paper", "sms", "voice")},
    "conversation": TextingDriver(),
    "automatic voice": CallingDriver(),
    "typed paper": TypingDriver(),
}


@pytest.mark.parametrize("name", DRIVERS)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_channel_asks_and_stores_what_any_other_would(name, data):
    driver = DRIVERS[name]
    questionnaire, facts = data.draw(any_definition()), data.draw(any_facts())
    wanted = {item.alias: data.draw(any_answer(item)) for item in questionnaire.items}
    wanted = {
        alias: answer.strip() if isinstance(answer, str) else answer for alias, answer in wanted.items()
    }
    assert walk(driver, questionnaire, facts, wanted) == expected(
        questionnaire, facts, wanted, driver.channel
    )


@settings(max_examples=100, deadline=None)
@given(any_definition())
def test_what_is_asked_by_keys_has_a_key_for_each_answer_of_substance(questionnaire):
    for channel in TYPED - {"phone"}:
        for item in questionnaire.asked_on(channel):
            digits = [option.digit for option in choices(item, channel)]
            assert all(len(digit) == 1 for digit in digits)
