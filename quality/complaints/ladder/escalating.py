"""The ladder climbed: each step due is one transaction, with its notice, change, line and letters.

A notice is unique by complaint, name and round, and the complaint is locked meanwhile: whatever the number of
workers and crashes, a step is taken once, and each of its letters is put once in the outbox.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from quality import clock
from quality.complaints.events import Audience, tell
from quality.complaints.ladder.facts import START, Held, Place, held, sift, wait
from quality.complaints.ladder.mails import About, letter
from quality.complaints.ladder.recipients import Recipient, Who, read_at, recipients
from quality.complaints.ladder.steps import Facts, Kind, Step, due_steps
from quality.complaints.ladder.watching import see_in_files
from quality.complaints.resolving import transmitting
from quality.complaints.waiting import note_asked
from quality.component import Job
from quality.db import Connection, execute, fetch_one, fetch_value, transaction
from quality.ids import uuid7
from quality.mail import outbox
from quality.web.format import phone_text

if TYPE_CHECKING:
    from quality.app import House

log = logging.getLogger(__name__)
MOST_STEPS = 40  # of one complaint in one run; the next run goes on
# Kept with the facts that a funder reads, as if somebody had written it.
ASKED = (
    "Aucune solution n’est venue dans le délai convenu. Pouvez-vous intervenir auprès de l’organisme, puis "
    "nous écrire ce qui est décidé\u202f?"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a step does: whom it writes to, its line if any and its readers, who takes the hand from whom."""

    to: tuple[Who, ...] = ()
    line: str = ""
    holder: str = ""
    held_before: tuple[str, ...] = ()
    audience: Audience = Audience.client


PROVIDER, PLATFORM, BOTH = (Who.provider,), (Who.platform,), (Who.provider, Who.platform)
# The hand goes up the ladder; only a funder's answer, or its silence, takes it from the funder.
FROM_PROVIDER, FROM_FUNDER, BELOW = ("provider",), ("funder",), ("provider", "platform")
RULES: Mapping[Kind, Rule] = {
    Kind.opened: Rule(PROVIDER),
    Kind.remind_reply: Rule(PROVIDER),
    Kind.ack_overdue: Rule(BOTH, "ack_overdue", "platform", FROM_PROVIDER),
    Kind.contested: Rule(PLATFORM),
    Kind.remind_solution: Rule(PROVIDER),
    Kind.solution_late: Rule(BOTH, "solution_late", "platform", FROM_PROVIDER),
    Kind.to_funder: Rule(BOTH, "to_funder", "funder", BELOW),
    Kind.to_mediator: Rule(BOTH, "to_mediator", "mediator", BELOW),
    Kind.to_platform: Rule((Who.provider, Who.managers), "to_platform", "platform", FROM_PROVIDER),
    Kind.reopened: Rule(BOTH),
    Kind.silence: Rule((), "silence"),
    Kind.serious: Rule(PLATFORM),
    Kind.serious_late: Rule((Who.platform, Who.managers)),
    Kind.message: Rule(BOTH),
    Kind.promised: Rule(PROVIDER),
    Kind.unconfirmed: Rule(BOTH),
    Kind.declined: Rule(PLATFORM),
    Kind.broken: Rule(BOTH, "broken"),
    Kind.transmitted: Rule((Who.funder,)),
    Kind.answered: Rule(PLATFORM, "funder_answered", "platform", FROM_FUNDER),
    Kind.funder_late: Rule(PLATFORM, "funder_late", "platform", FROM_FUNDER),
    Kind.unasked: Rule((), "unasked", audience=Audience.staff),
    Kind.unreached: Rule(PLATFORM, "unreached", "platform", FROM_PROVIDER, Audience.staff),
}


async def climb(house: "House") -> None:
    """Take every step that has fallen due, over all platforms (pool `work`)."""
    await see_in_files(clock.now())
    place: Place | None = START
    while place is not None:
        async with transaction("work") as db:
            page = await sift(db, clock.now(), place)
        for complaint in page.moving:
            await _take_all(house, complaint)
        place = page.end


async def _take_all(house: "House", complaint: UUID) -> None:
    """Take the steps of one complaint; one that fails is tried again at the next run, the others go on."""
    try:
        for _ in range(MOST_STEPS):
            if not await take_one(house, complaint):
                return
    except Exception:
        log.exception("the ladder stopped at complaint %s", complaint)


async def take_one(house: "House", complaint: UUID) -> bool:
    """Take the first step that has fallen due; False when there is none, or another worker is at it."""
    now = clock.now()
    async with transaction("work") as db:
        at_hand = await held(db, complaint)
        if at_hand is None:
            return False
        steps = due_steps(at_hand.facts, now)
        if not steps:
            await wait(db, (at_hand,), now)
            return False
        await _take(db, house, at_hand, steps[0])
    return True


async def _take(db: Connection, house: "House", at_hand: Held, step: Step) -> None:
    row, rule, now = at_hand.row, RULES[step.kind], clock.now()
    await execute(db, NOTICE, uuid7(now), row["platform_id"], row["id"], step.notice, step.round, now)
    text = await CHANGES[step.kind](db, row, step, now) if step.kind in CHANGES else ""
    if rule.holder:
        await execute(db, HOLD, row["id"], rule.holder, list(rule.held_before))
    if rule.line:
        named = row["platform_id"], row["id"]
        await tell(db, named, rule.line, now, audience=rule.audience, text=text)
    await _write(db, house, at_hand, step, rule)


