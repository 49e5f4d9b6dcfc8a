"""Views that somebody keeps under a name: a page and its choice of filters, for their own account."""

from dataclasses import dataclass
from uuid import UUID

from quality import clock
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import execute, fetch, fetch_value
from quality.errors import Conflict, FieldError, Invalid, NotFound
from quality.ids import uuid7
from quality.web.languages import gettext as _

LONGEST, MOST = 60, 20


@dataclass(frozen=True, slots=True)
class View:
    """One saved view."""

    id: UUID
    name: str
    query: str


async def views(actor: Actor, page: str) -> tuple[View, ...]:
    """List what an account keeps for a page, by name."""
    async with scoped(actor) as db:
        rows = await fetch(
            db,
            "SELECT id, name, query FROM saved_view WHERE account_id = $1 AND page = $2 ORDER BY name, id",
            actor.account,
            page,
        )
    return tuple(View(**row) for row in rows)


async def keep(actor: Actor, page: str, name: str, query: str) -> None:
    """Keep a choice under a name; the same name takes the new choice."""
    words = " ".join(name.split())
    if not 1 <= len(words) <= LONGEST:
        raise Invalid(errors=(FieldError("nom", _("Donnez un nom à la vue, en 60 caractères au plus.")),))
    async with scoped(actor) as db:
        others = await fetch_value(
            db,
            "SELECT count(*) FROM saved_view WHERE account_id = $1 AND page = $2 AND name <> $3",
            actor.account,
            page,
            words,
        )
        if others >= MOST:
            raise Conflict("Vous avez déjà vingt vues enregistrées. Supprimez-en une d’abord.")
        await execute(
            db,
            """
            INSERT INTO saved_view
                (id, platform_id, organisation_id, account_id, page, name, query, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (account_id, platform_id, organisation_id, page, name)
            DO UPDATE SET query = excluded.query
            """,
            uuid7(clock.now()),
            actor.platform,
            actor.organisation,
            actor.account,
            page,
            words,
            query,
            clock.now(),
        )


async def forget(actor: Actor, view: UUID) -> None:
    """Delete one of the account's own views."""
    async with scoped(actor) as db:
        gone = await fetch_value(
            db, "DELETE FROM saved_view WHERE id = $1 AND account_id = $2 RETURNING id", view, actor.account
        )
    if gone is None:
        raise NotFound
