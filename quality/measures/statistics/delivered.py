"""Hours delivered of the hours notified, no client's surplus making up for what another lacks."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from quality.measures.statistics.shares import Estimate, Moments, effective, wilson

Hours = int | Decimal | Fraction
PARTS = 6000  # of an hour: minutes and hundredths of an hour are both whole


def delivered(clients: Iterable[tuple[Hours, Hours]]) -> Estimate | None:
    """Give Σ min(delivered, notified) / Σ notified from one (notified, delivered) per client.

    Hours of one client are anything but independent: the variance is the ratio's between clients (Cochran
    1977, 6.3) and n_eff the answers by yes or no that would say as much, one an hour at most. A client whose
    plan notifies no hour is left out; None when none is left.

    >>> estimate = delivered([(20, 18), (10, 14), (30, 30), (12, Decimal("8.5"))])
    >>> f"{estimate.value:.4f} {estimate.low:.4f} {estimate.high:.4f}"
    '0.9236 0.7379 0.9811'
    """
    return delivered_of(
        Moments.of((_parts(due), min(_parts(due), _parts(done))) for due, done in clients), PARTS
    )


def delivered_of(m: Moments, per_hour: int) -> Estimate | None:
    """Give the same figure from the sums over clients of parts of an hour, so many an hour.

    >>> delivered_of(Moments.of([(1200, 1080), (600, 600)]), 60).exact
    Fraction(14, 15)
    """
    if not m.n:
        return None
    exact, hours = Fraction(m.x) / m.n, Fraction(m.n, per_hour)
    n_eff = float(min(effective(m), hours))
    low, high = wilson(float(exact), n_eff)
    return Estimate(exact, low, high, n_eff=n_eff, deff=float(hours) / n_eff)


def _parts(hours: Hours) -> int:
    if hours < 0:
        raise ValueError(f"hours are counted from 0, not {hours}")
    return round(Fraction(hours) * PARTS)
