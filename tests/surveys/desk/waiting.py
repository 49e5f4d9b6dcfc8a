"""Calls that wait in the queue, written through the worker's pool as planning and wishes would."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg

from quality import clock
from quality.access.actor import Actor
from quality.db import execute, fetch_one, pool, transaction
from quality.ids import uuid7
from tests.surveys.invited import attempt_id, insert, invited
from tests.world import World

# Tuesday 24 November 2026, 10:30 in Paris: the first call may be made until 12:30.
FIRST = (datetime(2026, 11, 24, 9, 0, tzinfo=UTC), datetime(2026, 11, 24, 11, 30, tzinfo=UTC))
SECOND = (datetime(2026, 11, 25, 13, 0, tzinfo=UTC), datetime(2026, 11, 25, 17, 0, tzinfo=UTC))
GIVE_UP = datetime(2026, 12, 3, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Called:
    """A case with what a test needs to look behind it."""

    id: UUID
    invitation: UUID
    token: str
    client: UUID
    person: UUID
    first: UUID
    second: UUID


def agent(world: World, role: str = "agent") -> Actor:
    return replace(world.actor(role), account=uuid4(), name="Nadia Haddad")


async def survey_call(
    world: World, *, give_up: datetime = GIVE_UP, calls: int = 2, **chosen: object
) -> Called:
    """Write a visit asked about by phone: a call due now, and one tomorrow afternoon."""
    token, invitation = await invited(world, planned=False, **chosen)
    row = await fetch_one(
        pool("work"),
        """
        SELECT k.id AS client_id, k.person_id, e.id AS endpoint_id, k.platform_id, k.departement, i.audience
        FROM invitation i JOIN client k ON k.id = i.client_id
        JOIN endpoint e ON e.platform_id = k.platform_id AND e.key = k.mobile_key WHERE i.id = $1
        """,
        invitation,
    )
    assert row is not None
    attempts = [attempt_id(invitation, 2, number) for number in (1, 2)]
    case = uuid7(clock.now())
    async with transaction("work") as db:
        for number, (opens_at, closes_at) in enumerate((FIRST, SECOND)[:calls], 1):
            await insert(
                db,
                "attempt",
                **row,
                id=attempts[number - 1],
                invitation_id=invitation,
                purpose="survey",
                channel="phone",
                template="call",
                step=2,
                try_number=number,
                state="planned",
                opens_at=opens_at,
                closes_at=closes_at,
                give_up_at=give_up,
            )
        await insert(
            db,
            "call_case",
            id=case,
            platform_id=world.platform,
            kind="survey",
            client_id=row["client_id"],
            invitation_id=invitation,
            attempt_id=attempts[0],
            state="open",
            next_due_at=FIRST[0],
            closes_at=clock.now() + timedelta(days=9),
            created_at=clock.now(),
        )
    return Called(case, invitation, token, row["client_id"], row["person_id"], *attempts)


async def other_call(world: World, kind: str = "callback", **columns: object) -> Called:
    """Write a call that a person asked for, due for ten minutes."""
    called = await survey_call(world)
    await execute(pool("work"), "UPDATE attempt SET state = 'suppressed', reason = 'answered'")
    now = clock.now()
    given = {"kind": kind, "next_due_at": now - timedelta(minutes=10), "attempt_id": None, **columns}
    sets = ", ".join(f"{name} = ${number}" for number, name in enumerate(given, 2))
    await execute(pool("work"), f"UPDATE call_case SET {sets} WHERE id = $1", called.id, *given.values())
    return called


async def case_of(owner: asyncpg.Connection, called: Called) -> asyncpg.Record:
    row = await owner.fetchrow("SELECT * FROM call_case WHERE id = $1", called.id)
    assert row is not None
    return row


async def attempt_of(owner: asyncpg.Connection, attempt: UUID) -> asyncpg.Record:
    row = await owner.fetchrow("SELECT * FROM attempt WHERE id = $1", attempt)
    assert row is not None
    return row


def go_to(instant: datetime) -> None:
    """Move the business clock of this process."""
    clock.set_offset(instant - datetime.now(UTC))
