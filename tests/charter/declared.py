"""What the tests of the charter declare, and the figures that measure it."""

from datetime import date
from uuid import UUID

from charter.answering import Draft, save
from charter.declaring import EDITION
from charter.definition import Criterion, Edition
from charter.editions import load
from quality.measures.releases.releasing import create
from tests.quality.measures.cells import answers, convene, write
from tests.world import World

SEPTEMBER = date(2026, 9, 1)


def edition() -> Edition:
    return load(EDITION)


def criterion(code: str) -> Criterion:
    return next(each for each in edition().criteria if each.code == code)


async def declare(world: World, said: dict[str, str], provider: UUID | None = None) -> None:
    """Declare answers by code of criterion, Aide 34's by default; a reason is given where one is needed."""
    actor = world.actor("provider", provider or world.aide34)
    for code, answer in said.items():
        reason = "Aucun client fragile." if answer == "not_concerned" else ""
        draft = Draft(answer, f"Ce que nous faisons, {code}.", reason)
        await save(actor, edition(), {code: draft})


async def declare_everything(world: World, answer: str = "yes") -> None:
    await declare(world, {each.code: answer for each in edition().criteria})


async def punctuality(world: World, clients: int, good: int, month: date = SEPTEMBER) -> None:
    """Publish what clients of Aide 34 say of punctuality, beside a neighbour large enough to hide nobody."""
    await convene(world, world.herault)
    await write(
        world,
        [
            *answers(world.aide34, [world.herault], clients, good, indicator="PONCT", month=month),
            *answers(world.cap, [world.herault], 60, 54, indicator="PONCT", month=month),
        ],
    )
    await create(world.platform, "2026-Q3" if month == SEPTEMBER else f"{month:%Y-%m}")
