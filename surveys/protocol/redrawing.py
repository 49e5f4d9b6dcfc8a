"""The draws of a quarter made again from their logged seeds, beside what the ledger keeps of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from surveys.protocol.arms import drawn, first_of
from surveys.protocol.experiment import Experiment
from surveys.protocol.occasion import Reason, Stratum, draw

DRAWS = (Reason.DRAWN, Reason.NOT_DRAWN, Reason.QUARTER_FULL_ASK, Reason.TOO_LATE)


@dataclass(frozen=True, slots=True)
class Kept:
    """One line of the ledger that a draw decided; one asked too late keeps the number it had drawn."""

    id: UUID
    stratum_id: UUID
    reason: Reason
    draw: float | None


@dataclass(frozen=True, slots=True)
class Redrawn:
    """One line that another draw would not have written: what it says, and what the seed says."""

    id: UUID
    reason: Reason
    draw: float | None
    reason_again: Reason
    draw_again: float | None


@dataclass(frozen=True, slots=True)
class Begun:
    """One request whose first contact chance chose, by the experiment of its protocol."""

    id: UUID
    person: UUID
    arm: str
    experiment: Experiment


@dataclass(frozen=True, slots=True)
class Moved:
    """One request that the seed would have begun otherwise, or left out of the experiment (empty)."""

    id: UUID
    first: str
    first_again: str


def moved(seed: bytes, begun: Sequence[Begun]) -> Iterator[Moved]:
    """Draw again each first contact, and give those that differ.

    >>> tried = Experiment(share=100, channels=("sms", "phone"))
    >>> list(moved(b"seed", [Begun(UUID(int=1), UUID(int=1), "phone/sms", tried)]))
    []
    >>> str(next(moved(b"seed", [Begun(UUID(int=1), UUID(int=1), "sms/phone", tried)])).first_again)
    'phone'
    """
    for each in begun:
        first, again = first_of(each.arm), drawn(each.experiment, seed, each.person)
        if first != again:
            yield Moved(each.id, first or "", again or "")


def differences(strata: Mapping[UUID, Stratum], kept: Sequence[Kept]) -> Iterator[Redrawn]:
    """Draw again each line, and give those that differ; what came too late had been drawn first.

    >>> one = UUID(int=1)
    >>> stratum = {one: Stratum(b"2026-Q4", target=40, expected=100)}
    >>> list(differences(stratum, [Kept(one, one, Reason.NOT_DRAWN, draw(b"2026-Q4", one))]))
    []
    >>> next(differences(stratum, [Kept(one, one, Reason.DRAWN, 0.2)])).reason_again.value
    'not_drawn'
    """
    for line in kept:
        reason, number = _again(strata[line.stratum_id], line)
        if (reason, number) != (line.reason, line.draw):
            yield Redrawn(line.id, line.reason, line.draw, reason, number)


def _again(stratum: Stratum, line: Kept) -> tuple[Reason, float | None]:
    too_late = line.reason is Reason.TOO_LATE
    if stratum.expected is None:
        return (Reason.TOO_LATE if too_late else Reason.QUARTER_FULL_ASK), None
    number = draw(stratum.seed, line.id)
    if number * stratum.expected >= stratum.target:
        return Reason.NOT_DRAWN, number
    return (Reason.TOO_LATE if too_late else Reason.DRAWN), number
