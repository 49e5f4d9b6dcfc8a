"""Single statements on connections of their own: few of them, none that broke."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from tortoise.exceptions import OperationalError

from quality import db, postgres
from quality.app import House
from quality.statements import OpenConnections, StatementsClient

MOST = 3
WHO = "SELECT pg_backend_pid() AS pid"


class Opened:
    """What opens connections of the server, and keeps those it opened."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.all: list[asyncpg.Connection] = []

    async def __call__(self) -> asyncpg.Connection:
        self.all.append(await asyncpg.connect(**db.credentials(self._url)))
        return self.all[-1]


@pytest.fixture
async def opened(schema_ready: postgres.Server) -> AsyncIterator[Opened]:
    opening = Opened(schema_ready.owner_url)
    yield opening
    for connection in opening.all:
        connection.terminate()


async def test_one_statement_after_the_other_takes_one_connection(opened: Opened) -> None:
    connections = OpenConnections(opened, MOST)
    pids = {(await connections.fetch(WHO, ()))[0]["pid"] for _ in range(5)}
    assert len(pids) == len(opened.all) == 1


async def test_many_at_once_wait_for_a_place(opened: Opened) -> None:
    connections = OpenConnections(opened, MOST)
    rows = await asyncio.gather(*(connections.fetch("SELECT $1::integer AS n", (n,)) for n in range(20)))
    assert [row["n"] for (row,) in rows] == list(range(20))
    assert len(opened.all) == MOST


async def test_what_the_server_refuses_leaves_the_connection_as_good(opened: Opened) -> None:
    connections = OpenConnections(opened, MOST)
    with pytest.raises(asyncpg.DivisionByZeroError):
        await connections.fetch("SELECT 1 / 0", ())
    assert (await connections.fetch(WHO, ()))[0]["pid"] == opened.all[0].get_server_pid()
    assert len(opened.all) == 1


async def test_a_connection_that_the_server_closed_is_replaced(opened: Opened) -> None:
    connections = OpenConnections(opened, MOST)
    before = (await connections.fetch(WHO, ()))[0]["pid"]
    with pytest.raises((asyncpg.AdminShutdownError, asyncpg.ConnectionDoesNotExistError)):
        await connections.fetch("SELECT pg_terminate_backend($1)", (before,))
    assert (await connections.fetch(WHO, ()))[0]["pid"] != before


class Interrupted:
    """A connection whose statement is given up by whoever asked."""

    is_terminated = False

    async def fetch(self, *_: object) -> list[asyncpg.Record]:
        raise asyncio.CancelledError

    def is_closed(self) -> bool:
        return self.is_terminated

    def terminate(self) -> None:
        self.is_terminated = True


async def test_a_connection_left_in_the_middle_of_a_statement_is_not_used_again(opened: Opened) -> None:
    interrupted = Interrupted()
    offered = iter([interrupted])

    async def opening() -> asyncpg.Connection:
        return next(offered, None) or await opened()

    connections = OpenConnections(opening, 1)
    with pytest.raises(asyncio.CancelledError):
        await connections.fetch(WHO, ())
    assert interrupted.is_terminated
    assert await connections.fetch(WHO, ())


async def test_closed_connections_are_closed_on_the_server(opened: Opened) -> None:
    connections = OpenConnections(opened, MOST)
    await connections.fetch(WHO, ())
    await connections.close()
    assert opened.all[0].is_closed()


async def test_answers_are_stored_under_their_role_and_errors_are_those_of_tortoise(house: House) -> None:
    answers = db.pool("answer")
    assert isinstance(answers, StatementsClient)
    row = await db.fetch_one(
        answers, "SELECT current_user::text AS who, current_setting('enable_seqscan') AS scan"
    )
    assert row == {"who": "quality_answer", "scan": "off"}
    with pytest.raises(OperationalError, match="permission denied"):
        await db.fetch_one(answers, "SELECT name_cipher FROM client")


async def test_a_transaction_holds_one_connection_of_the_pool(house: House) -> None:
    async with db.transaction("answer") as opened:
        pids = {await db.fetch_value(opened, WHO) for _ in range(3)}
        inside = await db.fetch_value(db.pool("answer"), WHO)
    assert pids == {inside}
    assert await db.fetch_value(db.pool("answer"), WHO) not in pids
