"""/suivi/{token}/avis: after their verdict a client says how their complaint was handled."""

import asyncio
from datetime import timedelta

import asyncpg
import httpx
import pytest

from quality import clock
from quality.app import House
from surveys.verification import verify
from tests.quality.complaints.followed.guest import Guest, guest, heading, words
from tests.quality.complaints.followed.stages import remedied
from tests.surveys.respond.test_reading_changes_nothing import rows
from tests.world import World, sign_in

ASKED = "Comment avons-nous suivi votre réclamation ?"
KEPT = """
SELECT i.purpose, i.complaint_id, r.answers, r.channel, r.cells
FROM invitation i JOIN response r ON r.invitation_id = i.id
"""
OPINION = "Trois semaines sans nouvelles"
OFFER = "Dire comment ma réclamation a été suivie"


async def settled(client: httpx.AsyncClient, world: World) -> tuple[Guest, httpx.Response]:
    """Say of a complaint that it is settled; give its client and the page that follows."""
    mine = await guest(client, world)
    await remedied(world, mine.complaint.number)
    return mine, await mine.post("/regle")


async def begun(mine: Guest) -> str:
    """Begin to answer; return the address of the questions."""
    origin = {"origin": "http://testserver"}
    answer = await mine.client.post(f"/suivi/{mine.token}/avis", headers=origin)
    assert answer.status_code == 303
    return answer.headers["location"]


async def say(client: httpx.AsyncClient, address: str, number: int, **said: str) -> httpx.Response:
    origin = {"origin": "http://testserver"}
    return await client.post(f"{address}/{number}", data=said, headers=origin)


async def test_three_questions_follow_the_verdict_without_another_message(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection, house: House
) -> None:
    mine, page = await settled(client, world)
    assert heading(page) == ASKED
    assert "Merci. Votre demande est terminée." in words(page)
    assert "4 questions, pour mieux faire la prochaine fois." in words(page)
    before = await owner.fetchrow("SELECT (SELECT count(*) FROM attempt), (SELECT contacts FROM complaint)")
    address = await begun(mine)
    question = await client.get(address)
    assert heading(question) == "Comment nous sommes-nous occupés de votre réclamation ?"
    for number, said in enumerate(({"traitement": "1"}, {"nouvelles": "no"}, {"clarte": "yes"}), 1):
        answer = await say(client, address, number, **said)
        assert answer.headers["location"].startswith(f"{address}/{number + 1}")
    kept = await owner.fetchrow(KEPT)
    assert tuple(kept)[:2] == ("complaint", mine.complaint.id)
    assert kept["answers"] == '{"clarte": "yes", "nouvelles": "no", "traitement": 1}'
    assert (kept["channel"], kept["cells"]) == ("web", "{}")
    after = await owner.fetchrow("SELECT (SELECT count(*) FROM attempt), (SELECT contacts FROM complaint)")
    assert tuple(after) == tuple(before)
    assert await owner.fetchval("SELECT count(*) FROM signal") == 0
    assert "Nous lisons votre réponse pour mieux faire." in words(await client.get(f"{address}/merci"))
    await verify(house)


async def test_whoever_begins_twice_or_at_once_has_one_request_and_goes_on(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    mine, _ = await settled(client, world)
    addresses = await asyncio.gather(*(begun(mine) for _ in range(8)))
    assert len(set(addresses)) == 1
    assert await owner.fetchval("SELECT count(*) FROM invitation WHERE purpose = 'complaint'") == 1
    await say(client, addresses[0], 1, traitement="5")
    page = await client.get(f"/suivi/{mine.token}/avis")
    assert (page.status_code, page.headers["location"]) == (303, addresses[0])
    assert OFFER in words(await mine.open())


async def test_what_was_settled_again_after_all_is_not_asked_anew(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    mine, _ = await settled(client, world)
    address = await begun(mine)
    await mine.post("/pas-regle")
    assert OFFER not in words(await mine.open())
    await remedied(world, mine.complaint.number)
    await mine.client.post(f"/suivi/{mine.token}/regle", headers={"origin": "http://testserver"})
    assert await begun(mine) == address


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE questionnaire_use SET code = '' WHERE moment = 'complaint'",
        "UPDATE complaint SET is_serious = true",
        "UPDATE complaint SET closed_at = closed_at - interval '31 days'",
    ],
)
async def test_without_anything_to_ask_the_page_says_that_it_is_over(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection, change: str
) -> None:
    mine, _ = await settled(client, world)
    await owner.execute(change)
    assert OFFER not in words(await mine.open())
    for answer in (
        await mine.open("/avis"),
        await client.post(f"/suivi/{mine.token}/avis", headers={"origin": "http://testserver"}),
    ):
        assert (answer.status_code, answer.headers["location"]) == (303, f"/suivi/{mine.token}")
    assert await owner.fetchval("SELECT count(*) FROM invitation WHERE purpose = 'complaint'") == 0


