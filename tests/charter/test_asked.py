"""A criterion that does not concern a provider is not asked of it: no page has it, nothing counts it."""

from dataclasses import replace

import asyncpg
import httpx
import msgspec
import pytest

from charter.editions import content
from charter.reviewing import chapter_page
from quality.errors import NotFound
from tests.charter.declared import declare
from tests.charter.owned import own
from tests.charter.samples import review
from tests.charter.test_charter_list import names
from tests.quality.web.pages import read
from tests.world import World, sign_in

GARDENS = "UPDATE organisation SET activities = ARRAY['II-2'] WHERE id = $1"


@pytest.fixture
async def for_home_help_only(owner: asyncpg.Connection, world: World) -> None:
    """Put in the place of the national charter one whose criterion 1.2 is for home help only."""
    text = content("national-2012").decode()
    text = text.replace(
        '      - code: "1.2"\n', '      - code: "1.2"\n        concerns: {activities: [I-3]}\n'
    )
    await own(owner, world, text.replace("compulsory_for_all: 26", "compulsory_for_all: 25"))


@pytest.mark.usefixtures("for_home_help_only")
async def test_what_does_not_concern_a_provider_is_neither_shown_nor_taken(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await declare(world, {"1.1": "yes", "1.2": "no"})
    token = await sign_in(client, world, "provider", world.aide34)
    assert "2 critères revus sur 45" in read((await client.get("/charte")).text).all("main")[0].text
    await owner.execute(GARDENS, world.aide34)
    found = read((await client.get("/charte")).text).all("main")[0].text
    assert "1 critère revu sur 44" in found
    assert "Vous rappelez" not in found
    assert "1 critère sur 6 revu" in read((await client.get("/charte/1")).text).all("main")[0].text
    assert (await client.get("/charte/1/2")).status_code == 404
    kept = await client.post("/charte/1/2", data={"jeton": token, "reponse": "yes"})
    assert kept.status_code == 404
    saved = await client.post("/charte/1/1", data={"jeton": token, "version": "1", "reponse": "yes"})
    assert saved.headers["location"] == "/charte/1/3?fait=1.1"


def test_a_chapter_that_is_left_out_is_passed_over() -> None:
    of = review()
    kept = tuple(each for each in of.edition.chapters if each.number != 2)
    left = replace(of, edition=msgspec.structs.replace(of.edition, chapters=kept))
    first, third = chapter_page(left, 1, {}), chapter_page(left, 3, {})
    assert (first.previous, first.following) == (None, ("/charte/3", "3. Écoute, suivi"))
    assert third.previous == ("/charte/1", "1. Disponibilité, réactivité")
    with pytest.raises(NotFound):
        chapter_page(left, 2, {})


@pytest.mark.usefixtures("for_home_help_only")
async def test_the_platform_counts_what_is_asked_of_each_provider(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await declare(world, {"1.1": "yes", "1.2": "no"})
    await declare(world, {"1.1": "yes"}, world.cap)
    await owner.execute(GARDENS, world.aide34)
    await sign_in(client, world, "platform")
    assert await names(client)
    rows = [each.text for each in read((await client.get("/charte")).text).all("tr")]
    assert any("1 critère sur 44" in row and "Rien à régler" in row for row in rows)
    assert any("1 critère sur 45" in row for row in rows)
