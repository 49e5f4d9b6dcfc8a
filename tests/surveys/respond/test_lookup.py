"""Links that open nothing look alike, and guessing is limited."""

from datetime import timedelta

import asyncpg
import httpx
import pytest

from quality import clock
from quality.web.wrong_tokens import OVERALL, PER_ADDRESS, WRONG, WrongTokens
from tests.surveys.invited import invited
from tests.surveys.respond.browsing import Person
from tests.world import World

UNKNOWN = "K7M42Q9DX3PV"
PATHS = ("", "/1", "/souhait", "/rappel", "/merci", "/qui", "/lecteurs", "/probleme", "/stop")


class Watch:
    """A timer moved by hand."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def token_number(number: int) -> str:
    return f"{number:012d}"


@pytest.mark.parametrize("path", PATHS)
async def test_unknown_expired_closed_and_malformed_links_look_alike(
    world: World, client: httpx.AsyncClient, owner: asyncpg.Connection, path: str
) -> None:
    expired, late = await invited(world)
    closed, shut = await invited(world, mobile="+33639980002")
    await owner.execute("UPDATE invitation SET closes_at = $2 WHERE id = $1", late, clock.now())
    await owner.execute(
        "UPDATE invitation SET closed_at = $2, closed_reason = 'expired' WHERE id = $1", shut, clock.now()
    )
    tokens = (expired, closed, UNKNOWN, "court", "a" * 500)
    pages = [await client.get(f"/s/{token}{path}") for token in tokens]
    assert {page.status_code for page in pages} == {404}
    assert len({page.text for page in pages}) == 1
    assert "04\u00a067\u00a000\u00a000\u00a000" in pages[0].text


@pytest.mark.parametrize("path", ["/1", "/souhait", "/rappel"])
async def test_a_form_sent_after_the_end_changes_nothing(
    world: World, client: httpx.AsyncClient, owner: asyncpg.Connection, path: str
) -> None:
    token, invitation = await invited(world)
    await owner.execute("UPDATE invitation SET closes_at = $2 WHERE id = $1", invitation, clock.now())
    page = await client.post(f"/s/{token}{path}", data={"globale": "4", "souhait": "nom"})
    assert page.status_code == 404
    assert await owner.fetchval("SELECT count(*) FROM response") == 0
    assert await owner.fetchval("SELECT refused_at FROM endpoint") is None


async def test_a_link_is_open_until_it_closes(
    world: World, client: httpx.AsyncClient, owner: asyncpg.Connection
) -> None:
    token, invitation = await invited(world)
    soon = clock.now() + timedelta(minutes=1)
    await owner.execute("UPDATE invitation SET closes_at = $2 WHERE id = $1", invitation, soon)
    assert (await client.get(f"/s/{token}")).status_code == 200


async def test_a_link_may_be_typed_by_hand(person: Person) -> None:
    typed = f"{person.token[:4].lower()}-{person.token[4:]}".replace("0", "o").replace("1", "l")
    page = await person.client.get(f"/s/{typed}")
    assert page.status_code == 200
    assert f'action="/s/{person.token}/1"' in page.text


async def test_news_of_a_complaint_is_no_survey(
    world: World, client: httpx.AsyncClient, owner: asyncpg.Connection
) -> None:
    token, invitation = await invited(world)
    as_news = "UPDATE invitation SET purpose = 'news', occasion_id = NULL, complaint_id = id WHERE id = $1"
    await owner.execute(as_news, invitation)
    assert (await client.get(f"/s/{token}")).status_code == 404


async def test_guessing_is_stopped_even_for_a_right_token(person: Person) -> None:
    for number in range(PER_ADDRESS):
        assert (await person.client.get(f"/s/{token_number(number)}")).status_code == 404
    page = await person.client.get(f"/s/{person.token}")
    assert page.status_code == 429
    assert "Trop de liens" in page.text


async def test_opening_one_dead_link_again_and_again_is_no_guessing(person: Person) -> None:
    for _ in range(PER_ADDRESS + 5):
        await person.client.get(f"/s/{UNKNOWN}")
    assert (await person.client.get(f"/s/{person.token}")).status_code == 200


async def test_who_holds_a_true_link_still_answers_when_many_guess(person: Person) -> None:
    for number in range(OVERALL):
        WRONG.note(f"192.0.2.{number}", token_number(number))
    assert (await person.client.get(f"/s/{person.token}")).status_code == 200
    assert WRONG.is_barred("192.0.2.1")
    assert (await person.client.get(f"/s/{UNKNOWN}")).status_code == 404
    assert (await person.client.get(f"/s/{person.token}")).status_code == 429


def test_an_address_is_barred_at_the_limit_for_the_minute() -> None:
    watch = Watch()
    wrong = WrongTokens(watch)
    for number in range(PER_ADDRESS - 1):
        wrong.note("192.0.2.1", token_number(number))
    assert not wrong.is_barred("192.0.2.1")
    wrong.note("192.0.2.1", token_number(99))
    assert wrong.is_barred("192.0.2.1")
    assert not wrong.is_barred("192.0.2.2")
    watch.at = 60.0
    assert not wrong.is_barred("192.0.2.1")
