"""What a provider declares: one of its assessments, read whole."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlencode
from uuid import UUID

from charter.applicability import UNKNOWN, Establishment, asked_of, compulsory_only
from charter.assessment import Answers, stances
from charter.definition import Chapter, Criterion, Edition
from charter.editions import Library, reference, shipped
from charter.library import library
from charter.models import Assessment, AssessmentAnswer
from charter.scoring.outcome import Said
from quality.access.actor import Actor, Role
from quality.access.scope import visible, visible_one
from quality.db import fetch_value, pool
from quality.directory.models import Organisation
from quality.errors import NotFound

EDITION = "national-2012"
# The run of an edition ($2) that the provider `o` answers: of several open versions, the newest.
GOING = """
SELECT a.id, a.kind, a.edition_version FROM assessment a
WHERE a.platform_id = o.platform_id AND a.provider_id = o.id AND a.edition = $2 AND a.frozen_at IS NULL
ORDER BY a.edition_version DESC LIMIT 1
"""
GOING_OF = f"SELECT n.id FROM organisation o, LATERAL ({GOING}) n WHERE o.id = $1"
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
    the assessment is not opened: it opens with its first answer. `library` is that of the platform.
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
    library: Library = field(default_factory=shipped)

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
        asked |= naming(self.library, self.edition)
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


def naming(library: Library, edition: Edition) -> dict[str, str]:
    """Give what an address adds to name an edition; the charter itself needs no name."""
    name = library.name(edition)
    return {} if name == EDITION else {"edition": name}


async def review(actor: Actor, code: str, edition: str = EDITION) -> Review:
    """Read the open assessment: one's own, or that of the provider asked for; inside `scoped(actor)`.

    Without a version, `edition` is the newest that the provider assesses itself against, else the current.
    """
    found, is_own = await provider_of(actor, code)
    known = await library(pool("web"), actor.platform)
    wanted, version = reference(edition or EDITION)
    going = visible(actor, Assessment).filter(provider_id=found.id, edition=wanted, frozen_at__isnull=True)
    if version:
        run = await going.get_or_none(edition_version=version)
    else:
        run = await going.get_or_none(id=await fetch_value(pool("web"), GOING_OF, found.id, wanted))
    whole = known.find(wanted, run.edition_version) if run else known.called(edition or EDITION)
    return await _reviewed(actor, found, whole, run, known, is_own=is_own)


async def review_of(actor: Actor, run: UUID) -> Review:
    """Read one assessment by its id, frozen or not, or answer 404; inside `scoped(actor)`."""
    found = await visible_one(actor, Assessment, id=run)
    provider = await visible_one(actor, Organisation, id=found.provider_id)
    is_own = actor.role == Role.provider
    known = await library(pool("web"), actor.platform)
    whole = known.find(found.edition, found.edition_version)
    return await _reviewed(actor, provider, whole, found, known, is_own=is_own)


async def provider_of(actor: Actor, code: str) -> tuple[Organisation, bool]:
    """Find whose charter is read, and whether it is the reader's own; inside `scoped(actor)`."""
    is_own = actor.role == Role.provider
    wanted: dict[str, object] = {"id": actor.organisation} if is_own else {"code": code, "kind": "provider"}
    found = await visible_one(actor, Organisation, **wanted)
    if code not in {"", found.code} or (found.legal_form == ALONE and not is_own):
        raise NotFound
    return found, is_own


async def _reviewed(
    actor: Actor,
    provider: Organisation,
    whole: Edition,
    run: Assessment | None,
    known: Library,
    *,
    is_own: bool,
) -> Review:
    facts = establishment(provider.activities)
    kind = Kind(run.kind) if run else Kind.FULL
    asked = asked_by(whole, kind, facts)
    codes = {code for each in asked.criteria for code in each.asked}
    rows = await visible(actor, AssessmentAnswer).filter(assessment_id=run.id) if run else []
    declared = {row.criterion: _declared(row) for row in rows if row.criterion in codes}
    identity = run.id if run else None
    whose = (provider.id, provider.code, provider.name)
    return Review(asked, *whose, is_own, declared, facts, identity, kind, known)


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
