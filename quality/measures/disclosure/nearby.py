"""The unknowns near one, in a system of rows (pure).

What moves these alone, everything else standing still, is a solution of the whole.
"""

from collections import defaultdict
from collections.abc import Sequence

from quality.measures.disclosure.deducing import Row

FEW = 4  # unknowns of one row are enough for one to move and the others to let it
NEAR = 2_000  # unknowns: the system of each place is solved in a tenth of a second


class Nearby:
    """Finds what stands near a place; `reserves` tell how far each unknown may go down."""

    def __init__(self, rows: Sequence[Row], reserves: Sequence[float]) -> None:
        self._rows = rows
        self._reserves = reserves
        self._of: dict[int, list[int]] = defaultdict(list)
        for at, row in enumerate(rows):
            for place in row:
                self._of[place].append(at)

    def around(self, place: int) -> tuple[list[int], list[Row]]:
        """Give the places near one, row by row the few that may go down the most, and rows of their ranks.

        >>> rows = [{0: 1, 1: -1, 2: -1}, {1: 1, 3: -1}, {4: 1, 5: -1}]
        >>> Nearby(rows, [9, 4, 4, 4, 4, 4]).around(3)
        ([3, 1, 0, 2], [{1: 1, 0: -1}, {2: 1, 1: -1, 3: -1}])
        """
        ranks, ring = {place: 0}, [place]
        while ring and len(ranks) < NEAR:
            near = list[int]()
            for each in ring:
                for at in self._of[each]:
                    near += self._join(ranks, self._rows[at])
            ring = near
        touched = dict.fromkeys(at for each in ranks for at in self._of[each])
        return list(ranks), [
            {ranks[each]: sign for each, sign in self._rows[at].items() if each in ranks} for at in touched
        ]

    def _join(self, ranks: dict[int, int], row: Row) -> list[int]:
        """Take more of a row, until few of it are in."""
        others = [each for each in row if each not in ranks]
        missing = max(0, FEW + 1 - len(row) + len(others))
        found = sorted(others, key=lambda each: -self._reserves[each])[:missing]
        ranks |= {each: rank for rank, each in enumerate(found, len(ranks))}
        return found
