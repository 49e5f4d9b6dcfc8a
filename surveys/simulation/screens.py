"""What the page of a simulation shows: its form, then one protocol or two side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

Pairs = Sequence[tuple[str, str]]
Bars = Sequence[tuple[str, Markup, str]]
Rows = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class SimulationForm:
    """What was chosen, as it was written: days, whose visits, which writing of the protocol and against which
    other, answers in % and prices in cents.
    """

    first: str
    last: str
    provider: str
    version: str
    against: str
    arrival: str
    rates: Sequence[tuple[str, str, str, str]]
    prices: Sequence[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class SimulationSide:
    """What one protocol comes to: sentences first, then bars with the table of their values."""

    id: str
    letter: str
    title: str
    sentences: Sequence[str]
    message_bars: Bars
    agent_bars: Bars
    hour_bars: Bars
    days: Rows
    hours: Rows
    costs: Rows


@dataclass(frozen=True, slots=True)
class ProtocolSimulation:
    """/protocoles/{name}/simulation: the form, what was simulated, () before, and one's own simulations."""

    title: str
    sentence: str
    action: str
    is_kept: bool
    form: SimulationForm
    versions: Pairs
    against: Pairs
    providers: Pairs
    arrivals: Pairs
    errors: Pairs
    own: Sequence[tuple[str, str, str]]
    notes: Sequence[str]
    sides: Sequence[SimulationSide]
    answers: Rows
    reasons: Rows


@dataclass(frozen=True, slots=True)
class SimulationProgress:
    """/protocoles/{name}/simulation/{id}, until it ends: where it stands, and what was asked."""

    title: str
    href: str
    form_href: str
    stands: Sequence[str]
    asked: Pairs
