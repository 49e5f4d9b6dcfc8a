"""Commands of access, as a shell runs them: what they print, and exit 1 with a message when refused."""

import subprocess
import sys
from collections.abc import Callable

import asyncpg
import pytest

from quality.access import keys, signing
from quality.access.actor import operator
from quality.access.founding import create_platform
from quality.access.scope import scoped
from quality.app import House
from quality.commands import platform_of
from quality.errors import Refused
from quality.settings import Settings
from tests.quality.access.conftest import SECRET_WORDS
from tests.world import World

PROGRAM = (
    "import typer; from quality.access.commands import commands; app = typer.Typer(); commands(app); app()"
)
Shell = Callable[..., subprocess.CompletedProcess[str]]
LA_POSTE = "35600000049837"


@pytest.fixture
def shell(settings: Settings) -> Shell:
    def run(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        environment = {
            "QUALITY_DATABASE_URL": settings.database_url,
            "QUALITY_SECRET_KEY": settings.secret_key,
            "QUALITY_BASE_URL": settings.base_url,
            "PATH": "/usr/bin:/bin",
        }
        command = [sys.executable, "-c", PROGRAM, *arguments]
        return subprocess.run(
            command, env=environment, input=given, capture_output=True, text=True, check=False
        )

    return run


async def test_a_platform_is_founded_with_its_organisations_and_people(
    shell: Shell, empty: None, house: House, owner: asyncpg.Connection
) -> None:
    assert (
        shell(
            "platform", "create", "PLE34", "--name", "Pléiades Services", "--phone", "0467000000"
        ).returncode
        == 0
    )
    assert await owner.fetchval("SELECT count(*) FROM protocol_version") > 0
    made = shell(
        "organisation", "create", LA_POSTE, "--kind", "provider", "--name", "La Poste", "--departement", "34"
    )
    assert (made.returncode, made.stderr) == (0, "")
    row = await owner.fetchrow("SELECT code, siret, short_name, departement FROM organisation")
    assert tuple(row) == (LA_POSTE, LA_POSTE, "La Poste", "34")
    assert await owner.fetchval("SELECT count(*) FROM referencing WHERE status = 'referenced'") == 1
    opened = shell(
        *("account", "create", "camille@demo.invalid", "--role", "provider"),
        *("--organisation", LA_POSTE, "--password-stdin"),
        given=f"{SECRET_WORDS}\n",
    )
    assert opened.returncode == 0
    assert SECRET_WORDS not in opened.stdout
    spaces = await signing.sign_in(house.keyring, "camille@demo.invalid", SECRET_WORDS, "")
    assert [space.organisation_name for space in spaces] == ["La Poste"]


async def test_an_invitation_s_link_is_printed(shell: Shell, world: World) -> None:
    opened = shell("account", "create", "nadia@demo.invalid", "--role", "agent", "--name", "Nadia")
    assert opened.stdout.startswith("http://testserver/invitation/")
    again = shell("account", "create", "nadia@demo.invalid", "--role", "reine")
    assert (again.returncode, again.stdout) == (1, "")
    assert "rôle" in again.stderr


async def test_a_key_is_printed_once(shell: Shell, world: World) -> None:
    made = shell("key", "create", "Logiciel", "--organisation", "D34")
    caller = await keys.caller_of_key(made.stdout.strip())
    assert caller is not None
    assert caller.actor.organisation == world.herault
    unknown = shell("key", "create", "Logiciel", "--organisation", "D99")
    assert unknown.returncode == 1
    assert "D99" in unknown.stderr


async def test_a_key_is_revoked_by_its_name_in_its_organisation_only(shell: Shell, world: World) -> None:
    lost, kept = (
        shell("key", "create", "Logiciel", "--organisation", code).stdout.strip() for code in ("D34", "CNAV")
    )
    revoked = shell("key", "revoke", "Logiciel", "--organisation", "D34")
    assert (revoked.returncode, revoked.stdout) == (0, "Clés révoquées : 1.\n")
    assert await keys.caller_of_key(lost) is None
    assert await keys.caller_of_key(kept) is not None
    again = shell("key", "revoke", "Logiciel", "--organisation", "D34")
    assert (again.returncode, "Logiciel" in again.stderr) == (1, True)


async def test_a_changed_trail_is_refused(shell: Shell, world: World, owner: asyncpg.Connection) -> None:
    shell("key", "create", "Logiciel", "--organisation", "D34")
    assert shell("audit", "verify").returncode == 0
    await owner.execute("UPDATE audit SET subject = 'autre' WHERE action = 'key.create'")
    broken = shell("audit", "verify")
    assert broken.returncode == 1
    assert "lignes 1" in broken.stderr


async def test_with_several_platforms_one_is_named(shell: Shell, house: House, world: World) -> None:
    await create_platform(house, "AUTRE", "Autre")
    several = shell("key", "create", "Logiciel", "--organisation", "D34")
    assert several.returncode == 1
    assert "AUTRE, PLE34" in several.stderr
    assert "Traceback" not in several.stderr
    named = shell("key", "create", "Logiciel", "--organisation", "D34", "--platform", "PLE34")
    assert named.returncode == 0


async def test_a_platform_of_an_unknown_code_is_refused_with_those_that_exist(world: World) -> None:
    async with scoped(world.operator) as db:
        with pytest.raises(Refused, match="PLE34"):
            await platform_of(db, "NON")


async def test_without_a_platform_the_command_that_makes_one_is_said(empty: None) -> None:
    async with scoped(operator()) as db:
        with pytest.raises(Refused, match="quality platform create"):
            await platform_of(db, None)


async def test_a_wrong_use_exits_2(shell: Shell, empty: None) -> None:
    assert shell("account", "create").returncode == 2
