"""A new platform starts with version 1 of everything, published once."""

import asyncio
from uuid import UUID

import asyncpg
import pytest
from msgspec import structs

from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.app import House
from quality.db import fetch, fetch_value, pool
from quality.errors import Conflict
from quality.schema import complete_platforms
from surveys.dispatch import text
from surveys.protocol import definition
from surveys.protocol.choosing_questions import Moment
from surveys.publishing import ASKED_AT, QUESTIONNAIRES, answered_series, on_platform_created, publish
from surveys.questionnaire.definition import Feed, Kind, Questionnaire, Rule, Words
from surveys.questionnaire.evolution import unknown_measures
from surveys.questionnaire.reading import DefinitionRefused, library, read_json
from tests.world import World


async def test_a_new_platform_has_its_questionnaire_protocols_and_messages(world: World) -> None:
    protocols = await fetch(pool("work"), "SELECT name, version FROM protocol_version ORDER BY name")
    assert protocols == [{"name": "default", "version": 1}, {"name": "integral", "version": 1}]
    rows = await fetch(pool("work"), "SELECT code, definition FROM questionnaire_version")
    stored = {row["code"]: read_json(row["definition"].encode()) for row in rows}
    assert stored == {code: library(code) for code in QUESTIONNAIRES}
    count = await fetch_value(pool("work"), "SELECT count(*) FROM message_template")
    assert count == len(text.shipped())


async def test_a_stored_protocol_is_the_one_that_was_published(world: World) -> None:
    import msgspec

    stored = await fetch_value(pool("work"), "SELECT definition FROM protocol_version WHERE name = 'default'")
    assert definition.decode(msgspec.json.decode(stored)) == definition.load("default")


async def test_a_new_platform_has_a_questionnaire_for_each_moment(world: World) -> None:
    rows = await fetch(pool("answer"), "SELECT moment, code FROM questionnaire_use")
    used = {row["moment"]: row["code"] for row in rows}
    assert used.keys() == set(Moment)
    assert used["visit"] == "default"


async def test_a_platform_of_before_gets_what_it_lacks_and_keeps_what_it_chose(
    world: World, house: House, owner: asyncpg.Connection
) -> None:
    await owner.execute("DELETE FROM questionnaire_use WHERE moment <> 'visit'")
    await owner.execute("DELETE FROM questionnaire_version WHERE code = 'yearly'")
    await owner.execute("UPDATE questionnaire_use SET code = 'no_show'")
    for _ in range(2):
        async with scoped(world.operator) as db:
            await complete_platforms(db, house.components)
    used = {row["moment"]: row["code"] for row in await owner.fetch("SELECT * FROM questionnaire_use")}
    assert used == {**ASKED_AT, "visit": "no_show"}
    count = "SELECT count(*) FROM questionnaire_version WHERE code = 'yearly'"
    assert await owner.fetchval(count) == 1


async def test_publishing_again_changes_nothing(world: World) -> None:
    before = await fetch(pool("work"), "SELECT id FROM message_template ORDER BY id")
    async with scoped(world.operator) as db:
        await on_platform_created(db, world.platform)
    assert await fetch(pool("work"), "SELECT id FROM message_template ORDER BY id") == before


# ---- a version of one's own ----


MANAGER = UUID("0190aaaa-0000-7000-8000-00000000000a")


async def published(world: World, questionnaire: Questionnaire) -> UUID:
    async with scoped(Actor("platform", world.platform, account=MANAGER)) as db:
        return await publish(db, world.platform, questionnaire, by=MANAGER)


def following(**fields: object) -> Questionnaire:
    return structs.replace(library("default"), **{"version": 3, **fields})


async def test_a_platform_publishes_a_version_and_is_named_with_it(world: World) -> None:
    version = await published(world, following(title=Words(fr="Autre titre")))
    stored = await fetch(pool("work"), "SELECT * FROM questionnaire_version WHERE id = $1", version)
    assert read_json(stored[0]["definition"].encode()).title.fr == "Autre titre"
    assert stored[0]["published_by"] == MANAGER


async def test_a_version_that_would_break_a_series_is_refused_with_the_reason(world: World) -> None:
    items = library("default").items
    other = structs.replace(items[4], kind=Kind.TEXT, dont_know=False, measures=())
    with pytest.raises(DefinitionRefused, match="d’un autre genre") as refused:
        await published(world, following(items=(*items[:4], other)))
    assert [error.field for error in refused.value.errors] == ["items[4].kind", "items[4].measures"]
    stored = await fetch_value(pool("work"), "SELECT max(version) FROM questionnaire_version")
    assert stored == max(library(code).version for code in QUESTIONNAIRES)


@pytest.mark.parametrize(("indicator", "version"), [("GLOB", 9), ("RR2", 1), ("RECL_D", 1), ("RIEN", 1)])
async def test_a_version_that_feeds_what_no_answer_feeds_is_refused(
    world: World, indicator: str, version: int
) -> None:
    items = library("default").items
    odd = structs.replace(items[5], kind=Kind.RATING, measures=(Feed(indicator, version, Rule.TOP2),))
    odd = structs.replace(odd, alias="nouvelle")
    with pytest.raises(DefinitionRefused, match="aucune réponse n’alimente"):
        await published(world, following(items=(*items[:5], odd)))


@pytest.mark.parametrize("version", [2, 4])
async def test_versions_follow_one_another(world: World, version: int) -> None:
    with pytest.raises(Conflict):
        await published(world, following(version=version))


async def test_of_two_who_publish_at_once_one_is_told_so(world: World) -> None:
    ends = await asyncio.gather(*(published(world, following()) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(end, UUID) for end in ends) == 1
    assert sum(isinstance(end, Conflict) for end in ends) == 4


def test_what_is_shipped_feeds_only_what_answers_may_feed() -> None:
    for code in QUESTIONNAIRES:
        assert unknown_measures(library(code), answered_series()) == ()


async def test_what_is_not_asked_of_a_visit_never_counts_among_the_figures_of_visits(world: World) -> None:
    yearly = library("yearly")
    counted = structs.replace(yearly.items[0], measures=(Feed("GLOB", 1, Rule.TOP2),))
    with pytest.raises(DefinitionRefused, match="n’est pas posé après une visite") as refused:
        await published(world, structs.replace(yearly, version=3, items=(counted, *yearly.items[1:])))
    assert "items[0].measures" in [error.field for error in refused.value.errors]
    assert isinstance(await published(world, structs.replace(yearly, version=3)), UUID)


async def test_what_counts_once_a_year_is_not_asked_of_a_visit(world: World) -> None:
    default = library("default")
    advice = structs.replace(default.items[4], alias="conseils", measures=(Feed("PREV", 1, Rule.YES),))
    with pytest.raises(DefinitionRefused, match="se mesure une fois par an"):
        await published(world, following(items=(*default.items, advice)))
