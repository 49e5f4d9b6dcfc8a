"""/reclamations/transmises: what a funder is told with the client's consent, and its one answer."""

import asyncpg
import httpx

from quality.complaints.resolving import handling, transmitting
from tests.quality.complaints.opened import filed
from tests.quality.measures.views.test_pages import seen
from tests.world import World, sign_in

PATH = "/reclamations/transmises"


async def transmitted(world: World) -> str:
    await filed(world)
    await handling.countersign(world.provider, 1)
    await handling.note(world.staff, 1, "Elle habite rue Haute.")
    await handling.consent(world.staff, 1, given=True)
    return str(await transmitting.transmit(world.staff, 1, world.herault, "Pouvez-vous rappeler la règle ?"))


async def test_a_funder_reads_facts_without_a_name_and_answers_once(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    sent = await transmitted(world)
    token = await sign_in(client, world, "funder", world.herault)
    assert "Dossiers transmis 1" in seen(await client.get("/accueil"))
    page = await client.get(PATH)
    words = seen(page)
    for told in (
        "Réclamation 1 : travail non fait",
        "Aide 34",
        "Pouvez-vous rappeler la règle ?",
        "attendue",
    ):
        assert told in words
    for hidden in ("Martin", "rue Haute", "06 39", "9 h"):
        assert hidden not in words
    refused = await client.post(f"{PATH}/{sent}", data={"jeton": token, "reponse": " "})
    assert refused.status_code == 422
    assert f'href="#reponse-{sent}"' in refused.text
    answered = {"jeton": token, "reponse": "La règle est de prévenir la veille."}
    assert (await client.post(f"{PATH}/{sent}", data=answered)).status_code == 303
    page = await client.get(PATH)
    assert "Vous avez répondu mardi 24 novembre" in seen(page)
    assert "<textarea" not in page.text
    assert (await client.post(f"{PATH}/{sent}", data=answered)).status_code == 409
    await sign_in(client, world, "platform")
    assert "La règle est de prévenir la veille." in seen(await client.get("/reclamations/1"))


async def test_gironde_sees_none_and_is_told_why(client: httpx.AsyncClient, world: World) -> None:
    sent = await transmitted(world)
    for funder in (world.gironde, world.cnav):
        token = await sign_in(client, world, "funder", funder)
        page = seen(await client.get(PATH))
        assert "Aucun dossier ne vous est transmis" in page
        assert "que la personne l’accepte" in page
        assert "Aide 34" not in page
        answer = await client.post(f"{PATH}/{sent}", data={"jeton": token, "reponse": "Bonjour."})
        assert answer.status_code == 404


async def test_only_funders_have_the_page(client: httpx.AsyncClient, world: World) -> None:
    await transmitted(world)
    for role, organisation in (("provider", world.aide34), ("platform", None)):
        await sign_in(client, world, role, organisation)
        assert (await client.get(PATH)).status_code == 403
