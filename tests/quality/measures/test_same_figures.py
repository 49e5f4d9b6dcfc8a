"""Every figure of a page, sentences included, is the one of its file and of the API for the same reader."""

import json
import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from uuid import UUID

import httpx
import pytest

from quality.db import fetch, fetch_value, pool
from quality.measures.catalogue import CATALOGUE
from quality.measures.exports import COLUMNS
from tests.quality.measures.published_year import MONTHS, publish
from tests.quality.measures.reading_back import (
    LABELS,
    NAMED,
    Page,
    Row,
    Sheet,
    french,
    month_code,
    people,
    percent,
    read_tables,
    value_of,
    words_of,
    written_of,
)
from tests.quality.measures.views.test_pages import bearer, lines_of
from tests.world import World, sign_in

MONTH, QUARTER = "2026-10", "2026-Q3"
WRITTEN = {MONTH: "Octobre 2026", QUARTER: "3ᵉ trimestre 2026"}
HERAULT = "herault-2025"
FOLLOWED = 14
WHY = {
    "C": "moins de 11 clients ont répondu.",
    "D": "non publiés, pour protéger les personnes.",
    "M": "aucune réponse.",
}
WHOLE = [label for label, code in LABELS.items() if CATALOGUE[code].part_of is None]
NUMBERS = ("value", "ci_low", "ci_high", "n_clients", "version")


@dataclass
class Reader:
    """A browser signed in, and what the files of one population hold."""

    client: httpx.AsyncClient
    world: World
    population: str
    sheet: Sheet

    async def page(self, path: str, period: str = "") -> Page:
        query = {"population": self.population} | ({"periode": period} if period else {})
        response = await self.client.get(path, params={} if path == "/accueil" else query)
        assert response.status_code == 200
        return Page(response.text)


@pytest.fixture
async def year(world: World) -> World:
    """Thirteen months and a quarter: enough for a chart to judge."""
    await publish(world, MONTHS)
    return world


@pytest.fixture
async def season(world: World) -> World:
    """A quarter and the month after it."""
    await publish(world, MONTHS[-4:])
    return world


async def files_of(client: httpx.AsyncClient, population: str) -> list[Row]:
    rows: list[Row] = []
    for code in CATALOGUE:
        file = await client.get(f"/indicateurs/{code}.csv", params={"population": population})
        rows += lines_of(file) if file.status_code == 200 else []
    return [row | {name: row[name].replace(",", ".") for name in NUMBERS} for row in rows]


async def answers_of(client: httpx.AsyncClient, world: World, organisation: UUID) -> list[Row]:
    key, cursor, rows = await bearer(world, organisation), "", []
    while cursor is not None:
        query = {"limit": "1000"} | ({"cursor": cursor} if cursor else {})
        answer = (await client.get("/api/v1/figures", params=query, headers=key)).json()
        rows += answer["figures"]
        cursor = answer["next"]
    return rows


def comparable(row: Row) -> tuple[str, ...]:
    """Write a line in one way, whether its numbers are text or not."""
    return tuple(
        str(float(each)) if name in NUMBERS and each not in {"", None} else str(each or "")
        for name, each in sorted(row.items())
        if name in COLUMNS
    )


async def names_of() -> dict[str, str]:
    return {
        row["name"]: row["code"] for row in await fetch(pool("work"), "SELECT name, code FROM organisation")
    }


async def reader(
    client: httpx.AsyncClient, world: World, role: str, organisation: UUID | None, population: str
) -> Reader:
    await sign_in(client, world, role, organisation)
    provider = f"{(await names_of())['Aide 34']}-34" if role == "provider" else ""
    return Reader(
        client, world, population, Sheet(await files_of(client, population), provider, await names_of())
    )


# ---- what each table should say ----


def by_indicator(sheet: Sheet, period: str):
    def check(cells):
        yield words_of(sheet.one(LABELS[cells[0]], period))

    return check


def by_month(sheet: Sheet, indicator: str, limits: dict[str, str]):
    def check(cells):
        period = month_code(cells[0])
        yield words_of(sheet.one(indicator, period)).replace("%, ", "% ")
        yield limits.get(period, "")

    return check


def by_departement(sheet: Sheet, indicator: str, period: str):
    def check(cells):
        yield words_of(sheet.one(indicator, period, cells[0].rpartition(" ")[2], "departement"))

    return check


