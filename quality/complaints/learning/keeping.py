"""How often the day announced to the client was kept: complaints remedied in time among those then due.

The day of a complaint that came back is the one announced then. A complaint joined to another, taken back by
its client, or that its provider may not read, was due from nobody.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from uuid import UUID

from quality import clock
from quality.access.actor import Actor
from quality.complaints.opening import WITHDRAWN_CAUSE
from quality.db import Connection, fetch_one
from quality.measures.statistics import Interval, wilson

PERIOD = timedelta(days=365)
# A client who wants a call first has not let the provider know: nothing was due from it.
DUE = f"""
SELECT count(*) AS due, count(*) FILTER (WHERE remedied_at <= solution_due_at) AS kept FROM complaint
WHERE platform_id = $1 AND provider_id = $2 AND disclosure <> 'call_first'
  AND is_shared AND state <> 'merged' AND cause <> '{WITHDRAWN_CAUSE}'
  AND solution_due_at > $3 AND solution_due_at <= $4
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """Complaints whose announced day has passed within a time, and those remedied by that day."""

    due: int
    kept: int

    @property
    def share(self) -> Interval | None:
        """Give the share kept and its 95 % bounds, each complaint counted once (Wilson 1927).

        >>> share = Kept(due=20, kept=17).share
        >>> f"{share.value:.2f} {share.low:.2f} {share.high:.2f}", Kept(due=0, kept=0).share
        ('0.85 0.64 0.95', None)
        """
        if not self.due:
            return None
        exact = Fraction(self.kept, self.due)
        return Interval(exact, *wilson(float(exact), self.due))


async def kept_days(db: Connection, actor: Actor, provider: UUID, since: datetime | None = None) -> Kept:
    """Count a provider's complaints whose day has passed since then, or in a year; inside `scoped(actor)`."""
    now = clock.now()
    row = await fetch_one(db, DUE, actor.platform, provider, since or now - PERIOD, now)
    return Kept(**row) if row else Kept(0, 0)
