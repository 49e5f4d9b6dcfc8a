"""How complaints end and start again: the client's word, by the desk or by the client's own page."""

from datetime import timedelta

import asyncpg
import pytest

from quality import clock
from quality.complaints.resolving import closing, handling
from quality.complaints.resolving.closing import Verdict
from quality.complaints.resolving.handling import Decision
from quality.db import transaction
from quality.errors import Conflict, Forbidden, Invalid
from tests.quality.complaints.opened import Filed, filed
from tests.world import World

Owner = asyncpg.Connection
WRITTEN = {"cause_code": "staffing", "cause": "Un oubli.", "remedy_code": "explain", "solution": "Excuses."}


async def remedied(world: World, disclosure: str = "named") -> Filed:
    complaint = await filed(world, disclosure)
    await handling.countersign(world.provider, complaint.number)
    await handling.remedy(world.provider, complaint.number, "late", **WRITTEN)
    return complaint


async def row_of(owner: Owner, complaint: Filed) -> asyncpg.Record:
    return await owner.fetchrow("SELECT * FROM complaint WHERE id = $1", complaint.id)


async def lines(owner: Owner, complaint: Filed) -> list[tuple[str, str, str]]:
    rows = await owner.fetch(
        "SELECT kind, audience, text FROM complaint_event WHERE complaint_id = $1 ORDER BY at, id",
        complaint.id,
    )
    return [tuple(row) for row in rows]


def later(days: float) -> None:
    clock.set_offset(clock.offset() + timedelta(days=days))


async def test_the_verdict_is_due_seven_days_after_the_remedy(world: World, owner: Owner) -> None:
    row = await row_of(owner, await remedied(world))
    assert row["verdict_due_at"] - row["remedied_at"] == timedelta(days=7)
    assert (row["cause_code"], row["remedy_code"]) == ("staffing", "explain")


async def test_a_client_settles_by_the_page_and_twice_changes_nothing(world: World, owner: Owner) -> None:
    complaint = await remedied(world)
    for _ in range(2):
        async with transaction("answer") as db:
            await closing.settle_by_client(db, complaint.id, clock.now())
    row = await row_of(owner, complaint)
    assert (row["state"], row["verdict"]) == ("closed", "settled")
    assert [kind for kind, _, _ in await lines(owner, complaint)].count("settled") == 1


async def test_nothing_is_settled_before_a_remedy(world: World) -> None:
    complaint = await filed(world)
    with pytest.raises(Conflict):
        async with transaction("answer") as db:
            await closing.settle_by_client(db, complaint.id, clock.now())


@pytest.mark.parametrize("start", ["remedied", "closed"])
async def test_not_settled_opens_the_complaint_again_in_a_new_round_with_new_delays(
    world: World, owner: Owner, start: str
) -> None:
    complaint = await remedied(world)
    if start == "closed":
        await closing.hear_verdict(world.agent, complaint.number, Verdict.settled)
    await owner.execute("UPDATE complaint SET contacts = 2, is_first_contact = true")
    before = await row_of(owner, complaint)
    later(20)
    async with transaction("answer") as db:
        await closing.reopen_by_client(db, complaint.id, "Elle est encore en retard.", clock.now())
    row = await row_of(owner, complaint)
    assert (row["state"], row["round"], row["contacts"], row["verdict"]) == (
        "acknowledged",
        2,
        0,
        "not_settled",
    )
    assert (row["remedied_at"], row["verdict_due_at"], row["closed_at"]) == (None, None, None)
    assert row["solution_due_at"] > before["solution_due_at"] + timedelta(days=19)
    assert row["acknowledge_due_at"] == before["acknowledge_due_at"]
    assert row["is_first_contact"] is False
    assert (await lines(owner, complaint))[-2:] == [
        ("reopened", "client", ""),
        ("message", "client", "Elle est encore en retard."),
    ]


