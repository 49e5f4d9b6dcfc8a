"""What the story says that Aide 34 has to show and does."""

import asyncpg

from charter.actions.planning import actions
from charter.demo import plan
from charter.evidence.keeping import proofs
from quality import clock
from quality.access.scope import scoped
from quality.demo.moments import Moment
from quality.demo.stage import Stage
from tests.world import World


async def test_aide_34_has_evidence_of_each_kind_and_an_action_that_is_late(
    world: World, owner: asyncpg.Connection
) -> None:
    now = clock.now()
    await plan.write(Stage(world.house, world.platform, now, Moment(now, is_live=False)), world.aide34)
    async with scoped(world.provider) as db:
        found = await proofs(db, world.aide34)
        planned = await actions(db, world.aide34)
    today = now.date()
    assert {str(each.freshness(today)) for each in found} == {"valid", "soon", "expired"}
    assert [each.is_late(today) for each in planned].count(True) == 1
    assert await owner.fetchval("SELECT count(*) FROM file") == 2
