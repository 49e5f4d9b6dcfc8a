"""From a signal to a complaint: only when wished, once, with its delays and nobody's name without accord."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import asyncpg
import pytest

from quality import clock
from quality.access.scope import scoped
from quality.complaints.opening import Opened, Source, Wish, delays_of, wish
from quality.db import execute, fetch, pool, transaction
from quality.ids import uuid7
from quality.keys import Keyring
from tests.world import World

Owner = asyncpg.Connection
KEYRING = Keyring("the secret of these tests, long enough")
LOW = """
INSERT INTO signal (id, platform_id, provider_id, source_kind, source_id, item, value, created_at)
VALUES (gen_random_uuid(), $1, $2, 'response', $3, $4, $5, $6)
"""


async def source_of(world: World, *, is_low: bool = True) -> Source:
    source = Source(
        kind="response",
        id=uuid7(clock.now()),
        platform_id=world.platform,
        provider_id=world.aide34,
        client_id=uuid7(clock.now()),
        intervention_id=uuid7(clock.now()),
        activity="I-3",
        mode="prestataire",
        departement="34",
        month=date(2026, 11, 1),
        funders=(world.herault,),
    )
    if is_low:
        await note(source, "globale", 2)
    return source


async def note(source: Source, item: str, value: int) -> None:
    async with transaction("answer") as db:
        await execute(db, LOW, source.platform_id, source.provider_id, source.id, item, value, clock.now())


async def say(source: Source, wanted: Wish, kind: str = "unknown") -> Opened | None:
    async with transaction("answer") as db:
        return await wish(db, KEYRING, source, wanted, now=clock.now(), kind=kind)


async def events(owner: Owner) -> list[tuple[str, str]]:
    rows = await owner.fetch("SELECT kind, audience FROM complaint_event ORDER BY at, kind")
    return [tuple(row) for row in rows]


@pytest.mark.parametrize(
    ("wanted", "is_disclosed", "awaits_contact"),
    [(Wish.NAMED, True, False), (Wish.ANONYMOUS, False, False), (Wish.CALL_FIRST, False, True)],
)
async def test_a_wish_opens_a_complaint(
    world: World, owner: Owner, wanted: Wish, is_disclosed: bool, awaits_contact: bool
) -> None:
    source = await source_of(world)
    opened = await say(source, wanted, kind="late")
    assert opened is not None
    row = await owner.fetchrow("SELECT * FROM complaint")
    assert (row["id"], row["number"], row["disclosure"], row["state"]) == (opened.id, 1, wanted, "opened")
    assert (row["kind"], row["activity"], row["departement"]) == ("late", "I-3", "34")
    assert (row["month"], row["funders"], row["awaits_contact"]) == (
        date(2026, 11, 1),
        [world.herault],
        awaits_contact,
    )
    subject = await owner.fetchrow("SELECT * FROM complaint_subject")
    assert (subject["id"], subject["client_id"]) == (opened.id, source.client_id)
    assert subject["is_disclosed"] is is_disclosed
    signal = await owner.fetchrow("SELECT wish, complaint_id FROM signal")
    assert tuple(signal) == (wanted, opened.id)
    assert await events(owner) == [("opened", "all"), (f"wish_{wanted}", "staff")]


async def test_nothing_wished_opens_nothing(world: World, owner: Owner) -> None:
    assert await say(await source_of(world), Wish.NOTHING) is None
    assert await owner.fetchval("SELECT wish FROM signal") == "nothing"
    assert await owner.fetchval("SELECT count(*) FROM complaint") == 0


async def test_a_problem_told_without_a_low_mark_is_a_complaint_too(world: World, owner: Owner) -> None:
    source = await source_of(world, is_low=False)
    opened = await asyncio.gather(*(say(source, Wish.NAMED, kind="late") for _ in range(4)))
    assert len({each and each.id for each in opened}) == 1, "sent several times at once, it is one"
    assert await owner.fetchval("SELECT count(*) FROM signal") == 0
    assert await owner.fetchval("SELECT kind FROM complaint") == "late"


async def test_what_it_is_about_may_be_told_better_and_a_serious_event_stays_one(
    world: World, owner: Owner
) -> None:
    source = await source_of(world)
    await say(source, Wish.NAMED)
    await say(source, Wish.NAMED, kind="late")
    assert await owner.fetchval("SELECT kind FROM complaint") == "late"
    await owner.execute("UPDATE complaint SET kind = 'serious'")
    await say(source, Wish.NAMED, kind="late")
    assert await owner.fetchval("SELECT kind FROM complaint") == "serious"


async def test_all_low_marks_of_a_visit_lead_to_one_complaint(world: World, owner: Owner) -> None:
    source = await source_of(world)
    await note(source, "respect", 1)
    await note(source, "travail", 4)
    opened = await say(source, Wish.NAMED)
    rows = await owner.fetch("SELECT item, complaint_id FROM signal ORDER BY item")
    assert opened is not None
    assert [tuple(row) for row in rows] == [("globale", opened.id), ("respect", opened.id), ("travail", None)]


async def test_the_same_wish_twice_changes_nothing(world: World, owner: Owner) -> None:
    source = await source_of(world)
    assert await say(source, Wish.NAMED) == await say(source, Wish.NAMED)
    assert await owner.fetchval("SELECT count(*) FROM complaint") == 1
    assert len(await events(owner)) == 2


async def test_ten_wishes_at_once_open_one_complaint(world: World, owner: Owner) -> None:
    source = await source_of(world)
    wishes = [Wish.NAMED, Wish.ANONYMOUS] * 5
    await asyncio.gather(*(say(source, wanted) for wanted in wishes))
    assert await owner.fetchval("SELECT count(*) FROM complaint") == 1
    assert await owner.fetchval("SELECT count(*) FROM complaint_subject") == 1


async def test_numbers_follow_each_other_whoever_comes_first(world: World, owner: Owner) -> None:
    sources = [await source_of(world) for _ in range(8)]
    await asyncio.gather(*(say(source, Wish.NAMED) for source in sources))
    rows = await owner.fetch("SELECT number FROM complaint ORDER BY number")
    assert [row["number"] for row in rows] == list(range(1, 9))


async def test_another_wish_before_anybody_acted_changes_the_one_complaint(
    world: World, owner: Owner
) -> None:
    source = await source_of(world)
    first = await say(source, Wish.NAMED)
    second = await say(source, Wish.CALL_FIRST)
    assert first is not None
    assert second == replace(first, disclosure=Wish.CALL_FIRST)
    row = await owner.fetchrow("SELECT disclosure, awaits_contact FROM complaint")
    assert tuple(row) == ("call_first", True)
    assert await owner.fetchval("SELECT is_disclosed FROM complaint_subject") is False


async def test_a_complaint_nobody_acted_on_is_withdrawn_and_may_come_back(world: World, owner: Owner) -> None:
    source = await source_of(world)
    first = await say(source, Wish.ANONYMOUS)
    assert await say(source, Wish.NOTHING) is None
    assert await owner.fetchval("SELECT state FROM complaint") == "closed"
    assert tuple(await owner.fetchrow("SELECT wish, complaint_id FROM signal")) == ("nothing", None)
    assert await say(source, Wish.NOTHING) is None
    assert first is not None
    assert await say(source, Wish.ANONYMOUS) == first
    row = await owner.fetchrow("SELECT state, acknowledged_at, closed_at, verdict, cause FROM complaint")
    assert tuple(row) == ("opened", None, None, None, "")
    kinds = [kind for kind, _ in await events(owner)]
    assert kinds.count("withdrawn") == 1


ACTED = {
    "by_a_note": """
        INSERT INTO complaint_event (id, platform_id, complaint_id, at, kind, account_id)
        SELECT gen_random_uuid(), platform_id, id, opened_at, 'note', gen_random_uuid() FROM complaint
    """,
    "by_acknowledging": "UPDATE complaint SET state = 'acknowledged', acknowledged_at = opened_at",
}


@pytest.mark.parametrize("deed", sorted(ACTED))
@pytest.mark.parametrize("wanted", [Wish.ANONYMOUS, Wish.NOTHING])
async def test_once_somebody_acted_another_wish_is_written_for_the_staff(
    world: World, owner: Owner, deed: str, wanted: Wish
) -> None:
    source = await source_of(world)
    first = await say(source, Wish.NAMED)
    await owner.execute(ACTED[deed])
    assert await say(source, wanted) == first
    assert await owner.fetchval("SELECT disclosure FROM complaint") == "named"
    told = await owner.fetchrow("SELECT audience, text FROM complaint_event WHERE kind = 'wish_late'")
    assert tuple(told) == ("staff", wanted)
    await say(source, Wish.NAMED)
    assert [kind for kind, _ in await events(owner)].count("wish_late") == 1


# ---- delays ----


async def referenced(world: World, *days: int) -> None:
    async with transaction("work") as db:
        await execute(
            db,
            """
            INSERT INTO referencing (id, platform_id, provider_id, status, since, acknowledge_days,
                solution_days, alert_days, authority)
            VALUES (gen_random_uuid(), $1, $2, 'referenced', '2020-01-01', $3, $4, $5, '{}')
            """,
            world.platform,
            world.aide34,
            *days,
        )


CONVENTION = {
    "status": "in_force",
    "starts_on": date(2026, 1, 1),
    "ends_on": date(2026, 12, 31),
    "activities": [],
    "departements": [],
    "excludes_mandataire": False,
    "acknowledge_days": 1,
    "solution_days": 8,
}


async def agreed(world: World, funder: UUID, **terms: object) -> None:
    values = {
        "providers": [world.aide34],
        **CONVENTION,
        **terms,
        "id": uuid7(clock.now()),
        "platform_id": world.platform,
        "funder_id": funder,
        "code": uuid7(clock.now()).hex,
        "title": "Convention d’essai",
        "indicators": [],
        "targets": "{}",
        "authority": "{}",
    }
    places = ", ".join(f"${number}" for number in range(1, len(values) + 1))
    async with transaction("work") as db:
        await execute(db, f"INSERT INTO convention ({', '.join(values)}) VALUES ({places})", *values.values())


async def days_of(source: Source) -> tuple[int, int, int]:
    found = await delays_of(pool("answer"), source, clock.now())
    return found.acknowledge_days, found.solution_days, found.alert_days


async def test_without_referencement_the_delays_are_those_by_default(world: World) -> None:
    assert await days_of(await source_of(world)) == (2, 15, 30)


async def test_the_referencement_sets_the_delays(world: World) -> None:
    await referenced(world, 3, 10, 20)
    assert await days_of(await source_of(world)) == (3, 10, 20)
    assert await days_of(replace(await source_of(world), provider_id=world.cap)) == (2, 15, 30)


async def test_the_shortest_convention_of_its_funders_refines_them(world: World) -> None:
    await referenced(world, 3, 10, 20)
    await agreed(world, world.herault, acknowledge_days=None, solution_days=8)
    await agreed(world, world.herault, acknowledge_days=2, solution_days=9, status="experimental")
    assert await days_of(await source_of(world)) == (2, 8, 20)


@pytest.mark.parametrize(
    "terms",
    [
        {"status": "draft"},
        {"status": "ended"},
        {"starts_on": date(2026, 11, 25)},
        {"ends_on": date(2026, 11, 23)},
        {"activities": ["II-1"]},
        {"departements": ["30"]},
        {"providers": []},
    ],
    ids=str,
)
async def test_a_convention_that_does_not_cover_the_visit_changes_nothing(
    world: World, terms: dict[str, object]
) -> None:
    await agreed(world, world.herault, **terms)
    assert await days_of(await source_of(world)) == (2, 15, 30)


@pytest.mark.parametrize(
    "terms",
    [{"ends_on": None}, {"ends_on": date(2026, 11, 24)}, {"activities": ["I-3"]}, {"departements": ["34"]}],
    ids=str,
)
async def test_a_convention_that_covers_the_visit_holds(world: World, terms: dict[str, object]) -> None:
    await agreed(world, world.herault, **terms)
    assert await days_of(await source_of(world)) == (1, 8, 30)


async def test_another_funders_convention_changes_nothing(world: World) -> None:
    await agreed(world, world.gironde)
    assert await days_of(await source_of(world)) == (2, 15, 30)


async def test_a_convention_may_leave_the_mandataire_mode_out(world: World) -> None:
    await agreed(world, world.herault, excludes_mandataire=True)
    source = await source_of(world)
    assert await days_of(source) == (1, 8, 30)
    assert await days_of(replace(source, mode="mandataire")) == (2, 15, 30)


async def test_a_complaint_carries_its_due_dates(world: World, owner: Owner) -> None:
    await agreed(world, world.herault)
    opened = await say(await source_of(world), Wish.NAMED)
    row = await owner.fetchrow("SELECT acknowledge_due_at, solution_due_at, alert_due_at FROM complaint")
    assert opened is not None
    assert (row["acknowledge_due_at"], row["solution_due_at"]) == (opened.acknowledge_at, opened.solution_at)
    assert opened.acknowledge_at.isoformat() == "2026-11-25T17:00:00+00:00"
    assert row["alert_due_at"] - row["solution_due_at"] == timedelta(days=22)


# ---- who sees what ----


async def seen(world: World, actor: object, table: str) -> int:
    async with scoped(actor) as db:
        return len(await fetch(db, f"SELECT id FROM {table}"))


@pytest.mark.parametrize(
    ("wanted", "complaints", "subjects"),
    [(Wish.NAMED, 1, 1), (Wish.ANONYMOUS, 1, 0), (Wish.CALL_FIRST, 0, 0), (Wish.NOTHING, 0, 0)],
)
async def test_the_provider_sees_what_the_client_allowed(
    world: World, wanted: Wish, complaints: int, subjects: int
) -> None:
    await say(await source_of(world), wanted)
    assert await seen(world, world.provider, "complaint") == complaints
    assert await seen(world, world.provider, "complaint_subject") == subjects
    assert await seen(world, world.provider, "signal") == subjects
    events_seen = await seen(world, world.provider, "complaint_event")
    assert events_seen == complaints


@pytest.mark.parametrize("table", ["complaint", "complaint_subject", "complaint_event", "signal"])
async def test_gironde_and_another_provider_see_nothing(world: World, table: str) -> None:
    await say(await source_of(world), Wish.NAMED)
    assert await seen(world, world.stranger, table) == 0
    assert await seen(world, world.actor("provider", world.cap), table) == 0
