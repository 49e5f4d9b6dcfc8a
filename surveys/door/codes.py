"""The code of a client's day, made again from nothing stored: two characters say the day, ten seal it."""

import hmac
from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from quality.tokens import ALPHABET, token

OLDEST_DAYS = 31  # more than a protocol leaves open
DAYS = 1024  # what two characters tell apart
SEALED = (1 << 50) - 1


def door_code(key: bytes, client: UUID, day: date) -> str:
    """Make the code of a client's visits of a day, known or still to come.

    >>> door_code(b"key", UUID(int=1), date(2026, 11, 24))[:2]
    'K8'
    """
    number = day.toordinal() % DAYS
    return ALPHABET[number >> 5] + ALPHABET[number & 31] + _seal(key, client, day)


def whose(key: bytes, code: str, day: date, clients: Iterable[UUID]) -> UUID | None:
    """Find the client of a code among those of its day, each sealed again (a microsecond or so each).

    >>> day, clients = date(2026, 11, 24), [UUID(int=number) for number in range(9)]
    >>> whose(b"key", door_code(b"key", clients[4], day), day, clients) == clients[4]
    True
    """
    wanted = 0
    for letter in code[2:]:
        wanted = wanted << 5 | ALPHABET.index(letter)
    label = _label(day)
    return next((client for client in clients if _bits(key, label, client) == wanted), None)


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
    return token(key, _label(day), client)[2:]


def _label(day: date) -> bytes:
    return f"door {day}".encode()


def _bits(key: bytes, label: bytes, client: UUID) -> int:
    """Give what the ten last characters of a token say, without writing them."""
    octets = hmac.digest(key, label + client.bytes, "sha256")[:8]
    return int.from_bytes(octets, "big") >> 4 & SEALED
