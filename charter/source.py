"""The text of an edition: YAML read strictly, each fault with its line and what to do."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

import yaml

from charter.definition import Audience, Carry, Link, Mode, Scale, Source, Window
from quality.errors import Refused
from quality.french import french


class Words(str):
    """Words of ours that a sentence holds, translated with it."""

    __slots__ = ()


# A place is written as msgspec writes it, `$.chapters[0].criteria[3].code`, so that both kinds of faults
# find their line in the same table.
class Found(NamedTuple):
    """What is wrong at a place: a French sentence, the key of its translation, and what it holds."""

    place: str
    sentence: str
    values: Mapping[str, object]


def at(place: str, sentence: str, **values: object) -> Found:
    return Found(place, sentence, values)


@dataclass(frozen=True)
class Fault:
    """One thing to mend: its line, its place in the file, and what to do, said where it is shown."""

    line: int
    place: str
    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """Say it in French, as a command or a log does."""
        return self.sentence.format_map(self.values)

    def __str__(self) -> str:
        return f"ligne {self.line}, {self.place} : {self.message}"


class EditionRefused(Refused):
    """An edition that breaks its own rules, with every fault found."""

    def __init__(self, name: str, faults: Iterable[Fault]) -> None:
        self.name = name
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{name}, {fault}" for fault in self.faults))


_UNREADABLE = french(
    "ce fichier n’est pas du YAML lisible : vérifiez le retrait, les guillemets et l’encodage UTF-8"
)
_REFERENCE = french("les ancres, renvois et étiquettes YAML (&, *, !) ne sont pas admis : écrivez la valeur")


class SourceText:
    """The text of one edition, which remembers the line of each value."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[str, int] = {"$": 1}
        self.faults: list[Fault] = []

    def refusal(self, found: Iterable[Found]) -> EditionRefused:
        return EditionRefused(self.name, [Fault(self._line(each.place), *each) for each in found])

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
        if not any(sign in raw for sign in (b"&", b"*", b"!")):
            return  # the events of a long file take as long as its values
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
                sentence = french("champ « {field} » en double, déjà ligne {line} : gardez-en un")
                told = {"field": name, "line": self.lines[inner]}
                self.faults.append(Fault(line, inner, sentence, told))
                continue
            self.lines[inner] = line
            values[name] = self._value(value, inner)
        return values

    def _scalar(self, node: yaml.Node, place: str) -> object:
        try:
            return _SCALARS[node.tag.rpartition(":")[2]](node.value)
        except (KeyError, ValueError):
            sentence = french("« {value} » est ambigu : écrivez cette valeur entre guillemets")
            self.faults.append(Fault(node.start_mark.line + 1, place, sentence, {"value": node.value}))
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
    "str": Words(french("un texte")),
    "int": Words(french("un nombre entier")),
    "bool": Words(french("vrai ou faux (true, false)")),
    "null": Words(french("rien")),
    "array": Words(french("une liste")),
    "object": Words(french("un groupe de champs")),
    "date": Words(french("une date")),
}
_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"\.elements\[\d+]\.code$"),
        french('code mal formé : écrivez le code du critère, point, rang, entre guillemets, comme "2.10.3"'),
    ),
    (
        re.compile(r"\.objectives\[\d+]\.code$"),
        french('code mal formé : écrivez chapitre, point, rang, entre guillemets, comme "1.2"'),
    ),
    (
        re.compile(r"\.(criteria\[\d+]\.code|criterion)$"),
        french('code mal formé : écrivez chapitre, point, rang, entre guillemets, comme "2.10"'),
    ),
    (re.compile(r"\.activities\[\d+]$"), french("code d’activité mal formé : écrivez-le comme I-3 ou II-10")),
    (
        re.compile(r"\.finess\[\d+]$"),
        french('catégorie FINESS mal formée : trois chiffres entre guillemets, comme "123"'),
    ),
    (
        re.compile(r"\.at_least$"),
        french('seuil mal formé : un nombre d’au plus deux décimales entre guillemets, comme "3.50"'),
    ),
)
_CHOICES: dict[str, type[StrEnum]] = {
    "applies_to": Audience,
    "carry": Carry,
    "link": Link,
    "modes": Mode,
    "scale": Scale,
    "source": Source,
    "window": Window,
}
_TRAILING_PLACE = re.compile(r" - at `(?P<place>\$[^`]*)`$")


