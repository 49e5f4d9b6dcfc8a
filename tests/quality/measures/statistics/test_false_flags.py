"""How often providers that did not change, or are like their peers, are flagged; how soon a worse one is."""

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from numpy.random import Generator

from quality.measures.statistics import Moments, effective
from quality.measures.statistics.control import SHORTEST, Chart, ChartPoint, Flag, Side, control_chart
from quality.measures.statistics.funnel import Funnel, Level, Standing, funnel
from tests.quality.measures.statistics.simulated import Population, monthly, tell

SEEDS = 200
MONTHS = 17  # that the demonstration has released
STEADY, WORSENING, IMPROVING = (0.4, 0.0), (0.4, -1.9), (-1.3, 1.8)  # quality and drift, as in quality/demo
MOST_FALSE = 0.05


def chart_of(months: list[list[tuple[int, int]]]) -> Chart:
    moments = [Moments.of(clients) for clients in months]
    return control_chart(
        [ChartPoint(str(i), float(effective(m)), Fraction(m.x) / m.n) for i, m in enumerate(moments)]
    )


def is_called(flags: tuple[Flag, ...], side: Side) -> bool:
    return any(flag.side is side for flag in flags)


def first_called(months: list[list[tuple[int, int]]], side: Side) -> int | None:
    """Give the month at whose end the chart of all months so far first says something of it."""
    ends = range(SHORTEST, len(months) + 1)
    return next((end for end in ends if is_called(chart_of(months[:end]).newest, side)), None)


@pytest.mark.parametrize("per_month", [12, 20, 40])
def test_of_steady_providers_the_newest_month_is_rarely_flagged(per_month: int) -> None:
    drawn = (monthly(np.random.default_rng(seed), *STEADY, per_month, MONTHS) for seed in range(SEEDS))
    false = sum(bool(chart_of(months).newest) for months in drawn)
    assert false / SEEDS <= MOST_FALSE


def test_months_too_few_call_nobody() -> None:
    assert first_called(monthly(np.random.default_rng(1), *WORSENING, 200, SHORTEST - 1), Side.LOW) is None
    assert chart_of([]).newest == ()


@pytest.mark.parametrize(("change", "side"), [(WORSENING, Side.LOW), (IMPROVING, Side.HIGH)])
def test_one_that_changes_is_called_for_it_and_not_for_the_contrary(
    change: tuple[float, float], side: Side
) -> None:
    other = Side.HIGH if side is Side.LOW else Side.LOW
    drawn = [monthly(np.random.default_rng(seed), *change, 40, MONTHS) for seed in range(SEEDS // 4)]
    called = [first_called(months, side) for months in drawn]
    assert sum(month is not None for month in called) >= 0.9 * len(drawn)
    assert sum(is_called(chart_of(months).newest, other) for months in drawn) <= MOST_FALSE * len(drawn)


def group(random: Generator, providers: int, share: float, sd: float) -> Funnel:
    """Draw a group of peers of 11 to 300 clients, whose true shares differ by sd."""
    clients = np.exp(random.uniform(np.log(11), np.log(300), providers)).astype(int)
    shares = np.clip(random.normal(share, sd, providers), 0.02, 0.995) if sd else [share] * providers
    drawn = funnel(
        [
            Standing(str(i), Moments.of(Population(float(p), 0.095, int(count)).answers(random)))
            for i, (p, count) in enumerate(zip(shares, clients, strict=True))
        ]
    )
    assert drawn is not None
    return drawn


def flagged(drawn: Funnel) -> int:
    return sum(each.level is not Level.ORDINARY for each in drawn.providers)


def test_among_peers_alike_hardly_any_funnel_flags_anybody() -> None:
    false = sum(flagged(group(np.random.default_rng(seed), 20, 0.85, 0.0)) > 0 for seed in range(SEEDS))
    assert false / SEEDS <= MOST_FALSE


def test_among_peers_that_differ_as_usual_hardly_anybody_is_flagged() -> None:
    drawn = [group(np.random.default_rng(seed), 20, 0.85, 0.03) for seed in range(SEEDS)]
    judged = sum(each.clients >= 40 for one in drawn for each in one.providers)
    assert sum(map(flagged, drawn)) / judged <= MOST_FALSE


@pytest.mark.long
@pytest.mark.parametrize("per_month", [12, 20, 40, 100])
@pytest.mark.parametrize("quality", [0.0, 0.4])
def test_full_size_steady_providers(
    per_month: int, quality: float, capsys: pytest.CaptureFixture[str]
) -> None:
    newest = points = charts = judged = 0
    for seed in range(SEEDS):
        months = monthly(np.random.default_rng(seed), quality, 0.0, per_month, 3 * 12)
        ends = range(SHORTEST, len(months) + 1)
        newest += sum(bool(chart_of(months[:end]).newest) for end in ends)
        judged += len(ends)
        flags = [bool(point.flags) for point in chart_of(months[:MONTHS]).points]
        points, charts = points + sum(flags), charts + any(flags)
    tell(
        capsys,
        f"steady, quality {quality}, {per_month} clients a month: newest month {newest / judged:.1%}, "
        f"any month of {MONTHS} {points / SEEDS / MONTHS:.1%}, somewhere in {MONTHS} {charts / SEEDS:.1%}",
    )
    assert newest / judged <= MOST_FALSE


@pytest.mark.long
@pytest.mark.parametrize("per_month", [12, 20, 40])
@pytest.mark.parametrize(("change", "side"), [(WORSENING, Side.LOW), (IMPROVING, Side.HIGH)])
def test_full_size_providers_that_change(
    change: tuple[float, float], side: Side, per_month: int, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn = (monthly(np.random.default_rng(seed), *change, per_month, MONTHS) for seed in range(SEEDS))
    called = Counter(first_called(months, side) for months in drawn)
    by_month = {month: f"{called[month] / SEEDS:.0%}" for month in range(SHORTEST, MONTHS + 1)}
    tell(
        capsys,
        f"{side.value} drift, {per_month} clients a month: {by_month}, never {called[None] / SEEDS:.0%}",
    )
    assert called[None] / SEEDS < 0.5


@pytest.mark.long
@pytest.mark.parametrize("providers", [12, 30, 80])
@pytest.mark.parametrize("share", [0.8, 0.9, 0.95])
@pytest.mark.parametrize("sd", [0.0, 0.03, 0.06])
def test_full_size_funnels(
    providers: int, share: float, sd: float, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn = [group(np.random.default_rng(seed), providers, share, sd) for seed in range(SEEDS)]
    judged = sum(each.clients >= 40 for one in drawn for each in one.providers)
    false, some = sum(map(flagged, drawn)) / judged, sum(flagged(one) > 0 for one in drawn) / SEEDS
    tell(
        capsys, f"{providers} peers at {share}, sd {sd}: flagged {false:.2%}, funnels with a flag {some:.1%}"
    )
    assert false <= MOST_FALSE
    if not sd:
        assert some <= MOST_FALSE
