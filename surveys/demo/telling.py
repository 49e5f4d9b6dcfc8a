"""The past of surveys, told moment by moment: messages reach people, people answer, new visits are decided.

What happened long ago is settled set by set under the lines of the real gate; the last days go through the
real sending. Answers enter by the one door, so the cells of the story are exact.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from quality.complaints import opening
from quality.complaints.opening import Wish
from quality.db import execute, fetch, fetch_value, pool, transaction
from quality.demo.moments import FILES_AT, LIVE_DAYS, PARIS, first_day, instant, live_days
from quality.demo.stage import Stage
from surveys import collect
from surveys.demo.habits import Approach, Reply, Visit, is_left, reply_to, wish_after
from surveys.dispatch import worker
from surveys.dispatch.gate import GATE, JOINED
from surveys.protocol.deciding import decide_pending
from surveys.response import InvitedVisit, by_id, response_id

RECENT = timedelta(days=20)
EVERY_CHANNEL, CALLS = ["sms", "email", "phone"], ["phone"]


@dataclass
class Answering:
    """Who will answer what, and when."""

    expected: dict[UUID, tuple[Reply, Visit]] = field(default_factory=dict)

    def due(self, until: datetime) -> list[tuple[UUID, Reply, Visit]]:
        """Take out the replies that come until an instant, in their order."""
        found = [(who, *said) for who, said in self.expected.items() if said[0].at <= until]
        for who, *_ in found:
            del self.expected[who]
        return sorted(found, key=lambda each: (each[1].at, each[0]))


async def tell(stage: Stage) -> None:
    """Live one moment of the story."""
    answering: Answering = stage.kept.setdefault("answering", Answering())
    now = stage.moment.at
    if stage.moment.is_live:
        await worker.dispatch(stage.house)
        await _reach(answering, CALLS, min(now, _last_calls(stage)))
    else:
        await _reach(answering, EVERY_CHANNEL, now)
    for invitation, reply, visit in answering.due(now):
        if await _was_reached(invitation, reply):
            await _answer(invitation, reply, visit)
        elif stage.moment.is_live:
            answering.expected[invitation] = reply, visit
    await worker.recover(stage.house)
    while await decide_pending(stage.house):
        pass
    await _foresee(stage, answering)


def _last_calls(stage: Stage) -> datetime:
    """Return until when the desk made its calls: those of the last day are left for who opens the door."""
    return instant(live_days(stage.start)[LIVE_DAYS - 1], FILES_AT)


NOT_ASKED_AGAIN = (
    "it waits",
    "the request is open",
    "this audience has not answered",
    "the endpoint has not refused",
    "the person has not refused",
    "the client is at home",
    "the client may be asked",
    "no complaint is open",
    "the endpoint is under the cap",
    "the person is under the cap",
)
NEWEST = """ARRAY(
    SELECT t FROM (SELECT unnest({0}.recent) AS t UNION ALL SELECT unnest(g.times)) x
    ORDER BY t DESC LIMIT 4)"""
REACH = f"""
WITH reply AS (SELECT * FROM unnest($2::uuid[], $3::timestamptz[]) AS r(invitation, at)),
due AS (
    SELECT a.id, a.platform_id, a.invitation_id, a.person_id, a.endpoint_id, a.channel,
           a.opens_at + random() * interval '18 minutes' AS at
    FROM attempt a {JOINED} LEFT JOIN reply r ON r.invitation = a.invitation_id
    WHERE a.purpose = 'survey' AND a.channel = ANY ($4::text[])
      AND a.opens_at <= least($1, coalesce(r.at, 'infinity'))
      AND {" AND ".join(GATE[name] for name in NOT_ASKED_AGAIN)}
), made AS (
    UPDATE attempt a SET state = CASE a.channel WHEN 'phone' THEN 'sent' ELSE 'delivered' END,
        sent_at = due.at, counted_at = due.at, settled_at = due.at, claims = 1
    FROM due WHERE a.id = due.id RETURNING a.id
), logged AS (
    INSERT INTO contact_event (id, platform_id, person_id, endpoint_id, attempt_id, channel, at)
    SELECT id, platform_id, person_id, endpoint_id, id, channel, at FROM due
), of_person AS (
    UPDATE person p SET recent = {NEWEST.format("p")}
    FROM (SELECT person_id, array_agg(at) AS times FROM due GROUP BY person_id) g WHERE p.id = g.person_id
), of_endpoint AS (
    UPDATE endpoint e SET recent = {NEWEST.format("e")}
    FROM (SELECT endpoint_id, array_agg(at) AS times FROM due GROUP BY endpoint_id) g
    WHERE e.id = g.endpoint_id
)
SELECT array_agg(DISTINCT invitation_id) FILTER (WHERE channel = 'phone') AS called FROM due
"""
FOLLOW_CALLS = """
UPDATE call_case k SET tries = k.tries + 1, next_due_at = coalesce(next.opens_at, k.next_due_at),
    attempt_id = coalesce(next.id, k.attempt_id),
    state = CASE WHEN next.id IS NULL THEN 'done' ELSE 'open' END,
    outcome = CASE WHEN next.id IS NULL THEN 'no_answer' END,
    closed_at = CASE WHEN next.id IS NULL THEN $2::timestamptz END
