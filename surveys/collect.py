"""The one door of every answer, whatever its channel: one statement stores it with all that follows from it.

The statement merges the answers into the response, keeps what they replace as history, changes exactly what
the response adds to the cells, notes low marks and, at the first answer, withdraws what was still going to be
sent. It holds only for the versions that were read before; when somebody answered meanwhile it changes
nothing, and the answer is taken again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import msgspec
from tortoise.backends.base.client import TransactionalDBClient

from quality.db import Connection, execute, fetch_one, transaction
from quality.errors import Conflict, NotFound
from quality.measures.record import ANSWERED, Row, as_json, cells, difference, sums_of
from quality.measures.sums import Sums, plus
from quality.web.platform import closing_days_of
from surveys import callbacks
from surveys.questionnaire.definition import Item
from surveys.questionnaire.logic import LOW, Answer, completeness, contributions, low_items, wants_callback
from surveys.respondents import audience
from surveys.response import RANKS, InvitedVisit, KnownResponse, by_id, facts_of, response_id
from surveys.statement import written

OPTIMISTIC_TRIES = 2
TYPED = frozenset({"phone", "paper"})  # by an agent, who has the person or the sheet


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of the answers: `low` names the items just marked low; version 0 means nothing was said.

    `visit` is the one given with the response as it now is.
    """

    version: int
    is_first: bool
    low: tuple[str, ...]
    asks_wish: bool
    visit: InvitedVisit | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Answers as they came: by which channel, whose they are, from where and when."""

    answers: Mapping[str, Answer]
    channel: str
    respondent: str
    device: bytes | None
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one set of answers does to one response, computed from what was read."""

    version: int
    is_opening: bool
    answers: Mapping[str, Answer]
    merged: Mapping[str, Answer]
    kept: dict[str, list[int]]
    more: list[Row]
    fewer: list[Row]
    marks: list[Row]
    replaced: list[str]
    changed: list[Row]
    is_recall: bool = False

    @property
    def is_first(self) -> bool:
        return self.version == 0

    @property
    def parts(self) -> frozenset[str]:
        """Name what the statement has to do beside storing the answers."""
        needed = {
            "withdrawn": self.is_opening,
            "recalled": self.is_recall,
            "replaced": bool(self.replaced),
            "changed": bool(self.changed),
            "more": bool(self.more),
            "fewer": bool(self.fewer),
            "noted": any(mark["is_low"] for mark in self.marks),
            "corrected": any(not mark["is_low"] for mark in self.marks),
        }
        return frozenset(name for name, is_needed in needed.items() if is_needed)


async def record(
    db: Connection,
    invitation: InvitedVisit,
    answers: Mapping[str, Answer],
    *,
    channel: str,
    respondent: str = "client",
    device: bytes | None = None,
    now: datetime,
) -> Recorded:
    """Store answers already parsed, in the answer pool or in one of its transactions.

    Raise NotFound when the request closed since it was read, unless an agent types them.
    """
    given = Given(answers=answers, channel=channel, respondent=respondent, device=device, now=now)
    if not isinstance(db, TransactionalDBClient) and _touches_callback(invitation, answers):
        async with transaction("answer") as opened:
            return await _record(opened, invitation, given)
    return await _record(db, invitation, given)


async def _record(db: Connection, invitation: InvitedVisit, given: Given) -> Recorded:
    """Store at once what nobody changed meanwhile.

    In a transaction a try that fails would keep the response's row locked, and then ask for the invitation's:
    those who take their turn lock them the other way round. So it takes its turn first.
    """
    if isinstance(db, TransactionalDBClient):
        return await _record_locked(db, invitation, given)
    visit: InvitedVisit = invitation
    for _ in range(OPTIMISTIC_TRIES):
        saved = await _store(db, visit, given)
        if saved is not None:
            await _follow_callback(db, visit, given)
            return saved
        visit = await _again(db, invitation, given)
        given = _still(invitation, visit, given)
    return await _record_locked(db, invitation, given)


