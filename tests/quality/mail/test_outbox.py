"""The staff's mail: sent once, tried again while the server refuses, and no secret kept once it has left."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from quality import clock
from quality.access.scope import scoped
from quality.app import House
from quality.mail import outbox
from tests.smtp import Postbox, running_smtp
from tests.world import World

TO = "camille@demo.invalid"


@pytest.fixture
async def postbox() -> AsyncIterator[Postbox]:
    async with running_smtp() as running:
        yield running


def by(house: House, url: str) -> House:
    return replace(house, settings=house.settings.changed(email_url=url))


async def write(world: World, recipient: str = TO, subject: str = "Votre accès") -> None:
    async with scoped(world.staff) as db:
        await outbox.write(db, world.platform, recipient, subject, "Bonjour,\n\nle lien : /invitation/abc")


async def rows(owner: asyncpg.Connection) -> list[asyncpg.Record]:
    return await owner.fetch(
        """
        SELECT tries, sent_at, text, error, next_at > now() AS waits, next_at = 'infinity' AS is_over
        FROM mail_outbox
        """
    )


async def test_a_letter_leaves_once_and_its_text_is_dropped(
    house: House, world: World, owner: asyncpg.Connection, postbox: Postbox
) -> None:
    await write(world)
    for _ in range(2):
        await outbox.deliver(by(house, postbox.url))
    assert [mail.recipients for mail in postbox.mails] == [(TO,)]
    message = postbox.mails[0].message
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Subject"] == "Votre accès"
    assert "/invitation/abc" in message.get_content()
    row = (await rows(owner))[0]
    assert row["sent_at"]
    assert row["text"] == ""


async def test_a_letter_refused_for_now_is_sent_later_with_the_same_identity(
    house: House, world: World, owner: asyncpg.Connection, postbox: Postbox
) -> None:
    await write(world)
    postbox.answers["DATA"] = "451 plus tard"
    await outbox.deliver(by(house, postbox.url))
    await outbox.deliver(by(house, postbox.url))
    row = (await rows(owner))[0]
    assert (row["tries"], row["sent_at"], row["waits"], row["is_over"]) == (1, None, True, False)
    assert "451" in row["error"]
    del postbox.answers["DATA"]
    await owner.execute("UPDATE mail_outbox SET next_at = now()")
    await outbox.deliver(by(house, postbox.url))
    identity = await owner.fetchval("SELECT id::text FROM mail_outbox")
    assert [mail.message["Message-ID"] for mail in postbox.mails] == [f"<{identity}@testserver>"]


async def test_a_letter_refused_for_good_is_not_tried_again(
    house: House, world: World, owner: asyncpg.Connection, postbox: Postbox
) -> None:
    await write(world)
    await write(world, "autre@demo.invalid")
    postbox.answers[TO] = "550 inconnu"
    await outbox.deliver(by(house, postbox.url))
    found = await rows(owner)
    assert sorted((row["is_over"], row["sent_at"] is None) for row in found) == [(False, False), (True, True)]


async def test_the_last_try_is_the_tenth(
    house: House, world: World, owner: asyncpg.Connection, postbox: Postbox
) -> None:
    await write(world)
    postbox.answers["DATA"] = "451 plus tard"
    for _ in range(outbox.TRIES):
        await owner.execute("UPDATE mail_outbox SET next_at = now() WHERE next_at <> 'infinity'")
        await outbox.deliver(by(house, postbox.url))
    row = (await rows(owner))[0]
    assert (row["tries"], row["is_over"]) == (10, True)


async def test_two_workers_send_each_letter_once(house: House, world: World, postbox: Postbox) -> None:
    for number in range(8):
        await write(world, f"p{number}@demo.invalid")
    await asyncio.gather(*(outbox.deliver(by(house, postbox.url)) for _ in range(3)))
    sent = sorted(mail.recipients[0] for mail in postbox.mails)
    assert sent == [f"p{number}@demo.invalid" for number in range(8)]


async def test_a_title_never_adds_a_header(house: House, world: World, postbox: Postbox) -> None:
    await write(world, subject="Votre accès\r\nBcc: autre@demo.invalid")
    await outbox.deliver(by(house, postbox.url))
    message = postbox.mails[0].message
    assert message["Bcc"] is None
    assert message["Subject"] == "Votre accès Bcc: autre@demo.invalid"


async def test_without_a_server_nothing_leaves_and_nothing_is_lost(
    house: House, world: World, owner: asyncpg.Connection
) -> None:
    await write(world)
    await outbox.deliver(by(house, ""))
    row = (await rows(owner))[0]
    assert (row["tries"], row["sent_at"]) == (0, None)


async def test_a_letter_of_a_refused_verb_is_never_written(world: World, owner: asyncpg.Connection) -> None:
    with pytest.raises(LookupError):
        await _write_then_fail(world)
    assert await rows(owner) == []


async def _write_then_fail(world: World) -> None:
    async with scoped(world.staff) as db:
        await outbox.write(db, world.platform, TO, "Votre accès", "Bonjour")
        raise LookupError


@pytest.mark.parametrize("demo", [True, False])
async def test_what_goes_to_the_memory_is_kept_by_the_demonstration_only(
    house: House, world: World, owner: asyncpg.Connection, *, demo: bool
) -> None:
    await write(world)
    await outbox.deliver(replace(house, settings=house.settings.changed(email_url="memory://", demo=demo)))
    row = (await rows(owner))[0]
    assert row["sent_at"]
    assert ("/invitation/abc" in row["text"]) is demo


async def test_a_letter_that_nobody_carries_is_dropped_after_a_week(
    house: House, world: World, owner: asyncpg.Connection
) -> None:
    await write(world)
    for days, is_kept in ((6, True), (8, False)):
        await owner.execute("UPDATE mail_outbox SET created_at = $1", clock.now() - timedelta(days=days))
        await outbox.deliver(by(house, ""))
        await outbox.forget(house)
        row = (await rows(owner))[0]
        assert (bool(row["text"]), row["is_over"]) == (is_kept, not is_kept)
