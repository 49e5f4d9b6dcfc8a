"""A day as a form tells it."""

from datetime import date


def day_of(written: str) -> date | None:
    """Read a day, None where it is none.

    >>> day_of(" 2027-06-30 "), day_of("bientôt")
    (datetime.date(2027, 6, 30), None)
    """
    try:
        return date.fromisoformat(written.strip())
    except ValueError:
        return None
