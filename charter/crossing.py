"""What one answer or one piece of evidence serves, across editions (pure).

Criteria that say `same_as`, of one another or of a third, ask the same thing. An answer passes between
them where the scale is the same; evidence passes whatever the scale, by its code.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from charter.definition import LEAVES, Criterion, Edition
from charter.scoring.outcome import Said


class Place(NamedTuple):
    """A criterion by the code of its edition and its own."""

    edition: str
    criterion: str


def groups(known: Iterable[Edition]) -> Mapping[Place, frozenset[Place]]:
    """Give for each criterion those that ask the same thing, itself among them.

    >>> from charter.editions import editions, load
    >>> found = groups(map(load, editions()))[Place("national-2012", "3.7")]
    >>> sorted({place.edition for place in found})
    ['national-2012', 'service-commitments-2026', 'three-chapters-2026']
    """
    members: dict[Place, set[Place]] = {}
    for edition in known:
        for criterion in edition.criteria:
            own = Place(edition.code, criterion.code)
            members.setdefault(own, {own})
            for same in criterion.same_as:
                _join(members, own, Place(same.edition, same.criterion))
    return {place: frozenset(found) for place, found in members.items()}


def _join(members: dict[Place, set[Place]], one: Place, other: Place) -> None:
    joined = members.setdefault(one, {one}) | members.setdefault(other, {other})
    for place in joined:
        members[place] = joined


def carried(said: Said, source: Edition, target: Edition, known: Iterable[Edition]) -> dict[str, str]:
    """Give the answers of `source` that answer criteria of `target` too; none between two scales.

    « Non concerné » never passes to an imperative of `target`, nor what two criteria of `source` answer
    otherwise from one another.

    >>> from charter.editions import editions, load
    >>> every = tuple(map(load, editions()))
    >>> carried({"3.7": "yes"}, load("national-2012"), load("service-commitments-2026"), every)
    {'4.1': 'yes'}
    """
    if source.scale is not target.scale:
        return {}
    same = groups(known)
    found: dict[str, str] = {}
    for criterion in target.criteria:
        places = same.get(Place(target.code, criterion.code), frozenset())
        answers = {said[of] for edition, of in places if edition == source.code and of in said}
        if len(answers) == 1 and _may_pass(criterion, answer := answers.pop()):
            found[criterion.code] = answer
    return found


def _may_pass(criterion: Criterion, answer: str) -> bool:
    return answer not in LEAVES or criterion.allows_not_concerned


def served(evidence: str, known: Iterable[Edition]) -> tuple[Place, ...]:
    """List every criterion that a document may prove, in every edition.

    >>> from charter.editions import editions, load
    >>> found = served("complaint_log", map(load, editions()))
    >>> len({place.edition for place in found})
    3
    """
    return tuple(
        Place(edition.code, criterion.code)
        for edition in known
        for criterion in edition.criteria
        if evidence in criterion.evidence
    )
