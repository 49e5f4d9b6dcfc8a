"""A year of published figures: fourteen providers, four départements, two funders, thirteen months."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from quality import clock
from quality.db import execute, fetch, transaction
from quality.measures.releases.releasing import create
from tests.quality.measures.cells import Cell, answers, convene, write
from tests.world import World

MONTHS = [date(2025 + month // 12, month % 12 + 1, 1) for month in range(9, 22)]
PLACES = ("34", "34", "30", "34", "11", "34", "30", "34", "66", "34", "34", "30")


async def publish(world: World, months: Sequence[date]) -> None:
    """Write months and release them with their quarter: totals above 400, few clients, one who worsens."""
    providers = [world.aide34, world.cap, *await _more(world)]
    terms = {"providers": tuple(providers), "excludes_mandataire": False}
    await convene(world, world.herault, **terms)
    await convene(world, world.cnav, code="cnav-2025", title="Convention Cnav", targets={"GLOB": 75}, **terms)
    for place, month in enumerate(months):
        await write(world, _month(world, providers, place, month))
    for month in months:
        await create(world.platform, f"{month.year}-{month.month:02}")
    await create(world.platform, "2026-Q3")


def _month(world: World, providers: list[UUID], place: int, month: date) -> Iterator[Cell]:
    for number, provider in enumerate(providers):
        clients = 6 if number in {0, 4, 12} else 12 + 5 * number
        where = ("34", *PLACES)[number - 1] if number else "34"
        funders = [world.herault] if number % 3 else [world.herault, world.cnav]
        good = max(1, clients - 2 - number % 5 - (place if number == 5 else 0))
        shared = {"month": month, "departement": where, "name": f"{number}-{place}"}
        yield from map(_marked, answers(provider, funders, clients, good, **shared))
        yield from answers(provider, funders, clients, good - 1, indicator="PONCT", **shared)[:clients]
        yield from _silent(provider, funders, 1 + number % 3, **shared)
        yield from _ended(provider, funders, clients, 1 + number % 3, **shared)


def _marked(cell: Cell) -> Cell:
    """Keep the marks of a visit: all the best, or the second worst."""
    if cell.indicator != "GLOB":
        return cell
    return replace(cell, parts=(0, cell.n - cell.x, 0, 0, cell.x))


def _silent(
    provider: UUID, funders: list[UUID], clients: int, *, name: str, **facts: object
) -> Iterator[Cell]:
    for one in range(clients):
        yield Cell(
            provider, f"{name}-silent-{one}", 1, 0, "RR2", funders=tuple(funders), respondent="", **facts
        )  # type: ignore[arg-type]


def _ended(
    provider: UUID, funders: list[UUID], clients: int, silent: int, *, name: str, **facts: object
) -> Iterator[Cell]:
    """Give what became of each request: of two that nobody answered, the second was refused."""
    shared = {"funders": tuple(funders), "respondent": "", **facts}
    ends = [(f"{name}-{one}", 1, 0) for one in range(clients)]
    ends += [(f"{name}-silent-{one}", one % 2, one % 2) for one in range(silent)]
    for client, reached, refused in ends:
        yield Cell(provider, client, 1, reached, "CON1", **shared)  # type: ignore[arg-type]
        yield Cell(provider, client, 1, refused, "REF1", **shared)  # type: ignore[arg-type]


async def _more(world: World) -> list[UUID]:
    async with transaction("work") as db:
        await execute(
            db,
            """
            INSERT INTO organisation (id, platform_id, code, kind, name, short_name, legal_form, siret,
                departement, email, phone, on_call_name, on_call_phone, activities, created_at)
            SELECT gen_random_uuid(), $1, lpad(n::text, 14, '9'), 'provider', 'Organisme ' || n,
                'Organisme ' || n, 'association', lpad(n::text, 14, '9'), d, '', '', '', '', '{}', $3
            FROM unnest($2::text[]) WITH ORDINALITY AS p(d, n)
            """,
            world.platform,
            list(PLACES),
            clock.now(),
        )
        rows = await fetch(db, "SELECT id FROM organisation WHERE code LIKE '99%' ORDER BY code")
    return [row["id"] for row in rows]
