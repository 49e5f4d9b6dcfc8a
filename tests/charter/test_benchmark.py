"""The result beside the last one that was sent, and beside peers that nobody can name."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import httpx
import pytest

from charter.answering import Draft, save
from charter.benchmark.placing import LEAST, Place, peers, place
from charter.benchmark.reading import Benchmark, Last, benchmark
from charter.benchmark.showing import among_peers, since_last
from charter.declaring import EDITION, Review, review
from charter.definition import Scale
from charter.editions import load
from charter.printing import told
from charter.result import result
from charter.scoring.issuing import issue, outcome
from charter.submitting import submit
from quality import clock
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import fetch_value
from quality.ids import uuid7
from tests.charter.declared import declare, declare_everything
from tests.quality.measures.network import providers
from tests.quality.web.pages import read
from tests.world import World, sign_in

PARIS = ZoneInfo("Europe/Paris")
TODAY = date(2026, 11, 30)
OCTOBER = datetime(2026, 10, 12, 9, tzinfo=PARIS)
TITLES = {1: "1. Un", 2: "2. Deux"}


def decimals(values: Sequence[int]) -> list[Decimal]:
    return [Decimal(each) for each in values]


def test_ten_others_tell_nothing_and_eleven_tell_their_median() -> None:
    assert peers(decimals(range(10)), Decimal(5)) is None
    found = peers(decimals(range(LEAST)), None)
    assert found is not None
    assert (found.median, found.place) == (5, None)


@pytest.mark.parametrize(
    ("own", "expected"),
    [(100, Place.TOP), (60, Place.ABOVE), (50, Place.MIDDLE), (40, Place.BELOW), (0, Place.BOTTOM)],
)
def test_the_place_is_a_quarter_or_a_side_of_the_median(own: int, expected: Place) -> None:
    assert place(decimals([10, 20, 30, 40, 45, 50, 55, 60, 70, 80, 90]), Decimal(own)) is expected


def test_among_equals_one_is_in_the_middle() -> None:
    assert place(decimals([80] * 11), Decimal(80)) is Place.MIDDLE


def test_the_move_is_that_of_the_values_that_are_shown() -> None:
    last = Last(TODAY, {1: Decimal("66.66"), 2: Decimal(50)})
    shown = since_last(Benchmark(last), TITLES, {1: Fraction(200, 3), 2: Fraction(38)}, Scale.WORDS)
    assert [each.tells[1] for each in shown.rows if each.tells] == [
        "Sans changement",
        "En baisse de 12 points",
    ]
    assert shown.title == "Depuis le dernier envoi\u00a0: un principe en baisse"


def test_a_mean_is_cut_and_never_rounded_beside_the_last_one() -> None:
    shown = since_last(
        Benchmark(Last(TODAY, {1: Decimal("3.90")})), {1: "1. Un"}, {1: Fraction(3999, 1000)}, Scale.MARKS
    )
    assert (shown.rows[0].own, shown.rows[0].tells) == ("3,99", ("ok", "En hausse de 0,09", ""))


def test_without_enough_others_the_page_says_why() -> None:
    shown = among_peers(Benchmark(None, {1: tuple(decimals(range(10)))}), TITLES, Scale.WORDS)
    assert shown.rows == ()
    assert "au moins 11 autres organismes" in shown.sentence


ISSUED = """
INSERT INTO assessment (id, platform_id, provider_id, edition, edition_version, opened_at, kind,
    frozen_at, issued)
