"""The panels of a call: what is done in it beside the questions, each without a script."""

import re
from uuid import UUID

import asyncpg
import httpx
import pytest

from quality import clock
from surveys.desk.screen.panel_pages import cents_of
from tests.quality.complaints.opened import filed
from tests.surveys.desk.test_call import instant_in, question, taken
from tests.surveys.desk.waiting import case_of, other_call, survey_call
from tests.world import World, sign_in

Owner = asyncpg.Connection
GRID = '{"replan_hours": 48, "replace_worker": true, "refund_cents": 4000, "mediation": true}'
TOLD = {"motif": "retard", "souhait": "nom", "paroles": "Elle est venue une heure après."}


async def with_grid(world: World, owner: Owner) -> None:
    """Let Aide 34 say what an agent may grant alone."""
    await owner.execute(
        """
        INSERT INTO referencing (id, platform_id, provider_id, status, since, acknowledge_days,
            solution_days, alert_days, authority)
        VALUES (gen_random_uuid(), $1, $2, 'referenced', '2026-01-01', 3, 15, 30, $3::jsonb)
        """,
        world.platform,
        world.aide34,
        GRID,
    )
    await owner.execute(
        "UPDATE organisation SET on_call_name = 'Claire Roux', on_call_phone = '+33467000035'"
    )


