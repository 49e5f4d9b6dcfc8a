"""The workbook of an assessment: taken away, filled in, looked at, and merged without a loss."""

import io

import asyncpg
import httpx
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from charter.declaring import review
from charter.editions import load
from quality.access.scope import scoped
from tests.charter.declared import declare
from tests.charter.owned import SECOND, own
from tests.quality.web.pages import Reading, read
from tests.world import World, sign_in

Rows = list[list[str]]


@pytest.fixture
async def token(client: httpx.AsyncClient, world: World) -> str:
    return await sign_in(client, world, "provider", world.aide34)


async def taken(client: httpx.AsyncClient, query: str = "") -> Rows:
    answer = await client.get(f"/charte/hors-ligne.xlsx{query}")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
    return [[str(cell) for cell in row] for row in sheet.to_python()]


def book(rows: Rows) -> bytes:
    target = io.BytesIO()
    made = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = made.add_worksheet()
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write_string(number, column, cell)
    made.close()
    return target.getvalue()


async def looked_at(client: httpx.AsyncClient, token: str, content: bytes, query: str = "") -> httpx.Response:
    files = {"fichier": ("grille.xlsx", content)}
    return await client.post(f"/charte/hors-ligne{query}", data={"jeton": token}, files=files)


def lines(page: Reading) -> dict[str, str]:
    """Give what the preview would send: each line by its field, the ticked codes in `garder`."""
    found = {}
    for each in page.all("input"):
        name = each.attributes.get("name", "")
        if name.startswith("ligne-"):
            found[name] = each.attributes["value"]
    return found


def ticked(page: Reading) -> list[str]:
    return [
        each.attributes["value"]
        for each in page.all("input")
        if each.attributes.get("name") == "garder" and "checked" in each.attributes
    ]


async def said(world: World, edition: str = "") -> dict[str, str]:
    async with scoped(world.provider):
        return dict((await review(world.provider, "", edition)).said)


