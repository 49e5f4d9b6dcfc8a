"""CHARTE counts what the platform verified at the end of a period, and nothing that is only declared."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import asyncpg
import pytest

from charter.adhesion.life import Event
from charter.adhesion.moving import LIVING, Why, move
from charter.answering import Draft, save
from charter.facts import count
from charter.review.deciding import Judgement, accept, judge
from charter.submitting import submit
from quality import clock
from quality.access.scope import scoped
from quality.db import execute, fetch, fetch_one, pool, transaction
from quality.measures.releases.facts import Fact
from quality.measures.releases.periods import period
from quality.measures.releases.releasing import create
from tests.charter.declared import criterion, edition
from tests.charter.grids import WORDS, words
from tests.charter.owned import own
from tests.charter.reviewed import BASE, a_file, the_adhesion
from tests.world import World

LATER = datetime(2100, 1, 1, tzinfo=UTC)
CRITERIA = len(edition().criteria)


def today() -> date:
    return clock.now().date()


def wait(days: int) -> None:
    clock.set_offset(clock.now() + timedelta(days=days) - datetime.now(UTC))


async def accepted(world: World, owner: asyncpg.Connection, *judged: tuple[str, str]) -> None:
    """Have Aide 34 declare everything kept, some of it corrected, and the file accepted."""
    file = await a_file(world, owner)
    for code, answer in judged:
        await judge(world.staff, file, code, Judgement("corriger", answer, "Vu sur place."), BASE)
    await accept(world.staff, file)


async def proof(world: World, expires_on: date | None = None, **facts: object) -> None:
    """Keep an evidence of Aide 34: a register of complaints, which proves 3.7."""
    row = {"document": "complaint_log", "edition": "", "criterion": "", "withdrawn_at": None, **facts}
    await execute(
        pool("work"),
        """
        INSERT INTO evidence (id, platform_id, provider_id, title, document, edition, edition_version,
            criterion, expires_on, created_at, withdrawn_at)
        VALUES ($1, $2, $3, 'Preuve', $4, $5, $6, $7, $8, $9, $10)
        """,
        uuid4(),
        world.platform,
        world.aide34,
        row["document"],
        row["edition"],
        1 if row["edition"] else 0,
        row["criterion"],
        expires_on,
        clock.now(),
        row["withdrawn_at"],
    )


async def facts(world: World, day: date | None = None) -> list[Fact]:
    return list(await count(pool("work"), world.platform, day or today()))


async def fact(world: World, day: date | None = None) -> Fact:
    (found,) = await facts(world, day)
    return found


async def test_what_is_only_declared_or_not_yet_decided_is_in_no_figure(
    world: World, owner: asyncpg.Connection
) -> None:
    await a_file(world, owner)
    await proof(world)
    assert await facts(world) == []


async def test_a_criterion_counts_once_it_is_both_verified_and_proven(
    world: World, owner: asyncpg.Connection
) -> None:
    await accepted(world, owner)
    found = await fact(world)
    assert (found.provider, found.indicator, found.version) == (world.aide34, "CHARTE", 1)
    assert (found.asked, found.held, found.is_whole) == (CRITERIA, 0, True)
    proving = [each.code for each in edition().criteria if "complaint_log" in each.evidence]
    await proof(world)
    await proof(world)
    assert (await fact(world)).held == len(proving) > 0
    free = next(each.code for each in edition().criteria if each.code not in proving)
    await proof(world, document="", edition=edition().code, criterion=free)
    assert (await fact(world)).held == len(proving) + 1


async def test_an_evidence_serves_on_its_last_day_and_no_longer(
    world: World, owner: asyncpg.Connection
) -> None:
    await accepted(world, owner)
    await proof(world, today() + timedelta(days=1))
    await proof(world, document="training_plan", withdrawn_at=clock.now())
    held = [(await fact(world, today() + timedelta(days=days))).held for days in (0, 1, 2)]
    assert held[0] == held[1] > held[2] == 0


async def test_what_the_review_corrected_counts_as_it_was_corrected(
    world: World, owner: asyncpg.Connection
) -> None:
    optional = next(
        each.code
        for each in edition().criteria
        if not each.compulsory and "complaint_log" not in each.evidence
    )
    await accepted(world, owner, (optional, "no"))
    await proof(world, document="", edition=edition().code, criterion=optional)
    assert (await fact(world)).held == 0


async def test_what_does_not_concern_the_provider_counts_for_nothing(
    world: World, owner: asyncpg.Connection
) -> None:
    optional = next(each.code for each in edition().criteria if not each.compulsory)
    await accepted(world, owner, (optional, "not_concerned"))
    assert (await fact(world)).asked == CRITERIA - 1


async def test_a_period_before_the_file_was_accepted_counts_nothing(
    world: World, owner: asyncpg.Connection
) -> None:
    await accepted(world, owner)
    assert await facts(world, today() - timedelta(days=1)) == []


@pytest.mark.parametrize(("before", "after"), [(True, False)])
async def test_a_suspended_adhesion_holds_no_longer_all_its_imperatives(
    world: World, owner: asyncpg.Connection, before: bool, after: bool
) -> None:
    await accepted(world, owner)
    first = today()
    wait(3)
    await suspended(world)
    assert ((await fact(world, first)).is_whole, (await fact(world)).is_whole) == (before, after)


async def test_a_period_reads_the_adhesion_as_it_was_at_its_end(
    world: World, owner: asyncpg.Connection
) -> None:
    await accepted(world, owner)
    days = [today()]
    for event in (Event.warn, Event.suspend, Event.recover, Event.revoke):
        wait(2)
        async with transaction("work") as db:
            living = await fetch_one(db, LIVING, world.aide34, edition().code)
            await move(db, world.operator, living, event, Why.of("Réclamations sans réponse."))
        days.append(today())
    held = [(await fact(world, day)).is_whole for day in days]
    assert held == [True, True, False, True, False]


async def test_the_past_of_an_adhesion_is_read_by_whoever_reads_the_adhesion(
    world: World, owner: asyncpg.Connection
) -> None:
    await accepted(world, owner)
    readers = {
        "own": world.provider,
        "platform": world.staff,
        "another provider": world.actor("provider", world.cap),
        "Gironde": world.actor("funder", world.gironde),
    }
    seen = {}
    for name, reader in readers.items():
        async with scoped(reader) as db:
            rows = await fetch(db, "SELECT * FROM adhesion_at($1, $2)", await the_adhesion(owner), LATER)
        seen[name] = [row["state"] for row in rows]
    assert seen == {"own": ["valid"], "platform": ["valid"], "another provider": [], "Gironde": []}


async def test_a_renewal_since_does_not_lengthen_the_term_of_then(
    world: World, owner: asyncpg.Connection
) -> None:
    await accepted(world, owner)
    past = await owner.fetchval("SELECT ends_on FROM adhesion") + timedelta(days=1)
    wait(800)
    async with transaction("work") as db:
        living = await fetch_one(db, LIVING, world.aide34, edition().code)
        longer = {**living, "ends_on": today() + timedelta(days=365)}
        await execute(db, "UPDATE adhesion SET ends_on = $1", longer["ends_on"])
        await move(db, world.operator, longer, Event.renew, Why.of(""))
    assert [(await fact(world, day)).is_whole for day in (past, today())] == [False, True]


async def test_an_adhesion_that_ended_holds_nothing_any_more(world: World, owner: asyncpg.Connection) -> None:
    await accepted(world, owner)
    assert not (await fact(world, today() + timedelta(days=2000))).is_whole


async def test_an_employer_of_their_own_carer_is_never_counted(
    world: World, owner: asyncpg.Connection
) -> None:
    await accepted(world, owner)
    await owner.execute(
        "UPDATE organisation SET legal_form = 'particulier_employeur' WHERE id = $1", world.aide34
    )
    assert await facts(world) == []


async def test_what_is_told_is_declared_and_verified_apart_of_what_clients_measure(
    world: World, owner: asyncpg.Connection
) -> None:
    await accepted(world, owner, ("2.8", "partly") if not criterion("2.8").compulsory else ("2.8", "yes"))
    told = (await fact(world)).told
    assert (told["edition"], told["version"]) == (edition().code, edition().version)
    assert set(told) == {"edition", "version", "answers"}
    measured = {
        each.code for each in edition().criteria if each.measured and each.measured.source == "answers"
    }
    assert set(told["answers"]) == measured


async def another_accepted(world: World, owner: asyncpg.Connection) -> None:
    """Have Aide 34 keep everything of a small edition of the platform's own, and its file accepted."""
    await own(owner, world, WORDS)
    await save(world.provider, words(), {each.code: Draft("yes") for each in words().criteria})
    await submit(world.provider, "words")
    await accept(world.staff, await owner.fetchval("SELECT id FROM review_file WHERE decided_at IS NULL"))


