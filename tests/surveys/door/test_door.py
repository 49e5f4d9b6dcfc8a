"""A code left on paper opens an empty question; its answers are kept apart from those of the draw."""

from datetime import date, timedelta
from uuid import UUID

import asyncpg
import httpx
import pytest

from quality import clock
from quality.app import House
from quality.db import execute, fetch_value, pool
from surveys.dispatch.links import token_of
from surveys.door.codes import OLDEST_DAYS, day_of, door_code
from surveys.protocol.deciding import decide_pending
from surveys.response import by_id
from surveys.verification import verify
from tests.surveys.door.visits import code_of, left_out, yesterday
from tests.surveys.invited import invited
from tests.surveys.respond.browsing import Person
from tests.surveys.respond.test_reading_changes_nothing import read_thrice, rows
from tests.surveys.visits import Someone, someone, visit, wait
from tests.world import World


async def test_a_visit_that_was_not_drawn_can_be_answered_about(
    at_door: Person, owner: asyncpg.Connection, visited: Someone
) -> None:
    assert (await at_door.open()).status_code == 200
    await at_door.post("1", globale="5")
    kept = await owner.fetchrow("SELECT * FROM invitation")
    assert kept is not None
    assert (kept["collector"], kept["first_mode"], kept["client_id"]) == ("self", "web", visited.id)
    assert await owner.fetchval("SELECT answers ->> 'globale' FROM response") == "5"
    assert await owner.fetchval("SELECT count(*) FROM attempt") == 0


async def test_the_respondent_goes_on_by_a_link_of_their_own(at_door: Person, world: World) -> None:
    await at_door.open()
    await at_door.post("1", globale="4")
    own = token_of(world.house.keyring, await fetch_value(pool("work"), "SELECT id FROM invitation"))
    assert at_door.at == f"/s/{own}/2"


async def test_the_code_of_a_drawn_visit_shows_nothing_of_its_request(
    world: World, client: httpx.AsyncClient, owner: asyncpg.Connection
) -> None:
    token, invitation = await invited(world)
    await Person(client, token).post("1", globale="1")
    asked = await by_id(pool("answer"), invitation)
    assert asked is not None
    door = Person(client, code_of(world, asked.client_id, asked.visit_on))
    assert (await door.open()).status_code == 200
    assert door.checked() == []
    await door.post("1", globale="5")
    said = """
        SELECT i.collector, r.answers ->> 'globale'
        FROM invitation i JOIN response r ON r.invitation_id = i.id
    """
    assert {tuple(row) for row in await owner.fetch(said)} == {("platform", "1"), ("self", "5")}


async def test_a_code_withdraws_nothing_of_what_the_draw_asked(
    world: World, client: httpx.AsyncClient
) -> None:
    _, invitation = await invited(world)
    asked = await by_id(pool("answer"), invitation)
    assert asked is not None
    waiting = "SELECT count(*) FROM attempt WHERE state = 'planned'"
    before = await fetch_value(pool("work"), waiting)
    door = Person(client, code_of(world, asked.client_id, asked.visit_on))
    await door.open()
    await door.post("1", globale="5")
    assert await fetch_value(pool("work"), waiting) == before
    again = await by_id(pool("answer"), invitation)
    assert again is not None
    assert not again.responses


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_opening_a_door_changes_no_row(
    at_door: Person, owner: asyncpg.Connection, tables: list[str], house: House, method: str
) -> None:
    before = await rows(owner, tables)
    await read_thrice(at_door, house, method, {200, 303, 404})
    assert await rows(owner, tables) == before


async def test_unknown_expired_and_undecided_codes_look_alike(
    world: World, client: httpx.AsyncClient, visited: Someone
) -> None:
    before, now = yesterday(), clock.now()
    await left_out(visited, before - timedelta(days=12))
    fresh = await someone(world, mobile="+33639980002")
    await visit(fresh, before)
    dead = await someone(world, mobile="+33639980003", status="deceased")
    await left_out(dead, before, reason="deceased")
    codes = [
        "K7M42Q9DX3PV",
        code_of(world, visited.id, (before - timedelta(days=12)).date()),
        code_of(world, visited.id, now.date() + timedelta(days=1)),
        code_of(world, fresh.id, before.date()),
        code_of(world, dead.id, before.date()),
    ]
    pages = [await client.get(f"/s/{code}") for code in codes]
    assert {page.status_code for page in pages} == {404}
    assert len({page.content for page in pages}) == 1


