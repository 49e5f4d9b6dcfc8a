"""A release is published once, whole, protected and sealed; what comes later moves only the next."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import asyncpg
import pytest

from quality import aside
from quality.db import execute, fetch, fetch_value, pool, transaction
from quality.errors import Refused
from quality.measures.disclosure import auditing, mending, series
from quality.measures.disclosure.lattice import Key, Scope
from quality.measures.disclosure.status import primary
from quality.measures.releases import figures, releasing
from quality.measures.releases.figures import seal
from quality.measures.releases.periods import period
from quality.measures.releases.releasing import BROKEN, create, verify, waiting
from quality.measures.releases.rows import listed, read
from quality.measures.releases.sealing import SEALED, seal_beside
from quality.measures.statistics import rate_per_1000
from quality.web.format import period_text
from tests.live import PATIENCE_SECONDS
from tests.quality.measures.cells import Cell, answers, convene, herault_october, write
from tests.quality.measures.folded import fold
from tests.rows import insert, valid_rows
from tests.world import World

# Of those asked, half have care; of those who answered, a third, and they are less satisfied.
CARE_AND_HOME = (("care", "I-3", 200, 50, 25), ("home", "II-3", 200, 100, 90))


async def cells(world: World, **facts: object) -> list[dict[str, object]]:
    where = " AND ".join(f"{name} IS NOT DISTINCT FROM ${place}" for place, name in enumerate(facts, 1))
    return await fetch(
        pool("work"),
        f"SELECT * FROM release_cell WHERE {where} ORDER BY indicator, scope_type",
        *facts.values(),
    )


async def test_a_month_gives_a_figure_for_the_funder_and_for_the_whole(world: World) -> None:
    await herault_october(world)
    (made,) = await create(world.platform, "2026-10")
    (fund,) = await cells(world, scope_type="fund", indicator="GLOB", activity="")
    (france,) = await cells(world, scope_type="france", indicator="GLOB", activity="")
    assert made.period == "2026-10"
    for row in (fund, france):
        assert (row["status"], row["n_clients"], row["value"]) == ("A", 100, Decimal(84))
        assert row["ci_low"] < 84 < row["ci_high"]
    assert (fund["scope_code"], fund["funder_id"]) == ("D34", world.herault)
    assert (france["scope_code"], france["funder_id"]) == ("FR", None)


async def test_the_base_is_kept_unrounded_beside_the_figure(world: World) -> None:
    await herault_october(world)
    (made,) = await create(world.platform, "2026-10")
    base = {each.key: each.moments for each in (await read(pool("work"), made.id)).bases}
    of = base[Key(None, None, "GLOB", 1, Scope.FRANCE, "FR")]
    assert (of.clients, of.n, of.x, of.largest) == (100, 100, Fraction(84), 1)


async def test_a_funder_counts_only_what_it_pays_for(world: World) -> None:
    await convene(world, world.herault)
    await write(
        world,
        [
            *answers(world.aide34, [world.herault], 40, 40, name="a"),
            *answers(world.aide34, [world.cnav], 30, 0, name="b"),
            *answers(world.aide34, [world.herault], 30, 0, name="c", mode="mandataire"),
        ],
    )
    await create(world.platform, "2026-10")
    (fund,) = await cells(world, scope_type="fund", indicator="GLOB", activity="")
    (france,) = await cells(world, scope_type="france", indicator="GLOB", activity="")
    assert (fund["n_clients"], france["n_clients"]) == (40, 100)


async def test_an_indicator_that_is_not_agreed_is_not_given_to_the_funder(world: World) -> None:
    await convene(world, world.herault, indicators=("PONCT",), targets={})
    await write(world, answers(world.aide34, [world.herault], 40, 40))
    await create(world.platform, "2026-10")
    assert {row["indicator"] for row in await cells(world, funder_id=world.herault)} == {
        *("RR2", "MODE_SMS", "MODE_MAIL", "MODE_TEL")
    }


async def test_nothing_hidden_carries_a_number(world: World) -> None:
    await herault_october(world)
    await write(world, answers(world.cap, [world.herault], 4, 1, name="few", departement="30"))
    (made,) = await create(world.platform)
    hidden = [row for status in "CD" for row in await cells(world, status=status)]
    assert made.hidden == len(hidden) > 0
    assert {row[name] for row in hidden for name in ("n_clients", "value", "ci_low", "ci_high")} == {None}


async def test_a_departement_with_few_clients_hides_the_other_and_keeps_their_region(world: World) -> None:
    await herault_october(world)
    await write(world, answers(world.cap, [world.herault], 4, 1, name="few", departement="30"))
    await create(world.platform, "2026-10")
    rows = await cells(world, funder_id=world.herault, indicator="GLOB", activity="")
    found = {row["scope_code"]: row["status"] for row in rows if len(str(row["scope_code"])) < 14}
    assert found == {"D34": "A", "76": "A", "34": "D", "30": "C"}


async def test_when_all_of_a_few_clients_say_the_same_only_a_bound_is_published(world: World) -> None:
    await write(world, answers(world.aide34, [], 20, 20))
    await create(world.platform, "2026-10")
    (row,) = await cells(world, scope_type="france", indicator="GLOB", activity="")
    assert (row["status"], row["value"], row["ci_high"]) == ("L", None, Decimal(100))


async def test_complaints_where_no_visit_counts_are_in_the_rate_and_hidden_where_they_stand_alone(
    world: World,
) -> None:
    """The rate of the whole counts them over its visits; one alone is somebody, whom nothing may show."""
    visits = answers(world.aide34, [], 400, 0, indicator="RECL_T", respondent="")[:400]
    beside = answers(world.cap, [], 40, 0, indicator="RECL_T", respondent="", departement="11")[:40]
    complaints = [Cell(world.aide34, f"{world.aide34}-{each}", 0, 1, "RECL_T") for each in range(3)]
    alone = Cell(world.cap, "never visited", 0, 1, "RECL_T", departement="30")
    await write(world, [*visits, *beside, *complaints, alone])
    await create(world.platform, "2026-10")
    (france,) = await cells(world, scope_type="france", indicator="RECL_T", activity="")
    expected = rate_per_1000(4, 440)
    assert expected is not None
    assert (france["n_clients"], france["value"]) == (440, Decimal("9.1"))
    assert (float(france["ci_low"]), float(france["ci_high"])) == (
        pytest.approx(expected.low, abs=0.05),
        pytest.approx(expected.high, abs=0.05),
    )
    places = await cells(world, scope_type="departement", indicator="RECL_T", activity="")
    found = {row["scope_code"]: (row["status"], row["value"]) for row in places}
    assert found["30"] == ("C", None)
    assert [each for each, (_, value) in found.items() if value is None] != ["30"]
    assert set(map(tuple, (await verify(world.platform)).values())) == {()}


async def test_a_period_is_published_only_once(world: World) -> None:
    await herault_october(world)
    await create(world.platform, "2026-10")
    with pytest.raises(Refused, match="déjà publiée"):
        await create(world.platform, "2026-10")


async def test_two_publishers_at_once_make_one_release(world: World) -> None:
    await herault_october(world)
    done = await asyncio.gather(
        create(world.platform, "2026-10"), create(world.platform, "2026-10"), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in done) == ["Refused", "list"]
    assert await fetch_value(pool("work"), "SELECT count(*) FROM release") == 1


async def test_a_period_that_is_not_closed_is_refused_with_its_day(world: World) -> None:
    await herault_october(world)
    with pytest.raises(Refused, match="novembre\xa02026 pourra être publiée le samedi 12\xa0décembre 2026"):
        await create(world.platform, "2026-11")
    assert await fetch_value(pool("work"), "SELECT count(*) FROM release") == 0


async def test_with_nothing_to_publish_the_next_day_is_said(world: World) -> None:
    with pytest.raises(Refused, match="samedi 12\xa0décembre 2026"):
        await create(world.platform)


async def test_all_that_may_be_published_is_and_then_nothing_more(world: World) -> None:
    await write(world, answers(world.aide34, [], 20, 15, month=date(2026, 8, 1)))
    made = await create(world.platform)
    assert [each.period for each in made] == ["2026-08", "2026-09", "2026-Q3", "2026-10"]
    with pytest.raises(Refused):
        await create(world.platform)


async def test_a_month_is_refused_once_its_quarter_is_published(world: World) -> None:
    await write(world, answers(world.aide34, [], 20, 15, month=date(2026, 8, 1)))
    await create(world.platform, "2026-Q3")
    with pytest.raises(Refused, match="ne peut plus l’être"):
        await create(world.platform, "2026-08")
    assert [each.period for each in await create(world.platform)] == ["2026-10"]


async def test_a_rolling_year_is_published_after_its_quarters_and_closes_no_month_before(
    world: World,
) -> None:
    await write(world, answers(world.aide34, [], 20, 15, month=date(2026, 5, 1)))
    await write(world, answers(world.aide34, [], 20, 15, month=date(2026, 8, 1)))
    for missing in ("2026-Q2", "2026-Q3"):
        text = "ne peut être publiée qu’après ses trimestres : publiez d’abord"
        with pytest.raises(Refused, match=f"{text} {period_text(missing)}"):
            await create(world.platform, "2026-R3")
        await create(world.platform, missing)
    (made,) = await create(world.platform, "2026-R3")
    assert made.period == "2026-R3"
    assert set(map(tuple, (await verify(world.platform)).values())) == {()}


async def test_a_rolling_year_of_a_platform_without_answers_waits_for_its_quarters(world: World) -> None:
    with pytest.raises(Refused, match="après ses trimestres"):
        await create(world.platform, "2026-R3")


async def test_what_may_be_published_has_the_last_four_quarters_once_each_is(world: World) -> None:
    today, november = date(2026, 11, 24), {"2025-11", "2025-12", "2025-Q4", "2025"}
    await write(world, answers(world.aide34, [], 20, 15, month=date(2025, 11, 1)))
    found = await waiting(world.platform, today)
    assert november < set(found)
    assert [code for code in found if "R" in code] == ["2026-R3"]
    assert found[-2:] == ["2026-R3", "2026-10"]
    await create(world.platform, "2025")
    assert not [code for code in await waiting(world.platform, today) if "R" in code]


async def test_a_quarter_counts_a_client_of_two_months_once(world: World) -> None:
    for month in (7, 8):
        await write(world, answers(world.aide34, [], 40, 30, month=date(2026, month, 1)))
    await create(world.platform, "2026-Q3")
    (row,) = await cells(world, scope_type="france", indicator="GLOB", activity="")
    assert row["n_clients"] == 40


async def test_a_quarter_does_not_give_back_a_hidden_month(world: World) -> None:
    await write(world, answers(world.aide34, [], 40, 30, month=date(2026, 7, 1)))
    await write(world, answers(world.aide34, [], 40, 30, month=date(2026, 8, 1)))
    await write(world, answers(world.aide34, [], 6, 3, month=date(2026, 9, 1)))
    await create(world.platform)
    rows = await cells(world, scope_type="france", indicator="GLOB", activity="")
    assert {str(row["period"]): row["status"] for row in rows} == {
        "2026-07": "A",
        "2026-08": "A",
        "2026-09": "C",
        "2026-Q3": "D",
    }


async def test_a_year_that_began_with_its_last_quarter_is_shown(world: World) -> None:
    await write(world, answers(world.aide34, [], 40, 30, month=date(2025, 11, 1)))
    await write(world, answers(world.aide34, [], 50, 40, month=date(2025, 12, 1)))
    await create(world.platform)
    rows = await cells(world, scope_type="france", indicator="GLOB", activity="")
    assert {str(row["period"]): row["status"] for row in rows} == {
        "2025-11": "A",
        "2025-12": "A",
        "2025-Q4": "A",
        "2025": "A",
        "2026-R3": "A",
    }
    assert set(map(tuple, (await verify(world.platform)).values())) == {()}


async def test_an_unpublished_month_with_answers_hides_a_quarter_that_would_give_it_back(
    world: World,
) -> None:
    await write(world, answers(world.aide34, [], 40, 30, month=date(2026, 8, 1)))
    await write(world, answers(world.aide34, [], 50, 40, month=date(2026, 9, 1)))
    await create(world.platform, "2026-09")
    await create(world.platform, "2026-Q3")
    rows = await cells(world, scope_type="france", indicator="GLOB", activity="")
    assert {str(row["period"]): row["status"] for row in rows} == {"2026-09": "A", "2026-Q3": "D"}


@pytest.mark.parametrize(
    "table",
    [
        "release",
        "release_cell",
        "release_base",
        "release_chart",
        "release_funnel",
        "release_standing",
        "release_weighted",
        "release_fact",
        "release_mode",
        "release_seal",
    ],
)
@pytest.mark.parametrize("pool_name", ["work", "web"])
async def test_what_is_published_never_changes(world: World, table: str, pool_name: str) -> None:
    await herault_october(world)
    await create(world.platform, "2026-10")
    with pytest.raises(Exception, match=r"immutable|permission denied"):
        await execute(pool(pool_name), f"UPDATE {table} SET platform_id = platform_id")
    with pytest.raises(Exception, match=r"immutable|permission denied"):
        await execute(pool(pool_name), f"DELETE FROM {table}")


async def test_a_late_answer_moves_the_base_of_the_quarter_and_not_the_published_month(world: World) -> None:
    await write(world, answers(world.aide34, [], 40, 30, month=date(2026, 9, 1)))
    await create(world.platform, "2026-09")
    before = await cells(world, period="2026-09")
    base = {each.key: each.moments for each in await fold(pool("work"), world.platform, period("2026-Q3"))}
    await write(world, [Cell(world.aide34, "late", month=date(2026, 9, 1), n=1, x=1)])
    moved = {each.key: each.moments for each in await fold(pool("work"), world.platform, period("2026-Q3"))}
    key = Key(None, None, "GLOB", 1, Scope.FRANCE, "FR")
    assert (moved[key].n - base[key].n, moved[key].x - base[key].x) == (1, 1)
    await create(world.platform, "2026-Q3")
    assert await cells(world, period="2026-09") == before


async def test_a_release_does_not_change_by_one_byte_whatever_comes_after(world: World) -> None:
    await herault_october(world)
    await write(world, answers(world.cap, [world.herault], 4, 1, name="few", departement="30"))
    for code in ("34", "11"):
        await write(world, answers(world.cap, [], 40, 30, name=code, activity="II-3", departement=code))
    (made,) = await create(world.platform, "2026-10")
    assert await fetch_value(pool("work"), "SELECT count(*) FROM release_weighted") > 0
    before = await everything(made.id)
    await write(world, answers(world.aide34, [world.herault], 9, 2, name="late"))
    await write(
        world, answers(world.aide34, [world.herault], 30, 2, name="imported", month=date(2026, 11, 1))
    )
    async with transaction("work") as db:
        await execute(
            db, "UPDATE cell SET n = 0, x = 0 WHERE pseudonym = (SELECT min(pseudonym::text)::uuid FROM cell)"
        )
        await execute(db, "UPDATE cell SET version = 2 WHERE indicator = 'PONCT'")
    with pytest.raises(Refused):
        await create(world.platform, "2026-10")
    assert await everything(made.id) == before
    assert set(map(tuple, (await verify(world.platform)).values())) == {()}


async def test_what_a_method_published_holds_once_another_is_in_use(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await herault_october(world)
    (made,) = await create(world.platform, "2026-10")
    before = await everything(made.id)
    monkeypatch.setattr(figures, "METHOD", "7")
    monkeypatch.setattr(releasing, "METHOD", "7")
    with pytest.raises(Refused, match="déjà publiée"):
        await create(world.platform, "2026-10")
    assert set(map(tuple, (await verify(world.platform)).values())) == {()}
    assert await everything(made.id) == before


@pytest.mark.parametrize(("method", "value"), [("5", Decimal(0)), ("6", None)])
async def test_a_rate_of_nought_of_few_clients_is_recomputed_as_it_was_published(
    world: World,
    owner: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    value: Decimal | None,
) -> None:
    visits = answers(world.aide34, [], 12, 0, indicator="RECL_T", respondent="")[:12]
    await write(world, visits)
    monkeypatch.setattr(releasing, "METHOD", method)
    monkeypatch.setattr(
        releasing, "released", lambda bases, before, held: figures.released(bases, before, held, method)
    )
    await create(world.platform, "2026-10")
    (france,) = await cells(world, scope_type="france", indicator="RECL_T", activity="")
    assert (france["status"], france["value"]) == ("L", value)
    monkeypatch.undo()
    assert set(map(tuple, (await verify(world.platform)).values())) == {()}


async def everything(release: object) -> list[str]:
    """Write each row of a release as PostgreSQL does, in order: figures, and what is said beside them."""
    rows = []
    for table, column in (
        ("release", "id"),
        *((table, "release_id") for table in ("release_cell", "release_base", *SEALED, "release_seal")),
    ):
        found = await fetch(
            pool("work"), f"SELECT t::text AS row FROM {table} t WHERE {column} = $1 ORDER BY t.id", release
        )
        rows += [row["row"] for row in found]
    return rows


async def test_a_release_keeps_what_its_audit_did(world: World) -> None:
    await herault_october(world)
    await write(world, answers(world.cap, [world.herault], 4, 1, name="few", departement="30"))
    (made,) = await create(world.platform, "2026-10")
    (kept,) = await listed(pool("work"), world.platform)
    assert kept.audit is not None
    assert (kept.audit["method"], kept.audit["examined"]) == ("HiGHS", made.audit.examined)
    assert made.audit.examined > 0


async def test_a_loop_goes_on_while_a_release_is_audited(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await herault_october(world)
    loop, has_gone_on = asyncio.get_running_loop(), threading.Event()

    def audited(*given: Any, **ties: Any) -> series.Outcome:
        loop.call_soon_threadsafe(has_gone_on.set)
        assert has_gone_on.wait(PATIENCE_SECONDS)
        return auditing.audited(*given, **ties)

    monkeypatch.setattr(releasing, "audited", audited)
    (made,) = await create(world.platform, "2026-10")
    assert made.period == "2026-10"


async def test_many_figures_are_audited_in_processes_to_the_same_end(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for month in (date(2026, 9, 1), date(2026, 10, 1)):
        for name, activity, asked, answered, good in CARE_AND_HOME:
            one = replace(Cell(world.aide34, ""), activity=activity, month=month)
            people = [f"{name}{each}" for each in range(asked)]
            await write(world, [replace(one, client=each, indicator="RR2") for each in people[answered:]])
            await write(
                world,
                [replace(one, client=each, x=int(at < good)) for at, each in enumerate(people[:answered])],
            )
    opened, open_processes = list[int](), aside.processes

    @contextmanager
    def processes(count: int) -> Iterator[Executor]:
        opened.append(count)
        with open_processes(2) as pool:
            yield pool

    monkeypatch.setattr(aside, "processes", processes)
    (alone,) = await create(world.platform, "2026-09")
    assert not opened
    monkeypatch.setattr(releasing, "MANY", 0)
    (beside,) = await create(world.platform, "2026-10")
    assert len(opened) == 1
    assert (beside.cells, beside.hidden) == (alone.cells, alone.hidden)
    assert (beside.audit.examined, beside.audit.solved) == (alone.audit.examined, alone.audit.solved)
    assert all(not flaws for flaws in (await verify(world.platform)).values())


async def test_what_is_corrected_during_the_audit_is_in_none_of_its_figures(
    world: World, monkeypatch: pytest.MonkeyPatch, owner: asyncpg.Connection
) -> None:
    """September and October are alike; of October, every mark becomes a bad one before it is weighted."""
    for month in (date(2026, 9, 1), date(2026, 10, 1)):
        for name, activity, asked, answered, good in CARE_AND_HOME:
            one = replace(Cell(world.aide34, ""), activity=activity, month=month)
            people = [f"{name}{each}" for each in range(asked)]
            requests = [
                replace(one, client=each, x=int(place < answered), indicator="RR2")
                for place, each in enumerate(people)
            ]
            marks = [
                replace(one, client=each, x=int(place < good)) for place, each in enumerate(people[:answered])
            ]
            await write(world, [*requests, *marks])
    await create(world.platform, "2026-09")
    loop = asyncio.get_running_loop()

    def audited(*given: Any, **ties: Any) -> series.Outcome:
        correction = owner.execute("UPDATE cell SET x = 0 WHERE indicator = 'GLOB' AND month = '2026-10-01'")
        asyncio.run_coroutine_threadsafe(correction, loop).result(PATIENCE_SECONDS)
        return auditing.audited(*given, **ties)

    monkeypatch.setattr(releasing, "audited", audited)
    await create(world.platform, "2026-10")
    rows = await fetch(
        pool("work"),
        """
        SELECT c.period, c.scope_code, c.value AS raw, w.value, w.ci_low, w.ci_high, w.margins
        FROM release_weighted w JOIN release_cell c USING (id) ORDER BY c.period, c.scope_code
        """,
    )
    found = {
        of: [{**row, "period": ""} for row in rows if row["period"] == of] for of in ("2026-09", "2026-10")
    }
    assert [row["value"] for row in found["2026-09"]] == [Decimal(70), Decimal(70)]
    assert found["2026-10"] == found["2026-09"]


async def test_a_release_that_fails_its_audit_is_not_published(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await herault_october(world)
    await write(world, answers(world.cap, [world.herault], 4, 1, name="few", departement="30"))
    monkeypatch.setattr(mending, "ROUNDS", 0)
    monkeypatch.setattr(mending, "DIMENSIONS", (lambda key: False,))
    monkeypatch.setattr(
        series, "judge", lambda cells, before: {key: primary(each) for key, each in cells.items()}
    )
    with pytest.raises(Refused, match="l’audit retrouve encore"):
        await create(world.platform, "2026-10")
    for table in ("release", "release_cell", "release_base"):
        assert await fetch_value(pool("work"), f"SELECT count(*) FROM {table}") == 0


async def test_nothing_is_published_without_the_solver(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await herault_october(world)
    monkeypatch.setattr(releasing, "is_available", lambda: False)
    with pytest.raises(Refused, match="solveur"):
        await create(world.platform, "2026-10")
    assert await fetch_value(pool("work"), "SELECT count(*) FROM release") == 0


async def test_a_late_answer_is_in_the_quarter_published_after_it_and_in_nothing_published_before(
    world: World,
) -> None:
    for month in (7, 8, 9):
        await write(world, answers(world.aide34, [], 40, 30, month=date(2026, month, 1)))
        await create(world.platform, f"2026-{month:02}")
    await write(world, [Cell(world.aide34, "late", month=date(2026, 9, 1), n=1, x=1)])
    await create(world.platform, "2026-Q3")
    await write(world, [Cell(world.aide34, "later", month=date(2026, 9, 1), n=1, x=1)])
    rows = await fetch(
        pool("work"),
        """
        SELECT c.period, b.n, b.x FROM release_cell c JOIN release_base b USING (id)
        WHERE c.scope_type = 'france' AND c.indicator = 'GLOB' AND c.activity = '' ORDER BY c.period
        """,
    )
    assert [(row["period"], row["n"], row["x"]) for row in rows] == [
        ("2026-07", 40, 30),
        ("2026-08", 40, 30),
        ("2026-09", 40, 30),
        ("2026-Q3", 121, 91),
    ]
    for published in ("2026-09", "2026-Q3"):
        with pytest.raises(Refused):
            await create(world.platform, published)


async def test_a_correction_made_before_the_release_is_in_it(world: World) -> None:
    await herault_october(world)
    async with transaction("work") as db:
        await execute(
            db,
            """
            UPDATE cell SET x = 1 - x
            WHERE id = (SELECT id FROM cell WHERE indicator = 'GLOB' AND x = 0 LIMIT 1)
            """,
        )
    await create(world.platform, "2026-10")
    (france,) = await cells(world, scope_type="france", indicator="GLOB", activity="")
    assert france["value"] == 85


async def test_an_answer_taken_back_leaves_no_client_behind(world: World) -> None:
    await write(world, [*answers(world.aide34, [], 30, 20), Cell(world.aide34, "gone", n=0, x=0)])
    (made,) = await create(world.platform, "2026-10")
    stored = await read(pool("work"), made.id)
    base = {each.key: each.moments for each in stored.bases}
    assert base[Key(None, None, "GLOB", 1, Scope.FRANCE, "FR")].clients == 30


async def test_a_release_can_be_verified_from_its_base(world: World) -> None:
    await write(world, answers(world.aide34, [], 6, 3, month=date(2026, 9, 1)))
    await write(world, answers(world.cap, [], 30, 13, month=date(2026, 8, 1)))
    await herault_october(world)
    made = await create(world.platform)
    found = await verify(world.platform)
    assert {release.id for release in found} == {each.id for each in made}
    assert set(map(tuple, found.values())) == {()}


async def test_a_release_of_an_older_method_is_not_said_to_hold(
    world: World, owner: asyncpg.Connection
) -> None:
    await herault_october(world)
    (made,) = await create(world.platform, "2026-10")
    stored = await read(pool("work"), made.id)
    await owner.execute("UPDATE release SET method = '1', seal = $1", seal("2026-10", "1", stored.figures))
    ((remark,),) = (await verify(world.platform)).values()
    assert "méthode 1" in remark


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE release_cell SET value = 99 WHERE value = 84",
        "UPDATE release_base SET x = x + 1",
        "UPDATE release_base SET x = x - 20, xx = xx - 20, xn = xn - 20 WHERE x = 84",
        "UPDATE release_cell SET value = NULL, ci_low = NULL, ci_high = NULL, n_clients = NULL, status = 'D'",
        "DELETE FROM release_base",
        "UPDATE release SET seal = 'x'",
    ],
)
async def test_a_forged_release_is_found_out(world: World, owner: asyncpg.Connection, forgery: str) -> None:
    await herault_october(world)
    await create(world.platform, "2026-10")
    await owner.execute(forgery)  # the owner's connection of the tests has its triggers off
    (differences,) = (await verify(world.platform)).values()
    assert differences


BESIDE = {
    "release_chart": "UPDATE release_chart SET centre = 12",
    "release_funnel": "UPDATE release_funnel SET centre = 12",
    "release_standing": "UPDATE release_standing SET level = 'alert'",
    "release_weighted": "DELETE FROM release_weighted",
    "release_fact": "UPDATE release_fact SET held = held - 1",
    "release_mode": "UPDATE release_mode SET compared = 'phone/sms'",
}


@pytest.mark.parametrize("part", BESIDE)
async def test_what_is_said_beside_figures_is_sealed_with_them(
    world: World, owner: asyncpg.Connection, part: str
) -> None:
    await herault_october(world)
    (made,) = await create(world.platform, "2026-10")
    await owner.execute("DELETE FROM release_seal")
    row = valid_rows()[part] | {"platform_id": world.platform, "release_id": made.id}
    await insert(owner, part, row)
    assert BROKEN[part] in await remarks(world)
    await seal_beside(pool("work"), world.platform, made.id)
    assert await remarks(world) == []
    assert await owner.execute(BESIDE[part]) != "UPDATE 0"
    assert await remarks(world) == [BROKEN[part]]


async def remarks(world: World) -> list[str]:
    (found,) = (await verify(world.platform)).values()
    return found


async def test_a_convention_counts_only_whole_months_of_its_dates(world: World) -> None:
    await convene(world, world.herault, starts_on=date(2026, 10, 2))
    await convene(world, world.cnav, code="cnav", ends_on=date(2026, 10, 30))
    await write(world, answers(world.aide34, [world.herault, world.cnav], 40, 30))
    await create(world.platform, "2026-10")
    assert await cells(world, scope_type="fund") == []


async def test_nothing_is_left_of_a_release_that_fails_half_way(
    world: World, owner: asyncpg.Connection
) -> None:
    await herault_october(world)
    await owner.execute("ALTER TABLE release_base ADD CONSTRAINT broken CHECK (n < 50) NOT VALID")
    try:
        with pytest.raises(Exception, match="broken"):
            await create(world.platform, "2026-10")
    finally:
        await owner.execute("ALTER TABLE release_base DROP CONSTRAINT broken")
    counts = [
        await fetch_value(pool("work"), f"SELECT count(*) FROM {name}")
        for name in ("release", "release_cell")
    ]
    assert counts == [0, 0]
