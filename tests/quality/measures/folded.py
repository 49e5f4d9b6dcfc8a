"""The cells of a period as a release folds them, its territories read first."""

from uuid import UUID

from quality.db import Connection
from quality.measures.disclosure.lattice import Place
from quality.measures.disclosure.ties import Crowd, Series, Spread, Within
from quality.measures.releases import folding
from quality.measures.releases.figures import Folded
from quality.measures.releases.periods import Period


async def fold(db: Connection, platform: UUID, of: Period) -> list[Folded]:
    return await folding.fold(db, platform, of, await folding.read_parted(db, platform, of))


async def crowds(db: Connection, platform: UUID, of: Period) -> dict[Series, dict[Place, list[Crowd]]]:
    return await folding.crowds(db, platform, of, await folding.read_parted(db, platform, of))


async def spreads(db: Connection, platform: UUID, of: Period) -> dict[Series, dict[Within, list[Spread]]]:
    return await folding.spreads(db, platform, of, await folding.read_parted(db, platform, of))
