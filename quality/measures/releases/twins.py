"""A weighted total as published, for files: the twin of a raw figure of the whole population (pure)."""

from dataclasses import dataclass
from decimal import Decimal

from quality.measures.releases.figures import Published


@dataclass(frozen=True, slots=True)
class WeightedTotal:
    """A total of France or of a département as it is (`raw`) and weighted by the `margins` named.

    In whole per cent of clients, `trimmed` were held at the largest weight, and nobody spoke for `unreached`.
    """

    raw: Published
    value: Decimal
    low: Decimal
    high: Decimal
    margins: tuple[str, ...]
    trimmed: int
    unreached: int