async def test_the_desk_hears_the_same(world: World, owner: Owner) -> None:
    complaint = await remedied(world)
    await closing.hear_verdict(world.agent, complaint.number, Verdict.not_settled)
    row = await row_of(owner, complaint)
    assert (row["state"], row["round"]) == ("acknowledged", 2)
    with pytest.raises(Forbidden):
        await closing.hear_verdict(world.provider, complaint.number, Verdict.settled)


async def test_a_contested_complaint_comes_back_to_the_platform(world: World, owner: Owner) -> None:
    complaint = await filed(world)
    await handling.contest(world.provider, complaint.number, "La visite a été faite.")
    assert (await row_of(owner, complaint))["holder"] == "platform"
    await handling.remedy(world.staff, complaint.number, "late", **WRITTEN)
    await closing.hear_verdict(world.agent, complaint.number, Verdict.not_settled)
    assert (await row_of(owner, complaint))["holder"] == "platform"


async def test_each_round_has_its_own_position(world: World, owner: Owner) -> None:
    """A provider that took the first round in charge may contest the second, and the other way round."""
    complaint = await remedied(world)
    await closing.hear_verdict(world.agent, complaint.number, Verdict.not_settled)
    row = await row_of(owner, complaint)
    assert (row["position"], row["position_at"], row["contested_why"]) == (None, None, "")
    await handling.contest(world.provider, complaint.number, "La visite a été refaite samedi.")
    row = await row_of(owner, complaint)
    assert (row["position"], row["holder"]) == ("contested", "platform")
    assert ("contested", "all", "La visite a été refaite samedi.") in await lines(owner, complaint)
    with pytest.raises(Conflict):
        await handling.contest(world.provider, complaint.number, "Encore.")
    await handling.remedy(world.actor("supervisor"), complaint.number, "late", **WRITTEN)
    async with transaction("answer") as db:
        await closing.reopen_by_client(db, complaint.id, "", clock.now())
    row = await row_of(owner, complaint)
    assert (row["round"], row["position"], row["holder"]) == (3, None, "platform")
    await handling.countersign(world.provider, complaint.number)
    assert (await row_of(owner, complaint))["holder"] == "provider"


async def test_before_a_remedy_not_settled_is_a_message(world: World, owner: Owner) -> None:
    complaint = await filed(world)
    async with transaction("answer") as db:
        await closing.reopen_by_client(db, complaint.id, "Toujours rien.", clock.now())
    row = await row_of(owner, complaint)
    assert (row["state"], row["round"]) == ("opened", 1)
    assert (await lines(owner, complaint))[-1] == ("message", "client", "Toujours rien.")


async def test_the_words_of_a_nameless_client_are_read_by_the_staff(world: World, owner: Owner) -> None:
    complaint = await filed(world, "anonymous")
    async with transaction("answer") as db:
        await closing.write_message(db, complaint.id, "Mme Martin, 3 rue des Lilas", clock.now())
    assert (await lines(owner, complaint))[-1] == ("message", "staff", "Mme Martin, 3 rue des Lilas")
    with pytest.raises(Invalid):
        async with transaction("answer") as db:
            await closing.write_message(db, complaint.id, "", clock.now())


async def test_what_its_client_took_back_is_not_opened_again(world: World) -> None:
    complaint = await filed(world, "call_first")
    await handling.disclose(world.agent, complaint.number, Decision.nothing)
    with pytest.raises(Conflict):
        await closing.hear_verdict(world.agent, complaint.number, Verdict.not_settled)


async def test_delays_start_when_the_provider_learns_of_it(world: World, owner: Owner) -> None:
    complaint = await filed(world, "call_first")
    before = await row_of(owner, complaint)
    later(10)
    await handling.disclose(world.agent, complaint.number, Decision.named)
    row = await row_of(owner, complaint)
    assert row["acknowledge_due_at"] > clock.now() > before["acknowledge_due_at"]
    assert row["solution_due_at"] - before["solution_due_at"] == timedelta(days=10)
