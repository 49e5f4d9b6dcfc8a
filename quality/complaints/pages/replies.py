"""Sentences kept for reuse: an organisation's own, and the platform's for all."""

from dataclasses import dataclass
from uuid import UUID

from quality import clock
from quality.access import audit
from quality.access.actor import STAFF, Actor, Role
from quality.access.scope import scoped
from quality.db import execute, fetch, fetch_one, fetch_value
from quality.errors import Conflict, FieldError, Invalid, NotFound
from quality.ids import uuid7
from quality.web.languages import gettext as _

KEEPERS = frozenset({Role.platform, Role.supervisor, Role.provider})
LONGEST_TITLE, LONGEST_TEXT, MOST = 80, 2_000, 100
# An organisation reads its own and the platform's; each changes its own only.
READ = "platform_id = $1 AND (organisation_id IS NULL OR organisation_id = $2)"
OWN = "id = $3 AND platform_id = $1 AND organisation_id IS NOT DISTINCT FROM $2::uuid"


@dataclass(frozen=True, slots=True)
class Reply:
    """A kept sentence; `is_own` when its reader may change it."""

    id: UUID
    title: str
    text: str
    is_shared: bool
    is_own: bool


async def replies(actor: Actor) -> tuple[Reply, ...]:
    """List the sentences that an actor may use, its own first."""
    async with scoped(actor) as db:
        rows = await fetch(
            db,
            f"""
            SELECT id, title, text, organisation_id FROM reply_template WHERE {READ}
            ORDER BY organisation_id NULLS LAST, title, id
            """,
            actor.platform,
            _organisation(actor),
        )
    return tuple(_reply(actor, row) for row in rows)


async def reply(actor: Actor, identity: UUID) -> Reply:
    """Give one sentence that an actor may use, or answer 404."""
    async with scoped(actor) as db:
        row = await fetch_one(
            db,
            f"SELECT id, title, text, organisation_id FROM reply_template WHERE id = $3 AND {READ}",
            actor.platform,
            _organisation(actor),
            identity,
        )
    if row is None:
        raise NotFound
    return _reply(actor, row)


async def add(actor: Actor, title: str, text: str) -> None:
    """Keep a sentence: the provider's own, or the platform's for all."""
    words = _checked(title, text)
    async with scoped(actor) as db:
        count = await fetch_value(
            db,
            """
            SELECT count(*) FROM reply_template
            WHERE platform_id = $1 AND organisation_id IS NOT DISTINCT FROM $2::uuid
            """,
            actor.platform,
            _organisation(actor),
        )
        if count >= MOST:
            raise Conflict("Cent réponses sont déjà gardées. Supprimez-en une d’abord.")
        identity = uuid7(clock.now())
        await execute(
            db,
            """
            INSERT INTO reply_template (id, platform_id, organisation_id, title, text, created_at)
            VALUES ($1, $2, $3, $4, $5, $6)
            """,
            identity,
            actor.platform,
            _organisation(actor),
            *words,
            clock.now(),
        )
        await audit.record(db, actor, "reply.add", str(identity))


async def change(actor: Actor, identity: UUID, title: str, text: str) -> None:
    """Write a kept sentence again."""
    words = _checked(title, text)
    await _own(
        actor,
        identity,
        f"UPDATE reply_template SET title = $4, text = $5 WHERE {OWN}",
        "reply.change",
        *words,
    )


async def remove(actor: Actor, identity: UUID) -> None:
    """Keep a sentence no longer; what was sent with it stays."""
    await _own(actor, identity, f"DELETE FROM reply_template WHERE {OWN}", "reply.remove")


async def _own(actor: Actor, identity: UUID, sql: str, action: str, *values: str) -> None:
    async with scoped(actor) as db:
        done = await fetch_value(
            db, f"{sql} RETURNING id", actor.platform, _organisation(actor), identity, *values
        )
        if done is None:
            raise NotFound
        await audit.record(db, actor, action, str(identity))


def _organisation(actor: Actor) -> UUID | None:
    return None if actor.role in STAFF else actor.organisation


def _reply(actor: Actor, row: dict[str, object]) -> Reply:
    is_shared = row.pop("organisation_id") is None
    is_own = actor.role in KEEPERS and is_shared is (actor.role in STAFF)
    return Reply(**row, is_shared=is_shared, is_own=is_own)  # type: ignore[arg-type]


def _checked(title: str, text: str) -> tuple[str, str]:
    name, said = " ".join(title.split()), text.strip()
    wanted = (
        ("titre", 1 <= len(name) <= LONGEST_TITLE, _("Donnez un titre, en 80 caractères au plus.")),
        ("texte", 1 <= len(said) <= LONGEST_TEXT, _("Écrivez la réponse, en 2 000 caractères au plus.")),
    )
    errors = tuple(FieldError(field, message) for field, is_given, message in wanted if not is_given)
    if errors:
        raise Invalid(errors=errors)
    return name, said
