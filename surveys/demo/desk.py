"""The desk of the story: its teams and instructions, and the log of the calls of the last weeks."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from quality.access.actor import Actor, Role
from quality.access.scope import scoped
from quality.db import Connection, execute, transaction
from quality.demo.moments import PARIS
from quality.demo.resolving import Call, staff
from quality.demo.stage import Stage
from quality.ids import uuid7
from quality.measures.record import as_json
from surveys.desk.ending.outcomes import OUTCOMES, Code
from surveys.priorities import PRIORITY

LOGGED_DAYS = 30
BEFORE_OPENING = timedelta(hours=2)  # the newest is of this morning: an agent has not read it
TALK = timedelta(minutes=6)
NOON = time(13)
TEAMS = (("Hérault et Gard", 6), ("Autres départements", 4))
NOTICES = (
    (
        20,
        "Remboursements",
        "Un agent peut accorder jusqu’à 50 euros dans l’appel. Au-delà, passez l’appel au superviseur.",
    ),
    (
        11,
        "Rappeler le 3977",
        "Dès qu’une personne parle de peur ou de violence : touche D, puis donnez le numéro 3977.",
    ),
    (
        0,
        "Remplacements de la Toussaint",
        "Plusieurs organismes ont changé de personnel. Demandez si la personne a été prévenue.",
    ),
)
# One call in four is our agent's; the others are those of colleagues who have no door in the demonstration.
CALLS = """
INSERT INTO call_log (id, platform_id, case_id, client_id, agent_id, number_kind, part, started_at, ended_at,
    outcome, aapor, is_situation)
SELECT a.id, a.platform_id, k.id, k.client_id,
       CASE WHEN get_byte(uuid_send(a.id), 14) % 4 = 0 THEN $2::uuid END,
       CASE WHEN a.audience = 'relative' THEN 'relative' ELSE 'phone' END,
       CASE WHEN (a.sent_at AT TIME ZONE 'Europe/Paris')::time < '13:00' THEN 'morning' ELSE 'afternoon' END,
       a.sent_at, a.sent_at + CASE WHEN a.reason = 'answered' THEN interval '5 min' ELSE interval '40 s' END,
       CASE WHEN a.reason = 'answered' THEN 'answered' ELSE 'no_answer' END,
       CASE WHEN a.reason = 'answered' THEN $4 ELSE $5 END, false
FROM attempt a JOIN call_case k ON k.invitation_id = a.invitation_id AND k.kind = 'survey'
WHERE a.platform_id = $1 AND a.channel = 'phone' AND a.sent_at >= $3
ON CONFLICT DO NOTHING
"""
CASES = """
INSERT INTO call_case (id, platform_id, kind, client_id, complaint_id, state, priority, next_due_at,
    closes_at, tries, outcome, created_at, closed_at)
SELECT DISTINCT ON (r.id) r.id, $2, r.kind, r.client_id, r.complaint_id, 'done', r.priority, r.started_at,
       r.ended_at, 1, 'answered', r.started_at, r.ended_at
FROM jsonb_to_recordset($1::jsonb) AS r(id uuid, kind text, client_id uuid, complaint_id uuid,
    priority smallint, started_at timestamptz, ended_at timestamptz)
ORDER BY r.id, r.started_at
"""
SITUATIONS = """
INSERT INTO call_log (id, platform_id, case_id, client_id, complaint_id, agent_id, number_kind, part,
    started_at, ended_at, outcome, aapor, is_situation)
SELECT r.log_id, $2, r.id, r.client_id, r.complaint_id, $3, 'phone', r.part, r.started_at, r.ended_at,
       'answered', $4, r.is_situation
FROM jsonb_to_recordset($1::jsonb) AS r(id uuid, log_id uuid, client_id uuid, complaint_id uuid, part text,
    started_at timestamptz, ended_at timestamptz, is_situation boolean)
"""


async def tell(stage: Stage) -> None:
    """Write what the desk has when the door opens."""
    agent, supervisor = await staff(stage, Role.agent), await staff(stage, Role.supervisor)
    since = stage.start - timedelta(days=LOGGED_DAYS)
    answered, silent = OUTCOMES[Code.answered].aapor, OUTCOMES[Code.no_answer].aapor
    async with transaction("work") as db:
        await _teams(db, stage, agent.account)
        await execute(db, CALLS, stage.platform, agent.account, since, answered, silent)
        lines = as_json(list(_lines(stage, since)))
        await execute(db, CASES, lines, stage.platform)
        await execute(db, SITUATIONS, lines, stage.platform, agent.account, answered)
    await _notices(stage, supervisor)


def _lines(stage: Stage, since: datetime) -> Iterator[dict[str, Any]]:
    """Give the calls about complaints; the desk has one case to call a client first, however many calls."""
    calls: list[Call] = stage.kept.get("calls", [])
    firsts: dict[UUID | None, UUID] = {}
    for call in calls:
        if call.at >= since:
            case = uuid7(call.at)
            if call.kind == "complaint":
                case = firsts.setdefault(call.complaint, case)
            yield _line(call, case)


def _line(call: Call, case: UUID) -> dict[str, Any]:
    is_morning = call.at.astimezone(PARIS).time() < NOON
    return {
        "id": case,
        "log_id": uuid7(call.at),
        "kind": call.kind,
        "client_id": call.client,
        "complaint_id": call.complaint,
        "priority": PRIORITY[call.kind],
        "part": "morning" if is_morning else "afternoon",
        "started_at": call.at,
        "ended_at": call.at + TALK,
        "is_situation": call.is_situation,
    }


async def _teams(db: Connection, stage: Stage, agent: UUID | None) -> None:
    teams = [(uuid7(stage.start), name, lines) for name, lines in TEAMS]
    for team, name, lines in teams:
        await execute(db, TEAM, team, stage.platform, name, lines)
    await execute(db, AGENT, agent, stage.platform, teams[0][0])


TEAM = "INSERT INTO desk_team (id, platform_id, name, lines) VALUES ($1, $2, $3, $4)"
AGENT = """
INSERT INTO desk_agent (id, platform_id, team_id, languages, starts_minute, ends_minute)
VALUES ($1, $2, $3, '{fr,en}', 540, 1200)
"""


async def _notices(stage: Stage, supervisor: Actor) -> None:
    """Write the instructions that an agent back from leave reads."""
    async with scoped(supervisor) as db:
        for days, title, text in NOTICES:
            at = stage.start - timedelta(days=days) - BEFORE_OPENING
            await execute(db, NOTICE, uuid7(at), stage.platform, title, text, supervisor.account, at)


NOTICE = """
INSERT INTO desk_notice (id, platform_id, title, text, account_id, at) VALUES ($1, $2, $3, $4, $5, $6)
"""