async def weighted_of(indicator: str, period: str) -> dict[str, str]:
    """Write the weighted totals kept with a release, by place: no file holds them."""
    rows = await fetch(
        pool("work"),
        """
        SELECT c.scope_code, w.value, w.ci_low, w.ci_high
        FROM release_weighted w JOIN release_cell c USING (id) WHERE c.indicator = $1 AND c.period = $2
        """,
        indicator,
        period,
    )
    numbers = ("value", "ci_low", "ci_high")
    return {row["scope_code"]: weighted_words(*(row[name] for name in numbers)) for row in rows}


def weighted_words(*numbers):
    digits = int(any(each % 1 for each in numbers))
    value, low, high = (french(f"{each:.{digits}f}") for each in numbers)
    return f"{value} % de {low} à {high} %"


def by_weighted(sheet: Sheet, kept: dict[str, str]):
    """Read each total as it is, and weighted."""

    def check(cells):
        place = "FR" if cells[0] == "France entière" else NAMED[cells[0]]
        yield words_of(sheet.one("GLOB", QUARTER, place))
        yield kept[place]

    return check


def by_peers(sheet: Sheet, indicator: str, period: str):
    """Read those compared: their figure in their group of activities."""

    def check(cells):
        (row,) = [
            each
            for each in peers_of(sheet, indicator, period)
            if each["scope_code"] == f"{sheet.names[cells[0]]}-{NAMED[cells[1]]}"
        ]
        yield words_of(row)

    return check


def peers_of(sheet: Sheet, indicator: str, period: str) -> list[Row]:
    """Give the published providers of the only group of activities."""
    keys = (indicator, period, "provider_departement")
    return [
        row
        for row in sheet.rows
        if (row["indicator"], row["period"], row["scope_type"]) == keys
        and row["activity"]
        and value_of(row) is not None
    ]


def by_provider(sheet: Sheet, indicator: str, period: str):
    def check(cells):
        yield words_of(sheet.one(indicator, period, f"{sheet.names[cells[0]]}-{NAMED[cells[1]]}"))

    return check


async def limits_of(world: World, indicator: str, funder: UUID | None) -> dict[str, str]:
    """Write the limits kept with the newest chart of a population: no file holds them."""
    points = await fetch_value(
        pool("work"),
        """
        SELECT k.points::text FROM release_chart k JOIN release_cell c USING (id)
        WHERE c.indicator = $1 AND c.funder_id IS NOT DISTINCT FROM $2 AND c.scope_type IN ('fund', 'france')
        ORDER BY c.period DESC LIMIT 1
        """,
        indicator,
        funder,
    )
    return {
        point["period"]: f"de {french(point['low'])} à {french(point['high'])} %"
        for point in json.loads(points)
    }


def read_requests(page: Page, sheet: Sheet, period: str) -> None:
    """Read the sentence on who was asked, and the one on who kept silent."""
    asked = sheet.one("RR2", period)
    rate = words_of(asked).partition(" %")[0]
    page.strike(
        f"{WRITTEN[period]} : {people(asked['n_clients'])} interrogés, "
        f"et {rate} % des demandes d’avis ont reçu une réponse."
    )


def themes(sheet: Sheet, period: str):
    """Read the tables of the page of indicators: each line under the name of its indicator."""
    captions = (
        "Les indicateurs",
        "De la demande à la réponse",
        "Réponses, selon le premier contact",
        "Notes de 0 à 10",
        "Réclamations : nombre, délais, et ce qu’en disent les clients",
    )
    return dict.fromkeys(captions, by_indicator(sheet, period))


def read_response(page: Page, sheet: Sheet, period: str) -> None:
    """Read how far the requests went: the title, the sentence on refusals, the words of the drawing."""
    reached, answered = (spoken(sheet.one(code, period)) for code in ("CON1", "RR2"))
    page.strike(capital(f"{reached} des demandes ont joint quelqu’un, {answered} ont reçu une réponse"))
    if not sheet.provider:
        refused = spoken(sheet.one("REF1", period))
        detail = words_of(sheet.one("REF1", period)).removeprefix(refused).strip()
        page.strike(f"Refus : {refused} des demandes ({detail}).")
        page.strike(capital(f"{spoken(sheet.one('MODE_SMS', period))} des réponses suivent un premier SMS"))
    drawing = next(each for each in page.drawings if "parcours-t" in each)
    shown = re.findall(r"<text[^>]*font-weight[^>]*>([^<]*)</text>", drawing)
    assert shown == ["100 %", reached, answered]


