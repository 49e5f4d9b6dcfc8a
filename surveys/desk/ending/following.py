"""After a call: the attempt that was made is settled, and the next one is planned in allowed hours."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from quality.db import Connection, execute, fetch_one, fetch_value
from quality.directory.geography import zone_of
from quality.errors import FieldError, Invalid
from quality.french import french
from quality.web.platform import closing_days_of
from surveys.callbacks import calling_hours
from surveys.desk.ending import renumbering
from surveys.desk.ending.outcomes import (
    AGREED_BEYOND,
    MOST_TRIES,
    OUTCOMES,
    Again,
    Code,
    appointment,
    next_call,
)
from surveys.desk.queueing.spreading import Parts
from surveys.priorities import AGREED, PRIORITY
from surveys.protocol.calendar import Slot, Window, day_part
from surveys.protocol.definition import LAWFUL_DAYS, LAWFUL_SPANS, Audience, Channel, of_version

NO_SUCH_HOUR = french(
    "Choisissez un jour ouvré à venir, de 10 h à 13 h ou de 14 h à 20 h, avant la fin du suivi."
)
SHUT = french("La plateforme est fermée ce jour-là. Choisissez un autre jour.")
LAWFUL = Window(LAWFUL_DAYS, LAWFUL_SPANS)
# Whoever asked for a call may choose a day beyond the week in which it was owed.
CHOSEN_WITHIN = timedelta(days=30)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Next:
    """When and how the case is called next; without an instant there is no next call."""

    at: datetime | None
    priority: int
    number_rank: int
    closes_at: datetime


async def follow(db: Connection, case: Row, code: Code, now: datetime, at: datetime | None) -> Next:
    """Settle the call just made; say when the next one is, if there is one.

    `case` holds the counts of tries with this one, and `closed`, the days on which the platform is shut.
    """
    case = case | {"closed": await closing_days_of(case["platform_id"], db)}
    stays = Next(None, PRIORITY[case["kind"]], case["number_rank"], case["closes_at"])
    if code is Code.wrong_number:
        return await _renumber(db, case, now, stays)
    agreed = agreed_slot(case, now, at) if code is Code.appointment else None
    is_last = await _is_last(db, case, code)
    if agreed is not None and not is_last:
        last = max(case["closes_at"], agreed.closes_at)
        stays = replace(stays, priority=AGREED, closes_at=last)
    if case["kind"] != "survey":
        return stays if is_last else replace(stays, at=_next_of(case, code, now, agreed))
    if is_last or OUTCOMES[code].is_final:
        await settle(db, case["attempt_id"], code, now)
        return stays
    return replace(stays, at=await _follow_survey(db, case, code, now, agreed))


async def _is_last(db: Connection, case: Row, code: Code) -> bool:
    """Say whether nobody calls again: the tries are over, or « not now » was heard before."""
    beyond = AGREED_BEYOND if code is Code.appointment else 0
    if case["tries"] >= MOST_TRIES[case["kind"]] + beyond:
        return True
    if code is not Code.not_now:
        return False
    return case["outcome"] == code or bool(await fetch_value(db, HEARD, case["id"], code.value))


HEARD = "SELECT EXISTS (SELECT 1 FROM call_log WHERE case_id = $1 AND outcome = $2)"


def agreed_slot(case: Row, now: datetime, at: datetime | None) -> Slot:
    """Check an appointment: a working hour to come, before the case closes, while the platform is open."""
    until = case["closes_at"] if case["kind"] == "survey" else max(case["closes_at"], now + CHOSEN_WITHIN)
    slot = appointment(at, now, case["departement"], LAWFUL, until) if at else None
    if slot is None:
        raise Invalid(errors=(FieldError("le", NO_SUCH_HOUR),))
    if slot.opens_at.astimezone(zone_of(case["departement"])).date() in case["closed"]:
        raise Invalid(errors=(FieldError("le", SHUT),))
    return slot


async def _renumber(db: Connection, case: Row, now: datetime, stays: Next) -> Next:
    """Go on at the next number of the person, at once; without one the case is over."""
    rank = await renumbering.next_rank(db, case, now)
    is_over = rank is None or case["tries"] >= MOST_TRIES[case["kind"]]
    if case["kind"] != "survey":
        due_at = None if is_over else _next_of(case, Code.busy, now, None, at_once=True)
        return replace(stays, at=due_at, number_rank=stays.number_rank if rank is None else rank)
    slot = None
    if not is_over:
        made = await fetch_one(db, "SELECT give_up_at FROM attempt WHERE id = $1", case["attempt_id"])
        slot = made and next_call(AT_ONCE, now, case["departement"], window_of(case), made["give_up_at"])
    if not slot:
        await settle(db, case["attempt_id"], Code.wrong_number, now)
        return stays
    await _defer(db, case["attempt_id"], Code.wrong_number, slot)
    return replace(stays, at=slot.opens_at, number_rank=rank or 0)


AT_ONCE = replace(OUTCOMES[Code.busy], delay=timedelta(0))


def _next_of(
    case: Row, code: Code, now: datetime, agreed: Slot | None, *, at_once: bool = False
) -> datetime | None:
    outcome = AT_ONCE if at_once else OUTCOMES[code]
    if agreed is not None:
        return agreed.opens_at
    if outcome.is_final:
        return None
    hours = calling_hours(renumbering.audience_called(case), case["closed"])
    slot = next_call(outcome, now, case["departement"], hours, case["closes_at"], tries=parts_of(case))
    return slot.opens_at if slot else None


async def _follow_survey(
    db: Connection, case: Row, code: Code, now: datetime, agreed: Slot | None
) -> datetime | None:
    outcome, window = OUTCOMES[code], window_of(case)
    if agreed is not None:
        await execute(db, REPLACE, case["invitation_id"], case["attempt_id"], now)
        return await _defer(db, case["attempt_id"], code, agreed)
    if outcome.again is Again.same:
        made = await fetch_one(db, "SELECT give_up_at FROM attempt WHERE id = $1", case["attempt_id"])
        slot = made and next_call(outcome, now, case["departement"], window, made["give_up_at"])
        if slot:
            return await _defer(db, case["attempt_id"], code, slot)
    await settle(db, case["attempt_id"], code, now)
    following = await fetch_one(db, FOLLOWING, case["invitation_id"], case["attempt_id"])
    if following is None:
        return None
    slot = next_call(
        outcome,
        now,
        case["departement"],
        window,
        following["give_up_at"],
        tries=parts_of(case),
        after=following["opens_at"],
    )
    return await _move(db, following, slot, now)


# An appointment is the call that the person chose: it takes the place of those the protocol had planned.
REPLACE = """
UPDATE attempt SET state = 'suppressed', reason = 'appointment', settled_at = $3
WHERE invitation_id = $1 AND id <> $2 AND channel = 'phone' AND state IN ('planned', 'deferred')
"""
FOLLOWING = """
SELECT id, opens_at, closes_at, give_up_at FROM attempt
WHERE invitation_id = $1 AND id <> $2 AND channel = 'phone' AND state IN ('planned', 'deferred')
ORDER BY opens_at, id LIMIT 1
"""


async def _move(db: Connection, following: Row, slot: Slot | None, now: datetime) -> datetime | None:
    """Leave the protocol's next call where it is, or move it later; without a window left it expires."""
    if slot is None:
        await execute(db, EXPIRE, following["id"], now)
        return None
    if following["opens_at"] != slot.opens_at:
        await reslot(db, following["id"], slot)
    return slot.opens_at


