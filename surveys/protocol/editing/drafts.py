"""The drafts of a platform and its published protocols: read, write, publish, delete."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import yaml

from quality import clock
from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, execute, fetch, fetch_one, fetch_value
from quality.errors import Conflict, FieldError, Invalid, NotFound
from quality.french import french
from quality.ids import uuid7
from surveys.dispatch import text
from surveys.protocol.definition import RESERVED, Channel, Protocol, decode, of_version, stored
from surveys.protocol.editing.forms import LABEL, ProtocolForm, Reading, Templates, form_of, read

LONGEST_NAME = 40
CALLS = frozenset({"call"})  # said by the agent, in both languages
# Replies and news have their own moments: no step sends them.
NOT_STEPS = frozenset({"low_mark", "ask_again", "motive_again", "next_question", *text.FOLLOW_UPS})
CHANGED = french("Quelqu’un d’autre a changé ou publié ce brouillon. Relisez-le avant de continuer.")
HAS_DRAFT = french("« {name} » a déjà un brouillon : publiez-le ou supprimez-le d’abord.")
HAS_NAME = french("Un protocole porte déjà ce nom.")
UNFINISHED = french("Corrigez d’abord le brouillon : chaque endroit à reprendre est indiqué.")


@dataclass(frozen=True, slots=True)
class Published:
    """One published version of a protocol."""

    name: str
    version: int
    protocol: Protocol
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody is writing, with the version it began from; `author` is whoever saved it last."""

    name: str
    form: ProtocolForm
    based_on: int
    revision: int
    changed_at: datetime
    author: str


@dataclass(frozen=True, slots=True)
class PlatformContext:
    """What the platform adds to every protocol: interval, messages by channel, names of funders by code.

    `english` are the messages that are written in English too.
    """

    interval: int
    templates: Templates
    funders: Mapping[str, str]
    english: Templates

    def read(self, form: ProtocolForm, name: str) -> Reading:
        """Read a form against what the platform has."""
        return read(form, name, self.templates, self.interval, self.funders)


async def context_of(actor: Actor) -> PlatformContext:
    """Read what the platform adds to every protocol."""
    async with scoped(actor) as db:
        interval = await fetch_value(db, "SELECT interval_days FROM platform WHERE id = $1", actor.platform)
        rows = await fetch(
            db,
            """
            SELECT name, subject <> '' AS is_email, bool_or(language = 'en') AS is_english
            FROM message_template WHERE platform_id = $1 GROUP BY name, is_email
            """,
            actor.platform,
        )
        funders = await fetch(
            db,
            "SELECT code, name FROM organisation WHERE platform_id = $1 AND kind = 'funder' ORDER BY name",
            actor.platform,
        )
    written = [row for row in rows if row["name"] not in NOT_STEPS and "voicemail" not in row["name"]]
    return PlatformContext(
        interval,
        _by_channel(written) | {Channel.PHONE: CALLS},
        {row["code"]: row["name"] for row in funders},
        _by_channel([row for row in written if row["is_english"]]) | {Channel.PHONE: CALLS},
    )


def _by_channel(rows: Iterable[Mapping[str, Any]]) -> dict[Channel, frozenset[str]]:
    found: dict[Channel, set[str]] = {Channel.SMS: set(), Channel.EMAIL: set()}
    for row in rows:
        found[Channel.EMAIL if row["is_email"] else Channel.SMS].add(row["name"])
    return {channel: frozenset(names) for channel, names in found.items()}


async def published(actor: Actor) -> tuple[Published, ...]:
    """Read the version in use of each protocol, by name."""
    async with scoped(actor) as db:
        rows = await fetch(
            db,
            """
            SELECT DISTINCT ON (name) name, version, definition, published_at FROM protocol_version
            WHERE platform_id = $1 ORDER BY name, version DESC
            """,
            actor.platform,
        )
    return tuple(_published(row) for row in rows)


async def versions(actor: Actor, name: str) -> tuple[Published, ...]:
    """Read every version of a protocol, the newest first."""
    async with scoped(actor) as db:
        rows = await fetch(
            db,
            """
            SELECT name, version, definition, published_at FROM protocol_version
            WHERE platform_id = $1 AND name = $2 ORDER BY version DESC
            """,
            actor.platform,
            name,
        )
    return tuple(_published(row) for row in rows)


