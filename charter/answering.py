"""Answering: what a form holds is checked, then kept beside what others write.

The database keeps each answer as it was once written (charter/migrations/rules.sql).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from charter.applicability import UNKNOWN, Establishment, may_leave
from charter.declaring import Kind
from charter.definition import LEAVES, Chapter, Criterion, Edition, Mark, Scale
from charter.scoring.issuing import OFFERED
from quality import clock
from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, execute, fetch, fetch_one, fetch_value
from quality.errors import Conflict, FieldError, Invalid
from quality.french import french
from quality.ids import uuid7

LONGEST = 2000
Naming = Callable[[Criterion, str, str], str]
FIRST = {Scale.WORDS: "yes", Scale.MARKS: "1"}  # the radio that the summary of errors leads to


@dataclass(frozen=True, slots=True)
class Draft:
    """What a form holds under one code, before it is checked.

    `version` is what its writer had read, 0 an empty place; None writes over whatever is there. A form
    comes back with every line it showed: those that still say what was read were not touched.
    """

    answer: str = ""
    comment: str = ""
    reason: str = ""
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """An answer as somebody once wrote it."""

    code: str
    version: int
    answer: str
    comment: str
    reason: str
    by: str
    at: datetime


class Standing(StrEnum):
    """What becomes of a line of a form: left as it is, kept, or refused for what somebody else wrote."""

    UNTOUCHED = "untouched"
    OPEN = "open"
    CHANGED = "changed"


class AnswerChanged(Conflict):
    """Somebody else wrote there meanwhile: `theirs` by code; the rest of the form is kept."""

    title = french("Quelqu’un a répondu entre-temps")

    def __init__(self, theirs: Mapping[str, Written]) -> None:
        self.theirs = theirs
        super().__init__()


class AssessmentSubmitted(Conflict):
    title = french("Cette auto-évaluation vient d’être transmise")


class EditionClosed(Conflict):
    """No run may open here: the edition is withdrawn, or the provider follows another version of it."""

    title = french("Une nouvelle évaluation ne peut pas commencer ici")


# The first answer opens the first run of an edition. One of another version is begun on purpose, after a look
# at what it takes over (charter/runs/carrying.py).
OPEN = """
INSERT INTO assessment (id, platform_id, provider_id, edition, edition_version, opened_at, kind)
SELECT $1::uuid, $2::uuid, $3::uuid, $4::text, $5::int, $6::timestamptz, $7::text
WHERE NOT EXISTS (
    SELECT FROM charter_edition
    WHERE platform_id = $2 AND code = $4 AND version = $5 AND withdrawn_at IS NOT NULL
) AND coalesce((
    SELECT bool_or(edition_version = $5) FROM assessment
    WHERE platform_id = $2 AND provider_id = $3 AND edition = $4
), true)
ON CONFLICT (platform_id, provider_id, edition, edition_version) WHERE frozen_at IS NULL DO NOTHING
"""
# One at a time writes in an assessment: two first answers to one criterion, or an answer and the sending.
OPENED = """
SELECT id FROM assessment
WHERE platform_id = $1 AND provider_id = $2 AND edition = $3 AND edition_version = $4 AND frozen_at IS NULL
FOR UPDATE
"""
IS_OPEN = """
SELECT EXISTS (SELECT FROM assessment WHERE platform_id = $1 AND provider_id = $2 AND edition = $3
    AND edition_version = $4 AND frozen_at IS NULL)
"""
CLOSED = french("Ouvrez « Évaluations » et choisissez une édition de la liste.")
BEFORE = """
SELECT g.criterion AS code, g.version, g.answer, g.comment, g.reason, g.answered_at AS at,
       coalesce(a.name, '') AS by
FROM assessment_answer g
LEFT JOIN charter_names() a ON a.id = g.answered_by AND a.organisation_id = g.provider_id
WHERE g.assessment_id = $1 AND g.criterion = $2 FOR UPDATE OF g
"""
# What a page last knew of a place: what it read there, or what it wrote there itself since.
KNOWN = """
SELECT version, answer, comment, reason FROM answer_revision
WHERE assessment_id = $1 AND criterion = $2 AND (version = $3 OR (sheet = $4::text AND $4::text <> ''))
ORDER BY version DESC LIMIT 1
"""
ANSWER = """
INSERT INTO assessment_answer (id, platform_id, provider_id, assessment_id, criterion, is_imperative, answer,
    comment, reason, answered_by, answered_at, sheet, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1)
