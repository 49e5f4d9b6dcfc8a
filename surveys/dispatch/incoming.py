"""A message from a client: kept always, read once, and followed by what it asks for within the request."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
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
from surveys.dispatch import replies
from surveys.news.hearing import hear
from surveys.priorities import PRIORITY
from surveys.questionnaire.coding import Answer
from surveys.respond.dialogue import Act, Heard, resume
from surveys.respond.dialogue import hear as hear_answer
from surveys.respond.spelled import is_stop, plain
from surveys.response import InvitedVisit, by_id, facts_of

if TYPE_CHECKING:
    from quality.app import House

PURPOSES = ("survey", "yearly", "news", "verdict")
SURVEYS = ("survey", "yearly")


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
    sent: list[int]
    waiting: list[int]
    was_asked_again: bool
    purpose: str = "survey"
    complaint_id: UUID | None = None

    @property
    def is_survey(self) -> bool:
        return self.purpose in SURVEYS

    def is_over(self, now: datetime) -> bool:
        return self.is_closed or now >= self.closes_at


@dataclass(frozen=True, slots=True)
class Understood:
    """A message with the request it answers, and what it says where a question was asked."""

    asked: Asked | None
    visit: InvitedVisit | None = None
    heard: Heard | None = None

    @property
    def stores(self) -> Mapping[str, Answer] | None:
        effect = self.heard.does(Act.STORE) if self.heard else None
        return effect.answers if effect else None


async def receive(house: "House", message: Incoming, now: datetime) -> str:
    """Take a message once, however often the carrier calls; return the kind it was kept under."""
    identity = _identity(house, message, now)
    known = await fetch_value(pool("work"), "SELECT kind FROM inbound WHERE id = $1", identity)
    if known is not None:
        return str(known)
    sender_key = house.keyring.lookup("phone", _e164(message.sender))
    found = await _understood(sender_key, message.text, now)
    asked, heard = found.asked, found.heard
    kind = await _follow(found, message.text, sender_key, now)
    async with transaction("work") as db:
        await _keep(db, house, message, identity, kind=kind, sender_key=sender_key, asked=asked, now=now)
        if asked is not None and _wants_somebody(found, kind):
            await _call(db, identity, asked, now)
        if asked is not None and heard is not None and kind == heard.kind:
            await replies.follow(db, asked, heard, now)
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


async def _understood(sender_key: bytes, text: str, now: datetime) -> Understood:
    """Find what a message answers: an answer sent after mere news is that of a visit still asked about."""
    newest = await _newest(pool("work"), sender_key, PURPOSES)
    if newest is None or newest.is_survey:
        return await _heard(newest, text, now)
    survey = await _newest(pool("work"), sender_key, SURVEYS) if newest.purpose == "news" else None
    found = await _heard(survey, text, now)
    return found if found.stores else Understood(newest)


async def _heard(asked: Asked | None, text: str, now: datetime) -> Understood:
    visit = await by_id(pool("answer"), asked.invitation_id) if asked else None
    if asked is None or visit is None:
        return Understood(asked)
    state = resume(
        visit.questionnaire,
        facts_of(visit, now, respondent=asked.audience),
        visit.answers_of(asked.audience),
        sent=replies.asking(visit.questionnaire, asked.sent),
        waiting=next(iter(replies.asking(visit.questionnaire, asked.waiting)), ""),
        was_asked_again=asked.was_asked_again,
        is_over=asked.is_over(now),
    )
    return Understood(asked, visit, hear_answer(state, text))


async def _newest(db: Connection, sender_key: bytes, purposes: tuple[str, ...]) -> Asked | None:
    row: dict[str, Any] | None = await fetch_one(
        db,
        f"""
        SELECT a.invitation_id, a.endpoint_id, a.person_id, i.platform_id, i.client_id, i.audience,
               i.departement, i.closes_at, i.closed_at IS NOT NULL AS is_closed, i.purpose, i.complaint_id,
               {replies.IN_STATE.format("'sending', 'sent', 'delivered', 'uncertain'")} AS sent,
               {replies.IN_STATE.format("'planned', 'deferred', 'claimed'")} AS waiting,
               EXISTS (SELECT 1 FROM attempt b WHERE b.id IN ({replies.ASKED_AGAIN})) AS was_asked_again
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


async def _follow(found: Understood, text: str, sender_key: bytes, now: datetime) -> str:
    """Do at once what the message decides; each deed may be done twice without harm."""
    asked = found.asked
    if is_stop(plain(text)):
        await _refuse(asked, sender_key, now)
        return "stop"
    if asked is None:
        return "unknown"
    if not asked.is_survey:
        return await _of_complaint(asked, text, now)
    if found.visit is None or found.heard is None:
        return "late"
    if found.stores is not None and not await _record(asked, found.visit, found.stores, now):
        return "late"
    return found.heard.kind


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


async def _record(asked: Asked, visit: InvitedVisit, answers: Mapping[str, Answer], now: datetime) -> bool:
    """Store the answers; tell whether the request was still open."""
    try:
        await collect.record(
            pool("answer"), visit, answers, channel="sms", respondent=asked.audience, now=now
        )
    except NotFound:
        return False
    return True


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


def _wants_somebody(found: Understood, kind: str) -> bool:
    """Say whether a person must read this: what the conversation cannot take, and all else of a complaint."""
    if found.heard is not None:
        return found.heard.does(Act.PERSON) is not None
    return found.asked is not None and not found.asked.is_survey and kind in {"other", "late"}


async def _call(db: Connection, identity: UUID, asked: Asked, now: datetime) -> None:
    """Open a call under the message's own id, for the next half-day in which this audience is called.

    Whoever waits to be called already is called once: that call shows all their messages.
    """
    closed = await closing_days_of(asked.platform_id, db)
    slots = callbacks.half_days(now, asked.departement, asked.audience, count=1, closed=closed)
    if not slots:
        return
    await execute(
        db,
        """
        INSERT INTO call_case (id, platform_id, kind, client_id, invitation_id, complaint_id, state,
            next_due_at, closes_at, created_at, priority, language)
        SELECT $1, $2, 'inbound', id, $4, $5, 'open', $6, $7, $8, $9, language FROM client
        WHERE id = $3 AND NOT EXISTS (
            SELECT FROM call_case WHERE invitation_id = $4 AND kind = 'inbound' AND state = 'open')
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
