"""The page of an adhesion: whose figures it shows, its certificate, and what a site may paste."""

import re

import asyncpg
import httpx
import pytest

from charter.adhesion.consent import show_figures
from charter.review.deciding import accept
from tests.charter.declared import punctuality
from tests.charter.reviewed import a_file
from tests.quality.web.pages import read
from tests.world import World

NONE = "Aucun résultat n’est montré ici."


@pytest.fixture
async def page(world: World, owner: asyncpg.Connection) -> str:
    """The address of Aide 34's adhesion, whose figures may be shown."""
    await accept(world.staff, await a_file(world, owner))
    await show_figures(world.provider, is_shown=True)
    return f"/registre/{await owner.fetchval('SELECT id FROM adhesion')}"


async def test_what_clients_say_is_shown_as_published_from_40_of_them_by_consent(
    client: httpx.AsyncClient, world: World, page: str
) -> None:
    await punctuality(world, 45, 40)
    shown = read((await client.get(page)).text).all("main")[0].text
    assert re.search(r"89\D.*45\xa0clients, Hérault", shown)
    assert NONE not in shown
    await show_figures(world.provider, is_shown=False)
    assert NONE in (await client.get(page)).text


async def test_what_fewer_than_40_clients_say_is_published_but_not_shown_here(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection, page: str
) -> None:
    await punctuality(world, 39, 35)
    kept = "SELECT count(*) FROM release_cell WHERE provider_id = $1 AND value IS NOT NULL AND n_clients = 40"
    assert await owner.fetchval(kept, world.aide34)
    assert NONE in (await client.get(page)).text


async def test_what_is_not_published_is_not_shown(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection, page: str
) -> None:
    await punctuality(world, 45, 40)
    await owner.execute("TRUNCATE release_cell, release_base, release_chart")
    assert NONE in (await client.get(page)).text


@pytest.mark.parametrize("state", ["suspended", "ended", "revoked"])
async def test_an_adhesion_that_does_not_hold_shows_no_figure_no_certificate_and_nothing_to_paste(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection, page: str, state: str
) -> None:
    await punctuality(world, 45, 40)
    await owner.execute(
        "UPDATE adhesion SET state = $1, reason = 'Critère 3.8.', suspended_at = now()", state
    )
    shown = (await client.get(page)).text
    assert NONE in shown
    assert "certificat.pdf" not in shown
    assert "textarea" not in shown
    assert (await client.get(f"{page}/certificat.pdf")).status_code == 404


async def test_the_certificate_is_a_tagged_pdf_that_says_where_to_check_it(
    client: httpx.AsyncClient, page: str
) -> None:
    printed = await client.get(f"{page}/certificat.pdf")
    assert printed.headers["content-type"] == "application/pdf"
    assert b"/StructTreeRoot" in printed.content
    assert printed.content == (await client.get(f"{page}/certificat.pdf")).content


async def test_a_site_pastes_a_link_and_an_inert_picture(
    client: httpx.AsyncClient, owner: asyncpg.Connection, page: str
) -> None:
    await owner.execute("UPDATE organisation SET name = 'A \"B\" <script>' WHERE code = '73282932000074'")
    pasted = read((await client.get(page)).text).all("textarea")[0].text
    assert {each.tag for each in read(pasted).elements} == {"a", "img"}
    source = read(pasted).all("img")[0].attributes["src"]
    picture = await client.get("/" + source.split("/", 3)[3])
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert "<script" not in picture.text
