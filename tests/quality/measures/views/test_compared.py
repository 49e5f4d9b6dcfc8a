"""The page compares providers in words: a finding, a drawing and a table that say the same, by name."""

import re
from datetime import date

import asyncpg
import httpx
import pytest

from quality.access.scope import scoped, visible
from quality.measures.models import Convention
from quality.measures.releases.comparing import Word
from quality.measures.releases.releasing import create
from quality.measures.views.compared import flagged, standing_words
from tests.quality.measures.cells import answers, convene, write
from tests.quality.measures.network import providers
from tests.quality.measures.releases.test_comparing import compared_october
from tests.quality.measures.views.test_pages import seen
from tests.world import World, sign_in

ROW = re.compile(
    r"<tr><th scope=\"row\">([^<]*)</th><td>[^<]*</td><td><b>(.*?)</b>.*?</td><td>(.*?)</td></tr>"
)


def table_of(page: httpx.Response) -> list[tuple[str, str, str]]:
    """Give name, value and words of each row of the comparison."""
    card = page.text.partition('id="pairs"')[2].partition("</section>")[0]
    return [
        (name, value.replace("\u00a0", " "), re.sub("<[^>]+>", "", words))
        for name, value, words in ROW.findall(card)
    ]


async def test_the_funder_reads_who_stands_apart_and_that_the_others_do_not(
    client: httpx.AsyncClient, world: World
) -> None:
    await compared_october(world)
    await sign_in(client, world, "funder", world.herault)
    page = await client.get("/indicateurs/GLOB")
    words = seen(page)
    assert "Visite bien passée : un organisme s’écarte de ses pairs plus que le hasard" in words
    rows = table_of(page)
    assert [name for name, _value, _words in rows] == sorted(name for name, _value, _words in rows)
    assert {words for name, _value, words in rows if name != "Organisme 23"} == {
        "différence non significative"
    }
    assert ("Organisme 23", "38 %", "nettement en dessous de ses pairs") in rows
    drawing = re.search(r'<svg[^>]*aria-labelledby="pairs.*?</svg>', page.text, re.DOTALL)
    assert drawing
    assert drawing[0].count("<circle") == len(rows) - 1
    assert "Organisme 23, 38" in drawing[0]


async def test_a_hidden_provider_is_neither_drawn_nor_in_the_table(
    client: httpx.AsyncClient, world: World
) -> None:
    await compared_october(world)
    await sign_in(client, world, "funder", world.herault)
    names = [name for name, _value, _words in table_of(await client.get("/indicateurs/GLOB"))]
    assert "Organisme 11" not in names
    assert len(names) == 12  # another one is hidden to protect it


async def test_too_few_published_providers_are_not_compared_and_the_page_says_why(
    client: httpx.AsyncClient, world: World
) -> None:
    await compared_october(world, count=10)
    await sign_in(client, world, "funder", world.herault)
    words = seen(await client.get("/indicateurs/GLOB"))
    assert "Visite bien passée : pas de comparaison" in words
    assert "il faut au moins dix organismes publiés de même activité : huit seulement le sont." in words


