"""The text of the catalogue as YAML: where each thing stands, and what cannot be read."""

import re
from typing import Any

import yaml

from quality import yaml_nodes


class CatalogueError(ValueError):
    """The catalogue cannot be read: says the line and the reason."""

    def __init__(self, line: int, reason: str) -> None:
        self.line = line
        super().__init__(f"catalogue, line {line}: {reason}")


def line_of(node: yaml.Node | None, path: str = "") -> int:
    """Find the line of a path such as `$.indicators[2].unit`."""
    found: Any = node
    for name, index in re.findall(r"\.(\w+)|\[(\d+)\]", path):
        keyed = found.value if index else {key.value: value for key, value in found.value}
        found = keyed[int(index) if index else name]
    return int(found.start_mark.line) + 1 if found else 1


def _refuse_repeated_keys(node: yaml.Node | None) -> None:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_repeated_keys(item)
    elif isinstance(node, yaml.MappingNode):
        seen: set[Any] = set()
        for key, value in node.value:
            if key.value in seen:
                raise CatalogueError(line_of(key), f"`{key.value}` stands twice")
            seen.add(key.value)
            _refuse_repeated_keys(value)


def compose(text: str) -> yaml.Node | None:
    try:
        node = yaml_nodes.compose(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise CatalogueError(mark.line + 1 if mark else 1, str(error)) from error
    _refuse_repeated_keys(node)
    return node
