"""/charte/actions: gaps propose, somebody does it until a day, and what clients say before and after."""

import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import asyncpg
import httpx
import pytest
from python_calamine import CalamineWorkbook

from charter.actions.planning import Given, Reading, after, plan
from charter.actions.proposing import proposals
from charter.actions.showing import effect_words
from charter.answering import Draft, save
from charter.assessment import Bounds
from charter.definition import Answer
from charter.editions import load
from quality import clock, jobs
from quality.access.scope import scoped
from quality.measures.releases.periods import period
from quality.measures.releases.releasing import create
from tests.charter.declared import criterion, declare, edition, punctuality
from tests.charter.samples import ACTIONS, MEASURES
from tests.quality.complaints.learning.test_keeping import CLOSED, DUE_ON
from tests.quality.complaints.opened import filed
from tests.quality.measures.cells import answers, write
from tests.quality.web.pages import read
from tests.rows import insert, valid_rows
from tests.world import AIDE_34, World, sign_in

DUE = {"titre": "Appeler avant chaque changement", "echeance": "2026-12-15"}


@pytest.fixture
async def token(client: httpx.AsyncClient, world: World) -> str:
    return await sign_in(client, world, "provider", world.aide34)


async def planned(client: httpx.AsyncClient, token: str, code: str = "2.8") -> str:
    answer = await client.post(f"/charte/actions/nouvelle?critere={code}", data={"jeton": token, **DUE})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_the_widest_gap_comes_first_and_what_is_planned_is_not_proposed_again() -> None:
    answers = {"1.1": Answer.PARTLY, "1.2": Answer.NO, "1.3": Answer.NO, "1.4": Answer.YES, "1.5": Answer.YES}
    found = proposals(edition(), answers, {"1.4"}, ())
    assert [each.criterion.code for each in found] == ["1.2", "1.4", "1.1", "1.3"]
    assert [str(each.priority) for each in found] == ["high", "high", "medium", "medium"]
    assert [each.criterion.code for each in proposals(edition(), answers, (), {"1.2"})] == ["1.1", "1.3"]


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(55, 70, "en hausse"), (45, 60, "On ne peut pas conclure"), (10, 25, "en baisse")],
)
def test_an_effect_is_told_only_when_the_intervals_lie_apart(low: int, high: int, words: str) -> None:
    assert words in effect_words(reading(30, 50, "2026-Q2"), reading(low, high, "2026-Q3"))


def test_what_is_read_of_a_day_before_the_end_is_no_effect() -> None:
    done, doing = ACTIONS
    read_after = MEASURES["2.8"]
    assert after(done, read_after) is not None
    assert after(doing, read_after) is None
    assert after(replace(done, done_on=read_after.starts_on + timedelta(days=1)), read_after) is None


def reading(low: int, high: int, code: str) -> Reading:
    dates = period(code).starts_on, period(code).ends_on
    return Reading(Decimal((low + high) // 2), Bounds(Decimal(low), Decimal(high), 90), 0, code, *dates)


async def test_a_gap_becomes_an_action_with_its_day_and_its_progress(
    client: httpx.AsyncClient, world: World, token: str, owner: asyncpg.Connection
) -> None:
    await declare(world, {"1.4": "no"})
    assert "nouvelle?critere=1.4" in (await client.get("/charte/actions")).text
    address = await planned(client, token, "1.4")
    after = (await client.get("/charte/actions")).text
    assert "nouvelle?critere=1.4" not in after
    assert "Appeler avant chaque changement" in after
    done = {"jeton": token, **DUE, "etat": "done", "note": "Fait partout."}
    assert (await client.post(address, data=done)).status_code == 303
    assert await owner.fetchval("SELECT done_on FROM charter_action") == date(2026, 11, 24)
    assert "Fait partout." in (await client.get(address)).text
    assert (
        await owner.fetchval("SELECT detail FROM audit WHERE action = 'action.state'") == '{"state": "done"}'
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"titre": " "}, "titre"),
        ({"titre": "x" * 201}, "titre"),
        ({"echeance": "bientôt"}, "echeance"),
        ({"responsable": "00000000-0000-0000-0000-000000000001"}, "responsable"),
        ({"etat": "lost"}, "etat"),
        ({"note": "x" * 2001}, "note"),
    ],
)
async def test_a_wrong_form_says_why_keeps_what_was_typed_and_writes_nothing(
    client: httpx.AsyncClient, token: str, owner: asyncpg.Connection, change: dict[str, str], field: str
) -> None:
    form = {"jeton": token, **DUE, "note": "Déjà écrit.", **change}
    answer = await client.post("/charte/actions/nouvelle?critere=1.4", data=form)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert await owner.fetchval("SELECT count(*) FROM charter_action") == 0


