"""The drafts of a platform: begun, changed step by step, undone, done again, published or discarded."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any

import msgspec
from msgspec import structs

from quality import clock
from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, execute, fetch, fetch_one, fetch_value
from quality.errors import Conflict, FieldError, Invalid, NotFound
from quality.french import french
from quality.ids import uuid7
from surveys import publishing
from surveys.authoring import changing
from surveys.authoring.changing import Change
from surveys.authoring.editing.saying import kept
from surveys.questionnaire.definition import Questionnaire, Words
from surveys.questionnaire.reading import library
from surveys.simulation.running import platform_of

LONGEST_TITLE = 120
CHANGED = french(
    "Quelqu’un d’autre a changé, publié ou supprimé ce brouillon. Relisez-le avant de continuer."
)
TITLE = french("Écrivez un nom de 1 à 120 caractères.")
HAS_TITLE = french("Un questionnaire porte déjà ce nom.")
HAS_DRAFT = french(
    "Ce questionnaire a déjà un brouillon. Publiez-le ou supprimez-le, puis apportez le classeur."
)
NO_MODEL = french("Choisissez un modèle dans la liste.")
BLANK = "vide"
SHIPPED, OWN = "fourni:", "plateforme:"


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody is writing; `undoes` and `redoes` are the steps to undo and to do again, "" for none."""

    code: str
    questionnaire: Questionnaire
    based_on: int
    revision: int
    changed_at: datetime
    author: str
    undoes: str
    redoes: str


DRAFTS = """
WITH step AS (SELECT draft_id, revision, said,
    min(revision) OVER (PARTITION BY draft_id) AS first FROM questionnaire_step WHERE platform_id = $1)
SELECT d.code, d.tree, d.based_on, d.revision, d.changed_at, coalesce(a.name, '') AS author,
    coalesce((SELECT s.said FROM step s
        WHERE s.draft_id = d.id AND s.revision = d.standing AND s.revision > s.first), '') AS undoes,
    coalesce((SELECT s.said FROM step s
        WHERE s.draft_id = d.id AND s.revision > d.standing ORDER BY s.revision LIMIT 1), '') AS redoes
FROM questionnaire_draft d LEFT JOIN account a ON a.id = d.changed_by
WHERE d.platform_id = $1 AND ($2::text IS NULL OR d.code = $2) ORDER BY d.code
"""


async def drafts(actor: Actor) -> dict[str, Draft]:
    """Read the drafts of the actor's platform, by code."""
    async with scoped(actor) as db:
        rows = await fetch(db, DRAFTS, actor.platform, None)
    return {row["code"]: _draft(row) for row in rows}


async def find(actor: Actor, code: str) -> Draft | None:
    async with scoped(actor) as db:
        row = await fetch_one(db, DRAFTS, actor.platform, code)
    return _draft(row) if row else None


async def as_it_was(actor: Actor, code: str, revision: int) -> Questionnaire | None:
    """Read a draft as a change left it; None where that change is not kept, as after an undoing."""
    async with scoped(actor) as db:
        tree = await fetch_value(db, AS_IT_WAS, actor.platform, code, revision)
    return _read(tree) if tree else None


AS_IT_WAS = """
SELECT s.tree FROM questionnaire_step s JOIN questionnaire_draft d ON d.id = s.draft_id
WHERE d.platform_id = $1 AND d.code = $2 AND s.revision = $3
"""


def _draft(row: Mapping[str, Any]) -> Draft:
    found = dict(row)
    return Draft(questionnaire=_read(found.pop("tree")), **found)


def _read(tree: str) -> Questionnaire:
    """Read what is being written: its shape is right, its rules may be broken."""
    return msgspec.json.decode(tree, type=Questionnaire)


def _written(questionnaire: Questionnaire) -> str:
    return msgspec.json.encode(questionnaire).decode()


# ---- beginning ----


def shipped() -> tuple[str, ...]:
    """Name the questionnaires of the library."""
    folder = resources.files("surveys.questionnaire") / "library"
    return tuple(
        sorted(each.name.removesuffix(".yaml") for each in folder.iterdir() if each.name.endswith(".yaml"))
    )


