"""`quality release …` and `quality export figures`, run as an operator runs them."""

import asyncio
import csv
import io
import json
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import uuid4

import asyncpg
import pytest
from python_calamine import CalamineWorkbook

from quality import clock
from quality.measures.exports import COLUMNS
from quality.settings import Settings
from tests.conftest import SECRET
from tests.quality.measures.cells import answers, convene, herault_october, write
from tests.world import World


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str


Run = Callable[..., Awaitable[Done]]


@pytest.fixture
async def quality(world: World, settings: Settings, owner: asyncpg.Connection) -> Run:
    """The command line on the database and at the instant of the tests."""
    await owner.execute(
        "INSERT INTO installation (name, value) VALUES ('clock_offset', $1)",
        str(clock.offset().total_seconds()),
    )
    environment = {
        **os.environ,
        "QUALITY_DATABASE_URL": settings.database_url,
        "QUALITY_SECRET_KEY": SECRET,
        "QUALITY_BASE_URL": "http://testserver",
        "COLUMNS": "200",
    }

    async def run(*arguments: str) -> Done:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "quality",
            *arguments,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await child.communicate()
        return Done(child.returncode or 0, out.decode(errors="surrogateescape"), err.decode())

    return run


async def test_a_period_is_published_listed_verified_and_exported(world: World, quality: Run) -> None:
    await herault_october(world)
    await write(world, answers(world.cap, [world.herault], 4, 1, name="few", departement="30"))
    made = await quality("release", "create", "--json")
    assert made.code == 0
    (created,) = json.loads(made.out)
    (listed,) = json.loads((await quality("release", "list", "--json")).out)
    assert (listed["id"], listed["period"], listed["hidden"]) == (created["id"], "2026-10", created["hidden"])
    assert (await quality("release", "verify")).code == 0

    text = await quality("export", "figures", "--release", created["id"], "--funder", "D34")
    lines = list(csv.DictReader(io.StringIO(text.out)))
    assert tuple(lines[0]) == COLUMNS
    (fund,) = [
        line
        for line in lines
        if (line["scope_type"], line["indicator"], line["activity"]) == ("fund", "GLOB", "")
    ]
    assert (fund["scope_code"], fund["n_clients"], fund["status"]) == ("D34", "105", "A")
    hidden = [line for line in lines if line["status"] in "CD"]
    assert hidden
    assert {line["value"] + line["n_clients"] + line["ci_low"] + line["ci_high"] for line in hidden} == {""}

    whole = json.loads(
        (await quality("export", "figures", "--release", created["id"], "--format", "json")).out
    )
    assert {line["scope_type"] for line in whole} == {
        "france",
        "region",
        "departement",
        "provider_departement",
    }
    book = await quality("export", "figures", "--release", created["id"], "--format", "xlsx")
    content = io.BytesIO(book.out.encode(errors="surrogateescape"))
    _, *rows = CalamineWorkbook.from_filelike(content).get_sheet_by_name("Données").to_python()
    assert len(rows) == len(whole)


async def test_a_table_holds_one_population_a_convention_of_several_is_chosen(
    world: World, quality: Run
) -> None:
    other = "herault-ponctualite"
    terms = {"code": other, "indicators": ("PONCT",), "targets": {}, "providers": (world.aide34,)}
    await convene(world, world.herault, providers=(world.cap,))
    await convene(world, world.herault, **terms)
    await write(world, answers(world.aide34, [world.herault], 60, 54, indicator="PONCT"))
    await write(world, answers(world.cap, [world.herault], 40, 30))
    (created,) = json.loads((await quality("release", "create", "--json")).out)
    export = ("export", "figures", "--release", created["id"])
    refused = await quality(*export, "--funder", "D34")
    assert refused.code == 1
    assert other in refused.err
    found = json.loads((await quality(*export, "--convention", other, "--format", "json")).out)
    assert {line["indicator"] for line in found} >= {"PONCT", "RR2"}
    assert "GLOB" not in {line["indicator"] for line in found}
    unknown = await quality(*export, "--convention", "herault-autre")
    assert (unknown.code, "herault-autre" in unknown.err) == (1, True)


async def test_what_cannot_be_published_exits_1_with_the_day(world: World, quality: Run) -> None:
    await herault_october(world)
    refused = await quality("release", "create", "--period", "2026-11")
    assert refused.code == 1
    assert "12\xa0décembre 2026" in refused.err
    assert (await quality("release", "create", "--period", "2026-14")).code == 1
    assert (await quality("release", "create", "--period", "2026-10")).code == 0
    again = await quality("release", "create")
    assert (again.code, "Rien à publier" in again.err) == (1, True)
    assert (await quality("release", "create", "--what")).code == 2


async def test_an_unknown_release_or_funder_is_refused_clearly(world: World, quality: Run) -> None:
    for wrong in ("octobre", str(uuid4())):
        refused = await quality("export", "figures", "--release", wrong)
        assert refused.code == 1
        assert "quality release list" in refused.err


async def test_a_release_that_was_touched_is_said(
    world: World, quality: Run, owner: asyncpg.Connection
) -> None:
    await herault_october(world)
    await quality("release", "create")
    await owner.execute("UPDATE release_cell SET value = 99 WHERE value = 84")
    checked = await quality("release", "verify")
    assert checked.code == 1
    assert "Le sceau ne correspond pas" in checked.out