async def test_another_edition_is_in_no_figure(world: World, owner: asyncpg.Connection) -> None:
    await another_accepted(world, owner)
    assert await facts(world) == []


async def test_another_edition_hides_no_suspension_of_the_national_charter(
    world: World, owner: asyncpg.Connection
) -> None:
    await accepted(world, owner)
    await suspended(world)
    wait(1)
    await another_accepted(world, owner)
    found = await fact(world)
    assert (found.told["edition"], found.asked, found.is_whole) == (edition().code, CRITERIA, False)


async def suspended(world: World) -> None:
    for event in (Event.warn, Event.suspend):
        async with transaction("work") as db:
            living = await fetch_one(db, LIVING, world.aide34, edition().code)
            await move(db, world.operator, living, event, Why.of("Réclamations sans réponse."))


async def test_a_release_counts_what_is_held_of_the_national_charter(
    world: World, owner: asyncpg.Connection
) -> None:
    await accepted(world, owner)
    await another_accepted(world, owner)
    clock.set_offset(datetime.combine(period("2026-11").releasable_on, time(9), UTC) - datetime.now(UTC))
    await create(world.platform, "2026-11")
    kept = await owner.fetchrow(
        "SELECT asked, held, told->>'edition' AS edition, told->>'version' AS version "
        "FROM release_fact WHERE funder_id IS NULL"
    )
    assert tuple(kept) == (CRITERIA, 0, edition().code, str(edition().version))
