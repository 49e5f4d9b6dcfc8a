"""Campaigns that the tests run."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import asyncpg

from charter.campaigns.reminding import remind
from charter.campaigns.running import Plan, create
from quality import clock
from quality.ids import uuid7
from tests.rows import insert, valid_rows
from tests.world import AIDE_34, World

TODAY = date(2026, 11, 24)
PLAN = Plan(
    name="Cohorte de l’Hérault",
    edition="national-2012",
    starts_on="2026-11-01",
    ends_on="2026-12-31",
    funder="D34",
)


def at(day: str, hour: int = 9) -> None:
    """Go to a moment of the virtual clock, hours in UTC."""
    moment = datetime.fromisoformat(f"{day}T{hour:02}:30:00+00:00")
    clock.set_offset(moment - datetime.now(UTC))


async def a_campaign(world: World, plan: Plan = PLAN) -> UUID:
    at("2026-11-24")
    return await create(world.staff, plan, TODAY)


async def aide34_alone(world: World) -> UUID:
    return await a_campaign(world, replace(PLAN, invites="chosen", providers=(AIDE_34,)))


async def told(world: World, owner: asyncpg.Connection) -> list[str]:
    """Let the reminders run; list the subjects of the letters that this wrote."""
    before = await owner.fetchval("SELECT count(*) FROM mail_outbox")
    await remind(world.house)
    rows = await owner.fetch("SELECT subject FROM mail_outbox ORDER BY id OFFSET $1", before)
    return [row["subject"].replace("\u00a0", " ") for row in rows]


async def more_providers(world: World, owner: asyncpg.Connection, count: int) -> list[UUID]:
    """Add providers to the platform, « Aide n° 1 » and on."""
    start = clock.now() - timedelta(days=400)
    ids = [uuid7(start) for _ in range(count)]
    for number, identity in enumerate(ids, start=1):
        row = {
            **valid_rows()["organisation"],
            "id": identity,
            "platform_id": world.platform,
            "code": f"{number:014}",
            "siret": f"{number:014}",
            "name": f"Aide n° {number}",
            "short_name": f"Aide {number}",
        }
        await insert(owner, "organisation", row)
    return ids


async def sent(world: World, owner: asyncpg.Connection, provider: UUID, value: str, at: datetime) -> None:
    """Write that a provider submitted, and what was issued to it."""
    issued = (
        '{"edition":"national-2012","version":1,"rule":"half","rule_version":1,"asked":45,"answered":45,'
        f'"parts":[],"imperatives":[],"value":"{value}","reading":null,"is_capped":false}}'
    )
    row = {
        **valid_rows()["assessment"],
        "id": uuid7(at),
        "platform_id": world.platform,
        "provider_id": provider,
        "opened_at": at,
        "frozen_at": at,
        "issued": issued.encode(),
    }
    await insert(owner, "assessment", row)
