"""Send what is due: claim, write « sending » and commit, call the carrier, write what it said."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from surveys.dispatch.carriers import Carriers
from surveys.dispatch.claims import LEASE
from surveys.dispatch.stream import GoesOn, Stream

if TYPE_CHECKING:
    from quality.app import House

BATCH = 20


def once() -> bool:
    """Claim no second batch."""
    return False


async def send_due(
    house: "House",
    carriers: Carriers,
    worker: str,
    limit: int = BATCH,
    *,
    lease: timedelta = LEASE,
    goes_on: GoesOn = once,
) -> int:
    """Send on all channels by batches of `limit`, or enough for their lines; return how many were claimed.

    No channel waits for another meanwhile; it ends with the slowest.
    """
    streams = [
        Stream(house, channel, carrier, worker, limit=limit, lease=lease)
        for channel, carrier in carriers.items()
    ]
    counts = await asyncio.gather(*(stream.run(goes_on) for stream in streams), return_exceptions=True)
    for count in counts:
        if isinstance(count, BaseException):
            raise count
    return sum(count for count in counts if isinstance(count, int))
