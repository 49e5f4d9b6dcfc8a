"""Whoever subtracts published figures and knows who each person is never isolates 1 to 10 people."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import chain, combinations, product
from random import Random
from uuid import UUID

import pytest

from quality.measures.disclosure.auditing import audited
from quality.measures.disclosure.lattice import Key, Scope, judge, lines, place, territory_code
from quality.measures.disclosure.series import Reading
from quality.measures.disclosure.status import HIDDEN_UNDER, Facts
from quality.measures.disclosure.suppression import Elsewhere
from quality.measures.disclosure.ties import Crowd, Spread, Ties
from quality.measures.releases.figures import Folded, facts_of, told
from quality.measures.statistics import Moments

D34, CNAV = UUID(int=1), UUID(int=2)
ACTIVITIES = ("ab", "cd", "ef")
# Two conventions of one funder, by activity, and one of another funder for both.
CONVENTIONS = {UUID(int=3): (D34, {"ab"}), UUID(int=4): (D34, {"cd"}), UUID(int=5): (CNAV, {"ab", "cd"})}
# 30 declares none. Aide works nearly in one territory of 34, and Cap nearly in another.
TERRITORIES = {
    "aide": (*["coeur"] * 40, "lodeve", ""),
    "cap": (*["lodeve"] * 12, *[""] * 12, "coeur"),
    "soin": (None,),
    "main": (None,),
}
PROVIDERS = {"aide": "34", "cap": "34", "soin": "30", "main": "30"}


@dataclass(frozen=True)
class Person:
    """A client with so many visits of each activity, of which some count, and who pays for them all."""

    name: int
    provider: str
    territory: str
    funders: frozenset
    visits: tuple
    good: tuple


def people(chance, payers):
    """Draw people of each provider, most of one activity, some of two or three."""
    found = []
    for provider in PROVIDERS:
        for activity in ACTIVITIES[:2]:
            share = chance.choice((0.7, 0.97))
            for _ in range(chance.choice((3, 12, 25, 60, 120))):
                done = {activity} | {each for each in ACTIVITIES if chance.random() < 0.1}
                visits = tuple((each, chance.choice((1, 5, 12))) for each in sorted(done))
                good = tuple(sum(chance.random() < 0.1 for _ in range(count)) for _, count in visits)
                there = TERRITORIES[provider]
                lives = there[len(found) % len(there)]
                found.append(Person(len(found), provider, lives, payers(chance, share), visits, good))
    return found


def both(chance, share):
    """CNAV pays mostly for those whom D34 pays for too, here and there for one or two more."""
    is_paid, is_more = chance.random() < share, chance.random() < 0.02
    is_both = is_paid and chance.random() < 0.9
    return frozenset({D34} if is_paid else ()) | frozenset({CNAV} if is_both or is_more else ())


def either(chance, share):
    """D34 pays for some, CNAV for the others, nobody for very few."""
    return frozenset() if chance.random() > share else frozenset({chance.choice((D34, CNAV))})


def some_of_both(chance, share):
    """As either, but that one or two have both."""
    return frozenset({D34, CNAV}) if chance.random() < 0.02 else either(chance, share)


def figures(persons):
    """Put each person's answers of an activity into every figure that counts them."""
    found = defaultdict(set)
    for each in persons:
        code = PROVIDERS[each.provider]
        for activity, _ in each.visits:
            populations = [(None, None)] + [
                (funder, convention)
                for convention, (funder, activities) in CONVENTIONS.items()
                if funder in each.funders and activity in activities
            ]
            for funder, convention in populations:
                top = (Scope.FUND, str(funder)) if convention else (Scope.FRANCE, "FR")
                spots = [
                    top,
                    (Scope.REGION, "76"),
                    (Scope.DEPARTEMENT, code),
                    (Scope.PROVIDER, f"{each.provider}-{code}"),
                ]
                if each.territory is not None:
                    spots.append((Scope.TERRITORY, territory_code(code, each.territory)))
                for spot in spots:
                    for group in ("", activity):
                        found[Key(funder, convention, "ABS", 1, *spot, group)].add((each, activity))
    return found