def translated(message: str) -> Found:
    """Say what msgspec found, and where."""
    located = _TRAILING_PLACE.search(message)
    place = located["place"] if located else "$"
    for pattern, said in _FRENCH:
        if match := pattern.match(message):
            return said(match, place)
    return at(place, french("valeur refusée : {message}"), message=message)


def _unknown_field(match: re.Match[str], place: str) -> Found:
    return at(
        f"{place}.{match[1]}",
        french("champ inconnu « {field} » : corrigez son nom ou retirez-le"),
        field=match[1],
    )


def _missing_field(match: re.Match[str], place: str) -> Found:
    return at(place, french("champ « {field} » absent : ajoutez-le"), field=match[1])


def _unknown_value(match: re.Match[str], place: str) -> Found:
    choices = _CHOICES[place.rpartition(".")[2].partition("[")[0]]
    return at(
        place,
        french("valeur inconnue « {value} » : choisissez parmi {known}"),
        value=match[1],
        known=", ".join(choices),
    )


def _wrong_kind(match: re.Match[str], place: str) -> Found:
    expected, found = _KINDS[match[1]], _KINDS[match[2]]
    quoted = match[2] in {"int", "bool"} if match[1] == "date" else match[1] == "str" and match[2] != "null"
    sentence = french("il faut ici {expected}, et non {found}")
    if quoted:
        sentence = french("il faut ici {expected}, et non {found} : ajoutez des guillemets")
    return at(place, sentence, expected=expected, found=found)


def _too_short(match: re.Match[str], place: str) -> Found:
    if match[1] == "str":
        return at(place, french("texte vide : écrivez-le"))
    return at(place, french("liste trop courte : il faut au moins {least} élément(s)"), least=match[2])


def _too_long(match: re.Match[str], place: str) -> Found:
    return at(place, french("texte trop long : il faut au plus {most} caractères"), most=match[1])


def _too_small(match: re.Match[str], place: str) -> Found:
    return at(place, french("nombre trop petit : il faut au moins {least}"), least=match[1])


def _too_large(match: re.Match[str], place: str) -> Found:
    return at(place, french("nombre trop grand : il faut au plus {most}"), most=match[1])


def _malformed(_: re.Match[str], place: str) -> Found:
    for pattern, message in _SHAPES:
        if pattern.search(place):
            return at(place, message)
    return at(place, french("code mal formé : minuscules, chiffres et tirets seulement"))


def _not_a_date(_: re.Match[str], place: str) -> Found:
    return at(
        place, french('date mal formée : écrivez année, mois, jour, entre guillemets, comme "2026-11-30"')
    )


_FRENCH: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], str], Found]], ...] = (
    (re.compile(r"Object contains unknown field `([^`]*)`"), _unknown_field),
    (re.compile(r"Object missing required field `([^`]*)`"), _missing_field),
    (re.compile(r"Invalid enum value '(.*)' - at"), _unknown_value),
    (re.compile(r"Expected `(\w+)`, got `(\w+)`"), _wrong_kind),
    (re.compile(r"Expected `(\w+)` of length >= (\d+)"), _too_short),
    (re.compile(r"Expected `str` of length <= (\d+)"), _too_long),
    (re.compile(r"Expected `int` >= (\d+)"), _too_small),
    (re.compile(r"Expected `int` <= (\d+)"), _too_large),
    (re.compile(r"Expected `str` matching regex"), _malformed),
    (re.compile(r"Invalid RFC3339 encoded date"), _not_a_date),
)
