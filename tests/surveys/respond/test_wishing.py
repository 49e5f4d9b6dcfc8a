"""After a low mark the client says what should come of it."""

import asyncpg
import httpx
import pytest

from tests.surveys.invited import invited
from tests.surveys.respond.browsing import Person
from tests.world import World

Owner = asyncpg.Connection


async def complaints(owner: Owner) -> list[tuple[str, str, str]]:
    rows = await owner.fetch("SELECT disclosure, state, kind FROM complaint")
    return [tuple(row) for row in rows]


async def test_a_low_mark_leads_to_the_wish_and_says_it_is_stored(person: Person) -> None:
    await person.post("1", globale="2")
    assert person.path == "/souhait"
    assert "Votre réponse « 2 Plutôt mal » est enregistrée" in person.words()
    assert "Au plus tard le jeudi 26 novembre, Aide 34 confirme avoir reçu votre demande." in person.words()
    assert "Au plus tard le mercredi 9 décembre, vous avez une réponse." in person.words()
    await person.follow("Retour")
    assert (person.path, person.checked()) == ("/1", ["2"])


@pytest.mark.parametrize("mark", ["3", "4", "5", "nsp"])
async def test_another_mark_goes_on(person: Person, mark: str) -> None:
    await person.post("1", globale=mark)
    assert person.path == "/2"


async def test_with_my_name(person: Person, owner: Owner) -> None:
    await person.post("1", globale="1")
    await person.post("souhait", souhait="nom")
    assert await complaints(owner) == [("named", "opened", "unknown")]
    assert person.heading() == "Merci, votre demande est enregistrée"
    said = person.words()
    assert "Pléiades Services transmet votre demande à Aide 34, avec votre nom." in said
    assert "Aujourd’hui, mardi 24 novembre" in said
    assert "Au plus tard le jeudi 26 novembre" in said
    assert "Au plus tard le mercredi 9 décembre" in said
    assert await owner.fetchval("SELECT is_disclosed FROM complaint_subject")


async def test_without_my_name(person: Person, owner: Owner) -> None:
    await person.post("1", globale="1")
    await person.post("souhait", souhait="sans")
    assert await complaints(owner) == [("anonymous", "opened", "unknown")]
    assert "sans votre nom" in person.words()
    assert not await owner.fetchval("SELECT is_disclosed FROM complaint_subject")


async def test_nothing_more(person: Person, owner: Owner) -> None:
    await person.post("1", globale="1")
    await person.post("souhait", souhait="rien")
    assert await complaints(owner) == []
    assert "Personne ne vous appelle" in person.words()


async def test_call_me_first(person: Person, owner: Owner) -> None:
    await person.post("1", globale="1")
    await person.post("souhait", souhait="appel")
    assert person.path == "/rappel"
    assert await complaints(owner) == [("call_first", "opened", "unknown")]
    await person.post("rappel", creneau="202611251130")
    assert person.heading() == "Merci, nous allons vous appeler"
    assert "Mercredi 25 novembre, de 10 h à 12 h 30" in person.words()
    rows = await owner.fetch("SELECT kind, next_due_at FROM call_case WHERE kind <> 'survey'")
    assert [(row["kind"], row["next_due_at"].isoformat()) for row in rows] == [
        ("complaint", "2026-11-25T09:00:00+00:00")
    ]


async def test_no_choice_says_what_to_do(person: Person, owner: Owner) -> None:
    await person.post("1", globale="1")
    for fields in ({}, {"souhait": "tout"}):
        page = await person.post("souhait", **fields)
        assert page.status_code == 422
        assert 'href="#souhait-nom"' in page.text
    assert await complaints(owner) == []


async def test_without_a_low_mark_the_page_leads_back_to_the_questions(person: Person, owner: Owner) -> None:
    await person.post("1", globale="4")
    await person.open("souhait")
    assert person.path == "/"
    await person.post("souhait", souhait="nom")
    assert await complaints(owner) == []


async def test_the_wish_is_asked_once(person: Person, owner: Owner) -> None:
    await person.post("1", globale="2")
    await person.post("souhait", souhait="nom")
    await person.post("2", ponctualite="1")
    assert person.path == "/3"
    assert await owner.fetchval("SELECT count(*) FROM signal WHERE complaint_id IS NOT NULL") == 2
    assert len(await complaints(owner)) == 1


async def test_the_same_wish_twice_opens_one_complaint(person: Person, owner: Owner) -> None:
    await person.post("1", globale="2")
    await person.post("souhait", souhait="nom")
    await person.post("souhait", souhait="nom")
    assert len(await complaints(owner)) == 1


async def test_the_wish_given_is_checked_when_one_comes_back_and_may_change(
    person: Person, owner: Owner
) -> None:
    await person.post("1", globale="2")
    await person.post("souhait", souhait="appel")
    await person.open("souhait")
    assert person.checked() == ["appel"]
    await person.post("souhait", souhait="sans")
    assert await complaints(owner) == [("anonymous", "opened", "unknown")]
    assert await owner.fetchval("SELECT state FROM call_case WHERE kind = 'complaint'") == "done"
    await person.post("souhait", souhait="appel")
    assert await owner.fetchval("SELECT state FROM call_case WHERE kind = 'complaint'") == "open"
    await person.post("souhait", souhait="rien")
    assert await owner.fetchval("SELECT state FROM call_case WHERE kind = 'complaint'") == "done"
    assert person.heading() == "Merci, votre réponse est enregistrée"


@pytest.mark.parametrize(
    ("number", "name", "kind"),
    [("2", "ponctualite", "late"), ("3", "travail", "unknown"), ("4", "respect", "behaviour")],
)
async def test_what_the_complaint_is_about_comes_from_the_item(
    person: Person, owner: Owner, number: str, name: str, kind: str
) -> None:
    await person.post(number, **{name: "1"})
    await person.post("souhait", souhait="nom")
    assert await complaints(owner) == [("named", "opened", kind)]


async def test_what_it_is_about_stays_open_when_the_low_marks_disagree(person: Person, owner: Owner) -> None:
    await person.post("2", ponctualite="1")
    await person.post("4", respect="1")
    await person.post("souhait", souhait="nom")
    assert await complaints(owner) == [("named", "opened", "unknown")]


async def test_a_relatives_wish_is_that_of_the_relatives_mark(
    world: World, client: httpx.AsyncClient, owner: Owner
) -> None:
    token, _ = await invited(world)
    person = Person(client, token)
    await person.post("1", globale="2")
    await person.post("souhait", souhait="rien")
    daughter = Person(client, token)
    await daughter.open("1?proche=oui")
    await daughter.post("1", globale="1")
    assert daughter.path == "/souhait?proche=oui"
    await daughter.post("souhait", souhait="nom")
    rows = await owner.fetch(
        "SELECT r.respondent, s.wish FROM signal s JOIN response r ON r.id = s.source_id ORDER BY 1"
    )
    assert [tuple(row) for row in rows] == [("client", "nothing"), ("relative", "named")]
