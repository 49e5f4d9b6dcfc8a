"""The rules of scoring by name and version: what an edition names, and what its results are computed by.

A method that changes is a new version beside the old one: what was issued is computed again by the version
that it names, and comes out the same to the byte.
"""

from collections.abc import Callable
from dataclasses import dataclass

from charter.definition import Edition, Scale
from charter.scoring import half, means
from charter.scoring.outcome import Outcome, Said


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of a rule: the scale that it reads, the values that it may give, and the rule itself."""

    scale: Scale
    least: int
    most: int
    compute: Callable[[Edition, Said], Outcome]


RULES: dict[tuple[str, int], Rule] = {
    ("half", 1): Rule(Scale.WORDS, 0, 100, half.first),
    ("means", 1): Rule(Scale.MARKS, 1, 4, means.first),
}


def rule_of(edition: Edition) -> Rule:
    """Find the rule that an edition names.

    >>> from charter.editions import load
    >>> rule_of(load("national-2012")).most
    100
    """
    return RULES[edition.scoring.code, edition.scoring.version]
