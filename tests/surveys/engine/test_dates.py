"""Plans across the dates that break calendars: 29 February, 31 December overseas, both nights of a clock."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from surveys.protocol.definition import Audience, Channel, load
from surveys.protocol.planning import Base, Reach, closing_at, plan, replan, steps_for
from tests.scale import SCALE
from tests.surveys.engine import hours

EVERYBODY = Reach(sms=True, email=False, phone=True)
DEFAULT = load("default")
PLACES = ("34", "67", "971", "972", "973", "974", "976")
DAY = timedelta(days=1)


def local(instant: datetime, departement: str) -> str:
    return hours.wall(instant, departement).strftime("%d/%m %H:%M")


def opened(ended_at: datetime, departement: str) -> list[str]:
    planned = plan(Base(ended_at, ended_at), departement, EVERYBODY, DEFAULT, ended_at)
    return [local(attempt.opens_at, departement) for attempt in planned]


def test_the_29_of_february_is_a_day() -> None:
    monday = datetime(2028, 2, 28, 9, tzinfo=UTC)
    assert opened(monday, "34") == ["28/02 14:00", "01/03 10:00", "02/03 10:00", "03/03 14:00"]
    tuesday = monday + DAY
    assert opened(tuesday, "34")[0] == "29/02 14:00"
    closing = closing_at(Base(monday, monday), "34", DEFAULT)
    assert local(closing, "34") == "10/03 00:00"


@pytest.mark.parametrize(
    ("departement", "ended_at", "expected"),
    [
        # Thursday 31 December 2026, 16:00 there: four hours later its hours are over; the 1st is a holiday,
        # the 2nd a Saturday. In Paris it is noon, then 21:00.
        ("974", datetime(2026, 12, 31, 12, tzinfo=UTC), "04/01 10:00"),
        ("971", datetime(2026, 12, 31, 20, tzinfo=UTC), "04/01 10:00"),
        # At 11:00 there: the same afternoon, while the year has begun in Paris for a Guadeloupean evening.
        ("974", datetime(2026, 12, 31, 7, tzinfo=UTC), "31/12 15:00"),
        ("971", datetime(2026, 12, 31, 15, tzinfo=UTC), "31/12 15:00"),
    ],
)
def test_the_last_day_of_the_year_overseas(departement: str, ended_at: datetime, expected: str) -> None:
    assert opened(ended_at, departement)[0] == expected


@pytest.mark.parametrize(
    ("ended_at", "expected"),
    [
        # Friday 27 March 2026, 17:00 in Paris (UTC+1): Monday is summer time.
        (datetime(2026, 3, 27, 16, tzinfo=UTC), "2026-03-30T08:00:00+00:00"),
        # Friday 23 October 2026, 17:00 in Paris (UTC+2): Monday is winter time.
        (datetime(2026, 10, 23, 15, tzinfo=UTC), "2026-10-26T09:00:00+00:00"),
    ],
)
def test_ten_o_clock_is_ten_o_clock_after_both_nights(ended_at: datetime, expected: str) -> None:
    planned = plan(Base(ended_at, ended_at), "34", EVERYBODY, DEFAULT, ended_at)
    assert planned[0].opens_at.isoformat() == expected


@pytest.mark.parametrize("day", [2, 3, 4, 5, 6])
def test_what_an_outage_of_36_hours_held_until_friday_19_25_leaves_on_monday(day: int) -> None:
    visit, back = datetime(2026, 11, day, 10, tzinfo=UTC), datetime(2026, 11, 6, 18, 25, tzinfo=UTC)
    planned = plan(Base(visit, visit), "34", EVERYBODY, DEFAULT, visit)
    held = [each for each in planned if back - timedelta(hours=36) <= each.opens_at < back]
    slots = [replan(each, "34", DEFAULT.window(each.channel, Audience.CLIENT), back) for each in held]
    assert held
    assert {slot and local(slot.opens_at, "34") for slot in slots} == {"09/11 10:00"}


def test_what_is_over_when_an_outage_ends_never_leaves() -> None:
    visit, back = datetime(2026, 11, 4, 10, tzinfo=UTC), datetime(2026, 11, 6, 18, 25, tzinfo=UTC)
    (missed, *_) = plan(Base(visit, visit), "34", EVERYBODY, DEFAULT, visit)
    assert local(missed.give_up_at, "34") == "09/11 00:00"
    assert replan(missed, "34", DEFAULT.window(Channel.SMS, Audience.CLIENT), back) is None


@dataclass(frozen=True)
class History:
    """A visit drawn at random, with how it arrived and who may be reached."""

    base: Base
    departement: str
    reach: Reach
    now: datetime


def histories(seed: int, count: int) -> list[History]:
    drawn = Random(seed)
    found = []
    for _ in range(count):
        ended_at = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=drawn.randrange(13 * 365 * 1440))
        received_at = ended_at + DAY * drawn.choice((0, 0, 0, 1, 3, 6, 9, 12)) * drawn.random()
        reach = Reach(
            sms=drawn.random() < 0.6,
            email=drawn.random() < 0.4,
            phone=drawn.random() < 0.8,
            preference=drawn.choice((None, None, "phone", "sms", "email")),
            audience=drawn.choice((Audience.CLIENT, Audience.CLIENT, Audience.RELATIVE)),
        )
        now = received_at + timedelta(minutes=drawn.randrange(3 * 1440)) * drawn.choice((0, 1, 1))
        found.append(History(Base(ended_at, received_at), drawn.choice(PLACES), reach, now))
    return found


def look_at(history: History, name: str) -> None:
    """Hold one plan against what is promised of any plan."""
    protocol = load(name)
    planned = plan(history.base, history.departement, history.reach, protocol, history.now)
    closing = closing_at(history.base, history.departement, protocol)
    assert len(planned) <= protocol.contact_cap <= 4
    assert len({(each.step, each.try_number) for each in planned}) == len(planned)
    for each in planned:
        assert each.opens_at >= max(history.now, history.base.at)
        assert each.opens_at < each.closes_at <= each.give_up_at <= closing
        allowed = hours.allowed(each.channel, history.reach.audience)
        assert allowed.allow(each.opens_at, history.departement)
        assert allowed.allow(each.closes_at - timedelta(microseconds=1), history.departement)
    for before, after in pairwise(planned):
        assert after.opens_at - before.opens_at >= DAY
    is_late = history.base.received_at - history.base.ended_at
    # A message gives up after four days, which a week-end and two holidays in a row may fill; calls do not.
    called = any(step.channel is Channel.PHONE for _, step in steps_for(history.reach, protocol))
    if called and is_late < 6 * DAY and history.now == history.base.received_at:
        assert planned, history


@pytest.mark.parametrize("name", ["default", "integral"])
def test_random_histories_keep_every_promise_of_a_plan(name: str) -> None:
    for history in histories(2026, 600):
        look_at(history, name)


@pytest.mark.long
@pytest.mark.parametrize("name", ["default", "integral"])
def test_a_hundred_thousand_random_histories(name: str) -> None:
    for history in histories(36, 1_000 * SCALE):
        look_at(history, name)


@pytest.mark.parametrize("departement", PLACES)
def test_a_weekly_file_up_to_six_days_late_is_still_asked(departement: str) -> None:
    """Delays run from the arrival: with a telephone, some hour is left before the closing date."""
    drawn = Random(6)
    for _ in range(200):
        ended_at = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=drawn.randrange(13 * 365 * 1440))
        received_at = ended_at + 6 * DAY * drawn.random()
        base = Base(ended_at, received_at)
        assert plan(base, departement, EVERYBODY, DEFAULT, received_at), (ended_at, received_at)
