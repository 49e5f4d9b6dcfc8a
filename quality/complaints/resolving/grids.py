"""Which authority grid holds: that of the one convention that applies, else the référencement's."""

from typing import Any

import msgspec

from quality import clock
from quality.access.actor import Actor
from quality.complaints.opening import APPLYING
from quality.complaints.resolving.authority import Grid
from quality.db import Connection, fetch, fetch_one
from quality.directory.geography import zone_of
from quality.errors import Conflict, NotFound

ALIVE = ("opened", "acknowledged", "remedied")
FACTS = """
SELECT c.id, c.platform_id, c.provider_id, c.number, c.state, c.disclosure, c.departement, c.activity,
       c.funders, c.solution_due_at,
       coalesce((SELECT v.mode FROM complaint_subject s JOIN intervention v ON v.id = s.intervention_id
                 WHERE s.id = c.id), 'prestataire') AS mode
FROM complaint c WHERE c.platform_id = $1 AND c.number = $2
"""
CONVENTIONS = f"SELECT authority {APPLYING}"
REFERENCING = "SELECT authority FROM referencing WHERE platform_id = $1 AND provider_id = $2"


async def facts_of(db: Connection, actor: Actor, number: int, *, lock: bool = False) -> dict[str, Any]:
    """Read what decides of a remedy, or refuse a complaint that is over; inside `scoped(actor)`.

    Whoever grants locks the complaint: what is granted meanwhile counts.
    """
    row = await fetch_one(db, f"{FACTS} FOR NO KEY UPDATE OF c" if lock else FACTS, actor.platform, number)
    if row is None:
        raise NotFound
    if row["state"] not in ALIVE:
        raise Conflict("La réclamation {number} n’en est plus là. Rechargez la page.", number=number)
    return row


async def grid_of(db: Connection, facts: dict[str, Any]) -> Grid:
    """Give the grid of a complaint; several conventions, or a silent one, leave the référencement's."""
    today = clock.now().astimezone(zone_of(facts["departement"])).date()
    visit = facts["activity"], facts["departement"], facts["mode"]
    whose = facts["platform_id"], list(facts["funders"])
    applying = await fetch(db, CONVENTIONS, *whose, today, facts["provider_id"], *visit)
    if len(applying) == 1 and (grid := _read(applying[0]["authority"])):
        return grid
    row = await fetch_one(db, REFERENCING, facts["platform_id"], facts["provider_id"])
    return _read(row["authority"]) if row else {}


def _read(written: str) -> Grid:
    return msgspec.json.decode(written, type=dict[str, Any])
