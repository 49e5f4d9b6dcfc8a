"""A visit about which somebody is asked, written through the worker's pool as planning would."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from quality import clock
from quality.db import Connection, execute, fetch_one, fetch_value, transaction
from quality.ids import uuid7
from quality.measures import record
from quality.measures.record import ASKED, cells
from surveys.dispatch.links import token_key, token_of
from surveys.response import by_id
from tests.world import World

PARIS = ZoneInfo("Europe/Paris")
# channel, step, try and template: two SMS, the first one sent, then two calls.
STEPS = (
    ("sms", 0, 1, "opening"),
    ("sms", 1, 1, "reminder"),
    ("phone", 2, 1, "call"),
    ("phone", 2, 2, "call"),
)


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What a test may choose; by default Mme Martin, Aide 34 yesterday, paid by Hérault."""

    provider: UUID | None = None
    client: UUID | None = None
    funders: tuple[UUID, ...] | None = None
    days_ago: int = 1
    closes_in_days: int = 9
    language: str = "fr"
    audience: str = "client"
    mode: str = "prestataire"
    activity: str = "I-3"
    departement: str = "34"
    age_band: str = "75-84"
    name: str = "Mme Martin"
    mobile: str = "+33639980001"
    planned: bool = True


async def invited(world: World, **chosen: object) -> tuple[str, UUID]:
    """Write client, visit, occasion, invitation, attempts and call; return the token and the invitation."""
    choices = Choices(**chosen)  # type: ignore[arg-type]
    async with transaction("work") as db:
        client = choices.client or await write_client(db, world, choices)
        visit = await _write_visit(db, world, client, choices)
        invitation = await _write_invitation(db, world, visit, choices)
        if choices.planned:
            await _write_attempts(db, world, client, invitation, choices)
        found = await by_id(db, invitation)
        assert found is not None
        await record.add(db, cells(found.facts("").of_request, ASKED))
    return token_of(world.house.keyring, invitation), invitation


async def write_client(db: Connection, world: World, choices: Choices) -> UUID:
    """Write a person with one mobile number, and the client's row; return the client."""
    keyring, now = world.house.keyring, clock.now()
    person, client, key = uuid7(now), uuid7(now), keyring.lookup("phone", choices.mobile)
    await insert(db, "person", id=person, platform_id=world.platform)
    if not await fetch_value(db, "SELECT id FROM endpoint WHERE key = $1", key):
        await insert(db, "endpoint", id=uuid7(now), platform_id=world.platform, kind="phone", key=key)
    await insert(
        db,
        "client",
        id=client,
        platform_id=world.platform,
        provider_id=choices.provider or world.aide34,
        reference=f"C-{client.hex[-8:]}",
        person_id=person,
        name_cipher=keyring.encrypt(choices.name, "client.name", client),
        mobile_cipher=keyring.encrypt(choices.mobile, "client.mobile", client),
        mobile_key=key,
        language=choices.language,
        departement=choices.departement,
        age_band=choices.age_band,
        digest=b"",
        created_at=now,
    )
    return client


async def insert(db: Connection, table: str, **values: object) -> None:
    """Write one row."""
    places = ", ".join(f"${number}" for number in range(1, len(values) + 1))
    await execute(db, f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places})", *values.values())


async def _write_visit(db: Connection, world: World, client: UUID, choices: Choices) -> UUID:
    ended_at = clock.now() - timedelta(days=choices.days_ago)
    started_at = ended_at - timedelta(hours=2)
    visit = uuid7(started_at)
    common = {"id": visit, "platform_id": world.platform, "client_id": client, "ended_at": ended_at}
    common["provider_id"] = choices.provider or world.aide34
    funders = (world.herault,) if choices.funders is None else choices.funders
    await insert(
        db,
        "intervention",
        **common,
        reference=f"V-{visit.hex[-8:]}",
        activity=choices.activity,
        mode=choices.mode,
        departement=choices.departement,
        started_at=started_at,
        funders=list(funders),
        status="done",
        digest=b"",
        received_at=clock.now(),
        updated_at=clock.now(),
    )
    person = await fetch_value(db, "SELECT person_id FROM client WHERE id = $1", client)
    decided = {"decision": "asked", "reason": "every_visit", "decided_at": clock.now()}
    await insert(db, "occasion", **common, person_id=person, **decided)
    return visit


async def _write_invitation(db: Connection, world: World, visit: UUID, choices: Choices) -> UUID:
    now, keyring = clock.now(), world.house.keyring
    facts = await fetch_one(
        db,
        """
        SELECT v.platform_id, v.provider_id, v.client_id, v.activity, v.mode, v.departement, v.funders,
               c.person_id AS pseudonym, o.name AS provider_name, o.short_name AS provider_short_name
        FROM intervention v JOIN client c ON c.id = v.client_id JOIN organisation o ON o.id = v.provider_id
        WHERE v.id = $1
        """,
        visit,
    )
    assert facts is not None
    invitation = UUID(int=uuid7(now).int & ~0xFF | uuid4().int & 0xFF)
    day = (now - timedelta(days=choices.days_ago)).astimezone(PARIS).date()
    await insert(
        db,
        "invitation",
        **facts,
        id=invitation,
        purpose="survey",
        occasion_id=visit,
        audience=choices.audience,
        token_key=token_key(keyring, token_of(keyring, invitation)),
        questionnaire_id=await published(db, world, "questionnaire_version", "code"),
        protocol_id=await published(db, world, "protocol_version", "name"),
        language=choices.language,
        month=day.replace(day=1),
        visit_on=day,
        age_band=choices.age_band,
        first_mode="sms",
        created_at=now,
        closes_at=now + timedelta(days=choices.closes_in_days),
    )
    return invitation


async def published(db: Connection, world: World, table: str, name: str) -> UUID:
    """Find version 1 of `default`, published when the platform was created."""
    found = await fetch_value(
        db, f"SELECT id FROM {table} WHERE platform_id = $1 AND {name} = 'default'", world.platform
    )
    assert isinstance(found, UUID)
    return found


async def _write_attempts(
    db: Connection, world: World, client: UUID, invitation: UUID, choices: Choices
) -> None:
    now = clock.now()
    who = await fetch_one(
        db,
        """
        SELECT c.platform_id, c.id AS client_id, c.person_id, e.id AS endpoint_id, c.departement
        FROM client c JOIN endpoint e ON e.platform_id = c.platform_id AND e.key = c.mobile_key
        WHERE c.id = $1
        """,
        client,
    )
    assert who is not None
    for channel, step, try_number, template in STEPS:
        opens_at = now + timedelta(days=step, hours=try_number)
        closes_at = opens_at + timedelta(hours=3)
        await insert(
            db,
            "attempt",
            **who,
            id=attempt_id(invitation, step, try_number),
            invitation_id=invitation,
            purpose="survey",
            audience=choices.audience,
            channel=channel,
            template=template,
            step=step,
            try_number=try_number,
            state="planned" if step else "sent",
            opens_at=opens_at,
            closes_at=closes_at,
            give_up_at=closes_at,
            sent_at=None if step else now,
        )
    await insert(
        db,
        "call_case",
        id=uuid7(now),
        platform_id=world.platform,
        kind="survey",
        client_id=client,
        invitation_id=invitation,
        state="open",
        next_due_at=now + timedelta(days=2),
        closes_at=now + timedelta(days=choices.closes_in_days),
        created_at=now,
    )


def attempt_id(invitation: UUID, step: int, try_number: int = 1) -> UUID:
    return UUID(int=invitation.int & ~0xFF | step * 16 + try_number)
