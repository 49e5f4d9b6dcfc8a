"""/questionnaires/quand-les-poser: the platform chooses what is asked at each moment."""

from dataclasses import replace

import asyncpg
import httpx
import msgspec
import pytest

from quality import clock
from quality.app import House
from quality.db import fetch_value, pool
from quality.errors import Invalid
from quality.ids import uuid7
from surveys.authoring import choosing
from surveys.protocol.choosing_questions import Moment
from surveys.protocol.deciding import decide_pending
from tests.surveys.visits import MOBILE, someone, visit
from tests.world import World, sign_in

HREF = "/questionnaires/quand-les-poser"


def plain(answer: httpx.Response) -> str:
    """Give a page with plain spaces only."""
    return answer.text.replace("\xa0", " ").replace("\u202f", " ").replace("&#39;", "'")


async def post(client: httpx.AsyncClient, world: World, **form: str) -> httpx.Response:
    token = await sign_in(client, world, "platform")
    return await client.post(HREF, data={"jeton": token, **form})


async def test_the_page_says_what_is_asked_at_each_moment(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "platform")
    page = plain(await client.get(HREF))
    assert page.count("<select") == len(Moment)
    assert '<option value="no_show" selected>Visite qui n’a pas eu lieu</option>' in page
    assert "Aucun : les questions de toute visite" in page
    assert "Aucun : rien n’est demandé" in page
    assert "Quand posons-nous quoi ?" in plain(await client.get("/questionnaires"))


async def test_without_one_of_its_own_a_first_visit_is_asked_what_any_visit_is(
    client: httpx.AsyncClient, world: World, house: House
) -> None:
    answer = await post(client, world, **{"first": "", "avant-first": "first"})
    assert answer.status_code == 303
    assert (await choosing.read(world.staff))["first"] == ""
    await visit(await someone(world, mobile=MOBILE))
    await decide_pending(house)
    asked = "SELECT v.code FROM invitation i JOIN questionnaire_version v ON v.id = i.questionnaire_id"
    assert await fetch_value(pool("work"), asked) == "default"
    assert "Posé" not in plain(await client.get("/questionnaires/first"))


async def test_what_changed_is_in_the_audit_and_nothing_else(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await post(client, world, first="default", no_show="no_show", visit="default")
    await post(client, world, first="default")
    lines = await owner.fetch("SELECT detail FROM audit WHERE action = 'questionnaire.use'")
    assert [msgspec.json.decode(line["detail"]) for line in lines] == [{"first": "default"}]


async def test_what_somebody_else_changed_meanwhile_stays(client: httpx.AsyncClient, world: World) -> None:
    await post(client, world, yearly="", **{"avant-yearly": "yearly"})
    await post(client, world, yearly="yearly", first="", **{"avant-yearly": "yearly", "avant-first": "first"})
    chosen = await choosing.read(world.staff)
    assert (chosen["yearly"], chosen["first"]) == ("", "")


@pytest.mark.parametrize(
    ("moment", "code", "why"),
    [
        ("visit", "", "Choisissez ce qui est demandé après une visite."),
        ("first", "inconnu", "Choisissez un questionnaire de la liste."),
        ("yearly", "default", "Ce questionnaire compte dans les résultats des visites."),
        ("complaint", "no_show", "Ce questionnaire compte dans les résultats des visites."),
        ("complaint", "yearly", "Ce questionnaire compte dans les résultats d’une année."),
        ("visit", "yearly", "Ce questionnaire compte dans les résultats d’une année."),
    ],
)
async def test_a_choice_that_cannot_be_is_refused_with_the_reason(
    client: httpx.AsyncClient, world: World, moment: str, code: str, why: str
) -> None:
    before = await choosing.read(world.staff)
    answer = await post(client, world, **{moment: code})
    assert answer.status_code == 422
    assert f'href="#{moment}"' in answer.text
    assert why in plain(answer)
    assert await choosing.read(world.staff) == before


async def test_gironde_and_the_others_choose_nothing(client: httpx.AsyncClient, world: World) -> None:
    for role, organisation in (("funder", world.gironde), ("provider", world.aide34), ("supervisor", None)):
        token = await sign_in(client, world, role, organisation)
        assert (await client.get(HREF)).status_code == 403
        assert (await client.post(HREF, data={"jeton": token, "first": ""})).status_code == 403
    assert (await choosing.read(world.staff))["first"] == "first"


async def test_another_platform_reads_and_changes_none_of_it(world: World) -> None:
    elsewhere = replace(world.staff, platform=uuid7(clock.now()))
    assert set((await choosing.read(elsewhere)).values()) == {""}
    with pytest.raises(Invalid):
        await choosing.choose(elsewhere, {Moment.FIRST: "default"})
