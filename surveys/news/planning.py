"""News and verdicts become one message in the allowed hours, or one call: once a complaint and round."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from quality.complaints import waiting
from quality.complaints.waiting import Expecting
from quality.db import Connection, execute, fetch_value
from quality.ids import uuid7
from quality.keys import Keyring
from quality.web.platform import closing_days_of
from surveys.callbacks import OWED_FOR, SERIOUS, half_days
from surveys.dispatch.gate import CONTACTS_PER_COMPLAINT
from surveys.news.inviting import COLUMNS, VALUES, invitation
from surveys.news.knowing import Addressee, addressee_of
from surveys.news.routing import Way
from surveys.priorities import PRIORITY
from surveys.protocol.calendar import next_slot
from surveys.protocol.definition import Audience, Channel, load
from surveys.protocol.requesting import child_id

STEP, TRY = 1, 1
CODE = STEP * 16 + TRY
OPEN_FOR = {"news": timedelta(days=5), "verdict": timedelta(days=10)}
GIVEN_UP_AFTER = timedelta(days=4)


class NotNow(Exception):
    """No call can be opened yet: raised so that the notice taken goes back, and is taken again later."""


@dataclass(frozen=True, slots=True)
class Telling:
    """One thing to say to one client, at an instant."""

    purpose: str
    expecting: Expecting
    addressee: Addressee
    now: datetime

    @property
    def closes_at(self) -> datetime:
        return self.now + OPEN_FOR[self.purpose]


async def plan(db: Connection, keyring: Keyring, purpose: str, expecting: Expecting, now: datetime) -> bool:
    """Plan what a client expects, in an open transaction; False when nothing is to be planned.

    Raises NotNow, to leave that transaction by, when a call is due and cannot be opened yet.
    """
    addressee = await addressee_of(db, expecting)
    if addressee is None:
        return False
    if purpose == "news" and addressee.way is Way.PHONE and not expecting.is_remedied:
        await waiting.take(db, expecting, "client_taken", now)  # a call waits for the solution itself
        return False
    if not await waiting.take(db, expecting, f"client_{purpose}", now):
        return False
    if addressee.is_deceased or (addressee.way is Way.PHONE and not addressee.has_phone):
        await _give_up(db, purpose, expecting, addressee, now)
        return False
    telling = Telling(purpose, expecting, addressee, now)
    invitation = await _write_invitation(db, keyring, telling)
    is_planned = addressee.way is not Way.PHONE and await _write_attempt(db, telling, invitation)
    if not is_planned and not await open_call(db, telling, invitation):
        raise NotNow
    return True


async def _give_up(
    db: Connection, purpose: str, expecting: Expecting, addressee: Addressee, now: datetime
) -> None:
    """Leave alone whom nothing reaches; their complaint can end all the same."""
    if not addressee.is_deceased:
        await waiting.note_unreachable(db, expecting, now)
    if purpose == "verdict":
        await waiting.note_asked(db, expecting.complaint, now)


async def _write_invitation(db: Connection, keyring: Keyring, telling: Telling) -> UUID:
    way = telling.addressee.way.value
    made, values = invitation(
        keyring,
        telling.purpose,
        telling.expecting,
        telling.addressee,
        first_mode=way,
        now=telling.now,
        closes_at=telling.closes_at,
    )
    await execute(db, f"INSERT INTO invitation ({COLUMNS}) VALUES ({VALUES})", *values)
    return made


async def _write_attempt(db: Connection, telling: Telling, invitation: UUID) -> bool:
    """Plan the message in the hours of the place, if one is left; the dispatcher sends it, and counts it."""
    addressee = telling.addressee
    window = load("default").window(Channel(addressee.way), Audience(addressee.audience))
    slot = next_slot(telling.now, addressee.departement, window, telling.closes_at)
    if slot is None:
        return False
    await execute(
        db,
        ATTEMPT,
        child_id(invitation, CODE),
        telling.expecting.platform,
        invitation,
        telling.expecting.client,
        addressee.person_id,
        addressee.endpoint,
        telling.purpose,
        addressee.audience,
        addressee.way.value,
        telling.purpose if addressee.way is Way.SMS else f"{telling.purpose}_email",
        STEP,
        TRY,
        addressee.departement,
        slot.opens_at,
        slot.closes_at,
        max(slot.closes_at, min(telling.closes_at, slot.opens_at + GIVEN_UP_AFTER)),
    )
    return True


ATTEMPT = """
INSERT INTO attempt (id, platform_id, invitation_id, client_id, person_id, endpoint_id, purpose, audience,
    channel, template, step, try_number, departement, state, opens_at, closes_at, give_up_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'planned', $14, $15, $16)
"""


async def open_call(db: Connection, telling: Telling, invitation: UUID) -> bool:
    """Put the call in the desk's queue and count it; the third contact of a round is not made.

    A call of this complaint that waits already becomes this one.
    """
    expecting, addressee = telling.expecting, telling.addressee
    if await fetch_value(db, TAKE_OVER, expecting.complaint, invitation) is not None:
        return True
    closed = await closing_days_of(expecting.platform, db)
    slots = half_days(telling.now, addressee.departement, addressee.audience, count=1, closed=closed)
    if not slots or await fetch_value(db, COUNT, expecting.complaint) is None:
        return False
    await execute(
        db,
        CALL,
        uuid7(telling.now),
        expecting.platform,
        expecting.client,
        invitation,
        expecting.complaint,
        PRIORITY["verdict"],
        addressee.language,
        slots[0].opens_at,
        slots[0].closes_at + OWED_FOR,
        telling.now,
        expecting.is_serious,
        SERIOUS,
    )
    return True


TAKE_OVER = """
UPDATE call_case SET invitation_id = $2 WHERE complaint_id = $1 AND kind = 'verdict' AND state = 'open'
RETURNING id
"""
COUNT = f"""
UPDATE complaint SET contacts = contacts + 1 WHERE id = $1 AND contacts < {CONTACTS_PER_COMPLAINT}
    AND NOT EXISTS (SELECT 1 FROM call_case WHERE complaint_id = $1 AND kind = 'verdict' AND state <> 'done')
RETURNING id
"""
CALL = """
INSERT INTO call_case (id, platform_id, kind, client_id, invitation_id, complaint_id, state, priority,
    language, next_due_at, closes_at, created_at, referred_at, referred_why)
VALUES ($1, $2, 'verdict', $3, $4, $5, 'open', $6, $7, $8, $9, $10,
    CASE WHEN $11 THEN $10::timestamptz END, CASE WHEN $11 THEN $12 ELSE '' END)
"""
