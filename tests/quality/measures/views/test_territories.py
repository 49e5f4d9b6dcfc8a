"""The places of an indicator: what is hidden says why, and the address gives the same page again."""

import httpx
import pytest

from quality.access.scope import scoped
from quality.measures.disclosure.lattice import Scope
from quality.measures.releases.releasing import create, verify
from quality.measures.reports.contents import contents
from quality.measures.reports.document import words as document_words
from quality.measures.views.reading import sights
from tests.quality.directory.declared import declare
from tests.quality.measures.cells import answers, convene, write
from tests.quality.measures.views.test_pages import bearer, lines_of, seen
from tests.world import World, sign_in

HREF = "/indicateurs/territoires"


async def published(world: World) -> None:
    """Publish October: Hérault and Gard shown, Aude with too few, Lozère to protect it."""
    await convene(world, world.herault)
    funders = [world.herault]
    for place, clients in {"34": 60, "30": 40, "11": 5, "48": 14}.items():
        await write(
            world, answers(world.aide34, funders, clients, clients - 3, name=place, departement=place)
        )
    await create(world.platform, "2026-10")


async def test_each_place_has_its_figure_or_the_reason_why_not(
    client: httpx.AsyncClient, world: World
) -> None:
    await published(world)
    await sign_in(client, world, "funder", world.herault)
    page = await client.get(HREF)
    words = seen(page)
    assert page.status_code == 200
    assert "Visite bien passée par territoire, octobre 2026" in words
    assert "Hérault 34 95 % de" in words
    assert "Aude 11 moins de 11 clients" in words
    assert "Lozère 48 non publié, pour protéger les personnes" in words
    assert "1 département : moins de 11 clients ont répondu." in words
    assert "1 département : non publié, car le total rendrait celui qui est caché." in words
    assert "<svg" in page.text


async def test_another_indicator_is_chosen_by_the_address(client: httpx.AsyncClient, world: World) -> None:
    await published(world)
    await sign_in(client, world, "funder", world.herault)
    page = await client.get(HREF, params={"indicateur": "RR2", "periode": "2026-10"})
    assert "Taux de réponse par territoire, octobre 2026" in seen(page)
    assert f"{HREF}?population=herault-2025&amp;periode=2026-10&amp;indicateur=RR2" in page.text
    empty = seen(await client.get(HREF, params={"indicateur": "PONCT"}))
    assert "Aucun territoire pour cet indicateur" in empty
    for wrong in ("RECL_T", "NONE", "EFFEC"):
        assert (await client.get(HREF, params={"indicateur": wrong})).status_code == 404


@pytest.mark.parametrize(("role", "status"), [("provider", 403), ("observer", 403), ("agent", 403)])
async def test_places_are_for_funders_and_the_platform(
    client: httpx.AsyncClient, world: World, role: str, status: int
) -> None:
    await published(world)
    await sign_in(client, world, role, {"provider": world.aide34, "observer": world.observer}.get(role))
    assert (await client.get(HREF)).status_code == status


async def test_gironde_sees_no_place_of_herault(client: httpx.AsyncClient, world: World) -> None:
    await published(world)
    await sign_in(client, world, "funder", world.gironde)
    assert (await client.get(HREF, params={"population": "herault-2025"})).status_code == 404
    words = seen(await client.get(HREF))
    assert "Vous ne financez encore aucune visite suivie" in words
    assert "95 %" not in words


async def test_before_a_release_the_page_says_from_when(client: httpx.AsyncClient, world: World) -> None:
    await convene(world, world.herault)
    await sign_in(client, world, "funder", world.herault)
    assert "Aucun résultat n’est encore publié" in seen(await client.get(HREF))


async def test_a_single_departement_needs_no_map(client: httpx.AsyncClient, world: World) -> None:
    await convene(world, world.herault)
    await write(world, answers(world.aide34, [world.herault], 40, 30))
    await create(world.platform, "2026-10")
    await sign_in(client, world, "funder", world.herault)
    assert "Un seul département est suivi" in seen(await client.get(HREF))


async def parted(world: World, *, is_published: bool = True) -> None:
    """Publish October: Hérault by territory and outside of them, too few in Lunel; Gard declares none."""
    for code, postcode in (("lodeve", "34700"), ("lunel", "34400"), ("beziers", "34500")):
        await declare(world, code, postcode, name={"lodeve": "Lodève"}.get(code, ""))
    await convene(world, world.herault)
    funders = [world.herault]
    for place, clients in {"lodeve": 60, "lunel": 5, "beziers": 14, "": 40}.items():
        await write(world, answers(world.aide34, funders, clients, clients - 3, name=place, territory=place))
    await write(world, answers(world.aide34, funders, 40, 30, name="gard", departement="30"))
    if is_published:
        await create(world.platform, "2026-10")


