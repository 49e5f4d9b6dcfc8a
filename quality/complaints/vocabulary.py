"""What is done about complaints and what causes them: codes and words, read once from vocabulary.yaml.

>>> REMEDIES["refund"].needs_amount, CAUSES["invoice"].words.en
(True, 'Invoice')
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import msgspec

SOURCE = Path(__file__).with_name("vocabulary.yaml")
Code = Annotated[str, msgspec.Meta(pattern=r"\A[a-z][a-z_]{0,23}\Z")]
Said = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    fr: Said
    en: Said

    def spoken(self, language: str) -> str:
        return self.en if language == "en" else self.fr


class RemedyEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={
    "needs_amount": "amount", "needs_name": "name", "is_seen_in_file": "file"
}):  # fmt: skip
    """One thing that may be done: whether it asks for a sum, for the client's name, and shows in a file."""

    code: Code
    words: Words
    needs_amount: bool = False
    needs_name: bool = False
    is_seen_in_file: bool = False


class Cause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A leaf of the tree of causes."""

    code: Code
    words: Words


class Branch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first level of the tree of causes."""

    code: Code
    words: Words
    leaves: Annotated[tuple[Cause, ...], msgspec.Meta(min_length=1)]


class Vocabulary(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    remedies: tuple[RemedyEntry, ...]
    causes: tuple[Branch, ...]


def read(text: bytes) -> Vocabulary:
    """Read a vocabulary, or raise ValueError: an unknown field, a code too long, a code that stands twice."""
    found = msgspec.yaml.decode(text, type=Vocabulary)
    for codes in (_remedies(found), [leaf.code for leaf in _leaves(found)], [b.code for b in found.causes]):
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            message = f"vocabulary: {', '.join(twice)} stands twice"
            raise ValueError(message)
    return found


def _remedies(found: Vocabulary) -> list[str]:
    return [each.code for each in found.remedies]


def _leaves(found: Vocabulary) -> Iterator[Cause]:
    return (leaf for branch in found.causes for leaf in branch.leaves)


VOCABULARY = read(SOURCE.read_bytes())
REMEDIES: Mapping[str, RemedyEntry] = MappingProxyType({each.code: each for each in VOCABULARY.remedies})
BRANCHES: tuple[Branch, ...] = VOCABULARY.causes
CAUSES: Mapping[str, Cause] = MappingProxyType({leaf.code: leaf for leaf in _leaves(VOCABULARY)})


def branch_of(cause: str) -> Branch:
    """Give the branch of a leaf.

    >>> branch_of("skill").code
    'person'
    """
    return next(branch for branch in BRANCHES if any(leaf.code == cause for leaf in branch.leaves))
