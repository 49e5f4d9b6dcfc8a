"""Clusters: the clients of a chunk that share an endpoint and a name, directly or through others."""

from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from quality.directory.intake.linking import Link, clusters

LINKS = st.tuples(
    st.sampled_from(["phone", "email"]), st.sampled_from([b"1", b"2", b"3"]), st.sampled_from([b"a", b"b"])
)


def reachable(links: dict[UUID, set[Link]], start: UUID) -> set[UUID]:
    """Walk from client to client through shared links, the slow way."""
    found, open_ = {start}, [start]
    while open_:
        here = open_.pop()
        for other, shared in links.items():
            if other not in found and shared & links[here]:
                found.add(other)
                open_.append(other)
    return found


@settings(max_examples=60)
@given(st.lists(st.sets(LINKS, max_size=3), max_size=8))
def test_clients_of_one_cluster_are_those_that_can_reach_each_other(shared: list[set[Link]]) -> None:
    links = {UUID(int=number): one for number, one in enumerate(shared)}
    numbers = clusters(links)
    for client in links:
        assert {other for other in links if numbers[other] == numbers[client]} == reachable(links, client)
