"""Every attempt up front: channels, delays, hours, spacing and the closing date."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.directory.geography import DEPARTEMENTS, zone_of
from quality.measures.releases.periods import period
from surveys.protocol import calendar
from surveys.protocol.calendar import Slot, day_part
from surveys.protocol.definition import Audience, Channel, load
from surveys.protocol.planning import Base, Past, PlannedAttempt, Reach, closing_at, plan, replan, steps_for

PARIS = ZoneInfo("Europe/Paris")
DEFAULT, INTEGRAL = load("default"), load("integral")
EVERYTHING = Reach(sms=True, email=True, phone=True)
LANDLINE = Reach(sms=False, email=False, phone=True)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


def planned(ended, reach=EVERYTHING, received=None, protocol=DEFAULT, now=None, departement="34"):
    base = Base(at(ended), at(received or ended))
    attempts = plan(base, departement, reach, protocol, at(now) if now else base.at)
    zone = zone_of(departement)
    return [f"{a.channel} {a.opens_at.astimezone(zone):%a %d %H:%M}" for a in attempts]


def test_a_message_a_reminder_and_two_calls():
    assert planned("2026-11-03 10:00") == [
        "sms Tue 03 14:00",
        "sms Thu 05 10:00",
        "phone Fri 06 10:00",
        "phone Mon 09 14:00",
    ]


def test_steps_and_the_calls_of_one_step_are_numbered_from_one():
    base = Base(at("2026-11-03 10:00"), at("2026-11-03 10:00"))
    attempts = plan(base, "34", EVERYTHING, DEFAULT, base.at)
    assert [(each.step, each.try_number) for each in attempts] == [(1, 1), (3, 1), (5, 1), (5, 2)]


def test_a_step_without_delay_is_due_at_once():
    (opening, *others) = DEFAULT.steps
    at_once = (msgspec.structs.replace(opening, delay_hours=0), *others)
    protocol = msgspec.structs.replace(DEFAULT, steps=at_once)
    assert planned("2026-11-03 10:00", protocol=protocol)[0] == "sms Tue 03 10:00"


def test_a_late_afternoon_is_asked_the_next_morning():
    assert planned("2026-11-03 15:30")[0] == "sms Wed 04 10:00"


def test_a_friday_evening_waits_for_monday_and_the_rest_follows_a_day_apart():
    assert planned("2026-11-06 18:00") == [
        "sms Mon 09 10:00",
        "sms Tue 10 10:00",
        "phone Thu 12 10:00",
        "phone Fri 13 14:00",
    ]


def test_without_a_mobile_an_email_is_sent():
    reach = Reach(sms=False, email=True, phone=True)
    assert planned("2026-11-07 09:00", reach)[:2] == ["email Sat 07 13:00", "email Mon 09 08:00"]


def test_without_mobile_and_email_calls_begin_the_next_day():
    assert planned("2026-11-03 10:00", LANDLINE) == ["phone Wed 04 10:00", "phone Thu 05 14:00"]


def test_a_preference_for_the_phone_is_respected():
    reach = Reach(sms=True, email=True, phone=True, preference="phone")
    assert planned("2026-11-03 10:00", reach) == ["phone Wed 04 10:00", "phone Thu 05 14:00"]


@pytest.mark.parametrize("preference", ["sms", "email"])
def test_a_preference_for_writing_is_respected(preference):
    reach = Reach(sms=True, email=True, phone=True, preference=preference)
    assert {line.split()[0] for line in planned("2026-11-03 10:00", reach)} == {preference}


def test_a_preference_for_a_channel_that_is_missing_falls_back():
    reach = Reach(sms=False, email=True, phone=False, preference="phone")
    assert [line.split()[0] for line in planned("2026-11-03 10:00", reach)] == ["email", "email"]


def test_somebody_out_of_reach_has_no_step():
    nobody = Reach(sms=False, email=False, phone=False)
    assert steps_for(nobody, DEFAULT) == ()
    assert planned("2026-11-03 10:00", nobody) == []
    assert steps_for(Reach(sms=False, email=True, phone=False), INTEGRAL) == ()


def test_neither_the_last_step_that_left_nor_one_before_it_is_planned_again():
    assert [number for number, _ in steps_for(EVERYTHING, DEFAULT, Past(last=1, was_written=True))] == [3, 5]
    assert [number for number, _ in steps_for(EVERYTHING, DEFAULT, Past(last=3, was_written=True))] == [5]


def test_a_relative_is_called_until_half_past_seven():
    relative = Reach(sms=False, email=False, phone=True, audience=Audience.RELATIVE)
    base = Base(at("2026-11-03 10:00"), at("2026-11-03 10:00"))
    now = at("2026-11-04 18:30")
    assert plan(base, "34", relative, DEFAULT, now)[0].opens_at == now
    assert plan(base, "34", LANDLINE, DEFAULT, now)[0].opens_at == at("2026-11-05 10:00")


def test_integral_calls_three_times_over_both_parts_of_the_day():
    lines = planned("2026-11-03 10:00", protocol=INTEGRAL)
    assert lines == ["phone Wed 04 10:00", "phone Thu 05 14:00", "phone Mon 09 10:00"]


def test_delays_run_from_the_arrival_of_a_late_file():
    assert planned("2026-11-03 10:00", received="2026-11-05 09:00")[0] == "sms Thu 05 14:00"


@pytest.mark.parametrize("day", range(1, 29))
@pytest.mark.parametrize("protocol", [DEFAULT, INTEGRAL], ids=["default", "integral"])
def test_a_weekly_file_six_days_late_still_asks(day, protocol):
    ended = at(f"2026-12-{day:02} 10:00")
    base = Base(ended, ended + timedelta(days=6, hours=8))
    attempts = plan(base, "67", EVERYTHING, protocol, base.at)
    assert attempts
    assert attempts[0].template in {"opening", "call"}
    assert attempts[-1].closes_at <= ended + timedelta(days=11)


def test_nobody_is_asked_about_an_old_visit_however_late_its_file():
    assert planned("2026-11-03 10:00", received="2026-11-14 00:00") == []
    assert planned("2026-11-03 10:00", received="2026-11-13 09:00") == ["sms Fri 13 14:00"]


def test_an_invitation_closes_at_the_end_of_its_last_local_day():
    base = Base(at("2026-11-03 10:00"), at("2026-11-03 12:00"))
    assert closing_at(base, "34", DEFAULT) == at("2026-11-14 00:00")
    assert closing_at(base, "34", INTEGRAL) == at("2026-11-11 00:00")
    late = Base(at("2026-11-03 10:00"), at("2026-11-09 12:00"))
    assert closing_at(late, "34", DEFAULT) == at("2026-11-14 00:00")
    assert closing_at(late, "34", INTEGRAL) == at("2026-11-14 00:00")
    assert closing_at(base, "974", DEFAULT) == at("2026-11-13 21:00")


def test_a_longer_lateness_moves_the_closing_date_with_the_file():
    patient = msgspec.structs.replace(DEFAULT, max_lateness_days=20)
    base = Base(at("2026-11-03 10:00"), at("2026-11-09 12:00"))
    assert closing_at(base, "34", patient) == at("2026-11-20 00:00")


def test_the_opening_is_given_up_after_the_fourth_day():
    assert planned("2026-11-03 10:00", now="2026-11-07 23:59")[0].startswith("phone Mon 09")
    [opening, *_] = plan(
        Base(at("2026-11-03 10:00"), at("2026-11-03 10:00")),
        "34",
        EVERYTHING,
        DEFAULT,
        at("2026-11-03 10:00"),
    )
    assert opening.give_up_at == at("2026-11-08 00:00")


def test_nothing_is_reminded_when_nothing_was_written():
    alsace_easter = planned("2026-04-02 17:00", departement="67")
    assert alsace_easter == ["phone Tue 07 10:00", "phone Wed 08 14:00"]


def test_a_plan_made_too_late_is_empty():
    assert planned("2026-11-03 10:00", now="2026-11-14 00:00") == []


def test_a_smaller_cap_cuts_the_plan():
    two = msgspec.structs.replace(DEFAULT, contact_cap=2)
    assert planned("2026-11-03 10:00", protocol=two) == ["sms Tue 03 14:00", "sms Thu 05 10:00"]


def test_half_past_five_in_paris_is_too_late_in_la_reunion():
    base = Base(at("2026-11-17 13:30"), at("2026-11-17 13:30"))
    paris = plan(base, "34", EVERYTHING, DEFAULT, base.at)[0]
    reunion = plan(base, "974", EVERYTHING, DEFAULT, base.at)[0]
    assert paris.opens_at == at("2026-11-17 17:30")
    assert reunion.opens_at.astimezone(zone_of("974")).strftime("%d %H:%M") == "18 10:00"


def missed(give_up="2026-11-07 00:00"):
    return PlannedAttempt(
        step=1,
        try_number=1,
        channel=Channel.SMS,
        template="opening",
        opens_at=at("2026-11-03 14:00"),
        closes_at=at("2026-11-03 19:00"),
        give_up_at=at(give_up),
    )


SMS_HOURS = DEFAULT.window(Channel.SMS, Audience.CLIENT)


def test_a_missed_window_gives_the_next_one():
    slot = replan(missed(), "34", SMS_HOURS, at("2026-11-03 19:00"))
    assert slot == Slot(at("2026-11-04 10:00"), at("2026-11-04 13:00"))


def test_a_missed_window_stays_a_day_after_the_last_contact():
    slot = replan(missed(), "34", SMS_HOURS, at("2026-11-03 19:00"), at("2026-11-03 16:30"))
    assert slot.opens_at == at("2026-11-04 16:30")


def test_no_window_left_is_final():
    assert replan(missed("2026-11-04 10:00"), "34", SMS_HOURS, at("2026-11-03 19:00")) is None


def test_an_attempt_is_never_replanned_before_its_own_time():
    assert replan(missed(), "34", SMS_HOURS, at("2026-11-03 10:00")).opens_at == at("2026-11-03 14:00")


INSTANTS = st.datetimes(datetime(2025, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
HOURS = st.integers(0, 400).map(lambda hours: timedelta(hours=hours))
REACHES = st.builds(
    Reach,
    sms=st.booleans(),
    email=st.booleans(),
    phone=st.booleans(),
    preference=st.sampled_from([None, "sms", "email", "phone"]),
    audience=st.sampled_from(Audience),
)


@given(
    INSTANTS,
    HOURS,
    HOURS,
    REACHES,
    st.sampled_from(sorted(DEPARTEMENTS)),
    st.sampled_from([DEFAULT, INTEGRAL]),
)
@settings(max_examples=60, deadline=None)
def test_a_plan_keeps_the_cap_the_order_the_hours_and_the_dates(
    ended, late, wait, reach, departement, protocol
):
    base = Base(ended, ended + late)
    now = base.at + wait
    attempts = plan(base, departement, reach, protocol, now)
    assert len(attempts) <= 4
    assert len({(a.step, a.try_number) for a in attempts}) == len(attempts)
    assert all(after.opens_at - before.opens_at >= timedelta(days=1) for before, after in pairwise(attempts))
    closing = closing_at(base, departement, protocol)
    for attempt in attempts:
        assert now <= attempt.opens_at < attempt.closes_at <= attempt.give_up_at <= closing
        there = attempt.opens_at.astimezone(zone_of(departement))
        window = protocol.window(attempt.channel, reach.audience)
        assert any(opens <= there.time() < closes for opens, closes in window.spans)
        assert there.isoweekday() in window.days
        assert not calendar.is_holiday(there.date(), departement)
        assert attempt.channel in reach.channels


@given(INSTANTS, st.sampled_from(["34", "67", "974", "971"]), REACHES, st.sampled_from([DEFAULT, INTEGRAL]))
@settings(max_examples=60, deadline=None)
def test_calls_alternate_between_the_parts_of_different_days(ended, departement, reach, protocol):
    base, zone = Base(ended, ended), zone_of(departement)
    calls = [a for a in plan(base, departement, reach, protocol, ended) if a.channel is Channel.PHONE]
    parts = [day_part(call.opens_at, zone) for call in calls]
    days = [call.opens_at.astimezone(zone).isoweekday() for call in calls]
    assert all(first != second for first, second in pairwise(parts))
    assert len(set(days)) == len(days)


@given(INSTANTS, REACHES)
@settings(max_examples=60, deadline=None)
def test_a_plan_depends_on_its_arguments_only(ended, reach):
    base = Base(ended, ended)
    assert plan(base, "34", reach, DEFAULT, ended) == plan(base, "34", reach, DEFAULT, ended)


@pytest.mark.parametrize("row", DEPARTEMENTS.values(), ids=lambda row: row.code)
def test_the_day_of_a_release_begins_in_paris_after_the_last_closing_everywhere(row):
    for code in ("2026-03", "2026-09", "2026-10", "2026"):
        of = period(code)
        visited_at = datetime.combine(of.ends_on, time(23, 59), ZoneInfo(row.timezone))
        closed_at = closing_at(Base(visited_at, visited_at), row.code, DEFAULT)
        assert closed_at <= datetime.combine(of.releasable_on, time(), ZoneInfo("Europe/Paris"))
