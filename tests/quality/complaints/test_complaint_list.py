"""/reclamations: due dates first, late ones in words, no name without an agreement."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import httpx
import pytest

from quality import clock
from quality.access.scope import scoped
from quality.complaints.resolving import closing, handling
from quality.complaints.words import left_words
from quality.db import fetch, fetch_value, transaction
from tests.quality.complaints.opened import filed, marked
from tests.quality.measures.views.test_pages import seen
from tests.world import CAP_DOMICILE, World, sign_in


async def test_a_provider_reads_its_complaints_with_the_names_given(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await filed(world, "named", name="Mme Martin")
    await filed(world, "anonymous", name="Mme Lefèvre")
    await filed(world, "call_first", name="M. Durand")
    await filed(world, "named", provider=world.cap, name="Mme Petit")
    await sign_in(client, world, "provider", world.aide34)
    page = await client.get("/reclamations")
    assert page.status_code == 200
    assert "Mme Martin" in page.text
    assert "Sans nom" in page.text
    for hidden in ("Lefèvre", "Durand", "Petit", "Réclamation 3", "Réclamation 4"):
        assert hidden not in page.text
    reads = await owner.fetch("SELECT action, detail->'numbers' AS numbers FROM audit")
    assert [tuple(row) for row in reads] == [("complaint.names", "[1]")]


@pytest.mark.parametrize("role", ["platform", "supervisor", "agent"])
async def test_the_staff_reads_all_with_their_providers(
    client: httpx.AsyncClient, world: World, role: str
) -> None:
    await filed(world, "call_first", name="M. Durand")
    await filed(world, "named", provider=world.cap)
    await sign_in(client, world, role)
    page = await client.get("/reclamations")
    assert "Cap Domicile" in page.text
    assert "Personne à appeler d’abord" in page.text
    assert "Durand" not in page.text


async def test_the_nearest_due_comes_first_and_a_late_one_says_so(
    client: httpx.AsyncClient, world: World
) -> None:
    await filed(world, "named")
    clock.set_offset(clock.offset() + timedelta(days=7))
    await filed(world, "named")
    await sign_in(client, world, "provider", world.aide34)
    page = await client.get("/reclamations")
    assert "En retard de 5 jours" in page.text
    assert page.text.index("/reclamations/1") < page.text.index("/reclamations/2")


async def test_without_a_name_a_provider_reads_no_day_from_which_the_visit_could_be_told(
    client: httpx.AsyncClient, world: World
) -> None:
    await filed(world, "anonymous")
    await sign_in(client, world, "provider", world.aide34)
    for days, words in ((0, "Cette semaine"), (3, "En retard")):
        clock.set_offset(clock.offset() + timedelta(days=days))
        for path in ("/reclamations", "/reclamations/1"):
            shown = (await client.get(path)).text
            assert words.casefold() in shown.casefold(), path
            assert not re.search(r"26\xa0novembre|décembre|En retard de|jeudi", shown), path


async def test_nothing_is_due_from_a_provider_before_its_client_was_called(
    client: httpx.AsyncClient, world: World
) -> None:
    await filed(world, "named")
    await filed(world, "call_first")
    clock.set_offset(clock.offset() + timedelta(days=7))
    await sign_in(client, world, "platform")
    listed = (await client.get("/reclamations")).text
    assert listed.count("En retard de 5 jours") == 1
    assert listed.index("/reclamations/2") < listed.index("/reclamations/1")
    page = (await client.get("/reclamations/2")).text
    assert page.count("Après le choix de la personne") == 2
    assert "En retard" not in page


async def test_the_address_chooses_the_states(client: httpx.AsyncClient, world: World) -> None:
    first = await filed(world, "named")
    await filed(world, "named")
    await handling.acknowledge(world.provider, first.number)
    await sign_in(client, world, "provider", world.aide34)
    page = await client.get("/reclamations?etat=solution")
    assert "/reclamations/1" in page.text
    assert "/reclamations/2" not in page.text
    assert "Aucune réclamation ici" in (await client.get("/reclamations?etat=closes")).text
    assert "/reclamations/2" in (await client.get("/reclamations?etat=<script>&page=-4")).text


async def test_gironde_and_the_other_funders_are_refused(client: httpx.AsyncClient, world: World) -> None:
    await filed(world)
    for funder in (world.gironde, world.herault):
        await sign_in(client, world, "funder", funder)
        page = await client.get("/reclamations")
        assert page.status_code == 403
        assert "Martin" not in page.text


async def test_a_provider_reads_first_what_is_due_from_it_with_the_time_left(
    client: httpx.AsyncClient, world: World
) -> None:
    complaint = await filed(world, "named")
    await marked(complaint, ponctualite=1)
    async with transaction("answer") as db:
        await closing.write_message(db, complaint.id, "Elle part aussi trop tôt.", clock.now())
    await sign_in(client, world, "provider", world.aide34)
    shown = seen(await client.get("/reclamations"))
    assert "1 réclamation vous attend" in shown
    assert "Très en retard. « Elle part aussi trop tôt. »" in shown
    assert "Prendre en charge, ou contester Mme Martin. Réclamation 1 : travail non fait." in shown
    assert "Ce que la personne a dit : L’heure d’arrivée : 1 Très en retard." in shown
    assert "Il reste 2 jours ouvrés" in shown
    await handling.acknowledge(world.provider, complaint.number)
    assert "Apporter une solution" in seen(await client.get("/reclamations"))


async def test_the_clock_of_a_nameless_complaint_counts_weeks_and_says_no_word_of_its_client(
    client: httpx.AsyncClient, world: World
) -> None:
    complaint = await filed(world, "anonymous")
    await marked(complaint, ponctualite=1)
    async with transaction("answer") as db:
        await closing.write_message(db, complaint.id, "Elle part aussi trop tôt.", clock.now())
    await sign_in(client, world, "provider", world.aide34)
    shown = seen(await client.get("/reclamations"))
    assert "trop tôt" not in shown
    assert "Une personne sans nom. Réclamation 1" in shown
    assert "Cette semaine" in shown
    for hidden in ("jours ouvrés", "Très en retard", "Ce que la personne a dit"):
        assert hidden not in shown


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ((2026, 11, 27, 16, 30), "Il reste 2 jours ouvrés"),  # a Friday; a weekend is nobody's time
        ((2026, 12, 1, 14, 30), "Il reste 2 heures"),
        ((2026, 12, 1, 16, 30), "Il reste moins d’une heure"),
        ((2026, 12, 1, 17, 30), "En retard depuis mardi 1er\u00a0décembre, 18\u00a0h"),
        ((2026, 12, 7, 9, 0), "En retard de 4 jours ouvrés"),
    ],
)
def test_the_time_left_is_counted_in_working_days(now: tuple[int, ...], words: str) -> None:
    due = datetime(2026, 12, 1, 17, tzinfo=UTC)
    assert left_words(due, datetime(*now, tzinfo=UTC), "34") == words


async def test_each_filter_narrows_the_list_and_is_said_in_words(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await filed(world, "named")
    await filed(world, "named", provider=world.cap)
    await owner.execute(
        "UPDATE complaint SET kind = 'late', holder = 'platform', is_serious = true WHERE number = 2"
    )
    await sign_in(client, world, "supervisor")
    me = await owner.fetchval("SELECT id FROM account")
    await owner.execute("UPDATE complaint SET owner_id = $1 WHERE number = 2", me)
    for query, words in (
        ("motif=late", "retard"),
        (f"organisme={CAP_DOMICILE}", "Cap Domicile"),
        ("main=platform", "la main est à la plateforme"),
        ("suivi=moi", "suivies par moi"),
        ("gravite=oui", "événements graves"),
    ):
        page = await client.get(f"/reclamations?{query}")
        assert 'href="/reclamations/2"' in page.text, query
        assert 'href="/reclamations/1"' not in page.text, query
        assert f"Affiché : {words}." in seen(page)
    assert "Aucune réclamation ici" in (await client.get("/reclamations?retard=oui")).text
    clock.set_offset(clock.offset() + timedelta(days=7))
    assert 'href="/reclamations/1"' in (await client.get("/reclamations?retard=oui")).text


@pytest.mark.parametrize(("role", "offered"), [("supervisor", True), ("agent", False), ("provider", False)])
async def test_a_serious_event_is_chosen_only_by_those_who_may_read_it(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection, role: str, offered: bool
) -> None:
    await filed(world, "named")
    await owner.execute("UPDATE complaint SET is_serious = true, is_shared = false, holder = 'platform'")
    await sign_in(client, world, role, world.aide34 if role == "provider" else None)
    page = await client.get("/reclamations?gravite=oui")
    assert ('name="gravite"' in page.text) is offered
    assert ("/reclamations/1" in page.text) is offered


async def test_a_view_is_kept_under_a_name_opened_and_deleted(
    client: httpx.AsyncClient, world: World
) -> None:
    await filed(world, "named")
    token = await sign_in(client, world, "provider", world.aide34)
    kept = {"jeton": token, "nom": "  Mes   retards ", "retard": "oui", "etat": "solution"}
    answer = await client.post("/reclamations/vues", data=kept)
    assert answer.headers["location"] == "/reclamations?etat=solution&retard=oui"
    page = await client.get(answer.headers["location"])
    assert (
        '<a href="/reclamations?etat=solution&amp;retard=oui" aria-current="page">Mes retards</a>'
        in page.text
    )
    await client.post("/reclamations/vues", data=kept | {"retard": ""})  # takes the new choice
    page = await client.get("/reclamations")
    assert page.text.count("Mes retards</a>") == 1
    address = re.search(r"/reclamations/vues/[-0-9a-f]+/supprimer", page.text)
    assert address
    mine = client.cookies["session"]
    other = await sign_in(client, world, "provider", world.aide34)
    assert "Mes retards" not in (await client.get("/reclamations")).text
    assert (await client.post(address[0], data={"jeton": other})).status_code == 404
    client.cookies.set("session", mine)
    assert (await client.post(address[0], data={"jeton": token})).status_code == 303
    assert "Mes retards" not in (await client.get("/reclamations")).text


async def test_nobody_reads_or_rewrites_the_view_of_a_colleague(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    token = await sign_in(client, world, "provider", world.aide34)
    await client.post("/reclamations/vues", data={"jeton": token, "nom": "Mes retards", "retard": "oui"})
    account = await owner.fetchval("SELECT account_id FROM saved_view")
    mine = world.actor("provider", world.aide34)
    whose = ((replace(mine, account=account), 1), (replace(mine, account=uuid4()), 0), (mine, 0))
    for reader, count in whose:
        async with scoped(reader) as db:
            assert await fetch_value(db, "SELECT count(*) FROM saved_view") == count
            changed = await fetch(db, "UPDATE saved_view SET query = query RETURNING id")
            assert len(changed) == count


async def test_a_view_without_a_name_comes_back_with_its_choice(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await sign_in(client, world, "agent")
    page = await client.post("/reclamations/vues", data={"jeton": token, "nom": "", "motif": "late"})
    assert page.status_code == 422
    assert 'href="#nom"' in page.text
    assert '<input type="hidden" name="motif" value="late">' in page.text


async def test_the_keys_of_the_list_are_turned_off_and_on_again(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await sign_in(client, world, "provider", world.aide34)
    assert "list-keys.js" in (await client.get("/reclamations")).text
    await client.post("/reclamations/touches", data={"jeton": token, "touches": "non"})
    assert "list-keys.js" not in (await client.get("/reclamations")).text
    await client.post("/reclamations/touches", data={"jeton": token, "touches": "oui"})
    assert "list-keys.js" in (await client.get("/reclamations")).text


async def test_gironde_keeps_no_view(client: httpx.AsyncClient, world: World) -> None:
    token = await sign_in(client, world, "funder", world.gironde)
    answer = await client.post("/reclamations/vues", data={"jeton": token, "nom": "Vue"})
    assert answer.status_code == 403
