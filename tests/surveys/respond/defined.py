"""People asked with a questionnaire of the test's own."""

from typing import Any
from uuid import UUID

import asyncpg
import httpx
import msgspec

from quality import clock
from quality.ids import uuid7
from surveys.questionnaire.reading import library
from tests.surveys.invited import invited
from tests.surveys.respond.browsing import Person
from tests.world import World

NEXT = library("default").version + 1
MARK = {"alias": "globale", "kind": "rating", "core": True, "signal": True, "label": {"fr": "Bien ?"}}


async def published(owner: asyncpg.Connection, world: World, *items: Any, **more: Any) -> UUID:
    """Publish the next version of `default` with these items."""
    definition = {"code": "default", "version": NEXT, "title": {"fr": "Suivi"}, "items": items, **more}
    return await second_version(owner, world, definition)


async def second_version(owner: asyncpg.Connection, world: World, definition: object) -> UUID:
    """Publish the next version of `default`, a definition or its tree, as every one is stored."""
    version = uuid7(clock.now())
    await owner.execute(
        "INSERT INTO questionnaire_version (id, platform_id, code, version, definition, published_at) "
        "VALUES ($1, $2, 'default', $4, $3::jsonb, now())",
        version,
        world.platform,
        msgspec.json.encode(definition).decode(),
        NEXT,
    )
    return version


async def asked(
    owner: asyncpg.Connection, world: World, client: httpx.AsyncClient, version: UUID, **chosen: object
) -> Person:
    """Invite somebody to answer a version."""
    token, invitation = await invited(world, **chosen)
    await owner.execute("UPDATE invitation SET questionnaire_id = $1 WHERE id = $2", version, invitation)
    return Person(client, token)
