"""Answers judged as they came: what is found of them is written on them, and they count apart from then on.

The respondent's own word on the worker is judged where it is stored; what only shows among many answers, a
device or a number for many clients, is looked for by a job, which judges the earlier ones again.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import structs

from quality import clock
from quality.component import Job, Term
from quality.db import Connection, fetch, fetch_value, pool, transaction
from quality.ids import uuid7_floor
from surveys.honesty.device import KEPT
from surveys.honesty.moving import move
from surveys.honesty.rules import (
    DEVICE_WINDOW,
    MANY_CLIENTS,
    QUICK,
    QUICK_QUESTIONS,
    SAID,
    Circumstances,
    Reason,
    admissible,
    doubts_after,
    reasons,
)
from surveys.response import InvitedVisit, KnownResponse

TOGETHER = 50  # invitations held in one transaction
LOOKED_BACK = timedelta(days=30)
LONGEST_OPEN = timedelta(days=45)  # a response's identifier is its request's, which is that old at most


async def judge(db: Connection, invitations: Sequence[UUID], found: Mapping[UUID, Iterable[Reason]]) -> int:
    """Write what was found of responses, by their id, and what respondents say; return how many changed.

    To be run in a transaction, the one that stores what a respondent says of the worker for instance.
    """

    def judged(_visit: InvitedVisit, known: KnownResponse) -> KnownResponse:
        new = {*found.get(known.id, ()), *reasons(Circumstances(worker=known.worker))}
        doubts = doubts_after(known.doubts, new, known.verdict)
        counted = admissible(known.admissible, doubts, known.verdict)
        return structs.replace(known, doubts=doubts, admissible=counted)

    return await move(db, invitations, judged)


# Prefiltered by the thresholds of the rules, which then decide line by line.
CANDIDATES = """
WITH recent AS MATERIALIZED (
    SELECT r.id, r.platform_id, r.provider_id, r.invitation_id, r.device_key, r.channel, r.worker, r.doubts,
           r.answers, r.created_at, r.updated_at
    FROM response r WHERE r.id >= $1 AND r.created_at > $2
), span AS (
    SELECT l.platform_id, l.provider_id, l.device_key, l.created_at AS ends,
           count(DISTINCT i.pseudonym) AS clients
    FROM recent l JOIN recent r USING (platform_id, provider_id, device_key)
    JOIN invitation i ON i.id = r.invitation_id
    WHERE r.created_at > l.created_at - $3::interval AND r.created_at <= l.created_at
    GROUP BY l.id, 1, 2, 3, 4 HAVING count(*) >= $4
), device AS (
    SELECT r.id, max(s.clients) AS clients
    FROM recent r JOIN span s USING (platform_id, provider_id, device_key)
    WHERE r.created_at > s.ends - $3::interval AND r.created_at <= s.ends GROUP BY r.id
), number AS (
    SELECT c.platform_id, c.provider_id, k.key, count(DISTINCT c.person_id) AS clients
    FROM client c CROSS JOIN LATERAL (VALUES (c.mobile_key), (c.phone_key), (c.email_key),
        (c.relative_phone_key), (c.relative_email_key)) AS k(key)
    WHERE k.key IS NOT NULL GROUP BY 1, 2, 3 HAVING count(DISTINCT c.person_id) >= $4
), reached AS (
    SELECT a.invitation_id, max(n.clients) AS clients
    FROM number n JOIN endpoint e ON e.platform_id = n.platform_id AND e.key = n.key
    JOIN attempt a ON a.endpoint_id = e.id AND a.sent_at IS NOT NULL
    JOIN recent r ON r.invitation_id = a.invitation_id AND r.provider_id = n.provider_id
    GROUP BY 1
), seen AS (
    SELECT r.*, (SELECT count(*) FROM jsonb_object_keys(r.answers)) AS questions,
           r.updated_at - r.created_at AS lasted, coalesce(d.clients, 1) AS device_clients,
           coalesce(n.clients, 1) AS number_clients
    FROM recent r
    LEFT JOIN device d ON d.id = r.id
    LEFT JOIN reached n ON n.invitation_id = r.invitation_id
)
SELECT id, invitation_id, doubts, worker, channel, questions, lasted, device_clients, number_clients FROM seen
WHERE worker <> '' OR doubts && $7::text[] OR device_clients >= $4 OR number_clients >= $4
   OR (questions >= $5 AND lasted < $6)
ORDER BY invitation_id
"""


async def judge_answers(_house: object) -> None:
    """Look for the answers that rules set apart, those judged before included, and count them so."""
    await judge_since(clock.now() - LOOKED_BACK)


async def judge_since(oldest: datetime) -> None:
    """Judge the answers that came since an instant, none of which may be published before."""
    suspects = await _suspects(oldest)
    found = {row["id"]: holding for row, holding in suspects}
    concerned = sorted({row["invitation_id"] for row, _ in suspects})
    for start in range(0, len(concerned), TOGETHER):
        async with transaction("work") as db:
            await judge(db, concerned[start : start + TOGETHER], found)


async def _suspects(oldest: datetime) -> list[tuple[dict[str, Any], tuple[Reason, ...]]]:
    """List the responses of which something is found that is not written on them yet, or no more true."""
    values = (uuid7_floor(oldest - LONGEST_OPEN), oldest, DEVICE_WINDOW)
    limits = (MANY_CLIENTS, QUICK_QUESTIONS, QUICK, sorted(SAID))
    rows = await fetch(pool("work"), CANDIDATES, *values, *limits)
    judged = [(row, reasons(_circumstances(row))) for row in rows]
    return [(row, found) for row, found in judged if _is_news(row["doubts"], found)]


def _is_news(written: Iterable[str], found: Iterable[str]) -> bool:
    """Tell that something is found which is not written, or that the respondent says something no more."""
    return bool(set(found) - set(written) or SAID.intersection(written).difference(found))


def _circumstances(row: Mapping[str, Any]) -> Circumstances:
    return Circumstances(
        worker=row["worker"],
        channel=row["channel"],
        questions=row["questions"],
        lasted=row["lasted"],
        device_clients=row["device_clients"],
        number_clients=row["number_clients"],
    )


async def forget_devices(_house: object) -> int:
    """Forget from which device answers came, whatever became of them since; tell of how many."""
    return int(await fetch_value(pool("work"), FORGET, clock.now() - KEPT))


FORGET = """
WITH gone AS (
    UPDATE response SET device_key = NULL WHERE device_key IS NOT NULL AND created_at < $1 RETURNING 1)
SELECT count(*) FROM gone
"""
JOBS = (Job("judge-answers", judge_answers, timedelta(minutes=15)),)
TERMS = (Term("forget-devices", "codes des appareils, 30 jours", forget_devices, timedelta(hours=6)),)
