"""Processes that write beside the telling: the past, one provider at a time, and what is published.

A process of its own has its own clock, and makes use of a second processor. It ends with its parent.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

import asyncpg
from tortoise import Tortoise

from quality import app as composition
from quality.app import House
from quality.db import credentials, tortoise_config
from quality.demo import past
from quality.demo.clockwork import travel
from quality.demo.moments import FILES_AT, first_day, instant
from quality.demo.past import Past
from quality.demo.providers import Provider
from quality.demo.visits import Calendar
from quality.measures.releases import releasing
from quality.measures.releases.periods import is_rolling, period, releasables
from quality.settings import Settings

PROCESSES = 2
COUNT = "SET default_statistics_target = 20; ANALYZE"
# Every reference is made here beside the row that it names: looking each up again takes as long as the rows.
AS_A_COPY = "SET session_replication_role = replica"


@dataclass(frozen=True)
class Order:
    """What a process needs: the settings with the owner's address, the ids of organisations by code."""

    settings: Settings
    platform: UUID
    ids: dict[str, UUID]
    start: datetime


@cache
def _house(settings: Settings) -> House:
    return composition.compose(settings)


def write_past(order: Order, providers: Sequence[Provider]) -> list[object]:
    """Write the past of some providers, each in one transaction; return what their components told."""
    return asyncio.run(_write_past(order, providers))


async def _write_past(order: Order, providers: Sequence[Provider]) -> list[object]:
    """A connection that has met every partition once is kept for all of them."""
    owner = await asyncpg.connect(**credentials(order.settings.owner_url))
    told: list[object] = []
    try:
        await owner.execute(AS_A_COPY)
        for provider in providers:
            async with owner.transaction():
                told += await _past_of(order, provider, owner)
    finally:
        await owner.close()
    return told


async def _past_of(order: Order, provider: Provider, owner: asyncpg.Connection) -> list[object]:
    written = Past(
        house=_house(order.settings),
        connection=owner,
        platform=order.platform,
        provider=provider,
        id=order.ids[provider.siret],
        funders=order.ids,
        calendar=Calendar(order.start),
    )
    await past.write(written)
    return written.told


def analyse(order: Order) -> None:
    """Count what was written, without which nothing after it finds its way; a sample is enough."""
    asyncio.run(_analyse(order))


async def _analyse(order: Order) -> None:
    owner = await asyncpg.connect(**credentials(order.settings.owner_url))
    try:
        await owner.execute(COUNT)
    finally:
        await owner.close()


def publish(order: Order) -> None:
    """Publish every period on the day when it could first be, as the platform's manager would."""
    asyncio.run(_publish(order))


async def _publish(order: Order) -> None:
    house = _house(order.settings)
    config = tortoise_config(house.database_url, house.components)
    await Tortoise.init(config=config, _enable_global_fallback=True)
    try:
        for code in published(order.start):
            travel(instant(period(code).releasable_on, FILES_AT))
            await releasing.create(order.platform, code)
    finally:
        await Tortoise.close_connections()


def published(start: datetime) -> tuple[str, ...]:
    """Name the periods that the story publishes: no rolling year, which would take long to tell."""
    found = releasables(first_day(start), Calendar(start).today)
    return tuple(code for code in found if not is_rolling(code))
