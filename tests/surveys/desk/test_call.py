"""/appels/{case}: the person, the script one question at a time and the outcomes, all without JavaScript."""

import re
from datetime import date
from uuid import UUID, uuid4

import asyncpg
import httpx
import msgspec
import pytest

from quality import clock
from quality.db import fetch_value, pool
from quality.ids import uuid7
from surveys import collect
from surveys.desk.queueing.ticks import desk_complaints
from surveys.response import by_id
from tests.quality.complaints.opened import filed
from tests.surveys.desk.waiting import Called, case_of, go_to, other_call, survey_call
from tests.surveys.invited import insert
from tests.world import World, sign_in


async def taken(client: httpx.AsyncClient, world: World, role: str = "agent") -> tuple[str, str]:
    """Take the next call; return its address and the token of its forms."""
    token = await sign_in(client, world, role)
    answer = await client.post("/appels", data={"jeton": token})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"], token


def question(alias: str, number: int, token: str, value: str | None, kind: str = "rating") -> dict[str, str]:
    form = {"jeton": token, "question": alias, "numero": str(number), "genre": kind, "repondant": "client"}
    return form if value is None else {**form, alias: value}


async def test_the_page_says_whom_why_and_what_to_say(client: httpx.AsyncClient, world: World) -> None:
    await survey_call(world)
    href, _ = await taken(client, world)
    page = await client.get(href)
    assert page.status_code == 200
    for words in (
        "Mme Martin, 75 à 84 ans",
        'href="tel:+33639980001"',
        "Avis à recueillir",
        "Je ne vends rien et ne vous demanderai ni argent ni numéro de carte.",
        "Comment s’est passée la visite d’Aide 34, lundi 23\u00a0novembre",
        "Question 1 sur 7",
        "Ne veut plus d’appel",
    ):
        assert words in page.text


