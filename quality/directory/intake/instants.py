"""Dates and times as providers write them, in the time of the place, to instants in UTC."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from quality.directory.intake.refusals import ValueRefused

INSTANTS_KEPT = 32_768
FIRST_YEAR, LAST_YEAR = 2000, 2099
# Day 0 of the 1900 calendar of spreadsheets, which counts a 29 February 1900 that never was.
SERIAL_ORIGIN = datetime(1899, 12, 30, tzinfo=UTC)
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)

_ISO = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
    r"(?:[T ]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r" ?(?P<offset>[Zz]|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
_FRENCH = re.compile(
    r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4}|\d{2})"
    r"(?:[\sT]+(?:à )?(?P<hour>\d{1,2}) ?[:hH] ?(?P<minute>\d{2})(?::(?P<second>\d{2}))?)?",
    re.ASCII,
)
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?", re.ASCII)


@lru_cache(INSTANTS_KEPT)
def read_instant(text: str, zone: ZoneInfo) -> datetime:
    """Read ISO 8601, dd/mm/yyyy hh:mm or a spreadsheet's serial number; of a doubled hour, take the first.

    >>> paris = ZoneInfo("Europe/Paris")
    >>> read_instant("23/11/2026 09:00", paris).isoformat()
    '2026-11-23T08:00:00+00:00'
    >>> read_instant("2026-11-23T09:00:00+04:00", paris).isoformat()
    '2026-11-23T05:00:00+00:00'
    """
    local, offset = _written(text)
    if offset is not None:
        return local.replace(tzinfo=offset).astimezone(UTC)
    placed = local.replace(tzinfo=zone)
    instant = placed.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != local:
        message = (
            f"{local:%H:%M} n’existe pas ce jour-là : les horloges avancent d’une heure. Corrigez l’heure."
        )
        raise ValueRefused(message)
    return instant


def second_reading(text: str, zone: ZoneInfo) -> datetime:
    """Read an instant again, taking the second of the two hours when clocks go back."""
    local, offset = _written(text)
    return local.replace(tzinfo=offset or zone, fold=1).astimezone(UTC)


@lru_cache(INSTANTS_KEPT)
def read_day(text: str) -> date:
    """Read a day, whether a time follows it or not.

    >>> read_day("01/02/2026"), read_day("2026-02-01 10:00")
    (datetime.date(2026, 2, 1), datetime.date(2026, 2, 1))
    """
    match = _ISO.fullmatch(text) or _FRENCH.fullmatch(text)
    if match is None:
        message = "Date illisible. Écrivez-la jj/mm/aaaa, par exemple 23/11/2026."
        raise ValueRefused(message)
    return _day(match)


def local_time(instant: datetime, zone: ZoneInfo, beside: datetime) -> str:
    """Write the local time of an instant, with its day when `beside` falls on another."""
    local = instant.astimezone(zone)
    same_day = local.date() == beside.astimezone(zone).date()
    return f"{local:%H:%M}" if same_day else f"{local:%d/%m/%Y %H:%M}"


def _written(text: str) -> tuple[datetime, timezone | None]:
    if _SERIAL.fullmatch(text):
        return _of_serial(float(text.replace(",", "."))), None
    match = _ISO.fullmatch(text) or _FRENCH.fullmatch(text)
    if match is None:
        message = "Date illisible. Écrivez jj/mm/aaaa hh:mm, par exemple 23/11/2026 09:00."
        raise ValueRefused(message)
    day = _day(match)
    parts = match.groupdict()
    if parts["hour"] is None:
        message = f"Il manque l’heure. Écrivez par exemple {day:%d/%m/%Y} 09:00."
        raise ValueRefused(message)
    return _at(day, int(parts["hour"]), int(parts["minute"]), int(parts["second"] or 0)), _offset(
        parts.get("offset")
    )


def _of_serial(serial: float) -> datetime:
    moment = SERIAL_ORIGIN + timedelta(seconds=round(serial * 86_400))
    _check_year(moment.year)
    return moment.replace(tzinfo=None)


def _at(day: date, hour: int, minute: int, second: int) -> datetime:
    if hour > 23 or minute > 59 or second > 59:
        message = f"L’heure {hour:02d}:{minute:02d} n’existe pas. Elle va de 00:00 à 23:59."
        raise ValueRefused(message)
    return datetime(day.year, day.month, day.day, hour, minute, second)  # noqa: DTZ001 - the zone comes after


def _day(match: re.Match[str]) -> date:
    year, month, day = (int(match[part]) for part in ("year", "month", "day"))
    year += 2000 if len(match["year"]) == 2 else 0
    _check_year(year)
    if not 1 <= month <= 12:
        message = f"Le mois {month} n’existe pas. La date s’écrit jour/mois/année."
        raise ValueRefused(message)
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueRefused(_no_such_day(day, month, year)) from None


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        message = f"L’année {year} n’est pas possible. Corrigez la date."
        raise ValueRefused(message)


def _no_such_day(day: int, month: int, year: int) -> str:
    when = f"{day} {MONTHS[month - 1]}"
    return f"Le {when} {year} n’existe pas." if (day, month) == (29, 2) else f"Le {when} n’existe pas."


def _offset(written: str | None) -> timezone | None:
    if written is None:
        return None
    if written in "Zz":
        return UTC
    hours, minutes = int(written[1:3]), int(written[-2:])
    if hours > 14 or minutes > 59:
        message = f"Le décalage {written} n’existe pas. La France va de -10:00 à +12:00."
        raise ValueRefused(message)
    shift = timedelta(hours=hours, minutes=minutes)
    return timezone(-shift if written[0] == "-" else shift)
