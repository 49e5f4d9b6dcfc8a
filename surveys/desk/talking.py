"""What a person on the line says of a complaint: its client's own words, of this call only."""

from datetime import datetime
from typing import Any
from uuid import UUID

from quality import clock
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.complaints.resolving import closing, handling
from quality.complaints.resolving.closing import Verdict
from quality.complaints.resolving.handling import Decision
from quality.db import fetch_one, transaction
from quality.errors import FieldError, Invalid, NotFound
from quality.web.languages import gettext as _
from surveys.desk.queueing.holding import in_hand
from surveys.desk.screen import panels

VERDICTS = {"regle": Verdict.settled, "pas-regle": Verdict.not_settled}
DECISIONS = {"nom": Decision.named, "sans": Decision.anonymous, "rien": Decision.nothing}
LONGEST = 2_000
Row = dict[str, Any]


async def say(actor: Actor, case: UUID, number: int, text: str) -> None:
    """Add to a complaint what the person says, as its own page does."""
    row = await _complaint(actor, case, number)
    words = text.strip()
    if not 1 <= len(words) <= LONGEST:
        message = _("Écrivez ce que dit la personne, en 2 000 caractères au plus.")
        raise Invalid(errors=(FieldError("paroles", message),))
    async with transaction("answer") as db:
        await closing.write_message(db, row["id"], words, clock.now())


async def follow(actor: Actor, case: UUID, number: int, what: str, text: str) -> None:
    """Write what the person says or decides: words, a verdict, whether their name is given."""
    await _complaint(actor, case, number)
    if what in DECISIONS:
        await handling.disclose(actor, number, DECISIONS[what])
        return
    if what in VERDICTS:
        await closing.hear_verdict(actor, number, VERDICTS[what])
        if text.strip():
            await say(actor, case, number, text)
        return
    await say(actor, case, number, text)


async def is_of_this_call(actor: Actor, case: UUID, number: int) -> bool:
    """Tell whether a complaint was opened in the very call that is going on."""
    row = await _complaint(actor, case, number)
    return bool(row["picked_at"] and row["opened_at"] >= row["picked_at"])


async def beyond(actor: Actor, number: int, who: str, language: str) -> str:
    """Say to the person that somebody else decides, and until when an answer is due."""
    async with scoped(actor) as db:
        row = await fetch_one(db, DUE, actor.platform, number)
    if row is None:
        raise NotFound
    due_at: datetime = max(row["solution_due_at"], clock.now())
    return panels.beyond(who, due_at, row["departement"], language)


DUE = "SELECT solution_due_at, departement FROM complaint WHERE platform_id = $1 AND number = $2"


async def _complaint(actor: Actor, case: UUID, number: int) -> Row:
    """Read a complaint of the client of this call; another's does not exist here."""
    await in_hand(actor, case)
    async with scoped(actor) as db:
        row = await fetch_one(db, OF_CASE, case, actor.platform, number)
    if row is None:
        raise NotFound
    return row


OF_CASE = """
SELECT p.id, p.opened_at, c.picked_at FROM call_case c
JOIN complaint_subject s ON s.client_id = c.client_id JOIN complaint p ON p.id = s.id
WHERE c.id = $1 AND c.platform_id = $2 AND p.number = $3
"""
