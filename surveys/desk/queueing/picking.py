"""The one who picks a case alone: the first that this agent may take, after the gate.

The first cases of each language, priority and team come from one index; the first one that nobody is taking
is locked. A survey's call passes the gate of dispatch: its attempt is claimed in the transaction that gives
the case. One that may not be called now is put off, so that it never stands before the others.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tortoise.exceptions import IntegrityError

from quality.access import audit
from quality.access.actor import Actor, Role
from quality.db import Connection, execute, fetch_one, fetch_value, pool, transaction
from quality.directory.geography import zone_of
from quality.web.platform import closing_days_of
from surveys.callbacks import calling_hours
from surveys.desk.ending import renumbering
from surveys.desk.ending.following import parts_of, reslot, window_of
from surveys.desk.ending.outcomes import OUTCOMES, Code
from surveys.desk.ending.renumbering import KEYS
from surveys.desk.queueing import crew
from surveys.desk.queueing.closing import close, close_over, wait
from surveys.desk.queueing.crew import NO_TEAM, Crew
from surveys.desk.queueing.holding import LEASE, extended
from surveys.desk.queueing.numbers import OF_COLUMN, usable_rank
from surveys.desk.queueing.spreading import spread
from surveys.dispatch import claims
from surveys.priorities import ALL
from surveys.protocol.calendar import Slot, day_part, next_slot

ASK_THE_GATE_AGAIN = timedelta(minutes=5)
LOOKED_AT, ROUNDS = 20, 25
# More cases than agents may be taking at the same instant.
AHEAD = 32
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Hand:
    """Who picks, when, and for how long without a sign of life."""

    actor: Actor
    now: datetime
    lease: timedelta

    @property
    def name(self) -> str:
        return f"desk:{self.actor.account}"


async def pick(actor: Actor, now: datetime, lease: timedelta = LEASE) -> UUID | None:
    """Give the agent the case in hand, else the next one that may be called; None when there is none.

    Raise LinesBusy when as many calls are going on as there are telephone lines.
    """
    hand = Hand(actor, now, lease)
    try:
        return await _rounds(hand)
    except IntegrityError:
        # The button was pressed twice at the same instant: the case is in the other press's hand.
        mine: UUID | None = await fetch_value(pool("work"), IN_HAND, actor.account)
        if mine is None:
            raise
        return mine


IN_HAND = "SELECT id FROM call_case WHERE agent_id = $1 AND state = 'held'"


async def _rounds(hand: Hand) -> UUID | None:
    for _ in range(ROUNDS):
        async with transaction("work") as db:
            found, goes_on = await _pick(db, hand)
        if found is not None or not goes_on:
            return found
    return None


async def _pick(db: Connection, hand: Hand) -> tuple[UUID | None, bool]:
    """Look at some cases; say whether others are left to look at."""
    actor, now = hand.actor, hand.now
    row = await crew.read(db, actor)
    if row is None:
        return None, False
    mine: UUID | None = row["in_hand"]
    if mine is not None and await extended(db, actor, mine, hand.lease):
        return mine, False
    takes = await crew.free(db, actor, row)
    for _ in range(LOOKED_AT):
        case = await _next(db, hand, takes)
        if case is None:
            return None, await close_over(db, now, actor.platform) > 0
        if await _take(db, hand, case):
            return case["id"], False
    return None, True


WAITS = """
c.platform_id = $1 AND c.state = 'open' AND c.referred_at IS NULL AND c.assigned_to IS NULL
AND c.next_due_at <= $2
"""
FIRST = f"""
SELECT x.id, x.priority, x.next_due_at
FROM unnest($3::text[]) AS l (language), unnest($4::smallint[]) AS q (priority),
     unnest($5::uuid[]) AS t (team)
CROSS JOIN LATERAL (
    SELECT c.id, c.priority, c.next_due_at FROM call_case c
    WHERE {WAITS} AND c.language = l.language AND c.priority = q.priority
      AND coalesce(c.team_id, '{NO_TEAM}'::uuid) = t.team
    ORDER BY c.language, c.priority, coalesce(c.team_id, '{NO_TEAM}'::uuid), c.next_due_at, c.id
    LIMIT {AHEAD}) x
UNION ALL
(SELECT c.id, c.priority, c.next_due_at FROM call_case c
 WHERE c.platform_id = $1 AND c.assigned_to = $6 AND c.state = 'open' AND c.referred_at IS NULL
   AND c.next_due_at <= $2 ORDER BY c.priority, c.next_due_at, c.id LIMIT {AHEAD})
