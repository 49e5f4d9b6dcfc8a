"""What a provider reads of its visits lets it guess no refusal, no complaint and no contact made by others.

Each place is read twice: as the protocol asked and left out, then with both exchanged. The readings are the
same, to the letter, where a protocol follows every visit and where it draws half of them.
"""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import UUID

import asyncpg
import httpx
import pytest

from quality.access.scope import scoped
from quality.db import execute, fetch, pool
from quality.directory.geography import activity
from quality.directory.intake.outcomes import outcomes
from surveys.occasions.coverage import PATH
from surveys.occasions.list_pages import HREF
from surveys.protocol.deciding import decide_pending
from surveys.protocol.telling import Told
from tests.rows import insert, made, valid_rows
from tests.surveys.dispatch.asking import NOON, set_clock
from tests.surveys.door.visits import code_of
from tests.surveys.occasions.test_occasion_list import decided
from tests.surveys.protocol.decided import open_complaint
from tests.surveys.visits import MORNING, Someone, someone, visit, wait
from tests.world import World, sign_in

BATCH = made("batch")
DRAWN = """
INSERT INTO stratum (id, platform_id, quarter, provider_id, funders, activity_group, expected, target, seed,
    created_at)
VALUES (gen_random_uuid(), $1, '2026-Q4', $2, ARRAY[$3::uuid], $4, 80, 40, '\\x01', now())
"""
# Whoever was asked was not, for a reason told elsewhere; whoever was not asked was.
EXCHANGED = """
UPDATE occasion SET decision = CASE decision WHEN 'asked' THEN 'not_asked' ELSE 'asked' END,
    reason = CASE decision WHEN 'asked' THEN 'refused' ELSE 'every_visit' END
"""
EVERY, DRAWS = "integral", "default"
Exchange = Callable[[], Awaitable[None]]


@pytest.fixture
async def exchange(owner: asyncpg.Connection) -> Exchange:
    async def run() -> None:
        await owner.execute(EXCHANGED)

    return run


@pytest.fixture(params=[EVERY, DRAWS])
async def people(request: pytest.FixtureRequest, world: World, owner: asyncpg.Connection) -> list[Someone]:
    """Follow twelve people known before; every other one refused elsewhere, complained, or had enough."""
    await execute(
        pool("work"), "UPDATE organisation SET protocol = $2 WHERE id = $1", world.aide34, request.param
    )
    await owner.execute(DRAWN, world.platform, world.aide34, world.herault, activity("I-3").public)
    await owner.execute("DELETE FROM import_batch")
    batch = {"platform_id": world.platform, "provider_id": world.aide34, "id": BATCH, "state": "committed"}
    await insert(owner, "import_batch", {**valid_rows()["import_batch"], **batch})
    found = [await someone(world, mobile=f"+3363998{n:04}") for n in range(12)]
    for each in found[1::2]:
        await hide(owner, world, each, found.index(each))
    for n, each in enumerate(found):
        await visit(each, MORNING - timedelta(days=60), reference=f"OLD-{n}", is_undecided=False)
        await visit(each, MORNING + timedelta(minutes=n), reference=f"V-{n:02}", import_batch_id=BATCH)
    set_clock(NOON)
    await decide_pending(world.house)
    return found


async def hide(owner: asyncpg.Connection, world: World, client: Someone, n: int) -> None:
    """Let something that the provider did not send stand against asking somebody."""
    if n % 3 == 0:
        await owner.execute("UPDATE person SET refused_at = now() WHERE id = $1", client.person)
    elif n == 1:
        await open_complaint(owner, world, client.id)
        await owner.execute("UPDATE complaint SET disclosure = 'anonymous'")
        await owner.execute("UPDATE complaint_subject SET is_disclosed = false")
    else:
        sets = "UPDATE person SET recent = array_fill($2::timestamptz, ARRAY[4]) WHERE id = $1"
        await owner.execute(sets, client.person, NOON - timedelta(days=2))


async def visits() -> dict[str, UUID]:
    rows = await fetch(pool("work"), "SELECT id, reference FROM intervention ORDER BY reference")
    return {row["reference"]: row["id"] for row in rows}


async def read(client: httpx.AsyncClient, address: str) -> str:
    page = await client.get(address)
    assert page.status_code == 200, page.text
    main = unescape(page.text).partition("<main")[2] or page.text
    return re.sub(r'name="(jeton|feuille)" value="[^"]+"', "", main)


async def test_whoever_refused_or_complained_was_left_out_and_reads_as_the_others(
    people: list[Someone],
) -> None:
    rows = await fetch(pool("work"), "SELECT reason, told FROM occasion ORDER BY id")
    assert len(rows) == len(people)
    assert {row["reason"] for row in rows[::2]} <= {"every_visit", "drawn", "not_drawn"}
    assert {row["reason"] for row in rows[1::2]} == {"refused", "complaint_open", "cap"}
    assert {row["told"] for row in rows} == {"noted"}


PLACES = {
    "the list": f"{HREF}?mois=2026-11",
    "the list of those noted": f"{HREF}?mois=2026-11&decision=prise-en-compte",
    "the list of those not followed": f"{HREF}?mois=2026-11&decision=non-suivies",
    "the list of those asked": f"{HREF}?mois=2026-11&decision=suivi-demande",
    "the coverage": f"{PATH}?mois=2026-11",
    "the coverage's file": f"{PATH}.csv?mois=2026-11",
    "the file sent": f"/imports/{BATCH}",
    "the files sent": "/imports",
    "the codes to print": f"{HREF}/porte-ouverte?jour=2026-11-24",
    "the search": "/recherche?q=V-01",
    "the opinions": "/avis",
    "the messages": "/avis/messages",
    "the home page": "/accueil",
    "the complaints": "/reclamations",
    "the complaints' review": "/reclamations/bilan",
    "the figures": "/indicateurs",
}


