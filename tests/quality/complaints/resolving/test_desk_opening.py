"""Complaints opened by whoever heard them, and serious events that few may read."""

import asyncio
from uuid import UUID, uuid4

import asyncpg
import pytest

from quality import clock
from quality.access.scope import scoped
from quality.complaints.opening import Opened, Wish
from quality.complaints.resolving import desk_opening, handling, serious
from quality.db import fetch
from quality.errors import Conflict, Forbidden, Invalid, NotFound
from quality.ids import uuid7
from tests.quality.complaints.opened import filed
from tests.surveys.visits import someone, visit
from tests.world import World

Owner = asyncpg.Connection


async def opened(world: World, disclosure: Wish = Wish.NAMED, **given: object) -> Opened:
    client = await someone(world, mobile="+33639980001")
    await visit(client)
    facts = {"client": client.id, "kind": "absent", "text": "Personne ce matin.", **given}
    return await desk_opening.open_by_staff(world.agent, world.house.keyring, disclosure=disclosure, **facts)


async def lines(owner: Owner, complaint: UUID) -> list[tuple[str, str, str]]:
    rows = await owner.fetch(
        "SELECT kind, audience, text FROM complaint_event WHERE complaint_id = $1 ORDER BY kind", complaint
    )
    return [tuple(row) for row in rows]


async def test_an_agent_opens_a_complaint_with_the_facts_of_the_last_visit(
    world: World, owner: Owner
) -> None:
    made = await opened(world)
    row = await owner.fetchrow("SELECT * FROM complaint")
    assert (row["source_kind"], row["kind"], row["activity"], row["state"]) == (
        "desk",
        "absent",
        "I-3",
        "opened",
    )
    assert (row["holder"], row["is_serious"], row["is_shared"]) == ("provider", False, True)
    assert row["token_key"] is not None
    subject = await owner.fetchrow("SELECT * FROM complaint_subject")
    assert subject["intervention_id"] == await owner.fetchval("SELECT id FROM intervention")
    assert ("told", "client", "Personne ce matin.") in await lines(owner, made.id)


@pytest.mark.parametrize("serious_event", [False, True])
async def test_a_form_sent_twice_at_once_opens_one_complaint(
    world: World, owner: Owner, *, serious_event: bool
) -> None:
    client = await someone(world, mobile="+33639980001")
    facts = {"client": client.id, "kind": "absent", "text": "Une gifle.", "serious": serious_event}
    facts |= {"disclosure": Wish.ANONYMOUS, "form": uuid7(clock.now())}
    agent, keyring = world.agent, world.house.keyring
    made = await asyncio.gather(*(desk_opening.open_by_staff(agent, keyring, **facts) for _ in range(2)))
    assert made[0] == made[1]
    assert await owner.fetchval("SELECT count(*) FROM complaint") == 1
    assert await owner.fetchval("SELECT count(*) FROM complaint_event WHERE kind = 'told'") == 1


async def test_the_words_of_a_client_without_a_name_are_for_the_staff(world: World, owner: Owner) -> None:
    made = await opened(world, Wish.ANONYMOUS)
    assert ("told", "staff", "Personne ce matin.") in await lines(owner, made.id)
    async with scoped(world.provider) as db:
        texts = await fetch(db, "SELECT text FROM complaint_event")
    assert [row["text"] for row in texts] == [""]


async def test_a_client_without_a_visit_may_complain(world: World, owner: Owner) -> None:
    client = await someone(world)
    await desk_opening.open_by_staff(
        world.staff,
        world.house.keyring,
        client=client.id,
        kind="billing",
        disclosure=Wish.NAMED,
        text="Deux factures.",
        source_kind="letter",
    )
    row = await owner.fetchrow("SELECT source_kind, month, activity, funders FROM complaint")
    assert (row["source_kind"], row["activity"], row["funders"]) == ("letter", "I-3", [])


