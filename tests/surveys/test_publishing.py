"""A new platform starts with version 1 of everything, published once."""

from quality.access.scope import scoped
from quality.db import fetch, fetch_value, pool
from surveys.dispatch import text
from surveys.protocol import definition
from surveys.publishing import on_platform_created
from surveys.questionnaire.reading import library, read_json
from tests.world import World


async def test_a_new_platform_has_its_questionnaire_protocols_and_messages(world: World) -> None:
    protocols = await fetch(pool("work"), "SELECT name, version FROM protocol_version ORDER BY name")
    assert protocols == [{"name": "default", "version": 1}, {"name": "integral", "version": 1}]
    stored = await fetch_value(pool("work"), "SELECT definition FROM questionnaire_version")
    assert read_json(stored.encode()) == library("default")
    count = await fetch_value(pool("work"), "SELECT count(*) FROM message_template")
    assert count == len(text.shipped())


async def test_a_stored_protocol_is_the_one_that_was_published(world: World) -> None:
    import msgspec

    stored = await fetch_value(pool("work"), "SELECT definition FROM protocol_version WHERE name = 'default'")
    assert definition.decode(msgspec.json.decode(stored)) == definition.load("default")


async def test_a_new_platform_asks_the_default_questionnaire_after_a_visit(world: World) -> None:
    used = await fetch(pool("answer"), "SELECT moment, code FROM questionnaire_use")
    assert used == [{"moment": "visit", "code": "default"}]


async def test_publishing_again_changes_nothing(world: World) -> None:
    before = await fetch(pool("work"), "SELECT id FROM message_template ORDER BY id")
    async with scoped(world.operator) as db:
        await on_platform_created(db, world.platform)
    assert await fetch(pool("work"), "SELECT id FROM message_template ORDER BY id") == before
