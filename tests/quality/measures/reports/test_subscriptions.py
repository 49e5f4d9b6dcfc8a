"""« Recevoir par e-mail » : once a release to each who asked, in their scope; one click ends it, or time."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date

import asyncpg
import httpx
import pytest

from quality.access.scope import scoped
from quality.mail import outbox
from quality.measures.releases.releasing import create
from quality.measures.reports.contents import contents, said
from quality.measures.reports.sending import send_reports
from quality.measures.views.reading import sights
from tests.quality.measures.cells import answers, convene, herault_october, write
from tests.quality.measures.views.test_pages import seen
from tests.quality.statements import asked_of_database
from tests.smtp import Postbox, running_smtp
from tests.world import World, sign_in

HERAULT = "herault-2025"
MAILS = "SELECT recipient, subject, text, unsubscribe FROM mail_outbox ORDER BY id"
MONTHS = [date(2026, month, 1) for month in (7, 8, 9, 10)]
LINK = re.compile(r"http://testserver(/envois/[0-9A-Z]{12})")


@pytest.fixture
async def postbox() -> AsyncIterator[Postbox]:
    async with running_smtp() as running:
        yield running


@pytest.fixture
async def october(world: World) -> World:
    """October is measured, and nothing is published yet."""
    await herault_october(world)
    return world


async def ask(
    client: httpx.AsyncClient,
    world: World,
    *,
    role: str = "funder",
    organisation: object = None,
    population: str = HERAULT,
    rhythm: str = "month",
) -> str:
    """Sign somebody in and subscribe; give the token of their forms."""
    token = await sign_in(client, world, role, organisation)  # type: ignore[arg-type]
    form = {"jeton": token, "population": population, "rhythm": rhythm}
    answer = await client.post("/rapports/abonnement", data=form)
    assert answer.status_code == 303, answer.text
    return token


async def letters(world: World, owner: asyncpg.Connection) -> list[asyncpg.Record]:
    await send_reports(world.house)
    return await owner.fetch(MAILS)


async def test_a_letter_comes_after_the_release_and_once(
    client: httpx.AsyncClient, october: World, owner: asyncpg.Connection
) -> None:
    await ask(client, october, organisation=october.herault)
    assert await letters(october, owner) == []
    await create(october.platform, "2026-10")
    for _ in range(2):
        (mail,) = await letters(october, owner)
    text = mail["text"].replace("\u00a0", " ")
    assert mail["subject"].replace("\u00a0", " ") == "Octobre 2026 : vos résultats, Convention 2025-2027"
    assert "100 clients interrogés, et 100 % des demandes d’avis ont reçu une réponse." in text
    assert f"http://testserver/rapports?population={HERAULT}&periode=2026-10" in text
    assert mail["recipient"] == await owner.fetchval(
        "SELECT email FROM account a JOIN report_subscription s ON s.account_id = a.id"
    )
    assert LINK.findall(text) == [mail["unsubscribe"].removeprefix("http://testserver")]


async def test_what_was_published_before_is_not_sent(
    client: httpx.AsyncClient, october: World, owner: asyncpg.Connection
) -> None:
    await create(october.platform, "2026-10")
    await ask(client, october, organisation=october.herault)
    assert await letters(october, owner) == []


async def test_a_quarter_or_its_months_come_as_asked(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await convene(world, world.herault)
    for month in MONTHS:
        await write(world, answers(world.aide34, [world.herault], 60, 50, month=month, name=str(month)))
    await ask(client, world, organisation=world.herault, rhythm="quarter")
    await ask(client, world, role="platform", population="ensemble")
    await create(world.platform)
    found = [mail["subject"].replace("\u00a0", " ") for mail in await letters(world, owner)]
    assert sorted(found) == sorted(
        [
            "3ᵉ trimestre 2026 : vos résultats, Convention 2025-2027",
            *(
                f"{name} 2026 : vos résultats, Toutes les visites suivies"
                for name in ("Juillet", "Août", "Septembre", "Octobre")
            ),
        ]
    )


async def test_two_workers_at_once_write_each_letter_once(
    client: httpx.AsyncClient, october: World, owner: asyncpg.Connection
) -> None:
    await ask(client, october, organisation=october.herault)
    await create(october.platform, "2026-10")
    await asyncio.gather(*(send_reports(october.house) for _ in range(3)))
    assert len(await owner.fetch(MAILS)) == 1


async def test_a_crash_between_leaves_neither_letter_nor_row_and_the_next_run_writes_it(
    client: httpx.AsyncClient, october: World, owner: asyncpg.Connection
) -> None:
    await ask(client, october, organisation=october.herault)
    await create(october.platform, "2026-10")
    await owner.execute("ALTER TABLE mail_outbox ADD CONSTRAINT crash CHECK (subject = '') NOT VALID")
    try:
        await send_reports(october.house)
    finally:
        await owner.execute("ALTER TABLE mail_outbox DROP CONSTRAINT crash")
    assert await owner.fetchval("SELECT count(*) FROM report_mail") == 0
    assert len(await letters(october, owner)) == 1


async def test_a_letter_that_cannot_be_written_holds_no_other_back(
    client: httpx.AsyncClient, october: World, owner: asyncpg.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    """That of the Cnav, which comes first, is refused by the database each time."""
    await convene(october, october.cnav, code="cnav-2025", title="Convention Cnav")
    await write(october, answers(october.aide34, [october.cnav], 60, 50, name="c"))
    await ask(client, october, organisation=october.cnav, population="cnav-2025")
    client.cookies.clear()
    await ask(client, october, organisation=october.herault)
    await create(october.platform, "2026-10")
    await owner.execute(
        "ALTER TABLE mail_outbox ADD CONSTRAINT bad CHECK (subject NOT LIKE '%Cnav') NOT VALID"
    )
    try:
        for _ in range(2):
            (mail,) = await letters(october, owner)
    finally:
        await owner.execute("ALTER TABLE mail_outbox DROP CONSTRAINT bad")
    assert "Convention 2025-2027" in mail["subject"]
    bad = await owner.fetchval("SELECT id FROM report_subscription WHERE population = 'cnav-2025'")
    assert [str(bad) in line for line in caplog.messages if "failed" in line] == [True, True]


async def test_a_letter_reads_the_figures_that_it_says_and_no_other(october: World) -> None:
    await create(october.platform, "2026-10")
    async with scoped(october.funder):
        (sight,) = await sights(october.funder)
        every = await contents(october.funder, sight, "2026-10")
        with asked_of_database() as statements:
            short = await said(october.funder, sight, "2026-10")
    assert every is not None
    assert short is not None
    assert (short.label, short.sentences) == (every.sight.label, every.sentences)
    (read,) = [each for each in statements if "release_cell" in each]
    for narrowed in ("scope_type", "activity", "period", "indicator"):
        assert narrowed in read.partition("WHERE")[2]


async def test_the_link_of_a_letter_asks_then_ends_it(
    client: httpx.AsyncClient, october: World, owner: asyncpg.Connection
) -> None:
    await ask(client, october, organisation=october.herault)
    await create(october.platform, "2026-10")
    ((path),) = LINK.findall((await letters(october, owner))[0]["text"])
    client.cookies.clear()
    for _ in range(3):
        assert "Ne plus recevoir ces résultats ?" in seen(await client.get(path))
        await client.head(path)
    assert await owner.fetchval("SELECT count(*) FROM report_subscription") == 1
    assert "Vous ne recevez plus ces résultats" in seen(await client.post(path))
    assert await owner.fetchval("SELECT count(*) FROM report_subscription") == 0
    for again in (await client.get(path), await client.post(path)):
        assert again.status_code == 200
        assert "Vous ne recevez plus ces résultats" in seen(again)


async def test_a_mail_program_ends_it_by_its_own_button(
    client: httpx.AsyncClient, october: World, owner: asyncpg.Connection, postbox: Postbox
) -> None:
    await ask(client, october, organisation=october.herault)
    await create(october.platform, "2026-10")
    await send_reports(october.house)
    house = replace(october.house, settings=october.house.settings.changed(email_url=postbox.url))
    await outbox.deliver(house)
    message = postbox.mails[0].message
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = message["List-Unsubscribe"].strip("<>")
    assert await owner.fetchval("SELECT unsubscribe || text FROM mail_outbox") == ""
    client.cookies.clear()
    done = await client.post(address, data={"List-Unsubscribe": "One-Click"})
    assert done.status_code == 200
    assert await owner.fetchval("SELECT count(*) FROM report_subscription") == 0


async def test_an_invented_link_ends_nothing_and_looks_the_same(
    client: httpx.AsyncClient, october: World, owner: asyncpg.Connection
) -> None:
    await ask(client, october, organisation=october.herault)
    for path in ("/envois/AAAAAAAAAAAA", "/envois/nimporte"):
        assert "Vous ne recevez plus ces résultats" in seen(await client.post(path))
    assert await owner.fetchval("SELECT count(*) FROM report_subscription") == 1


async def test_the_page_says_what_is_received_and_ends_it(
    client: httpx.AsyncClient, october: World, owner: asyncpg.Connection
) -> None:
    token = await ask(client, october, organisation=october.herault, rhythm="quarter")
    words = seen(await client.get("/rapports"))
    assert "Vous recevez ces résultats chaque trimestre, depuis le mardi 24 novembre 2026." in words
    await client.post("/rapports/desabonnement", data={"jeton": token, "population": HERAULT})
    assert "Un e-mail après chaque publication" in seen(await client.get("/rapports"))
    assert await owner.fetchval("SELECT count(*) FROM report_subscription") == 0


async def test_gironde_cannot_receive_what_herault_does(
    client: httpx.AsyncClient, october: World, owner: asyncpg.Connection
) -> None:
    token = await sign_in(client, october, "funder", october.gironde)
    for population in (HERAULT, "ensemble", "", "x" * 300):
        form = {"jeton": token, "population": population, "rhythm": "month"}
        assert (await client.post("/rapports/abonnement", data=form)).status_code == 404
    assert await owner.fetchval("SELECT count(*) FROM report_subscription") == 0


async def test_a_rhythm_that_does_not_exist_is_refused(client: httpx.AsyncClient, october: World) -> None:
    token = await sign_in(client, october, "funder", october.herault)
    form = {"jeton": token, "population": HERAULT, "rhythm": "day"}
    refused = await client.post("/rapports/abonnement", data=form)
    assert refused.status_code == 422
    assert "Choisissez de recevoir les résultats chaque mois ou chaque trimestre." in seen(refused)


@pytest.mark.parametrize(
    "ending",
    [
        "UPDATE account SET is_active = false",
        "DELETE FROM session; DELETE FROM membership",
        "UPDATE convention SET status = 'ended', ends_on = '2026-09-30'",
    ],
)
async def test_it_ends_with_the_account_the_access_or_the_convention(
    client: httpx.AsyncClient, october: World, owner: asyncpg.Connection, ending: str
) -> None:
    await ask(client, october, organisation=october.herault)
    await create(october.platform, "2026-10")
    for statement in ending.split("; "):
        await owner.execute(statement)
    assert await letters(october, owner) == []


async def test_the_providers_read_that_the_letter_went(
    client: httpx.AsyncClient, october: World, owner: asyncpg.Connection
) -> None:
    await ask(client, october, organisation=october.herault)
    await create(october.platform, "2026-10")
    await letters(october, owner)
    await sign_in(client, october, "provider", october.aide34)
    assert "Reçu par e-mail, octobre 2026" in seen(await client.get("/indicateurs/lectures"))
    assert (
        await owner.fetchval("SELECT subject FROM audit WHERE action = 'figures.mailed'")
        == f"{HERAULT}/2026-10"
    )


async def test_a_provider_receives_its_own_part_alone(
    client: httpx.AsyncClient, october: World, owner: asyncpg.Connection
) -> None:
    await write(october, answers(october.aide34, [october.herault], 60, 50, month=date(2026, 9, 1), name="s"))
    await create(october.platform, "2026-09")
    await ask(client, october, role="provider", organisation=october.aide34, population=f"{HERAULT}~34")
    await create(october.platform, "2026-10")
    (mail,) = await letters(october, owner)
    text = mail["text"].replace("\u00a0", " ")
    assert "60 clients interrogés" in text
    assert "Cap Domicile" not in text
