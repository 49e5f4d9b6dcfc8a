"""Territories have a name beside the figures, in every file that can hold one; the figures stay the same."""

import csv
import io
import json
import zipfile

import httpx

from quality.access.scope import scoped
from quality.measures.exports import COLUMNS, TERRITORY_COLUMNS
from quality.measures.releases.releasing import verify
from quality.measures.reports.contents import cover
from quality.measures.views.reading import sights
from tests.quality.directory.declared import declare
from tests.quality.measures.cells import Cell, write
from tests.quality.measures.reports.test_files import is_valid, same, sheets
from tests.quality.measures.test_same_figures import answers_of
from tests.quality.measures.views.test_pages import bearer
from tests.quality.measures.views.test_territories import parted, published
from tests.world import World, sign_in

FILE = "/rapports/herault-2025/2026-10"
NAMED = [
    ("34-beziers", "Beziers", "34"),
    ("34-hors-territoire", "Hors des territoires", "34"),
    ("34-lodeve", "Lodève", "34"),
    ("34-lunel", "Lunel", "34"),
]


async def take(client: httpx.AsyncClient, ending: str, file: str = FILE) -> bytes:
    response = await client.get(f"{file}.{ending}")
    assert response.status_code == 200
    return response.content


async def packed(client: httpx.AsyncClient) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(await take(client, "zip"))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


async def asked(client: httpx.AsyncClient, world: World, limit: int = 1000) -> list[dict[str, object]]:
    """Ask the API for every figure; keep what it names page after page."""
    key, cursor, found = await bearer(world, world.herault), "", {}
    while cursor is not None:
        query = {"limit": str(limit)} | ({"cursor": cursor} if cursor else {})
        answer = (await client.get("/api/v1/figures", params=query, headers=key)).json()
        here = {row["scope_code"] for row in answer["figures"] if row["scope_type"] == "territory"}
        named = answer.get("territories", [])
        assert {row["scope_code"] for row in named} == here
        found |= {row["scope_code"]: row for row in named}
        cursor = answer["next"]
    return [found[code] for code in sorted(found)]


async def test_every_output_names_the_territories_of_its_lines(
    client: httpx.AsyncClient, world: World
) -> None:
    """Sète has no figure, and is not named."""
    await declare(world, "sete", "34200", name="Sète")
    await parted(world)
    await sign_in(client, world, "funder", world.herault)
    found = await packed(client)
    rows = table(found["territories.csv"])
    assert [tuple(row.values()) for row in rows] == NAMED
    assert json.loads(await take(client, "json"))["territories"] == rows
    head, *lines = sheets(await take(client, "xlsx"))["Territoires"]
    assert [dict(zip(head, line, strict=True)) for line in lines] == rows
    assert await asked(client, world) == rows
    assert await asked(client, world, limit=3) == rows
    every = json.loads(await take(client, "json", FILE.replace("2026-10", "toutes")))
    assert every["territories"] == rows


async def test_figures_have_the_columns_and_numbers_that_they_had(
    client: httpx.AsyncClient, world: World
) -> None:
    await parted(world)
    await sign_in(client, world, "funder", world.herault)
    expected = same(await answers_of(client, world, world.herault))
    found = await packed(client)
    assert found["figures.csv"] == await take(client, "rfc4180.csv")
    assert found["figures.csv"].decode().split("\r\n")[0] == ",".join(COLUMNS)
    assert same(table(found["figures.csv"])) == expected
    assert same(json.loads(await take(client, "json"))["figures"]) == expected
    head, *lines = sheets(await take(client, "xlsx"))["Données"]
    assert same([dict(zip(head, line, strict=True)) for line in lines]) == expected
    assert [bool(each) for each in (await verify(world.platform)).values()] == [False]


async def test_the_table_of_territories_is_described_and_summed(
    client: httpx.AsyncClient, world: World
) -> None:
    await parted(world)
    await sign_in(client, world, "funder", world.herault)
    found = await packed(client)
    resources = json.loads(found["datapackage.json"])["resources"]
    (described,) = (each for each in resources if each["path"] == "territories.csv")
    fields = described["schema"]["fields"]
    assert [field["name"] for field in fields] == list(TERRITORY_COLUMNS)
    assert described["schema"]["primaryKey"] == ["scope_code"]
    rows = table(found["territories.csv"])
    assert described["rows"] == len(rows)
    assert all(is_valid(row[field["name"]], field) for row in rows for field in fields)
    assert "territories.csv" in found["SHA256SUMS"].decode()
    about = {row[0] for row in sheets(await take(client, "xlsx"))["À propos"]}
    assert {"name", "departement"} <= about


async def test_a_file_without_territories_says_nothing_of_them(
    client: httpx.AsyncClient, world: World
) -> None:
    await declare(world, "lodeve", "34700")
    await published(world)
    await write(world, [Cell(world.aide34, "late", territory="lodeve")])
    await sign_in(client, world, "provider", world.aide34)
    async with scoped(world.provider):
        sight, *_others = await sights(world.provider)
        around = await cover(world.provider, sight, "2026-10")
    assert around is not None
    assert around.territories == {}
    key = await bearer(world, world.aide34)
    assert "territories" not in (await client.get("/api/v1/figures", headers=key)).json()
    file = f"/rapports/{sight.name}/2026-10"
    assert "territories" not in json.loads(await take(client, "json", file))
    assert "Territoires" not in sheets(await take(client, "xlsx", file))
    with zipfile.ZipFile(io.BytesIO(await take(client, "zip", file))) as archive:
        assert "territories.csv" not in archive.namelist()


async def test_what_is_outside_of_the_territories_is_named_in_the_language_of_the_reader(
    client: httpx.AsyncClient, world: World
) -> None:
    await parted(world)
    await sign_in(client, world, "funder", world.herault)
    told = (await client.get(f"{FILE}.json", params={"langue": "en"})).json()["territories"]
    assert {row["scope_code"]: row["name"] for row in told}["34-hors-territoire"] == "Outside the territories"
