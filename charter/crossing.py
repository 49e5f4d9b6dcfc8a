"""What one answer or one piece of evidence serves, across editions and their versions (pure).

Criteria that say `same_as`, of one another or of a third, ask the same thing; so do those that two versions
of one edition word alike. An answer passes between them where the scale is the same; evidence passes
whatever the scale, by its code.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from charter.definition import LEAVES, Criterion, Edition, Mark, Text
from charter.scoring.outcome import Said

Wording = tuple[Text, ...]


class Place(NamedTuple):
    """A criterion by the code and the version of its edition and its own code."""

    edition: str
    criterion: str
    version: int = 1


def place_of(edition: Edition, criterion: Criterion) -> Place:
    return Place(edition.code, criterion.code, edition.version)


def groups(known: Iterable[Edition]) -> Mapping[Place, frozenset[Place]]:
    """Give for each criterion those that ask the same thing, itself among them.

    >>> from charter.editions import editions, load
    >>> found = groups(map(load, editions()))[Place("national-2012", "3.7")]
    >>> sorted({place.edition for place in found})
    ['national-2012', 'service-commitments-2026', 'three-chapters-2026']
    """
    members: dict[Place, set[Place]] = {}
    every = sorted(known, key=lambda each: (each.code, each.version))
    for edition in every:
        for criterion in edition.criteria:
            own = place_of(edition, criterion)
            members.setdefault(own, {own})
            for same in criterion.same_as:
                _join(members, own, Place(same.edition, same.criterion, same.version))
    for before, after in pairwise(every):
        if before.code == after.code:
            for new, old in successors(before, after).items():
                _join(members, Place(after.code, new, after.version), Place(before.code, old, before.version))
    return {place: frozenset(found) for place, found in members.items()}


def _join(members: dict[Place, set[Place]], one: Place, other: Place) -> None:
    joined = members.setdefault(one, {one}) | members.setdefault(other, {other})
    for place in joined:
        members[place] = joined


def successors(before: Edition, after: Edition) -> dict[str, str]:
    """Give, for the criteria of a version, those of a version before it that are worded alike, by code.

    The same code comes first; another one serves when it is the only one with these words.

    >>> from charter.editions import load
    >>> edition = load("national-2012")
    >>> successors(edition, edition)["3.7"]
    '3.7'
    """
    old, new = _by_wording(before), _by_wording(after)
    found: dict[str, str] = {}
    for words, codes in new.items():
        same = old.get(words, [])
        found |= {code: code for code in codes if code in same}
        if len(codes) == 1 and len(same) == 1:
            found[codes[0]] = same[0]
    return found


def _by_wording(edition: Edition) -> Mapping[Wording, list[str]]:
    found: dict[Wording, list[str]] = defaultdict(list)
    for criterion in edition.criteria:
        found[wording(criterion)].append(criterion.code)
    return found


def wording(criterion: Criterion) -> Wording:
    """Give all that is read before answering: the criterion, then its elements."""
    return criterion.label, *(each.label for each in criterion.elements)


def shared(
    source: Edition, target: Edition, same: Mapping[Place, frozenset[Place]]
) -> Mapping[str, tuple[str, ...]]:
    """Give, for the criteria of `target`, those of `source` that ask the same thing, by code."""
    of_source = {place_of(source, each) for each in source.criteria}
    found = {
        each.code: tuple(sorted(p.criterion for p in same.get(place_of(target, each), ()) if p in of_source))
        for each in target.criteria
    }
    return {code: codes for code, codes in found.items() if codes}


def origins(
    said: Said, source: Edition, target: Edition, same: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """Give, by what `target` asks, the code of `source` whose answer passes to it; none between two scales.

    `same` gives, for a criterion of `target`, those of `source` that ask the same thing. « Non concerné »
    never passes to an imperative, nor what two criteria of `source` answer otherwise from one another.

    >>> from charter.editions import editions, load
    >>> national, other = load("national-2012"), load("service-commitments-2026")
    >>> same = shared(national, other, groups(map(load, editions())))
    >>> origins({"3.7": "yes"}, national, other, same)
    {'4.1': '3.7'}
    """
    if source.scale is not target.scale:
        return {}
    of_source = {each.code: each for each in source.criteria}
    found: dict[str, str] = {}
    for chapter in target.chapters:
        for criterion in chapter.criteria:
            old = [of_source[code] for code in same.get(criterion.code, ()) if code in of_source]
            paired = [pair for each in old for pair in pairs(each, criterion)]
            for code in criterion.asked:
                given = [one for one, other in paired if other == code and one in said]
                answers = {said[one] for one in given}
                if len(answers) == 1 and _may_pass(criterion, answers.pop(), allows_ri=chapter.allows_ri):
                    found[code] = given[0]
    return found


def pairs(old: Criterion, new: Criterion) -> Iterator[tuple[str, str]]:
    """Pair what two criteria that ask the same thing ask: themselves, or elements that are worded alike."""
    if wording(old)[1:] == wording(new)[1:]:
        yield from zip(old.asked, new.asked, strict=True)


def _may_pass(criterion: Criterion, answer: str, *, allows_ri: bool) -> bool:
    if answer == Mark.RI:
        return allows_ri
    return answer not in LEAVES or criterion.allows_not_concerned


def served(evidence: str, known: Iterable[Edition]) -> tuple[Place, ...]:
    """List every criterion that a document may prove, in every edition.

    >>> from charter.editions import editions, load
    >>> found = served("complaint_log", map(load, editions()))
    >>> len({place.edition for place in found})
    3
    """
    return tuple(
        place_of(edition, criterion)
        for edition in known
        for criterion in edition.criteria
        if evidence in criterion.evidence
    )