async def test_a_provider_opens_what_it_received_itself_and_only_of_its_clients(
    world: World, owner: Owner
) -> None:
    client = await someone(world)
    await visit(client)
    said = {"kind": "late", "text": "Elle attendait depuis une heure."}
    made = await desk_opening.open_by_provider(world.provider, world.house.keyring, client=client.id, **said)
    row = await owner.fetchrow("SELECT source_kind, disclosure FROM complaint WHERE id = $1", made.id)
    assert tuple(row) == ("provider", "named")
    with pytest.raises(NotFound):
        await desk_opening.open_by_provider(
            world.actor("provider", world.cap), world.house.keyring, client=client.id, **said
        )


async def test_what_is_asked_is_checked_before_anything_is_written(world: World, owner: Owner) -> None:
    with pytest.raises(Invalid):
        await opened(world, kind="serious")
    with pytest.raises(Invalid):
        await opened(world, text=" ")
    with pytest.raises(NotFound):
        await opened(world, intervention=uuid4())
    with pytest.raises(Forbidden):
        await opened(world, Wish.NOTHING)
    with pytest.raises(Forbidden):
        await desk_opening.open_by_staff(
            world.stranger,
            world.house.keyring,
            client=uuid4(),
            kind="late",
            disclosure=Wish.NAMED,
            text="Rien",
        )
    assert await owner.fetchval("SELECT count(*) FROM complaint") == 0


async def reported(world: World) -> Opened:
    client = await someone(world, mobile="+33639980001")
    event = {"client": client.id, "intervention": await visit(client), "text": "Une gifle."}
    return await serious.report(world.agent, world.house.keyring, **event)


async def test_a_serious_event_is_read_by_supervisors_and_the_platform_alone(
    world: World, owner: Owner
) -> None:
    made = await reported(world)
    row = await owner.fetchrow("SELECT * FROM complaint WHERE id = $1", made.id)
    assert (row["is_serious"], row["is_shared"], row["holder"], row["kind"]) == (
        True,
        False,
        "platform",
        "serious",
    )
    for actor, seen in (
        (world.actor("supervisor"), 1),
        (world.staff, 1),
        (world.agent, 0),
        (world.provider, 0),
        (world.stranger, 0),
        (world.funder, 0),
    ):
        async with scoped(actor) as db:
            for table in ("complaint", "complaint_event", "complaint_subject"):
                found = await fetch(db, f"SELECT 1 FROM {table}")
                assert (len(found) > 0) == bool(seen), (actor.role, table)


async def test_a_hidden_serious_event_takes_its_number_all_the_same(world: World) -> None:
    made = await reported(world)
    assert (await opened(world)).number == made.number + 1
    assert (await filed(world)).number == made.number + 2


async def test_the_first_protective_step_says_that_the_event_is_handled(world: World, owner: Owner) -> None:
    made = await reported(world)
    with pytest.raises(Forbidden):
        await serious.protect(world.agent, made.number, "Appel du 3977")
    await serious.protect(world.actor("supervisor"), made.number, "Appel du 3977 avec la personne")
    first = await owner.fetchval("SELECT handled_at FROM complaint")
    await serious.protect(world.staff, made.number, "Signalement au procureur")
    assert await owner.fetchval("SELECT handled_at FROM complaint") == first
    assert ("staff_protected", "serious", "Signalement au procureur") in await lines(owner, made.id)


async def test_a_supervisor_alone_decides_that_the_provider_reads_it(world: World, owner: Owner) -> None:
    made = await reported(world)
    with pytest.raises(NotFound):
        await handling.countersign(world.provider, made.number)
    with pytest.raises(Forbidden):
        await serious.share(world.agent, made.number)
    await serious.share(world.actor("supervisor"), made.number)
    with pytest.raises(Conflict):
        await serious.share(world.actor("supervisor"), made.number)
    async with scoped(world.provider) as db:
        said = await fetch(db, "SELECT kind, audience, text FROM complaint_event")
        assert await fetch(db, "SELECT 1 FROM complaint_subject") == []
    assert {row["audience"] for row in said} == {"all"}
    assert "Une gifle." not in {row["text"] for row in said}
    await handling.countersign(world.provider, made.number)


async def test_an_ordinary_complaint_is_not_protected_as_a_serious_one(world: World) -> None:
    made = await opened(world)
    with pytest.raises(Conflict):
        await serious.protect(world.staff, made.number, "Rien à protéger")
