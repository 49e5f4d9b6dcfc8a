"""The campaign of the demonstration: a cohort under way, one session past and one to come."""

import asyncpg
import httpx

from charter.campaigns import demo
from quality import clock
from quality.demo.cast import AIDE_34
from quality.demo.moments import Moment
from quality.demo.providers import PROVIDERS
from quality.demo.stage import Stage
from tests.charter.campaigns.running import more_providers
from tests.conftest import TUESDAY
from tests.world import World, sign_in


async def test_a_cohort_is_under_way_with_a_session_to_come(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    ids = await more_providers(world, owner, demo.COHORT)
    story = dict(zip(ids, PROVIDERS[2:], strict=False))
    for identity, provider in story.items():
        await owner.execute("UPDATE organisation SET code = $2 WHERE id = $1", identity, provider.siret)
    stage = Stage(world.house, world.platform, TUESDAY, Moment(TUESDAY, is_live=False), story)
    await demo.tell(stage)
    rows = await owner.fetch("SELECT starts_at FROM campaign_session ORDER BY starts_at")
    assert [row["starts_at"] > clock.now() for row in rows] == [False, True]
    assert await owner.fetchval("SELECT count(*) FROM campaign_invitation") == demo.COHORT
    assert await owner.fetchval("SELECT max(at) FROM audit") < TUESDAY
    await sign_in(client, world, "funder", world.herault)
    assert "Cohorte de l’Hérault" in (await client.get("/charte/campagnes")).text


async def test_fewer_than_eleven_are_no_cohort(world: World, owner: asyncpg.Connection) -> None:
    few = {world.aide34: AIDE_34}
    await demo.tell(Stage(world.house, world.platform, TUESDAY, Moment(TUESDAY, is_live=False), few))
    assert await owner.fetchval("SELECT count(*) FROM charter_campaign") == 0
