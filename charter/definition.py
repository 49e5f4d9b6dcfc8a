"""What an edition of the charter holds: chapters, themes, criteria, elements, evidence, scoring, measures.

The file of an edition is this definition written in YAML. Chapters hold criteria, or themes that hold
criteria, or themes that hold objectives that hold criteria; a criterion may be assessed by elements.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec

from quality.measures import catalogue
from quality.measures.catalogue import Indicator

Words = Annotated[str, msgspec.Meta(min_length=1)]
Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(?:[_-][a-z0-9]+)*$", max_length=40)]
Positive = Annotated[int, msgspec.Meta(ge=1)]
Version = Annotated[int, msgspec.Meta(ge=1, le=9999)]
Percent = Annotated[int, msgspec.Meta(ge=0, le=100)]
Decimals = Annotated[str, msgspec.Meta(pattern=r"^[0-9]+(?:\.[0-9]{1,2})?$")]
ActivityCode = Annotated[str, msgspec.Meta(pattern=r"^I{1,2}-[1-9][0-9]*$")]
FinessCategory = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{3}$")]
ObjectiveCode = Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]*\.[1-9][0-9]*$")]
CriterionCode = Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]*(?:\.[1-9][0-9]*){1,2}$", max_length=16)]
ElementCode = Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]*(?:\.[1-9][0-9]*){2,3}$", max_length=16)]


class Answer(StrEnum):
    """What a provider may say of a criterion."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    NOT_CONCERNED = "not_concerned"


class Mark(StrEnum):
    """What may be said of an element on the scale of marks; what each is worth is in charter/scoring."""

    ONE = "1"
    TWO = "2"
    THREE = "3"
    FOUR = "4"
    STAR = "star"
    NC = "nc"
    RI = "ri"


LEAVES = frozenset({Answer.NOT_CONCERNED, Mark.NC})  # what says that a criterion does not concern


class Scale(StrEnum):
    """The scale of an edition, by its name: what a person may answer."""

    WORDS = "words"
    MARKS = "marks"


class Carry(StrEnum):
    """What a mean hands to the level above: its exact value, or the two decimals that are printed."""

    EXACT = "exact"
    TRUNCATED = "truncated"


class Mode(StrEnum):
    """How an establishment provides: it employs the worker, the client does, or it lends the worker."""

    PRESTATAIRE = "prestataire"
    MANDATAIRE = "mandataire"
    MISE_A_DISPOSITION = "mise_a_disposition"


class Window(StrEnum):
    """The length of the periods of which a measure is read."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


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
    nothing is concluded; `compared` says what is compared and what is not. Only periods as long as `window`
    are read, and none that ended more than `fresh_months` ago; without them, the newest quarter is.
    """

    source: Source
    link: Link
    threshold: Percent
    minimum: Positive
    compared: Text
    indicator: str | None = None
    version: Positive | None = None
    window: Window | None = None
    fresh_months: Positive | None = None

    def definition(self) -> Indicator | None:
        """Find the indicator of the catalogue; complaints have none."""
        if self.indicator is None or self.version is None:
            return None
        return catalogue.indicator(self.indicator, self.version)


class Class(_Strict, frozen=True):
    """How to read a result that reaches `at_least` (per cent, or a mean of marks): words of our own."""

    code: Slug
    at_least: Decimals
    label: Text


class Scoring(_Strict, frozen=True):
    """How answers are counted: a rule of charter/scoring/rules.py by its name and version, and its needs.

    `partly` is what « en partie » is worth in per cent, on the scale of words; `carry` is for means of marks.
    `classes` go from the best to the least; a missed imperative holds the result at `cap` or under.
    """

    code: Slug
    version: Positive
    words: Text
    partly: Percent | None = None
    carry: Carry | None = None
    classes: tuple[Class, ...] = ()
    cap: Slug | None = None


