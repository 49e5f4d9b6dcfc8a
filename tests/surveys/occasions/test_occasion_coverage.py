"""/interventions/couverture: what each provider's visits became; a provider reads its own line, no answer."""

from datetime import timedelta
from html import unescape

import asyncpg
import httpx

from surveys.occasions.coverage import PATH
from tests.surveys.dispatch.asking import NOON, asked, change
from tests.surveys.occasions.test_occasion_list import decided
from tests.surveys.visits import MORNING, someone
from tests.world import World, sign_in


async def crowd(world: World) -> None:
    """Six people asked, five of whom answered, three visits left out, and one of another provider."""
    for n in range(6):
        await asked(world, await someone(world, mobile=f"+3363998{n:04}"))
    await change("attempt", "state = 'sent', sent_at = $1", NOON, where="step = 1")
    await change(
        "invitation",
        "answered_at = $1",
        NOON,
        where="id <> (SELECT min(id::text)::uuid FROM invitation)",
    )
    for n, reason in enumerate(("cap", "cap", "refused")):
        await decided(await someone(world), reason, f"V-{n}", MORNING + timedelta(minutes=n))
    await decided(await someone(world, provider=world.cap), "no_channel", "V-9")


async def test_the_staff_reads_each_provider(client: httpx.AsyncClient, world: World) -> None:
    await crowd(world)
    await sign_in(client, world, "platform")
    lines = (await client.get(f"{PATH}.csv?mois=2026-11")).content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Organisme;Visites;Suivies;Contactées;Réponses;Premier motif;Combien"
    assert lines[1].startswith("Aide 34")
    assert lines[1].endswith(";9;6;6;5;Plafond atteint;2")
    assert lines[2].endswith(";1;0;0;0;Sans moyen de contact;1")
    page = unescape((await client.get(f"{PATH}?mois=2026-11")).text)
    assert "6 visites sur 10 sont suivies, soit 60" in page
    assert "Plafond atteint (2)" in page


async def test_who_is_asked_through_a_relative_counts_too(client: httpx.AsyncClient, world: World) -> None:
    await asked(world, await someone(world, relative_phone="+33639991234"))
    await change("attempt", "state = 'sent', sent_at = $1", NOON, where="step = 6")
    await change("invitation", "answered_at = $1", NOON)
    await sign_in(client, world, "platform")
    assert ";1;1;1;moins de 5;" in (await client.get(f"{PATH}.csv?mois=2026-11")).text


async def test_what_did_not_arrive_contacted_nobody(client: httpx.AsyncClient, world: World) -> None:
    await asked(world)
    failed = "state = 'failed', reason = 'undelivered', sent_at = $1"
    await change("attempt", failed, NOON, where="step = 1")
    await sign_in(client, world, "platform")
    assert ";1;1;0;0;" in (await client.get(f"{PATH}.csv?mois=2026-11")).text


async def test_few_answers_are_not_counted_out(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await asked(world)
    await change("invitation", "answered_at = $1", NOON)
    await sign_in(client, world, "supervisor")
    assert ";moins de 5;" in (await client.get(f"{PATH}.csv?mois=2026-11")).text


async def test_a_provider_reads_its_own_line_and_no_answer(client: httpx.AsyncClient, world: World) -> None:
    await crowd(world)
    await sign_in(client, world, "provider", world.aide34)
    lines = (await client.get(f"{PATH}.csv?mois=2026-11")).content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].endswith(";9;6;;;Non retenue;3")
    page = (await client.get(f"{PATH}?mois=2026-11")).text
    assert "Réponses" not in page
    assert "Plafond" not in page


async def test_a_month_without_visits_says_so(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "platform")
    page = unescape((await client.get(f"{PATH}?mois=2026-02")).text)
    assert "Aucune visite reçue en février\u00a02026." in page
    assert (await client.get(f"{PATH}?mois=hier")).status_code == 200


async def test_gironde_reads_no_coverage(client: httpx.AsyncClient, world: World) -> None:
    await crowd(world)
    await sign_in(client, world, "funder", world.gironde)
    assert (await client.get(PATH)).status_code == 403
    assert (await client.get(f"{PATH}.csv")).status_code == 403
