"""Statements of many messages made one."""

import asyncio
from collections.abc import Sequence

import pytest

from surveys.dispatch.together import Together


async def test_what_is_asked_for_while_a_statement_runs_goes_in_the_next() -> None:
    batches: list[list[int]] = []

    async def double(items: Sequence[int]) -> list[int]:
        batches.append(list(items))
        await asyncio.sleep(0)
        return [2 * item for item in items]

    together = Together(double)
    first = asyncio.create_task(together(1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert await asyncio.gather(first, together(2), together(3)) == [2, 4, 6]
    assert batches == [[1], [2, 3]]


async def test_a_statement_that_fails_fails_for_all_who_asked_and_the_next_runs() -> None:
    async def refuse_odd(items: Sequence[int]) -> list[int]:
        if any(item % 2 for item in items):
            raise ValueError(items)
        return list(items)

    together = Together(refuse_odd)
    outcomes = await asyncio.gather(together(1), together(2), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [ValueError, ValueError]
    assert await together(4) == 4


async def test_one_who_gave_up_stops_nobody() -> None:
    async def same(items: Sequence[int]) -> list[int]:
        await asyncio.sleep(0)
        return list(items)

    together = Together(same)
    gone, kept = asyncio.create_task(together(1)), asyncio.create_task(together(2))
    await asyncio.sleep(0)
    gone.cancel()
    assert await kept == 2
    with pytest.raises(asyncio.CancelledError):
        await gone