async def test_a_call_about_a_year_or_a_missed_visit_says_so_first(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await survey_call(world)
    href, _ = await taken(client, world)
    assert "parler de la visite de lundi 23" in (await client.get(href)).text
    await owner.execute("UPDATE intervention SET status = 'not_done'")
    assert "parler de la visite prévue lundi 23" in (await client.get(href)).text
    await owner.execute("UPDATE invitation SET purpose = 'yearly', occasion_id = NULL")
    page = await client.get(href)
    assert "parler de cette année avec Aide 34" in page.text
    assert "La visite</h2>" not in page.text


async def test_a_whole_interview_is_typed_question_after_question(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    called = await survey_call(world)
    href, token = await taken(client, world)
    steps = [
        ("globale", "4", "rating"),
        ("ponctualite", "nsp", "rating"),
        ("travail", "5", "rating"),
        ("respect", "-refus", "rating"),
        ("conseil", "yes", "yes_no"),
        ("commentaire", "", "text"),
        ("rappel", "no", "yes_no"),
    ]
    for number, (alias, value, kind) in enumerate(steps, 1):
        form = question(alias, number, token, value, kind)
        answer = await client.post(f"{href}/reponse", data=form)
        assert answer.status_code == 303
        assert answer.headers["location"] == f"{href}?q={number + 1}&repondant=client"
    assert "Qui a répondu" in (await client.get(answer.headers["location"])).text
    told = await client.post(
        f"{href}/qui", data={"jeton": token, "repondant": "client", "pour": "self", "fin": "oui"}
    )
    assert "Terminer l’appel" in (await client.get(told.headers["location"])).text
    ended = await client.post(f"{href}/issue", data={"jeton": token, "issue": "answered"})
    assert ended.headers["location"] == "/appels"
    answers = await owner.fetchval("SELECT answers FROM response")
    assert msgspec.json.decode(answers) == {
        "rappel": "no",
        "conseil": "yes",
        "globale": 4,
        "travail": 5,
        "commentaire": "",
        "ponctualite": "nsp",
    }
    assert (await case_of(owner, called))["outcome"] == "answered"


async def test_after_a_cut_the_call_goes_on_where_it_stopped(client: httpx.AsyncClient, world: World) -> None:
    await survey_call(world)
    href, token = await taken(client, world)
    await client.post(f"{href}/reponse", data=question("globale", 1, token, "4"))
    page = await client.get(href)
    assert "Question 2 sur 7" in page.text
    assert "« 4 Plutôt bien » est enregistré".replace("« ", "«\u00a0").replace(" »", "\u00a0»") in page.text
    assert re.search(r'value="4" checked', (await client.get(f"{href}?q=1")).text)


@pytest.mark.parametrize(
    ("day", "words"), [("2025-07-03", "jeudi 3\u00a0juillet 2025"), ("2026-11-12", "jeudi 12\u00a0novembre")]
)
async def test_an_earlier_visit_has_its_year_once_it_is_far(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection, day: str, words: str
) -> None:
    await survey_call(world)
    href, token = await taken(client, world)
    await client.post(f"{href}/reponse", data=question("globale", 1, token, "4"))
    await owner.execute("UPDATE invitation SET visit_on = $1", date.fromisoformat(day))
    told = (await client.get(href)).text
    assert words in told
    assert f"{words} 2026" not in told


async def test_an_empty_answer_comes_back_with_what_to_do(client: httpx.AsyncClient, world: World) -> None:
    await survey_call(world)
    href, token = await taken(client, world)
    page = await client.post(f"{href}/reponse", data=question("globale", 1, token, None))
    assert page.status_code == 422
    assert "<title>Erreur" in page.text
    assert 'href="#globale"' in page.text
    assert 'id="globale"' in page.text


async def test_a_low_mark_asks_what_the_person_wishes(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await survey_call(world)
    href, token = await taken(client, world)
    answer = await client.post(f"{href}/reponse", data=question("globale", 1, token, "2"))
    page = await client.get(answer.headers["location"])
    assert "Merci de me l’avoir dit. Que souhaitez-vous" in page.text
    empty = await client.post(f"{href}/souhait", data={"jeton": token, "repondant": "client"})
    assert empty.status_code == 422
    unknown = {"jeton": token, "repondant": "voisine", "souhait": "sans"}
    assert (await client.post(f"{href}/souhait", data=unknown)).status_code == 422
    form = {"jeton": token, "repondant": "client", "souhait": "sans"}
    assert (await client.post(f"{href}/souhait", data=form)).status_code == 303
    assert await owner.fetchval("SELECT disclosure FROM complaint") == "anonymous"
    page = await client.get(href)
    assert "Question 2 sur 7" in page.text
    assert "panneau=suite&amp;numero=1" in page.text


async def test_a_relative_may_answer_instead(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await survey_call(world)
    href, token = await taken(client, world)
    page = await client.get(f"{href}?q=1&repondant=relative")
    assert 'name="repondant" value="relative"' in page.text
    form = {**question("globale", 1, token, "5"), "repondant": "relative"}
    await client.post(f"{href}/reponse", data=form)
    assert await owner.fetchval("SELECT respondent FROM response") == "relative"


@pytest.mark.parametrize(
    ("panel", "words", "code"),
    [
        ("deuil", "Je vous présente toutes mes condoléances.", "deceased"),
        ("refus", "Nous ne vous demanderons plus votre avis", "refusal"),
    ],
)
async def test_what_cannot_be_undone_is_said_first_then_confirmed(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection, panel: str, words: str, code: str
) -> None:
    called = await survey_call(world)
    href, token = await taken(client, world)
    assert words in (await client.get(f"{href}?panneau={panel}")).text
    unsure = await client.post(f"{href}/issue", data={"jeton": token, "issue": code})
    assert unsure.status_code == 200
    assert words in unsure.text
    assert (await case_of(owner, called))["state"] == "held"
    sure = await client.post(
        f"{href}/issue", data={"jeton": token, "issue": code, "confirme": "oui", "prevenir": "oui"}
    )
    assert sure.status_code == 303
    assert (await case_of(owner, called))["state"] == "done"


async def test_an_appointment_is_typed_in_the_time_of_the_person(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    called = await survey_call(world)
    href, token = await taken(client, world)
    form = {"jeton": token, "issue": "appointment", "le": "2026-11-26", "a": "14:30"}
    for wrong in ({"a": ""}, {"le": "hier"}, {"le": "2026-11-29"}, {"quand": "un de ces jours"}):
        page = await client.post(f"{href}/issue", data={**form, **wrong})
        assert page.status_code == 422
        assert 'href="#quand"' in page.text
    assert "Écrivez un jour et une heure" in page.text
    read_back = await client.post(f"{href}/issue", data=form)
    assert "jeudi 26\u00a0novembre, 14\u00a0h\u00a030" in read_back.text
    assert (await case_of(owner, called))["state"] == "held"
    sure = {"jeton": token, "issue": "appointment", "confirme": "oui", "instant": instant_in(read_back.text)}
    assert (await client.post(f"{href}/issue", data=sure)).status_code == 303
    assert (await case_of(owner, called))["next_due_at"].isoformat() == "2026-11-26T13:30:00+00:00"


def instant_in(page: str) -> str:
    found = re.search(r'name="instant" value="([^"]+)"', page)
    assert found
    return found[1]


async def test_an_end_without_answers_says_what_to_choose(client: httpx.AsyncClient, world: World) -> None:
    await survey_call(world)
    href, token = await taken(client, world)
    for issue in ("answered", "n’importe quoi"):
        page = await client.post(f"{href}/issue", data={"jeton": token, "issue": issue})
        assert page.status_code == 422
        assert 'href="#issues"' in page.text


async def test_a_call_may_be_given_back(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    called = await survey_call(world)
    href, token = await taken(client, world)
    assert (await client.post(f"{href}/rendre", data={"jeton": token})).status_code == 303
    assert (await case_of(owner, called))["state"] == "open"


async def test_a_call_answered_on_the_web_is_no_longer_shown(client: httpx.AsyncClient, world: World) -> None:
    called = await survey_call(world)
    href, _ = await taken(client, world)
    visit = await by_id(pool("answer"), called.invitation)
    assert visit is not None
    await collect.record(pool("answer"), visit, {"globale": 5}, channel="web", now=clock.now())
    page = await client.get(href)
    assert page.status_code == 409
    assert "Ne l’appelez pas." in page.text
    assert "Martin" not in page.text


async def test_somebody_else_s_call_is_not_shown(client: httpx.AsyncClient, world: World) -> None:
    await survey_call(world)
    href, _ = await taken(client, world)
    await sign_in(client, world, "supervisor")
    page = await client.get(href)
    assert page.status_code == 409
    assert "Martin" not in page.text


@pytest.mark.parametrize("path", ["/appels/019ab000-0000-7000-8000-000000000000", "/appels/4821"])
async def test_an_unknown_call_does_not_exist(client: httpx.AsyncClient, world: World, path: str) -> None:
    await sign_in(client, world, "agent")
    assert (await client.get(path)).status_code == 404


async def test_the_call_of_another_platform_does_not_exist(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    called = await survey_call(world)
    await owner.execute("UPDATE call_case SET platform_id = $1", uuid4())
    await sign_in(client, world, "agent")
    assert (await client.get(f"/appels/{called.id}")).status_code == 404


async def test_outside_the_hours_the_page_says_not_to_call(client: httpx.AsyncClient, world: World) -> None:
    await survey_call(world)
    href, _ = await taken(client, world)
    assert "Il n’est plus l’heure" not in (await client.get(href)).text
    go_to(clock.now().replace(hour=20))
    assert "Il n’est plus l’heure d’appeler là-bas." in (await client.get(href)).text


async def test_a_voicemail_gets_neutral_words_once(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await survey_call(world)
    href, _ = await taken(client, world)
    page = await client.get(href)
    assert "Bonjour, ici Pléiades Services." in page.text
    assert "04\xa067\xa000\xa000\xa000, du lundi au vendredi" in page.text
    await owner.execute(
        "UPDATE message_template SET text = 'Ici {plateforme}, {telephone}.' WHERE name = 'voicemail'"
    )
    assert "Ici Pléiades Services, 04\xa067" in (await client.get(href)).text
    await owner.execute("UPDATE call_case SET outcome = 'voicemail'")
    assert "Ici Pléiades Services" not in (await client.get(href)).text


async def test_a_callback_shows_why_and_the_message_received(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    called = await other_call(world, "inbound")
    await write_message(world, called, "Rappelez-moi, c’est <urgent>")
    href, token = await taken(client, world)
    page = await client.get(href)
    assert "La personne a envoyé un message" in page.text
    assert "Rappelez-moi, c’est &lt;urgent&gt;" in page.text
    done = await client.post(f"{href}/issue", data={"jeton": token, "issue": "answered"})
    assert done.headers["location"] == "/appels"
    assert (await case_of(owner, called))["outcome"] == "answered"


async def write_message(world: World, called: Called, words: str) -> None:
    identity = uuid7(clock.now())
    await insert(
        pool("work"),
        "inbound",
        id=identity,
        platform_id=world.platform,
        channel="sms",
        sender_key=b"s",
        text_cipher=world.house.keyring.encrypt(words, "inbound.text", identity),
        kind="other",
        invitation_id=called.invitation,
        received_at=clock.now(),
    )


async def test_a_client_called_first_decides_on_this_page(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await filed(world, "call_first")
    await desk_complaints(world.house)
    href, token = await taken(client, world)
    page = await client.get(href)
    assert "La personne demande à être appelée d’abord" in page.text
    assert (await client.post(f"{href}/decision", data={"jeton": token})).status_code == 422
    done = await client.post(f"{href}/decision", data={"jeton": token, "souhait": "nom"})
    assert done.headers["location"] == "/appels"
    assert await owner.fetchval("SELECT disclosure FROM complaint") == "named"


async def test_reading_a_call_changes_nothing(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await survey_call(world)
    href, _ = await taken(client, world)
    before = [
        await owner.fetch(f"SELECT xmin, * FROM {table}") for table in ("call_case", "attempt", "audit")
    ]
    for query in ("", "?q=3", "?panneau=refus", "?repondant=relative"):
        await client.get(href + query)
    after = [await owner.fetch(f"SELECT xmin, * FROM {table}") for table in ("call_case", "attempt", "audit")]
    assert after == before


async def test_the_keyboard_meets_the_person_then_the_script_then_the_outcomes(
    client: httpx.AsyncClient, world: World
) -> None:
    await survey_call(world)
    href, _ = await taken(client, world)
    page = (await client.get(href)).text
    places = [
        page.index(found)
        for found in (
            'href="tel:',
            'name="globale" value="1"',
            "Question suivante",
            'value="no_answer"',
            "Rendre cet appel",
        )
    ]
    assert places == sorted(places)
    assert "tabindex" not in page.replace('tabindex="-1"', "")
    assert re.search(r"\son\w+=|style=", page) is None


async def test_every_key_is_used_once_and_can_be_turned_off(client: httpx.AsyncClient, world: World) -> None:
    await survey_call(world)
    href, token = await taken(client, world)
    page = (await client.get(href)).text
    keys = re.findall(r'data-key="(.+?)"', page)
    assert len(keys) == len(set(keys))
    assert {"1", "5", "9", "0", "I", "X"} <= set(keys)
    assert "desk.js" in page
    await client.post("/appels/touches", data={"jeton": token, "touches": "non"})
    page = (await client.get(href)).text
    assert "data-key" not in page
    assert "desk.js" not in page
    assert "<kbd>" not in page


async def test_a_form_without_its_token_is_refused(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    called = await survey_call(world)
    href, _ = await taken(client, world)
    for action in ("reponse", "souhait", "decision", "issue", "rendre"):
        answer = await client.post(f"{href}/{action}", data={"issue": "refusal", "confirme": "oui"})
        assert answer.status_code == 403
    assert (await case_of(owner, called))["state"] == "held"
    assert UUID(href.removeprefix("/appels/")) == called.id
    assert await fetch_value(pool("work"), "SELECT count(*) FROM response") == 0
