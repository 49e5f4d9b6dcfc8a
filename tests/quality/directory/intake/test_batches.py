"""A file sent by its page: previewed, then committed or abandoned, each once."""

import asyncio
from io import BytesIO
from uuid import UUID

import asyncpg
import pytest

from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.directory.intake import batch_rows, batches
from quality.directory.intake.batch_rows import Batch
from quality.directory.intake.batches import Upload
from quality.directory.intake.refusals import FileRefused
from quality.errors import Conflict, Forbidden, NotFound, TooLarge
from quality.files import storage
from tests.quality.directory.intake.sending import csv, send, visit
from tests.world import World

TWO_GOOD_ONE_BAD = csv(visit(), visit(reference="V-2"), visit(reference="V-3", mobile="06 12"))


async def preview(
    world: World, content: bytes = TWO_GOOD_ONE_BAD, actor: Actor | None = None, provider: UUID | None = None
) -> UUID:
    upload = Upload("C:\\bureau\\visites.csv", BytesIO(content))
    return await batches.preview(actor or world.provider, world.house, upload, provider)


async def shown(world: World, batch: UUID, actor: Actor | None = None) -> Batch:
    reader = actor or world.provider
    async with scoped(reader) as db:
        return await batch_rows.one(db, reader, world.house.keyring, batch)


async def test_a_preview_counts_and_locates_without_writing_a_visit(
    world: World, owner: asyncpg.Connection
) -> None:
    batch = await shown(world, await preview(world))
    assert (batch.state, batch.filename) == ("previewed", "visites.csv")
    assert batch.counts == {
        "read": 3, "created": 2, "updated": 0, "unchanged": 0, "refused": 1, "unauthorised": 2,
    }  # fmt: skip
    assert [(error.line, error.column, error.value) for error in batch.errors] == [(4, "mobile", "06 12")]
    assert batch.reading["headings"] == 13
    for table in ("intervention", "client", "endpoint", "person"):
        assert await owner.fetchval(f"SELECT count(*) FROM {table}") == 0


async def test_a_committed_file_is_in_and_its_upload_forgotten(
    world: World, owner: asyncpg.Connection
) -> None:
    identity = await preview(world)
    await batches.commit(world.provider, world.house, identity)
    batch = await shown(world, identity)
    assert (batch.state, batch.kept) == ("committed", 2)
    assert await owner.fetchval("SELECT count(*) FROM intervention WHERE import_batch_id = $1", identity) == 2
    assert [row["id"] for row in await owner.fetch("SELECT id FROM file")] == [batch.rejects]


async def test_the_counts_after_commit_are_those_of_the_commit(world: World) -> None:
    identity = await preview(world)
    await send(world, csv(visit()))
    await batches.commit(world.provider, world.house, identity)
    counts = (await shown(world, identity)).counts
    assert (counts["created"], counts["unchanged"]) == (1, 1)


async def test_two_clicks_commit_once(world: World, owner: asyncpg.Connection) -> None:
    identity = await preview(world)
    click = batches.commit
    await asyncio.gather(*(click(world.provider, world.house, identity) for _ in range(3)))
    assert await owner.fetchval("SELECT count(*) FROM intervention") == 2
    assert (await shown(world, identity)).counts["created"] == 2


async def test_an_abandoned_file_leaves_nothing_and_cannot_be_committed(
    world: World, owner: asyncpg.Connection
) -> None:
    identity = await preview(world)
    await batches.abandon(world.provider, identity)
    await batches.abandon(world.provider, identity)
    assert await owner.fetchval("SELECT count(*) FROM file") == 0
    with pytest.raises(Conflict):
        await batches.commit(world.provider, world.house, identity)
    assert await owner.fetchval("SELECT count(*) FROM intervention") == 0


async def test_a_committed_file_cannot_be_abandoned(world: World) -> None:
    identity = await preview(world)
    await batches.commit(world.provider, world.house, identity)
    with pytest.raises(Conflict):
        await batches.abandon(world.provider, identity)


async def test_the_rejects_are_kept_for_their_sender(world: World) -> None:
    batch = await shown(world, await preview(world))
    assert batch.rejects is not None
    async with scoped(world.provider) as db:
        file = await storage.find(db, batch.rejects)
        content = await storage.read(db, world.house.keyring, batch.rejects)
    assert file.name == "rejets-visites.csv"
    assert content.decode().splitlines()[1].startswith("V-3;")


async def test_the_platform_sends_for_its_providers(world: World, owner: asyncpg.Connection) -> None:
    identity = await preview(world, actor=world.staff, provider=world.aide34)
    await batches.commit(world.staff, world.house, identity)
    assert await owner.fetchval("SELECT count(*) FROM intervention WHERE provider_id = $1", world.aide34) == 2
    assert (await shown(world, identity, world.provider)).kept == 2


@pytest.mark.parametrize("reader", ["cap", "gironde"])
async def test_another_organisation_meets_an_unknown_file(world: World, reader: str) -> None:
    identity = await preview(world)
    stranger = world.stranger if reader == "gironde" else world.actor("provider", world.cap)
    for verb in (
        shown(world, identity, stranger),
        batches.commit(stranger, world.house, identity),
        batches.abandon(stranger, identity),
    ):
        with pytest.raises(NotFound):
            await verb


async def test_only_providers_and_the_platform_send(world: World) -> None:
    with pytest.raises(Forbidden):
        await preview(world, actor=world.stranger)
    with pytest.raises(NotFound):
        await preview(world, provider=world.cap)
    with pytest.raises(NotFound):
        await preview(world, actor=world.staff, provider=world.herault)


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"bonjour", csv(visit(mode=None))])
async def test_what_is_no_table_of_visits_leaves_no_trace(
    world: World, owner: asyncpg.Connection, content: bytes
) -> None:
    with pytest.raises(FileRefused):
        await preview(world, content)
    assert await owner.fetchval("SELECT count(*) FROM import_batch") == 0
    assert await owner.fetchval("SELECT count(*) FROM file") == 0


async def test_a_file_above_20_mb_is_refused(world: World) -> None:
    with pytest.raises(TooLarge):
        await preview(world, b"x" * (storage.LARGEST_BYTES + 1))


async def test_a_refused_value_is_never_kept_in_clear(world: World, owner: asyncpg.Connection) -> None:
    batch = await preview(world, csv(visit(), visit(reference="V-2", mobile="06 77 88 99")))
    await batches.commit(world.provider, world.house, batch)
    assert [error.value for error in (await shown(world, batch)).errors] == ["06 77 88 99"]
    stored = await owner.fetchval("SELECT errors::text FROM import_batch WHERE id = $1", batch)
    assert len(stored) > 40
    assert "06 77 88 99" not in stored
    assert "mobile" not in stored
