"""Editions that a platform wrote itself, put in its table as publishing puts them there."""

from typing import TYPE_CHECKING

import asyncpg

from charter.definition import Edition
from charter.editions import decode
from tests.charter.grids import WORDS
from tests.rows import insert, valid_rows
from tests.world import World

if TYPE_CHECKING:
    from tests.quality.web.pages import Reading  # whose samples come from here

SECOND = (
    WORDS.replace("version: 1\ndated", "version: 2\ndated", 1)
    .replace("Vous suivez.", "Vous suivez chaque mois.")
    .replace('"2.1"', '"2.2"')
    .replace("Deux", "Deuxième")
)


def second() -> Edition:
    """Read the second version of the small charter: 1.2 is reworded, 2.1 is numbered 2.2."""
    return decode(SECOND.encode(), "words", ())


def fields_of(page: "Reading", action: str) -> dict[str, str]:
    """Give what the form of a page that posts to this address holds."""
    return {
        each.attributes["name"]: each.attributes["value"]
        for each in page.all("input")
        if any(parent.attributes.get("action") == action for parent in each.parents)
    }


async def own(owner: asyncpg.Connection, world: World, text: str = WORDS, platform: object = None) -> None:
    """Publish a text as an edition of the platform of the world, or of another."""
    raw = text.encode()
    code, version = (line.partition(": ")[2] for line in text.splitlines()[:2])
    await insert(
        owner,
        "charter_edition",
        {
            **valid_rows()["charter_edition"],
            "id": await owner.fetchval("SELECT gen_random_uuid()"),
            "platform_id": platform or world.platform,
            "code": code,
            "version": int(version),
            "content": raw,
            "sha256": await owner.fetchval("SELECT sha256($1)", raw),
        },
    )


async def withdrawn(owner: asyncpg.Connection, code: str, version: int) -> None:
    await owner.execute(
        "UPDATE charter_edition SET withdrawn_at = published_at WHERE code = $1 AND version = $2",
        code,
        version,
    )
