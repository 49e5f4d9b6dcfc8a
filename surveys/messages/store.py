"""The words of the messages of a platform: read, written over the ones read, and those of before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from quality import clock
from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, execute, fetch, fetch_value
from quality.errors import Conflict, NotFound
from quality.french import french
from quality.ids import uuid7
from surveys.dispatch.text import Template, shipped, template
from surveys.messages.uses import USES

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = ("fr", "en")
CHANGED = french("Quelqu’un d’autre a changé ce message. Relisez-le avant d’enregistrer.")


@dataclass(frozen=True, slots=True)
class Current:
    """The words in use; `author` is empty for those of the product, `at` names what was read."""

    template: Template
    at: datetime | None
    author: str
    is_changed: bool

    @property
    def is_shipped(self) -> bool:
        original = shipped()[self.template.name, self.template.language]
        return (self.template.subject, self.template.text) == (original.subject, original.text)


@dataclass(frozen=True, slots=True)
class Former:
    """Words of before: until when they were in use, and who wrote what replaced them."""

    id: UUID
    template: Template
    until: datetime
    replaced_by: str


CURRENT = """
SELECT t.name, t.language, t.subject, t.text, t.changed_at, c.at IS NOT NULL AS is_changed, c.author
FROM message_template t LEFT JOIN LATERAL (
    SELECT m.at, coalesce(a.name, '') AS author FROM message_change m LEFT JOIN account a ON a.id = m.account
    WHERE m.platform_id = t.platform_id AND m.name = t.name AND m.language = t.language
    ORDER BY m.at DESC, m.id DESC LIMIT 1
) AS c ON true
WHERE t.platform_id = $1 AND ($2::text IS NULL OR t.name = $2)
"""


async def current(actor: Actor, name: str | None = None) -> Mapping[tuple[str, str], Current]:
    """Read the words in use by name and language; what the platform never had are those of the product."""
    async with scoped(actor) as db:
        rows = await fetch(db, CURRENT, actor.platform, name)
    own = {(row["name"], row["language"]): row for row in rows}
    return {
        key: _current(original, own.get(key))
        for key, original in shipped().items()
        if key[0] in USES and name in {None, key[0]}
    }


def _current(original: Template, row: Mapping[str, Any] | None) -> Current:
    if row is None:
        return Current(original, None, "", is_changed=False)
    words = _template(original, row)
    return Current(words, row["changed_at"], row["author"] or "", is_changed=row["is_changed"])


def _template(original: Template, row: Mapping[str, Any]) -> Template:
    return Template(original.name, original.channel, original.language, row["text"], row["subject"])


async def used(db: Connection, platform: UUID | None, name: str, language: str) -> Template:
    """Give the words of the platform in a language, else in French; else those of the product."""
    rows = await fetch(
        db,
        """
        SELECT language, subject, text FROM message_template
        WHERE platform_id = $1 AND name = $2 AND language IN ($3, 'fr') ORDER BY language = 'fr' LIMIT 1
        """,
        platform,
        name,
        language,
    )
    return _template(shipped()[name, rows[0]["language"]], rows[0]) if rows else template(name, language)


async def history(actor: Actor, name: str, language: str) -> tuple[Former, ...]:
    """Read the words of before, the latest first."""
    async with scoped(actor) as db:
        rows = await fetch(
            db,
            """
            SELECT m.id, m.subject, m.text, m.at, coalesce(a.name, '') AS author
            FROM message_change m LEFT JOIN account a ON a.id = m.account
            WHERE m.platform_id = $1 AND m.name = $2 AND m.language = $3 ORDER BY m.at DESC, m.id DESC
            """,
            actor.platform,
            name,
            language,
        )
    original = shipped()[name, language]
    return tuple(Former(row["id"], _template(original, row), row["at"], row["author"]) for row in rows)


async def save(actor: Actor, words: Template, read_at: datetime | None) -> None:
    """Put words in use in the place of those that were read, which are kept; raise Conflict when others are.

    What the platform never had is written first as the product says it.
    """
    async with scoped(actor) as db:
        if read_at is None:
            await _begin(db, actor, shipped()[words.name, words.language])
        kept = await fetch_value(
            db,
            REPLACE,
            actor.platform,
            words.name,
            words.language,
            read_at,
            words.subject,
            words.text,
            clock.now(),
            actor.account,
            uuid7(clock.now()),
        )
        if kept is None:
            raise Conflict(CHANGED)
        await audit.record(db, actor, "message.write", words.name, {"language": words.language})


async def _begin(db: Connection, actor: Actor, original: Template) -> None:
    await execute(
        db,
        """
        INSERT INTO message_template (id, platform_id, name, language, subject, text)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (platform_id, name, language) DO NOTHING
        """,
        uuid7(clock.now()),
        actor.platform,
        original.name,
        original.language,
        original.subject,
        original.text,
    )


REPLACE = """
WITH before AS (
    SELECT id, subject, text FROM message_template
    WHERE platform_id = $1 AND name = $2 AND language = $3 AND changed_at IS NOT DISTINCT FROM $4 FOR UPDATE
), kept AS (
    INSERT INTO message_change (id, platform_id, name, language, subject, text, at, account)
    SELECT $9, $1, $2, $3, subject, text, $7, $8 FROM before
)
UPDATE message_template t SET subject = $5, text = $6, changed_at = $7 FROM before
WHERE t.id = before.id RETURNING t.id
"""


async def former(actor: Actor, name: str, language: str, change: UUID) -> Template:
    """Give the words of before that a change kept."""
    found = [each for each in await history(actor, name, language) if each.id == change]
    if not found:
        raise NotFound
    return found[0].template
