"""What falls due in the life of a complaint, by the calendar of the place where its client lives (pure)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.complaints.delays import Delays, due
from quality.complaints.ladder.steps import ALERTS, Facts, Kind, Promise, Step, Transmission, due_steps
from quality.directory.geography import zone_of

DAY = timedelta(days=1)
ONE = UUID("01a19467-e800-7000-8000-0123456789ab")


def at(place: str, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone_of(place)).astimezone(UTC)


def facts(text: str = "2026-11-24 10:30", place: str = "34", days: Delays | None = None, **given) -> Facts:
    """Give an open complaint of a named client, told to its provider at once."""
    opened_at = at(place, text)
    dates = due(opened_at, days or Delays(), place)
    made = Facts(
        state="opened",
        disclosure="named",
        holder="provider",
        position=None,
        departement=place,
        round=1,
        opened_at=opened_at,
        acknowledge_due_at=dates.acknowledge_at,
        solution_due_at=dates.solution_at,
        alert_due_at=dates.alert_at,
        told={("opened", 1): opened_at},
    )
    return replace(made, **given)


def kinds(found: Facts, now: datetime) -> list[Kind]:
    return [step.kind for step in due_steps(found, now)]


def first(found: Facts, kind: Kind) -> datetime:
    """Give the first quarter of an hour at which a step falls due."""
    now = found.opened_at.replace(minute=0, second=0, microsecond=0)
    for _ in range(24 * 4 * 70):
        if kind in kinds(found, now):
            return now
        now += timedelta(minutes=15)
    raise AssertionError(kind)


def test_a_provider_is_told_at_once_of_a_named_client() -> None:
    new = facts(told={})
    assert kinds(new, new.opened_at) == [Kind.opened]


def test_a_provider_is_told_of_a_nameless_client_on_the_next_working_morning() -> None:
    friday = facts("2026-11-27 17:00", told={}, disclosure="anonymous")
    assert first(friday, Kind.opened) == at("34", "2026-11-30 09:00")


@pytest.mark.parametrize(
    ("place", "opened", "reminded", "overdue"),
    [
        ("34", "2026-11-24 10:30", "2026-11-25 09:00", "2026-11-26 18:15"),
        # Friday 17:00: Monday and Tuesday are the two working days.
        ("34", "2026-11-27 17:00", "2026-11-30 09:00", "2026-12-01 18:15"),
        # Christmas falls on a Friday; the 26th is a Saturday.
        ("34", "2026-12-23 10:00", "2026-12-24 09:00", "2026-12-28 18:15"),
        # Good Friday 2027 is worked in Hérault and not in Alsace-Moselle; Easter Monday nowhere.
        ("34", "2027-03-25 10:00", "2027-03-26 09:00", "2027-03-30 18:15"),
        ("67", "2027-03-25 10:00", "2027-03-30 09:00", "2027-03-31 18:15"),
        # Martinique: the 22nd of May 2028 is a Monday and keeps the abolition of slavery.
        ("34", "2028-05-19 17:00", "2028-05-22 09:00", "2028-05-23 18:15"),
        ("972", "2028-05-19 17:00", "2028-05-23 09:00", "2028-05-24 18:15"),
    ],
)
def test_the_reply_is_due_in_working_days_where_the_client_lives(
    place: str, opened: str, reminded: str, overdue: str
) -> None:
    found = facts(opened, place)
    assert first(found, Kind.remind_reply) == at(place, reminded)
    assert first(found, Kind.ack_overdue) == at(place, overdue)


def test_eighteen_hours_in_martinique_is_five_hours_later_than_in_paris() -> None:
    found = facts("2026-11-24 10:30", "972")
    assert found.acknowledge_due_at.astimezone(ZoneInfo("Europe/Paris")).hour == 23
    assert kinds(found, found.acknowledge_due_at) == [Kind.remind_reply]
    assert kinds(found, found.acknowledge_due_at + timedelta(seconds=1)) == [Kind.ack_overdue]


def test_a_nameless_client_s_deadline_is_recalled_at_the_start_of_its_week() -> None:
    found = facts("2026-11-24 10:30", disclosure="anonymous", state="acknowledged")
    assert found.solution_due_at == at("34", "2026-12-09 18:00")  # a Wednesday
    assert first(found, Kind.remind_solution) == at("34", "2026-12-07 09:00")


def test_no_reminder_comes_before_or_with_the_first_news() -> None:
    short = facts(days=Delays(acknowledge_days=1))
    assert kinds(short, short.acknowledge_due_at) == []
    morning = facts(told={("opened", 1): at("34", "2026-11-25 09:00")})
    assert kinds(morning, morning.acknowledge_due_at) == []


def test_a_contested_complaint_goes_to_the_platform_and_its_provider_is_not_reminded() -> None:
    found = facts(state="acknowledged", position="contested", holder="platform")
    assert kinds(found, found.opened_at + DAY) == [Kind.contested]
    assert kinds(found, found.solution_due_at) == [Kind.contested]


def test_a_late_solution_goes_to_the_platform_then_at_the_alert_further() -> None:
    found = facts(state="acknowledged", position="countersigned")
    assert first(found, Kind.remind_solution) == at("34", "2026-12-08 09:00")
    assert first(found, Kind.solution_late) == at("34", "2026-12-09 18:15")
    assert first(found, Kind.to_platform) == at("34", "2026-12-24 18:15")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"funder_consent": True, "has_funder": True, "has_mediator": True}, Kind.to_funder),
        ({"funder_consent": False, "has_funder": True, "has_mediator": True}, Kind.to_mediator),
        ({"funder_consent": True, "has_funder": False, "has_mediator": True}, Kind.to_mediator),
        ({"funder_consent": False, "has_funder": True}, Kind.to_platform),
    ],
)
def test_beyond_the_platform_the_client_s_consent_decides(given: dict[str, bool], expected: Kind) -> None:
    found = facts(state="acknowledged", holder="platform", **given)
    alert = [kind for kind in kinds(found, found.alert_due_at + DAY) if kind in ALERTS]
    assert alert == [expected]


def test_an_alert_is_raised_once_whatever_is_learnt_later() -> None:
    found = facts(state="acknowledged", told={("opened", 1): at("34", "2026-11-24 10:30")})
    late = found.alert_due_at + DAY
    told = {**found.told, ("to_platform", 1): late, ("solution_late", 1): late}
    assert kinds(replace(found, told=told, funder_consent=True, has_funder=True), late + DAY) == []
    assert kinds(replace(found, holder="funder"), late) == []


def test_a_complaint_that_came_back_is_told_again_with_its_own_deadlines() -> None:
    found = facts(state="acknowledged", round=2, told={("opened", 1): at("34", "2026-11-24 10:30")})
    assert due_steps(found, found.opened_at) == (Step(Kind.reopened, 2),)
    told = {**found.told, ("reopened", 2): found.opened_at}
    assert kinds(replace(found, told=told), found.solution_due_at) == [Kind.remind_solution]


def test_silence_closes_ten_days_after_the_verdict_was_asked_and_never_before() -> None:
    asked = at("34", "2026-12-16 10:00")
    found = facts(state="remedied", verdict_asked_at=asked)
    assert kinds(found, asked + 10 * DAY - timedelta(seconds=1)) == []
    assert kinds(found, asked + 10 * DAY) == [Kind.silence]
    assert kinds(replace(found, verdict_asked_at=None), asked + 300 * DAY) == []


def test_nothing_is_due_from_a_provider_that_does_not_know() -> None:
    for hidden in (
        facts(told={}, disclosure="call_first"),
        facts(told={}, is_serious=True, is_shared=False, handled_at=at("34", "2026-11-24 11:00")),
    ):
        assert set(kinds(hidden, hidden.alert_due_at + DAY)) <= {Kind.serious, Kind.unreached}


def test_a_serious_event_is_told_at_once_and_again_after_a_day_without_a_step() -> None:
    event = facts(told={}, is_serious=True, is_shared=False, disclosure="anonymous")
    assert kinds(event, event.opened_at) == [Kind.serious]
    assert kinds(event, event.opened_at + DAY) == [Kind.serious, Kind.serious_late]
    handled = replace(event, handled_at=event.opened_at + timedelta(hours=2))
    assert kinds(handled, event.opened_at + 3 * DAY) == [Kind.serious]


def test_a_promise_is_told_chased_and_broken_in_its_time() -> None:
    made = at("34", "2026-11-27 17:00")
    promise = Promise(ONE, "promised", made, made + 5 * DAY)
    found = facts("2026-11-27 16:50", state="acknowledged", promises=(promise,))
    assert first(found, Kind.promised) <= made
    assert first(found, Kind.unconfirmed) == at("34", "2026-11-30 18:15")
    assert first(found, Kind.broken) == at("34", "2026-12-02 17:15")
    confirmed = replace(found, promises=(replace(promise, state="confirmed"),))
    assert kinds(confirmed, made + 4 * DAY) == []
    for state in ("done", "refused"):
        closed = replace(found, promises=(replace(promise, state=state),))
        assert Kind.broken not in kinds(closed, made + 9 * DAY)
    assert Kind.declined in kinds(replace(found, promises=(replace(promise, state="refused"),)), made)


def test_a_promise_is_broken_even_once_the_complaint_is_closed() -> None:
    promise = Promise(ONE, "confirmed", at("34", "2026-11-24 11:00"), at("34", "2026-11-26 11:00"))
    closed = facts(state="closed", promises=(promise,))
    assert kinds(closed, promise.due_at + DAY) == [Kind.broken]


def test_a_funder_is_told_and_its_answer_comes_back_once() -> None:
    found = facts(
        state="acknowledged",
        holder="funder",
        transmissions=(Transmission(ONE, is_answered=True, at=at("34", "2026-11-24 10:30")),),
    )
    steps = due_steps(found, found.opened_at)
    assert [step.notice for step in steps] == ["transmitted-0123456789ab", "answered-0123456789ab"]
    told = {**found.told, **{(step.notice, 1): found.opened_at for step in steps}}
    assert due_steps(replace(found, told=told), found.opened_at) == ()


@pytest.mark.parametrize("kind", list(Kind))
def test_a_notice_fits_its_column(kind: Kind) -> None:
    assert len(Step(kind, 1).notice) <= 24
    if kind in {
        Kind.message,
        Kind.promised,
        Kind.unconfirmed,
        Kind.declined,
        Kind.broken,
        Kind.transmitted,
        Kind.answered,
        Kind.funder_late,
    }:
        assert len(Step(kind, 1, ONE).notice) <= 24


@given(
    state=st.sampled_from(["opened", "acknowledged", "remedied", "closed", "merged"]),
    disclosure=st.sampled_from(["named", "anonymous", "call_first"]),
    position=st.sampled_from([None, "countersigned", "contested"]),
    round_=st.integers(1, 3),
    hours=st.integers(0, 24 * 90),
    place=st.sampled_from(["34", "67", "972", "974"]),
    is_hidden=st.booleans(),
)
def test_steps_once_taken_never_come_back(
    state: str, disclosure: str, position: str | None, round_: int, hours: int, place: str, is_hidden: bool
) -> None:
    found = facts(
        place=place,
        state=state,
        disclosure=disclosure,
        position=position,
        round=round_,
        told={},
        is_serious=is_hidden,
        is_shared=not is_hidden,
    )
    now = found.opened_at + timedelta(hours=hours)
    told: dict[tuple[str, int], datetime] = {}
    for _ in range(20):
        steps = due_steps(replace(found, told=told), now)
        if not steps:
            break
        assert (steps[0].notice, steps[0].round) not in told
        told[steps[0].notice, steps[0].round] = now
    assert due_steps(replace(found, told=told), now) == ()
    if state in {"closed", "merged"}:
        assert told == {}


def test_a_funder_keeps_the_hand_until_it_is_late() -> None:
    sent = at("34", "2026-11-30 10:00")
    found = facts(state="acknowledged", holder="funder", transmissions=(Transmission(ONE, False, sent),))
    later = sent + 15 * DAY
    told = {("transmitted-0123456789ab", 1): sent, **found.told}
    assert kinds(replace(found, told=told), later - DAY / 24) == []
    assert kinds(replace(found, told=told), later) == [Kind.funder_late]
    again = replace(found, told=told, holder="platform", funder_consent=True, has_funder=True)
    assert first(again, Kind.to_platform) > again.alert_due_at  # the same funder is not asked twice


@pytest.mark.parametrize("is_shared", [True, False])
def test_a_remedied_complaint_ends_even_when_nobody_asked_and_its_provider_knows_nothing(
    *, is_shared: bool
) -> None:
    due_at = at("34", "2026-12-01 10:00")
    handled = {
        "is_serious": True,
        "is_shared": is_shared,
        "handled_at": due_at,
        "told": {("serious", 1): due_at},
    }
    found = facts(state="remedied", verdict_due_at=due_at, **handled)
    assert Kind.unasked not in kinds(found, due_at + 9 * DAY)
    assert Kind.unasked in kinds(found, due_at + 10 * DAY)
    asked = replace(found, verdict_asked_at=due_at)
    assert Kind.silence in kinds(asked, due_at + 10 * DAY)


def test_a_client_never_reached_by_the_call_asked_for_is_somebody_s_to_decide() -> None:
    found = facts(disclosure="call_first", told={})
    assert kinds(found, found.alert_due_at) == []
    assert kinds(found, found.alert_due_at + DAY) == [Kind.unreached]
    ended = replace(found, unreached_at=found.opened_at + DAY)
    assert kinds(ended, found.opened_at + DAY) == [Kind.unreached]
