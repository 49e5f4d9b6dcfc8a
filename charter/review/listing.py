"""What /charte/dossiers shows: the files, the appeals, what is suspended, and who may be recognised."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from charter.adhesion.causes import reasons
from charter.adhesion.recognising import certifiable
from charter.adhesion.words import file_tag
from charter.editions import Library
from charter.library import library
from charter.review.addresses import FILES
from charter.review.reading import Errors, due_text
from charter.rules import JUDGES
from charter.words import Tag, title_of
from quality.access.actor import Actor
from quality.db import Connection, fetch, fetch_value
from quality.web.languages import gettext as _
from quality.web.paging import ROWS, Slice, first_row, placed
from quality.web.platform import card_of


@dataclass(frozen=True, slots=True)
class FileRow:
    href: str
    name: str
    edition: str
    tag: Tag
    sent: str


@dataclass(frozen=True, slots=True)
class StoppedRow:
    """An adhesion that does not hold: why, what its provider says in its appeal, and the day that matters."""

    id: str
    name: str
    edition: str
    reason: str
    words: str
    day: str


@dataclass(frozen=True, slots=True)
class CharterFiles:
    """/charte/dossiers: files, appeals, suspended adhesions, those that hold, and who may be recognised."""

    title: str
    files: Slice[FileRow]
    appeals: tuple[StoppedRow, ...]
    suspended: tuple[StoppedRow, ...]
    holding: tuple[tuple[str, str], ...]
    certifiable: tuple[tuple[str, str], ...]
    judges: bool
    typed: Mapping[str, str]
    errors: Errors


# Those to decide first, whoever has waited longest before the others; then the newest of those decided.
FILES_OF = """
SELECT f.id, f.state, f.submitted_at, o.name, a.edition, a.edition_version
FROM review_file f JOIN organisation o ON o.id = f.provider_id JOIN assessment a ON a.id = f.assessment_id
WHERE f.platform_id = $1
ORDER BY f.decided_at IS NOT NULL, CASE WHEN f.decided_at IS NULL THEN f.submitted_at END, f.decided_at DESC,
    f.id
LIMIT $2 OFFSET $3
"""
COUNTED = "SELECT count(*) FROM review_file WHERE platform_id = $1"
STOPPED = """
SELECT a.id, a.edition, a.edition_version, a.state, a.reason, a.cause, a.appeal, o.name,
       coalesce(a.appeal_due_at, a.suspended_at) AS day
FROM adhesion a JOIN organisation o ON o.id = a.provider_id
WHERE a.platform_id = $1 AND a.state IN ('appealed', 'suspended') ORDER BY a.appeal_due_at, o.name, a.id
"""
HOLDING = """
SELECT a.id, a.edition, a.edition_version, o.name FROM adhesion a JOIN organisation o ON o.id = a.provider_id
WHERE a.platform_id = $1 AND a.state IN ('valid', 'warned') ORDER BY o.name, a.edition, a.id
"""


async def files_page(
    db: Connection, actor: Actor, asked: str, typed: Mapping[str, str], errors: Errors
) -> CharterFiles:
    """Read a page of the files of the platform, those to decide first; inside `scoped(actor)`."""
    judges, total = actor.role in JUDGES, await fetch_value(db, COUNTED, actor.platform)
    start = first_row(asked, total)
    zone = (await card_of(actor.platform)).zone
    rows = await fetch(db, FILES_OF, actor.platform, ROWS, start)
    stopped, known = await fetch(db, STOPPED, actor.platform), await library(db, actor.platform)
    return CharterFiles(
        title=_("Dossiers de la charte"),
        files=placed([_row(row, zone, known) for row in rows], start, total, f"{FILES}?"),
        appeals=tuple(_stopped(row, zone, known) for row in stopped if row["state"] == "appealed"),
        suspended=tuple(_stopped(row, zone, known) for row in stopped if row["state"] == "suspended"),
        holding=(("", _("Choisir")), *await _holding(db, actor, known)) if judges else (),
        certifiable=(("", _("Choisir")), *(await certifiable(db, actor))) if judges else (),
        judges=judges,
        typed=typed,
        errors=errors,
    )


async def _holding(db: Connection, actor: Actor, known: Library) -> list[tuple[str, str]]:
    """List the adhesions that hold and may be withdrawn, as (id, words)."""
    rows = await fetch(db, HOLDING, actor.platform)
    return [(str(row["id"]), f"{row['name']}, {_title(row, known)}") for row in rows]


def _row(row: Mapping[str, Any], zone: ZoneInfo, known: Library) -> FileRow:
    tag = file_tag(row["state"])
    title, sent = _title(row, known), due_text(row["submitted_at"], zone)
    return FileRow(f"{FILES}/{row['id']}", row["name"], title, tag, sent)


def _stopped(row: Mapping[str, Any], zone: ZoneInfo, known: Library) -> StoppedRow:
    day, title = due_text(row["day"], zone), _title(row, known)
    return StoppedRow(str(row["id"]), row["name"], title, reasons(row, known), row["appeal"], day)


def _title(row: Mapping[str, Any], known: Library) -> str:
    return title_of(known.find(row["edition"], row["edition_version"]), known)
