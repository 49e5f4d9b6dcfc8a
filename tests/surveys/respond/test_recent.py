"""An answer starts from the page shown a moment ago, and is never stored on what is no longer true."""

from datetime import timedelta

import asyncpg
import httpx
import msgspec
import pytest

from quality import clock
from quality.db import pool
from surveys import collect, response
from surveys.collect import record
from surveys.respond.recent import KEPT_SECONDS, RecentVisits
from surveys.response import by_id
from tests.surveys.invited import invited
from tests.surveys.respond.browsing import Person
from tests.surveys.respond.test_lookup import Watch
from tests.world import World

Owner = asyncpg.Connection


async def stored(owner: Owner) -> dict[str, object]:
    return msgspec.json.decode(await owner.fetchval("SELECT answers FROM response"))


async def elsewhere(invitation: object, **answers: object) -> None:
    """Answer through another process, which knows nothing of what this one read."""
    visit = await by_id(pool("answer"), invitation)
    assert visit is not None
    await record(pool("answer"), visit, answers, channel="web", now=clock.now())


async def test_answers_given_elsewhere_meanwhile_are_not_lost(
    world: World, client: httpx.AsyncClient, owner: Owner
) -> None:
    token, invitation = await invited(world)
    person = Person(client, token)
    await person.open()
    await elsewhere(invitation, globale=2, respect=5)
    await person.post("1", globale="4")
    await elsewhere(invitation, travail=3)
    await person.post("2", ponctualite="5")
    assert await stored(owner) == {"globale": 4, "respect": 5, "travail": 3, "ponctualite": 5}
    sums = await owner.fetch("SELECT indicator, n, x FROM cell ORDER BY indicator")
    assert [tuple(row) for row in sums] == [
        *(("GLOB", 1, 1), ("PONCT", 1, 1), ("QUAL", 1, 0), ("RESP", 1, 1), ("RR2", 1, 1))
    ]


async def test_a_link_that_expires_after_the_page_takes_no_answer(person: Person, owner: Owner) -> None:
    await person.open()
    clock.set_offset(clock.offset() + timedelta(days=9))
    assert (await person.post("1", globale="4")).status_code == 404
    assert await owner.fetchval("SELECT count(*) FROM response") == 0


@pytest.mark.parametrize("is_first", [True, False])
async def test_a_request_closed_between_page_and_answer_takes_no_answer(
    person: Person, owner: Owner, is_first: bool
) -> None:
    await person.open()
    if not is_first:
        await person.post("1", globale="4")
    await owner.execute("UPDATE invitation SET closed_at = $1, closed_reason = 'cancelled'", clock.now())
    number, name = ("1", "globale") if is_first else ("2", "ponctualite")
    late = await person.post(number, **{name: "2"})
    assert late.status_code == 404
    assert person.heading() == "Cette page n’est pas ouverte"
    kept = await owner.fetchval("SELECT answers FROM response")
    assert kept is None if is_first else msgspec.json.decode(kept) == {"globale": 4}


async def test_the_answer_after_a_page_is_one_statement(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = []
    for module in (collect, response):
        real = module.fetch_one if module is collect else module.fetch

        async def spy(db: object, sql: str, *values: object, real: object = real) -> object:
            said.append(sql)
            return await real(db, sql, *values)  # type: ignore[operator]

        monkeypatch.setattr(module, "fetch_one" if module is collect else "fetch", spy)
    await person.open()
    said.clear()
    sent = await person.client.post(f"/s/{person.token}/1", data={"globale": "4"})
    assert sent.status_code == 303
    sent = await person.client.post(f"/s/{person.token}/2", data={"ponctualite": "4"})
    assert sent.status_code == 303
    assert len(said) == 2
    assert all("INSERT INTO response" in sql for sql in said)


async def test_the_page_after_an_answer_is_one_statement_and_shows_what_was_said_elsewhere(
    world: World, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, invitation = await invited(world)
    person = Person(client, token)
    await person.post("1", globale="4")
    await elsewhere(invitation, ponctualite=2, travail="nsp")
    said = []
    for name in ("fetch", "fetch_one"):
        real = getattr(response, name)

        async def spy(db: object, sql: str, *values: object, real: object = real) -> object:
            said.append(sql)
            return await real(db, sql, *values)  # type: ignore[operator]

        monkeypatch.setattr(response, name, spy)
    await person.open("2")
    assert person.checked() == ["2"]
    assert len(said) == 1


def test_a_visit_is_kept_for_ten_minutes(world: World) -> None:
    watch = Watch()
    recent = RecentVisits(watch)
    recent.keep("T", "visit")  # type: ignore[arg-type]
    watch.at = KEPT_SECONDS - 1
    assert recent.find("T") == "visit"
    watch.at = KEPT_SECONDS
    assert recent.find("T") is None
    assert recent.find("U") is None


def test_the_visit_seen_first_goes_first(world: World) -> None:
    recent = RecentVisits(Watch(), most=2)
    for token in ("a", "b", "a", "c"):
        recent.keep(token, token)  # type: ignore[arg-type]
    assert [recent.find(token) for token in "abc"] == ["a", None, "c"]
