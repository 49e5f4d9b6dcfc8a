"""The small language of conditions, a part of XPath so that an XLSForm keeps it word for word.

    ${globale} <= 2 and not(selected(${motif}, 'retard'))      . <= 31 and ${visit_date} > date('2026-01-01')

Names are earlier questions and facts of the visit; `.` is the answer that a constraint checks. What was not
answered, « ne sait pas » and « sans objet » make a comparison false, whatever its sign: a condition is
true or false, never unknown. `answered(${x})` is true of « ne sait pas » too.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import eq, ge, gt, le, lt, ne
from typing import Any, NamedTuple

from quality.errors import Invalid
from quality.french import french

# None: answered, without anything that compares (« ne sait pas », « sans objet »).
Value = int | float | str | date | list[str] | None
Values = Mapping[str, Value]
LONGEST, DEEPEST = 500, 20

SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "=": eq,
    "!=": ne,
    "<=": le,
    ">=": ge,
    "<": lt,
    ">": gt,
}
EQUALITY = frozenset({"=", "!="})


class ExpressionRefused(Invalid):
    """A condition that cannot be read; `at` is the character, from 1, where it goes wrong."""

    title = french("Cette condition n’est pas lisible")

    def __init__(self, sentence: str, at: int, **values: object) -> None:
        super().__init__(sentence, (), at=at, **values)
        self.at = at


@dataclass(frozen=True, slots=True)
class Name:
    """The answer to an earlier question, or a fact of the visit."""

    name: str


@dataclass(frozen=True, slots=True)
class This:
    """The answer that a constraint checks."""


@dataclass(frozen=True, slots=True)
class Literal:
    value: int | float | str | date


Operand = Name | This | Literal


@dataclass(frozen=True, slots=True)
class Compare:
    left: Operand
    sign: str
    right: Operand


@dataclass(frozen=True, slots=True)
class Selected:
    subject: Name | This
    value: str


@dataclass(frozen=True, slots=True)
class Answered:
    subject: Name


@dataclass(frozen=True, slots=True)
class Not:
    inner: "Expression"


@dataclass(frozen=True, slots=True)
class Both:
    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Either:
    parts: tuple["Expression", ...]


Expression = Compare | Selected | Answered | Not | Both | Either


def evaluate(expression: Expression, values: Values, this: Value = None) -> bool:
    """Tell whether a condition holds.

    >>> low = parse("${globale} <= 2 or selected(${motif}, 'retard')")
    >>> [evaluate(low, said) for said in ({"globale": 2}, {"globale": None}, {"motif": ["retard"]}, {})]
    [True, False, True, False]
    """
    match expression:
        case Both(parts):
            return all(evaluate(part, values, this) for part in parts)
        case Either(parts):
            return any(evaluate(part, values, this) for part in parts)
        case Not(inner):
            return not evaluate(inner, values, this)
        case Answered(subject):
            return subject.name in values
        case Selected(subject, value):
            return _is_selected(_value_of(subject, values, this), value)
        case Compare(left, sign, right):
            return _compares(_value_of(left, values, this), sign, _value_of(right, values, this))


def _value_of(operand: Operand, values: Values, this: Value) -> Value:
    match operand:
        case Name(name):
            return values.get(name)
        case Literal(value):
            return value
        case _:
            return this


def _is_selected(found: Value, value: str) -> bool:
    return value in found if isinstance(found, list) else found == value


def _compares(left: Value, sign: str, right: Value) -> bool:
    kind = _kind(left)
    if kind is None or kind != _kind(right) or (kind == "text" and sign not in EQUALITY):
        return False
    return bool(SIGNS[sign](left, right))


def _kind(value: Value) -> str | None:
    if isinstance(value, str):
        return "text"
    if isinstance(value, date):
        return "date"
    return "number" if isinstance(value, int | float) else None


def written(expression: Expression) -> str:
    """Write a condition again; reading what is written gives the same one.

    >>> written(parse("(${a}=1)and not( . >2 or answered( ${b} ))"))
    '${a} = 1 and not(. > 2 or answered(${b}))'
    """
    match expression:
        case Both(parts):
            return " and ".join(_grouped(part) for part in parts)
        case Either(parts):
            return " or ".join(_grouped(part) for part in parts)
        case Not(inner):
            return f"not({written(inner)})"
        case Answered(subject):
            return f"answered({_operand(subject)})"
        case Selected(subject, value):
            return f"selected({_operand(subject)}, {_operand(Literal(value))})"
        case Compare(left, sign, right):
            return f"{_operand(left)} {sign} {_operand(right)}"


def _grouped(part: Expression) -> str:
    return f"({written(part)})" if isinstance(part, Both | Either) else written(part)


def _operand(operand: Operand) -> str:
    match operand:
        case Name(name):
            return f"${{{name}}}"
        case Literal(str() as value):
            return f'"{value}"' if "'" in value else f"'{value}'"
        case Literal(date() as value):
            return f"date('{value.isoformat()}')"
        case Literal(float() as value):
            return f"{value:.6f}".rstrip("0").removesuffix(".")
        case Literal(value):
            return f"{value}"
        case _:
            return "."


class Token(NamedTuple):
    kind: str
    text: str
    at: int


_TOKENS = re.compile(
    r"""\s*(?:
        (?P<name>\$\{[a-z][a-z0-9_]*\})
      | (?P<number>-?\d{1,9}(?:\.\d{1,6})?)
      | (?P<text>'[^']*'|"[^"]*")
      | (?P<sign><=|>=|!=|=|<|>)
      | (?P<word>[a-z]+)
      | (?P<mark>[().,])
    )""",
    re.VERBOSE,
)
_FUNCTIONS = frozenset({"not", "selected", "answered", "date"})


@lru_cache(maxsize=1_000)
def parse(text: str) -> Expression:
    """Read a condition, or raise ExpressionRefused with the character where it goes wrong."""
    if len(text) > LONGEST:
        raise ExpressionRefused(
            french("au caractère {at}, la condition est trop longue : 500 caractères au plus"), LONGEST + 1
        )
    reader = _Reader(list(_tokens(text)))
    found = reader.either(0)
    reader.must_end()
    return found


def _tokens(text: str) -> Iterator[Token]:
    place, end = 0, len(text.rstrip())
    while place < end:
        found = _TOKENS.match(text, place)
        if found is None or found.lastgroup is None:
            start = place + len(text[place:]) - len(text[place:].lstrip())
            raise ExpressionRefused(
                french("au caractère {at}, « {sign} » n’a pas de sens ici"), start + 1, sign=text[start]
            )
        yield Token(found.lastgroup, found[found.lastgroup], found.start(found.lastgroup) + 1)
        place = found.end()
    yield Token("end", "", end + 1)


class _Reader:
    """Reads a condition from left to right: `or` binds less than `and`, and `and` less than the rest."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._place = 0

    @property
    def _next(self) -> Token:
        return self._tokens[self._place]

    def either(self, depth: int) -> Expression:
        if depth > DEEPEST:
            raise ExpressionRefused(
                french("au caractère {at}, il y a trop de parenthèses l’une dans l’autre"), self._next.at
            )
        parts = [self._both(depth)]
        while self._takes("word", "or"):
            parts.append(self._both(depth))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def must_end(self) -> None:
        if self._next.kind != "end":
            raise ExpressionRefused(
                french("au caractère {at}, « {text} » est de trop : il faut « and », « or » ou la fin"),
                self._next.at,
                text=self._next.text,
            )

    def _both(self, depth: int) -> Expression:
        parts = [self._simple(depth)]
        while self._takes("word", "and"):
            parts.append(self._simple(depth))
        return parts[0] if len(parts) == 1 else Both(tuple(parts))

    def _simple(self, depth: int) -> Expression:
        if self._takes("mark", "("):
            inner = self.either(depth + 1)
            self._must_take("mark", ")")
            return inner
        if self._next.kind == "word" and self._next.text in {"not", "selected", "answered"}:
            return self._function(self._take().text, depth)
        return self._comparison()

    def _function(self, name: str, depth: int) -> Expression:
        self._must_take("mark", "(")
        found: Expression
        if name == "not":
            found = Not(self.either(depth + 1))
        elif name == "answered":
            found = Answered(self._name())
        else:
            subject = self._subject()
            self._must_take("mark", ",")
            found = Selected(subject, self._text())
        self._must_take("mark", ")")
        return found

    def _comparison(self) -> Expression:
        left = self._operand()
        sign = self._take()
        if sign.kind != "sign":
            raise ExpressionRefused(
                french("au caractère {at}, il faut un signe : =, !=, <, <=, > ou >="), sign.at
            )
        return Compare(left, sign.text, self._operand())

    def _operand(self) -> Operand:
        token = self._next
        if token.kind == "name" or (token.kind, token.text) == ("mark", "."):
            return self._subject()
        if token.kind == "number":
            self._take()
            return Literal(_number(token.text))
        if token.kind == "text":
            return Literal(self._text())
        if self._takes("word", "date"):
            return self._date()
        raise ExpressionRefused(
            french("au caractère {at}, il faut une question ${{…}}, un nombre, un texte entre ' ou une date"),
            token.at,
        )

    def _subject(self) -> Name | This:
        return This() if self._takes("mark", ".") else self._name()

    def _name(self) -> Name:
        token = self._take()
        if token.kind != "name":
            raise ExpressionRefused(
                french("au caractère {at}, il faut une question, comme ${{globale}}"), token.at
            )
        return Name(token.text[2:-1])

    def _text(self) -> str:
        token = self._take()
        if token.kind != "text":
            raise ExpressionRefused(french("au caractère {at}, il faut un texte entre '"), token.at)
        if len(token.text) == len("''"):
            raise ExpressionRefused(
                french("au caractère {at}, le texte est vide : écrivez answered(${{…}})"), token.at
            )
        return token.text[1:-1]

    def _date(self) -> Literal:
        self._must_take("mark", "(")
        at = self._next.at
        text = self._text()
        self._must_take("mark", ")")
        try:
            return Literal(_day(text))
        except ValueError as error:
            raise ExpressionRefused(
                french("au caractère {at}, il faut une date comme '2026-12-31'"), at
            ) from error

    def _take(self) -> Token:
        token = self._next
        self._place += token.kind != "end"
        return token

    def _takes(self, kind: str, text: str) -> bool:
        is_there = (self._next.kind, self._next.text) == (kind, text)
        self._place += is_there
        return is_there

    def _must_take(self, kind: str, text: str) -> None:
        if not self._takes(kind, text):
            raise ExpressionRefused(
                french("au caractère {at}, il manque « {text} »"), self._next.at, text=text
            )


def _number(text: str) -> int | float:
    value = float(text)
    return int(value) if value.is_integer() else value


def _day(text: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise ValueError(text)
    return date.fromisoformat(text)
