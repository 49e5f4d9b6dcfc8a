"""/questionnaires/{code}/brouillon/essai/souhait, rappel, qui, merci: the last pages of an answer, tried.

What is chosen on them stays in the address, as the answers do: no wish, no call and nobody's name is stored.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality import clock
from quality.complaints.delays import due
from quality.complaints.opening import delays_of
from quality.db import pool
from quality.french import french
from quality.web.format import capital
from quality.web.languages import gettext as _
from quality.web.routing import page
from quality.web.session import signed_in
from surveys import callbacks
from surveys.authoring import store
from surveys.authoring.editing.draft_pages import DRAFT
from surveys.authoring.editing.trial import SLOT, THANKS, WHO, WISH, Bar, Trial, opened, tried
from surveys.authoring.pages import READERS
from surveys.disclosing import PLATFORM
from surveys.protocol.calendar import Slot
from surveys.protocol.choosing_questions import Moment
from surveys.questionnaire.definition import Item
from surveys.questionnaire.logic import low_items
from surveys.questionnaire.wording import words_of
from surveys.respond.halves import half_day, value_of
from surveys.respond.questions import remaining
from surveys.respond.screens import (
    AnswerCallback,
    AnswerThanks,
    AnswerWho,
    AnswerWish,
    Choice,
    Errors,
    HalfDay,
)
from surveys.respond.standing import number_of
from surveys.respondents import RELATIONS, WAYS, ways_of, who_of

REFERENCE = "EXEM-PLE1"
CONDUCT = "RESP"  # what this indicator asks about is somebody's conduct
WISHES = {"nom": "named", "sans": "confidential", "appel": "callback", "rien": "signal"}
# What somebody chose, as whoever tries reads it at the end.
WISHED = {
    "nom": french("En parler à l’organisme, avec son nom"),
    "sans": french("En parler à l’organisme, sans son nom"),
    "appel": french("Être appelée d’abord"),
    "rien": french("Rien de plus"),
}
OPINIONS = frozenset({Moment.YEARLY, Moment.COMPLAINT})


@dataclass(frozen=True, slots=True, kw_only=True)
class WishTrial(AnswerWish):
    """What is asked after a low mark, tried."""

    bar: Bar


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackTrial(AnswerCallback):
    """When to call, tried."""

    bar: Bar


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoTrial(AnswerWho):
    """Who gave the answers and how, tried."""

    bar: Bar


@dataclass(frozen=True, slots=True, kw_only=True)
class ThanksTrial(AnswerThanks):
    """The end as a client sees it, tried, with the addresses of the trial."""

    bar: Bar
    first: str
    onward: str
    correct: str


async def show_step(request: Request) -> Response:
    """Show one of the last pages, as far as this trial leads to it; before any answer, lead to the first."""
    _draft, trial = await opened(request)
    if not trial.raw:
        return RedirectResponse(trial.leading("1", {}), 303)
    return await _shown(trial, _step(request))


async def choose_step(request: Request) -> Response:
    """Take what was chosen into the address and go on, or show the page again with what is missing."""
    _draft, trial = await opened(request)
    step, form = _step(request), await request.form()
    values = _chosen(trial, step, form)
    if not values:
        return await _shown(trial, step, missing=True)
    following = SLOT if (step, values) == (WISH, ["appel"]) else THANKS
    return RedirectResponse(trial.leading(following, trial.with_chosen(step, *values)), 303)


CHOOSING = (WISH, SLOT, WHO)


def _step(request: Request) -> str:
    return request.url.path.rpartition("/")[2]


def _chosen(trial: Trial, step: str, form: FormData) -> list[str]:
    """Give what a form chose that is offered; nothing where the page must be shown again."""
    if step == WISH:
        return [value for value in WISHES if value == form.get("souhait")]
    if step == SLOT:
        return [value_of(slot) for slot in _slots(trial) if value_of(slot) == form.get("creneau")]
    who = who_of(str(form.get("pour", "")), [str(each) for each in form.getlist("comment")])
    return [who.relation, *ways_of(who)] if who.is_said else []


async def _shown(trial: Trial, step: str, *, missing: bool = False) -> Response:
    return trial.show(await PAGES[step](trial, missing), 422 if missing else 200)


async def _wish(trial: Trial, missing: bool) -> WishTrial:
    visit, now, low = trial.visit, clock.now(), lows(trial)
    dates = due(now, await delays_of(pool("answer"), visit.source(visit.id), now), visit.departement)
    first = low[-1] if low else None
    return WishTrial(
        token="",
        seat=trial.seat,
        back=trial.address(f"/{number_of(visit.questionnaire, first.alias)}" if first else "/merci"),
        saved=words_of(first, trial.answers[first.alias], trial.tongue) if first else "",
        motive="",
        about="",
        is_conduct=any(feed.indicator == CONDUCT for item in low for feed in item.measures),
        offers_nothing=True,
        provider=visit.provider_name,
        acknowledged_by=trial.day(dates.acknowledge_at),
        remedied_by=trial.day(dates.solution_at),
        value=next(iter(trial.chosen_on(WISH)), ""),
        errors=_errors("souhait-nom", _("Choisissez ce que vous souhaitez"), missing=missing),
        bar=trial.bar(WISH),
    )


async def _callback(trial: Trial, missing: bool) -> CallbackTrial:
    slots = _slots(trial)
    anchor = f"creneau-{value_of(slots[0])}" if slots else "contenu"
    return CallbackTrial(
        token="",
        seat=trial.seat,
        back=trial.address("/merci"),
        slots=[_half_day(trial, slot) for slot in slots],
        value=next(iter(trial.chosen_on(SLOT)), ""),
        errors=_errors(anchor, _("Choisissez un moment"), missing=missing),
        bar=trial.bar(SLOT),
    )


async def _who(trial: Trial, missing: bool) -> WhoTrial:
    options = [Choice(code, "", _(each.said)) for code, each in RELATIONS.items()]
    message = _("Choisissez pour qui vous répondez, ou passez cette page")
    return WhoTrial(
        token="",
        seat=trial.seat,
        back=trial.address("/merci"),
        options=options,
        ways=[Choice(code, "", _(each.said)) for code, each in WAYS.items()],
        chosen=trial.chosen_on(WHO),
        errors=_errors(f"pour-{options[0].value}", message, missing=missing),
        bar=trial.bar(WHO),
    )


async def _thanks(trial: Trial, _missing: bool) -> ThanksTrial:
    visit, left, called = trial.visit, remaining(trial), call_words(trial)
    now = clock.now()
    dates = due(now, await delays_of(pool("answer"), visit.source(visit.id), now), visit.departement)
    return ThanksTrial(
        token="",
        seat=trial.seat,
        outcome=await _outcome(trial),
        reference=REFERENCE,
        provider=visit.provider_name,
        today=trial.day(now),
        acknowledged_by=trial.day(dates.acknowledge_at),
        remedied_by=trial.day(dates.solution_at),
        callback_text=called,
        follow="",
        is_answered=bool(trial.answers),
        who=_said(trial),
        readers=PLATFORM,
        can_share=False,
        counts=not trial.who.worker,
        until=trial.day(visit.closes_at),
        remaining=len(left),
        next_number=next(iter(left), None),
        bar=trial.bar(THANKS),
        first=trial.address("/1"),
        onward=trial.address(f"/{left[0]}") if left else "",
        correct=trial.address("/qui"),
    )


PAGES: Mapping[str, Callable[[Trial, bool], Awaitable[Any]]] = {
    WISH: _wish,
    SLOT: _callback,
    WHO: _who,
    THANKS: _thanks,
}


def _errors(anchor: str, message: str, *, missing: bool) -> Errors:
    return ((anchor, message),) if missing else ()


def _said(trial: Trial) -> str:
    words = _(RELATIONS[trial.who.relation].said) if trial.who.is_said else ""
    return words[:1].lower() + words[1:]


async def _outcome(trial: Trial) -> str:
    """Name the end that these answers and choices lead to, as the true page does."""
    wished = next(iter(trial.chosen_on(WISH)), "")
    if wished in ("nom", "sans"):
        return WISHES[wished]
    if trial.chosen_on(SLOT):
        return "callback"
    moments = await store.moments(signed_in(trial.request))
    if OPINIONS.intersection(moments.get(trial.visit.questionnaire.code, ())):
        return "opinion"
    return "signal" if lows(trial) else "thanks"


def call_words(trial: Trial) -> str:
    """Say when the person would be called; nothing when they would not."""
    chosen = [slot for slot in _slots(trial) if value_of(slot) in trial.chosen_on(SLOT)]
    if not chosen:
        return ""
    moment = _half_day(trial, chosen[0])
    return f"{capital(moment.day)}, {moment.span}"


def _slots(trial: Trial) -> tuple[Slot, ...]:
    closed, visit = trial.card.closing_days, trial.visit
    return callbacks.half_days(clock.now(), visit.departement, trial.audience, closed=closed)


def _half_day(trial: Trial, slot: Slot) -> HalfDay:
    return half_day(slot, trial.visit.departement, trial.language, clock.now())


def lows(trial: Trial) -> tuple[Item, ...]:
    """List the questions that would open a signal."""
    return low_items(trial.visit.questionnaire, trial.answers, trial.facts)


ROUTES = (
    *(page(f"{DRAFT}/essai/{step}", tried(show_step), roles=READERS) for step in PAGES),
    *(
        page(f"{DRAFT}/essai/{step}", tried(choose_step), roles=READERS, methods=("POST",))
        for step in CHOOSING
    ),
)
