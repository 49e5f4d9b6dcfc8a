"""Days as they are spoken, in the language of the question."""

from datetime import date

from babel.dates import format_date

_WEEKDAYS = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "fr": ("janvier", "février", "mars", "avril", "mai", "juin",
           "juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    "en": ("January", "February", "March", "April", "May", "June",
           "July", "August", "September", "October", "November", "December"),
}  # fmt: skip
_PATTERNS = {
    "es": "EEEE d 'de' MMMM",
    "pt": "EEEE, d 'de' MMMM",
    "it": "EEEE d MMMM",
    "de": "EEEE, d. MMMM",
    "ar": "EEEE d MMMM",
}


def weekday(day: date, language: str = "fr") -> str:
    """Name the day of the week.

    >>> weekday(date(2026, 11, 23)), weekday(date(2026, 11, 23), "de")
    ('lundi', 'Montag')
    """
    if language in _PATTERNS:
        return format_date(day, "EEEE", locale=language)
    return _WEEKDAYS["en" if language == "en" else "fr"][day.weekday()]


def day_words(day: date, language: str = "fr") -> str:
    """Write a day as it is spoken, its number bound to its month.

    >>> day_words(date(2026, 12, 1)), day_words(date(2026, 11, 17), "en")
    ('mardi 1er\\xa0décembre', 'Tuesday 17\\xa0November')
    >>> day_words(date(2026, 11, 17), "it")
    'martedì 17 novembre'
    """
    if language in _PATTERNS:
        return format_date(day, _PATTERNS[language], locale=language)
    month = _MONTHS["en" if language == "en" else "fr"][day.month - 1]
    number = "1er" if day.day == 1 and language != "en" else str(day.day)
    return f"{weekday(day, language)} {number}\N{NO-BREAK SPACE}{month}"
