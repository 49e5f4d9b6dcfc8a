"""The catalogue of indicators: versioned definitions read once, strictly, from catalogue.yaml.

A definition never changes: a new version opens a new series and the old one stays.

>>> from quality.measures.catalogue import CATALOGUE
>>> sorted(CATALOGUE)
['ALERTE', 'AUTOR', 'GLOB', 'PONCT', 'PROM_T', 'QUAL', 'RECL_D', 'RECL_P', 'RECL_S', 'RECO', 'RESP', 'RR2']
>>> card(indicator("RR2", 1)).formula.en
'Σx ÷ Σn, where n is what is counted over and x what is counted'
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import yaml

from quality.errors import NotFound
from quality.measures.disclosure import Unit

SOURCE = Path(__file__).with_name("catalogue.yaml")

Sentence = Annotated[str, msgspec.Meta(min_length=1)]
Code = Annotated[str, msgspec.Meta(pattern=r"\A[A-Z][A-Z0-9_]*\Z")]
OneToSix = Annotated[int, msgspec.Meta(ge=1, le=6)]


class Kind(StrEnum):
    SHARE = "share"


class Direction(StrEnum):
    """Which way is better."""

    HIGHER = "higher"
    LOWER = "lower"


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
    kind: Kind
    principle: OneToSix | None
    objective: OneToSix | None
    left_out: Text | None = None


class Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    methods: tuple[Method, ...]
    indicators: tuple[Indicator, ...]


class Card(msgspec.Struct, frozen=True):
    """What « Comment c’est calculé » shows of an indicator."""

    counted: Text
    over: Text
    formula: Text
    interval: Text
    source: Text
    version: int
    effective_on: date
    left_out: Text | None = None


class CatalogueError(ValueError):
    """The catalogue cannot be read: says the line and the reason."""

    def __init__(self, line: int, reason: str) -> None:
        self.line = line
        super().__init__(f"catalogue, line {line}: {reason}")


def _line(node: yaml.Node | None, path: str = "") -> int:
    """Find the line of a path such as `$.indicators[2].unit`."""
    found: Any = node
    for name, index in re.findall(r"\.(\w+)|\[(\d+)\]", path):
        keyed = found.value if index else {key.value: value for key, value in found.value}
        found = keyed[int(index) if index else name]
    return int(found.start_mark.line) + 1 if found else 1


def _refuse_repeated_keys(node: yaml.Node | None) -> None:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_repeated_keys(item)
    elif isinstance(node, yaml.MappingNode):
        seen: set[Any] = set()
        for key, value in node.value:
            if key.value in seen:
                raise CatalogueError(_line(key), f"`{key.value}` stands twice")
            seen.add(key.value)
            _refuse_repeated_keys(value)


def _compose(text: str) -> yaml.Node | None:
    try:
        node: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise CatalogueError(mark.line + 1 if mark else 1, str(error)) from error
    _refuse_repeated_keys(node)
    return node


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
        if item.kind not in kinds:
            yield f"$.indicators[{i}].kind", f"no method computes a {item.kind}"
        latest[item.code] = item


def parse(text: str) -> Catalogue:
    """Read a catalogue strictly; versions of a code follow one another from 1, each kind has one method."""
    node = _compose(text)
    try:
        read = msgspec.yaml.decode(text, type=Catalogue)
    except (msgspec.DecodeError, ValueError) as error:
        reason, _, path = str(error).partition(" - at ")
        raise CatalogueError(_line(node, path), reason) from error
    for path, reason in _contradictions(read):
        raise CatalogueError(_line(node, path), reason)
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


def all_series() -> frozenset[str]:
    """Name every version of every definition.

    >>> "GLOB:1" in all_series(), "GLOB:9" in all_series()
    (True, False)
    """
    return frozenset(f"{item.code}:{item.version}" for item in _shipped().indicators)


def card(item: Indicator) -> Card:
    """Say how an indicator is computed: what is counted, over what, the formula, the interval, the source."""
    method = next(method for method in _shipped().methods if method.kind is item.kind)
    return Card(
        counted=item.numerator,
        over=item.denominator,
        formula=method.formula,
        interval=method.interval,
        source=item.source,
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
