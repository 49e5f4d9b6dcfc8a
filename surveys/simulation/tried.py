"""A visit asked about in a replay, its attempts, and what is left of it when an endpoint is lost (pure)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import msgspec

from surveys.desk.queueing.spreading import Parts
from surveys.protocol.definition import Audience, Channel, Protocol
from surveys.protocol.ledger import Row
from surveys.protocol.planning import Base, PlannedAttempt
from surveys.protocol.reaching import Line
from surveys.protocol.requesting import child_id
from surveys.protocol.rerouting import Rest, rest_of

SENT, UNDELIVERED, WRONG_NUMBER, WINDOW_OVER = "sent", "undelivered", "wrong_number", "window_over"
# The state in which the engine has an attempt of each outcome; of all others, it suppressed it.
STATES = {"": "planned", SENT: "sent", UNDELIVERED: "failed", WRONG_NUMBER: "failed", WINDOW_OVER: "expired"}


@dataclass(slots=True, eq=False)
class TriedInvitation:
    """One visit asked about, with the attempts it was given."""

    visit: UUID
    provider: UUID
    client: UUID
    person: UUID
    departement: str
    audience: Audience
    contact_cap: int
    base: Base
    closes_at: datetime
    arm: str = ""
    is_answered: bool = False
    attempts: list["Attempt"] = field(default_factory=list)
    parts: Parts = field(default_factory=Parts)

    def rest(
        self,
        line: Line,
        departement: str,
        protocol: Protocol,
        now: datetime,
        lost: Callable[["Attempt"], str | None],
    ) -> Rest:
        """Plan what is left of it by the endpoints that are not lost, by the engine's own rule."""
        request: Row = {
            "id": self.visit,
            "platform_id": None,
            "client_id": self.client,
            "person_id": self.person,
            "audience": self.audience,
            "arm": self.arm,
            "language": "",
            "departement": departement,
            "ended_at": self.base.ended_at,
            "arrived_at": self.base.received_at,
            "closes_at": self.closes_at,
        }
        attempts = [each.row | {"lost": lost(each)} for each in self.attempts]
        capped = msgspec.structs.replace(protocol, contact_cap=self.contact_cap)
        return rest_of(request, attempts, line, capped, now)


@dataclass(slots=True, eq=False)
class Attempt:
    """One message or call of a request, in the hours of a place; `outcome` is empty while it waits."""

    invitation: TriedInvitation
    planned: PlannedAttempt
    endpoint: UUID
    departement: str
    planned_at: datetime
    outcome: str = ""
    sent_at: datetime | None = None
    opens_at: datetime = field(init=False)
    closes_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.opens_at, self.closes_at = self.planned.opens_at, self.planned.closes_at

    @property
    def id(self) -> UUID:
        return child_id(self.invitation.visit, self.planned.step * 16 + self.planned.try_number)

    @property
    def channel(self) -> Channel:
        return self.planned.channel

    @property
    def give_up_at(self) -> datetime:
        return self.planned.give_up_at

    @property
    def waits(self) -> bool:
        return not self.outcome

    @property
    def has_left(self) -> bool:
        """Tell whether somebody may have got it."""
        return self.outcome == SENT

    @property
    def rank(self) -> tuple[int, int]:
        return self.planned.step, self.planned.try_number

    def overtakes(self, before: "Attempt", now: datetime) -> bool:
        """Tell whether it is a later step that left, or is due.

        One that reached nobody overtook what was due then.
        """
        if self.rank <= before.rank:
            return False
        if self.sent_at is not None:
            was_due = before.opens_at <= self.sent_at and before.planned_at < self.sent_at
            return self.has_left or was_due
        return self.waits and self.opens_at <= now < self.give_up_at

    @property
    def row(self) -> Row:
        """Give what the engine's rule reads of it."""
        return {
            "id": self.id,
            "step": self.planned.step,
            "channel": self.channel,
            "state": STATES.get(self.outcome, "suppressed"),
            "reason": self.outcome or None,
            "opens_at": self.opens_at,
            "counted_at": self.sent_at,
        }