async def test_a_council_reads_the_territories_of_its_departement(
    client: httpx.AsyncClient, world: World
) -> None:
    await parted(world)
    await sign_in(client, world, "funder", world.herault)
    words = seen(await client.get(HREF))
    assert "Les territoires, Hérault" in words
    assert "Les territoires, Gard" not in words
    assert "Lodève lodeve 95 % de" in words
    assert "Lunel lunel moins de 11 clients" in words
    assert "Beziers beziers non publié, pour protéger les personnes" in words
    assert "Hors des territoires hors-territoire 93 % de" in words
    assert words.index("Lunel lunel") < words.index("Hors des territoires hors-territoire")
    assert "1 territoire : moins de 11 clients ont répondu." in words
    assert "1 territoire : non publié, sans quoi les totaux rendraient ce qui est caché." in words


async def test_a_council_reads_where_a_client_is_counted(client: httpx.AsyncClient, world: World) -> None:
    """Visits are counted of whom nobody asked anything: the words hold for both."""
    await parted(world)
    await sign_in(client, world, "funder", world.herault)
    words = seen(await client.get(HREF))
    assert "code postal au moment où la visite est comptée ou la demande envoyée." in words
    assert (
        "Hors des territoires : les clients sans code postal, ou dont le code postal est d’un autre "
        "département ou d’aucun territoire." in words
    )


async def test_hidden_territories_are_counted_in_their_own_departement(
    client: httpx.AsyncClient, world: World
) -> None:
    await declare(world, "ales", "30100", departement="30")
    await parted(world, is_published=False)
    await write(
        world,
        answers(world.aide34, [world.herault], 5, 3, name="ales", departement="30", territory="ales"),
    )
    await create(world.platform, "2026-10")
    await sign_in(client, world, "funder", world.herault)
    gard, _title, herault = seen(await client.get(HREF)).partition("Les territoires, Hérault")
    hidden = "1 territoire : moins de 11 clients ont répondu."
    assert hidden in gard.partition("Les territoires, Gard")[2]
    assert herault.count(hidden) == 1


async def test_no_one_outside_of_the_territories_is_explained_where_nobody_is(
    client: httpx.AsyncClient, world: World
) -> None:
    for code, postcode in (("lodeve", "34700"), ("lunel", "34400")):
        await declare(world, code, postcode)
        await write(world, answers(world.aide34, [world.herault], 60, 50, name=code, territory=code))
    await convene(world, world.herault)
    await create(world.platform, "2026-10")
    await sign_in(client, world, "funder", world.herault)
    words = seen(await client.get(HREF))
    assert "Les territoires, Hérault" in words
    assert "Hors des territoires" not in words


async def test_without_territories_nothing_is_said_of_them(client: httpx.AsyncClient, world: World) -> None:
    await published(world)
    await sign_in(client, world, "funder", world.herault)
    assert "Les territoires," not in seen(await client.get(HREF))


async def test_every_output_names_territories_and_says_the_same_of_them(
    client: httpx.AsyncClient, world: World
) -> None:
    await parted(world)
    await sign_in(client, world, "funder", world.herault)
    file = await client.get("/indicateurs/GLOB.csv", params={"population": "herault-2025"})
    rows = {
        row["scope_code"]: row
        for row in lines_of(file)
        if row["scope_type"] == "territory" and not row["activity"]
    }
    assert {code: row["status"] for code, row in rows.items()} == {
        "34-lodeve": "A",
        "34-lunel": "C",
        "34-beziers": "D",
        "34-hors-territoire": "A",
    }
    assert (rows["34-lodeve"]["value"], rows["34-lodeve"]["n_clients"]) == ("95", "60")
    key = await bearer(world, world.herault)
    query = {"scope_type": "territory", "indicator": "GLOB"}
    told = (await client.get("/api/v1/figures", params=query, headers=key)).json()["figures"]
    assert {row["scope_code"]: row["status"] for row in told if not row["activity"]} == {
        code: row["status"] for code, row in rows.items()
    }
    actor = world.funder
    async with scoped(actor):
        (sight,) = await sights(actor)
        held = await contents(actor, sight, "2026-10")
    assert held is not None
    places = [held.where(line.figure) for line in held.lines if line.figure.key.scope is Scope.TERRITORY]
    assert {"Lodève, Hérault (34)", "Hors des territoires, Hérault (34)"} <= set(places)
    printed = [row for table in document_words(held, "P")["details"] for row in table["rows"]]
    assert [row[1] for row in printed if row[0] == "Lodève, Hérault (34)"]
    assert [bool(each) for each in (await verify(world.platform)).values()] == [False]