async def begin(actor: Actor, code: str) -> None:
    """Open a draft of the version in use; one that is already open stays as it is."""
    async with scoped(actor) as db:
        newest = await _newest(db, actor, code)
        if newest is None:
            raise NotFound
        said = kept("from_version", {"version": newest.version})
        if await _insert(db, actor, newest, newest.version, said):
            await audit.record(db, actor, "questionnaire.draft", code, {"based_on": newest.version})


async def create(actor: Actor, title: str, model: str) -> str:
    """Open the draft of a new questionnaire, empty or copied; return its name in addresses."""
    title = " ".join(title.replace("\0", "").split())
    if not 1 <= len(title) <= LONGEST_TITLE:
        raise Invalid(TITLE, (FieldError("nom", TITLE),))
    async with scoped(actor) as db:
        known = await fetch(db, TITLES, actor.platform)
        code = changing.name_from(title, {row["code"] for row in known}, otherwise="questionnaire")
        new, said = await _copied(db, actor, code, title, model)
        is_known = title.casefold() in {row["title"].casefold() for row in known}
        if is_known or not await _insert(db, actor, new, 0, said):
            raise Invalid(HAS_TITLE, (FieldError("nom", HAS_TITLE),))
        await audit.record(db, actor, "questionnaire.draft", code, {"copied_from": model})
    return code


# Those in use, and those of drafts.
TITLES = """
SELECT code, tree->'title'->>'fr' AS title FROM questionnaire_draft WHERE platform_id = $1
UNION ALL (
    SELECT DISTINCT ON (code) code, definition->'title'->>'fr' FROM questionnaire_version
    WHERE platform_id = $1 ORDER BY code, version DESC
)
"""


async def bring_in(actor: Actor, brought: Questionnaire) -> None:
    """Open a draft of what was written elsewhere: of a known questionnaire, or of a new one."""
    async with scoped(actor) as db:
        newest = await _newest(db, actor, brought.code)
        based_on = newest.version if newest else 0
        new = structs.replace(brought, version=based_on or 1)
        if not await _insert(db, actor, new, based_on, kept("from_xlsform", {})):
            raise Conflict(HAS_DRAFT)
        await audit.record(db, actor, "questionnaire.draft", brought.code, {"brought": "xlsform"})


async def _copied(
    db: Connection, actor: Actor, code: str, title: str, model: str
) -> tuple[Questionnaire, str]:
    if model == BLANK:
        return changing.blank(code, title), kept("begun", {})
    name = model.partition(":")[2]
    found = await _newest(db, actor, name) if model.startswith(OWN) else None
    if model.startswith(SHIPPED) and name in shipped():
        found = library(name)
    if found is None:
        raise Invalid(NO_MODEL, (FieldError("modele", NO_MODEL),))
    return structs.replace(found, code=code, version=1, title=Words(title)), kept("copied", {})


async def _newest(db: Connection, actor: Actor, code: str) -> Questionnaire | None:
    sql = """
        SELECT definition FROM questionnaire_version WHERE platform_id = $1 AND code = $2
        ORDER BY version DESC LIMIT 1
        """
    found = await fetch_value(db, sql, actor.platform, code)
    return _read(found) if found else None


async def _insert(db: Connection, actor: Actor, new: Questionnaire, based_on: int, said: str) -> bool:
    """Write a new draft and its first step; tell whether there was none."""
    identity = await fetch_value(
        db,
        """
        INSERT INTO questionnaire_draft (id, platform_id, code, tree, based_on, changed_at, changed_by)
        VALUES ($1, $2, $3, $4::jsonb, $5, $6, $7) ON CONFLICT (platform_id, code) DO NOTHING RETURNING id
        """,
        uuid7(clock.now()),
        actor.platform,
        new.code,
        _written(new),
        based_on,
        clock.now(),
        actor.account,
    )
    if identity is not None:
        await _add_step(db, actor, identity, (1, _written(new), said))
    return identity is not None


