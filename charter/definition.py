"""What an edition of the charter holds: chapters, criteria, evidence, scoring and what is measured."""

from enum import StrEnum
from typing import Annotated

import msgspec

from quality.measures import catalogue
from quality.measures.catalogue import Indicator

Words = Annotated[str, msgspec.Meta(min_length=1)]
Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(?:[_-][a-z0-9]+)*$")]
Positive = Annotated[int, msgspec.Meta(ge=1)]
Percent = Annotated[int, msgspec.Meta(ge=0, le=100)]
CriterionCode = Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]*\.[1-9][0-9]*$")]


class Answer(StrEnum):
    """What a provider may say of a criterion."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    NOT_CONCERNED = "not_concerned"


class Audience(StrEnum):
    """Clients for whom a criterion is meant; a criterion without audience is meant for all."""

    FRAGILE = "fragile"


class Source(StrEnum):
    """Where a measure comes from: what clients answer, or the complaints remedied in time."""

    ANSWERS = "answers"
    COMPLAINTS = "complaints"


class Link(StrEnum):
    """How a measure stands to its criterion: it measures the criterion itself, or only hints at it."""

    DIRECT = "direct"
    HINT = "indice"


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    pass


class Text(_Strict, frozen=True):
    """The same words in French and in English."""

    fr: Words
    en: Words


class Evidence(_Strict, frozen=True):
    """A document that may prove one or several criteria."""

    code: Slug
    label: Text


class Measured(_Strict, frozen=True):
    """What tests a criterion or hints at it: a share in per cent, compared with `threshold`.

    Only a direct `link` may confirm or contradict what is declared. Under `minimum` clients (or complaints)
    nothing is concluded; `compared` says what is compared and what is not.
    """

    source: Source
    link: Link
    threshold: Percent
    minimum: Positive
    compared: Text
    indicator: str | None = None
    version: Positive | None = None

    def definition(self) -> Indicator | None:
        """Find the indicator of the catalogue; complaints have none."""
        if self.indicator is None or self.version is None:
            return None
        return catalogue.indicator(self.indicator, self.version)


class Scoring(_Strict, frozen=True):
    """How answers are counted: « oui » is worth 100, « en partie » `partly`, « non concerné » leaves."""

    code: Slug
    partly: Percent
    words: Text


class Criterion(_Strict, frozen=True):
    """One commitment to assess; `evidence` holds codes of the edition's list."""

    code: CriterionCode
    label: Text
    evidence: Annotated[tuple[Slug, ...], msgspec.Meta(min_length=1)]
    compulsory: bool = False
    imperative: bool = False
    applies_to: tuple[Audience, ...] = ()
    measured: Measured | None = None

    @property
    def allows_not_concerned(self) -> bool:
        """Say whether « non concerné » is offered: an imperative applies to all, or to its audience only."""
        return not self.imperative or bool(self.applies_to)


class Chapter(_Strict, frozen=True):
    """One principle of the charter."""

    number: Positive
    title: Text
    criteria: Annotated[tuple[Criterion, ...], msgspec.Meta(min_length=1)]


class Counts(_Strict, frozen=True):
    """How many criteria an edition has; `compulsory_for_all` leaves out those with an audience."""

    criteria: int
    compulsory: int
    compulsory_for_all: int


class Edition(_Strict, frozen=True):
    """A dated charter: where it comes from (`source`), what we wrote (`ours`), and its chapters."""

    code: Slug
    version: Positive
    title: Text
    source: Text
    ours: Text
    renewal_months: Positive
    scale: Annotated[tuple[Answer, ...], msgspec.Meta(min_length=2)]
    scoring: Scoring
    counts: Counts
    evidence: tuple[Evidence, ...]
    chapters: Annotated[tuple[Chapter, ...], msgspec.Meta(min_length=1)]

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        return tuple(criterion for chapter in self.chapters for criterion in chapter.criteria)
