"""Clients drawn at random, whose true figure is known: answers of one client are alike."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.random import Generator
from scipy.stats import beta

MOST_ANSWERS = 6
MONTHS = 3
Counts = list[tuple[int, int]]


@dataclass(frozen=True)
class Population:
    """Clients who count a share of their answers, alike within a client by `icc`."""

    share: float
    icc: float
    clients: int

    def tempers(self, random: Generator) -> np.ndarray:
        strength = (1 - self.icc) / self.icc
        return random.beta(self.share * strength, (1 - self.share) * strength, self.clients)

    def answers(self, random: Generator) -> Counts:
        """Draw one (n, x) per client, n from 1 to 6."""
        return _counted(random, self.tempers(random), random.integers(1, MOST_ANSWERS + 1, self.clients))

    def months(self, random: Generator) -> list[Counts]:
        """Draw three months of the same clients: 0 to 2 answers each month, of the same temper."""
        tempers = self.tempers(random)
        return [_counted(random, tempers, random.integers(0, 3, self.clients)) for _ in range(MONTHS)]


def _counted(random: Generator, tempers: np.ndarray, sizes: np.ndarray) -> Counts:
    return list(zip(sizes.tolist(), random.binomial(sizes, tempers).tolist(), strict=True))


def quarter_of(months: Sequence[Counts]) -> Counts:
    """Fold the months of each client."""
    return [(sum(n for n, _ in own), sum(x for _, x in own)) for own in zip(*months, strict=True)]


def marks(random: Generator, parts: Sequence[float], icc: float, clients: int) -> Iterator[list[int]]:
    """Draw a histogram of 0 to 10 per client: detractors at 3, passives at 7, promoters at 10."""
    strength = (1 - icc) / icc
    own = random.dirichlet([part * strength for part in parts], clients)
    for chances, size in zip(own, random.integers(1, MOST_ANSWERS + 1, clients), strict=True):
        detractors, passives, promoters = random.multinomial(size, chances).tolist()
        yield [0, 0, 0, detractors, 0, 0, 0, passives, 0, 0, promoters]


def latent_marks(random: Generator, cuts: Sequence[float], sd: float, clients: int) -> Iterator[list[int]]:
    """Draw them from one temper a client on a normal scale, cut in two: who is worse is worse throughout."""
    for temper, size in zip(
        random.normal(0, sd, clients), random.integers(1, MOST_ANSWERS + 1, clients), strict=True
    ):
        levels = temper + random.normal(0, 1, size)
        detractors, promoters = int((levels < cuts[0]).sum()), int((levels > cuts[1]).sum())
        yield [0, 0, 0, detractors, 0, 0, 0, int(size) - detractors - promoters, 0, 0, promoters]


def items(
    random: Generator, shares: Sequence[float], icc: float, clients: int
) -> list[list[tuple[int, int]]]:
    """Draw 0 to 3 answers of each client to each item: who is pleased is pleased with all."""
    strength = (1 - icc) / icc
    ranks = random.uniform(size=clients)
    columns = []
    for share in shares:
        tempers = beta.ppf(ranks, share * strength, (1 - share) * strength)
        columns.append(_counted(random, tempers, random.integers(0, 4, clients)))
    return [list(row) for row in zip(*columns, strict=True)]


def monthly(
    random: Generator, quality: float, drift: float, per_month: int, months: int
) -> list[list[tuple[int, int]]]:
    """Draw the good marks of a provider of the demonstration, from clients of whom a third answer each month.

    The scale is that of surveys/demo/habits.py: tempers of 0.8, visits of 0.6, marks of 0.4, good above 0.1.
    """
    tempers = random.normal(0, 0.8, 3 * per_month)
    drawn = []
    for month in range(months):
        who = random.choice(tempers, per_month, replace=False)
        level = quality + drift * (month + 0.5) / months + 1.3 + who
        good = level + random.normal(0, 0.6, per_month) + random.normal(0, 0.4, per_month) > 0.1
        drawn.append([(1, int(each)) for each in good])
    return drawn


def tell(capsys: pytest.CaptureFixture[str], words: str) -> None:
    """Print a line of a long proof's table."""
    with capsys.disabled():
        print(f"\n{words}")  # noqa: T201
