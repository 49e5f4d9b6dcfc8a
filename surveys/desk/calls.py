"""A call in hand: its answers, its outcome, what the person wishes; only the one who picked it may write."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from quality import clock
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.complaints.opening import Opened, Wish, wish
from quality.complaints.resolving import handling
from quality.complaints.resolving.handling import Decision
from quality.db import Connection, fetch_value, transaction
from quality.errors import Conflict, Invalid, NotFound
from quality.keys import Keyring
from quality.web.platform import closing_days_of
from surveys import callbacks, collect
from surveys.attributing import attribute
from surveys.collect import Recorded
from surveys.desk.ending.ends import conclude, end, give_back
from surveys.desk.ending.outcomes import Code
from surveys.desk.queueing.holding import extend, held_by, in_hand, visit_of
from surveys.desk.screen import keeping
from surveys.desk.screen.keeping import LastAnswer
from surveys.desk.screen.script import is_withheld, refusal_words
from surveys.questionnaire.definition import Channel, Item
from surveys.questionnaire.logic import Answer, AnswerRefused, parse
from surveys.questionnaire.paths import allows
from surveys.respond.lows import kind_of, low_marks
from surveys.respondents import RESPONDENTS, Who, audience
from surveys.response import InvitedVisit, facts_of

__all__ = ["RESPONDENTS", "answer", "conclude", "decide", "give_back", "take_wish", "tell_who"]
NOTHING_SAID = Recorded(version=0, is_first=False, low=(), asks_wish=False)


async def answer(
    actor: Actor, case: UUID, alias: str, raw: str | Sequence[str], respondent: str, *, relation: str = ""
) -> Recorded:
    """Save one answer as it is given, with what whoever gives it is to the person; keep the call in hand.

    `raw` is what the page posted. Raise AnswerRefused for what the question cannot take, NotFound for one
    that is not asked by phone. Nothing is stored of a person who does not want to answer.
    """
    if respondent not in RESPONDENTS:
        raise Invalid("Choisissez qui répond.")
    await in_hand(actor, case)
    async with transaction("answer") as db:
        visit = await visit_of(db, await held_by(db, actor, case))
        item = _asked(visit, alias)
        if is_withheld(item, [raw] if isinstance(raw, str) else raw):
            recorded = NOTHING_SAID
        else:
            given = accepted(visit, item, raw, respondent)
            recorded = await _record(db, case, visit, item, given=given, respondent=respondent)
        await _relate(db, recorded.visit, respondent, relation)
        await extend(db, actor, case)
    return recorded


def _asked(visit: InvitedVisit, alias: str) -> Item:
    found = next((item for item in visit.questionnaire.asked_on(Channel.PHONE) if item.alias == alias), None)
    if found is None:
        raise NotFound
    return found


def accepted(visit: InvitedVisit, item: Item, raw: str | Sequence[str], respondent: str) -> Answer:
    """Read an answer, or refuse it with the words of its question."""
    given, facts = parse(item, raw), facts_of(visit, clock.now(), respondent=respondent)
    if not allows(visit.questionnaire, item, given, visit.answers_of(respondent), facts):
        raise AnswerRefused(refusal_words(visit, item, respondent))
    return given


async def _record(
    db: Connection, case: UUID, visit: InvitedVisit, item: Item, *, given: Answer, respondent: str
) -> Recorded:
    """Store an answer, and remember it to be undone; a text passed over leaves the one before it there."""
    recorded = await collect.record(
        db, visit, {item.alias: given}, channel="phone", respondent=respondent, now=clock.now()
    )
    was, number = visit.answers_of(respondent).get(item.alias), visit.questionnaire.items.index(item) + 1
    if recorded.version and given != (was or ""):
        await keeping.remember(db, case, LastAnswer(item.alias, respondent, given, was, number))
    return recorded


async def _relate(db: Connection, visit: InvitedVisit | None, respondent: str, relation: str) -> None:
    """Write what whoever answers is to the person, once; how they answer is asked later."""
    known = visit.responses.get(respondent) if visit else None
    if visit is None or known is None or relation in ("", known.relation):
        return
    await attribute(db, visit.id, respondent, replace(known.who, relation=relation))


async def tell_who(actor: Actor, case: UUID, respondent: str, who: Who) -> str:
    """Write who gave the answers and how, as the answer pages do; return whose they are.

    Raise NotFound when there are none, Conflict when whoever gave them has other answers already.
    """
    await in_hand(actor, case)
    async with transaction("answer") as db:
        visit = await visit_of(db, await held_by(db, actor, case))
        whose = await attribute(db, visit.id, respondent, who)
        await keeping.remember_whose(db, case, respondent, whose)
        await extend(db, actor, case)
    return whose


async def take_wish(
    actor: Actor, keyring: Keyring, case: UUID, wanted: Wish, respondent: str, *, kind: str = ""
) -> Opened | None:
    """Take what the person wishes after a low mark, as the answer pages do."""
    if respondent not in RESPONDENTS:
        raise Invalid("Choisissez qui répond.")
    await in_hand(actor, case)
    async with transaction("answer") as db:
        visit, now = await visit_of(db, await held_by(db, actor, case)), clock.now()
        source = visit.source(visit.identity(respondent))
        lows = await low_marks(db, source.id)
        if not lows:
            raise Conflict("Aucune note basse n’attend de souhait.")
        kind = kind or kind_of(visit.questionnaire, lows)
        opened = await wish(db, keyring, source, wanted, now=now, kind=kind)
        if opened is not None and opened.disclosure is Wish.CALL_FIRST:
            await _call_first(db, visit, opened.id, respondent, now)
        await keeping.remember(db, case, None)  # what a wish led to is not undone with its mark
        await extend(db, actor, case)
    return opened


async def decide(actor: Actor, case: UUID, decision: Decision) -> None:
    """Write what a client called first decides of the complaint, and end the call."""
    async with scoped(actor) as db:
        held = await held_by(db, actor, case)
        number = await fetch_value(db, "SELECT number FROM complaint WHERE id = $1", held["complaint_id"])
    if held["kind"] != "complaint" or number is None:
        raise NotFound
    await handling.disclose(actor, number, decision)
    await end(actor, case, Code.answered)


async def _call_first(
    db: Connection, visit: InvitedVisit, complaint: UUID, respondent: str, now: datetime
) -> None:
    closed = await closing_days_of(visit.platform_id, db)
    slots = callbacks.half_days(now, visit.departement, audience(respondent), count=1, closed=closed)
    if slots:
        await callbacks.call_first(db, visit, complaint, slots[0], now)
