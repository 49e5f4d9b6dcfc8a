"""E-mails that come back settle their attempt; an address to which nothing arrives is written to no more."""

import asyncio
import io
import os
import sys
from datetime import timedelta
from uuid import uuid4

import pytest

from quality import postgres
from quality.app import House
from quality.db import fetch, fetch_value, pool
from surveys.channels.message import ChannelError
from surveys.channels.verp import token_of, with_token
from surveys.dispatch import bounces, commands
from surveys.dispatch.rerouting import reroute
from surveys.dispatch.sending import send_due
from surveys.dispatch.writing import BOUNCE_LABEL
from surveys.protocol.deciding import decide_pending
from tests.conftest import SECRET
from tests.surveys.channels.bounced import EXIM_DELAY, OUT_OF_OFFICE, exim, postfix, written
from tests.surveys.dispatch.asking import (
    NOON,
    Phone,
    asked,
    attempt_of,
    carried_by,
    recent,
    serves_others,
    set_clock,
)
from tests.surveys.visits import someone, visit
from tests.world import World

MAIL = "martin@client.example"
RELATIVE = "+33639980007"


def address(house: House, attempt: dict) -> str:
    return with_token("avis@pleiades.example", token_of(house.keyring.subkey(BOUNCE_LABEL), attempt["id"]))


async def sent(world: World, house: House, error: ChannelError | None = None, **given: str) -> dict:
    """Send the first e-mail to somebody who has nothing else."""
    await asked(world, await someone(world, email=MAIL, **given))
    return await send(house, 2, error)


async def send(house: House, step: int, error: ChannelError | None = None) -> dict:
    due = await attempt_of(f"step = {step}")
    set_clock(max(NOON, due["opens_at"]))
    box = Phone(channel="email", name="smtp", repeats=True, fails=lambda _: error)
    await send_due(house, carried_by(box), "test")
    return await attempt_of(f"step = {step}")


async def returned(house: House, attempt: dict, raw: bytes) -> tuple[str, str | None]:
    """Give a message back to its own address; return what the attempt became."""
    assert await bounces.take(house, raw, address(house, attempt), NOON + timedelta(minutes=5))
    row = await attempt_of(f"id = '{attempt['id']}'")
    return row["state"], row["reason"]


async def test_a_message_that_could_not_be_delivered_failed_and_counts(world: World, house: House) -> None:
    attempt = await sent(world, house)
    assert attempt["state"] == "sent"
    assert await returned(house, attempt, postfix(MAIL)) == ("failed", "undelivered")
    assert len(await recent("person")) == 1


async def test_a_message_that_no_server_took_in_time_expired(world: World, house: House) -> None:
    attempt = await sent(world, house)
    late = postfix(MAIL, status="4.4.7", said="delivery time expired")
    assert await returned(house, attempt, late) == ("failed", "unreached")


async def test_a_bounce_without_a_report_is_one(world: World, house: House) -> None:
    attempt = await sent(world, house)
    assert await returned(house, attempt, exim(MAIL, "550 User unknown")) == ("failed", "undelivered")


async def test_a_delay_and_an_absence_change_nothing(world: World, house: House) -> None:
    attempt = await sent(world, house)
    for raw in (
        postfix(MAIL, action="delayed", status="4.4.1"),
        written(EXIM_DELAY, MAIL),
        written(OUT_OF_OFFICE, MAIL),
        b"",
    ):
        assert await returned(house, attempt, raw) == ("sent", None)


async def test_a_message_that_may_have_left_and_came_back_is_not_repeated(world: World, house: House) -> None:
    attempt = await sent(world, house, ChannelError("cut", repeatable=True))
    assert (attempt["state"], attempt["reason"]) == ("deferred", "unsure")
    assert await returned(house, attempt, postfix(MAIL)) == ("failed", "undelivered")


async def test_the_headers_tell_the_address_that_the_server_does_not(world: World, house: House) -> None:
    attempt = await sent(world, house)
    assert await bounces.take(house, postfix(address(house, attempt)), "", NOON)
    assert (await attempt_of("step = 2"))["state"] == "failed"


