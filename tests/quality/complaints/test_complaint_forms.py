"""The forms of a complaint's page: offered to those who may send them, done, or refused with what to do."""

import re
from collections.abc import Mapping
from datetime import timedelta

import asyncpg
import httpx
import pytest

from quality import clock
from quality.complaints.events import Audience
from quality.complaints.resolving import handling, serious
from tests.quality.complaints.opened import Filed, filed
from tests.quality.complaints.resolving.test_promising import referenced
from tests.quality.measures.views.test_pages import seen
from tests.world import World, sign_in

Owner = asyncpg.Connection
GRID = {"replan_hours": 48, "refund_cents": 4_000, "supervisor": {"refund_cents": 10_000}}


async def sent(
    client: httpx.AsyncClient, token: str, form: str, fields: Mapping[str, str] | None = None, number: int = 1
) -> httpx.Response:
    return await client.post(f"/reclamations/{number}/{form}", data={"jeton": token, **(fields or {})})


async def done(
    client: httpx.AsyncClient, token: str, form: str, fields: Mapping[str, str] | None = None
) -> str:
    """Send a form that is accepted, and read the page to which it leads."""
    answer = await sent(client, token, form, fields)
    assert answer.status_code == 303, seen(answer)
    return seen(await client.get(answer.headers["location"]))


async def test_a_provider_reads_first_the_one_thing_it_must_do(
    client: httpx.AsyncClient, world: World
) -> None:
    await filed(world)
    token = await sign_in(client, world, "provider", world.aide34)
    page = seen(await client.get("/reclamations/1"))
    assert "À vous : prendre en charge, ou contester" in page
    assert "Il reste 2 jours ouvrés" in page
    assert page.index("Je prends en charge") < page.index("Ce qui s’est passé")
    page = await done(client, token, "accuse")
    assert "À vous : apporter une solution" in page
    assert "L’organisme s’en occupe" in page


async def test_a_contest_gives_the_hand_to_the_platform_which_gives_it_back(
    client: httpx.AsyncClient, world: World
) -> None:
    await filed(world)
    token = await sign_in(client, world, "provider", world.aide34)
    refused = await sent(client, token, "contester")
    assert refused.status_code == 422
    assert 'href="#pourquoi"' in refused.text
    page = await done(client, token, "contester", {"pourquoi": "La visite a bien eu lieu."})
    assert "Pléiades Services a la main : décider" in page
    assert "« La visite a bien eu lieu. »" in page
    token = await sign_in(client, world, "supervisor")
    page = seen(await client.get("/reclamations/1"))
    assert "À vous : décider" in page
    assert "Contestée" in page
    assert (await sent(client, token, "main")).status_code == 422
    page = await done(client, token, "main", {"vers": "provider"})
    assert "Aide 34 a la main : apporter une solution" in page


async def test_the_mediator_gets_the_hand_by_a_manager_alone(client: httpx.AsyncClient, world: World) -> None:
    await filed(world)
    token = await sign_in(client, world, "agent")
    assert (await sent(client, token, "main", {"vers": "mediator"})).status_code == 403
    token = await sign_in(client, world, "platform")
    page = await done(client, token, "main", {"vers": "mediator"})
    assert "Le médiateur a la main" in page
    assert "Le médiateur est saisi" in page


async def test_an_agent_grants_with_the_grid_in_sight(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    await filed(world)
    await referenced(world, GRID)
    token = await sign_in(client, world, "agent")
    page = seen(await client.get("/reclamations/1"))
    for words in (
        "Ce que vous pouvez accorder vous-même",
        "Reprogrammer la visite dans les 48 heures",
        "Rembourser jusqu’à 40 €",
        "Rembourser plus de 40 € : la supervision des appels",
        "Proposer une médiation : l’organisme lui-même",
    ):
        assert words in page
    granted = {"remede": "refund", "montant": "25,50", "detail": "Une heure non faite."}
    page = await done(client, token, "engagement", granted)
    assert "Rembourser, 25,50 €" in page
    assert "Pas encore confirmé par Aide 34." in page
    assert await owner.fetchval("SELECT amount_cents FROM complaint_promise") == 2_550


async def test_what_is_beyond_the_grid_is_refused_with_who_can_and_what_was_written(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    await filed(world)
    await referenced(world, GRID)
    token = await sign_in(client, world, "agent")
    refused = await sent(client, token, "engagement", {"remede": "refund", "montant": "60"})
    assert refused.status_code == 403
    words = seen(refused)
    assert "C’est plus que ce que vous pouvez accorder (40 € au plus). Qui le peut : la supervision" in words
    assert 'value="60"' in refused.text
    assert await owner.fetchval("SELECT count(*) FROM authority_refusal") == 1
    assert await owner.fetchval("SELECT count(*) FROM complaint_promise") == 0


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "remede"),
        ({"remede": "refund", "montant": "beaucoup"}, "montant"),
        ({"remede": "explain", "echeance": "demain"}, "echeance"),
        ({"remede": "mediation", "echeance": "2026-11-01"}, "echeance"),
    ],
)
async def test_a_promise_that_lacks_something_comes_back(
    client: httpx.AsyncClient, world: World, fields: dict[str, str], field: str
) -> None:
    await filed(world)
    await referenced(world, {**GRID, "mediation": True})
    token = await sign_in(client, world, "agent")
    page = await sent(client, token, "engagement", fields)
    assert page.status_code == 422
    assert f'href="#{field}"' in page.text
    assert f'id="{field}"' in page.text
    assert re.search(r"<details open><summary>Prendre un engagement", page.text)


