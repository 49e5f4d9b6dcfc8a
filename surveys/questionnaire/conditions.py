"""What is wrong with the conditions of a definition: unreadable, about what is not known yet, never true."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from surveys.questionnaire import coding
from surveys.questionnaire.definition import Item, Kind, Questionnaire
from surveys.questionnaire.expression import (
    EQUALITY,
    Answered,
    Compare,
    Expression,
    ExpressionRefused,
    Literal,
    Name,
    Operand,
    Selected,
    is_about_this,
    names,
    parse,
    subjects,
)
from surveys.questionnaire.facts import NAMES

DAYS = frozenset({"visit_date", "today"})


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken rule and the path of the field that breaks it, such as `items[2].label.fr`."""

    path: tuple[str | int, ...]
    message: str


@dataclass(frozen=True, slots=True)
class _Sort:
    """What can be compared with what; `values` are the only ones that a choice can have."""

    name: str
    values: frozenset[str] | None = None


NUMBER, DAY, TEXT = _Sort("un nombre"), _Sort("une date"), _Sort("un texte")
_SORTS = {
    Kind.RATING: NUMBER,
    Kind.SCALE: NUMBER,
    Kind.NUMBER: NUMBER,
    Kind.DATE: DAY,
    Kind.TEXT: TEXT,
}


def condition_findings(questionnaire: Questionnaire) -> Iterator[Finding]:
    """Check each condition against the questions that come before it and the facts of the visit."""
    earlier: dict[str, Item] = {}
    for number, item in enumerate(questionnaire.items):
        for field in ("relevant", "constraint"):
            text: str | None = getattr(item, field)
            if text is not None:
                messages = _messages(questionnaire, item, field, text, earlier)
                yield from (Finding(("items", number, field), message) for message in messages)
        earlier[item.alias] = item


def _messages(
    questionnaire: Questionnaire, item: Item, field: str, text: str, earlier: Mapping[str, Item]
) -> Iterator[str]:
    try:
        expression = parse(text)
    except ExpressionRefused as refusal:
        yield refusal.message
        return
    if field == "relevant":
        yield from _untimely(expression)
        yield from _unasked(questionnaire, item, expression, earlier)
    unknown = sorted(names(expression) - NAMES - earlier.keys())
    for name in unknown:
        yield f"« ${{{name}}} » n’est ni une question posée avant celle-ci, ni un fait de la visite"
    if not unknown:
        for part, operands in subjects(expression):
            yield from _mismatched(part, operands, item, earlier)


def _untimely(expression: Expression) -> Iterator[str]:
    if is_about_this(expression):
        yield "« . » est la réponse à cette question, qui n’est pas encore posée"
    if "today" in names(expression):
        yield "« ${today} » change chaque jour, et les résultats avec : il ne sert qu’à vérifier une réponse"


def _unasked(
    questionnaire: Questionnaire, item: Item, expression: Expression, earlier: Mapping[str, Item]
) -> Iterator[str]:
    """A question that a channel does not ask would leave what depends on it unasked there, unnoticed."""
    channels = questionnaire.channels_of(item)
    for name in sorted(names(expression) & earlier.keys()):
        missing = sorted(channels - questionnaire.channels_of(earlier[name]))
        if missing:
            yield f"« {name} » ne se pose pas partout où cette question se pose (`{missing[0]}`)"


def _mismatched(
    part: Expression, operands: tuple[Operand, ...], item: Item, earlier: Mapping[str, Item]
) -> Iterator[str]:
    sorts = [_sort(operand, item, earlier) for operand in operands]
    if isinstance(part, Selected):
        yield from _impossible(sorts[0], part.value)
        if sorts[0].values is None:
            yield "selected() demande une question à choix"
    if isinstance(part, Compare):
        yield from _incomparable(part, *sorts)
    if isinstance(part, Answered) and part.subject.name in NAMES:
        yield "answered() demande une question, pas un fait de la visite"


def _incomparable(part: Compare, left: _Sort, right: _Sort) -> Iterator[str]:
    several = "plusieurs réponses"
    if several in {left.name, right.name}:
        yield "une question à plusieurs réponses se lit avec selected()"
    elif left.name != right.name:
        yield f"on ne compare pas {left.name} et {right.name}"
    elif left.name == TEXT.name and part.sign not in EQUALITY:
        yield "deux textes sont égaux (=) ou différents (!=), rien d’autre"
    for sort, other in ((left, part.right), (right, part.left)):
        if isinstance(other, Literal) and isinstance(other.value, str) and left.name == right.name:
            yield from _impossible(sort, other.value)


def _impossible(sort: _Sort, value: str) -> Iterator[str]:
    if sort.values is not None and value not in sort.values:
        yield f"« {value} » n’est pas une des réponses à choisir"


def _sort(operand: Operand, item: Item, earlier: Mapping[str, Item]) -> _Sort:
    if isinstance(operand, Literal):
        return _sort_of_value(operand.value)
    if not isinstance(operand, Name):
        return _sort_of_item(item)
    if operand.name in earlier:
        return _sort_of_item(earlier[operand.name])
    return DAY if operand.name in DAYS else TEXT


def _sort_of_value(value: int | float | str | date) -> _Sort:
    if isinstance(value, str):
        return TEXT
    return DAY if isinstance(value, date) else NUMBER


def _sort_of_item(item: Item) -> _Sort:
    if item.kind in _SORTS:
        return _SORTS[item.kind]
    values = frozenset(option.value for option in coding.choices(item))
    return _Sort("plusieurs réponses" if item.kind is Kind.MULTIPLE else TEXT.name, values)
