"""The map of an indicator: the départements of a period as published, hidden ones as hidden."""

from datetime import UTC, datetime
from uuid import UUID

import httpx
import pytest

from quality.db import fetch, pool
from quality.measures.catalogue import CATALOGUE
from quality.measures.disclosure.lattice import Key, Scope
from quality.measures.disclosure.status import Status
from quality.measures.releases.figures import Folded, Published, published
from quality.measures.releases.releasing import create
from quality.measures.statistics import Moments
from quality.measures.views.places import PlaceMap, place_map
from tests.quality.measures.cells import answers, convene, write
from tests.quality.web.drawings import check, words_of
from tests.world import World, sign_in

GLOB = CATALOGUE["GLOB"]
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def cell(code: str, clients: int, good: int, status: Status = Status.A, **facts: object) -> Published:
    moments = Moments.of([(1, 1)] * good + [(1, 0)] * (clients - good))
    place = {"indicator": "GLOB", "version": 1, "scope": Scope.DEPARTEMENT} | facts
    key = Key(None, None, code=code, **place)
    return Published(
        UUID(int=1), published(Folded(key, None, moments), status), "2026-10", UUID(int=9), "1", NOW
    )


def mapped(*cells: Published) -> PlaceMap:
    found = place_map(GLOB, cells)
    assert found is not None
    return found


def test_the_title_says_from_how_much_to_how_much():
    found = mapped(cell("34", 100, 88), cell("30", 100, 71), cell("11", 100, 80))
    assert found.finding == "Visite bien passée\u00a0: de 71\u00a0% à 88\u00a0% selon le département"
    assert [row.name for row in found.rows] == ["Aude", "Gard", "Hérault"]
    assert found.hidden_words == "Tous les départements suivis sont publiés."


def test_each_value_is_written_as_it_was_published():
    found = mapped(cell("34", 100, 85), cell("30", 500, 350))
    assert found.finding == "Visite bien passée\u00a0: de 70,0\u00a0% à 85\u00a0% selon le département"
    assert {"85", "70,0"} <= set(words_of(check(found.drawing)))


def test_a_fragile_departement_is_marked():
    found = mapped(cell("34", 100, 85), cell("30", 20, 19, Status.L))
    assert "fragile" in words_of(check(found.drawing))


def test_a_hidden_departement_has_no_value_in_the_map_nor_in_the_table():
    found = mapped(cell("34", 100, 88), cell("30", 9, 3, Status.C))
    assert [(row.name, row.reading.value) for row in found.rows] == [
        ("Gard", "moins de 11 clients"),
        ("Hérault", "88\u00a0%"),
    ]
    assert "dans les départements publiés" in found.finding
    assert found.hidden_words.startswith("1 département suivi n’est pas publié")
    assert "33" not in words_of(check(found.drawing))  # the hidden third; Gironde is too far to be drawn


def test_every_value_of_the_table_is_in_its_tile():
    found = mapped(cell("34", 1000, 884), cell("30", 500, 355))
    words = words_of(check(found.drawing))
    assert {row.reading.value.removesuffix("\u00a0%") for row in found.rows} <= set(words)


def test_when_all_of_a_few_clients_agree_the_tile_shows_the_bound():
    found = mapped(cell("34", 15, 15, Status.L), cell("30", 15, 0, Status.L))
    words = words_of(check(found.drawing))
    assert any(each.startswith("≥") for each in words)
    assert any(each.startswith("≤") for each in words)


def test_nothing_published_is_said():
    found = mapped(cell("34", 9, 3, Status.C), cell("30", 9, 3, Status.C))
    assert found.finding == "Visite bien passée\u00a0: aucun département n’est publié"
    assert found.hidden_words.startswith("2")


def test_one_departement_makes_no_map():
    assert place_map(GLOB, [cell("34", 100, 88)]) is None


@pytest.mark.parametrize(
    "other",
    [cell("76", 100, 71, scope=Scope.REGION), cell("30", 100, 71, indicator="PONCT")],
    ids=["a region", "another indicator"],
)
def test_other_places_and_indicators_are_left_out(other):
    assert place_map(GLOB, [cell("34", 100, 88), other]) is None


def test_a_long_list_stands_under_the_map():
    codes = ("11", "12", "30", "34", "46", "48", "65", "66", "81", "82", "09")
    assert not mapped(*(cell(code, 100, 88) for code in codes)).is_short
    assert mapped(*(cell(code, 100, 88) for code in codes[:10])).is_short


async def two_departements(world: World) -> None:
    await convene(world, world.herault, targets={"GLOB": 80})
    await write(world, answers(world.aide34, [world.herault], 100, 84))
    await write(world, answers(world.cap, [world.herault], 60, 42, name="gard", departement="30"))
    await create(world.platform, "2026-10")


async def test_the_map_of_the_page_shows_what_is_released(client: httpx.AsyncClient, world: World):
    await two_departements(world)
    await sign_in(client, world, "funder", world.herault)
    page = await client.get("/indicateurs/GLOB")
    rows = await fetch(
        pool("work"),
        """
        SELECT value FROM release_cell WHERE scope_type = 'departement' AND indicator = 'GLOB'
        AND activity = '' AND convention_id IS NOT NULL ORDER BY scope_code
        """,
    )
    assert [int(row["value"]) for row in rows] == [70, 84]
    drawing = page.text[page.text.index('aria-labelledby="carte-t') :].partition("</svg>")[0]
    assert ">84<" in drawing
    assert ">70<" in drawing
    assert "de 70\u00a0% à 84\u00a0% selon le département" in page.text


async def test_gironde_sees_no_map(client: httpx.AsyncClient, world: World):
    await two_departements(world)
    await sign_in(client, world, "funder", world.gironde)
    assert (await client.get("/indicateurs/GLOB?population=herault-2025")).status_code == 404


async def test_a_provider_sees_no_map_of_other_places(client: httpx.AsyncClient, world: World):
    await two_departements(world)
    await sign_in(client, world, "provider", world.aide34)
    page = await client.get("/indicateurs/GLOB")
    assert page.status_code == 200
    assert "carte-t" not in page.text
