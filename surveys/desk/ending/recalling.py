"""An appointment: checked before it is read back, and kept even when the visit is answered."""

from datetime import datetime
from typing import Any
from uuid import UUID

from quality import clock
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, execute, fetch_one
from quality.errors import NotFound
from quality.web.platform import closing_days_of
from surveys import callbacks
from surveys.desk.ending.following import agreed_slot, follow
from surveys.desk.ending.outcomes import Code
from surveys.desk.queueing.closing import close
from surveys.priorities import AGREED
from surveys.protocol.calendar import Slot
from surveys.response import by_id

Row = dict[str, Any]


async def check(actor: Actor, case: UUID, at: datetime) -> Slot:
    """Refuse an appointment that cannot be kept, with what to do; nothing is written."""
    async with scoped(actor) as db:
        row = await fetch_one(db, CASE, case, actor.platform)
        if row is None:
            raise NotFound
        return await _slot(db, row, at)


CASE = """
SELECT c.platform_id, c.kind, c.closes_at, k.departement,
       c.kind = 'survey' AND EXISTS (SELECT 1 FROM response r WHERE r.invitation_id = c.invitation_id)
       AS is_answered
FROM call_case c JOIN client k ON k.id = c.client_id WHERE c.id = $1 AND c.platform_id = $2
"""


async def _slot(db: Connection, row: Row, at: datetime | None) -> Slot:
    """Check an hour: a call that somebody asks for is not bound to the end of a follow-up."""
    closed = await closing_days_of(row["platform_id"], db)
    kind = "callback" if row["is_answered"] else row["kind"]
    return agreed_slot({**row, "kind": kind, "closed": closed}, clock.now(), at)


async def recall(db: Connection, mine: Row, at: datetime | None, now: datetime) -> None:
    """End a call whose visit is answered, and owe the person the call they asked for, in one transaction."""
    slot = await _slot(db, {**mine, "is_answered": True}, at)
    visit = await by_id(db, mine["invitation_id"])
    if visit is None:
        raise NotFound
    await follow(db, mine, Code.answered, now, None)
    await close(db, mine["id"], Code.answered, now)
    await callbacks.ask(db, visit, slot, now)
    await execute(db, AGREE, mine["invitation_id"], AGREED)


AGREE = """
UPDATE call_case SET priority = $2, outcome = 'appointment'
WHERE invitation_id = $1 AND kind = 'callback' AND state = 'open'
"""
