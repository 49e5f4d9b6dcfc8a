"""What is kept of a simulation once its visits are forgotten: the figures of each protocol (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import msgspec

from surveys.simulation.figures import Figures
from surveys.simulation.running import Simulated


@dataclass(frozen=True, slots=True)
class Outcome:
    """The figures of each protocol, in the order asked; `refused` lines of a file were left out."""

    figures: Sequence[Figures]
    calls_per_hour: int
    refused: int


def outcome_of(simulated: Simulated) -> Outcome:
    return Outcome(simulated.figures, simulated.calls_per_hour, simulated.refused)


def encode(outcome: Outcome) -> str:
    return msgspec.json.encode(outcome, enc_hook=str).decode()


def decode(kept: str) -> Outcome:
    return msgspec.json.decode(kept, type=Outcome, dec_hook=_fraction)


def _fraction(_type: type[Fraction], written: str) -> Fraction:
    return Fraction(written)