async def _record_locked(db: Connection, invitation: InvitedVisit, given: Given) -> Recorded:
    """Take the answers once more with the invitation and its responses held, so that nobody comes before."""
    if not isinstance(db, TransactionalDBClient):
        async with transaction("answer") as opened:
            return await _record_locked(opened, invitation, given)
    await execute(db, "SELECT id FROM invitation WHERE id = $1 FOR NO KEY UPDATE", invitation.id)
    ids = [response_id(invitation.id, each) for each in RANKS]
    await execute(
        db, "SELECT id FROM response WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE", ids
    )
    visit = await _again(db, invitation, given)
    given = _still(invitation, visit, given)
    saved = await _store(db, visit, given)
    if saved is None:
        raise Conflict("Votre réponse n’a pas pu être enregistrée. Envoyez-la une nouvelle fois.")
    await _follow_callback(db, visit, given)
    return saved


async def _again(db: Connection, invitation: InvitedVisit, given: Given) -> InvitedVisit:
    visit = await by_id(db, invitation.id)
    if visit is None or not (given.channel in TYPED or visit.is_open(given.now)):
        raise NotFound
    return visit


def _still(before: InvitedVisit, now: InvitedVisit, given: Given) -> Given:
    """Give whose the answers are now: somebody may have said meanwhile that they are another's."""
    is_gone = given.respondent in before.responses and given.respondent not in now.responses
    return replace(given, respondent=now.usual) if is_gone else given


async def _store(db: Connection, visit: InvitedVisit, given: Given) -> Recorded | None:
    """Run the statement; None when what was read is no longer true."""
    change = _change(visit, given.answers, given.respondent, given.channel)
    if change.is_first and _is_empty(visit, change.merged, given.respondent):
        return Recorded(0, False, (), False)
    parts = change.parts
    row = await fetch_one(db, written(parts), *_values(visit, change, parts, given))
    if row is None:
        return None
    low = tuple(str(mark["item"]) for mark in change.marks if mark["is_low"])
    after = _after(visit, change, given.respondent, given.channel, row["version"])
    return Recorded(row["version"], change.is_first, low, bool(row["asks_wish"]), after)


def _after(visit: InvitedVisit, change: Change, respondent: str, channel: str, version: int) -> InvitedVisit:
    known = visit.responses.get(respondent)
    new = KnownResponse(
        id=visit.identity(respondent),
        respondent=respondent,
        version=version,
        answers={},
        cells={},
        admissible=visit.admissible_of(respondent),
        channel=channel,
    )
    kept = msgspec.structs.replace(
        known or new,
        version=version,
        answers=dict(change.merged),
        cells={cell: tuple(sums) for cell, sums in change.kept.items()},
    )
    others = {
        name: msgspec.structs.replace(each, cells={}) if str(each.id) in change.replaced else each
        for name, each in visit.responses.items()
    }
    return msgspec.structs.replace(visit, responses={**others, respondent: kept})


def _values(visit: InvitedVisit, change: Change, parts: frozenset[str], given: Given) -> list[object]:
    changed = {
        "answers": change.answers,
        "admissible": visit.admissible_of(given.respondent),
        "cells": change.kept,
        "more": change.more,
        "fewer": change.fewer,
        "marks": change.marks,
        "changed": change.changed,
        **({"device": given.device.hex()} if given.device else {}),
    }
    values: list[object] = [
        visit.identity(given.respondent),
        change.version,
        given.now,
        visit.id,
        given.respondent,
        given.channel,
        as_json(changed),
    ]
    if "withdrawn" in parts:
        values += [visit.seen, audience(given.respondent)]
    return [*values, change.replaced] if change.replaced else values


