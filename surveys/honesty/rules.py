"""When an answer is kept but left out of the figures, and why (contact.md, section 7; pure).

Whose paper an answer came by is settled elsewhere (`surveys/door`): until then, and after, it stays apart
whatever these rules say. What a supervisor decided stands, whatever is found later. Only answers that the
platform collected make its figures: those of a provider or of a printed code are in cells of their own.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

ADMISSIBLE = "yes"
SEVERAL = "several_answers"  # several by one paper: whose are they?
SET_ASIDE = "set_aside"  # a supervisor kept others, or none
OF_PAPER = frozenset({SEVERAL, SET_ASIDE})

# One relative may answer for two parents and two parents-in-law; five clients of one provider are no family.
MANY_CLIENTS = 5
# A worker sees all her clients within a week; the longer one looks, the more strangers share an address.
DEVICE_WINDOW = timedelta(days=7)
# Each question is a page to load, read and send: nobody reads five of them in five seconds.
QUICK_QUESTIONS = 5
QUICK = timedelta(seconds=5)


class Reason(StrEnum):
    """Why an answer counts apart; where several hold, the first one names its cells."""

    WORKER_FILLED_IN = "worker_filled_in"
    WORKER_PRESENT = "worker_present"
    ONE_NUMBER = "one_number"
    ONE_DEVICE = "one_device"
    TOO_FAST = "too_fast"


SAID = frozenset(
    {Reason.WORKER_FILLED_IN, Reason.WORKER_PRESENT}
)  # the respondent says so, and may correct it


class Verdict(StrEnum):
    """What a supervisor decided of an answer."""

    NONE = ""
    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """How a response came.

    `worker` is '', 'present' or 'filled_in'; `lasted` runs from its first answer to its last; the clients
    are those of one provider who answered from one device, or who have one number or address.
    """

    worker: str = ""
    channel: str = "web"
    questions: int = 1
    lasted: timedelta = timedelta()
    device_clients: int = 1
    number_clients: int = 1


RULES: Mapping[Reason, Callable[[Circumstances], bool]] = MappingProxyType(
    {
        Reason.WORKER_FILLED_IN: lambda how: how.worker == "filled_in",
        Reason.WORKER_PRESENT: lambda how: how.worker == "present",
        Reason.ONE_NUMBER: lambda how: how.number_clients >= MANY_CLIENTS,
        Reason.ONE_DEVICE: lambda how: how.device_clients >= MANY_CLIENTS,
        Reason.TOO_FAST: lambda how: (
            how.channel == "web" and how.questions >= QUICK_QUESTIONS and how.lasted < QUICK
        ),
    }
)


def reasons(how: Circumstances) -> tuple[Reason, ...]:
    """List every reason that holds, the weightiest first.

    >>> reasons(Circumstances(worker="present", questions=5, lasted=timedelta(seconds=4)))
    (<Reason.WORKER_PRESENT: 'worker_present'>, <Reason.TOO_FAST: 'too_fast'>)
    >>> reasons(Circumstances(questions=5, lasted=timedelta(seconds=5), device_clients=4))
    ()
    """
    return tuple(reason for reason, holds in RULES.items() if holds(how))


def doubts_after(before: Iterable[str], found: Iterable[Reason], verdict: str) -> tuple[str, ...]:
    """Give the reasons kept on a response: what was noted stays, save what the respondent says no more.

    What a supervisor decided about stays whole.

    >>> doubts_after(["too_fast", "worker_present"], [Reason.ONE_DEVICE], "")
    ('one_device', 'too_fast')
    """
    stays = set(before) if verdict else set(before) - SAID
    noted = stays | set(found)
    return tuple(reason.value for reason in Reason if reason in noted)


def admissible(now: str, doubts: Iterable[str], verdict: str) -> str:
    """Give what names the cells of a response: `yes` where it counts, else the reason why it counts apart.

    >>> admissible("yes", ["one_device", "too_fast"], ""), admissible("one_device", ["one_device"], "in")
    ('one_device', 'yes')
    >>> admissible("several_answers", [], "in"), admissible("too_fast", [], "")
    ('several_answers', 'yes')
    """
    if now in OF_PAPER:
        return now
    if verdict == Verdict.IN:
        return ADMISSIBLE
    return next((reason.value for reason in Reason if reason in set(doubts)), ADMISSIBLE)
