"""What is left of a request one of whose endpoints is lost: its steps planned for the others (rows, pure).

A request's row is that of its invitation with what `line_of` and `plan` read of the visit and of the client;
an attempt's also tells why its endpoint is `lost`: it died, or the client's line tells it no more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from surveys.protocol.definition import Channel, Protocol
from surveys.protocol.ledger import Row
from surveys.protocol.planning import WRITING, Base, Past, Reach, plan
from surveys.protocol.reaching import Line
from surveys.protocol.requesting import attempts_of, call_of

WAITING = frozenset({"planned", "deferred"})
LEFT = frozenset({"claimed", "sending", "sent", "delivered", "uncertain"})
STOPPED = frozenset({"dead_endpoint", "address_changed", "wrong_number", "rerouted"})
NOBODY = Line(Reach(sms=False, email=False, phone=False))


@dataclass(frozen=True, slots=True)
class Rest:
    """Attempts planned anew, calls moved to another number, attempts stopped and why, the desk's case."""

    planned: tuple[Row, ...]
    moved: tuple[tuple[UUID, UUID], ...]
    stopped: tuple[tuple[UUID, str], ...]
    call: Row | None


def rest_of(request: Row, attempts: Sequence[Row], line: Line, protocol: Protocol, now: datetime) -> Rest:
    """Plan what is left of a request by the endpoints that its person still has and that work.

    A step that goes on keeps its tries, at another number where there is one. Nobody else than whom the
    request asked is asked in their place. A channel that was drawn to begin with still does, while it works.
    """
    line = line.begun_by(request["arm"]) if line.reach.audience == request["audience"] else NOBODY
    begun = frozenset(each["step"] for each in attempts if has_begun(each))
    waiting = [each for each in attempts if each["state"] in WAITING]
    going_on = [each for each in waiting if each["step"] in begun]
    moved = _moved(going_on, line)
    kept = [each for each in going_on if not each["lost"] or each["id"] in moved]
    base = Base(request["ended_at"], request["arrived_at"])
    past = _past(request, attempts, begun, kept)
    planned = attempts_of(
        request,
        request,
        line,
        plan(base, request["departement"], line.reach, protocol, now, past=past),
        protocol.contact_cap,
    )
    stays = {each["id"] for each in (*planned, *kept)}
    return Rest(
        planned=planned,
        moved=tuple(moved.items()),
        stopped=tuple((each["id"], _why(each)) for each in waiting if each["id"] not in stays),
        call=call_of(request | {"created_at": now}, planned),
    )


def has_begun(attempt: Row) -> bool:
    """Tell whether somebody was asked by an attempt, or may be; not by one stopped before."""
    if attempt["counted_at"] is not None:
        return True
    is_stopped = attempt["state"] == "suppressed" and attempt["reason"] in STOPPED
    return attempt["state"] != "planned" and not is_stopped


def _moved(going_on: Iterable[Row], line: Line) -> dict[UUID, UUID]:
    """Find the number that takes the place of a lost one, for the tries of a step that goes on."""
    found = ((each, line.endpoints.get(Channel(each["channel"]))) for each in going_on if each["lost"])
    return {each["id"]: endpoint.id for each, endpoint in found if endpoint is not None}


def _past(request: Row, attempts: Sequence[Row], begun: frozenset[int], kept: Sequence[Row]) -> Past:
    left = [each for each in attempts if each["state"] in LEFT]
    ids = {each["id"] for each in kept}
    over = [each for each in attempts if each["state"] not in WAITING]
    contacts = [each["counted_at"] for each in left if each["counted_at"] is not None]
    return Past(
        begun=begun,
        last=max((each["step"] for each in (*left, *kept)), default=0),
        was_meant=any(each["channel"] in WRITING for each in attempts),
        was_written=any(each["channel"] in WRITING for each in left),
        contacts=len(ids) + sum(each["counted_at"] is not None for each in over),
        last_contact_at=max([*contacts, *(each["opens_at"] for each in kept)], default=None),
        closes_at=request["closes_at"],
    )


def _why(attempt: Row) -> str:
    return attempt["lost"] or "rerouted"
