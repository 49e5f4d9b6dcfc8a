"""Workers killed and stopped, a database stopped at once, a carrier that fails in every way: nothing is lost.

A carrier that takes a key: each message leaves exactly once. One that does not: at most once, and what nobody
can know stays uncertain. Nothing is left waiting.
"""

import asyncio
import signal
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from uuid import UUID

import asyncpg
import httpx
import pytest
from starlette.applications import Starlette

from quality import clock, postgres
from quality.app import House
from quality.db import fetch, fetch_one, fetch_value, pool
from tests.kannel import until
from tests.surveys.dispatch.faulty import DELIVERED_REPORT, FaultyCarrier, running_faulty
from tests.surveys.dispatch.rig import Crew, OwnServer, crew, due, end, own_server, start_worker
from tests.world import World

OPEN = "step = 1 AND state IN ('planned', 'deferred', 'claimed', 'sending')"
VERDICTS = {True: "delivered", False: "failed"}


@dataclass(frozen=True)
class Weather:
    """How many messages are sent, and what happens meanwhile."""

    sends: int
    kills: int = 0
    restarts: int = 0
    freezes: int = 0
    workers: int = 2
    patience: float = 300.0

    def events(self, random: Random) -> list[str]:
        """List what happens in any order, a freeze first: then there is something for it to hold."""
        first = ["freeze"] * bool(self.freezes)
        found = ["kill"] * self.kills + ["restart"] * self.restarts + ["freeze"] * (self.freezes - len(first))
        random.shuffle(found)
        return first + found


@dataclass
class Rig:
    own: OwnServer
    crew: Crew
    carrier: FaultyCarrier
    weather: Weather
    random: Random
    stopped: tuple[asyncio.subprocess.Process, list[dict]] | None = None
    held: int = 0

    async def run(self) -> None:
        events = self.weather.events(self.random)
        for event in events:
            await self._send_some(self.weather.sends / (1.3 * len(events)))
            await self._happen(event)
        await self.until(self._is_over, "every message to be settled")
        assert not self.weather.freezes or self.held, "no stopped worker held anything"

    async def until(self, condition: object, what: str) -> None:
        await until(condition, what, patience=self.weather.patience)

    async def _send_some(self, share: float) -> None:
        goal = self.carrier.total + max(1, int(share * (0.5 + self.random.random())))

        async def reached() -> bool:
            return self.carrier.total >= goal or await self._is_over()

        await self.until(reached, f"{goal} calls")

    async def _happen(self, event: str) -> None:
        if event == "restart":
            self.own.restart()
            await self.until(answers, "the database to answer")
        elif event == "kill":
            await self.crew.kill(self.random.randrange(100))
        else:
            await self._freeze()

    async def _freeze(self) -> None:
        """Stop a worker that holds messages until all were taken back, then let it go on."""
        await self.until(self._has_stopped_one, "a worker that holds something")
        if self.stopped is None:
            return
        stopped, held = self.stopped
        self.held += len(held)
        await self.crew.freeze(stopped)

        async def taken_back() -> bool:
            await self._jump()
            return not await fetch_value(
                pool("work"),
                """SELECT count(*) FROM attempt a JOIN unnest($1::uuid[], $2::integer[]) AS k (id, fence)
                   ON a.id = k.id AND a.fence = k.fence WHERE a.state IN ('claimed', 'sending')""",
                [row["id"] for row in held],
                [row["fence"] for row in held],
            )

        await self.until(taken_back, "the leases of a stopped worker to end")
        self.crew.thaw(stopped)

    async def _has_stopped_one(self) -> bool:
        """Stop a worker that holds something, or go on as before; true too when nothing is left to hold."""
        self.stopped = None
        process = self.crew.stopped(self.random.randrange(100))
        held = await fetch(
            pool("work"),
            "SELECT id, fence FROM attempt WHERE claimed_by LIKE $1 AND state IN ('claimed', 'sending')",
            f"%:{process.pid}",
        )
        if held:
            self.stopped = process, held
            return True
        process.send_signal(signal.SIGCONT)
        return await self._is_over()

    async def _is_over(self) -> bool:
        await self._jump()
        return not await fetch_value(pool("work"), f"SELECT count(*) FROM attempt WHERE {OPEN}")

    async def _jump(self) -> None:
        """When all that is left waits for its next try, move the clock there."""
        row = await fetch_one(
            pool("work"),
            f"""
            SELECT count(*) AS n, count(*) FILTER (WHERE not_before > $1) AS waiting, min(not_before) AS first
            FROM attempt WHERE {OPEN}
            """,
            clock.now(),
        )
        if row and row["n"] and row["n"] == row["waiting"]:
            await clock.advance(pool("work"), row["first"] - clock.now() + timedelta(seconds=1))


