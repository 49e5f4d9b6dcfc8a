"""A provider reads which funder looked at its results, on which day, and nobody's name; another, nothing."""

from datetime import date, timedelta

import asyncpg
import httpx
import pytest

from quality import clock
from quality.measures.models import FigureReading
from quality.measures.releases.releasing import create
from quality.measures.views.readings import HREF, forget_readings
from tests.quality.measures.cells import answers, convene, herault_october, write
from tests.quality.measures.views.test_pages import bearer, published_october, seen
from tests.world import World, sign_in

FILE = "/rapports/herault-2025/2026-10.rfc4180.csv"
KEPT = "SELECT shown, subject, period FROM figure_reading ORDER BY id"
TODAY = "mardi 24 novembre 2026"


@pytest.fixture
async def october(world: World) -> World:
    await published_october(world)
    return world


async def words_of(client: httpx.AsyncClient, world: World, role: str, organisation: object = None) -> str:
    await sign_in(client, world, role, organisation)  # type: ignore[arg-type]
    page = await client.get(HREF)
    assert page.status_code == 200
    return seen(page)


@pytest.mark.parametrize(
    ("path", "kept", "said"),
    [
        ("/accueil", ("home", "", "2026-10"), "Sa page d’accueil, octobre 2026"),
        ("/indicateurs", ("indicators", "", "2026-10"), "Tous les indicateurs, octobre 2026"),
        ("/indicateurs/GLOB", ("indicator", "GLOB", "2026-10"), "Visite bien passée, octobre 2026"),
        (
            "/indicateurs/GLOB.csv",
            ("table", "GLOB", ""),
            "Tableau CSV : Visite bien passée, toutes les périodes publiées",
        ),
        (FILE, ("report", "rfc4180.csv", "2026-10"), "Fichier CSV, octobre 2026"),
        (
            "/rapports/herault-2025/toutes.json",
            ("report", "json", ""),
            "Fichier JSON, toutes les périodes publiées",
        ),
    ],
)
async def test_the_provider_reads_what_its_funder_looked_at(
    client: httpx.AsyncClient,
    october: World,
    owner: asyncpg.Connection,
    path: str,
    kept: tuple[str, ...],
    said: str,
) -> None:
    await sign_in(client, october, "funder", october.herault)
    for _ in range(2):
        assert (await client.get(path)).status_code == 200
    assert [tuple(row) for row in await owner.fetch(KEPT)] == [kept]
    words = await words_of(client, october, "provider", october.aide34)
    assert f"{TODAY} Département de l’Hérault {said} Convention 2025-2027" in words


async def test_a_program_of_the_funder_looks_too(
    client: httpx.AsyncClient, october: World, owner: asyncpg.Connection
) -> None:
    key = await bearer(october, october.herault)
    for query in ({}, {"indicator": "GLOB", "period": "2026-10"}, {"indicator": "=1+1"}):
        await client.get("/api/v1/figures", params=query, headers=key)
    kept = [tuple(row) for row in await owner.fetch(KEPT)]
    assert kept == [("program", "", ""), ("program", "GLOB", "2026-10")]
    words = await words_of(client, october, "provider", october.aide34)
    assert "Par un programme : Visite bien passée, octobre 2026" in words


async def test_what_shows_no_figure_is_no_reading(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await herault_october(world)
    await sign_in(client, world, "funder", world.herault)
    for path in ("/accueil", "/indicateurs", "/indicateurs/GLOB", "/conventions/herault-2025", "/rapports"):
        assert (await client.get(path)).status_code == 200
    assert (await client.get(FILE)).status_code == 404
    assert await owner.fetch(KEPT) == []


async def test_its_own_reads_and_the_platform_s_are_no_funder_s(
    client: httpx.AsyncClient, october: World, owner: asyncpg.Connection
) -> None:
    for role, organisation in (("provider", october.aide34), ("platform", None)):
        await sign_in(client, october, role, organisation)
        await client.get("/indicateurs")
    assert await owner.fetch(KEPT) == []


async def test_a_provider_that_no_convention_names_reads_of_no_look(
    client: httpx.AsyncClient, world: World
) -> None:
    await convene(world, world.herault, providers=(world.aide34,))
    await convene(world, world.cnav, code="cnav-2025", title="Convention Cnav", providers=(world.cap,))
    await write(world, answers(world.aide34, [world.herault, world.cnav], 60, 50))
    await write(world, answers(world.cap, [world.herault, world.cnav], 60, 50, name="cap"))
    await create(world.platform, "2026-10")
    for funder in (world.herault, world.cnav):
        await sign_in(client, world, "funder", funder)
        await client.get("/indicateurs")
    words = await words_of(client, world, "provider", world.cap)
    assert "Convention Cnav" in words
    assert "Hérault" not in words
    assert "Convention 2025-2027" in await words_of(client, world, "provider", world.aide34)


async def test_gironde_reads_nothing_of_it(client: httpx.AsyncClient, october: World) -> None:
    await sign_in(client, october, "funder", october.herault)
    await client.get("/indicateurs")
    words = await words_of(client, october, "funder", october.gironde)
    assert "Votre organisme n’a encore rien lu" in words
    assert "Hérault" not in words
    assert "Convention 2025-2027" not in words


async def test_a_funder_reads_what_its_colleagues_looked_at(
    client: httpx.AsyncClient, october: World
) -> None:
    await sign_in(client, october, "funder", october.herault)
    await client.get("/indicateurs")
    words = await words_of(client, october, "funder", october.herault)
    assert "Ce que mon organisme a lu" in words
    assert "Tous les indicateurs, octobre 2026" in words


async def test_each_day_is_a_line_and_the_newest_comes_first(
    client: httpx.AsyncClient, october: World
) -> None:
    await sign_in(client, october, "funder", october.herault)
    await client.get("/indicateurs")
    clock.set_offset(clock.offset() + timedelta(days=1))
    await client.get("/indicateurs")
    words = await words_of(client, october, "provider", october.aide34)
    assert words.index("mercredi 25 novembre 2026") < words.index(TODAY)


async def test_nobody_is_named(client: httpx.AsyncClient, october: World, owner: asyncpg.Connection) -> None:
    await sign_in(client, october, "funder", october.herault)
    await client.get("/indicateurs")
    name = await owner.fetchval(
        "SELECT a.name FROM account a JOIN membership m ON m.account_id = a.id LIMIT 1"
    )
    assert (
        name not in (await words_of(client, october, "provider", october.aide34)).partition("Les lectures")[2]
    )
    assert "account_id" not in FigureReading._meta.fields_map


async def test_readings_are_kept_for_two_years(
    client: httpx.AsyncClient, october: World, owner: asyncpg.Connection
) -> None:
    await sign_in(client, october, "funder", october.herault)
    await client.get("/indicateurs")
    await owner.execute("UPDATE figure_reading SET day = $1", date(2024, 11, 24))
    assert await forget_readings(october.house) == 0
    await owner.execute("UPDATE figure_reading SET day = $1", date(2024, 11, 23))
    assert await forget_readings(october.house) == 1
    assert "24 mois : le jour et le résultat lu" in seen(await client.get("/confidentialite"))
