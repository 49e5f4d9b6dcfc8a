"""Many comparisons at once: how many of those found are false."""

from collections.abc import Sequence


def adjusted(probabilities: Sequence[float]) -> list[float]:
    """Adjust p-values so that of those kept under q at most a share q is false (Benjamini and Hochberg 1995).

    >>> [round(each, 4) for each in adjusted([0.01, 0.04, 0.03, 0.5])]
    [0.04, 0.0533, 0.0533, 0.5]
    """
    count = len(probabilities)
    found, least = [0.0] * count, 1.0
    for rank, place in enumerate(sorted(range(count), key=lambda i: -probabilities[i])):
        least = min(least, probabilities[place] * count / (count - rank))
        found[place] = least
    return found
