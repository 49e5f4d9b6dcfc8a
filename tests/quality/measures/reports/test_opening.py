"""Open data: what everybody may read, nothing that is one provider's, at addresses that stay."""

import asyncio
import csv
import io
import json
import zipfile
from uuid import uuid4

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality import clock
from quality.measures.disclosure.lattice import FRANCE, Key, Scope
from quality.measures.disclosure.status import Status, Unit
from quality.measures.releases.figures import METHOD, Figure, Published
from quality.measures.reports.opening import FEWEST_PROVIDERS, Cell, Seen, cell_of, open_cells, opened
from tests.quality.measures.published_year import MONTHS, publish
from tests.quality.statements import asked_of_database
from tests.world import World

CODE, MONTH = "PLE34", "2026-10"


def cells(**places: str) -> Seen:
    """Read `FR=abc`, or of a group `FR_tous=abc`: each letter is a provider with 20 answers."""
    found = {}
    for name, letters in places.items():
        place, _line, group = name.removeprefix("r").partition("_")
        found[Cell("GLOB", 1, place, group)] = dict.fromkeys(letters, 20)
    return found


def chosen(of: str, periods: dict[str, Seen], earlier: dict[str, frozenset[Cell]] | None = None) -> set[str]:
    return {
        f"{cell.place}{cell.activity and '_'}{cell.activity}"
        for cell in open_cells(of, periods, earlier or {})
    }


def test_a_region_of_few_providers_is_closed_and_one_alone_closes_the_others() -> None:
    assert chosen(MONTH, {MONTH: cells(FR="abcdefgh", r76="abcd", r75="efgh")}) == {"FR", "76", "75"}
    assert chosen(MONTH, {MONTH: cells(FR="abcde", r76="abcd", r75="e")}) == {"FR"}
    assert chosen(MONTH, {MONTH: cells(FR="abcdefg", r76="abcd", r75="e", r84="fg")}) == {"FR", "76"}
    assert chosen(MONTH, {MONTH: cells(FR="ab", r76="ab")}) == set()


def test_open_data_stop_at_the_regions() -> None:
    """A département, a territory, a provider: whatever else holds, none of their lines is open."""
    codes = {scope: f"34-{scope.value}" for scope in Scope} | {Scope.FRANCE: FRANCE, Scope.REGION: "76"}
    lines = [
        Published(
            uuid4(),
            Figure(Key(None, None, "GLOB", 1, scope, code), None, Status.A, Unit.PERCENT, 60),
            MONTH,
            uuid4(),
            METHOD,
            clock.now(),
        )
        for scope, code in codes.items()
    ]
    found = opened(lines, {MONTH: [cell_of(line) for line in lines]})
    assert {line.figure.key.scope for line in found} == {Scope.FRANCE, Scope.REGION}


def test_a_group_of_one_provider_closes_the_other_group_and_keeps_the_total() -> None:
    """All activities less people who are helped would be that provider."""
    of = {"FR": "abcd", "r76": "abcd", "FR_PA_PH": "abc", "r76_PA_PH": "abc", "FR_tous": "d", "r76_tous": "d"}
    assert chosen(MONTH, {MONTH: cells(**of)}) == {"FR", "76"}


def test_a_group_of_one_provider_in_a_region_closes_the_groups_of_the_regions_alone() -> None:
    of = {
        "FR": "abcdefgh",
        "r76": "abcd",
        "r75": "efgh",
        "FR_PA_PH": "abcefgh",
        "r76_PA_PH": "abc",
        "r75_PA_PH": "efgh",
        "FR_tous": "defg",
        "r76_tous": "d",
        "r75_tous": "efg",
    }
    assert chosen(MONTH, {MONTH: cells(**of)}) == {"FR", "76", "75", "FR_PA_PH", "FR_tous"}


def test_a_quarter_gives_way_where_its_open_months_would_leave_one_provider() -> None:
    many, alone = cells(FR="abcd", r76="abcd"), cells(FR="a", r76="a")
    periods = {"2026-07": many, "2026-08": many, "2026-09": alone, "2026-Q3": many}
    opened = {of: open_cells(of, periods, {}) for of in ("2026-07", "2026-08", "2026-09")}
    assert [len(each) for each in opened.values()] == [2, 2, 0]
    assert chosen("2026-Q3", periods, opened) == set()
    assert chosen("2026-Q3", {**periods, "2026-09": many}, {**opened, "2026-09": opened["2026-07"]}) == {
        *("FR", "76")
    }


