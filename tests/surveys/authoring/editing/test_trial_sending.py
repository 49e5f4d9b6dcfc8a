"""The author sends a draft to themselves: marked, counted, refused in words, and nothing of it is stored."""

import re
from dataclasses import replace
from html import unescape

import asyncpg
import httpx
import pytest

from quality.app import House, create_app
from tests.sent import sent_by
from tests.surveys.authoring.editing.test_draft_pages import DRAFT, opened
from tests.surveys.authoring.test_questionnaire_pages import plain
from tests.world import World, sign_in

SENDING = f"{DRAFT}/essai/envoi"
MOBILE = "06 39 98 12 34"
MESSAGES = "SELECT channel, recipient, subject, text, html FROM memory_message"
LEFT = ("response", "invitation", "attempt", "contact_event", "endpoint")


async def press(client: httpx.AsyncClient, token: str, **fields: str) -> httpx.Response:
    return await client.post(SENDING, data={"jeton": token, **fields})


async def test_an_email_goes_to_the_author_and_leads_to_the_trial(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    token = await opened(client, world)
    assert f'href="{SENDING}"' in (await client.get(DRAFT)).text
    email = await owner.fetchval("SELECT email FROM account")
    assert email in (await client.get(SENDING)).text
    sent = await press(client, token, par="email")
    assert sent.status_code == 303
    assert f"L’essai est parti à {email}" in plain(await client.get(sent.headers["location"]))
    row = await owner.fetchrow(MESSAGES)
    assert (row["channel"], row["recipient"]) == ("email", email)
    assert row["subject"].startswith("[ESSAI] ")
    for body in (row["text"], unescape(row["html"])):
        assert "Ceci est un essai" in body
        assert f"http://testserver{DRAFT}/essai" in body
        assert "essai/stop" not in body
        assert "essai/rappel" not in body
        assert "/s/" not in body
    chosen = await client.get(f"{DRAFT}/essai?note=2")
    assert re.search(r'value="2"[^>]* checked', chosen.text)
    assert (await client.get(f"{DRAFT}/essai?note=<x>")).status_code == 200
    line = await owner.fetchrow("SELECT subject, detail FROM audit WHERE action = 'trial.send'")
    assert tuple(line) == ("default", '{"channel": "email"}')
    assert [await owner.fetchval(f"SELECT count(*) FROM {table}") for table in LEFT] == [0] * len(LEFT)


async def test_an_sms_goes_to_the_number_typed_which_is_kept_nowhere(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    token = await opened(client, world)
    assert (await press(client, token, par="sms", numero=MOBILE, parle="en")).status_code == 303
    row = await owner.fetchrow(MESSAGES)
    assert (row["channel"], row["recipient"]) == ("sms", "+33639981234")
    assert row["text"].startswith("TRIAL. ")
    assert f"http://testserver{DRAFT}/essai" in row["text"]
    assert await owner.fetchval("SELECT count(*) FROM audit WHERE detail::text LIKE '%9981234%'") == 0


@pytest.mark.parametrize("number", ["", "04 67 00 00 00", "12"])
async def test_a_number_that_is_no_mobile_is_refused(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection, number: str
) -> None:
    token = await opened(client, world)
    refused = await press(client, token, par="sms", numero=number)
    assert refused.status_code == 422
    assert "Écrivez votre numéro de mobile" in plain(refused)
    assert await owner.fetchval("SELECT count(*) FROM audit WHERE action = 'trial.send'") == 0


async def test_a_client_s_number_is_refused(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    token = await opened(client, world)
    key = world.house.keyring.lookup("phone", "+33639981234")
    await owner.execute(
        "INSERT INTO endpoint (id, platform_id, kind, key) VALUES (gen_random_uuid(), $1, 'phone', $2)",
        world.platform,
        key,
    )
    refused = await press(client, token, par="sms", numero=MOBILE)
    assert refused.status_code == 409
    assert "celui d’une personne suivie" in plain(refused)
    assert await owner.fetchrow(MESSAGES) is None


async def test_the_sixth_of_an_hour_is_refused(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    token = await opened(client, world)
    answers = [await press(client, token, par="email") for _ in range(6)]
    assert [each.status_code for each in answers] == [303] * 5 + [429]
    assert "Cinq essais sont partis" in plain(answers[-1])
    assert await owner.fetchval("SELECT count(*) FROM memory_message") == 5


def browser_of(house: House, **settings: str) -> httpx.AsyncClient:
    """Open a browser on the same house with other carriers."""
    app = create_app(replace(house, settings=replace(house.settings, **settings)))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://testserver")


async def test_without_a_carrier_it_is_said(world: World) -> None:
    async with browser_of(world.house, sms_url="", email_url="") as client:
        token = await opened(client, world)
        page = plain(await client.get(SENDING))
        assert "Aucun opérateur de SMS n’est réglé" in page
        assert "Aucun serveur d’e-mail n’est réglé" in page
        for fields in ({"par": "email"}, {"par": "sms", "numero": "06 12 34 56 78"}):
            assert (await press(client, token, **fields)).status_code == 409


async def test_what_a_carrier_does_not_take_is_said(world: World) -> None:
    closed = "smtp://127.0.0.1:9/?from=avis@pleiades.invalid"
    async with browser_of(world.house, email_url=closed) as client:
        refused = await press(client, await opened(client, world), par="email")
    assert refused.status_code == 503
    assert "L’essai n’est pas parti" in plain(refused)


async def test_a_form_without_its_token_sends_nothing(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await opened(client, world)
    assert (await client.post(SENDING, data={"par": "email"})).status_code == 403
    assert await owner.fetchrow(MESSAGES) is None


async def test_a_draft_with_faults_is_not_sent(client: httpx.AsyncClient, world: World) -> None:
    token = await opened(client, world)
    question = f"{DRAFT}/questions/commentaire"
    fields = sent_by((await client.get(question)).text) | {"flags": ["signal"]}
    await client.post(question, data=fields)
    assert (await press(client, token, par="email")).status_code == 409


@pytest.mark.parametrize("role", ["supervisor", "funder"])
async def test_a_supervisor_and_gironde_send_nothing(
    client: httpx.AsyncClient, world: World, role: str
) -> None:
    await opened(client, world)
    await sign_in(client, world, role, world.gironde if role == "funder" else None)
    assert (await client.get(SENDING)).status_code == 403
