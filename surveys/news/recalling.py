"""« Appelez-moi » from the page of a complaint: half-days to choose from, one open call a complaint."""

from dataclasses import dataclass
from uuid import UUID

from starlette.datastructures import FormData
from starlette.responses import Response

from quality import clock
from quality.complaints.events import Audience, tell
from quality.complaints.followed.visiting import PREFIX, Visitor, posting, reading
from quality.component import FollowedOffer
from quality.db import Connection, execute, fetch_value, transaction
from quality.french import french
from quality.ids import uuid7
from quality.web.languages import gettext as _
from quality.web.routing import public
from surveys.callbacks import OWED_FOR, SERIOUS, half_days
from surveys.priorities import PRIORITY
from surveys.protocol.calendar import Slot
from surveys.respond.halves import half_day, value_of
from surveys.respond.screens import Errors, HalfDay

HREF = f"{PREFIX}{{token}}/rappel"
MOVE = """
UPDATE call_case SET next_due_at = $2, closes_at = $3
WHERE complaint_id = $1 AND kind IN ('callback', 'complaint') AND state = 'open' RETURNING id
"""
# One that an agent is making is not asked for again; about a serious event a supervisor calls.
ASK = """
INSERT INTO call_case (id, platform_id, kind, client_id, complaint_id, state, next_due_at, closes_at,
    created_at, priority, language, referred_at, referred_why)
SELECT $1, c.platform_id, 'callback', s.client_id, c.id, 'open', $3, $4, $5, $6, $7,
    CASE WHEN c.is_serious THEN $5::timestamptz END, CASE WHEN c.is_serious THEN $8 ELSE '' END
FROM complaint c JOIN complaint_subject s ON s.id = c.id WHERE c.id = $2
  AND NOT EXISTS (SELECT 1 FROM call_case h
                  WHERE h.complaint_id = c.id AND h.kind IN ('callback', 'complaint') AND h.state = 'held')
ON CONFLICT (complaint_id) WHERE kind = 'callback' AND state <> 'done' DO NOTHING
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedCallback:
    """When to call."""

    token: str
    slots: tuple[HalfDay, ...]
    errors: Errors = ()


async def show(visitor: Visitor) -> Response:
    return visitor.show(_page(visitor, _slots(visitor)))


async def choose(visitor: Visitor, form: FormData) -> Response:
    slots, value = _slots(visitor), str(form.get("creneau", ""))
    chosen = next((slot for slot in slots if value_of(slot) == value), None)
    if chosen is None:
        gone = _("Ce moment n’est plus libre : choisissez-en un autre")
        anchor = f"creneau-{value_of(slots[0])}" if slots else "contenu"
        wrong = [(anchor, gone if value else _("Choisissez un moment"))]
        return visitor.show(_page(visitor, slots, wrong), 422)
    await _ask(visitor, chosen)
    return visitor.go(done="rappel")


async def _ask(visitor: Visitor, slot: Slot) -> None:
    followed, now = visitor.followed, clock.now()
    moment = _half_day(visitor, slot)
    async with transaction("answer") as db:
        if not await _move(db, followed.id, slot):
            await execute(
                db,
                ASK,
                uuid7(now),
                followed.id,
                slot.opens_at,
                slot.closes_at + OWED_FOR,
                now,
                PRIORITY["callback"],
                visitor.language,
                SERIOUS,
            )
        told = f"{moment.day}, {moment.span}"
        named = followed.platform_id, followed.id
        await tell(db, named, "call_wished", now, audience=Audience.client, text=told)


async def _move(db: Connection, complaint: UUID, slot: Slot) -> bool:
    return await fetch_value(db, MOVE, complaint, slot.opens_at, slot.closes_at + OWED_FOR) is not None


def _slots(visitor: Visitor) -> tuple[Slot, ...]:
    return half_days(clock.now(), visitor.followed.departement, closed=visitor.card.closing_days)


def _page(visitor: Visitor, slots: tuple[Slot, ...], errors: Errors = ()) -> FollowedCallback:
    offered = tuple(_half_day(visitor, slot) for slot in slots)
    return FollowedCallback(token=visitor.token, slots=offered, errors=errors)


def _half_day(visitor: Visitor, slot: Slot) -> HalfDay:
    return half_day(slot, visitor.followed.departement, visitor.language, clock.now())


OFFERS = (FollowedOffer("rappel", french("Je préfère être appelé au téléphone")),)
ROUTES = (
    public(HREF, reading(show), name="followed-callback"),
    public(HREF, posting(choose), methods=("POST",), name="followed-call-me"),
)
