"""An hour as people say it on the telephone, in the time of the place where they live (pure).

Nobody is called before 8 in the morning: « demain à 2 heures » is the afternoon, as it is when it is said.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from quality.web import format as written

EARLIEST = 8
HALVES = {"demi": 30, "quart": 15}
Found = date | None


def spoken_moment(said: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Read a day and an hour as they are said; None when they are not understood or are already past.

    >>> now, zone = datetime(2026, 11, 24, 9, 30, tzinfo=UTC), ZoneInfo("America/Martinique")
    >>> spoken_moment("demain à 14 h", now, zone).isoformat()
    '2026-11-25T18:00:00+00:00'
    >>> spoken_moment("jeudi 10 h 30", now, ZoneInfo("Europe/Paris")).isoformat()
    '2026-11-26T09:30:00+00:00'
    >>> spoken_moment("un de ces jours", now, zone) is None
    True
    """
    text = _plain(said)
    local = now.astimezone(zone)
    hour = _hour(text)
    if hour is None:
        return None
    day = _day(text, local.date())
    if day is None:
        is_over = hour <= local.time()
        day = local.date() + timedelta(days=is_over)
    at = datetime.combine(day, hour, zone).astimezone(UTC)
    return at if at > now else None


def _plain(said: str) -> str:
    """Write words without capitals, accents or no-break spaces.

    >>> _plain("Après-demain,  14\u00a0H")
    'apres-demain 14 h'
    """
    letters = unicodedata.normalize("NFKD", said.casefold().replace("’", "'"))
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[,.]", " ", bare).split())


WEEKDAYS = {_plain(name): rank for names in written.WEEKDAYS.values() for rank, name in enumerate(names)}
MONTHS = {_plain(name): rank for names in written.MONTHS.values() for rank, name in enumerate(names, 1)}
CLOCK = re.compile(
    r"\b(\d{1,2})\s*(?:(?:h|heures?|:)\s*(\d{2})?|(?=\s*(?:am|pm)\b))(\s*et (?:demie?|quart))?\s*(am|pm)?"
)
NUMBERED = re.compile(r"\b(?:le )?(\d{1,2})(?:er)?[ /](" + "|".join(MONTHS) + r"|\d{1,2})\b")
ALONE = re.compile(r"\ble (\d{1,2})\b(?! ?(?:h|:|/))")
IN_DAYS = re.compile(r"\b(?:dans|in) (\d{1,2}) (?:jours?|days?)\b")


def _hour(text: str) -> time | None:
    found = CLOCK.search(text)
    if found is None:
        return time(12) if re.search(r"\b(midi|noon)\b", text.replace("apres-midi", "")) else None
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        minute = next(value for name, value in HALVES.items() if name in found[3])
    if hour < 12 and _is_afternoon(text, hour, found[4] or ""):
        hour += 12
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _is_afternoon(text: str, hour: int, half: str) -> bool:
    if half:
        return half == "pm"
    if re.search(r"\b(matin|morning)\b", text):
        return False
    return hour < EARLIEST or re.search(r"\b(apres-midi|soir|afternoon|evening)\b", text) is not None


def _day(text: str, today: date) -> date | None:
    """Find the day that the words name, in this order; None when they name none."""
    for find in DAYS:
        day = find(text, today)
        if day is not None:
            return day
    return None


def _counted(text: str, today: date) -> Found:
    found = IN_DAYS.search(text)
    return today + timedelta(days=int(found[1])) if found else None


def _near(text: str, today: date) -> Found:
    if re.search(r"\bapres-demain\b|\bday after tomorrow\b", text):
        return today + timedelta(days=2)
    if re.search(r"\bdemain\b|\btomorrow\b", text):
        return today + timedelta(days=1)
    return (
        today
        if re.search(r"\baujourd'hui\b|\btoday\b|\bce (matin|soir)\b|\bcet apres-midi\b", text)
        else None
    )


def _numbered(text: str, today: date) -> Found:
    found = NUMBERED.search(text)
    if found is None:
        return None
    month = MONTHS[found[2]] if found[2] in MONTHS else int(found[2])
    return _valid(
        today,
        lambda: date(today.year, month, int(found[1])),
        lambda: date(today.year + 1, month, int(found[1])),
    )


def _alone(text: str, today: date) -> Found:
    found = ALONE.search(text)
    if found is None:
        return None
    following = today.replace(day=28) + timedelta(days=4)
    return _valid(
        today, lambda: today.replace(day=int(found[1])), lambda: following.replace(day=int(found[1]))
    )


def _valid(today: date, *candidates: Callable[[], date]) -> Found:
    """Give the first date that exists and is not past."""
    for candidate in candidates:
        try:
            day = candidate()
        except ValueError:
            continue
        if day >= today:
            return day
    return None


def _weekday(text: str, today: date) -> Found:
    """Give the next day of that name: never today, whose name nobody says for today."""
    found = re.search(r"\b(" + "|".join(WEEKDAYS) + r")\b", text)
    if found is None:
        return None
    ahead = (WEEKDAYS[found[1]] - today.weekday() - 1) % 7 + 1
    return today + timedelta(days=ahead)


DAYS = (_counted, _near, _numbered, _alone, _weekday)
