"""What every command stands on: the house on its database; a refusal becomes a message and exit 1."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

import typer
from tortoise import Tortoise

from quality import clock, settings
from quality.app import House, compose
from quality.db import Connection, fetch, fetch_value, pool, refuse_owner, tortoise_config
from quality.errors import Invalid, QualityError, Refused

T = TypeVar("T")


def run(verb: Callable[[House], Awaitable[T]]) -> T:
    """Run a verb on the house of the environment; a refusal is said on the error output and exits 1."""
    try:
        return asyncio.run(_run(verb))
    except QualityError as error:
        for line in lines_of(error):
            typer.echo(line, err=True)
        raise typer.Exit(1) from error


def lines_of(error: QualityError) -> list[str]:
    """Return what to say of a refusal: its message, then each field's.

    >>> lines_of(Refused("Non."))
    ['Non.']
    """
    fields = [entry.message for entry in error.errors] if isinstance(error, Invalid) else []
    return fields or [str(error)]


async def _run(verb: Callable[[House], Awaitable[T]]) -> T:
    house = compose(settings.from_environment())
    config = tortoise_config(house.database_url, house.components)
    await Tortoise.init(config=config, _enable_global_fallback=True)
    try:
        await refuse_owner()
        await clock.refresh(pool("web"))
        return await verb(house)
    finally:
        await Tortoise.close_connections()


async def platform_of(db: Connection, code: str | None) -> UUID:
    """Return the platform of a code, or the only one; `db` is an operator's transaction."""
    rows = await fetch(db, "SELECT id, code FROM platform ORDER BY code")
    codes = ", ".join(row["code"] for row in rows)
    found = [row["id"] for row in rows if code is None or row["code"] == code]
    if len(found) == 1:
        return UUID(str(found[0]))
    if not rows:
        raise Refused("Aucune plateforme n’existe. Créez-la : quality platform create CODE --name NOM.")
    if code is None:
        raise Refused("Plusieurs plateformes : {codes}. Choisissez-en une avec --platform CODE.", codes=codes)
    raise Refused("La plateforme {code} n’existe pas. Celles qui existent : {codes}.", code=code, codes=codes)


async def organisation_of(db: Connection, platform: UUID, code: str, *, kind: str | None = None) -> UUID:
    """Return the organisation of a code in a platform, of one kind where it matters."""
    found = await fetch_value(
        db,
        "SELECT id FROM organisation WHERE platform_id = $1 AND code = $2 AND coalesce(kind = $3, true)",
        platform,
        code,
        kind,
    )
    if found is None:
        raise Refused("Aucun organisme n’a le code {code} dans cette plateforme.", code=code)
    return UUID(str(found))
