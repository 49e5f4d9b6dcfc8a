"""Answer pages compiled once: the same page for others, and nothing of anybody in it."""

import re

import httpx
import pytest

from surveys.respond import compiled
from surveys.respond.compiled import MARKS, CompiledPages
from tests.surveys.invited import invited
from tests.surveys.respond.browsing import Person
from tests.world import World


@pytest.fixture(autouse=True)
def pages(monkeypatch: pytest.MonkeyPatch) -> CompiledPages:
    fresh = CompiledPages()
    monkeypatch.setattr(compiled, "PAGES", fresh)
    return fresh


async def two_people(world: World, client: httpx.AsyncClient) -> tuple[Person, Person]:
    first, _ = await invited(world)
    second, _ = await invited(world, mobile="+33639980002", name="M. Petit")
    return Person(client, first), Person(client, second)


@pytest.mark.parametrize("path", ["", "1?proche=oui", "2", "6", "1?langue=en", "1?note=4&utm=a%22b"])
async def test_a_compiled_page_carries_only_the_token_of_its_reader(
    world: World, client: httpx.AsyncClient, path: str
) -> None:
    one, other = await two_people(world, client)
    first, second, again = await one.open(path), await other.open(path), await one.open(path)
    assert one.token not in second.text
    assert other.token in second.text
    assert not set(MARKS.values()) & set(second.text)
    assert first.text == again.text
    assert second.text == first.text.replace(one.token, other.token)
    assert second.headers["cache-control"] == "no-store"
    assert second.headers["x-robots-tag"] == "noindex"
    assert second.headers["content-language"] == first.headers["content-language"]


async def test_people_of_other_providers_days_and_addresses_share_a_page(
    world: World, client: httpx.AsyncClient, pages: CompiledPages
) -> None:
    one, other = await two_people(world, client)
    token, _ = await invited(world, provider=world.cap, days_ago=3, mobile="+33639980003")
    for person in (one, other, Person(client, token)):
        await person.open("1?utm=" + person.token)
    assert len(pages._pages) == 1


async def test_the_thanks_of_one_are_not_those_of_another(
    world: World, client: httpx.AsyncClient, pages: CompiledPages
) -> None:
    one, other = await two_people(world, client)
    said = []
    for person in (one, other):
        await person.post("1", globale="5")
        await person.open("merci")
        said.append(re.search("[0-9A-Z]{4}-[0-9A-Z]{4}", person.words())[0])  # type: ignore[index]
    assert said[0] != said[1]
    assert not any(each in str(page).encode().decode() for each in said for page in pages._pages.values())


async def test_what_differs_is_another_page(world: World, client: httpx.AsyncClient) -> None:
    one, other = await two_people(world, client)
    await one.open()
    await one.post("1", globale="4")
    await one.open("1")
    await other.open("1")
    assert (one.checked(), other.checked()) == (["4"], [])
    token, _ = await invited(world, provider=world.cap, mobile="+33639980003")
    third = Person(client, token)
    await third.open("1")
    assert "Cap Domicile" in third.heading()
    token, _ = await invited(world, days_ago=3, mobile="+33639980004")
    fourth = Person(client, token)
    await fourth.open("1")
    assert "samedi 21 novembre" in fourth.heading()
    token, _ = await invited(world, mode="mandataire", mobile="+33639980005")
    fifth = Person(client, token)
    await fifth.open("1")
    assert "le travail chez vous" in fifth.heading()


async def test_somebodys_words_are_never_compiled(person: Person, pages: CompiledPages) -> None:
    await person.post("1", globale="4")
    await person.post("6", commentaire="ma voisine Nadia")
    await person.open("6")
    assert "ma voisine Nadia" in person.text()
    assert pages._pages
    assert "Nadia" not in str(pages._pages)


async def test_a_refused_page_is_never_compiled(person: Person, pages: CompiledPages) -> None:
    await person.post("1", globale="9")
    assert not pages._pages


def test_the_page_unused_for_longest_goes_first() -> None:
    pages = CompiledPages(most=2)
    a, b, c = (compiled.compiled(each) for each in "abc")
    pages.keep("a", a)
    pages.keep("b", b)
    assert pages.find("a") is a
    pages.keep("c", c)
    assert pages.find("b") is None
    assert pages.find("a") is a


def test_a_mark_that_no_reader_has_a_word_for_stays_a_character() -> None:
    assert compiled.compiled(f"a{MARKS['jour']}b").filled({}).decode() == f"a{MARKS['jour']}b"
