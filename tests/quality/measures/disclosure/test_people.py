"""Whoever subtracts published figures and knows who each person is never isolates 1 to 10 people."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import combinations, product
from random import Random
from uuid import UUID

import pytest

from quality.measures.disclosure.auditing import audited
from quality.measures.disclosure.lattice import Key, Scope, judge, lines, place
from quality.measures.disclosure.status import HIDDEN_UNDER, Facts
from quality.measures.disclosure.suppression import Elsewhere
from quality.measures.disclosure.ties import Ties
from quality.measures.releases.figures import Folded, told
from quality.measures.statistics import Moments

D34, CNAV = UUID(int=1), UUID(int=2)
# Two conventions of one funder, by activity, and one of another funder for both.
CONVENTIONS = {UUID(int=3): (D34, {"ab"}), UUID(int=4): (D34, {"cd"}), UUID(int=5): (CNAV, {"ab", "cd"})}
PROVIDERS = {"aide": "34", "cap": "34", "soin": "30", "main": "30"}


@dataclass(frozen=True)
class Person:
    """A client with so many visits, of which some count, and who pays for them all."""

    name: int
    provider: str
    activity: str
    funders: frozenset
    visits: int
    good: int


def people(chance):
    """Draw people: CNAV pays mostly for those whom D34 pays for too, here and there for one or two more."""
    found = []
    for provider, activity in product(PROVIDERS, ("ab", "cd")):
        share = chance.choice((0.7, 0.97))
        for _ in range(chance.choice((3, 12, 25, 60, 120))):
            is_paid, is_more = chance.random() < share, chance.random() < 0.02
            both = is_paid and chance.random() < 0.9
            funders = frozenset({D34} if is_paid else ()) | frozenset({CNAV} if both or is_more else ())
            visits = chance.choice((1, 5, 12))
            good = sum(chance.random() < 0.1 for _ in range(visits))
            found.append(Person(len(found), provider, activity, funders, visits, good))
    return found


def figures(persons):
    """Put each person into every figure that counts them."""
    found = defaultdict(set)
    for each in persons:
        populations = [(None, None)] + [
            (funder, convention)
            for convention, (funder, activities) in CONVENTIONS.items()
            if funder in each.funders and each.activity in activities
        ]
        code = PROVIDERS[each.provider]
        for (funder, convention), group in product(populations, ("", each.activity)):
            top = (Scope.FUND, str(funder)) if convention else (Scope.FRANCE, "FR")
            spots = [
                top,
                (Scope.REGION, "76"),
                (Scope.DEPARTEMENT, code),
                (Scope.PROVIDER, f"{each.provider}-{code}"),
            ]
            for spot in spots:
                found[Key(funder, convention, "ABS", 1, *spot, group)].add(each)
    return found


def shared(found):
    pairs = {}
    for one, other in combinations(found, 2):
        if (
            place(one) == place(other)
            and None not in (one.convention, other.convention)
            and one.funder != other.funder
        ):
            common = found[one] & found[other]
            if common:
                pairs[one, other] = sum(each.visits for each in common)
    return pairs


def shown_of(found):
    bases = {
        key: Folded(key, None, Moments.of([(each.visits, each.good) for each in persons]))
        for key, persons in found.items()
    }
    cells = {
        key: Facts(each.moments.clients, each.moments.n, each.moments.largest, each.moments.x)
        for key, each in bases.items()
    }
    ties = Ties(shared=shared(found))
    outcome = audited(
        "2026-10", cells, lambda key, status: told(bases[key], status), Elsewhere(), {}, ties=ties
    )
    assert not outcome.proved
    statuses = judge(cells, Elsewhere(frozenset(outcome.held)))
    return {key for key, status in statuses.items() if not status.is_hidden}


def isolated(found, shown):
    """Give who is left of each subtraction of shown figures."""
    yield from off_the_whole(found, shown)
    for one, other in combinations(shown, 2):
        if place(one) == place(other) and found[other] <= found[one]:
            yield found[one] - found[other]
    tables = defaultdict(dict)
    for key in found:
        tables[key.convention][place(key)] = key
    for line in [line for table in tables.values() for line in lines(table)]:
        if line.total in shown:
            yield found[line.total].difference(*(found[part] for part in line.parts if part in shown))


def off_the_whole(found, shown):
    """Take any conventions of one funder off the whole."""
    whole = {place(key): key for key in shown if key.convention is None}
    paid = defaultdict(list)
    for key in shown:
        if key.convention is not None and place(key) in whole:
            paid[place(key), key.funder].append(key)
    for (where, _), keys in paid.items():
        for count in range(1, len(keys) + 1):
            for some in combinations(keys, count):
                yield found[whole[where]].difference(*(found[key] for key in some))


@pytest.mark.parametrize("seed", range(6))
def test_no_subtraction_of_shown_figures_leaves_a_few_people(seed):
    found = figures(people(Random(f"people {seed}")))
    shown = shown_of(found)
    sizes = Counter(len(left) for left in isolated(found, shown))
    assert sum(sizes.values()) > len(shown)
    assert not [size for size in sizes if 0 < size < HIDDEN_UNDER]
