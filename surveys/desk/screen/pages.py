"""/appels: the queue, the call in hand, its answers and its end; every page works without a script."""

from dataclasses import replace
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from quality import clock
from quality.access.actor import STAFF, Actor, Role
from quality.access.home import Task
from quality.complaints.opening import Wish
from quality.complaints.resolving.handling import Decision
from quality.component import HomeSection, MenuEntry
from quality.directory.geography import departement
from quality.web import languages
from quality.web.format import day_text, time_text
from quality.web.keyboard import has_keys
from quality.web.keyboard import keep as keep_keys
from quality.web.languages import gettext as _
from quality.web.platform import PARIS
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.desk import absence, calls, situations
from surveys.desk.ending import undoing_end
from surveys.desk.ending.outcomes import OUTCOMES, Code
from surveys.desk.queueing import queue
from surveys.desk.queueing.crew import LinesBusy
from surveys.desk.queueing.holding import LEASE, LEASE_WITHOUT_SCRIPT
from surveys.desk.screen import ending_pages, keeping, panel_pages, watching
from surveys.desk.screen.asking import Asking
from surveys.desk.screen.composing import reason
from surveys.desk.screen.keyboard import all_keys
from surveys.desk.screen.screens import CallKeys, CallQueue, QueueRow
from surveys.desk.screen.showing import (
    CASE,
    HREF,
    asking_of,
    case_of,
    choose,
    form_of,
    go,
    go_on,
    keyring_of,
    number_of,
    show,
    speaker,
)
from surveys.desk.training import pages as training_pages
from surveys.questionnaire.logic import AnswerRefused
from surveys.respond.standing import posted

WISHES = {"nom": Wish.NAMED, "sans": Wish.ANONYMOUS, "appel": Wish.CALL_FIRST, "rien": Wish.NOTHING}
DECISIONS = {"nom": Decision.named, "sans": Decision.anonymous, "rien": Decision.nothing}


async def call_queue(request: Request) -> Response:
    return await _queue(request)


async def take_call(request: Request) -> Response:
    """Take the next call, or come back to the very place of the one in hand; say when there is none."""
    actor, has_script = signed_in(request), (await form_of(request)).get("battement") == "oui"
    try:
        case = await queue.pick(actor, clock.now(), LEASE if has_script else LEASE_WITHOUT_SCRIPT)
    except LinesBusy as busy:
        return await _queue(request, languages.said(busy))
    if case is None:
        return await _queue(request, _("Aucun appel ne peut être passé maintenant."))
    place = await keeping.place_of(actor, case)
    return go(f"{HREF}/{case}?{place}" if place else f"{HREF}/{case}")


async def call(request: Request) -> Response:
    return await show(request, asking_of(request))


async def save_answer(request: Request) -> Response:
    """Save one answer; the next question comes, or the wish after a low mark."""
    form, actor, case = await form_of(request), signed_in(request), case_of(request)
    alias, (respondent, relation) = form.get("question", ""), speaker(form)
    number = number_of(form.get("numero", ""), most=99) or 1
    raw, here = (
        posted(alias, await request.form()),
        Asking(number, respondent, relation, keys=has_keys(request)),
    )
    try:
        await calls.answer(actor, case, alias, raw, respondent, relation=relation)
    except AnswerRefused as refusal:
        return await show(request, here, form, ((alias, _(refusal.message)),), refused=raw)
    if form.get("genre") == "text":
        await keeping.drop_draft(actor, keyring_of(request), case, alias)
    return await go_on(request, replace(here, number=number + 1))


async def save_wish(request: Request) -> Response:
    """Take what the person wishes; a complaint opened by it may be granted something at once."""
    form = await form_of(request)
    wanted, respondent = WISHES.get(form.get("souhait", "")), form.get("repondant", "client")
    asking = Asking(respondent=respondent, relation=speaker(form)[1], keys=has_keys(request))
    if wanted is None:
        return await show(request, asking, form, choose("souhait-nom"))
    opened = await calls.take_wish(
        signed_in(request), keyring_of(request), case_of(request), wanted, respondent
    )
    is_to_grant = opened is not None and opened.disclosure is not Wish.CALL_FIRST
    panel = "accord" if is_to_grant else ""
    return await go_on(request, replace(asking, panel=panel, complaint=opened.number if opened else None))


