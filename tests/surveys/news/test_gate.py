"""What holds back a message about one's own complaint, and what does not, purpose by purpose."""

from datetime import timedelta

import pytest

from tests.surveys.dispatch.asking import change, claim_at
from tests.surveys.news.complaining import NOON, WEEK, complained, tick
from tests.world import World

PASSES = [
    ("person", "refused_at = now()"),
    ("endpoint", "refused_at = now()"),
    ("client", "contact = 'no'"),
    ("complaint", "disclosure = 'anonymous'"),
    ("complaint", "contacts = 1"),
]
HOLDS = [
    ("person", "deceased_at = now()"),
    ("endpoint", "failed_at = now()"),
    ("endpoint", "wrong_at = now()"),
    ("client", "status = 'hospital'"),
    ("client", "departement = '974'"),
    ("complaint", "contacts = 2"),
    ("complaint", "state = 'closed', closed_at = remedied_at, verdict = 'settled'"),
    ("invitation", "closed_at = now(), closed_reason = 'withdrawn'"),
    ("attempt", "state = 'sent', sent_at = now()"),
]
PURPOSES = ("news", "verdict")


async def planned(world: World, purpose: str) -> None:
    """Plan one message of a purpose, due now."""
    await complained(world, at=NOON if purpose == "news" else NOON - WEEK)
    await tick(world, NOON)


async def claimed() -> list[str]:
    return [one.purpose for one in await claim_at(NOON + timedelta(minutes=1))]


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize(("table", "sets"), PASSES)
async def test_this_does_not_stop_it(world: World, purpose: str, table: str, sets: str) -> None:
    await planned(world, purpose)
    await change(table, sets)
    assert await claimed() == [purpose]


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize(("table", "sets"), HOLDS)
async def test_this_holds_it_back(world: World, purpose: str, table: str, sets: str) -> None:
    await planned(world, purpose)
    await change(table, sets)
    assert await claimed() == []


@pytest.mark.parametrize(("purpose", "leaves"), [("news", ["news"]), ("verdict", [])])
async def test_a_complaint_opened_again_is_no_more_to_judge(
    world: World, purpose: str, leaves: list[str]
) -> None:
    await planned(world, purpose)
    await change("complaint", "state = 'acknowledged', remedied_at = NULL")
    assert await claimed() == leaves
