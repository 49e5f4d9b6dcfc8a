"""By which way somebody hears of their own complaint."""

import pytest

from surveys.news.routing import Habits, Way, way_of

BOTH = frozenset({Way.SMS, Way.EMAIL})
MOBILE = frozenset({Way.SMS})
NONE: frozenset[Way] = frozenset()


@pytest.mark.parametrize(
    ("habits", "way"),
    [
        (Habits(preference="email", answered_by="sms", written=BOTH), "email"),
        (Habits(preference="phone", answered_by="web", invited_by="sms", written=BOTH), "phone"),
        (Habits(preference="no", answered_by="sms", written=BOTH), "sms"),
        (Habits(answered_by="sms", written=BOTH), "sms"),
        (Habits(answered_by="email", written=BOTH), "email"),
        (Habits(answered_by="web", invited_by="email", written=BOTH), "email"),
        (Habits(answered_by="web", written=BOTH), "sms"),
        (Habits(answered_by="web", written=NONE), "phone"),
        (Habits(answered_by="web", invited_by="email", written=MOBILE), "phone"),
        (Habits(answered_by="phone", written=BOTH), "phone"),
        (Habits(written=BOTH), "phone"),
        (Habits(answered_by="sms", written=BOTH, is_serious=True), "phone"),
    ],
)
def test_news_go_by_the_way_chosen_or_answered_by_else_by_a_call(habits: Habits, way: str) -> None:
    assert way_of(habits) == way
