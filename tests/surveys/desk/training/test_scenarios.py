"""/appels/entrainement: false calls on the true screen; each rule is judged, and nothing else is stored."""

from dataclasses import replace
from uuid import uuid4

import asyncpg
import httpx
import pytest

from quality.access.scope import scoped
from quality.db import fetch, fetch_value
from surveys.desk.training.scenarios import Step, judge, reply, training
from tests.world import World, sign_in

HREF = "/appels/entrainement"
SILENT = ("response", "complaint", "call_case", "call_log", "signal", "authority_refusal", "audit")


async def begun(client: httpx.AsyncClient, world: World, code: str) -> tuple[str, str]:
    token = await sign_in(client, world, "agent")
    answer = await client.post(HREF, data={"jeton": token, "situation": code})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"], token


def test_ten_people_and_twelve_rules_are_there() -> None:
    found = training()
    assert len(found.scenarios) >= 10
    assert {"wary", "danger", "bereavement", "english", "voicemail"} <= {
        each.code for each in found.scenarios
    }
    assert len(found.rules) == 12


@pytest.mark.parametrize("code", [each.code for each in training().scenarios])
def test_doing_what_a_scenario_awaits_is_right(code: str) -> None:
    scenario = training().scenario(code)
    assert scenario is not None
    steps = [
        Step(each.step.do, each.step.what, (each.step.value or ("",))[0], each.step.what)
        for each in scenario.expects
    ]
    assert all(judged.is_kept for judged in judge(scenario, steps))
    assert not all(judged.is_kept for judged in judge(scenario, []))


def test_a_mistake_mended_in_time_is_none() -> None:
    scenario = training().scenario("confused")
    assert scenario is not None
    wrong = Step("answer", "globale", "4", "client")
    mended = [wrong, Step("undo", "globale", who="client"), Step("end", "unable")]
    assert all(judged.is_kept for judged in judge(scenario, mended))
    assert not all(judged.is_kept for judged in judge(scenario, [wrong, Step("end", "unable")]))


def test_the_person_speaks_first_then_answers_then_reacts_to_a_panel() -> None:
    scenario = training().scenario("wary")
    assert scenario is not None
    first = reply(scenario, "", "", is_first=True)
    assert first is not None
    assert "arnaque" in first.fr
    later = reply(scenario, "", "confiance", is_first=False)
    assert later is not None
    assert "demain" in later.fr
    assert reply(scenario, "globale", "danger", is_first=False) is None


async def test_a_false_call_is_read_by_nobody_else(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await begun(client, world, "late")
    account = await owner.fetchval("SELECT account_id FROM training_run")
    for role, reader, seen in (("agent", account, 1), ("agent", uuid4(), 0), ("supervisor", uuid4(), 0)):
        async with scoped(replace(world.actor(role), account=reader)) as db:
            assert await fetch_value(db, "SELECT count(*) FROM training_run") == seen
            changed = await fetch(db, "UPDATE training_run SET scenario = scenario RETURNING id")
            assert len(changed) == seen


async def test_a_false_call_is_taken_to_its_debrief_and_stores_nothing_else(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    href, token = await begun(client, world, "late")
    before = [await owner.fetchval(f"SELECT count(*) FROM {table}") for table in SILENT]
    page = (await client.get(href)).text
    assert "cette personne n’existe pas" in page
    assert "je voulais le dire à quelqu’un" in page
    form = {
        "jeton": token,
        "question": "ponctualite",
        "numero": "2",
        "genre": "rating",
        "repondant": "client",
    }
    answer = await client.post(f"{href}/reponse", data={**form, "ponctualite": "2"})
    assert "vous pouvez donner mon nom" in (await client.get(answer.headers["location"])).text
    wished = await client.post(
        f"{href}/souhait", data={"jeton": token, "souhait": "nom", "repondant": "client"}
    )
    page = (await client.get(wished.headers["location"])).text
    assert "Rembourser, jusqu’à 40\u00a0€" in page
    granted = await client.post(f"{href}/accord", data={"jeton": token, "solution": "call_back"})
    assert "Je récapitule" in (await client.get(granted.headers["location"])).text
    await client.post(f"{href}/pouls", data={"jeton": token, "lieu": "?panneau=recapitulatif"})
    ended = await client.post(f"{href}/issue", data={"jeton": token, "issue": "answered"})
    debrief = (await client.get(ended.headers["location"])).text
    assert "5 sur 5" in debrief
    assert f"{HREF}#regle-5" in debrief
    assert "Noter «\u00a02 Plutôt en retard\u00a0»" in debrief
    assert [await owner.fetchval(f"SELECT count(*) FROM {table}") for table in SILENT] == before
    assert "Réussi" in (await client.get(HREF)).text


async def test_a_refund_beyond_the_limit_says_who_decides(client: httpx.AsyncClient, world: World) -> None:
    href, token = await begun(client, world, "refund")
    page = await client.post(f"{href}/accord", data={"jeton": token, "solution": "refund", "montant": "90"})
    assert "C’est plus que ce que vous pouvez accorder" in page.text
    assert (
        await client.post(f"{href}/accord", data={"jeton": token, "solution": "refund"})
    ).status_code == 422


async def test_z_and_every_other_key_work_as_in_a_true_call(client: httpx.AsyncClient, world: World) -> None:
    href, token = await begun(client, world, "english")
    assert (await client.post(f"{href}/annuler", data={"jeton": token})).status_code == 409
    form = {"jeton": token, "question": "globale", "numero": "1", "repondant": "client", "globale": "4"}
    await client.post(f"{href}/reponse", data=form)
    assert "Annuler «\u00a04 Plutôt bien\u00a0»" in (await client.get(href)).text
    back = await client.post(f"{href}/annuler", data={"jeton": token})
    assert back.headers["location"].endswith("q=1&repondant=client")
    spoken = await client.post(f"{href}/langue", data={"jeton": token, "langue-parlee": "en"})
    assert "How did the visit of Aide Exemple go" in (await client.get(spoken.headers["location"])).text
    hour = await client.post(
        f"{href}/issue", data={"jeton": token, "issue": "appointment", "quand": "demain à 15 h"}
    )
    assert "heure du lieu (Hérault)" in hour.text
    assert (await client.get(f"{href}/etat")).json()["is_mine"]
    assert (await client.post(f"{href}/brouillon", data={"jeton": token})).status_code == 204
    assert (await client.post(f"{href}/lune", data={"jeton": token})).status_code == 404
    told = await client.post(f"{href}/danger", data={"jeton": token, "paroles": "x"})
    assert "La supervision est prévenue" in (await client.get(told.headers["location"])).text
    await client.post(f"{href}/rendre", data={"jeton": token})
    assert (await client.post(f"{href}/issue", data={"jeton": token, "issue": "busy"})).status_code == 409


async def test_another_s_training_does_not_exist(client: httpx.AsyncClient, world: World) -> None:
    href, _ = await begun(client, world, "late")
    await sign_in(client, world, "agent")
    assert (await client.get(href)).status_code == 404
    token = await sign_in(client, world, "agent")
    assert (await client.post(HREF, data={"jeton": token, "situation": "lune"})).status_code == 404


async def test_gironde_does_not_train(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "funder", world.gironde)
    assert (await client.get(HREF)).status_code == 403