EXPIRE = "UPDATE attempt SET state = 'expired', reason = 'window_over', settled_at = $2 WHERE id = $1"
RESLOT = """
UPDATE attempt SET opens_at = $2, closes_at = $3, not_before = NULL WHERE id = $1
"""
OPEN = "state IN ('planned', 'deferred', 'claimed', 'sending')"


async def reslot(db: Connection, attempt: UUID, slot: Slot) -> None:
    """Move a planned call to another allowed stretch."""
    await execute(db, RESLOT, attempt, slot.opens_at, slot.closes_at)


async def settle(db: Connection, attempt: UUID | None, code: Code, now: datetime) -> None:
    """Write that the call was made, and how it ended."""
    state = "failed" if code is Code.wrong_number else "sent"
    await execute(
        db,
        f"""
        UPDATE attempt SET state = $2, reason = $3, sent_at = $4, settled_at = $4, lease_until = NULL
        WHERE id = $1 AND {OPEN}
        """,
        attempt,
        state,
        code.value,
        now,
    )


async def _defer(db: Connection, attempt: UUID, code: Code, slot: Slot) -> datetime:
    """Make the same call again: it is the same contact, and counts once; nothing interrupted it."""
    await execute(
        db,
        f"""
        UPDATE attempt SET state = 'deferred', reason = $2, opens_at = $3, closes_at = $4,
            give_up_at = greatest(give_up_at, $4), lease_until = NULL, claims = 0
        WHERE id = $1 AND {OPEN}
        """,
        attempt,
        code.value,
        slot.opens_at,
        slot.closes_at,
    )
    return slot.opens_at


def parts_of(case: Row) -> Parts:
    """Read how often a case was called in each part of the day."""
    return Parts(case["morning_tries"], case["afternoon_tries"])


def counted(case: Row, code: Code, now: datetime) -> Row:
    """Add the call just made to the counts of its part of the day, unless it is the same attempt again."""
    parts = parts_of(case)
    if OUTCOMES[code].is_counted:
        parts = parts.after(day_part(now, zone_of(case["departement"])))
    return case | {"morning_tries": parts.morning, "afternoon_tries": parts.afternoon}


def window_of(case: Row) -> Window:
    """Give the hours of calls of the protocol under which somebody was asked."""
    protocol = of_version(str(case["definition"])).without_calls_on(case["closed"])
    return protocol.window(Channel.PHONE, Audience(case["audience"]))