async def answers() -> bool:
    try:
        return await fetch_value(pool("work"), "SELECT true")
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False


async def storm(
    world: World, server: postgres.Server, web: Starlette, *, keyed: bool, weather: Weather
) -> tuple[FaultyCarrier, dict[UUID, dict]]:
    """Send through a storm; return the carrier, and what became of each attempt."""
    await due(world, weather.sends)
    transport = httpx.ASGITransport(app=web, raise_app_exceptions=False)
    async with (
        own_server(server, world.house) as own,
        httpx.AsyncClient(transport=transport, base_url="http://testserver") as gateway,
    ):
        async with (
            running_faulty(gateway.get, keyed=keyed) as carrier,
            crew(own, carrier.url, weather.workers) as workers,
        ):
            await Rig(own, workers, carrier, weather, Random(carrier.seed)).run()
        rows = await fetch(pool("work"), "SELECT id, state, reason, fence FROM attempt WHERE step = 1")
    assert len(rows) == weather.sends
    return carrier, {row["id"]: row for row in rows}


def check(carrier: FaultyCarrier, rows: dict[UUID, dict]) -> None:
    """Whatever the carrier did is told as it was; a message is made once at most, and never of two texts."""
    assert max(carrier.effects.values()) == 1
    assert not carrier.changed
    assert set(carrier.effects) <= set(rows)
    told = {one: VERDICTS[said == DELIVERED_REPORT] for one, said in carrier.said.items()}
    assert {one: rows[one]["state"] for one in told} == told


async def keyed_storm(world: World, server: postgres.Server, web: Starlette, weather: Weather) -> None:
    carrier, rows = await storm(world, server, web, keyed=True, weather=weather)
    check(carrier, rows)
    assert set(carrier.effects) == set(rows), carrier.seen


async def unkeyed_storm(world: World, server: postgres.Server, web: Starlette, weather: Weather) -> None:
    carrier, rows = await storm(world, server, web, keyed=False, weather=weather)
    check(carrier, rows)
    unknown = {one for one in rows if one not in carrier.effects}
    assert {rows[one]["state"] for one in unknown} <= {"uncertain"}


async def test_a_keyed_carrier_makes_each_message_once(
    world: World, house: House, server: postgres.Server, web: Starlette
) -> None:
    weather = Weather(sends=30, kills=1, restarts=1, freezes=1)
    await keyed_storm(world, server, web, weather)


async def test_another_carrier_makes_each_message_once_at_most_and_the_rest_is_uncertain(
    world: World, house: House, server: postgres.Server, web: Starlette
) -> None:
    weather = Weather(sends=30, kills=1, restarts=1, freezes=1)
    await unkeyed_storm(world, server, web, weather)


async def test_a_worker_that_starts_while_the_database_restarts_waits_for_it(
    world: World, house: House, server: postgres.Server, web: Starlette
) -> None:
    await due(world, 1)
    transport = httpx.ASGITransport(app=web, raise_app_exceptions=False)
    async with (
        own_server(server, house) as own,
        httpx.AsyncClient(transport=transport, base_url="http://testserver") as gateway,
        running_faulty(gateway.get, keyed=True) as carrier,
    ):
        own.crash()
        process = await start_worker(own.url, carrier.url, is_heard=True)
        try:
            await heard(process, b"does not answer yet")
            own.start()
            await until(lambda: is_called(carrier), "the message to leave")
        finally:
            await end(process)


async def is_called(carrier: FaultyCarrier) -> bool:
    return carrier.total > 0


async def heard(process: asyncio.subprocess.Process, words: bytes) -> None:
    """Read what a process says until it says something; at its end, it never did."""
    said = b""
    assert process.stderr is not None
    while line := await process.stderr.readline():
        said += line
        if words in line:
            return
    raise AssertionError(said.decode())


@pytest.mark.long
async def test_a_keyed_carrier_through_a_long_storm(
    world: World, house: House, server: postgres.Server, web: Starlette
) -> None:
    weather = Weather(sends=500, kills=20, restarts=6, freezes=6, workers=3, patience=600)
    await keyed_storm(world, server, web, weather)


@pytest.mark.long
async def test_another_carrier_through_a_long_storm(
    world: World, house: House, server: postgres.Server, web: Starlette
) -> None:
    weather = Weather(sends=500, kills=20, restarts=6, freezes=6, workers=3, patience=600)
    await unkeyed_storm(world, server, web, weather)
