"""The territories of councils: where somebody lives, by postcode, and what each place is called."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from quality.db import Connection, fetch
from quality.directory.geography import departement_of_postcode

POSTCODES = """
SELECT p.platform_id, p.postcode, t.code FROM territory_postcode p JOIN territory t ON t.id = p.territory_id
WHERE p.platform_id = ANY ($1::uuid[])
"""
Names = Mapping[tuple[str, str], str]  # of territories, by département and code
NAMES = "SELECT departement, code, name FROM territory WHERE platform_id = $1"


class Territories:
    """The territories of some platforms, read once; each postcode lies in one at most.

    >>> here, elsewhere = UUID(int=1), UUID(int=2)
    >>> known = Territories([{"platform_id": here, "postcode": "34700", "code": "lodeve"}])
    >>> known.of(here, "34", "34700"), known.of(here, "34", "34000"), known.of(elsewhere, "34", "34700")
    ('lodeve', '', '')
    >>> known.of(here, "30", "34700"), known.of(here, "34", None), known.home(here, "34700")
    ('', '', ('34', 'lodeve'))
    """

    def __init__(self, rows: Iterable[Mapping[str, Any]] = ()) -> None:
        self._codes = {(row["platform_id"], row["postcode"]): row["code"] for row in rows}

    def of(self, platform: UUID, departement: str, postcode: str | None) -> str:
        """Give the code of the territory where a visit takes place: its client's, "" where there is none.

        Somebody who moved to another département since is in none of the visit's.
        """
        where, code = self.home(platform, postcode)
        return code if where == departement else ""

    def home(self, platform: UUID, postcode: str | None) -> tuple[str, str]:
        """Give the département and the territory of a postcode, two "" where it lies in none."""
        if not self._codes or postcode is None or (platform, postcode) not in self._codes:
            return "", ""
        return departement_of_postcode(postcode) or "", self._codes[platform, postcode]


async def territories_of(db: Connection, platforms: Collection[UUID]) -> Territories:
    """Read the territories of some platforms as they are now: what is counted keeps the one it was given."""
    return Territories(await fetch(db, POSTCODES, list(platforms)))


async def territory_names(db: Connection, platform: UUID | None) -> Names:
    """Give the names of the territories of a platform, those that are closed too."""
    rows = await fetch(db, NAMES, platform)
    return {(row["departement"], row["code"]): row["name"] for row in rows}
