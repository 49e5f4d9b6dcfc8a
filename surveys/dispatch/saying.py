"""The reference that is said after an answer: stored nowhere, made again to find whose it is."""

from uuid import UUID

from quality import tokens
from quality.db import Connection, fetch
from quality.keys import Keyring
from surveys.dispatch.links import LABEL
from surveys.dispatch.token import spoken_reference

NEWEST_VISITS = 20_000
ANSWERED = f"""
SELECT id FROM invitation WHERE platform_id = $1 AND answered_at IS NOT NULL
ORDER BY answered_at DESC LIMIT {NEWEST_VISITS}
"""


async def request_said(db: Connection, keyring: Keyring, platform: UUID | None, words: str) -> UUID | None:
    """Find the request whose reference was said, among the last ones answered."""
    said = tokens.normalise(words, tokens.REFERENCE_LENGTH)
    if said is None:
        return None
    key = keyring.subkey(LABEL)
    for row in await fetch(db, ANSWERED, platform):
        found: UUID = row["id"]
        if spoken_reference(key, found).replace("-", "") == said:
            return found
    return None
