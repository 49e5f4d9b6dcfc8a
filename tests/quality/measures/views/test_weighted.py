"""The platform reads totals as they are and weighted, side by side; a provider is never weighted."""

import httpx

from tests.quality.measures.releases.test_weighing import weighted_october
from tests.quality.measures.views.test_pages import seen
from tests.world import World, sign_in


async def test_the_platform_reads_both_and_by_what_it_is_weighted(
    client: httpx.AsyncClient, world: World
) -> None:
    await weighted_october(world)
    await sign_in(client, world, "platform", None)
    words = seen(await client.get("/indicateurs/GLOB"))
    assert "Visite bien passée : redressés, les totaux restent dans leur intervalle" in words
    assert (
        "Redressé selon le type d’activité. Sans la tranche d’âge, le financeur : une seule valeur" in words
    )
    assert "France entière Brut 77 % de 69 à 83 %, 150 clients Redressé 70 %" in words
    assert "Hérault Brut 77 %" in words


async def test_a_funder_reads_no_weighted_total(client: httpx.AsyncClient, world: World) -> None:
    await weighted_october(world)
    await sign_in(client, world, "funder", world.gironde)
    response = await client.get("/indicateurs/GLOB")
    assert "edressé" not in response.text
