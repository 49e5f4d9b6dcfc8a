"""No step falls due before the instant at which the ladder reads a complaint again (pure)."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.complaints.delays import Delays, due
from quality.complaints.ladder.facts import READ_AGAIN, read_again_at
from quality.complaints.ladder.steps import (
    FUNDER_ANSWERS,
    SILENCE,
    UNASKED,
    Facts,
    Promise,
    Transmission,
    confirmation_due,
    due_steps,
    next_step_at,
)
from tests.quality.complaints.ladder.test_steps import DAY, at, facts

START = at("34", "2026-12-18 10:30")  # Christmas, New Year and their weekends follow
SECOND = timedelta(seconds=1)
minutes = st.integers(-40 * 1440, 40 * 1440)
instants = minutes.map(lambda count: START + timedelta(minutes=count))
perhaps = st.one_of(st.none(), instants)
ids = st.integers(1, 2**40).map(lambda number: UUID(int=number))


@st.composite
def promises(draw: st.DrawFn) -> Promise:
    made_at = draw(instants)
    state = draw(st.sampled_from(["promised", "confirmed", "refused", "done", "broken"]))
    return Promise(draw(ids), state, made_at, made_at + timedelta(hours=draw(st.integers(0, 400))))


@st.composite
def standings(draw: st.DrawFn) -> Facts:
    """Draw how a complaint stands, even in ways that no verb leads to."""
    place = draw(st.sampled_from(["34", "67", "972", "974"]))
    opened_at = draw(instants)
    dates = due(opened_at, Delays(draw(st.integers(1, 5)), draw(st.integers(1, 20)), 30), place)
    asked_at = draw(perhaps)
    sent = st.builds(Transmission, ids, st.booleans(), instants)
    return Facts(
        state=draw(st.sampled_from(["opened", "acknowledged", "remedied", "closed", "merged"])),
        disclosure=draw(st.sampled_from(["named", "anonymous", "call_first"])),
        holder=draw(st.sampled_from(["provider", "platform", "funder", "mediator"])),
        position=draw(st.sampled_from([None, "countersigned", "contested"])),
        departement=place,
        round=draw(st.integers(1, 3)),
        opened_at=opened_at,
        acknowledge_due_at=dates.acknowledge_at,
        solution_due_at=dates.solution_at,
        alert_due_at=dates.alert_at,
        verdict_due_at=draw(perhaps) or asked_at,
        verdict_asked_at=asked_at,
        is_serious=draw(st.booleans()),
        is_shared=draw(st.booleans()),
        handled_at=draw(perhaps),
        unreached_at=draw(perhaps),
        funder_consent=draw(st.booleans()),
        has_funder=draw(st.booleans()),
        has_mediator=draw(st.booleans()),
        told={
            (draw(st.sampled_from(["opened", "reopened", "to_funder"])), draw(st.integers(1, 3))): opened_at
        },
        promises=tuple(draw(st.lists(promises(), max_size=2))),
        messages=tuple(draw(st.lists(ids, max_size=1))),
        transmissions=tuple(draw(st.lists(sent, max_size=2))),
    )


def settled(found: Facts, now: datetime) -> Facts:
    """Take every step that is due."""
    told = dict(found.told)
    for step in due_steps(found, now):
        told[step.notice, step.round] = now
    return replace(found, told=told)


@settings(max_examples=400)
@given(found=standings(), now=instants, hours=st.lists(st.integers(0, 100 * 24), min_size=20, max_size=20))
def test_no_step_is_due_before_the_instant_said(found: Facts, now: datetime, hours: list[int]) -> None:
    found = settled(found, now)
    until = next_step_at(found, now)
    assert until is None or until >= now
    for later in (
        *(now + timedelta(hours=count) for count in hours),
        *((until - SECOND, until) if until else ()),
    ):
        if now <= later and (until is None or later < until):
            assert due_steps(found, later) == (), later


OPENED = facts().opened_at
LATE = facts().alert_due_at + DAY  # the instants of the complaint itself are past
MADE = Promise(UUID(int=1), "promised", LATE, LATE + 30 * DAY)


@pytest.mark.parametrize(
    ("found", "now", "expected"),
    [
        (facts(told={}, disclosure="anonymous"), OPENED, at("34", "2026-11-25 09:00")),
        (facts(state="remedied", verdict_due_at=LATE), LATE, LATE + UNASKED),
        (facts(state="remedied", verdict_due_at=OPENED, verdict_asked_at=LATE), LATE, LATE + SILENCE),
        (facts(transmissions=(Transmission(UUID(int=1), False, LATE),)), LATE, LATE + FUNDER_ANSWERS),
        (facts(promises=(MADE,)), LATE, confirmation_due(LATE, "34")),
        (facts(promises=(replace(MADE, made_at=OPENED),)), LATE, LATE + 30 * DAY),
    ],
)
def test_each_delay_says_when_to_read_again(found: Facts, now: datetime, expected: datetime) -> None:
    assert next_step_at(found, now + SECOND) == expected


def test_a_living_complaint_is_read_at_least_each_day_and_a_closed_one_when_something_may_come() -> None:
    quiet = facts(state="acknowledged")
    now = quiet.opened_at
    assert next_step_at(quiet, now + 9 * DAY) == at("34", "2026-12-08 09:00")
    assert read_again_at(quiet, now + 9 * DAY) == now + 9 * DAY + READ_AGAIN
    assert read_again_at(quiet, now + 60 * DAY) == now + 60 * DAY + READ_AGAIN
    closed = facts(state="closed")
    assert read_again_at(closed, now) is None
    promise = Promise(UUID(int=1), "confirmed", now, now + 3 * DAY)
    owed = facts(state="closed", promises=(promise,))
    assert read_again_at(owed, now + 2 * DAY) == promise.due_at
