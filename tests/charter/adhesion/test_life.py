"""The table of an adhesion's moves, and what time and measures do to it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from charter.adhesion.life import (
    APPEAL_DELAY,
    MENDING,
    MOVES,
    Event,
    Measured,
    Standing,
    State,
    Term,
    due,
    next_state,
    renewed,
    term,
)
from quality.errors import Conflict

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
TODAY = NOW.date()
VALID = Standing(State.valid, date(2028, 11, 30))


FAILING, ANOTHER, UNKNOWN, KEPT = Measured


def moved(of: Standing, days: float = 0, found: Measured = UNKNOWN) -> Event | None:
    now = NOW + timedelta(days=days)
    return due(of, now, now.date(), found)


def test_what_the_table_does_not_say_is_refused() -> None:
    for state, event in product(State, Event):
        if (state, event) not in MOVES:
            with pytest.raises(Conflict):
                next_state(state, event)


def test_what_fails_warns_first_and_suspends_only_once_it_lasted() -> None:
    warned = replace(VALID, state=State.warned, warned_at=NOW)
    assert moved(VALID) is None
    assert moved(VALID, found=FAILING) is Event.warn
    assert moved(warned, MENDING.days - 1, FAILING) is None
    assert moved(warned, MENDING.days, FAILING) is Event.suspend
    assert moved(warned, 1, KEPT) is Event.recover


def test_what_fails_beside_the_cause_of_a_warning_is_warned_of_first() -> None:
    warned = replace(VALID, state=State.warned, warned_at=NOW)
    assert moved(VALID, found=ANOTHER) is Event.warn
    assert moved(warned, MENDING.days, ANOTHER) is Event.warn
    assert moved(replace(VALID, state=State.suspended), 1, ANOTHER) is None


def test_what_is_mended_lifts_a_suspension_but_not_an_appeal_under_way() -> None:
    assert moved(replace(VALID, state=State.suspended), 1, KEPT) is Event.recover
    assert moved(replace(VALID, state=State.suspended), 1, FAILING) is None
    assert moved(replace(VALID, state=State.appealed, appeal_due_at=NOW + APPEAL_DELAY), 1) is None


def test_what_is_no_longer_known_moves_nothing() -> None:
    warned = replace(VALID, state=State.warned, warned_at=NOW)
    assert moved(warned, MENDING.days, UNKNOWN) is None
    assert moved(replace(VALID, state=State.suspended), 300, UNKNOWN) is None


def test_a_platform_that_lets_an_appeal_wait_loses_it() -> None:
    appealed = replace(VALID, state=State.appealed, appeal_due_at=NOW + APPEAL_DELAY)
    assert moved(appealed, APPEAL_DELAY.days - 1, FAILING) is None
    assert moved(appealed, APPEAL_DELAY.days, FAILING) is Event.lift


def test_what_was_cleared_is_not_found_again_before_it_could_be_mended() -> None:
    cleared = replace(VALID, cleared_at=NOW)
    assert moved(cleared, MENDING.days - 1, FAILING) is None
    assert moved(cleared, MENDING.days, FAILING) is Event.warn


def test_the_renewal_is_reminded_once_six_months_before_the_end() -> None:
    ending = replace(VALID, ends_on=date(2027, 5, 24))
    assert moved(replace(ending, ends_on=date(2027, 5, 25))) is None
    assert moved(ending) is Event.remind
    assert moved(replace(ending, reminded_at=NOW), 1) is None
    assert moved(replace(ending, state=State.warned, warned_at=NOW), 1, FAILING) is Event.remind


def test_an_adhesion_ends_after_its_last_day_whatever_its_state() -> None:
    for state in (State.valid, State.warned, State.suspended, State.appealed):
        of = replace(VALID, state=state, ends_on=TODAY, reminded_at=NOW)
        assert moved(of, 1, FAILING) is Event.expire
        assert moved(of, 0, FAILING) is not Event.expire
    assert moved(replace(VALID, state=State.ended, ends_on=TODAY), 9) is None
    assert moved(replace(VALID, state=State.revoked, ends_on=TODAY), 9) is None


def test_a_renewal_goes_on_from_the_former_term_and_loses_no_day() -> None:
    first = term(date(2024, 12, 1), 24)
    assert first == Term(date(2024, 12, 1), date(2026, 11, 30))
    assert renewed(first, TODAY, 24) == Term(date(2024, 12, 1), date(2028, 11, 30))
    assert renewed(first, date(2026, 5, 30), 24).ends_on == date(2028, 11, 30)
    assert renewed(first, date(2027, 1, 15), 24).ends_on == date(2029, 1, 14)


def test_renewals_before_the_last_six_months_never_add_up() -> None:
    first = term(TODAY, 24)
    again = renewed(renewed(first, TODAY, 24), TODAY, 24)
    assert again == first
    assert renewed(first, TODAY + timedelta(days=10), 24).ends_on - first.ends_on == timedelta(days=10)
    long = Term(TODAY, date(2031, 11, 23))
    assert renewed(long, TODAY, 24) == long
