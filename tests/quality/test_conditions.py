"""Conditions written by hand find what Tortoise finds."""

from random import Random

import pytest
from tortoise.expressions import Q

from quality.access.actor import Actor
from quality.access.scope import RULES, allowed, scoped, visible, visible_records
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
        Q() | Q(kind="provider"),
        Q(Q(), Q() | Q()) | Q(kind="provider"),
        Q(pk__isnull=True),
        Q(pk__isnull=False),
        ~Q(pk__isnull=True) & Q(kind="funder"),
    ],
    ids=lambda asked: written(asked, [], "o"),
)
async def test_a_condition_finds_the_same_rows_as_the_models(world: World, asked: Q) -> None:
    async with scoped(world.staff):
        await same(world.staff, asked)


async def same(actor: Actor, asked: Q) -> int:
    """Find rows by both ways, and count them; inside `scoped(actor)`."""
    rows = await visible_records(actor, Organisation, "t.id", asked)
    known = await visible(actor, Organisation).filter(asked).values_list("id", flat=True)
    assert {row["id"] for row in rows} == set(known), written(asked, [], "o")
    return len(rows)


async def test_any_conditions_put_together_find_the_same_rows_as_the_models(world: World) -> None:
    chance = Random(7)
    single = (
        *(Q(kind="provider"), Q(kind__in=["funder", "observer"]), Q(kind__in=[]), Q(name__startswith="Aide")),
        *(Q(siret=None), Q(siret__isnull=False), Q(pk=world.aide34), Q(pk__isnull=True), Q(pk__in=[])),
        *(Q(siret="none", kind="provider"), Q(siret=None, kind="provider", join_type=Q.OR)),
    )

    def grown(depth: int) -> Q:
        if not depth or chance.random() < 0.2:
            return chance.choice((*single, Q()))
        parts = [grown(depth - 1) for _each in range(chance.choice((1, 2, 3)))]
        whole = Q(*parts, join_type=chance.choice((Q.AND, Q.OR)))
        return ~whole if any(parts) and chance.random() < 0.3 else whole

    async with scoped(world.staff):
        found = {await same(world.staff, grown(3)) for _each in range(300)}
    assert len(found) > 3  # not always all of them, nor always none


async def test_nobody_s_rule_written_by_hand_gives_no_row(world: World) -> None:
    """An actor without a platform is refused by rules, not by an error."""
    nobody = Actor(role="provider")
    async with scoped(nobody) as db:
        values: list[object] = []
        where = written(allowed(nobody, Organisation), values, "o")
        assert await fetch_records(db, f"SELECT FROM organisation o WHERE {where}", *values) == []


def test_rows_that_a_rule_shows_have_their_key_in_one_column() -> None:
    assert {model._meta.db_pk_column for model in RULES} == {"id"}


@pytest.mark.parametrize("asked", [~Q(), Q(kind="provider") | ~Q(Q(), Q())], ids=["alone", "within"])
def test_what_negates_nothing_is_refused(asked: Q) -> None:
    with pytest.raises(LookupError):
        written(asked, [], "o")


def test_another_lookup_is_refused() -> None:
    with pytest.raises(LookupError):
        written(Q(name__icontains="aide"), [], "o")
