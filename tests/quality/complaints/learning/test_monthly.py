"""« Votre résumé du mois »: once, on the first working day, without a name nor a small count."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import asyncpg
import httpx
import pytest

from quality import clock
from quality.complaints.learning.monthly import Addressee, Month, letter, month_of, sent_at, write_summaries
from quality.db import execute, pool
from quality.ids import uuid7
from tests.quality.complaints.learning.test_measuring import PROMISE
from tests.quality.complaints.opened import filed
from tests.quality.measures.cells import answers, write
from tests.quality.measures.views.test_pages import seen
from tests.rows import insert, valid_rows
from tests.world import AIDE_34, World, sign_in

NOVEMBER = date(2026, 11, 1)
AT_NINE = datetime(2026, 12, 1, 8, tzinfo=UTC)
ADDRESS = "UPDATE organisation SET email = 'contact@aide34.invalid' WHERE id = $1"
MAILS = "SELECT recipient, subject, text FROM mail_outbox ORDER BY id"
TO = Addressee(UTC, UTC, "Aide 34", "34", "a@b.invalid", "Pléiades Services", "fr")  # type: ignore[arg-type]


def at(instant: datetime) -> None:
    clock.set_offset(clock.offset() + (instant - clock.now()))


def text_of(**facts: int) -> str:
    month = {"visited": 0, "asked": 0, "answered": 0, "opened": 0, "due": 0, "kept": 0}
    waiting = {"to_receive": 0, "to_remedy": 0, "promised": 0}
    _subject, text = letter(Month("2026-11", **{**month, **waiting, **facts}), TO, "http://testserver")
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture
async def addressed(world: World) -> World:
    await execute(pool("work"), ADDRESS, world.aide34)
    return world


async def test_it_leaves_on_the_first_working_day_at_nine_and_once(
    addressed: World, owner: asyncpg.Connection
) -> None:
    at(AT_NINE - timedelta(minutes=1))
    await write_summaries(addressed.house)
    assert await owner.fetch(MAILS) == []
    at(AT_NINE)
    for _ in range(2):
        await write_summaries(addressed.house)
    (mail,) = await owner.fetch(MAILS)
    assert mail["recipient"] == "contact@aide34.invalid"
    assert mail["subject"] == "Aide 34 : votre mois, novembre 2026"
    assert await owner.fetchval("SELECT month FROM provider_summary") == NOVEMBER


@pytest.mark.parametrize(
    ("month", "departement", "instant"),
    [
        (date(2026, 10, 1), "34", datetime(2026, 11, 2, 8, tzinfo=UTC)),
        (date(2026, 12, 1), "34", datetime(2027, 1, 4, 8, tzinfo=UTC)),
        (date(2026, 10, 1), "972", datetime(2026, 11, 2, 13, tzinfo=UTC)),
    ],
)
def test_weekends_holidays_and_the_place_s_hour_are_kept(
    month: date, departement: str, instant: datetime
) -> None:
    assert sent_at(month, departement) == instant


async def test_a_worker_that_was_down_writes_it_as_soon_as_it_is_back(
    addressed: World, owner: asyncpg.Connection
) -> None:
    at(AT_NINE + timedelta(days=9))
    await write_summaries(addressed.house)
    assert len(await owner.fetch(MAILS)) == 1


async def test_a_provider_without_an_address_gets_none(world: World, owner: asyncpg.Connection) -> None:
    at(AT_NINE)
    await write_summaries(world.house)
    assert await owner.fetch(MAILS) == []


async def visited(world: World, owner: asyncpg.Connection, number: int) -> None:
    """Write a visit of November to so many clients."""
    tenancy = {"platform_id": world.platform, "provider_id": world.aide34}
    for n in range(number):
        of_client = {"id": uuid4(), "person_id": uuid4(), "reference": f"C{n}"}
        await insert(owner, "client", {**valid_rows()["client"], **tenancy, **of_client})
        visit = {"id": uuid7(datetime(2026, 11, 10, 9, n, tzinfo=UTC)), "client_id": of_client["id"]}
        row = {**valid_rows()["intervention"], **tenancy, **visit, "reference": f"V{n}", "status": "done"}
        await insert(owner, "intervention", row)


async def test_it_counts_who_was_asked_and_what_waits(addressed: World, owner: asyncpg.Connection) -> None:
    await visited(addressed, owner, 23)
    await write(
        addressed, answers(addressed.aide34, [addressed.herault], 12, 9, month=NOVEMBER, indicator="GLOB")
    )
    for number in range(6):
        await filed(addressed, "anonymous" if number else "call_first", name=f"Mme Client {number}")
    at(AT_NINE)
    await write_summaries(addressed.house)
    (mail,) = await owner.fetch(MAILS)
    text = mail["text"].replace("\u00a0", " ")
    assert "12 clients ont été interrogés, 12 ont répondu" in text
    assert "Réclamations : 5 ont été ouvertes." in text
    assert "5 accusés de réception : http://testserver/reclamations" in text
    assert "Mme Client" not in text


def test_small_counts_are_not_written() -> None:
    text = text_of(asked=4, answered=3, opened=2, due=4, kept=1)
    assert "le nombre de clients interrogés n’est pas montré, il dirait qui a été interrogé" in text
    assert "moins de 5 ont été ouvertes" in text
    assert "Délais" not in text
    assert "12 clients ont été interrogés, moins de 5 ont répondu" in text_of(
        visited=23, asked=12, answered=4
    )


@pytest.mark.parametrize(("visited", "asked"), [(40, 10), (40, 30), (40, 40)])
def test_how_many_were_asked_is_not_said_of_few_nor_of_all_but_a_few(visited: int, asked: int) -> None:
    assert "interrogés, 8 ont répondu" in text_of(visited=visited, asked=11, answered=8)
    text = text_of(visited=visited, asked=asked, answered=8)
    assert "8 clients ont répondu. Le nombre de clients interrogés n’est pas montré, il dirait" in text
    assert f"{asked} clients" not in text


@pytest.mark.parametrize(("visited", "answered"), [(12, 12), (18, 8)])
def test_answers_that_would_tell_how_many_were_asked_are_not_counted(visited: int, answered: int) -> None:
    text = text_of(visited=visited, asked=visited, answered=answered)
    assert "Avis : le nombre de clients interrogés n’est pas montré" in text
    assert "ont répondu" not in text
    assert f"{answered} clients ont répondu" in text_of(visited=answered + 11, asked=10, answered=answered)


def test_what_the_provider_has_to_do_is_said_whatever_its_number() -> None:
    text = text_of(to_receive=1, to_remedy=2, promised=1)
    assert "1 accusé de réception, 2 solutions à apporter, 1 engagement à tenir" in text
    assert "Rien ne vous attend" in text_of()


@pytest.mark.parametrize(
    "hidden",
    [
        "is_serious = true, holder = 'platform', is_shared = false",
        "disclosure = 'call_first'",
        "state = 'closed', acknowledged_at = opened_at, remedied_at = opened_at, closed_at = opened_at,"
        " cause = 'c', remedy = 'r', verdict = 'settled'",
    ],
)
async def test_a_promise_of_a_complaint_that_it_may_not_read_is_not_counted(
    addressed: World, owner: asyncpg.Connection, hidden: str
) -> None:
    complaint = await filed(addressed)
    await execute(pool("work"), PROMISE, complaint.id, clock.now() + timedelta(days=90))
    to = replace(TO, id=addressed.aide34, platform_id=addressed.platform)
    assert (await month_of(pool("work"), to, NOVEMBER)).promised == 1
    await owner.execute(f"UPDATE complaint SET {hidden}")
    assert (await month_of(pool("work"), to, NOVEMBER)).promised == 0


def test_what_was_kept_is_not_said_of_fewer_than_five() -> None:
    assert "Délais" not in text_of(due=6, kept=2)
    assert "Délais" not in text_of(due=6, kept=4)
    assert "sur 6 solutions attendues dans le mois, 6 sont venues à temps" in text_of(due=6, kept=6)
    assert "sur 10 solutions attendues dans le mois, 5 sont" in text_of(due=10, kept=5)


async def test_the_page_shows_the_very_text_that_leaves(
    client: httpx.AsyncClient, addressed: World, owner: asyncpg.Connection
) -> None:
    at(AT_NINE)
    await write_summaries(addressed.house)
    (mail,) = await owner.fetch(MAILS)
    await sign_in(client, addressed, "provider", addressed.aide34)
    words = seen(await client.get("/reclamations/bilan/mois"))
    for line in mail["text"].replace("\u00a0", " ").replace("\u202f", " ").split("\n\n"):
        assert line in words
    assert "contact@aide34.invalid" in words
    assert "lundi 4 janvier 2027 à 9 h" in words


async def test_the_staff_reads_that_of_the_organisation_it_names(
    client: httpx.AsyncClient, world: World
) -> None:
    await sign_in(client, world, "platform")
    words = seen(await client.get(f"/reclamations/bilan/mois?organisme={AIDE_34}"))
    assert "Le résumé du mois, Aide 34" in words
    assert "Aucune adresse e-mail n’est connue : rien ne part." in words
    assert (await client.get("/reclamations/bilan/mois?organisme=inconnu")).status_code == 404


async def test_gironde_reads_none(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "funder", world.gironde)
    assert (await client.get("/reclamations/bilan/mois")).status_code == 403
