"""The platform reads on its home page what left today, and what was held back."""

import re

import asyncpg
import httpx

from quality import clock
from surveys.dispatch import recovery
from surveys.dispatch.home import REASONS
from tests.checks import ROOT
from tests.quality.measures.views.test_pages import seen
from tests.surveys.invited import invited
from tests.world import World, sign_in


async def home_of(client: httpx.AsyncClient, world: World, role: str = "platform") -> str:
    await sign_in(client, world, role)
    return seen(await client.get("/accueil"))


async def test_a_quiet_day_says_so(client: httpx.AsyncClient, world: World) -> None:
    words = await home_of(client, world)
    assert "Aucun message parti aujourd’hui" in words
    assert "Aucun message n’a été retenu aujourd’hui." in words


async def test_messages_of_the_day_are_counted_by_channel_and_reason(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await invited(world)
    await owner.execute("UPDATE attempt SET sent_at = NULL WHERE step > 0")
    await owner.execute("UPDATE attempt SET state = 'sent', sent_at = $1 WHERE step = 0", clock.now())
    await owner.execute(
        "UPDATE attempt SET state = 'suppressed', reason = 'refused', settled_at = $1 WHERE step = 1",
        clock.now(),
    )
    words = await home_of(client, world)
    assert "Un message parti aujourd’hui SMS 1 E-mails 0 Appels 0" in words
    assert "Retenus ou annulés aujourd’hui La personne a refusé 1" in words


async def test_a_supervisor_s_home_does_not_speak_of_messages(
    client: httpx.AsyncClient, world: World
) -> None:
    assert "parti aujourd’hui" not in await home_of(client, world, "supervisor")


def test_each_reason_that_ends_an_attempt_has_its_words() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "surveys").rglob("*.py")]
    written = {
        name for text in sources for name in re.findall(r"UPDATE attempt[^;\"]*?reason = '(\w+)'", text)
    }
    given = {"undelivered", "unable", "refused_by_carrier", "carrier_down", "carrier", "claimed_too_often"}
    given |= {"rerouted", "no_words", "address_changed", "address_purged"}
    assert len(written) > 4
    assert written | given | {*recovery.WITHDRAWN, *recovery.HELD} <= {*REASONS}
