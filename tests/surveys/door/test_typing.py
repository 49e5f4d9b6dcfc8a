"""Sheets that come back: found by their code, typed by keys, stored as `paper`, and never guessed."""

import html
import re
from datetime import timedelta

import asyncpg
import httpx
import pytest

from quality import clock
from quality.db import execute, pool
from surveys.door.codes import in_quarters
from surveys.door.typing_pages import HREF
from surveys.verification import verify
from tests.surveys.door.visits import code_of, left_out, yesterday
from tests.surveys.visits import Someone
from tests.world import World, sign_in

HEADERS = {"origin": "http://testserver"}
HIDDEN = re.compile(r'type="hidden" name="(\w+)" value="([^"]*)"')
WHOLE = ("4", "5", "3", "5", "1", "1", "2", "9", "", "2")  # each question of `first`, by its key


class Agent:
    """Somebody at the desk with a sheet in hand."""

    def __init__(self, client: httpx.AsyncClient, code: str) -> None:
        self.client, self.code, self.page = client, code, None

    async def open(self, day: str = "") -> httpx.Response:
        await self._read(await self.client.get(HREF))
        given = {**self._hidden(), "code": self.code, "recu": day or f"{clock.now().date()}"}
        return await self._read(await self.client.post(HREF, data=given, headers=HEADERS))

    async def act(self, act: str = "suivant", **fields: str) -> httpx.Response:
        given = {**self._hidden(), "geste": act, **fields}
        return await self._read(await self.client.post(self.at, data=given, headers=HEADERS))

    async def type(self, *keys: str) -> None:
        for key in keys:
            alias = re.search(r'<(?:fieldset[^>]*|input type="text"|textarea) id="(\w+)"', self.text)
            alias = alias or re.search(r'<fieldset class="[^"]*" id="(\w+)"', self.text)
            assert alias, self.text
            await self.act(**{alias[1]: key})

    @property
    def text(self) -> str:
        return self.page.text

    def words(self) -> str:
        said = html.unescape(re.sub(r"<[^>]+>", " ", self.text))
        return " ".join(re.sub(r"[\u00a0\u202f]", " ", said).split())

    def _hidden(self) -> dict[str, str]:
        return {name: html.unescape(value) for name, value in HIDDEN.findall(self.text)}

    async def _read(self, response: httpx.Response) -> httpx.Response:
        while response.status_code == 303:
            response = await self.client.get(response.headers["location"])
        path = response.url.raw_path.decode()
        self.at, self.page = path, response
        return response


@pytest.fixture
async def sheet(world: World, client: httpx.AsyncClient, visited: Someone) -> Agent:
    await left_out(visited, yesterday())
    await sign_in(client, world, "agent")
    return Agent(client, in_quarters(code_of(world, visited.id, yesterday().date())))


async def stored(owner: asyncpg.Connection) -> list[asyncpg.Record]:
    return await owner.fetch(
        """
        SELECT r.*, i.collector, r.answers ->> 'globale' AS globale
        FROM response r JOIN invitation i ON i.id = r.invitation_id ORDER BY r.id
        """
    )


async def test_a_sheet_is_typed_by_keys_and_stored_as_paper(
    sheet: Agent, owner: asyncpg.Connection, world: World
) -> None:
    await sheet.open()
    assert "Question 1 de la feuille" in sheet.words()
    await sheet.type(*WHOLE)
    assert "Qui a rempli cette feuille ?" in sheet.words()
    await sheet.act("enregistrer", qui="helped", present="absent")
    assert "La feuille est enregistrée : 9 réponses." in sheet.words()
    (kept,) = await stored(owner)
    assert (kept["channel"], kept["collector"], kept["respondent"]) == ("paper", "self", "client")
    assert (kept["relation"], kept["help"], kept["worker"], kept["admissible"]) == (
        "self",
        "helped",
        "",
        "yes",
    )
    assert kept["globale"] == "4"
    await verify(world.house)


async def test_what_is_illegible_or_ticked_twice_is_set_aside_and_counted_in_the_audit(
    sheet: Agent, owner: asyncpg.Connection
) -> None:
    await sheet.open()
    await sheet.type("4")
    await sheet.act("deux")
    await sheet.act("illisible")
    assert "deux cases cochées, écartée" in sheet.words()
    for _ in WHOLE[3:]:
        await sheet.act("vide")
    await sheet.act("enregistrer")
    (kept,) = await stored(owner)
    assert kept["answers"] == '{"globale": 4}'
    detail = await owner.fetchval("SELECT detail::text FROM audit WHERE action = 'door.paper'")
    assert '"two": 1' in detail
    assert '"illegible": 1' in detail
    assert '"blank": 7' in detail


