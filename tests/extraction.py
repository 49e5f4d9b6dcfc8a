"""How `pybabel extract` reads Python: each call that marks a sentence, however deep it stands in others."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

Found = tuple[int, str, tuple[str | None, ...], list[str]]


def marked_calls(
    source: BinaryIO, keywords: Mapping[str, object], comments: Sequence[str], options: Mapping[str, object]
) -> Iterator[Found]:
    """Yield the arguments of the calls that babel.keywords names; None stands for what is not a text."""
    for call in ast.walk(ast.parse(source.read())):
        if isinstance(call, ast.Call) and call.args and (name := _name(call.func)) in keywords:
            yield call.lineno, name, tuple(_text(argument) for argument in call.args), []


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _text(argument: ast.expr) -> str | None:
    is_text = isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    return argument.value if is_text else None
