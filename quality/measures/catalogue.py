"""The catalogue of indicators: versioned definitions read once, strictly, from catalogue.yaml.

A definition never changes: a new version opens a new series and the old one stays.

>>> from quality.measures.catalogue import CATALOGUE
>>> "GLOB" in CATALOGUE, "NONE" in CATALOGUE
(True, False)
>>> card(indicator("RR2", 1)).formula.en
'Σx ÷ Σn, where n is what is counted over and x what is counted'
"""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated

import msgspec

from quality.errors import NotFound
from quality.measures.catalogue_source import CatalogueError, compose, line_of
from quality.measures.disclosure.status import Unit

SOURCE = Path(__file__).with_name("catalogue.yaml")
RESPONSE = ("RR2", "CON1", "REF1")  # how requests ended: every convention is told, whatever it names
ANSWERED = frozenset({"RR2", "CON1"})  # of them, those that bound how many answered

Sentence = Annotated[str, msgspec.Meta(min_length=1)]
Code = Annotated[str, msgspec.Meta(pattern=r"\A[A-Z][A-Z0-9_]*\Z")]
OneToSix = Annotated[int, msgspec.Meta(ge=1, le=6)]


class Kind(StrEnum):
    """How a figure is drawn from the sums of its cells."""

    SHARE = "share"
    COMPOSITE = "composite"  # of several questions, the mean of their shares
    NET = "net"  # of marks from 0 to 10, promoters less detractors
    RATE = "rate"  # events per 1,000
    DELIVERED = "delivered"  # minutes delivered of those due
    MEAN = "mean"  # of an index from 0 to 1, in ten-thousandths
    PART = "part"  # of what another series counts, how much is of one sort: shown, never judged
    SCORE = "score"  # of marks from 1 to 5 that another series keeps, their mean from 0 to 100
    MEDIAN = "median"  # of delays that another series keeps, the day by which half are over


# Drawn from the cells of another series, never fed by themselves: they come wherever it is followed.
DRAWN = frozenset({Kind.PART, Kind.SCORE, Kind.MEDIAN})


class Asked(StrEnum):
    """When the question behind an indicator is asked."""

    VISIT = "visit"
    YEARLY = "yearly"


class Direction(StrEnum):
    """Which way is better."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


class Sort(StrEnum):
    """What is drawn of another series: answers by the way of the first contact, marks by height, delays."""

    sms = "sms"
    email = "email"
    phone = "phone"
    high = "high"  # of marks from 0 to 10
    low = "low"
    top = "top"  # of marks from 1 to 5
    marks = "marks"
    delay = "delay"


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    fr: Sentence
    en: Sentence


class Method(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How every indicator of a kind is computed."""

    kind: Kind
    formula: Text
    interval: Text


