"""/indicateurs/premier-contact: words first, no difference until it is significant, nothing adjusted."""

from html import unescape

import httpx
import pytest

from quality.measures.releases.releasing import create
from tests.quality.measures.cells import Cell, write
from tests.quality.measures.releases.test_trying import CALL, SMS, drawn
from tests.world import World, sign_in

HREF = "/indicateurs/premier-contact"


async def shown(client: httpx.AsyncClient, query: str = "") -> str:
    page = await client.get(f"{HREF}{query}")
    assert page.status_code == 200, page.text
    return unescape(page.text).replace("\xa0", " ").replace("\u202f", " ")


async def test_a_gap_is_not_significant_until_it_is(client: httpx.AsyncClient, world: World) -> None:
    await write(world, drawn(world, SMS, 100, 40, 30) + drawn(world, CALL, 100, 60, 54))
    await create(world.platform, "2026-10")
    await sign_in(client, world, "platform")
    page = await shown(client)
    assert "Différence non significative" in page
    assert "Différence significative" not in page
    assert "Rien n’est corrigé" in page
    assert "Non significative, trop peu pour conclure (il en faut" in page
    assert "+15 points" in page
    assert "Appel moins SMS" in page
    assert "100 clients" in page
    assert page.index("Taux de réponse") < page.index("Visite bien passée")


async def test_a_significant_gap_is_named_and_still_nothing_is_adjusted(
    client: httpx.AsyncClient, world: World
) -> None:
    await write(world, drawn(world, SMS, 1500, 1500, 1050) + drawn(world, CALL, 1500, 1500, 1350))
    await create(world.platform, "2026-10")
    await sign_in(client, world, "supervisor")
    page = await shown(client)
    assert "Différence significative : Visite bien passée" in page
    assert "Rien n’est corrigé" in page
    assert "Une correction demanderait une nouvelle version de la méthode" in page
    assert "+20,0 points" in page


async def test_a_way_of_few_people_is_hidden_whole(client: httpx.AsyncClient, world: World) -> None:
    await write(world, drawn(world, SMS, 40, 20, 15) + drawn(world, CALL, 10, 8, 7))
    await create(world.platform, "2026-10")
    await sign_in(client, world, "platform")
    page = await shown(client)
    assert "Trop peu de personnes pour comparer" in page
    assert "moins de 11 clients" in page
    assert "points" not in page
    assert "80 %" not in page


async def test_each_period_released_is_read_by_itself(client: httpx.AsyncClient, world: World) -> None:
    await write(world, drawn(world, SMS, 40, 20, 15) + drawn(world, CALL, 40, 20, 15))
    await create(world.platform, "2026-10")
    await sign_in(client, world, "platform")
    assert "octobre 2026" in await shown(client, "?periode=2026-10")
    assert (await client.get(f"{HREF}?periode=2026-09")).status_code == 404


async def test_without_an_experiment_the_page_says_what_one_is(
    client: httpx.AsyncClient, world: World
) -> None:
    await write(world, [Cell(world.aide34, f"usual{n}") for n in range(50)])
    await create(world.platform, "2026-10")
    await sign_in(client, world, "platform")
    assert "Aucun premier contact tiré au sort" in await shown(client)
    assert f'href="{HREF}"' in (await client.get("/indicateurs?periode=2026-10")).text


@pytest.mark.parametrize("role", ["funder", "provider"])
async def test_who_pays_and_who_is_measured_are_not_shown_it(
    client: httpx.AsyncClient, world: World, role: str
) -> None:
    await write(world, drawn(world, SMS, 100, 40, 30) + drawn(world, CALL, 100, 60, 54))
    await create(world.platform, "2026-10")
    await sign_in(client, world, role, {"funder": world.gironde, "provider": world.aide34}[role])
    assert (await client.get(HREF)).status_code == 403
