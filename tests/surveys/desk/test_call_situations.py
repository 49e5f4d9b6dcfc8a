"""/appels/regles and /appels/absence: what became of one's own situations, and what changed meanwhile."""

from datetime import timedelta

import asyncpg
import httpx

from quality import clock
from quality.access.scope import scoped
from quality.db import execute, pool
from quality.measures.agreements.drafting import create_convention
from quality.measures.agreements.terms import Terms
from surveys.publishing import on_platform_created
from tests.quality.complaints.opened import filed
from tests.surveys.desk.test_call import taken
from tests.surveys.desk.test_call_panels import opened, with_grid
from tests.surveys.desk.test_call_remedies import WITHDRAWN
from tests.surveys.desk.waiting import survey_call
from tests.world import World, sign_in

Owner = asyncpg.Connection


async def promised(client: httpx.AsyncClient, world: World, owner: Owner) -> str:
    """Open a complaint in a call, promise a visit, end the call; return the token of the forms."""
    await survey_call(world)
    await with_grid(world, owner)
    href, token = await taken(client, world)
    await opened(client, href, token)
    await client.post(f"{href}/accord", data={"jeton": token, "numero": "1", "solution": "replan"})
    await client.post(f"{href}/issue", data={"jeton": token, "issue": "no_answer"})
    return token