def test_an_unpublished_month_counts_for_the_providers_whose_answers_it_holds() -> None:
    """August is not published; « a » alone has answers in it."""
    many = cells(FR="abcd")
    more = {Cell("GLOB", 1, "FR", ""): {"a": 70, "b": 40, "c": 40, "d": 40}}
    periods = {"2026-07": many, "2026-09": many, "2026-Q3": more}
    opened = {of: open_cells(of, periods, {}) for of in ("2026-07", "2026-09")}
    assert chosen("2026-Q3", periods, opened) == set()


def test_a_year_looks_through_a_closed_quarter_into_its_months() -> None:
    many, alone = cells(FR="abcd"), cells(FR="a")
    months = {f"2025-{month:02}": many for month in range(1, 13)} | {"2025-03": alone}
    periods = months | {f"2025-Q{each}": many for each in (1, 2, 3, 4)} | {"2025": many}
    opened: dict[str, frozenset[Cell]] = {}
    for of in periods:
        opened[of] = open_cells(of, periods, opened)
    assert {of for of, found in opened.items() if not found} == {"2025-03", "2025-Q1", "2025"}


LETTERS = "abcdef"
who = st.dictionaries(st.sampled_from(LETTERS), st.just(20), max_size=6)


@given(st.dictionaries(st.tuples(st.sampled_from(["76", "75"]), st.sampled_from(["PA_PH", "tous"])), who))
def test_nothing_open_leaves_one_or_two_providers_along_a_line(
    given_cells: dict[tuple[str, str], dict[str, int]],
) -> None:
    found: dict[Cell, dict[str, int]] = {}
    for (region, group), providers in given_cells.items():
        for place, activity in ((region, group), (region, ""), (FRANCE, group), (FRANCE, "")):
            found.setdefault(Cell("GLOB", 1, place, activity), {}).update(providers)
    shown = open_cells(MONTH, {MONTH: found}, {})
    for cell in shown:
        assert len(found[cell]) >= FEWEST_PROVIDERS
        regions = [each for each in found if each.place != FRANCE and each.activity == cell.activity]
        groups = [each for each in found if each.activity and each.place == cell.place]
        for is_total, parts in ((cell.place == FRANCE, regions), (not cell.activity, groups)):
            left = {each for part in parts if part not in shown for each in found[part]} if is_total else ()
            assert len(left) not in {1, 2}


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


async def test_a_file_that_somebody_has_is_not_written_again(
    client: httpx.AsyncClient, season: World
) -> None:
    path = f"/donnees/{CODE}/{MONTH}.json"
    first = await client.get(path)
    assert first.headers["cache-control"] == "public, max-age=3600"
    with asked_of_database() as statements:
        again = await client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert not [each for each in statements if "release_cell" in each]
    others = [await client.get(f"/donnees/{CODE}/{each}") for each in (f"{MONTH}.zip", "toutes.json")]
    english = await client.get(f"{path}?langue=en")
    assert len({each.headers["etag"] for each in (first, english, *others)}) == 4


async def test_what_is_open_is_found_once_and_the_list_reads_no_figure(
    client: httpx.AsyncClient, season: World
) -> None:
    first = (await client.get("/donnees")).text
    with asked_of_database() as statements:
        again = (await client.get("/donnees")).text
    assert again == first
    assert not [each for each in statements if "release_cell" in each]
    with asked_of_database() as statements:
        await client.get(f"/donnees/{CODE}/{MONTH}.zip")
    (read,) = [each for each in statements if "release_cell" in each]
    assert '"period"' in read.partition("WHERE")[2]


async def test_a_crowd_takes_all_that_is_open(client: httpx.AsyncClient, season: World) -> None:
    """More at once than may read at a time, from another loop each time the tests run."""
    paths = [f"/donnees/{CODE}/{MONTH}.rfc4180.csv", "/donnees"] * 6
    found = await asyncio.gather(*(client.get(path) for path in paths))
    assert {each.status_code for each in found} == {200}