def spoken(row: Row | None) -> str:
    """Write the value of a line, or the bound that stands for it, as in a sentence."""
    assert row
    bound = "" if row["value"] else "au moins " if float(row["ci_high"]) == 100 else "au plus "
    return f"{bound}{written_of(row)} %"


def capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def read_silence(page: Page, sheet: Sheet, period: str) -> None:
    asked = sheet.one("RR2", period)
    digits = len(asked["value"].partition(".")[2])
    page.strike(f"{percent(100 - float(asked['value']), digits)} des demandes sans réponse")


def read_targets(page: Page) -> None:
    assert set(page.strike_all(r"≥ (\d+) %")) <= {"75", "80", "90"}


def read_unseen(page: Page, sheet: Sheet, indicator: str, period: str) -> None:
    """Read who kept silent, and the providers that are not shown, by reason."""
    read_silence(page, sheet, period)
    counts = unseen_of(sheet, indicator, period)
    for status, why in WHY.items():
        if count := counts[status]:
            label = CATALOGUE[indicator].label.fr
            page.strike(f"{count} organisme{'s' if count > 1 else ''} Pour « {label} » : {why}")


def unseen_of(sheet: Sheet, indicator: str, period: str) -> Counter[str]:
    """Count the providers that are not shown, by reason; one without a line is silent."""
    rows = sheet.under(indicator, period, "provider_departement")
    return Counter(row["status"] for row in rows if value_of(row) is None) + Counter(
        M=FOLLOWED - len({row["scope_code"] for row in rows})
    )


def read_facts(page: Page, sheet: Sheet, indicator: str, period: str) -> None:
    """Read the figure at the head of a page, the response rate beside it, and the unusual months."""
    page.strike(f"{CATALOGUE[indicator].label.fr} {words_of(sheet.one(indicator, period))}")
    if indicator != "RR2":
        page.strike(words_of(sheet.one("RR2", period)).replace(" % de", " % des demandes, de"))
    read_targets(page)
    read_unusual(page, sheet, indicator)


def read_unusual(page: Page, sheet: Sheet, indicator: str) -> None:
    for month, value, detail in page.strike_all(r"(\w+ \d{4}) ([\d,]+ %) \((de [^)]*)\)"):
        assert f"{value} {detail}" == words_of(sheet.one(indicator, month_code(month)))


def read_findings(page: Page, sheet: Sheet, indicator: str, period: str) -> None:
    """Read the titles of the map and of the spread."""
    label = CATALOGUE[indicator].label.fr
    places = sorted(
        (value, written_of(row))
        for row in sheet.under(indicator, period, "departement")
        if (value := value_of(row)) is not None
    )
    found = page.strike_all(rf"{label} : de ([\d,]+) % à ([\d,]+) % selon le département")
    assert set(found) == {(places[0][1], places[-1][1])}
    rows = sheet.under(indicator, period, "provider_departement")
    dots = [(float(row["value"]), written_of(row)) for row in rows if row["value"]]
    middle = median(value for value, _ in dots)
    found = page.strike_all(rf"{label} : la moitié des organismes publiés à ([\d,]+) % ou plus")
    assert set(map(number, found)) == {middle}
    assert set(found) <= {words for value, words in dots if value == middle} or middle not in dict(dots)
    read_spread(page, len(dots), len([row for row in rows if value_of(row) is not None]))
    reasons = unseen_of(sheet, indicator, period)
    for status, words in {"C": "moins de 11 clients", "D": "le total les révélerait", "M": "réponse"}.items():
        if reasons[status]:
            page.strike(f"{words} ({reasons[status]})")


def read_territories(page: Page, sheet: Sheet, period: str) -> None:
    """Read the page of places: its tables, its title from the lowest to the highest, its tiles."""
    tables = {
        ", par département": by_departement(sheet, "GLOB", period),
        ", par région": by_departement(sheet, "GLOB", period),
    }
    rows = sheet.under("GLOB", period, "departement")
    assert read_tables(page, tables) == len(rows)
    shown = sorted((value, written_of(row)) for row in rows if (value := value_of(row)) is not None)
    found = page.strike_all(r"Visite bien passée : de ([\d,]+) % à ([\d,]+) % selon le département")
    assert found == [(shown[0][1], shown[-1][1])]
    (drawing,) = (each for each in page.drawings if "carte-t" in each)
    tiles = dict(pairwise(re.findall(r"<text[^>]*>([^<]*)</text>", drawing)))
    for row in rows:
        if value_of(row) is not None:
            assert tiles[row["scope_code"]].strip("≥≤ ") == written_of(row)
    reasons = Counter(row["status"] for row in rows)
    for status in "CD":
        if reasons[status]:
            page.strike(f"{reasons[status]} département{'s' if reasons[status] > 1 else ''} :")
    assert page.numbers() == []