NOTICE = """
INSERT INTO complaint_notice (id, platform_id, complaint_id, kind, round, at) VALUES ($1, $2, $3, $4, $5, $6)
"""
HOLD = "UPDATE complaint SET holder = $2 WHERE id = $1 AND holder = ANY ($3::text[]) AND state <> 'closed'"


async def _close(db: Connection, row: dict[str, Any], _step: Step, now: datetime) -> str:
    await execute(db, CLOSE, row["id"], now)
    return ""


async def _stop_asking(db: Connection, row: dict[str, Any], _step: Step, now: datetime) -> str:
    """Count the silence from now: no message and no call has asked the client."""
    await note_asked(db, row["id"], now)
    return ""


CLOSE = """
UPDATE complaint SET state = 'closed', closed_at = $2, verdict = 'no_answer', holder = 'provider'
WHERE id = $1 AND state = 'remedied'
"""


async def _raise_to_funders(db: Connection, row: dict[str, Any], _step: Step, _now: datetime) -> str:
    """Copy the facts to each funder of the visit; their own letters are steps of their own."""
    facts = await fetch_one(db, f"{transmitting.FACTS} WHERE c.id = $1", row["id"])
    for funder in row["funders"]:
        await transmitting.copy(db, facts or {}, funder, ASKED, None)
    return ""


async def _break(db: Connection, _row: dict[str, Any], step: Step, _now: datetime) -> str:
    code: str = await fetch_value(db, BREAK, step.subject)
    return code


BREAK = "UPDATE complaint_promise SET state = 'broken' WHERE id = $1 RETURNING remedy_code"


async def _hear(db: Connection, _row: dict[str, Any], step: Step, _now: datetime) -> str:
    answer: str = await fetch_value(
        db, "SELECT answer FROM complaint_transmission WHERE id = $1", step.subject
    )
    return answer


Change = Callable[[Connection, dict[str, Any], Step, datetime], Awaitable[str]]
CHANGES: Mapping[Kind, Change] = {
    Kind.silence: _close,
    Kind.unasked: _stop_asking,
    Kind.to_funder: _raise_to_funders,
    Kind.broken: _break,
    Kind.answered: _hear,
}


async def _write(db: Connection, house: "House", at_hand: Held, step: Step, rule: Rule) -> None:
    """Write the letters of a step, one to an address that two roles share."""
    row, written = at_hand.row, set[str]()
    about = await _about(db, house, at_hand, step)
    for who in rule.to:
        if not _reads(who, step.kind, at_hand.facts):
            continue
        organisation = await _organisation(db, row, step, who)
        for each in await recipients(db, row["platform_id"], who, organisation):
            if each.email not in written:
                written.add(each.email)
                subject, text = letter(step.kind, who, about, each.language)
                if step.kind is Kind.message and await _waits(db, row, each, subject):
                    continue
                await outbox.write(db, row["platform_id"], each.email, subject, text)


async def _waits(db: Connection, row: dict[str, Any], to: Recipient, subject: str) -> bool:
    """Say whether a letter already tells somebody of messages that they have not read since."""
    if to.account is None:
        return False
    since = await read_at(db, row["platform_id"], row["number"], to.account)
    return await outbox.was_written(db, row["platform_id"], to.email, subject, since)


def _reads(who: Who, kind: Kind, facts: Facts) -> bool:
    """Say whether somebody may and need read of a step: the words of a nameless client are the staff's."""
    is_named = facts.disclosure == "named"
    if who is Who.provider:
        return facts.is_known and (is_named or kind is not Kind.message)
    return not (kind is Kind.message and is_named and facts.holder == "provider")


async def _organisation(db: Connection, row: dict[str, Any], step: Step, who: Who) -> UUID | None:
    if who is Who.provider:
        return row["provider_id"]  # type: ignore[no-any-return]
    if who is not Who.funder:
        return None
    sql = "SELECT funder_id FROM complaint_transmission WHERE id = $1"
    return await fetch_value(db, sql, step.subject)  # type: ignore[no-any-return]


async def _about(db: Connection, house: "House", at_hand: Held, step: Step) -> About:
    """Gather what a letter may say; a day only where the client is named."""
    row, facts = at_hand.row, at_hand.facts
    promise = await fetch_one(db, PROMISE, step.subject) if step.kind in OF_PROMISES else None
    due_at = promise["due_at"] if promise else getattr(facts, DUE.get(step.kind, ""), None)
    page = "transmises" if step.kind is Kind.transmitted else row["number"]
    return About(
        number=row["number"],
        kind=row["kind"],
        platform=row["platform"],
        provider=row["provider"],
        departement=facts.departement,
        link=f"{house.settings.base_url.rstrip('/')}/reclamations/{page}",
        due_at=due_at if facts.disclosure == "named" else None,
        remedy_code=promise["remedy_code"] if promise else "",
        amount_cents=promise["amount_cents"] if promise else None,
        on_call=", ".join(filter(None, (row["on_call_name"], phone_text(row["on_call_phone"] or "")))),
        mediator=row["mediator"],
    )


PROMISE = "SELECT remedy_code, amount_cents, due_at FROM complaint_promise WHERE id = $1"
OF_PROMISES = frozenset({Kind.promised, Kind.unconfirmed, Kind.declined, Kind.broken})
DUE = {
    Kind.opened: "acknowledge_due_at",
    Kind.remind_reply: "acknowledge_due_at",
    Kind.remind_solution: "solution_due_at",
    Kind.reopened: "solution_due_at",
}
JOBS = (Job("complaint-ladder", climb, timedelta(minutes=1)),)
