"""What a report reads from complaints: each share over those that it may count, small counts hidden."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.complaints.learning import shares as learning
from quality.complaints.learning.outcomes import Course, PromiseCourse
from quality.complaints.learning.shares import LEAST, Share, Told, Verdicts, protected

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def told(
    days_ago: float = 30, *, client: UUID | None = None, is_escalated: bool = False, **facts: object
) -> Told:
    course = Course(**{"opened_at": NOW - days_ago * DAY, "state": "acknowledged", **facts})  # type: ignore[arg-type]
    return Told(1, "2026-10", "schedule", uuid4(), "I-3", client, is_escalated, course)


def test_an_open_complaint_is_held_in_the_delays_and_not_dropped() -> None:
    quick = [told(remedied_at=NOW - 28 * DAY)] * 3
    still_open = [told(30)] * 4
    found = learning.delays([*quick, *still_open], NOW)
    assert (found.cases, found.still_open, found.half) == (7, 4, None)
    assert found.within is not None
    assert found.within.value == pytest.approx(3 / 7)


def test_half_of_the_complaints_have_a_remedy_within_so_many_days() -> None:
    found = learning.delays([told(40, remedied_at=NOW - (40 - day) * DAY) for day in range(1, 12)], NOW)
    assert found.half is not None
    assert (found.half.value, found.half.low, found.half.high) == (6, 2, 9)


def test_first_contact_counts_those_a_fortnight_old_that_never_came_back() -> None:
    some = [
        told(20, is_first_contact=True, remedied_at=NOW - 18 * DAY),
        told(20, is_first_contact=True, round=2),
        told(20),
        told(3, is_first_contact=True),
    ]
    assert learning.first_contact(some, NOW) == Share(1, 3)


def test_promises_count_once_their_day_has_passed() -> None:
    kept, broken, coming = (
        PromiseCourse(NOW - DAY, NOW - DAY),
        PromiseCourse(NOW - DAY),
        PromiseCourse(NOW + DAY),
    )
    assert learning.promises([told(promises=(kept, broken, coming))], NOW) == Share(1, 2)


def test_a_complaint_that_came_back_was_remedied_once() -> None:
    some = [told(remedied_at=NOW), told(round=2), told()]
    assert learning.reopened(some) == Share(1, 2)


def test_what_left_the_provider_is_counted_among_all() -> None:
    assert learning.escalated([told(is_escalated=True), told()]) == Share(1, 2)


def test_silence_is_counted_apart_from_verdicts() -> None:
    some = [
        told(verdict="settled"),
        told(verdict="settled", round=2),
        told(round=2),
        told(verdict="no_answer"),
        told(),
    ]
    assert learning.verdicts(some) == Verdicts(settled=2, not_settled=1, silent=1)
    assert learning.verdicts(some).share == Share(2, 3)


def test_a_client_who_comes_back_is_found_unless_nameless() -> None:
    one, other = uuid4(), uuid4()
    some = [told(client=one), told(client=other), told(client=one), told(client=None), told(client=None)]
    assert [[each.client for each in group] for group in learning.repeated(some)] == [[one, one]]


def test_serious_events_are_counted_after_a_day_and_nowhere_else() -> None:
    event = {"is_serious": True}
    some = [
        told(3, handled_at=NOW - 2.5 * DAY, **event),
        told(3, handled_at=NOW - DAY, **event),
        told(0.5, **event),
    ]
    assert learning.serious(some, NOW) == Share(1, 2)
    assert learning.wanted(some) == []


@given(st.lists(st.integers(min_value=0, max_value=30), max_size=12))
def test_no_small_count_is_read_or_found_by_subtraction(counts: list[int]) -> None:
    shown = protected(counts)
    hidden = [count for count, seen in zip(counts, shown, strict=True) if seen is None]
    assert all(seen is None or seen == 0 or seen >= LEAST for seen in shown)
    assert len(hidden) != 1 or sum(count > 0 for count in counts) == 1
    assert all(count > 0 for count in hidden)
