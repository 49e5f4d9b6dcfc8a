"""After a call: the attempt that was made is settled, and the next one is planned in allowed hours."""

from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec

from quality.db import Connection, execute, fetch_one
from quality.directory.geography import zone_of
from quality.errors import FieldError, Invalid
from quality.french import french
from quality.web.platform import closing_days_of
from surveys.callbacks import calling_hours
from surveys.desk.outcomes import MOST_TRIES, OUTCOMES, Again, Code, appointment, next_call
from surveys.protocol.calendar import Slot, Window
from surveys.protocol.definition import LAWFUL_DAYS, LAWFUL_SPANS, Audience, Channel, Protocol, decode

NO_SUCH_HOUR = french(
    "Choisissez un jour ouvré à venir, de 10 h à 13 h ou de 14 h à 20 h, avant la fin du suivi."
)
SHUT = french("La plateforme est fermée ce jour-là. Choisissez un autre jour.")
LAWFUL = Window(LAWFUL_DAYS, LAWFUL_SPANS)
Row = dict[str, Any]


async def follow(
    db: Connection, case: Row, code: Code, now: datetime, at: datetime | None
) -> datetime | None:
    """Settle the call just made; give the instant of the next one, None when there is none."""
    is_last = case["tries"] >= MOST_TRIES[case["kind"]] or (code is Code.not_now and case["outcome"] == code)
    case = case | {"closed": await closing_days_of(case["platform_id"], db)}
    agreed = _agreed(case, now, at) if code is Code.appointment else None
    if case["kind"] != "survey":
        return None if is_last else _next_of(case, code, now, agreed)
    if is_last or OUTCOMES[code].is_final:
        await _settle(db, case["attempt_id"], code, now)
        return None
    return await _follow_survey(db, case, code, now, agreed)


def _agreed(case: Row, now: datetime, at: datetime | None) -> Slot:
    """Check an appointment: a working hour to come, before the case closes, while the platform is open."""
    slot = appointment(at, now, case["departement"], LAWFUL, case["closes_at"]) if at else None
    if slot is None:
        raise Invalid(errors=(FieldError("le", NO_SUCH_HOUR),))
    if slot.opens_at.astimezone(zone_of(case["departement"])).date() in case["closed"]:
        raise Invalid(errors=(FieldError("le", SHUT),))
    return slot


def _next_of(case: Row, code: Code, now: datetime, agreed: Slot | None) -> datetime | None:
    outcome = OUTCOMES[code]
    if agreed is not None:
        return agreed.opens_at
    if outcome.is_final:
        return None
    hours = calling_hours(case["audience"] or "client", case["closed"])
    slot = next_call(outcome, now, case["departement"], hours, case["closes_at"])
    return slot.opens_at if slot else None


async def _follow_survey(
    db: Connection, case: Row, code: Code, now: datetime, agreed: Slot | None
) -> datetime | None:
    outcome, window = OUTCOMES[code], _window(case)
    if agreed is not None:
        await execute(db, REPLACE, case["invitation_id"], case["attempt_id"], now)
        return await _defer(db, case["attempt_id"], code, agreed)
    if outcome.again is Again.same:
        made = await fetch_one(db, "SELECT give_up_at FROM attempt WHERE id = $1", case["attempt_id"])
        slot = made and next_call(outcome, now, case["departement"], window, made["give_up_at"])
        if slot:
            return await _defer(db, case["attempt_id"], code, slot)
    await _settle(db, case["attempt_id"], code, now)
    following = await fetch_one(db, FOLLOWING, case["invitation_id"], case["attempt_id"])
    if following is None:
        return None
    earliest = next_call(outcome, now, case["departement"], window, following["give_up_at"])
    return await _move(db, following, earliest, now)


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


async def _move(db: Connection, following: Row, earliest: Slot | None, now: datetime) -> datetime | None:
    """Leave the protocol's next call where it is, or move it later; without a window left it expires."""
    if earliest is None:
        await execute(db, EXPIRE, following["id"], now)
        return None
    if following["opens_at"] >= earliest.opens_at:
        opens_at: datetime = following["opens_at"]
        return opens_at
    await execute(db, RESLOT, following["id"], earliest.opens_at, earliest.closes_at)
    return earliest.opens_at


EXPIRE = "UPDATE attempt SET state = 'expired', reason = 'window_over', settled_at = $2 WHERE id = $1"
RESLOT = """
UPDATE attempt SET opens_at = $2, closes_at = $3, not_before = NULL WHERE id = $1
"""
OPEN = "state IN ('planned', 'deferred', 'claimed', 'sending')"


async def _settle(db: Connection, attempt: UUID | None, code: Code, now: datetime) -> None:
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
    """Make the same call again: it is the same contact, and counts once."""
    await execute(
        db,
        f"""
        UPDATE attempt SET state = 'deferred', reason = $2, opens_at = $3, closes_at = $4,
            give_up_at = greatest(give_up_at, $4), lease_until = NULL
        WHERE id = $1 AND {OPEN}
        """,
        attempt,
        code.value,
        slot.opens_at,
        slot.closes_at,
    )
    return slot.opens_at


def _window(case: Row) -> Window:
    protocol = _protocol(str(case["definition"])).without_calls_on(case["closed"])
    return protocol.window(Channel.PHONE, Audience(case["audience"]))


@lru_cache(64)
def _protocol(definition: str) -> Protocol:
    return decode(msgspec.json.decode(definition))
