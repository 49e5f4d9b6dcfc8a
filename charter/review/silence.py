"""What silence decides of the contested points whose delay has passed, over all platforms (pool `work`)."""

import logging
from datetime import datetime
from uuid import UUID

from charter.review.deciding import at_hand, close_contest, move_point
from charter.review.life import PointEvent, is_silent
from quality.access.actor import operator
from quality.db import fetch, pool, transaction

log = logging.getLogger(__name__)
DUE = "SELECT DISTINCT file_id, platform_id FROM review_point WHERE due_at <= $1 ORDER BY file_id"
SILENCE = "Sans réponse dans les délais."


async def settle_silent(now: datetime) -> None:
    """Settle the points whose turn nobody took, and go on with the files that have none open any more."""
    for row in await fetch(pool("work"), DUE, now):
        try:
            await _settle(row["platform_id"], row["file_id"], now)
        except Exception:  # the others go on, and this one is tried again at the next tick
            log.exception("file %s was not settled", row["file_id"])


async def _settle(platform: UUID, file: UUID, now: datetime) -> None:
    actor = operator(platform)
    async with transaction("work") as db:
        of = await at_hand(db, file, locks=True)
        for point in of.decided:
            if is_silent(point, now):
                await move_point(db, actor, of, point.criterion, PointEvent.silence, words=SILENCE)
        await close_contest(db, actor, file)
