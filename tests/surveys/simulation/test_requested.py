"""A simulation asked for on the page: who computes it, what its page says, what a failure leaves."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date, timedelta
from multiprocessing import active_children

import asyncpg
import httpx
import pytest

from quality import aside, clock, jobs, postgres
from quality.db import credentials, execute, fetch, fetch_one, fetch_value, pool
from quality.settings import Settings
from surveys.protocol.definition import load
from surveys.simulation import claiming, computing, ticks
from surveys.simulation.computing import computed
from surveys.simulation.running import Assumed, Period, Progress, over_period
from tests.conftest import SECRET
from tests.live import PATIENCE_SECONDS
from tests.surveys.simulation.asking import asked, compute, simulated
from tests.surveys.simulation.sending_file import lines, written
from tests.surveys.visits import MOBILE, MORNING, someone, visit
from tests.world import World, sign_in

PAGE = "/protocoles/default/simulation"
DAYS = {"du": "2026-11-01", "au": "2026-11-30"}
STANDS = (
    "SELECT state, tries, file_cipher IS NULL AS is_forgotten, failure IS NULL AS is_well FROM simulation"
)

MOST_TURNS = 2000  # of the loop, from the start of a tick to that of the process
READER = "SELECT pid FROM pg_locks WHERE relation = 'intervention'::regclass AND NOT granted LIMIT 1"
Reader = Callable[[], Awaitable[int]]
Cut = Callable[[int], Awaitable[None]]


@pytest.fixture
async def form(client: httpx.AsyncClient, world: World) -> dict[str, str]:
    return DAYS | {"jeton": await sign_in(client, world, "supervisor")}


@pytest.fixture
async def gone(client: httpx.AsyncClient, form: dict[str, str]) -> claiming.Claim:
    """A simulation whose process was killed: nobody renews its lease, which is over."""
    await asked(client, PAGE, form)
    claimed = await claiming.claim(timedelta(0))
    assert claimed is not None
    return claimed


async def stands() -> dict:
    row = await fetch_one(pool("work"), STANDS)
    assert row is not None
    return row


def plain(page: httpx.Response) -> str:
    """Give a page with plain spaces only."""
    return page.text.replace("\xa0", " ").replace("\u202f", " ")


async def test_the_worker_computes_it_in_a_process_of_its_own(
    client: httpx.AsyncClient, world: World, form: dict[str, str]
) -> None:
    await visit(await someone(world, mobile=MOBILE))
    address = await asked(client, PAGE, form)
    await jobs.run_now(world.house, world.house.jobs["simulate-protocols"])
    assert "2 messages et 2 appels." in plain(await client.get(address))


async def test_its_page_says_that_it_waits_and_after_how_many(
    client: httpx.AsyncClient, world: World, form: dict[str, str]
) -> None:
    first = await asked(client, PAGE, form)
    second = await asked(client, PAGE, form)
    assert "Elle commence dans quelques secondes." in plain(await client.get(first))
    page = await client.get(second)
    assert "La simulation attend son tour" in page.text
    assert "1 simulation passe avant elle." in plain(page)
    assert "du dimanche 1er novembre 2026 au lundi 30 novembre 2026" in plain(page)
    assert f'href="{second}"' in page.text
    assert "<script" not in page.text.partition("<main")[2]


async def test_its_page_counts_the_visits_replayed(
    client: httpx.AsyncClient, world: World, form: dict[str, str]
) -> None:
    address = await asked(client, PAGE, form | {"comparer": "integral"})
    claimed = await claiming.claim()
    assert claimed is not None
    assert "Les visites sont en train d’être lues." in plain(await client.get(address))
    assert await claiming.renew(claimed, Progress(read=1234, total=5000))
    page = plain(await client.get(address))
    assert "1 234 visites rejouées sur 5 000. Chaque visite compte une fois par protocole." in page


async def test_every_visit_is_counted_once_a_protocol(world: World) -> None:
    client = await someone(world, mobile=MOBILE)
    for day in (1, 2, 3):
        await visit(client, MORNING - timedelta(days=day))
    progress, period = Progress(), Period(date(2026, 11, 1), date(2026, 11, 30))
    both = [load("default"), load("integral")]
    await over_period(world.staff, world.house, period, both, Assumed(), progress=progress)
    assert progress == Progress(read=6, total=6)


async def test_the_result_is_kept_and_found_again_from_the_form(
    client: httpx.AsyncClient, world: World, form: dict[str, str]
) -> None:
    page = await simulated(client, world, PAGE, form | {"prix-sms": "4,5"})
    assert 'value="4,5"' in page.text
    assert "Visites du dimanche 1er novembre 2026 au lundi 30 novembre 2026, rejouées" in plain(page)
    listed = plain(await client.get(PAGE))
    assert "Vos dernières simulations" in listed
    assert f'href="{page.url.path}"' in listed
    assert "Terminée, demandée mardi 24 novembre 2026, 10 h 30" in listed


async def test_it_is_read_by_who_asked_and_by_nobody_else(
    client: httpx.AsyncClient, world: World, form: dict[str, str]
) -> None:
    page = await simulated(client, world, PAGE, form)
    wrong = page.url.path.replace("default", "integral")
    assert (await client.get(wrong)).status_code == 404
    await sign_in(client, world, "platform")
    assert (await client.get(page.url.path)).status_code == 404
    assert "Vos dernières simulations" not in (await client.get(PAGE)).text
    for role, organisation in (("funder", world.gironde), ("provider", world.aide34)):
        await sign_in(client, world, role, organisation)
        assert (await client.get(page.url.path)).status_code == 403


async def test_a_person_has_three_under_way_at_most(
    client: httpx.AsyncClient, world: World, form: dict[str, str]
) -> None:
    for _ in range(3):
        await asked(client, PAGE, form)
    refused = await client.post(PAGE, data=form)
    assert refused.status_code == 409
    assert "Trois de vos simulations sont déjà en cours." in refused.text
    await compute(world)
    await asked(client, PAGE, form)


async def test_forms_sent_together_are_not_more_than_three(
    client: httpx.AsyncClient, world: World, form: dict[str, str]
) -> None:
    sent = await asyncio.gather(*(client.post(PAGE, data=form) for _ in range(6)))
    assert sorted(answer.status_code for answer in sent) == [303, 303, 303, 409, 409, 409]


async def test_two_workers_never_take_the_same_one(
    client: httpx.AsyncClient, world: World, form: dict[str, str]
) -> None:
    for _ in range(3):
        await asked(client, PAGE, form)
    taken = await asyncio.gather(*(claiming.claim() for _ in range(5)))
    assert len({each.id for each in taken if each}) == 3
    assert taken.count(None) == 2


async def test_the_file_is_kept_sealed_until_the_end_only(
    client: httpx.AsyncClient, world: World, form: dict[str, str], owner: asyncpg.Connection
) -> None:
    file = {"fichier": ("visites.csv", written(lines()), "text/csv")}
    await asked(client, PAGE, {"organisme": str(world.aide34), "jeton": form["jeton"]}, file)
    sealed = await owner.fetchval("SELECT file_cipher FROM simulation")
    assert b"Mme Martin" in written(lines())
    assert b"Martin" not in sealed
    await compute(world)
    assert await stands() == {"state": "done", "tries": 1, "is_forgotten": True, "is_well": True}


async def test_a_killed_process_leaves_it_to_the_next_one(
    client: httpx.AsyncClient, world: World, form: dict[str, str], gone: claiming.Claim
) -> None:
    again = await claiming.claim()
    assert again is not None
    assert (again.id, again.fence) == (gone.id, gone.fence + 1)
    await computed(world.house, gone)
    assert not await claiming.renew(gone, Progress())
    assert (await stands())["state"] == "running"
    await computed(world.house, again)
    assert (await stands())["state"] == "done"


async def test_one_that_is_computed_is_left_alone_while_its_lease_is_renewed(
    client: httpx.AsyncClient, world: World, form: dict[str, str], gone: claiming.Claim
) -> None:
    assert await claiming.renew(gone, Progress(read=1, total=2))
    assert await claiming.claim() is None
    await claiming.drop(gone)
    assert await claiming.claim() is not None


async def test_one_that_stops_three_times_says_so(
    client: httpx.AsyncClient, world: World, form: dict[str, str], gone: claiming.Claim
) -> None:
    await execute(pool("work"), "UPDATE simulation SET tries = 3")
    assert await claiming.claim() is None
    await ticks.simulate(world.house)
    address = f"{PAGE}/{gone.id}"
    page = await client.get(address)
    assert "La simulation n’a pas pu être faite" in page.text
    assert "Le calcul s’est arrêté trois fois avant la fin." in page.text


async def test_a_worker_told_to_stop_gives_it_back(
    client: httpx.AsyncClient, world: World, form: dict[str, str]
) -> None:
    await visit(await someone(world, mobile=MOBILE))
    await asked(client, PAGE, form)
    working = asyncio.create_task(ticks.simulate(world.house))
    while (await stands())["state"] == "waiting":
        await asyncio.wait({working}, timeout=0.01)
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    assert await stands() == {"state": "waiting", "tries": 0, "is_forgotten": True, "is_well": True}


async def test_a_database_away_for_a_moment_costs_a_try_and_not_the_simulation(
    client: httpx.AsyncClient, world: World, form: dict[str, str], server: postgres.Server
) -> None:
    await visit(await someone(world, mobile=MOBILE))
    address = await asked(client, PAGE, form)
    async with visits_locked(server) as (reader, cut):
        working = asyncio.create_task(ticks.simulate(world.house))
        await cut(await reader())
    await working
    assert (await stands()) | {"is_forgotten": True} == {
        "state": "done",
        "tries": 2,
        "is_forgotten": True,
        "is_well": True,
    }
    assert "2 messages et 2 appels." in plain(await client.get(address))


async def test_one_that_another_has_taken_ends_at_once_even_where_nothing_interrupts_it(
    world: World, client: httpx.AsyncClient, form: dict[str, str], server: postgres.Server
) -> None:
    await asked(client, PAGE, form)
    claimed = await claiming.claim()
    assert claimed is not None
    async with visits_locked(server) as (reader, _):
        going_on = asyncio.create_task(
            aside.run(compute_in_a_thread, world.house.settings, claimed, seconds=60.0)
        )
        await reader()
        await execute(pool("work"), "UPDATE simulation SET fence = fence + 1")
        assert await asyncio.wait_for(going_on, PATIENCE_SECONDS) == 0
    assert (await stands())["state"] == "running"


def compute_in_a_thread(settings: Settings, claimed: claiming.Claim) -> None:
    """Compute where something goes on that the loop cannot cancel."""
    threading.Thread(target=threading.Event().wait).start()
    computing.compute(settings, claimed)


async def test_a_stop_costs_no_try_wherever_it_falls(
    client: httpx.AsyncClient, world: World, form: dict[str, str]
) -> None:
    await asked(client, PAGE, form)
    for turns in range(MOST_TURNS):
        working = asyncio.create_task(ticks.simulate(world.house))
        for _ in range(turns):
            await asyncio.sleep(0)
        is_computed = bool(active_children())
        working.cancel()
        with pytest.raises(asyncio.CancelledError):
            await working
        assert await stands() == {"state": "waiting", "tries": 0, "is_forgotten": True, "is_well": True}
        if is_computed:
            return
    pytest.fail("no stop fell while it was computed")


async def test_a_stop_told_to_the_whole_group_counts_for_no_try(
    client: httpx.AsyncClient, world: World, form: dict[str, str], server: postgres.Server
) -> None:
    await asked(client, PAGE, form)
    async with visits_locked(server) as (reader, _):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.surveys.simulation.working"),
            env={
                **os.environ,
                "QUALITY_DATABASE_URL": server.application_url,
                "QUALITY_SECRET_KEY": SECRET,
                "QUALITY_BASE_URL": "http://testserver",
                "QUALITY_SMS_URL": "memory://",
            },
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            await reader()
            os.killpg(process.pid, signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), PATIENCE_SECONDS) == 0
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    assert await stands() == {"state": "waiting", "tries": 0, "is_forgotten": True, "is_well": True}


@asynccontextmanager
async def visits_locked(server: postgres.Server) -> AsyncIterator[tuple[Reader, Cut]]:
    """Let no simulation read the visits: it waits, known by its process in the database, and can be cut."""

    async def reader() -> int:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (found := await connection.fetchval(READER)) is None:
                pass  # each look is a turn of the loop
        return found

    async def cut(process: int) -> None:
        await connection.execute("SELECT pg_terminate_backend($1)", process)

    connection = await asyncpg.connect(**credentials(server.owner_url))
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE intervention IN ACCESS EXCLUSIVE MODE")
            yield reader, cut
    finally:
        await connection.close()


async def test_an_error_of_the_computing_is_said_and_tried_no_more(
    client: httpx.AsyncClient, world: World, form: dict[str, str]
) -> None:
    address = await asked(client, PAGE, form)
    await execute(pool("work"), """UPDATE simulation SET written = written || '{"organisme": "nobody"}'""")
    await compute(world)
    assert "Le calcul s’est arrêté sur une erreur" in (await client.get(address)).text
    assert await claiming.claim() is None


async def test_it_is_forgotten_after_a_month(
    client: httpx.AsyncClient, world: World, form: dict[str, str]
) -> None:
    await simulated(client, world, PAGE, form)
    await jobs.run_now(world.house, world.house.jobs["forget-simulations"])
    assert await fetch_value(pool("work"), "SELECT count(*) FROM simulation") == 1
    clock.set_offset(clock.offset() + timedelta(days=31))
    await ticks.forget(world.house)
    assert await fetch(pool("work"), "SELECT id FROM simulation") == []


async def test_one_whose_process_is_killed_is_begun_again(
    client: httpx.AsyncClient, world: World, form: dict[str, str]
) -> None:
    await visit(await someone(world, mobile=MOBILE))
    address = await asked(client, PAGE, form)
    working = asyncio.create_task(ticks.simulate(world.house))
    while not (killed := active_children()):
        await asyncio.wait({working}, timeout=0.01)
    killed[0].kill()
    await working
    assert (await stands())["tries"] == 2
    assert "2 messages et 2 appels." in plain(await client.get(address))
