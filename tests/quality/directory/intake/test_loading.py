"""A file of visits on its way in: what is written, what is refused, and what sending it again does."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import asyncpg
import pytest

from quality import clock
from quality.access.scope import scoped
from quality.db import execute
from quality.directory.intake import chunks
from quality.directory.intake.refusals import FileRefused
from quality.errors import Forbidden, NotFound
from quality.ids import uuid7, uuid7_floor
from tests.files import visits_file
from tests.quality.directory.intake.sending import csv, send, try_out, visit
from tests.world import World

BY_HAND = visits_file()


async def stored(owner: asyncpg.Connection, reference: str = "V-1") -> asyncpg.Record:
    row = await owner.fetchrow("SELECT * FROM intervention WHERE reference = $1", reference)
    assert row is not None
    return row


async def snapshot(owner: asyncpg.Connection, tables: list[str]) -> dict[str, tuple[int, int]]:
    """Count the rows of every table, and add up what changes when one is rewritten."""
    found = {}
    for table in tables:
        row = await owner.fetchrow(
            f'SELECT count(*), coalesce(sum(xmin::text::bigint), 0)::bigint FROM "{table}"'
        )
        found[table] = (row[0], row[1])
    return found


async def waiting(owner: asyncpg.Connection) -> list[tuple[object, ...]]:
    sql = "SELECT id, client_id, ended_at, quarter, changed_at FROM undecided_visit ORDER BY id"
    return [tuple(row) for row in await owner.fetch(sql)]


async def authorise(
    world: World, kind: str, activities: list[str], departements: list[str], until: date | None = None
) -> None:
    async with scoped(world.operator) as db:
        await execute(
            db,
            """
            INSERT INTO authorisation (id, platform_id, organisation_id, kind, number, authority, valid_from,
                valid_to, activities, departements) VALUES ($1, $2, $3, $4, '', '', '2020-01-01', $5, $6, $7)
            """,
            uuid7(clock.now()),
            world.platform,
            world.aide34,
            kind,
            until,
            activities,
            departements,
        )


async def test_five_thousand_lines_with_37_bad_ones_are_counted_and_located(
    world: World, owner: asyncpg.Connection
) -> None:
    report, _ = await send(world, BY_HAND.content)
    assert (report.read, report.created, report.refused) == (5_000, 4_963, 37)
    assert tuple((error.line, error.column) for error in report.errors) == BY_HAND.errors
    assert all(error.message.endswith(".") for error in report.errors)
    assert await owner.fetchval("SELECT count(*) FROM intervention") == 4_963
    assert await owner.fetchval("SELECT count(*) FROM intervention_key") == 4_963


async def test_the_mended_rejects_import_exactly_what_was_refused(world: World) -> None:
    _, rejects = await send(world, BY_HAND.content)
    report, _ = await send(world, BY_HAND.mended(rejects))
    assert (report.read, report.created, report.refused) == (37, 37, 0)


async def test_the_same_file_again_creates_and_changes_nothing(
    world: World, owner: asyncpg.Connection, tables: list[str]
) -> None:
    await send(world, BY_HAND.content)
    before = await snapshot(owner, tables)
    report, _ = await send(world, BY_HAND.content)
    assert (report.created, report.updated, report.unchanged, report.refused) == (0, 0, 4_963, 37)
    after = await snapshot(owner, tables)
    assert {table for table in tables if before[table] != after[table]} == {"import_batch"}


async def test_a_dry_run_counts_the_same_and_writes_nothing(
    world: World, owner: asyncpg.Connection, tables: list[str]
) -> None:
    before = await snapshot(owner, tables)
    tried, rejects = await try_out(world, BY_HAND.content)
    assert await snapshot(owner, tables) == before
    done, same_rejects = await send(world, BY_HAND.content)
    assert tried.told() == done.told()
    assert rejects == same_rejects


async def test_two_sends_of_one_file_at_once_double_nothing(world: World, owner: asyncpg.Connection) -> None:
    content = visits_file(300, 0).content
    (one, _), (other, _) = await asyncio.gather(send(world, content), send(world, content))
    assert sorted((one.created, other.created)) == [0, 300]
    assert sorted((one.unchanged, other.unchanged)) == [0, 300]
    assert await owner.fetchval("SELECT count(*) FROM intervention") == 300


async def test_a_load_that_breaks_off_leaves_nothing_and_can_be_sent_again(
    world: World, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "CHUNK_LINES", 2)
    cut = csv(visit(), visit(reference="V-2"), visit(reference='"V-3'), visit(reference="V-4"))
    with pytest.raises(FileRefused):
        await send(world, cut)
    assert await owner.fetchval("SELECT count(*) FROM intervention") == 0
    assert await owner.fetchval("SELECT count(*) FROM client") == 0
    report, _ = await send(world, cut.replace(b'"', b""))
    assert report.created == 4


async def test_the_id_of_a_visit_holds_its_planned_instant_and_never_changes(
    world: World, owner: asyncpg.Connection
) -> None:
    await send(world, csv(visit(planned_start="20/11/2026 08:45")))
    first = await stored(owner)
    planned = datetime(2026, 11, 20, 7, 45, tzinfo=UTC)
    assert uuid7_floor(planned) < first["id"] < uuid7_floor(planned + timedelta(milliseconds=1))
    await send(world, csv(visit(planned_start="27/10/2026 08:45")))
    second = await stored(owner)
    assert second["id"] == first["id"]
    assert second["planned_start"] == datetime(2026, 10, 27, 7, 45, tzinfo=UTC)


async def test_an_empty_cell_keeps_and_a_dash_clears(world: World, owner: asyncpg.Connection) -> None:
    await send(world, csv(visit(worker_reference="S-1", plan_reference="P-1", hours_notified="12,5")))
    report, _ = await send(world, csv(visit(worker_reference="", plan_reference="-", funders=None)))
    row = await stored(owner)
    assert report.updated == 1
    assert (row["worker_reference"], row["plan_reference"]) == ("S-1", None)
    assert row["hours_notified"] == Decimal("12.50")
    assert row["funders"] == [world.herault]


async def test_a_line_that_says_less_of_the_same_changes_nothing(
    world: World, owner: asyncpg.Connection
) -> None:
    await send(world, csv(visit()))
    report, _ = await send(world, csv(visit(funders=None, client_name=None)))
    assert (report.updated, report.unchanged) == (0, 1)


async def test_a_reference_twice_in_a_file_is_refused_when_it_says_something_else(world: World) -> None:
    twice = csv(visit(), visit(reference="V-2"), visit(ended_at="20/11/2026 11:00"), visit())
    report, rejects = await send(world, twice)
    assert (report.created, report.unchanged, report.refused) == (2, 1, 1)
    (error,) = report.errors
    assert (error.line, error.column, error.value) == (4, "reference", "V-1")
    assert "ligne 2" in error.message
    assert len(rejects.splitlines()) == 2


async def test_a_reference_seen_in_an_earlier_chunk_is_known(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "CHUNK_LINES", 1)
    repeated = csv(visit(), visit(reference="V-2"), visit(ended_at="20/11/2026 11:00"), visit())
    tried, _ = await try_out(world, repeated)
    done, _ = await send(world, repeated)
    assert (done.created, done.unchanged, done.refused) == (2, 1, 1)
    assert tried.told() == done.told()


async def test_counts_do_not_depend_on_how_the_file_is_cut(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await send(world, csv(*(visit(reference=f"V-{n}") for n in range(6))))
    moved = csv(*(visit(reference=f"V-{n}", email="autre@exemple.fr") for n in range(6)))
    monkeypatch.setattr(chunks, "CHUNK_LINES", 2)
    tried, _ = await try_out(world, moved)
    done, _ = await send(world, moved)
    assert tried.updated == done.updated == 6
    again, _ = await send(world, moved)
    assert again.unchanged == 6


async def test_a_planned_visit_now_done_is_to_be_decided_again(
    world: World, owner: asyncpg.Connection
) -> None:
    planned = visit(
        planned_start="20/11/2026 09:00", started_at=None, ended_at=None, status="planned", activity="II-1"
    )
    await send(world, csv(planned))
    assert await waiting(owner) == []
    await send(world, csv(visit(activity="II-1", status="done")))
    row = await stored(owner)
    assert await waiting(owner) == [
        (row["id"], row["client_id"], row["ended_at"], date(2026, 10, 1), row["updated_at"])
    ]


async def test_a_visit_planned_after_all_waits_for_what_was_decided_of_it_to_be_undone(
    world: World, owner: asyncpg.Connection
) -> None:
    await send(world, csv(visit(status="done")))
    await owner.execute("DELETE FROM undecided_visit")
    await send(world, csv(visit(status="planned")))
    assert [each[0] for each in await waiting(owner)] == [(await stored(owner))["id"]]
    await owner.execute("DELETE FROM undecided_visit")
    await send(world, csv(visit(status="planned", planned_start="21/11/2026 09:00")))
    assert await waiting(owner) == []


@pytest.mark.parametrize("news", [{"status": "cancelled"}, {"incident": "yes"}, {"mobile": "06 39 98 00 02"}])
async def test_a_visit_that_was_decided_waits_again_when_its_line_changes(
    world: World, owner: asyncpg.Connection, news: dict[str, str]
) -> None:
    await send(world, csv(visit()))
    await owner.execute("DELETE FROM undecided_visit")
    await send(world, csv(visit()))
    assert await waiting(owner) == []
    await send(world, csv(visit(**news)))
    assert len(await waiting(owner)) == 1


async def test_a_visit_waits_again_when_its_line_says_what_another_line_of_the_client_said_first(
    world: World, owner: asyncpg.Connection
) -> None:
    nobody = {"mobile": "", "phone": "", "email": ""}
    await send(world, csv(visit(**nobody)))
    await send(world, csv(visit(reference="V-2")))
    await owner.execute("DELETE FROM undecided_visit")
    report, _ = await send(world, csv(visit()))
    assert (report.updated, report.unchanged) == (0, 1)
    assert len(await waiting(owner)) == 1


async def test_a_visit_that_waits_waits_as_it_is_now(world: World, owner: asyncpg.Connection) -> None:
    await send(world, csv(visit()))
    before = (await waiting(owner))[0]
    later = visit(client_reference="C-2", started_at="30/09/2026 22:30", ended_at="01/10/2026 00:10")
    await send(world, csv(later))
    ((identity, client, ended_at, quarter, changed_at),) = await waiting(owner)
    assert (identity, quarter) == (before[0], date(2026, 10, 1))
    assert client != before[1]
    assert changed_at == (await stored(owner))["updated_at"]
    assert ended_at == datetime(2026, 9, 30, 22, 10, tzinfo=UTC)  # already October where it took place


async def test_without_a_status_column_a_real_start_makes_a_visit_done(
    world: World, owner: asyncpg.Connection
) -> None:
    bare = visit(planned_start="20/11/2026 09:00", started_at=None, ended_at=None, status=None)
    await send(world, csv(bare))
    assert (await stored(owner))["status"] == "planned"
    await send(world, csv(visit(status=None)))
    assert (await stored(owner))["status"] == "done"
    await send(world, csv(visit(status="cancelled")))
    await send(world, csv(visit(status=None)))
    assert (await stored(owner))["status"] == "cancelled"


async def test_an_end_before_the_stored_start_is_refused_with_what_to_do(
    world: World, owner: asyncpg.Connection
) -> None:
    await send(world, csv(visit()))
    client = await owner.fetchrow("SELECT * FROM client")
    early = visit(started_at=None, planned_start="20/11/2026 07:00", ended_at="20/11/2026 08:00")
    report, _ = await send(world, csv(early | {"client_name": "Mme Autre"}))
    (error,) = report.errors
    assert (error.column, error.value) == ("ended_at", "20/11/2026 08:00")
    assert "09:00" in error.message
    assert (await stored(owner))["ended_at"] == datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    assert await owner.fetchrow("SELECT * FROM client") == client


async def test_an_apa_visit_of_an_authorised_provider_is_not_flagged(
    world: World, owner: asyncpg.Connection
) -> None:
    await authorise(world, "autorisation", ["I-3"], ["34"])
    elsewhere = visit(reference="V-2", postcode="30000", client_reference="C-2")
    other_mode = visit(reference="V-3", mode="mandataire")
    report, _ = await send(world, csv(visit(), elsewhere, other_mode))
    flags = {n: (await stored(owner, f"V-{n}"))["authorisation_missing"] for n in (1, 2, 3)}
    assert flags == {1: False, 2: True, 3: True}
    assert (report.created, report.unauthorised) == (3, 2)


async def test_an_authorisation_that_has_ended_covers_nothing_later(
    world: World, owner: asyncpg.Connection
) -> None:
    await authorise(world, "declaration", [], [], until=date(2026, 11, 19))
    await send(
        world,
        csv(visit(activity="II-1"), visit(reference="V-2", activity="II-1", started_at="19/11/2026 09:00")),
    )
    assert (await stored(owner, "V-1"))["authorisation_missing"]
    assert not (await stored(owner, "V-2"))["authorisation_missing"]


async def test_a_visit_of_another_month_lies_in_its_own_partition(
    world: World, owner: asyncpg.Connection
) -> None:
    await send(
        world,
        csv(visit(), visit(reference="V-2", started_at="30/09/2026 09:00", ended_at="30/09/2026 10:00")),
    )
    rows = await owner.fetch("SELECT tableoid::regclass::text AS part FROM intervention ORDER BY id")
    assert [row["part"] for row in rows] == ["intervention_202609", "intervention_202611"]


async def test_a_provider_cannot_send_the_visits_of_another(world: World) -> None:
    with pytest.raises(NotFound):
        await send(world, csv(visit()), provider=world.cap)


async def test_gironde_cannot_send_visits(world: World) -> None:
    with pytest.raises(Forbidden):
        await send(world, csv(visit()), actor=world.stranger)


async def test_two_providers_may_use_the_same_references(world: World) -> None:
    await send(world, csv(visit()))
    report, _ = await send(world, csv(visit()), actor=world.staff, provider=world.cap)
    assert report.created == 1
