"""What a provider declares: one of its assessments, read whole."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlencode
from uuid import UUID

from charter.applicability import UNKNOWN, Establishment, asked_of, compulsory_only
from charter.assessment import Answers, stances
from charter.definition import Chapter, Criterion, Edition
from charter.editions import load
from charter.models import Assessment, AssessmentAnswer
from charter.scoring.outcome import Said
from quality.access.actor import Actor, Role
from quality.access.scope import visible, visible_one
from quality.directory.models import Organisation
from quality.errors import NotFound

EDITION = "national-2012"
ALONE = "particulier_employeur"  # employs their own carer: nobody's provider, never shown singly


class Kind(StrEnum):
    """How much of an edition a run asks: all of it, or what is compulsory only."""

    FULL = "full"
    COMPULSORY = "compulsory"


@dataclass(frozen=True, slots=True)
class Declared:
    """What is declared under one code, when, by which account, and how often it was written."""

    answer: str
    comment: str
    reason: str
    at: datetime
    version: int = 1
    by: UUID | None = None
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """The assessment of one provider, as its reader sees it; `is_own` says that the reader may answer.

    `edition` is what is asked of the provider: a criterion that does not concern it is not in there.
    `declared` is by the code that is answered: a criterion's, or those of its elements. `run` is None while
    the assessment is not opened: it opens with its first answer.
    """

    edition: Edition
    provider: UUID
    code: str
    name: str
    is_own: bool
    declared: Mapping[str, Declared]
    establishment: Establishment = UNKNOWN
    run: UUID | None = None
    kind: Kind = Kind.FULL

    @property
    def said(self) -> Said:
        return {code: each.answer for code, each in self.declared.items()}

    @property
    def answers(self) -> Answers:
        """Give what is declared in words, by criterion that is wholly answered."""
        return stances(self.edition, self.said)

    @property
    def query(self) -> str:
        """The end of the addresses that keep on this provider and this edition, "" for one's own charter."""
        asked = {} if self.is_own else {"organisme": self.code}
        if self.edition.code != EDITION:
            asked["edition"] = self.edition.code
        return f"?{urlencode(asked)}" if asked else ""

    def criterion(self, code: str) -> Criterion:
        """Find a criterion by its code, or answer 404."""
        for each in self.edition.criteria:
            if each.code == code:
                return each
        raise NotFound

    def chapter(self, number: int) -> Chapter:
        """Find a chapter by its number, or answer 404."""
        for each in self.edition.chapters:
            if each.number == number:
                return each
        raise NotFound

    def of(self, criterion: Criterion) -> tuple[Declared, ...]:
        """List what is declared of a criterion, in the order of its elements."""
        return tuple(self.declared[code] for code in criterion.asked if code in self.declared)


async def review(actor: Actor, code: str, edition: str = EDITION) -> Review:
    """Read the open assessment: one's own, or that of the provider asked for; inside `scoped(actor)`."""
    found, is_own = await provider_of(actor, code)
    whole = load(edition or EDITION)
    run = await visible(actor, Assessment).get_or_none(
        provider_id=found.id, edition=whole.code, edition_version=whole.version, frozen_at__isnull=True
    )
    return await _reviewed(actor, found, whole, run, is_own=is_own)


async def review_of(actor: Actor, run: UUID) -> Review:
    """Read one assessment by its id, frozen or not, or answer 404; inside `scoped(actor)`."""
    found = await visible_one(actor, Assessment, id=run)
    provider = await visible_one(actor, Organisation, id=found.provider_id)
    is_own = actor.role == Role.provider
    return await _reviewed(actor, provider, load(found.edition), found, is_own=is_own)


async def provider_of(actor: Actor, code: str) -> tuple[Organisation, bool]:
    """Find whose charter is read, and whether it is the reader's own; inside `scoped(actor)`."""
    is_own = actor.role == Role.provider
    wanted: dict[str, object] = {"id": actor.organisation} if is_own else {"code": code, "kind": "provider"}
    found = await visible_one(actor, Organisation, **wanted)
    if code not in {"", found.code} or (found.legal_form == ALONE and not is_own):
        raise NotFound
    return found, is_own


async def _reviewed(
    actor: Actor, provider: Organisation, whole: Edition, run: Assessment | None, *, is_own: bool
) -> Review:
    known = establishment(provider.activities)
    kind = Kind(run.kind) if run else Kind.FULL
    asked = asked_by(whole, kind, known)
    codes = {code for each in asked.criteria for code in each.asked}
    rows = await visible(actor, AssessmentAnswer).filter(assessment_id=run.id) if run else []
    declared = {row.criterion: _declared(row) for row in rows if row.criterion in codes}
    identity = run.id if run else None
    return Review(asked, provider.id, provider.code, provider.name, is_own, declared, known, identity, kind)


def asked_by(edition: Edition, kind: Kind, of: Establishment) -> Edition:
    """Leave in an edition what a run of this kind asks of an establishment."""
    asked = asked_of(edition, of)
    return compulsory_only(asked) if kind is Kind.COMPULSORY else asked


def establishment(activities: Collection[str]) -> Establishment:
    """Say what is known of a provider; one that has named no activity may have them all."""
    return Establishment(activities=frozenset(activities) or None)


def _declared(row: AssessmentAnswer) -> Declared:
    return Declared(
        row.answer, row.comment, row.reason, row.answered_at, row.version, row.answered_by, row.sheet
    )
