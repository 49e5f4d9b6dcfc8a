"""/admin/envois, and what a monitor reads of it."""

import asyncpg
import httpx

from quality.db import fetch_value, pool
from tests.surveys.dispatch.asking import NOON, asked, change, claim_at, first_attempt, set_clock
from tests.world import World, sign_in

HREF = "/admin/envois"


async def test_the_page_holds_a_channel_and_says_who_did(client: httpx.AsyncClient, world: World) -> None:
    await asked(world)
    set_clock(NOON)
    token = await sign_in(client, world, "supervisor")
    refused = await client.post(f"{HREF}/sms/suspendre", data={"jeton": token, "pourquoi-sms": " "})
    assert refused.status_code == 422
    assert "Dites pourquoi" in refused.text
    done = await client.post(
        f"{HREF}/sms/suspendre", data={"jeton": token, "pourquoi-sms": "Panne de l’opérateur"}
    )
    assert done.headers["location"] == f"{HREF}?fait=suspendu"
    page = (await client.get(done.headers["location"])).text
    assert "Panne de l’opérateur" in page
    assert "Plus rien ne part par ce canal." in page
    await client.post(f"{HREF}/sms/reprendre", data={"jeton": token})
    assert "Suspendu par" not in (await client.get(HREF)).text


async def test_the_page_gives_a_day_its_budget(client: httpx.AsyncClient, world: World) -> None:
    token = await sign_in(client, world, "platform")
    refused = await client.post(f"{HREF}/email/budget", data={"jeton": token, "budget-email": "beaucoup"})
    assert refused.status_code == 422
    assert 'value="beaucoup"' in refused.text
    await client.post(f"{HREF}/email/budget", data={"jeton": token, "budget-email": "0"})
    assert "La limite du jour est atteinte" in (await client.get(HREF)).text
    for address in ("phone/budget", "fax/suspendre"):
        answer = await client.post(f"{HREF}/{address}", data={"jeton": token, "budget-phone": "1"})
        assert answer.status_code == 404


async def test_a_stopped_message_is_shown_without_a_name_and_decided(
    client: httpx.AsyncClient, world: World
) -> None:
    await asked(world)
    set_clock(NOON)
    await claim_at()
    await change(
        "attempt", "state = 'dead', reason = 'claimed_too_often', lease_until = NULL", where="step = 1"
    )
    attempt = await first_attempt()
    token = await sign_in(client, world, "supervisor")
    page = (await client.get(HREF)).text
    assert "L’envoi s’est interrompu cinq fois." in page
    assert "Martin" not in page
    await client.post(f"{HREF}/messages/{attempt['id']}/relancer", data={"jeton": token})
    assert (await first_attempt())["state"] == "planned"
    again = await client.post(f"{HREF}/messages/{attempt['id']}/relancer", data={"jeton": token})
    assert again.status_code == 409
    await change("attempt", "state = 'dead', reason = 'claimed_too_often'", where="step = 1")
    await client.post(f"{HREF}/messages/{attempt['id']}/abandonner", data={"jeton": token})
    assert (await first_attempt())["reason"] == "abandoned"
    assert "Quelqu’un l’a abandonné" in (await client.get(HREF)).text


async def test_what_is_done_is_in_the_audit_trail(client: httpx.AsyncClient, world: World) -> None:
    token = await sign_in(client, world, "supervisor")
    await client.post(f"{HREF}/sms/suspendre", data={"jeton": token, "pourquoi-sms": "Panne"})
    assert await fetch_value(pool("work"), "SELECT count(*) FROM audit WHERE action = 'channel.hold'") == 1


async def test_a_monitor_reads_what_waits_and_what_stopped(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await asked(world)
    set_clock(NOON)
    lines = (await client.get("/metrics")).text
    assert 'quality_messages_due{channel="sms"} 1.0' in lines
    assert 'quality_messages_oldest_due_seconds{channel="sms"} 300.0' in lines
    await claim_at()
    await change("attempt", "state = 'uncertain', lease_until = NULL, sent_at = $1", NOON, where="step = 1")
    assert 'quality_messages_uncertain{channel="sms"} 1.0' in (await client.get("/metrics")).text


async def test_what_a_rule_keeps_is_not_said_ready_to_leave(client: httpx.AsyncClient, world: World) -> None:
    await asked(world)
    set_clock(NOON)
    await change("client", "status = 'hospital'")
    lines = (await client.get("/metrics")).text
    assert 'quality_messages_due{channel="sms"} 0.0' in lines
    assert 'quality_messages_kept{channel="sms"} 1.0' in lines
    assert "quality_messages_oldest_due_seconds{" not in lines
    await sign_in(client, world, "supervisor")
    assert "1 attend\u00a0: une règle le retient." in (await client.get(HREF)).text


async def test_the_board_counts_what_stopped_by_channel(client: httpx.AsyncClient, world: World) -> None:
    await asked(world)
    set_clock(NOON)
    await claim_at()
    await change("attempt", "state = 'uncertain', lease_until = NULL, sent_at = $1", NOON, where="step = 1")
    await sign_in(client, world, "supervisor")
    assert "1 peut-être parti" in (await client.get(HREF)).text


async def test_gironde_sees_no_sending(client: httpx.AsyncClient, world: World) -> None:
    token = await sign_in(client, world, "funder", world.gironde)
    assert (await client.get(HREF)).status_code == 403
    refused = await client.post(f"{HREF}/sms/suspendre", data={"jeton": token, "pourquoi-sms": "x"})
    assert refused.status_code == 403
