"""What a client writes by the link: kept, five messages a day at most, as anybody with the link may write."""

from datetime import datetime, time
from uuid import UUID

from quality.complaints.followed.reading import BY_ID
from quality.complaints.resolving import closing
from quality.db import Connection, fetch_one, fetch_value
from quality.directory.geography import zone_of
from quality.errors import NotFound

MOST_A_DAY = 5
LOCK = "SELECT departement FROM complaint WHERE id = $1 FOR UPDATE"
SINCE = "SELECT count(*) FROM complaint_event WHERE complaint_id = $1 AND kind = 'message' AND at >= $2"


SAID = (
    "SELECT EXISTS (SELECT FROM complaint_event WHERE complaint_id = $1 AND kind = 'message' AND text = $2)"
)


async def write_once(db: Connection, complaint: UUID, text: str, now: datetime) -> None:
    """Add a message where the complaint is followed (pool `answer`), unless it says exactly this already."""
    followed = await fetch_value(db, BY_ID, complaint)
    if followed is None:
        raise NotFound
    await fetch_one(db, LOCK, followed)
    if not await fetch_value(db, SAID, followed, text):
        await closing.write_message(db, followed, text, now)


async def write(db: Connection, complaint: UUID, text: str, now: datetime) -> bool:
    """Add a message (pool `answer`); False, and nothing written, once the day has its five.

    A day is one of the place where the client lives; the complaint is locked, so two sent at once both count.
    """
    row = await fetch_one(db, LOCK, complaint)
    if row is not None:
        zone = zone_of(row["departement"])
        midnight = datetime.combine(now.astimezone(zone).date(), time(), zone)
        if await fetch_value(db, SINCE, complaint, midnight) >= MOST_A_DAY:
            return False
    await closing.write_message(db, complaint, text, now)
    return True
