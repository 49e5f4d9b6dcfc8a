"""What may be granted in a call is what is shown; a letter is offered where there is one."""

import asyncpg
import httpx

from tests.surveys.desk.test_call import taken
from tests.surveys.desk.test_call_panels import opened, with_grid
from tests.surveys.desk.waiting import survey_call
from tests.world import World

Owner = asyncpg.Connection
NEEDS_NAME = "ne peut ni rappeler la personne, ni revenir chez elle, ni la rembourser"
LETTER = 'href="/reclamations/{number}/lettre.pdf'
WITHDRAWN = """
UPDATE complaint SET state = 'closed', merged_into_id = NULL, acknowledged_at = opened_at,
    remedied_at = opened_at,
    closed_at = opened_at, verdict = 'no_answer', cause = 'Retirée par la personne', remedy = 'Aucune'
"""
JOINED = """
UPDATE complaint SET state = 'merged', closed_at = opened_at,
    merged_into_id = (SELECT id FROM complaint WHERE number = $2) WHERE number = $1
"""


async def test_without_a_name_one_sees_only_what_can_be_granted_and_why(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    await survey_call(world)
    await with_grid(world, owner)
    href, token = await taken(client, world)
    page = (await client.get(await opened(client, href, token, souhait="sans"))).text
    assert 'value="explain"' in page
    assert 'value="mediation"' in page
    for hidden in ('value="refund"', 'value="call_back"', 'name="montant"', "rembourser jusqu’à"):
        assert hidden not in page
    assert NEEDS_NAME in page


async def test_without_a_name_a_remedy_of_somebody_else_is_said_to_be_theirs(
    client: httpx.AsyncClient, world: World
) -> None:
    await survey_call(world)
    href, token = await taken(client, world)
    page = (await client.get(await opened(client, href, token, souhait="sans"))).text
    assert 'value="mediation"' not in page
    assert "Proposer une médiation\u00a0: décidé par l’organisme lui-même" in page


async def test_nothing_is_granted_before_the_person_says_whether_one_may_speak_of_it(
    client: httpx.AsyncClient, world: World
) -> None:
    await survey_call(world)
    href, token = await taken(client, world)
    await opened(client, href, token, souhait="appel")
    assert "panneau=accord" not in (await client.get(f"{href}?panneau=suite&numero=1")).text
    page = (await client.get(f"{href}?panneau=accord&numero=1")).text
    assert 'name="solution"' not in page
    assert "Demandez d’abord à la personne si vous pouvez lui en parler" in page


async def test_a_withdrawn_complaint_has_no_letter_and_grants_nothing(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    await survey_call(world)
    href, token = await taken(client, world)
    await opened(client, href, token)
    await owner.execute(WITHDRAWN)
    page = (await client.get(f"{href}?panneau=suite&numero=1")).text
    assert "Le dossier entier" in page
    assert LETTER.format(number=1) not in page
    assert "panneau=accord" not in page


async def test_a_complaint_joined_to_another_is_followed_there(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    await survey_call(world)
    href, token = await taken(client, world)
    await opened(client, href, token)
    await opened(client, href, token, paroles="Le lendemain aussi.")
    assert await owner.fetchval("SELECT count(*) FROM complaint") == 2
    await owner.execute(JOINED, 1, 2)
    page = (await client.get(f"{href}?panneau=suite&numero=1")).text
    assert LETTER.format(number=2) in page
    assert '<input type="hidden" name="numero" value="2">' in page
    assert (await client.get("/reclamations/2/lettre.pdf")).status_code == 200


async def test_the_letter_of_what_was_read_back_exists(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    await survey_call(world)
    await with_grid(world, owner)
    href, token = await taken(client, world)
    await opened(client, href, token)
    granted = {"jeton": token, "numero": "1", "solution": "replan"}
    where = (await client.post(f"{href}/accord", data=granted)).headers["location"]
    assert "/reclamations/1/lettre.pdf?modele=decided" in (await client.get(where)).text
    assert (await client.get("/reclamations/1/lettre.pdf?modele=decided")).status_code == 200
    await owner.execute(WITHDRAWN)
    assert "lettre.pdf" not in (await client.get(where)).text
