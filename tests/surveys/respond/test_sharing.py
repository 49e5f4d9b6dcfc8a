"""« Qui lit votre réponse ? »: the platform alone, or the provider with the name; changed until it closes."""

import asyncpg
import pytest

from tests.surveys.respond.browsing import Person

Owner = asyncpg.Connection


async def test_it_is_not_asked_before_the_first_answer(person: Person) -> None:
    await person.open("lecteurs")
    assert person.path == "/"


async def test_the_platform_alone_reads_it_by_default_and_the_person_may_change_it(
    person: Person, owner: Owner
) -> None:
    await person.post("1", globale="4")
    await person.open("merci")
    assert "Aide 34 ne voit pas votre nom." in person.words()
    await person.follow("Changer qui lit ma réponse")
    assert person.checked() == ["plateforme"]
    await person.post("lecteurs", lecteurs="organisme")
    assert "Aide 34 peut lire votre réponse avec votre nom." in person.words()
    assert await owner.fetchval("SELECT disclosure FROM response") == "named"
    await person.follow("Changer qui lit ma réponse")
    assert person.checked() == ["organisme"]
    await person.post("lecteurs", lecteurs="plateforme")
    assert await owner.fetchval("SELECT disclosure FROM response") == "recalled"


@pytest.mark.parametrize("sent", [{}, {"lecteurs": "tous"}])
async def test_a_choice_that_is_none_changes_nothing(
    person: Person, owner: Owner, sent: dict[str, str]
) -> None:
    await person.post("1", globale="4")
    await person.open("lecteurs")
    page = await person.post("lecteurs", **sent)
    assert page.status_code == 422
    assert 'href="#lecteurs-plateforme"' in page.text
    assert await owner.fetchval("SELECT disclosure FROM response") == "platform"


async def test_an_answer_after_the_choice_leaves_it(person: Person, owner: Owner) -> None:
    await person.post("1", globale="4")
    await person.post("lecteurs", lecteurs="organisme")
    await person.post("2", ponctualite="5")
    assert await owner.fetchval("SELECT disclosure FROM response") == "named"


async def test_the_thanks_say_until_when_it_can_be_changed(person: Person) -> None:
    await person.post("1", globale="4")
    await person.open("merci")
    assert "changer votre réponse jusqu’au jeudi 3 décembre" in person.words()


async def test_what_counts_apart_is_not_said_to_count(person: Person) -> None:
    await person.post("1", globale="4")
    await person.open("merci")
    assert "Votre réponse compte dans les résultats." in person.words()
    await person.post("qui", pour="self", comment="rempli")
    assert "compte dans les résultats" not in person.words()


async def test_what_is_asked_of_a_year_may_be_read_with_a_name_too(person: Person, owner: Owner) -> None:
    await person.post("1", globale="4")
    await owner.execute("UPDATE invitation SET purpose = 'yearly', occasion_id = NULL")
    await person.open("merci")
    await person.follow("Changer qui lit ma réponse")
    assert "Aide 34 lit vos notes et vos mots." in person.words()
    await person.post("lecteurs", lecteurs="organisme")
    assert await owner.fetchval("SELECT disclosure FROM response") == "named"
