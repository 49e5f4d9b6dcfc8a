"""A message from a client: kept always, read once, and followed by what it asks for within the request."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID

from quality.db import Connection, execute, fetch_one, fetch_value, pool, transaction
from quality.directory.intake.phones import read_phone
from quality.directory.intake.refusals import ValueRefused
from quality.errors import NotFound
from quality.ids import uuid7
from quality.web.platform import closing_days_of
from surveys import callbacks, collect
from surveys.channels.message import Incoming
from surveys.news.hearing import hear
from surveys.priorities import PRIORITY
from surveys.protocol.calendar import next_slot
from surveys.protocol.definition import Audience, Channel, load
from surveys.questionnaire.logic import DONT_KNOW, Answer
from surveys.respond.reply import Reply, ReplyKind, read_reply
from surveys.response import InvitedVisit, by_id

if TYPE_CHECKING:
    from quality.app import House

# Messages that answer a message take the last step of a request: each exists once.
REPLY_STEP = 15
LOW_MARK, ASK_AGAIN = 1, 2
REPLY_WITHIN = timedelta(days=1)
PURPOSES = ("survey", "news", "verdict")
MARKS = frozenset({ReplyKind.RATING, ReplyKind.DONT_KNOW})
# What the four digits after a low mark say, kept among the answers.
MOTIVE_ITEM = "motif"
MOTIVES = {1: "late", 2: "not_done", 3: "behaviour", 4: "other"}
MOTIVE_DIGITS = range(1, 5)


@dataclass(frozen=True, slots=True)
class Asked:
    """The newest request whose SMS went to the sender's number."""

    invitation_id: UUID
    endpoint_id: UUID
    person_id: UUID
    platform_id: UUID
    client_id: UUID
    audience: str
    departement: str
    closes_at: datetime
    is_closed: bool
    awaits_motive: bool
    was_asked_again: bool
    purpose: str = "survey"
    complaint_id: UUID | None = None

    @property
    def is_survey(self) -> bool:
        return self.purpose == "survey"

    def is_over(self, now: datetime) -> bool:
        return self.is_closed or now >= self.closes_at


async def receive(house: "House", message: Incoming, now: datetime) -> str:
    """Take a message once, however often the carrier calls; return the kind it was kept under."""
    identity = _identity(house, message, now)
    known = await fetch_value(pool("work"), "SELECT kind FROM inbound WHERE id = $1", identity)
    if known is not None:
        return str(known)
    sender_key = house.keyring.lookup("phone", _e164(message.sender))
    reply = read_reply(message.text)
    asked = await _answered(pool("work"), sender_key, reply, now)
    if asked is not None and asked.awaits_motive:
        reply = read_reply(message.text, MOTIVE_DIGITS)
    kind = await _follow(asked, reply, message.text, sender_key, now)
    async with transaction("work") as db:
        await _keep(db, house, message, identity, kind=kind, sender_key=sender_key, asked=asked, now=now)
        if asked is not None and _wants_somebody(asked, kind):
            await _call(db, identity, asked, now)
        if asked is not None and kind == "ambiguous" and asked.is_survey and not asked.was_asked_again:
            template = "motive_again" if asked.awaits_motive else "ask_again"
            await _answer_with(db, asked, ASK_AGAIN, template, now)
    return kind


def _identity(house: "House", message: Incoming, now: datetime) -> UUID:
    """Name a message by the carrier's own reference, so that a second call finds the first."""
    if not message.reference:
        return uuid7(now)
    named = f"{message.sender}|{message.reference}".encode()
    return UUID(bytes=hmac.new(house.keyring.subkey("inbound"), named, sha256).digest()[:16])


def _e164(sender: str) -> str:
    try:
        return read_phone(sender, allow_fiction=True).e164
    except ValueRefused:
        return sender


async def _answered(db: Connection, sender_key: bytes, reply: Reply, now: datetime) -> Asked | None:
    """Find what a message answers: a mark sent after mere news is that of a visit still asked about."""
    newest = await _newest(db, sender_key, PURPOSES)
    if newest is None or newest.purpose != "news" or reply.kind not in MARKS:
        return newest
    survey = await _newest(db, sender_key, ("survey",))
    return newest if survey is None or survey.is_over(now) else survey


async def _newest(db: Connection, sender_key: bytes, purposes: tuple[str, ...]) -> Asked | None:
    row: dict[str, Any] | None = await fetch_one(
        db,
        f"""
        SELECT a.invitation_id, a.endpoint_id, a.person_id, i.platform_id, i.client_id, i.audience,
               i.departement, i.closes_at, i.closed_at IS NOT NULL AS is_closed, i.purpose, i.complaint_id,
               EXISTS (SELECT 1 FROM attempt b WHERE b.id = child_id(i.id, {REPLY_STEP * 16 + LOW_MARK})
                       AND b.state IN ('sending', 'sent', 'delivered', 'uncertain')) AS awaits_motive,
               EXISTS (SELECT 1 FROM attempt b
                       WHERE b.id = child_id(i.id, {REPLY_STEP * 16 + ASK_AGAIN})) AS was_asked_again
        FROM platform pl
        JOIN endpoint e ON e.platform_id = pl.id AND e.kind = 'phone' AND e.key = $1
        JOIN attempt a ON a.endpoint_id = e.id
        JOIN invitation i ON i.id = a.invitation_id
        WHERE a.channel = 'sms' AND i.purpose = ANY ($2::text[])
          AND a.state IN ('sending', 'sent', 'delivered', 'uncertain', 'failed')
        ORDER BY coalesce(a.sent_at, a.counted_at) DESC NULLS LAST LIMIT 1
        """,
        sender_key,
        list(purposes),
    )
    return Asked(**row) if row else None


