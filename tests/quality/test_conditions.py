"""Conditions written by hand find what Tortoise finds."""

import pytest
from tortoise.expressions import Q

from quality.access.scope import allowed, scoped, visible
from quality.conditions import written
from quality.db import fetch_records
from quality.directory.models import Organisation
from tests.world import World


@pytest.mark.parametrize(
    "asked",
    [
        Q(kind="provider"),
        Q(kind__in={"provider", "observer"}),
        Q(kind__in=[]),
        Q(name__startswith="Aide"),
        Q(name__startswith="_ide"),
        Q(siret__isnull=True) | Q(siret=None, kind="provider"),
        Q(siret__isnull=False) & ~Q(kind="provider", name__startswith="Aide"),
        Q(),
    ],
    ids=lambda asked: written(asked, [], "o"),
)
async def test_a_condition_finds_the_same_rows_as_the_models(world: World, asked: Q) -> None:
    values: list[object] = []
    where = written(Q(allowed(world.staff, Organisation), asked), values, "o")
    async with scoped(world.staff) as db:
        rows = await fetch_records(db, f"SELECT o.name FROM organisation o WHERE {where}", *values)
        known = await visible(world.staff, Organisation).filter(asked).values_list("name", flat=True)
    assert sorted(row["name"] for row in rows) == sorted(str(each) for each in known)


def test_another_lookup_is_refused() -> None:
    with pytest.raises(LookupError):
        written(Q(name__icontains="aide"), [], "o")
