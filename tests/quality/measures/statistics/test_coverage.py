"""How often the 95 % intervals hold the true figure, for clustered answers simulated at random.

`make long` draws 10,000 times for each line and prints the table.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from math import sqrt

import numpy as np
import pytest
from numpy.random import Generator
from scipy.stats import norm

from quality.measures.statistics import Interval, Moments, share
from quality.measures.statistics.composite import composite
from quality.measures.statistics.promoters import Sides, net_promoter
from tests.quality.measures.statistics.simulated import (
    Population,
    items,
    latent_marks,
    marks,
    quarter_of,
    tell,
)
from tests.scale import SCALE

ROUNDS = 1000
FULL_ROUNDS = 100 * SCALE
CLIENTS = (20, 40, 120, 400)  # 20 are shown as fragile, from 40 flags and comparisons are allowed
LEAST, MOST = 0.93, 0.97
CUTS = {(0.2, 0.3, 0.5): "20/30/50", (0.05, 0.2, 0.75): "5/20/75"}


@dataclass(frozen=True)
class Line:
    """One line of the table: what is estimated, from what clients, and its true figure."""

    name: str
    clients: int
    true: float
    estimate: Callable[[Generator], Interval | None]

    def __str__(self) -> str:
        return f"{self.name}, {self.clients} clients"


def shares(p: float, icc: float, clients: int) -> Iterator[Line]:
    population = Population(p, icc, clients)
    yield Line(
        f"share {p}, icc {icc}", clients, p, lambda random: share(Moments.of(population.answers(random)))
    )
    yield Line(
        f"quarter {p}, icc {icc}",
        clients,
        p,
        lambda random: share(Moments.of(quarter_of(population.months(random)))),
    )


def scores(parts: tuple[float, float, float], clients: int) -> Iterator[Line]:
    true, sd = 100 * (parts[2] - parts[0]), 0.6
    reach = sqrt(1 + sd * sd)
    cuts = (reach * norm.ppf(parts[0]), reach * norm.isf(parts[2]))
    yield Line(
        f"NPS {CUTS[parts]}, icc 0.095",
        clients,
        true,
        lambda random: net_promoter(Sides.of(marks(random, parts, 0.095, clients))),
    )
    yield Line(
        f"NPS {CUTS[parts]}, one temper",
        clients,
        true,
        lambda random: net_promoter(Sides.of(latent_marks(random, cuts, sd, clients))),
    )


def table(sizes: tuple[int, ...]) -> Iterator[Line]:
    for clients in sizes:
        for p, icc in ((0.5, 0.095), (0.8, 0.095), (0.9, 0.095), (0.9, 0.2), (0.95, 0.095)):
            yield from shares(p, icc, clients)
        for parts in CUTS:
            yield from scores(parts, clients)
        yield Line(
            "composite .80 .85 .90, icc 0.095",
            clients,
            0.85,
            lambda random, of=clients: composite(items(random, (0.8, 0.85, 0.9), 0.095, of)),
        )


def coverage(line: Line, rounds: int) -> float:
    random, held = np.random.default_rng([2026, line.clients, len(line.name)]), 0
    for _ in range(rounds):
        found = line.estimate(random)
        assert found is not None
        held += found.low <= line.true <= found.high
    return held / rounds


SHORT = [
    line for line in table((120,)) if "0.9," in line.name or "20/30/50" in line.name or "comp" in line.name
]


@pytest.mark.parametrize("line", SHORT, ids=str)
def test_intervals_hold_the_truth_as_often_as_they_say(line: Line) -> None:
    assert LEAST <= coverage(line, ROUNDS) <= MOST


@pytest.mark.long
@pytest.mark.parametrize("line", list(table(CLIENTS)), ids=str)
def test_full_size_intervals_hold_the_truth_as_often_as_they_say(
    line: Line, capsys: pytest.CaptureFixture[str]
) -> None:
    found = coverage(line, FULL_ROUNDS)
    tell(capsys, f"{line}: {found:.2%} of {FULL_ROUNDS}")
    assert LEAST <= found <= MOST


def test_months_added_up_claim_what_they_do_not_know() -> None:
    """A client of three months is one client: counted as three, the interval misses more than it says."""
    population, random, folded, added = Population(0.8, 0.2, 120), np.random.default_rng(4), 0, 0
    for _ in range(ROUNDS):
        months = population.months(random)
        right, wrong = share(Moments.of(quarter_of(months))), share(Moments.of(chain.from_iterable(months)))
        assert right is not None
        assert wrong is not None
        folded += right.low <= 0.8 <= right.high
        added += wrong.low <= 0.8 <= wrong.high
    assert folded / ROUNDS >= LEAST
    assert added / ROUNDS < LEAST
