"""The virtual clock of the demonstration: stored, read again by everybody, still while nothing runs."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from tortoise.exceptions import OperationalError

from quality import clock
from quality.app import House
from quality.db import pool
from quality.demo import clockwork, seeding

TUESDAY = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
A_MOMENT = timedelta(seconds=20)


async def test_setting_the_clock_is_seen_by_every_process(empty: None, owner: asyncpg.Connection) -> None:
    await clockwork.set_to(owner, TUESDAY)
    clock.set_offset(timedelta(0))
    await clock.refresh(pool("web"))
    assert timedelta(0) <= clock.now() - TUESDAY < A_MOMENT


async def test_the_clock_advances_by_an_hour_or_a_day(
    empty: None, house: House, owner: asyncpg.Connection, movable: None
) -> None:
    await clockwork.set_to(owner, TUESDAY)
    await clockwork.advance("heure")
    await clockwork.advance("jour")
    assert timedelta(0) <= clock.now() - (TUESDAY + timedelta(days=1, hours=1)) < A_MOMENT


async def test_no_page_moves_the_clock_outside_a_demonstration(empty: None, house: House) -> None:
    before = clock.offset()
    with pytest.raises(OperationalError, match="permission denied"):
        await clockwork.advance("jour")
    assert clock.offset() == before


async def test_a_story_told_lets_its_visitors_move_the_clock(
    empty: None, house: House, owner: asyncpg.Connection, forbidden_again: None
) -> None:
    await seeding.end(owner, TUESDAY)
    await clockwork.advance("jour")
    assert timedelta(0) <= clock.now() - (TUESDAY + timedelta(days=1)) < A_MOMENT


async def test_the_clock_goes_on_from_where_the_demonstration_stopped(
    empty: None, owner: asyncpg.Connection
) -> None:
    await clockwork.set_to(owner, TUESDAY)
    await clockwork.remember(owner)
    await _sleep_for_real(owner, days=9)
    await clockwork.resume(owner)
    assert timedelta(0) <= clock.now() - TUESDAY < A_MOMENT


async def test_after_a_kill_the_clock_goes_on_from_the_last_tick(
    empty: None, owner: asyncpg.Connection
) -> None:
    await clockwork.set_to(owner, TUESDAY)
    await clockwork.remember(owner)
    await clockwork.set_to(owner, TUESDAY + timedelta(days=3))
    await owner.execute(
        "INSERT INTO tick_run (id, job, slot, started_at) VALUES ('a', 'a', now(), now() - interval '1 hour')"
    )
    await clockwork.resume(owner)
    killed_at = TUESDAY + timedelta(days=3) - timedelta(hours=1)
    assert timedelta(0) <= clock.now() - killed_at < A_MOMENT


async def _sleep_for_real(owner: asyncpg.Connection, days: int) -> None:
    """Make the stored offset that of somebody who comes back so many days later."""
    later = clock.now() + timedelta(days=days)
    await clockwork.set_to(owner, later)
