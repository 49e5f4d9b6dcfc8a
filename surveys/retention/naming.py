"""Whose name and addresses serve still: who is called, written to or asked."""

from collections.abc import Sequence
from uuid import UUID

from quality import clock
from quality.db import Connection, fetch

# An attempt's id is its invitation's but for the last byte: one partition is looked into.
NEEDED = """
SELECT client_id AS id FROM call_case WHERE client_id = ANY ($1::uuid[]) AND state <> 'done'
UNION
SELECT i.client_id FROM invitation i WHERE i.client_id = ANY ($1::uuid[])
  AND ((i.closed_at IS NULL AND i.closes_at > $2) OR EXISTS (
    SELECT FROM attempt a WHERE a.id BETWEEN child_id(i.id, 0) AND child_id(i.id, 255)
      AND a.state IN ('planned', 'deferred', 'claimed', 'sending')))
"""


async def needs_names(db: Connection, clients: Sequence[UUID]) -> set[UUID]:
    """Give those of some clients who wait for a call, a message or the end of what they are asked."""
    return {row["id"] for row in await fetch(db, NEEDED, list(clients), clock.now())}
