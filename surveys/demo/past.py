"""What came of a provider's past visits, written set by set: decisions, contacts, answers, cells."""

from collections.abc import Sequence
from functools import cache

import asyncpg

from quality.demo.copying import copy, row
from quality.demo.moments import FILES_AT, instant
from quality.demo.past import Past
from surveys.demo.asks import Plans, Terms
from surveys.demo.following import Following
from surveys.demo.rows import Rows
from surveys.dispatch.gate import RECENT_KEPT
from surveys.protocol.definition import Protocol, of_version
from surveys.questionnaire.reading import read_json

NEWEST = """
SELECT p.id AS protocol_id, p.definition AS protocol, f.stratum_target AS target
FROM platform f JOIN protocol_version p ON p.platform_id = f.id AND p.name = f.protocol
WHERE f.id = $1 ORDER BY p.version DESC LIMIT 1
"""
ASKED = """
SELECT DISTINCT ON (u.moment) u.moment, v.id, v.definition
FROM questionnaire_use u JOIN questionnaire_version v ON v.platform_id = u.platform_id AND v.code = u.code
WHERE u.platform_id = $1 ORDER BY u.moment, v.version DESC
"""
MET = """
CREATE TEMPORARY TABLE met (id uuid, recent timestamptz[], refused_at timestamptz) ON COMMIT DROP
"""
OF_PERSON = """
UPDATE person p SET recent = m.recent, refused_at = m.refused_at FROM met m WHERE p.id = m.id
"""
OF_ENDPOINT = """
UPDATE endpoint e SET recent = m.recent, refused_at = m.refused_at,
    refused_how = CASE WHEN m.refused_at IS NOT NULL THEN 'sms' END
FROM met m WHERE e.id = m.id
"""


async def tell(past: Past) -> None:
    """Live the follow-up of a provider's past, then write it."""
    found = await past.connection.fetchrow(NEWEST, past.platform)
    asked = await past.connection.fetch(ASKED, past.platform)
    following = Following(_terms(past, found, asked), past.members)
    following.live()
    rows = Rows(past, following, found["protocol_id"])
    for table, (columns, lines) in rows.tables().items():
        await copy(past.connection, table, columns, lines)
    await _meet(past, following)
    past.told += [ask.grievance for ask in following.asks if ask.grievance is not None]


def _terms(past: Past, found: asyncpg.Record, asked: Sequence[asyncpg.Record]) -> Terms:
    protocol, plans = _protocol(found["protocol"])
    return Terms(
        platform=past.platform,
        provider=past.id,
        siret=past.provider.siret,
        calendar=past.calendar,
        protocol=protocol,
        versions={row["moment"]: row["id"] for row in asked},
        questionnaires={row["id"]: read_json(row["definition"].encode()) for row in asked},
        target=found["target"],
        until=past.until,
        calls_until=min(past.until, instant(past.calendar.today, FILES_AT)),
        funders=past.funders,
        plans=plans,
    )


@cache
def _protocol(text: str) -> tuple[Protocol, Plans]:
    """Read a protocol, with the plans already made under it in this process."""
    return of_version(text), {}


async def _meet(past: Past, following: Following) -> None:
    """Write on people and endpoints the contacts that count, and what they refused."""
    db = past.connection
    people, ends = {}, {}
    for household in following.households:
        for person in household.members:
            if person.recent or person.refused_at:
                newest = person.recent[-RECENT_KEPT:][::-1]
                people[person.member.person] = row(person.member.person, newest, person.refused_at)
        for end in {*household.recent, *household.refused}:
            newest = household.recent.get(end, [])[-RECENT_KEPT:][::-1]
            ends[end] = row(end, newest, household.refused.get(end))
    await db.execute(MET)
    for statement, lines in ((OF_PERSON, people), (OF_ENDPOINT, ends)):
        await copy(db, "met", ("id", "recent", "refused_at"), lines.values())
        await db.execute(statement)
        await db.execute("TRUNCATE met")
    await db.execute("DROP TABLE met")