async def _follow(asked: Asked | None, reply: Reply, text: str, sender_key: bytes, now: datetime) -> str:
    """Do at once what the reply decides; each deed may be done twice without harm."""
    if reply.kind is ReplyKind.STOP:
        await _refuse(asked, sender_key, now)
        return "stop"
    if asked is None:
        return "unknown"
    if not asked.is_survey:
        return await _of_complaint(asked, text, now)
    if reply.kind not in MARKS:
        return reply.kind.value
    visit = await by_id(pool("answer"), asked.invitation_id)
    if visit is None or asked.is_over(now):
        return "late"
    return await _record(asked, visit, reply, now)


async def _of_complaint(asked: Asked, text: str, now: datetime) -> str:
    """Take a verdict that was asked for; anything else about a complaint is for a person to read."""
    if asked.purpose != "verdict" or asked.complaint_id is None:
        return "other"
    return await hear(asked.complaint_id, text, now)


async def _refuse(asked: Asked | None, sender_key: bytes, now: datetime) -> None:
    """Refuse every channel of whoever was asked; of an unknown sender, at least this number."""
    if asked is not None:
        await execute(pool("answer"), "SELECT refuse($1, 'sms', $2)", asked.invitation_id, now)
    await execute(
        pool("work"),
        """
        UPDATE endpoint
        SET refused_at = coalesce(refused_at, $2), refused_how = coalesce(refused_how, 'sms')
        WHERE kind = 'phone' AND key = $1 AND platform_id IN (SELECT id FROM platform)
        """,
        sender_key,
        now,
    )


async def _record(asked: Asked, visit: InvitedVisit, reply: Reply, now: datetime) -> str:
    answers = _meant(asked, visit, reply)
    if not answers:
        return "other"
    try:
        recorded = await collect.record(
            pool("answer"), visit, answers, channel="sms", respondent=asked.audience, now=now
        )
    except NotFound:  # closed meanwhile
        return "late"
    if recorded.low:
        async with transaction("work") as db:
            await _answer_with(db, asked, LOW_MARK, "low_mark", now)
    return reply.kind.value


def _meant(asked: Asked, visit: InvitedVisit, reply: Reply) -> dict[str, Answer]:
    """Tell which question a reply answers: after the one that follows a low mark, the mark stays as it is."""
    if asked.awaits_motive:
        return {MOTIVE_ITEM: DONT_KNOW if reply.value is None else MOTIVES[reply.value]}
    first = visit.questionnaire.items[0]
    if reply.value is None:
        return {first.alias: DONT_KNOW} if first.dont_know else {}
    return {first.alias: reply.value}


async def _answer_with(db: Connection, asked: Asked, which: int, template: str, now: datetime) -> None:
    """Plan the message that answers, once a request, in the hours of SMS: the dispatcher sends it."""
    window = load("default").window(Channel.SMS, Audience(asked.audience))
    slot = next_slot(now, asked.departement, window, min(asked.closes_at, now + REPLY_WITHIN))
    if slot is None:
        return
    await execute(
        db,
        """
        INSERT INTO attempt (id, platform_id, invitation_id, client_id, person_id, endpoint_id, purpose,
            audience, channel, template, step, try_number, departement, state, opens_at, closes_at,
            give_up_at)
        VALUES (child_id($1, $2::integer * 16 + $3::integer), $4, $1, $5, $6, $7, 'reply', $8, 'sms', $9,
            $2, $3, $10, 'planned', $11, $12, $12)
        ON CONFLICT (id) DO NOTHING
        """,
        asked.invitation_id,
        REPLY_STEP,
        which,
        asked.platform_id,
        asked.client_id,
        asked.person_id,
        asked.endpoint_id,
        asked.audience,
        template,
        asked.departement,
        slot.opens_at,
        slot.closes_at,
    )


async def _keep(
    db: Connection,
    house: "House",
    message: Incoming,
    identity: UUID,
    *,
    kind: str,
    sender_key: bytes,
    asked: Asked | None,
    now: datetime,
) -> None:
    await execute(
        db,
        """
        INSERT INTO inbound (id, platform_id, channel, sender_key, text_cipher, kind, invitation_id,
            received_at)
        VALUES ($1, $2, 'sms', $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING
        """,
        identity,
        asked.platform_id if asked else None,
        sender_key,
        house.keyring.encrypt(message.text, "inbound.text", identity),
        kind,
        asked.invitation_id if asked else None,
        now,
    )


def _wants_somebody(asked: Asked, kind: str) -> bool:
    """Say whether a person must read this: a call for help, anything else, or a second unclear mark."""
    if kind in {"help", "other"} or (kind == "late" and not asked.is_survey):
        return True
    return kind == "ambiguous" and asked.was_asked_again


async def _call(db: Connection, identity: UUID, asked: Asked, now: datetime) -> None:
    """Open a call under the message's own id, for the next half-day in which this audience is called."""
    closed = await closing_days_of(asked.platform_id, db)
    slots = callbacks.half_days(now, asked.departement, asked.audience, count=1, closed=closed)
    if not slots:
        return
    await execute(
        db,
        """
        INSERT INTO call_case (id, platform_id, kind, client_id, invitation_id, complaint_id, state,
            next_due_at, closes_at, created_at, priority, language)
        VALUES ($1, $2, 'inbound', $3, $4, $5, 'open', $6, $7, $8, $9,
            (SELECT language FROM client WHERE id = $3))
        ON CONFLICT (id) DO NOTHING
        """,
        identity,
        asked.platform_id,
        asked.client_id,
        asked.invitation_id,
        asked.complaint_id,
        slots[0].opens_at,
        slots[0].closes_at + callbacks.OWED_FOR,
        now,
        PRIORITY["inbound"],
    )
