"""Messages are found by their state, channel, reason or reference; addresses keep what was chosen."""

import re
from datetime import timedelta
from uuid import UUID

import asyncpg
import httpx
import pytest

from quality import clock
from quality.app import House
from quality.db import execute, fetch, fetch_value, pool
from quality.keys import Keyring
from surveys.dispatch.control import listing
from surveys.dispatch.control.choices import STATES
from surveys.dispatch.control.listing import A_PAGE, Wanted
from surveys.dispatch.home import REASONS
from surveys.dispatch.links import LABEL
from surveys.dispatch.token import spoken_reference
from surveys.protocol.deciding import decide_pending
from tests.quality.measures.views.test_pages import seen
from tests.surveys.dispatch.asking import asked, attempt_of, change
from tests.surveys.visits import MORNING, someone, visit
from tests.world import World, sign_in

HREF = "/admin/envois/messages"
STATES_STORED = (
    "planned",
    "claimed",
    "sending",
    "sent",
    "delivered",
    "failed",
    "expired",
    "uncertain",
    "deferred",
    "suppressed",
    "dead",
)


async def open_list(client: httpx.AsyncClient, query: str = "") -> str:
    answer = await client.get(f"{HREF}?{query}")
    assert answer.status_code == 200
    return seen(answer)


@pytest.fixture
async def reader(client: httpx.AsyncClient, world: World) -> httpx.AsyncClient:
    """Sign a supervisor in where one request has an SMS that left, one that a cap kept, and two calls."""
    await asked(world)
    await change("attempt", "state = 'sent', sent_at = opens_at", where="step = 1")
    await change("attempt", "state = 'expired', reason = 'cap', settled_at = opens_at", where="step = 3")
    await sign_in(client, world, "supervisor")
    return client


async def test_every_message_is_there_with_what_became_of_it(reader: httpx.AsyncClient) -> None:
    words = await open_list(reader)
    assert words.count("SMS pour le client") == 2
    assert words.count("Appel pour le client") == 2
    assert "Parti." in words
    assert "N’est pas parti : la personne a déjà reçu tous les messages permis en 30 jours." in words


@pytest.mark.parametrize(
    ("query", "sms", "calls"),
    [
        ("etat=partis", 1, 0),
        ("etat=prevus", 0, 2),
        ("etat=non-partis", 1, 0),
        ("etat=arretes", 0, 0),
        ("canal=phone", 0, 2),
        ("canal=sms&etat=non-partis&motif=cap", 1, 0),
        ("motif=answered", 0, 0),
        ("depuis=24h", 1, 0),
        ("etat=n-importe&canal=fax&motif=rien&depuis=toujours", 2, 2),
    ],
)
async def test_a_filter_keeps_what_it_says(
    reader: httpx.AsyncClient, query: str, sms: int, calls: int
) -> None:
    words = await open_list(reader, query)
    assert (words.count("SMS pour le client"), words.count("Appel pour le client")) == (sms, calls)


async def test_reasons_said_by_the_same_words_are_one_choice(reader: httpx.AsyncClient) -> None:
    await change("attempt", "state = 'failed', reason = 'carrier'", where="step = 1")
    for code in ("carrier", "refused_by_carrier"):
        assert (await open_list(reader, f"motif={code}")).count("SMS pour le client") == 1
    page = (await reader.get(f"{HREF}?motif=carrier")).text
    assert page.count("L’opérateur a refusé le message</option>") == 1


async def test_what_is_not_found_says_so_and_how_to_see_all(reader: httpx.AsyncClient) -> None:
    words = await open_list(reader, "reference=INCONNUE")
    assert "Aucun message ne correspond" in words
    assert "Affiché : référence INCONNUE" in words


async def test_a_platform_without_messages_says_so(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "platform")
    assert "dès qu’ils sont prévus" in await open_list(client)


async def two_visits(world: World, house: House) -> list[dict]:
    for number in (1, 2):
        client = await someone(world, mobile=f"+3363998000{number}")
        made = await visit(client, reference=f"V-{number}")
        await execute(
            pool("work"),
            """
            INSERT INTO intervention_key (id, platform_id, provider_id, reference)
            VALUES ($1, $2, $3, $4)
            """,
            made,
            world.platform,
            world.aide34,
            f"V-{number}",
        )
    await decide_pending(house)
    return await fetch(
        pool("work"),
        "SELECT r.id, i.reference FROM invitation r JOIN intervention i ON i.id = r.occasion_id ORDER BY 2",
    )


async def test_a_visit_is_found_by_its_own_reference(
    client: httpx.AsyncClient, world: World, house: House
) -> None:
    await two_visits(world, house)
    await sign_in(client, world, "supervisor")
    page = await client.get(f"{HREF}?reference=V-2")
    stories = {UUID(found) for found in re.findall(r"/interventions/([0-9a-f-]{36})", page.text)}
    assert stories == {await fetch_value(pool("work"), "SELECT id FROM intervention WHERE reference = 'V-2'")}


