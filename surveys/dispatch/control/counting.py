"""What dispatch has to do and what it cannot: counted by the database when a page or a monitor asks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from quality import clock
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, fetch, fetch_value, pool
from quality.ids import uuid7_floor
from surveys.dispatch.claims import WAITS
from surveys.dispatch.gate import GATE, JOINED
from surveys.dispatch.home import OLDEST
from surveys.protocol.isolating import REQUESTS, VISITS

BLOCKED = ("suppressed", "expired", "failed", "dead")


@dataclass(frozen=True, slots=True)
class Counts:
    """By channel: what may leave and since when, what a rule keeps back, uncertain, dead; by reason, blocked.

    Due is what passes the gate, its channel held or not; `oldest` is since when the oldest could have left;
    blocked over one day; `undecided` are the visits whose decision failed, `unplanned` the requests whose
    planning again did.
    """

    due: Mapping[str, int]
    oldest: Mapping[str, datetime]
    kept: Mapping[str, int]
    uncertain: Mapping[str, int]
    dead: Mapping[str, int]
    blocked: Mapping[str, int]
    undecided: int = 0
    unplanned: int = 0


async def of_platform(actor: Actor) -> Counts:
    """Count the messages of the actor's platform."""
    async with scoped(actor) as db:
        return await _count(db, actor.platform, clock.now())


async def _count(db: Connection, platform: UUID | None, now: datetime) -> Counts:
    waiting = await fetch(pool("work"), WAITING, now, platform)  # the gate reads persons, as workers do
    stuck = await fetch(db, STUCK, platform)
    blocked = await fetch(
        db, OF_A_DAY, platform, uuid7_floor(now - OLDEST), now - timedelta(days=1), list(BLOCKED)
    )
    return Counts(
        due={row["channel"]: row["due"] for row in waiting},
        oldest={row["channel"]: row["oldest"] for row in waiting if row["due"]},
        kept={row["channel"]: row["kept"] for row in waiting},
        uncertain=_of_state(stuck, "uncertain"),
        dead=_of_state(stuck, "dead"),
        blocked={row["reason"]: row["blocked"] for row in blocked},
        undecided=await fetch_value(db, SET_APART.format(VISITS.table), platform),
        unplanned=await fetch_value(db, SET_APART.format(REQUESTS.table), platform),
    )


def _of_state(rows: Sequence[Mapping[str, Any]], state: str) -> dict[str, int]:
    return {row["channel"]: row["messages"] for row in rows if row["state"] == state}


HELD_BY_STAFF = ("nobody holds its channel", "the budget of the day is not spent")
PASSES = " AND ".join(line for name, line in GATE.items() if name not in (*WAITS, *HELD_BY_STAFF))
WAITING = f"""
WITH waiting AS (
    SELECT a.channel, greatest(a.opens_at, a.not_before) AS since, ({PASSES}) IS TRUE AS passes
    FROM attempt a {JOINED}
    WHERE {" AND ".join(GATE[name] for name in WAITS)} AND ($2::uuid IS NULL OR a.platform_id = $2)
)
SELECT channel, count(*) FILTER (WHERE passes) AS due, min(since) FILTER (WHERE passes) AS oldest,
       count(*) FILTER (WHERE NOT passes) AS kept
FROM waiting GROUP BY channel
"""
STUCK = """
SELECT channel, state, count(*) AS messages FROM attempt
WHERE state IN ('uncertain', 'dead') AND ($1::uuid IS NULL OR platform_id = $1) GROUP BY channel, state
"""
OF_A_DAY = """
SELECT coalesce(reason, '') AS reason, count(*) AS blocked FROM attempt
WHERE id >= $2 AND settled_at >= $3 AND state = ANY ($4::text[]) AND ($1::uuid IS NULL OR platform_id = $1)
GROUP BY 1
"""
SET_APART = "SELECT count(*) FROM {} WHERE tries > 0 AND ($1::uuid IS NULL OR platform_id = $1)"


async def metrics() -> Sequence[Metric]:
    """Give the metrics of every platform together, read by the pool of workers."""
    now = clock.now()
    return list(_families(await _count(pool("work"), None, now), now))


def _families(counts: Counts, now: datetime) -> Iterator[Metric]:
    ages = {channel: (now - oldest).total_seconds() for channel, oldest in counts.oldest.items()}
    for name, words, label, values in (
        ("messages_due", "Messages and calls that may leave now", "channel", counts.due),
        ("messages_oldest_due_seconds", "Age of the oldest message that may leave now", "channel", ages),
        (
            "messages_kept",
            "Messages and calls that a rule keeps",
            "channel",
            counts.kept,
        ),
        ("messages_uncertain", "Messages that may have left, without a report", "channel", counts.uncertain),
        ("messages_dead", "Messages given up after five claims", "channel", counts.dead),
        ("messages_blocked", "Messages that did not leave, over one day", "reason", counts.blocked),
    ):
        family = GaugeMetricFamily(f"quality_{name}", words, labels=[label])
        for key, value in sorted(values.items()):
            family.add_metric([key], value)
        yield family
    yield GaugeMetricFamily("quality_visits_undecided", "Visits that could not be decided", counts.undecided)
    yield GaugeMetricFamily(
        "quality_requests_unplanned", "Requests that could not be planned again", counts.unplanned
    )
