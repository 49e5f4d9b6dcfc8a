"""The complaints of some months as their readers may see them, for what they teach."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from quality.access import audit
from quality.access.actor import Actor, Role
from quality.complaints.ladder.escalating import RULES
from quality.complaints.learning.measuring import course_of
from quality.complaints.learning.shares import Told
from quality.complaints.opening import WITHDRAWN_CAUSE
from quality.complaints.resolving.handing import HANDS
from quality.complaints.resolving.handling import CONTEST
from quality.db import Connection, fetch
from quality.directory.geography import zone_of
from quality.keys import Keyring

# The lines that say that another has taken the hand: a delay passed, a contest, a manager, a funder or a
# mediator; a hand given back is none.
ESCALATED = tuple(
    sorted(
        {rule.line for rule in RULES.values() if rule.line and rule.holder}
        | {f"staff_{move.event}" for to, move in HANDS.items() if to != "provider"}
        | {CONTEST.event, f"staff_{CONTEST.event}", "staff_transmitted"}
    )
)
# Who is behind one is read through its own policy: a provider has the named ones only.
COMPLAINTS = f"""
SELECT c.number, c.provider_id, c.activity, c.departement, c.cause_code, c.opened_at, c.state, c.disclosure,
       c.cause, c.remedied_at, c.verdict, c.round, c.is_first_contact, c.is_serious, c.handled_at,
       s.client_id, EXISTS (SELECT FROM authority_refusal r WHERE r.complaint_id = c.id) AS is_refused,
       c.holder <> 'provider' OR EXISTS (
           SELECT FROM complaint_event e
           WHERE e.complaint_id = c.id AND e.kind IN {ESCALATED}) AS is_escalated,
       (SELECT jsonb_agg(jsonb_build_object('due_at', p.due_at, 'done_at', p.done_at, 'state', p.state,
                                            'done_how', p.done_how, 'remedy_code', p.remedy_code,
                                            'authority', p.authority))
        FROM complaint_promise p WHERE p.complaint_id = c.id) AS promises
FROM complaint c LEFT JOIN complaint_subject s ON s.id = c.id
WHERE c.platform_id = $1 AND ($2::uuid IS NULL OR c.provider_id = $2)
  AND c.opened_at >= $3 AND c.opened_at <= $4 AND c.state <> 'merged' AND c.cause <> '{WITHDRAWN_CAUSE}'
ORDER BY c.number
"""
REFUSALS = """
SELECT r.complaint_id, r.remedy_code, r.reason, r.who_can FROM authority_refusal r
JOIN complaint c ON c.id = r.complaint_id
WHERE r.platform_id = $1 AND ($2::uuid IS NULL OR c.provider_id = $2) AND r.at >= $3 AND r.at <= $4
ORDER BY r.at, r.id
"""
GRANTED = """
SELECT DISTINCT p.complaint_id FROM complaint_promise p
WHERE p.platform_id = $1 AND ($2::uuid IS NULL OR p.provider_id = $2) AND p.made_at >= $3 AND p.made_at <= $4
  AND p.authority <> 'provider'
"""
PROVIDERS = """
SELECT o.id, o.code, o.name FROM organisation o
WHERE o.platform_id = $1 AND o.kind = 'provider'
  AND (o.code = $2 OR EXISTS (SELECT FROM complaint c WHERE c.provider_id = o.id AND c.platform_id = $1))
ORDER BY o.id
"""
NAMES = "SELECT id, name_cipher FROM client WHERE id = ANY ($1::uuid[])"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A remedy that the desk could not grant: what, why, and who could."""

    complaint: UUID
    remedy: str
    reason: str
    who_can: str


@dataclass(frozen=True, slots=True)
class Authority:
    """What the desk could not grant, and in how many complaints it granted or wanted something."""

    refusals: tuple[Refusal, ...]
    complaints: int

    @property
    def refused_complaints(self) -> int:
        return len({each.complaint for each in self.refusals})


@dataclass(frozen=True, slots=True)
class Organisation:
    id: UUID
    code: str
    name: str


async def organisations(db: Connection, actor: Actor, code: str) -> tuple[Organisation, ...]:
    """Name the organisations with a complaint, and the one asked for; a provider reads its own page."""
    if actor.role == Role.provider:
        return ()
    return tuple(Organisation(**row) for row in await fetch(db, PROVIDERS, actor.platform, code))


async def told(
    db: Connection, actor: Actor, provider: UUID | None, since: datetime, now: datetime
) -> tuple[Told, ...]:
    """Read the complaints opened since a day; inside `scoped(actor)`."""
    rows = await fetch(db, COMPLAINTS, actor.platform, _own(actor, provider), since, now)
    return tuple(
        Told(
            number=row["number"],
            month=f"{row['opened_at'].astimezone(zone_of(row['departement'])):%Y-%m}",
            cause=row["cause_code"],
            provider=row["provider_id"],
            activity=row["activity"],
            client=row["client_id"],
            is_escalated=row["is_escalated"],
            course=course_of(row),
        )
        for row in rows
    )


async def authority(
    db: Connection, actor: Actor, provider: UUID | None, since: datetime, now: datetime
) -> Authority | None:
    """Read what the desk could not grant; a provider does not read the platform's own limits."""
    if actor.role == Role.provider:
        return None
    values = (actor.platform, provider, since, now)
    refusals = tuple(
        Refusal(row["complaint_id"], row["remedy_code"], row["reason"], row["who_can"])
        for row in await fetch(db, REFUSALS, *values)
    )
    granted = {row["complaint_id"] for row in await fetch(db, GRANTED, *values)}
    return Authority(refusals, len(granted | {each.complaint for each in refusals}))


async def names(
    db: Connection, actor: Actor, keyring: Keyring, groups: Sequence[Sequence[Told]]
) -> Mapping[UUID, str]:
    """Name the clients who came more than once, for the platform and supervisors; the look is audited."""
    clients = [group[0].client for group in groups]
    if actor.role not in {Role.platform, Role.supervisor} or not clients:
        return {}
    rows = await fetch(db, NAMES, clients)
    found = {row["id"]: keyring.decrypt(row["name_cipher"], "client.name", row["id"]) or "" for row in rows}
    if found:
        numbers = [each.number for group in groups for each in group]
        await audit.record(db, actor, "complaint.names", "learning", {"numbers": numbers})
    return found


def _own(actor: Actor, provider: UUID | None) -> UUID | None:
    return actor.organisation if actor.role == Role.provider else provider
