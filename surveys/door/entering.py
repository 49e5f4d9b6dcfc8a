"""The first answer by a door: the invitation is written with it, under a link of the respondent alone."""

import re
import secrets
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from quality.db import execute, transaction
from quality.ids import uuid7_of
from quality.keys import Keyring
from surveys.collect import Recorded, record
from surveys.dispatch.links import token_key, token_of
from surveys.door.finding import Door
from surveys.questionnaire.logic import Answer
from surveys.response import InvitedVisit, by_id

SEAL_BITS = 74  # what an identifier leaves to chance
SEAL = re.compile(r"[0-9a-f]{1,19}")
CHANCE = (1 << 76) - 1 ^ 0b11 << 62
WRITE = """
INSERT INTO invitation (id, platform_id, purpose, provider_id, client_id, occasion_id, audience, token_key,
    questionnaire_id, protocol_id, language, pseudonym, month, visit_on, activity, mode, departement,
    territory, funders, age_band, first_mode, collector, provider_name, provider_short_name, created_at,
    closes_at)
VALUES ($1, $2, 'survey', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
    $21, $22, $23, $24, $25)
ON CONFLICT DO NOTHING
"""


def drawn_seal() -> str:
    """Draw what a page carries, so that its form sent twice is known for one."""
    return f"{secrets.randbits(SEAL_BITS):x}"


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
    keyring: Keyring, door: Door, seal: str, answers: dict[str, Answer], *, respondent: str, now: datetime
) -> tuple[InvitedVisit, Recorded] | None:
    """Write the invitation and its first answer together; None when somebody entered before."""
    chance = _chance(seal)
    visit = replace(door.visit, id=uuid7_of(now, secrets.randbits(SEAL_BITS) if chance is None else chance))
    async with transaction("answer") as db:
        await execute(db, WRITE, *_values(visit, keyring, door.protocol, now))
        written = await by_id(db, visit.id)
        if written is None:
            return None
        saved = await record(db, written, answers, channel="web", respondent=respondent, now=now)
    return saved.visit or written, saved


def _values(visit: InvitedVisit, keyring: Keyring, protocol: UUID, now: datetime) -> list[object]:
    return [
        *(visit.id, visit.platform_id, visit.provider_id, visit.client_id, visit.occasion_id, visit.audience),
        token_key(keyring, token_of(keyring, visit.id)),
        *(visit.questionnaire_id, protocol, visit.language, visit.pseudonym, visit.month, visit.visit_on),
        *(visit.activity, visit.mode, visit.departement, visit.territory, list(visit.funders)),
        *(visit.age_band, visit.first_mode, visit.collector, visit.provider_name, visit.provider_short_name),
        *(now, visit.closes_at),
    ]
