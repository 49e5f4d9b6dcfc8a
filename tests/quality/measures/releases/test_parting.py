"""A longer period is parted as its months are: whoever subtracts them finds nothing that they hide."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.db import pool
from quality.measures.disclosure.lattice import Scope
from quality.measures.releases.parting import Parted, Territory, parted_in
from quality.measures.releases.periods import Period, months_after, period
from quality.measures.releases.releasing import create, verify
from quality.measures.releases.rows import listed, read
from tests.quality.directory.declared import close, declare, reopen
from tests.quality.measures.cells import answers, convene, write
from tests.quality.statements import asked_of_database
from tests.world import World

MONTHS = [f"{year}-{month:02}" for year in (2025, 2026) for month in range(1, 13)]
LONGER = [
    *(f"{year}-Q{quarter}" for year in (2025, 2026) for quarter in range(1, 5)),
    *("2025", "2026", "2026-R1", "2026-R2", "2026-R3"),
]
AUGUST_15 = date(2026, 8, 15)
days = st.dates(date(2025, 1, 1), date(2026, 12, 31))


@st.composite
def through_time(draw: st.DrawFn) -> Territory:
    """Draw a territory that closes and opens again, now and then."""
    since = draw(st.sampled_from([period(month).starts_on for month in MONTHS]))
    turns = sorted(draw(st.lists(days, max_size=4)))
    code = draw(st.sampled_from("abcdef"))
    return Territory(draw(st.sampled_from(["30", "34"])), code, since, tuple(turns[::2]), tuple(turns[1::2]))


def months_of(longer: Period) -> list[Period]:
    return [each for month in MONTHS if longer.contains(each := period(month))]


def of(where: str, parts: Parted) -> tuple[str, ...]:
    return tuple(each for each in parts.territories if each.startswith(where))


@given(st.lists(through_time(), max_size=4, unique_by=lambda each: (each.departement, each.code)))
def test_a_longer_period_is_parted_where_each_of_its_months_is_in_the_same_territories(
    known: list[Territory],
) -> None:
    for longer in map(period, LONGER):
        parts = parted_in(known, longer)
        months = [parted_in(known, month) for month in months_of(longer)]
        for where in ("30", "34"):
            of_months = {of(where, each) if where in each.departements else None for each in months}
            alike = len(of_months) == 1 and None not in of_months
            assert (where in parts.departements) == alike
            assert of(where, parts) == (of_months.pop() if alike else ())


@given(st.lists(through_time(), max_size=4), days)
def test_what_is_over_is_parted_alike_whenever_it_is_published(known: list[Territory], today: date) -> None:
    """What is declared, closed or opened again on a later day moves no period that is over."""
    later = [
        Territory(
            each.departement,
            each.code,
            each.since,
            tuple(day for day in each.closings if day < today),
            tuple(day for day in each.reopenings if day < today),
        )
        for each in known
        if each.since <= today
    ]
    for each in map(period, (*MONTHS, *LONGER)):
        if each.ends_on < today:
            assert parted_in(known, each) == parted_in(later, each)


def test_a_departement_is_not_parted_once_its_last_territory_is_closed() -> None:
    """Lodève closes in May and Lunel in September: the fourth quarter is the first one without any."""
    known = [
        Territory("34", "lodeve", date(2026, 1, 1), (date(2026, 5, 2),)),
        Territory("34", "lunel", date(2026, 1, 1), (date(2026, 9, 30),)),
    ]
    parted = [each for each in (*MONTHS, *LONGER) if parted_in(known, period(each))]
    assert parted == [*MONTHS[12:21], "2026-Q1", "2026-Q2", "2026-Q3"]


def test_one_that_opens_again_parts_its_departement_from_the_next_month_on() -> None:
    known = [Territory("34", "lodeve", date(2026, 1, 1), (date(2026, 2, 10),), (date(2026, 4, 20),))]
    parted = [each for each in (*MONTHS, *LONGER) if parted_in(known, period(each))]
    assert parted == ["2026-01", "2026-02", *MONTHS[16:], "2026-Q3", "2026-Q4"]


def test_a_territory_closed_before_its_first_month_hides_no_longer_period() -> None:
    """Lunel is declared in July and closed on the 20th: no month begins with it."""
    lodeve = Territory("34", "lodeve", date(2026, 1, 1))
    lunel = Territory("34", "lunel", date(2026, 8, 1), (date(2026, 7, 20),))
    for each in ("2026-08", "2026-Q3", "2026"):
        assert parted_in([lodeve, lunel], period(each)).territories == ("34-lodeve",)


def test_a_territory_begins_with_the_first_month_that_finds_it_open() -> None:
    """Closed in July, before its first month, and opened again in August: September begins with it."""
    lodeve = Territory("34", "lodeve", date(2026, 1, 1))
    lunel = Territory("34", "lunel", date(2026, 8, 1), (date(2026, 7, 20),), (date(2026, 8, 10),))
    named = {each: parted_in([lodeve, lunel], period(each)).territories for each in (*MONTHS[18:21], *LONGER)}
    assert named["2026-07"] == named["2026-08"] == named["2026-Q2"] == ("34-lodeve",)
    assert named["2026-09"] == named["2026-Q4"] == ("34-lodeve", "34-lunel")
    assert named["2026-Q3"] == named["2026"] == ()


@given(through_time())
def test_the_openings_of_a_territory_hold_the_months_that_begin_with_it(one: Territory) -> None:
    """Between two of them there is a month without it."""
    firsts = [period(month).starts_on for month in MONTHS]
    spans = [(first, last or date.max) for first, last in one.openings()]
    assert [day for day in firsts if one.is_open(day)] == [
        day for day in firsts if any(first <= day <= last for first, last in spans)
    ]
    assert all(months_after(last, 1) < first for (_, last), (first, _) in pairwise(spans))


@given(st.lists(through_time(), max_size=4, unique_by=lambda each: (each.departement, each.code)))
def test_a_territory_that_no_month_begins_with_changes_nothing(known: list[Territory]) -> None:
    some = [each for each in known if any(True for _ in each.openings())]
    for each in map(period, (*MONTHS, *LONGER)):
        assert parted_in(known, each) == parted_in(some, each)


# ---- whoever holds every release, and subtracts ----

SUMMER = ("2026-07", "2026-08", "2026-09", "2026-Q3")
PARTS = {"lodeve": 40, "lunel": 40, "": 40}


async def summer(world: World, *, of_august: Mapping[str, int]) -> None:
    """Close both territories in the middle of August, after which all are outside, and publish all."""
    for code, postcode in (("lodeve", "34700"), ("lunel", "34400")):
        await declare(world, code, postcode)
        await close(world, code, AUGUST_15)
    await convene(world, world.herault, targets={})
    told = {7: PARTS, 8: of_august, 9: {"": 120}}
    for month, parts in told.items():
        for place, clients in parts.items():
            facts = {"month": date(2026, month, 1), "territory": place, "name": f"{place} {month}"}
            await write(world, answers(world.aide34, [world.herault], clients, clients - 3, **facts))
    for each in SUMMER:
        await create(world.platform, each)


Sums = dict[tuple[str, str], int]  # how often a figure counts the answers of a month and part


async def figures(world: World) -> list[tuple[str, str, bool, int]]:
    """Give the figures of Hérault in one series: period and code, whether it is shown, its answers."""
    found = []
    for release in await listed(pool("work"), world.platform):
        stored = await read(pool("work"), release.id)
        bases = {base.key: base.moments.n for base in stored.bases}
        for figure in stored.figures:
            key = figure.key
            if (key.convention, key.indicator, key.activity) == (None, "GLOB", "") and key.scope in (
                Scope.DEPARTEMENT,
                Scope.TERRITORY,
            ):
                found.append((release.period, key.code, not figure.status.is_hidden, bases[key]))
    return found


def counted(of: str, code: str, parted: Mapping[str, set[str]]) -> Sums:
    """Say which months and parts a figure is the sum of; in a month without parts, all are outside."""
    months = [month for month in SUMMER[:3] if period(of).contains(period(month))]
    return {
        (month, part): 1
        for month in months
        for part in parted[month] or {"34-hors-territoire"}
        if code in ("34", part)
    }


def proved(shown: list[Sums], wanted: Sums) -> bool:
    """Tell whether some figures, added and subtracted in any way, give another one."""
    names = sorted({name for each in (*shown, wanted) for name in each})
    rows = [[Fraction(each.get(name, 0)) for name in names] for each in shown]
    left = [Fraction(wanted.get(name, 0)) for name in names]
    for column in range(len(names)):
        pivot = next((row for row in rows if row[column]), None)
        if pivot is None:
            continue
        rows = [reduced(row, pivot, column) for row in rows if row is not pivot]
        left = reduced(left, pivot, column)
    return not any(left)


def reduced(row: list[Fraction], pivot: list[Fraction], column: int) -> list[Fraction]:
    return [mine - row[column] / pivot[column] * its for mine, its in zip(row, pivot, strict=True)]


def test_the_attacker_subtracts_what_it_can() -> None:
    """A quarter that would be parted: less September, whole, and July, it gives August."""
    outside = {(month, "34-hors-territoire"): 1 for month in SUMMER[:3]}
    shown = [outside, {(SUMMER[2], "34-hors-territoire"): 1}, {(SUMMER[0], "34-hors-territoire"): 1}]
    assert proved(shown, {(SUMMER[1], "34-hors-territoire"): 1})
    assert not proved(shown[:2], {(SUMMER[1], "34-hors-territoire"): 1})


@pytest.mark.parametrize(
    "of_august",
    [
        {"lodeve": 40, "lunel": 14, "": 5},
        {"lodeve": 5, "lunel": 40, "": 14},
        {"lodeve": 14, "lunel": 5, "": 40},
        {"lodeve": 6, "lunel": 7},
        {"": 4, "lodeve": 30},
    ],
)
async def test_closing_inside_a_quarter_gives_nothing_back_that_a_month_hides(
    world: World, of_august: Mapping[str, int]
) -> None:
    await summer(world, of_august=of_august)
    found = await figures(world)
    parted = defaultdict(set)
    for of_period, code, _is_shown, _n in found:
        if code != "34":
            parted[of_period].add(code)
    assert sorted(parted) == ["2026-07", "2026-08"]
    sums = [(counted(when, code, parted), is_shown, n) for when, code, is_shown, n in found]
    shown = [each for each, is_shown, _n in sums if is_shown]
    hidden = [each for each, is_shown, _n in sums if not is_shown]
    assert hidden
    assert not [each for each in hidden if proved(shown, each)]
    assert not [flaws for flaws in (await verify(world.platform)).values() if flaws]


async def test_a_quarter_counts_what_its_months_count_where_one_closes_in_its_last(world: World) -> None:
    """September begins with Lodève: the quarter is parted as its months are, and is their sum."""
    await declare(world, "lodeve", "34700")
    await close(world, "lodeve", date(2026, 9, 15))
    for month in (7, 8, 9):
        for place in ("lodeve", ""):
            facts = {"month": date(2026, month, 1), "territory": place, "name": f"{place} {month}"}
            await write(world, answers(world.aide34, [], 60, 50, **facts))
    for each in SUMMER:
        await create(world.platform, each)
    sums: dict[str, dict[str, int]] = defaultdict(dict)
    for when, code, is_shown, n in await figures(world):
        assert is_shown
        sums[code][when] = n
    assert set(sums) == {"34", "34-lodeve", "34-hors-territoire"}
    for code, of_periods in sums.items():
        assert of_periods.pop("2026-Q3") == sum(of_periods.values()), code


async def test_a_month_between_closing_and_opening_again_has_no_parts(world: World) -> None:
    await declare(world, "lodeve", "34700")
    await close(world, "lodeve", AUGUST_15)
    await reopen(world, "lodeve", date(2026, 10, 20))
    for month in (8, 9, 10):
        for place in ("lodeve", ""):
            facts = {"month": date(2026, month, 1), "territory": place, "name": f"{place} {month}"}
            await write(world, answers(world.aide34, [], 60, 50, **facts))
        await create(world.platform, f"2026-{month:02}")
    found = {(when, code) for when, code, _is_shown, _n in await figures(world) if code != "34"}
    assert found == {("2026-08", "34-lodeve"), ("2026-08", "34-hors-territoire")}


async def test_a_release_reads_the_territories_once(world: World) -> None:
    await declare(world, "lodeve", "34700")
    await write(world, answers(world.aide34, [], 60, 50, territory="lodeve"))
    with asked_of_database() as statements:
        await create(world.platform, "2026-10")
    assert len([each for each in statements if "FROM territory" in each]) == 1
