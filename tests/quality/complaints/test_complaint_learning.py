"""/reclamations/bilan: findings before figures; a provider reads no small count and no name."""

from datetime import datetime, timedelta

import asyncpg
import httpx
import pytest

from quality import clock
from quality.db import execute, pool
from tests.quality.complaints.opened import Filed, filed
from tests.quality.measures.views.test_pages import seen
from tests.world import AIDE_34, World, sign_in

DAY = timedelta(days=1)
WITHIN = "Solution en 15 jours 83 % de 44 à 97 % 6 réclamations, trop peu pour conclure"
HREF = "/reclamations/bilan"
REMEDIED = """
UPDATE complaint SET state = 'remedied', acknowledged_at = opened_at, cause = 'c', remedy = 'r',
    cause_code = $3, remedied_at = $2 WHERE id = $1
"""
PROMISE = """
INSERT INTO complaint_promise (id, platform_id, provider_id, complaint_id, remedy_code, authority, made_at,
    due_at, state, done_at, done_how)
SELECT gen_random_uuid(), platform_id, provider_id, id, 'replan', 'agent', opened_at, $2, $3, $4, $5
FROM complaint WHERE id = $1
"""
REFUSAL = """
INSERT INTO authority_refusal (id, platform_id, provider_id, complaint_id, role, remedy_code, amount_cents,
    reason, who_can, at)
SELECT gen_random_uuid(), platform_id, provider_id, id, 'agent', 'refund', 9000, 'above_limit', 'supervisor',
    $2 FROM complaint WHERE id = $1
"""


async def change(complaint: Filed, sql: str, *values: object) -> None:
    await execute(pool("work"), sql, complaint.id, *values)


def wait(days: float) -> datetime:
    clock.set_offset(clock.offset() + days * DAY)
    return clock.now()


async def six(world: World, disclosure: str = "anonymous") -> list[Filed]:
    """Open six complaints and bring a remedy to five of them, six days later."""
    made = [await filed(world, disclosure, name=f"Mme Client {number}") for number in range(6)]
    at = wait(6)
    for each in made[:5]:
        await change(each, REMEDIED, at, "schedule")
    return made


async def opened(client: httpx.AsyncClient, world: World, role: str, path: str = HREF) -> str:
    await sign_in(client, world, role, world.aide34 if role == "provider" else None)
    page = await client.get(path)
    assert page.status_code == 200
    return seen(page)


async def test_words_come_before_figures(client: httpx.AsyncClient, world: World) -> None:
    await six(world)
    words = await opened(client, world, "supervisor")
    assert "La moitié des réclamations a une solution en 6 jours" in words
    assert "6 réclamations ouvertes depuis décembre 2025." in words
    assert "La moitié a reçu une solution en 6 jours au plus, 1 encore ouverte compte aussi." in words
    assert "La cause écrite le plus souvent : Horaires ou planning (5 fois)." in words


async def test_each_share_has_its_interval_and_what_it_counts(
    client: httpx.AsyncClient, world: World
) -> None:
    made = await six(world)
    due = wait(10)
    await change(made[0], PROMISE, due, "done", due, "client")
    await change(made[1], PROMISE, due, "broken", None, None)
    words = await opened(client, world, "platform")
    assert WITHIN in words
    assert "Engagements tenus à temps 50 % de 9 à 91 % 2 engagements, trop peu pour conclure" in words
    assert "Réglées, disent les personnes pas encore de mesure" in words


async def test_what_the_desk_had_no_power_to_grant_is_counted_by_reason(
    client: httpx.AsyncClient, world: World
) -> None:
    made = await six(world)
    await change(made[0], REFUSAL, clock.now())
    await change(made[1], PROMISE, clock.now() + DAY, "promised", None, None)
    words = await opened(client, world, "supervisor")
    assert (
        "accorder une solution dans 2 réclamations. Dans 1 d’entre elles, il n’en avait pas le pouvoir"
        in words
    )
    assert "Rembourser Au-dessus de sa limite le superviseur Nombre 1" in words
    assert "pouvoir" not in await opened(client, world, "provider")


