"""What /charte/dossiers shows: the files, the appeals, what is suspended, and who may be recognised."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from charter.adhesion.recognising import without
from charter.adhesion.words import file_tag
from charter.review.reading import FILES, Errors, due_text
from charter.words import Tag
from quality.access.actor import Actor
from quality.db import Connection, fetch
from quality.web.languages import gettext as _


@dataclass(frozen=True, slots=True)
class FileRow:
    href: str
    name: str
    tag: Tag
    sent: str


@dataclass(frozen=True, slots=True)
class StoppedRow:
    """An adhesion that does not hold: why, what its provider says in its appeal, and the day that matters."""

    provider: str
    name: str
    reason: str
    words: str
    day: str


@dataclass(frozen=True, slots=True)
class CharterFiles:
    """/charte/dossiers: files, appeals, suspended adhesions, and the providers that do not adhere."""

    title: str
    rows: tuple[FileRow, ...]
    appeals: tuple[StoppedRow, ...]
    suspended: tuple[StoppedRow, ...]
    without: tuple[tuple[str, str], ...]
    judges: bool
    typed: Mapping[str, str]
    errors: Errors


WAITING = """
SELECT f.id, f.state, f.submitted_at, o.name FROM review_file f JOIN organisation o ON o.id = f.provider_id
WHERE f.platform_id = $1 ORDER BY f.decided_at IS NOT NULL, f.submitted_at DESC LIMIT 200
"""
STOPPED = """
SELECT a.provider_id, a.state, a.reason, a.appeal, coalesce(a.appeal_due_at, a.changed_at) AS day, o.name
FROM adhesion a JOIN organisation o ON o.id = a.provider_id
WHERE a.platform_id = $1 AND a.state IN ('appealed', 'suspended') ORDER BY a.appeal_due_at, o.name
"""


async def files_page(
    db: Connection, actor: Actor, typed: Mapping[str, str], errors: Errors, *, judges: bool
) -> CharterFiles:
    """Read the files of the platform, those to decide first; inside `scoped(actor)`."""
    rows = await fetch(db, WAITING, actor.platform)
    stopped = await fetch(db, STOPPED, actor.platform)
    return CharterFiles(
        title=_("Dossiers de la charte"),
        rows=tuple(
            FileRow(
                f"{FILES}/{row['id']}", row["name"], file_tag(row["state"]), due_text(row["submitted_at"])
            )
            for row in rows
        ),
        appeals=tuple(_stopped(row) for row in stopped if row["state"] == "appealed"),
        suspended=tuple(_stopped(row) for row in stopped if row["state"] == "suspended"),
        without=(("", _("Choisir")), *(await without(db, actor))) if judges else (),
        judges=judges,
        typed=typed,
        errors=errors,
    )


def _stopped(row: Mapping[str, Any]) -> StoppedRow:
    day = due_text(row["day"])
    return StoppedRow(str(row["provider_id"]), row["name"], row["reason"], row["appeal"], day)
