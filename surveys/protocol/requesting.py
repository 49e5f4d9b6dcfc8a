"""What one asked visit becomes: the request, every attempt planned up front, the desk's case (rows, pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

from quality.directory.geography import zone_of
from quality.ids import uuid7
from quality.measures.record import CellFacts
from surveys.priorities import PRIORITY
from surveys.protocol.definition import Protocol
from surveys.protocol.ledger import Row
from surveys.protocol.planning import Base, PlannedAttempt, closing_at, plan
from surveys.protocol.reaching import Line


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which protocol and questionnaire, and when, somebody is asked."""

    protocol: Protocol
    protocol_id: UUID
    questionnaire_id: UUID
    now: datetime


@dataclass(frozen=True, slots=True)
class InvitationRows:
    """The rows of one asked visit."""

    invitation: Row
    attempts: tuple[Row, ...]
    call: Row | None
    facts: CellFacts


def invitation_rows(visit: Row, line: Line, terms: Terms) -> InvitationRows:
    """Copy every fact that collecting and sending need: neither will read the person again."""
    base = Base(visit["ended_at"], visit["arrived_at"])
    planned = plan(base, visit["departement"], line.reach, terms.protocol, terms.now)
    facts = _facts(visit, planned[0].channel.value, line.arm)
    invitation = _invitation(visit, line, facts, terms)
    invitation["closes_at"] = closing_at(base, visit["departement"], terms.protocol)
    attempts = attempts_of(invitation, visit, line, planned, terms.protocol.contact_cap)
    return InvitationRows(invitation, attempts, call_of(invitation, attempts), facts)


def attempts_of(
    invitation: Row, visit: Row, line: Line, planned: Sequence[PlannedAttempt], contact_cap: int
) -> tuple[Row, ...]:
    """Give the rows of what is planned: named by their step and try, so that none is ever written twice."""
    return tuple(
        {
            "id": child_id(invitation["id"], attempt.step * 16 + attempt.try_number),
            "invitation_id": invitation["id"],
            "endpoint_id": line.endpoints[attempt.channel].id,
            "purpose": "survey",
            "audience": line.reach.audience,
            "state": "planned",
            "contact_cap": contact_cap,
            **{name: visit[name] for name in ("platform_id", "client_id", "person_id", "departement")},
            **{name: getattr(attempt, name) for name in attempt.__slots__},
        }
        for attempt in planned
    )


def child_id(parent: UUID, code: int) -> UUID:
    """Name a child of an invitation, as `child_id` does in SQL: the last octet is the code.

    >>> child_id(UUID("01a19467-e800-7000-8000-0000000000ff"), 17)
    UUID('01a19467-e800-7000-8000-000000000011')
    """
    return UUID(int=parent.int & ~0xFF | code)


def _facts(visit: Row, first_mode: str, arm: str) -> CellFacts:
    return CellFacts(
        platform_id=visit["platform_id"],
        pseudonym=visit["person_id"],
        month=local_day(visit).replace(day=1),
        provider_id=visit["provider_id"],
        activity=visit["activity"],
        mode=visit["mode"],
        departement=visit["departement"],
        territory=visit["territory"],
        funders=tuple(visit["funders"]),
        first_mode=first_mode,
        arm=arm,
        respondent="",
        collector="platform",
        admissible="yes",
        age_band=visit["age_band"] or "",
    )


COPIED = ("platform_id", "pseudonym", "month", "provider_id", "activity", "mode", "departement", "territory",
          "funders", "first_mode", "arm", "collector", "age_band")  # fmt: skip


def _invitation(visit: Row, line: Line, facts: CellFacts, terms: Terms) -> Row:
    identity = uuid7(terms.now)
    return {
        **{name: getattr(facts, name) for name in COPIED},
        "id": identity,
        "purpose": "survey",
        "client_id": visit["client_id"],
        "occasion_id": visit["id"],
        "audience": line.reach.audience,
        "questionnaire_id": terms.questionnaire_id,
        "protocol_id": terms.protocol_id,
        "language": visit["language"],
        "visit_on": local_day(visit),
        "provider_name": visit["provider_name"],
        "provider_short_name": visit["short_name"],
        "created_at": terms.now,
    }


def call_of(invitation: Row, attempts: Sequence[Row]) -> Row | None:
    """Open the desk's case of a request that has calls, due when the first of them is."""
    call = next((attempt for attempt in attempts if attempt["channel"] == "phone"), None)
    if call is None:
        return None
    return {
        "id": uuid7(invitation["created_at"]),
        "platform_id": invitation["platform_id"],
        "kind": "survey",
        "client_id": invitation["client_id"],
        "invitation_id": invitation["id"],
        "state": "open",
        "next_due_at": call["opens_at"],
        "closes_at": invitation["closes_at"],
        "attempt_id": call["id"],
        "created_at": invitation["created_at"],
        "priority": PRIORITY["survey"],
        "language": invitation["language"],
    }


def local_day(visit: Row) -> date:
    return _local_date(visit["ended_at"], visit["departement"])


@lru_cache(8192)
def _local_date(instant: datetime, departement: str) -> date:
    return instant.astimezone(zone_of(departement)).date()
