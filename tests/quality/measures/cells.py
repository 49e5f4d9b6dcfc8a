"""Writes many cells and conventions at once, for tests of figures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid4, uuid5

import msgspec

from quality.db import execute, transaction
from quality.measures.agreements.drafting import create_convention
from quality.measures.agreements.terms import Terms
from tests.world import World

OCTOBER = date(2026, 10, 1)
TARGETS = {"GLOB": 80, "PONCT": 90}


@dataclass(frozen=True)
class Cell:
    """One client's sums under one key; the defaults are those of a plain prestataire visit in Hérault."""

    provider: UUID
    client: str
    n: int = 1
    x: int = 1
    indicator: str = "GLOB"
    version: int = 1
    month: date = OCTOBER
    activity: str = "I-3"
    mode: str = "prestataire"
    departement: str = "34"
    funders: tuple[UUID, ...] = field(default=())
    first_mode: str = "sms"
    respondent: str = "client"
    collector: str = "platform"
    admissible: str = "yes"
    parts: tuple[int, ...] | None = None
    arm: str = ""
    territory: str = ""


def pseudonym(client: str) -> UUID:
    return uuid5(NAMESPACE_OID, client)


async def write(world: World, cells: Iterable[Cell]) -> None:
    rows = [
        {
            "id": uuid4(),
            "provider_id": cell.provider,
            "pseudonym": pseudonym(cell.client),
            **{
                name: getattr(cell, name)
                for name in (
                    *("n", "x", "indicator", "version", "month", "activity", "mode", "departement"),
                    *("funders", "first_mode", "respondent", "collector", "admissible", "parts", "arm"),
                    "territory",
                )
            },
        }
        for cell in cells
    ]
    async with transaction("work") as db:
        await execute(
            db,
            """
            INSERT INTO cell (id, platform_id, indicator, version, pseudonym, month, provider_id, activity,
                mode, departement, funders, first_mode, respondent, collector, admissible, n, x, parts,
                arm, territory)
            SELECT r.id, $2, r.indicator, r.version, r.pseudonym, r.month, r.provider_id, r.activity, r.mode,
                r.departement, r.funders, r.first_mode, r.respondent, r.collector, r.admissible, r.n, r.x,
                r.parts, r.arm, r.territory
            FROM jsonb_to_recordset($1) AS r(id uuid, provider_id uuid, pseudonym uuid, n int, x bigint,
                indicator text, version smallint, month date, activity text, mode text, departement text,
                funders uuid[], first_mode text, respondent text, collector text,
                admissible text, parts integer[], arm text, territory text)
            """,
            msgspec.json.encode(rows).decode(),
            world.platform,
        )


def answers(
    provider: UUID, funders: Sequence[UUID], clients: int, good: int, *, name: str = "", **facts: object
) -> list[Cell]:
    """Give one answer a client, `good` of them satisfied, and as many requests, all answered."""
    people = [f"{name or provider}-{place}" for place in range(clients)]
    one = replace(Cell(provider, "", funders=tuple(funders)), **facts)  # type: ignore[arg-type]
    marks = [replace(one, client=each, x=int(place < good)) for place, each in enumerate(people)]
    asked = [replace(one, client=each, indicator="RR2", respondent="") for each in people]
    return [*marks, *asked]


async def convene(world: World, funder: UUID, **facts: object) -> UUID:
    """Sign a convention: Hérault's by default, on the overall mark and punctuality, with targets."""
    terms: dict[str, Any] = {
        "code": "herault-2025",
        "title": "Convention 2025-2027",
        "starts_on": date(2025, 1, 1),
        "ends_on": date(2027, 12, 31),
        "providers": (world.aide34, world.cap),
        "excludes_mandataire": True,
        "indicators": ("GLOB", "PONCT"),
        "targets": TARGETS,
        "acknowledge_days": 2,
        "solution_days": 15,
        **facts,
    }
    return await create_convention(world.operator, Terms(funder=funder, **terms))


async def herault_october(world: World) -> UUID:
    """Write October as Hérault pays for it: 60 clients of Aide 34 and 40 of Cap Domicile answer."""
    convention = await convene(world, world.herault)
    await write(
        world,
        [
            *answers(world.aide34, [world.herault], 60, 54),
            *answers(world.cap, [world.herault], 40, 30),
        ],
    )
    return convention
