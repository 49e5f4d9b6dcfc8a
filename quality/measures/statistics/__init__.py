"""Every formula behind a figure, each with its source and a worked example (pure, standard library only)."""

from quality.measures.statistics.response import Dispositions, ResponseRates, response_rates
from quality.measures.statistics.shares import (
    Estimate,
    Interval,
    Moments,
    Z,
    compared,
    difference,
    effective,
    mean,
    rate_per_1000,
    share,
    wilson,
)

__all__ = [
    "Dispositions",
    "Estimate",
    "Interval",
    "Moments",
    "ResponseRates",
    "Z",
    "compared",
    "difference",
    "effective",
    "mean",
    "rate_per_1000",
    "response_rates",
    "share",
    "wilson",
]