async def test_one_s_own_situations_say_what_became_of_them(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    token = await promised(client, world, owner)
    page = (await client.get("/appels/regles")).text
    assert "Réclamation 1" in page
    assert "Une solution est attendue au plus tard le" in page
    await owner.execute(
        "UPDATE complaint SET state = 'closed', acknowledged_at = opened_at, remedied_at = opened_at, "
        "closed_at = opened_at, verdict = 'settled', cause = 'Bus', remedy = 'Excuses'"
    )
    assert "La personne dit que c’est réglé." in (await client.get("/appels/regles")).text
    assert token


async def test_a_complaint_withdrawn_or_joined_to_another_is_said_to_be_so(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    await promised(client, world, owner)
    other = await filed(world)
    await owner.execute(
        "UPDATE complaint SET state = 'merged', closed_at = opened_at, merged_into_id = $1 WHERE number = 1",
        other.id,
    )
    page = (await client.get("/appels/regles")).text
    assert f"Ce dossier est joint à la réclamation {other.number}" in page
    assert "sans nouvelle" not in page
    await owner.execute(WITHDRAWN)
    page = (await client.get("/appels/regles")).text
    assert "La personne a retiré sa réclamation." in page
    assert "sans nouvelle" not in page


async def test_another_s_are_not_mine(client: httpx.AsyncClient, world: World, owner: Owner) -> None:
    await promised(client, world, owner)
    await sign_in(client, world, "agent")
    page = (await client.get("/appels/regles")).text
    assert "Aucune situation pour l’instant" in page


async def test_one_reads_what_changed(client: httpx.AsyncClient, world: World, owner: Owner) -> None:
    await promised(client, world, owner)
    now = clock.now()
    await owner.execute(
        "INSERT INTO desk_notice (id, platform_id, title, text, at) "
        "VALUES (gen_random_uuid(), $1, $2, $3, $4)",
        world.platform,
        "Grève des bus lundi",
        "Les visites du matin seront décalées.",
        now - timedelta(days=3),
    )
    week = (await client.get("/appels/absence?jours=7")).text
    assert "Grève des bus lundi" in week
    assert "décalées" in week
    assert "Grève des bus lundi" not in (await client.get("/appels/absence")).text, (
        "told before the last call"
    )
    assert "Grève des bus lundi" in (await client.get("/appels/absence?jours=30")).text


YESTERDAY, LONG_AGO = timedelta(days=1), timedelta(days=400)
WEEK = "/appels/absence?jours=7"


async def test_a_grid_is_told_on_the_day_it_changed_with_what_it_grants(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    await with_grid(world, owner)
    await owner.execute("UPDATE referencing SET authority_at = $1", clock.now() - LONG_AGO)
    await sign_in(client, world, "agent")
    assert "ce que vous pouvez accorder" not in (await client.get(WEEK)).text
    await owner.execute(
        """UPDATE referencing SET authority = '{"refund_cents": 3000}', authority_at = $1""",
        clock.now() - YESTERDAY,
    )
    page = (await client.get(WEEK)).text
    assert "Aide 34\u00a0: ce que vous pouvez accorder a changé" in page
    assert "Rembourser jusqu’à 30\u00a0€" in page
    await owner.execute("UPDATE referencing SET authority = '{}', authority_at = $1", clock.now())
    assert "Vous ne pouvez plus rien accorder au-delà" in (await client.get(WEEK)).text


async def test_the_grid_of_a_convention_is_told_too(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    starts_on = (clock.now() - LONG_AGO).date()
    terms = Terms(
        code="herault-25",
        title="Qualité",
        funder=world.herault,
        providers=(world.aide34,),
        starts_on=starts_on,
    )
    await create_convention(world.staff, terms)
    await sign_in(client, world, "agent")
    assert "Convention de" not in (await client.get(WEEK)).text, "it grants nothing of its own"
    await owner.execute(
        """UPDATE convention SET authority = '{"mediation": true}', authority_at = $1""",
        clock.now() - YESTERDAY,
    )
    page = (await client.get(WEEK)).text
    assert "Convention\u00a0: Département de l’Hérault. Ce que vous pouvez accorder a changé" in page
    assert "Proposer une médiation" in page


async def test_a_message_is_told_on_the_day_its_words_changed(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    async with scoped(world.operator) as db:
        await on_platform_created(db, world.platform)
    await owner.execute("UPDATE message_template SET changed_at = $1", clock.now() - LONG_AGO)
    await sign_in(client, world, "agent")
    assert "message" not in main((await client.get(WEEK)).text)
    await owner.execute(
        "UPDATE message_template SET text = 'Bonjour, ici Pléiades.', changed_at = $1 "
        "WHERE name = 'voicemail' AND language = 'fr'",
        clock.now() - YESTERDAY,
    )
    page = (await client.get(WEEK)).text
    assert "Le texte d’un message a changé" in page
    assert "Bonjour, ici Pléiades." in page


async def test_whoever_changes_words_or_powers_dates_them(world: World, owner: Owner) -> None:
    await with_grid(world, owner)
    async with scoped(world.operator) as db:
        await on_platform_created(db, world.platform)
    await owner.execute("UPDATE referencing SET authority_at = '2020-01-01'")
    await owner.execute("UPDATE message_template SET changed_at = '2020-01-01'")
    await owner.execute("UPDATE referencing SET acknowledge_days = 2")
    assert await owner.fetchval("SELECT authority_at < '2021-01-01' FROM referencing")
    async with scoped(world.operator) as db:
        await execute(db, """UPDATE referencing SET authority = '{"mediation": true}'""")
    voicemail = "UPDATE message_template SET text = text || '!' WHERE name = 'voicemail'"
    await execute(pool("work"), voicemail)
    assert await owner.fetchval("SELECT authority_at > now() - interval '9 days' FROM referencing")
    dated = (
        "SELECT count(*) FROM message_template "
        "WHERE changed_at > now() - interval '9 days' AND name {} 'voicemail'"
    )
    assert await owner.fetchval(dated.format("=")) > 0
    assert await owner.fetchval(dated.format("<>")) == 0


def main(page: str) -> str:
    return page.partition("<main")[2].partition("</main>")[0]


async def test_what_happened_to_them_is_told(client: httpx.AsyncClient, world: World, owner: Owner) -> None:
    await promised(client, world, owner)
    await owner.execute(
        "INSERT INTO complaint_event (id, platform_id, complaint_id, at, kind, audience, text) "
        "SELECT gen_random_uuid(), platform_id, id, $1, 'acknowledged', 'all', '' FROM complaint",
        clock.now() + timedelta(seconds=5),
    )
    assert "Accusé de réception" in (await client.get("/appels/absence?jours=7")).text


async def test_gironde_reads_neither(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "funder", world.gironde)
    for path in ("/appels/regles", "/appels/absence"):
        assert (await client.get(path)).status_code == 403
