"""What joins figures that no line adds up: one population inside another, two series on one people (pure).

The audit asks of each series what its own lines prove. What is said here is asked beside: clients are counted
as well as answers, since ten visits of one person are one person.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from quality.measures.disclosure.knowledge import Told
from quality.measures.disclosure.lattice import TOPS, Key, Place, place
from quality.measures.disclosure.status import Facts, is_few


@dataclass(frozen=True, slots=True)
class Ties:
    """Series that speak of the same people, by their codes; populations of two funders that share answers.

    `beside`: a series, and the one that counts the same people in more places: hidden there, hidden here.
    `shared`: answers in common, by the two figures of a place; a pair that has none is left out.
    """

    beside: Mapping[str, str] = field(default_factory=dict)
    shared: Mapping[tuple[Key, Key], int] = field(default_factory=dict)


def hidden_beside(
    cells: Mapping[Key, Facts], hidden: Mapping[str, frozenset[Key]], ties: Ties
) -> Iterator[Key]:
    """Find the figures that the series beside hides; `hidden` gives those of each series that is done."""
    for key in cells:
        other = ties.beside.get(key.indicator)
        if other is not None and replace(key, indicator=other) in hidden.get(other, frozenset()):
            yield key


def exposed(told: Mapping[Key, Told], ties: Ties) -> Iterator[Key]:
    """Find, in one series, the shown figures whose difference would leave 1 to 10 clients.

    The whole less all conventions of one funder, which share no visit; a funder's figure less another's that
    lies wholly inside it.
    """
    shown = {key: each for key, each in told.items() if not each.status.is_hidden}
    whole = {place(key): key for key in shown if key.convention is None}
    paid: dict[tuple[Place, UUID], list[Key]] = defaultdict(list)
    for key in shown:
        if key.convention is not None and key.funder is not None:
            paid[place(key), key.funder].append(key)
    for (where, _), keys in paid.items():
        if where in whole and _leaves_few(shown[whole[where]], [shown[key] for key in keys]):
            yield whole[where]
    for pair, answers in ties.shared.items():
        if all(key in shown for key in pair):
            inner, outer = sorted(pair, key=lambda key: shown[key].responses)
            if answers == shown[inner].responses and _leaves_few(shown[outer], [shown[inner]]):
                yield min(pair, key=lambda key: (key.scope in TOPS, shown[key].clients, key.order))


def _leaves_few(total: Told, parts: list[Told]) -> bool:
    clients = total.clients - sum(each.clients for each in parts)
    return is_few(clients, total.responses - sum(each.responses for each in parts))
