"""« Qui a répondu ? »: asked once the answers count, passed by whoever wishes, corrected from the thanks."""

import asyncio

import asyncpg
import httpx
import pytest
from starlette.applications import Starlette

from tests.live import PATIENCE_SECONDS
from tests.served import served
from tests.surveys.invited import invited
from tests.surveys.respond.browsing import Person
from tests.world import World

Owner = asyncpg.Connection


async def who(owner: Owner) -> list[tuple[str, str, str, str]]:
    rows = await owner.fetch("SELECT respondent, relation, help, worker FROM response ORDER BY respondent")
    return [tuple(row) for row in rows]


async def test_it_is_not_asked_before_the_first_answer(person: Person) -> None:
    await person.open("qui")
    assert person.path == "/"


async def test_a_daughter_says_it_after_her_answers(person: Person, owner: Owner) -> None:
    await person.post("1", globale="4")
    await person.open("qui")
    assert person.heading() == "Qui a répondu ?"
    await person.post("qui", pour="child", comment="aide")
    assert person.path == "/merci?proche=oui"
    assert "pour mon père ou ma mère" in person.words()
    assert await who(owner) == [("relative", "child", "helped", "")]


@pytest.mark.parametrize(
    ("pour", "path", "respondent"),
    [
        ("self", "/merci?proche=non", "client"),
        ("spouse", "/merci?proche=oui", "relative"),
        ("guardian", "/merci?proche=tutelle", "guardian"),
        ("other", "/merci?proche=autre", "other"),
    ],
)
async def test_each_relation_has_its_place(
    person: Person, owner: Owner, pour: str, path: str, respondent: str
) -> None:
    await person.post("1", globale="4")
    await person.post("qui", pour=pour)
    assert person.path == path
    assert await who(owner) == [(respondent, pour, "", "")]
    await person.follow("Changer ma réponse")
    await person.post("1", globale="5")
    await person.post("2", ponctualite="3")
    assert await who(owner) == [(respondent, pour, "", "")]


async def test_what_was_said_is_there_to_correct(person: Person, owner: Owner) -> None:
    await person.post("1", globale="4")
    await person.post("qui", pour="guardian", comment="rempli")
    await person.follow("Corriger ce choix")
    assert person.checked() == ["guardian", "rempli"]
    await person.post("qui", pour="self")
    assert await who(owner) == [("client", "self", "", "")]


async def test_nothing_chosen_says_what_is_missing_and_stores_nothing(person: Person, owner: Owner) -> None:
    await person.post("1", globale="4")
    await person.open("qui")
    page = await person.post("qui", comment="aide")
    assert page.status_code == 422
    assert "Choisissez pour qui vous répondez, ou passez cette page" in person.words()
    assert person.checked() == ["aide"]
    assert await who(owner) == [("client", "", "", "")]


async def test_the_link_goes_on_as_whoever_said_it(
    person: Person, world: World, client: httpx.AsyncClient
) -> None:
    """She opens the SMS again, on another telephone: her answers are there."""
    await person.post("1", globale="4")
    await person.post("qui", pour="child")
    again = Person(client, person.token)
    await again.open()
    assert "Question 2 sur 7" in again.words()
    assert "Vous répondez pour une autre personne" in again.words()


async def test_the_person_herself_answers_beside_them(
    person: Person, client: httpx.AsyncClient, owner: Owner
) -> None:
    await person.post("1", globale="4")
    await person.post("qui", pour="child")
    herself = Person(client, person.token)
    await herself.open("1")
    await herself.follow("Je réponds pour moi")
    await herself.post("1", globale="2")
    assert [row[0] for row in await who(owner)] == ["client", "relative"]


async def test_back_after_it_was_said_corrects_the_same_answers(person: Person, owner: Owner) -> None:
    """A browser shows again the page that it kept, whose form tells no relative."""
    await person.post("1", globale="4")
    await person.post("2", ponctualite="4")
    await person.open("qui")
    await person.post("qui", pour="child")
    person.at, person.page = f"/s/{person.token}/2", None
    await person.post("2", ponctualite="1")
    assert await who(owner) == [("relative", "child", "", "")]


async def test_a_double_submit_says_it_once(person: Person, owner: Owner) -> None:
    await person.post("1", globale="4")
    await person.open("qui")
    shown, page = person.at, person.page
    await person.post("qui", pour="child")
    person.at, person.page = shown, page
    await person.post("qui", pour="child")
    assert person.path.startswith("/merci")
    assert await who(owner) == [("relative", "child", "", "")]


async def test_a_place_already_taken_is_refused_in_words(
    person: Person, client: httpx.AsyncClient, owner: Owner
) -> None:
    await person.post("1", globale="4")
    daughter = Person(client, person.token)
    await daughter.open("1?proche=oui")
    await daughter.post("1", globale="2")
    page = await person.post("qui", pour="spouse")
    assert page.status_code == 409
    assert "Une autre personne a déjà répondu ainsi par ce lien" in person.words()
    assert [row[0] for row in await who(owner)] == ["client", "relative"]


async def test_who_was_asked_for_somebody_is_asked_it_too(
    world: World, client: httpx.AsyncClient, owner: Owner
) -> None:
    token, _ = await invited(world, audience="relative")
    person = Person(client, token)
    await person.post("1", globale="4")
    await person.open("qui")
    await person.post("qui", pour="child")
    assert await who(owner) == [("relative", "child", "", "")]


async def test_a_wish_after_it_is_that_of_the_same_answers(person: Person, owner: Owner) -> None:
    await person.post("1", globale="1")
    await person.post("souhait", souhait="nom")
    await person.open("qui")
    await person.post("qui", pour="child")
    assert "/suivi/" in person.text(), "the complaint is still followed from the thanks"
    await person.open("souhait")
    assert person.checked() == ["nom"]


async def test_two_presses_at_once_say_it_once(person: Person, owner: Owner, web: Starlette) -> None:
    await person.post("1", globale="4")
    address = f"/s/{person.token}/qui"
    async with served(web) as url, httpx.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS) as people:
        posts = [people.post(address, data={"pour": "child"}) for _ in range(8)]
        answers = await asyncio.gather(*posts)
    said = {(each.status_code, each.headers.get("location")) for each in answers}
    assert said == {(303, f"/s/{person.token}/merci?proche=oui")}
    assert await who(owner) == [("relative", "child", "", "")]
