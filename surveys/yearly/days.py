"""The day of the year on which a client is asked about it: always the same, and as many each day (pure)."""

from datetime import date, timedelta
from hashlib import md5
from uuid import UUID

DAYS = 365
WAITS_DAYS = 30  # how long after their day somebody may still be asked
# Digits of the digest of an id: PostgreSQL draws the same day from it (DRAWN_DAY).
HEXADECIMAL_DIGITS = 8
DRAWN_DAY = f"(('x' || left(md5(c.id::text), {HEXADECIMAL_DIGITS}))::bit(32)::bigint % {DAYS})::integer"
PACE = 2  # times an even day: what waited is caught up without a burst


def day_of(client: UUID) -> int:
    """Draw the day of a client, from 0 (1 January) to 364.

    >>> day_of(UUID(int=1))
    147
    """
    digest = md5(str(client).encode(), usedforsecurity=False).hexdigest()
    return int(digest[:HEXADECIMAL_DIGITS], 16) % DAYS


def due_lately(today: date) -> dict[int, date]:
    """Give the days whose clients are asked about their year, with their date: today and those just before.

    >>> due_lately(date(2026, 1, 1))[364]
    datetime.date(2025, 12, 31)
    >>> len(due_lately(date(2026, 3, 1)))
    30
    """
    dates = (today - timedelta(days=back) for back in range(WAITS_DAYS))
    return {day: each for each in dates if (day := each.timetuple().tm_yday - 1) < DAYS}


def most_in_a_day(clients: int) -> int:
    """Say how many may be asked in a day, of so many clients.

    >>> most_in_a_day(0), most_in_a_day(1), most_in_a_day(3650)
    (0, 2, 20)
    """
    return PACE * -(-clients // DAYS)
