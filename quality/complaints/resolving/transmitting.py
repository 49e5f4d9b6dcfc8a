"""What a funder is told of a complaint when its client agrees: copied facts, a question, one answer."""

from typing import Any
from uuid import UUID

from quality import clock
from quality.access import audit
from quality.access.actor import Actor, Role
from quality.access.scope import scoped
from quality.complaints.events import Audience
from quality.complaints.resolving.moves import ALIVE, MANAGERS, Move, change, only, worded
from quality.complaints.resolving.summary import summary
from quality.db import Connection, execute, fetch_one, fetch_value
from quality.errors import Conflict, NotFound
from quality.ids import uuid7
from quality.web.languages import gettext as _

TRANSMIT = Move(ALIVE, "holder = 'funder'", "transmitted", "funder_consent AND disclosure <> 'call_first'")
FACTS = """
SELECT c.id, c.platform_id, c.number, c.kind, c.state, c.activity, c.departement, c.month, c.funders, c.round,
       c.funder_consent, c.position, o.name AS provider_name
FROM complaint c JOIN organisation o ON o.id = c.provider_id
"""
INSERT = """
INSERT INTO complaint_transmission (id, platform_id, complaint_id, funder_id, number, provider_name, kind,
    activity, departement, month, summary, asked, at, account_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (complaint_id, funder_id) DO NOTHING RETURNING id
"""


async def transmit(actor: Actor, number: int, funder: UUID, asked: str) -> UUID:
    """Show a complaint to one of the funders of its visit, once, with what is asked of it."""
    only(actor, MANAGERS)
    said = worded("demande", asked, _("Écrivez ce que vous demandez au financeur."))
    async with scoped(actor) as db:
        row = await fetch_one(
            db, f"{FACTS} WHERE c.platform_id = $1 AND c.number = $2", actor.platform, number
        )
        name = await fetch_value(
            db, "SELECT name FROM organisation WHERE id = $1 AND kind = 'funder'", funder
        )
        if row is None or name is None:
            raise NotFound
        if not row["funder_consent"]:
            raise Conflict("La personne n’a pas accepté que son financeur soit informé.")
        if funder not in row["funders"]:
            raise Conflict("Ce financeur ne finance pas cette visite.")
        transmission = await copy(db, row, funder, said, actor.account)
        if transmission is None:
            raise Conflict("Ce financeur a déjà reçu ce dossier.")
        await change(db, actor, number, TRANSMIT, text=name, audience=Audience.client)
    return transmission


async def copy(
    db: Connection, row: dict[str, Any], funder: UUID, asked: str, account: UUID | None
) -> UUID | None:
    """Copy what a funder may read, never a name nor anybody's words; None when it already has it."""
    now = clock.now()
    kept: UUID | None = await fetch_value(
        db,
        INSERT,
        uuid7(now),
        row["platform_id"],
        row["id"],
        funder,
        row["number"],
        row["provider_name"],
        row["kind"],
        row["activity"],
        row["departement"],
        row["month"],
        summary(row["state"], row["position"], row["round"]),
        asked,
        now,
        account,
    )
    return kept


async def answer(actor: Actor, transmission: UUID, text: str) -> None:
    """Write a funder's answer, once; the ladder gives the hand back to the platform and tells it."""
    only(actor, frozenset({Role.funder}))
    said = worded("reponse", text, _("Écrivez votre réponse, en 2 000 caractères au plus."))
    async with scoped(actor) as db:
        seen = await fetch_one(db, SEEN, transmission, actor.organisation)
        if seen is None:
            raise NotFound
        if seen["answered_at"] is not None:
            raise Conflict("Vous avez déjà répondu.")
        await execute(db, ANSWER, transmission, said, clock.now(), actor.organisation)
        await audit.record(db, actor, "complaint.answered", str(seen["number"]))


SEEN = """
SELECT number, answered_at FROM complaint_transmission WHERE id = $1 AND funder_id = $2
"""
ANSWER = """
UPDATE complaint_transmission SET answer = $2, answered_at = $3
WHERE id = $1 AND funder_id = $4 AND answered_at IS NULL
"""
