"""A call in hand: its answers, its outcome, what the person wishes; only the one who picked it may write."""

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
from surveys.questionnaire.logic import parse
from surveys.respond.lows import kind_of, low_marks
from surveys.respondents import RESPONDENTS, Who, audience
from surveys.response import InvitedVisit

__all__ = ["RESPONDENTS", "answer", "conclude", "decide", "give_back", "take_wish", "tell_who"]


async def answer(
    actor: Actor, case: UUID, alias: str, raw: str, respondent: str, *, relation: str = ""
) -> Recorded:
    """Save one answer as it is given, with what whoever gives it is to the person; keep the call in hand."""
    if respondent not in RESPONDENTS:
        raise Invalid("Choisissez qui répond.")
    await in_hand(actor, case)
    async with transaction("answer") as db:
        visit = await visit_of(db, await held_by(db, actor, case))
        try:
            item = visit.questionnaire.item(alias)
        except KeyError as error:
            raise NotFound from error
        given, number = parse(item, raw), visit.questionnaire.items.index(item) + 1
        recorded = await collect.record(
            db, visit, {alias: given}, channel="phone", respondent=respondent, now=clock.now()
        )
        await _relate(db, recorded.visit, respondent, relation)
        was = visit.answers_of(respondent).get(alias)
        if recorded.version:
            await keeping.remember(db, case, LastAnswer(alias, respondent, given, was, number))
        await extend(db, actor, case)
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
