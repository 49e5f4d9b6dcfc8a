"""Years that share quarters: less one, another tells of the quarters that only one of them has (pure)."""

from collections.abc import Collection, Iterator

from quality.measures.disclosure.knowledge import Releases, Told
from quality.measures.disclosure.lattice import Key
from quality.measures.disclosure.status import HIDDEN_UNDER
from quality.measures.releases.periods import Length, children, period


def given_back(of: str, cells: Collection[Key], earlier: Releases) -> Iterator[Key]:
    """Find the figures of a year that, beside a year published earlier, would give hidden quarters back.

    Both years shown, their difference is known: one hidden quarter is solved by it, and several that one year
    alone has are known to be under 11 where they are so together. What more lines prove, the audit finds.
    """
    mine = set(children(of))
    years = [year for year in (of, *earlier) if period(year).length is Length.YEAR]
    for year in years[1:] if of in years else ():
        theirs = set(children(year))
        for key in cells if mine & theirs else ():
            told = earlier[year].get(key)
            if told and told.responses and not told.status.is_hidden and _is_whole(key, year, earlier):
                added = _hidden(key, mine - theirs, earlier)
                taken = _hidden(key, theirs - mine, earlier)
                if bool(added) != bool(taken) and _is_told(added or taken):
                    yield key


def _hidden(key: Key, quarters: Collection[str], earlier: Releases) -> list[Told]:
    found = (earlier.get(each, {}).get(key) for each in quarters)
    return [each for each in found if each and each.status.is_hidden]


def _is_told(hidden: Collection[Told]) -> bool:
    return len(hidden) == 1 or sum(each.responses for each in hidden) < HIDDEN_UNDER


def _is_whole(key: Key, year: str, earlier: Releases) -> bool:
    """Tell whether the published quarters of a year hold all its answers."""
    published = (earlier.get(each, {}).get(key) for each in children(year))
    return earlier[year][key].responses <= sum(each.responses for each in published if each)
