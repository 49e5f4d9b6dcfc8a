"""Every zone of the data, every hour from 2024 to 2036, every calendar of holidays: never outside the hours.

`make test` looks at one hour in 61, which falls on every hour of the week; `make long` looks at all of them.
"""

from datetime import UTC, datetime, timedelta

import pytest

from quality.directory.geography import DEPARTEMENTS, zone_of
from surveys.protocol.calendar import holidays, next_slot
from surveys.protocol.definition import Audience, Channel, load
from tests.scale import SCALE
from tests.surveys.engine import hours

FIRST, LAST = datetime(2024, 1, 1, tzinfo=UTC), datetime(2037, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
STEP = 1 if SCALE >= 100 else 61
ASKED = (("sms", "client"), ("email", "client"), ("phone", "client"), ("phone", "relative"))
INSTANT = timedelta(microseconds=1)


def calendars() -> dict[str, str]:
    """Name one département for each pair of a zone and a calendar of holidays."""
    found: dict[tuple[str, frozenset[object]], str] = {}
    for code in sorted(DEPARTEMENTS):
        days = frozenset(day for year in range(2024, 2037) for day in holidays(year, code))
        found.setdefault((zone_of(code).key, days), code)
    return {code: f"{code} {zone}" for (zone, _), code in found.items()}


CALENDARS = calendars()


def test_every_zone_and_calendar_of_the_data_has_its_second_writing() -> None:
    assert {zone_of(code).key for code in DEPARTEMENTS} == {"Europe/Paris", *hours.ZONES.values()}
    assert len(CALENDARS) == 7
    for code in DEPARTEMENTS:
        for year in range(2024, 2037):
            days = [datetime(year, 1, 1, 12, tzinfo=UTC) + timedelta(days=n) for n in range(366)]
            mine = {d.date() for d in days if d.year == year and hours.is_holiday(d.date(), code)}
            assert mine == holidays(year, code), (code, year)


@pytest.mark.long
@pytest.mark.parametrize("departement", sorted(CALENDARS))
@pytest.mark.parametrize(("channel", "audience"), ASKED)
def test_nothing_opens_outside_the_hours_at_any_hour_of_thirteen_years(
    departement: str, channel: str, audience: str
) -> None:
    look_at_every(STEP, departement, channel, audience)


@pytest.mark.parametrize("departement", sorted(CALENDARS))
def test_nothing_opens_outside_the_hours(departement: str) -> None:
    for channel, audience in ASKED:
        look_at_every(61, departement, channel, audience)


def look_at_every(step: int, departement: str, channel: str, audience: str) -> None:
    window = load("default").window(Channel(channel), Audience(audience))
    allowed = hours.allowed(channel, audience)
    after = FIRST
    while after < LAST:
        slot = next_slot(after, departement, window)
        assert slot is not None, after
        assert after <= slot.opens_at < slot.closes_at
        assert allowed.allow(slot.opens_at, departement), (after, slot)
        assert allowed.allow(slot.closes_at - INSTANT, departement), (after, slot)
        assert not allowed.allow(after, departement) or slot.opens_at == after, after
        after += step * HOUR


@pytest.mark.parametrize("departement", sorted(CALENDARS))
def test_a_stretch_ends_where_the_hours_do(departement: str) -> None:
    """What a slot leaves out before the next one is never allowed: no window is lost."""
    for channel, audience in ASKED:
        window = load("default").window(Channel(channel), Audience(audience))
        allowed = hours.allowed(channel, audience)
        after, end = datetime(2026, 3, 25, tzinfo=UTC), datetime(2026, 4, 8, tzinfo=UTC)
        while after < end:
            slot = next_slot(after, departement, window)
            assert slot is not None
            probe = after
            while probe < slot.opens_at:
                assert not allowed.allow(probe, departement), (probe, slot)
                probe += timedelta(minutes=15)
            assert not allowed.allow(slot.closes_at, departement) or slot.opens_at == slot.closes_at
            after = slot.closes_at