@pytest.mark.parametrize(
    "reason", ["cap", "interval", "refused", "contact_no", "complaint_open", "deceased", "no_channel"]
)
async def test_a_door_tells_nothing_of_why_nobody_was_asked(
    world: World, client: httpx.AsyncClient, visited: Someone, reason: str
) -> None:
    await left_out(visited, yesterday(), reason=reason)
    code = code_of(world, visited.id, yesterday().date())
    assert (await client.get(f"/s/{code}")).status_code == 200


async def test_wrong_codes_are_limited_as_wrong_links_are(client: httpx.AsyncClient, at_door: Person) -> None:
    wrong = [at_door.token[:10] + a + b for a in "0123456789ABCDEF" for b in "01"]
    said = [(await client.get(f"/s/{code}")).status_code for code in wrong if code != at_door.token]
    assert said[-1] == 429
    assert (await client.get(f"/s/{at_door.token}")).status_code == 429


async def test_an_answer_by_a_door_enters_no_drawn_figure(
    at_door: Person, world: World, owner: asyncpg.Connection
) -> None:
    await at_door.open()
    await at_door.post("1", globale="5")
    kept = await owner.fetch("SELECT indicator, collector FROM cell")
    assert kept
    assert {row["collector"] for row in kept} == {"self"}
    assert "RR2" not in {row["indicator"] for row in kept}
    await verify(world.house)


async def test_a_low_mark_by_a_door_opens_a_complaint_if_the_client_wishes(
    at_door: Person, owner: asyncpg.Connection
) -> None:
    await at_door.open()
    await at_door.post("1", globale="1")
    assert at_door.path.endswith("/souhait")
    at_door.token = at_door.at.split("/")[2]
    await at_door.post("souhait", souhait="nom")
    assert await owner.fetchval("SELECT disclosure FROM complaint") == "named"


async def test_a_question_without_answer_is_asked_again(at_door: Person, owner: asyncpg.Connection) -> None:
    await at_door.open()
    assert (await at_door.post("1")).status_code == 422
    assert await owner.fetchval("SELECT count(*) FROM invitation") == 0
    assert (await at_door.post("1", globale="3")).status_code == 200
    assert await owner.fetchval("SELECT count(*) FROM response") == 1


async def test_somebody_who_does_not_know_goes_on(at_door: Person, owner: asyncpg.Connection) -> None:
    await at_door.open()
    await at_door.post("1", globale="nsp")
    assert at_door.at.endswith("/2")


async def test_a_relative_answers_by_the_code_too(at_door: Person, owner: asyncpg.Connection) -> None:
    await at_door.open("1?proche=oui")
    await at_door.post("1", globale="3")
    assert await owner.fetchval("SELECT respondent FROM response") == "relative"


async def test_nobody_refuses_or_asks_a_call_for_a_client_with_a_code(at_door: Person) -> None:
    await at_door.open()
    assert "/stop" not in at_door.text()
    assert "/rappel" not in at_door.text()
    await at_door.client.post(f"/s/{at_door.token}/stop", headers={"origin": "http://testserver"})
    assert await fetch_value(pool("work"), "SELECT count(*) FROM person WHERE refused_at IS NOT NULL") == 0
    assert (await at_door.open("rappel")).status_code == 404


async def test_nobody_refuses_for_a_client_by_the_link_of_an_answer_with_a_code(
    at_door: Person, visited: Someone, world: World
) -> None:
    await at_door.open()
    await at_door.post("1", globale="5")
    at_door.token = at_door.at.split("/")[2]
    for path in ("1", "2"):
        assert (await at_door.open(path)).status_code == 200
        assert "/stop" not in at_door.text()
        assert "/rappel" in at_door.text()
    assert (await at_door.open("stop")).status_code == 404
    for sent in ({}, {"List-Unsubscribe": "One-Click"}):
        answer = await at_door.client.post(
            f"/s/{at_door.token}/stop", data=sent, headers={"origin": "http://testserver"}
        )
        assert answer.status_code == 404
    assert await fetch_value(pool("work"), "SELECT count(*) FROM person WHERE refused_at IS NOT NULL") == 0


