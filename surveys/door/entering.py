"""A first answer by a door, and an invitation of its own written with it: a link of the respondent alone.

Several people may hold one paper, the provider among them. None takes another's place: each first answer is
kept, and all those of a code are marked as soon as there are two.
"""

import re
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import structs

from quality.db import Connection, execute, fetch, transaction
from quality.errors import NotFound, TooMany
from quality.ids import uuid7_floor, uuid7_of
from quality.keys import Keyring
from surveys.attributing import attribute
from surveys.collect import Recorded, record
from surveys.dispatch.links import token_key, token_of
from surveys.door.doubting import mark
from surveys.door.finding import COLLECTOR, Door
from surveys.questionnaire.logic import Answer
from surveys.respondents import Who
from surveys.response import InvitedVisit, by_id

SEAL_BITS = 74  # what an identifier leaves to chance
SEAL = re.compile(r"[0-9a-f]{1,19}")
CHANCE = (1 << 76) - 1 ^ 0b11 << 62
MOST_AN_HOUR = 12  # first answers by one paper: a family's, not a machine's
# The papers of a client are answered one after the other, so that two first answers know of each other.
ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('door ' || $1::text, 0))"
ENTERED = f"""
SELECT id FROM invitation WHERE occasion_id = ANY ($1::uuid[]) AND collector = '{COLLECTOR}' ORDER BY id
"""
NOBODY_SAID = Who()
WRITE = """
INSERT INTO invitation (id, platform_id, purpose, provider_id, client_id, occasion_id, audience, token_key,
    questionnaire_id, protocol_id, language, pseudonym, month, visit_on, activity, mode, departement,
    territory, funders, age_band, first_mode, collector, provider_name, provider_short_name, created_at,
    closes_at)
VALUES ($1, $2, 'survey', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
    $21, $22, $23, $24, $25)
"""


def drawn_seal() -> str:
    """Draw what a page carries, so that its form sent twice is known for one; always of the same length."""
    return f"{secrets.randbits(SEAL_BITS):019x}"


def is_of(seal: str, invitation: UUID) -> bool:
    """Tell whether an invitation was written from the page that carries this seal.

    >>> from datetime import UTC
    >>> at = datetime(2026, 11, 24, tzinfo=UTC)
    >>> is_of("2a", uuid7_of(at, 42)), is_of("2b", uuid7_of(at, 42)), is_of("?", uuid7_of(at, 42))
    (True, False, False)
    """
    chance = _chance(seal)
    written = invitation.int & CHANCE
    return chance is not None and uuid7_of(EPOCH, chance).int & CHANCE == written


EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _chance(seal: str) -> int | None:
    number = int(seal, 16) if SEAL.fullmatch(seal) else None
    return number if number is not None and number >> SEAL_BITS == 0 else None


async def enter(
    keyring: Keyring,
    door: Door,
    seal: str,
    answers: dict[str, Answer],
    *,
    respondent: str,
    channel: str = "web",
    who: Who = NOBODY_SAID,
    device: bytes | None = None,
    now: datetime,
) -> tuple[InvitedVisit, Recorded]:
    """Write an invitation and its first answers together, or answer again by the one that this page wrote.

    Return the invitation as it then stands. Raise TooMany when a paper gives more answers in an hour than
    people do.
    """
    begun = structs.replace(door.visit, id=_identity(seal, now))
    async with transaction("answer") as db:
        await execute(db, ALONE, f"{begun.client_id}")
        before = [row["id"] for row in await fetch(db, ENTERED, list(door.visits))]
        same = next((each for each in before if is_of(seal, each)), None)
        if same is None:
            await _doubt(db, before, now)
            await execute(db, WRITE, *_values(begun, keyring, door.protocol, now))
        visit = await by_id(db, same or begun.id)
        if visit is None:
            raise NotFound
        saved = await record(
            db, visit, answers, channel=channel, respondent=respondent, device=device, now=now
        )
        if who != NOBODY_SAID:
            await attribute(db, visit.id, respondent, who)
        if before and same is None:
            await mark(db, [begun.id])
        return await by_id(db, visit.id) or visit, saved


def _identity(seal: str, now: datetime) -> UUID:
    chance = _chance(seal)
    return uuid7_of(now, secrets.randbits(SEAL_BITS) if chance is None else chance)


async def _doubt(db: Connection, before: list[UUID], now: datetime) -> None:
    """Mark what the same paper gave before, since another answer comes beside it."""
    an_hour_ago = uuid7_floor(now - timedelta(hours=1))
    if sum(each >= an_hour_ago for each in before) >= MOST_AN_HOUR:
        raise TooMany("Trop de réponses avec ce code. Attendez une heure, puis recommencez.")
    await mark(db, before)


def _values(visit: InvitedVisit, keyring: Keyring, protocol: UUID, now: datetime) -> list[object]:
    return [
        *(visit.id, visit.platform_id, visit.provider_id, visit.client_id, visit.occasion_id, visit.audience),
        token_key(keyring, token_of(keyring, visit.id)),
        *(visit.questionnaire_id, protocol, visit.language, visit.pseudonym, visit.month, visit.visit_on),
        *(visit.activity, visit.mode, visit.departement, visit.territory, list(visit.funders)),
        *(visit.age_band, visit.first_mode, visit.collector, visit.provider_name, visit.provider_short_name),
        *(now, visit.closes_at),
    ]
