"""The doors of the clients of the story, and what Mme Martin's telephone received."""

from datetime import datetime
from uuid import UUID

from quality import clock
from quality.app import House
from quality.db import fetch, pool
from quality.demo import cast, people
from quality.demo.scene import Bubble, Scene
from surveys.dispatch.links import token_of

SHOWN = 3
PEOPLE = ((cast.AIDE_34.siret, people.MARTIN), (cast.CCAS.siret, people.DAUGHTER))
# The newest request still open: one not yet answered rather than another, as an answered one opens again.
OPEN = """
SELECT DISTINCT ON (c.reference) c.reference, i.id
FROM invitation i JOIN client c ON c.id = i.client_id JOIN organisation o ON o.id = c.provider_id
WHERE (o.code, c.reference) IN (SELECT * FROM unnest($1::text[], $2::text[]))
  AND i.purpose = 'survey' AND i.closed_at IS NULL AND i.closes_at > $3
ORDER BY c.reference, i.answered_at IS NOT NULL, i.created_at DESC
"""
RECEIVED = """
SELECT text, sent_at FROM memory_message WHERE channel = 'sms' AND recipient = $1
ORDER BY sent_at DESC LIMIT $2
"""


async def show(house: House) -> Scene:
    """Make the links again from the requests: nothing of them is stored in clear."""
    links = {
        reference: f"/s/{token_of(house.keyring, invitation)}"
        for reference, invitation in await _open(clock.now())
    }
    received = await fetch(pool("work"), RECEIVED, mobile(1), SHOWN)
    return Scene(links, tuple(Bubble(row["text"], row["sent_at"]) for row in reversed(received)))


def mobile(rank: int) -> str:
    """Return the mobile of somebody of the story, as carriers write it.

    >>> mobile(1)
    '+33639980001'
    """
    return "+33" + people.mobile_of(rank).replace(" ", "")[1:]


async def _open(now: datetime) -> list[tuple[str, UUID]]:
    codes, references = [code for code, _ in PEOPLE], [reference for _, reference in PEOPLE]
    rows = await fetch(pool("work"), OPEN, codes, references, now)
    return [(row["reference"], row["id"]) for row in rows]
