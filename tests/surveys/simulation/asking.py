"""Simulations asked for on the page, and computed here as the worker's own process does."""

from typing import Any

import httpx

from surveys.simulation import claiming
from surveys.simulation.computing import computed
from tests.world import World

Files = dict[str, tuple[str, bytes, str]]


async def asked(
    client: httpx.AsyncClient, page: str, form: dict[str, str], files: Files | None = None
) -> str:
    """Send the form; return the address of the simulation."""
    sent: Any = files or None
    answer = await client.post(page, data=form, files=sent)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def compute(world: World) -> None:
    """Compute the oldest simulation that waits."""
    claimed = await claiming.claim()
    assert claimed is not None
    await computed(world.house, claimed)


async def simulated(
    client: httpx.AsyncClient, world: World, page: str, form: dict[str, str], files: Files | None = None
) -> httpx.Response:
    """Ask, let it be computed, and open the page of what came of it."""
    address = await asked(client, page, form, files)
    await compute(world)
    found = await client.get(address)
    assert found.status_code == 200
    return found
