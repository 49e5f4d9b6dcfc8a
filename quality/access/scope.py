"""The one door to rows: a transaction that carries the actor's scope, and `visible(actor, Model)`.

Two walls say the same thing: the queries built here, and the row-level security of
quality/migrations/rules.sql.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import TypeVar

import asyncpg
from tortoise.expressions import Q
from tortoise.models import Model
from tortoise.queryset import QuerySet

from quality.access.actor import Actor
from quality.conditions import written
from quality.db import Connection, execute, fetch_records, pool, within
from quality.errors import NotFound

M = TypeVar("M", bound=Model)
Rule = Callable[[Actor], Q]
SCOPE = """
SELECT set_config('q.platform', $1, true), set_config('q.org', $2, true), set_config('q.role', $3, true),
       set_config('q.account', $4, true)
"""
RULES: dict[type[Model], Rule] = {}


_open: ContextVar[tuple[Connection, Actor] | None] = ContextVar("scope", default=None)


@asynccontextmanager
async def scoped(actor: Actor) -> AsyncIterator[Connection]:
    """Open a transaction of the web pool that sees only what the actor may see.

    Within a transaction of the same actor it is that one: several readers of a page share it. Within one of
    somebody else it is a part of it, which then sees again what that one may.
    """
    around = _around()
    if around is not None and around[1] == actor:
        yield around[0]
        return
    async with within(pool("web")) as db:
        await _narrow(db, actor)
        token = _open.set((db, actor))
        try:
            yield db
        finally:
            _open.reset(token)
        if around is not None:
            await _narrow(db, around[1])


def _around() -> tuple[Connection, Actor] | None:
    """Give the open scope, if its transaction is the one that a statement would run in."""
    found = _open.get()
    return found if found is not None and found[0] is pool("web") else None


async def _narrow(db: Connection, actor: Actor) -> None:
    ours = (actor.platform, actor.organisation, actor.role, actor.account)
    await execute(db, SCOPE, *(str(each or "") for each in ours))


def visible(actor: Actor, model: type[M]) -> QuerySet[M]:
    """Return the rows of a model the actor may see; a model without a rule is visible to nobody."""
    return model.filter(allowed(actor, model))


def allowed(actor: Actor, model: type[Model]) -> Q:
    """Return the condition on a row of a model that the actor may see, for a statement written by hand."""
    rule = RULES.get(model)
    if rule is None:
        message = f"{model.__name__} has no rule of visibility"
        raise LookupError(message)
    return rule(actor)


async def visible_records(
    actor: Actor, model: type[Model], columns: str, *which: Q
) -> Sequence[asyncpg.Record]:
    """Read some columns of the rows that the actor may see, for what a page reads often or in number."""
    values: list[object] = []
    where = written(Q(allowed(actor, model), *which), values, "t")
    sql = f"SELECT {columns} FROM {model._meta.db_table} t WHERE {where}"  # noqa: SLF001
    return await fetch_records(pool("web"), sql, *values)


async def visible_one(actor: Actor, model: type[M], **fields: object) -> M:
    """Return one visible row, or answer 404: another's row and an unknown one look alike."""
    row = await visible(actor, model).filter(**fields).first()
    if row is None:
        raise NotFound
    return row
