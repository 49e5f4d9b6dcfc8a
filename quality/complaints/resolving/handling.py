"""What is done about a complaint: each verb is one guarded change and one line of the timeline.

The provider takes it in charge or contests it; somebody remedies it, follows it, notes what its client
allows. What ends a complaint is in closing.py.
"""

from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from quality.access.actor import STAFF, Actor, Role
from quality.access.scope import scoped
from quality.complaints.events import Audience
from quality.complaints.milestones import State
from quality.complaints.opening import WITHDRAWN_CAUSE, WITHDRAWN_REMEDY
from quality.complaints.resolving.moves import ALIVE, MANAGERS, SOLVERS, Move, change, fits, only, worded
from quality.complaints.resolving.restarting import restart
from quality.complaints.vocabulary import CAUSES, REMEDIES
from quality.db import execute, fetch_value
from quality.errors import FieldError, Forbidden, Invalid, NotFound
from quality.web.languages import gettext as _

VERDICT_AFTER = timedelta(days=7)


class Kind(StrEnum):
    """What a complaint is about."""

    unknown = "unknown"
    late = "late"
    not_done = "not_done"
    behaviour = "behaviour"
    absent = "absent"
    changed = "changed"
    billing = "billing"
    serious = "serious"
    other = "other"


# A serious event is no motive that somebody picks afterwards: it has its own path from the start.
KINDS = frozenset(Kind) - {Kind.unknown, Kind.serious}


class Decision(StrEnum):
    """What a client who asked to be called first decides."""

    named = "named"
    anonymous = "anonymous"
    nothing = "nothing"


CALLED_FIRST = "disclosure = 'call_first'"
RECEIVED = "acknowledged_at = coalesce(acknowledged_at, $3), state = 'acknowledged'"
COUNTERSIGN = Move(
    (State.opened, State.acknowledged),
    f"{RECEIVED}, position = 'countersigned', position_at = $3, contested_why = '', "
    "holder = CASE WHEN holder = 'platform' THEN 'provider' ELSE holder END",
    "countersigned",
    "disclosure <> 'call_first' AND position IS DISTINCT FROM 'countersigned'",
)
CONTEST = Move(
    (State.opened, State.acknowledged),
    f"{RECEIVED}, position = 'contested', position_at = $3, contested_why = $9, "
    "holder = CASE WHEN holder = 'provider' THEN 'platform' ELSE holder END",
    "contested",
    "disclosure <> 'call_first' AND position IS NULL",
)
# On the provider's behalf, once the platform holds the complaint: the provider's own position stays to come.
ACKNOWLEDGE = Move(
    (State.opened,), RECEIVED, "acknowledged", "disclosure <> 'call_first' AND holder = 'platform'"
)
REMEDY = Move(
    (State.acknowledged,),
    "state = 'remedied', remedied_at = $3, kind = CASE WHEN is_serious THEN kind ELSE $9::text END, "
    "cause_code = $10, cause = $11, remedy_code = $12, remedy = $13, verdict = NULL, "
    "verdict_due_at = $3::timestamptz + $14::interval, verdict_asked_at = NULL",
    "remedied",
)
NOTE = Move((*ALIVE, State.closed, State.merged), "state = state", "note", "true")
ASSIGN = Move(ALIVE, "owner_id = $9", "assigned", "true")
CONSENT = Move(ALIVE, "funder_consent = $9", "consented", "true")
REFUSE_CONSENT = Move(ALIVE, "funder_consent = $9", "not_consented", "true")
DISCLOSE = {
    decision: Move(
        (State.opened,),
        f"disclosure = '{decision}', awaits_contact = false, holder = 'provider'",
        decision,
        CALLED_FIRST,
    )
    for decision in (Decision.named, Decision.anonymous)
}
WITHDRAW = Move(
    (State.opened,),
    "state = 'closed', awaits_contact = false, acknowledged_at = $3, remedied_at = $3, closed_at = $3, "
    "verdict = 'no_answer', cause = $9, remedy = $10",
    "withdrawn",
    CALLED_FIRST,
)


async def countersign(actor: Actor, number: int) -> None:
    """Take a complaint in charge, for the provider: it has the hand again."""
    only(actor, frozenset({Role.provider}))
    async with scoped(actor) as db:
        await change(db, actor, number, COUNTERSIGN, audience=Audience.client)


