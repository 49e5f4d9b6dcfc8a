"""A provider's anonymous place: sure differences only, and nothing that names or ranks a peer."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.measures.statistics import Moments
from quality.measures.statistics.place import Place, place, places
from tests.quality.measures.statistics.simulated import Population

SHARE = st.integers(11, 200).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))


def of(clients, x):
    return Moments.of([(1, 1)] * x + [(1, 0)] * (clients - x))


def among(own, peers):
    """Place a provider among peers of one figure each."""
    return place(own, [[each] for each in peers])


def test_only_sure_differences_count():
    peers = [of(100, 85)] * 6 + [of(100, 50)] * 2 + [of(300, 300)] * 3
    assert among(of(100, 85), peers) == Place(lower=2, alike=6, higher=3)


def test_a_difference_that_one_comparison_would_show_is_not_enough_among_many():
    own, peer = of(200, 180), of(200, 164)
    assert among(own, [peer] + [of(200, 180)] * 10).lower == 0
    assert among(own, [of(200, 130)] + [of(200, 180)] * 10).lower == 1


@pytest.mark.parametrize(("own", "peers", "is_said"), [(11, 11, True), (10, 11, False), (11, 10, False)])
def test_too_few_clients_or_peers_say_nothing(own, peers, is_said):
    assert (among(of(own, own - 1), [of(40, 34)] * peers + [of(10, 9)] * 20) is not None) == is_said


@settings(max_examples=40)
@given(SHARE, st.lists(SHARE, min_size=11, max_size=15), st.randoms(use_true_random=False))
def test_peers_have_no_order_and_are_all_counted(own, peers, random):
    said = among(of(*own), [of(*peer) for peer in peers])
    assert among(of(*own), [of(*peer) for peer in random.sample(peers, len(peers))]) == said
    assert said.lower + said.alike + said.higher == len(peers)


@settings(max_examples=40)
@given(SHARE, st.lists(SHARE, min_size=11, max_size=15))
def test_counting_the_others_turns_the_place_round(own, peers):
    said = among(of(*own), [of(*peer) for peer in peers])
    turned = among(of(own[0], own[0] - own[1]), [of(n, n - x) for n, x in peers])
    assert (said.lower, said.higher) == (turned.higher, turned.lower)


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 13), st.integers(5, 200), st.floats(0, 1)), min_size=12, max_size=30)
)
def test_a_whole_group_is_placed_as_each_of_it_is(figures):
    group = [(provider, of(n, round(n * part))) for provider, n, part in figures]
    alone = [
        place(own, [[each for peer, each in group if peer == code] for code in range(14) if code != provider])
        for provider, own in group
    ]
    assert places(group) == alone


def test_a_provider_is_no_peer_of_its_own_in_another_departement():
    group = [("large", of(100, 85))] * 11 + [("small", of(100, 60))]
    assert places(group) == [None] * 12
    others = [(code, of(100, 85)) for code in range(11)]
    assert places([*group[:2], *others])[0] == Place(lower=0, alike=11, higher=0)


def test_a_peer_is_lower_when_it_is_in_each_departement():
    own, alike = ("own", of(100, 85)), [(code, of(100, 85)) for code in range(10)]
    low, mixed = (
        [("peer", of(100, 40)), ("peer", of(100, 45))],
        [("peer", of(100, 40)), ("peer", of(100, 85))],
    )
    assert places([own, *alike, *low])[0] == Place(lower=1, alike=10, higher=0)
    assert places([own, *alike, *mixed])[0] == Place(lower=0, alike=11, higher=0)


def test_of_peers_alike_hardly_anybody_is_told_a_difference():
    random, told = np.random.default_rng(8), 0
    for _ in range(200):
        own, *peers = (Moments.of(Population(0.85, 0.095, 60).answers(random)) for _ in range(12))
        told += among(own, peers).alike < len(peers)
    assert told / 200 <= 0.05
