"""Years that share quarters: less one, another tells of the quarters that only one of them has (pure)."""

from collections.abc import Collection, Iterator, Mapping

from quality.measures.disclosure.knowledge import Releases, Told
from quality.measures.disclosure.lattice import Key
from quality.measures.disclosure.status import HIDDEN_UNDER, Facts, primary
from quality.measures.releases.periods import Length, children, period


def given_back(of: str, cells: Mapping[Key, Facts], earlier: Releases) -> Iterator[Key]:
    """Find the figures of a year that, beside a year published earlier, would give hidden quarters back.

    Both years shown, their difference is known: one hidden quarter is solved by it, and several that one year
    alone has are known to be under 11 where they are so together. What more lines prove, the audit finds.
    """
    if period(of).length is not Length.YEAR:
        return
    mine = set(children(of))
    for year in earlier:
        theirs = set(children(year))
        if period(year).length is not Length.YEAR or mine.isdisjoint(theirs):
            continue
        for key, facts in cells.items():
            told = earlier[year].get(key)
            if primary(facts).is_hidden or told is None or told.status.is_hidden:
                continue
            is_known = _is_known(of, key, facts.responses, earlier)
            if is_known and _is_known(year, key, told.responses, earlier):
                added, taken = (_hidden(key, some, earlier) for some in (mine - theirs, theirs - mine))
                if bool(added) != bool(taken) and _is_told(added or taken):
                    yield key


def _hidden(key: Key, quarters: Collection[str], earlier: Releases) -> list[Told]:
    found = (earlier.get(each, {}).get(key) for each in quarters)
    return [each for each in found if each and each.status.is_hidden]


def _is_told(hidden: Collection[Told]) -> bool:
    return len(hidden) == 1 or sum(each.responses for each in hidden) < HIDDEN_UNDER


def _is_known(year: str, key: Key, answers: int, earlier: Releases) -> bool:
    """Tell whether what a year has beside its published quarters is known: nothing, or only late answers."""
    quarters = children(year)
    published = (earlier.get(each, {}).get(key) for each in quarters)
    is_complete = earlier.keys() >= set(quarters)
    return is_complete or answers <= sum(each.responses for each in published if each)
