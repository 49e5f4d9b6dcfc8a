"""/reclamations/{number}: what happened, what each side may do, and never a name without an agreement."""

import re

import asyncpg
import httpx
import pytest

from quality.access.scope import scoped
from quality.complaints import reading
from quality.complaints.links import reference_of
from quality.complaints.resolving import handling
from quality.db import fetch
from tests.quality.complaints.opened import filed, marked
from tests.quality.measures.views.test_pages import seen
from tests.world import World, sign_in

WRITTEN = {
    "cause_code": "travel",
    "cause": "Panne de voiture",
    "remedy_code": "explain",
    "solution": "Excuses.",
}
SOLUTION = {
    "motif": "late",
    "cause-type": "travel",
    "cause": "Panne de voiture.",
    "solution-type": "refund",
    "solution": "Deux heures offertes.",
}


async def test_a_named_complaint_shows_its_client_to_the_provider(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await filed(world)
    await sign_in(client, world, "provider", world.aide34)
    page = await client.get("/reclamations/1")
    assert page.status_code == 200
    assert "Mme Martin" in page.text
    assert 'href="tel:+33639980001"' in page.text
    assert "mardi 24\u00a0novembre" in page.text
    assert await owner.fetchval("SELECT action FROM audit") == "complaint.name"


async def test_the_staff_reads_the_reference_to_say_and_the_provider_does_not(
    client: httpx.AsyncClient, world: World
) -> None:
    said = reference_of(world.house.keyring, (await filed(world)).id)
    await sign_in(client, world, "agent")
    assert said in (await client.get("/reclamations/1")).text
    await sign_in(client, world, "provider", world.aide34)
    assert said not in (await client.get("/reclamations/1")).text


async def test_an_anonymous_complaint_says_nothing_of_its_client_to_the_provider(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await filed(world, "anonymous")
    await sign_in(client, world, "provider", world.aide34)
    page = await client.get("/reclamations/1")
    assert "Sans nom" in page.text
    for hidden in ("Martin", "tel:+33639980001", "visite du", "Souhait"):
        assert hidden not in page.text
    assert await owner.fetchval("SELECT count(*) FROM audit") == 0


async def test_an_anonymous_complaint_tells_its_provider_no_hour(
    client: httpx.AsyncClient, world: World
) -> None:
    await filed(world, "anonymous")
    token = await sign_in(client, world, "provider", world.aide34)
    before = await client.get("/reclamations/1")
    assert "en novembre\u00a02026" in before.text
    await client.post("/reclamations/1/accuse", data={"jeton": token})
    await client.post("/reclamations/1/note", data={"jeton": token, "note": "Planning relu."})
    for page in (before, await client.get("/reclamations/1")):
        hours = re.findall(r"\d+\u00a0h(?:\u00a0\d\d)?", page.text)
        assert set(hours) <= {"18\u00a0h"}  # the delays end in the evening
    assert "mardi 24\u00a0novembre, par Aide 34" in (await client.get("/reclamations/1")).text


def test_what_is_read_of_a_complaint_is_neither_its_source_nor_its_instant() -> None:
    for written in (reading.COLUMNS, reading.DUE):
        assert "source" not in written
        assert "opened_at" not in written


async def test_the_database_hides_the_client_even_from_a_query_without_a_condition(world: World) -> None:
    await filed(world, "anonymous")
    await filed(world, "call_first")
    async with scoped(world.provider) as db:
        assert await fetch(db, "SELECT id FROM complaint_subject") == []
        assert [row["number"] for row in await fetch(db, "SELECT number FROM complaint")] == [1]
        kinds = await fetch(db, "SELECT kind FROM complaint_event")
    assert [row["kind"] for row in kinds] == ["opened"]


async def test_the_story_goes_from_the_mark_to_the_cause(client: httpx.AsyncClient, world: World) -> None:
    complaint = await filed(world)
    await marked(complaint, globale=2, ponctualite=1, travail=4)
    await handling.acknowledge(world.provider, complaint.number)
    await handling.remedy(world.provider, complaint.number, "late", **WRITTEN)
    await sign_in(client, world, "provider", world.aide34)
    shown = seen(await client.get("/reclamations/1"))
    told = (
        "La personne donne une note basse",
        "La visite : 2 Plutôt mal. L’heure d’arrivée : 1 Très en retard.",
        "La personne souhaite que cela soit réglé avec vous, avec son nom.",
        "Cause : Panne de voiture. Solution : Excuses.",
    )
    assert sorted(told, key=shown.index) == list(told)
    assert "Le travail fait" not in shown


@pytest.mark.parametrize("disclosure", ["anonymous", "call_first"])
async def test_marks_follow_the_name(client: httpx.AsyncClient, world: World, disclosure: str) -> None:
    complaint = await filed(world, disclosure)
    await marked(complaint, globale=2)
    async with scoped(world.provider) as db:
        assert await fetch(db, "SELECT id FROM signal") == []
    async with scoped(world.actor("provider", world.cap)) as db:
        assert await fetch(db, "SELECT id FROM signal") == []
    await sign_in(client, world, "provider", world.aide34)
    assert "Plutôt mal" not in (await client.get("/reclamations/1")).text
    await sign_in(client, world, "agent")
    assert "Plutôt mal" in (await client.get("/reclamations/1")).text


async def test_the_staff_knows_whom_to_call(client: httpx.AsyncClient, world: World) -> None:
    await filed(world, "anonymous")
    await sign_in(client, world, "agent")
    page = await client.get("/reclamations/1")
    assert "Mme Martin" in page.text
    assert "Son nom n’est pas donné à Aide 34." in page.text


@pytest.mark.parametrize(
    "path", ["/reclamations/1", "/reclamations/2", "/reclamations/99", "/reclamations/x"]
)
async def test_what_is_not_yours_and_what_does_not_exist_look_alike(
    client: httpx.AsyncClient, world: World, path: str
) -> None:
    await filed(world, "call_first")
    await filed(world, "named", provider=world.cap)
    await sign_in(client, world, "provider", world.aide34)
    page = await client.get(path)
    assert page.status_code == 404
    assert "Martin" not in page.text


async def test_gironde_is_refused(client: httpx.AsyncClient, world: World) -> None:
    await filed(world)
    token = await sign_in(client, world, "funder", world.gironde)
    assert (await client.get("/reclamations/1")).status_code == 403
    answer = await client.post("/reclamations/1/note", data={"jeton": token, "note": "x"})
    assert answer.status_code == 403


async def test_a_complaint_goes_from_page_to_page_to_its_end(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await filed(world)
    token = await sign_in(client, world, "provider", world.aide34)
    for action, fields in (("accuse", {}), ("solution", SOLUTION), ("note", {"note": "Équipe prévenue."})):
        answer = await client.post(f"/reclamations/1/{action}", data={"jeton": token, **fields})
        assert answer.status_code == 303
        assert answer.headers["location"] == "/reclamations/1"
    page = await client.get("/reclamations/1")
    assert "Deux heures offertes." in page.text
    assert "Équipe prévenue." in page.text
    assert "par Aide 34" in page.text
    token = await sign_in(client, world, "agent")
    await client.post("/reclamations/1/avis", data={"jeton": token, "regle": "oui"})
    assert await owner.fetchval("SELECT state FROM complaint") == "closed"


async def test_a_call_first_complaint_is_decided_on_its_page(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await filed(world, "call_first")
    token = await sign_in(client, world, "platform")
    page = await client.get("/reclamations/1")
    assert "Ce que la personne décide" in page.text
    answer = await client.post("/reclamations/1/souhait", data={"jeton": token, "souhait": "sans"})
    assert answer.status_code == 303
    assert await owner.fetchval("SELECT disclosure FROM complaint") == "anonymous"


@pytest.mark.parametrize(
    ("action", "fields", "field"),
    [
        ("note", {"note": ""}, "note"),
        ("solution", {"motif": "", "cause": "Panne", "solution": ""}, "solution"),
        ("avis", {}, "regle-oui"),
    ],
)
async def test_a_form_that_lacks_something_comes_back_with_what_was_written(
    client: httpx.AsyncClient, world: World, action: str, fields: dict[str, str], field: str
) -> None:
    complaint = await filed(world)
    await handling.acknowledge(world.provider, complaint.number)
    if action == "avis":
        await handling.remedy(world.staff, complaint.number, "late", **WRITTEN)
    token = await sign_in(client, world, "platform")
    page = await client.post(f"/reclamations/1/{action}", data={"jeton": token, **fields})
    assert page.status_code == 422
    assert "<title>Erreur" in page.text
    assert f'href="#{field}"' in page.text
    assert f'id="{field}"' in page.text
    assert all(value in page.text for value in fields.values())


async def test_a_change_already_made_is_said_and_not_made_twice(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await filed(world)
    token = await sign_in(client, world, "provider", world.aide34)
    await client.post("/reclamations/1/accuse", data={"jeton": token})
    again = await client.post("/reclamations/1/accuse", data={"jeton": token})
    assert again.status_code == 409
    assert await owner.fetchval("SELECT count(*) FROM complaint_event WHERE kind = 'countersigned'") == 1


@pytest.mark.parametrize("action", ["avis", "souhait"])
async def test_a_provider_never_decides_for_the_client(
    client: httpx.AsyncClient, world: World, action: str
) -> None:
    await filed(world)
    token = await sign_in(client, world, "provider", world.aide34)
    answer = await client.post(
        f"/reclamations/1/{action}", data={"jeton": token, "souhait": "nom", "regle": "oui"}
    )
    assert answer.status_code == 403


async def test_a_form_of_another_site_is_refused(client: httpx.AsyncClient, world: World) -> None:
    await filed(world)
    token = await sign_in(client, world, "provider", world.aide34)
    forged = await client.post("/reclamations/1/accuse", data={})
    foreign = await client.post(
        "/reclamations/1/accuse", data={"jeton": token}, headers={"origin": "https://evil.invalid"}
    )
    assert (forged.status_code, foreign.status_code) == (403, 403)
