"""The traits of visits that caps by attribute read, loaded in bulk where a protocol has such caps."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from quality.db import Connection, fetch
from quality.directory.geography import activity
from surveys.protocol.caps import Traits
from surveys.protocol.ledger import Row

NO_BANDS: frozenset[str] = frozenset()


def traits_of(visit: Row, codes: Mapping[UUID, str], age_bands: Collection[str]) -> Traits:
    """Give the traits of one visit; `codes` are those of the funders, `age_bands` those of the person."""
    funders = frozenset(codes[funder] for funder in visit["funders"] if funder in codes)
    return Traits(funders, frozenset(age_bands), activity(visit["activity"]).public)


async def load(db: Connection, visits: Sequence[Row]) -> dict[UUID, Traits]:
    """Read the traits of some visits; a person is of every age band that any provider gave for them."""
    codes = await funder_codes(db, sorted({visit["platform_id"] for visit in visits}))
    bands = await age_bands(db, sorted({visit["person_id"] for visit in visits}), ())
    return {visit["id"]: traits_of(visit, codes, bands.get(visit["person_id"], NO_BANDS)) for visit in visits}


async def funder_codes(db: Connection, platforms: Sequence[UUID]) -> dict[UUID, str]:
    rows = await fetch(
        db,
        "SELECT id, code FROM organisation WHERE platform_id = ANY ($1::uuid[]) AND kind = 'funder'",
        list(platforms),
    )
    return {row["id"]: row["code"] for row in rows}


async def age_bands(
    db: Connection, persons: Sequence[UUID], without: Collection[UUID]
) -> dict[UUID, frozenset[str]]:
    """Read the age bands of people by what providers gave of their clients, some clients left out."""
    rows = await fetch(
        db,
        """
        SELECT person_id, array_agg(DISTINCT age_band) AS bands FROM client
        WHERE person_id = ANY ($1::uuid[]) AND age_band IS NOT NULL AND NOT id = ANY ($2::uuid[])
        GROUP BY person_id
        """,
        list(persons),
        list(without),
    )
    return {row["person_id"]: frozenset(row["bands"]) for row in rows}
