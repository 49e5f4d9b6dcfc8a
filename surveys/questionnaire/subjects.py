"""What a condition speaks of: questions, facts of the visit, the answer it checks."""

from collections.abc import Iterator

from surveys.questionnaire.expression import (
    Answered,
    Both,
    Compare,
    Either,
    Expression,
    Name,
    Not,
    Operand,
    Selected,
    This,
)


def subjects(expression: Expression) -> Iterator[tuple[Expression, tuple[Operand, ...]]]:
    """List what a condition is made of: each comparison or test, with what it speaks of."""
    match expression:
        case Both(parts) | Either(parts):
            for part in parts:
                yield from subjects(part)
        case Not(inner):
            yield from subjects(inner)
        case Compare(left, _, right):
            yield expression, (left, right)
        case Selected(subject, _) | Answered(subject):
            yield expression, (subject,)


def names(expression: Expression) -> frozenset[str]:
    """Name the questions and facts that a condition speaks of.

    >>> from surveys.questionnaire.expression import parse
    >>> sorted(names(parse("${a} = ${b} and . > 1")))
    ['a', 'b']
    """
    return frozenset(
        operand.name for _, found in subjects(expression) for operand in found if isinstance(operand, Name)
    )


def is_about_this(expression: Expression) -> bool:
    """Tell whether a condition speaks of `.`, as only constraints may."""
    return any(isinstance(operand, This) for _, found in subjects(expression) for operand in found)
