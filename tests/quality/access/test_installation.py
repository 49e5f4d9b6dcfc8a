"""An administrator reads in words who has access and whether the installation works."""

from datetime import timedelta

import asyncpg
import httpx

from quality.access import accounts, keys
from tests.quality.access.conftest import BASE
from tests.quality.measures.views.test_pages import seen
from tests.world import World, sign_in

RUN = """
INSERT INTO tick_run (id, job, slot, started_at, finished_at, error)
VALUES ($1, $2, now() - $3::interval, now() - $3::interval, now() - $3::interval, $4)
"""


async def home_of(client: httpx.AsyncClient, world: World, role: str = "admin") -> str:
    await sign_in(client, world, role)
    return seen(await client.get("/accueil"))


async def test_accounts_and_keys_are_counted(client: httpx.AsyncClient, world: World) -> None:
    await accounts.create_account(
        world.staff, accounts.checked("camille@demo.invalid", "Camille", "agent"), BASE
    )
    await keys.create_key(world.staff, "essai", world.aide34)
    words = await home_of(client, world)
    assert "2 personnes ont un accès. 2 n’ont pas encore choisi leur mot de passe." in words
    assert "1 clé ouvre l’échange de fichiers entre logiciels." in words


async def test_another_platform_s_keys_are_not_counted(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await keys.create_key(world.staff, "essai", world.aide34)
    await owner.execute("UPDATE api_key SET platform_id = gen_random_uuid()")
    assert "Aucune clé n’ouvre" in await home_of(client, world)


async def test_silence_and_failure_of_the_background_work_are_told(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    words = await home_of(client, world)
    assert "Le travail de fond est arrêté" in words
    assert "Rien n’a tourné depuis plus de dix minutes" in words
    await owner.execute(RUN, "mail@1", "mail", timedelta(minutes=1), None)
    words = await home_of(client, world)
    assert "L’installation travaille" in words
    assert "Les messages, les appels et les contrôles tournent." in words
    await owner.execute(RUN, "mail@2", "mail", timedelta(seconds=1), "ValueError()")
    assert "En échec : mail." in await home_of(client, world)


async def test_a_changed_line_of_the_trail_breaks_the_seal(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await keys.create_key(world.staff, "essai", world.aide34)
    assert "Aucune n’a été modifiée." in await home_of(client, world)
    await owner.execute("UPDATE audit SET subject = 'autre'")
    assert "Sceau rompu" in await home_of(client, world)


async def test_no_other_role_reads_the_installation(client: httpx.AsyncClient, world: World) -> None:
    assert "Travail de fond" not in await home_of(client, world, "platform")