@pytest.mark.parametrize("place", PLACES)
async def test_no_place_tells_who_was_asked(
    client: httpx.AsyncClient, world: World, people: list[Someone], exchange: Exchange, place: str
) -> None:
    await sign_in(client, world, "provider", world.aide34)
    before = await read(client, PLACES[place])
    await exchange()
    assert await read(client, PLACES[place]) == before
    for word in ("Suivi demandé</span>", "Non retenue", "refusé", "plafond"):
        assert word not in before.partition('class="grid"')[2]


async def test_the_story_of_one_asked_is_that_of_one_left_out(
    client: httpx.AsyncClient, world: World, people: list[Someone], exchange: Exchange
) -> None:
    await sign_in(client, world, "provider", world.aide34)
    known = await visits()
    for name in ("V-00", "V-01"):
        before = await read(client, f"{HREF}/{known[name]}")
        assert "Prise en compte" in before
        assert "La plateforme choisit qui elle interroge" in before
        await exchange()
        assert await read(client, f"{HREF}/{known[name]}") == before
    stories = [await read(client, f"{HREF}/{known[name]}") for name in ("V-00", "V-01")]
    own = r"V-\d\d|\d+\xa0h(\xa0\d\d)?|/interventions/[0-9a-f-]{36}"
    assert len({re.sub(own, "", story) for story in stories}) == 1


async def test_the_list_has_one_word_and_no_count_of_either(
    client: httpx.AsyncClient, world: World, people: list[Someone]
) -> None:
    await sign_in(client, world, "provider", world.aide34)
    page = await read(client, f"{HREF}?mois=2026-11")
    assert page.partition('id="visites"')[2].count("Prise en compte") == len(people)
    assert "12 sont prises en compte\u00a0: la plateforme choisit qui elle interroge." in page
    assert "Pourquoi des visites ne sont pas suivies" not in page


async def test_a_line_sent_again_waits_whether_somebody_was_asked_or_not(
    client: httpx.AsyncClient, world: World, people: list[Someone]
) -> None:
    await sign_in(client, world, "provider", world.aide34)
    await wait("i.reference IN ('V-00', 'V-01')")
    page = await read(client, f"{HREF}?mois=2026-11&decision=en-attente")
    assert re.findall(r">(V-\d\d)</a></th>", page) == ["V-01", "V-00"]
    await execute(pool("work"), "UPDATE intervention SET status = 'cancelled'")
    await decide_pending(world.house)
    page = await read(client, f"{HREF}?mois=2026-11&decision=annulee")
    assert re.findall(r">(V-\d\d)</a></th>", page) == ["V-01", "V-00"]


async def test_a_file_has_one_count(world: World, people: list[Someone]) -> None:
    async with scoped(world.provider) as db:
        found = await outcomes(db, world.aide34, BATCH)
    assert [each.title for each in found] == ["12 visites sont prises en compte"]


async def test_the_code_left_opens_the_same_page(
    client: httpx.AsyncClient, world: World, people: list[Someone], exchange: Exchange
) -> None:
    pages = [await read(client, f"/s/{code_of(world, each.id, MORNING.date())}") for each in people[:2]]
    await exchange()
    again = [await read(client, f"/s/{code_of(world, each.id, MORNING.date())}") for each in people[:2]]
    assert again == pages


@pytest.mark.parametrize("people", [EVERY], indirect=True)
async def test_the_platform_reads_everything(
    client: httpx.AsyncClient, world: World, people: list[Someone]
) -> None:
    await sign_in(client, world, "platform")
    page = await read(client, f"{HREF}?mois=2026-11")
    assert "6 sont suivies, soit 50" in page
    for reason in ("Personne qui a refusé", "Réclamation en cours", "Plafond atteint"):
        assert f"<td>{reason}</td>" in page
    covered = await read(client, f"{PATH}?mois=2026-11")
    assert "6 visites sur 12 sont suivies" in covered
    assert "Réclamation en cours (1)" in covered


@pytest.mark.parametrize("asked", [0, 1, 15, 29, 30])
async def test_no_number_says_how_many_were_asked_about_even_once_the_month_is_closed(
    client: httpx.AsyncClient, world: World, asked: int
) -> None:
    """A line sent again as cancelled would move such a number, or not, and so tell of one visit."""
    await many(world, asked, 30 - asked)
    set_clock(datetime(2027, 1, 12, 9, tzinfo=UTC))
    await sign_in(client, world, "provider", world.aide34)
    lines = (await client.get(f"{PATH}.csv?mois=2026-11")).content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Organisme;Visites;Prise en compte"
    assert lines[1].split(";")[1:] == ["30", "30"]
    page = await read(client, f"{PATH}?mois=2026-11")
    assert "30 visites reçues, dont 30 prises en compte\u00a0: la plateforme choisit" in page
    assert "suivies" not in page.casefold()


async def many(world: World, asked: int, left: int) -> None:
    """Write visits, so many asked about and so many not."""
    one = await someone(world)
    for n in range(asked + left):
        reason = "every_visit" if n < asked else "refused"
        await decided(one, reason, f"V-{n}", MORNING + timedelta(seconds=n), told=Told.NOTED)


async def test_gironde_reads_no_word(client: httpx.AsyncClient, world: World, people: list[Someone]) -> None:
    await sign_in(client, world, "funder", world.gironde)
    known = await visits()
    for address in (f"{HREF}?mois=2026-11", f"{PATH}?mois=2026-11", f"{HREF}/{known['V-00']}"):
        assert (await client.get(address)).status_code == 403
    async with scoped(world.stranger) as db:
        assert await fetch(db, "SELECT ruling FROM provider_occasion") == []
