"""A fact of a provider as published: what is held of what is asked, and their share (pure)."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from quality.measures.disclosure.status import round_half_up


@dataclass(frozen=True, slots=True)
class PublishedFact:
    """A fact with the release that it stands in; `convention` is the code of its population's, or empty."""

    id: UUID
    provider: UUID
    provider_code: str
    indicator: str
    version: int
    period: str
    asked: int
    held: int
    is_whole: bool
    release: UUID
    method: str
    convention: str = ""

    @property
    def share(self) -> Decimal:
        return share_of(self.held, self.asked)


def share_of(held: int, asked: int) -> Decimal:
    """Give a share of what is asked, in whole per cent; it never reads 100 unless all is held.

    >>> share_of(30, 40), share_of(249, 250), share_of(40, 40)
    (Decimal('75'), Decimal('99'), Decimal('100'))
    """
    shown = round_half_up(Fraction(100 * held, asked))
    return min(shown, Decimal(99)) if held < asked else shown
