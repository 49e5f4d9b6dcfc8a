"""What a run takes over from one on another version or another edition, and what it asks again (pure)."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from charter.applicability import UNKNOWN, Establishment
from charter.crossing import Place, origins, pairs, shared, successors
from charter.definition import Criterion, Edition
from charter.scoring.issuing import wrong_answers
from charter.scoring.outcome import Said

NOTHING_SHARED: Mapping[Place, frozenset[Place]] = {}


class Why(StrEnum):
    """Why something is to be answered that is not taken over."""

    NEW = "new"
    REWORDED = "reworded"
    SCALE = "scale"
    REFUSED = "refused"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Before:
    """What was answered, by the code of then; `version` counts what was written there."""

    answer: str
    reason: str = ""
    version: int = 1


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that is taken over: from the code of before to the code of now."""

    before: str
    code: str
    criterion: Criterion
    answer: str


@dataclass(frozen=True, slots=True)
class Again:
    """Something to answer; `answer` is what was said of it before, or ""."""

    code: str
    criterion: Criterion
    why: Why
    answer: str


@dataclass(frozen=True, slots=True)
class Gone:
    """An answer that nothing asks for any more."""

    code: str
    criterion: Criterion
    answer: str


@dataclass(frozen=True, slots=True)
class Succession:
    """All that a new run takes over, asks and leaves behind; `seal` changes with what would be written."""

    kept: tuple[Kept, ...]
    again: tuple[Again, ...]
    gone: tuple[Gone, ...]
    seal: str


def succession(
    before: Edition,
    declared: Mapping[str, Before],
    after: Edition,
    of: Establishment = UNKNOWN,
    groups: Mapping[Place, frozenset[Place]] = NOTHING_SHARED,
) -> Succession:
    """Compare what was declared of an edition with what another version or edition asks of an establishment.

    An answer passes on the same scale, where it may still be given: between versions, to a criterion that is
    worded alike; between editions, to one that asks the same thing (`groups` of crossing.py). What another
    edition does not ask is not gone: it is asked where it was.

    >>> from charter.editions import load
    >>> edition = load("national-2012")
    >>> found = succession(edition, {"1.1": Before("yes")}, edition)
    >>> [(each.before, each.code) for each in found.kept], len(found.again), found.gone
    ([('1.1', '1.1')], 44, ())
    """
    said = {code: each.answer for code, each in declared.items()}
    is_version = before.code == after.code
    same: Mapping[str, Sequence[str]] = (
        {new: (old,) for new, old in successors(before, after).items()}
        if is_version
        else shared(before, after, groups)
    )
    passing = origins(said, before, after, same)
    reasons = {new: declared[old].reason for new, old in passing.items()}
    refused = {
        each.code
        for each in wrong_answers(after, {new: said[old] for new, old in passing.items()}, reasons, of)
    }
    kept = tuple(
        Kept(passing[code], code, criterion, said[passing[code]])
        for criterion, code in _asked(after)
        if code in passing and code not in refused
    )
    again = tuple(_again(before, after, said, same, {each.code for each in kept}))
    told = {each.before for each in kept} | {before_code for before_code, _ in again}
    gone = tuple(
        Gone(code, criterion, said[code])
        for criterion, code in _asked(before)
        if is_version and code in said and code not in told
    )
    return Succession(kept, tuple(each for _, each in again), gone, _seal(after, kept, declared))


def same_chapters(before: Edition, after: Edition) -> dict[int, int]:
    """Pair each chapter of a version with the one of before that bears its title, else its number.

    >>> from charter.editions import load
    >>> same_chapters(load("national-2012"), load("national-2012"))
    {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6}
    """
    titles = {each.title: each.number for each in before.chapters}
    found = {each.number: titles[each.title] for each in after.chapters if each.title in titles}
    left = {each.number for each in before.chapters} - set(found.values())
    return {each.number: each.number for each in after.chapters if each.number in left} | found


def _asked(edition: Edition) -> Iterator[tuple[Criterion, str]]:
    for criterion in edition.criteria:
        for code in criterion.asked:
            yield criterion, code


def _again(
    before: Edition, after: Edition, said: Said, same: Mapping[str, Sequence[str]], kept: set[str]
) -> Iterator[tuple[str, Again]]:
    """Give what is to be answered, each with the code of before that it is compared with, or ""."""
    old = {each.code: each for each in before.criteria}
    followed = {code for codes in same.values() for code in codes}
    for criterion, code in _asked(after):
        if code in kept:
            continue
        were = [
            one
            for of in same.get(criterion.code, ())
            for one, other in pairs(old[of], criterion)
            if other == code
        ]
        if were:
            was = next((one for one in were if one in said), were[0])
            yield was, Again(code, criterion, _why(before, after, was in said), said.get(was, ""))
        elif before.code == after.code and criterion.code in old and criterion.code not in followed:
            yield code, Again(code, criterion, Why.REWORDED, said.get(code, ""))
        else:
            yield "", Again(code, criterion, Why.NEW, "")


def _why(before: Edition, after: Edition, is_answered: bool) -> Why:
    if not is_answered:
        return Why.UNANSWERED
    return Why.REFUSED if before.scale is after.scale else Why.SCALE


def _seal(after: Edition, kept: tuple[Kept, ...], declared: Mapping[str, Before]) -> str:
    lines = [f"{each.before} {each.code} {declared[each.before].version}" for each in kept]
    return hashlib.sha256("\n".join([after.reference, *lines]).encode()).hexdigest()
