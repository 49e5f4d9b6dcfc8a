"""/reclamations/nouvelle: what the staff hears and what a provider receives becomes a complaint."""

import asyncpg
import httpx
import pytest

from tests.surveys.visits import Someone, someone, visit
from tests.world import AIDE_34, World, sign_in

Owner = asyncpg.Connection
PATH = "/reclamations/nouvelle"
SAID = {
    "organisme": AIDE_34,
    "motif": "billing",
    "paroles": "Deux factures pour une visite.",
    "souhait": "nom",
}


async def known(world: World) -> Someone:
    made = await someone(world, mobile="+33639980001")
    await visit(made)
    return made


async def test_an_agent_opens_what_a_letter_says(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    person, token = await known(world), await sign_in(client, world, "agent")
    assert (await client.get(PATH)).status_code == 200
    form = {**SAID, "jeton": token, "reference": f" {person.id.hex} ", "source": "lettre"}
    answer = await client.post(PATH, data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/reclamations/1")
    row = await owner.fetchrow("SELECT source_kind, kind, disclosure, is_serious FROM complaint")
    assert tuple(row) == ("letter", "billing", "named", False)
    assert "Deux factures pour une visite." in (await client.get("/reclamations/1")).text


async def test_a_provider_opens_what_it_received_of_its_own_clients_only(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    person, token = await known(world), await sign_in(client, world, "provider", world.aide34)
    assert "souhait" not in (await client.get(PATH)).text
    form = {**SAID, "jeton": token, "reference": person.id.hex}
    assert (await client.post(PATH, data=form)).status_code == 303
    assert await owner.fetchval("SELECT source_kind FROM complaint") == "provider"
    token = await sign_in(client, world, "provider", world.cap)
    refused = await client.post(PATH, data={**form, "jeton": token})
    assert refused.status_code == 422
    assert "Aucun client de cet organisme" in refused.text


async def test_a_serious_event_leaves_the_agent_with_its_number_alone(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    person, token = await known(world), await sign_in(client, world, "agent")
    form = {**SAID, "jeton": token, "reference": person.id.hex, "grave": "oui"}
    answer = await client.post(PATH, data=form)
    assert answer.status_code == 200
    assert "Il porte le numéro 1" in answer.text
    assert "3977" in answer.text
    assert tuple(await owner.fetchrow("SELECT is_serious, is_shared FROM complaint")) == (True, False)
    token = await sign_in(client, world, "supervisor")
    answer = await client.post(PATH, data={**form, "jeton": token})
    assert answer.headers["location"] == "/reclamations/2"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reference": "inconnue"}, "Aucun client de cet organisme"),
        ({"organisme": ""}, "Aucun client de cet organisme"),
        ({"motif": "serious"}, "Choisissez le motif"),
        ({"paroles": ""}, "Écrivez ce que dit la personne"),
        ({"souhait": ""}, "Choisissez ce que souhaite la personne"),
    ],
)
async def test_a_form_that_lacks_something_says_what_and_opens_nothing(
    client: httpx.AsyncClient, world: World, owner: Owner, change: dict[str, str], message: str
) -> None:
    person, token = await known(world), await sign_in(client, world, "agent")
    form = {**SAID, "jeton": token, "reference": person.id.hex, **change}
    refused = await client.post(PATH, data=form)
    assert refused.status_code == 422
    assert message in refused.text
    assert await owner.fetchval("SELECT count(*) FROM complaint") == 0


async def test_gironde_opens_nothing(client: httpx.AsyncClient, world: World) -> None:
    token = await sign_in(client, world, "funder", world.gironde)
    assert (await client.get(PATH)).status_code == 403
    assert (await client.post(PATH, data={**SAID, "jeton": token})).status_code == 403