async def test_a_sheet_without_any_answer_is_not_stored(sheet: Agent, owner: asyncpg.Connection) -> None:
    await sheet.open()
    for _ in WHOLE:
        await sheet.act("vide")
    answer = await sheet.act("enregistrer")
    assert (answer.status_code, await stored(owner)) == (422, [])
    assert await owner.fetchval("SELECT count(*) FROM invitation") == 0


async def test_a_wrong_key_is_said_and_the_question_stays(sheet: Agent) -> None:
    await sheet.open()
    answer = await sheet.act(globale="7")
    assert answer.status_code == 422
    assert "Question 1 de la feuille" in sheet.words()
    await sheet.type("4")
    await sheet.act("retour")
    assert "Question 1 de la feuille" in sheet.words()


async def test_a_second_sheet_of_the_same_code_waits_for_a_supervisor(
    sheet: Agent, owner: asyncpg.Connection, world: World
) -> None:
    for mark in ("4", "2"):
        await sheet.open()
        await sheet.type(mark)
        for _ in WHOLE[1:]:
            await sheet.act("vide")
        await sheet.act("enregistrer")
    assert "Ce code a déjà servi." in sheet.words()
    assert [each["admissible"] for each in await stored(owner)] == ["several_answers", "several_answers"]
    await verify(world.house)


async def test_a_sheet_stored_twice_by_mistake_is_one(sheet: Agent, owner: asyncpg.Connection) -> None:
    await sheet.open()
    await sheet.type(*WHOLE)
    page, at = sheet.page, sheet.at
    await sheet.act("enregistrer")
    sheet.page, sheet.at = page, at
    await sheet.act("enregistrer")
    assert len(await stored(owner)) == 1


async def test_a_sheet_that_a_worker_filled_in_counts_apart(sheet: Agent, owner: asyncpg.Connection) -> None:
    await sheet.open()
    await sheet.type(*WHOLE)
    await sheet.act("enregistrer", qui="relative", present="filled_in")
    (kept,) = await stored(owner)
    assert (kept["respondent"], kept["worker"]) == ("relative", "filled_in")
    assert kept["admissible"] == "worker_filled_in"


@pytest.mark.parametrize(
    ("who", "respondent", "relation"),
    [("", "client", ""), ("alone", "client", "self"), ("relative", "relative", ""), ("guardian",) * 3],
)
async def test_who_filled_a_sheet_in_is_what_its_boxes_say_and_no_more(
    sheet: Agent, owner: asyncpg.Connection, world: World, who: str, respondent: str, relation: str
) -> None:
    await sheet.open()
    await sheet.type(*WHOLE)
    await sheet.act("enregistrer", qui=who, present="present")
    (kept,) = await stored(owner)
    assert (kept["respondent"], kept["relation"], kept["worker"]) == (respondent, relation, "present")
    assert kept["admissible"] == "worker_present"
    await verify(world.house)


async def test_a_sheet_received_in_time_is_typed_later(
    world: World, client: httpx.AsyncClient, visited: Someone, owner: asyncpg.Connection
) -> None:
    then = clock.now() - timedelta(days=40)
    identity = await left_out(visited, then)
    await execute(pool("work"), "UPDATE intervention SET received_at = $1, updated_at = $1", then)
    await sign_in(client, world, "supervisor")
    sheet = Agent(client, code_of(world, visited.id, then.date()))
    late = await sheet.open()
    assert (late.status_code, "Ce code n’ouvre aucune visite ce jour-là." in sheet.words()) == (422, True)
    await sheet.open(f"{(then + timedelta(days=3)).date()}")
    await sheet.type(*WHOLE)
    await sheet.act("enregistrer")
    assert [each["globale"] for each in await stored(owner)] == ["4"]
    assert await owner.fetchval("SELECT occasion_id FROM invitation") == identity


async def test_a_wrong_code_or_day_is_refused_beside_its_field(sheet: Agent) -> None:
    sheet.code = "K7M4-2Q9D-X3PV"
    assert (await sheet.open()).status_code == 422
    assert 'id="code-erreur"' in sheet.text
    assert (await sheet.open("2031-01-01")).status_code == 422
    assert 'id="recu-erreur"' in sheet.text


async def test_an_address_that_opens_no_sheet_does_not_exist(sheet: Agent, client: httpx.AsyncClient) -> None:
    today = clock.now().date()
    for address in ("K7M42Q9DX3PV", f"K7M42Q9DX3PV?recu={today}", f"{sheet.code}?recu=hier"):
        assert (await client.get(f"{HREF}/{address}")).status_code == 404


async def test_gironde_and_a_provider_type_nothing(
    sheet: Agent, client: httpx.AsyncClient, world: World
) -> None:
    for role, organisation in (("funder", world.gironde), ("provider", world.aide34)):
        await sign_in(client, world, role, organisation)
        for address in (HREF, f"{HREF}/{sheet.code}"):
            assert (await client.get(address)).status_code == 403
