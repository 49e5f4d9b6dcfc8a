"""Somebody calls the desk: found by number, name or reference, and their call taken at once."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from tortoise.exceptions import IntegrityError

from quality import clock
from quality.access import audit
from quality.access.actor import Actor, Role
from quality.access.scope import scoped
from quality.complaints import links
from quality.db import Connection, execute, fetch, fetch_one, fetch_value, transaction
from quality.directory.intake.phones import read_phone
from quality.directory.intake.refusals import ValueRefused
from quality.directory.names import search_words
from quality.errors import Conflict, NotFound
from quality.ids import uuid7
from quality.keys import Keyring
from surveys.desk.ending.ends import give_back
from surveys.desk.queueing.holding import ALONE, BUSY, LEASE
from surveys.desk.queueing.picking import NOT_SERIOUS
from surveys.dispatch.saying import request_said
from surveys.priorities import PRIORITY

MOST = 12
SHOWN_HASH = 12
OPEN_FOR = timedelta(days=1)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody who may be the caller, with what waits for them: the kind of their open case, or ""."""

    client: UUID
    name: str
    commune: str
    departement: str
    provider: str
    age_band: str
    waits: str
    last_visit: date | None


@dataclass(frozen=True, slots=True)
class Sought:
    """What was looked for: how, the clients found, and the hash that the audit keeps."""

    by: str
    clients: tuple[UUID, ...]
    hashed: str


async def search(actor: Actor, keyring: Keyring, typed: str) -> tuple[Found, ...]:
    """Find who calls by a number, a reference or whole words of a name; each look-up is in the audit.

    What was typed is never kept: the audit has its kind, a keyed hash of it, and who was found.
    """
    words = " ".join(typed.split())
    async with scoped(actor) as db:
        sought = await _seek(db, actor, keyring, words)
        rows = await fetch(db, FOUND, actor.platform, list(sought.clients), MOST)
        detail = {"by": sought.by, "hash": sought.hashed, "clients": [str(row["id"]) for row in rows]}
        await audit.record(db, actor, "call.search", "", detail)
    return tuple(_found(row, keyring) for row in rows)


async def _seek(db: Connection, actor: Actor, keyring: Keyring, words: str) -> Sought:
    hashed = keyring.lookup("desk.search", words.casefold()).hex()[2 : 2 + SHOWN_HASH]
    number = _number(words)
    if number:
        key = keyring.lookup("phone", number)
        return Sought("number", await _ids(db, BY_NUMBER, actor.platform, key), hashed)
    found = await _by_reference(db, actor, keyring, words)
    if found:
        return Sought("reference", found, hashed)
    keys = [keyring.lookup("word", word) for word in search_words(words)]
    named = await _ids(db, BY_NAME, actor.platform, keys) if keys else ()
    return Sought("name", named, hashed)


def _number(words: str) -> str:
    try:
        return read_phone(words, allow_fiction=True).e164
    except ValueRefused:
        return ""


async def _by_reference(db: Connection, actor: Actor, keyring: Keyring, words: str) -> tuple[UUID, ...]:
    """Look among the references of visits, clients and complaints, then those said after an answer."""
    found = await _ids(db, BY_REFERENCE, actor.platform, words)
    if found:
        return found
    complaint = await links.by_reference(db, keyring, actor.platform, words)
    if complaint is None and words.isascii() and words.isdigit() and len(words) <= 9:
        complaint = int(words)
    if complaint is not None:
        return await _ids(db, BY_COMPLAINT, actor.platform, complaint)
    return await _by_answer(db, actor, keyring, words)


async def _by_answer(db: Connection, actor: Actor, keyring: Keyring, words: str) -> tuple[UUID, ...]:
    request = await request_said(db, keyring, actor.platform, words)
    return await _ids(db, BY_ANSWER, request) if request else ()


async def _ids(db: Connection, sql: str, *values: object) -> tuple[UUID, ...]:
    return tuple(row["id"] for row in await fetch(db, sql, *values))


BY_NUMBER = """
SELECT id FROM client WHERE platform_id = $1
  AND (mobile_key = $2 OR phone_key = $2 OR relative_phone_key = $2)
ORDER BY id LIMIT 50
"""
BY_NAME = "SELECT id FROM client WHERE platform_id = $1 AND name_words @> $2::bytea[] ORDER BY id LIMIT 50"
# A reference is unique within a provider: each is looked for in the index of its own.
PROVIDERS = "ANY (ARRAY (SELECT p.id FROM organisation p WHERE p.platform_id = $1 AND p.kind = 'provider'))"
BY_REFERENCE = f"""
SELECT id FROM client WHERE platform_id = $1 AND reference = $2 AND provider_id = {PROVIDERS}
UNION SELECT v.client_id FROM intervention_key k JOIN intervention v ON v.id = k.id
WHERE k.platform_id = $1 AND k.reference = $2 AND k.provider_id = {PROVIDERS} LIMIT 50
"""
BY_COMPLAINT = """
SELECT s.client_id AS id FROM complaint c JOIN complaint_subject s ON s.id = c.id
WHERE c.platform_id = $1 AND c.number = $2
"""
BY_ANSWER = "SELECT client_id AS id FROM invitation WHERE id = $1"
FOUND = """
SELECT k.id, k.name_cipher, k.departement, k.commune, k.age_band, o.name AS provider,
       (SELECT c.kind FROM call_case c WHERE c.client_id = k.id AND c.state <> 'done'
        ORDER BY c.priority, c.next_due_at LIMIT 1) AS waits,
       (SELECT max(i.visit_on) FROM invitation i WHERE i.client_id = k.id) AS last_visit
FROM client k JOIN organisation o ON o.id = k.provider_id
WHERE k.platform_id = $1 AND k.id = ANY ($2::uuid[]) ORDER BY waits NULLS LAST, k.id LIMIT $3
"""