ON CONFLICT (assessment_id, criterion) DO UPDATE SET answer = excluded.answer, comment = excluded.comment,
    reason = excluded.reason, answered_by = excluded.answered_by, answered_at = excluded.answered_at,
    sheet = excluded.sheet, version = assessment_answer.version + 1
"""


async def save(
    actor: Actor,
    edition: Edition,
    drafts: Mapping[str, Draft],
    of: Establishment = UNKNOWN,
    *,
    sheet: str = "",
    named: Naming | None = None,
) -> None:
    """Check and keep what the actor's organisation, of which `of` is known, declares under some codes.

    Raise AnswerChanged, once the rest is kept, when somebody else wrote after the form was read where this
    one changes something; what the same `sheet` wrote is not somebody else's.
    """
    said = checked(edition, drafts, of, named)
    async with scoped(actor) as db:
        theirs = await keep(db, actor, edition, said, sheet)
    if theirs:
        raise AnswerChanged(theirs)


async def keep(
    db: Connection, actor: Actor, edition: Edition, said: Mapping[str, Draft], sheet: str = ""
) -> dict[str, Written]:
    """Keep answers that are checked, inside `scoped(actor)`; give by code what others wrote, left as it is.

    A changed answer is told in the audit trail; of a changed comment or reason `answer_revision` keeps the
    words, who wrote them and when, which a line of the trail would only repeat.
    """
    run = await opened(db, actor, edition)
    theirs: dict[str, Written] = {}
    for code in sorted(said):
        draft = said[code]
        before = await fetch_one(db, BEFORE, run, code)
        known = await fetch_one(db, KNOWN, run, code, draft.version, sheet) if before else None
        standing = _standing(draft, before, known)
        if standing is Standing.CHANGED and before:
            theirs[code] = Written(**before)
        if standing is not Standing.OPEN:
            continue
        is_imperative = not _place(edition, code)[1].allows_not_concerned
        await _write(db, actor, (run, code, is_imperative), draft, sheet)
        if not before or before["answer"] != draft.answer:
            detail = {"edition": edition.code, "version": edition.version, "answer": draft.answer}
            await audit.record(db, actor, "criterion.answer", code, detail)
    return theirs


async def opened(db: Connection, actor: Actor, edition: Edition, kind: Kind = Kind.FULL) -> UUID:
    """Find the open assessment of an edition, or open it; it stays open until the transaction ends."""
    now = clock.now()
    whose = (actor.platform, actor.organisation, edition.code, edition.version)
    await execute(db, OPEN, uuid7(now), *whose, now, kind)
    found: UUID | None = await fetch_value(db, OPENED, *whose)
    if found is None:
        raise AssessmentSubmitted if await fetch_value(db, IS_OPEN, *whose) else EditionClosed(CLOSED)
    return found


async def history(db: Connection, run: UUID, codes: tuple[str, ...], most: int) -> tuple[Written, ...]:
    """List what was written under some codes of an assessment, the newest first; inside a scope."""
    rows = await fetch(
        db,
        """
        SELECT r.criterion AS code, r.version, r.answer, r.comment, r.reason, r.answered_at AS at,
               coalesce(a.name, '') AS by
        FROM answer_revision r LEFT JOIN charter_names() a
            ON a.id = r.answered_by AND a.organisation_id = r.provider_id
        WHERE r.assessment_id = $1 AND r.criterion = ANY($2::text[])
        ORDER BY r.answered_at DESC, r.version DESC LIMIT $3
        """,
        run,
        list(codes),
        most,
    )
    return tuple(Written(**row) for row in rows)


async def _write(
    db: Connection, actor: Actor, place: tuple[UUID, str, bool], draft: Draft, sheet: str
) -> None:
    now = clock.now()
    whose = (actor.platform, actor.organisation)
    content = (draft.answer, draft.comment, draft.reason, actor.account, now)
    await execute(db, ANSWER, uuid7(now), *whose, *place, *content, sheet)


def _standing(draft: Draft, before: Mapping[str, Any] | None, known: Mapping[str, Any] | None) -> Standing:
    """Compare what a form says of a place with what stands there and what its page last knew of it."""
    said = (draft.answer, draft.comment, draft.reason)
    if before and said == _content(before):
        return Standing.UNTOUCHED
    if before is None or draft.version is None:
        return Standing.OPEN
    if known and said == _content(known):
        return Standing.UNTOUCHED
    return Standing.OPEN if known and known["version"] == before["version"] else Standing.CHANGED


def _content(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["answer"], row["comment"], row["reason"]


def checked(
    edition: Edition, drafts: Mapping[str, Draft], of: Establishment = UNKNOWN, named: Naming | None = None
) -> dict[str, Draft]:
    """Return what may be kept, or say what is missing, field by field, each as `named` in the form.

    Several may be answered in part: those left empty are passed over.
    """
    stripped = {code: _stripped(each) for code, each in drafts.items()}
    filled = {code: each for code, each in stripped.items() if each.answer or each.comment or each.reason}
    said = filled or stripped
    naming = named or field
    errors = [error for code, each in said.items() for error in _errors(edition, code, each, of, naming)]
    if errors:
        raise Invalid(errors=tuple(errors))
    return {code: _without_reason(each) for code, each in said.items()}


def _stripped(draft: Draft) -> Draft:
    answer, comment, reason = (_plain(each) for each in (draft.answer, draft.comment, draft.reason))
    return Draft(answer, comment, reason, draft.version)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()  # a form ends its lines in its own way


def _without_reason(draft: Draft) -> Draft:
    kept = draft.reason if draft.answer in LEAVES else ""
    return Draft(draft.answer, draft.comment, kept, draft.version)


def field(criterion: Criterion, code: str, name: str) -> str:
    """Name a field of the form: that of an element ends with its code.

    >>> from charter.editions import load
    >>> first = load("three-chapters-2026").criteria[0]
    >>> field(first, first.asked[0], "motif"), field(load("national-2012").criteria[0], "1.1", "motif")
    ('motif-1.1.1', 'motif')
    """
    return f"{name}-{code}" if criterion.elements else name


def long_field(_criterion: Criterion, code: str, name: str) -> str:
    """Name a field of a form of several criteria: each ends with its code."""
    return f"{name}-{code}"


def _errors(
    edition: Edition, code: str, said: Draft, of: Establishment, named: Naming
) -> Iterator[FieldError]:
    chapter, criterion = _place(edition, code)
    message = _choice_error(edition, chapter, criterion, said, of)
    if message:
        yield FieldError(f"{named(criterion, code, 'reponse')}-{FIRST[edition.scale]}", message)
    elif said.answer in LEAVES and not said.reason:
        message = french("Écrivez pourquoi ce critère ne vous concerne pas.")
        yield FieldError(named(criterion, code, "motif"), message)
    for name, text in (("commentaire", said.comment), ("motif", said.reason)):
        if len(text) > LONGEST:
            yield FieldError(named(criterion, code, name), french("Écrivez au plus 2 000 caractères."))


def _choice_error(
    edition: Edition, chapter: Chapter, criterion: Criterion, said: Draft, of: Establishment
) -> str:
    if said.answer not in OFFERED[edition.scale]:
        return french("Choisissez une réponse.")
    if said.answer == Mark.RI and not chapter.allows_ri:
        return french("« RI » n’est pas admis dans ce chapitre : choisissez une cotation.")
    if said.answer not in LEAVES or may_leave(criterion, of):
        return ""
    if edition.scale is Scale.MARKS:
        return french("Ce critère est impératif : « non concerné » n’est pas admis.")
    return french("Ce critère est obligatoire : choisissez « Oui », « En partie » ou « Non ».")


def _place(edition: Edition, code: str) -> tuple[Chapter, Criterion]:
    return next(
        (chapter, criterion)
        for chapter in edition.chapters
        for criterion in chapter.criteria
        if code in criterion.asked
    )
