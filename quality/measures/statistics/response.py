"""How many of those asked answered: the response rates of AAPOR. Undefined is None, never 0."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Dispositions:
    """Cases asked, by final disposition (AAPOR, Standard Definitions); capped cases were never sampled."""

    complete: int = 0
    partial: int = 0
    refusal: int = 0
    non_contact: int = 0
    other: int = 0
    unknown_household: int = 0
    unknown_other: int = 0
    not_eligible: int = 0

    @property
    def answered(self) -> int:
        return self.complete + self.partial

    @property
    def reached(self) -> int:
        return self.answered + self.refusal + self.other

    @property
    def eligible(self) -> int:
        return self.reached + self.non_contact

    @property
    def unknown(self) -> int:
        return self.unknown_household + self.unknown_other


@dataclass(frozen=True, slots=True)
class ResponseRates:
    """Response (RR), contact (CON), cooperation (COOP) and refusal (REF) rates; RR2 is the headline."""

    rr1: Fraction | None
    rr2: Fraction | None
    rr3: Fraction | None
    con1: Fraction | None
    coop2: Fraction | None
    ref1: Fraction | None


def _ratio(part: int, whole: int | Fraction) -> Fraction | None:
    return Fraction(part) / whole if whole else None


def response_rates(cases: Dispositions, eligible_unknown: Fraction | None = None) -> ResponseRates:
    """Rate the final dispositions (AAPOR, Standard Definitions).

    `eligible_unknown` is AAPOR's e, the share of unknown cases held eligible; by default that of the known.

    >>> cases = Dispositions(4, 2, 1, 1, 1, 1, 1, 1)
    >>> rates = response_rates(cases, Fraction(9, 10))
    >>> f"{float(rates.rr1):.3f} {float(rates.rr2):.3f} {float(rates.rr3):.3f}"
    '0.364 0.545 0.370'
    >>> response_rates(Dispositions()).rr2 is None
    True
    """
    known = cases.eligible + cases.not_eligible
    e = eligible_unknown if eligible_unknown is not None else Fraction(cases.eligible, known or 1)
    everyone = cases.eligible + cases.unknown
    return ResponseRates(
        rr1=_ratio(cases.complete, everyone),
        rr2=_ratio(cases.answered, everyone),
        rr3=_ratio(cases.complete, cases.eligible + e * cases.unknown),
        con1=_ratio(cases.reached, everyone),
        coop2=_ratio(cases.answered, cases.reached),
        ref1=_ratio(cases.refusal, everyone),
    )
