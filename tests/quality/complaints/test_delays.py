"""When a complaint must be acknowledged, remedied, raised."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from quality.complaints.delays import Delays, Terms, due, refined

PARIS = ZoneInfo("Europe/Paris")


def instant(text: str, zone: str = "Europe/Paris") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def local(at: datetime, zone: str = "Europe/Paris") -> str:
    return at.astimezone(ZoneInfo(zone)).strftime("%a %d/%m %H:%M")


def test_the_delays_by_default_are_2_working_days_then_15_and_30_days() -> None:
    found = due(instant("2026-11-24 10:30"), Delays(), "34")
    assert [local(at) for at in (found.acknowledge_at, found.solution_at, found.alert_at)] == [
        "Thu 26/11 18:00",
        "Wed 09/12 18:00",
        "Thu 24/12 18:00",
    ]


@pytest.mark.parametrize(
    ("opened", "acknowledged"),
    [
        ("2026-11-26 23:30", "Mon 30/11 18:00"),  # Thursday evening: Friday, then Monday
        ("2026-11-28 09:00", "Tue 01/12 18:00"),  # Saturday
        ("2026-11-29 09:00", "Tue 01/12 18:00"),  # Sunday
        ("2026-12-24 09:00", "Tue 29/12 18:00"),  # Christmas does not count
        ("2026-04-30 09:00", "Tue 05/05 18:00"),  # nor the first of May
    ],
)
def test_acknowledgement_counts_working_days_only(opened: str, acknowledged: str) -> None:
    assert local(due(instant(opened), Delays(), "34").acknowledge_at) == acknowledged


def test_saint_stephen_counts_in_the_herault_and_not_in_alsace() -> None:
    opened = instant("2025-12-24 09:00")  # 25 and 26 December are a Thursday and a Friday
    assert local(due(opened, Delays(), "34").acknowledge_at) == "Mon 29/12 18:00"
    assert local(due(opened, Delays(), "67").acknowledge_at) == "Tue 30/12 18:00"


def test_18_hours_is_that_of_the_place() -> None:
    opened = instant("2026-11-24 10:30", "Indian/Reunion")
    assert local(due(opened, Delays(), "974").acknowledge_at, "Indian/Reunion") == "Thu 26/11 18:00"


def test_the_day_of_opening_is_that_of_the_place() -> None:
    opened = instant("2026-11-24 22:30")  # already Wednesday in La Réunion
    assert local(due(opened, Delays(), "974").acknowledge_at, "Indian/Reunion") == "Fri 27/11 18:00"


def test_18_hours_stays_18_hours_when_the_clocks_change() -> None:
    found = due(instant("2026-10-20 10:00"), Delays(), "34")  # winter time begins on 25 October
    assert local(found.solution_at) == "Wed 04/11 18:00"


def test_without_convention_the_referencement_holds() -> None:
    assert refined(Delays(1, 8, 20), []) == Delays(1, 8, 20)


def test_the_shortest_of_several_conventions_holds() -> None:
    assert refined(Delays(), [Terms(3, 12), Terms(4, 10)]) == Delays(3, 10, 30)


def test_a_convention_that_says_nothing_leaves_the_referencement() -> None:
    assert refined(Delays(1, 8, 20), [Terms(None, None)]) == Delays(1, 8, 20)


def test_the_alert_never_comes_before_the_solution_is_due() -> None:
    assert refined(Delays(2, 15, 30), [Terms(None, 40)]).alert_days == 40
