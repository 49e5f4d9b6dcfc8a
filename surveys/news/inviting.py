"""The row of a request about a complaint: what becomes of it, or how it was handled."""

from datetime import datetime
from uuid import UUID

from quality.complaints.waiting import Expecting
from quality.ids import uuid7
from quality.keys import Keyring
from surveys.dispatch.links import token_key, token_of
from surveys.news.knowing import Addressee
from surveys.protocol.requesting import child_id

COLUMNS = """id, platform_id, purpose, provider_id, client_id, complaint_id, audience, token_key, language,
    pseudonym, month, visit_on, activity, mode, departement, territory, funders, age_band, first_mode,
    provider_name, provider_short_name, created_at, closes_at"""
VALUES = """$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17::uuid[], $18, $19, $20,
    $21, $22, $23"""


def invitation(
    keyring: Keyring,
    purpose: str,
    expecting: Expecting,
    addressee: Addressee,
    *,
    first_mode: str,
    now: datetime,
    closes_at: datetime,
) -> tuple[UUID, tuple[object, ...]]:
    """Name a request of a complaint's client, and give its values in the order of COLUMNS."""
    identity = child_id(uuid7(now), 0)
    return identity, (
        identity,
        expecting.platform,
        purpose,
        expecting.provider,
        expecting.client,
        expecting.complaint,
        addressee.audience,
        token_key(keyring, token_of(keyring, identity)),
        addressee.language,
        addressee.person_id,
        expecting.month,
        addressee.visit_on,
        expecting.activity,
        addressee.mode,
        addressee.departement,
        addressee.territory,
        list(expecting.funders),
        addressee.age_band,
        first_mode,
        addressee.provider_name,
        addressee.provider_short_name,
        now,
        closes_at,
    )
