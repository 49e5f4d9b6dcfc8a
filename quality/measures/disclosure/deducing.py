"""What rows of unknowns give back with no program (pure)."""

from collections.abc import Collection, Iterator, Mapping, Sequence

Row = Mapping[int, int]  # signs of unknowns, by place, that sum to what is known
LONGEST = 8  # rows of more unknowns are not compared with others


def given(rows: Sequence[Row]) -> tuple[set[int], Sequence[Row]]:
    """Find a row's only unknown, and what a row has more than another; what is found is known to the others.

    No row is empty. Give what is found, and what is left of the rows.

    >>> given([{0: 1, 1: -1}, {0: 1, 1: -1, 2: -1}, {2: 1, 3: -1}, {4: 1, 5: 1, 6: 1}, {4: 1, 5: -1}])
    ({2, 3}, [{0: 1, 1: -1}, {0: 1, 1: -1}, {4: 1, 5: 1, 6: 1}, {4: 1, 5: -1}])
    """
    found = set[int]()
    while more := set(_told(rows)):
        found |= more
        rows = [left for row in rows if (left := _without(row, more))]
    return found, rows


def _told(rows: Sequence[Row]) -> Iterator[int]:
    known = {_normal(row) for row in rows if len(row) < LONGEST}
    for row in rows:
        if len(row) == 1:
            yield from row
        elif len(row) <= LONGEST:
            yield from (place for place in row if _normal(_without(row, {place})) in known)


def _without(row: Row, places: Collection[int]) -> Row:
    return {place: sign for place, sign in row.items() if place not in places}


def _normal(row: Row) -> tuple[tuple[int, int], ...]:
    """Name a row in one way, whichever sign it is written with."""
    (first, sign), *others = sorted(row.items())
    return (first, 1), *((place, each * sign) for place, each in others)