async def test_a_visit_that_nobody_was_asked_about_leads_to_its_story(
    client: httpx.AsyncClient, world: World, house: House, owner: asyncpg.Connection
) -> None:
    await two_visits(world, house)
    await owner.execute("DELETE FROM call_case; DELETE FROM attempt; DELETE FROM invitation")
    await sign_in(client, world, "supervisor")
    page = await client.get(f"{HREF}?reference=V-2")
    assert "Cette visite n’a donné lieu à aucun message" in seen(page)
    made = await fetch_value(pool("work"), "SELECT id FROM intervention WHERE reference = 'V-2'")
    assert re.findall(r"/interventions/([0-9a-f-]{36})", page.text) == [str(made)]


async def test_a_visit_is_found_by_the_reference_said_after_an_answer(
    client: httpx.AsyncClient, world: World, house: House
) -> None:
    first, _second = await two_visits(world, house)
    await change("invitation", "answered_at = now()")
    said = spoken_reference(house.keyring.subkey(LABEL), first["id"])
    await sign_in(client, world, "supervisor")
    page = await client.get(HREF, params={"reference": said.lower()})
    stories = set(re.findall(r"/interventions/([0-9a-f-]{36})", page.text))
    assert len(stories) == 1
    assert len(re.findall(r"SMS pour le client", page.text)) == 2


async def test_pages_follow_each_other_and_come_back(
    client: httpx.AsyncClient, world: World, house: House
) -> None:
    for day in range(14):
        for number in range(1, 3):
            await visit(await someone(world, mobile=f"+336399{day:03}{number:02}"), MORNING)
    while await decide_pending(house):
        pass
    total = await fetch_value(pool("work"), "SELECT count(*) FROM attempt")
    assert A_PAGE < total <= 3 * A_PAGE
    await sign_in(client, world, "supervisor")
    read, address, pages = 0, f"{HREF}?canal=", []
    while address:
        page = (await client.get(address)).text
        pages.append(page)
        read += page.count('<tr><th scope="row">')
        following = re.search(r'href="([^"]+)" rel="next"', page)
        address = following[1].replace("&amp;", "&") if following else ""
    assert read == total
    back = re.search(r'href="([^"]+)" rel="prev"', pages[1])
    assert back is not None
    again = (await client.get(back[1].replace("&amp;", "&"))).text
    first = re.findall(r"/interventions/[0-9a-f-]{36}", pages[0])
    assert re.findall(r"/interventions/[0-9a-f-]{36}", again) == first
    assert 'rel="prev"' not in again


async def test_the_board_leads_to_the_messages_that_a_reason_kept(reader: httpx.AsyncClient) -> None:
    board = (await reader.get("/admin/envois")).text
    assert "Retrouver un message ou un appel" in board
    href = re.search(r'href="(/admin/envois/messages\?[^"]+)"', board)
    assert href is not None
    assert href[1].endswith("depuis=24h&amp;motif=cap")
    page = seen(await reader.get(href[1].replace("&amp;", "&")))
    assert page.count("SMS pour le client") == 1
    assert "Affiché : la personne a déjà reçu tous les messages permis" in page
    await change("attempt", "settled_at = $1", clock.now() - timedelta(hours=25), where="step = 3")
    assert "SMS pour le client" not in seen(await reader.get(href[1].replace("&amp;", "&")))
    assert 'motif=cap"' not in (await reader.get("/admin/envois")).text


@pytest.mark.parametrize("state", STATES_STORED)
def test_each_state_and_reason_is_of_exactly_one_choice(state: str) -> None:
    choices = {slug: choice for slug, (_words, choice) in STATES.items() if slug}
    for reason in ("", *REASONS):
        assert sum(choice.holds(state, reason) for choice in choices.values()) == 1, reason


async def test_what_may_have_arrived_is_not_said_to_have_failed(reader: httpx.AsyncClient) -> None:
    await change("attempt", "state = 'failed', reason = 'unsure', settled_at = sent_at", where="step = 1")
    assert "Est peut-être arrivé" not in await open_list(reader, "etat=refuses")
    assert "Est peut-être arrivé" in await open_list(reader, "etat=peut-etre-arrives")
    await change("attempt", "reason = 'carrier'", where="step = 1")
    assert "N’est pas arrivé" in await open_list(reader, "etat=refuses")
    assert "SMS pour le client" not in await open_list(reader, "etat=peut-etre-arrives")


async def test_what_stopped_is_decided_where_the_page_begins_at_it(reader: httpx.AsyncClient) -> None:
    await change("attempt", "state = 'uncertain'", where="step IN (1, 3)")
    last = await attempt_of("step = 3")
    page = (await reader.get(f"{HREF}?etat=peut-etre-partis")).text
    href = re.search(r'href="(/admin/envois\?apres=[^"#]+)#arretes"', page)
    assert href is not None, "the latest comes first"
    board = (await reader.get(href[1])).text
    assert re.findall(r"/admin/envois/messages/([0-9a-f-]{36})/abandonner", board) == [str(last["id"])]


@pytest.mark.usefixtures("reader")
async def test_another_platform_and_a_funder_find_nothing(world: World) -> None:
    keyring: Keyring = world.house.keyring
    found = await listing.read(world.actor("funder", world.gironde), keyring, Wanted())
    assert found.rows == ()
