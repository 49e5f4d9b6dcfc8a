"""Open data: what everybody may read, nothing that is one provider's, at addresses that stay."""

import csv
import io
import json
import zipfile

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.measures.disclosure.lattice import FRANCE
from quality.measures.reports.opening import FEWEST_PROVIDERS, open_places
from tests.quality.measures.published_year import MONTHS, publish
from tests.world import World

CODE, MONTH = "PLE34", "2026-10"


@given(st.dictionaries(st.sampled_from(["11", "75", "76", "84"]), st.integers(1, 9)))
def test_nothing_open_is_of_fewer_than_three_providers_nor_gives_one_back(regions: dict[str, int]) -> None:
    shown = set(open_places(regions))
    for region in shown - {FRANCE}:
        assert regions[region] >= FEWEST_PROVIDERS
    if FRANCE in shown:
        assert sum(regions.values()) >= FEWEST_PROVIDERS
        left = sum(count for name, count in regions.items() if name not in shown)
        assert left == 0 or left >= FEWEST_PROVIDERS
    else:
        assert shown == set()


@pytest.fixture
async def season(world: World) -> World:
    await publish(world, MONTHS[-4:])
    return world


def lines_of(response: httpx.Response) -> list[dict[str, str]]:
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.text, newline="")))


async def test_anybody_takes_the_figures_of_the_country_and_its_regions(
    client: httpx.AsyncClient, season: World
) -> None:
    page = (await client.get("/donnees")).text
    for ending in ("rfc4180.csv", "xlsx", "json", "zip"):
        assert f'href="/donnees/{CODE}/{MONTH}.{ending}"' in page
    rows = lines_of(await client.get(f"/donnees/{CODE}/{MONTH}.rfc4180.csv"))
    assert {row["scope_type"] for row in rows} == {"france", "region"}
    assert {row["scope_code"] for row in rows} == {"FR", "76"}
    assert {row["period"] for row in rows} == {MONTH}
    every = lines_of(await client.get(f"/donnees/{CODE}/toutes.rfc4180.csv"))
    assert [row for row in every if row["period"] == MONTH] == rows


async def test_the_package_says_its_licence_and_its_schema(client: httpx.AsyncClient, season: World) -> None:
    packed = await client.get(f"/donnees/{CODE}/{MONTH}.zip")
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        described = json.loads(archive.read("datapackage.json"))
    assert described["licenses"] == [{"name": "etalab-2.0"}]
    schema = (await client.get("/donnees/schema.json")).json()
    assert described["resources"][0]["schema"] == schema


async def test_a_figure_of_two_providers_is_not_open(client: httpx.AsyncClient, world: World) -> None:
    from quality.measures.releases.releasing import create
    from tests.quality.measures.cells import answers, write

    for provider, name in ((world.aide34, "a"), (world.cap, "b")):
        await write(world, answers(provider, [], 60, 50, name=name))
    await create(world.platform, MONTH)
    assert (await client.get(f"/donnees/{CODE}/{MONTH}.rfc4180.csv")).status_code == 404
    page = await client.get("/donnees")
    assert page.status_code == 200
    assert "trop peu d’organismes" in page.text


async def test_what_is_not_open_is_not_found(client: httpx.AsyncClient, season: World) -> None:
    for path in (f"{CODE}/2019-01.zip", f"{CODE}/{MONTH}.pdf", f"AUTRE/{MONTH}.zip", f"{CODE}/{MONTH}"):
        assert (await client.get(f"/donnees/{path}")).status_code == 404, path
