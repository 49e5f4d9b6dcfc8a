"""Definitions decoded strictly from YAML or JSON; errors are French, with line and field."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources

import msgspec
import yaml

from quality import yaml_nodes
from quality.errors import FieldError, Invalid
from quality.french import french
from surveys.questionnaire.checking import findings
from surveys.questionnaire.conditions import Finding
from surveys.questionnaire.definition import Questionnaire

_TYPES = {
    "str": "un texte",
    "int": "un nombre entier",
    "float": "un nombre à virgule",
    "bool": "oui ou non sans guillemets",
    "array": "une liste",
    "object": "un groupe de champs",
    "null": "rien",
}


class DefinitionRefused(Invalid):
    """A definition that cannot be used; `errors` give the path of each field and what is wrong there."""

    title = "Ce questionnaire ne peut pas être utilisé"

    def __init__(self, errors: Iterable[FieldError]) -> None:
        located = tuple(errors)
        lines = [f"{error.field} : {error.message}" if error.field else error.message for error in located]
        super().__init__("\n".join((self.title, *lines)), located)


def read_yaml(text: str) -> Questionnaire:
    """Read a questionnaire, refused with the line and the field of each error.

    >>> try:
    ...     read_yaml("code: court\\nversion: 1\\ntitle: {en: Short}\\nitems: []")
    ... except DefinitionRefused as refusal:
    ...     print(refusal.errors[0].field, "|", refusal.errors[0].message)
    title.fr | ligne 3, il manque le champ « fr »
    """
    tree = _compose(text)
    doubles = [_located(tree, finding) for finding in _doubles(tree, (), set())]
    if doubles:
        raise DefinitionRefused(doubles)
    return _read(lambda: msgspec.yaml.decode(text), tree)


def read_json(raw: bytes) -> Questionnaire:
    """Read a questionnaire as it is stored."""
    return _read(lambda: msgspec.json.decode(raw), None)


@cache
def library(code: str) -> Questionnaire:
    """Give a questionnaire shipped with the product.

    >>> library("default").items[0].alias
    'globale'
    """
    shipped = resources.files("surveys.questionnaire") / "library" / f"{code}.yaml"
    return read_yaml(shipped.read_text(encoding="utf-8"))


def read_tree(raw: object) -> Questionnaire:
    """Read a questionnaire from plain dictionaries and lists, as a draft is kept."""
    return _read(lambda: raw, None)


def refusal(broken: Iterable[Finding]) -> DefinitionRefused:
    """Give the refusal of a definition for what was found wrong in it."""
    return DefinitionRefused([_located(None, finding) for finding in broken])


def _read(decode: Callable[[], object], tree: yaml.Node | None) -> Questionnaire:
    try:
        questionnaire = msgspec.convert(_with_labels(decode()), Questionnaire)
    except msgspec.DecodeError as error:
        raise DefinitionRefused([_located(tree, misshapen(str(error)))]) from error
    broken = [_located(tree, finding) for finding in findings(questionnaire)]
    if broken:
        raise DefinitionRefused(broken)
    return questionnaire


def _with_labels(raw: object) -> object:
    """Write the words of a mark, `{fr: …, en: …}`, as the label of a choice."""
    if not isinstance(raw, dict) or not isinstance(raw.get("items"), list):
        return raw
    return {**raw, "items": [_with_choices(item) for item in raw["items"]]}


def _with_choices(item: object) -> object:
    if not isinstance(item, dict) or not isinstance(item.get("choices"), list):
        return item
    choices = [
        {"label": choice} if isinstance(choice, dict) and "fr" in choice else choice
        for choice in item["choices"]
    ]
    return {**item, "choices": choices}


def _compose(text: str) -> yaml.Node | None:
    try:
        return yaml_nodes.compose(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise DefinitionRefused([FieldError("", f"ligne {line}, ce n’est pas du YAML lisible")]) from error
    except yaml.YAMLError as error:
        raise DefinitionRefused([FieldError("", "le fichier contient un caractère interdit")]) from error


def _doubles(node: yaml.Node | None, path: tuple[str | int, ...], seen: set[int]) -> Iterator[Finding]:
    """Find the fields written twice, of which YAML silently keeps the last."""
    if node is None or id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        names = Counter(key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode))
        yield from (
            Finding((*path, name), "ce champ est écrit deux fois") for name in names if names[name] > 1
        )
    for step, child in _children(node):
        yield from _doubles(child, (*path, step), seen)


def _children(node: yaml.Node) -> Iterator[tuple[str | int, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        yield from ((str(key.value), value) for key, value in node.value)
    elif isinstance(node, yaml.SequenceNode):
        yield from enumerate(node.value)


def _located(tree: yaml.Node | None, finding: Finding) -> FieldError:
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in finding.path).lstrip(".")
    line = f"ligne {_line(tree, finding.path)}, " if tree is not None else ""
    return FieldError(place, line + finding.message)


def _line(node: yaml.Node, path: Sequence[str | int]) -> int:
    """Follow the path as far as it exists."""
    for step in path:
        found = [child for name, child in _children(node) if name == step]
        if not found:
            break
        node = found[-1]
    return int(node.start_mark.line) + 1


def _types(names: str) -> str:
    return " ou ".join(_TYPES.get(name, name) for name in names.split(" | ") if name != "null") or "rien"


_SENTENCES: tuple[tuple[str, str], ...] = (
    (r"unknown field `(?P<field>.+?)`", french("le champ « {field} » n’existe pas")),
    (r"missing required field `(?P<field>.+?)`", french("il manque le champ « {field} »")),
    (r"Invalid enum value '?(?P<value>.*?)'?$", french("la valeur « {value} » n’est pas permise")),
    (r"Expected `(?P<expected>.+?)`, got `(?P<got>.+?)`", "il faut {expected}, pas {got}"),
    (r"`array` of length >= 1", french("la liste est vide")),
    (r"`str` of length >= 1", french("le texte est vide")),
    (r"`str` of length <= (?P<most>\d+)", french("le texte dépasse {most} caractères")),
    (r"`int` >= (?P<least>\d+)", french("le nombre doit être au moins {least}")),
    (
        r"matching regex '\^\[a-z\]",
        french("il faut des minuscules, des chiffres et « _ » (32 au plus)"),
    ),
    (
        r"matching regex '\^\[A-Za-z0-9\]",
        french("il faut des lettres et des chiffres sans accent (32 au plus)"),
    ),
    (
        r"matching regex '\^\[A-Z\]",
        french("il faut des majuscules, des chiffres et « _ »"),
    ),
    (r"matching regex '\^\[\^", french("le texte contient un caractère interdit")),
)


def misshapen(message: str) -> Finding:
    """Say in a sentence what msgspec says of a definition that has another shape."""
    problem, _, place = message.partition(" - at ")
    path = tuple(int(step) if step.isdigit() else step for step in re.findall(r"\w+", place))
    for pattern, sentence in _SENTENCES:
        if match := re.search(pattern, problem):
            values = match.groupdict()
            named = [values["field"]] if "field" in values else []
            return Finding((*path, *named), sentence, values | _typed(values))
    return Finding(path, french("le contenu n’est pas lisible"))


def _typed(values: Mapping[str, str]) -> dict[str, str]:
    return {name: _types(values[name]) for name in ("expected", "got") if name in values}