class Indicator(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One version of a definition; `principle` of the 2012 charter and `objective` of L314-2-2 it serves."""

    code: Code
    version: Annotated[int, msgspec.Meta(ge=1)]
    effective_on: date
    label: Text
    sentence: Text
    numerator: Text
    denominator: Text
    unit: Unit
    direction: Direction
    source: Text
    example: Text
    kind: Kind
    principle: OneToSix | None
    objective: OneToSix | None
    part_of: Code | None = None
    beside: Code | None = None  # another that counts the same people, in more places
    sort: Sort | None = None
    only_whole: bool = False  # so rare that in a small place it is soon somebody: of whole populations alone
    left_out: Text | None = None
    asked: Asked = Asked.VISIT


class OfProviders(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One version of what is counted of providers themselves, whole: `required` is what none may miss."""

    code: Code
    version: Annotated[int, msgspec.Meta(ge=1)]
    effective_on: date
    label: Text
    sentence: Text
    numerator: Text
    denominator: Text
    required: Text
    formula: Text
    interval: Text
    unit: Unit
    direction: Direction
    source: Text
    example: Text
    left_out: Text
    principle: OneToSix | None
    objective: OneToSix | None


class Awaited(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What funders ask to know and nothing measures yet: no figure is ever shown of it, not even 0."""

    code: Code
    label: Text
    missing: Text


class Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    methods: tuple[Method, ...]
    indicators: tuple[Indicator, ...]
    of_providers: tuple[OfProviders, ...] = ()
    awaited: tuple[Awaited, ...] = ()


class Card(msgspec.Struct, frozen=True):
    """What « Comment c’est calculé » shows of an indicator."""

    counted: Text
    over: Text
    formula: Text
    interval: Text
    source: Text
    example: Text
    version: int
    effective_on: date
    left_out: Text | None = None


def _contradictions(read: Catalogue) -> Iterator[tuple[str, str]]:
    kinds: set[Kind] = set()
    for i, method in enumerate(read.methods):
        if method.kind in kinds:
            yield f"$.methods[{i}]", f"method {method.kind} stands twice"
        kinds.add(method.kind)
    latest: dict[str, Indicator] = {}
    for i, item in enumerate(read.indicators):
        before = latest.get(item.code)
        if item.version != (before.version + 1 if before else 1):
            yield (
                f"$.indicators[{i}].version",
                f"{item.code} {item.version} does not follow the one before",
            )
        if before and item.effective_on <= before.effective_on:
            yield (
                f"$.indicators[{i}].effective_on",
                f"{item.code} {item.version} starts before the one before",
            )
        if _is_wrong_part(item, latest):
            yield f"$.indicators[{i}].kind", "what is drawn is of one sort, of an indicator above it"
        if item.kind not in kinds:
            yield f"$.indicators[{i}].kind", f"no method computes a {item.kind}"
        latest[item.code] = item


def _beside_nobody(read: Catalogue) -> Iterator[tuple[str, str]]:
    measured = {item.code for item in read.indicators}
    for i, item in enumerate(read.indicators):
        if item.beside is not None and item.beside not in measured - {item.code}:
            yield f"$.indicators[{i}].beside", f"{item.code} stands beside another indicator"


def _twice_named(read: Catalogue) -> Iterator[tuple[str, str]]:
    measured = {item.code for item in read.indicators}
    for i, item in enumerate(read.of_providers):
        if item.code in measured:
            yield f"$.of_providers[{i}].code", f"{item.code} is already measured"
        measured.add(item.code)
    for i, wanted in enumerate(read.awaited):
        if wanted.code in measured:
            yield f"$.awaited[{i}].code", f"{wanted.code} is measured: it is not awaited"


def _is_wrong_part(item: Indicator, above: Mapping[str, Indicator]) -> bool:
    if item.kind in DRAWN:
        return item.part_of not in above or item.sort is None
    return item.part_of is not None or item.sort is not None


def parse(text: str) -> Catalogue:
    """Read a catalogue strictly; versions of a code follow one another from 1, each kind has one method."""
    node = compose(text)
    try:
        read = msgspec.yaml.decode(text, type=Catalogue)
    except (msgspec.DecodeError, ValueError) as error:
        reason, _, path = str(error).partition(" - at ")
        raise CatalogueError(line_of(node, path), reason) from error
    for path, reason in chain(_contradictions(read), _beside_nobody(read), _twice_named(read)):
        raise CatalogueError(line_of(node, path), reason)
    return read


@cache
def _shipped() -> Catalogue:
    return parse(SOURCE.read_text(encoding="utf-8"))


@cache
def _current() -> Mapping[str, Indicator]:
    return MappingProxyType({item.code: item for item in _shipped().indicators})


def indicator(code: str, version: int) -> Indicator:
    """Find one version of a definition.

    >>> indicator("GLOB", 1).label.fr
    'Visite bien passée'
    """
    for item in _shipped().indicators:
        if (item.code, item.version) == (code, version):
            return item
    raise NotFound("L’indicateur {code}, version {version}, n’existe pas.", code=code, version=version)


def awaited() -> tuple[Awaited, ...]:
    """List what nothing measures yet.

    >>> "REFER" in {each.code for each in awaited()}
    True
    """
    return _shipped().awaited


def of_providers() -> Mapping[str, OfProviders]:
    """Give by code what is counted of providers themselves, in its newest version.

    It comes from a component (quality/measures/releases/facts.py), never from cells: no person is behind it.

    >>> list(of_providers())
    ['CHARTE']
    """
    return {item.code: item for item in _shipped().of_providers}


def all_series() -> frozenset[str]:
    """Name every version of every definition.

    >>> "GLOB:1" in all_series(), "GLOB:9" in all_series()
    (True, False)
    """
    return frozenset(f"{item.code}:{item.version}" for item in _shipped().indicators)


@cache
def yearly_series() -> frozenset[str]:
    """Name those that are fed by what is asked once a year.

    >>> sorted(yearly_series())
    ['CONT:1', 'INFO:1', 'NPS:1', 'PREV:1']
    """
    shown = _shipped().indicators
    return frozenset(f"{item.code}:{item.version}" for item in shown if item.asked is Asked.YEARLY)


@cache
def series_beside() -> Mapping[str, str]:
    """Give, of each indicator that counts the same people as another does in more places, that other.

    >>> series_beside()["REF1"], series_beside()["NPS_HIGH"]
    ('CON1', 'NPS')
    """
    shown = _shipped().indicators
    return {item.code: other for item in shown if (other := item.part_of or item.beside)}


def followable() -> list[str]:
    """Give the codes measured of clients that stand by themselves: a part comes with what it is a part of.

    >>> "RR2" in followable(), "MODE_SMS" in followable()
    (True, False)
    """
    return [code for code, item in _current().items() if item.part_of is None]


def nameable() -> list[str]:
    """Give the codes that a convention may name, those of providers last.

    >>> nameable()[-1]
    'CHARTE'
    """
    return [*followable(), *of_providers()]


def parts_series() -> frozenset[str]:
    """Name those that nothing feeds: they are drawn from what another series holds.

    >>> sorted(parts_series())[:5]
    ['GLOB_100:1', 'MODE_MAIL:1', 'MODE_SMS:1', 'MODE_TEL:1', 'NPS_HIGH:1']
    """
    return frozenset().union(*map(_of_kind, DRAWN))


@cache
def scaled_series() -> frozenset[str]:
    """Name those whose cells may keep how often each mark from 1 to 5 was given: a score is drawn of them.

    >>> sorted(scaled_series())
    ['GLOB:1', 'QUAL:1']
    """
    shown = _shipped().indicators
    return frozenset(f"{item.part_of}:{item.version}" for item in shown if item.kind is Kind.SCORE)


def composite_series() -> frozenset[str]:
    """Name those that average several questions.

    >>> sorted(composite_series())
    ['INFO:1']
    """
    return _of_kind(Kind.COMPOSITE)


def marked_series() -> frozenset[str]:
    """Name those that marks from 0 to 10 feed.

    >>> sorted(marked_series())
    ['NPS:1']
    """
    return _of_kind(Kind.NET)


@cache
def _of_kind(kind: Kind) -> frozenset[str]:
    return frozenset(f"{item.code}:{item.version}" for item in _shipped().indicators if item.kind is kind)


def card(item: Indicator) -> Card:
    """Say how an indicator is computed: what is counted, over what, the formula, the interval, the source."""
    method = next(method for method in _shipped().methods if method.kind is item.kind)
    return Card(
        counted=item.numerator,
        over=item.denominator,
        formula=method.formula,
        interval=method.interval,
        source=item.source,
        example=item.example,
        version=item.version,
        effective_on=item.effective_on,
        left_out=item.left_out,
    )


CATALOGUE: Mapping[str, Indicator]
"""The newest version of each code, read at first use."""

# A type checker would take any name of this module for defined.
if not TYPE_CHECKING:  # pragma: no branch

    def __getattr__(name: str) -> Mapping[str, Indicator]:
        if name == "CATALOGUE":
            return _current()
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