def read_peers(page: Page, sheet: Sheet, indicator: str, period: str) -> int:
    """Read how many are compared and their mean, which follows from the file; none under ten."""
    rows = peers_of(sheet, indicator, period)
    if len(rows) < 10:
        page.strike("Pour comparer, il faut au moins dix organismes publiés de même activité")
        return 0
    clients = sum(int(row["n_clients"]) for row in rows)
    worth = [float(row["value"] or 100 * (float(row["ci_high"]) == 100)) for row in rows]
    centre = sum(int(row["n_clients"]) * value for row, value in zip(rows, worth, strict=True)) / clients
    page.strike(
        f"{len(rows)} organismes publiés de même activité sont comparés ; "
        f"leur moyenne est de {percent(centre, int(clients >= 400))}."
    )
    assert len(page.strike_all(r"Avec 30 clients, \d+ % de ce qui sépare")) == 1
    page.strike("signalé à partir de 40 clients")
    return len(rows)


def read_spread(page: Page, dots: int, shown: int) -> None:
    page.strike(f"{shown} organismes sur {FOLLOWED} ont un résultat publié.")
    (bounds,) = {int(each) for each in page.strike_all(r"(\d+) résultats? n’(?:a|ont) pas de point")} or {0}
    assert dots + bounds == shown


def number(words: str) -> float:
    return float(words.replace(",", "."))


def read_drawings(page: Page, sheet: Sheet, indicator: str, period: str) -> None:
    """Read the numbers that stand in the drawings: titles, tiles of the map, marks of unusual months."""
    rows = {row["scope_code"]: row for row in sheet.under(indicator, period, "departement")}
    carte = next(each for each in page.drawings if "carte-t" in each)
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", carte)
    tiles = dict(pairwise(texts))
    for code, row in rows.items():
        if (value := value_of(row)) is not None:
            assert tiles[code].strip("≥≤ ") == written_of(row)
            assert number(written_of(row)) == value
    months = next(each for each in page.drawings if "suite-t" in each)
    values = {
        percent(value, len(row["value"].partition(".")[2]))
        for row in sheet.rows
        if row["indicator"] == indicator and (value := value_of(row)) is not None
    }
    marks = re.findall(r'<text class="f-signal-ink[^>]*>([^<]*)</text>', months)
    assert bool(marks) == ("sept mois" in page.html)
    assert set(marks) <= values


# ---- the pages ----


async def test_the_api_gives_what_the_files_give(client: httpx.AsyncClient, year: World) -> None:
    await sign_in(client, year, "funder", year.herault)
    rows = await files_of(client, HERAULT)
    answers = await answers_of(client, year, year.herault)
    assert sorted(map(comparable, rows)) == sorted(map(comparable, answers))
    assert {row["status"] for row in rows} == {"A", "L", "C", "D"}


async def test_the_pages_of_a_funder(client: httpx.AsyncClient, year: World) -> None:
    me = await reader(client, year, "funder", year.herault, HERAULT)
    for period in (MONTH, QUARTER):
        page = await me.page("/indicateurs", period)
        assert read_tables(page, themes(me.sheet, period)) == 3 + 3 + 3
        read_response(page, me.sheet, period)
        read_requests(page, me.sheet, period)
        read_unseen(page, me.sheet, "GLOB", period)
        assert page.numbers() == []
        for indicator in ("GLOB", "PONCT", "RR2"):
            page = await me.page(f"/indicateurs/{indicator}", period)
            tables = {
                ", par mois": by_month(me.sheet, indicator, await limits_of(year, indicator, year.herault)),
                ", par département": by_departement(me.sheet, indicator, period),
                ", par organisme": by_provider(me.sheet, indicator, period),
                ", comparé aux pairs": by_peers(me.sheet, indicator, period),
            }
            peers = read_peers(page, me.sheet, indicator, period)
            assert read_tables(page, tables) == 2 * 13 + 4 + 14 + peers
            read_facts(page, me.sheet, indicator, period)
            read_findings(page, me.sheet, indicator, period)
            read_drawings(page, me.sheet, indicator, period)
            read_unseen(page, me.sheet, indicator, period)
            assert page.numbers() == []
        read_territories(await me.page("/indicateurs/territoires", period), me.sheet, period)
    page = await me.page(f"/conventions/{HERAULT}")
    read_targets(page)
    assert page.numbers() == []


