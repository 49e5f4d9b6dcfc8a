"""Sums over clients of several numbers each, and of their products two by two: enough for a covariance."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from math import isqrt


@dataclass(frozen=True, slots=True)
class Parts:
    """Σvᵢ over clients for each of k numbers, and Σvᵢvⱼ for i ≤ j: all rational, so that nothing is lost."""

    sums: tuple[int, ...]
    products: tuple[int, ...]

    @classmethod
    def of(cls, clients: Iterable[Sequence[int]]) -> "Parts":
        """Fold the numbers of each client.

        >>> Parts.of([(1, 2), (3, 4)])
        Parts(sums=(4, 6), products=(10, 14, 20))
        """
        kept = [tuple(each) for each in clients]
        places = range(len(kept[0]) if kept else 0)
        pairs = combinations_with_replacement(places, 2)
        return cls(
            tuple(sum(each[i] for each in kept) for i in places),
            tuple(sum(each[i] * each[j] for each in kept) for i, j in pairs),
        )

    @classmethod
    def read(cls, flat: Sequence[int]) -> "Parts":
        """Read what `flat` wrote.

        >>> Parts.read([4, 6, 10, 14, 20])
        Parts(sums=(4, 6), products=(10, 14, 20))
        """
        size = (isqrt(9 + 8 * len(flat)) - 3) // 2
        if size * (size + 3) // 2 != len(flat):
            raise ValueError(f"{len(flat)} numbers are not sums and their products")
        return cls(tuple(flat[:size]), tuple(flat[size:]))

    @property
    def flat(self) -> list[int]:
        return [*self.sums, *self.products]

    def product(self, i: int, j: int) -> int:
        """Give Σvᵢvⱼ.

        >>> Parts.of([(1, 2), (3, 4)]).product(1, 0)
        14
        """
        low, high = sorted((i, j))
        size = len(self.sums)
        return self.products[low * size - low * (low - 1) // 2 + high - low]