def _published(row: Mapping[str, Any]) -> Published:
    definition = of_version(row["definition"])
    return Published(row["name"], definition.version, definition, row["published_at"])


DRAFTS = """
SELECT d.name, d.form, d.based_on, d.revision, d.changed_at, coalesce(a.name, '') AS author
FROM protocol_draft d LEFT JOIN account a ON a.id = d.changed_by
WHERE d.platform_id = $1 AND ($2::text IS NULL OR d.name = $2) ORDER BY d.name
"""


async def drafts(actor: Actor) -> dict[str, Draft]:
    """Read the drafts of the actor's platform, by name."""
    async with scoped(actor) as db:
        rows = await fetch(db, DRAFTS, actor.platform, None)
    return {row["name"]: _draft(row) for row in rows}


async def find(actor: Actor, name: str) -> Draft | None:
    """Read one draft."""
    async with scoped(actor) as db:
        row = await fetch_one(db, DRAFTS, actor.platform, name)
    return _draft(row) if row else None


def _draft(row: Mapping[str, Any]) -> Draft:
    return Draft(**{**row, "form": msgspec.json.decode(row["form"], type=ProtocolForm)})


async def begin(actor: Actor, name: str) -> None:
    """Open a draft of the version in use; one that is already open stays as it is."""
    known = await versions(actor, name)
    if not known:
        raise NotFound
    async with scoped(actor) as db:
        if await _insert(db, actor, name, form_of(known[0].protocol), known[0].version):
            await audit.record(db, actor, "protocol.draft", name, {"based_on": known[0].version})


async def create(actor: Actor, label: str, model: str) -> str:
    """Open the draft of a new protocol, copied from another one; return its name in addresses."""
    label = " ".join(label.split())
    name = name_of(label)
    copied = next(iter(await versions(actor, model)), None)
    if copied is None:
        raise NotFound
    if not name or len(label) > 80:
        raise Invalid(LABEL, (FieldError("libelle", LABEL),))
    form = msgspec.structs.replace(form_of(copied.protocol), label=label)
    async with scoped(actor) as db:
        if await _latest(db, actor, name) or not await _insert(db, actor, name, form, 0):
            raise Invalid(HAS_NAME, (FieldError("libelle", HAS_NAME),))
        await audit.record(db, actor, "protocol.draft", name, {"copied_from": model})
    return name


def name_of(label: str) -> str:
    """Make the name of a protocol in addresses from its label.

    >>> name_of("Suivi du soir, été 2026"), name_of("24 h"), name_of("Messages"), name_of("« ! »")
    ('suivi-du-soir-ete-2026', 'protocole-24-h', 'protocole-messages', '')
    """
    bare = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    name = re.sub("[^a-z0-9]+", "-", bare).strip("-")
    stands = not name or (name[0].isalpha() and name not in RESERVED)
    named = name if stands else f"protocole-{name}"
    return named[:LONGEST_NAME].rstrip("-")


async def bring_in(actor: Actor, source: bytes) -> Protocol:
    """Open a draft from YAML, or raise ProtocolRefused with each place; return what was read."""
    protocol = decode(source)
    async with scoped(actor) as db:
        based_on = await _latest(db, actor, protocol.name)
        if not await _insert(db, actor, protocol.name, form_of(protocol), based_on):
            raise Conflict(HAS_DRAFT, name=protocol.name)
        await audit.record(db, actor, "protocol.draft", protocol.name, {"imported": True})
    return protocol


async def _latest(db: Connection, actor: Actor, name: str) -> int:
    sql = "SELECT coalesce(max(version), 0) FROM protocol_version WHERE platform_id = $1 AND name = $2"
    return int(await fetch_value(db, sql, actor.platform, name))