def _change(visit: InvitedVisit, answers: Mapping[str, Answer], respondent: str, channel: str) -> Change:
    """Compute what the response will add, and what must go: its own former part and those it replaces.

    Somebody who writes while an agent types for them takes the call from the agent's hand.
    The client's own later answers stand alone; any other one depends on who else answers meanwhile, so it
    holds the invitation's row, as the opening one does.
    """
    known = visit.responses.get(respondent)
    before = known.answers if known else {}
    merged = {**before, **answers}
    rows = contributed(visit, merged, respondent, visit.admissible_of(respondent))
    replaced = [
        each for each in visit.responses.values() if each.cells and _yields(each.respondent, respondent)
    ]
    more, fewer = difference(_added([known, *replaced] if known else replaced), rows)
    is_opening = known is None or respondent != "client" or bool(replaced)
    return Change(
        version=known.version if known else 0,
        is_opening=is_opening,
        is_recall=not is_opening and known is not None and known.channel == "phone" != channel,
        answers=answers,
        merged=merged,
        kept=sums_of(rows),
        more=more,
        fewer=fewer,
        marks=_marks(visit, answers, before, respondent),
        replaced=[str(each.id) for each in replaced],
        changed=[
            {"item": alias, "was": before[alias]}
            for alias, answer in answers.items()
            if alias in before and before[alias] != answer
        ],
    )


def _added(responses: Iterable[KnownResponse]) -> dict[str, Sums]:
    """Add up what responses contribute, cell by cell."""
    sums: dict[str, Sums] = {}
    for response in responses:
        for cell, each in response.cells.items():
            sums[cell] = plus(sums.get(cell, ()), each)
    return sums


def contributed(
    visit: InvitedVisit, answers: Mapping[str, Answer], respondent: str, admissible: str
) -> list[Row]:
    """Give the cells that a response feeds: none while somebody who comes first answered too."""
    if any(_yields(respondent, other) for other in visit.responses):
        return []
    if _is_empty(visit, answers, respondent):
        return []
    facts = visit.facts(respondent, admissible)
    asked = facts_of(visit, respondent=respondent)
    rows = cells(facts, contributions(visit.questionnaire, answers, asked))
    return rows + cells(facts.of_request, ANSWERED) if visit.is_request else rows


def _is_empty(visit: InvitedVisit, answers: Mapping[str, Answer], respondent: str) -> bool:
    facts = facts_of(visit, respondent=respondent)
    return completeness(visit.questionnaire, answers, facts) == "none"


def _yields(one: str, other: str) -> bool:
    """Tell whether one respondent's answers count for nothing beside another's: the client comes first."""
    return RANKS[one] > RANKS[other]


def _marks(
    visit: InvitedVisit, answers: Mapping[str, Answer], before: Mapping[str, Answer], respondent: str
) -> list[Row]:
    """List the marks that make a signal, or change one: a mark that is asked no more is a signal no more."""
    facts, merged = facts_of(visit, respondent=respondent), {**before, **answers}
    low = low_items(visit.questionnaire, merged, facts)
    was_low = low_items(visit.questionnaire, before, facts)
    return [
        _mark(item, merged[item.alias], is_low=item in low)
        for item in visit.questionnaire.items
        if (item in low or item in was_low) and (item.alias in answers or (item in low) != (item in was_low))
    ]


def _mark(item: Item, answer: Answer, *, is_low: bool) -> Row:
    value = answer if isinstance(answer, int) and (is_low or answer not in LOW) else 0
    return {"item": item.alias, "value": value, "is_low": is_low}


def _touches_callback(visit: InvitedVisit, answers: Mapping[str, Answer]) -> bool:
    return any(item.callback and item.alias in answers for item in visit.questionnaire.items)


async def _follow_callback(db: Connection, visit: InvitedVisit, given: Given) -> None:
    """Put the call in the queue at once when it is wished; take it back when the wish is."""
    if not _touches_callback(visit, given.answers):
        return
    wished_before = wants_callback(visit.questionnaire, visit.answers_of(given.respondent))
    if wants_callback(visit.questionnaire, given.answers):
        closed = await closing_days_of(visit.platform_id, db)
        slots = callbacks.half_days(
            given.now, visit.departement, audience(given.respondent), count=1, closed=closed
        )
        if slots and not wished_before:
            await callbacks.ask(db, visit, slots[0], given.now)
    elif wished_before:
        await callbacks.withdraw(db, visit, given.now)
