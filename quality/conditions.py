"""Conditions on the columns of one table, from Tortoise's Q to SQL, for what is read often and in number.

Tortoise writes each statement anew, which takes longer than PostgreSQL takes to run it, and turns each value
of each row, which takes longer still.
"""

from collections.abc import Callable
from typing import Any

from tortoise.expressions import Q

WORDS = {
    "": "{column} = {value}",
    "in": "{column} = ANY ({value})",
    "startswith": "starts_with({column}, {value})",
}
KEY = "id"  # the column that `pk` means, of every table that is read by rules
ABSENT = {True: "{column} IS NULL", False: "{column} IS NOT NULL"}
Place = Callable[[Any], str]


def written(condition: Q, values: list[Any], table: str) -> str:
    """Write a condition on the columns of a table, and put its values after those that are there.

    It knows equal, `in`, `isnull` and `startswith`; another lookup is a LookupError. A part that says nothing
    is left out, as Tortoise does; what negates nothing is a LookupError, since it may mean all or none.

    >>> values = ["before"]
    >>> written(Q(Q(period="2026-10") | Q(scope__in=("fund",)), provider_id=None), values, "c")
    '((c.provider_id IS NULL) AND ((c.period = $2) OR (c.scope = ANY ($3))))'
    >>> values
    ['before', '2026-10', ['fund']]
    """

    def placed(value: Any) -> str:
        values.append(value)
        return f"${len(values)}"

    return _written(condition, placed, table) or "(true)"


def _written(condition: Q, placed: Place, table: str) -> str:
    parts = [_compared(name, value, placed, table) for name, value in condition.filters.items()]
    parts += [words for each in condition.children if (words := _written(each, placed, table))]
    words = f" {condition.join_type} ".join(parts)
    if not condition._is_negated:  # noqa: SLF001
        return f"({words})" if words else ""
    if not words:
        message = "a condition negates nothing"
        raise LookupError(message)
    return f"NOT ({words})"


def _compared(name: str, value: Any, placed: Place, table: str) -> str:
    column, _, lookup = name.partition("__")
    column = f"{table}.{KEY if column == 'pk' else column}"
    if lookup == "isnull" or (value is None and not lookup):
        return ABSENT[value is None or bool(value)].format(column=column)
    words = WORDS.get(lookup)
    if words is None:
        raise LookupError(f"{name} is not written here")
    return words.format(column=column, value=placed(list(value) if lookup == "in" else value))
