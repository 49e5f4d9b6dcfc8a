"""The story as it was told: a copy of the whole database, from which the demonstration starts again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from quality.db import credentials
from quality.postgres import DATABASE, OWNER, Server

TOLD = f"{DATABASE}_told"
COPY = 'CREATE DATABASE "{}" TEMPLATE "{}" STRATEGY file_copy'


async def keep(server: Server) -> None:
    """Copy the database that has just been told; nobody may be connected to it."""
    async with _beside(server) as owner:
        await owner.execute(f'DROP DATABASE IF EXISTS "{TOLD}"')
        await owner.execute(COPY.format(TOLD, DATABASE))


async def is_kept(server: Server) -> bool:
    async with _beside(server) as owner:
        return bool(await owner.fetchval("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", TOLD))


async def bring_back(server: Server) -> None:
    """Put the copy in the place of the database, whoever is still connected to it."""
    async with _beside(server) as owner:
        await owner.execute(f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)')
        await owner.execute(COPY.format(DATABASE, TOLD))


@asynccontextmanager
async def _beside(server: Server) -> AsyncIterator[asyncpg.Connection]:
    """Connect as the owner, to another database of the same server."""
    owner = await asyncpg.connect(**credentials(server.url(OWNER, "postgres")))
    try:
        yield owner
    finally:
        await owner.close()