async def test_a_promise_is_confirmed_by_name_and_then_done(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    await filed(world)
    await referenced(world, GRID)
    await handling.countersign(world.provider, 1)
    token = await sign_in(client, world, "agent")
    await done(client, token, "engagement", {"remede": "replan", "detail": "Jeudi matin."})
    promise = await owner.fetchval("SELECT id FROM complaint_promise")
    token = await sign_in(client, world, "provider", world.aide34)
    assert "À vous : confirmer l’engagement pris" in seen(await client.get("/reclamations/1"))
    refused = await sent(client, token, f"engagement/{promise}/confirmer", {f"par-{promise}": " "})
    assert refused.status_code == 422
    assert f'href="#par-{promise}"' in refused.text
    page = await done(
        client, token, f"engagement/{promise}/confirmer", {f"par-{promise}": "Claire Roux, planning"}
    )
    assert "Confirmé par Claire Roux, planning, mardi 24 novembre." in page
    assert "À vous : tenir l’engagement, puis le dire" in page
    page = await done(client, token, f"engagement/{promise}/fait")
    assert "Tenu mardi 24 novembre." in page
    assert await owner.fetchval("SELECT done_how FROM complaint_promise") == "provider"


async def test_a_promise_is_refused_with_a_reason(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    await filed(world)
    await referenced(world, GRID)
    token = await sign_in(client, world, "agent")
    await done(client, token, "engagement", {"remede": "replan"})
    promise = await owner.fetchval("SELECT id FROM complaint_promise")
    token = await sign_in(client, world, "provider", world.aide34)
    refused = await sent(client, token, f"engagement/{promise}/refuser")
    assert refused.status_code == 422
    assert f'id="pourquoi-{promise}"' in refused.text
    why = {f"pourquoi-{promise}": "Personne n’est libre jeudi."}
    assert "Refusé : Personne n’est libre jeudi." in await done(
        client, token, f"engagement/{promise}/refuser", why
    )


async def test_another_provider_touches_no_promise(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    await filed(world)
    await filed(world, provider=world.cap)
    await referenced(world, GRID)
    token = await sign_in(client, world, "agent")
    await done(client, token, "engagement", {"remede": "replan"})
    promise = await owner.fetchval("SELECT id FROM complaint_promise")
    token = await sign_in(client, world, "provider", world.cap)
    for number in (1, 2):
        answer = await sent(client, token, f"engagement/{promise}/fait", number=number)
        assert answer.status_code == 404
    assert await owner.fetchval("SELECT state FROM complaint_promise") == "promised"


async def test_a_verdict_heard_on_the_phone_closes_and_a_call_back_reopens(
    client: httpx.AsyncClient, world: World
) -> None:
    await filed(world)
    await handling.countersign(world.provider, 1)
    await solved(world)
    token = await sign_in(client, world, "agent")
    assert "À vous : recueillir l’avis de la personne" in seen(await client.get("/reclamations/1"))
    page = await done(client, token, "avis", {"regle": "oui"})
    assert "Ce n’est pas réglé" in page
    page = await done(client, token, "avis", {"regle": "non"})
    assert "Rouverte" in page
    assert "Aide 34 a la main : apporter une solution" in page


async def solved(world: World) -> None:
    await handling.remedy(
        world.provider,
        1,
        "late",
        cause_code="travel",
        cause="Panne",
        remedy_code="other",
        solution="Visite refaite",
    )


async def test_somebody_follows_the_complaint(client: httpx.AsyncClient, world: World) -> None:
    await filed(world)
    token = await sign_in(client, world, "agent")
    assert "Personne ne la suit encore." in seen(await client.get("/reclamations/1"))
    assert "Suivie par Camille Essai." in await done(client, token, "suivi")
    assert "Réclamation 1" in seen(await client.get("/reclamations?suivi=moi"))
    await sign_in(client, world, "supervisor")
    assert "Suivie par Camille Essai." in seen(await client.get("/reclamations/1"))
    await sign_in(client, world, "provider", world.aide34)
    assert "Quelqu’un d’autre la suit." in seen(await client.get("/reclamations/1"))


async def test_a_complaint_is_transmitted_only_once_its_client_accepts(
    client: httpx.AsyncClient, world: World
) -> None:
    await filed(world)
    await handling.countersign(world.provider, 1)
    token = await sign_in(client, world, "platform")
    page = await client.get("/reclamations/1")
    assert "La question n’a pas encore été posée" in seen(page)
    assert "/transmettre" not in page.text
    assert (await sent(client, token, "accord")).status_code == 422
    page = await done(client, token, "accord", {"accord": "oui"})
    assert "La personne accepte que son financeur soit informé." in page
    missing = await sent(client, token, "transmettre", {"demande": "Un avis ?"})
    assert 'href="#financeur"' in missing.text
    asked = {"financeur": str(world.herault), "demande": "Pouvez-vous rappeler la règle ?"}
    page = await done(client, token, "transmettre", asked)
    assert "Le financeur a la main : attendre la réponse du financeur" in page
    assert "Département de l’Hérault mardi 24 novembre Réponse attendue." in page


async def test_two_complaints_of_one_person_become_one(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    await filed(world)
    await filed(world)
    await owner.execute(
        "UPDATE complaint_subject SET client_id = (SELECT min(client_id::text)::uuid FROM complaint_subject)"
    )
    token = await sign_in(client, world, "agent")
    assert 'href="#numero"' in (await sent(client, token, "reunir", {"numero": "x"})).text
    unknown = await sent(client, token, "reunir", {"numero": "99"})
    assert "Aucune réclamation ne porte ce numéro." in unknown.text
    page = await done(client, token, "reunir", {"numero": "2"})
    assert "Cette réclamation est jointe à une autre, où tout continue : réclamation 2" in page


async def test_a_serious_event_has_its_own_card_for_managers_alone(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    person = await filed(world)
    event = await serious.report(
        world.agent, world.house.keyring, client=person.client, intervention=None, text="Elle a des bleus."
    )
    path = f"/reclamations/{event.number}"
    token = await sign_in(client, world, "supervisor")
    page = seen(await client.get(path))
    for words in ("À vous : protéger la personne", "3977", "lu par l’encadrement seulement", "des bleus"):
        assert words in page
    measured = {"jeton": token, "mesure": "Sa fille est prévenue, le médecin passe à 15 h."}
    assert (await client.post(f"{path}/mesure", data=measured)).status_code == 303
    assert await owner.fetchval("SELECT handled_at FROM complaint WHERE is_serious")
    await sign_in(client, world, "provider", world.aide34)
    assert (await client.get(path)).status_code == 404
    await sign_in(client, world, "agent")
    assert (await client.get(path)).status_code == 404
    token = await sign_in(client, world, "supervisor")
    assert (await client.post(f"{path}/partager", data={"jeton": token})).status_code == 303
    await sign_in(client, world, "provider", world.aide34)
    page = seen(await client.get(path))
    assert "Sans nom" in page
    for hidden in ("Martin", "3977", "bleus", "Sa fille"):
        assert hidden not in page


async def test_each_note_is_read_by_those_it_is_for(client: httpx.AsyncClient, world: World) -> None:
    await filed(world)
    token = await sign_in(client, world, "agent")
    for readers in ("personne", "tous", "equipe"):
        await done(client, token, "note", {"note": f"Note pour {readers}.", "lecteurs": readers})
    page = seen(await client.get("/reclamations/1"))
    assert all(f"Note pour {readers}." in page for readers in ("personne", "tous", "equipe"))
    await sign_in(client, world, "provider", world.aide34)
    page = seen(await client.get("/reclamations/1"))
    assert "Note pour personne." in page
    assert "Note pour tous." in page
    assert "Note pour equipe." not in page


async def test_what_the_client_will_read_is_shown_before_it_is_written(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    await filed(world)
    token = await sign_in(client, world, "provider", world.aide34)
    fields = {"note": "Bonjour.\n\nNous revenons jeudi.", "lecteurs": "personne", "apercu": "oui"}
    before = await owner.fetchval("SELECT count(*) FROM complaint_event")
    page = await sent(client, token, "note", fields)
    assert page.status_code == 200
    assert '<div class="letter"><p>Bonjour.</p><p>Nous revenons jeudi.</p></div>' in page.text
    assert "Nous revenons jeudi.</textarea>" in page.text
    hidden = await sent(client, token, "note", fields | {"lecteurs": "tous"})
    assert "cette note n’est pas lue par la personne" in hidden.text
    assert await owner.fetchval("SELECT count(*) FROM complaint_event") == before


@pytest.mark.parametrize(
    ("disclosure", "usual"), [("named", "tous"), ("anonymous", "equipe"), ("call_first", "equipe")]
)
async def test_without_a_name_a_note_is_for_the_team_unless_said_otherwise(
    client: httpx.AsyncClient, world: World, disclosure: str, usual: str
) -> None:
    await filed(world, disclosure)
    await sign_in(client, world, "agent")
    page = await client.get("/reclamations/1")
    readers = page.text.partition('<select id="lecteurs"')[2].partition("</select>")[0]
    assert f'<option value="{usual}" selected>' in readers
    assert ("rien ne doit la faire reconnaître" in page.text) is (disclosure == "anonymous")


async def test_the_page_offers_only_what_the_verbs_accept(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    """Send every form that a page offers, at each state: none answers that things have moved on."""
    complaint = await filed(world)
    for role in ("provider", "agent", "supervisor"):
        token = await sign_in(client, world, role, world.aide34 if role == "provider" else None)
        for state in ("opened", "acknowledged", "remedied", "closed"):
            await standing(owner, complaint, state)
            forms = await offered(client)
            assert "note" in forms
            for form in forms:
                answer = await sent(client, token, form)
                assert answer.status_code in {303, 422}, (role, state, form)
                await standing(owner, complaint, state)


async def offered(client: httpx.AsyncClient) -> list[str]:
    page = await client.get("/reclamations/1")
    return re.findall(r'action="/reclamations/1/([a-z]+)"', page.text)


async def standing(owner: Owner, complaint: Filed, state: str) -> None:
    """Put a complaint where a test wants it, whatever happened to it."""
    reached = ["acknowledged_at", "remedied_at", "closed_at"]
    rank = {"opened": 0, "acknowledged": 1, "remedied": 2, "closed": 3}[state]
    dates = ", ".join(f"{name} = {'opened_at' if n < rank else 'NULL'}" for n, name in enumerate(reached))
    verdict = "'settled'" if state == "closed" else "NULL"
    texts = ", ".join(f"{name} = '{'x' if rank > 1 else ''}'" for name in ("cause", "remedy"))
    await owner.execute(
        f"""
        UPDATE complaint SET state = '{state}', {dates}, {texts}, verdict = {verdict}, position = NULL,
            position_at = NULL, holder = 'provider', verdict_due_at = NULL, verdict_asked_at = NULL, round = 1
        WHERE id = $1
        """,
        complaint.id,
    )


async def test_gironde_sends_no_form(client: httpx.AsyncClient, world: World) -> None:
    await filed(world)
    token = await sign_in(client, world, "funder", world.gironde)
    for form in ("engagement", "suivi", "accord", "main", "fichier", "mesure"):
        assert (await sent(client, token, form)).status_code == 403


async def test_the_timeline_ends_with_what_is_awaited(client: httpx.AsyncClient, world: World) -> None:
    await filed(world)
    await sign_in(client, world, "agent")
    page = await client.get("/reclamations/1")
    assert '<li class="next">' in page.text
    assert "Prendre en charge, ou contester Avant jeudi 26 novembre, 18 h" in seen(page)
    clock.set_offset(clock.offset() + timedelta(days=3))
    assert "En retard d" in seen(await client.get("/reclamations/1"))


async def test_a_note_for_managers_is_theirs(client: httpx.AsyncClient, world: World) -> None:
    await filed(world)
    await handling.note(world.staff, 1, "Pour l’encadrement.", Audience.serious)
    await sign_in(client, world, "agent")
    assert "Pour l’encadrement." not in seen(await client.get("/reclamations/1"))
    await sign_in(client, world, "platform")
    assert "Pour l’encadrement." in seen(await client.get("/reclamations/1"))


async def test_a_promise_still_to_be_kept_is_the_provider_s_even_once_a_solution_is_brought(
    client: httpx.AsyncClient, world: World
) -> None:
    await filed(world)
    await referenced(world, GRID)
    await handling.countersign(world.provider, 1)
    await solved(world)
    token = await sign_in(client, world, "agent")
    page = await done(client, token, "engagement", {"remede": "replan"})
    assert "Aide 34 a la main : confirmer l’engagement pris" in page
    assert "Noter l’avis de la personne" in page
    await sign_in(client, world, "provider", world.aide34)
    assert "1 réclamation vous attend" in seen(await client.get("/reclamations"))
