"""Holidays and allowed hours, with daylight saving and the overseas départements."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays as library
import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from quality.directory.geography import DEPARTEMENTS, zone_of
from surveys.protocol import calendar
from surveys.protocol.calendar import Slot, Window, next_slot

WEEK = frozenset({1, 2, 3, 4, 5})
EVERY_DAY = frozenset(range(1, 8))
SMS = Window(WEEK, ((time(10), time(13)), (time(14), time(19))))
MAIL = Window(frozenset(range(1, 7)), ((time(8), time(20)),))
PARIS = ZoneInfo("Europe/Paris")


def at(text, zone=PARIS):
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def local(instant, zone=PARIS):
    return instant.astimezone(zone).strftime("%a %d/%m %H:%M")


def spans(*texts):
    return tuple((time.fromisoformat(text[:5]), time.fromisoformat(text[6:])) for text in texts)


def test_a_year_has_eleven_holidays_in_the_herault():
    days = sorted(calendar.holidays(2026, "34"))
    expected = [
        "01-01",
        "04-06",
        "05-01",
        "05-08",
        "05-14",
        "05-25",
        "07-14",
        "08-15",
        "11-01",
        "11-11",
        "12-25",
    ]
    assert [day.strftime("%m-%d") for day in days] == expected


@pytest.mark.parametrize("year", range(2020, 2041))
def test_metropolitan_holidays_agree_with_the_library(year):
    assert calendar.holidays(year, "34") == frozenset(library.country_holidays("FR", years=year))


@pytest.mark.parametrize("departement", ["57", "67", "68"])
def test_alsace_and_moselle_have_two_days_more(departement):
    more = calendar.holidays(2026, departement) - calendar.holidays(2026, "54")
    assert more == {date(2026, 4, 3), date(2026, 12, 26)}


@pytest.mark.parametrize(
    ("departement", "day"),
    [
        ("971", date(2026, 5, 27)),
        ("972", date(2026, 5, 22)),
        ("973", date(2026, 6, 10)),
        ("974", date(2026, 12, 20)),
        ("976", date(2026, 4, 27)),
    ],
)
def test_overseas_the_abolition_of_slavery_is_a_holiday(departement, day):
    assert calendar.holidays(2026, departement) - calendar.holidays(2026, "34") == {day}


@given(st.integers(1900, 2199))
@settings(max_examples=60)
def test_easter_is_a_sunday_between_22_march_and_25_april(year):
    day = calendar.easter(year)
    assert day.isoweekday() == 7
    assert date(year, 3, 22) <= day <= date(year, 4, 25)


@pytest.mark.parametrize(
    ("year", "day"), [(1961, "04-02"), (1981, "04-19"), (2000, "04-23"), (2038, "04-25"), (2285, "03-22")]
)
def test_easter_is_right_in_years_of_exception(year, day):
    assert calendar.easter(year).strftime("%m-%d") == day


def test_an_instant_inside_a_span_opens_at_once_until_the_span_ends():
    slot = next_slot(at("2026-11-17 10:30"), "34", SMS)
    assert slot == Slot(at("2026-11-17 10:30"), at("2026-11-17 13:00"))


def test_spans_are_half_open():
    assert local(next_slot(at("2026-11-17 13:00"), "34", SMS).opens_at) == "Tue 17/11 14:00"
    assert local(next_slot(at("2026-11-17 12:59"), "34", SMS).opens_at) == "Tue 17/11 12:59"


def test_nothing_opens_at_21_hours():
    assert local(next_slot(at("2026-11-17 21:00"), "34", MAIL).opens_at) == "Wed 18/11 08:00"


def test_nothing_opens_on_a_sunday():
    assert local(next_slot(at("2026-11-15 09:00"), "34", MAIL).opens_at) == "Mon 16/11 08:00"


def test_nothing_opens_on_15_august():
    assert local(next_slot(at("2026-08-14 20:00"), "34", MAIL).opens_at) == "Mon 17/08 08:00"
    on_holidays = Window(MAIL.days, MAIL.spans, holidays=True)
    assert local(next_slot(at("2026-08-14 20:00"), "34", on_holidays).opens_at) == "Sat 15/08 08:00"


@pytest.mark.parametrize(("text", "there"), [("2026-11-17 17:30", "20:30"), ("2026-07-15 17:30", "19:30")])
def test_an_afternoon_in_paris_is_an_evening_in_la_reunion(text, there):
    instant, zone = at(text), zone_of("974")
    assert instant.astimezone(zone).strftime("%H:%M") == there
    assert next_slot(instant, "34", SMS).opens_at == instant
    opens_at = next_slot(instant, "974", SMS).opens_at
    assert opens_at.astimezone(zone).time() == time(10)
    assert opens_at > instant


def test_the_morning_in_paris_is_not_yet_the_morning_in_guadeloupe():
    slot = next_slot(at("2026-11-17 10:00"), "971", SMS)
    assert local(slot.opens_at, zone_of("971")) == "Tue 17/11 10:00"


@pytest.mark.parametrize(
    ("after", "opens", "closes"),
    [
        ("2026-03-27 20:00", "2026-03-30T08:00", "2026-03-30T11:00"),
        ("2026-10-23 20:00", "2026-10-26T09:00", "2026-10-26T12:00"),
    ],
)
def test_the_hours_stay_local_across_a_change_of_time(after, opens, closes):
    slot = next_slot(at(after), "34", SMS)
    assert slot.opens_at.isoformat()[:16] == opens
    assert slot.closes_at.isoformat()[:16] == closes


def test_an_hour_that_does_not_exist_becomes_the_next_valid_instant():
    slot = next_slot(at("2026-03-28 23:00"), "34", Window(EVERY_DAY, spans("02:30-05:00")))
    assert local(slot.opens_at) == "Sun 29/03 03:00"
    assert slot == Slot(datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 3, 29, 3, tzinfo=UTC))


@pytest.mark.parametrize("minute", range(60))
def test_every_minute_that_does_not_exist_becomes_three_o_clock(minute):
    slot = next_slot(at("2026-03-28 23:00"), "34", Window(EVERY_DAY, spans(f"02:{minute:02}-05:00")))
    assert slot.opens_at == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_a_span_over_the_hour_that_does_not_exist_is_one_stretch():
    slot = next_slot(at("2026-03-28 23:30"), "34", Window(EVERY_DAY, spans("00:00-05:00")))
    assert slot == Slot(datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 3, tzinfo=UTC))


def test_a_span_that_ends_where_it_starts_lasts_a_day():
    slot = next_slot(at("2026-11-17 09:00"), "34", Window(EVERY_DAY, spans("10:00-10:00")))
    assert (local(slot.opens_at), local(slot.closes_at)) == ("Tue 17/11 09:00", "Tue 17/11 10:00")
    slot = next_slot(slot.closes_at, "34", Window(EVERY_DAY, spans("10:00-10:00")))
    assert (local(slot.opens_at), local(slot.closes_at)) == ("Tue 17/11 10:00", "Wed 18/11 10:00")


def test_what_opens_in_sixty_days_is_found_and_nothing_after():
    shut = [date(2026, 12, 1) + timedelta(days=n) for n in range(61)]
    window = Window(EVERY_DAY, SMS.spans, holidays=True, closed=frozenset(shut[:60]))
    assert local(next_slot(at("2026-12-01 09:00"), "34", window).opens_at) == "Sat 30/01 10:00"
    assert (
        next_slot(at("2026-12-01 09:00"), "34", msgspec.structs.replace(window, closed=frozenset(shut)))
        is None
    )


def test_midnight_is_the_one_of_the_place_as_many_days_after():
    evening = datetime(2026, 11, 17, 22, 30, tzinfo=UTC)
    assert calendar.midnight(evening, "34") == datetime(2026, 11, 16, 23, tzinfo=UTC)
    assert calendar.midnight(evening, "974", days=1) == datetime(2026, 11, 18, 20, tzinfo=UTC)
    assert calendar.midnight(evening, "34", days=-1) == datetime(2026, 11, 15, 23, tzinfo=UTC)


def test_a_day_is_allowed_or_is_not():
    assert SMS.allows(date(2026, 11, 17), "34") is True
    assert SMS.allows(date(2026, 11, 15), "34") is False
    assert SMS.allows(date(2026, 11, 11), "34") is False


def test_a_span_that_does_not_exist_is_skipped():
    slot = next_slot(at("2026-03-28 23:00"), "34", Window(EVERY_DAY, spans("02:10-02:50")))
    assert local(slot.opens_at) == "Mon 30/03 02:10"


def test_an_hour_that_comes_twice_is_used_once():
    window = Window(EVERY_DAY, spans("02:00-03:00"))
    slot = next_slot(at("2026-10-24 23:00"), "34", window)
    assert slot == Slot(datetime(2026, 10, 25, 0, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC))
    assert local(next_slot(slot.closes_at, "34", window).opens_at) == "Mon 26/10 02:00"


def test_a_span_around_the_repeated_hour_goes_on_after_it():
    window = Window(EVERY_DAY, spans("02:30-04:00"))
    first = next_slot(at("2026-10-24 23:00"), "34", window)
    second = next_slot(first.closes_at, "34", window)
    assert first == Slot(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC))
    assert second == Slot(datetime(2026, 10, 25, 2, tzinfo=UTC), datetime(2026, 10, 25, 3, tzinfo=UTC))


def test_a_span_across_midnight_belongs_to_the_day_it_opens_on():
    window = Window(WEEK, spans("22:00-02:00"))
    assert local(next_slot(at("2026-11-17 23:00"), "34", window).closes_at) == "Wed 18/11 02:00"
    assert local(next_slot(at("2026-11-18 01:00"), "34", window).opens_at) == "Wed 18/11 01:00"
    assert local(next_slot(at("2026-11-16 00:30"), "34", window).opens_at) == "Mon 16/11 22:00"


def test_a_span_across_midnight_stops_there_when_the_next_day_is_not_allowed():
    window = Window(WEEK, spans("22:00-02:00"))
    assert local(next_slot(at("2026-11-13 23:00"), "34", window).closes_at) == "Sat 14/11 00:00"
    assert local(next_slot(at("2026-11-10 23:00"), "34", window).closes_at) == "Wed 11/11 00:00"


def test_no_slot_opens_at_or_after_the_limit():
    after = at("2026-11-13 20:00")
    assert next_slot(after, "34", SMS, until=at("2026-11-16 10:00")) is None
    cut = next_slot(after, "34", SMS, until=at("2026-11-16 10:01"))
    assert local(cut.closes_at) == "Mon 16/11 10:01"
    assert next_slot(after, "34", SMS, until=after) is None


def test_a_window_without_days_has_no_slot():
    assert next_slot(at("2026-11-17 10:00"), "34", Window(frozenset(), SMS.spans)) is None


def test_a_naive_instant_is_refused():
    with pytest.raises(ValueError, match="naive"):
        next_slot(datetime(2026, 11, 17, 10), "34", SMS)  # noqa: DTZ001


def test_the_afternoon_begins_at_13_hours():
    assert calendar.day_part(at("2026-11-17 12:59"), PARIS) == "morning"
    assert calendar.day_part(at("2026-11-17 13:00"), PARIS) == "afternoon"


INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
CHANGES = st.builds(
    lambda day, seconds: day + timedelta(seconds=seconds),
    st.sampled_from([at("2026-03-28 20:00"), at("2026-10-24 20:00"), at("2027-03-27 20:00")]),
    st.integers(0, 50_000),
)
TIMES = st.times().map(lambda moment: moment.replace(second=0, microsecond=0))
WINDOWS = st.builds(
    lambda days, span: Window(days, (span,)),
    st.frozensets(st.integers(1, 6), min_size=1),
    st.tuples(TIMES, TIMES).filter(lambda span: span[0] != span[1]),
)


def is_in(window, moment):
    inside = (
        opens <= moment < closes if opens < closes else moment >= opens or moment < closes
        for opens, closes in window.spans
    )
    return any(inside)


@given(INSTANTS | CHANGES, st.sampled_from(sorted(DEPARTEMENTS)), WINDOWS | st.sampled_from([SMS, MAIL]))
@example(datetime(2026, 10, 25, 1, 10, tzinfo=UTC), "34", Window(frozenset({6}), spans("23:00-02:30")))
@settings(max_examples=60, deadline=None)
def test_no_slot_lies_outside_the_allowed_local_hours(after, departement, window):
    slot = next_slot(after, departement, window)
    assert slot is not None
    assert after <= slot.opens_at < slot.closes_at
    for instant in (slot.opens_at, slot.closes_at - timedelta(microseconds=1)):
        there = instant.astimezone(zone_of(departement))
        assert there.isoweekday() in window.days
        assert there.isoweekday() != 7
        assert not calendar.is_holiday(there.date(), departement)
        assert is_in(window, there.time())
        assert there.fold == 0


@given(INSTANTS, st.sampled_from(["34", "67", "974", "971"]), st.integers(0, 500))
@settings(max_examples=60, deadline=None)
def test_no_allowed_instant_before_the_slot_was_passed_over(after, departement, minutes):
    slot = next_slot(after, departement, SMS)
    probe = after + timedelta(minutes=minutes)
    if after <= probe < slot.opens_at:
        there = probe.astimezone(zone_of(departement))
        assert not (SMS.allows(there.date(), departement) and is_in(SMS, there.time()))


def test_a_day_the_platform_is_shut_is_refused_like_a_holiday() -> None:
    shut = msgspec.structs.replace(SMS, closed=frozenset({date(2026, 11, 18)}))
    assert local(next_slot(at("2026-11-17 19:00"), "34", shut).opens_at) == "Thu 19/11 10:00"
