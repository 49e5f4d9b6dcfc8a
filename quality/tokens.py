"""Tokens in addresses and spoken references: short, typed by hand, never stored in clear.

Each use has its own subkey and its own label, so that no token of one use opens a page of another.
"""

import hmac
from functools import lru_cache
from uuid import UUID

# Crockford's base 32 leaves out I, L, O and U (https://www.crockford.com/base32.html).
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TOKEN_LENGTH = 12
REFERENCE_LENGTH = 8

_LETTERS = frozenset(ALPHABET)
_LOOKALIKES = str.maketrans("OIL", "011")


def crockford(octets: bytes, length: int = TOKEN_LENGTH) -> str:
    """Write the first bits of octets, five a character.

    >>> crockford(bytes([0b00001_000, 0b10_00011_0, 0, 0, 0]), 4)
    '1230'
    """
    missing = 5 * length - 8 * len(octets)
    if missing > 0:
        raise ValueError(f"{length} characters need {5 * length} bits")
    bits = int.from_bytes(octets, "big") >> -missing
    return "".join(ALPHABET[bits >> 5 * rank & 31] for rank in reversed(range(length)))


def token(key: bytes, label: bytes, subject: UUID) -> str:
    """Make the token of a subject, the same again after a crash.

    >>> token(b"key", b"complaint", UUID(int=1)) == token(b"key", b"complaint", UUID(int=1))
    True
    """
    return crockford(_seal(key, label, subject.bytes))


def reference(key: bytes, label: bytes, subject: UUID) -> str:
    """Make a reference to say on the telephone, eight characters in two halves; it opens no page."""
    said = crockford(_seal(key, label, subject.bytes), REFERENCE_LENGTH)
    return f"{said[:4]}-{said[4:]}"


def normalise(typed: str, length: int = TOKEN_LENGTH) -> str | None:
    """Read a token as typed by a person; None when it cannot be one.

    >>> normalise("k7m4-2q9d x3pv"), normalise("K7M42Q9DX3PU")
    ('K7M42Q9DX3PV', None)
    """
    joined = "".join(typed.split()).replace("-", "")
    if len(joined) != length or not joined.isascii():
        return None
    read = joined.upper().translate(_LOOKALIKES)
    return read if _LETTERS.issuperset(read) else None


def lookup_hash(key: bytes, normalised: str) -> bytes:
    """Hash a normalised token into the value by which its row is found."""
    return _seal(key, b"lookup", normalised.encode("ascii"))


def _seal(key: bytes, label: bytes, content: bytes) -> bytes:
    return keyed_hash(key, label + content)


def keyed_hash(key: bytes, content: bytes) -> bytes:
    """Return the HMAC-SHA256 of a content, by a key that is made ready once."""
    sealed = _keyed(key).copy()
    sealed.update(content)
    return sealed.digest()


@lru_cache(maxsize=32)
def _keyed(key: bytes) -> hmac.HMAC:
    return hmac.new(key, digestmod="sha256")
