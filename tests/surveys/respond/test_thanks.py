"""The last page says what was recorded, and what happens next."""

import re

import asyncpg
import httpx
import pytest

from surveys.dispatch.links import LABEL
from surveys.dispatch.token import spoken_reference
from tests.surveys.invited import invited
from tests.surveys.respond.browsing import Person
from tests.world import World


async def test_the_reference_can_be_read_aloud_and_opens_nothing(
    world: World, client: httpx.AsyncClient
) -> None:
    token, invitation = await invited(world)
    person = Person(client, token)
    await person.post("1", globale="4")
    await person.open("merci")
    reference = re.findall(r"<dd>([0-9A-Z]{4}-[0-9A-Z]{4})</dd>", person.text())
    assert reference == [spoken_reference(world.house.keyring.subkey(LABEL), invitation)]
    assert reference[0].replace("-", "") not in token


async def test_who_opened_a_complaint_is_given_the_page_to_follow_it(person: Person) -> None:
    await person.post("1", globale="1")
    await person.open("merci")
    assert "/suivi/" not in person.text()
    await person.open("souhait?langue=en")
    await person.post("souhait", souhait="nom")
    follow = re.findall(r'href="(/suivi/[0-9A-Z]{12}\?langue=en)"', person.text())
    assert len(follow) == 1
    page = await person.client.get(follow[0])
    assert (page.status_code, page.headers["content-language"]) == (200, "en")


async def test_who_said_nothing_starts_at_the_first_question(person: Person) -> None:
    await person.open("merci")
    assert person.path == "/"
    assert "Question 1 sur 7" in person.words()


async def test_the_number_to_call_and_3977_are_there(person: Person) -> None:
    await person.post("1", globale="4")
    await person.open("merci")
    assert "04 67 00 00 00" in person.words()
    assert 'href="tel:3977"' in person.text()


async def test_3977_is_not_shown_before_the_end(person: Person) -> None:
    await person.open()
    assert "3977" not in person.text()


async def test_a_low_mark_without_a_wish_is_no_call(person: Person) -> None:
    await person.post("1", globale="1")
    await person.open("merci")
    assert "Personne ne vous appelle" in person.words()


async def test_one_question_left_is_said_in_the_singular(person: Person) -> None:
    answers = ("globale", "ponctualite", "travail", "respect")
    for number, name in enumerate(answers, start=1):
        await person.post(str(number), **{name: "5"})
    await person.post("5", conseil="oui")
    await person.post("6", commentaire="")
    await person.open("merci")
    assert "Il reste 1 question," in person.words()


async def test_a_daughter_reads_what_became_of_her_own_answers(person: Person) -> None:
    """Her mother's complaint is her mother's: neither shown nor followed from here."""
    await person.post("1", globale="1")
    await person.post("souhait", souhait="sans")
    daughter = Person(person.client, person.token)
    await daughter.open("merci?proche=oui")
    assert daughter.path == "?proche=oui", "she answered nothing yet"
    await daughter.post("1", globale="5")
    await daughter.open("merci")
    assert daughter.heading() == "Merci, votre réponse est enregistrée"
    assert "/suivi/" not in daughter.text()


@pytest.mark.parametrize(
    "since", ["UPDATE complaint SET is_serious = true", "UPDATE complaint SET disclosure = 'anonymous'"]
)
async def test_a_name_that_is_withheld_is_not_said_to_be_given(
    person: Person, owner: asyncpg.Connection, since: str
) -> None:
    await person.post("1", globale="1")
    await person.post("souhait", souhait="nom")
    await person.post("lecteurs", lecteurs="organisme")
    assert "peut lire votre réponse avec votre nom" in person.words()
    await owner.execute(since)
    await person.post("souhait", souhait="rien")
    await person.open("merci")
    assert "Aide 34 ne voit pas votre nom." in person.words()


async def test_a_relative_reads_whose_name_is_given(person: Person) -> None:
    await person.open("1?proche=oui")
    await person.post("1", globale="1")
    assert "avec le nom de la personne aidée" in person.words()
    await person.post("souhait", souhait="nom")
    assert "à Aide 34, avec le nom de la personne aidée." in person.words()
    assert "votre nom" not in person.words()


async def test_a_name_given_with_a_request_is_not_said_to_be_withheld(person: Person) -> None:
    await person.post("1", globale="1")
    await person.post("souhait", souhait="nom")
    assert "à Aide 34, avec votre nom." in person.words()
    assert "Aide 34 ne voit pas votre nom" not in person.words()
    assert "Vos autres réponses restent sans nom pour Aide 34." in person.words()
