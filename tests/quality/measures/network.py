"""Many providers at once, for tests that compare them."""

from uuid import UUID

from quality import clock
from quality.db import execute, fetch, transaction
from tests.world import World


async def providers(world: World, count: int, departement: str = "34") -> list[UUID]:
    """Give Aide 34 and so many others less one, in order."""
    async with transaction("work") as db:
        await execute(
            db,
            """
            INSERT INTO organisation (id, platform_id, code, kind, name, short_name, legal_form, siret,
                departement, email, phone, on_call_name, on_call_phone, activities, created_at)
            SELECT gen_random_uuid(), $1, lpad(n::text, 14, '9'), 'provider', 'Organisme ' || n,
                'Organisme ' || n, 'association', lpad(n::text, 14, '9'), $2, '', '', '', '', '{}', $4
            FROM generate_series(11, 9 + $3::int) AS n
            """,
            world.platform,
            departement,
            count,
            clock.now(),
        )
        rows = await fetch(db, "SELECT id FROM organisation WHERE code LIKE '99%' ORDER BY code")
    return [world.aide34, *(row["id"] for row in rows)]
