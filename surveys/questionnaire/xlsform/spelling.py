"""A condition of ours written in the XPath of an XLSForm, with the same meaning there.

There, what was not answered is an empty text, unequal to everything, and « ne sait pas » a choice like the
others: `!=` must ask for an answer first, so that it stays false where ours is.
"""

from collections.abc import Sequence
from datetime import date

from surveys.questionnaire.definition import Item, Kind
from surveys.questionnaire.expression import (
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
    parse,
)
from surveys.questionnaire.xlsform.subjects import FACTS, TODAY, VISIT_DATE, Subject, Subjects, subject

REFERENCE, CUT = "${", "\0"


def relevant_of(item: Item, earlier: Subjects) -> str:
    """Write when a question is asked; empty where it always is."""
    return spelled(parse(item.relevant), {**FACTS, **earlier}) if item.relevant else ""


def constraint_of(item: Item, earlier: Subjects) -> str:
    """Write what an answer must be: what its definition says, and that some answers exclude the others."""
    excluding = [choice.value or "" for choice in item.choices if choice.exclusive]
    return constraint(subject(item), excluding, item.constraint, earlier)


def constraint(this: Subject, excluding: Sequence[str], text: str | None, earlier: Subjects) -> str:
    """Write a constraint of ours, and that some answers exclude the others, in one condition."""
    alone = [*excluding, *this.outside]
    parts = [_alone(alone)] if this.kind is Kind.MULTIPLE and alone else []
    if text:
        own = spelled(parse(text), {**FACTS, **earlier}, this)
        parts.append(" or ".join([*(_is(this, value) for value in this.outside), _grouped_if(this, own)]))
    return parts[0] if len(parts) == 1 else " and ".join(f"({part})" for part in parts)


def spelled(expression: Expression, known: Subjects, this: Subject | None = None) -> str:
    """Write a condition in XPath.

    >>> globale = Subject("globale", Kind.RATING, ("1", "2"), ("nsp",))
    >>> spelled(parse("${globale} != 2 and answered(${globale})"), {"globale": globale})
    "(${globale} != '' and ${globale} != 'nsp' and ${globale} != 2) and ${globale} != ''"
    """
    match expression:
        case Both(parts):
            return " and ".join(_grouped(part, known, this) for part in parts)
        case Either(parts):
            return " or ".join(_grouped(part, known, this) for part in parts)
        case Not(inner):
            return f"not({spelled(inner, known, this)})"
        case Answered(asked):
            return f"{_operand(asked)} != ''"
        case Selected(asked, value):
            return f"selected({_operand(asked)}, {_text(value)})"
        case Compare(left, sign, right):
            return _compared(left, sign, right, known, this)


def _grouped(part: Expression, known: Subjects, this: Subject | None) -> str:
    text = spelled(part, known, this)
    return f"({text})" if isinstance(part, Both | Either) else text


def _grouped_if(this: Subject, own: str) -> str:
    return f"({own})" if this.outside else own


def _compared(left: Operand, sign: str, right: Operand, known: Subjects, this: Subject | None) -> str:
    sides = [_subject(each, known, this) for each in (left, right)]
    are_numbers = all(each is not None and each.is_number for each in sides)
    words = [_operand(each) for each in (left, right)]
    if are_numbers and sign in {"=", "!="}:
        # Two fields are compared as texts, and 2 would differ from 2.0.
        words = [f"number({each})" for each in words]
    asked = _asked(left, right, known)
    guards: list[str] = []
    if sign == "!=":
        guards = [guard for each in asked for guard in _guards(each)]
    elif sign == "=" and None not in sides and not are_numbers:
        guards = [guard for each in asked[:1] for guard in _guards(each)]
    whole = f" {sign} ".join(words)
    return f"({' and '.join([*guards, whole])})" if guards else whole


def _asked(left: Operand, right: Operand, known: Subjects) -> list[Subject]:
    """List the questions compared, which may be unanswered; a fact of the visit is known."""
    named = [known[each.name] for each in (left, right) if isinstance(each, Name)]
    return [each for each in named if not each.is_fact]


def _guards(asked: Subject) -> list[str]:
    return [f"${{{asked.name}}} != {_text(value)}" for value in ("", *asked.outside)]


def _subject(operand: Operand, known: Subjects, this: Subject | None) -> Subject | None:
    if isinstance(operand, Name):
        return known[operand.name]
    return None if isinstance(operand, Literal) else this


def _is(this: Subject, value: str) -> str:
    return f"selected(., {_text(value)})" if this.kind is Kind.MULTIPLE else f". = {_text(value)}"


def _alone(values: Sequence[str]) -> str:
    tests = " or ".join(f"selected(., {_text(value)})" for value in values)
    return f"count-selected(.) = 1 or not({tests})"


def _operand(operand: Operand) -> str:
    match operand:
        case Name(name) if name == TODAY:
            return "today()"
        case Name(name) if name == VISIT_DATE:
            # The field is hidden, thus a text.
            return f"date(${{{name}}})"
        case Name(name):
            return f"${{{name}}}"
        case Literal(value):
            return _literal(value)
        case _:
            return "."


def _literal(value: int | float | str | date) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, date):
        return f"date('{value.isoformat()}')"
    return f"{value:.6f}".rstrip("0").removesuffix(".") if isinstance(value, float) else str(value)


def _text(value: str) -> str:
    """Quote a text; a reference inside would be taken for a question, and is cut in two."""
    quote = '"' if '"' not in value and ("'" in value or "’" in value) else "'"
    pieces = value.replace(REFERENCE, f"${CUT}{{").split(CUT)
    quoted = [f"{quote}{piece}{quote}" for piece in pieces]
    return quoted[0] if len(quoted) == 1 else f"concat({', '.join(quoted)})"
