"""/interventions/couverture: what each provider's visits became; a provider reads its own line, no answer."""

from datetime import timedelta
from html import unescape

import asyncpg
import httpx

from surveys.occasions.coverage import PATH
from surveys.occasions.list_pages import HREF
from surveys.retention.contacts import forget_contacts
from tests.surveys.dispatch.asking import NOON, asked, change
from tests.surveys.occasions.test_occasion_list import decided
from tests.surveys.retention.test_contacts import pass_months
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
    heads = "Organisme;Visites;Suivies;Contactées;Réponses;Plafond atteint;Personne qui a refusé"
    assert lines[0] == f"{heads};Sans moyen de contact"
    assert lines[1].startswith("Aide 34")
    assert lines[1].endswith(";9;6;6;5;2;1;0")
    assert lines[2].endswith(";1;0;0;0;0;0;1")
    page = unescape((await client.get(f"{PATH}?mois=2026-11")).text)
    assert "6 visites sur 10 sont suivies, soit 60" in page
    for slug, words in (("plafond", "Plafond atteint (2)"), ("refus", "Personne qui a refusé (1)")):
        assert f'{HREF}?mois=2026-11&organisme={world.aide34}&decision={slug}">{words}</a>' in page


async def test_the_contacts_of_a_month_stay_once_its_messages_have_left(
    client: httpx.AsyncClient, world: World
) -> None:
    await crowd(world)
    await change("attempt", "state = 'expired', reason = 'window_over'", where="sent_at IS NULL")
    await change("call_case", "state = 'done', outcome = 'window_over', closed_at = $1", NOON)
    pass_months(7, 0)
    assert await forget_contacts(world.house) > 0
    await sign_in(client, world, "platform")
    lines = (await client.get(f"{PATH}.csv?mois=2026-11")).content.decode("utf-8-sig").splitlines()
    assert lines[1].endswith(";9;6;6;5;2;1;0")


async def test_who_is_asked_through_a_relative_counts_too(client: httpx.AsyncClient, world: World) -> None:
    await asked(world, await someone(world, relative_phone="+33639991234"))
    await change("attempt", "state = 'sent', sent_at = $1", NOON, where="step = 6")
    await change("invitation", "answered_at = $1", NOON)
    await sign_in(client, world, "platform")
    assert ";1;1;1;1\r" in (await client.get(f"{PATH}.csv?mois=2026-11")).text


async def test_what_did_not_arrive_contacted_nobody(client: httpx.AsyncClient, world: World) -> None:
    await asked(world)
    failed = "state = 'failed', reason = 'undelivered', sent_at = $1"
    await change("attempt", failed, NOON, where="step = 1")
    await sign_in(client, world, "platform")
    assert ";1;1;0;0\r" in (await client.get(f"{PATH}.csv?mois=2026-11")).text


async def test_few_answers_are_a_number_to_the_staff(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await asked(world)
    await change("invitation", "answered_at = $1", NOON)
    await sign_in(client, world, "supervisor")
    assert ";1;1;0;1\r" in (await client.get(f"{PATH}.csv?mois=2026-11")).text


async def test_a_provider_reads_its_own_line_and_no_answer(client: httpx.AsyncClient, world: World) -> None:
    await crowd(world)
    await sign_in(client, world, "provider", world.aide34)
    lines = (await client.get(f"{PATH}.csv?mois=2026-11")).content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Organisme;Visites;Prise en compte"
    assert len(lines) == 2
    assert lines[1].endswith(";9;9")
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


async def test_what_a_provider_reads_adds_up_to_its_visits(client: httpx.AsyncClient, world: World) -> None:
    one = await someone(world)
    for n, reason in enumerate(("drawn", "drawn", "cap", "cancelled")):
        await decided(one, reason, f"V-{n}", MORNING + timedelta(minutes=n))
    await sign_in(client, world, "provider", world.aide34)
    lines = (await client.get(f"{PATH}.csv?mois=2026-11")).content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Organisme;Visites;Prise en compte;Visite annulée"
    assert lines[1].endswith(";4;3;1")
    page = unescape((await client.get(f"{PATH}?mois=2026-11")).text)
    assert page.index("Prise en compte (3)") < page.index("Visite annulée (1)")
