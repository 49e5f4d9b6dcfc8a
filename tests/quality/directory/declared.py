"""Territories that a platform has declared, as tests start from them."""

from datetime import date

from quality import clock
from quality.access.scope import scoped
from quality.db import execute
from tests.world import World

SINCE = date(2026, 1, 1)
DECLARE = """
WITH made AS (
    INSERT INTO territory (id, platform_id, departement, code, name, rank, since, created_at)
    SELECT gen_random_uuid(), $1::uuid, $2::text, $3, $4, count(*) + 1, $5, $6
    FROM territory WHERE platform_id = $1::uuid AND departement = $2::text
    RETURNING id
)
INSERT INTO territory_postcode (id, platform_id, departement, territory_id, postcode)
SELECT gen_random_uuid(), $1::uuid, $2::text, made.id, p FROM made, unnest($7::text[]) p
"""


async def declare(
    world: World, code: str, *postcodes: str, departement: str = "34", name: str = "", since: date = SINCE
) -> None:
    """Declare a territory of the département, named as its code unless said otherwise."""
    words = name or code.capitalize()
    async with scoped(world.staff) as db:
        facts = (world.platform, departement, code, words, since, clock.now(), list(postcodes))
        await execute(db, DECLARE, *facts)


CLOSE = """
UPDATE territory SET rank = NULL, closings = closings || $3::date
WHERE platform_id = $1 AND code = $2
"""
REOPEN = """
UPDATE territory SET rank = 1, reopenings = reopenings || $3::date
WHERE platform_id = $1 AND code = $2
"""


async def close(world: World, code: str, day: date) -> None:
    """Close a territory on a day that is past."""
    async with scoped(world.staff) as db:
        await execute(db, CLOSE, world.platform, code, day)


async def reopen(world: World, code: str, day: date) -> None:
    """Open again a territory that is closed, as the only one of its département."""
    async with scoped(world.staff) as db:
        await execute(db, REOPEN, world.platform, code, day)


async def withdraw(world: World, *postcodes: str) -> None:
    """Take postcodes from whichever territory has them."""
    async with scoped(world.staff) as db:
        await execute(db, "DELETE FROM territory_postcode WHERE postcode = ANY ($1::text[])", list(postcodes))
