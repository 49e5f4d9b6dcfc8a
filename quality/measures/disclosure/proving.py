"""What can be proved of one series, by its period alone and beside what was published (pure).

Of its answers, and of what was said: Σx. Series that have the same answers, as those of one questionnaire
often do, share the first.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from quality.measures.disclosure.audit import Adds, audit
from quality.measures.disclosure.block import Known, Moves
from quality.measures.disclosure.knowledge import Apart, Count, Releases, Sum, Told, come_late, system
from quality.measures.disclosure.lattice import Key
from quality.measures.disclosure.status import HIDDEN_UNDER, Status

Range = tuple[float, float]  # the least and the most that a sum can be
Figures = Mapping[Key, Told]
Seen = frozenset[tuple[Key, bool, int, bool]]  # of each figure: is it hidden, its answers, are they of few


class Around(NamedTuple):
    """A period, what earlier releases that touch it tell, and by place which conventions are apart."""

    period: str
    earlier: Releases
    apart: Apart


@dataclass(frozen=True, slots=True)
class Proof:
    """Secrets that can be proved and the lines that join them; secrets asked of, programs solved."""

    secrets: Collection[Sum] = ()
    lines: Sequence[Adds[Sum]] = ()
    examined: int = 0
    solved: int = 0


def seen(figures: Figures) -> Seen:
    """Give all that a reader knows of the answers of some figures."""
    return frozenset(
        (key, told.status.is_hidden, told.responses, _is_of_few(told)) for key, told in figures.items()
    )


def _hidden(told: Told) -> Told:
    return told._replace(status=Status.D)


def _is_of_few(told: Told) -> bool:
    """Tell of those whose answers are added up; behind a rate of answers stand those who were asked."""
    return told.clients < HIDDEN_UNDER


class Answers:
    """What can be proved of the answers, for all series that have the same: each is asked once.

    What vouched for secrets in one round is tried in the next. `_known` is what is proved whatever this
    period hides: by earlier releases among themselves, or by late answers, which a reader is taken to know.
    """

    def __init__(self, around: Around) -> None:
        self._around = around
        self._found_alone: dict[Seen, Proof] = {}
        self._found_beside: dict[Seen, Proof] = {}
        self._vouched_alone: list[Moves[Sum]] = []
        self._vouched_beside: list[Moves[Sum]] = []
        self._known: dict[Sum, Range] = {}

    def alone(self, told: Figures) -> Proof:
        """Find what this period proves."""
        return _once(self._found_alone, told, self._prove_alone)

    def beside(self, told: Figures) -> Proof:
        """Find what this period and the earlier ones prove of what is hidden, and these did not prove before.

        Of this period, only what few people said is asked: what is hidden to protect it may be known by the
        parts of the period, as long as it is not.
        """
        return _once(self._found_beside, told, self._prove_beside) if self._around.earlier else Proof()

    def _prove_alone(self, told: Figures) -> Proof:
        of, _, apart = self._around
        sums, lines = system({of: told}, Count.ANSWERS, apart)
        return _asked(sums, lines, self._vouched_alone)[0]

    def _prove_beside(self, told: Figures) -> Proof:
        of, earlier, apart = self._around
        sums, lines = system({**earlier, of: told}, Count.ANSWERS, apart)
        proof, found = _asked(self._asked_again(sums, told), lines, self._vouched_beside)
        return self._what_is_new(told, proof, found) if found else proof

    def _asked_again(self, sums: Mapping[Sum, Known], told: Figures) -> dict[Sum, Known]:
        """Ask of all that earlier releases hid: what this one shows of some figures may prove others too.

        A figure hidden in both may be proved: what hid it in the earlier release may be shown in this one.
        One that earlier releases told of exactly has nothing more to tell.
        """
        solved = {name for name, (least, most) in self._known.items() if least == most}
        of = self._around.period
        again = {name for name in sums if name.period != of and name.key in told and name not in solved}
        few = {
            name
            for name, known in sums.items()
            if name.period == of and (known.must_reach or (not name.payers and _is_of_few(told[name.key])))
        }
        return asking(again | few, sums)

    def _what_is_new(self, told: Figures, proof: Proof, found: Mapping[Sum, Range]) -> Proof:
        """Leave out what is proved as closely where this period shows nothing: hiding would mend nothing."""
        of, earlier, apart = self._around
        nothing = {key: each if each.status.is_hidden else _hidden(each) for key, each in told.items()}
        sums, lines = system({**earlier, of: nothing}, Count.ANSWERS, apart)
        before, known = _asked(asking(found.keys() - self._known.keys(), sums), lines, [])
        self._known |= known
        secrets = [
            name
            for name, (least, most) in found.items()
            if name not in self._known or least > self._known[name][0] or most < self._known[name][1]
        ]
        examined, solved = proof.examined + before.examined, proof.solved + before.solved
        return Proof(secrets, proof.lines, examined, solved)


class Said:
    """What can be proved of what was said in one series."""

    def __init__(self, around: Around) -> None:
        self._around = around
        self._vouched_alone: list[Moves[Sum]] = []
        self._vouched_beside: list[Moves[Sum]] = []

    def alone(self, told: Figures) -> Proof:
        """Find what this period proves."""
        of, _, apart = self._around
        sums, lines = system({of: told}, Count.GOOD, apart)
        return _asked(sums, lines, self._vouched_alone)[0]

    def since(self, told: Figures) -> Proof:
        """Find what is proved of the few whose answers this period has and no shorter one had."""
        of, earlier, apart = self._around
        late = frozenset(come_late(of, told, earlier))
        if not late:
            return Proof()
        sums, lines = system({**earlier, of: told}, Count.GOOD, apart)
        asked = {name for name in sums if name.is_gap and name.period == of and name.key in late}
        return _asked(asking(asked, sums), lines, self._vouched_beside)[0]


def _once(kept: dict[Seen, Proof], told: Figures, prove: Callable[[Figures], Proof]) -> Proof:
    """Prove once of figures that read alike; no program is solved for them again."""
    what = seen(told)
    if what in kept:
        return replace(kept[what], solved=0)
    kept[what] = prove(told)
    return kept[what]


def asking(asked: Collection[Sum], sums: Mapping[Sum, Known]) -> dict[Sum, Known]:
    """Leave no secret but those asked of."""
    return {
        name: known if name in asked else Known(known.low, known.high, known.true)
        for name, known in sums.items()
    }


def _asked(
    sums: Mapping[Sum, Known], lines: Sequence[Adds[Sum]], vouching: list[Moves[Sum]]
) -> tuple[Proof, Mapping[Sum, Range]]:
    """Find what can be proved, and between what; what vouched for others is tried, what does is kept."""
    verdict = audit(sums, lines, vouching)
    vouching[:] = verdict.vouching
    return Proof(list(verdict.proved), lines, verdict.examined, verdict.solved), verdict.proved
