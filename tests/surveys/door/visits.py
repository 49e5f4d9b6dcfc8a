"""Visits with a decision, and the codes left after them."""

from datetime import date, datetime, timedelta
from uuid import UUID

from quality import clock
from quality.db import transaction
from surveys.door.codes import door_code
from surveys.door.finding import LABEL
from tests.surveys.invited import insert
from tests.surveys.visits import Someone, visit
from tests.world import World


async def left_out(
    client: Someone, ended_at: datetime, *, reason: str = "not_drawn", status: str = "done"
) -> UUID:
    """Write a visit that nobody was asked about, and the ledger's line on it."""
    identity = await visit(client, ended_at, status=status, is_undecided=False)
    async with transaction("work") as db:
        await insert(
            db,
            "occasion",
            id=identity,
            platform_id=client.world.platform,
            provider_id=client.provider,
            client_id=client.id,
            person_id=client.person,
            decision="not_asked",
            reason=reason,
            decided_at=clock.now(),
        )
    return identity


def yesterday() -> datetime:
    """Give the end of a visit of yesterday: noon in Paris or so."""
    return clock.now().replace(hour=11, minute=0, second=0, microsecond=0) - timedelta(days=1)


def code_of(world: World, client: UUID, day: date) -> str:
    return door_code(world.house.keyring.subkey(LABEL), client, day)