async def test_the_platform_reads_who_comes_back_and_the_look_is_audited(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    first, second = await filed(world, "anonymous"), await filed(world, name="Mme Autre")
    await execute(
        pool("work"),
        "UPDATE complaint_subject SET client_id = $2 WHERE id = $1",
        second.id,
        first.client,
    )
    words = await opened(client, world, "supervisor")
    assert "1 personne est venue plusieurs fois." in words
    assert "Mme Martin Réclamation 1 , Réclamation 2" in words
    assert await owner.fetchval("SELECT count(*) FROM audit WHERE action = 'complaint.names'") == 1


async def test_a_provider_with_fewer_than_five_reads_only_that(
    client: httpx.AsyncClient, world: World
) -> None:
    for number in range(4):
        await filed(world, name=f"Mme Client {number}")
    words = await opened(client, world, "provider")
    assert "Moins de 5 réclamations en douze mois" in words
    assert "Les causes" not in words


async def test_a_provider_reads_no_count_under_five_and_no_name(
    client: httpx.AsyncClient, world: World
) -> None:
    made = await six(world)
    await change(made[5], REMEDIED, clock.now(), "invoice")
    words = await opened(client, world, "provider")
    assert "6 réclamations ouvertes" in words
    assert "Facture" not in words
    assert "Les autres causes ensemble 6" in words
    for hidden in ("Mme Client", "Par organisme", "Organisme Tous", "mois par mois"):
        assert hidden not in words


async def test_a_provider_does_not_count_those_of_another(client: httpx.AsyncClient, world: World) -> None:
    for _ in range(6):
        await filed(world, provider=world.cap)
    words = await opened(client, world, "provider", f"{HREF}?organisme={AIDE_34}")
    assert "Moins de 5 réclamations" in words


async def test_the_staff_chooses_one_organisation(client: httpx.AsyncClient, world: World) -> None:
    await six(world)
    await filed(world, provider=world.cap)
    whole = await opened(client, world, "platform")
    assert "Aide 34 Réclamations 6" in whole
    assert "1 autre organisme a eu moins de cinq réclamations." in whole
    one = await opened(client, world, "platform", f"{HREF}?organisme={AIDE_34}")
    assert "Aide 34. Douze mois" in one
    assert "Par organisme" not in one
    assert (await client.get(f"{HREF}?organisme=inconnu")).status_code == 404


async def test_what_was_withdrawn_or_waits_for_a_call_is_not_counted(
    client: httpx.AsyncClient, world: World
) -> None:
    await filed(world, "call_first")
    withdrawn = await filed(world)
    await change(
        withdrawn,
        "UPDATE complaint SET state = 'closed', acknowledged_at = opened_at, remedied_at = opened_at, "
        "closed_at = opened_at, verdict = 'no_answer', cause = 'Retirée par la personne', remedy = 'r' "
        "WHERE id = $1",
    )
    assert "Aucune réclamation en douze mois" in await opened(client, world, "supervisor")


async def test_serious_events_are_told_apart(client: httpx.AsyncClient, world: World) -> None:
    made = await six(world)
    await change(
        made[5],
        "UPDATE complaint SET is_serious = true, is_shared = false, handled_at = opened_at WHERE id = $1",
    )
    words = await opened(client, world, "supervisor")
    assert "Événements graves : 1 signalé, 1 pris en charge en 24 heures." in words
    assert "5 réclamations ouvertes" in words
    assert "signalé" not in await opened(client, world, "provider")


@pytest.mark.parametrize(
    ("role", "organisation"), [("agent", None), ("funder", "gironde"), ("observer", "observer")]
)
async def test_gironde_and_others_read_nothing(
    client: httpx.AsyncClient, world: World, role: str, organisation: str | None
) -> None:
    await six(world)
    await sign_in(client, world, role, getattr(world, organisation) if organisation else None)
    assert (await client.get(HREF)).status_code == 403
