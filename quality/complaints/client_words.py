"""What a client is told of a complaint: one set of words for letters, messages and pages (pure).

The words are those of client_words.yaml, read once, strictly.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import msgspec

SOURCE = Path(__file__).with_name("client_words.yaml")
FACTS = frozenset(
    {
        "number",
        "reference",
        "provider",
        "platform",
        "opened",
        "acknowledge_by",
        "solution_by",
        "promise",
        "promise_by",
        "solution",
        "verdict_by",
        "phone",
        "hours",
    }
)
CASES = frozenset({"named", "anonymous", "call_first", "awaited", "kept", "broken", "settled", "silent"})


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    fr: str
    en: str

    def of(self, language: str) -> str:
        return self.en if language == "en" else self.fr


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One sentence, said in the case `when` only, or in every case without one."""

    fr: str
    en: str
    when: str = ""

    def of(self, language: str) -> str:
        return self.en if language == "en" else self.fr


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is told at one moment of a complaint."""

    label: Text
    title: Text
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A title and sentences, in the client's language."""

    title: str
    lines: tuple[str, ...]


@cache
def templates() -> Mapping[str, Template]:
    """Read the words; an unknown fact or case in them is an error."""
    loaded = _loaded()
    said = loaded.pop("sentences")
    for template in loaded.values():
        template["lines"] = [_line(line, said) for line in template["lines"]]
    found = msgspec.convert(loaded, dict[str, Template])
    for template in found.values():
        _check(template)
    return found


@cache
def sentences() -> Mapping[str, Text]:
    """Read the sentences that are said in more than one place."""
    return msgspec.convert(_loaded()["sentences"], dict[str, Text])


def told(code: str, language: str, facts: Mapping[str, str], cases: Collection[str] = ()) -> Told:
    """Say what a client is told, leaving out each line that names a fact nobody knows.

    >>> found = told("decided", "fr", {"promise": "Visite refaite."}, ["awaited"])
    >>> found.title, found.lines[0], len(found.lines)
    ('Ce qui a été décidé pour vous', 'Voici ce que nous vous promettons\xa0: Visite refaite.', 2)
    """
    template = templates()[code]
    known = {name: value for name, value in facts.items() if value}
    lines = (line for line in template.lines if not line.when or line.when in cases)
    return Told(
        template.title.of(language),
        tuple(
            written.format_map(known) for line in lines if _names(written := line.of(language)) <= set(known)
        ),
    )


def _loaded() -> dict[str, Any]:
    return msgspec.yaml.decode(SOURCE.read_text(encoding="utf-8"), type=dict[str, Any])


def _line(line: dict[str, str], said: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Put the words of a shared sentence in the line that says it."""
    name = line.pop("say", "")
    return {**line, **said[name]} if name else line


def _names(sentence: str) -> set[str]:
    return {name for _text, name, _format, _conversion in Formatter().parse(sentence) if name}


def _check(template: Template) -> None:
    for line in template.lines:
        for written in (line.fr, line.en):
            if not _names(written) <= FACTS or line.when not in CASES | {""}:
                message = f"unknown fact or case: {written!r} ({line.when})"
                raise ValueError(message)
