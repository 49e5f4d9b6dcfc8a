"""Once a complaint is closed, its client may say how it was handled: on their page, without a message."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from quality.complaints.followed.reading import Followed
from quality.complaints.waiting import expecting_of
from quality.db import Connection, fetch_one, fetch_value
from quality.keys import Keyring
from surveys.news.inviting import COLUMNS, VALUES, invitation
from surveys.news.knowing import addressee_of
from surveys.protocol.choosing_questions import Moment, version_at
from surveys.protocol.ledger import questionnaires_of
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
    _, values = invitation(
        keyring, COMPLAINT, expecting, addressee, first_mode="web", now=now, closes_at=now + ASKED_FOR
    )
    made = await fetch_value(db, BEGIN, *values, questionnaire)
    if made is None:
        made = await fetch_value(db, BEGUN, complaint)
    return UUID(str(made)) if made else None


BEGIN = f"""
INSERT INTO invitation ({COLUMNS}, questionnaire_id, protocol_id) SELECT {VALUES}, $24, p.id
FROM platform f JOIN protocol_version p ON p.platform_id = f.id AND p.name = f.protocol
WHERE f.id = $2 ORDER BY p.version DESC LIMIT 1
ON CONFLICT (complaint_id, audience) WHERE purpose = 'complaint' DO NOTHING RETURNING id
"""
