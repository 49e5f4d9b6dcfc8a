"""The hours allowed anywhere, written again from the law's own words, beside the calendar that is tested.

A second way to the same answer: local wall time and a published library of holidays, nothing of the engine's.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo

import holidays as library

# Loi locale d'Alsace-Moselle; abolition of slavery, by the decree of each place.
MOSELLE = ("57", "67", "68")
ABOLITION = {"971": (5, 27), "972": (5, 22), "973": (6, 10), "974": (12, 20), "976": (4, 27)}
ZONES = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "976": "Indian/Mayotte",
}


@cache
def national(year: int) -> frozenset[date]:
    return frozenset(library.country_holidays("FR", years=year))


@cache
def of_alsace(year: int) -> frozenset[date]:
    return frozenset(library.country_holidays("FR", subdiv="57", years=year))


def is_holiday(day: date, departement: str) -> bool:
    if departement in MOSELLE and day in of_alsace(day.year):
        return True
    return day in national(day.year) or ABOLITION.get(departement) == (day.month, day.day)


def wall(instant: datetime, departement: str) -> datetime:
    return instant.astimezone(ZoneInfo(ZONES.get(departement, "Europe/Paris")))


@dataclass(frozen=True)
class Hours:
    """Days of the week and half-open spans that contact.md gives to a channel."""

    last_day: int
    spans: tuple[tuple[time, time], ...]

    def allow(self, instant: datetime, departement: str) -> bool:
        there = wall(instant, departement)
        if there.isoweekday() > self.last_day or is_holiday(there.date(), departement):
            return False
        return any(opens <= there.time() < closes for opens, closes in self.spans)


SMS = Hours(5, ((time(10), time(13)), (time(14), time(19))))
MAIL = Hours(6, ((time(8), time(20)),))
CALL = Hours(5, ((time(10), time(12, 30)), (time(14), time(18))))
CALL_A_RELATIVE = Hours(5, ((time(10), time(12, 30)), (time(14), time(19, 30))))


def allowed(channel: str, audience: str) -> Hours:
    if channel == "phone":
        return CALL if audience == "client" else CALL_A_RELATIVE
    return SMS if channel == "sms" else MAIL