VALUES ($1, $2, $3, $4, $5, $6, $7, $6, $8)
"""


async def others(
    owner: asyncpg.Connection, world: World, count: int, at: datetime = OCTOBER, kind: str = "full"
) -> list[UUID]:
    """Issue as many results of other providers; of two, one keeps everything and one misses criterion 1.1."""
    edition = load(EDITION)
    said = {code: "yes" for each in edition.criteria for code in each.asked}
    made = (await providers(world, count + 1))[1:]
    for rank, provider in enumerate(made):
        found = issue(edition, outcome(edition, said | ({"1.1": "no"} if rank % 2 else {}), {}))
        whose = world.platform, provider, edition.code, edition.version
        await owner.execute(ISSUED, uuid7(at), *whose, at, kind, found)
    return made


async def beside(actor: Actor, code: str = "") -> Benchmark:
    async with scoped(actor) as db:
        return await benchmark(db, await review(actor, code), TODAY, PARIS)


async def test_eleven_others_are_told_without_their_names_and_ten_are_not(
    world: World, owner: asyncpg.Connection
) -> None:
    made = await others(owner, world, 11)
    found = await beside(world.provider)
    assert set(found.others) == {1, 2, 3, 4, 5, 6}
    assert len(found.others[1]) == 11
    assert found.others[1][-1] == 100
    assert (await beside(world.actor("provider", made[0]))).others == {}


@pytest.mark.parametrize(
    ("at", "kind"),
    [
        (datetime(2024, 10, 31, 12, tzinfo=PARIS), "full"),
        (datetime(2026, 11, 2, 12, tzinfo=PARIS), "full"),
        (OCTOBER, "compulsory"),
    ],
)
async def test_what_is_old_of_this_month_or_not_whole_counts_for_nobody(
    world: World, owner: asyncpg.Connection, at: datetime, kind: str
) -> None:
    await others(owner, world, 11, at, kind)
    assert (await beside(world.provider)).others == {}


async def test_a_provider_asks_for_no_comparison_but_its_own(world: World, owner: asyncpg.Connection) -> None:
    neighbour = (await others(owner, world, 12))[0]
    asked = "SELECT count(*) FROM charter_peers($1, $2, 1, '2000-01-01', '2100-01-01')"
    for actor, whose, chapters in (
        (world.provider, world.aide34, 6),
        (world.provider, neighbour, 0),
        (world.staff, neighbour, 6),
        (world.stranger, world.aide34, 0),
    ):
        async with scoped(actor) as db:
            assert await fetch_value(db, asked, whose, EDITION) == chapters
            if actor.role != "platform":
                assert await fetch_value(db, "SELECT count(*) FROM assessment") == 0


async def test_the_page_sets_a_result_beside_the_last_one_and_the_others(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    at = clock.now() - timedelta(days=40)
    await declare_everything(world)
    await submit(world.provider)
    await declare(world, {"1.1": "no"})
    await others(owner, world, 11, at)
    await sign_in(client, world, "provider", world.aide34)
    page = read((await client.get("/charte")).text)
    headings = [each.text for each in page.all("h2")]
    assert "Depuis le dernier envoi\u00a0: un principe en baisse" in headings
    rows = [row.text for row in page.all("tr")]
    assert any("1. " in row and "En baisse de" in row for row in rows)
    assert any("Médiane des autres 100\u00a0%" in row and "À la médiane" in row for row in rows)
    assert "Organisme 1" not in page.all("main")[0].text


async def test_a_missed_imperative_of_a_grid_of_marks_comes_first_and_means_are_cut(
    client: httpx.AsyncClient, world: World
) -> None:
    edition = load("three-chapters-2026")
    imperative = next(each for each in edition.criteria if each.imperative)
    marks = {code: "4" for each in edition.criteria for code in each.asked} | {imperative.asked[0]: "3"}
    await save(world.provider, edition, {code: Draft(mark, "Fait.") for code, mark in marks.items()})
    await sign_in(client, world, "provider", world.aide34)
    page = read((await client.get("/charte?edition=three-chapters-2026")).text)
    assert page.all("h1")[0].text == "Un impératif n’est pas tenu"
    assert page.all("h2")[0].text == "Un impératif n’est pas tenu"
    shown = result(await of_grid(world), {})
    assert shown.principles[0].share == "3,87"  # 31 over 8, cut
    assert told(shown, "Grille")["tables"][0]["rows"][0][0].startswith(imperative.code)


async def of_grid(world: World) -> Review:
    async with scoped(world.provider):
        return await review(world.provider, "", "three-chapters-2026")
