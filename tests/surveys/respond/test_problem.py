"""« Signaler un problème », whatever the marks: the kind is the person's, and so is what comes of it."""

import re

import asyncpg
import httpx
import pytest

from quality.db import transaction
from surveys.verification import recomputed
from tests.surveys.invited import invited
from tests.surveys.respond.browsing import Person
from tests.world import World

Owner = asyncpg.Connection


async def complaints(owner: Owner) -> list[tuple[str, str, str, str]]:
    rows = await owner.fetch("SELECT source_kind, disclosure, kind, state FROM complaint ORDER BY number")
    return [tuple(row) for row in rows]


async def tell(person: Person, motive: str, wish: str) -> None:
    await person.post("probleme", motif=motive)
    await person.post("souhait", souhait=wish)


async def test_from_the_thanks_with_high_marks(person: Person, owner: Owner) -> None:
    await person.post("1", globale="5")
    await person.open("merci")
    await person.follow("Signaler un problème")
    await person.post("probleme", motif="facture")
    assert person.path == "/souhait?motif=facture"
    assert "Vous signalez : une facture." in person.words()
    assert await complaints(owner) == [], "nothing is opened before the wish"
    await person.post("souhait", souhait="nom")
    assert await complaints(owner) == [("page", "named", "billing", "opened")]
    assert person.heading() == "Merci, votre demande est enregistrée"
    assert "/suivi/" in person.text()
    assert await owner.fetchval("SELECT count(*) FROM signal") == 0, "it is no mark"


async def test_before_any_answer(person: Person, owner: Owner) -> None:
    await person.open()
    await person.follow("Signaler un problème")
    await tell(person, "absence", "sans")
    assert await complaints(owner) == [("page", "anonymous", "absent", "opened")]
    assert person.heading() == "Merci, votre demande est enregistrée"
    assert await owner.fetchval("SELECT count(*) FROM response") == 0


async def test_a_call_first_offers_the_half_days(person: Person, owner: Owner) -> None:
    await tell(person, "travail", "appel")
    assert person.path.startswith("/rappel")
    assert await owner.fetchval("SELECT kind FROM call_case WHERE kind <> 'survey'") == "complaint"
    await person.post("rappel", creneau="202611251130")
    assert person.heading() == "Merci, nous allons vous appeler"


async def test_nothing_more_is_offered_only_once_something_stands(person: Person, owner: Owner) -> None:
    await person.open("souhait?motif=retard")
    assert 'value="rien"' not in person.text()
    page = await person.post("souhait", souhait="rien", motif="retard")
    assert page.status_code == 422
    await person.post("souhait", souhait="nom", motif="retard")
    await person.open("souhait")
    assert person.checked() == ["nom"]
    await person.post("souhait", souhait="rien")
    assert await complaints(owner) == [("page", "named", "late", "closed")]


async def test_a_low_mark_given_after_it_joins_the_same_complaint(person: Person, owner: Owner) -> None:
    await tell(person, "retard", "nom")
    await person.post("1", globale="1")
    assert person.path == "/2", "what should come of it was already said"
    assert await complaints(owner) == [("page", "named", "late", "opened")]
    joined = "SELECT c.kind FROM signal s JOIN complaint c ON c.id = s.complaint_id"
    assert await owner.fetchval(joined) == "late"


async def test_a_problem_told_after_a_low_mark_says_what_it_is_about(person: Person, owner: Owner) -> None:
    await person.post("1", globale="2")
    await person.post("souhait", souhait="sans")
    await tell(person, "changement", "sans")
    assert await complaints(owner) == [("response", "anonymous", "changed", "opened")]


async def test_sent_twice_it_is_one(person: Person, owner: Owner) -> None:
    for _ in range(2):
        await tell(person, "retard", "nom")
    assert len(await complaints(owner)) == 1


@pytest.mark.parametrize(("path", "field"), [("probleme", "motif-absence"), ("souhait", "souhait-nom")])
async def test_an_empty_choice_says_what_is_missing(person: Person, path: str, field: str) -> None:
    await person.open("souhait?motif=retard" if path == "souhait" else path)
    page = await person.post(path)
    assert page.status_code == 422
    assert f'href="#{field}"' in page.text