async def test_a_platform_that_asks_nothing_ends_with_the_verdict(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await owner.execute("DELETE FROM questionnaire_use WHERE moment = 'complaint'")
    _, page = await settled(client, world)
    assert heading(page) == "Votre demande est terminée"
    assert "Merci. Votre demande est terminée." in words(page)


async def test_nothing_is_asked_before_the_end(client: httpx.AsyncClient, world: World) -> None:
    mine = await guest(client, world)
    assert OFFER not in words(await mine.open())
    assert (await mine.open("/avis")).status_code == 303
    await remedied(world, mine.complaint.number)
    assert (await mine.open("/avis")).status_code == 303


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_reading_changes_no_row(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection, tables: list[str], method: str
) -> None:
    mine, _ = await settled(client, world)
    before = await rows(owner, tables)
    for _ in range(3):
        assert (await client.request(method, f"/suivi/{mine.token}/avis")).status_code == 200
    assert await rows(owner, tables) == before


async def test_the_link_of_an_opinion_closes_after_thirty_days(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    mine, _ = await settled(client, world)
    address = await begun(mine)
    await owner.execute("UPDATE invitation SET closes_at = $1", clock.now() - timedelta(minutes=1))
    assert (await client.get(address)).status_code == 404
    assert (await mine.open("/avis")).headers["location"] == f"/suivi/{mine.token}"


async def opined(client: httpx.AsyncClient, world: World, disclosure: str) -> Guest:
    """Say what one thinks of the handling of a complaint told with or without the name."""
    mine = await guest(client, world, disclosure)
    await remedied(world, mine.complaint.number)
    await mine.post("/regle")
    address = await begun(mine)
    await say(client, address, 1, traitement="2")
    await say(client, address, 4, commentaire=OPINION)
    return mine


async def page_of(client: httpx.AsyncClient, world: World, mine: Guest, role: str) -> httpx.Response:
    own = {"provider": world.aide34, "funder": world.gironde}
    await sign_in(client, world, role, own.get(role))
    return await client.get(f"/reclamations/{mine.complaint.number}")


@pytest.mark.parametrize("role", ["platform", "supervisor", "agent"])
async def test_the_staff_reads_what_is_thought_of_the_handling(
    client: httpx.AsyncClient, world: World, role: str
) -> None:
    mine = await opined(client, world, "anonymous")
    page = words(await page_of(client, world, mine, role))
    assert "Ce que la personne pense du suivi : La personne elle-même" in page
    assert "2 Plutôt mal" in page
    assert OPINION in page


@pytest.mark.parametrize(
    ("disclosure", "chosen", "is_read"),
    [("named", "named", True), ("named", "platform", False), ("anonymous", "named", False)],
)
async def test_the_provider_reads_it_where_complaint_and_answer_have_the_name(
    client: httpx.AsyncClient,
    world: World,
    owner: asyncpg.Connection,
    disclosure: str,
    chosen: str,
    is_read: bool,
) -> None:
    mine = await opined(client, world, disclosure)
    await owner.execute("UPDATE response SET disclosure = $1", chosen)
    assert (OPINION in (await page_of(client, world, mine, "provider")).text) is is_read


async def test_gironde_reads_no_opinion(client: httpx.AsyncClient, world: World) -> None:
    mine = await opined(client, world, "named")
    assert (await page_of(client, world, mine, "funder")).status_code == 403