UNION ALL
(SELECT c.id, c.priority, c.next_due_at FROM call_case c
 WHERE c.platform_id = $1 AND c.state = 'held' AND c.lease_until < now() AND c.language = ANY ($3)
   AND coalesce(c.team_id, '{NO_TEAM}'::uuid) = ANY ($5) AND coalesce(c.assigned_to, $6) = $6
 ORDER BY c.lease_until LIMIT {AHEAD})
"""
# The pool of workers has no policy: an agent takes no call about a serious event.
NOT_SERIOUS = "NOT EXISTS (SELECT 1 FROM complaint g WHERE g.id = c.complaint_id AND g.is_serious)"
NEXT = f"""
WITH first AS MATERIALIZED (
    SELECT * FROM ({FIRST}) AS found ORDER BY priority, next_due_at, id LIMIT {AHEAD}
), taken AS MATERIALIZED (
    SELECT c.* FROM first f JOIN call_case c ON c.id = f.id
    WHERE (c.state = 'open' OR (c.state = 'held' AND c.lease_until < now()))
      AND c.referred_at IS NULL AND c.next_due_at <= $2 AND c.closes_at > $2 AND ($7 OR {NOT_SERIOUS})
    ORDER BY c.priority, c.next_due_at, c.id LIMIT 1 FOR NO KEY UPDATE OF c SKIP LOCKED
)
SELECT c.id, c.platform_id, c.kind, c.state, c.invitation_id, c.attempt_id, c.closes_at, c.outcome,
       c.morning_tries, c.afternoon_tries, c.number_rank, k.departement, i.audience,
       p.awaits_contact, p.state AS complaint_state,
       k.status = 'deceased' OR who.deceased_at IS NOT NULL AS is_deceased, {KEYS}
FROM taken c JOIN client k ON k.id = c.client_id JOIN person who ON who.id = k.person_id
LEFT JOIN invitation i ON i.id = c.invitation_id LEFT JOIN complaint p ON p.id = c.complaint_id
"""


async def _next(db: Connection, hand: Hand, takes: Crew) -> Row | None:
    return await fetch_one(
        db,
        NEXT,
        hand.actor.platform,
        hand.now,
        list(takes.languages),
        list(ALL),
        list(takes.teams),
        hand.actor.account,
        hand.actor.role != Role.agent,
    )


async def _take(db: Connection, hand: Hand, case: Row) -> bool:
    """Hold a locked case if its person may be called now; else put it off or close it."""
    closed = await closing_days_of(case["platform_id"], db)
    case |= {"closed": closed, "wishes_relative": False}
    take = _take_survey if case["kind"] == "survey" else _take_other
    taken = await take(db, hand, case)
    if taken is None:
        return False
    line = audit.values(hand.actor, "call.pick", str(case["id"]))
    held = (case["id"], hand.actor.account, taken.attempt, hand.lease, hand.now, taken.number_rank)
    await execute(db, HOLD, *line, *held)
    return True


@dataclass(frozen=True, slots=True)
class Taken:
    """What goes with the case in hand: the attempt that was claimed, and the number to call."""

    attempt: UUID | None
    number_rank: int


# The last statement of a pick: the case in the agent's hand, and the line of who took it.
HOLD = f"""
WITH held AS (
    UPDATE call_case SET state = 'held', agent_id = $8, lease_until = now() + $10::interval,
        tries = tries + (state = 'open')::int, attempt_id = coalesce($9::uuid, attempt_id), picked_at = $11,
        number_rank = $12 WHERE id = $7
)
{audit.LINE}
"""


async def _take_survey(db: Connection, hand: Hand, case: Row) -> Taken | None:
    """Claim the call through the gate; else put the case off, or close it without a call left."""
    is_shut = hand.now.astimezone(zone_of(case["departement"])).date() in case["closed"]
    if not is_shut and await _spread_survey(db, case, hand.now):
        return None
    claimed = None if is_shut else await _claim(db, hand, case)
    if claimed is None:
        await _put_off_survey(db, case, hand.now)
        return None
    number = OF_COLUMN[str(claimed.place)]  # the gate lets no call go to a number that is not theirs any more
    return Taken(claimed.id, renumbering.order_of(case).index(number))


async def _claim(db: Connection, hand: Hand, case: Row) -> claims.Claimed | None:
    if case["state"] == "held":
        await execute(db, RELEASE, case["attempt_id"])
    asked: UUID = case["invitation_id"]
    found = await claims.claim(db, ["phone"], hand.name, 1, hand.now, invitation=asked, lease=hand.lease)
    return found[0] if found else None


# The call of an agent who is gone: planned again, and still counted.
RELEASE = """
UPDATE attempt SET state = 'planned', lease_until = NULL WHERE id IN
    (SELECT id FROM attempt WHERE id = $1 AND state = 'claimed' FOR NO KEY UPDATE SKIP LOCKED)
