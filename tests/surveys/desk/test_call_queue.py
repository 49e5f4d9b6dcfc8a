"""/appels: what waits, without a name, and the button that takes the next call."""

from datetime import UTC, datetime, timedelta

import asyncpg
import httpx
import pytest

from tests.surveys.desk.waiting import other_call, survey_call
from tests.world import World, sign_in

FRIDAY = datetime(2026, 11, 20, 9, 25, tzinfo=UTC)


@pytest.mark.parametrize("role", ["agent", "supervisor", "platform"])
async def test_the_queue_says_what_waits_and_names_nobody(
    client: httpx.AsyncClient, world: World, role: str
) -> None:
    await survey_call(world, mobile="+33639980002")
    await other_call(world)
    await sign_in(client, world, role)
    page = await client.get("/appels")
    assert page.status_code == 200
    assert "Prendre le prochain appel" in page.text
    assert "La personne demande qu’on la rappelle" in page.text
    assert "Hérault" in page.text
    assert "Martin" not in page.text
    assert "tel:+336" not in page.text


@pytest.mark.parametrize(("kind", "day"), [("callback", "vendredi 20"), ("survey", "lundi 23")])
async def test_who_asked_for_a_call_waits_since_then(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection, kind: str, day: str
) -> None:
    await other_call(world, kind, next_due_at=FRIDAY + timedelta(days=3))
    await owner.execute("UPDATE call_case SET created_at = $1", FRIDAY)
    await sign_in(client, world, "agent")
    assert f"{day}\u00a0novembre" in (await client.get("/appels")).text


async def test_an_empty_queue_says_so(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "agent")
    assert "Personne n’attend d’appel" in (await client.get("/appels")).text


async def test_taking_a_call_opens_it_and_coming_back_finds_it_again(
    client: httpx.AsyncClient, world: World
) -> None:
    called = await survey_call(world)
    token = await sign_in(client, world, "agent")
    taken = await client.post("/appels", data={"jeton": token})
    assert (taken.status_code, taken.headers["location"]) == (303, f"/appels/{called.id}")
    assert "Reprendre l’appel en cours" in (await client.get("/appels")).text
    again = await client.post("/appels", data={"jeton": token})
    assert again.headers["location"] == f"/appels/{called.id}"


async def test_when_nobody_may_be_called_the_page_says_when(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await survey_call(world)
    await owner.execute("UPDATE attempt SET state = 'expired', reason = 'window_over' WHERE try_number = 1")
    token = await sign_in(client, world, "agent")
    page = await client.post("/appels", data={"jeton": token})
    assert page.status_code == 200
    assert "Aucun appel ne peut être passé maintenant." in page.text
    assert "mercredi 25\u00a0novembre, 14\u00a0h" in page.text


async def test_looking_at_the_queue_changes_nothing(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await survey_call(world)
    await sign_in(client, world, "agent")
    before = await owner.fetch("SELECT xmin, * FROM call_case")
    await client.get("/appels")
    await client.head("/appels")
    assert await owner.fetch("SELECT xmin, * FROM call_case") == before


@pytest.mark.parametrize("role", ["provider", "funder"])
async def test_gironde_and_providers_are_refused(client: httpx.AsyncClient, world: World, role: str) -> None:
    called = await survey_call(world)
    organisation = world.aide34 if role == "provider" else world.gironde
    token = await sign_in(client, world, role, organisation)
    for path in ("/appels", f"/appels/{called.id}", "/appels/touches"):
        assert (await client.get(path)).status_code == 403
    assert (await client.post("/appels", data={"jeton": token})).status_code == 403
