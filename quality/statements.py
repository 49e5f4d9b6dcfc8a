"""Single statements on connections of their own, beside the pool that transactions are taken from.

A connection that runs one statement has nothing to give back: no task, no timer and no cleaning stand between
two statements, which costs a third of asyncpg's pool (bench/bench_survey.py).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient

Opening = Callable[[], Awaitable[asyncpg.Connection]]


class OpenConnections:
    """At most so many connections, the one used last first; one that broke is not used again."""

    def __init__(self, opening: Opening, most: int) -> None:
        self._opening = opening
        self._places = asyncio.Semaphore(most)
        self._free: list[asyncpg.Connection] = []

    async def fetch(self, query: str, values: Sequence[object]) -> list[asyncpg.Record]:
        async with self._places:
            connection = await self._taken()
            try:
                rows: list[asyncpg.Record] = await connection.fetch(query, *values)
            except asyncpg.PostgresError:  # the server's own word: it waits for the next statement
                self._free.append(connection)
                raise
            except BaseException:
                connection.terminate()
                raise
            self._free.append(connection)
            return rows

    async def _taken(self) -> asyncpg.Connection:
        while self._free:
            connection = self._free.pop()
            if not connection.is_closed():
                return connection
        return await self._opening()

    async def close(self) -> None:
        while self._free:
            await self._free.pop().close()


class StatementsClient(AsyncpgDBClient):
    """Tortoise's client, with as many connections for single statements as its pool has."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._connections = OpenConnections(self._open, self.pool_maxsize)

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        rows: Any = await self._translate_exceptions(StatementsClient._fetch, query, values or ())
        return [dict(row) for row in rows]

    async def _fetch(self, query: str, values: Sequence[object]) -> list[asyncpg.Record]:
        return await self._connections.fetch(query, values)

    async def _open(self) -> asyncpg.Connection:
        return await asyncpg.connect(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            database=self.database,
            server_settings=self.server_settings,
        )

    async def _close(self) -> None:
        await self._connections.close()
        await super()._close()


client_class = StatementsClient