async def test_a_motive_that_is_not_offered_opens_nothing(person: Person, owner: Owner) -> None:
    await person.open("souhait?motif=serious")
    assert person.path == "/"
    await person.post("souhait", souhait="nom", motif="serious")
    assert await complaints(owner) == []


@pytest.mark.parametrize(("motive", "is_said"), [("comportement", True), ("retard", False)])
async def test_3977_is_said_after_a_problem_of_conduct_and_no_other(
    person: Person, motive: str, is_said: bool
) -> None:
    await person.open("probleme")
    assert "3977" not in person.text()
    await person.post("probleme", motif=motive)
    assert ("3977" in person.text()) == is_said


@pytest.mark.parametrize(("number", "name", "is_said"), [("4", "respect", True), ("2", "ponctualite", False)])
async def test_3977_is_said_after_a_low_mark_on_conduct(
    person: Person, number: str, name: str, is_said: bool
) -> None:
    await person.post(number, **{name: "1"})
    assert ("3977" in person.text()) == is_said


@pytest.mark.parametrize("seat", ["oui", "tutelle", "autre"])
async def test_a_relative_tells_it_and_is_called(
    world: World, client: httpx.AsyncClient, owner: Owner, seat: str
) -> None:
    token, _ = await invited(world)
    person = Person(client, token)
    await person.open(f"probleme?proche={seat}")
    await tell(person, "retard", "appel")
    assert person.path == f"/rappel?proche={seat}"
    slots = re.findall(r'name="creneau"[^>]* value="(\d+)"', person.text())
    await person.post("rappel", creneau=slots[1])
    assert person.heading() == "Merci, nous allons vous appeler"
    assert await complaints(owner) == [("page", "call_first", "late", "opened")]


async def test_what_is_told_moves_no_figure(person: Person) -> None:
    await tell(person, "retard", "nom")
    async with transaction("work") as db:
        assert await recomputed(db) == []


async def test_3977_is_said_when_conduct_is_one_of_several_low_marks(person: Person) -> None:
    await person.post("2", ponctualite="1")
    await person.post("4", respect="1")
    await person.open("souhait")
    assert "3977" in person.text()


@pytest.mark.parametrize(
    "since", ["", "UPDATE complaint SET state = 'acknowledged', acknowledged_at = opened_at"]
)
async def test_a_second_problem_is_added_to_the_first(person: Person, owner: Owner, since: str) -> None:
    await tell(person, "retard", "nom")
    if since:
        await owner.execute(since)
    for _ in range(2):
        await tell(person, "facture", "nom")
    assert len(await complaints(owner)) == 1
    said = await owner.fetch("SELECT text, audience FROM complaint_event WHERE kind = 'message'")
    assert [tuple(row) for row in said] == [("Je signale\u00a0: un retard, une facture.", "client")]


async def test_the_page_where_it_is_followed_repeats_what_was_told(person: Person) -> None:
    await tell(person, "retard", "nom")
    await person.follow("Suivre ma demande")
    assert (
        "Ce que vous nous avez dit Une visite assurée par Aide 34, en novembre 2026. Retard."
        in person.words()
    )


async def test_a_problem_told_after_two_requests_became_one_is_added_where_they_are_followed(
    world: World, person: Person, owner: Owner
) -> None:
    await tell(person, "retard", "nom")
    client = await owner.fetchval("SELECT client_id FROM complaint_subject")
    token, _ = await invited(world, client=client, days_ago=2, planned=False)
    await tell(Person(person.client, token), "travail", "nom")
    first, kept = await owner.fetch("SELECT id FROM complaint ORDER BY number")
    merge = "UPDATE complaint SET state = 'merged', merged_into_id = $2, closed_at = opened_at WHERE id = $1"
    await owner.execute(merge, first["id"], kept["id"])
    await tell(person, "facture", "nom")
    said = await owner.fetch("SELECT complaint_id, text FROM complaint_event WHERE kind = 'message'")
    assert [tuple(row) for row in said] == [(kept["id"], "Je signale\u00a0: un retard, une facture.")]