async def _insert(db: Connection, actor: Actor, name: str, form: ProtocolForm, based_on: int) -> bool:
    """Write a new draft; tell whether there was none."""
    written = await fetch_value(
        db,
        """
        INSERT INTO protocol_draft (id, platform_id, name, form, based_on, changed_at, changed_by)
        VALUES ($1, $2, $3, $4::jsonb, $5, $6, $7) ON CONFLICT (platform_id, name) DO NOTHING RETURNING id
        """,
        uuid7(clock.now()),
        actor.platform,
        name,
        msgspec.json.encode(form).decode(),
        based_on,
        clock.now(),
        actor.account,
    )
    return written is not None


async def save(actor: Actor, name: str, revision: int, form: ProtocolForm) -> None:
    """Keep what was typed over the revision it was typed on; raise Conflict when it is no longer that one.

    Revision 0 is a draft that was published or deleted while somebody was typing: it is opened again.
    """
    async with scoped(actor) as db:
        if revision == 0:
            if not await _insert(db, actor, name, form, await _latest(db, actor, name)):
                raise Conflict(CHANGED)
            return
        kept = await fetch_value(
            db,
            """
            UPDATE protocol_draft
            SET form = $4::jsonb, revision = revision + 1, changed_at = $5, changed_by = $6
            WHERE platform_id = $1 AND name = $2 AND revision = $3 RETURNING revision
            """,
            actor.platform,
            name,
            revision,
            msgspec.json.encode(form).decode(),
            clock.now(),
            actor.account,
        )
        if kept is None:
            raise Conflict(CHANGED)


async def delete(actor: Actor, name: str, revision: int) -> None:
    """Delete a draft that nobody changed since it was read."""
    async with scoped(actor) as db:
        await _take(db, actor, name, revision)
        await audit.record(db, actor, "protocol.discard", name)


async def _take(db: Connection, actor: Actor, name: str, revision: int) -> ProtocolForm:
    """Remove a draft at a revision; of two people who do so at once, the second is told."""
    taken = await fetch_value(
        db,
        """
        DELETE FROM protocol_draft WHERE platform_id = $1 AND name = $2 AND revision = $3 RETURNING form
        """,
        actor.platform,
        name,
        revision,
    )
    if taken is None:
        raise Conflict(CHANGED)
    return msgspec.json.decode(taken, type=ProtocolForm)


async def publish(actor: Actor, name: str, revision: int) -> int:
    """Make a draft the next version, for the invitations to come; return its number.

    Invitations already there keep the version they began with.
    """
    context = await context_of(actor)
    async with scoped(actor) as db:
        reading = context.read(await _take(db, actor, name, revision), name)
        if reading.wrong:
            raise Invalid(UNFINISHED)
        version = await _latest(db, actor, name) + 1
        protocol = msgspec.structs.replace(reading.protocol, version=version)
        await execute(
            db,
            """
            INSERT INTO protocol_version (id, platform_id, name, version, definition, published_at)
            VALUES ($1, $2, $3, $4, $5::jsonb, $6)
            """,
            uuid7(clock.now()),
            actor.platform,
            name,
            version,
            msgspec.json.encode(stored(protocol)).decode(),
            clock.now(),
        )
        await audit.record(db, actor, "protocol.publish", name, {"version": version})
    return version


def reading_of(draft: Draft, context: PlatformContext) -> Reading:
    """Read a draft as it would be published."""
    return context.read(draft.form, draft.name)


def as_yaml(protocol: Protocol) -> str:
    """Write a protocol as YAML that `decode` reads again.

    >>> from surveys.protocol.definition import load
    >>> decode(as_yaml(load("default")).encode()) == load("default")
    True
    """
    tree = _short_hours(stored(protocol))
    return str(yaml.safe_dump(tree, allow_unicode=True, sort_keys=False, width=100))


def _short_hours(tree: object) -> object:
    """Write hours as people do, « 10:00 », and leave out what is empty or usual."""
    if isinstance(tree, dict):
        return {name: _short_hours(value) for name, value in tree.items() if _is_said(name, value)}
    if isinstance(tree, list | tuple):
        return [_short_hours(value) for value in tree]
    return tree[:5] if isinstance(tree, str) and re.fullmatch(r"\d\d:\d\d:\d\d", tree) else tree


def _is_said(name: str, value: object) -> bool:
    return value is not None and not (name in {"holidays", "reminds", "closed", "caps"} and not value)
