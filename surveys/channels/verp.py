"""The envelope sender of an e-mail (VERP): it names the attempt and is signed, so that a bounce finds it.

The signature proves that we wrote the address: nobody else's message says what became of an attempt.
"""

import base64
import hashlib
import hmac
from uuid import UUID

LABEL = b"attempt-bounce:"
ID_BYTES = 16
SIGNATURE_BYTES = 9  # 72 bits: with the id, 40 characters of base 32 without padding
TOKEN_CHARS = (ID_BYTES + SIGNATURE_BYTES) * 8 // 5
LONGEST_LOCAL_PART = 64  # RFC 5321, 4.5.3.1.1


def token_of(key: bytes, attempt: UUID) -> str:
    """Return what an envelope address says of an attempt; servers may change the case of its letters.

    >>> token_of(b"key", UUID(int=1))
    'aaaaaaaaaaaaaaaaaaaaaaaaaevvyvmjn7j5n67q'
    """
    return base64.b32encode(attempt.bytes + _signature(key, attempt)).decode("ascii").lower()


def _signature(key: bytes, attempt: UUID) -> bytes:
    return hmac.new(key, LABEL + attempt.bytes, hashlib.sha256).digest()[:SIGNATURE_BYTES]


def with_token(sender: str, token: str) -> str:
    """Return the envelope sender: the sender's own address where there is no token, or no room for it.

    >>> with_token("avis@pleiades.example", "abc"), with_token("avis@pleiades.example", "")
    ('avis+abc@pleiades.example', 'avis@pleiades.example')
    """
    local, _, domain = sender.rpartition("@")
    local = f"{local}+{token}"
    return f"{local}@{domain}" if token and len(local) <= LONGEST_LOCAL_PART else sender


def attempt_of(address: str, key: bytes) -> UUID | None:
    """Return the attempt that an envelope address names; None of one that we did not write.

    >>> attempt_of(with_token("avis@pleiades.example", token_of(b"key", UUID(int=1))), b"key")
    UUID('00000000-0000-0000-0000-000000000001')
    >>> attempt_of("avis+abc@pleiades.example", b"key")
    """
    token = address.rpartition("@")[0].rpartition("+")[2]
    if len(token) != TOKEN_CHARS:
        return None
    try:
        named = base64.b32decode(token.upper())
    except ValueError:
        return None
    attempt = UUID(bytes=named[:ID_BYTES])
    return attempt if hmac.compare_digest(named[ID_BYTES:], _signature(key, attempt)) else None
