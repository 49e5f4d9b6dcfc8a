"""Question pages kept ready: the same page for others, and nothing of anybody in it."""

import httpx
import pytest

from surveys.respond import questions
from surveys.respond.kept import MARK, KeptPages, filled
from tests.surveys.invited import invited
from tests.surveys.respond.browsing import Person
from tests.world import World


@pytest.fixture(autouse=True)
def none_kept(monkeypatch: pytest.MonkeyPatch) -> KeptPages:
    pages = KeptPages()
    monkeypatch.setattr(questions, "PAGES", pages)
    return pages


async def two_people(world: World, client: httpx.AsyncClient) -> tuple[Person, Person]:
    first, _ = await invited(world)
    second, _ = await invited(world, mobile="+33639980002", name="M. Petit")
    return Person(client, first), Person(client, second)


@pytest.mark.parametrize("path", ["", "1?proche=oui", "2", "6", "1?langue=en"])
async def test_a_kept_page_carries_only_the_token_of_its_reader(
    world: World, client: httpx.AsyncClient, path: str
) -> None:
    one, other = await two_people(world, client)
    first, second, again = await one.open(path), await other.open(path), await one.open(path)
    assert one.token not in second.text
    assert other.token in second.text
    assert MARK not in second.text
    assert first.text == again.text
    assert second.text == first.text.replace(one.token, other.token)
    assert second.headers["cache-control"] == "no-store"
    assert second.headers["x-robots-tag"] == "noindex"
    assert second.headers["content-language"] == first.headers["content-language"]


async def test_a_kept_page_is_found_again(
    world: World, client: httpx.AsyncClient, none_kept: KeptPages
) -> None:
    one, other = await two_people(world, client)
    await one.open()
    kept = dict(none_kept._pages)
    await other.open()
    assert dict(none_kept._pages) == kept
    assert len(kept) == 1


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


async def test_somebodys_words_are_never_kept(person: Person, none_kept: KeptPages) -> None:
    await person.post("1", globale="4")
    await person.post("6", commentaire="ma voisine Nadia")
    await person.open("6")
    assert "ma voisine Nadia" in person.text()
    assert not any(b"Nadia" in page for page in none_kept._pages.values())


async def test_a_refused_page_is_never_kept(person: Person, none_kept: KeptPages) -> None:
    await person.post("1", globale="9")
    assert not none_kept._pages


def test_the_page_unused_for_longest_goes_first() -> None:
    pages = KeptPages(most=2)
    pages.keep("a", b"a")
    pages.keep("b", b"b")
    assert pages.find("a", "t") == b"a"
    pages.keep("c", b"c")
    assert pages.find("b", "t") is None
    assert pages.find("a", "t") == b"a"


def test_every_mark_becomes_the_token() -> None:
    assert filled(f"{MARK}-{MARK}".encode(), "T") == b"T-T"
