"""Outcomes as data: every one has its words and key, and the next call is in allowed hours or is none."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.directory.geography import zone_of
from surveys.desk.ending.outcomes import CONFIRMED, OUTCOMES, Again, Code, appointment, next_call
from surveys.protocol.calendar import Window, day_part, is_holiday

CALLS = Window(frozenset({1, 2, 3, 4, 5}), ((time(10), time(12, 30)), (time(14), time(18))))
TUESDAY = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
FAR = TUESDAY + timedelta(days=60)


def test_every_code_has_its_own_words_and_its_own_key() -> None:
    assert set(OUTCOMES) == set(Code)
    assert len({outcome.label for outcome in OUTCOMES.values()}) == len(Code)
    keys = [outcome.key for outcome in OUTCOMES.values()]
    assert len(set(keys)) == len(keys)
    assert all(key.isalpha() and key.isupper() for key in keys)


@pytest.mark.parametrize(
    ("code", "again", "delay"),
    [
        (Code.no_answer, Again.following, timedelta(minutes=180)),
        (Code.voicemail, Again.following, timedelta(minutes=180)),
        (Code.busy, Again.same, timedelta(minutes=20)),
        (Code.not_now, Again.following, timedelta(days=7)),
        (Code.appointment, Again.same, timedelta(0)),
    ],
)
def test_the_delays_are_those_of_the_desk(code: Code, again: Again, delay: timedelta) -> None:
    assert (OUTCOMES[code].again, OUTCOMES[code].delay) == (again, delay)


@pytest.mark.parametrize(
    "code",
    [
        Code.answered,
        Code.unable,
        Code.hospital,
        Code.refusal,
        Code.deceased,
    ],
)
def test_after_these_nobody_calls_again(code: Code) -> None:
    assert OUTCOMES[code].is_final


def test_what_cannot_be_undone_is_confirmed() -> None:
    assert {Code.refusal, Code.deceased} <= CONFIRMED


def test_an_unanswered_call_of_the_morning_is_tried_in_the_afternoon() -> None:
    slot = next_call(OUTCOMES[Code.no_answer], TUESDAY, "34", CALLS, FAR)
    assert slot is not None
    assert slot.opens_at == datetime(2026, 11, 24, 13, 0, tzinfo=UTC)


def test_without_a_window_left_there_is_no_next_call() -> None:
    assert next_call(OUTCOMES[Code.busy], TUESDAY, "34", CALLS, TUESDAY + timedelta(minutes=20)) is None


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([code for code, outcome in OUTCOMES.items() if not outcome.is_final]),
    st.integers(0, 400 * 24 * 60),
    st.sampled_from(["34", "67", "974", "971"]),
)
def test_the_next_call_is_never_outside_the_hours_of_the_place(
    code: Code, minutes: int, departement: str
) -> None:
    now = TUESDAY + timedelta(minutes=minutes)
    slot = next_call(OUTCOMES[code], now, departement, CALLS, now + timedelta(days=30))
    assert slot is not None
    local = slot.opens_at.astimezone(zone_of(departement))
    assert slot.opens_at >= now + OUTCOMES[code].delay
    assert local.isoweekday() in CALLS.days
    assert not is_holiday(local.date(), departement)
    assert any(opens <= local.time() < closes for opens, closes in CALLS.spans)
    if OUTCOMES[code].is_other_part:
        zone = zone_of(departement)
        assert day_part(slot.opens_at, zone) != day_part(now, zone)


def test_an_appointment_expires_after_two_hours() -> None:
    at = datetime(2026, 11, 25, 13, 30, tzinfo=UTC)
    slot = appointment(at, TUESDAY, "34", CALLS, FAR)
    assert slot is not None
    assert (slot.opens_at, slot.closes_at) == (at, at + timedelta(hours=2))


@pytest.mark.parametrize(
    "at",
    [
        TUESDAY - timedelta(minutes=1),
        datetime(2026, 11, 25, 12, 0, tzinfo=UTC),  # 13:00, a break
        datetime(2026, 11, 28, 9, 30, tzinfo=UTC),  # a Saturday
        datetime(2026, 12, 25, 9, 30, tzinfo=UTC),
        FAR,
    ],
)
def test_an_appointment_is_a_working_hour_to_come(at: datetime) -> None:
    assert appointment(at, TUESDAY, "34", CALLS, FAR) is None
