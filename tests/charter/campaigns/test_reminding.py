"""Letters of the campaigns: the invitation, a session within a day, the end that comes; each once."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import asyncpg

from charter.campaigns.reminding import remind
from charter.campaigns.running import Meeting, add_session, close, invite
from charter.campaigns.sharing import tasks
from charter.submitting import submit
from tests.charter.campaigns.running import PLAN, a_campaign, aide34_alone, at, told
from tests.charter.declared import declare_everything
from tests.charter.reviewed import address_of, an_account, refused
from tests.world import World

INVITED = "Charte : une campagne vous invite"
SESSION = "Charte : une séance a lieu bientôt"
ENDING = "Charte : une campagne prend bientôt fin"
MEETING = Meeting("2026-12-02", "14:30", "Par téléphone", "Les preuves")


async def test_each_letter_of_a_campaign_is_written_once(world: World, owner: asyncpg.Connection) -> None:
    await an_account(world, world.aide34)
    await an_account(world, world.cap)
    campaign = await a_campaign(world)
    await add_session(world.staff, campaign, MEETING, ZoneInfo("Europe/Paris"))
    assert await told(world, owner) == [INVITED] * 2
    assert await told(world, owner) == []
    at("2026-12-01")
    assert await told(world, owner) == []
    at("2026-12-01", 14)
    assert await told(world, owner) == [SESSION] * 2
    assert await told(world, owner) == []
    at("2026-12-23")
    assert await told(world, owner) == []
    at("2026-12-24")
    assert await told(world, owner) == [ENDING] * 2
    assert await told(world, owner) == []
    text = await owner.fetchval("SELECT text FROM mail_outbox WHERE subject LIKE '%séance%' LIMIT 1")
    assert "Les preuves\nmercredi 2\u00a0décembre 2026, 14\u00a0h\u00a030" in text
    assert "Par téléphone" in text


async def test_a_provider_without_account_reads_the_invitation_at_its_own_address(
    world: World, owner: asyncpg.Connection
) -> None:
    await an_account(world, world.cap)
    address = "accueil@aide34.invalid"
    await owner.execute("UPDATE organisation SET email = $2 WHERE id = $1", world.aide34, address)
    await a_campaign(world)
    assert await told(world, owner) == [INVITED] * 2
    recipients = [row["recipient"] for row in await owner.fetch("SELECT recipient FROM mail_outbox")]
    assert address in recipients


async def test_an_invitation_that_nobody_can_read_waits_until_somebody_can(
    world: World, owner: asyncpg.Connection
) -> None:
    await owner.execute("UPDATE organisation SET email = ''")
    await a_campaign(world)
    assert await told(world, owner) == []
    await an_account(world, world.aide34)
    assert await told(world, owner) == [INVITED]


async def test_the_days_of_a_campaign_are_those_of_its_platform_whatever_the_server_s(
    world: World, owner: asyncpg.Connection
) -> None:
    await an_account(world, world.aide34)
    await a_campaign(world, replace(PLAN, remind_days="30"))
    assert await told(world, owner) == [INVITED]
    at("2026-11-30", 23)  # in Paris it is the first of December already
    assert await told(world, owner) == [ENDING]


async def test_nobody_is_invited_nor_asked_before_the_first_day_of_a_campaign(
    world: World, owner: asyncpg.Connection
) -> None:
    await an_account(world, world.aide34)
    await a_campaign(world, replace(PLAN, starts_on="2026-12-01", remind_days="60"))
    assert await told(world, owner) == []
    assert await tasks(world.provider) == ()
    at("2026-11-30", 22)
    assert await told(world, owner) == []
    at("2026-11-30", 23)  # in Paris it is the first of December already
    assert await told(world, owner) == [INVITED, ENDING]
    assert len(await tasks(world.provider)) == 1


async def test_whoever_has_submitted_is_not_reminded_of_the_end(
    world: World, owner: asyncpg.Connection
) -> None:
    await an_account(world, world.aide34)
    await a_campaign(world)
    assert await told(world, owner) == [INVITED]
    await declare_everything(world)
    await submit(world.provider)
    at("2026-12-28")
    assert await told(world, owner) == []


async def test_the_platform_chooses_how_long_before_the_end(world: World, owner: asyncpg.Connection) -> None:
    await an_account(world, world.aide34)
    await a_campaign(world, replace(PLAN, remind_days="30"))
    assert await told(world, owner) == [INVITED]
    at("2026-12-01")
    assert await told(world, owner) == [ENDING]


async def test_a_closed_campaign_writes_nothing_more(world: World, owner: asyncpg.Connection) -> None:
    await an_account(world, world.aide34)
    campaign = await a_campaign(world)
    await add_session(world.staff, campaign, MEETING, ZoneInfo("Europe/Paris"))
    await close(world.staff, campaign)
    for day in ("2026-11-24", "2026-12-02", "2026-12-28"):
        at(day)
        assert await told(world, owner) == []


async def test_a_letter_that_fails_keeps_back_no_other_and_is_written_once_it_can_be(
    world: World, owner: asyncpg.Connection
) -> None:
    broken = await address_of(owner, await an_account(world, world.aide34))
    other = await address_of(owner, await an_account(world, world.cap))
    campaign = await a_campaign(world)
    await add_session(world.staff, campaign, MEETING, ZoneInfo("Europe/Paris"))
    for day, subject in (("2026-11-24", INVITED), ("2026-12-02", SESSION), ("2026-12-24", ENDING)):
        at(day)
        before = await owner.fetchval("SELECT count(*) FROM mail_outbox")
        async with refused(owner, broken):
            for _ in range(2):
                await remind(world.house)
            rows = await owner.fetch("SELECT recipient FROM mail_outbox ORDER BY id OFFSET $1", before)
            assert [row["recipient"] for row in rows] == [other]
        assert await told(world, owner) == [subject]
        assert await told(world, owner) == []
    assert await owner.fetchval("SELECT count(*) FROM mail_outbox WHERE recipient = $1", broken) == 3


async def test_each_session_is_told_to_whoever_is_invited_late_or_reachable_late(
    world: World, owner: asyncpg.Connection
) -> None:
    await owner.execute("UPDATE organisation SET email = ''")
    await an_account(world, world.aide34)
    campaign = await aide34_alone(world)
    for topic in ("Les preuves", "Le plan d’actions"):
        await add_session(world.staff, campaign, replace(MEETING, topic=topic), ZoneInfo("Europe/Paris"))
    at("2026-12-01", 14)
    assert await told(world, owner) == [INVITED, SESSION, SESSION]
    code = await owner.fetchval("SELECT code FROM organisation WHERE id = $1", world.cap)
    await invite(world.staff, campaign, (code,))
    assert await told(world, owner) == []
    await an_account(world, world.cap)
    assert await told(world, owner) == [INVITED, SESSION, SESSION]
    assert await told(world, owner) == []