FROM call_case c LEFT JOIN LATERAL (
    SELECT a.id, a.opens_at FROM attempt a WHERE a.invitation_id = c.invitation_id AND a.channel = 'phone'
      AND a.state IN ('planned', 'deferred') ORDER BY a.opens_at LIMIT 1) next ON true
WHERE k.id = c.id AND c.invitation_id = ANY ($1::uuid[]) AND c.kind = 'survey' AND c.state = 'open'
"""


async def _reach(answering: Answering, channels: Sequence[str], until: datetime) -> None:
    """Let the messages and calls planned until an instant reach people, as the gate allows."""
    who = list(answering.expected)
    at = [answering.expected[each][0].at for each in who]
    called = await fetch_value(pool("work"), REACH, until, who, at, list(channels))
    if called:
        await execute(pool("work"), FOLLOW_CALLS, called, until)


REACHED = """
SELECT EXISTS (
    SELECT FROM attempt WHERE invitation_id = $1 AND sent_at <= $2 AND state IN ('sent', 'delivered'))
"""


async def _was_reached(invitation: UUID, reply: Reply) -> bool:
    return bool(await fetch_value(pool("work"), REACHED, invitation, reply.at))


async def _answer(invitation: UUID, reply: Reply, visit: Visit) -> None:
    if not reply.answers:
        await fetch_value(pool("work"), "SELECT refuse($1, 'sms', $2)", invitation, reply.at)
        return
    asked = await by_id(pool("answer"), invitation)
    if asked is None or not asked.is_open(reply.at):
        return
    said = await collect.record(
        pool("answer"), asked, reply.answers, channel=reply.channel, respondent=asked.audience, now=reply.at
    )
    if said.asks_wish and reply.channel != "sms":
        await _wish(asked, reply, visit)


async def _wish(asked: InvitedVisit, reply: Reply, visit: Visit) -> None:
    wanted = wish_after(visit)
    if wanted is None:
        return
    source = asked.source(response_id(asked.id, asked.audience))
    async with transaction("answer") as db:
        await opening.wish(db, source, Wish(wanted), now=reply.at)


NEW = """
SELECT i.id, i.client_id, i.provider_id, i.visit_on, i.closes_at, v.reference, v.status, a.channel,
       a.opens_at, a.closes_at AS window_closes_at
FROM invitation i JOIN intervention v ON v.id = i.occasion_id JOIN attempt a ON a.invitation_id = i.id
WHERE i.created_at >= $1 AND i.purpose = 'survey' ORDER BY i.id, a.opens_at, a.id
"""


async def _foresee(stage: Stage, answering: Answering) -> None:
    """Decide what the people asked at this moment will do."""
    rows = await fetch(pool("work"), NEW, stage.moment.at)
    for invitation, group in groupby(rows, key=lambda row: row["id"]):
        planned = list(group)
        visit = _visit(stage, planned[0])
        if stage.moment.is_live and is_left(visit):
            continue
        approaches = [Approach(row["channel"], row["opens_at"], row["window_closes_at"]) for row in planned]
        reply = reply_to(visit, approaches, planned[0]["closes_at"])
        if reply is not None:
            answering.expected[invitation] = reply, visit


def _visit(stage: Stage, row: dict[str, Any]) -> Visit:
    first, last = first_day(stage.start), stage.start.astimezone(PARIS).date()
    return Visit(
        client=stage.clients[row["client_id"]],
        provider=stage.providers[row["provider_id"]],
        reference=row["reference"],
        month=row["visit_on"].month,
        progress=(row["visit_on"] - first).days / (last - first).days,
        is_missed=row["status"] == "not_done",
        is_recent=last - row["visit_on"] < RECENT,
    )
