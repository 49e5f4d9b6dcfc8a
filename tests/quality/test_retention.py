"""All terms at once: `quality purge` says what went, and the audit trail keeps it."""

import subprocess
import sys
from datetime import timedelta
from html import unescape

import asyncpg
import httpx

from quality import clock
from quality.access.audit import breaks
from quality.access.scope import scoped
from quality.retention import purge
from quality.settings import Settings
from tests.surveys.visits import MORNING, none_waits, someone, visit
from tests.world import World

PROMISED = {
    "forget-names",
    "forget-files",
    "forget-words",
    "forget-contacts",
    "forget-answers",
    "forget-complaints",
    "forget-readings",
    "forget-devices",
}


async def test_every_term_is_a_job_and_a_purge_keeps_them_all(
    world: World, owner: asyncpg.Connection
) -> None:
    await visit(await someone(world, mobile="+33639980001"))
    await none_waits()
    assert world.house.jobs.keys() >= PROMISED
    assert await purge(world.house) == dict.fromkeys(PROMISED, 0)
    assert await owner.fetchval("SELECT count(*) FROM audit WHERE action = 'term.keep'") == 0


async def test_what_went_is_in_the_audit_trail(world: World, owner: asyncpg.Connection) -> None:
    await visit(await someone(world, mobile="+33639980001"), MORNING - timedelta(days=400))
    await none_waits()
    clock.set_offset(timedelta(0))
    assert await purge(world.house) == dict.fromkeys(PROMISED, 0) | {"forget-names": 1}
    line = await owner.fetchrow("SELECT subject, detail FROM audit WHERE action = 'term.keep'")
    assert tuple(line) == ("forget-names", '{"count": 1}')
    async with scoped(world.operator) as db:
        assert await breaks(db) == []


async def test_the_command_says_how_many_rows_went(world: World, settings: Settings) -> None:
    await visit(await someone(world, mobile="+33639980001"), MORNING - timedelta(days=400))
    await none_waits()
    environment = {
        "QUALITY_DATABASE_URL": settings.database_url,
        "QUALITY_SECRET_KEY": settings.secret_key,
        "QUALITY_BASE_URL": settings.base_url,
        "PATH": "/usr/bin:/bin",
    }

    def told(*options: str) -> str:
        command = [sys.executable, "-m", "quality", "purge", *options]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return done.stdout

    assert '"forget-names":1' in told("--json")
    assert "forget-names : 0 (noms et coordonnées, 12 mois après la dernière visite)" in told()


async def test_the_page_promises_what_the_terms_keep(client: httpx.AsyncClient, world: World) -> None:
    page = unescape((await client.get("/confidentialite")).text)
    for term, kept in (
        ("Vos commentaires", "12 mois après votre réponse"),
        ("Votre nom et vos coordonnées", "12 mois après la dernière visite"),
        ("Vos notes", "5 ans"),
        ("Les messages et les appels", "6 mois"),
        ("Une réclamation", "5 ans après sa clôture"),
        ("Le code de l’appareil", "30 jours"),
    ):
        after = page.split(f"{term}</dt>", 1)[1]
        assert kept in after.split("</dd>", 1)[0]
