"""/appels/pilotage: the supervisor reads what goes on, deals with referred cases, and ranks nobody."""

from datetime import UTC, datetime, timedelta

import asyncpg
import httpx
import pytest

from quality import clock
from quality.errors import Invalid, NotFound
from surveys.desk import calls
from surveys.desk.ending.outcomes import Code
from surveys.desk.queueing import queue
from surveys.desk.supervision import board, referring, staffing
from tests.surveys.desk.queueing.test_queue import crew, team
from tests.surveys.desk.test_calls import held
from tests.surveys.desk.waiting import SECOND, Called, agent, attempt_of, case_of, survey_call
from tests.world import World, sign_in


async def referred(world: World) -> Called:
    called, nadia = await held(world)
    await calls.conclude(nadia, called.id, Code.referred, why="La personne doute de nous.")
    return called


async def test_the_board_says_who_waits_what_goes_on_and_what_was_settled(
    world: World, owner: asyncpg.Connection
) -> None:
    called, nadia = await held(world)
    await survey_call(world, mobile="+33639980002")
    late = await survey_call(world, mobile="+33639980003")
    await owner.execute(
        "UPDATE call_case SET next_due_at = next_due_at - interval '5 hours' WHERE id = $1", late.id
    )
    supervisor = agent(world, "supervisor")
    found = await board.read(supervisor, clock.now())
    assert [(kind.kind, kind.due, kind.late) for kind in found.kinds] == [("survey", 2, 1)]
    assert [(going.kind, going.is_incoming) for going in found.going] == [("survey", False)]
    await calls.conclude(nadia, called.id, Code.appointment, datetime(2026, 11, 24, 13, 30, tzinfo=UTC))
    await owner.execute("UPDATE call_log SET is_situation = true, is_sampled = true")
    found = await board.read(supervisor, clock.now())
    assert (found.calls_today, found.situations_today, found.to_review) == (1, 1, 1)
    assert [(each.kind, each.departement) for each in found.agreed] == [("survey", "34")]


async def test_a_funder_who_must_see_nothing_reads_an_empty_board(world: World) -> None:
    await referred(world)
    found = await board.read(world.actor("funder", world.gironde), clock.now())
    assert (found.kinds, found.going, found.agreed, found.referred) == ((), (), (), ())
    assert (found.calls_today, found.to_review) == (0, 0)


async def test_a_referred_case_is_taken_by_its_supervisor(world: World, owner: asyncpg.Connection) -> None:
    called = await referred(world)
    await survey_call(world, mobile="+33639980002")
    supervisor = agent(world, "supervisor")
    assert await referring.take(supervisor, called.id) == called.id
    assert (await case_of(owner, called))["referred_at"] is None


async def test_a_referred_case_goes_back_to_the_queue(world: World, owner: asyncpg.Connection) -> None:
    called = await referred(world)
    await referring.give_back(agent(world, "supervisor"), called.id)
    assert await queue.pick(agent(world), clock.now()) == called.id


async def test_a_case_is_confided_to_an_agent_or_to_a_team(world: World, owner: asyncpg.Connection) -> None:
    called, supervisor, nadia = await referred(world), agent(world, "supervisor"), agent(world)
    south = await team(owner, world)
    await crew(owner, nadia, ["fr"], south)
    await referring.confide(supervisor, called.id, team=south)  # type: ignore[arg-type]
    assert await queue.pick(agent(world), clock.now()) is None
    assert await queue.pick(nadia, clock.now()) == called.id
    await calls.give_back(nadia, called.id)
    with pytest.raises(NotFound):
        await referring.confide(supervisor, called.id, agent=nadia.account)  # has no account here
    with pytest.raises(Invalid):
        await referring.confide(supervisor, called.id)


async def test_a_case_closed_by_a_supervisor_has_a_reason_and_no_call_left(
    world: World, owner: asyncpg.Connection
) -> None:
    called, supervisor = await referred(world), agent(world, "supervisor")
    with pytest.raises(Invalid):
        await referring.close(supervisor, called.id, "  ")
    await referring.close(supervisor, called.id, "Elle a écrit qu’elle ne veut pas répondre.")
    case = await case_of(owner, called)
    assert (case["state"], case["outcome"]) == ("done", "supervisor")
    for attempt in (called.first, called.second):
        assert (await attempt_of(owner, attempt))["reason"] == "supervisor"


async def test_a_case_of_another_platform_is_nobody_s(world: World) -> None:
    called = await referred(world)
    with pytest.raises(NotFound):
        await referring.give_back(world.actor("funder", world.gironde), called.id)