async def test_a_colleague_has_an_action_and_a_stranger_does_not(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await sign_in(client, world, "provider", world.cap)
    stranger = str(await owner.fetchval("SELECT id FROM account"))
    token = await sign_in(client, world, "provider", world.aide34)
    mine = str(await owner.fetchval("SELECT id FROM account WHERE id <> $1", stranger))
    address = "/charte/actions/nouvelle?critere=1.4"
    assert stranger not in (await client.get(address)).text
    form = {"jeton": token, **DUE}
    refused = await client.post(address, data={**form, "responsable": stranger})
    assert refused.status_code == 422
    assert (await client.post(address, data={**form, "responsable": mine})).status_code == 303
    assert "Camille Essai" in read((await client.get("/charte/actions")).text).all("tbody")[0].text


async def test_what_clients_say_before_and_after_is_set_side_by_side(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    await punctuality(world, 95, 38)
    address = await planned(client, token)
    await client.post(address, data={"jeton": token, **DUE, "etat": "done"})
    page = read((await client.get(address)).text)
    assert "La mesure d’après viendra" in page.all("main")[0].text
    assert len(page.all("dt")) == 1
    await published_later(world, "2026-Q4", OCTOBER)
    assert len(read((await client.get(address)).text).all("dt")) == 1, "that quarter began before it was done"
    await published_later(world, "2027-Q1", FEBRUARY)
    await sign_in(client, world, "provider", world.aide34)
    page = read((await client.get(address)).text)
    assert [each.text.split(",")[0] for each in page.all("dt")] == ["Avant", "Depuis"]
    assert "Mesuré en hausse" in page.all("main")[0].text
    assert "Mesuré en hausse" in (await client.get("/charte/actions")).text
    assert "Mesuré en hausse" in (await client.get("/charte/actions.csv")).content.decode("utf-8-sig")


OCTOBER, FEBRUARY = date(2026, 10, 1), date(2027, 2, 1)


async def published_later(world: World, code: str, month: date) -> None:
    """Publish a quarter in which 90 clients of 95 say the hours were kept, once it is over."""
    clock.set_offset(datetime.combine(period(code).releasable_on, time(9), UTC) - datetime.now(UTC))
    of = {"indicator": "PONCT", "month": month, "name": code}
    found = [
        *answers(world.aide34, [world.herault], 95, 90, **of),
        *answers(world.cap, [world.herault], 60, 54, **of),
    ]
    await write(world, found)
    await create(world.platform, code)


async def test_an_effect_is_read_where_it_was_measured_before(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    await punctuality(world, 95, 50)
    address = await planned(client, token)
    await client.post(address, data={"jeton": token, **DUE, "etat": "done"})
    of = {"indicator": "PONCT", "month": FEBRUARY}
    for departement, clients, good in (("34", 95, 52), ("30", 120, 116)):
        where = {**of, "departement": departement, "name": departement}
        await write(world, answers(world.aide34, [world.herault], clients, good, **where))
        await write(world, answers(world.cap, [world.herault], 60, 54, **where))
    at_release = datetime.combine(period("2027-Q1").releasable_on, time(9), UTC)
    clock.set_offset(at_release - datetime.now(UTC))
    await create(world.platform, "2027-Q1")
    await sign_in(client, world, "provider", world.aide34)
    page = read((await client.get(address)).text)
    assert [each.text.rpartition(", ")[2] for each in page.all("dt")] == ["Hérault", "Hérault"]
    said = " ".join(page.all("main")[0].text.split())
    assert "(Hérault). On ne peut pas conclure." in said
    listed = (await client.get("/charte/actions.csv")).content.decode("utf-8-sig")
    assert "(Hérault). On ne peut pas conclure." in listed


@pytest.mark.parametrize("other", ['"scope": "73282932000074-30"', '"months": 1', '"version": 2'])
async def test_an_effect_that_nothing_measured_of_the_same_clients_is_not_told(
    client: httpx.AsyncClient, world: World, token: str, owner: asyncpg.Connection, other: str
) -> None:
    await punctuality(world, 95, 50)
    address = await planned(client, token)
    await client.post(address, data={"jeton": token, **DUE, "etat": "done"})
    await published_later(world, "2027-Q1", FEBRUARY)
    await owner.execute(
        "UPDATE charter_action SET before = jsonb_set(before, '{of}', before->'of' || $1::jsonb)",
        f"{{{other}}}",
    )
    await sign_in(client, world, "provider", world.aide34)
    assert len(read((await client.get(address)).text).all("dt")) == 1


async def test_answers_noted_without_saying_whose_are_compared_with_nothing(
    client: httpx.AsyncClient, world: World, token: str, owner: asyncpg.Connection
) -> None:
    await punctuality(world, 95, 50)
    address = await planned(client, token)
    await client.post(address, data={"jeton": token, **DUE, "etat": "done"})
    await published_later(world, "2027-Q1", FEBRUARY)
    await owner.execute("UPDATE charter_action SET before = before - 'of'")
    await sign_in(client, world, "provider", world.aide34)
    assert [each.text for each in read((await client.get(address)).text).all("dt")] == [
        "Avant, 3ᵉ\u00a0trimestre 2026"
    ]


async def test_days_kept_since_an_action_are_set_beside_those_of_the_year_before(
    client: httpx.AsyncClient, world: World, token: str, owner: asyncpg.Connection
) -> None:
    await owner.execute(DUE_ON, (await filed(world)).id, clock.now() - timedelta(days=1))
    address = await planned(client, token, "3.8")
    await client.post(address, data={"jeton": token, **DUE, "etat": "done"})
    assert len(read((await client.get(address)).text).all("dt")) == 1
    clock.set_offset(clock.offset() + timedelta(days=5))
    due = clock.now() - timedelta(days=1)
    await owner.execute(CLOSED, (await filed(world)).id, due, due)
    await sign_in(client, world, "provider", world.aide34)
    page = read((await client.get(address)).text)
    assert [each.text for each in page.all("dt")] == [
        "Avant, du lundi 24\u00a0novembre 2025 au mardi 24\u00a0novembre 2026",
        "Depuis, du mercredi 25\u00a0novembre 2026 au dimanche 29\u00a0novembre 2026",
    ]
    assert "0 %, puis 100 %. On ne peut pas conclure" in " ".join(page.all("main")[0].text.split())


MARKS = "three-chapters-2026"


async def test_a_plan_keeps_the_edition_that_it_was_opened_with(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    await declare(world, {"1.4": "no"})
    await save(world.provider, load(MARKS), {code: Draft("1") for code in load(MARKS).criteria[0].asked})
    page = read((await client.get(f"/charte/actions?edition={MARKS}")).text)
    links = [each.attributes["href"] for each in page.all("a")]
    code = load(MARKS).criteria[0].code
    assert f"/charte/actions/nouvelle?critere={code}&edition={MARKS}" in links
    assert f"/charte/actions.csv?edition={MARKS}" in links
    assert "/charte/actions" in links, "the gaps of the other edition are one click away"
    form = read((await client.get(f"/charte/actions/nouvelle?critere={code}&edition={MARKS}")).text)
    action = next(each for each in form.all("form") if "nouvelle" in each.attributes.get("action", ""))
    made = await client.post(action.attributes["action"], data={"jeton": token, **DUE})
    assert made.headers["location"].endswith(f"?edition={MARKS}")
    assert (await client.get(made.headers["location"])).status_code == 200
    plan_of_marks = read((await client.get(f"/charte/actions?edition={MARKS}")).text)
    assert not [each for each in plan_of_marks.all("a") if f"critere={code}&" in each.attributes["href"]]


async def test_each_action_is_measured_by_its_own_edition(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    await punctuality(world, 95, 38)
    address = await planned(client, token)
    await client.post(address, data={"jeton": token, **DUE, "etat": "done"})
    await published_later(world, "2027-Q1", FEBRUARY)
    await sign_in(client, world, "provider", world.aide34)
    for query in ("", f"?edition={MARKS}"):
        assert "Mesuré en hausse" in (await client.get(f"/charte/actions{query}")).text
        assert "Mesuré en hausse" in (await client.get(f"/charte/actions.csv{query}")).text


async def test_the_plan_leaves_as_a_table_that_runs_no_formula(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    await plan(world.provider, "", "1.4", Given("=1+1", "", "2026-12-15"))
    table = (await client.get("/charte/actions.csv")).content.decode("utf-8-sig")
    assert "'=1+1;" in table
    book = await client.get("/charte/actions.xlsx")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_index(0).to_python()
    assert rows[1][1] == "=1+1"
    assert rows[1][0] == f"1.4 {criterion('1.4').label.fr.removesuffix('.')}"


async def test_an_action_is_told_a_week_before_and_once_late_to_whoever_has_it(
    world: World, same_clock: None, token: str, owner: asyncpg.Connection
) -> None:
    assert token
    soon = date(2026, 11, 24) + timedelta(days=6)
    await plan(world.provider, "", "1.4", Given("Appeler", "", soon.isoformat()))
    for _ in range(2):
        await jobs.run_now(world.house, world.house.jobs["charter-reminders"])
    await owner.execute("UPDATE charter_action SET due_on = '2026-11-01'")
    for _ in range(2):
        await jobs.run_now(world.house, world.house.jobs["charter-reminders"])
    subjects = [
        row[0] for row in await owner.fetch("SELECT subject FROM mail_outbox ORDER BY created_at, id")
    ]
    assert subjects == ["Une action arrive à son terme", "Une action a pris du retard"]


async def test_the_platform_reads_and_gironde_and_another_provider_do_not(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    address = await planned(client, token)
    await sign_in(client, world, "provider", world.cap)
    assert (await client.get(address)).status_code == 404
    await sign_in(client, world, "platform")
    assert (await client.get(address)).status_code == 200
    assert (await client.get(f"/charte/actions?organisme={AIDE_34}")).status_code == 200
    await sign_in(client, world, "funder", world.gironde)
    for path in (address, "/charte/actions", "/charte/actions.csv"):
        assert (await client.get(path)).status_code == 403
    async with scoped(world.stranger) as db:
        assert await db.execute_query_dict("SELECT id FROM charter_action") == []


async def test_a_plan_of_any_length_is_read_a_page_at_a_time_and_exported_whole(
    client: httpx.AsyncClient, world: World, token: str, owner: asyncpg.Connection
) -> None:
    assert token
    whose = {"platform_id": world.platform, "provider_id": world.aide34, "title": "Rappeler"}
    await insert(owner, "charter_action", {**valid_rows()["charter_action"], **whose})
    await owner.execute(
        "INSERT INTO charter_action SELECT (jsonb_populate_record(t, jsonb_build_object("
        "'id', gen_random_uuid(), 'title', 'Action ' || n))).* "
        "FROM charter_action t, generate_series(2, 603) AS n"
    )
    assert "1 à 50 sur 603" in (await client.get("/charte/actions")).text
    shown = set()
    address = "/charte/actions"
    for _ in range(13):
        page = read((await client.get(address)).text)
        links = [each.attributes for each in page.all("a")]
        shown |= {each["href"] for each in links if re.match(r"/charte/actions/[0-9a-f-]{36}$", each["href"])}
        address = next((each["href"] for each in links if each.get("rel") == "next"), "")
    assert (len(shown), address) == (603, "")
    assert len((await client.get("/charte/actions.csv")).text.splitlines()) == 604
    staff = await sign_in(client, world, "platform")
    assert staff
    following = read((await client.get(f"/charte/actions?organisme={AIDE_34}&page=2")).text)
    links = {each.attributes["href"] for each in following.all("a")}
    assert f"/charte/actions?organisme={AIDE_34}&page=3" in links
