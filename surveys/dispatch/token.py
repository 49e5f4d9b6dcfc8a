"""Addresses of answer pages and spoken references: short, typed by hand, never stored in clear."""

import hmac
from hashlib import sha256
from uuid import UUID

# Crockford's base 32 leaves out I, L, O and U (https://www.crockford.com/base32.html).
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TOKEN_LENGTH = 12
REFERENCE_LENGTH = 8

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


def survey_token(key: bytes, invitation_id: UUID) -> str:
    """Make the address of an invitation, the same again after a crash.

    >>> survey_token(b"key", UUID(int=1))
    'PZM8VSSWB5KT'
    """
    return crockford(_seal(key, b"survey", invitation_id.bytes))


def spoken_reference(key: bytes, subject_id: UUID) -> str:
    """Make a reference to say on the telephone, eight characters in two halves; it opens no page."""
    reference = crockford(_seal(key, b"reference", subject_id.bytes), REFERENCE_LENGTH)
    return f"{reference[:4]}-{reference[4:]}"


def normalise(token: str, length: int = TOKEN_LENGTH) -> str | None:
    """Read a token as typed by a person; None when it cannot be one.

    >>> normalise("k7m4-2q9d x3pv"), normalise("K7M42Q9DX3PU")
    ('K7M42Q9DX3PV', None)
    """
    typed = "".join(token.split()).replace("-", "")
    if len(typed) != length or not typed.isascii():
        return None
    read = typed.upper().translate(_LOOKALIKES)
    return read if set(read) <= set(ALPHABET) else None


def lookup_hash(key: bytes, token: str) -> bytes:
    """Hash a normalised token into the value by which its row is found."""
    return _seal(key, b"lookup", token.encode("ascii"))


def _seal(key: bytes, label: bytes, content: bytes) -> bytes:
    return hmac.new(key, label + content, sha256).digest()