async def test_an_address_that_we_did_not_write_changes_nothing(world: World, house: House) -> None:
    attempt = await sent(world, house)
    forged = with_token("avis@pleiades.example", token_of(b"another key", attempt["id"]))
    unknown = address(house, {"id": uuid4()})
    for recipient in (forged, unknown, f"avis+{attempt['id'].hex}@pleiades.example", "avis@pleiades.example"):
        assert await bounces.take(house, postfix(recipient), recipient, NOON) is False
    assert (await attempt_of("step = 2"))["state"] == "sent"


async def come_back_twice(world: World, house: House, raw: bytes, **given: str) -> None:
    """Let the first e-mail and its reminder come back, while the server takes others."""
    first = await sent(world, house, **given)
    await serves_others(NOON, "email")
    await returned(house, first, raw)
    assert await fetch_value(pool("work"), "SELECT max(failed_at) FROM endpoint WHERE kind = 'email'") is None
    reminder = await send(house, 4)
    await serves_others(reminder["sent_at"], "email")
    assert await bounces.take(house, raw, address(house, reminder), reminder["sent_at"])


async def is_dead() -> bool:
    dead = "SELECT failed_at IS NOT NULL FROM endpoint WHERE kind = 'email'"
    return bool(await fetch_value(pool("work"), dead))


async def test_an_address_from_which_two_messages_came_back_is_written_to_no_more(
    world: World, house: House
) -> None:
    await come_back_twice(world, house, postfix(MAIL))
    assert await is_dead()
    client = await fetch_value(pool("work"), "SELECT client_id FROM invitation")
    assert client is not None
    await visit(await someone(world, email=MAIL), ended_at=NOON, incident=True)
    await decide_pending(house)
    reasons = "SELECT reason FROM occasion WHERE client_id <> $1"
    assert await fetch(pool("work"), reasons, client) == [{"reason": "no_channel"}]


async def test_a_server_that_bars_us_puts_no_address_aside(world: World, house: House) -> None:
    await come_back_twice(world, house, postfix(MAIL, status="5.7.1", said="550 5.7.1 Blocked"))
    assert not await is_dead()


async def test_once_the_address_is_dead_what_is_left_goes_another_way(world: World, house: House) -> None:
    await come_back_twice(world, house, postfix(MAIL), phone="+33467990001")
    reminder = await attempt_of("step = 4")
    assert await reroute(reminder["sent_at"]) == 1
    ways = "SELECT DISTINCT channel FROM attempt WHERE state = 'planned'"
    assert await fetch(pool("work"), ways) == [{"channel": "phone"}]


# ---- the command ----


async def piped(url: str, raw: bytes, *arguments: str) -> tuple[int, str]:
    """Run `quality bounce` as a mail server does: the message on its standard input."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "quality", "bounce", *arguments,
        env={**os.environ, "QUALITY_DATABASE_URL": url, "QUALITY_SECRET_KEY": SECRET},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    output, said = await child.communicate(raw)
    return child.returncode or 0, (output + said).decode()


async def test_the_command_takes_what_a_mail_server_pipes_to_it(
    world: World, house: House, server: postgres.Server
) -> None:
    attempt = await sent(world, house)
    assert await piped(server.application_url, postfix(MAIL), address(house, attempt)) == (0, "")
    assert (await attempt_of("step = 2"))["reason"] == "undelivered"


async def test_the_command_tells_the_mail_server_that_an_address_is_unknown(
    schema_ready: postgres.Server,
) -> None:
    code, said = await piped(schema_ready.application_url, postfix(MAIL), "avis+abc@pleiades.example")
    assert (code, said[:6]) == (67, "5.1.1 ")


async def test_the_command_asks_the_mail_server_to_come_back_when_the_database_is_away(
    schema_ready: postgres.Server,
) -> None:
    away = schema_ready.application_url.replace("quality_app@", "nobody@")
    code, _ = await piped(away, postfix(MAIL), "avis+abc@pleiades.example")
    assert code == 75


@pytest.mark.parametrize("more", [0, 1, 3 * commands.A_PIECE])
def test_a_message_is_read_to_its_end_and_kept_to_its_size(more: int) -> None:
    source = io.BytesIO(b"x" * (commands.LONGEST_READ + more))
    assert len(commands.read_start(source)) == commands.LONGEST_READ
    assert source.read() == b""
