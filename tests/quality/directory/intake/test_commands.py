"""`quality import …` as an operator runs it, in a process of its own."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from quality import db, postgres
from tests.conftest import SECRET
from tests.files import visits_file
from tests.live import PATIENCE_SECONDS
from tests.quality.directory.intake.sending import csv, visit
from tests.world import AIDE_34, CAP_DOMICILE, World

ROOT = Path(__file__).parents[4]
MADE = visits_file()
WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE wait_event_type = 'Lock' AND query LIKE '%INSERT INTO intervention_key%' AND pid <> pg_backend_pid()
"""


@pytest.fixture
def environment(server: postgres.Server) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "QUALITY_DATABASE_URL": server.application_url,
        "QUALITY_SECRET_KEY": SECRET,
        "QUALITY_HOME": str(server.home),
        "PYTHONPATH": str(ROOT),
        "NO_COLOR": "1",
        "TERM": "dumb",
        "COLUMNS": "200",
    }


async def started(environment: dict[str, str], arguments: Sequence[object]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "quality",
        "import",
        *map(str, arguments),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def run(environment: dict[str, str], *arguments: object) -> tuple[int | None, str, str]:
    process = await started(environment, arguments)
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


@asynccontextmanager
async def keys_held(server: postgres.Server) -> AsyncIterator[None]:
    """Hold every writer of references back."""
    connection = await asyncpg.connect(**db.credentials(server.owner_url))
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE intervention_key IN SHARE MODE")
            yield
    finally:
        await connection.close()


async def until(owner: asyncpg.Connection, sql: str, wanted: int) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        found = None
        while found != wanted:
            found = await owner.fetchval(sql)


async def test_a_file_its_rejects_and_the_same_file_again(
    world: World, same_clock: None, environment: dict[str, str], tmp_path: Path
) -> None:
    file, rejects = tmp_path / "visites.csv", tmp_path / "rejets.csv"
    file.write_bytes(MADE.content)
    arguments = ("interventions", file, "--provider", AIDE_34, "--json")
    code, out, _ = await run(environment, *arguments, "--rejects", rejects)
    counts = json.loads(out)
    assert code == 0
    assert list(counts) == ["read", "created", "updated", "unchanged", "refused", "errors"]
    assert (counts["read"], counts["created"], counts["refused"]) == (5_000, 4_963, 37)
    assert tuple((error["line"], error["column"]) for error in counts["errors"]) == MADE.errors
    assert all(set(error) == {"line", "column", "value", "message"} for error in counts["errors"])

    file.write_bytes(MADE.mended(rejects.read_bytes()))
    code, out, _ = await run(environment, *arguments)
    assert (code, json.loads(out)["created"]) == (0, 37)
    file.write_bytes(MADE.content)
    code, out, _ = await run(environment, *arguments, "--dry-run")
    assert (json.loads(out)["created"], json.loads(out)["unchanged"]) == (0, 4_963)


async def test_a_load_killed_in_the_middle_leaves_nothing_and_is_sent_again(
    world: World,
    same_clock: None,
    owner: asyncpg.Connection,
    server: postgres.Server,
    environment: dict[str, str],
    tmp_path: Path,
) -> None:
    file = tmp_path / "visites.csv"
    file.write_bytes(MADE.content)
    arguments = ("interventions", file, "--provider", AIDE_34, "--json")
    async with keys_held(server):
        process = await started(environment, arguments)
        await until(owner, WAITING, 1)
        process.send_signal(signal.SIGKILL)
        await process.communicate()
    assert process.returncode == -signal.SIGKILL
    await until(owner, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'", 0)
    for table in ("intervention", "intervention_key", "client", "person", "import_batch"):
        assert await owner.fetchval(f"SELECT count(*) FROM {table}") == 0
    code, out, _ = await run(environment, *arguments)
    assert (code, json.loads(out)["created"]) == (0, 4_963)
    assert await owner.fetchval("SELECT count(*) FROM intervention") == 4_963


async def test_a_dry_run_says_so_in_words(
    world: World, owner: asyncpg.Connection, same_clock: None, environment: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "visites.csv"
    file.write_bytes(csv(visit(), visit(reference="V-2", mode="domicile")))
    code, out, err = await run(environment, "interventions", file, "--provider", AIDE_34, "--dry-run")
    assert (code, out.splitlines()[0]) == (0, "Essai : rien n’est écrit.")
    assert "2 lignes lues : 1 nouvelles" in out
    assert "Ligne 3, mode : « domicile »." in err
    assert await owner.fetchval("SELECT count(*) FROM intervention") == 0


async def test_what_cannot_be_read_is_refused_with_exit_1(
    world: World, environment: dict[str, str], tmp_path: Path
) -> None:
    image = tmp_path / "visites.csv"
    image.write_bytes(b"\x89PNG\x00")
    for file, provider, message in (
        (image, AIDE_34, "pas un texte"),
        (tmp_path / "absent.csv", AIDE_34, "n’existe pas"),
        (image, "00000000000000", "Aucun organisme"),
        (image, "D34", "Aucun organisme"),
    ):
        code, out, err = await run(environment, "interventions", file, "--provider", provider)
        assert (code, out) == (1, "")
        assert message in err
        assert "Traceback" not in err


async def test_an_option_left_out_is_a_usage_error(world: World, environment: dict[str, str]) -> None:
    code, _, err = await run(environment, "interventions", "visites.csv")
    assert code == 2
    assert "--provider" in err


async def test_providers_are_loaded_from_their_file(
    world: World, environment: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "organismes.csv"
    file.write_bytes(
        csv({"siret": CAP_DOMICILE, "name": "Cap Domicile", "legal_form": "SARL", "departement": "34"})
    )
    code, out, _ = await run(environment, "providers", file, "--json")
    assert (code, json.loads(out)["unchanged"]) == (0, 1)