class Concerns(_Strict, frozen=True):
    """The establishments that a criterion concerns: each list that is not empty narrows.

    `activities` are codes of article D7231-1, `finess` categories of the national file of establishments.
    """

    modes: tuple[Mode, ...] = ()
    activities: tuple[ActivityCode, ...] = ()
    least_employees: Positive | None = None
    most_employees: Positive | None = None
    finess: tuple[FinessCategory, ...] = ()


class Same(_Strict, frozen=True):
    """A criterion of another edition that asks the same thing."""

    edition: Slug
    version: Positive
    criterion: CriterionCode


class Element(_Strict, frozen=True):
    """One thing to look at in a criterion; where there are elements, they are marked, not the criterion."""

    code: ElementCode
    label: Text


class Criterion(_Strict, frozen=True):
    """One commitment to assess; `evidence` holds codes of the edition's list.

    `practice` is the sheet of good practice: what those who keep it do.
    """

    code: CriterionCode
    label: Text
    evidence: Annotated[tuple[Slug, ...], msgspec.Meta(min_length=1)]
    compulsory: bool = False
    imperative: bool = False
    weight: Positive = 1
    applies_to: tuple[Audience, ...] = ()
    concerns: Concerns | None = None
    measured: Measured | None = None
    practice: Text | None = None
    same_as: tuple[Same, ...] = ()
    elements: tuple[Element, ...] = ()

    @property
    def is_for_all(self) -> bool:
        """Say whether the criterion is meant for every establishment."""
        return not self.applies_to and self.concerns is None

    @property
    def allows_not_concerned(self) -> bool:
        """Say whether « non concerné » may be offered: an imperative for all never is."""
        return not self.imperative or not self.is_for_all

    @property
    def asked(self) -> tuple[str, ...]:
        """List the codes that are answered: those of the elements, else the criterion's own."""
        return tuple(each.code for each in self.elements) or (self.code,)


Criteria = Annotated[tuple[Criterion, ...], msgspec.Meta(min_length=1)]


class Objective(_Strict, frozen=True):
    """What some criteria of a theme aim at; they carry its code, then their rank."""

    code: ObjectiveCode
    title: Text
    criteria: Criteria


class Theme(_Strict, frozen=True):
    """What some criteria of a chapter are about; it holds them (`own`), or objectives that do."""

    code: Slug
    title: Text
    own: tuple[Criterion, ...] = msgspec.field(default=(), name="criteria")
    objectives: tuple[Objective, ...] = ()

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        return self.own + tuple(each for objective in self.objectives for each in objective.criteria)


class Chapter(_Strict, frozen=True):
    """One principle of the charter; it holds criteria (`own`), or themes that do."""

    number: Positive
    title: Text
    own: tuple[Criterion, ...] = msgspec.field(default=(), name="criteria")
    themes: tuple[Theme, ...] = ()
    allows_ri: bool = False

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        return self.own + tuple(each for theme in self.themes for each in theme.criteria)


class Counts(_Strict, frozen=True):
    """How many an edition has; `compulsory_for_all` leaves out what only some establishments answer."""

    criteria: int
    compulsory: int
    compulsory_for_all: int
    imperative: int
    themes: int = 0
    objectives: int = 0
    elements: int = 0


class Edition(_Strict, frozen=True):
    """A charter: where it comes from (`source`), what we wrote (`ours`), and its chapters.

    A version is `dated` from the day when it may be answered; it does not change afterwards.
    """

    code: Slug
    version: Version
    dated: date
    title: Text
    source: Text
    ours: Text
    renewal_months: Positive
    scale: Scale
    scoring: Scoring
    counts: Counts
    evidence: tuple[Evidence, ...]
    chapters: Annotated[tuple[Chapter, ...], msgspec.Meta(min_length=1)]

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        return tuple(criterion for chapter in self.chapters for criterion in chapter.criteria)

    @property
    def reference(self) -> str:
        """Name the version in full, as `code.version`."""
        return f"{self.code}.{self.version}"
