"""Those who call read on their home page who waits, why, and until what hour."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unittest.mock import AsyncMock
from zoneinfo import ZoneInfo

import asyncpg
import httpx
import pytest

from quality import clock
from quality.web import platform
from surveys.desk.queueing import home
from tests.quality.measures.views.test_pages import seen
from tests.surveys.desk.waiting import go_to, other_call, survey_call
from tests.world import World, sign_in


async def home_of(client: httpx.AsyncClient, world: World, role: str = "agent") -> str:
    await sign_in(client, world, role)
    return seen(await client.get("/accueil"))


@pytest.mark.parametrize("role", ["agent", "supervisor"])
async def test_calls_due_are_counted_by_reason(client: httpx.AsyncClient, world: World, role: str) -> None:
    await survey_call(world)
    words = await home_of(client, world, role)
    assert "Un appel à passer maintenant Avis à recueillir 1" in words
    assert "Mme Martin" not in words


async def test_an_appointment_of_the_day_is_told(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    called = await other_call(world, next_due_at=clock.now() + timedelta(hours=4))
    await owner.execute("UPDATE call_case SET outcome = 'appointment' WHERE id = $1", called.id)
    words = await home_of(client, world)
    assert "Personne n’attend d’appel" in words
    assert "1 appel vient plus tard aujourd’hui. Dont 1 rendez-vous." in words


@pytest.mark.parametrize(
    ("hour", "title"),
    [
        (datetime(2026, 11, 24, 8, 0, tzinfo=UTC), "On appelle à partir de 10 h"),
        (datetime(2026, 11, 24, 9, 30, tzinfo=UTC), "On appelle jusqu’à 12 h 30"),
        (datetime(2026, 11, 24, 12, 0, tzinfo=UTC), "On appelle à partir de 14 h"),
        (datetime(2026, 11, 24, 18, 0, tzinfo=UTC), "Les appels sont finis pour aujourd’hui"),
        (datetime(2026, 11, 29, 10, 0, tzinfo=UTC), "Personne n’est appelé aujourd’hui"),
    ],
)
async def test_the_hours_of_the_day_are_told(
    client: httpx.AsyncClient, world: World, hour: datetime, title: str
) -> None:
    go_to(hour)
    assert title in await home_of(client, world)


async def test_a_closed_platform_says_when_calls_start_again(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await owner.execute("""UPDATE platform SET closing_days = '["2026-11-24"]'""")
    platform.forget()
    words = await home_of(client, world)
    assert "La plateforme est fermée aujourd’hui." in words
    assert "Les appels reprennent mercredi 25 novembre, à 10 h." in words


@pytest.mark.parametrize(
    ("hour", "title"), [(8, "On appelle jusqu’à 12 h 30"), (9, "On appelle à partir de 14 h")]
)
async def test_the_hours_told_are_those_of_the_platform_s_own_clock(
    world: World, monkeypatch: pytest.MonkeyPatch, hour: int, title: str
) -> None:
    card = replace(await platform.card_of(world.platform), zone=ZoneInfo("Indian/Reunion"))
    monkeypatch.setattr(home, "card_of", AsyncMock(return_value=card))
    go_to(datetime(2026, 11, 24, hour, 0, tzinfo=UTC))
    assert (await home.hours(world.actor("agent"))).title.replace("\u00a0", " ") == title


async def test_an_agent_reads_first_why_somebody_is_called_next(
    client: httpx.AsyncClient, world: World
) -> None:
    await survey_call(world)
    words = await home_of(client, world)
    assert "Prendre le prochain appel Avis à recueillir. Aide 34, Hérault." in words
    assert "Le reste peut attendre demain" in words
    await survey_call(world, mobile="+33639980002")
    assert "Le reste peut attendre demain" not in await home_of(client, world)
