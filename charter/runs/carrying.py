"""A run begun with the answers of another: looked at first, then written.

A new version takes over from the last one. The first run of an edition takes over from the one, on another
edition, that answers most of it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from charter.actions.planning import colleagues
from charter.declaring import Kind, Review, asked_by, review_of
from charter.definition import Edition
from charter.editions import Library
from charter.library import library
from charter.runs.sharing import People, give, shares
from charter.runs.succession import Before, Succession, same_chapters, succession
from quality import clock
from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, execute, fetch, fetch_one, fetch_value
from quality.errors import Conflict, NotFound
from quality.french import french
from quality.ids import uuid7

# The last run of another version, one that is open first; none once this version has its own.
LAST = """
SELECT id, kind FROM assessment a
WHERE provider_id = $1 AND edition = $2 AND edition_version <> $3 AND NOT EXISTS (
    SELECT FROM assessment b WHERE b.provider_id = $1 AND b.edition = $2 AND b.edition_version = $3)
ORDER BY frozen_at IS NOT NULL, opened_at DESC, id DESC LIMIT 1
"""
# Of an edition never begun: the last run of each other one, one that is open first.
OTHERS = """
SELECT DISTINCT ON (edition) id FROM assessment a
WHERE provider_id = $1 AND edition <> $2 AND NOT EXISTS (
    SELECT FROM assessment b WHERE b.provider_id = $1 AND b.edition = $2)
ORDER BY edition, frozen_at IS NOT NULL, opened_at DESC, id DESC
"""
# Nobody answers there while it is copied.
HOLD = "SELECT id FROM assessment WHERE id = $1 AND frozen_at IS NULL FOR UPDATE"
OPEN = """
INSERT INTO assessment (id, platform_id, provider_id, edition, edition_version, kind, opened_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (platform_id, provider_id, edition, edition_version) WHERE frozen_at IS NULL DO NOTHING
RETURNING id
"""
COPY = """
INSERT INTO assessment_answer (id, platform_id, provider_id, assessment_id, criterion, is_imperative, answer,
    comment, reason, answered_by, answered_at)
SELECT gen_random_uuid(), g.platform_id, g.provider_id, $2, c.code, c.is_imperative, g.answer, g.comment,
    g.reason, g.answered_by, g.answered_at
FROM assessment_answer g
JOIN unnest($3::text[], $4::text[], $5::boolean[]) AS c(before, code, is_imperative) ON c.before = g.criterion
WHERE g.assessment_id = $1
"""


class CarryFirst(Conflict):
    """An edition or a version not begun yet, for which the provider has answers elsewhere."""

    title = french("Cette évaluation se commence après un aperçu")

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(french("Regardez d’abord ce qui est repris de ce que vous avez déjà répondu."))


class CarryMoved(Conflict):
    """What would be taken over has changed since it was looked at; nothing is written."""

    title = french("Vos réponses ont changé entre-temps")


class Begun(NamedTuple):
    """What is to begin; without a kind, it has that of the run of before."""

    edition: Edition
    kind: str = ""


@dataclass(frozen=True, slots=True)
class CarryOver:
    """What a run of `target`, as far as it asks this provider, takes over from the run of `source`.

    `given` is who answers each of its chapters from then on.
    """

    source: Review
    target: Edition
    kind: Kind
    found: Succession
    given: Mapping[int, People] = field(default_factory=dict)

    @property
    def seal(self) -> str:
        """Change with what would be written."""
        people = (f"{number} {who}" for number, given in sorted(self.given.items()) for who, _ in given)
        return hashlib.sha256("\n".join([self.found.seal, *people]).encode()).hexdigest()


async def has_before(db: Connection, actor: Actor, known: Library, edition: Edition) -> bool:
    """Tell whether a run of an edition would take over from another; inside `scoped(actor)`."""
    return await _before(db, actor, known, Begun(edition)) is not None


async def carry_over(db: Connection, actor: Actor, name: str, kind: str) -> CarryOver:
    """Say what a run of the edition of this name would take over, or answer 404; inside `scoped(actor)`."""
    known = await library(db, actor.platform)
    target = known.called(name)
    found = await _before(db, actor, known, Begun(target, kind)) if target in known.offered else None
    if found is None:
        raise NotFound
    return found


async def _before(db: Connection, actor: Actor, known: Library, begun: Begun) -> CarryOver | None:
    """Find the run to take over from: of another version, else of the edition that answers most of it."""
    code, version = begun.edition.code, begun.edition.version
    row = await fetch_one(db, LAST, actor.organisation, code, version)
    if row is not None:
        return await _compared(db, actor, known, begun, row["id"])
    others = [row["id"] for row in await fetch(db, OTHERS, actor.organisation, code)]
    found = [await _compared(db, actor, known, begun, run) for run in others]
    return max((each for each in found if each.found.kept), key=lambda of: len(of.found.kept), default=None)


async def _compared(db: Connection, actor: Actor, known: Library, begun: Begun, run: UUID) -> CarryOver:
    source = await review_of(actor, run)
    kind = Kind(begun.kind) if begun.kind in set(Kind) else source.kind
    asked = asked_by(begun.edition, kind, source.establishment)
    declared = {
        code: Before(each.answer, each.reason, each.version) for code, each in source.declared.items()
    }
    found = succession(source.edition, declared, asked, source.establishment, known.groups)
    is_version = source.edition.code == asked.code
    return CarryOver(source, asked, kind, found, await _given(db, actor, source, asked) if is_version else {})


async def _given(db: Connection, actor: Actor, source: Review, target: Edition) -> dict[int, People]:
    """Find who was given the chapters of a run and may still answer those of another version."""
    active = set(await colleagues(db, actor))
    before = await shares(db, source.run)
    given = {
        number: tuple(each for each in before.get(old, ()) if each in active)
        for number, old in same_chapters(source.edition, target).items()
    }
    return {number: people for number, people in given.items() if people}


async def begin_from(actor: Actor, name: str, kind: str, seal: str) -> UUID:
    """Open the run that was looked at, with the answers that it takes over, all or nothing.

    Raise CarryMoved when what would be written is not what `seal` stands for.
    """
    now = clock.now()
    run = uuid7(now)
    async with scoped(actor) as db:
        source = (await carry_over(db, actor, name, kind)).source
        await fetch_value(db, HOLD, source.run)
        of = await carry_over(db, actor, name, kind)
        if of.source.run != source.run or of.seal != seal:
            raise CarryMoved
        target, kept = of.target, of.found.kept
        whose = (actor.platform, actor.organisation, target.code, target.version, of.kind)
        if await fetch_value(db, OPEN, run, *whose, now) is None:
            raise CarryMoved
        await execute(
            db,
            COPY,
            source.run,
            run,
            [each.before for each in kept],
            [each.code for each in kept],
            [not each.criterion.allows_not_concerned for each in kept],
        )
        given = {number: [who for who, _ in people] for number, people in of.given.items()}
        await give(db, actor, run, given)
        detail = {
            "edition": target.code,
            "before": of.source.edition.code,
            "from": of.source.edition.version,
            "to": target.version,
            "kept": len(kept),
            "again": len(of.found.again),
            "gone": len(of.found.gone),
            "given": sorted(given),
        }
        await audit.record(db, actor, "assessment.carry", str(run), detail)
    return run
