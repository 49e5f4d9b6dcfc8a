"""« Appelez-moi »: half-days to choose from, never a complaint."""

from datetime import UTC, datetime, timedelta

import asyncpg
import httpx

from quality import clock
from tests.surveys.closing import shut
from tests.surveys.invited import invited
from tests.surveys.respond.browsing import Person
from tests.world import World

Owner = asyncpg.Connection


async def calls(owner: Owner) -> list[tuple[str, str, str]]:
    rows = await owner.fetch(
        "SELECT kind, state, next_due_at, closes_at FROM call_case WHERE kind <> 'survey'"
    )
    assert all(row["closes_at"] > row["next_due_at"] for row in rows)
    return [(row["kind"], row["state"], f"{row['next_due_at']:%d %H:%M}") for row in rows]


async def test_the_next_half_days_are_offered(person: Person) -> None:
    await person.open("rappel")
    said = person.words()
    assert "mardi 24 novembre avant 12 h 30" in said
    assert "mardi 24 novembre de 14 h à 18 h" in said
    assert "jeudi 26 novembre de 14 h à 18 h" in said
    assert person.text().count('name="creneau"') == 6


async def test_a_half_day_chosen_is_a_call_and_no_complaint(person: Person, owner: Owner) -> None:
    await person.open("rappel")
    await person.post("rappel", creneau="202611251130")
    assert await calls(owner) == [("callback", "open", "25 09:00")]
    assert await owner.fetchval("SELECT count(*) FROM complaint") == 0
    assert await owner.fetchval("SELECT count(*) FROM response") == 0
    assert person.path == "/merci"
    assert "Mercredi 25 novembre, de 10 h à 12 h 30" in person.words()


async def test_another_choice_moves_the_one_call(person: Person, owner: Owner) -> None:
    await person.post("rappel", creneau="202611251130")
    await person.post("rappel", creneau="202611261700")
    await person.post("rappel", creneau="202611261700")
    assert await calls(owner) == [("callback", "open", "26 13:00")]


async def test_yes_at_the_last_question_offers_the_half_days(person: Person, owner: Owner) -> None:
    await person.post("1", globale="5")
    await person.post("7", rappel="oui")
    assert person.path == "/rappel"
    assert len(await calls(owner)) == 1
    await person.post("rappel", creneau="202611251700")
    assert await calls(owner) == [("callback", "open", "25 13:00")]
    assert person.heading() == "Merci, nous allons vous appeler"


async def test_no_choice_says_what_to_do(person: Person, owner: Owner) -> None:
    page = await person.post("rappel")
    assert page.status_code == 422
    assert 'href="#creneau-202611241130"' in page.text
    assert 'id="creneau-202611241130"' in page.text
    assert await calls(owner) == []


async def test_a_half_day_that_is_over_is_refused(person: Person, owner: Owner) -> None:
    await person.open("rappel")
    clock.set_offset(clock.offset() + timedelta(hours=3))
    page = await person.post("rappel", creneau="202611241130")
    assert page.status_code == 422
    assert "choisissez-en un autre" in person.words()
    assert await calls(owner) == []


async def test_a_call_still_owed_is_told_for_the_next_half_day(person: Person) -> None:
    await person.post("rappel", creneau="202611251130")
    clock.set_offset(clock.offset() + timedelta(days=1, hours=5))
    await person.open("merci")
    assert "Mercredi 25 novembre, avant 18 h" in person.words()


async def test_a_relative_may_be_called_in_the_evening(world: World, client: httpx.AsyncClient) -> None:
    token, _ = await invited(world, audience="relative")
    asked = Person(client, token)
    await asked.open("rappel")
    assert "de 14 h à 19 h 30" in asked.words()


async def test_the_half_days_are_those_of_the_place(
    world: World, client: httpx.AsyncClient, owner: Owner
) -> None:
    token, _ = await invited(world, departement="974")  # 13:30 there: the morning is over
    asked = Person(client, token)
    await asked.open("rappel")
    assert "mardi 24 novembre de 14 h à 18 h" in asked.words()
    assert "avant 12 h 30" not in asked.words()
    await asked.post("rappel", creneau=f"{datetime(2026, 11, 24, 14, tzinfo=UTC):%Y%m%d%H%M}")
    assert await calls(owner) == [("callback", "open", "24 10:00")]


async def test_a_half_day_of_a_shut_day_is_neither_offered_nor_taken(person: Person, owner: Owner) -> None:
    await shut(owner, "2026-11-25")
    await person.open("rappel")
    assert "mercredi 25 novembre" not in person.words()
    page = await person.post("rappel", creneau="202611251130")
    assert page.status_code == 422
    assert await calls(owner) == []


async def test_a_call_wished_on_a_shut_day_is_due_on_the_next_open_one(person: Person, owner: Owner) -> None:
    await shut(owner, "2026-11-24", "2026-11-25")
    await person.post("1", globale="5")
    await person.post("7", rappel="oui")
    assert await calls(owner) == [("callback", "open", "26 09:00")]
