"""Mme Martin, who answered by SMS and complained, and the tick that tells her what became of it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from quality.complaints.links import key_of
from quality.db import execute, fetch_value, pool
from surveys.news.ticks import tell_clients
from tests.surveys.dispatch.asking import set_clock
from tests.surveys.invited import invited
from tests.world import World

NOON = datetime(2026, 11, 24, 11, 5, tzinfo=UTC)  # Tuesday 12:05 in Paris
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Complained:
    """Her complaint, its client, and the token of the survey that it comes from."""

    id: UUID
    client: UUID
    token: str


async def complained(
    world: World, *, answered_by: str = "sms", at: datetime = NOON, **chosen: object
) -> Complained:
    """Write somebody who answered a survey and opened a complaint, remedied at an instant."""
    set_clock(at)
    token, invitation = await invited(world, **chosen)
    db = pool("work")
    client = await fetch_value(db, "SELECT client_id FROM invitation WHERE id = $1", invitation)
    response = await fetch_value(db, ANSWER, invitation, answered_by, at)
    complaint = await fetch_value(db, COMPLAINT, world.platform, world.aide34, response, at)
    await execute(db, SUBJECT, complaint, world.platform, world.aide34, client)
    key = key_of(world.house.keyring, complaint)
    await execute(db, "UPDATE complaint SET token_key = $2 WHERE id = $1", complaint, key)
    await execute(db, "UPDATE attempt SET state = 'suppressed', reason = 'answered' WHERE step > 0")
    return Complained(complaint, client, token)


ANSWER = """
INSERT INTO response (id, platform_id, invitation_id, provider_id, questionnaire_id, respondent, channel,
    answers, cells, version, created_at, updated_at)
SELECT child_id(id, CASE audience WHEN 'client' THEN 1 ELSE 2 END), platform_id, id, provider_id,
    questionnaire_id, audience, $2, '{}', '{}', 1, $3, $3 FROM invitation WHERE id = $1 RETURNING id
"""
COMPLAINT = """
INSERT INTO complaint (id, platform_id, provider_id, number, source_kind, source_id, activity, departement,
    month, disclosure, state, opened_at, acknowledge_due_at, solution_due_at, alert_due_at, acknowledged_at,
    remedied_at, verdict_due_at, cause, remedy)
SELECT gen_random_uuid(), $1, $2, 1 + count(*), 'response', $3, 'I-3', '34', '2026-11-01', 'named',
    'remedied', $4, $4, $4, $4, $4, $4, $4::timestamptz + interval '7 days', 'x', 'y'
FROM complaint RETURNING id
"""
SUBJECT = """
INSERT INTO complaint_subject (id, platform_id, provider_id, client_id, is_disclosed)
VALUES ($1, $2, $3, $4, true)
"""


async def tick(world: World, at: datetime) -> None:
    """Run the job at an instant."""
    set_clock(at)
    await tell_clients(world.house)
