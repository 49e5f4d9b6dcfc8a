"""Stored files: whole, encrypted, bounded, and seen by their owner only."""

import io
import os
from uuid import UUID

import asyncpg
import pytest

from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.errors import NotFound, TooLarge
from quality.files import storage
from tests.world import World

CONTENT = b"Mme Martin;0639980001\n" * 30_000


async def put(world: World, actor: Actor, content: bytes = CONTENT) -> UUID:
    owner = storage.Owner(world.platform, world.aide34)
    async with scoped(actor) as db:
        return await storage.put(
            db, world.house.keyring, owner, io.BytesIO(content), name="visites.csv", media_type="text/csv"
        )


async def read(world: World, actor: Actor, identity: UUID) -> bytes:
    async with scoped(actor) as db:
        await storage.find(db, identity)
        return await storage.read(db, world.house.keyring, identity)


@pytest.mark.parametrize("size", [0, 1, storage.CHUNK_BYTES, storage.CHUNK_BYTES + 1, len(CONTENT)])
async def test_a_file_comes_back_as_it_was(world: World, size: int) -> None:
    identity = await put(world, world.provider, CONTENT[:size])
    assert await read(world, world.provider, identity) == CONTENT[:size]


async def test_no_chunk_holds_clear_text(world: World, owner: asyncpg.Connection) -> None:
    await put(world, world.provider)
    chunks = [row["content"] for row in await owner.fetch("SELECT content FROM file_chunk")]
    assert len(chunks) == 3
    assert not any(b"Martin" in chunk or b"0639980001" in chunk for chunk in chunks)


async def test_a_file_of_another_is_not_found(world: World) -> None:
    identity = await put(world, world.staff)
    for actor in (world.stranger, world.actor("provider", world.cap)):
        with pytest.raises(NotFound):
            await read(world, actor, identity)
    assert await read(world, world.provider, identity) == CONTENT


async def test_a_file_above_20_mb_is_refused_before_anything_is_written(
    world: World, owner: asyncpg.Connection
) -> None:
    with pytest.raises(TooLarge):
        await put(world, world.provider, os.urandom(1) * (storage.LARGEST_BYTES + 1))
    assert await owner.fetchval("SELECT count(*) FROM file") == 0


async def test_a_removed_file_leaves_no_chunk(world: World, owner: asyncpg.Connection) -> None:
    identity = await put(world, world.provider)
    async with scoped(world.provider) as db:
        await storage.remove(db, identity)
    assert await owner.fetchval("SELECT count(*) FROM file_chunk") == 0
    with pytest.raises(NotFound):
        await read(world, world.provider, identity)
