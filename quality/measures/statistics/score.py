"""The mean of marks from 1 to 5 put from 0 to 100, the client as the unit."""

from fractions import Fraction

from quality.measures.statistics.promoters import scaled
from quality.measures.statistics.shares import Interval, Moments, mean, wilson

MOST = 4  # steps from the worst mark to the best


def score(m: Moments) -> Interval | None:
    """Give 100 · Σx ÷ (4 · Σn), x the steps above the worst mark: 25 points each; None under two clients.

    Student's t with C−1 on the variance between clients (Cochran 1977, ratio estimator on clusters), its
    bounds kept from 0 to 100 (CMS, HCAHPS linear mean scores). Where all clients say the same nothing varies:
    Wilson's interval then, one answer a client, which no law of marks makes too narrow.

    >>> scored = score(Moments.of([(1, 3), (2, 8), (1, 2)]))
    >>> f"{scored.value:.2f} {scored.low:.2f} {scored.high:.2f}"
    '81.25 16.42 100.00'
    >>> alike = score(Moments.of([(1, 4)] * 20))
    >>> f"{alike.value:.0f} {alike.low:.2f} {alike.high:.0f}"
    '100 83.89 100'
    """
    found = mean(m)
    if found is None:
        return None
    if found.low < found.high:
        return scaled(found, 0, MOST)
    part = Fraction(m.x) / (MOST * m.n)
    low, high = wilson(float(part), m.clients)
    return Interval(exact=100 * part, low=100 * low, high=100 * high)