async def test_a_workbook_is_looked_at_before_it_changes_anything(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    await declare(world, {"1.1": "yes"})
    rows = await taken(client)
    assert rows[1][:3] == ["1.1", rows[1][1], "Oui"]
    rows[2][2], rows[2][3] = "En partie", "Deux sur trois."
    rows[3][2], rows[3][4] = "Non concerné", "Aucun client."
    rows[4][2] = "Peut-être"
    rows[5][2] = "Non concerné"
    preview = await looked_at(client, token, book(rows))
    page = read(preview.text)
    assert page.all("h1")[0].text == "Ce classeur change 2 réponses"
    assert await said(world) == {"1.1": "yes"}
    assert "Ligne 5" in preview.text
    assert "Ligne 6" in preview.text
    form = {"jeton": token, "garder": ticked(page), **lines(page)}
    assert (await client.post("/charte/hors-ligne/garder", data=form)).status_code == 303
    assert await said(world) == {"1.1": "yes", "1.2": "partly", "1.3": "not_concerned"}


async def test_what_somebody_answered_since_is_shown_and_kept_unless_it_is_ticked(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    rows = await taken(client)
    await declare(world, {"1.1": "no"})
    rows[1][2], rows[2][2] = "Oui", "Oui"
    page = read((await looked_at(client, token, book(rows))).text)
    assert ticked(page) == ["1.2"]
    assert "Changé depuis l’export" in page.all("main")[0].text
    await declare(world, {"1.2": "no"})
    form = {"jeton": token, "garder": ["1.1", "1.2"], **lines(page)}
    refused = await client.post("/charte/hors-ligne/garder", data=form)
    assert refused.status_code == 409
    assert ticked(read(refused.text)) == [], "what was answered since is ticked by nobody but the reader"
    assert set(lines(read(refused.text))) == {"ligne-1.2"}
    assert await said(world) == {"1.1": "yes", "1.2": "no"}


async def test_marks_go_out_and_come_in_by_element(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    query = "?edition=three-chapters-2026"
    rows = await taken(client, query)
    assert rows[1][0] == "1.1.1"
    rows[1][2] = "★"
    page = read((await looked_at(client, token, book(rows), query)).text)
    form = {"jeton": token, "garder": ticked(page), **lines(page)}
    await client.post(f"/charte/hors-ligne/garder{query}", data=form)
    assert await said(world, "three-chapters-2026") == {"1.1.1": "star"}


async def test_a_workbook_of_another_edition_is_refused_by_both_names(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    rows = await taken(client)
    rows[1][2] = "Oui"
    refused = await looked_at(client, token, book(rows), "?edition=service-commitments-2026")
    assert refused.status_code == 422
    shown = read(refused.text).all("main")[0].text
    for name in ("national-2012", "service-commitments-2026"):
        assert load(name).title.fr in shown
    assert not lines(read(refused.text))


async def test_a_line_of_another_version_is_read_where_its_words_are_the_same(
    client: httpx.AsyncClient, world: World, token: str, owner: asyncpg.Connection
) -> None:
    await own(owner, world)
    rows = await taken(client, "?edition=words")
    for row in rows[1:]:
        row[2] = "Oui"
    await own(owner, world, SECOND)
    preview = await looked_at(client, token, book(rows), "?edition=words.2")
    page = read(preview.text)
    assert ticked(page) == ["1.1", "1.3"]
    assert "Ligne 3, 1.2 Ce classeur est d’une autre version" in " ".join(page.all("main")[0].text.split())
    rows[0] = rows[0][:6]
    unnamed = read((await looked_at(client, token, book(rows), "?edition=words.2")).text)
    assert ticked(unnamed) == ["1.1", "1.3"], "nor is a workbook that says no edition read by its codes alone"


async def test_a_line_says_what_it_answers_and_is_known_in_both_languages(
    client: httpx.AsyncClient, world: World, token: str, owner: asyncpg.Connection
) -> None:
    await own(owner, world)
    rows = [["Code"], ["1.1", "You note", "Yes"]]
    page = read((await looked_at(client, token, book(rows), "?edition=words")).text)
    assert ticked(page) == ["1.1"]
    assert "1.1 Vous notez" in " ".join(page.all("tbody")[0].text.split())


async def test_what_a_workbook_saw_in_another_run_was_not_seen_in_this_one(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    await declare(world, {"1.1": "no"})
    rows = await taken(client)
    rows[1][2] = rows[2][2] = "Oui"
    assert ticked(read((await looked_at(client, token, book(rows))).text)) == ["1.1", "1.2"]
    rows[0][7] = str(world.aide34)
    assert ticked(read((await looked_at(client, token, book(rows))).text)) == ["1.2"]


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"PK\x03\x04 no workbook"])
async def test_what_is_no_workbook_is_refused(client: httpx.AsyncClient, token: str, content: bytes) -> None:
    answer = await looked_at(client, token, content)
    assert answer.status_code == 422
    assert 'href="#fichier"' in answer.text


async def test_a_line_that_was_tampered_with_is_refused(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    form = {"jeton": token, "garder": ["1.1", "9.9"], "ligne-1.1": "nonsense", "ligne-9.9": '["yes","","",0]'}
    assert (await client.post("/charte/hors-ligne/garder", data=form)).status_code == 422
    assert await said(world) == {}


@pytest.mark.parametrize(
    ("path", "answered"),
    [
        ("/charte/1/tableau", {"reponse-1.1": "yes", "version-1.1": "0"}),
        ("/charte/hors-ligne/garder", {"garder": "1.1", "ligne-1.1": '["yes","","",0]'}),
    ],
)
async def test_a_form_of_a_very_long_edition_is_kept_whole(
    client: httpx.AsyncClient, world: World, token: str, path: str, answered: dict[str, str]
) -> None:
    empty = {f"commentaire-9.{rank}": "" for rank in range(1200)}
    answer = await client.post(path, data=empty | answered | {"jeton": token})
    assert answer.status_code == 303
    assert await said(world) == {"1.1": "yes"}


async def test_another_form_holds_no_more_fields_than_it_asks(client: httpx.AsyncClient, token: str) -> None:
    many = {f"x{rank}": "" for rank in range(401)}
    answer = await client.post("/charte/evaluations", data=many | {"jeton": token})
    assert answer.status_code == 400