async def contest(actor: Actor, number: int, why: str) -> None:
    """Say why the provider does not agree: the platform has the hand."""
    only(actor, frozenset({Role.provider}))
    said = worded("pourquoi", why, _("Écrivez pourquoi, en 2 000 caractères au plus."))
    async with scoped(actor) as db:
        await change(db, actor, number, CONTEST, said, text=said)


async def acknowledge(actor: Actor, number: int) -> None:
    """Say that the complaint is received; the platform says so on behalf of a provider that did not."""
    if actor.role == Role.provider:
        await countersign(actor, number)
        return
    async with scoped(actor) as db:
        await change(db, actor, number, ACKNOWLEDGE, audience=Audience.client)


async def note(actor: Actor, number: int, text: str, audience: Audience = Audience.all) -> None:
    """Add a line to the timeline; a provider's is read by all."""
    if actor.role == Role.provider and audience not in (Audience.all, Audience.client):
        raise Forbidden
    if audience is Audience.serious:
        only(actor, MANAGERS)
    said = worded("note", text, _("Écrivez votre note, en 2 000 caractères au plus."))
    async with scoped(actor) as db:
        await change(db, actor, number, NOTE, text=said, audience=audience)


async def remedy(
    actor: Actor, number: int, kind: str, *, cause_code: str, cause: str, remedy_code: str, solution: str
) -> None:
    """Write what happened and what was done about it; the client's verdict comes next."""
    only(actor, SOLVERS)
    wanted = (
        ("motif", kind in KINDS, _("Choisissez le motif de la réclamation.")),
        ("cause-type", cause_code in CAUSES, _("Choisissez la cause dans la liste.")),
        ("cause", fits(cause), _("Écrivez la cause, en 2 000 caractères au plus.")),
        ("solution-type", remedy_code in REMEDIES, _("Choisissez la solution dans la liste.")),
        ("solution", fits(solution), _("Écrivez la solution apportée, en 2 000 caractères au plus.")),
    )
    errors = tuple(FieldError(field, message) for field, is_given, message in wanted if not is_given)
    if errors:
        raise Invalid(errors=errors)
    facts = kind, cause_code, cause.strip(), remedy_code, solution.strip()
    async with scoped(actor) as db:
        await change(db, actor, number, REMEDY, *facts, VERDICT_AFTER, text=solution.strip())


async def assign(actor: Actor, number: int, account: UUID) -> None:
    """Say which account follows a complaint: one's own, or a colleague's that a manager names."""
    async with scoped(actor) as db:
        if account != actor.account:
            only(actor, MANAGERS)
            if await fetch_value(db, COLLEAGUE, account, actor.platform, sorted(STAFF)) is None:
                raise NotFound
        audience = Audience.all if actor.role == Role.provider else Audience.staff
        await change(db, actor, number, ASSIGN, account, audience=audience)


COLLEAGUE = """
SELECT id FROM membership WHERE account_id = $1 AND platform_id = $2 AND role = ANY ($3::text[]) LIMIT 1
"""


async def consent(actor: Actor, number: int, *, given: bool) -> None:
    """Write whether the client accepts that a funder reads the complaint."""
    only(actor, STAFF)
    move = CONSENT if given else REFUSE_CONSENT
    async with scoped(actor) as db:
        await change(db, actor, number, move, given, audience=Audience.staff)


async def disclose(actor: Actor, number: int, decision: Decision) -> None:
    """Write what a client who asked to be called first decides: with a name, without, or nothing."""
    only(actor, STAFF)
    async with scoped(actor) as db:
        if decision is Decision.named:
            await execute(db, NAME, actor.platform, number)
        if decision is Decision.nothing:
            withdrawn = WITHDRAWN_CAUSE, WITHDRAWN_REMEDY
            await change(db, actor, number, WITHDRAW, *withdrawn, audience=Audience.staff)
        else:
            # The provider learns of it now: its delays start now.
            await restart(db, await change(db, actor, number, DISCLOSE[decision]))


NAME = """
UPDATE complaint_subject SET is_disclosed = true WHERE id =
    (SELECT c.id FROM complaint c WHERE c.platform_id = $1 AND c.number = $2 AND c.disclosure = 'call_first')
"""
