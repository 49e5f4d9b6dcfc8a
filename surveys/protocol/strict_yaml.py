"""YAML as a protocol may be written: nothing twice, no endless aliases, and the line of what is wrong."""

from collections.abc import Hashable, Mapping

import yaml

from quality.french import french

MOST_ALIASES = 20  # an alias of aliases doubles what it repeats each time
UNREADABLE = french("ce texte ne peut pas être lu\u00a0: partez d’un protocole téléchargé ici")


class Unreadable(Exception):
    """A text that is not such YAML: where, and what to do; `values` fill the places of the sentence."""

    def __init__(self, path: str, sentence: str, values: Mapping[str, object] | None = None) -> None:
        super().__init__(sentence)
        self.path, self.sentence, self.values = path, sentence, values or {}


class _Strict(yaml.SafeLoader):
    """YAML that refuses a field written twice, of which the last would silently win, and endless aliases."""

    aliases = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            self.aliases += 1
            if self.aliases > MOST_ALIASES:
                raise Unreadable("", UNREADABLE)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, object]:
        names = [key.value for key, _ in node.value if key.value != "<<"]
        double = next((name for name in names if names.count(name) > 1), None)
        if double is not None:
            line = node.start_mark.line + 1
            sentence = french("le champ «\u00a0{name}\u00a0» est écrit deux fois")
            raise Unreadable(f"ligne {line}", sentence, {"name": double})
        return super().construct_mapping(node, deep)


def parsed(source: bytes) -> object:
    """Read YAML, or raise Unreadable with the line to mend."""
    try:
        return yaml.load(source, Loader=_Strict)  # noqa: S506
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise Unreadable(f"ligne {line}", UNREADABLE) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Unreadable("", UNREADABLE) from error
