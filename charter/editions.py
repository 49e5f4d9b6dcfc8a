"""Editions of the charter: data files read strictly, each fault with its line and what to do."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated

import msgspec
import yaml

from quality.errors import NotFound, Refused

FOLDER = Path(__file__).parent / "data" / "editions"

Words = Annotated[str, msgspec.Meta(min_length=1)]
Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(?:[_-][a-z0-9]+)*$")]
Positive = Annotated[int, msgspec.Meta(ge=1)]
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


class Criterion(_Strict, frozen=True):
    """One commitment to assess; `evidence` holds codes of the edition's list."""

    code: CriterionCode
    label: Text
    evidence: Annotated[tuple[Slug, ...], msgspec.Meta(min_length=1)]
    compulsory: bool = False
    imperative: bool = False
    applies_to: tuple[Audience, ...] = ()


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
    counts: Counts
    evidence: tuple[Evidence, ...]
    chapters: Annotated[tuple[Chapter, ...], msgspec.Meta(min_length=1)]

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        return tuple(criterion for chapter in self.chapters for criterion in chapter.criteria)


@dataclass(frozen=True)
class Fault:
    """One thing to mend: its line, its place in the file, and what to do."""

    line: int
    place: str
    message: str

    def __str__(self) -> str:
        return f"ligne {self.line}, {self.place} : {self.message}"


class EditionUnknown(NotFound):
    title = "Cette édition de la charte n’existe pas"


class EditionRefused(Refused):
    """An edition that breaks its own rules, with every fault found."""

    def __init__(self, name: str, faults: Iterable[Fault]) -> None:
        self.name = name
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{name}, {fault}" for fault in self.faults))


def editions() -> tuple[str, ...]:
    """List the codes of the editions at hand.

    >>> "national-2012" in editions()
    True
    """
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@cache
def load(code: str) -> Edition:
    """Return the edition of this code, read and checked once.

    >>> load("national-2012").counts.criteria
    45
    """
    if code not in editions():
        raise EditionUnknown
    return decode((FOLDER / f"{code}.yaml").read_bytes(), code)


def decode(raw: bytes, code: str) -> Edition:
    """Read the edition that `<code>.yaml` holds, or raise EditionRefused."""
    source = _Source(f"{code}.yaml")
    document = source.read(raw)
    try:
        edition = msgspec.convert(document, Edition, strict=True)
    except msgspec.ValidationError as error:
        raise source.refusal([_translated(str(error))]) from error
    faults = list(_faults(edition, code))
    if faults:
        raise source.refusal(faults)
    return edition


def count(criteria: Iterable[Criterion]) -> Counts:
    """Count criteria as an edition must declare them.

    >>> count(load("national-2012").criteria) == load("national-2012").counts
    True
    """
    criteria = tuple(criteria)
    compulsory = [criterion for criterion in criteria if criterion.compulsory]
    for_all = [criterion for criterion in compulsory if not criterion.applies_to]
    return Counts(criteria=len(criteria), compulsory=len(compulsory), compulsory_for_all=len(for_all))


_UNREADABLE = "ce fichier n’est pas du YAML lisible : vérifiez le retrait, les guillemets et l’encodage UTF-8"
_REFERENCE = "les ancres, renvois et étiquettes YAML (&, *, !) ne sont pas admis : écrivez la valeur"

# A place is written as msgspec writes it, `$.chapters[0].criteria[3].code`, so that both kinds of faults
# find their line in the same table.
_Found = tuple[str, str]