def _found(row: Row, keyring: Keyring) -> Found:
    return Found(
        client=row["id"],
        name=keyring.decrypt(row["name_cipher"], "client.name", row["id"]) or "",
        commune=row["commune"] or "",
        departement=row["departement"],
        provider=row["provider"],
        age_band=row["age_band"] or "",
        waits=row["waits"] or "",
        last_visit=row["last_visit"],
    )


# ---- the caller's case ----


async def take_incoming(actor: Actor, client: UUID) -> UUID:
    """Put the open case of a caller in the agent's hand at once, or open one; give its id.

    A call in hand without an answer goes back to the queue; one with answers must be ended first (Conflict).
    """
    await _check(actor, client)
    await _put_back(actor, client)
    try:
        return await _take(actor, client, clock.now())
    except IntegrityError as error:
        raise Conflict(BUSY) from error


async def _take(actor: Actor, client: UUID, now: datetime) -> UUID:
    async with transaction("work") as db:
        await execute(db, ALONE, str(actor.account))
        may_all = actor.role != Role.agent
        case = await fetch_one(db, OPEN_CASE, actor.platform, client, actor.account, may_all)
        if case is None:
            opened = uuid7(now)
            await execute(db, OPEN, opened, actor.platform, client, now, now + OPEN_FOR, PRIORITY["inbound"])
            case = {"id": opened, "asked": None}
        attempt = await fetch_value(db, CLAIM, case["asked"], f"desk:{actor.account}", LEASE)
        await execute(db, HOLD, case["id"], actor.account, LEASE, now, attempt)
        await audit.record(db, actor, "call.incoming", str(case["id"]), {"client": str(client)})
    taken: UUID = case["id"]
    return taken


async def _check(actor: Actor, client: UUID) -> None:
    async with scoped(actor) as db:
        known = await fetch_value(
            db, "SELECT id FROM client WHERE id = $1 AND platform_id = $2", client, actor.platform
        )
    if known is None:
        raise NotFound


async def _put_back(actor: Actor, client: UUID) -> None:
    """Put back the call in hand of somebody else, for the one who is on the line."""
    async with scoped(actor) as db:
        other = await fetch_value(db, IN_HAND_OF_OTHER, actor.platform, actor.account, client)
    if other is not None:
        await give_back(actor, other)


IN_HAND_OF_OTHER = """
SELECT id FROM call_case WHERE platform_id = $1 AND agent_id = $2 AND state = 'held' AND client_id <> $3
LIMIT 1
"""
# The case in one's own hand, else the first that nobody is making; a referred one is taken too.
OPEN_CASE = f"""
SELECT c.id, CASE c.kind WHEN 'survey' THEN c.invitation_id END AS asked FROM call_case c
WHERE c.platform_id = $1 AND c.client_id = $2 AND ($4 OR {NOT_SERIOUS})
  AND (c.state = 'open' OR (c.state = 'held' AND (c.agent_id = $3 OR c.lease_until < now())))
ORDER BY c.state = 'held' AND c.agent_id = $3 DESC, c.priority, c.next_due_at LIMIT 1
FOR NO KEY UPDATE SKIP LOCKED
"""
OPEN = """
INSERT INTO call_case (id, platform_id, kind, client_id, invitation_id, state, next_due_at, closes_at,
    created_at, priority, language)
SELECT $1, $2, 'inbound', k.id,
    (SELECT i.id FROM invitation i WHERE i.client_id = k.id AND i.purpose IN ('survey', 'yearly')
       AND i.collector = 'platform' ORDER BY i.id DESC LIMIT 1),
    'open', $4, $5, $4, $6, k.language
FROM client k WHERE k.id = $3
"""
# The person calls: no gate stands before them, and nothing is counted as a contact of ours. Their call takes
# the place of the next one planned.
CLAIM = """
UPDATE attempt SET state = 'claimed', claimed_by = $2, lease_until = now() + $3::interval
WHERE id = (SELECT id FROM attempt WHERE invitation_id = $1 AND channel = 'phone'
              AND state IN ('planned', 'deferred') ORDER BY opens_at, id LIMIT 1
            FOR NO KEY UPDATE SKIP LOCKED)
RETURNING id
"""
HOLD = """
UPDATE call_case SET tries = tries + (state = 'open')::int, state = 'held', agent_id = $2,
    lease_until = now() + $3::interval, picked_at = $4, is_incoming = true, referred_at = NULL,
    referred_why = '', attempt_id = coalesce($5, attempt_id) WHERE id = $1
"""
