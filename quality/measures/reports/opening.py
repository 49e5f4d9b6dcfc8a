"""Which published figures are open to everybody: the country and its regions, where none is one provider's.

What is released protects persons already. A region with few providers would say how one of them does, and so
would the country less the regions that are open: there, only the country is.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from quality.directory.geography import departement
from quality.measures.disclosure.lattice import FRANCE, Scope
from quality.measures.releases.figures import Published

FEWEST_PROVIDERS = 3
Series = tuple[str, str, int, str]  # period, indicator, version, group of activities
Providers = Mapping[Series, Mapping[str, int]]  # how many providers a region counts


def series_of(line: Published) -> Series:
    key = line.figure.key
    return line.period, key.indicator, key.version, key.activity


def counted(rows: Iterable[tuple[Series, str, object]]) -> Providers:
    """Count the providers of each region from (series, département, provider) of what is published.

    >>> rows = [(("2026-10", "GLOB", 1, ""), "34", 1), (("2026-10", "GLOB", 1, ""), "30", 1)]
    >>> dict(counted(rows)["2026-10", "GLOB", 1, ""])
    {'76': 1}
    """
    found: dict[Series, dict[str, set[object]]] = defaultdict(lambda: defaultdict(set))
    for series, code, provider in rows:
        found[series][departement(code).region].add(provider)
    return {series: {name: len(each) for name, each in places.items()} for series, places in found.items()}


def open_places(regions: Mapping[str, int]) -> Collection[str]:
    """Give the places of a series that are open, from how many providers each region counts.

    >>> sorted(open_places({"76": 8, "75": 4})), sorted(open_places({"76": 8, "75": 1}))
    (['75', '76', 'FR'], ['FR'])
    >>> sorted(open_places({"76": 8, "75": 1, "84": 2})), sorted(open_places({"76": 2}))
    (['76', 'FR'], [])
    """
    if sum(regions.values()) < FEWEST_PROVIDERS:
        return ()
    shown = {name for name, count in regions.items() if count >= FEWEST_PROVIDERS}
    left = sum(count for name, count in regions.items() if name not in shown)
    return {FRANCE} if 0 < left < FEWEST_PROVIDERS else {FRANCE, *shown}


def opened(lines: Iterable[Published], providers: Providers) -> list[Published]:
    """Keep the lines that everybody may read, in their order."""
    places = {series: open_places(regions) for series, regions in providers.items()}
    return [
        line
        for line in lines
        if line.figure.key.scope in (Scope.FRANCE, Scope.REGION)
        and line.figure.key.code in places.get(series_of(line), ())
    ]