def crowds(found):
    """Sort the clients of each place by the conventions that count each of their answers there."""
    at = defaultdict(dict)
    for key, answers in found.items():
        at[place(key)][key.convention] = answers
    sizes = {}
    for where, counted in at.items():
        paid = defaultdict(set)
        for each, activity in counted[None]:
            payers = (whose for whose, answers in counted.items() if whose and (each, activity) in answers)
            paid[each].add(frozenset(payers))
        alike = Counter(frozenset(each) for each in paid.values())
        sizes[where] = [Crowd(each, clients) for each, clients in alike.items()]
    return sizes


def spreads(found):
    """Sort the clients of each département by the territories, providers and activities of their answers."""
    homes = defaultdict(lambda: defaultdict(set))
    for key, answers in found.items():
        if key.scope is Scope.DEPARTEMENT and not key.activity:
            for each, activity in answers:
                if each.territory is not None:
                    home = territory_code(key.code, each.territory), f"{each.provider}-{key.code}", activity
                    homes[key.convention, key.code][each].add(home)
    return {
        within: [Spread(alike, clients) for alike, clients in Counter(map(frozenset, of.values())).items()]
        for within, of in homes.items()
    }


def base(key, answers):
    sums = Counter(), Counter()
    for each, activity in answers:
        at = [name for name, _ in each.visits].index(activity)
        sums[0][each.name] += each.visits[at][1]
        sums[1][each.name] += each.good[at]
    return Folded(key, None, Moments.of([(count, sums[1][name]) for name, count in sums[0].items()]))


def shown_of(found):
    bases = {key: base(key, answers) for key, answers in found.items()}
    cells = {
        key: Facts(each.moments.clients, each.moments.n, each.moments.largest, each.moments.x)
        for key, each in bases.items()
    }
    ties = Ties(crowds={("ABS", 1): crowds(found)}, spreads={("ABS", 1): spreads(found)})
    outcome = audited("2026-10", bases, Reading(facts_of, told), Elsewhere(), {}, ties=ties)
    assert not outcome.proved
    statuses = judge(cells, Elsewhere(frozenset(outcome.held)))
    return {key for key, status in statuses.items() if not status.is_hidden}


def isolated(found, shown):
    """Give who is left of each subtraction of shown figures."""
    yield from off_one(found, shown)
    yield from off_territories(found, shown)
    tables = defaultdict(dict)
    for key in found:
        if not key.activity:
            tables[key.convention][place(key)] = key
    for line in [line for table in tables.values() for line in lines(table)]:
        if line.total in shown:
            yield whose(found[line.total].difference(*(found[part] for part in line.parts if part in shown)))


def off_one(found, shown):
    """Take any set of conventions, of any funders, off the whole, or off another convention."""
    at = defaultdict(list)
    for key in shown:
        at[place(key)].append(key)
    for keys in at.values():
        for one in keys:
            others = [key for key in keys if key.convention is not None and key != one]
            for count in range(1, len(others) + 1):
                for some in combinations(others, count):
                    left = Counter(found[one])
                    left.subtract(Counter(each for key in some for each in found[key]))
                    yield whose(each for each, times in left.items() if times)


def off_territories(found, shown):
    """Take any set of providers off any set of territories of a département, or both off the département."""
    tables = defaultdict(lambda: defaultdict(list))
    for key in shown:
        if key.scope in (Scope.DEPARTEMENT, Scope.TERRITORY, Scope.PROVIDER):
            where = key.code.partition("-")[0] if key.scope is not Scope.PROVIDER else key.code[-2:]
            tables[key.convention, where, key.activity][key.scope].append(found[key])
    for table in tables.values():
        for some, others in product(subsets(table[Scope.TERRITORY]), subsets(table[Scope.PROVIDER])):
            one, other = set().union(*some), set().union(*others)
            if some and others:
                yield whose(one ^ other)
                yield from (whose(whole - one ^ other) for whole in table[Scope.DEPARTEMENT])


def subsets(parts):
    return chain.from_iterable(combinations(parts, count) for count in range(len(parts) + 1))


def whose(answers):
    return {each for each, _ in answers}


@pytest.mark.parametrize("payers", [both, either, some_of_both])
@pytest.mark.parametrize("seed", range(4))
def test_no_subtraction_of_shown_figures_leaves_a_few_people(payers, seed):
    found = figures(people(Random(f"people {seed}"), payers))
    shown = shown_of(found)
    sizes = Counter(len(left) for left in isolated(found, shown))
    assert sum(sizes.values()) > len(shown)
    assert not [size for size in sizes if 0 < size < HIDDEN_UNDER]
