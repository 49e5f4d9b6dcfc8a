"""What an SMS costs at the longest names, and what the letters outside its alphabet add to it (pure)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surveys.channels.gsm7 import SmsCount, count, transliterate
from surveys.dispatch.text import ended_once

_FACT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a text costs at its longest, and would in the alphabet of SMS; `shown` is it in the first case."""

    shown: str
    count: SmsCount
    repaired: SmsCount

    @property
    def is_raised(self) -> bool:
        """Tell whether letters outside the alphabet make it cost more messages."""
        return self.count.segments > self.repaired.segments


def written(text: str, facts: Mapping[str, str]) -> str:
    """Put the facts in a text; a name that is none of them stays as it is.

    >>> written("{organisme} {organism}", {"organisme": "Aide 34"})
    'Aide 34 {organism}'
    """
    return ended_once(_FACT.sub(lambda found: facts.get(found[1], found[0]), text))


def cost(text: str, cases: Sequence[Mapping[str, str]]) -> Cost:
    """Count a text in the case where it is the longest.

    >>> found = cost("Êtes-vous satisfaite, {jour} ?", [{"jour": "lundi"}, {"jour": "vendredi"}])
    >>> found.shown, found.count.units, found.count.guilty, found.count.segments
    ('Êtes-vous satisfaite, lundi ?', 32, ('Ê',), 1)
    """
    texts = [written(text, facts) for facts in cases]
    longest = max(texts, key=_weight)
    return Cost(texts[0], count(longest), count(transliterate(longest)))


def _weight(text: str) -> tuple[int, int]:
    found = count(text)
    return found.segments, found.units
