"""Clients and their visits written straight into the tables: what planning and dispatch start from."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from quality import clock
from quality.db import execute, fetch_value, pool
from quality.directory import undecided
from quality.ids import uuid7
from tests.world import World

MOBILE = "+33639980001"
MORNING = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 8:00 in Paris


@dataclass
class Someone:
    """One client of a provider, with what their line gave."""

    world: World
    provider: UUID
    departement: str = "34"
    id: UUID = field(default_factory=uuid4)
    person: UUID = field(default_factory=uuid4)
    addresses: dict[str, str] = field(default_factory=dict)


KINDS = {
    "mobile": "phone",
    "phone": "phone",
    "email": "email",
    "relative_phone": "phone",
    "relative_email": "email",
}


async def someone(
    world: World, *, provider: UUID | None = None, person: UUID | None = None, **given
) -> Someone:
    """Write a client; addresses are given by column (`mobile=`, `email=`…), other columns as they are."""
    addresses = {name: given.pop(name) for name in KINDS if name in given}
    made = Someone(world, provider or world.aide34, given.get("departement", "34"), addresses=addresses)
    made.id = given.pop("id", made.id)
    made.person = person or made.person
    await execute(
        pool("work"),
        "INSERT INTO person (id, platform_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        made.person,
        world.platform,
    )
    columns = {
        "id": made.id,
        "platform_id": world.platform,
        "provider_id": made.provider,
        "person_id": made.person,
        "reference": made.id.hex,
        "departement": made.departement,
        "digest": b"",
        "created_at": clock.now(),
        **_contacts(made),
        **given,
    }
    await _insert("client", columns)
    return made


def _contacts(made: Someone) -> dict[str, object]:
    keyring, columns = made.world.house.keyring, {}
    for name, address in made.addresses.items():
        columns[f"{name}_cipher"] = keyring.encrypt(address, f"client.{name}", made.id)
        columns[f"{name}_key"] = keyring.lookup(KINDS[name], address)
    return columns


async def visit(client: Someone, ended_at: datetime = MORNING, **given) -> UUID:
    """Write one visit of an hour, done, received at its end and to be decided unless said otherwise."""
    started_at = ended_at - timedelta(hours=1)
    received_at = given.pop("received_at", ended_at)
    identity = uuid7(started_at)
    is_undecided = given.pop("is_undecided", True)
    done = given.get("status", "done") == "done"
    columns = {
        "id": identity,
        "platform_id": client.world.platform,
        "provider_id": client.provider,
        "client_id": client.id,
        "reference": identity.hex,
        "activity": "I-3",
        "mode": "prestataire",
        "departement": client.departement,
        "planned_start": started_at,
        "planned_end": ended_at,
        "started_at": started_at if done else None,
        "ended_at": ended_at if done else None,
        "worker_reference": "W1",
        "funders": [client.world.herault],
        "status": "done",
        "digest": b"",
        "received_at": received_at,
        "updated_at": received_at,
        **given,
    }
    await _insert("intervention", columns)
    if is_undecided:
        await wait("i.id = $1", columns["id"])
    return identity


async def wait(which: str = "true", *values: object) -> None:
    """Make visits wait to be decided, as they are now: all of them, or those `i` of a condition."""
    await execute(pool("work"), undecided.wait(f"intervention i WHERE {which}"), *values)


async def none_waits() -> None:
    """Say that every visit was decided."""
    await execute(pool("work"), "DELETE FROM undecided_visit")


async def how_many_wait() -> int:
    return int(await fetch_value(pool("work"), "SELECT count(*) FROM undecided_visit"))


async def _insert(table: str, columns: dict[str, object]) -> None:
    marks = ", ".join(f"${n}" for n in range(1, len(columns) + 1))
    sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
    await execute(pool("work"), sql, *columns.values())
