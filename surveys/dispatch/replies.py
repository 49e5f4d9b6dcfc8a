"""The messages that answer a message: what a conversation asks, once each, in the hours of SMS."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from quality.db import Connection, execute
from surveys.protocol.calendar import next_slot
from surveys.protocol.definition import Audience, Channel, load
from surveys.questionnaire.definition import Item, Questionnaire
from surveys.respond.dialogue import MOTIVES, Act, Heard, spoken

# They take the last step of a request, where each has a number of its own and so exists once: a question
# after the first one takes one of `LATER`, asked again one of `AGAIN`; the first one, `FIRST_AGAIN`.
STEP, FIRST_AGAIN, LAST = 15, 2, 15
LATER, AGAIN = (1, 3, 4, 5, 6, 7, 8), (9, 10, 11, 12, 13, 14, 15)
ALL_AGAIN = (FIRST_AGAIN, *AGAIN)
WITHIN = timedelta(days=1)
IN_STATE = f"""ARRAY(SELECT b.try_number FROM attempt b
                     WHERE b.id BETWEEN child_id(i.id, {STEP * 16}) AND child_id(i.id, {STEP * 16 + LAST})
                     AND b.state IN ({{}}))"""

ASKED_AGAIN = ", ".join(f"child_id(i.id, {STEP * 16 + number})" for number in ALL_AGAIN)


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
    return dict(zip(_later(questionnaire), LATER, strict=False))


def _later(questionnaire: Questionnaire) -> list[str]:
    return [item.alias for item in spoken(questionnaire).asked_on(Channel.SMS)[1:]]


def asked_by(questionnaire: Questionnaire, number: int) -> Item | None:
    """Give the question that a message of this number asks, None for the first one.

    >>> from surveys.questionnaire.reading import library
    >>> [asked_by(library("default"), number).alias for number in (1, 9)], asked_by(library("default"), 2)
    (['motif', 'motif'], None)
    """
    later = _later(questionnaire)
    again = dict(zip(AGAIN, later, strict=False))
    alias = {**dict(zip(LATER, later, strict=False)), **again}.get(number)
    return spoken(questionnaire).item(alias) if alias else None


async def follow(db: Connection, asked: Asked, heard: Heard, now: datetime) -> None:
    """Plan the message that follows, once a request; after an answer no other one waits."""
    numbers = _numbers(heard.state.questionnaire)
    again = heard.does(Act.ASK_AGAIN)
    following = heard.does(Act.BRANCH) or heard.does(Act.ASK)
    number = _again(numbers, again.item) if again else numbers.get(following.item) if following else None
    if heard.does(Act.STORE):
        await _withdraw(db, asked.invitation_id, number or 0, now)
    if number is None:
        return
    await _plan(db, asked, number, template_of(heard), now)


def _again(numbers: Mapping[str, int], alias: str) -> int:
    return AGAIN[LATER.index(numbers[alias])] if alias in numbers else FIRST_AGAIN


def template_of(heard: Heard) -> str:
    """Name the words that follow a message; only the question about a low mark has words of its own."""
    if again := heard.does(Act.ASK_AGAIN):
        is_later = again.item in _numbers(heard.state.questionnaire)
        return "motive_again" if is_later else "ask_again"
    branch = heard.does(Act.BRANCH)
    return "low_mark" if branch and branch.item in MOTIVES else "next_question"


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
