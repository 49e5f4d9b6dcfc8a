"""Every list keeps its shape with 0, 1 and 10,000 rows and names of 60 characters."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from quality.ids import uuid7
from quality.measures.releases.releasing import create
from tests.quality.measures.cells import herault_october
from tests.quality.web.pages import read
from tests.rows import insert, valid_rows
from tests.world import World, sign_in

LONG = "Association d’aide à domicile des Hauts-Cantons et du Littoral"[:60]
MOST_ROWS = 200
A_CHOICE = 1_000  # where one chooses an organisation or a convention, each is an option
MOST_CHARACTERS = 400_000
FOLLOW_ALL = (
    "UPDATE convention SET providers = (SELECT array_agg(id) FROM organisation WHERE kind = 'provider')"
)
Owner = asyncpg.Connection
Fill = Callable[[Owner, World, int], Awaitable[None]]


async def clone(owner: Owner, table: str, row: dict[str, Any], changes: str, count: int) -> None:
    """Write a valid row, and copy it set-wise with what must differ in each copy (`n` counts them)."""
    await insert(owner, table, row)
    await owner.execute(
        f"""
        INSERT INTO {table}
        SELECT (jsonb_populate_record(t, jsonb_build_object({changes}))).*
        FROM {table} t, generate_series(2, $2::int) AS n WHERE t.id = $1
        """,
        row["id"],
        count,
    )
    await owner.execute(f"ANALYZE {table}")  # as in a list that grew in months


def row_of(table: str, **facts: Any) -> dict[str, Any]:
    return valid_rows()[table] | {"id": uuid4()} | facts


async def organisations(owner: Owner, world: World, count: int) -> None:
    row = row_of(
        "organisation",
        platform_id=world.platform,
        code="01",
        siret="00000000000001",
        name=LONG,
        departement="34",
    )
    changes = """'id', gen_random_uuid(), 'code', 'X' || n, 'siret', lpad(n::text, 14, '0'),
        'name', left(n || ' ' || t.name, 60)"""
    await clone(owner, "organisation", row, changes, count)


async def accounts(owner: Owner, world: World, count: int) -> None:
    account = row_of("account", name=LONG)
    await clone(owner, "account", account, "'id', gen_random_uuid(), 'email', n || '@b.invalid'", count)
    await owner.execute(
        """
        INSERT INTO membership (id, platform_id, account_id, organisation_id, role)
        SELECT gen_random_uuid(), $1, id, $2, 'provider' FROM account WHERE name = $3
        """,
        world.platform,
        world.aide34,
        LONG,
    )
    await owner.execute("ANALYZE membership")


async def journal(owner: Owner, world: World, count: int) -> None:
    row = row_of("audit", id=1_000_000, platform_id=world.platform, action=LONG)
    await clone(owner, "audit", row, "'id', t.id + n", count)


async def renamed(owner: Owner, world: World) -> None:
    await owner.execute("UPDATE organisation SET name = $2 WHERE id = $1", world.aide34, LONG)


async def complaints(owner: Owner, world: World, count: int) -> None:
    await renamed(owner, world)
    opened = {"state": "opened"} | dict.fromkeys(["acknowledged_at", "remedied_at", "closed_at", "verdict"])
    row = row_of("complaint", platform_id=world.platform, provider_id=world.aide34, number=1, **opened)
    changes = "'id', gen_random_uuid(), 'number', n, 'source_id', gen_random_uuid(), 'token_key', null"
    await clone(owner, "complaint", row, changes, count)


async def files(owner: Owner, world: World, count: int) -> None:
    row = row_of(
        "import_batch", platform_id=world.platform, provider_id=world.aide34, filename=LONG,
        state="committed", counts='{"read": 1, "created": 1, "updated": 0, "unchanged": 0, "refused": 0}',
    )  # fmt: skip
    await clone(owner, "import_batch", row, "'id', gen_random_uuid()", count)


async def a_client(owner: Owner, world: World) -> UUID:
    await renamed(owner, world)
    row = row_of("client", platform_id=world.platform, provider_id=world.aide34)
    await insert(owner, "client", row)
    return row["id"]


async def calls(owner: Owner, world: World, count: int) -> None:
    row = row_of(
        "call_case", platform_id=world.platform, client_id=await a_client(owner, world),
        next_due_at=datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
    )  # fmt: skip
    await clone(owner, "call_case", row, "'id', gen_random_uuid(), 'invitation_id', gen_random_uuid()", count)


async def visits(owner: Owner, world: World, count: int) -> None:
    row = row_of(
        "intervention", id=uuid7(datetime(2026, 11, 20, 9, tzinfo=UTC)), platform_id=world.platform,
        provider_id=world.aide34, client_id=await a_client(owner, world), reference=LONG,
    )  # fmt: skip
    same_month = "(left(t.id::text, 15) || substr(gen_random_uuid()::text, 16))::uuid"
    await clone(
        owner, "intervention", row, f"'id', {same_month}, 'reference', left(n || t.reference, 60)", count
    )


async def conventions(owner: Owner, world: World, count: int) -> None:
    row = row_of(
        "convention", platform_id=world.platform, funder_id=world.herault, code="c1", title=LONG,
        providers=[world.aide34], indicators=["GLOB"],
    )  # fmt: skip
    await clone(owner, "convention", row, "'id', gen_random_uuid(), 'code', 'c' || n", count)


async def followed(owner: Owner, world: World, count: int) -> None:
    """Name providers in one convention."""
    await organisations(owner, world, count)
    row = row_of("convention", platform_id=world.platform, funder_id=world.herault, code="c1", title=LONG)
    await insert(owner, "convention", row)
    await owner.execute(FOLLOW_ALL)


async def published(owner: Owner, world: World, count: int) -> None:
    """Publish a figure of each of many providers."""
    await herault_october(world)
    await create(world.platform, "2026-10")
    await organisations(owner, world, count)
    await owner.execute(
        """
        INSERT INTO release_cell
        SELECT (jsonb_populate_record(c, jsonb_build_object(
            'id', gen_random_uuid(), 'provider_id', o.id, 'scope_code', left(o.code, 20) || '-34'))).*
        FROM organisation o, release_cell c
        WHERE o.code ~ '^(01|X)' AND c.scope_type = 'provider_departement' AND c.activity = ''
          AND c.provider_id = $1 AND c.indicator = 'GLOB'
        """,
        world.aide34,
    )
    await owner.execute("ANALYZE release_cell")
    await owner.execute(FOLLOW_ALL)


@dataclass(frozen=True)
class Case:
    path: str
    role: str
    fill: Fill
    empty: str = ""  # the sentence without rows; none where the list always has one
    most: int = 10_000

    def __str__(self) -> str:
        return f"{self.path} {self.role} {self.fill.__name__}"


CASES = [
    Case("/prestataires", "platform", organisations),
    Case("/charte", "platform", organisations),
    Case("/interventions", "platform", organisations, most=A_CHOICE),
    Case("/admin/comptes", "platform", accounts),
    Case("/admin/comptes", "platform", organisations, most=A_CHOICE),
    Case("/admin/journal", "platform", journal),
    Case("/reclamations", "platform", complaints, "Aucune réclamation"),
    Case("/reclamations", "provider", complaints, "Aucune réclamation"),
    Case("/imports", "provider", files, "Aucun fichier"),
    Case("/imports", "platform", organisations, most=A_CHOICE),
    Case("/appels", "agent", calls, "Personne n’attend d’appel"),
    Case("/interventions", "provider", visits, "Aucune visite"),
    Case("/conventions", "platform", conventions, "Aucune convention n’est écrite"),
    Case("/conventions", "funder", conventions, "Aucune convention ne vous lie"),
    Case("/indicateurs", "funder", conventions, "Vous ne financez", A_CHOICE),
    Case("/conventions/c1", "funder", followed),
    Case("/indicateurs/GLOB", "funder", published),
    Case("/indicateurs/GLOB", "platform", published),
    Case("/observatoire", "observer", published),
    Case("/accueil", "funder", published),
    Case("/accueil", "platform", complaints),
    Case("/accueil", "provider", complaints),
    Case("/accueil", "agent", calls),
]


def by_rows() -> list[tuple[Case, ...]]:
    """Gather the pages that show the same rows: they are written once."""
    found: dict[tuple[Fill, int], list[Case]] = {}
    for case in CASES:
        found.setdefault((case.fill, case.most), []).append(case)
    return [tuple(cases) for cases in found.values()]


@pytest.mark.parametrize("is_full", [False, True], ids=["one", "full"])
@pytest.mark.parametrize("cases", by_rows(), ids=lambda cases: f"{cases[0].fill.__name__} {cases[0].most}")
async def test_lists_stay_short_and_light(
    client: httpx.AsyncClient, world: World, owner: Owner, cases: tuple[Case, ...], is_full: bool
) -> None:
    await cases[0].fill(owner, world, cases[0].most if is_full else 1)
    pages = {str(case): await opened(client, world, case) for case in cases}
    assert {name: too_long(page) for name, page in pages.items() if too_long(page)} == {}


def too_long(page: str) -> dict[str, int]:
    """Say what of a page goes beyond its limit."""
    rows = max(page.count("<tr"), page.count("<li"))
    counts = {"rows": rows, "options": page.count("<option"), "characters": len(page)}
    limits = {"rows": MOST_ROWS, "options": A_CHOICE + MOST_ROWS, "characters": MOST_CHARACTERS}
    return {name: count for name, count in counts.items() if count > limits[name]}


@pytest.mark.parametrize("case", [case for case in CASES if case.empty], ids=str)
async def test_an_empty_list_says_what_it_awaits(client: httpx.AsyncClient, world: World, case: Case) -> None:
    page = await opened(client, world, case)
    assert case.empty in page
    assert "<tbody></tbody>" not in re.sub(r">\s+<", "><", page)


async def opened(client: httpx.AsyncClient, world: World, case: Case) -> str:
    holders = {"provider": world.aide34, "funder": world.herault, "observer": world.observer}
    await sign_in(client, world, case.role, holders.get(case.role))
    response = await client.get(case.path)
    assert response.status_code == 200
    read(response.text)
    return response.text


@pytest.mark.parametrize(
    ("path", "fill"),
    [("/conventions", conventions), ("/conventions/c1", followed), ("/indicateurs/GLOB", published)],
)
async def test_each_page_of_a_long_list_leads_to_the_next_until_the_last(
    client: httpx.AsyncClient, world: World, owner: Owner, path: str, fill: Fill
) -> None:
    await fill(owner, world, 120)
    await sign_in(client, world, "funder", world.herault)
    seen, address = 0, path
    while address:
        page = (await client.get(address)).text
        seen += page.count(LONG[:40])
        following = re.search(r'href="([^"#]*)[^"]*" rel="next"', page)
        address = following[1].replace("&amp;", "&") if following else ""
    assert seen >= 120
