"""The forecast: calls spread over their hours, agents rounded up, and who is missing."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from surveys.desk.supervision.forecast import Load, Shift, agents_for, by_hour, needs

PARIS = ZoneInfo("Europe/Paris")
TUESDAY = date(2026, 11, 24)
TEN = datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_every_call_is_in_exactly_one_hour() -> None:
    loads = [
        Load(TEN, TEN + timedelta(hours=2, minutes=30), 37),
        Load(TEN + timedelta(minutes=20), TEN + timedelta(minutes=50), 5),
        Load(TEN + timedelta(hours=13, minutes=30), TEN + timedelta(hours=15), 3),
    ]
    assert sum(by_hour(loads, PARIS).values()) == pytest.approx(45)


def test_hours_are_those_of_the_desk() -> None:
    martinique = datetime(2026, 11, 24, 18, tzinfo=UTC)  # 14:00 there, 19:00 in Paris
    found = by_hour([Load(martinique, martinique + timedelta(hours=1), 4)], PARIS)
    assert found == {(TUESDAY, 19): 4.0}


@pytest.mark.parametrize(("calls", "agents"), [(0, 0), (0.1, 1), (8, 1), (8.1, 2), (100, 13)])
def test_agents_are_rounded_up(calls: float, agents: int) -> None:
    assert agents_for(calls, 8) == agents


def test_who_is_present_is_said_beside_who_is_needed() -> None:
    loads = [Load(TEN, TEN + timedelta(hours=2), 40)]
    shifts = [Shift(9 * 60, 17 * 60), Shift(11 * 60, 18 * 60)]
    found = needs(loads, [TUESDAY], PARIS, 8, shifts)
    assert [(need.hour, need.agents, need.present, need.missing) for need in found] == [
        (10, 3, 1, 2),
        (11, 3, 2, 1),
    ]


def test_other_days_are_left_out() -> None:
    loads = [Load(TEN + timedelta(days=1), TEN + timedelta(days=1, hours=1), 4)]
    assert needs(loads, [TUESDAY], PARIS, 8, ()) == ()
