"""Unions of parts that differ by 1 to 10 clients are found wherever there are some, and nowhere else."""

from collections import defaultdict
from itertools import chain, combinations, product

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from quality.measures.disclosure import crossings
from quality.measures.disclosure.auditing import audited
from quality.measures.disclosure.crossings import crossing
from quality.measures.disclosure.knowledge import Told
from quality.measures.disclosure.lattice import Key, Scope, judge
from quality.measures.disclosure.series import Reading
from quality.measures.disclosure.status import HIDDEN_UNDER, Facts
from quality.measures.disclosure.suppression import Elsewhere
from quality.measures.disclosure.ties import OUTSIDE, Spread, Ties

SERIES = ("GLOB", 1)
TERRITORIES = ("34-coeur", "34-est", "34-lodeve", "34-hors-territoire")
PROVIDERS = ("aide-34", "cap-34", "main-34", "soin-34", "PE-34")
SIZES = st.sampled_from((1, 2, 3, 5, 6, 9, 10, 11, 12, 30))


FAMILIES = (Scope.TERRITORY, Scope.PROVIDER)


def parts(scope, codes):
    return [OUTSIDE, (scope, "", ""), *((scope, code, "") for code in codes[:4])]


PAIRS = st.sampled_from(list(product(parts("territory", TERRITORIES), parts("provider", PROVIDERS))))
CLIENTS = st.dictionaries(st.frozensets(PAIRS, min_size=1, max_size=2), SIZES, min_size=1, max_size=16)


def left(clients, taken):
    """Count who has an answer in a pair of which one end is taken."""
    return sum(
        number
        for pairs, number in clients.items()
        if any((one in taken) != (other in taken) for one, other in pairs)
    )


def subsets(some):
    return chain.from_iterable(combinations(some, count) for count in range(len(some) + 1))


@settings(max_examples=200, deadline=None)
@given(CLIENTS)
def test_a_few_clients_are_found_where_some_union_leaves_them_and_nowhere_else(clients):
    found = crossing(clients, OUTSIDE)
    assert OUTSIDE not in found
    if found:
        assert 0 < left(clients, found) < HIDDEN_UNDER
    else:
        free = sorted({part for pairs in clients for pair in pairs for part in pair} - {OUTSIDE})
        assert not [taken for taken in subsets(free) if 0 < left(clients, taken) < HIDDEN_UNDER]


def test_where_too_many_choices_are_left_somebody_is_taken_to_be(monkeypatch):
    """Each provider has 4 clients in each of four territories, so that no two parts have 11 in common."""
    pairs = product(parts("territory", TERRITORIES)[2:], parts("provider", PROVIDERS)[2:])
    clients = {frozenset({pair}): 4 for pair in pairs}
    assert not crossing(clients, OUTSIDE)
    monkeypatch.setattr(crossings, "MOST_CHOICES", 2)
    assert crossing(clients, OUTSIDE)


def key(scope, code, activity=""):
    return Key(None, None, *SERIES, scope, code, activity)


def places(home):
    territory, provider, group = home
    spots = (
        (Scope.FRANCE, "FR"),
        (Scope.REGION, "76"),
        (Scope.DEPARTEMENT, "34"),
        (Scope.TERRITORY, territory),
        (Scope.PROVIDER, provider),
    )
    return [key(*spot, activity) for spot in spots for activity in ("", group)]


