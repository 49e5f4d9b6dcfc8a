"""Figures, dates and numbers as people read them, in French and in English.

Percentages are in per cent (86.2, not 0.862) and already rounded when published: here they are only written.
"""

import re
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
KEPT = 4_000  # shares, counts and periods come back from line to line, each written once
NBSP = "\u00a0"
THIN = "\u202f"
DECIMAL_MARK = {"fr": ",", "en": "."}
THOUSANDS = {"fr": THIN, "en": ","}
PER_CENT = {"fr": f"{NBSP}%", "en": "%"}
WEEKDAYS = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS = {
    "fr": (
        *("janvier", "février", "mars", "avril", "mai", "juin"),
        *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}
SHORT_MONTHS = {
    "fr": (
        *("janv.", "févr.", "mars", "avr.", "mai", "juin"),
        *("juil.", "août", "sept.", "oct.", "nov.", "déc."),
    ),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
SPELLED = {
    "fr": ("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"),
    "en": ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
}
YEAR = re.compile(r"\d{4}")
MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
QUARTER = re.compile(r"(\d{4})-Q([1-4])")
ROLLING = re.compile(r"(\d{4})-R([1-3])")
FRENCH_NUMBER = re.compile(r"\+(?:33|590|594|596|262)(\d{9})")


def rounded(value: Decimal | float, digits: int) -> Decimal:
    """Round half up on the written value, as the published figures are.

    >>> rounded(2.675, 2), rounded(Decimal("62.5"), 0)
    (Decimal('2.68'), Decimal('63'))
    """
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    return exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP) + 0  # no negative zero


@lru_cache(KEPT)
def number(value: Decimal | float, digits: int = 0, lang: str = "fr") -> str:
    """Write a number with its thousands apart.

    >>> number(1234.56, 1), number(1234.56, 1, "en"), number(-3)
    ('1\u202f234,6', '1,234.6', '-3')
    """
    whole, _, decimals = f"{rounded(value, digits):,f}".partition(".")
    return whole.replace(",", THOUSANDS[lang]) + (DECIMAL_MARK[lang] + decimals if decimals else "")


def count(n: int, lang: str = "fr") -> str:
    """Write a whole number.

    >>> count(15550), count(15550, "en")
    ('15\u202f550', '15,550')
    """
    return number(n, 0, lang)


def spelled(n: int, lang: str = "fr") -> str:
    """Write a small number in letters, a larger one in figures.

    >>> spelled(5), spelled(5, "en"), spelled(1200)
    ('cinq', 'five', '1\u202f200')
    """
    return SPELLED[lang][n] if n < len(SPELLED[lang]) else count(n, lang)


def spelled_feminine(n: int, lang: str = "fr") -> str:
    """Write a small number before a feminine noun.

    >>> spelled_feminine(1), spelled_feminine(3)
    ('une', 'trois')
    """
    return "une" if (n, lang) == (1, "fr") else spelled(n, lang)


def capital(words: str) -> str:
    """Begin a sentence.

    >>> capital("trois objectifs")
    'Trois objectifs'
    """
    return words[:1].upper() + words[1:]


def percent(value: Decimal | float, digits: int = 0, lang: str = "fr") -> str:
    """Write a value that is in per cent.

    >>> percent(Decimal("86.2"), 1), percent(62.5), percent(86.2, 1, "en")
    ('86,2\xa0%', '63\xa0%', '86.2%')
    """
    return number(value, digits, lang) + PER_CENT[lang]


def interval_text(low: Decimal | float, high: Decimal | float, digits: int = 0, lang: str = "fr") -> str:
    """Write the two bounds of an interval that is in per cent.

    >>> interval_text(77, 92), interval_text(86.3, 90.3, 1, "en")
    ('de 77 à 92\xa0%', '86.3 to 90.3%')
    """
    bounds = number(low, digits, lang), percent(high, digits, lang)
    return "de {} à {}".format(*bounds) if lang == "fr" else "{} to {}".format(*bounds)


def paris_day(instant: datetime) -> date:
    """Give the day of an instant in Paris, where months are released and papers are dated.

    >>> paris_day(datetime.fromisoformat("2026-11-11T23:10+00:00"))
    datetime.date(2026, 11, 12)
    """
    return instant.astimezone(PARIS).date()


def day_text(day: date, lang: str = "fr", *, year: bool = False) -> str:
    """Write a day, with its year if asked.

    >>> day_text(date(2026, 11, 17)), day_text(date(2026, 12, 1)), day_text(date(2026, 11, 17), "en")
    ('mardi 17\xa0novembre', 'mardi 1er\xa0décembre', 'Tuesday 17\xa0November')
    >>> day_text(date(2026, 11, 24), year=True)
    'mardi 24\xa0novembre 2026'
    """
    ordinal = "1er" if lang == "fr" and day.day == 1 else str(day.day)
    words = f"{WEEKDAYS[lang][day.weekday()]} {ordinal}{NBSP}{MONTHS[lang][day.month - 1]}"
    return f"{words} {day.year}" if year else words


def time_text(instant: datetime | time, lang: str = "fr") -> str:
    """Write an hour; the caller gives it in the reader's zone.

    >>> time_text(time(14, 30)), time_text(time(14)), time_text(time(9, 5)), time_text(time(9, 5), "en")
    ('14\xa0h\xa030', '14\xa0h', '9\xa0h\xa005', '9:05')
    """
    if lang == "en":
        return f"{instant.hour}:{instant.minute:02}"
    minutes = f"{NBSP}{instant.minute:02}" if instant.minute else ""
    return f"{instant.hour}{NBSP}h{minutes}"


def moment_text(instant: datetime, lang: str = "fr") -> str:
    """Write a day, its year and the hour.

    >>> moment_text(datetime(2026, 11, 24, 10, 30)), moment_text(datetime(2026, 11, 24, 10, 30), "en")
    ('mardi 24\xa0novembre 2026, 10\xa0h\xa030', 'Tuesday 24\xa0November 2026, 10:30')
    """
    return f"{day_text(instant, lang, year=True)}, {time_text(instant, lang)}"


@lru_cache(KEPT)
def period_text(period: str, lang: str = "fr") -> str:
    """Name a month, a quarter, a year or a rolling year by its last month.

    >>> period_text("2026-Q3"), period_text("2026-Q1"), period_text("2026-Q3", "en")
    ('3ᵉ\xa0trimestre 2026', '1er\xa0trimestre 2026', 'Q3 2026')
    >>> period_text("2026-11"), period_text("2026-11", "en"), period_text("2026")
    ('novembre\xa02026', 'November\xa02026', '2026')
    >>> period_text("2026-R3"), period_text("2026-R3", "en")
    ('12\xa0mois jusqu’à septembre\xa02026', '12\xa0months to September\xa02026')
    """
    if match := QUARTER.fullmatch(period):
        return _quarter_text(int(match[2]), match[1], lang)
    if match := MONTH.fullmatch(period):
        return f"{MONTHS[lang][int(match[2]) - 1]}{NBSP}{match[1]}"
    if match := ROLLING.fullmatch(period):
        last = period_text(f"{match[1]}-{3 * int(match[2]):02}", lang)
        return f"12{NBSP}mois jusqu’à {last}" if lang == "fr" else f"12{NBSP}months to {last}"
    if YEAR.fullmatch(period):
        return period
    raise ValueError(f"not a period: {period!r}")


@lru_cache(KEPT)
def short_period_text(period: str, lang: str = "fr") -> str:
    """Name a period on the axis of a chart.

    >>> short_period_text("2026-11"), short_period_text("2026-Q3"), short_period_text("2026-11", "en")
    ('nov.\xa02026', 'T3\xa02026', 'Nov\xa02026')
    """
    if match := MONTH.fullmatch(period):
        return f"{SHORT_MONTHS[lang][int(match[2]) - 1]}{NBSP}{match[1]}"
    if match := QUARTER.fullmatch(period):
        return f"{'T' if lang == 'fr' else 'Q'}{match[2]}{NBSP}{match[1]}"
    return period_text(period, lang)


def phone_text(e164: str) -> str:
    """Write a French number in pairs; another number stays as it is stored.

    >>> phone_text("+33467000000"), phone_text("+262262000000"), phone_text("+32470000000")
    ('04\xa067\xa000\xa000\xa000', '02\xa062\xa000\xa000\xa000', '+32470000000')
    """
    match = FRENCH_NUMBER.fullmatch(e164)
    return NBSP.join(re.findall("..", f"0{match[1]}")) if match else e164


def _quarter_text(quarter: int, year: str, lang: str) -> str:
    if lang == "en":
        return f"Q{quarter} {year}"
    return f"{'1er' if quarter == 1 else f'{quarter}ᵉ'}{NBSP}trimestre {year}"
