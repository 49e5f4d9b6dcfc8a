"""Complaints on the home page: counted as their reader may know them."""

from datetime import timedelta

import httpx
import pytest

from quality import clock
from tests.quality.complaints.opened import filed
from tests.quality.measures.views.test_pages import seen
from tests.surveys.desk.waiting import go_to
from tests.world import World, sign_in


async def home_of(client: httpx.AsyncClient, world: World, role: str, organisation: object = None) -> str:
    await sign_in(client, world, role, organisation)  # type: ignore[arg-type]
    return seen(await client.get("/accueil"))


async def test_open_complaints_are_counted_by_what_they_await(
    client: httpx.AsyncClient, world: World
) -> None:
    await filed(world)
    words = await home_of(client, world, "provider", world.aide34)
    assert "Une réclamation en cours Accusé de réception attendu 1 Solution attendue 0" in words


async def test_a_late_complaint_is_told_in_the_title(client: httpx.AsyncClient, world: World) -> None:
    await filed(world)
    go_to(clock.now() + timedelta(days=6))
    assert "Une réclamation en cours, dont une en retard" in await home_of(client, world, "supervisor")


@pytest.mark.parametrize("disclosure", ["call_first", "named"])
async def test_a_provider_counts_no_complaint_that_awaits_a_call_nor_another_s(
    client: httpx.AsyncClient, world: World, disclosure: str
) -> None:
    await filed(world, disclosure)
    reader = world.cap if disclosure == "named" else world.aide34
    assert "Aucune réclamation en cours" in await home_of(client, world, "provider", reader)
    assert "Une réclamation en cours" in await home_of(client, world, "platform")