class _Source:
    """The text of one edition, which remembers the line of each value."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[str, int] = {"$": 1}
        self.faults: list[Fault] = []

    def refusal(self, found: Iterable[_Found]) -> EditionRefused:
        return EditionRefused(self.name, [Fault(self._line(place), place, text) for place, text in found])

    def read(self, raw: bytes) -> object:
        try:
            self._refuse_references(raw)
            node = yaml.compose(raw, Loader=yaml.CSafeLoader)
            document = self._value(node, "$") if node else None
        except (yaml.YAMLError, RecursionError) as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark else 1
            raise EditionRefused(self.name, [Fault(line, "$", _UNREADABLE)]) from error
        if self.faults:
            raise EditionRefused(self.name, self.faults)
        return document

    def _refuse_references(self, raw: bytes) -> None:
        for event in yaml.parse(raw, Loader=yaml.CSafeLoader):
            if getattr(event, "anchor", None) or getattr(event, "tag", None):
                line = event.start_mark.line + 1 if event.start_mark else 1
                raise EditionRefused(self.name, [Fault(line, "$", _REFERENCE)])

    def _value(self, node: yaml.Node, place: str) -> object:
        self.lines.setdefault(place, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, f"{place}[{rank}]") for rank, item in enumerate(node.value)]
        return self._scalar(node, place)

    def _mapping(self, node: yaml.MappingNode, place: str) -> dict[str, object]:
        values: dict[str, object] = {}
        for key, value in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
            inner = f"{place}.{name}"
            line = key.start_mark.line + 1
            if name in values:
                message = f"champ « {name} » en double, déjà ligne {self.lines[inner]} : gardez-en un"
                self.faults.append(Fault(line, inner, message))
                continue
            self.lines[inner] = line
            values[name] = self._value(value, inner)
        return values

    def _scalar(self, node: yaml.Node, place: str) -> object:
        try:
            return _SCALARS[node.tag.rpartition(":")[2]](node.value)
        except (KeyError, ValueError):
            message = f"« {node.value} » est ambigu : écrivez cette valeur entre guillemets"
            self.faults.append(Fault(node.start_mark.line + 1, place, message))
            return node.value

    def _line(self, place: str) -> int:
        while place not in self.lines:
            place = place[: max(place.rfind("."), place.rfind("["))]
        return self.lines[place]


# YAML 1.1 reads 2.10 as the number 2.1 and 2012-01-01 as a date: only these four kinds are taken unquoted.
_SCALARS: dict[str, Callable[[str], object]] = {
    "str": str,
    "int": int,
    "bool": lambda word: word.lower() in {"yes", "true", "on"},
    "null": lambda _: None,
}

_KINDS = {
    "str": "un texte",
    "int": "un nombre entier",
    "bool": "vrai ou faux (true, false)",
    "null": "rien",
    "array": "une liste",
    "object": "un groupe de champs",
}
_CHOICES: dict[str, type[StrEnum]] = {"scale": Answer, "applies_to": Audience}
_TRAILING_PLACE = re.compile(r" - at `(?P<place>\$[^`]*)`$")


def _translated(message: str) -> _Found:
    """Say in French what msgspec found, and where."""
    located = _TRAILING_PLACE.search(message)
    place = located["place"] if located else "$"
    for pattern, french in _FRENCH:
        if match := pattern.match(message):
            return french(match, place)
    return place, f"valeur refusée : {message}"


def _unknown_field(match: re.Match[str], place: str) -> _Found:
    return f"{place}.{match[1]}", f"champ inconnu « {match[1]} » : corrigez son nom ou retirez-le"


def _missing_field(match: re.Match[str], place: str) -> _Found:
    return place, f"champ « {match[1]} » absent : ajoutez-le"


def _unknown_value(match: re.Match[str], place: str) -> _Found:
    choices = _CHOICES[place.rpartition(".")[2].partition("[")[0]]
    return place, f"valeur inconnue « {match[1]} » : choisissez parmi {', '.join(choices)}"


def _wrong_kind(match: re.Match[str], place: str) -> _Found:
    expected, found = _KINDS[match[1]], _KINDS[match[2]]
    return place, f"il faut ici {expected}, et non {found}" + (
        " : ajoutez des guillemets" if match[1] == "str" and match[2] != "null" else ""
    )


def _too_short(match: re.Match[str], place: str) -> _Found:
    if match[1] == "str":
        return place, "texte vide : écrivez-le"
    return place, f"liste trop courte : il faut au moins {match[2]} élément(s)"


def _too_small(match: re.Match[str], place: str) -> _Found:
    return place, f"nombre trop petit : il faut au moins {match[1]}"


def _malformed(_: re.Match[str], place: str) -> _Found:
    if re.search(r"\.criteria\[\d+]\.code$", place):
        return place, 'code mal formé : écrivez chapitre, point, rang, entre guillemets, comme "2.10"'
    return place, "code mal formé : minuscules, chiffres et tirets seulement"


_FRENCH: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], str], _Found]], ...] = (
    (re.compile(r"Object contains unknown field `([^`]*)`"), _unknown_field),
    (re.compile(r"Object missing required field `([^`]*)`"), _missing_field),
    (re.compile(r"Invalid enum value '(.*)' - at"), _unknown_value),
    (re.compile(r"Expected `(\w+)`, got `(\w+)`"), _wrong_kind),
    (re.compile(r"Expected `(\w+)` of length >= (\d+)"), _too_short),
    (re.compile(r"Expected `int` >= (\d+)"), _too_small),
    (re.compile(r"Expected `str` matching regex"), _malformed),
)


def _faults(edition: Edition, code: str) -> Iterator[_Found]:
    if edition.code != code:
        yield "$.code", f"le code « {edition.code} » n’est pas le nom du fichier : écrivez « {code} »"
    yield from _repeated("$.scale", edition.scale)
    yield from _repeated("$.evidence", [item.code for item in edition.evidence], ".code")
    yield from _misnumbered(edition)
    yield from _criteria_faults(edition)
    yield from _miscounted(edition)


def _repeated(place: str, codes: Iterable[str], field: str = "") -> Iterator[_Found]:
    seen: set[str] = set()
    for rank, code in enumerate(codes):
        if code in seen:
            yield f"{place}[{rank}]{field}", f"« {code} » en double : gardez-en un"
        seen.add(code)


def _misnumbered(edition: Edition) -> Iterator[_Found]:
    for rank, chapter in enumerate(edition.chapters):
        if chapter.number != rank + 1:
            place = f"$.chapters[{rank}].number"
            yield place, f"le chapitre {chapter.number} vient au rang {rank + 1} : numérotez de 1 en 1"


def _criteria_faults(edition: Edition) -> Iterator[_Found]:
    proofs = {item.code for item in edition.evidence}
    seen: set[str] = set()
    for place, chapter, criterion in _placed(edition):
        if criterion.code in seen:
            yield f"{place}.code", f"critère « {criterion.code} » en double : donnez-lui un autre code"
        seen.add(criterion.code)
        if criterion.code.partition(".")[0] != str(chapter.number):
            yield (
                f"{place}.code",
                f"critère « {criterion.code} » rangé dans le chapitre {chapter.number} : déplacez-le",
            )
        yield from _repeated(f"{place}.evidence", criterion.evidence)
        yield from _repeated(f"{place}.applies_to", criterion.applies_to)
        yield from _dangling(f"{place}.evidence", criterion.evidence, proofs)


def _placed(edition: Edition) -> Iterator[tuple[str, Chapter, Criterion]]:
    for rank, chapter in enumerate(edition.chapters):
        for row, criterion in enumerate(chapter.criteria):
            yield f"$.chapters[{rank}].criteria[{row}]", chapter, criterion


def _dangling(place: str, codes: Iterable[str], known: set[str]) -> Iterator[_Found]:
    for rank, code in enumerate(codes):
        if code not in known:
            yield f"{place}[{rank}]", f"preuve inconnue « {code} » : décrivez-la dans la liste « evidence »"


def _miscounted(edition: Edition) -> Iterator[_Found]:
    counted = count(edition.criteria)
    for field in Counts.__struct_fields__:
        declared, found = getattr(edition.counts, field), getattr(counted, field)
        if declared != found:
            yield f"$.counts.{field}", f"{declared} annoncés, {found} comptés : corrigez l’un ou l’autre"
