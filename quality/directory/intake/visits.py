"""What a line changes in the visit already known, or makes of a new one; pure."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from hashlib import blake2b
from operator import attrgetter
from typing import Any
from uuid import UUID

import msgspec

from quality.directory.geography import zone_of
from quality.directory.intake.instants import local_time
from quality.directory.intake.line import CLEAR, Line, first_status
from quality.directory.intake.refusals import LineError, line_error
from quality.ids import uuid7_of

COPIED = (
    "activity",
    "mode",
    "departement",
    "planned_start",
    "planned_end",
    "started_at",
    "ended_at",
    "worker_reference",
    "funders",
    "status_reason",
    "incident",
    "plan_reference",
    "hours_notified",
    "referral_reference",
)
CLEARED: dict[str, object] = {"funders": (), "incident": False}
_told: Callable[[Line], tuple[Any, ...]] = attrgetter(*COPIED)
SPANS = (("planned_start", "planned_end"), ("started_at", "ended_at"))

# Says whether the right to do this activity in this mode, there and on that day, is missing.
Missing = Callable[[str, str, str, date], bool]


class Visit(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A visit as stored; the fields are columns of `intervention`, in the order of the staging table."""

    client_id: UUID
    activity: str
    mode: str
    departement: str
    planned_start: datetime | None = None
    planned_end: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    worker_reference: str | None = None
    funders: tuple[UUID, ...] = ()
    status: str
    status_reason: str | None = None
    incident: bool = False
    plan_reference: str | None = None
    hours_notified: Decimal | None = None
    referral_reference: str | None = None
    authorisation_missing: bool = False

    @property
    def starts_at(self) -> datetime:
        """Return the planned instant, else the real one: a visit has one of them."""
        return self.planned_start or self.started_at  # type: ignore[return-value]


IDENTITY_KEY = "visit"  # the label of the subkey of identifiers


def identity_of(visit: Visit, provider: UUID, reference: str, key: bytes) -> UUID:
    """Return the identifier of a visit never seen before, the same however often it is asked for.

    The draw is a hash of it: a file can be simulated before it is received, and only with the key.

    >>> from datetime import UTC
    >>> at = datetime(2026, 11, 1, tzinfo=UTC)
    >>> visit = Visit(client_id=UUID(int=1), activity="I-3", mode="prestataire", departement="34",
    ...     started_at=at, status="done")
    >>> identity_of(visit, UUID(int=2), "V-1", b"key") == identity_of(visit, UUID(int=2), "V-1", b"key")
    True
    """
    drawn = blake2b(provider.bytes + reference.encode(), key=key, digest_size=10).digest()
    return uuid7_of(visit.starts_at, int.from_bytes(drawn, "big") >> 6)


def after(stored: Visit | None, line: Line, client: UUID, missing: Missing) -> Visit | list[LineError]:
    """Return the visit once the line is applied, or why it cannot be: an empty cell leaves what is stored."""
    facts = dict(zip(COPIED, _told(line), strict=True))
    for field, told in facts.items():
        if told is None:
            facts[field] = CLEARED.get(field) if stored is None else getattr(stored, field)
        elif told is CLEAR:
            facts[field] = CLEARED.get(field)
    start = facts["planned_start"] or facts["started_at"]
    day = start.astimezone(zone_of(line.departement)).date()
    facts["authorisation_missing"] = missing(line.activity, line.mode, line.departement, day)
    visit = Visit(client_id=client, status=_status(stored, line), **facts)
    errors = [error for span in SPANS if (error := _disorder(visit, line, span))]
    return errors or visit


def _status(stored: Visit | None, line: Line) -> str:
    """Return the status told; without one, a planned visit that now has a real start is done."""
    if line.status is not None or stored is None or stored.status == "planned":
        return first_status(line)
    return stored.status


def _disorder(visit: Visit, line: Line, span: tuple[str, str]) -> LineError | None:
    """Refuse an end before its start, when one of the two comes from the line and the other was stored."""
    start, end = getattr(visit, span[0]), getattr(visit, span[1])
    if start is None or end is None or start <= end:
        return None
    zone = zone_of(visit.departement)
    message = (
        f"La fin précède le début ({local_time(start, zone, beside=end)}). "
        "L’un des deux était déjà enregistré : envoyez les deux."
    )
    column = span[1] if getattr(line, span[1]) is not None else span[0]
    shown = end if column == span[1] else start
    return line_error(line.line, column, f"{shown.astimezone(zone):%d/%m/%Y %H:%M}", message)
