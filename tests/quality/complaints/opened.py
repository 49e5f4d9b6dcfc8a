"""A complaint of Mme Martin about Aide 34, opened through the answer pool as her wish would open it."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from quality import clock
from quality.complaints.opening import Source, Wish, open_complaint
from quality.db import execute, fetch_value, pool, transaction
from tests.surveys.visits import someone, visit
from tests.world import World


@dataclass(frozen=True)
class Filed:
    """What a test needs to find the complaint and its client again."""

    id: UUID
    number: int
    client: UUID
    person: UUID


async def filed(
    world: World, disclosure: str = "named", *, provider: UUID | None = None, name: str = "Mme Martin"
) -> Filed:
    """Write a client, one visit and its complaint."""
    client = await someone(world, provider=provider, mobile="+33639980001")
    cipher = world.house.keyring.encrypt(name, "client.name", client.id)
    await fetch_value(
        pool("work"), "UPDATE client SET name_cipher = $2 WHERE id = $1 RETURNING id", client.id, cipher
    )
    source = Source(
        kind="letter",
        id=client.id,
        platform_id=world.platform,
        provider_id=client.provider,
        client_id=client.id,
        intervention_id=await visit(client),
        activity="I-3",
        mode="prestataire",
        departement="34",
        month=clock.now().date().replace(day=1),
        funders=(world.herault,),
    )
    async with transaction("answer") as db:
        made = await open_complaint(
            db, world.house.keyring, source, Wish(disclosure), now=clock.now(), kind="not_done"
        )
    return Filed(made.id, made.number, client.id, client.person)


async def marked(complaint: Filed, **marks: int) -> None:
    """Write the low marks from which a complaint came."""
    now = clock.now() - timedelta(minutes=5)
    for item, value in marks.items():
        await execute(pool("answer"), MARK, complaint.id, item, value, now)


MARK = """
INSERT INTO signal (id, platform_id, provider_id, source_kind, source_id, item, value, wish, complaint_id,
                    created_at)
SELECT gen_random_uuid(), platform_id, provider_id, source_kind, source_id, $2, $3, disclosure, id, $4
FROM complaint WHERE id = $1
"""


CLOSE = """
UPDATE complaint SET state = 'closed', acknowledged_at = $1, remedied_at = $1, closed_at = $1,
    cause = 'Un oubli', remedy = 'Une autre aide', verdict = 'settled'
"""