def facts_of(world):
    """Give the figures of clients who have so many answers in each of their homes."""
    found = defaultdict(lambda: [0, 0])
    for homes, clients in world.items():
        each = [place for home in homes for place in places(home)]
        for place in set(each):
            found[place][0] += clients
            found[place][1] += 3 * clients * each.count(place)
    return {place: Facts(clients, answers, 3, answers // 2) for place, (clients, answers) in found.items()}


def tell(facts, status):
    return Told(status, facts.clients, facts.responses, int(facts.x), saying=None)


READING = Reading(lambda facts: facts, tell)


def ties_of(world):
    spreads = [Spread(homes, clients) for homes, clients in world.items()]
    return Ties(spreads={SERIES: {(None, "34"): spreads}})


def shown_of(world, known=frozenset()):
    """Audit a world, and give what is then shown; shorter periods show what is `known`."""
    cells = facts_of(world)
    outcome = audited("2026-Q4", cells, READING, Elsewhere((), known), {}, ties=ties_of(world))
    assert not outcome.proved
    statuses = judge(cells, Elsewhere(frozenset(outcome.held), known))
    return {place for place, status in statuses.items() if not status.is_hidden}


def thin(world, shown):
    """Take unions of territories off unions of providers, or both off the département, in all ways."""
    homes = sorted({home for each in world for home in each})
    groups = {group for *_, group in homes}
    whose = [(sum(1 << homes.index(home) for home in each), clients) for each, clients in world.items()]

    def mask(place):
        return sum(1 << at for at, home in enumerate(homes) if place in places(home))

    for some in ({"", *groups}, *({group} for group in groups)):
        figures = {place: mask(place) for place in shown if place.activity in some}
        one, other = ({*unions(figures, scope), *by_group(figures, scope)} for scope in FAMILIES)
        total = figures.get(key(Scope.DEPARTEMENT, "34", "" if "" in some else min(some)))
        for apart in {mine ^ theirs for mine, theirs in product(one, other)}:
            for lost in (apart, apart ^ total) if total else (apart,):
                clients = sum(number for answers, number in whose if answers & lost)
                if 0 < clients < HIDDEN_UNDER:
                    yield lost, clients


def unions(figures, scope):
    """Take of each place nothing, some of its groups, or all of them less some."""
    by_code = defaultdict(lambda: {0})
    for code in sorted({place.code for place in figures if place.scope is scope}):
        whole = figures.get(key(scope, code), 0)
        groups = [mask for place, mask in figures.items() if place.code == code and place.activity]
        for some in subsets(groups):
            by_code[code] |= {sum(some), whole - sum(some) if whole else 0}
    yield from map(sum, product(*by_code.values()))


def by_group(figures, scope):
    """Take of each group nothing, some of its places, or all of the group less some."""
    of_group = [{0}]
    for group in sorted({place.activity for place in figures} - {""}):
        whole = figures.get(key(Scope.DEPARTEMENT, "34", group), 0)
        mine = [mask for place, mask in figures.items() if place.scope is scope and place.activity == group]
        sums = [sum(some) for some in subsets(mine)]
        of_group.append({*sums, *(whole - each for each in sums if whole)})
    yield from map(sum, product(*of_group))


HOMES = st.tuples(*(st.sampled_from(each) for each in (TERRITORIES[:3], PROVIDERS[:4], ("ab", "cd"))))
OF_ONE_GROUP = st.tuples(*(st.sampled_from(each) for each in (TERRITORIES, PROVIDERS, ("ab",))))
WORLDS = st.one_of(
    st.dictionaries(
        st.frozensets(homes, min_size=1, max_size=2), st.sampled_from(sizes), min_size=3, max_size=most
    )
    for homes, sizes, most in ((HOMES, (1, 3, 6, 10, 11, 14, 30), 14), (OF_ONE_GROUP, (1, 4, 11, 16, 40), 18))
)


@settings(max_examples=60, deadline=None)
@given(WORLDS)
def test_no_union_of_shown_territories_less_one_of_providers_leaves_a_few_clients(world):
    assert not list(thin(world, shown_of(world)))


def one(clients):
    """Give a world of one home a client."""
    return {frozenset({home}): number for home, number in clients.items()}


def codes(shown, activity=""):
    return {each.code for each in shown if each.activity == activity and each.scope in FAMILIES}


def test_territories_that_the_same_providers_share_half_and_half_are_looked_for_together():
    """Aide and Cap work in Lodève and Est, two others elsewhere: 4 of one of these live in Lodève."""
    here, there = product(TERRITORIES[1:3], PROVIDERS[:2]), product(TERRITORIES[::3], PROVIDERS[2:4])
    homes = [(*pair, "ab") for pair in (*here, *there)]
    world = one(dict.fromkeys(homes, 20) | {("34-lodeve", "soin-34", "ab"): 4})
    assert list(thin(world, facts_of(world)))
    shown = shown_of(world)
    assert not list(thin(world, shown))
    assert codes(shown).issuperset(PROVIDERS[:4])


def test_all_of_a_territory_less_single_groups_of_its_providers_tells_of_no_few_clients():
    """Lodève shows « ab » and all groups; less what Cap has of « cd » it would tell of 3 and 6."""
    world = one(
        {
            ("34-lodeve", "aide-34", "ab"): 40,
            ("34-lodeve", "cap-34", "cd"): 10,
            ("34-lodeve", "soin-34", "ef"): 6,
            ("34-est", "cap-34", "cd"): 3,
            ("34-est", "soin-34", "ef"): 60,
            ("34-est", "aide-34", "cd"): 50,
            ("34-coeur", "soin-34", "ab"): 50,
            ("34-coeur", "main-34", "cd"): 50,
        }
    )
    assert not list(thin(world, shown_of(world)))


def test_what_is_hidden_of_a_group_is_a_part_like_what_is_hidden_of_a_place():
    """Hérault less Aide, less Hérault « ab » less Cœur « ab »: 4 clients."""
    world = one(
        {
            ("34-lodeve", "cap-34", "ab"): 11,
            ("34-coeur", "soin-34", "ab"): 1,
            ("34-est", "soin-34", "cd"): 3,
            ("34-lodeve", "aide-34", "cd"): 40,
        }
    )
    both = frozenset({("34-coeur", "aide-34", "ab"), ("34-est", "cap-34", "ab")})
    assert not list(thin(world | {both: 14}, shown_of(world | {both: 14})))


def in_months():
    """Give a quarter of which each month shows Lodève: 9 new clients of Aide and the same 4 of Cap."""
    return one(
        {
            ("34-lodeve", "aide-34", "ab"): 27,
            ("34-lodeve", "cap-34", "ab"): 4,
            ("34-est", "cap-34", "ab"): 40,
            ("34-coeur", "soin-34", "ab"): 50,
            ("34-coeur", "main-34", "ab"): 60,
        }
    )


def test_a_territory_that_shorter_periods_show_whole_is_no_hiding_place():
    lodeve = frozenset(key(Scope.TERRITORY, "34-lodeve", activity) for activity in ("", "ab"))
    shown = shown_of(in_months())
    assert "34-lodeve" not in codes(shown)
    assert "aide-34" in codes(shown)
    shown = shown_of(in_months(), lodeve)
    assert "aide-34" not in codes(shown)
    assert not list(thin(in_months(), shown | lodeve))


@settings(max_examples=60, deadline=None)
@given(WORLDS, st.sets(st.sampled_from(("34", *TERRITORIES, *PROVIDERS)), min_size=1, max_size=3))
def test_what_shorter_periods_show_is_taken_as_shown(world, whole):
    known = frozenset(each for each in facts_of(world) if each.code in whole)
    assume(not list(thin(world, known)))
    assert not list(thin(world, known | shown_of(world, known)))
