"""Which protocol serves the platform, and which providers have their own."""

from collections.abc import Mapping
from dataclasses import dataclass

from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import fetch, fetch_value
from quality.errors import FieldError, Invalid
from quality.french import french
from surveys.protocol.editing import drafts

UNKNOWN = french("Choisissez un protocole publié et un organisme de la liste.")


@dataclass(frozen=True, slots=True)
class Usage:
    """The usual protocol, the number of providers by protocol, and (code, name, own protocol) of each."""

    usual: str
    counts: Mapping[str, int]
    providers: tuple[tuple[str, str, str], ...]


async def read(actor: Actor) -> Usage:
    """Read which protocol serves whom."""
    async with scoped(actor) as db:
        usual = await fetch_value(db, "SELECT protocol FROM platform WHERE id = $1", actor.platform)
        rows = await fetch(
            db,
            """
            SELECT code, name, coalesce(protocol, '') AS protocol FROM organisation
            WHERE platform_id = $1 AND kind = 'provider' ORDER BY name, code
            """,
            actor.platform,
        )
    counts: dict[str, int] = {}
    for row in rows:
        serving = row["protocol"] or usual
        counts[serving] = counts.get(serving, 0) + 1
    return Usage(usual, counts, tuple((row["code"], row["name"], row["protocol"]) for row in rows))


async def assign(actor: Actor, provider: str, protocol: str) -> None:
    """Give a provider its protocol, or the platform's when none is named; without a provider, the platform.

    Visits already decided keep theirs.
    """
    known = {each.name for each in await drafts.published(actor)}
    if protocol not in known and (protocol or not provider):
        raise Invalid(UNKNOWN, (FieldError("protocole", UNKNOWN),))
    async with scoped(actor) as db:
        if provider:
            sql = """
            UPDATE organisation SET protocol = $3
            WHERE platform_id = $1 AND code = $2 AND kind = 'provider' RETURNING id
            """
            changed = await fetch_value(db, sql, actor.platform, provider, protocol or None)
        else:
            sql = "UPDATE platform SET protocol = $2 WHERE id = $1 RETURNING id"
            changed = await fetch_value(db, sql, actor.platform, protocol)
        if changed is None:
            raise Invalid(UNKNOWN, (FieldError("organisme", UNKNOWN),))
        await audit.record(db, actor, "protocol.assign", protocol, {"provider": provider})
