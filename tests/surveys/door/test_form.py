"""A whole questionnaire on paper: for a visit with its code, or blank, for whoever may see the visit."""

import asyncpg
import httpx
import pytest

from quality import clock
from surveys.authoring.pages import HREF as QUESTIONNAIRES
from surveys.door.codes import in_quarters
from surveys.door.form import NO_WAY, drawn, way_of
from surveys.questionnaire.definition import LANGUAGES
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.paper.form import form
from surveys.questionnaire.reading import library
from tests.surveys.door.visits import code_of, left_out, yesterday
from tests.surveys.visits import Someone
from tests.world import World, sign_in

PDF = b"%PDF"
TAGGED = (b"/StructTreeRoot", b"pdfuaid:part")


def address(visit: object) -> str:
    return f"/interventions/{visit}/questionnaire.pdf"


async def test_the_questionnaire_of_a_visit_is_printed_and_that_is_audited(
    world: World, client: httpx.AsyncClient, visited: Someone, owner: asyncpg.Connection
) -> None:
    identity = await left_out(visited, yesterday())
    for role, organisation in (("provider", world.aide34), ("supervisor", None), ("platform", None)):
        await sign_in(client, world, role, organisation)
        story = await client.get(f"/interventions/{identity}")
        assert address(identity) in story.text
        answer = await client.get(address(identity))
        assert (answer.status_code, answer.content[:4]) == (200, PDF)
        assert answer.headers["cache-control"] == "no-store"
    said = "SELECT count(*) FROM audit WHERE action = 'door.form' AND subject = $1"
    assert await owner.fetchval(said, str(identity)) == 3


async def test_another_provider_and_a_funder_print_nothing(
    world: World, client: httpx.AsyncClient, visited: Someone
) -> None:
    identity = await left_out(visited, yesterday())
    await sign_in(client, world, "funder", world.gironde)
    assert (await client.get(address(identity))).status_code == 403
    await sign_in(client, world, "provider", world.cap)
    assert (await client.get(address(identity))).status_code == 404


async def test_once_its_door_is_closed_a_visit_has_no_questionnaire(
    world: World, client: httpx.AsyncClient, visited: Someone
) -> None:
    identity = await left_out(visited, yesterday().replace(year=clock.now().year - 1))
    await sign_in(client, world, "platform")
    assert address(identity) not in (await client.get(f"/interventions/{identity}")).text
    assert (await client.get(address(identity))).status_code == 404


async def test_a_blank_copy_has_no_code_and_is_for_the_platform(
    world: World, client: httpx.AsyncClient
) -> None:
    await sign_in(client, world, "platform")
    page = await client.get(f"{QUESTIONNAIRES}/default")
    assert f"{QUESTIONNAIRES}/default/versions/2/papier.pdf" in page.text
    answer = await client.get(f"{QUESTIONNAIRES}/default/versions/2/papier.pdf?parle=en&pour=relative")
    assert answer.content.startswith(PDF)
    assert 'filename="default-v2-en.pdf"' in answer.headers["content-disposition"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sheet_is_drawn_in_every_language_and_tagged(language: str) -> None:
    visit = Facts(organisation="Aide 34", day=yesterday().date())
    said = form(library("first"), visit, platform="Pléiades Services", language=language)
    made = drawn(said)
    assert all(each in made for each in TAGGED)
    assert drawn(said) == made


async def test_the_code_and_its_square_are_those_of_the_day(world: World, visited: Someone) -> None:
    code = code_of(world, visited.id, yesterday().date())
    way = way_of("https://avis.example/", code)
    assert way.code == in_quarters(code)
    assert way.link == f"avis.example/s/{way.code}"
    assert NO_WAY.square == ""