"""


async def _spread_survey(db: Connection, case: Row, now: datetime) -> bool:
    """Move a call to the part of the day that was tried less, while one of its windows is left."""
    if not _is_uneven(case, now):
        return False
    row = await fetch_one(db, PLANNED, case["invitation_id"], now)
    if row is None:
        return False
    window = window_of(case | row)
    slot = spread(now, case["departement"], window, row["give_up_at"], parts_of(case))
    if slot is None or slot.opens_at <= now:
        return False
    await reslot(db, row["id"], slot)
    await wait(db, case, slot.opens_at, now)
    return True


PLANNED = """
SELECT a.id, a.give_up_at, v.definition FROM attempt a JOIN invitation i ON i.id = a.invitation_id
JOIN protocol_version v ON v.id = i.protocol_id
WHERE a.invitation_id = $1 AND a.channel = 'phone' AND a.state = 'planned' AND a.opens_at <= $2
ORDER BY a.opens_at, a.id LIMIT 1
"""


def _is_uneven(case: Row, now: datetime) -> bool:
    """Say whether this part of the day was tried more than the other, by calls that were not the same one."""
    return not _is_same(case) and parts_of(case).is_uneven(day_part(now, zone_of(case["departement"])))


def _is_same(case: Row) -> bool:
    """Say whether the next call is the last one made again: a busy line, an hour agreed, another number."""
    code = case["outcome"]
    return code in OUTCOMES and not OUTCOMES[Code(code)].is_counted


async def _put_off_survey(db: Connection, case: Row, now: datetime) -> None:
    """Wait for the next call planned, or close a case that has none left."""
    row = await fetch_one(db, STILL, case["invitation_id"])
    opens_at = row["opens_at"] if row and not row["is_answered"] else None
    if opens_at is None:
        await close(db, case["id"], "answered" if row and row["is_answered"] else "window_over", now)
    else:
        await wait(db, case, max(opens_at, now + ASK_THE_GATE_AGAIN), now)


STILL = """
SELECT EXISTS (SELECT 1 FROM response r WHERE r.invitation_id = i.id
               AND (r.respondent = 'client') = (i.audience = 'client')) AS is_answered,
       (SELECT min(greatest(a.opens_at, a.not_before)) FROM attempt a
        WHERE a.invitation_id = i.id AND a.channel = 'phone'
          AND a.state IN ('planned', 'deferred', 'claimed', 'sending')) AS opens_at
FROM invitation i WHERE i.id = $1
"""


async def _take_other(db: Connection, hand: Hand, case: Row) -> Taken | None:
    """Take a call that its person asked for, in the hours of the place; else put it off or close it."""
    over = _over(case)
    if over:
        await close(db, case["id"], over, hand.now)
        return None
    case |= await renumbering.wish_of(db, case)
    wrong = await renumbering.wrong_keys(db, case)
    rank = usable_rank(case, renumbering.order_of(case), case["number_rank"], wrong)
    case["number_rank"] = rank or 0
    slot = _slot(case, hand.now)
    if slot is None:
        await close(db, case["id"], "window_over", hand.now)
    elif slot.opens_at > hand.now:
        await wait(db, case, slot.opens_at, hand.now)
    return Taken(None, rank or 0) if slot and slot.opens_at <= hand.now else None


def _over(case: Row) -> str:
    """Give the final code of a call that nobody waits for any more."""
    if case["is_deceased"]:
        return "deceased"
    if case["kind"] == "verdict":
        return "" if case["complaint_state"] == "remedied" else "withdrawn"
    return "withdrawn" if case["kind"] == "complaint" and not case["awaits_contact"] else ""


def _slot(case: Row, now: datetime) -> Slot | None:
    hours = calling_hours(renumbering.audience_called(case), case["closed"])
    if _is_same(case):
        return next_slot(now, case["departement"], hours, case["closes_at"])
    return spread(now, case["departement"], hours, case["closes_at"], parts_of(case))
