"""Promises: granted within the grid, refused and counted beyond it, confirmed, done, declined."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import asyncpg
import msgspec
import pytest

from quality import clock
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.complaints.pages.granting import granting
from quality.complaints.resolving import handling, promising
from quality.complaints.resolving.authority import Remedy
from quality.complaints.resolving.handling import Decision
from quality.complaints.resolving.promising import NotAuthorised
from quality.db import execute, fetch_value
from quality.errors import Conflict, Forbidden, Invalid, NotFound
from quality.ids import uuid7
from quality.measures.agreements.drafting import create_convention
from quality.measures.agreements.terms import Terms
from quality.web.languages import said, using
from tests.quality.complaints.opened import Filed, filed
from tests.world import World

Owner = asyncpg.Connection
GRID = {"replan_hours": 48, "refund_cents": 4_000, "supervisor": {"refund_cents": 10_000}}


async def referenced(world: World, grid: dict[str, object]) -> None:
    async with scoped(world.operator) as db:
        await execute(
            db,
            """
            INSERT INTO referencing (id, platform_id, provider_id, status, since, acknowledge_days,
                solution_days, alert_days, authority)
            VALUES (gen_random_uuid(), $1, $2, 'referenced', '2026-01-01', 2, 15, 30, $3::jsonb)
            """,
            world.platform,
            world.aide34,
            msgspec.json.encode(grid).decode(),
        )


async def agreed(world: World, funder: UUID, grid: dict[str, object]) -> None:
    code = f"c-{funder.hex[-18:]}"
    terms = Terms(
        funder=funder,
        code=code,
        title=code,
        status="in_force",
        starts_on=date(2026, 1, 1),
        providers=(world.aide34,),
        authority=grid,
    )
    await create_convention(world.operator, terms)


async def promise_row(owner: Owner) -> asyncpg.Record:
    return await owner.fetchrow("SELECT * FROM complaint_promise ORDER BY made_at DESC, id DESC LIMIT 1")


async def refusals(owner: Owner) -> list[tuple[object, ...]]:
    rows = await owner.fetch(
        "SELECT role, remedy_code, amount_cents, reason, who_can FROM authority_refusal ORDER BY at, id"
    )
    return [tuple(row) for row in rows]


async def test_an_agent_grants_what_the_grid_allows(world: World, owner: Owner) -> None:
    await referenced(world, GRID)
    complaint = await filed(world)
    granted = await promising.grant(world.agent, complaint.number, Remedy.refund, amount_cents=4_000)
    row = await promise_row(owner)
    assert (row["id"], row["state"], row["authority"], row["amount_cents"]) == (
        granted.id,
        "promised",
        "agent",
        4_000,
    )
    assert row["provider_id"] == world.aide34
    assert await refusals(owner) == []


async def test_an_agent_without_authority_is_refused_with_who_can_and_it_is_counted(
    world: World, owner: Owner
) -> None:
    await referenced(world, GRID)
    complaint = await filed(world)
    with pytest.raises(NotAuthorised) as refusal:
        await promising.grant(world.agent, complaint.number, Remedy.refund, amount_cents=6_000)
    assert refusal.value.status == 403
    assert said(refusal.value) == (
        "C’est plus que ce que vous pouvez accorder (40\xa0€ au plus). "
        "Qui le peut\xa0: la supervision des appels."
    )
    assert await refusals(owner) == [("agent", "refund", 6_000, "above_limit", "supervisor")]
    assert await promise_row(owner) is None
    assert await fetch_count(owner, "audit", "action = 'complaint.refused'") == 1


async def fetch_count(owner: Owner, table: str, where: str) -> int:
    return int(await owner.fetchval(f"SELECT count(*) FROM {table} WHERE {where}"))


async def test_the_refusal_is_said_in_english_to_an_english_reader(world: World) -> None:
    complaint = await filed(world)
    with using("en"), pytest.raises(NotAuthorised) as refusal:
        await promising.grant(world.agent, complaint.number, Remedy.mediation)
    with using("en"):
        assert said(refusal.value) == (
            "Nothing is agreed with this provider: you may not grant it. Who can: the provider itself."
        )


async def test_one_convention_that_applies_refines_the_grid_and_several_leave_it(
    world: World, owner: Owner
) -> None:
    await referenced(world, {"refund_cents": 1_000})
    complaint = await filed(world)
    both = "UPDATE complaint SET funders = $2 WHERE id = $1"
    await owner.execute(both, complaint.id, [world.herault, world.cnav])
    assert "Rembourser jusqu’à 10\xa0€" in (await granting(world.agent, complaint.number)).allowed
    await agreed(world, world.herault, {"refund_cents": 7_000})
    assert "Rembourser jusqu’à 70\xa0€" in (await granting(world.agent, complaint.number)).allowed
    await promising.grant(world.agent, complaint.number, Remedy.refund, amount_cents=7_000)
    await owner.execute("UPDATE complaint_promise SET state = 'refused', refused_why = 'Non'")
    await agreed(world, world.cnav, {"refund_cents": 9_000})
    assert "Rembourser jusqu’à 10\xa0€" in (await granting(world.agent, complaint.number)).allowed
    with pytest.raises(NotAuthorised):
        await promising.grant(world.agent, complaint.number, Remedy.refund, amount_cents=7_000)
    assert await refusals(owner) == [("agent", "refund", 7_000, "above_limit", "provider")]


async def test_a_convention_without_a_grid_leaves_the_referencing_s(world: World) -> None:
    await referenced(world, {"refund_cents": 1_000})
    await agreed(world, world.herault, {})
    complaint = await filed(world)
    assert "Rembourser jusqu’à 10\xa0€" in (await granting(world.agent, complaint.number)).allowed


async def test_an_explanation_given_in_the_call_is_done_at_once(world: World, owner: Owner) -> None:
    complaint = await filed(world, "anonymous")
    await promising.grant(world.agent, complaint.number, Remedy.explain, is_first_contact=True)
    row = await promise_row(owner)
    assert (row["state"], row["done_how"], row["done_at"]) == ("done", "desk", row["made_at"])
    first = "SELECT is_first_contact FROM complaint WHERE id = $1"
    assert await owner.fetchval(first, complaint.id) is True


async def test_a_call_back_is_promised_by_the_evening_of_the_next_working_day(world: World) -> None:
    complaint = await filed(world)
    friday = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)  # 17:00 in Paris
    clock.set_offset(friday - datetime.now(UTC))
    granted = await promising.grant(world.agent, complaint.number, Remedy.call_back)
    assert granted.due_at == datetime(2026, 11, 30, 17, 0, tzinfo=UTC)


async def test_a_visit_is_promised_again_within_the_hours_of_the_grid_and_not_sooner(
    world: World, owner: Owner
) -> None:
    await referenced(world, GRID)
    complaint = await filed(world)
    granted = await promising.grant(world.agent, complaint.number, Remedy.replan)
    assert timedelta(hours=47) < granted.due_at - clock.now() <= timedelta(hours=48)
    refused = "UPDATE complaint_promise SET state = 'refused', refused_why = 'Non'"
    await owner.execute(refused)
    later = clock.now() + timedelta(days=4)
    assert (await promising.grant(world.agent, complaint.number, Remedy.replan, due_at=later)).due_at == later
    await owner.execute(refused)
    sooner = clock.now() + timedelta(hours=12)
    with pytest.raises(NotAuthorised) as refusal:
        await promising.grant(world.agent, complaint.number, Remedy.replan, due_at=sooner)
    assert said(refusal.value).startswith(
        "C’est plus tôt que ce que vous pouvez promettre (pas avant 48 heures)."
    )
    assert await refusals(owner) == [("agent", "replan", None, "above_limit", "provider")]


@pytest.mark.parametrize("disclosure", ["anonymous", "call_first"])
@pytest.mark.parametrize("remedy", [Remedy.replan, Remedy.call_back])
async def test_nothing_is_promised_that_would_tell_a_name_kept_back(
    world: World, owner: Owner, disclosure: str, remedy: Remedy
) -> None:
    await referenced(world, GRID)
    complaint = await filed(world, disclosure)
    with pytest.raises(Conflict):
        await promising.grant(world.agent, complaint.number, remedy)
    assert await promise_row(owner) is None
    assert await refusals(owner) == []


@pytest.mark.parametrize(
    "given", [{"amount_cents": None}, {"amount_cents": -5}, {"amount_cents": 10_000_000}]
)
async def test_a_refund_says_how_much(world: World, given: dict[str, int]) -> None:
    complaint = await filed(world)
    with pytest.raises(Invalid):
        await promising.grant(world.agent, complaint.number, Remedy.refund, **given)
    with pytest.raises(Invalid):
        await promising.grant(world.agent, complaint.number, "bonbons")  # type: ignore[arg-type]


async def test_the_same_promise_sent_twice_at_once_is_made_once(world: World, owner: Owner) -> None:
    await referenced(world, GRID)
    complaint = await filed(world)
    same = [
        promising.grant(world.agent, complaint.number, Remedy.refund, amount_cents=4_000) for _ in range(2)
    ]
    made = await asyncio.gather(*same, return_exceptions=True)
    assert sorted(type(each).__name__ for each in made) == ["Conflict", "Promised"]
    refusal = next(each for each in made if isinstance(each, Conflict))
    assert said(refusal).startswith("C’est déjà promis pour le ")
    assert await fetch_count(owner, "complaint_promise", "true") == 1


async def test_what_was_refunded_counts_in_what_may_be_granted(world: World, owner: Owner) -> None:
    await referenced(world, GRID)
    complaint = await filed(world)
    made = await promising.grant(world.agent, complaint.number, Remedy.refund, amount_cents=4_000)
    await promising.fulfil(world.agent, made.id, "client")
    with pytest.raises(NotAuthorised):
        await promising.grant(world.agent, complaint.number, Remedy.refund, amount_cents=100)
    assert await refusals(owner) == [("agent", "refund", 100, "above_limit", "supervisor")]
    supervisor = world.actor("supervisor")
    await promising.grant(supervisor, complaint.number, Remedy.refund, amount_cents=6_000)


@pytest.mark.parametrize("remedy", [Remedy.explain, Remedy.mediation, Remedy.other])
async def test_nothing_is_promised_before_the_provider_may_know(world: World, remedy: Remedy) -> None:
    await referenced(world, {"mediation": True})
    complaint = await filed(world, "call_first")
    with pytest.raises(Conflict):
        await promising.grant(world.actor("supervisor"), complaint.number, remedy)


async def test_a_promise_is_for_a_day_to_come_and_not_for_another_year(world: World) -> None:
    complaint = await filed(world)
    far = clock.now() + timedelta(days=91)
    with pytest.raises(Invalid):
        await promising.grant(world.provider, complaint.number, Remedy.replan, due_at=far)
    past = clock.now() - timedelta(hours=1)
    with pytest.raises(Invalid):
        await promising.grant(world.provider, complaint.number, Remedy.replan, due_at=past)


async def test_a_provider_s_own_promise_is_confirmed_by_itself(world: World, owner: Owner) -> None:
    complaint = await filed(world)
    await promising.grant(world.provider, complaint.number, Remedy.other, detail="Un bouquet")
    row = await promise_row(owner)
    assert (row["state"], row["authority"], row["confirmed_by"]) == ("confirmed", "provider", "Provider")


async def promised(world: World) -> tuple[Filed, promising.Promised]:
    await referenced(world, GRID)
    complaint = await filed(world)
    return complaint, await promising.grant(world.agent, complaint.number, Remedy.replan)


async def test_a_promise_is_confirmed_then_done(world: World, owner: Owner) -> None:
    _complaint, made = await promised(world)
    await promising.confirm(world.agent, made.id, " Mme Roux ")
    row = await promise_row(owner)
    assert (row["state"], row["confirmed_by"]) == ("confirmed", "Mme Roux")
    await promising.fulfil(world.provider, made.id, "provider")
    row = await promise_row(owner)
    assert (row["state"], row["done_how"]) == ("done", "provider")
    with pytest.raises(Conflict):
        await promising.fulfil(world.agent, made.id, "client")


async def test_a_provider_may_decline_a_promise_and_says_why(world: World, owner: Owner) -> None:
    _complaint, made = await promised(world)
    with pytest.raises(Invalid):
        await promising.decline(world.provider, made.id, " ")
    await promising.decline(world.provider, made.id, "Personne n’est libre")
    row = await promise_row(owner)
    assert (row["state"], row["refused_why"]) == ("refused", "Personne n’est libre")
    with pytest.raises(Conflict):
        await promising.confirm(world.provider, made.id, "Mme Roux")


async def test_each_side_says_only_what_it_knows(world: World) -> None:
    _complaint, made = await promised(world)
    with pytest.raises(Forbidden):
        await promising.fulfil(world.provider, made.id, "client")
    with pytest.raises(Forbidden):
        await promising.fulfil(world.agent, made.id, "provider")
    with pytest.raises(Invalid):
        await promising.confirm(world.provider, made.id, "")


async def test_another_provider_and_gironde_find_no_promise(world: World) -> None:
    complaint, made = await promised(world)
    cap = world.actor("provider", world.cap)
    with pytest.raises(NotFound):
        await promising.confirm(cap, made.id, "Mme Roux")
    with pytest.raises(NotFound):
        await promising.grant(cap, complaint.number, Remedy.explain)
    with pytest.raises(Forbidden):
        await promising.confirm(world.stranger, made.id, "Mme Roux")
    with pytest.raises(NotFound):
        await promising.decline(world.agent, uuid7(clock.now()), "Inconnue")
    async with scoped(world.stranger) as db:
        assert await fetch_value(db, "SELECT count(*) FROM complaint_promise") == 0


@pytest.mark.parametrize("actor", ["agent", "provider"])
async def test_nothing_is_granted_once_the_complaint_is_over(world: World, actor: str) -> None:
    complaint = await filed(world, "call_first")
    await handling.disclose(world.agent, complaint.number, Decision.nothing)
    who: Actor = world.agent if actor == "agent" else world.provider
    with pytest.raises((Conflict, NotFound)):
        await promising.grant(who, complaint.number, Remedy.explain)
