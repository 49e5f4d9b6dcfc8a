"""The messages that answer a message: what a conversation asks, once each, in the hours of SMS."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from quality.db import Connection, execute
from surveys.protocol.calendar import next_slot
from surveys.protocol.definition import Audience, Channel, load
from surveys.questionnaire.definition import Questionnaire
from surveys.respond.dialogue import Act, Heard, spoken

# They take the last step of a request, where each has a number of its own and so exists once: the second
# question is the first of them, and 2 asks again.
STEP, ASK_AGAIN, LAST = 15, 2, 15
WITHIN = timedelta(days=1)
IN_STATE = f"""ARRAY(SELECT b.try_number FROM attempt b
                     WHERE b.id BETWEEN child_id(i.id, {STEP * 16}) AND child_id(i.id, {STEP * 16 + LAST})
                     AND b.state IN ({{}}))"""


class Asked(Protocol):
    """The request that a message answers, and whom it was sent to."""

    @property
    def invitation_id(self) -> UUID: ...
    @property
    def endpoint_id(self) -> UUID: ...
    @property
    def person_id(self) -> UUID: ...
    @property
    def platform_id(self) -> UUID: ...
    @property
    def client_id(self) -> UUID: ...
    @property
    def audience(self) -> str: ...
    @property
    def departement(self) -> str: ...
    @property
    def closes_at(self) -> datetime: ...


def asking(questionnaire: Questionnaire, numbers: Collection[int]) -> list[str]:
    """Name the questions that messages of these numbers ask.

    >>> from surveys.questionnaire.reading import library
    >>> asking(library("default"), [1, 2])
    ['motif']
    """
    return [alias for alias, number in _numbers(questionnaire).items() if number in numbers]


def _numbers(questionnaire: Questionnaire) -> dict[str, int]:
    """Number the questions that answer a message; the request itself asks the first one."""
    later = [item.alias for item in spoken(questionnaire).asked_on(Channel.SMS)[1:]]
    free = [number for number in range(1, LAST + 1) if number != ASK_AGAIN]
    return dict(zip(later, free, strict=False))


async def follow(db: Connection, asked: Asked, heard: Heard, now: datetime) -> None:
    """Plan the message that follows, once a request; after an answer no other one waits."""
    numbers = _numbers(heard.state.questionnaire)
    again = heard.does(Act.ASK_AGAIN)
    following = heard.does(Act.BRANCH) or heard.does(Act.ASK)
    number = ASK_AGAIN if again else numbers.get(following.item) if following else None
    if heard.does(Act.STORE):
        await _withdraw(db, asked.invitation_id, number or 0, now)
    if number is None:
        return
    template = "low_mark"
    if again:
        template = "motive_again" if again.item in numbers else "ask_again"
    await _plan(db, asked, number, template, now)


async def _withdraw(db: Connection, invitation: UUID, but: int, now: datetime) -> None:
    await execute(
        db,
        f"""
        UPDATE attempt SET state = 'suppressed', reason = 'answered', settled_at = $3
        WHERE id BETWEEN child_id($1, {STEP * 16}) AND child_id($1, {STEP * 16 + LAST})
          AND id <> child_id($1, {STEP * 16} + $2::integer) AND state IN ('planned', 'deferred')
        """,
        invitation,
        but,
        now,
    )


async def _plan(db: Connection, asked: Asked, number: int, template: str, now: datetime) -> None:
    window = load("default").window(Channel.SMS, Audience(asked.audience))
    slot = next_slot(now, asked.departement, window, min(asked.closes_at, now + WITHIN))
    if slot is None:
        return
    await execute(
        db,
        """
        INSERT INTO attempt (id, platform_id, invitation_id, client_id, person_id, endpoint_id, purpose,
            audience, channel, template, step, try_number, departement, state, opens_at, closes_at,
            give_up_at)
        VALUES (child_id($1, $2::integer * 16 + $3::integer), $4, $1, $5, $6, $7, 'reply', $8, 'sms', $9,
            $2, $3, $10, 'planned', $11, $12, $12)
        ON CONFLICT (id) DO UPDATE SET state = 'planned', template = excluded.template,
            opens_at = excluded.opens_at, closes_at = excluded.closes_at, give_up_at = excluded.give_up_at,
            reason = NULL, settled_at = NULL
        WHERE attempt.state = 'suppressed' AND attempt.reason = 'answered' AND attempt.sent_at IS NULL
        """,
        asked.invitation_id,
        STEP,
        number,
        asked.platform_id,
        asked.client_id,
        asked.person_id,
        asked.endpoint_id,
        asked.audience,
        template,
        asked.departement,
        slot.opens_at,
        slot.closes_at,
    )
