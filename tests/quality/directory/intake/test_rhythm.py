"""A file is late against the provider's own rhythm, and the home page says so."""

from datetime import date, timedelta

import asyncpg
import httpx
import pytest

from quality import clock
from quality.directory.intake.rhythm import days_late
from tests.quality.directory.intake.sending import csv, send, visit
from tests.quality.directory.intake.test_batches import preview
from tests.quality.measures.views.test_pages import seen
from tests.world import World, sign_in

TODAY = date(2026, 11, 24)


def weekly(count: int, last: date) -> list[date]:
    return [last - timedelta(weeks=week) for week in range(count)]


@pytest.mark.parametrize(
    ("received", "late"),
    [
        (weekly(5, date(2026, 11, 17)), 0),
        (weekly(5, date(2026, 11, 11)), 6),
        ([*weekly(3, date(2026, 11, 11)), date(2026, 11, 11)], 6),
        (weekly(2, date(2026, 11, 1)), None),
        ([], None),
    ],
)
def test_a_file_is_late_when_the_usual_gap_is_over(received: list[date], late: int | None) -> None:
    assert days_late(received, TODAY) == late


async def received(world: World, owner: asyncpg.Connection, days_ago: list[int], provider: object) -> None:
    """Write committed files of the past, as if each had come on its day."""
    for ago in days_ago:
        await send(world, csv(visit(reference=f"V-{provider}-{ago}")), actor=world.staff, provider=provider)  # type: ignore[arg-type]
        await owner.execute(
            "UPDATE import_batch SET committed_at = $1 WHERE committed_at > $2",
            clock.now() - timedelta(days=ago),
            clock.now() - timedelta(minutes=30),
        )


async def test_a_provider_is_asked_for_the_file_that_is_late(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await received(world, owner, [34, 27, 20, 13], world.aide34)
    await sign_in(client, world, "provider", world.aide34)
    words = seen(await client.get("/accueil"))
    assert "Envoyer le fichier des visites, attendu depuis 6 jours" in words
    assert "Le dernier est arrivé mercredi 11 novembre." in words


async def test_a_provider_in_time_is_asked_for_nothing(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await received(world, owner, [27, 20, 13, 6], world.aide34)
    await sign_in(client, world, "provider", world.aide34)
    assert "Envoyer le fichier" not in seen(await client.get("/accueil"))


async def test_another_provider_s_late_file_is_not_mine(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await received(world, owner, [34, 27, 20, 13], world.cap)
    await sign_in(client, world, "provider", world.aide34)
    assert "attendu depuis" not in seen(await client.get("/accueil"))


async def test_a_file_read_and_not_confirmed_waits_on_the_home_page(
    client: httpx.AsyncClient, world: World
) -> None:
    await preview(world)
    await sign_in(client, world, "provider", world.aide34)
    assert "Confirmer le fichier visites.csv" in seen(await client.get("/accueil"))
    await sign_in(client, world, "provider", world.cap)
    assert "visites.csv" not in seen(await client.get("/accueil"))


async def test_the_platform_reads_whose_files_are_late_and_who_never_sent_one(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await received(world, owner, [34, 27, 20, 13], world.aide34)
    await sign_in(client, world, "platform")
    words = seen(await client.get("/accueil"))
    assert "Un fichier en retard" in words
    assert "Aide 34 attendu depuis 6 jours" in words
    assert "1 organisme n’a encore envoyé aucun fichier." in words


async def test_a_platform_without_any_file_says_so(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "platform")
    words = seen(await client.get("/accueil"))
    assert "Aucun fichier en retard" in words
    assert "2 organismes n’ont encore envoyé aucun fichier." in words
