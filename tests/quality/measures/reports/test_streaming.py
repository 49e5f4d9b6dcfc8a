"""A table is written row by row, counted and summed: the lines, their order and their bytes are the same."""

import base64
import hashlib
import io
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryFile
from uuid import UUID

import asyncpg
import httpx
import pytest

from quality.access.actor import Actor, Role
from quality.access.scope import scoped, visible
from quality.measures.disclosure.lattice import Key, Scope
from quality.measures.disclosure.status import Status, Unit
from quality.measures.exports import FOR_PROGRAMS, FOR_SPREADSHEETS, for_programs, for_spreadsheets
from quality.measures.models import ReleaseCell
from quality.measures.releases.figures import Figure, Published
from quality.measures.reports import streaming
from quality.measures.reports.contents import Cover, Seal
from quality.measures.reports.kinds import KINDS
from quality.measures.reports.streaming import read, write_table
from quality.measures.views.reading import Sight, dressed
from tests.quality.measures.published_year import MONTHS, publish
from tests.quality.measures.test_commands import Run, quality
from tests.world import World, sign_in

__all__ = ["quality"]
MADE = datetime(2026, 11, 12, tzinfo=UTC)
FILE = "/rapports/herault-2025/toutes.rfc4180.csv"


def names_in(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()}


@pytest.fixture
async def season(world: World) -> World:
    await publish(world, MONTHS[-4:])
    return world


@pytest.mark.parametrize(
    ("dialect", "whole"), [(FOR_PROGRAMS, for_programs), (FOR_SPREADSHEETS, for_spreadsheets)]
)
async def test_rows_of_a_cursor_are_the_bytes_of_the_whole(
    season: World, monkeypatch: pytest.MonkeyPatch, dialect: object, whole: object
) -> None:
    monkeypatch.setattr(streaming, "TOGETHER", 7)
    actor, target = Actor(Role.platform, season.platform), io.BytesIO()
    async with scoped(actor):
        lines = await dressed(actor, await visible(actor, ReleaseCell))
    written = await write_table(read(actor, visible(actor, ReleaseCell)), dialect, target)  # type: ignore[arg-type]
    assert target.getvalue() == whole(lines).encode()  # type: ignore[operator]
    assert len(lines) > 500
    assert written.lines == len(lines)
    assert written.length == len(target.getvalue())
    assert written.sha256 == hashlib.sha256(target.getvalue()).digest()


def lines(count: int) -> Iterator[Published]:
    for number in range(count):
        key = Key(None, None, "GLOB", 1, Scope.PROVIDER, f"{number:014}-34")
        bounds = (Decimal(80), Decimal(70 + number % 7), Decimal(90))
        figure = Figure(key, UUID(int=number), Status.A, Unit.PERCENT, 40, *bounds)
        yield Published(UUID(int=number), figure, "2026-10", UUID(int=1), "5", MADE)


async def peak_of(ending: str, count: int) -> int:
    """Give the most memory that writing so many lines takes at once, in bytes."""
    seal = Seal(UUID(int=1), "2026-10", "5", "00", MADE)
    sight = Sight("ensemble", "Toutes les visites suivies", None)
    around = Cover(
        sight=sight, period="2026-10", count=count, series=(("GLOB", 1),), providers={}, seals=(seal,)
    )
    with TemporaryFile() as target:
        tracemalloc.start()
        try:
            await KINDS[ending].write(around, "Plateforme", streaming.each(lines(count)), target)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


@pytest.mark.parametrize("ending", ["csv", "rfc4180.csv", "json", "zip", "xlsx"])
async def test_ten_times_the_lines_take_no_more_memory(ending: str) -> None:
    await peak_of(ending, 600)  # what is read once, as words and definitions, is read now
    few, many = await peak_of(ending, 1_200), await peak_of(ending, 12_000)
    assert many < 1.2 * few


async def test_a_reader_streams_its_own_rows_alone(season: World) -> None:
    counts = {}
    for name in ("herault", "gironde"):
        target = io.BytesIO()
        actor = Actor(Role.funder, season.platform, getattr(season, name))
        counts[name] = (
            await write_table(read(actor, visible(actor, ReleaseCell)), FOR_PROGRAMS, target)
        ).lines
    assert counts["herault"] > 100
    assert counts["gironde"] == 0


async def test_a_file_of_the_site_says_its_length_and_its_sum(
    client: httpx.AsyncClient, season: World
) -> None:
    await sign_in(client, season, "funder", season.herault)
    file = await client.get(FILE)
    sent = file.headers["Repr-Digest"].removeprefix("sha-256=:").removesuffix(":")
    assert base64.b64decode(sent) == hashlib.sha256(file.content).digest()
    assert int(file.headers["Content-Length"]) == len(file.content)


async def test_a_file_of_the_command_line_has_its_sum_beside_it(
    season: World, quality: Run, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    release = str(await owner.fetchval("SELECT id FROM release WHERE period = '2026-Q3'"))
    target = tmp_path / "chiffres.csv"
    done = await quality("export", "figures", "--release", release, "--out", str(target))
    assert done.code == 0, done.err
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    assert (tmp_path / "chiffres.csv.sha256").read_text() == f"{digest}  chiffres.csv\n"
    assert f"{len(target.read_text().splitlines()) - 1} résultats écrits" in done.out
    assert digest in done.out
    assert names_in(tmp_path) == {
        "chiffres.csv",
        "chiffres.csv.sha256",
    }


async def test_a_place_where_nothing_can_be_written_is_said(
    season: World, quality: Run, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    release = str(await owner.fetchval("SELECT id FROM release LIMIT 1"))
    refused = await quality(
        "export", "figures", "--release", release, "--out", str(tmp_path / "no" / "f.csv")
    )
    assert refused.code == 1
    assert "ne peut pas être écrit" in refused.err
    unknown = await quality("export", "figures", "--release", "rien", "--out", str(tmp_path / "f.csv"))
    assert unknown.code == 1
    assert names_in(tmp_path) == set()