async def save_decision(request: Request) -> Response:
    form = await form_of(request)
    decision = DECISIONS.get(form.get("souhait", ""))
    if decision is None:
        return await show(request, asking_of(request), form, choose("souhait-nom"))
    await calls.decide(signed_in(request), case_of(request), decision)
    return go(HREF)


async def call_keys(request: Request) -> Response:
    return await render(request, CallKeys(has_keys(request), all_keys()))


async def set_keys(request: Request) -> Response:
    form = await form_of(request)
    response = go(f"{HREF}/touches")
    keep_keys(response, has_them=form.get("touches") != "non")
    return response


async def undo_end(request: Request) -> Response:
    """Take back the call that was just ended by mistake."""
    actor = signed_in(request)
    case = await undoing_end.undo_end(actor)
    return go(f"{HREF}/{case}")


async def _queue(request: Request, notice: str = "") -> Response:
    actor = signed_in(request)
    ended = await undoing_end.offered(actor)
    found = await queue.read(actor, clock.now())
    shown = CallQueue(
        due=found.due,
        later=found.later,
        callbacks=found.callbacks,
        next_text=_moment(found.next_at) if found.next_at else "",
        rows=tuple(_row(row) for row in found.rows),
        is_holding=found.held is not None,
        keys=has_keys(request),
        undo=_(OUTCOMES[Code(ended)].label) if ended else "",
        notice=notice,
    )
    return await render(request, shown)


def _row(row: queue.Waiting) -> QueueRow:
    return QueueRow(
        reason=reason(row.kind, row.wish),
        provider=row.provider,
        place=departement(row.departement).name,
        since=_moment(row.since),
        tries=str(row.tries),
    )


def _moment(at: datetime) -> str:
    local = at.astimezone(PARIS)
    return f"{day_text(local, languages.current())}, {time_text(local, languages.current())}"


async def count_due(actor: Actor) -> int:
    return await queue.count_due(actor, clock.now())


async def tasks(actor: Actor) -> tuple[Task, ...]:
    """Say who is called next and why, without a name, when somebody is."""
    now = clock.now()
    found = await queue.read(actor, now)
    if not found.rows:
        return ()
    row = found.rows[0]
    place = departement(row.departement).name
    sentence = f"{reason(row.kind, row.wish)}. {row.provider}, {place}."
    return (
        Task(
            _("Prendre le prochain appel"), sentence, HREF, _("Ouvrir la file"), now, has_others=found.due > 1
        ),
    )


ROUTES = (
    page(HREF, call_queue, roles=STAFF, name="calls"),
    page(HREF, take_call, roles=STAFF, methods=("POST",), name="call-take"),
    page(f"{HREF}/touches", call_keys, roles=STAFF, name="call-keys"),
    page(f"{HREF}/touches", set_keys, roles=STAFF, methods=("POST",), name="call-keys-set"),
    page(CASE, call, roles=STAFF, name="call"),
    page(f"{CASE}/reponse", save_answer, roles=STAFF, methods=("POST",), name="call-answer"),
    page(f"{CASE}/souhait", save_wish, roles=STAFF, methods=("POST",), name="call-wish"),
    page(f"{CASE}/decision", save_decision, roles=STAFF, methods=("POST",), name="call-decision"),
    *ending_pages.ROUTES,
    *panel_pages.ROUTES,
    *watching.ROUTES,
    *training_pages.ROUTES,
    *situations.ROUTES,
    *absence.ROUTES,
    page(f"{HREF}/annuler", undo_end, roles=STAFF, methods=("POST",), name="call-undo-end"),
)
CALLERS = frozenset({Role.agent, Role.supervisor})
MENU = (
    MenuEntry(HREF, "File d’appels", "phone", frozenset(STAFF), rank=15, count=count_due),
    MenuEntry(f"{HREF}/absence", "Ce qui a changé", "info", CALLERS, rank=16, count=absence.count),
    MenuEntry(f"{HREF}/regles", "Mes situations réglées", "check", CALLERS, rank=17),
    MenuEntry(f"{HREF}/entrainement", "Entraînement", "people", CALLERS, rank=18),
)
HOME = (HomeSection(frozenset(STAFF), tasks, rank=20),)
