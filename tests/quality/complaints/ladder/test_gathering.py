"""Messages of a client gathered: one letter to each reader until they opened the page."""

from datetime import timedelta

import asyncpg

from quality import clock
from quality.access.actor import Actor
from quality.complaints import reading
from quality.complaints.ladder.escalating import climb
from quality.complaints.resolving import closing
from quality.db import execute, pool, transaction
from tests.quality.complaints.mailed import PROVIDER, SUPERVISOR, account, readers
from tests.quality.complaints.opened import Filed, filed
from tests.world import World

Owner = asyncpg.Connection
WRITTEN = "La personne a écrit"


async def say(world: World, complaint: Filed, text: str) -> None:
    """Write a message some minutes later, and let the ladder run."""
    clock.set_offset(clock.offset() + timedelta(minutes=5))
    async with transaction("answer") as db:
        await closing.write_message(db, complaint.id, text, clock.now())
    await climb(world.house)


async def read(world: World, complaint: Filed, owner: Owner, email: str) -> None:
    """Open the page as the account of an address does."""
    row = await owner.fetchrow(
        "SELECT m.account_id, m.organisation_id, m.role FROM membership m "
        "JOIN account a ON a.id = m.account_id WHERE a.email = $1",
        email,
    )
    clock.set_offset(clock.offset() + timedelta(minutes=5))
    actor = Actor(row["role"], world.platform, row["organisation_id"], row["account_id"])
    await reading.one(actor, world.house.keyring, complaint.number)


async def letters(owner: Owner) -> dict[str, int]:
    rows = await owner.fetch(
        "SELECT recipient, count(*) AS n FROM mail_outbox WHERE starts_with(subject, $1) GROUP BY recipient",
        WRITTEN,
    )
    return {row["recipient"]: row["n"] for row in rows}


async def test_messages_are_one_letter_until_the_page_is_opened(world: World, owner: Owner) -> None:
    await readers(world)
    complaint = await filed(world)
    for text in ("Bonjour.", "La clé.", "Merci."):
        await say(world, complaint, text)
    assert await letters(owner) == {PROVIDER: 1}
    await read(world, complaint, owner, PROVIDER)
    await say(world, complaint, "Encore moi.")
    await say(world, complaint, "Et encore.")
    assert await letters(owner) == {PROVIDER: 2}


async def test_each_reader_has_a_letter_of_their_own(world: World, owner: Owner) -> None:
    """Who reads the page is written to again; a colleague who did not is not."""
    await readers(world)
    await account(world, "accueil@demo.invalid", "provider", world.aide34)
    complaint = await filed(world)
    await say(world, complaint, "Bonjour.")
    await read(world, complaint, owner, PROVIDER)
    await say(world, complaint, "La clé.")
    assert await letters(owner) == {PROVIDER: 2, "accueil@demo.invalid": 1}


async def test_who_was_not_written_to_has_their_first_letter(world: World, owner: Owner) -> None:
    await readers(world)
    complaint = await filed(world)
    await say(world, complaint, "Bonjour.")
    assert await letters(owner) == {PROVIDER: 1}
    await execute(pool("work"), "UPDATE complaint SET holder = 'platform' WHERE id = $1", complaint.id)
    await say(world, complaint, "La clé.")
    assert await letters(owner) == {PROVIDER: 1, SUPERVISOR: 1}


async def test_two_complaints_are_two_letters(world: World, owner: Owner) -> None:
    await readers(world)
    for complaint in (await filed(world), await filed(world)):
        await say(world, complaint, "Bonjour.")
    assert await letters(owner) == {PROVIDER: 2}


async def test_an_address_without_an_account_opens_no_page_and_has_each_letter(
    world: World, owner: Owner
) -> None:
    sql = "UPDATE organisation SET email = 'bureau@demo.invalid' WHERE id = $1"
    await owner.execute(sql, world.aide34)
    complaint = await filed(world)
    for text in ("Bonjour.", "La clé."):
        await say(world, complaint, text)
    assert await letters(owner) == {"bureau@demo.invalid": 2}
