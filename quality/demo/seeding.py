"""Seeding: the story is told once, through the real verbs, at the instants when it would have happened."""

from collections.abc import Callable
from datetime import datetime

import asyncpg

from quality import clock
from quality.app import House
from quality.demo import complaints, files, ground
from quality.demo.cast import BY_SIRET
from quality.demo.clockwork import let_visitors_advance, set_to, travel
from quality.demo.moments import PARIS, Moment, first_day, moments, starts_at
from quality.demo.stage import Stage
from quality.demo.visits import visits
from quality.errors import Refused
from quality.measures import releasing
from quality.measures.periods import releasables

Told = Callable[[int, int], None]
KNOWN = "SELECT value FROM installation WHERE name = $1"
WRITE = """
INSERT INTO installation (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value
"""
STATE, STARTS_AT = "demo", "demo_starts_at"
TABLES = """
SELECT string_agg(format('%I', c.relname), ', ') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND c.relname <> 'tortoise_migrations'
"""


async def is_seeded(owner: asyncpg.Connection) -> bool:
    """Say whether the whole story is there; refuse a database that is not a demonstration's."""
    state = await owner.fetchval(KNOWN, STATE)
    if state is None and await owner.fetchval("SELECT EXISTS (SELECT FROM platform)"):
        raise Refused(
            "La base de ce dossier n’est pas celle d’une démonstration. "
            "Réglez QUALITY_HOME sur un autre dossier, puis recommencez."
        )
    return bool(state == "told")


async def begin(owner: asyncpg.Connection) -> None:
    """Start from nothing: a story cut short is told again from its beginning."""
    await owner.execute(f"TRUNCATE {await owner.fetchval(TABLES)}")
    await owner.execute(WRITE, STATE, "being told")


async def end(owner: asyncpg.Connection, start: datetime) -> None:
    """Set the clock to the beginning of the demonstration and say that the story is told."""
    await set_to(owner, start)
    await let_visitors_advance(owner)
    await owner.execute("ANALYZE")
    await owner.execute(WRITE, STARTS_AT, start.isoformat())
    await owner.execute(WRITE, STATE, "told")


async def start_of(owner: asyncpg.Connection) -> datetime:
    """Return the instant at which the demonstration started, as `end` wrote it."""
    return datetime.fromisoformat(await owner.fetchval(KNOWN, STARTS_AT))


async def tell(house: House, told: Told) -> datetime:
    """Tell the whole story; return the instant at which the demonstration starts."""
    start = starts_at(clock.now())
    every = moments(start)
    stage = await _open(house, start, every[0])
    all_visits, senders = visits(start), files.senders(house, stage.platform, stage.providers)
    eve = max(moment.at for moment in every if not moment.is_live)
    travel(start)
    past = await files.send_past(stage, senders, [visit for visit in all_visits if visit.arrives_at <= eve])
    before = every[0].at
    for number, moment in enumerate(every, start=1):
        stage.travel(moment)
        await past.happen(moment.at)
        if moment.is_live:
            await files.send_due(
                stage, senders, [v for v in all_visits if before < v.arrives_at <= moment.at]
            )
        await _live(stage)
        before = moment.at
        told(number, len(every))
    return start


async def _open(house: House, start: datetime, first: Moment) -> Stage:
    travel(first.at)
    platform, ids = await ground.lay(house, first_day(start))
    providers = {ids[siret]: provider for siret, provider in BY_SIRET.items()}
    return Stage(house, platform, start, first, providers)


async def _live(stage: Stage) -> None:
    """Live one moment: each component, then complaints, then what may be published."""
    for part in stage.house.components:
        if part.demo is not None:
            await part.demo(stage)
    await complaints.follow(stage)
    await _publish(stage)


async def _publish(stage: Stage) -> None:
    """Publish the periods that have just become releasable, as the platform's manager would."""
    now = stage.moment.at
    ready = frozenset(releasables(first_day(stage.start), now.astimezone(PARIS).date()))
    if ready > stage.kept.setdefault("published", frozenset()):
        await releasing.create(stage.platform)
        stage.kept["published"] = ready
