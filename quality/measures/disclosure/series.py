"""The audit of one series: hold back, round after round, until nothing is proved (pure)."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from quality.measures.disclosure.knowledge import Sum, Told
from quality.measures.disclosure.lattice import Key, judge
from quality.measures.disclosure.mending import Mending
from quality.measures.disclosure.overlaps import given_back
from quality.measures.disclosure.proving import Answers, Around, Figures, Proof, Said
from quality.measures.disclosure.status import Facts, Status
from quality.measures.disclosure.suppression import Elsewhere
from quality.measures.disclosure.ties import Crowds, Spreads, crossed, exposed

B = TypeVar("B")  # the sums that a figure is computed from


class Reading(NamedTuple, Generic[B]):
    """What is judged of a base, and what is told of it once judged: functions of a module."""

    facts: Callable[[B], Facts]
    told: Callable[[B, Status], Told]


@dataclass(frozen=True, slots=True)
class Asked(Generic[B]):
    """What would be published of one series, by bare keys, and who is counted in it."""

    bases: Mapping[Key, B]
    reading: Reading[B]
    before: Elsewhere[Key]
    around: Around
    crowds: Crowds
    spreads: Spreads


@dataclass(slots=True)
class Outcome:
    """What an audit did: secrets examined, programs solved, figures held back, what could still be proved."""

    examined: int = 0
    solved: int = 0
    held: set[Key] = field(default_factory=set)
    proved: list[Sum] = field(default_factory=list)


def audit_series(asked: Asked[B], answers: Answers, first: Collection[Key]) -> tuple[Outcome, Figures]:
    """Hold back what is asked `first`, then more until nothing is proved; give what is then shown."""
    period, earlier, _ = around = asked.around
    figures, said, mending, outcome = _Shown(asked), Said(around), Mending(period), Outcome()
    outcome.held |= figures.cells.keys() & first
    outcome.held.update(given_back(period, figures.cells, earlier))
    while True:
        told = figures.unexposed(outcome.held)
        proof = Proof()
        for ask in (answers.alone, said.alone, answers.beside, said.since):
            proof = ask(told)
            outcome.examined += proof.examined
            outcome.solved += proof.solved
            if proof.secrets:
                break
        else:
            return outcome, told
        more = mending.held(told, proof.secrets, proof.lines)
        if more <= outcome.held and mending.is_spent(proof.secrets):
            outcome.proved += proof.secrets
            return outcome, told
        outcome.held |= more


class _Shown(Generic[B]):
    """What would be shown of a series, each figure drawn once however often it is judged."""

    def __init__(self, asked: Asked[B]) -> None:
        self._asked = asked
        self._drawn: dict[Key, Told] = {}
        self.cells = {key: asked.reading.facts(base) for key, base in asked.bases.items()}

    def unexposed(self, held: set[Key]) -> Figures:
        """Tell what would be shown, once no place leaves 1 to 10 clients; `held` takes more."""
        asked = self._asked
        told = self._told(held)
        while more := {*exposed(told, asked.crowds), *crossed(told, asked.spreads, asked.before.known)}:
            held |= more
            told = self._told(held)
        return told

    def _told(self, held: Collection[Key]) -> Figures:
        before = self._asked.before
        statuses = judge(self.cells, Elsewhere(frozenset(before.hidden).union(held), before.known))
        return {key: self._draw(key, status) for key, status in statuses.items()}

    def _draw(self, key: Key, status: Status) -> Told:
        told = self._drawn.get(key)
        if told is None or told.status is not status:
            told = self._drawn[key] = self._asked.reading.told(self._asked.bases[key], status)
        return told