async def test_a_visit_decided_again_is_asked_beside_its_door(
    at_door: Person, world: World, owner: asyncpg.Connection
) -> None:
    await at_door.open()
    await at_door.post("1", globale="5")
    await execute(pool("work"), "UPDATE intervention SET updated_at = $1", clock.now())
    await wait()
    assert await decide_pending(world.house) == 1
    assert [row[0] for row in await owner.fetch("SELECT collector FROM invitation ORDER BY 1")] == [
        "platform",
        "self",
    ]


async def test_two_visits_of_a_day_have_one_door(
    world: World, client: httpx.AsyncClient, visited: Someone, owner: asyncpg.Connection
) -> None:
    await left_out(visited, yesterday() - timedelta(hours=3))
    last = await left_out(visited, yesterday())
    door = Person(client, code_of(world, visited.id, yesterday().date()))
    await door.open()
    await door.post("1", globale="4")
    assert await owner.fetchval("SELECT occasion_id FROM invitation") == last


async def test_a_code_of_a_survey_link_is_never_one_of_a_door(
    world: World, client: httpx.AsyncClient
) -> None:
    token, invitation = await invited(world)
    asked = await by_id(pool("answer"), invitation)
    assert asked is not None
    assert code_of(world, asked.client_id, asked.visit_on) != token
    assert (await client.get(f"/s/{token}")).status_code == 200


async def test_the_answer_role_writes_no_request_of_the_draw(world: World) -> None:
    await invited(world)
    row = await fetch_value(pool("work"), "SELECT id FROM invitation")
    with pytest.raises(Exception, match="row-level security"):
        await execute(
            pool("answer"),
            """
            INSERT INTO invitation SELECT (jsonb_populate_record(i, jsonb_build_object(
                'token_key', '\\x00', 'audience', 'relative', 'id', gen_random_uuid()))).* FROM invitation i
            WHERE i.id = $1
            """,
            row,
        )


@pytest.mark.parametrize("age", range(-1, OLDEST_DAYS, 5))
def test_a_code_says_its_day_for_a_month(age: int) -> None:
    today = date(2028, 2, 29)
    code = door_code(b"key", UUID(int=7), today - timedelta(days=age))
    assert day_of(code, today) == today - timedelta(days=age)
    assert day_of(code, today + timedelta(days=OLDEST_DAYS + 2)) is None


@pytest.mark.parametrize(
    ("status", "comes_after", "asked"),
    [("done", False, "first"), ("done", True, "default"), ("not_done", True, "no_show")],
)
async def test_a_door_asks_what_the_visit_behind_it_is_asked(
    *,
    world: World,
    client: httpx.AsyncClient,
    owner: asyncpg.Connection,
    visited: Someone,
    status: str,
    comes_after: bool,
    asked: str,
) -> None:
    if comes_after:
        await left_out(visited, yesterday() - timedelta(days=3))
    await left_out(visited, yesterday(), status=status)
    door = Person(client, code_of(world, visited.id, yesterday().date()))
    await door.open()
    await door.post("1", globale="5")
    said = "SELECT v.code FROM invitation i JOIN questionnaire_version v ON v.id = i.questionnaire_id"
    assert [row["code"] for row in await owner.fetch(said)] == [asked]


async def test_an_answer_by_a_code_is_neither_read_with_a_name_nor_in_the_results(
    at_door: Person, owner: asyncpg.Connection
) -> None:
    """The provider printed the code, so what comes by it is in no list of the provider's and in no figure."""
    await at_door.open()
    await at_door.post("1", globale="5")
    own = Person(at_door.client, at_door.at.split("/")[2])
    await own.open("merci")
    assert "compte dans les résultats" not in own.words()
    assert "Changer qui lit ma réponse" not in own.links()
    await own.open("lecteurs")
    assert own.path == "/merci"
    await own.post("lecteurs", lecteurs="organisme")
    assert await owner.fetchval("SELECT disclosure FROM response") == "platform"
