"""A condition of a form said in our language, with the meaning that it has there.

There, a question without answer is an empty text: unequal to everything, and smaller or greater than nothing.
Ours makes every comparison with it false. So `!=` becomes `not(… = …)`, and an empty text `answered(…)`.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from quality.french import french
from surveys.questionnaire.definition import Kind
from surveys.questionnaire.expression import (
    EQUALITY,
    SIGNS,
    Answered,
    Both,
    Compare,
    Either,
    Expression,
    Literal,
    Name,
    Not,
    Operand,
    Selected,
    This,
)
from surveys.questionnaire.subjects import subjects
from surveys.questionnaire.xlsform.subjects import FACTS, TODAY, Subject, Subjects
from surveys.questionnaire.xlsform.xpath import Call, Dot, Field, Node, Number, Pair, Text, XPathRefused

Meaning = Expression | bool

_UNKNOWN_FUNCTION = french("«\u00a0{name}()\u00a0» n’existe pas ici. Comparez avec =, <, > ou selected().")
_CALCULATION = french("«\u00a0{sign}\u00a0» ne se calcule pas ici. Comparez à un nombre ou à une date.")
_UNKNOWN_NAME = french(
    "«\u00a0${{{name}}}\u00a0» n’est ni une question gardée qui précède, ni un fait de la visite"
)
_NO_CONDITION = french("il faut une comparaison, pas une valeur seule")
_NO_DATE = french("«\u00a0{text}\u00a0» n’est pas une date comme 2026-12-31")
_BOTH_OUTSIDE = french("«\u00a0nsp\u00a0» et «\u00a0so\u00a0» ne se distinguent pas dans une condition")


def understood(node: Node, known: Subjects, this: Subject | None = None) -> Meaning:
    """Say a condition in our language, or True or False where it always or never holds.

    >>> from surveys.questionnaire.xlsform.xpath import read
    >>> from surveys.questionnaire.expression import written
    >>> note = Subject("note", Kind.RATING, ("1", "2", "3", "4", "5"))
    >>> written(understood(read("${note} != '' and ${note} != '2'"), {"note": note}))
    'answered(${note}) and not(${note} = 2)'
    """
    return _Understanding({**FACTS, **known}, this).meaning(node)


def fits(expression: Expression, known: Subjects, this: Subject | None = None) -> bool:
    """Tell whether a condition compares like with like, and thus says the same in both languages."""
    return all(
        _suits(part, literal, asked)
        for part, operands in subjects(expression)
        for literal, asked in _literals(part, operands, {**FACTS, **known}, this)
    )


def _literals(
    part: Expression, operands: tuple[Operand, ...], known: Subjects, this: Subject | None
) -> Iterator[tuple[Literal, Subject | None]]:
    """List what questions and facts are compared with."""
    given = [each for each in operands if isinstance(each, Literal)]
    literals = [Literal(part.value)] if isinstance(part, Selected) else given
    for operand in operands:
        if isinstance(operand, Name):
            yield from ((literal, known.get(operand.name)) for literal in literals)
        elif isinstance(operand, This):
            yield from ((literal, this) for literal in literals)


def _suits(part: Expression, literal: Literal, asked: Subject | None) -> bool:
    if asked is None or literal.value in asked.outside or _fitted(literal, asked) != literal:
        return False
    is_ordered = isinstance(part, Compare) and part.sign not in EQUALITY
    return asked.is_number or not (is_ordered and asked.values)


class _Understanding:
    """Says one condition, which knows the questions that come before it."""

    def __init__(self, known: Subjects, this: Subject | None) -> None:
        self._known = known
        self._this = this

    def meaning(self, node: Node) -> Meaning:
        match node:
            case Pair("and", left, right):
                return both((self.meaning(left), self.meaning(right)))
            case Pair("or", left, right):
                return either((self.meaning(left), self.meaning(right)))
            case Pair(sign, left, right) if sign in SIGNS:
                return self._compared(left, sign, right)
            case Pair(sign):
                raise XPathRefused(_CALCULATION, sign=sign)
            case Call(name, given):
                return self._called(name, given)
        raise XPathRefused(_NO_CONDITION)

    def _called(self, name: str, given: tuple[Node, ...]) -> Meaning:
        match name, given:
            case "true", ():
                return True
            case "false", ():
                return False
            case "not", (inner,):
                return opposite(self.meaning(inner))
            case "selected", (asked, Text(value)):
                return self._selected(asked, value)
        raise XPathRefused(_UNKNOWN_FUNCTION, name=name)

    def _selected(self, asked: Node, value: str) -> Meaning:
        about, operand = self._subject(asked), self._operand(asked)
        if about is None or isinstance(operand, Literal):
            raise XPathRefused(_NO_CONDITION)
        if value in about.outside:
            return self._is_outside(operand, about, value)
        if about.is_number:
            return Compare(operand, "=", _fitted(Literal(value), about))
        return Selected(operand, value)

    def _compared(self, left: Node, sign: str, right: Node) -> Meaning:
        if Text("") in (left, right):
            return self._empty(right if left == Text("") else left, sign)
        if isinstance(left, Call) and left.name == "string-length":
            return self._long(left, sign, right)
        sides = self._operand(left), self._operand(right)
        about = self._subject(left), self._subject(right)
        for (side, other), asked in zip((sides, sides[::-1]), about, strict=True):
            if asked and isinstance(other, Literal):
                return self._with_literal(sides, sign, side, asked, other)
        return self._between(sides, sign, about, are_numbers=isinstance(left, Call) and left.name == "number")

    def _with_literal(
        self, sides: tuple[Operand, Operand], sign: str, side: Operand, asked: Subject, literal: Literal
    ) -> Meaning:
        if sign == "!=" and self._may_be_missing(side):
            return opposite(self._with_literal(sides, "=", side, asked, literal))
        if literal.value in asked.outside:
            found = self._is_outside(side, asked, str(literal.value))
            return found if sign == "=" else opposite(found)
        fitted = _fitted(literal, asked)
        left, right = (fitted if each is literal else each for each in sides)
        if sign not in EQUALITY and asked.values and not asked.is_number:
            return _ordered(side, asked, sign, literal, is_left=left is side)
        return Compare(left, sign, right)

    def _between(
        self,
        sides: tuple[Operand, Operand],
        sign: str,
        about: tuple[Subject | None, ...],
        *,
        are_numbers: bool,
    ) -> Meaning:
        missing = [
            (each, asked)
            for each, asked in zip(sides, about, strict=True)
            if asked and self._may_be_missing(each)
        ]
        if sign == "!=" and missing:
            return opposite(self._between(sides, "=", about, are_numbers=are_numbers))
        found = Compare(sides[0], sign, sides[1])
        if sign != "=" or len(missing) < len(sides) or are_numbers:
            return found
        return either((found, *self._alike(missing)))

    def _alike(self, missing: list[tuple[Operand, Subject]]) -> Iterable[Meaning]:
        """Two fields are equal in a form when both are empty, or both say « ne sait pas »."""
        yield both(self._is_empty(each) for each, _ in missing)
        shared = set.intersection(*(set(asked.outside) for _, asked in missing))
        for value in sorted(shared):
            yield both(self._is_outside(each, asked, value) for each, asked in missing)

    def _empty(self, asked: Node, sign: str) -> Meaning:
        if sign not in EQUALITY or self._subject(asked) is None:
            raise XPathRefused(_NO_CONDITION)
        found = self._is_empty(self._operand(asked))
        return found if sign == "=" else opposite(found)

    def _long(self, length: Call, sign: str, bound: Node) -> Meaning:
        """A length says whether something was written; ours counts no letters."""
        equal: dict[tuple[str, float | None], str] = {("=", 0): "=", ("<", 1): "="}
        equal |= {("!=", 0): "!=", (">", 0): "!=", (">=", 1): "!="}
        worth = bound.value if isinstance(bound, Number) else None
        if len(length.given) != 1 or (sign, worth) not in equal:
            raise XPathRefused(_UNKNOWN_FUNCTION, name=length.name)
        return self._empty(length.given[0], equal[sign, worth])

    def _is_empty(self, operand: Operand) -> Meaning:
        if isinstance(operand, Name) and self._may_be_missing(operand):
            return Not(Answered(operand))
        return False

    def _is_outside(self, operand: Operand, asked: Subject, value: str) -> Meaning:
        """Ours has no word for « ne sait pas »: something was said, and none of the answers of substance."""
        if not isinstance(operand, Name):
            return False  # a constraint never judges it
        if asked.outside != (value,):
            raise XPathRefused(_BOTH_OUTSIDE)
        return both((Answered(operand), opposite(_given(operand, asked))))

    def _may_be_missing(self, operand: Operand) -> bool:
        return isinstance(operand, Name) and operand.name not in FACTS

    def _subject(self, node: Node) -> Subject | None:
        match node:
            case Dot():
                return self._this
            case Field(name):
                return self._named(name)
            case Call("today", ()):
                return FACTS[TODAY]
            case Call("date" | "number" | "string", (inner,)):
                return self._subject(inner)
        return None

    def _named(self, name: str) -> Subject:
        if name not in self._known:
            raise XPathRefused(_UNKNOWN_NAME, name=name)
        return self._known[name]

    def _operand(self, node: Node) -> Operand:
        match node:
            case Number(value) | Text(value):
                return Literal(value)
            case Dot():
                return This()
            case Field(name):
                return Name(self._named(name).name)
            case Pair(sign):
                raise XPathRefused(_CALCULATION, sign=sign)
            case Call(name, given):
                return self._worth(name, given)

    def _worth(self, name: str, given: tuple[Node, ...]) -> Operand:
        match name, given:
            case "today", ():
                return Name(TODAY)
            case "date", (Text(text),):
                return Literal(_day(text))
            case "concat", _ if all(isinstance(each, Text) for each in given):
                return Literal("".join(str(each.value) for each in given if isinstance(each, Text)))
            case "date" | "number" | "string", (inner,):
                return self._operand(inner)
        raise XPathRefused(_UNKNOWN_FUNCTION, name=name)


def _given(operand: Name, asked: Subject) -> Meaning:
    if asked.is_number:
        return Compare(operand, ">=", Literal(min(int(value) for value in asked.values)))
    if asked.kind is Kind.MULTIPLE:
        return either(Selected(operand, value) for value in asked.values)
    return either(Compare(operand, "=", Literal(value)) for value in asked.values)


def _fitted(literal: Literal, asked: Subject) -> Literal:
    """A choice is a text in a form, and may be compared to a number; a mark is a number here."""
    value = literal.value
    if asked.is_number and isinstance(value, str) and _number(value) is not None:
        number = float(value)
        return Literal(int(number) if number.is_integer() else number)
    if asked.values and not asked.is_number and isinstance(value, int | float) and str(value) in asked.values:
        return Literal(str(value))
    return literal


def _ordered(side: Operand, asked: Subject, sign: str, literal: Literal, *, is_left: bool) -> Meaning:
    """Say which choices are smaller or greater, where their values are numbers."""
    bound = _number(str(literal.value))
    if bound is None:
        return Compare(side, sign, literal)
    numbers = {value: _number(value) for value in asked.values}
    fitting = [
        value
        for value, number in numbers.items()
        if number is not None and SIGNS[sign](*((number, bound) if is_left else (bound, number)))
    ]
    return either(Compare(side, "=", Literal(value)) for value in fitting)


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if abs(found) < 1e9 else None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise XPathRefused(_NO_DATE, text=text) from error


def both(parts: Iterable[Meaning]) -> Meaning:
    """Join conditions by « and », without those that always hold."""
    found = _flat(parts, Both)
    if False in found:
        return False
    return _joined(found, Both, alone=True)


def either(parts: Iterable[Meaning]) -> Meaning:
    """Join conditions by « or », without those that never hold."""
    found = _flat(parts, Either)
    if True in found:
        return True
    return _joined(found, Either, alone=False)


def opposite(found: Meaning) -> Meaning:
    if isinstance(found, Not):
        return found.inner
    return not found if isinstance(found, bool) else Not(found)


def _flat(parts: Iterable[Meaning], kind: type[Both] | type[Either]) -> list[Meaning]:
    return [each for part in parts for each in (part.parts if isinstance(part, kind) else (part,))]


def _joined(found: list[Meaning], kind: type[Both] | type[Either], *, alone: bool) -> Meaning:
    parts = [each for each in found if not isinstance(each, bool)]
    if not parts:
        return alone
    return parts[0] if len(parts) == 1 else kind(tuple(parts))
