"""A worker that was stopped and goes on much later: what it says of what another took since is refused."""

from collections.abc import Awaitable, Callable, Mapping

import pytest

from quality.db import Connection, pool
from surveys.channels.message import ChannelError
from surveys.dispatch import settling
from surveys.dispatch.claims import Claimed, release, start
from tests.surveys.dispatch.asking import NOON, asked, change, claim_at, first_attempt, recent
from tests.world import World

Verb = Callable[[Connection, Claimed], Awaitable[object]]
AGAIN = settling.delay(0, None, 0.0)


def refused(**why: bool) -> Verb:
    return lambda db, old: settling.refused(db, old, ChannelError("503", **why), NOON)


VERBS: Mapping[str, Verb] = {
    "sent": lambda db, old: settling.sent(db, [(old, "R-old")], NOON),
    "refused for good": refused(permanent=True),
    "refused, nobody knows": refused(uncertain=True),
    "refused, to be repeated": refused(repeatable=True),
    "refused for now": refused(),
    "uncertain": lambda db, old: settling.uncertain(db, old, NOON),
    "deferred": lambda db, old: settling.deferred(db, old, NOON, AGAIN, is_unsure=False),
    "unsure": lambda db, old: settling.deferred(db, old, NOON, AGAIN, is_unsure=True),
    "failed": lambda db, old: settling.failed(db, old, "carrier_down", NOON),
    "released": lambda db, old: release(db, [old]),
    "released until later": lambda db, old: release(db, [old], not_before=NOON),
    "started": lambda db, old: start(db, [old], NOON),
}


async def as_it_stands() -> tuple[object, ...]:
    return await first_attempt(), await recent("person"), await recent("endpoint")


@pytest.mark.parametrize("state", ["claimed", "sending"])
@pytest.mark.parametrize("verb", VERBS)
async def test_an_old_fence_is_refused_by_every_verb(world: World, verb: str, state: str) -> None:
    await asked(world)
    (old,) = await claim_at()
    await change("attempt", "state = $1, fence = fence + 1, claimed_by = 'another'", state, where="step = 1")
    before = await as_it_stands()
    await VERBS[verb](pool("work"), old)
    assert await as_it_stands() == before


@pytest.mark.parametrize("verb", VERBS)
async def test_a_fence_that_holds_is_obeyed_by_every_verb(world: World, verb: str) -> None:
    await asked(world)
    (mine,) = await claim_at()
    if verb not in {"started", "released", "released until later"}:
        await start(pool("work"), [mine], NOON)
    before = await as_it_stands()
    await VERBS[verb](pool("work"), mine)
    assert await as_it_stands() != before
