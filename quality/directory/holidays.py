"""Public holidays of a département, and the working days counted with them."""

from datetime import date, timedelta
from functools import cache

from quality.directory.geography import departement as departement_of

# Code du travail, article L3133-1: the fixed days, then days counted from Easter Sunday.
FIXED = frozenset({(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)})
EASTER_MONDAY, ASCENSION, WHIT_MONDAY, GOOD_FRIDAY = 1, 39, 50, -2
# Alsace and Moselle: article L3134-13.
SAINT_STEPHEN = (12, 26)
# The abolition of slavery, article L3422-2 (decree 83-1003).
ABOLITION = {"971": (5, 27), "972": (5, 22), "973": (6, 10), "974": (12, 20), "976": (4, 27)}


def easter(year: int) -> date:
    """Give Easter Sunday by the Gregorian computus (Meeus, Astronomical Algorithms, chapter 8).

    >>> easter(2026), easter(2027)
    (datetime.date(2026, 4, 5), datetime.date(2027, 3, 28))
    """
    golden = year % 19
    century, rest = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - correction + 15) % 30
    leap_years, year_rest = divmod(rest, 4)
    weekday = (32 + 2 * century_rest + 2 * leap_years - epact - year_rest) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@cache
def holidays(year: int, departement: str) -> frozenset[date]:
    """Give the public holidays of a year in a département.

    >>> date(2026, 12, 26) in holidays(2026, "67"), date(2026, 12, 26) in holidays(2026, "34")
    (True, False)
    """
    fixed, moving = set(FIXED), [EASTER_MONDAY, ASCENSION, WHIT_MONDAY]
    if departement_of(departement).alsace_moselle:
        fixed.add(SAINT_STEPHEN)
        moving.append(GOOD_FRIDAY)
    if departement in ABOLITION:
        fixed.add(ABOLITION[departement])
    days = {date(year, month, day) for month, day in fixed}
    return frozenset(days | {easter(year) + timedelta(days=offset) for offset in moving})


def is_holiday(day: date, departement: str) -> bool:
    """Tell whether a day is a public holiday in a département.

    >>> is_holiday(date(2026, 8, 15), "34"), is_holiday(date(2026, 12, 20), "974")
    (True, True)
    """
    return day in holidays(day.year, departement)


def working_day(after: date, days: int, departement: str) -> date:
    """Give the day that comes so many working days after another: Monday to Friday, no public holiday.

    >>> working_day(date(2026, 11, 24), 2, "34"), working_day(date(2026, 4, 30), 1, "34")
    (datetime.date(2026, 11, 26), datetime.date(2026, 5, 4))
    """
    day, left = after, days
    while left:
        day += timedelta(days=1)
        left -= day.isoweekday() <= 5 and not is_holiday(day, departement)
    return day


def working_day_before(before: date, departement: str) -> date:
    """Give the last working day before another day.

    >>> working_day_before(date(2026, 11, 30), "34"), working_day_before(date(2026, 12, 28), "67")
    (datetime.date(2026, 11, 27), datetime.date(2026, 12, 24))
    """
    day = before - timedelta(days=1)
    while day.isoweekday() > 5 or is_holiday(day, departement):
        day -= timedelta(days=1)
    return day
