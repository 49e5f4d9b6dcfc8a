"""What news of a complaint need to know of whom they go to, read once a complaint (pool `work`)."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from quality.complaints.waiting import Expecting
from quality.db import Connection, fetch_one
from quality.directory.territories import territories_of
from surveys.news.routing import Habits, Way, way_of

FACTS = """
SELECT k.person_id, k.contact, k.language, coalesce(k.age_band, '') AS age_band, k.departement, k.postcode,
       k.status = 'deceased' OR who.deceased_at IS NOT NULL AS is_deceased,
       coalesce(k.mobile_key, k.phone_key, k.relative_phone_key) IS NOT NULL AS has_phone,
       coalesce(v.mode, 'prestataire') AS mode, o.name AS provider_name, o.short_name AS provider_short_name,
       coalesce(i.visit_on, c.month) AS visit_on, coalesce(i.audience, 'client') AS audience,
       r.channel AS answered_by, mobile.id AS sms, mail.id AS email,
       (SELECT a.channel FROM attempt a WHERE a.invitation_id = i.id AND a.channel IN ('sms', 'email')
            AND a.state IN ('sent', 'delivered', 'uncertain') ORDER BY a.sent_at DESC LIMIT 1) AS invited_by
FROM complaint c JOIN complaint_subject s ON s.id = c.id JOIN client k ON k.id = s.client_id
JOIN person who ON who.id = k.person_id JOIN organisation o ON o.id = c.provider_id
LEFT JOIN intervention v ON v.id = s.intervention_id
LEFT JOIN response r ON r.id = c.source_id LEFT JOIN invitation i ON i.id = r.invitation_id
LEFT JOIN endpoint mobile ON mobile.platform_id = c.platform_id AND mobile.kind = 'phone'
    AND mobile.failed_at IS NULL AND mobile.wrong_at IS NULL
    AND mobile.key = CASE WHEN i.audience = 'relative'
        THEN CASE WHEN k.relative_phone_is_mobile THEN k.relative_phone_key END ELSE k.mobile_key END
LEFT JOIN endpoint mail ON mail.platform_id = c.platform_id AND mail.kind = 'email'
    AND mail.failed_at IS NULL
    AND mail.key = CASE WHEN i.audience = 'relative' THEN k.relative_email_key ELSE k.email_key END
WHERE c.id = $1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """To whom news go, by which way; they live in `departement`, whose hours hold, and `territory`."""

    person_id: UUID
    language: str
    age_band: str
    departement: str
    territory: str
    is_deceased: bool
    has_phone: bool
    mode: str
    provider_name: str
    provider_short_name: str
    visit_on: date
    audience: str
    way: Way
    endpoint: UUID | None


async def addressee_of(db: Connection, expecting: Expecting) -> Addressee | None:
    row = await fetch_one(db, FACTS, expecting.complaint)
    if row is None:
        return None
    known = await territories_of(db, [expecting.platform])
    row["territory"] = known.of(expecting.platform, row["departement"], row.pop("postcode"))
    return _addressee(row, expecting)


def _addressee(row: dict[str, Any], expecting: Expecting) -> Addressee:
    ends = {Way.SMS: row.pop("sms"), Way.EMAIL: row.pop("email")}
    habits = Habits(
        preference=row.pop("contact"),
        answered_by=row.pop("answered_by"),
        invited_by=row.pop("invited_by"),
        written=frozenset(way for way, end in ends.items() if end is not None),
        is_serious=expecting.is_serious,
    )
    way = way_of(habits)
    return Addressee(**row, way=way, endpoint=ends.get(way))
