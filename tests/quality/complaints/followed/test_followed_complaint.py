"""/suivi/{token}: what clients read of their own complaint, without login, a name or blame."""

from datetime import timedelta
from pathlib import Path

import asyncpg
import httpx
import pytest

from quality import clock
from quality.complaints.events import Audience
from quality.complaints.links import reference_of
from quality.complaints.resolving import closing, handling, promising
from quality.complaints.resolving.authority import Remedy
from quality.db import transaction
from quality.web.wrong_tokens import PER_ADDRESS
from tests.quality.complaints.followed.guest import guest, heading, words
from tests.quality.complaints.followed.stages import CAUSE, SOLUTION, remedied
from tests.quality.complaints.opened import marked
from tests.surveys.dispatch.asking import set_clock
from tests.world import World, sign_in

UNKNOWN = "K7M42Q9DX3PV"
LONG = "Une phrase assez longue, écrite é è. " * 26
PATHS = ("", "/regle", "/pas-regle", "/message", "/nom", "/financeur")
SHEET = Path(__file__).parents[4] / "static/respond.css"


async def test_a_client_reads_who_acts_now_what_comes_next_and_when(
    client: httpx.AsyncClient, world: World
) -> None:
    mine = await guest(client, world)
    await marked(mine.complaint, globale=2)
    page = await mine.open()
    said = words(page)
    assert (page.status_code, heading(page)) == (200, "Votre demande est transmise")
    assert "Aide 34 doit vous répondre." in said
    assert "Au plus tard le" in said
    assert "Aide 34 propose une solution." in said
    assert "La visite : 2 Plutôt mal." in said
    assert "Vous acceptez que votre nom soit donné." in said
    assert "04 67 00 00 00" in said
    assert "Appel non surtaxé." in said
    assert reference_of(world.house.keyring, mine.complaint.id) in said


async def test_the_page_names_nobody_and_is_kept_by_nobody(client: httpx.AsyncClient, world: World) -> None:
    page = await (await guest(client, world)).open()
    assert "Martin" not in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-robots-tag"] == "noindex"
    assert "set-cookie" not in page.headers
    assert "<script" not in page.text


async def test_the_reference_opens_nothing(client: httpx.AsyncClient, world: World) -> None:
    mine = await guest(client, world)
    said = reference_of(world.house.keyring, mine.complaint.id).replace("-", "")
    assert not mine.token.startswith(said)
    assert (await client.get(f"/suivi/{said}")).status_code == 404


