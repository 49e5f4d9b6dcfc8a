"""A line that tells another number or address: the rest of the request goes there, or says why not."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from quality import clock
from quality.db import execute, fetch_one, fetch_value, pool
from surveys.channels.message import Outgoing
from surveys.desk.queueing.picking import pick
from surveys.desk.screen import reading
from surveys.dispatch import worker
from surveys.dispatch.recovery import close_over
from surveys.dispatch.rerouting import reroute
from surveys.dispatch.sending import send_due
from tests.surveys.desk.waiting import agent
from tests.surveys.dispatch.asking import (
    NOON,
    Phone,
    asked,
    attempt_of,
    attempts,
    carried_by,
    change,
    claim_at,
    recent,
    set_clock,
)
from tests.surveys.dispatch.test_gate import FOUR
from tests.surveys.visits import KINDS, MOBILE, Someone, someone
from tests.world import World

OTHER, LANDLINE, THEIRS = "+33639980077", "+33467990001", "+33639980099"
TYPO, MAIL = "martin@exmaple.invalid", "martin@example.invalid"


async def tell(world: World, client: Someone, column: str, address: str = "") -> None:
    """Let a line tell another number or address of a client, or clear it."""
    keyring = world.house.keyring
    cipher = keyring.encrypt(address, f"client.{column}", client.id) if address else None
    key = keyring.lookup(KINDS[column], address) if address else None
    sets = f"{column}_cipher = $1, {column}_key = $2"
    await change("client", sets, cipher, key, where=f"id = '{client.id}'")


async def send(world: World, channel: str, at: datetime) -> list[Outgoing]:
    """Let the worker look, then send; give what left by a channel."""
    set_clock(at)
    box = Phone(channel)
    await worker.recover(world.house)
    await send_due(world.house, carried_by(box), "test")
    return box.received


async def endpoint_of(world: World, number: str) -> UUID:
    key = world.house.keyring.lookup("phone", number)
    found: UUID = await fetch_value(pool("work"), "SELECT id FROM endpoint WHERE key = $1", key)
    return found


async def test_an_address_corrected_before_the_message_is_written_to_at_its_new_value(world: World) -> None:
    client = await asked(world, await someone(world, email=TYPO))
    await tell(world, client, "email", MAIL)
    opening, reminder = await attempts()
    (first,) = await send(world, "email", opening["opens_at"])
    (second,) = await send(world, "email", reminder["opens_at"] + timedelta(hours=3))
    assert [first.to, second.to] == [MAIL, MAIL]
    assert first.subject != second.subject
    assert {(row["state"], row["reason"]) for row in await attempts()} == {("sent", None)}
    assert len(await recent("person", client.person)) == 2


async def test_a_mobile_corrected_after_the_message_gets_what_is_left_and_nothing_twice(world: World) -> None:
    client = await asked(world)
    (first,) = await send(world, "sms", NOON)
    await tell(world, client, "mobile", OTHER)
    reminder = await attempt_of("step = 3")
    (second,) = await send(world, "sms", reminder["opens_at"])
    assert [first.to, second.to] == [MOBILE, OTHER]
    assert second.id == reminder["id"]
    new = await endpoint_of(world, OTHER)
    assert len(await recent("endpoint", new)) == 1
    rows = await attempts()
    assert [row["endpoint_id"] == new for row in rows] == [False, True, True, True]
    assert {row["channel"] for row in rows[2:]} == {"phone"}


async def test_whose_number_is_cleared_is_written_to_elsewhere(world: World) -> None:
    client = await asked(world, await someone(world, mobile=MOBILE, email=MAIL))
    await tell(world, client, "mobile")
    (mail,) = await send(world, "email", NOON)
    assert mail.to == MAIL
    stopped = [row for row in await attempts() if row["state"] == "suppressed"]
    assert {row["reason"] for row in stopped} == {"address_changed"}


async def test_a_call_is_made_at_the_number_of_the_line_and_counts_there(world: World) -> None:
    client = await asked(world, await someone(world, phone=LANDLINE))
    due = (await attempt_of("try_number = 1"))["opens_at"]
    await tell(world, client, "phone", OTHER)
    set_clock(due)
    nadia = agent(world)
    assert await pick(nadia, due) is None
    await worker.recover(world.house)
    case = await pick(nadia, clock.now())
    assert case is not None
    assert (await reading.read(nadia, world.house.keyring, case)).person.phones == (OTHER,)
    assert len(await recent("endpoint", await endpoint_of(world, OTHER))) == 1
    assert await recent("endpoint", await endpoint_of(world, LANDLINE)) == []


@pytest.mark.parametrize(("sets", "value"), [("refused_at = $1", NOON), ("wrong_at = $1", NOON)])
async def test_nobody_is_called_at_a_new_number_that_refused_or_is_another_s(
    world: World, sets: str, value: datetime
) -> None:
    husband = await someone(world, phone=OTHER)
    client = await asked(world, await someone(world, phone=LANDLINE))
    await know(husband, OTHER)
    await change("endpoint", sets, value, where=f"id = '{await endpoint_of(world, OTHER)}'")
    await tell(world, client, "phone", OTHER)
    due = (await attempt_of("try_number = 1"))["opens_at"]
    set_clock(due)
    await worker.recover(world.house)
    assert await pick(agent(world), due) is None
    assert {(row["state"], row["reason"]) for row in await attempts()} == {("suppressed", "address_changed")}
    assert await fetch_value(pool("work"), "SELECT state FROM call_case") == "done"


async def test_the_cap_of_the_new_number_holds_its_calls(world: World) -> None:
    husband = await someone(world, phone=OTHER)
    client = await asked(world, await someone(world, phone=LANDLINE))
    await know(husband, OTHER)
    await change("endpoint", "recent = $1", FOUR, where=f"id = '{await endpoint_of(world, OTHER)}'")
    await tell(world, client, "phone", OTHER)
    due = (await attempt_of("try_number = 1"))["opens_at"]
    set_clock(due)
    await worker.recover(world.house)
    row = await attempt_of("try_number = 1")
    assert (row["state"], row["endpoint_id"]) == ("planned", await endpoint_of(world, OTHER))
    assert await claim_at(due, ("phone",)) == []


async def test_whose_numbers_are_all_cleared_is_called_no_more(world: World) -> None:
    client = await asked(world, await someone(world, phone=LANDLINE))
    await tell(world, client, "phone")
    due = (await attempt_of("try_number = 1"))["opens_at"]
    set_clock(due)
    nadia = agent(world)
    assert await pick(nadia, due) is None
    assert await fetch_value(pool("work"), "SELECT next_due_at FROM call_case") > due
    await worker.recover(world.house)
    assert await pick(nadia, due) is None
    case = await fetch_one(pool("work"), "SELECT state, outcome FROM call_case")
    assert case == {"state": "done", "outcome": "window_over"}
    assert await recent("person", client.person) == []


async def test_a_relative_s_new_number_is_called_not_the_client_s(world: World) -> None:
    client = await asked(world, await someone(world, relative_phone=LANDLINE))
    await tell(world, client, "relative_phone", THEIRS)
    due = (await attempt_of("try_number = 1"))["opens_at"]
    await reroute(due)
    assert {row["endpoint_id"] for row in await attempts()} == {await endpoint_of(world, THEIRS)}
    await tell(world, client, "relative_phone")
    await tell(world, client, "phone", OTHER)
    await reroute(due)
    assert {(row["state"], row["reason"]) for row in await attempts()} == {("suppressed", "address_changed")}


async def test_who_still_has_the_number_is_left_alone(world: World) -> None:
    husband, wife = [await someone(world, phone=LANDLINE) for _ in range(2)]
    for each in (husband, wife):
        await asked(world, each)
    await tell(world, wife, "phone", OTHER)
    due = (await attempt_of("try_number = 1"))["opens_at"]
    before = [row for row in await attempts() if row["client_id"] == husband.id]
    assert await reroute(due) == 1
    assert [row for row in await attempts() if row["client_id"] == husband.id] == before
    assert await reroute(due) == 0


async def test_an_agreed_call_goes_to_the_new_number_once(world: World) -> None:
    """A step that goes on keeps its tries: the call of an appointment is the same contact."""
    client = await asked(world, await someone(world, phone=LANDLINE))
    due = (await attempt_of("try_number = 1"))["opens_at"]
    (claimed,) = await claim_at(due, ("phone",))
    await change("attempt", "state = 'deferred', reason = 'busy', lease_until = NULL", where="try_number = 1")
    await tell(world, client, "phone", OTHER)
    await reroute(due)
    first, second = await attempts()
    assert (first["id"], first["state"], second["state"]) == (claimed.id, "deferred", "planned")
    assert {first["endpoint_id"], second["endpoint_id"]} == {await endpoint_of(world, OTHER)}
    assert len(await recent("person", client.person)) == 1


async def test_what_waits_for_a_cleared_number_when_its_request_closes_says_so(world: World) -> None:
    client = await asked(world)
    await tell(world, client, "mobile")
    await close_over(pool("work"), await fetch_value(pool("work"), "SELECT closes_at FROM invitation"))
    assert {(row["state"], row["reason"]) for row in await attempts()} == {("expired", "address_changed")}


async def know(client: Someone, number: str) -> None:
    """Write an endpoint, as intake does."""
    await execute(
        pool("work"),
        "INSERT INTO endpoint (id, platform_id, kind, key) VALUES (gen_random_uuid(), $1, 'phone', $2)",
        client.world.platform,
        client.world.house.keyring.lookup("phone", number),
    )
