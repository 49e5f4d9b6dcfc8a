"""Submitting: the open assessment is frozen, its result issued, and the next one opens as a copy of it."""

from datetime import date
from uuid import UUID

from charter.declaring import EDITION, Review, review
from charter.definition import Criterion
from charter.evidence.checkup import Found, findings
from charter.evidence.keeping import proofs
from charter.evidence.proving import by_criterion
from charter.measuring import bounds_of, measures
from charter.scoring.issuing import issue, outcome
from quality import clock
from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, execute, fetch_value
from quality.errors import Conflict, FieldError, Invalid
from quality.french import french
from quality.ids import uuid7

# Nobody answers while the result is computed.
LOCK = "SELECT id FROM assessment WHERE id = $1 AND frozen_at IS NULL FOR UPDATE"
FREEZE = "UPDATE assessment SET frozen_at = $2, issued = $3 WHERE id = $1"
# A page that was open while the file went still says what it had read.
CARRY_OVER = """
INSERT INTO assessment_answer (id, platform_id, provider_id, assessment_id, criterion, is_imperative, answer,
    comment, reason, answered_by, answered_at, version)
SELECT gen_random_uuid(), platform_id, provider_id, $2, criterion, is_imperative, answer, comment, reason,
    answered_by, answered_at, version
FROM assessment_answer WHERE assessment_id = $1 AND EXISTS (SELECT FROM assessment WHERE id = $2)
"""
# What is withdrawn has no next run.
OPEN = """
INSERT INTO assessment (id, platform_id, provider_id, edition, edition_version, kind, opened_at)
SELECT $2, platform_id, provider_id, edition, edition_version, kind, $3 FROM assessment a WHERE id = $1
AND NOT EXISTS (SELECT FROM charter_edition e WHERE e.platform_id = a.platform_id AND e.code = a.edition
    AND e.version = a.edition_version AND e.withdrawn_at IS NOT NULL)
"""
SHARE = """
INSERT INTO assessment_part (id, platform_id, provider_id, assessment_id, chapter, account_id)
SELECT gen_random_uuid(), platform_id, provider_id, $2, chapter, account_id
FROM assessment_part WHERE assessment_id = $1 AND EXISTS (SELECT FROM assessment WHERE id = $2)
"""
SEND = """
INSERT INTO review_file (id, platform_id, provider_id, assessment_id, state, submitted_at)
VALUES ($1, $2, $3, $4, 'submitted', $5) ON CONFLICT DO NOTHING RETURNING id
"""


async def checkup(db: Connection, actor: Actor, of: Review, today: date) -> tuple[Found, ...]:
    """List what to look at before an assessment is sent; inside a scope."""
    measured = await measures(db, actor, of.provider, of.edition)
    proving = by_criterion(await proofs(db, of.provider), of.edition, of.library)
    return findings(of, bounds_of(measured), proving, today)


async def send(actor: Actor, edition: str, today: date, *, is_confirmed: bool) -> UUID:
    """Submit once whoever sends has seen what is unproven, expired or contradicted; Invalid before that."""
    async with scoped(actor) as db:
        of = await review(actor, "", edition)
        found = await checkup(db, actor, of, today)
        if not is_confirmed and any(each.warns for each in found) and not lacking(of):
            message = french("Cochez la case : vous envoyez malgré ces points à vérifier.")
            raise Invalid(errors=(FieldError("confirmer-oui", message),))
        return await frozen(db, actor, edition)


async def submit(actor: Actor, edition: str = EDITION) -> UUID:
    """Send the open assessment of the actor's organisation to review; Conflict if answers lack.

    Return the id of what was submitted. It no longer changes: the provider goes on in a new
    assessment that starts as a copy, unless the edition is withdrawn.
    """
    async with scoped(actor) as db:
        return await frozen(db, actor, edition)


async def frozen(db: Connection, actor: Actor, edition: str = EDITION) -> UUID:
    """Freeze and issue as `submit` does; inside `scoped(actor)`."""
    assessment = (await review(actor, "", edition)).run
    if assessment and await fetch_value(db, LOCK, assessment) is None:
        raise Conflict(french("Cette auto-évaluation a déjà été envoyée."))
    of = await review(actor, "", edition)
    missing = lacking(of)
    if missing or assessment is None:
        raise Conflict(
            french("Répondez d’abord au critère {code}."), code=(missing or of.edition.criteria)[0].code
        )
    reasons = {code: each.reason for code, each in of.declared.items()}
    result = issue(of.edition, outcome(of.edition, of.said, reasons, of.establishment))
    now = clock.now()
    following = uuid7(now)
    await execute(db, FREEZE, assessment, now, result)
    await execute(db, OPEN, assessment, following, now)
    await execute(db, CARRY_OVER, assessment, following)
    await execute(db, SHARE, assessment, following)
    file: UUID | None = await fetch_value(db, SEND, uuid7(now), actor.platform, of.provider, assessment, now)
    if file is None:
        raise Conflict(french("Un dossier est déjà à l’examen : attendez sa décision."))
    detail = {"edition": of.edition.code, "version": of.edition.version}
    await audit.record(db, actor, "file.submit", str(file), detail)
    return assessment


def lacking(of: Review) -> tuple[Criterion, ...]:
    """List the compulsory criteria that are asked and have no answer: nothing is submitted before them."""
    return tuple(each for each in of.edition.criteria if each.compulsory and each.code not in of.answers)
