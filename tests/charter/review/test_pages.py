"""The pages of the review: what is sent, contested, answered and decided by forms."""

import re
from datetime import timedelta
from uuid import uuid4

import asyncpg
import httpx

from charter.answering import Draft, save
from charter.editions import load
from charter.evidence.keeping import Given, add
from charter.review.deciding import Judgement, accept, give_back, judge
from charter.waiting import judge_tasks, provider_tasks
from tests.charter.campaigns.running import more_providers
from tests.charter.declared import criterion, declare, declare_everything, punctuality
from tests.charter.reviewed import BASE, a_file, an_account, suspend
from tests.quality.web.pages import read
from tests.rows import insert, valid_rows
from tests.rows.identities import NOW
from tests.world import World, sign_in

OTHER = "service-commitments-2026"


async def test_a_file_goes_from_its_provider_to_an_adhesion_by_forms(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await declare_everything(world)
    token = await sign_in(client, world, "provider", world.aide34)
    assert "Pas encore d’adhésion" in (await client.get("/charte/adhesion")).text
    form = {"jeton": token, "geste": "envoyer", "confirmer": "oui"}
    sent = await client.post("/charte/adhesion", data=form)
    assert (sent.status_code, sent.headers["location"]) == (303, "/charte/adhesion")
    file = await owner.fetchval("SELECT id FROM review_file")
    (waiting,) = await judge_tasks(world.staff)
    assert waiting.title == "1 dossier de la charte à examiner"

    token = await sign_in(client, world, "platform")
    assert f"/charte/dossiers/{file}" in (await client.get("/charte/dossiers")).text
    address = f"/charte/dossiers/{file}"
    form = {"jeton": token, "critere": "1.2", "geste": "contester", "reponse": "no", "motif": ""}
    refused = await client.post(address, data=form)
    assert (refused.status_code, "Écrivez pourquoi" in refused.text) == (422, True)
    assert (await client.post(address, data={**form, "motif": "Un client a attendu."})).status_code == 303
    (point,) = await provider_tasks(world.provider)
    assert point.title == "Répondre au point contesté\u00a0: critère 1.2"

    token = await sign_in(client, world, "provider", world.aide34)
    shown = (await client.get("/charte/adhesion")).text
    assert "Un client a attendu." in shown
    answer = {"jeton": token, "geste": "repondre", "dossier": str(file), "critere": "1.2"}
    await client.post("/charte/adhesion", data={**answer, "reponse": "Le registre le montre."})

    token = await sign_in(client, world, "platform")
    assert "Le registre le montre." in (await client.get(address)).text
    (answered,) = await judge_tasks(world.staff)
    assert answered.title == "Décider du critère 1.2\u00a0: Aide 34"
    assert answered.href == address
    assert answered.due_at == await owner.fetchval("SELECT due_at FROM review_point")
    settle = {"jeton": token, "critere": "1.2", "geste": "retenir", "motif": "C’est exact."}
    await client.post(address, data=settle)
    await client.post(address, data={"jeton": token, "geste": "adherer"})
    assert await owner.fetchval("SELECT state FROM adhesion") == "valid"
    await sign_in(client, world, "provider", world.aide34)
    shown = (await client.get("/charte/adhesion")).text
    assert "Adhésion en cours" in shown
    assert "C’est exact." in shown


async def test_the_letter_of_a_contested_point_names_it_and_leads_to_where_it_is_answered(
    world: World, owner: asyncpg.Connection
) -> None:
    await an_account(world, world.aide34)
    file = await a_file(world, owner)
    await judge(world.staff, file, "1.2", Judgement("contester", "no", "La preuve manque."), BASE)
    text = await owner.fetchval("SELECT text FROM mail_outbox")
    assert f"Critère 1.2\u00a0: {criterion('1.2').label.fr.removesuffix('.')}." in text
    assert "La preuve manque." in text
    assert f"{BASE}/charte/adhesion" in text


async def test_why_a_file_is_returned_is_on_its_provider_s_page(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await give_back(world.staff, await a_file(world, owner), "Le critère 1.2 n’est pas tenu.")
    await sign_in(client, world, "provider", world.aide34)
    shown = (await client.get("/charte/adhesion")).text
    assert "Dossier renvoyé" in shown
    assert "Le critère 1.2 n’est pas tenu." in shown


async def test_every_file_is_listed_by_pages_and_who_has_waited_longest_is_first(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    providers = await more_providers(world, owner, 60)
    for rank, provider in enumerate(providers):
        of = {"platform_id": world.platform, "provider_id": provider, "frozen_at": NOW, "issued": b"{}"}
        assessment = {**valid_rows()["assessment"], **of, "id": uuid4()}
        await insert(owner, "assessment", assessment)
        sent = {
            "id": uuid4(),
            "platform_id": world.platform,
            "provider_id": provider,
            "assessment_id": assessment["id"],
            "submitted_at": NOW - timedelta(days=rank),
        }
        await insert(owner, "review_file", {**valid_rows()["review_file"], **sent})
    await sign_in(client, world, "platform")
    shown = (await client.get("/charte/dossiers")).text
    assert shown.index(">Aide n° 60<") < shown.index(">Aide n° 59<") < shown.index(">Aide n° 11<")
    assert "1 à 50 sur 60" in shown
    assert ">Aide n° 1<" in (await client.get("/charte/dossiers?page=2")).text


async def test_an_appeal_is_decided_with_a_reason(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await accept(world.staff, await a_file(world, owner))
    adhesion = await suspend(owner)
    token = await sign_in(client, world, "provider", world.aide34)
    words = {"jeton": token, "geste": "appel", "adhesion": str(adhesion), "appel": "La panne est réparée."}
    empty = await client.post("/charte/adhesion", data={**words, "appel": " "})
    assert (empty.status_code, leads_to_its_field(empty)) == (422, True)
    assert (await client.post("/charte/adhesion", data=words)).status_code == 303
    token = await sign_in(client, world, "platform")
    shown = (await client.get("/charte/dossiers")).text
    assert "La panne est réparée." in shown
    assert "Critère 3.8." in shown
    form = {"jeton": token, "geste": "lever", "adhesion": str(adhesion)}
    assert (await client.post("/charte/dossiers", data={**form, "motif": ""})).status_code == 422
    assert (await client.post("/charte/dossiers", data={**form, "motif": "Prouvé."})).status_code == 303
    assert await owner.fetchval("SELECT state FROM adhesion") == "valid"


async def test_a_figure_is_shown_on_the_register_only_by_the_provider_s_own_wish(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    token = await sign_in(client, world, "provider", world.aide34)
    for gesture, count in (("montrer", 1), ("montrer", 1), ("cacher", 0)):
        await client.post("/charte/adhesion", data={"jeton": token, "geste": gesture})
        assert await owner.fetchval("SELECT count(*) FROM register_consent") == count


async def test_beside_each_criterion_stand_what_proves_it_and_what_clients_say(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await punctuality(world, 95, 59)
    link = Given(document="complaint_log", url="https://aide34.invalid/registre")
    await add(world.provider, world.house.keyring, link, None)
    file = await a_file(world, owner)
    await sign_in(client, world, "platform")
    lines = read((await client.get(f"/charte/dossiers/{file}")).text).all("li")
    told = {
        code: next(each.text for each in lines if each.text.startswith(f"{code} ")) for code in ("2.8", "3.7")
    }
    assert "62\u202f%" in told["2.8"].replace("\u00a0", "\u202f")
    assert "Indice contraire" in told["2.8"]
    assert "Aucune preuve." in told["2.8"]
    assert "Registre des réclamations" in told["3.7"]
    await sign_in(client, world, "provider", world.aide34)
    assert "Aucune preuve." not in (await client.get("/charte/adhesion")).text


async def test_a_supervisor_reads_a_file_and_judges_nothing(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    file = await a_file(world, owner)
    await judge(world.staff, file, "1.2", Judgement("corriger", "partly", "La preuve est ancienne."), BASE)
    token = await sign_in(client, world, "supervisor")
    shown = (await client.get(f"/charte/dossiers/{file}")).text
    assert "La preuve est ancienne." in shown
    assert 'name="geste"' not in shown
    form = {"jeton": token, "geste": "adherer"}
    assert (await client.post(f"/charte/dossiers/{file}", data=form)).status_code == 403


async def test_what_is_unproven_is_seen_and_confirmed_before_it_is_sent(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await declare_everything(world)
    token = await sign_in(client, world, "provider", world.aide34)
    shown = (await client.get("/charte/adhesion")).text
    assert "Déclarés satisfaits, sans preuve" in shown
    assert "Je les ai vus" in shown
    refused = await client.post("/charte/adhesion", data={"jeton": token, "geste": "envoyer"})
    assert refused.status_code == 422
    assert 'href="#confirmer-oui"' in refused.text
    assert await owner.fetchval("SELECT count(*) FROM review_file") == 0
    form = {"jeton": token, "geste": "envoyer", "confirmer": "oui"}
    assert (await client.post("/charte/adhesion", data=form)).status_code == 303


async def test_what_lacks_an_answer_leaves_no_way_to_send(client: httpx.AsyncClient, world: World) -> None:
    await declare(world, {"1.1": "yes"})
    token = await sign_in(client, world, "provider", world.aide34)
    shown = (await client.get("/charte/adhesion")).text
    assert "Obligatoires sans réponse" in shown
    assert "Envoyer mon auto-évaluation" not in shown
    form = {"jeton": token, "geste": "envoyer", "confirmer": "oui"}
    assert (await client.post("/charte/adhesion", data=form)).status_code == 409


async def test_nothing_is_confirmed_where_nothing_is_to_be_seen(
    client: httpx.AsyncClient, world: World
) -> None:
    await declare_everything(world, "partly")
    token = await sign_in(client, world, "provider", world.aide34)
    assert "Je les ai vus" not in (await client.get("/charte/adhesion")).text
    assert (
        await client.post("/charte/adhesion", data={"jeton": token, "geste": "envoyer"})
    ).status_code == 303


async def test_another_edition_is_sent_from_its_own_page(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await declare_everything(world, "partly")
    other = load(OTHER)
    drafts = {code: Draft("partly") for each in other.criteria for code in each.asked}
    await save(world.provider, other, drafts)
    token = await sign_in(client, world, "provider", world.aide34)
    address = f"/charte/adhesion?edition={OTHER}"
    assert f'href="{address}"' in (await client.get("/charte/adhesion")).text
    shown = (await client.get(address)).text
    assert f'name="edition" value="{OTHER}"' in shown
    form = {"jeton": token, "geste": "envoyer", "edition": OTHER, "confirmer": "oui"}
    assert (await client.post("/charte/adhesion", data=form)).status_code == 303
    sent = "SELECT edition FROM assessment JOIN review_file f ON f.assessment_id = assessment.id"
    assert await owner.fetchval(sent) == OTHER
    assert (await client.get("/charte/adhesion?edition=aucune")).status_code == 404


def leads_to_its_field(page: httpx.Response) -> bool:
    """Say whether each message of a refused form leads to a field that says it."""
    reading = read(page.text)
    fields = {each.attributes["id"]: each for each in reading.elements if "id" in each.attributes}
    links = re.findall(r'<li><a href="#([^"]+)">', page.text)
    return bool(links) and all(fields[each].attributes.get("aria-invalid") == "true" for each in links)


async def test_a_refused_form_leads_to_the_field_of_its_own_criterion(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    file = await a_file(world, owner)
    address = f"/charte/dossiers/{file}"
    token = await sign_in(client, world, "platform")
    for form in (
        {"critere": "1.4", "geste": "corriger", "reponse": "", "motif": "x"},
        {"critere": "1.4", "geste": "contester", "reponse": "no", "motif": ""},
        {"geste": "renvoyer", "motif": ""},
    ):
        refused = await client.post(address, data={"jeton": token, **form})
        assert (refused.status_code, leads_to_its_field(refused)) == (422, True)
    await judge(world.staff, file, "1.2", Judgement("contester", "no", "La preuve manque."), BASE)
    await judge(world.staff, file, "1.4", Judgement("contester", "no", "La preuve manque."), BASE)
    token = await sign_in(client, world, "provider", world.aide34)
    form = {"jeton": token, "geste": "repondre", "dossier": str(file), "critere": "1.4", "reponse": " "}
    refused = await client.post("/charte/adhesion", data=form)
    assert (refused.status_code, leads_to_its_field(refused)) == (422, True)
    assert 'href="#reponse-1.4"' in refused.text
