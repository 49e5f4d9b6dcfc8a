"""The signature of a report's address: only who received it from us can say what became of an attempt."""

import base64
import hashlib
import hmac
from uuid import UUID

LABEL = b"attempt-report:"
SIGNATURE_BYTES = 15  # 120 bits: 24 characters of base 32, none of which a carrier would escape


def sign(key: bytes, attempt_id: UUID) -> str:
    """Return the 24 characters that prove an attempt's report address.

    >>> sign(b"key", UUID(int=1))
    'bzxgdjkgnfvfx3dksfxyl7un'
    """
    digest = hmac.new(key, LABEL + attempt_id.bytes, hashlib.sha256).digest()
    return base64.b32encode(digest[:SIGNATURE_BYTES]).decode("ascii").lower()


def verify(key: bytes, attempt_id: UUID, signature: str) -> bool:
    return hmac.compare_digest(sign(key, attempt_id).encode(), signature.encode())


def signed_url(address: str, key: bytes, attempt_id: UUID) -> str:
    """Return an attempt's report address, for `Outgoing.report_url`; each driver adds its own fields."""
    return f"{address}?attempt={attempt_id.hex}&sig={sign(key, attempt_id)}"
