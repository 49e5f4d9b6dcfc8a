"""What is wrong with the conditions of a definition: unreadable, about what is not known yet, never true."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from quality.french import french
from surveys.questionnaire import coding
from surveys.questionnaire.definition import Channel, Item, Kind, Questionnaire
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
    parse,
)
from surveys.questionnaire.facts import NAMES
from surveys.questionnaire.subjects import is_about_this, names, subjects

DAYS = frozenset({"visit_date", "today"})


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken rule and the path of the field that breaks it, such as `items[2].label.fr`.

    `sentence` is the key of the translation, its names between braces; `message` is the French of it.
    """

    path: tuple[str | int, ...]
    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def message(self) -> str:
        return self.sentence.format_map(self.values)


Said = tuple[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class _Sort:
    """What can be compared with what; `values` are the only ones that a choice can have."""

    name: str
    values: frozenset[str] | None = None


NUMBER, DAY, TEXT = _Sort("nombre"), _Sort("date"), _Sort("texte")
SEVERAL = "plusieurs"
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
        for name in ("relevant", "constraint"):
            text: str | None = getattr(item, name)
            if text is not None:
                for sentence, values in _messages(questionnaire, item, name, text, earlier):
                    yield Finding(("items", number, name), sentence, values)
        earlier[item.alias] = item


def _messages(
    questionnaire: Questionnaire, item: Item, name: str, text: str, earlier: Mapping[str, Item]
) -> Iterator[Said]:
    try:
        expression = parse(text)
    except ExpressionRefused as refusal:
        yield refusal.message, refusal.values
        return
    if name == "relevant":
        yield from _untimely(expression)
        yield from _unasked(questionnaire, item, expression, earlier)
    unknown = sorted(names(expression) - NAMES - earlier.keys())
    for each in unknown:
        yield UNKNOWN, {"name": each}
    if not unknown:
        for part, operands in subjects(expression):
            yield from _mismatched(part, operands, item, earlier)


UNKNOWN = french("« ${{{name}}} » n’est ni une question posée avant celle-ci, ni un fait de la visite")
THIS = french("« . » est la réponse à cette question, qui n’est pas encore posée")
TODAY = french(
    "« ${{today}} » change chaque jour, et les résultats avec : il ne sert qu’à vérifier une réponse"
)
NOT_ASKED = {
    Channel.WEB: french("« {name} » ne se pose pas sur internet, où cette question se pose"),
    Channel.PHONE: french("« {name} » ne se pose pas par un agent, alors que cette question oui"),
    Channel.PAPER: french("« {name} » ne se pose pas sur papier, où cette question se pose"),
    Channel.SMS: french("« {name} » ne se pose pas par SMS, où cette question se pose"),
    Channel.VOICE: french("« {name} » ne se pose pas par téléphone automatique, où cette question se pose"),
}
CHOSEN = french("selected() demande une question à choix")
NOT_A_FACT = french("answered() demande une question, pas un fait de la visite")
SELECTED = french("une question à plusieurs réponses se lit avec selected()")
EQUAL = french("deux textes sont égaux (=) ou différents (!=), rien d’autre")
IMPOSSIBLE = french("« {value} » n’est pas une des réponses à choisir")
INCOMPARABLE = {
    frozenset({"nombre", "date"}): french("on ne compare pas un nombre et une date"),
    frozenset({"nombre", "texte"}): french("on ne compare pas un nombre et un texte"),
    frozenset({"date", "texte"}): french("on ne compare pas une date et un texte"),
}


def _untimely(expression: Expression) -> Iterator[Said]:
    if is_about_this(expression):
        yield THIS, {}
    if "today" in names(expression):
        yield TODAY, {}


def _unasked(
    questionnaire: Questionnaire, item: Item, expression: Expression, earlier: Mapping[str, Item]
) -> Iterator[Said]:
    """A question that a channel does not ask would leave what depends on it unasked there, unnoticed."""
    channels = questionnaire.channels_of(item)
    for name in sorted(names(expression) & earlier.keys()):
        missing = sorted(channels - questionnaire.channels_of(earlier[name]))
        if missing:
            yield NOT_ASKED[missing[0]], {"name": name}


def _mismatched(
    part: Expression, operands: tuple[Operand, ...], item: Item, earlier: Mapping[str, Item]
) -> Iterator[Said]:
    sorts = [_sort(operand, item, earlier) for operand in operands]
    if isinstance(part, Selected):
        yield from _impossible(sorts[0], part.value)
        if sorts[0].values is None:
            yield CHOSEN, {}
    if isinstance(part, Compare):
        yield from _incomparable(part, *sorts)
    if isinstance(part, Answered) and part.subject.name in NAMES:
        yield NOT_A_FACT, {}


def _incomparable(part: Compare, left: _Sort, right: _Sort) -> Iterator[Said]:
    if SEVERAL in {left.name, right.name}:
        yield SELECTED, {}
    elif left.name != right.name:
        yield INCOMPARABLE[frozenset({left.name, right.name})], {}
    elif left.name == TEXT.name and part.sign not in EQUALITY:
        yield EQUAL, {}
    for sort, other in ((left, part.right), (right, part.left)):
        if isinstance(other, Literal) and isinstance(other.value, str) and left.name == right.name:
            yield from _impossible(sort, other.value)


def _impossible(sort: _Sort, value: str) -> Iterator[Said]:
    if sort.values is not None and value not in sort.values:
        yield IMPOSSIBLE, {"value": value}


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
    return _Sort(SEVERAL if item.kind is Kind.MULTIPLE else TEXT.name, values)
