"""People who answered, and the cells that their answers feed."""

from datetime import timedelta
from uuid import UUID

from quality import clock
from quality.db import pool
from surveys.collect import record
from surveys.response import by_id
from tests.surveys.invited import invited
from tests.world import World

FIVE = {"globale": 5, "ponctualite": 5, "travail": 5, "respect": 5, "conseil": "yes"}
COUNTED = "SELECT coalesce(sum(n), 0) FROM cell WHERE indicator = 'GLOB' AND admissible = $1"
CELLS = "SELECT * FROM cell WHERE n <> 0 OR x <> 0 ORDER BY id"


async def answered(
    world: World,
    *,
    device: bytes | None = None,
    ago: timedelta = timedelta(),
    lasts: timedelta = timedelta(minutes=2),
    globale: int = 5,
    **invitation: object,
) -> UUID:
    """Let somebody answer the whole questionnaire on the web; give the invitation."""
    _, asked = await invited(world, **invitation)
    begun = clock.now() - ago
    for answers, now in (({"globale": globale}, begun), ({**FIVE, "globale": globale}, begun + lasts)):
        visit = await by_id(pool("answer"), asked)
        assert visit is not None
        await record(pool("answer"), visit, answers, channel="web", device=device, now=now)
    return asked
