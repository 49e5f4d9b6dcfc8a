"""What visits add: each indicator counts what its card says, and nothing before its outcome is known."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import uuid4

import pytest

from quality.measures.statistics.delivered import delivered
from quality.measures.visits.counting import INDICATORS, Place, Visit, contributions

HOME = Place("I-3", "prestataire", "34", ())
PLANNED = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def visit(day: int = 0, late: int = 0, **facts) -> Visit:
    """Make a visit of an hour, done, so many days later and minutes late."""
    planned = PLANNED + day * DAY
    known = {
        "id": uuid4(),
        "place": HOME,
        "status": "done",
        "planned_start": planned,
        "planned_end": planned + HOUR,
        "started_at": planned + late * MINUTE,
        "ended_at": planned + HOUR + late * MINUTE,
        "worker": "w1",
        **facts,
    }
    if known["status"] != "done":
        known |= {"started_at": None, "ended_at": None, "worker": None}
    return Visit(**known)


def added(*visits: Visit) -> dict[str, tuple[int, ...]]:
    return dict(contributions(visits).get(HOME, {}))


@pytest.mark.parametrize(("late", "is_on_time"), [(0, 1), (15, 1), (16, 0), (-15, 1), (-16, 0)])
def test_a_visit_is_on_time_within_a_quarter_of_an_hour(late: int, is_on_time: int) -> None:
    assert added(visit(late=late))["PONCT_O:1"] == (1, is_on_time)


@pytest.mark.parametrize("unknown", ["planned_start", "started_at"])
def test_a_time_that_is_not_known_says_nothing_of_punctuality(unknown: str) -> None:
    assert "PONCT_O:1" not in added(visit(**{unknown: None}))


@pytest.mark.parametrize(
    ("status", "reason", "missed"),
    [
        ("done", None, (1, 0)),
        ("not_done", "worker_absent", (1, 1)),
        ("not_done", "organisation", (1, 1)),
        ("cancelled", "organisation", (1, 1)),
        ("not_done", "client_absent", (1, 0)),
        ("not_done", None, (1, 0)),
        ("cancelled", "client_cancelled", None),
        ("cancelled", "hospital", None),
        ("planned", None, None),
    ],
)
def test_a_visit_is_missed_by_the_fault_of_the_provider_only(
    status: str, reason: str | None, missed: tuple[int, int] | None
) -> None:
    assert added(visit(status=status, reason=reason)).get("ABS:1") == missed


def test_complaints_are_counted_over_visits_that_were_to_take_place() -> None:
    known = [visit(), visit(1, status="not_done"), visit(2, status="cancelled"), visit(3, status="planned")]
    assert added(*known)["RECL_T:1"] == (2, 0)


def test_the_continuity_of_a_month_needs_four_visits_of_known_workers() -> None:
    three = [visit(day, worker=worker) for day, worker in enumerate(("a", "a", "a"))]
    assert "CONT_O:1" not in added(*three, visit(4, worker=None))
    assert added(*three, visit(4, worker="b"))["CONT_O:1"] == (1, 5_000)
    assert added(*three, visit(4, worker="a"))["CONT_O:1"] == (1, 10_000)


def test_hours_beyond_what_was_notified_make_up_for_no_other_plan() -> None:
    long = [visit(day, plan="a", hours=Decimal(2)) for day in range(3)]
    short = [visit(day, plan="b", hours=Decimal("4.5")) for day in range(5, 7)]
    due, done = added(*long, *short)["EFFEC:1"]
    assert (due, done) == (120 + 270, 120 + 120)
    estimate = delivered([(2, 2), (Decimal("4.5"), 2)])
    assert estimate is not None
    assert Fraction(done, due) == estimate.exact


def test_a_plan_whose_visits_were_missed_still_asks_for_its_hours() -> None:
    missed = visit(status="not_done", reason="organisation", plan="a", hours=Decimal(3))
    assert added(missed)["EFFEC:1"] == (180, 0)
    assert "EFFEC:1" not in added(visit(plan="a"), visit(1, hours=Decimal(3)))


def test_a_visit_counts_in_the_month_of_its_end_where_it_took_place() -> None:
    late = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
    facts = {"started_at": late - HOUR, "ended_at": late}
    assert visit(**facts).month == date(2026, 11, 1)
    martinique = Place("I-3", "prestataire", "972", ())
    assert visit(**facts, place=martinique).month == date(2026, 10, 1)


def test_every_indicator_of_visits_is_added_to() -> None:
    known = [visit(day, plan="a", hours=Decimal(10)) for day in range(4)]
    assert [series.partition(":")[0] for series in sorted(added(*known))] == sorted(INDICATORS)
