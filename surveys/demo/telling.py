"""The last days of surveys, told moment by moment through the real sending: people are reached, and answer.

Answers enter by the one door, so the cells of the story are exact. Calls are settled set by set, under the
lines of the real gate.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from quality.complaints import opening
from quality.complaints.opening import Wish
from quality.db import execute, fetch, fetch_value, pool, transaction
from quality.demo.complaints import Grievance, course
from quality.demo.moments import FILES_AT, LIVE_DAYS, instant, live_days
from quality.demo.stage import Stage
from quality.demo.visits import Calendar
from surveys import collect
from surveys.demo import desk, doubts
from surveys.demo.habits import Approach, Reply, Visit, fitted, is_left, lasts, reply_to, told, wish_after
from surveys.dispatch import worker
from surveys.dispatch.gate import GATE, JOINED
from surveys.news.ticks import tell_clients
from surveys.protocol.deciding import decide_pending
from surveys.questionnaire.logic import Answer
from surveys.response import InvitedVisit, by_id, response_id

LAST_MOMENT = timedelta(minutes=6)  # the last moment of the story comes that long before the door opens


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
    """Live one moment of the last days; the past is written apart (past.py)."""
    if not stage.moment.is_live:
        return
    now = stage.moment.at
    answering = stage.kept.get("answering") or await _begin(stage)
    await tell_clients(stage.house)
    await worker.dispatch(stage.house)
    await _call(answering, min(now, _last_calls(stage)))
    for invitation, reply, visit in answering.due(now):
        if await _was_reached(invitation, reply):
            await _answer(stage, invitation, reply, visit)
        else:
            answering.expected[invitation] = reply, visit
    await worker.recover(stage.house)
    while await decide_pending(stage.house):
        pass
    await _foresee(stage, answering, now)
    if stage.start - now < LAST_MOMENT:
        await desk.tell(stage)
        await doubts.tell(stage)


async def _begin(stage: Stage) -> Answering:
    """Expect the answers to what was asked before the last days."""
    answering: Answering = stage.kept.setdefault("answering", Answering())
    for request, reply, visit in await _replies(stage, OPEN, stage.moment.at):
        if reply.at > stage.moment.at:
            answering.expected[request] = reply, visit
    return answering


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
CALL = f"""
WITH reply AS (SELECT * FROM unnest($2::uuid[], $3::timestamptz[]) AS r(invitation, at)),
due AS (
    SELECT a.id, a.platform_id, a.invitation_id, a.person_id, a.endpoint_id, a.channel,
           a.opens_at + random() * interval '18 minutes' AS at
    FROM attempt a {JOINED} LEFT JOIN reply r ON r.invitation = a.invitation_id
    WHERE a.purpose = 'survey' AND a.channel = 'phone'
      AND a.opens_at <= least($1, coalesce(r.at, 'infinity'))
      AND {" AND ".join(GATE[name] for name in NOT_ASKED_AGAIN)}
), made AS (
    UPDATE attempt a SET state = 'sent', reason = 'no_answer',
        sent_at = due.at, counted_at = due.at, settled_at = due.at
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
SELECT array_agg(DISTINCT invitation_id) AS called FROM due
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


async def _call(answering: Answering, until: datetime) -> None:
    """Make the calls planned until an instant, as the gate allows."""
    who = list(answering.expected)
    at = [answering.expected[each][0].at for each in who]
    called = await fetch_value(pool("work"), CALL, until, who, at)
    if called:
        await execute(pool("work"), FOLLOW_CALLS, called, until)


REACHED = """
SELECT EXISTS (
    SELECT FROM attempt WHERE invitation_id = $1 AND sent_at <= $2 AND state IN ('sent', 'delivered'))
"""


async def _was_reached(invitation: UUID, reply: Reply) -> bool:
    return bool(await fetch_value(pool("work"), REACHED, invitation, reply.at))


async def _answer(stage: Stage, invitation: UUID, reply: Reply, visit: Visit) -> None:
    if not reply.answers:
        await fetch_value(pool("work"), "SELECT refuse($1, 'sms', $2)", invitation, reply.at)
        return
    asked = await by_id(pool("answer"), invitation)
    if asked is None:
        return
    answers = fitted(reply, asked.questionnaire).answers
    if not asked.is_open(reply.at + lasts(answers)):
        return
    if await _say(asked, reply, answers) and reply.channel != "sms":
        await _wish(stage, asked, reply, visit)


async def _say(asked: InvitedVisit, reply: Reply, answers: dict[str, Answer]) -> bool:
    """Answer the first question, then the others in their time; tell whether a wish is asked for."""
    first, *others = answers
    known, asks_wish, at = asked, False, reply.at
    for some in filter(None, ({first: answers[first]}, {each: answers[each] for each in others})):
        said = await collect.record(
            pool("answer"), known, some, channel=reply.channel, respondent=asked.audience, now=at
        )
        known, asks_wish = said.visit or known, asks_wish or said.asks_wish
        at = reply.at + lasts(answers)
    return asks_wish


async def _wish(stage: Stage, asked: InvitedVisit, reply: Reply, visit: Visit) -> None:
    wanted = wish_after(visit)
    if wanted is None:
        return
    source = asked.source(response_id(asked.id, asked.audience))
    async with transaction("answer") as db:
        opened = await opening.wish(db, stage.house.keyring, source, Wish(wanted), now=reply.at)
    if opened is not None:
        key = visit.provider.siret, visit.reference
        by_phone = reply.channel == "phone"
        steps = course(wanted, reply.at, key, stage.start, by_phone=by_phone)
        stage.grievances.append(
            Grievance(source, wanted, key, steps, by_phone=by_phone, number=opened.number, id=opened.id)
        )


PLANNED = """
SELECT i.id, i.client_id, i.visit_on, i.closes_at, v.reference, v.status, a.channel, a.opens_at,
       a.closes_at AS window_closes_at
FROM invitation i JOIN intervention v ON v.id = i.occasion_id JOIN attempt a ON a.invitation_id = i.id
WHERE i.purpose = 'survey' AND i.client_id = ANY ($2::uuid[]) AND {} ORDER BY i.id, a.opens_at, a.id
"""
NEW = PLANNED.format("i.created_at >= $1")
OPEN = PLANNED.format(
    "i.created_at < $1 AND i.closes_at > $1 AND i.closed_at IS NULL AND i.answered_at IS NULL"
)


async def _foresee(stage: Stage, answering: Answering, now: datetime) -> None:
    """Decide what the people asked at this moment will do; some are left for whoever opens the door."""
    for request, reply, visit in await _replies(stage, NEW, now):
        if not is_left(visit):
            answering.expected[request] = reply, visit


async def _replies(stage: Stage, which: str, now: datetime) -> list[tuple[UUID, Reply, Visit]]:
    calendar = Calendar(stage.start)
    found = []
    for request, group in groupby(await _planned(stage, which, now), key=lambda row: row["id"]):
        planned = list(group)
        first = planned[0]
        client = stage.clients[first["client_id"]]
        visit = told(client, first["reference"], first["visit_on"], first["status"], calendar)
        approaches = [Approach(row["channel"], row["opens_at"], row["window_closes_at"]) for row in planned]
        reply = reply_to(visit, approaches, first["closes_at"])
        if reply is not None:
            found.append((request, reply, visit))
    return found


async def _planned(stage: Stage, which: str, now: datetime) -> list[dict[str, Any]]:
    return await fetch(pool("work"), which, now, list(stage.clients))