async def test_the_first_page_of_a_funder(client: httpx.AsyncClient, year: World) -> None:
    me = await reader(client, year, "funder", year.herault, HERAULT)
    page = await me.page("/accueil")
    tables = {
        ", par mois": by_month(me.sheet, "PONCT", await limits_of(year, "PONCT", year.herault)),
        "objectif non atteint": by_indicator(me.sheet, QUARTER),
    }
    assert read_tables(page, tables) == 2 * 13 + 2
    read_requests(page, me.sheet, QUARTER)
    page.strike(
        f"{people(me.sheet.one('GLOB', QUARTER)['n_clients'])} ont noté leur visite dans son ensemble."
    )
    shown = [
        row for row in me.sheet.under("GLOB", QUARTER, "provider_departement") if value_of(row) is not None
    ]
    page.strike(
        f"suit 14 organismes. {len(shown)} ont un résultat publié à leur nom pour « Visite bien passée »."
    )
    read_response(page, me.sheet, QUARTER)
    read_calls(page, me.sheet)
    read_unusual(page, me.sheet, "PONCT")
    read_unseen(page, me.sheet, "GLOB", QUARTER)
    read_targets(page)
    assert page.numbers() == []


def read_calls(page: Page, sheet: Sheet) -> None:
    """Read the providers to call, each with the figure that says why."""
    assert sheet.names
    figure = r"((?:au plus )?[\d,]+ %) \(([^)]*)\)"
    pattern = rf"([\w ]+?) ({'|'.join(LABELS)}) : {figure}\. Tout l’intervalle[^.]*\. ([\w-]+)\."
    for label, value, detail, _place in page.strike_all(
        rf"({'|'.join(LABELS)}) : {figure}, (?:nettement )?en dessous de ses pairs\. ([\w-]+)\."
    ):
        peers = peers_of(sheet, LABELS[label], QUARTER)
        assert f"{value} {detail}" in {words_of(row) for row in peers}
    calls = page.strike_all(pattern)
    assert len(calls) == 4
    page.strike("Un organisme n’est cité qu’à partir de 40 clients.")
    for name, label, value, detail, place in calls:
        provider = next(each for each in sheet.names if name.endswith(each))
        row = sheet.one(LABELS[label], QUARTER, f"{sheet.names[provider]}-{NAMED[place]}")
        assert f"{value} {detail}" == words_of(row)


async def groups_of(client: httpx.AsyncClient, season: World, code: str) -> set[str]:
    """Give what the API says of a provider's group of activities, in each population that it reads."""
    return {
        words_of(row)
        for row in map(written, await answers_of(client, season, season.aide34))
        if (row["indicator"], row["period"], row["scope_code"]) == ("GLOB", QUARTER, code) and row["activity"]
    }


@pytest.mark.parametrize("population", ["herault-2025~34", "cnav-2025~34"])
async def test_the_pages_of_a_provider(client: httpx.AsyncClient, season: World, population: str) -> None:
    me = await reader(client, season, "provider", season.aide34, population)
    page = await me.page("/indicateurs", QUARTER)
    assert read_tables(page, themes(me.sheet, QUARTER)) >= 1 + 2
    read_response(page, me.sheet, QUARTER)
    read_requests(page, me.sheet, QUARTER)
    read_silence(page, me.sheet, QUARTER)
    read_targets(page)
    assert page.numbers() == []
    page = await me.page("/indicateurs/GLOB", QUARTER)
    known = await groups_of(client, season, me.sheet.provider)

    def place(cells):
        assert cells[1] in known
        yield cells[1]

    assert read_tables(page, {", ma place parmi mes pairs": place}) == 2
    page.strike("tous les écarts pris ensemble à 95 %")
    page.strike(f"Visite bien passée {words_of(me.sheet.one('GLOB', QUARTER))}")
    page.strike(words_of(me.sheet.one("RR2", QUARTER)).replace(" % de", " % des demandes, de"))
    read_silence(page, me.sheet, QUARTER)
    read_targets(page)
    assert page.numbers() == []