async def opened(client: httpx.AsyncClient, href: str, token: str, **other: str) -> str:
    """Open a complaint from the call; return where it leads."""
    form = {"jeton": token, "repondant": "client", **TOLD, **other}
    answer = await client.post(f"{href}/reclamation", data=form)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def test_a_complaint_is_opened_granted_read_back_and_confirmed(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    await survey_call(world)
    await with_grid(world, owner)
    href, token = await taken(client, world)
    where = await opened(client, href, token)
    assert where == f"{href}?repondant=client&panneau=accord&numero=1"
    page = (await client.get(where)).text
    assert "Reprogrammer la visite dans les 48" in page
    assert "Rembourser, jusqu’à 40\u00a0€" in page
    granted = await client.post(
        f"{href}/accord", data={"jeton": token, "repondant": "client", "numero": "1", "solution": "replan"}
    )
    assert granted.status_code == 303, granted.text
    page = (await client.get(granted.headers["location"])).text
    assert "Je récapitule\u00a0: une nouvelle visite chez vous, assurée par Aide 34, avant le jeudi" in page
    assert re.search(r"Votre référence est [0-9A-Z-]{4,}", page)
    promise = await owner.fetchrow("SELECT id, is_first_contact, authority FROM complaint_promise")
    assert (promise["is_first_contact"], promise["authority"]) == (True, "agent")
    form = {"jeton": token, "numero": "1", "promesse": str(promise["id"]), "par": "Claire Roux"}
    confirmed = await client.post(f"{href}/confirmation", data=form)
    assert "Confirmé par Claire Roux" in (await client.get(confirmed.headers["location"])).text
    assert await owner.fetchval("SELECT confirmed_by FROM complaint_promise") == "Claire Roux"


async def test_what_is_beyond_the_agent_says_who_can_and_is_counted(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    await survey_call(world)
    await with_grid(world, owner)
    href, token = await taken(client, world)
    await opened(client, href, token)
    form = {"jeton": token, "numero": "1", "solution": "refund", "montant": "90"}
    page = await client.post(f"{href}/accord", data=form)
    assert "C’est plus que ce que vous pouvez accorder (40\u00a0€ au plus)" in page.text
    assert "Je ne peux pas vous le promettre moi-même. Je transmets votre demande à l’organisme" in page.text
    assert await owner.fetchval("SELECT reason FROM authority_refusal") == "above_limit"
    assert await owner.fetchval("SELECT count(*) FROM complaint_promise") == 0
    for wrong in ({"montant": "beaucoup"}, {"solution": "lune"}):
        assert (await client.post(f"{href}/accord", data={**form, **wrong})).status_code == 422


@pytest.mark.parametrize(
    ("typed", "cents"),
    [("25", 2500), ("12,50 €", 1250), ("12.5", 1250), ("0,05", 5), ("", None), ("-3", None), ("1,234", None)],
)
def test_an_amount_is_typed_in_euros(typed: str, cents: int | None) -> None:
    assert cents_of(typed) == cents


async def test_after_a_low_mark_the_complaint_takes_the_wish_of_that_mark(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    await survey_call(world)
    href, token = await taken(client, world)
    await client.post(f"{href}/reponse", data=question("ponctualite", 2, token, "1"))
    await opened(client, href, token, motif="comportement", souhait="sans")
    complaint = await owner.fetchrow("SELECT source_kind, kind, disclosure FROM complaint")
    assert tuple(complaint) == ("response", "behaviour", "anonymous")
    assert await owner.fetchval("SELECT wish FROM signal") == "anonymous"
    said = await owner.fetchval("SELECT count(*) FROM complaint_event WHERE text LIKE '%une heure%'")
    assert said == 1


@pytest.mark.parametrize("missing", ["motif", "souhait", "paroles"])
async def test_a_complaint_says_what_is_missing(
    client: httpx.AsyncClient, world: World, owner: Owner, missing: str
) -> None:
    await survey_call(world)
    href, token = await taken(client, world)
    page = await client.post(f"{href}/reclamation", data={"jeton": token, **TOLD, missing: ""})
    assert page.status_code == 422
    assert await owner.fetchval("SELECT count(*) FROM complaint") == 0
    if missing != "paroles":
        assert TOLD["paroles"] in page.text


async def test_somebody_who_wants_to_be_called_first_gets_no_promise_yet(
    client: httpx.AsyncClient, world: World
) -> None:
    await survey_call(world)
    href, token = await taken(client, world)
    assert "panneau" not in await opened(client, href, token, souhait="appel")


async def test_a_danger_goes_to_the_supervisors_and_not_to_the_provider(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    await survey_call(world)
    href, token = await taken(client, world)
    page = (await client.get(f"{href}?panneau=danger")).text
    assert "3977" in page
    assert f' data-autosave="{href}/brouillon" data-draft="danger"' in page
    assert (await client.post(f"{href}/danger", data={"jeton": token, "paroles": " "})).status_code == 422
    told = await client.post(f"{href}/danger", data={"jeton": token, "paroles": "Il me serre le bras."})
    assert "La supervision est prévenue" in (await client.get(told.headers["location"])).text
    complaint = await owner.fetchrow("SELECT is_serious, is_shared, holder FROM complaint")
    assert tuple(complaint) == (True, False, "platform")


async def test_an_appointment_in_words_is_read_back_there_and_here(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    called = await survey_call(world, departement="972")
    await owner.execute("UPDATE call_case SET next_due_at = $1", clock.now())
    await owner.execute("UPDATE attempt SET opens_at = $1, closes_at = $2", clock.now(), called_until())
    await owner.execute("UPDATE attempt SET departement = '972'")
    await owner.execute(
        "UPDATE call_case SET state = 'held', agent_id = $1, lease_until = now() + interval '1 hour'",
        UUID(int=1),
    )
    token = await sign_in(client, world, "agent")
    await owner.execute("UPDATE call_case SET agent_id = (SELECT id FROM account LIMIT 1)")
    form = {"jeton": token, "issue": "appointment", "quand": "demain à 14 h"}
    page = await client.post(f"/appels/{called.id}/issue", data=form)
    assert "mercredi 25\u00a0novembre, 14\u00a0h, heure du lieu (Martinique)" in page.text
    assert "mercredi 25\u00a0novembre, 19\u00a0h, heure d’ici" in page.text
    assert instant_in(page.text) == "2026-11-25T18:00:00+00:00"


def called_until() -> object:
    from datetime import timedelta

    return clock.now() + timedelta(days=8)


async def test_a_recall_after_the_answers_is_a_call_that_the_person_asked_for(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    called = await survey_call(world)
    href, token = await taken(client, world)
    await client.post(f"{href}/reponse", data=question("globale", 1, token, "4"))
    page = await client.post(
        f"{href}/issue", data={"jeton": token, "issue": "appointment", "quand": "demain à 14 h"}
    )
    form = {"jeton": token, "issue": "appointment", "confirme": "oui", "instant": instant_in(page.text)}
    assert (await client.post(f"{href}/issue", data=form)).headers["location"] == "/appels"
    assert (await case_of(owner, called))["outcome"] == "answered"
    recall = await owner.fetchrow(
        "SELECT next_due_at, priority, outcome FROM call_case WHERE kind = 'callback'"
    )
    assert recall["next_due_at"].isoformat() == "2026-11-25T13:00:00+00:00"
    assert (recall["priority"], recall["outcome"]) == (5, "appointment")


async def test_who_we_are_can_be_checked(client: httpx.AsyncClient, world: World) -> None:
    await survey_call(world)
    href, _ = await taken(client, world)
    page = (await client.get(f"{href}?panneau=confiance")).text
    for words in (
        "C’est Aide 34 qui nous a donné votre numéro",
        "04\u00a067\u00a000\u00a000\u00a000",
        "jamais d’argent",
    ):
        assert words in page


async def test_the_script_changes_language_with_the_person(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    await survey_call(world)
    href, token = await taken(client, world)
    assert (
        await client.post(f"{href}/langue", data={"jeton": token, "langue-parlee": "xx"})
    ).status_code == 422
    answer = await client.post(f"{href}/langue", data={"jeton": token, "langue-parlee": "en"})
    page = (await client.get(answer.headers["location"])).text
    assert "How did the visit of Aide 34 go" in page
    assert await owner.fetchval("SELECT language FROM client") == "en"


async def test_z_takes_the_last_answer_back_and_returns_to_its_question(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    await survey_call(world)
    href, token = await taken(client, world)
    assert (await client.post(f"{href}/annuler", data={"jeton": token})).status_code == 409
    await client.post(f"{href}/reponse", data=question("globale", 1, token, "4"))
    assert "Annuler «\u00a04 Plutôt bien\u00a0»" in (await client.get(href)).text
    answer = await client.post(f"{href}/annuler", data={"jeton": token})
    assert answer.headers["location"] == f"{href}?q=1&repondant=client"
    assert await owner.fetchval("SELECT count(*) FROM response") == 0


async def test_the_call_comes_back_to_its_very_place_with_what_was_typed(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    await survey_call(world)
    href, token = await taken(client, world)
    await client.post(
        f"{href}/pouls", data={"jeton": token, "lieu": "?q=3&repondant=relative&panneau=reclamation"}
    )
    draft = {"jeton": token, "brouillon": "reclamation", "motif": "autre", "paroles": "Le portail était"}
    assert (await client.post(f"{href}/brouillon", data=draft)).status_code == 204
    again = await client.post("/appels", data={"jeton": token})
    assert again.headers["location"] == f"{href}?q=3&repondant=relative&panneau=reclamation"
    page = (await client.get(again.headers["location"])).text
    assert "Le portail était</textarea>" in page
    assert re.search(r'value="autre" checked', page)
    assert "Reprendre l’appel en cours" in (await client.get("/appels")).text


async def test_the_page_asks_whether_the_call_is_still_its_own(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    await survey_call(world)
    href, token = await taken(client, world)
    assert (await client.get(f"{href}/etat")).json() == {"is_mine": True, "words": ""}
    await owner.execute(
        "UPDATE call_case SET state = 'done', outcome = 'answered', closed_at = $1, agent_id = NULL, "
        "lease_until = NULL",
        clock.now(),
    )
    state = (await client.get(f"{href}/etat")).json()
    assert not state["is_mine"]
    assert "vient de répondre" in state["words"]
    assert not (await client.post(f"{href}/pouls", data={"jeton": token})).json()["is_mine"]
    lost = await client.post(f"{href}/brouillon", data={"jeton": token, "brouillon": "notes", "note": "x"})
    assert lost.status_code == 409


async def test_what_the_person_adds_to_a_complaint_is_their_own_word(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    await survey_call(world)
    href, token = await taken(client, world)
    await opened(client, href, token)
    page = (await client.get(f"{href}?panneau=suite&numero=1")).text
    assert "Que voulez-vous ajouter" in page
    assert "/reclamations/1/lettre.pdf" in page
    form = {"jeton": token, "numero": "1", "paroles": "Elle a aussi oublié le pain."}
    assert (await client.post(f"{href}/suite", data=form)).status_code == 303
    assert await owner.fetchval("SELECT count(*) FROM complaint_event WHERE text LIKE '%le pain%'") == 1
    assert (await client.post(f"{href}/suite", data={**form, "paroles": ""})).status_code == 422
    assert (await client.post(f"{href}/suite", data={**form, "numero": "99"})).status_code == 404


async def test_somebody_else_s_complaint_is_not_followed_from_this_call(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    await filed(world, "named")
    await survey_call(world, mobile="+33639980009", name="M. Autre")
    href, token = await taken(client, world)
    form = {"jeton": token, "numero": "1", "paroles": "Rien à voir"}
    assert (await client.post(f"{href}/suite", data=form)).status_code == 404
    assert (await client.get(f"{href}?panneau=suite&numero=1")).status_code == 404


async def test_the_questions_left_are_asked_when_the_person_is_called_back(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    await other_call(world, "callback")
    href, token = await taken(client, world)
    assert 'data-key="K"' in (await client.get(href)).text
    assert "Question 2 sur 7" in (await client.get(f"{href}?q=2")).text
    assert (await client.post(f"{href}/reponse", data=question("globale", 1, token, "4"))).status_code == 303
    assert await owner.fetchval("SELECT channel FROM response") == "phone"


async def test_a_callback_is_a_free_conversation_with_every_action(
    client: httpx.AsyncClient, world: World
) -> None:
    await other_call(world, "callback")
    href, token = await taken(client, world)
    page = (await client.get(href)).text
    assert "Vous avez souhaité nous parler." in page
    assert {"P", "R", "D", "V"} <= set(re.findall(r'data-key="(.+?)"', page))
    assert "accord" in await opened(client, href, token)


@pytest.mark.parametrize(
    "panel", ["reclamation", "danger", "confiance", "langue", "rendez-vous", "refus", "deuil", "souhait"]
)
async def test_no_panel_gives_a_key_two_meanings(client: httpx.AsyncClient, world: World, panel: str) -> None:
    await survey_call(world)
    href, _ = await taken(client, world)
    keys = re.findall(r'data-key="(.+?)"', (await client.get(f"{href}?panneau={panel}")).text)
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    "action",
    [
        "reclamation",
        "accord",
        "confirmation",
        "danger",
        "suite",
        "avis",
        "langue",
        "annuler",
        "brouillon",
        "pouls",
    ],
)
async def test_every_action_needs_its_token(client: httpx.AsyncClient, world: World, action: str) -> None:
    await survey_call(world)
    href, _ = await taken(client, world)
    assert (await client.post(f"{href}/{action}", data={})).status_code == 403


async def test_gironde_reads_nothing_of_a_call(client: httpx.AsyncClient, world: World) -> None:
    called = await survey_call(world)
    await sign_in(client, world, "funder", world.gironde)
    for path in ("", "/etat", "?panneau=accord&numero=1"):
        assert (await client.get(f"/appels/{called.id}{path}")).status_code == 403


@pytest.mark.parametrize(("told", "letters", "status"), [("oui", 1, "deceased"), ("non", 0, "active")])
async def test_the_family_says_whether_the_provider_is_told_of_a_death(
    client: httpx.AsyncClient, world: World, owner: Owner, told: str, letters: int, status: str
) -> None:
    await sign_in(client, world, "provider", world.aide34)
    await survey_call(world)
    href, token = await taken(client, world)
    form = {"jeton": token, "issue": "deceased", "confirme": "oui"}
    assert 'href="#prevenir-oui"' in (await client.post(f"{href}/issue", data=form)).text
    form["prevenir"] = told
    assert (await client.post(f"{href}/issue", data=form)).status_code == 303
    assert await owner.fetchval("SELECT count(*) FROM mail_outbox WHERE text LIKE '%C-%'") == letters
    assert await owner.fetchval("SELECT count(*) FROM mail_outbox WHERE text LIKE '%Martin%'") == 0
    assert await owner.fetchval("SELECT status FROM client") == status
    assert await owner.fetchval("SELECT deceased_at IS NOT NULL FROM person")
