"""How far a complaint has come, written through the verbs of those who act on it."""

from quality.complaints.resolving import handling
from tests.world import World

SOLUTION = "Deux heures offertes samedi."
CAUSE = "Planning mal relu."


async def remedied(world: World, number: int) -> None:
    await handling.countersign(world.provider, number)
    await handling.remedy(
        world.provider,
        number,
        "late",
        cause_code="schedule",
        cause=CAUSE,
        remedy_code="other",
        solution=SOLUTION,
    )
