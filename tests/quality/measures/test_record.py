"""What answers add to the figures: one id a key, exact differences, one statement."""

from datetime import date
from uuid import UUID

import asyncpg
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.db import execute, transaction
from quality.measures import record
from quality.measures.record import CellFacts, cell_id, cells, difference, sums_of
from tests.world import World

ONE, TWO = UUID(int=1), UUID(int=2)
FACTS = CellFacts(
    platform_id=ONE,
    pseudonym=TWO,
    month=date(2026, 11, 1),
    provider_id=ONE,
    activity="II-1",
    mode="prestataire",
    departement="34",
    territory="",
    funders=(TWO, ONE),
    first_mode="sms",
    respondent="client",
    collector="platform",
    admissible="yes",
    age_band="75-84",
)
OTHER = {
    "platform_id": TWO,
    "pseudonym": ONE,
    "month": date(2026, 12, 1),
    "provider_id": TWO,
    "activity": "II-2",
    "mode": "mandataire",
    "departement": "30",
    "territory": "coeur",
    "funders": (ONE,),
    "first_mode": "phone",
    "respondent": "relative",
    "collector": "self",
    "admissible": "worker_present",
    "age_band": "85+",
    "arm": "phone/sms",
}
SUMS = st.dictionaries(
    st.sampled_from(["GLOB:1", "PONCT:1", "RECO:1"]),
    st.tuples(st.integers(0, 3), st.integers(0, 3)),
)


@pytest.mark.parametrize("fact", sorted(OTHER))
def test_every_fact_of_the_key_makes_another_cell(fact: str) -> None:
    changed = msgspec.structs.replace(FACTS, **{fact: OTHER[fact]})
    assert cell_id(changed, "GLOB", 1) != cell_id(FACTS, "GLOB", 1)


def test_all_facts_are_tried() -> None:
    assert set(OTHER) == set(CellFacts.__struct_fields__)


def test_indicator_and_version_make_another_cell() -> None:
    ids = {cell_id(FACTS, "GLOB", 1), cell_id(FACTS, "GLOB", 2), cell_id(FACTS, "PONCT", 1)}
    assert len(ids) == 3


def test_the_order_of_the_funders_does_not_matter() -> None:
    turned = msgspec.structs.replace(FACTS, funders=(ONE, TWO))
    assert cells(turned, {"GLOB:1": (1, 1)}) == cells(FACTS, {"GLOB:1": (1, 1)})


def test_a_request_has_no_respondent() -> None:
    assert FACTS.of_request.respondent == ""
    late = msgspec.structs.replace(FACTS, respondent="relative", admissible="worker_present")
    assert late.of_request == FACTS.of_request


@settings(max_examples=60)
@given(st.lists(SUMS, max_size=6))
def test_differences_add_up_to_the_last_state(states: list[dict[str, tuple[int, int]]]) -> None:
    stored: dict[str, list[int]] = {}
    old: dict[str, list[int]] = {}
    for state in states:
        rows = cells(FACTS, state)
        more, fewer = difference(old, rows)
        assert all(row["n"] >= 0 and row["x"] >= 0 for row in more)
        assert all(ids == sorted(ids) for ids in ([str(row["id"]) for row in part] for part in (more, fewer)))
        for row, sign in [*((r, 1) for r in more), *((r, -1) for r in fewer)]:
            cell = stored.setdefault(str(row["id"]), [0, 0])
            cell[0] += sign * row["n"]
            cell[1] += sign * row["x"]
        old = sums_of(rows)
    assert {k: v for k, v in stored.items() if v != [0, 0]} == {k: v for k, v in old.items() if v != [0, 0]}


async def test_rows_of_one_cell_add_up(world: World, owner: asyncpg.Connection) -> None:
    rows = cells(FACTS, {"GLOB:1": (1, 1), "RECO:1": (1, 0)})
    async with transaction("work") as db:
        await record.add(db, [*rows, *rows])
        await record.add(db, rows)
    found = await owner.fetch("SELECT indicator, version, n, x, funders, month FROM cell ORDER BY indicator")
    assert [tuple(row) for row in found] == [
        ("GLOB", 1, 3, 3, [ONE, TWO], date(2026, 11, 1)),
        ("RECO", 1, 3, 0, [ONE, TWO], date(2026, 11, 1)),
    ]


async def test_subtracting_gives_the_cell_back_as_it_was(world: World, owner: asyncpg.Connection) -> None:
    first, second = cells(FACTS, {"GLOB:1": (1, 1)}), cells(FACTS, {"GLOB:1": (1, 0)})
    more, fewer = difference(sums_of(first), second)
    assert more == []
    async with transaction("answer") as db:
        await execute(db, record.adding("$1"), record.as_json(first))
        await execute(db, record.subtracting("$1"), record.as_json(fewer))
    assert [tuple(row) for row in await owner.fetch("SELECT n, x FROM cell")] == [(1, 0)]


async def test_a_condition_of_the_caller_holds_everything_back(
    world: World, owner: asyncpg.Connection
) -> None:
    rows = record.as_json(cells(FACTS, {"GLOB:1": (1, 1)}))
    async with transaction("answer") as db:
        await execute(db, record.adding("$1", "false"), rows)
        await execute(db, record.adding("$1"), rows)
        await execute(db, record.subtracting("$1", "false"), rows)
    assert await owner.fetchval("SELECT n FROM cell") == 1


async def test_nothing_to_add_is_no_statement(world: World, owner: asyncpg.Connection) -> None:
    async with transaction("work") as db:
        await record.add(db, [])
    assert await owner.fetchval("SELECT count(*) FROM cell") == 0
