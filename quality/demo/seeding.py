"""Seeding: the story is told once.

Its past is written set by set, in processes of its own; its complaints, its releases and its last days go
through the real verbs, at the instants when they would have happened.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from datetime import datetime

import asyncpg

from quality import aside, clock
from quality.app import House
from quality.complaints.ladder import escalating
from quality.complaints.learning import measuring, monthly
from quality.db import execute, fetch_value, pool, transaction
from quality.demo import files, ground, resolving, scenes, workshop
from quality.demo.cast import BY_SIRET
from quality.demo.clockwork import KNOWN, STARTS_AT, WRITE, let_visitors_advance, set_to, travel
from quality.demo.files import Sender
from quality.demo.moments import HERAULT, RELEASED_MONTHS, Moment, first_day, moments, starts_at
from quality.demo.providers import PROVIDERS
from quality.demo.stage import Stage
from quality.demo.workshop import Order
from quality.errors import Refused
from quality.measures.visits import measuring as visit_measuring

Told = Callable[[str, float], None]  # what is being made, and how much of the whole is done
GROUND, PAST, COMPLAINTS, DAYS = 0.06, 0.55, 0.12, 0.15
TOLD = GROUND + PAST + COMPLAINTS + DAYS
SHARES = 12
POLL_SECONDS = 0.3
STATE = "demo"
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
    await owner.execute("SELECT ensure_partitions(now(), $1, 4)", -RELEASED_MONTHS - 2)
    await owner.execute(WRITE, STATE, "being told")


# The past is written without triggers: what is still to be published of its visits is said to be counted.
TO_COUNT = """
INSERT INTO visit_month (id, platform_id, client_id, month)
SELECT gen_random_uuid(), v.platform_id, v.client_id, around.month
FROM intervention v
CROSS JOIN LATERAL months_around(coalesce(v.ended_at, v.planned_end, v.planned_start, v.started_at))
    AS around (month)
WHERE around.month >= $1 GROUP BY v.platform_id, v.client_id, around.month
ON CONFLICT (client_id, month) DO UPDATE SET is_due = true
"""


async def end(owner: asyncpg.Connection, start: datetime) -> None:
    """Set the clock to the beginning of the demonstration and say that the story is told."""
    await set_to(owner, start)
    await let_visitors_advance(owner)
    await owner.execute(workshop.COUNT)
    await owner.execute(TO_COUNT, start.date().replace(day=1))
    await owner.execute(WRITE, STARTS_AT, start.isoformat())
    await owner.execute(WRITE, STATE, "told")


async def tell(house: House, owner_url: str, told: Told) -> datetime:
    """Tell the whole story; return the instant at which the demonstration starts."""
    start = starts_at(clock.now())
    every = moments(start)
    told("Organismes, conventions et comptes", 0.0)
    travel(every[0].at)
    platform, ids = await ground.lay(house, first_day(start))
    stage = Stage(house, platform, start, every[0], {ids[siret]: each for siret, each in BY_SIRET.items()})
    order = Order(house.settings.changed(owner_url=owner_url), platform, ids, start)
    with aside.processes(workshop.PROCESSES) as workers:
        await _write_past(stage, order, workers, told)
        counting = asyncio.get_running_loop().run_in_executor(workers, workshop.analyse, order)
        posts = files.senders(house, platform, ids, start)
        await _follow_past(stage, every, told)
        await counting
        for part in house.components:
            if part.demo_published is not None:
                await part.demo_published(stage)
        publishing = asyncio.get_running_loop().run_in_executor(workers, workshop.publish, order)
        await _live(stage, posts, every, told)
        await _wait(publishing, len(workshop.published(start)), told)
        await _end(stage)
    travel(start)
    return start


async def _write_past(stage: Stage, order: Order, workers: Executor, told: Told) -> None:
    """Write the past of every provider, dealt by size among equal shares, and gather its complaints."""
    loop = asyncio.get_running_loop()
    shares = [PROVIDERS[rank::SHARES] for rank in range(SHARES)]
    waiting = [loop.run_in_executor(workers, workshop.write_past, order, each) for each in shares]
    for number, finished in enumerate(asyncio.as_completed(waiting), start=1):
        stage.grievances += await finished
        told("Dix-huit mois de visites et d’avis", GROUND + PAST * number / len(waiting))


async def _follow_past(stage: Stage, every: Sequence[Moment], told: Told) -> None:
    """Tell the complaints until the last days, then what they add to the figures that will be published."""
    past = [moment for moment in every if not moment.is_live]
    for number, moment in enumerate(past, start=1):
        stage.travel(moment)
        await _complain(stage)
        told("Réclamations", GROUND + PAST + COMPLAINTS * number / len(past))
    await measuring.measure(stage.house)


async def _live(stage: Stage, posts: Sequence[Sender], every: Sequence[Moment], told: Told) -> None:
    """Live the last days: what came of the complaints, the files, then each component."""
    await files.meet(stage)
    live = [moment for moment in every if moment.is_live]
    before = next(moment.at for moment in reversed(every) if not moment.is_live)
    for number, moment in enumerate(live, start=1):
        stage.travel(moment)
        await _complain(stage)
        await files.send_due(stage, posts, before)
        for part in stage.house.components:
            if part.demo is not None:
                await part.demo(stage)
        before = moment.at
        told("Cinq derniers jours", GROUND + PAST + COMPLAINTS + DAYS * number / len(live))


async def _complain(stage: Stage) -> None:
    """Take every step of a complaint whose time has come, then climb the ladder."""
    await resolving.follow(stage)
    await scenes.play(stage)
    await escalating.climb(stage.house)


async def _end(stage: Stage) -> None:
    """Leave nothing to a worker that the story did itself: figures, summaries of the month, letters sent."""
    await measuring.measure(stage.house)
    await visit_measuring.measure(stage.house)
    now = clock.now()
    async with transaction("work") as db:
        await monthly.note_written(db, stage.platform, monthly.last_month(now, HERAULT), now)
        await execute(db, "UPDATE mail_outbox SET sent_at = created_at WHERE sent_at IS NULL")


async def _wait(publishing: asyncio.Future[None], count: int, told: Told) -> None:
    """Wait for the releases, which another process makes."""
    while not publishing.done():
        await asyncio.wait({publishing}, timeout=POLL_SECONDS)
        done = int(await fetch_value(pool("work"), "SELECT count(*) FROM release"))
        told("Publications", TOLD + (1 - TOLD) * done / count)
    await publishing
