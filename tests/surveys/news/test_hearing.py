"""An SMS sent back after « est-ce réglé ? »: a verdict, a refusal of surveys, or something to read."""

from datetime import timedelta

import asyncpg

from quality.db import fetch_value, pool
from surveys.channels.message import Incoming
from surveys.dispatch.incoming import receive
from surveys.dispatch.sending import send_due
from tests.surveys.dispatch.asking import Phone, carried_by, change, set_clock
from tests.surveys.news.complaining import NOON, WEEK, complained, tick
from tests.world import World

MOBILE = "+33639980001"
LATER = NOON + timedelta(hours=1)


async def asked(world: World) -> None:
    """Ask Mme Martin by SMS whether it is settled."""
    await complained(world, at=NOON - WEEK)
    await tick(world, NOON)
    assert await send_due(world.house, carried_by(Phone()), "test") == 1


async def told(world: World) -> None:
    """Send Mme Martin mere news."""
    await complained(world)
    await tick(world, NOON)
    assert await send_due(world.house, carried_by(Phone()), "test") == 1


async def reply(world: World, text: str, reference: str = "") -> str:
    set_clock(LATER)
    return await receive(world.house, Incoming(MOBILE, "38000", text, reference), LATER)


async def state(owner: asyncpg.Connection) -> tuple[str, str | None, int]:
    return tuple(await owner.fetchrow("SELECT state, verdict, round FROM complaint"))


async def inbound_calls() -> int:
    return int(await fetch_value(pool("work"), "SELECT count(*) FROM call_case WHERE kind = 'inbound'"))


async def test_one_closes_the_complaint(world: World, owner: asyncpg.Connection) -> None:
    await asked(world)
    assert await reply(world, "1", "A") == "verdict"
    assert await reply(world, "1", "A") == "verdict"  # the carrier calls twice
    assert await state(owner) == ("closed", "settled", 1)
    assert await inbound_calls() == 0


async def test_two_opens_it_again(world: World, owner: asyncpg.Connection) -> None:
    await asked(world)
    assert await reply(world, "Non, pas réglé") == "verdict"
    assert (await state(owner))[::2] == ("acknowledged", 2)
    assert await fetch_value(pool("work"), "SELECT contacts FROM complaint") == 0


async def test_what_is_not_clear_is_called_back_with_the_complaint(
    world: World, owner: asyncpg.Connection
) -> None:
    await asked(world)
    assert await reply(world, "4") == "other"
    assert (await state(owner))[0] == "remedied"
    call = await owner.fetchrow("SELECT complaint_id FROM call_case WHERE kind = 'inbound'")
    assert call["complaint_id"] == await owner.fetchval("SELECT id FROM complaint")


async def test_stop_refuses_surveys_and_the_complaint_goes_on(
    world: World, owner: asyncpg.Connection
) -> None:
    await asked(world)
    assert await reply(world, "STOP") == "stop"
    assert await owner.fetchval("SELECT refused_at FROM person") is not None
    assert (await state(owner))[:2] == ("remedied", None)


async def test_two_opens_again_what_silence_closed_for_thirty_days(
    world: World, owner: asyncpg.Connection
) -> None:
    await asked(world)
    close = "state = 'closed', closed_at = $1, verdict = 'no_answer'"
    await change("complaint", close, LATER - timedelta(days=31))
    assert await reply(world, "2", "A") == "late"
    assert await inbound_calls() == 1
    await change("complaint", close, LATER - timedelta(days=29))
    assert await reply(world, "2", "B") == "verdict"
    assert (await state(owner))[0] == "acknowledged"


async def test_a_mark_after_mere_news_is_that_of_the_visit_still_asked_about(
    world: World, owner: asyncpg.Connection
) -> None:
    await told(world)
    assert await reply(world, "4") == "rating"
    assert (await state(owner))[0] == "remedied"


async def test_words_after_mere_news_are_read_by_somebody(world: World) -> None:
    await told(world)
    assert await reply(world, "C'est faux, personne n'est venu") == "other"
    assert await inbound_calls() == 1
