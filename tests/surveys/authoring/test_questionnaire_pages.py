"""/questionnaires: what a platform asks, each version read whole and given as YAML."""

from dataclasses import replace
from io import BytesIO

import httpx
import msgspec
from python_calamine import CalamineWorkbook

from quality import clock
from quality.access.scope import scoped
from quality.db import execute
from quality.ids import uuid7
from surveys.authoring import store
from surveys.questionnaire.reading import library, read_yaml
from tests.world import World, sign_in

HREF = "/questionnaires"


def plain(answer: httpx.Response) -> str:
    """Give a page with plain spaces only."""
    return answer.text.replace("\xa0", " ").replace("\u202f", " ").replace("&#39;", "'")


async def second_version(world: World) -> None:
    questionnaire = msgspec.structs.replace(library("default"), version=3)
    async with scoped(world.staff) as db:
        await execute(
            db,
            """
            INSERT INTO questionnaire_version (id, platform_id, code, version, definition, published_at)
            VALUES ($1, $2, 'default', 3, $3::jsonb, $4)
            """,
            uuid7(clock.now()),
            world.platform,
            msgspec.json.encode(questionnaire).decode(),
            clock.now(),
        )


async def test_the_list_says_what_is_asked_and_when(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "platform")
    page = plain(await client.get(HREF))
    assert "Suivi d’une visite" in page
    assert "7 questions" in page
    assert "Posé après une visite" in page


async def test_a_version_is_read_whole_in_its_languages(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "platform")
    answer = await client.get(f"{HREF}/default")
    for item in library("default").items:
        assert item.label.fr in answer.text
        assert (item.label.en or "") in answer.text
    page = plain(answer)
    assert "Note de 1 à 5" in page
    assert "Elle nourrit le résultat « Visite bien passée »" in page
    assert "Question (le client emploie lui-même)" in page
    assert '<td lang="en">Rather late</td>' in page
    english = plain(await client.get(f"{HREF}/default?langue=en"))
    assert "It feeds the result" in english


async def test_an_older_version_says_that_another_is_in_use(client: httpx.AsyncClient, world: World) -> None:
    await second_version(world)
    await sign_in(client, world, "platform")
    older = await client.get(f"{HREF}/default/versions/2")
    assert "Cette version n’est plus posée." in plain(older)
    newest = plain(await client.get(f"{HREF}/default"))
    assert "Version 3, publiée le" in newest
    assert f'href="{HREF}/default/versions/2"' in newest
    for lost in ("default/versions/4", "inconnu", "inconnu.yaml", "default.yaml?version=9"):
        assert (await client.get(f"{HREF}/{lost}")).status_code == 404


async def test_a_version_is_given_as_yaml_that_is_read_again(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "platform")
    answer = await client.get(f"{HREF}/default.yaml")
    assert read_yaml(answer.text) == library("default")
    assert answer.headers["content-disposition"] == 'attachment; filename="default-v2.yaml"'


async def test_a_version_is_given_as_an_xlsform(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "platform")
    assert f"{HREF}/default.xlsx?version=2" in (await client.get(f"{HREF}/default")).text
    answer = await client.get(f"{HREF}/default.xlsx")
    assert answer.headers["content-disposition"] == 'attachment; filename="default-v2.xlsx"'
    workbook = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    assert workbook.sheet_names == ["survey", "choices", "settings"]
    assert (await client.get(f"{HREF}/default.xlsx?version=9")).status_code == 404


async def test_gironde_and_the_others_see_no_questionnaire(client: httpx.AsyncClient, world: World) -> None:
    for role, organisation in (("funder", world.gironde), ("provider", world.aide34), ("agent", None)):
        await sign_in(client, world, role, organisation)
        for address in ("", "/default", "/default.yaml", "/default.xlsx", "/default/versions/2"):
            assert (await client.get(f"{HREF}{address}")).status_code == 403


async def test_another_platform_reads_none_of_it(world: World) -> None:
    elsewhere = replace(world.staff, platform=uuid7(clock.now()))
    assert await store.published(elsewhere) == ()
    assert await store.versions(elsewhere, "default") == ()
