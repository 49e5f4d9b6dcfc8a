"""The two walls say the same: the rows of `visible` are those that row-level security lets through."""

from dataclasses import replace
from uuid import UUID, uuid5

import asyncpg
import pytest
from tortoise.models import Model

from charter.rules import VISIBLE as OF_THE_CHARTER
from quality.access.actor import GATE, Actor, Role, operator
from quality.access.models import Session
from quality.access.rules import VISIBLE as OF_THE_GROUND
from quality.access.scope import RULES, Rule, scoped, visible, visible_one
from quality.app import House
from quality.complaints.models import Complaint
from quality.db import fetch
from quality.errors import NotFound
from tests.rows import FUNDER, PLATFORM, PROVIDER, Row, insert, made, valid_rows
from tests.world import World

VISIBLE = (*OF_THE_GROUND, *OF_THE_CHARTER)
TABLES = tuple(model._meta.db_table for model, _ in VISIBLE)
UNIQUE = {"code", "email", "key_hash", "number", "rank", "reference", "token_key"}
OBSERVER = made("observer")


def elsewhere(value: object, place: str, kept: frozenset[UUID]) -> object:
    if isinstance(value, UUID) and value not in kept:
        return uuid5(value, place)
    return [elsewhere(item, place, kept) for item in value] if isinstance(value, list) else value


def copy(row: Row, place: str, number: int, kept: frozenset[UUID]) -> Row:
    """Return the same row of another place: other identifiers but those kept, other unique values."""
    moved = {
        name: elsewhere(value, place, kept if name != "id" else frozenset()) for name, value in row.items()
    }
    for name in UNIQUE & set(moved):
        value = moved[name]
        moved[name] = number if isinstance(value, int) else type(value)().join([value, value[:1] * number])
    if isinstance(row.get("id"), int):
        moved["id"] = number
    return moved


def variants(table: str) -> list[Row]:
    row = {**valid_rows()[table]}
    if table == "convention":
        row |= {"funder_id": FUNDER, "providers": [PROVIDER]}
    neighbour = copy(row, "neighbour", 2, frozenset({PLATFORM}))
    if table == "release":
        neighbour |= {"period": "2026-09"}
    foreign = copy(row, "foreign", 3, frozenset())
    more = [copy({**row, **change}, f"{n}", 4 + n, KEPT) for n, change in enumerate(MORE.get(table, ()))]
    return [row, neighbour, foreign, *more]


KEPT = frozenset({PLATFORM, PROVIDER, FUNDER, made("complaint"), made("release"), made("account")})
MORE: dict[str, tuple[Row, ...]] = {
    "organisation": ({"kind": "funder"}, {"kind": "observer"}),
    "membership": ({"role": "agent", "organisation_id": None},),
    "audit": ({"platform_id": None},),
    "complaint": (
        {"disclosure": "call_first"},
        {"disclosure": "anonymous"},
        {"is_serious": True, "is_shared": False},
        {"is_serious": True},
    ),
    "complaint_event": (
        *({"audience": audience} for audience in ("client", "staff", "serious")),
        {"complaint_id": made("unread")},
    ),
    "complaint_subject": ({"is_disclosed": False},),
    "release_cell": (
        {"funder_id": None, "provider_id": None, "scope_type": "france"},
        {"funder_id": None, "provider_id": None, "scope_type": "departement"},
        {"funder_id": None, "provider_id": None, "scope_type": "region"},
    ),
    "convention": ({"providers": []}, {"funder_id": made("stranger")}),
}


@pytest.fixture
async def full(owner: asyncpg.Connection, empty: None) -> None:
    for table in TABLES:
        for row in variants(table):
            await insert(owner, table, row)
    await insert(
        owner,
        "organisation",
        {**valid_rows()["organisation"], "id": FUNDER, "code": "D34", "kind": "funder", "siret": None},
    )
    hidden = {"number": 90, "token_key": b"unread", "disclosure": "call_first"}
    unread = {**valid_rows()["complaint"], "id": made("unread"), **hidden}
    await insert(owner, "complaint", unread)


def actors() -> list[Actor]:
    alone = [Actor(role=role, platform=PLATFORM) for role in Role]
    organised = [
        Actor(role="provider", platform=PLATFORM, organisation=PROVIDER),
        Actor(role="provider", platform=PLATFORM, organisation=uuid5(PROVIDER, "neighbour")),
        Actor(role="funder", platform=PLATFORM, organisation=FUNDER),
        Actor(role="funder", platform=PLATFORM, organisation=made("stranger")),
        Actor(role="observer", platform=PLATFORM, organisation=OBSERVER),
        Actor(role="platform", platform=PLATFORM, account=made("account")),
    ]
    foreign = [replace(actor, platform=uuid5(PLATFORM, "foreign")) for actor in (*alone, *organised)]
    nowhere = [Actor(role=role) for role in Role]
    return [*alone, *organised, *foreign, *nowhere, GATE, operator(), operator(PLATFORM)]


async def behind_the_policies(actor: Actor, table: str) -> set[object]:
    async with scoped(actor) as db:
        return {row["id"] for row in await fetch(db, f'SELECT id FROM "{table}"')}


@pytest.mark.parametrize(("model", "rule"), VISIBLE, ids=[model.__name__ for model, _ in VISIBLE])
async def test_the_query_and_the_policies_show_the_same_rows(
    model: type[Model], rule: Rule, full: None, owner: asyncpg.Connection
) -> None:
    """The query is run by the owner, whom no policy binds: it must be narrow enough by itself."""
    wrong, sizes = [], set()
    for actor in actors():
        behind = await behind_the_policies(actor, model._meta.db_table)
        rows = model.filter(rule(actor)).only("id")
        rows.sql()
        sql, values = rows.query.get_parameterized_sql()
        shown = {row["id"] for row in await owner.fetch(sql, *values)}
        sizes.add(len(behind))
        if shown != behind:
            wrong.append((actor.role, actor.platform, actor.organisation, len(shown), len(behind)))
    assert wrong == []
    assert len(sizes) > 1


async def test_another_s_row_and_an_unknown_one_look_alike(world: World, full: None, house: House) -> None:
    stranger = replace(world.provider, platform=PLATFORM, organisation=made("nobody"))
    owned = replace(world.provider, platform=PLATFORM, organisation=PROVIDER)
    RULES.update(dict(VISIBLE))
    async with scoped(owned):
        assert (await visible_one(owned, Complaint, id=made("complaint"))).number == 1
    for identifier in (made("complaint"), made("unknown")):
        async with scoped(stranger):
            with pytest.raises(NotFound):
                await visible_one(stranger, Complaint, id=identifier)


async def test_a_model_without_a_rule_is_shown_to_nobody(world: World) -> None:
    with pytest.raises(LookupError, match="Session has no rule"):
        visible(world.staff, Session)
