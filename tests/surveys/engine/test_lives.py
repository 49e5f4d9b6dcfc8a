"""Random lives on the real database: what the engine promises holds for each of them.

`make test` lives 70 people; `make long` 10,000, some 45,000 visits. What fails names its seed.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import asyncpg
import pytest

from quality.app import House
from quality.db import fetch, pool
from surveys.protocol.definition import load
from tests.scale import SCALE
from tests.surveys.engine import hours
from tests.surveys.engine.lives import CAPS, CNAV_CAP, OLDEST, OLDEST_CAP, OUTAGE, OUTAGE_ENDS, Lives, live
from tests.surveys.protocol.capped import publish
from tests.world import World

PEOPLE, MANY, SEEDS = 70, 1_000, (5,)
CAP, MONTH = 4, timedelta(days=30)
ALWAYS = {"first_intervention", "worker_changed", "incident", "not_done"}
# Why somebody whom an event should always lead to ask may not be asked.
EXCUSES = {
    "cap",
    "own_cap",
    "refused",
    "contact_no",
    "no_channel",
    "too_late",
    "complaint_open",
    "client_not_eligible",
    "deceased",
    "cancelled",
}


@pytest.mark.parametrize("seed", SEEDS)
async def test_random_lives_keep_every_promise(
    world: World, house: House, owner: asyncpg.Connection, seed: int
) -> None:
    await publish(owner, *CAPS)
    lives = await live(world, house, PEOPLE, seed)
    await look_at(lives)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(max(1, SCALE // 10)))
async def test_ten_thousand_random_lives_keep_every_promise(
    world: World, house: House, owner: asyncpg.Connection, seed: int
) -> None:
    await publish(owner, *CAPS)
    lives = await live(world, house, MANY, seed)
    await look_at(lives)


async def look_at(lives: Lives) -> None:
    assert len(lives.sent) > PEOPLE
    await caps_hold(lives)
    await caps_by_attribute_hold()
    await each_leaves_in_its_time(lives)
    await nobody_is_asked_twice_by_a_step(lives)
    await refusals_hold(lives)
    await an_answer_stops_its_own_audience_only()
    await always_is_asked()
    await every_visit_has_its_reason()
    await nothing_is_left_open(lives)
    await no_burst_after_the_outage(lives)
    await visits_of_one_person_due_together_are_one_message(lives)
    await a_dead_number_is_gone_round()


async def caps_hold(lives: Lives) -> None:
    """At most four contacts of a person, and of a number, in any 30 days; at most four of a request.

    Both as the engine counted them and by the instants at which messages and calls really left.
    """
    rows = await fetch(pool("work"), "SELECT * FROM contact_event ORDER BY at, id")
    for column in ("person_id", "endpoint_id"):
        _never_five([(row[column], row["at"]) for row in rows])
    left = [one for one in lives.sent if one.has_left]
    persons = await _persons()
    _never_five([(persons[one.attempt], one.at) for one in left])
    _never_five([(one.endpoint, one.at) for one in left])
    assert len({one.attempt for one in left}) <= len(rows)
    counted = "SELECT invitation_id, count(*) AS n FROM attempt WHERE counted_at IS NOT NULL GROUP BY 1"
    counts = await fetch(pool("work"), counted)
    assert max(row["n"] for row in counts) <= CAP


def _never_five(contacts: Sequence[tuple[UUID, datetime]]) -> None:
    times: dict[UUID, list[datetime]] = defaultdict(list)
    for whose, at in contacts:
        times[whose].append(at)
    for whose, unordered in times.items():
        found = sorted(unordered)
        for first, fifth in zip(found, found[CAP:], strict=False):
            assert fifth - first >= MONTH, (whose, found)


async def _persons() -> dict[UUID, UUID]:
    rows = await fetch(pool("work"), "SELECT id, person_id FROM attempt")
    return {row["id"]: row["person_id"] for row in rows}


async def caps_by_attribute_hold() -> None:
    """Whoever is 85 or more for one provider gets two contacts in 30 days; nothing about Cnav is a fourth.

    Several contacts may have one instant of the virtual clock: their transactions tell which came first.
    """
    rows = await fetch(
        pool("work"),
        """
        SELECT e.at, e.person_id, e.endpoint_id, $1 = ANY (k.bands) AS is_oldest,
               'CNAV' = ANY (f.codes) AS is_cnav
        FROM contact_event e JOIN attempt a ON a.id = e.attempt_id
        JOIN invitation i ON i.id = a.invitation_id JOIN intervention v ON v.id = i.occasion_id
        CROSS JOIN LATERAL (SELECT array_agg(age_band) AS bands FROM client WHERE person_id = e.person_id) k
        CROSS JOIN LATERAL (SELECT array_agg(code) AS codes FROM organisation WHERE id = ANY (v.funders)) f
        ORDER BY e.at, e.xmin::text::bigint
        """,
        OLDEST,
    )
    seen = Counter()
    for rank, row in enumerate(rows):
        cap = OLDEST_CAP if row["is_oldest"] else CNAV_CAP if row["is_cnav"] else CAP
        seen[cap] += 1
        for column in ("person_id", "endpoint_id"):
            before = [one for one in rows[: rank + 1] if one[column] == row[column]]
            assert sum(one["at"] > row["at"] - MONTH for one in before) <= cap, (column, dict(row))
    assert min(seen[cap] for cap in (OLDEST_CAP, CNAV_CAP, CAP)) > 0
    held = await fetch(pool("work"), "SELECT id FROM occasion WHERE reason = 'own_cap'")
    assert held


async def each_leaves_in_its_time(lives: Lives) -> None:
    """Inside the hours of the place, never before its step, never after its request is over."""
    rows = await fetch(
        pool("work"),
        """
        SELECT a.*, i.closes_at AS over_at, v.ended_at, v.planned_end, greatest(v.received_at) AS received_at
        FROM attempt a JOIN invitation i ON i.id = a.invitation_id JOIN intervention v ON v.id = i.occasion_id
        """,
    )
    known = {row["id"]: row for row in rows}
    steps = load("default").steps
    for one in lives.sent:
        row = known[one.attempt]
        assert hours.allowed(one.channel, one.audience).allow(one.at, row["departement"]), row
        assert one.at < row["over_at"]
        base = max(row["ended_at"] or row["planned_end"], row["received_at"])
        assert one.at >= _earliest(base, steps[row["step"] - 1], row["departement"]), row


def _earliest(base: datetime, step: object, departement: str) -> datetime:
    if step.delay_hours is not None:
        return base + timedelta(hours=step.delay_hours)
    there = hours.wall(base, departement)
    day = there.date() + timedelta(days=step.delay_days)
    return datetime.combine(day, datetime.min.time(), there.tzinfo).astimezone(UTC)


async def nobody_is_asked_twice_by_a_step(lives: Lives) -> None:
    """What began and did not surely fail never begins again."""
    began = Counter(one.attempt for one in lives.sent)
    retried = {row["id"] for row in await fetch(pool("work"), "SELECT id FROM attempt WHERE errors > 0")}
    assert {attempt for attempt, times in began.items() if times > 1} <= retried


async def refusals_hold(lives: Lives) -> None:
    of = await _persons()
    for rank, one in enumerate(lives.sent):
        sent_before = lives.refused.get(of[one.attempt])
        assert sent_before is None or one.audience != "client" or rank < sent_before, one


async def an_answer_stops_its_own_audience_only() -> None:
    """A relative's answer neither erases nor blocks the client's, and the other way round."""
    wrong = await fetch(
        pool("work"),
        """
        SELECT a.id FROM attempt a WHERE a.state = 'suppressed' AND a.reason = 'answered' AND NOT EXISTS (
            SELECT 1 FROM response r WHERE r.invitation_id = a.invitation_id
              AND (r.respondent = 'client') = (a.audience = 'client'))
        """,
    )
    assert wrong == []


async def always_is_asked() -> None:
    """What is always asked is asked unless capped or excluded, with the reason: no interval, no draw."""
    rows = await fetch(
        pool("work"),
        """
        SELECT o.decision, o.reason, v.status, v.incident
        FROM occasion o JOIN intervention v ON v.id = o.id
        WHERE v.status <> 'cancelled' AND (v.status = 'not_done' OR v.incident)
        """,
    )
    assert rows
    for row in rows:
        assert row["reason"] in ALWAYS | EXCUSES, dict(row)
        assert (row["decision"] == "asked") == (row["reason"] in ALWAYS)


async def every_visit_has_its_reason() -> None:
    missing = await fetch(
        pool("work"),
        """
        SELECT v.id FROM intervention v LEFT JOIN occasion o ON o.id = v.id
        WHERE o.id IS NULL OR o.reason = ''
        """,
    )
    assert missing == []


async def nothing_is_left_open(lives: Lives) -> None:
    """Once a request is closed each message has an end; only what nobody reported stays uncertain."""
    rows = await fetch(
        pool("work"),
        """
        SELECT DISTINCT a.state FROM attempt a JOIN invitation i ON i.id = a.invitation_id
        WHERE i.closed_at IS NOT NULL
        """,
    )
    assert {row["state"] for row in rows} <= {"sent", "failed", "suppressed", "expired", "uncertain"}


async def a_dead_number_is_gone_round() -> None:
    """Nobody still asked waits for a message where none arrives; some are written to elsewhere or called.

    Who answered or refused is asked no more: what waits for them is withdrawn when it is due.
    """
    waiting = await fetch(
        pool("work"),
        """
        SELECT a.id FROM attempt a JOIN endpoint e ON e.id = a.endpoint_id
        JOIN invitation i ON i.id = a.invitation_id JOIN person p ON p.id = a.person_id
        WHERE e.failed_at IS NOT NULL AND e.replanned_at IS NOT NULL AND i.closed_at IS NULL
          AND a.channel <> 'phone'
          AND a.state IN ('planned', 'deferred') AND (p.refused_at IS NULL OR a.audience <> 'client')
          AND NOT EXISTS (SELECT 1 FROM response r WHERE r.invitation_id = i.id
              AND (r.respondent = 'client') = (a.audience = 'client'))
        """,
    )
    assert waiting == []
    elsewhere = await fetch(
        pool("work"),
        """
        SELECT DISTINCT b.channel FROM attempt a JOIN endpoint e ON e.id = a.endpoint_id
        JOIN attempt b ON b.invitation_id = a.invitation_id AND b.channel <> 'sms'
        WHERE a.channel = 'sms' AND e.failed_at IS NOT NULL AND b.sent_at IS NOT NULL
        """,
    )
    assert {row["channel"] for row in elsewhere} == {"email", "phone"}


async def no_burst_after_the_outage(lives: Lives) -> None:
    """When it ends a request gets one message, however many steps it missed, and the next a day later."""
    soon = OUTAGE_ENDS + timedelta(hours=20)
    back = [one for one in lives.sent if one.has_left and OUTAGE_ENDS <= one.at < soon]
    failed = {row["id"] for row in await fetch(pool("work"), "SELECT id FROM attempt WHERE state = 'failed'")}
    # A try that failed may be made again, and a step that failed goes on to the next.
    of_request = {(one.invitation, one.attempt) for one in back if one.attempt not in failed}
    assert back
    assert max(Counter(invitation for invitation, _ in of_request).values()) == 1
    assert not [one for one in lives.sent if OUTAGE_ENDS - OUTAGE < one.at < OUTAGE_ENDS]


async def visits_of_one_person_due_together_are_one_message(lives: Lives) -> None:
    """Outage or not, carrier down or not: a message leaves only if it came due well after the one before."""
    persons = await _persons()
    opened = {
        row["id"]: row["opens_at"] for row in await fetch(pool("work"), "SELECT id, opens_at FROM attempt")
    }
    lines = defaultdict(list)
    for one in lives.sent:
        if one.has_left and one.channel != "phone":
            lines[persons[one.attempt], one.endpoint, one.channel, one.audience].append(one)
    pairs = [pair for line in lines.values() for pair in pairwise(sorted(line, key=lambda one: one.at))]
    others = [(before, one) for before, one in pairs if before.invitation != one.invitation]
    assert others
    for before, one in others:
        assert before.at < opened[one.attempt] - timedelta(hours=1), (before, one)
