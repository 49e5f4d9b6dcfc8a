"""The code of a client's day, made again from nothing stored: two characters say the day, ten seal it."""

from datetime import date, timedelta
from uuid import UUID

from quality.tokens import ALPHABET, token

OLDEST_DAYS = 31  # more than a protocol leaves open
DAYS = 1024  # what two characters tell apart


def door_code(key: bytes, client: UUID, day: date) -> str:
    """Make the code of a client's visits of a day, known or still to come.

    >>> door_code(b"key", UUID(int=1), date(2026, 11, 24))[:2]
    'K8'
    """
    number = day.toordinal() % DAYS
    return ALPHABET[number >> 5] + ALPHABET[number & 31] + _seal(key, client, day)


def is_code(key: bytes, code: str, client: UUID, day: date) -> bool:
    return code[2:] == _seal(key, client, day)


def day_of(code: str, today: date) -> date | None:
    """Read the day of a code; None when no door of that day can still be open.

    >>> code = door_code(b"key", UUID(int=1), date(2026, 11, 24))
    >>> day_of(code, date(2026, 11, 30)), day_of(code, date(2027, 2, 1))
    (datetime.date(2026, 11, 24), None)
    """
    tomorrow = today + timedelta(days=1)  # it is already tomorrow east of here
    number = ALPHABET.index(code[0]) << 5 | ALPHABET.index(code[1])
    age = (tomorrow.toordinal() - number) % DAYS
    return tomorrow - timedelta(days=age) if age <= OLDEST_DAYS else None


def in_quarters(code: str) -> str:
    """Write a code as it is read and typed.

    >>> in_quarters("K7M42Q9DX3PV")
    'K7M4-2Q9D-X3PV'
    """
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def _seal(key: bytes, client: UUID, day: date) -> str:
    return token(key, f"door {day}".encode(), client)[2:]
