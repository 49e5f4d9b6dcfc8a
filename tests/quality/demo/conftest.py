"""The right to move the clock, which a demonstration alone gives, taken back after the test."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from quality.demo import clockwork


@pytest.fixture
async def forbidden_again(owner: asyncpg.Connection) -> AsyncIterator[None]:
    yield
    await owner.execute("REVOKE EXECUTE ON FUNCTION clock_advance(double precision) FROM quality_web")


@pytest.fixture
async def movable(owner: asyncpg.Connection, forbidden_again: None) -> None:
    """Let the web move the clock for one test, as in a demonstration."""
    await clockwork.let_visitors_advance(owner)