async def test_the_first_page_of_a_provider(client: httpx.AsyncClient, season: World) -> None:
    me = await reader(client, season, "provider", season.aide34, "herault-2025~34")
    of_cnav = await reader(client, season, "provider", season.aide34, "cnav-2025~34")
    page = await me.page("/accueil")

    def check(cells):
        ours = words_of(me.sheet.one(LABELS[cells[0]], QUARTER))
        assert cells[2] == f"Hérault : {ours}"
        yield ours
        assert cells[1] == f"Cnav : {words_of(of_cnav.sheet.one(LABELS[cells[0]], QUARTER))}"

    assert read_tables(page, {"Ce que vos financeurs voient": check}) == 3 + 2
    assert page.numbers() == []


async def test_the_pages_of_the_platform(client: httpx.AsyncClient, season: World) -> None:
    me = await reader(client, season, "platform", None, "ensemble")
    page = await me.page("/indicateurs", QUARTER)
    assert read_tables(page, themes(me.sheet, QUARTER)) == len(CATALOGUE)
    read_response(page, me.sheet, QUARTER)
    read_requests(page, me.sheet, QUARTER)
    read_unseen(page, me.sheet, "GLOB", QUARTER)
    assert page.numbers() == []
    page = await me.page("/indicateurs/GLOB", QUARTER)
    tables = {
        ", par mois": by_month(me.sheet, "GLOB", {}),
        ", par département": by_departement(me.sheet, "GLOB", QUARTER),
        ", par organisme": by_provider(me.sheet, "GLOB", QUARTER),
        ", comparé aux pairs": by_peers(me.sheet, "GLOB", QUARTER),
    }
    peers = read_peers(page, me.sheet, "GLOB", QUARTER)
    kept = await weighted_of("GLOB", QUARTER)
    tables[", brut et redressé"] = by_weighted(me.sheet, kept)
    assert read_tables(page, tables) == 2 * 4 + 4 + 14 + peers + 2 * len(kept)
    assert kept
    read_facts(page, me.sheet, "GLOB", QUARTER)
    read_findings(page, me.sheet, "GLOB", QUARTER)
    read_unseen(page, me.sheet, "GLOB", QUARTER)
    assert page.numbers() == []


async def test_the_pages_of_an_observer(client: httpx.AsyncClient, season: World) -> None:
    await sign_in(client, season, "observer", season.observer)
    answers = await answers_of(client, season, season.observer)
    assert {row["scope_type"] for row in answers} == {"france", "region"}
    sheet = Sheet(list(map(written, answers)))

    def national(cells):
        yield words_of(sheet.one(LABELS[cells[0]], QUARTER))

    page = Page((await client.get("/accueil")).text)
    assert read_tables(page, {"France entière, 3ᵉ trimestre 2026": national}) == 5
    read_requests(page, sheet, QUARTER)
    assert page.numbers() == []
    for period in (MONTH, QUARTER):
        page = Page((await client.get("/observatoire", params={"periode": period})).text)
        weighted = {label: await weighted_of(code, period) for label, code in LABELS.items()}
        national = {label: kept["FR"] for label, kept in weighted.items() if "FR" in kept}
        assert set(national) == {"Visite bien passée", "Ponctualité ressentie"}
        assert read_tables(page, {"2026": by_territory(sheet, period, national)}) == 5 + 4 + 2
        assert page.numbers() == []


def written(row: Row) -> Row:
    """Write the numbers of the API as the files do: all with a decimal, or none."""
    shown = [row[name] for name in ("value", "ci_low", "ci_high") if row[name] is not None]
    digits = int(any(float(each) % 1 for each in shown))
    return {
        name: "" if each is None else f"{each:.{digits}f}" if isinstance(each, float) else str(each)
        for name, each in row.items()
    }


def by_territory(sheet: Sheet, period: str, weighted: dict[str, str]):
    """Read each figure beside the name of its indicator, and the national ones weighted."""

    def check(cells):
        if cells[0] == "France entière, redressé":
            yield from (f"{label} {words}" for label, words in weighted.items())
            return
        place = "" if cells[0] == "France entière" else "76"
        found = {label: sheet.one(LABELS[label], period, place) for label in WHOLE}
        yield from (f"{label} {words_of(row)}" for label, row in found.items() if row is not None)

    return check