async def test_what_was_published_before_comparisons_says_so(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await compared_october(world)
    await owner.execute("TRUNCATE release_standing, release_funnel")
    await sign_in(client, world, "funder", world.herault)
    assert "avant que les organismes soient comparés" in seen(await client.get("/indicateurs/GLOB"))


async def test_a_page_needs_nothing_unrounded(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await compared_october(world)
    await owner.execute("DELETE FROM release_base")
    await sign_in(client, world, "funder", world.herault)
    assert len(table_of(await client.get("/indicateurs/GLOB"))) == 12


async def test_peers_are_chosen_by_the_address_and_unknown_ones_are_404(
    client: httpx.AsyncClient, world: World
) -> None:
    known = await providers(world, 12)
    await convene(world, world.herault, providers=tuple(known))
    for place, provider in enumerate(known):
        for activity, good in (("I-3", 70), ("II-3", 40)):
            await write(
                world,
                answers(provider, [world.herault], 80, good, name=f"{activity}{place}", activity=activity),
            )
    await create(world.platform, "2026-10")
    await sign_in(client, world, "funder", world.herault)
    default = await client.get("/indicateurs/GLOB")
    other = re.search(r'href="(/indicateurs/GLOB\?[^"]*pairs=tous)#pairs"', default.text)
    assert other
    page = await client.get(other[1].replace("&amp;", "&"))
    assert {value for _name, value, _words in table_of(page)} == {"50 %"}
    assert "pairs=tous" in page.text.partition("Lien permanent")[0][-400:]
    assert (await client.get("/indicateurs/GLOB?pairs=nobody")).status_code == 404


async def test_a_provider_reads_its_own_place_and_no_name(client: httpx.AsyncClient, world: World) -> None:
    await compared_october(world)
    await sign_in(client, world, "provider", world.aide34)
    page = await client.get("/indicateurs/GLOB")
    words = seen(page)
    assert "Parmi 11 autres organismes : 1 sûrement plus bas, 10 sans différence significative." in words
    assert "différence non significative" in words
    assert not re.search(r"Organisme \d", words)
    assert 'id="pairs"' not in page.text


async def test_a_provider_with_few_peers_reads_why_its_place_is_not_said(
    client: httpx.AsyncClient, world: World
) -> None:
    await compared_october(world, count=10)
    await sign_in(client, world, "provider", world.aide34)
    assert "Moins de 11 autres organismes publiés" in seen(await client.get("/indicateurs/GLOB"))


@pytest.mark.parametrize("word", Word)
@pytest.mark.parametrize("is_high", [True, False])
def test_only_a_flag_says_a_side(word: Word, is_high: bool) -> None:
    words = standing_words(word, is_high=is_high)
    assert ("ses pairs" in words) == (word in {Word.WARNING, Word.ALERT})


async def test_a_quarter_is_compared_as_a_month_is(client: httpx.AsyncClient, world: World) -> None:
    known = await providers(world, 12)
    await convene(world, world.herault, providers=tuple(known))
    for place, provider in enumerate(known):
        await write(
            world, answers(provider, [world.herault], 60, 50, name=str(place), month=date(2026, 9, 1))
        )
    await create(world.platform)
    await sign_in(client, world, "funder", world.herault)
    page = await client.get("/indicateurs/GLOB?population=herault-2025&periode=2026-Q3")
    assert "aucune différence significative entre organismes" in seen(page)


async def test_who_stands_below_its_peers_is_to_be_called_in_the_same_words(
    client: httpx.AsyncClient, world: World
) -> None:
    await compared_october(world)
    await sign_in(client, world, "funder", world.herault)
    page = await client.get("/accueil")
    words = seen(page).partition("à appeler, et pourquoi")[2].partition("Ce que je ne vois pas")[0]
    assert words.count("Organisme") == words.count("Organisme 23") > 0
    assert (
        "Visite bien passée : 38 % (de 28 à 49 %, 80 clients), nettement en dessous de ses pairs. Hérault."
        in words
    )


async def test_who_stands_apart_is_told_by_the_reader_s_rule_even_where_the_database_shows_all(
    world: World,
) -> None:
    await compared_october(world)
    async with scoped(world.staff):
        (of,) = await visible(world.staff, Convention)
        told = await flagged(world.funder, of.id, "2026-10")
        assert await flagged(world.staff, of.id, "2026-10") == told
        assert await flagged(world.stranger, of.id, "2026-10") == {}
    assert (Word.ALERT, False) in told.values()


async def test_those_to_call_are_listed_by_name(client: httpx.AsyncClient, world: World) -> None:
    known = await providers(world, 14)
    await convene(world, world.herault, providers=tuple(known))
    for place, provider in enumerate(known):
        good = 70 if place < 10 else 40 - place
        await write(world, answers(provider, [world.herault], 80, good, name=str(place)))
    await create(world.platform, "2026-10")
    await sign_in(client, world, "funder", world.herault)
    page = (await client.get("/accueil")).text.partition("à appeler, et pourquoi")[2]
    names = re.findall(r"<h3>(Organisme \d+)</h3>", page)
    assert names == ["Organisme 20", "Organisme 21", "Organisme 22", "Organisme 23"]
    assert "<ol" not in page.partition("</section>")[0]