async def test_nobody_is_blamed_before_a_solution_is_known(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    mine = await guest(client, world)
    await owner.execute("UPDATE complaint SET cause = $1", CAUSE)
    assert CAUSE not in (await mine.open()).text
    await remedied(world, mine.complaint.number)
    page = await mine.open()
    assert CAUSE in words(page)
    assert SOLUTION in words(page)
    assert heading(page) == "Une solution est apportée. Est-ce réglé ?"


async def test_notes_of_the_staff_and_of_the_provider_stay_theirs(
    client: httpx.AsyncClient, world: World
) -> None:
    mine = await guest(client, world)
    await handling.note(world.agent, mine.complaint.number, "Fils très inquiet.", Audience.staff)
    await handling.note(world.provider, mine.complaint.number, "Voir avec Nadia.")
    await handling.note(world.agent, mine.complaint.number, "Nous avons relancé.", Audience.client)
    said = words(await mine.open())
    assert "Fils" not in said
    assert "Nadia" not in said
    assert "Pléiades Services vous écrit : « Nous avons relancé. »" in said


async def test_why_a_provider_contests_is_not_shown_only_that_both_sides_are_heard(
    client: httpx.AsyncClient, world: World
) -> None:
    mine = await guest(client, world)
    await handling.contest(world.provider, mine.complaint.number, "La cliente ment.")
    said = words(await mine.open())
    assert "ment" not in said.split()
    assert "Pléiades Services va vérifier." in said
    assert "C’est Pléiades Services qui s’en occupe." in said


async def test_what_is_promised_is_there_with_its_day_and_what_becomes_of_it(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    mine = await guest(client, world)
    made = await promising.grant(world.provider, mine.complaint.number, Remedy.call_back)
    said = words(await mine.open())
    assert "Le responsable vous rappelle." in said
    assert "Aide 34 le confirme pour le" in said
    await owner.execute("UPDATE complaint_promise SET state = 'promised', confirmed_at = NULL")
    assert "Promis pour le" in words(await mine.open())
    await owner.execute("UPDATE complaint_promise SET state = 'broken'")
    assert "et ce n’est pas fait." in words(await mine.open())
    await owner.execute("UPDATE complaint_promise SET state = 'done', done_at = now(), done_how = 'desk'")
    assert "C’est fait, le" in words(await mine.open())
    assert made.due_at is not None


async def test_a_day_that_passed_is_said_to_be_late(client: httpx.AsyncClient, world: World) -> None:
    mine = await guest(client, world)
    set_clock(clock.now() + timedelta(days=7))
    said = words(await mine.open())
    assert "En retard" in said
    assert "Pléiades Services relance Aide 34." in said


async def test_days_are_those_of_the_place_where_the_client_lives(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    mine = await guest(client, world)
    await owner.execute(
        "UPDATE complaint SET departement = '974', acknowledge_due_at = '2026-11-26T21:00:00+00:00'"
    )
    assert "Au plus tard le vendredi 27 novembre" in words(await mine.open())


async def test_the_page_speaks_the_client_s_language_and_can_change(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    mine = await guest(client, world)
    await owner.execute("UPDATE client SET language = 'en'")
    page = await mine.open()
    assert page.headers["content-language"] == "en"
    assert ">Français</a>" in page.text
    french = await mine.open("?langue=fr")
    assert french.headers["content-language"] == "fr"
    assert f'href="/suivi/{mine.token}/message?langue=fr"' in french.text
    form = await mine.open("/message?langue=fr")
    assert 'name="langue" value="fr"' in form.text


@pytest.mark.parametrize("path", PATHS)
async def test_unknown_malformed_and_long_closed_links_look_alike(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection, path: str
) -> None:
    mine = await guest(client, world)
    await owner.execute(
        """
        UPDATE complaint SET state = 'closed', acknowledged_at = $1, remedied_at = $1, closed_at = $1,
            cause = 'x', remedy = 'y', verdict = 'settled'
        """,
        clock.now() - timedelta(days=91),
    )
    pages = [await client.get(f"/suivi/{token}{path}") for token in (mine.token, UNKNOWN, "court", "a" * 500)]
    assert {page.status_code for page in pages} == {404}
    assert len({page.text for page in pages}) == 1
    assert "04\u00a067\u00a000\u00a000\u00a000" in pages[0].text


@pytest.mark.parametrize("path", PATHS[1:])
async def test_a_form_sent_to_a_link_that_opens_nothing_changes_nothing(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection, path: str
) -> None:
    await guest(client, world)
    sent = await client.post(f"/suivi/{UNKNOWN}{path}", data={"message": "Bonjour", "nom": "avec"})
    assert sent.status_code == 404
    assert await owner.fetchval("SELECT count(*) FROM complaint_event WHERE kind = 'message'") == 0


async def test_guessing_is_stopped_even_for_a_right_token(client: httpx.AsyncClient, world: World) -> None:
    mine = await guest(client, world)
    for number in range(PER_ADDRESS):
        assert (await client.get(f"/suivi/{number:012d}")).status_code == 404
    assert (await mine.open()).status_code == 429
    assert (await client.get(f"/s/{UNKNOWN}")).status_code == 429


async def test_a_survey_s_token_opens_no_complaint_and_the_other_way_round(
    client: httpx.AsyncClient, world: World
) -> None:
    from tests.surveys.invited import invited

    mine = await guest(client, world)
    token, _ = await invited(world, mobile="+33639980002")
    assert (await client.get(f"/suivi/{token}")).status_code == 404
    assert (await client.get(f"/s/{mine.token}")).status_code == 404


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_reading_changes_no_row(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection, tables: list[str], method: str
) -> None:
    mine = await guest(client, world)
    await remedied(world, mine.complaint.number)
    queries = ("", "?fait=regle", "/regle?confirme=oui", "/message?message=Bonjour", "/nom?nom=sans")
    before = await rows(owner, tables)
    for path in (*PATHS, *queries):
        for _ in range(2):
            assert (await client.request(method, f"/suivi/{mine.token}{path}")).status_code == 200
    assert await rows(owner, tables) == before


async def rows(owner: asyncpg.Connection, tables: list[str]) -> dict[str, list[tuple[str, str]]]:
    found = {}
    for table in tables:
        lines = await owner.fetch(f'SELECT xmin::text, ctid::text FROM "{table}" ORDER BY ctid')
        found[table] = [tuple(line) for line in lines]
    return found


async def test_the_page_stays_light_however_long_the_story(client: httpx.AsyncClient, world: World) -> None:
    mine = await guest(client, world)
    await remedied(world, mine.complaint.number)
    for _ in range(20):
        async with transaction("answer") as db:
            await closing.write_message(db, mine.complaint.id, LONG, clock.now())
    weight = len((await mine.open()).content) + SHEET.stat().st_size
    assert weight <= 30_000


async def test_a_serious_event_is_told_in_two_lines_and_gives_nothing_away(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    mine = await guest(client, world, "anonymous")
    await marked(mine.complaint, respect=1)
    await owner.execute("UPDATE complaint SET is_serious = true, is_shared = false, holder = 'platform'")
    await owner.execute(
        """
        INSERT INTO complaint_event (id, platform_id, complaint_id, at, kind, audience, text)
        SELECT gen_random_uuid(), platform_id, id, now(), 'step', 'serious', 'Signalement au procureur'
        FROM complaint
        """
    )
    page = await mine.open()
    said = words(page)
    assert heading(page) == "Votre demande est suivie"
    for hidden in ("procureur", "comportement", "Aide 34", "Changer d’avis"):
        assert hidden not in said
    assert "3977" in said


async def test_a_complaint_joined_to_another_is_followed_there(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    mine = await guest(client, world)
    kept = await guest(client, world, name="M. Durand")
    merge = "UPDATE complaint SET state = 'merged', merged_into_id = $2 WHERE id = $1"
    await owner.execute(merge, mine.complaint.id, kept.complaint.id)
    assert (await mine.open()).status_code == 404  # somebody else's is never shown
    await owner.execute("UPDATE complaint_subject SET client_id = $1", kept.complaint.client)
    assert reference_of(world.house.keyring, kept.complaint.id) in words(await mine.open())


async def test_gironde_sees_there_what_anybody_sees(client: httpx.AsyncClient, world: World) -> None:
    mine = await guest(client, world)
    before = await mine.open()
    await sign_in(client, world, "funder", world.gironde)
    assert (await mine.open()).text == before.text
    assert (await client.get(f"/suivi/{UNKNOWN}")).status_code == 404
