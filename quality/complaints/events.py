"""Lines of the timeline of a complaint: who reads them, and the one way to write one."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from quality.db import Connection, execute
from quality.ids import uuid7


class Audience(StrEnum):
    """Who reads a line: the client too, the provider and the platform, its staff, or its managers alone."""

    client = "client"
    all = "all"
    staff = "staff"
    serious = "serious"


async def tell(
    db: Connection,
    complaint: tuple[UUID, UUID],
    kind: str,
    now: datetime,
    *,
    account: UUID | None = None,
    audience: Audience = Audience.all,
    text: str = "",
) -> UUID:
    """Write a line of the timeline of a complaint, named by its platform and itself."""
    line = uuid7(now)
    await execute(
        db,
        """
        INSERT INTO complaint_event (id, platform_id, complaint_id, at, kind, account_id, audience, text)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        line,
        *complaint,
        now,
        kind,
        account,
        audience.value,
        text,
    )
    return line


async def tell_deceased(db: Connection, person: UUID, now: datetime) -> None:
    """Say on each complaint left open that its client has died, to those who read it (pool `work`)."""
    await execute(db, DECEASED, person, now)


# Nothing goes to the client any more, and no verdict is waited for.
DECEASED = """
INSERT INTO complaint_event (id, platform_id, complaint_id, at, kind, audience, text)
SELECT gen_random_uuid(), p.platform_id, p.id, $2, 'staff_deceased',
       CASE WHEN p.is_serious THEN 'serious' ELSE 'staff' END, ''
FROM complaint p JOIN complaint_subject s ON s.id = p.id JOIN client k ON k.id = s.client_id
WHERE k.person_id = $1 AND p.state NOT IN ('closed', 'merged')
"""