async def _add_step(db: Connection, actor: Actor, draft: object, step: tuple[int, str, str]) -> None:
    """Keep a step: its revision, the whole draft after it, what it was."""
    await execute(
        db,
        """
        INSERT INTO questionnaire_step (id, platform_id, draft_id, revision, tree, said)
        VALUES ($1, $2, $3, $4, $5::jsonb, $6)
        """,
        uuid7(clock.now()),
        actor.platform,
        draft,
        *step,
    )


# ---- changing ----


async def change(
    actor: Actor, code: str, revision: int, step: Callable[[Questionnaire], Change]
) -> Questionnaire:
    """Make one change at the revision that was read, and keep it as one step; what changes nothing is none.

    Raise Conflict when the draft is not at that revision any more.
    """
    async with scoped(actor) as db:
        held = await _held(db, actor, code, revision)
        before = _read(held["tree"])
        made = step(before)
        if made.after == before:
            return before
        await execute(
            db,
            "DELETE FROM questionnaire_step WHERE draft_id = $1 AND revision > $2",
            held["id"],
            held["standing"],
        )
        tree = _written(made.after)
        await _add_step(db, actor, held["id"], (revision + 1, tree, kept(made.what, made.values)))
        await _move(db, actor, held["id"], revision + 1, tree)
    return made.after


async def _held(db: Connection, actor: Actor, code: str, revision: int) -> Mapping[str, Any]:
    """Hold the draft until the end of the transaction: of two people, the second is told."""
    row = await fetch_one(
        db,
        """
        SELECT id, tree, standing FROM questionnaire_draft
        WHERE platform_id = $1 AND code = $2 AND revision = $3 FOR UPDATE
        """,
        actor.platform,
        code,
        revision,
    )
    if row is None:
        raise Conflict(CHANGED)
    return row


async def _move(db: Connection, actor: Actor, draft: object, standing: int, tree: str) -> None:
    await execute(
        db,
        """
        UPDATE questionnaire_draft
        SET tree = $3::jsonb, revision = revision + 1, standing = $2, changed_at = $4, changed_by = $5
        WHERE id = $1
        """,
        draft,
        standing,
        tree,
        clock.now(),
        actor.account,
    )


STEPS = "SELECT revision, tree FROM questionnaire_step WHERE draft_id = $1"
UNDONE = f"{STEPS} AND revision < $2 ORDER BY revision DESC LIMIT 1"
REDONE = f"{STEPS} AND revision > $2 ORDER BY revision LIMIT 1"


async def undo(actor: Actor, code: str, revision: int) -> None:
    """Go back to what was before the last step; the step stays, to be done again."""
    await _step(actor, code, revision, UNDONE)


async def redo(actor: Actor, code: str, revision: int) -> None:
    await _step(actor, code, revision, REDONE)


async def _step(actor: Actor, code: str, revision: int, sql: str) -> None:
    async with scoped(actor) as db:
        held = await _held(db, actor, code, revision)
        found = await fetch_one(db, sql, held["id"], held["standing"])
        if found is not None:
            await _move(db, actor, held["id"], found["revision"], found["tree"])


# ---- ending ----


async def discard(actor: Actor, code: str, revision: int) -> None:
    """Delete a draft that nobody changed since it was read, with its steps."""
    async with scoped(actor) as db:
        held = await _held(db, actor, code, revision)
        await execute(db, "DELETE FROM questionnaire_draft WHERE id = $1", held["id"])
        await audit.record(db, actor, "questionnaire.discard", code)


async def publish(actor: Actor, code: str, revision: int, version: int) -> None:
    """Make a draft the version whose number was announced, for the invitations to come.

    Raise DefinitionRefused where it breaks a rule or a series, Conflict where another version came meanwhile.
    Answers keep the version they were given to.
    """
    async with scoped(actor) as db:
        held = await _held(db, actor, code, revision)
        new = structs.replace(_read(held["tree"]), version=version)
        await publishing.publish(db, platform_of(actor), new, by=actor.account)
        await execute(db, "DELETE FROM questionnaire_draft WHERE id = $1", held["id"])
        await audit.record(db, actor, "questionnaire.publish", code, {"version": version})