async def test_the_forecast_counts_what_is_planned_by_hour(world: World, owner: asyncpg.Connection) -> None:
    for number in range(8):
        await survey_call(world, mobile=f"+3363998{number:04d}")
    await owner.execute("UPDATE platform SET calls_per_hour = 1")
    await owner.execute(
        "INSERT INTO desk_agent (id, platform_id, languages, starts_minute, ends_minute) "
        "VALUES (gen_random_uuid(), $1, '{fr}', 540, 1020)",
        world.platform,
    )
    found = await staffing.read(agent(world, "supervisor"), clock.now())
    assert [day.isoformat() for day in found.days][:2] == ["2026-11-25", "2026-11-26"]
    first = [need for need in found.needs if need.day == SECOND[0].date()]
    assert [(need.hour, need.calls, need.agents, need.present) for need in first] == [
        (14, 2.0, 2, 1),
        (15, 2.0, 2, 1),
        (16, 2.0, 2, 1),
        (17, 2.0, 2, 0),
    ]
    assert found.waiting == 8


async def test_the_page_shows_the_board_and_deals_with_a_case(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    called = await referred(world)
    token = await sign_in(client, world, "supervisor")
    page = await client.get("/appels/pilotage")
    assert page.status_code == 200
    assert "La personne doute de nous." in page.text
    assert "Martin" not in page.text
    href = f"/appels/pilotage/dossiers/{called.id}"
    refused = await client.post(f"{href}/fermer", data={"jeton": token, "pourquoi-fermer": ""})
    assert (refused.status_code, "Écrivez pourquoi vous fermez" in refused.text) == (422, True)
    unsure = await client.post(f"{href}/confier", data={"jeton": token, "a-qui": ""})
    assert unsure.status_code == 422
    wrong = await client.post(f"{href}/confier", data={"jeton": token, "a-qui": "a:x"})
    assert wrong.status_code == 404
    back = await client.post(f"{href}/rendre", data={"jeton": token})
    assert back.headers["location"] == "/appels/pilotage?rendu"
    assert "de nouveau dans la file" in (await client.get("/appels/pilotage?rendu")).text
    await owner.execute("UPDATE call_case SET referred_at = now(), referred_why = 'doute'")
    taken = await client.post(f"{href}/prendre", data={"jeton": token})
    assert taken.headers["location"] == f"/appels/{called.id}"


async def test_a_case_that_may_not_be_called_waits_for_its_supervisor(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    called = await referred(world)
    await owner.execute("UPDATE client SET status = 'hospital'")
    token = await sign_in(client, world, "supervisor")
    taken = await client.post(f"/appels/pilotage/dossiers/{called.id}/prendre", data={"jeton": token})
    assert taken.headers["location"] == "/appels/pilotage?personne"
    closed = await client.post(
        f"/appels/pilotage/dossiers/{called.id}/fermer", data={"jeton": token, "pourquoi-fermer": "Hôpital"}
    )
    assert closed.headers["location"] == "/appels/pilotage?ferme"


async def test_the_staffing_page_says_how_many_agents_and_when_some_are_missing(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await survey_call(world)
    await sign_in(client, world, "supervisor")
    page = await client.get("/appels/pilotage/effectifs")
    assert "1\u00a0agent à prévoir mercredi 25" in page.text.replace("1 agent", "1\u00a0agent")
    await owner.execute(
        "INSERT INTO desk_agent (id, platform_id, languages, starts_minute, ends_minute) "
        "VALUES (gen_random_uuid(), $1, '{fr}', 540, 720)",
        world.platform,
    )
    assert "il manque" in (await client.get("/appels/pilotage/effectifs")).text
    assert "il manque" in (await client.get("/appels/pilotage")).text


async def test_an_empty_day_says_so(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "platform")
    page = await client.get("/appels/pilotage/effectifs")
    assert "Aucun appel n’est prévu" in page.text
    board_page = await client.get("/appels/pilotage")
    assert "Aucun dossier n’attend." in board_page.text
    assert clock.now() - timedelta(days=1) < clock.now()


@pytest.mark.parametrize(("role", "is_led"), [("supervisor", True), ("agent", False)])
async def test_the_queue_leads_supervisors_to_the_board(
    client: httpx.AsyncClient, world: World, role: str, is_led: bool
) -> None:
    await sign_in(client, world, role)
    assert ('href="/appels/pilotage"' in (await client.get("/appels")).text) is is_led
