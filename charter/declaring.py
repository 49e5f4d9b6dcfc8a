"""What a provider declares: its open assessment read whole, and one answer saved."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from charter.assessment import Answers
from charter.definition import Answer, Criterion, Edition
from charter.editions import load
from charter.models import AssessmentAnswer
from quality import clock
from quality.access import audit
from quality.access.actor import Actor, Role
from quality.access.scope import scoped, visible, visible_one
from quality.db import Connection, execute, fetch_value
from quality.directory.models import Organisation
from quality.errors import FieldError, Invalid, NotFound
from quality.french import french
from quality.ids import uuid7

EDITION = "national-2012"
LONGEST = 2000
ALONE = "particulier_employeur"  # employs their own carer: nobody's provider, never shown singly


@dataclass(frozen=True, slots=True)
class Declared:
    """What is declared of one criterion, and when."""

    answer: Answer
    comment: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """What a form holds, before it is checked."""

    answer: str = ""
    comment: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """The assessment of one provider, as its reader sees it; `is_own` says that the reader may answer."""

    edition: Edition
    provider: UUID
    code: str
    name: str
    is_own: bool
    declared: Mapping[str, Declared]

    @property
    def answers(self) -> Answers:
        return {code: each.answer for code, each in self.declared.items()}

    @property
    def query(self) -> str:
        """The end of the addresses that keep on this provider, for a reader who may read several."""
        return "" if self.is_own else f"?organisme={self.code}"

    def criterion(self, chapter: int, rank: int) -> Criterion:
        """Find a criterion by its chapter and rank, or answer 404."""
        for each in self.edition.criteria:
            if each.code == f"{chapter}.{rank}":
                return each
        raise NotFound


async def review(actor: Actor, code: str) -> Review:
    """Read an assessment: one's own, or that of the provider asked for; inside `scoped(actor)`."""
    is_own = actor.role == Role.provider
    wanted: dict[str, object] = {"id": actor.organisation} if is_own else {"code": code, "kind": "provider"}
    found = await visible_one(actor, Organisation, **wanted)
    if code not in {"", found.code} or (found.legal_form == ALONE and not is_own):
        raise NotFound
    edition = load(EDITION)
    rows = await visible(actor, AssessmentAnswer).filter(
        provider_id=found.id,
        assessment__edition=edition.code,
        assessment__edition_version=edition.version,
        assessment__frozen_at__isnull=True,
    )
    declared = {row.criterion: _declared(row) for row in rows}
    return Review(edition, found.id, found.code, found.name, is_own, declared)


def _declared(row: AssessmentAnswer) -> Declared:
    return Declared(Answer(row.answer), row.comment, row.reason, row.answered_at)


OPEN = """
INSERT INTO assessment (id, platform_id, provider_id, edition, edition_version, opened_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (platform_id, provider_id, edition, edition_version) WHERE frozen_at IS NULL DO NOTHING
"""
BEFORE = "SELECT answer FROM assessment_answer WHERE assessment_id = $1 AND criterion = $2"
ANSWER = """
INSERT INTO assessment_answer (id, platform_id, provider_id, assessment_id, criterion, is_imperative, answer,
    comment, reason, answered_by, answered_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (assessment_id, criterion) DO UPDATE SET answer = excluded.answer, comment = excluded.comment,
    reason = excluded.reason, answered_by = excluded.answered_by, answered_at = excluded.answered_at
"""


async def save(actor: Actor, edition: Edition, criterion: Criterion, draft: Draft) -> None:
    """Check and keep what the actor's organisation declares of one criterion."""
    said = checked(edition, criterion, draft)
    now = clock.now()
    async with scoped(actor) as db:
        assessment = await _open(db, actor, edition, now)
        before = await fetch_value(db, BEFORE, assessment, criterion.code)
        await execute(
            db,
            ANSWER,
            uuid7(now),
            actor.platform,
            actor.organisation,
            assessment,
            criterion.code,
            not criterion.allows_not_concerned,
            said.answer,
            said.comment,
            said.reason,
            actor.account,
            now,
        )
        if said.answer == before:
            return
        detail = {"edition": edition.code, "version": edition.version, "answer": said.answer}
        await audit.record(db, actor, "criterion.answer", criterion.code, detail)


async def _open(db: Connection, actor: Actor, edition: Edition, now: datetime) -> UUID:
    """Find the open assessment, or open it."""
    whose = (actor.platform, actor.organisation, edition.code, edition.version)
    await execute(db, OPEN, uuid7(now), *whose, now)
    found: UUID = await fetch_value(
        db,
        "SELECT id FROM assessment WHERE platform_id = $1 AND provider_id = $2 AND edition = $3 "
        "AND edition_version = $4 AND frozen_at IS NULL",
        *whose,
    )
    return found


def checked(edition: Edition, criterion: Criterion, draft: Draft) -> Draft:
    """Return what may be kept, or say what is missing, field by field."""
    said = Draft(draft.answer.strip(), draft.comment.strip(), draft.reason.strip())
    errors = [*_choice_errors(edition, criterion, said), *_text_errors(said)]
    if errors:
        raise Invalid(errors=tuple(errors))
    return said if said.answer == Answer.NOT_CONCERNED else Draft(said.answer, said.comment)


def _choice_errors(edition: Edition, criterion: Criterion, said: Draft) -> list[FieldError]:
    if said.answer not in edition.scale:
        return [FieldError("reponse-yes", french("Choisissez une réponse."))]
    if said.answer != Answer.NOT_CONCERNED:
        return []
    if not criterion.allows_not_concerned:
        message = french("Ce critère est obligatoire : choisissez « Oui », « En partie » ou « Non ».")
        return [FieldError("reponse-yes", message)]
    if not said.reason:
        return [FieldError("motif", french("Écrivez pourquoi ce critère ne vous concerne pas."))]
    return []


def _text_errors(said: Draft) -> list[FieldError]:
    fields = {"commentaire": said.comment, "motif": said.reason}
    message = french("Écrivez au plus 2 000 caractères.")
    return [FieldError(name, message) for name, text in fields.items() if len(text) > LONGEST]
