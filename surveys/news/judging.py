"""Once a complaint is closed, its client may say how it was handled: on their page, without a message."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from quality.complaints.followed.reading import Followed
from quality.complaints.waiting import Expecting, expecting_of
from quality.db import Connection, fetch_one, fetch_value
from quality.ids import uuid7
from quality.keys import Keyring
from surveys.dispatch.links import token_key, token_of
from surveys.news.knowing import Addressee, addressee_of
from surveys.protocol.choosing_questions import Moment, version_at
from surveys.protocol.ledger import questionnaires_of
from surveys.protocol.requesting import child_id
from surveys.response import COMPLAINT

ASKED_FOR = timedelta(days=30)  # after the end of the complaint, then as long for its answers


@dataclass(frozen=True, slots=True)
class Judgement:
    """What may be asked: the questionnaire, and the request where one was begun."""

    questionnaire: UUID
    invitation: UUID | None


async def judgement_of(db: Connection, followed: Followed, now: datetime) -> Judgement | None:
    """Say what the client of a complaint may be asked of it; None before its end, or long after."""
    if followed.state != "closed" or followed.is_withdrawn or followed.is_serious:
        return None
    if followed.closed_at is None or followed.closed_at + ASKED_FOR <= now:
        return None
    begun = await fetch_one(db, BEGUN, followed.id)
    if begun is not None:
        return Judgement(begun["questionnaire_id"], begun["id"]) if begun["closes_at"] > now else None
    versions = await questionnaires_of(db, [followed.platform_id])
    version = version_at(Moment.COMPLAINT, versions.get(followed.platform_id, {}))
    return Judgement(version, None) if version else None


BEGUN = """
SELECT id, questionnaire_id, closes_at FROM invitation
WHERE complaint_id = $1 AND purpose = 'complaint' ORDER BY id LIMIT 1
"""


async def begin(
    db: Connection, keyring: Keyring, complaint: UUID, questionnaire: UUID, now: datetime
) -> UUID | None:
    """Write the request of a complaint's client, once however often it is asked for (pool `work`)."""
    expecting = await expecting_of(db, complaint)
    addressee = await addressee_of(db, expecting) if expecting else None
    if expecting is None or addressee is None:
        return None
    invitation = child_id(uuid7(now), 0)
    values = _values(keyring, invitation, expecting, addressee, now)
    made = await fetch_value(db, BEGIN, *values, questionnaire)
    if made is None:
        made = await fetch_value(db, BEGUN, complaint)
    return UUID(str(made)) if made else None


def _values(
    keyring: Keyring, invitation: UUID, expecting: Expecting, addressee: Addressee, now: datetime
) -> tuple[object, ...]:
    return (
        invitation,
        expecting.platform,
        COMPLAINT,
        expecting.provider,
        expecting.client,
        expecting.complaint,
        addressee.audience,
        token_key(keyring, token_of(keyring, invitation)),
        addressee.language,
        addressee.person_id,
        expecting.month,
        addressee.visit_on,
        expecting.activity,
        addressee.mode,
        addressee.departement,
        list(expecting.funders),
        addressee.age_band,
        addressee.provider_name,
        addressee.provider_short_name,
        now,
        now + ASKED_FOR,
    )


BEGIN = """
INSERT INTO invitation (id, platform_id, purpose, provider_id, client_id, complaint_id, audience, token_key,
    language, pseudonym, month, visit_on, activity, mode, departement, funders, age_band, first_mode,
    provider_name, provider_short_name, created_at, closes_at, questionnaire_id, protocol_id)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16::uuid[], $17, 'web', $18, $19,
    $20, $21, $22, p.id
FROM platform f JOIN protocol_version p ON p.platform_id = f.id AND p.name = f.protocol
WHERE f.id = $2 ORDER BY p.version DESC LIMIT 1
ON CONFLICT (complaint_id, audience) WHERE purpose = 'complaint' DO NOTHING RETURNING id
"""
