"""The half-days in which somebody may be called."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from surveys.callbacks import half_days

PARIS = ZoneInfo("Europe/Paris")


def offered(now: str, departement: str = "34", audience: str = "client", count: int = 3) -> list[str]:
    at = datetime.fromisoformat(now).replace(tzinfo=PARIS).astimezone(UTC)
    slots = half_days(at, departement, audience, count)
    return [
        f"{slot.opens_at.astimezone(PARIS):%a %d %H:%M}-{slot.closes_at.astimezone(PARIS):%H:%M}"
        for slot in slots
    ]


@pytest.mark.parametrize(
    ("now", "first"),
    [
        ("2026-11-24 08:00", "Tue 24 10:00-12:30"),
        ("2026-11-24 11:30", "Tue 24 11:30-12:30"),
        ("2026-11-24 11:31", "Tue 24 14:00-18:00"),  # less than an hour is left
        ("2026-11-24 17:30", "Wed 25 10:00-12:30"),
        ("2026-11-27 17:30", "Mon 30 10:00-12:30"),
        ("2026-11-28 10:30", "Mon 30 10:00-12:30"),
        ("2026-12-24 17:30", "Mon 28 10:00-12:30"),  # Christmas is a Friday
    ],
)
def test_the_first_half_day_is_the_next_one_that_can_be_promised(now: str, first: str) -> None:
    assert offered(now)[0] == first


def test_half_days_follow_each_other() -> None:
    assert offered("2026-11-27 13:00") == ["Fri 27 14:00-18:00", "Mon 30 10:00-12:30", "Mon 30 14:00-18:00"]


def test_a_relative_is_called_until_half_past_seven() -> None:
    assert offered("2026-11-24 14:30", audience="relative")[0] == "Tue 24 14:30-19:30"


def test_six_are_offered() -> None:
    assert len(half_days(datetime(2026, 11, 24, 9, tzinfo=UTC), "34")) == 6


def test_a_day_the_platform_is_shut_is_not_offered() -> None:
    at = datetime(2026, 11, 24, 9, tzinfo=UTC)
    slots = half_days(at, "34", closed=frozenset({date(2026, 11, 24), date(2026, 11, 25)}))
    assert [slot.opens_at.day for slot in slots] == [26, 26, 27, 27, 30, 30]
