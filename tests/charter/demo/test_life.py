"""Where the providers of the story stand with their adhesion."""

from datetime import timedelta

import asyncpg
import httpx
import pytest

from charter.demo import declaring
from charter.demo.life import CAP, CERTIFICATE, SOLEIL, THAU
from quality import clock
from quality.demo.cast import AIDE_34
from quality.demo.moments import Moment
from quality.demo.providers import Provider
from quality.demo.stage import Stage
from tests.conftest import TUESDAY
from tests.world import World

STATES = """
SELECT (SELECT state FROM adhesion WHERE provider_id = $1) AS adhesion,
       (SELECT state FROM review_file WHERE provider_id = $1) AS file
"""


async def tell(world: World, provider: Provider) -> None:
    told = {world.cap: provider}
    await declaring.tell(Stage(world.house, world.platform, TUESDAY, Moment(TUESDAY, is_live=False), told))


@pytest.mark.parametrize(
    ("provider", "adhesion", "file"),
    [
        (AIDE_34, "valid", None),
        (CAP, None, "contested"),
        (THAU, "valid", "accepted"),
        (SOLEIL, "appealed", "accepted"),
    ],
    ids=lambda each: each.name if isinstance(each, Provider) else each,
)
async def test_each_stands_where_the_story_says(
    world: World, owner: asyncpg.Connection, provider: Provider, adhesion: str | None, file: str | None
) -> None:
    await tell(world, provider)
    assert tuple(await owner.fetchrow(STATES, world.cap)) == (adhesion, file)
    assert abs(clock.now() - TUESDAY) < timedelta(minutes=1)
    assert await owner.fetchval("SELECT max(at) FROM audit") < TUESDAY


async def test_the_adhesion_of_aide_34_comes_from_a_certificate_that_ends_within_six_months(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await tell(world, AIDE_34)
    row = await owner.fetchrow("SELECT id, starts_on, ends_on FROM adhesion")
    assert (row["starts_on"].isoformat(), row["ends_on"].isoformat()) == ("2025-04-25", "2027-04-24")
    assert CERTIFICATE in (await client.get(f"/registre/{row['id']}")).text
