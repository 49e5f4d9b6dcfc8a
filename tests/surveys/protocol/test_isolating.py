"""A visit whose decision fails holds back nobody else, and is tried again later."""

import gc
from datetime import timedelta
from uuid import UUID

import asyncpg
import httpx

from quality.app import House
from quality.db import execute, fetch, fetch_value, pool
from surveys.dispatch.control import counting
from surveys.dispatch.rerouting import reroute
from surveys.protocol.deciding import decide_pending
from tests.surveys.visits import MOBILE, MORNING, someone, visit
from tests.world import World, sign_in

UNKNOWN = "X-99"  # no such activity: its group cannot be found


async def undecided() -> list[dict]:
    return await fetch(
        pool("work"),
        "SELECT id, tries, error, retry_at > now() AS waits FROM undecided_visit WHERE tries > 0 ORDER BY id",
    )


async def ledger() -> dict[UUID, str]:
    return {row["id"]: row["reason"] for row in await fetch(pool("work"), "SELECT id, reason FROM occasion")}


async def try_again() -> None:
    await execute(pool("work"), "UPDATE undecided_visit SET retry_at = now()")


async def test_the_others_of_its_batch_are_decided_even_those_of_its_person(
    world: World, house: House
) -> None:
    strange = await someone(world, mobile=MOBILE)
    bad = await visit(strange, MORNING - timedelta(hours=3), activity=UNKNOWN)
    good = [await visit(strange)]
    good += [await visit(await someone(world, mobile=f"+3363998{n:04d}")) for n in range(3)]
    assert await decide_pending(house) == 5
    assert set(await ledger()) == set(good)
    assert await undecided() == [{"id": bad, "tries": 1, "error": "UnknownCode", "waits": True}]


async def test_it_is_not_looked_at_each_time_but_later_and_less_and_less(world: World, house: House) -> None:
    await visit(await someone(world, mobile=MOBILE), activity=UNKNOWN)
    assert await decide_pending(house) == 1
    assert gc.isenabled()  # put off while a batch is decided
    assert await decide_pending(house) == 0
    await try_again()
    assert await decide_pending(house) == 1
    wait = "SELECT retry_at - now() FROM undecided_visit"
    assert timedelta(minutes=9) < await fetch_value(pool("work"), wait) <= timedelta(minutes=10)
    await execute(pool("work"), "UPDATE undecided_visit SET retry_at = now(), tries = 900")
    assert await decide_pending(house) == 1
    assert await fetch_value(pool("work"), wait) <= timedelta(hours=6)


async def test_once_mended_it_is_decided_and_forgotten(world: World, house: House) -> None:
    bad = await visit(await someone(world, mobile=MOBILE), activity=UNKNOWN)
    await decide_pending(house)
    await execute(pool("work"), "UPDATE intervention SET activity = 'I-3'")
    await try_again()
    assert await decide_pending(house) == 1
    assert await ledger() == {bad: "first_intervention"}
    assert await undecided() == []


async def test_the_quarters_after_it_do_not_wait(world: World, house: House) -> None:
    await visit(await someone(world, mobile=MOBILE), MORNING - timedelta(days=90), activity=UNKNOWN)
    fresh = await visit(await someone(world, mobile="+33639980002"))
    await decide_pending(house)
    await decide_pending(house)
    assert set(await ledger()) == {fresh}


async def test_the_board_and_a_monitor_count_it(
    client: httpx.AsyncClient, world: World, house: House, owner: asyncpg.Connection
) -> None:
    await sign_in(client, world, "platform")
    assert "examinée" not in (await client.get("/admin/envois")).text
    await visit(await someone(world, mobile=MOBILE), activity=UNKNOWN)
    await decide_pending(house)
    await visit(await someone(world, mobile="+33639980002"))  # waits, and nothing failed
    page = (await client.get("/admin/envois")).text
    assert "1 visite n’a pas pu être examinée" in page.replace("\u00a0", " ")
    assert await counted("quality_visits_undecided") == 1


async def test_the_board_and_a_monitor_count_a_request_that_cannot_be_planned_again(
    client: httpx.AsyncClient, world: World, house: House
) -> None:
    await sign_in(client, world, "supervisor")
    assert "demande d’avis n’a pas pu" not in (await client.get("/admin/envois")).text
    assert await counted("quality_requests_unplanned") == 0
    await visit(await someone(world, mobile=MOBILE))
    await decide_pending(house)
    await execute(pool("work"), "UPDATE client SET departement = 'ZZ'")
    await execute(pool("work"), "UPDATE endpoint SET failed_at = $1", MORNING)
    await reroute(MORNING)
    page = (await client.get("/admin/envois")).text
    assert "La suite de 1 demande d’avis n’a pas pu être prévue" in page
    assert await counted("quality_requests_unplanned") == 1


async def counted(name: str) -> float:
    (sample,) = next(family for family in await counting.metrics() if family.name == name).samples
    return sample.value
