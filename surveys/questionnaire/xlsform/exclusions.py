"""Choices that exclude the others: the constraint by which a form says so, however it is spelled."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from surveys.questionnaire.expression import SIGNS
from surveys.questionnaire.xlsform.xpath import Call, Dot, Node, Number, Pair, Text

MOST_TOGETHER, MOST_VALUES = 3, 25
_COUNT = Call("count-selected", (Dot(),))


class _AnotherThing(Exception):
    """A part of the constraint speaks of something else than what is chosen."""


def parts(node: Node) -> Iterator[Node]:
    """List what a constraint asks for, each thing apart.

    >>> from surveys.questionnaire.xlsform.xpath import read
    >>> len(list(parts(read(". > 1 and (. < 5 and . != 3)"))))
    3
    """
    if isinstance(node, Pair) and node.sign == "and":
        yield from parts(node.left)
        yield from parts(node.right)
    else:
        yield node


def excluding(node: Node, values: Sequence[str]) -> frozenset[str] | None:
    """Name the choices that a condition allows only alone; None where it says something else.

    >>> from surveys.questionnaire.xlsform.xpath import read
    >>> excluding(read("not(selected(., 'rien') and count-selected(.) > 1)"), ("a", "b", "rien"))
    frozenset({'rien'})
    """
    if len(values) > MOST_VALUES:
        return None
    try:
        alone = frozenset(
            value
            for value in _named(node)
            if len(values) > 1 and not any(_holds(node, {value, other}) for other in values if other != value)
        )
        is_said = all(_holds(node, some) == (len(some) < 2 or not some & alone) for some in _some(values))
    except _AnotherThing:
        return None
    return alone if alone and is_said else None


def _named(node: Node) -> Iterator[str]:
    match node:
        case Pair(_, left, right):
            yield from _named(left)
            yield from _named(right)
        case Call("selected", (Dot(), Text(value))):
            yield value
        case Call(_, given):
            for each in given:
                yield from _named(each)


def _some(values: Sequence[str]) -> Iterator[set[str]]:
    for size in range(1, MOST_TOGETHER + 1):
        yield from (set(chosen) for chosen in combinations(values, size))
    yield set(values)


def _holds(node: Node, chosen: Iterable[str]) -> bool:
    match node:
        case Pair("and", left, right):
            return _holds(left, chosen) and _holds(right, chosen)
        case Pair("or", left, right):
            return _holds(left, chosen) or _holds(right, chosen)
        case Call("not", (inner,)):
            return not _holds(inner, chosen)
        case Call("selected", (Dot(), Text(value))):
            return value in chosen
        case Pair(sign, left, Number(value)) if left == _COUNT and sign in SIGNS:
            return bool(SIGNS[sign](len(list(chosen)), value))
    raise _AnotherThing
