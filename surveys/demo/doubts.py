"""Answers that are not surely the client's own: one paper answered twice, one device for many clients.

What shows it is written on a few answers of the last weeks; the real rules then find them, and a supervisor
has decided of one.
"""

from datetime import time, timedelta
from typing import Any
from uuid import UUID

from quality.access.actor import Role
from quality.db import execute, fetch, fetch_one, pool, transaction
from quality.demo.moments import instant, live_days
from quality.demo.resolving import staff
from quality.demo.stage import Stage, chance
from surveys.door.codes import door_code
from surveys.door.entering import SEAL_BITS, enter
from surveys.door.finding import LABEL, day_in_id, door_of
from surveys.honesty import reviewing
from surveys.honesty.judging import judge_answers
from surveys.honesty.rules import DEVICE_WINDOW, MANY_CLIENTS, QUICK, QUICK_QUESTIONS, Verdict
from surveys.questionnaire.logic import Answer

DEVICE = b"tablette partagee"[:16]
SHARED = MANY_CLIENTS + 1
SEEN_WITH = ("present", "present", "filled_in")
TAKEN_IN = "Appel à la cliente : la tablette est celle de sa résidence, et elle a répondu seule."
PAPER: tuple[tuple[str, dict[str, Answer]], ...] = (
    ("client", {"globale": 5, "ponctualite": 5, "travail": 4, "respect": 5}),
    ("relative", {"globale": 3, "ponctualite": 2, "travail": 4}),
)
# The newest week in which enough clients of one provider answered on the web, the one of the doors left out.
OF_WEEK = """
WITH answered AS (
    SELECT r.id, r.provider_id, r.created_at, i.pseudonym, ceil(extract(epoch FROM r.created_at - $2)
               / extract(epoch FROM $3::interval)) AS week
    FROM response r JOIN invitation i ON i.id = r.invitation_id JOIN organisation o ON o.id = r.provider_id
    WHERE r.platform_id = $1 AND r.channel = 'web' AND r.created_at > $2 - 4 * $3::interval
      AND o.short_name <> 'Aide 34'
), chosen AS (
    SELECT provider_id, week FROM answered GROUP BY 1, 2 HAVING count(DISTINCT pseudonym) >= $4
    ORDER BY week DESC, count(DISTINCT pseudonym) DESC, provider_id LIMIT 1
)
SELECT DISTINCT ON (pseudonym) id FROM answered JOIN chosen USING (provider_id, week)
ORDER BY pseudonym, created_at DESC LIMIT $4
"""
OTHERS = """
SELECT r.id FROM response r WHERE r.platform_id = $1 AND r.created_at > $2 AND r.channel = 'web'
  AND r.id <> ALL ($3::uuid[]) AND (SELECT count(*) FROM jsonb_object_keys(r.answers)) >= $4
ORDER BY r.created_at DESC, r.id LIMIT $5
"""
FROM_ONE_DEVICE = "UPDATE response SET device_key = $2 WHERE id = ANY ($1::uuid[])"
AT_ONCE = "UPDATE response SET updated_at = created_at + $2 WHERE id = $1"
WITH_WORKER = "UPDATE response SET worker = $2 WHERE id = $1"
LEFT_ON_PAPER = """
SELECT v.id, v.client_id, v.departement FROM intervention v JOIN occasion o ON o.id = v.id
WHERE v.platform_id = $1 AND o.reason = 'not_drawn' AND v.status = 'done' AND v.ended_at >= $2
ORDER BY v.ended_at, v.id
"""


async def tell(stage: Stage) -> None:
    """Write what shows it on a few answers, judge, and let a supervisor take one in."""
    week = DEVICE_WINDOW - timedelta(hours=1)
    since = stage.moment.at - week
    shared = await _ids(OF_WEEK, stage.platform, stage.moment.at, week, SHARED)
    others = await _ids(OTHERS, stage.platform, since, shared, QUICK_QUESTIONS, len(SEEN_WITH) + 1)
    async with transaction("work") as db:
        await execute(db, FROM_ONE_DEVICE, shared, DEVICE)
        for response in others[:1]:
            await execute(db, AT_ONCE, response, QUICK - timedelta(seconds=1))
        for response, worker in zip(others[1:], SEEN_WITH, strict=False):
            await execute(db, WITH_WORKER, response, worker)
    await judge_answers(stage.house)
    if len(shared) == SHARED:
        supervisor = await staff(stage, Role.supervisor)
        await reviewing.decide(supervisor, shared[0], Verdict.IN, TAKEN_IN, seen=0)
    await _answer_twice(stage)


async def _ids(sql: str, *values: object) -> list[UUID]:
    return [row["id"] for row in await fetch(pool("work"), sql, *values)]


async def _answer_twice(stage: Stage) -> None:
    """Let two people answer by the code left on one visit that was not drawn."""
    keyring, now = stage.house.keyring, stage.moment.at
    since = instant(live_days(stage.start)[-1], time())
    row: dict[str, Any] | None = await fetch_one(pool("work"), LEFT_ON_PAPER, stage.platform, since)
    if row is None:
        return
    code = door_code(keyring.subkey(LABEL), row["client_id"], day_in_id(row["id"], row["departement"]))
    door = await door_of(pool("answer"), keyring, code, now)
    if door is None:
        return
    for respondent, answers in PAPER:
        seal = f"{chance('paper', respondent).getrandbits(SEAL_BITS):019x}"
        await enter(keyring, door, seal, answers, respondent=respondent, now=now)
