"""Folding counts each client once in each place, as a brute-force reading of the cells does."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quality.db import execute, pool, transaction
from quality.directory.geography import activity, departement
from quality.measures.disclosure.lattice import Key, Place, Scope, lines, place, territory_code
from quality.measures.releases.folding import first_month
from quality.measures.releases.periods import period
from quality.measures.statistics import Moments
from tests.quality.directory.declared import declare
from tests.quality.measures.cells import Cell, answers, convene, write
from tests.quality.measures.folded import crowds, fold, spreads
from tests.world import AIDE_34, CAP_DOMICILE, World

CODES = {"aide34": AIDE_34, "cap": CAP_DOMICILE}
QUARTER = period("2026-Q3")


@st.composite
def small_cells(draw: st.DrawFn) -> dict[str, object]:
    n = draw(st.integers(0, 3))
    code = draw(st.sampled_from(["GLOB", "PONCT", "RESP", "RECL_T", "RR2", "LOCAL"]))
    return {
        "provider": draw(st.sampled_from(sorted(CODES))),
        "client": draw(st.sampled_from("abcde")),
        "n": n,
        "x": draw(st.integers(0, 2 if code == "RECL_T" else n)),
        "first_mode": draw(st.sampled_from(["sms", "email", "phone"])),
        "indicator": code,
        "month": draw(st.sampled_from([date(2026, month, 1) for month in (6, 7, 8, 9)])),
        "activity": draw(st.sampled_from(["I-1", "I-3", "II-1"])),
        "mode": draw(st.sampled_from(["prestataire", "mandataire"])),
        "departement": draw(st.sampled_from(["34", "30", "33"])),
        "territory": draw(st.sampled_from(["lodeve", "lunel", ""])),
        "funders": draw(st.sets(st.sampled_from(["herault", "cnav"]))),
        "admissible": draw(st.sampled_from(["yes", "yes", "yes", "worker_present"])),
        "collector": draw(st.sampled_from(["platform", "platform", "platform", "provider"])),
    }


def is_funded(facts: dict[str, object]) -> bool:
    """Say what the convention of this test pays for: not mandataire, not Gard, from August on."""
    return bool(
        "herault" in facts["funders"]  # type: ignore[operator]
        and facts["provider"] == "aide34"
        and facts["activity"] != "II-1"
        and facts["departement"] != "30"
        and facts["mode"] != "mandataire"
        and facts["month"] >= date(2026, 8, 1)  # type: ignore[operator]
        and facts["indicator"] in {"GLOB", "RR2"}
    )


def places(facts: dict[str, object], top: tuple[Scope, str]) -> Iterable[tuple[Scope, str, str]]:
    code = str(facts["departement"])
    scopes = (
        top,
        (Scope.REGION, departement(code).region),
        (Scope.DEPARTEMENT, code),
        (Scope.PROVIDER, f"{CODES[str(facts['provider'])]}-{code}"),
    )
    if code == "34":  # the other départements declared none
        scopes = (*scopes, (Scope.TERRITORY, territory_code(code, str(facts["territory"]))))
    for (scope, where), group in product(scopes, ("", activity(str(facts["activity"])).group)):
        yield scope, where, group


def with_parts(facts: dict[str, object]) -> Iterable[dict[str, object]]:
    """Give a cell, and of requests that were answered how they divide by first contact."""
    yield facts
    if facts["indicator"] == "RR2":
        for code, mode in {"MODE_SMS": "sms", "MODE_MAIL": "email", "MODE_TEL": "phone"}.items():
            x = facts["x"] if facts["first_mode"] == mode else 0
            yield {**facts, "indicator": code, "n": facts["x"], "x": x}


def oracle(rows: Iterable[dict[str, object]], top: tuple[Scope, str]) -> dict[tuple[object, ...], Moments]:
    sums: dict[tuple[object, ...], dict[object, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for facts in (part for row in rows for part in with_parts(row)):
        is_part = str(facts["indicator"]).startswith("MODE_")
        for where in [(*top, "")] if is_part else places(facts, top):
            pair = sums[facts["indicator"], *where][facts["client"]]
            pair[0] += facts["n"]  # type: ignore[operator]
            pair[1] += facts["x"]  # type: ignore[operator]
    moments = {key: Moments.of((n, x) for n, x in clients.values()) for key, clients in sums.items()}
    return {key: each for key, each in moments.items() if each.clients}


def counted(facts: dict[str, object]) -> bool:
    return (
        facts["admissible"] == "yes"
        and facts["collector"] == "platform"
        and facts["indicator"] != "LOCAL"
        and facts["month"] != date(2026, 6, 1)
    )


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(small_cells(), max_size=25))
async def test_every_place_has_the_moments_of_a_brute_force_reading(
    world: World, rows: list[dict[str, object]]
) -> None:
    async with transaction("work") as db:
        await execute(db, "UPDATE convention SET status = 'draft'")
        await execute(db, "UPDATE cell SET n = 0, x = 0")
    if not world.extra.setdefault("declared", False):
        await declare(world, "lodeve", "34700")
        await declare(world, "lunel", "34400")
        await declare(world, "uzes", "30700", departement="30", since=date(2026, 8, 1))
        world.extra["declared"] = True
    convention = await convene(
        world,
        world.herault,
        code=f"essai-{world.extra.setdefault('count', 0)}",
        starts_on=date(2026, 7, 15),
        providers=(world.aide34,),
        activities=("I-1", "I-3"),
        departements=("34", "33"),
        indicators=("GLOB",),
        targets={},
    )
    world.extra["count"] = int(str(world.extra["count"])) + 1
    ids = {"aide34": world.aide34, "cap": world.cap, "herault": world.herault, "cnav": world.cnav}
    await write(
        world,
        [
            Cell(
                **{
                    **facts,
                    "provider": ids[facts["provider"]],
                    "funders": tuple(ids[f] for f in facts["funders"]),
                }
            )  # type: ignore[arg-type]
            for facts in rows
        ],
    )
    folded = {base.key: base.moments for base in await fold(pool("work"), world.platform, QUARTER)}
    kept = [facts for facts in rows if counted(facts)]
    expected = {
        Key(None, None, str(code), 1, scope, where, group): moments
        for (code, scope, where, group), moments in oracle(kept, (Scope.FRANCE, "FR")).items()  # type: ignore[misc]
    } | {
        Key(world.herault, convention, str(code), 1, scope, where, group): moments
        for (code, scope, where, group), moments in oracle(  # type: ignore[misc]
            filter(is_funded, kept), (Scope.FUND, "D34")
        ).items()
    }
    assert folded == expected


@pytest.mark.parametrize(
    "facts",
    [
        {"funders": ("cnav",)},
        {"provider": "cap"},
        {"activity": "II-1"},
        {"departement": "30"},
        {"month": date(2026, 7, 1)},
        {"mode": "mandataire"},
        {"indicator": "PONCT"},
        {"admissible": "worker_present"},
        {"collector": "provider"},
    ],
)
async def test_a_convention_excludes_by_each_of_its_terms_alone(
    world: World, facts: dict[str, object]
) -> None:
    await convene(
        world,
        world.herault,
        starts_on=date(2026, 8, 1),
        providers=(world.aide34,),
        activities=("I-3",),
        departements=("34",),
        indicators=("GLOB",),
        targets={},
    )
    plain = {"provider": "aide34", "client": "a", "month": date(2026, 8, 1), "funders": ("herault",)}
    ids = {"aide34": world.aide34, "cap": world.cap, "herault": world.herault, "cnav": world.cnav}
    for given_facts, expected in ((plain, 1), ({**plain, **facts, "client": "b"}, 1)):
        named = {**given_facts, "provider": ids[str(given_facts["provider"])]}
        named["funders"] = tuple(ids[each] for each in given_facts["funders"])  # type: ignore[union-attr]
        await write(world, [Cell(**named)])  # type: ignore[arg-type]
        bases = await fold(pool("work"), world.platform, QUARTER)
        found = [
            base.moments.clients for base in bases if base.key.scope is Scope.FUND and not base.key.activity
        ]
        assert found == [expected]


async def test_the_lines_of_the_lattice_add_up_in_answers(world: World) -> None:
    await convene(world, world.herault)
    await write(
        world,
        [
            *answers(world.aide34, [world.herault], 12, 7, activity="I-3"),
            *answers(world.aide34, [world.herault], 9, 4, activity="II-1", departement="30"),
            *answers(world.cap, [world.cnav], 15, 5, activity="I-1", departement="33"),
        ],
    )
    bases = {base.key: base.moments for base in await fold(pool("work"), world.platform, period("2026-10"))}
    tables: dict[tuple[object, str], dict[Place, Key]] = defaultdict(dict)
    for key in bases:
        tables[key.convention, key.indicator][place(key)] = key
    found = [line for table in tables.values() for line in lines(table)]
    assert len(found) > 20
    for line in found:
        assert sum(bases[part].n for part in line.parts) == bases[line.total].n
        assert sum(bases[part].x for part in line.parts) == bases[line.total].x


async def test_a_complaint_of_a_client_whose_visits_were_cancelled_is_counted(world: World) -> None:
    visits = answers(world.aide34, [], 40, 0, indicator="RECL_T", respondent="")
    complaints = [
        Cell(world.aide34, f"{world.aide34}-0", 0, 1, "RECL_T"),
        Cell(world.aide34, "never visited", 0, 1, "RECL_T"),
        Cell(world.aide34, "taken back", 0, 0, "RECL_T"),
    ]
    await write(world, [*visits, *complaints])
    found = {base.key: base.moments for base in await fold(pool("work"), world.platform, period("2026-10"))}
    m = found[Key(None, None, "RECL_T", 1, Scope.FRANCE, "FR")]
    assert (m.clients, m.n, m.x, m.xx, m.xn, m.nn, m.largest) == (41, 40, 2, 2, 1, 40, 1)


async def test_complaints_of_the_months_add_up_to_those_of_the_quarter(world: World) -> None:
    """A client is visited in July and complains in August of a visit that was cancelled."""
    await write(
        world,
        [
            Cell(world.aide34, "a", 2, 0, "RECL_T", month=date(2026, 7, 1), respondent=""),
            Cell(world.aide34, "a", 0, 1, "RECL_T", month=date(2026, 8, 1)),
        ],
    )
    france = Key(None, None, "RECL_T", 1, Scope.FRANCE, "FR")
    found = {}
    for of in ("2026-07", "2026-08", "2026-Q3"):
        bases = await fold(pool("work"), world.platform, period(of))
        found[of] = next((base.moments.n, base.moments.x) for base in bases if base.key == france)
    assert found == {"2026-07": (2, 0), "2026-08": (0, 1), "2026-Q3": (2, 1)}


async def test_employers_of_their_own_carer_are_one_line_together(world: World) -> None:
    async with transaction("work") as db:
        await execute(
            db,
            """
            UPDATE organisation SET legal_form = 'particulier_employeur', siret = NULL
            WHERE id = ANY ($1::uuid[])
            """,
            [world.aide34, world.cap],
        )
    await write(world, [*answers(world.aide34, [], 8, 4), *answers(world.cap, [], 7, 4)])
    bases = await fold(pool("work"), world.platform, period("2026-10"))
    single = [base for base in bases if base.key.scope is Scope.PROVIDER and not base.key.activity]
    assert {(base.key.code, base.provider, base.moments.clients) for base in single} == {("PE-34", None, 15)}


async def test_the_first_month_is_that_of_the_first_thing_to_publish(world: World) -> None:
    assert await first_month(pool("work"), world.platform) is None
    await write(
        world,
        [
            Cell(world.aide34, "a", month=date(2026, 5, 1), admissible="worker_present"),
            Cell(world.aide34, "a", month=date(2026, 7, 1)),
        ],
    )
    assert await first_month(pool("work"), world.platform) == date(2026, 7, 1)


async def test_territories_stand_in_the_periods_that_begin_once_they_count(world: World) -> None:
    """Lodève counts from August on: the quarter began before, and would mix those outside with all."""
    await declare(world, "lodeve", "34700", since=date(2026, 8, 1))
    await write(
        world, [Cell(world.aide34, "a", month=date(2026, m, 1), territory="lodeve") for m in (7, 8, 9)]
    )
    found = {}
    for of in ("2026-07", "2026-08", "2026-Q3"):
        bases = await fold(pool("work"), world.platform, period(of))
        found[of] = {base.key.code for base in bases if base.key.scope is Scope.TERRITORY}
    assert found == {"2026-07": set(), "2026-08": {"34-lodeve"}, "2026-Q3": set()}


async def test_a_second_territory_stands_from_its_own_first_month_on(world: World) -> None:
    """Who lives in Lunel is outside of all until November; the quarter in which it begins is not parted."""
    await declare(world, "lodeve", "34700", since=date(2026, 8, 1))
    await declare(world, "lunel", "34400", since=date(2026, 11, 1))
    await write(
        world,
        [
            Cell(world.aide34, name, month=date(2026, m, 1), territory=name)
            for m in (10, 11)
            for name in ("lodeve", "lunel")
        ],
    )
    found = {}
    for of in ("2026-10", "2026-11", "2026-Q4"):
        bases = await fold(pool("work"), world.platform, period(of))
        found[of] = {base.key.code for base in bases if base.key.scope is Scope.TERRITORY}
        within = await spreads(pool("work"), world.platform, period(of))
        spread = [each for places in within.values() for some in places.values() for each in some]
        assert {territory for each in spread for territory, _provider, _group in each.homes} == found[of]
    assert found == {
        "2026-10": {"34-lodeve", "34-hors-territoire"},
        "2026-11": {"34-lodeve", "34-lunel"},
        "2026-Q4": set(),
    }


async def test_a_departement_is_the_sum_of_its_territories_and_of_those_in_none(world: World) -> None:
    await declare(world, "lodeve", "34700")
    await convene(world, world.herault)
    await write(
        world,
        [
            *answers(world.aide34, [world.herault], 12, 7, territory="lodeve"),
            *answers(world.cap, [world.herault], 9, 4, name="elsewhere"),
            *answers(world.cap, [world.herault], 5, 4, name="gard", departement="30"),
        ],
    )
    bases = await fold(pool("work"), world.platform, period("2026-10"))
    clients = {
        (base.key.convention is None, base.key.code): base.moments.clients
        for base in bases
        if base.key.scope is Scope.TERRITORY and base.key.indicator == "GLOB" and not base.key.activity
    }
    assert clients == {
        (whole, code): n
        for whole in (True, False)
        for code, n in (("34-lodeve", 12), ("34-hors-territoire", 9))
    }
    beside = await crowds(pool("work"), world.platform, period("2026-10"))
    of_whole = beside["GLOB", 1]
    assert sum(crowd.clients for crowd in of_whole[Scope.TERRITORY, "34-lodeve", ""]) == 12
    assert (Scope.TERRITORY, "30-hors-territoire", "") not in of_whole
    spread = (await spreads(pool("work"), world.platform, period("2026-10")))["GLOB", 1]
    assert set(spread) == {(base.key.convention, "34") for base in bases}
    assert {each.homes: each.clients for each in spread[None, "34"]} == {
        frozenset({("34-lodeve", f"{AIDE_34}-34", "PA_PH")}): 12,
        frozenset({("34-hors-territoire", f"{CAP_DOMICILE}-34", "PA_PH")}): 9,
    }
