"""/appels: the queue, the call in hand, its answers and its end; every page works without a script."""

from datetime import UTC, datetime
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality import clock
from quality.access.actor import STAFF, Actor
from quality.access.home import Task
from quality.complaints.handling import Decision
from quality.complaints.opening import Wish
from quality.component import HomeSection, MenuEntry
from quality.directory.geography import departement, zone_of
from quality.errors import Invalid
from quality.web import languages
from quality.web.format import day_text, time_text
from quality.web.languages import gettext as _
from quality.web.platform import PARIS, card_of
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.desk import calls, queue, reading
from surveys.desk.composing import PANEL_OF, PANELS, WILL_NOT_SAY, Asking, compose, reason
from surveys.desk.crew import LinesBusy
from surveys.desk.holding import LEASE, LEASE_WITHOUT_SCRIPT
from surveys.desk.outcomes import CONFIRMED, OUTCOMES, Code
from surveys.desk.screens import CallKeys, CallQueue, Errors, QueueRow
from surveys.questionnaire.logic import AnswerRefused

HREF = "/appels"
KEYS_COOKIE = "touches"
YEAR_SECONDS = 31_536_000
RESPONDENTS = {"client": "client", "relative": "relative"}
WISHES = {"nom": Wish.NAMED, "sans": Wish.ANONYMOUS, "appel": Wish.CALL_FIRST, "rien": Wish.NOTHING}
DECISIONS = {"nom": Decision.named, "sans": Decision.anonymous, "rien": Decision.nothing}
Form = dict[str, str]


async def call_queue(request: Request) -> Response:
    return await _queue(request)


async def take_call(request: Request) -> Response:
    """Take the next call, or say when there will be one."""
    has_script = (await _form(request)).get("battement") == "oui"
    lease = LEASE if has_script else LEASE_WITHOUT_SCRIPT
    try:
        case = await queue.pick(signed_in(request), clock.now(), lease)
    except LinesBusy as busy:
        return await _queue(request, languages.said(busy))
    if case is None:
        return await _queue(request, _("Aucun appel ne peut être passé maintenant."))
    return RedirectResponse(f"{HREF}/{case}", 303)


async def call(request: Request) -> Response:
    return await _show(request, _asking(request))


async def save_answer(request: Request) -> Response:
    """Save one answer; the next question comes, or the wish after a low mark."""
    form, asking = await _form(request), _asking(request)
    raw, respondent = form.get(form.get("question", ""), ""), form.get("repondant", "")
    number = int(form["numero"]) if form.get("numero", "").isdecimal() else 1
    following = Asking(number + 1, respondent, keys=asking.keys)
    if raw == WILL_NOT_SAY or (not raw.strip() and form.get("genre") == "text"):
        return _go(following.href(_case(request)))
    try:
        await calls.answer(signed_in(request), _case(request), form.get("question", ""), raw, respondent)
    except AnswerRefused as refusal:
        here = Asking(number, respondent, keys=asking.keys)
        return await _show(request, here, form, ((form.get("question", ""), _(refusal.message)),))
    return _go(following.href(_case(request)))


async def save_wish(request: Request) -> Response:
    form = await _form(request)
    wanted, respondent = WISHES.get(form.get("souhait", "")), form.get("repondant", "client")
    if wanted is None:
        return await _show(request, Asking(respondent=respondent), form, _choose("souhait-nom"))
    await calls.take_wish(
        signed_in(request), request.app.state.house.keyring, _case(request), wanted, respondent
    )
    return _go(Asking(respondent=respondent).href(_case(request)))


async def save_decision(request: Request) -> Response:
    form = await _form(request)
    decision = DECISIONS.get(form.get("souhait", ""))
    if decision is None:
        return await _show(request, _asking(request), form, _choose("souhait-nom"))
    await calls.decide(signed_in(request), _case(request), decision)
    return _go(HREF)


async def end_call(request: Request) -> Response:
    """Write how the call ended; an appointment needs its date, a refusal and a death their sentence."""
    form = await _form(request)
    code = form.get("issue", "")
    if code not in OUTCOMES:
        return await _show(request, _asking(request), form, _choose("issues"))
    chosen = Code(code)
    panel = Asking(panel=PANEL_OF.get(chosen, ""), respondent=form.get("repondant", ""))
    if chosen in CONFIRMED and form.get("confirme") != "oui":
        return await _show(request, panel, form)
    try:
        at = await _appointment(request, form) if chosen is Code.appointment else None
        await calls.conclude(signed_in(request), _case(request), chosen, at)
    except Invalid as refusal:
        errors = tuple((each.field, _(each.message)) for each in refusal.errors)
        errors = errors or (("issues", _(refusal.message)),)
        return await _show(request, panel, form, errors)
    return _go(HREF)


async def give_back(request: Request) -> Response:
    await calls.give_back(signed_in(request), _case(request))
    return _go(HREF)


async def call_keys(request: Request) -> Response:
    rows = [
        (_("1 à 5"), _("Choisir une réponse")),
        ("9", _("Ne sait pas")),
        ("0", _("Ne veut pas répondre")),
        (_("Entrée"), _("Question suivante")),
    ]
    rows += [(outcome.key, _(outcome.label)) for outcome in OUTCOMES.values()]
    return await render(request, CallKeys(_has_keys(request), tuple(rows)))


async def set_keys(request: Request) -> Response:
    form = await _form(request)
    response = _go(f"{HREF}/touches")
    value = "non" if form.get("touches") == "non" else "oui"
    response.set_cookie(KEYS_COOKIE, value, max_age=YEAR_SECONDS, httponly=True, samesite="lax")
    return response


async def _queue(request: Request, notice: str = "") -> Response:
    actor = signed_in(request)
    found = await queue.read(actor, clock.now())
    shown = CallQueue(
        due=found.due,
        later=found.later,
        callbacks=found.callbacks,
        next_text=_moment(found.next_at) if found.next_at else "",
        rows=tuple(_row(row) for row in found.rows),
        is_holding=found.held is not None,
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


async def _show(request: Request, asking: Asking, form: Form | None = None, errors: Errors = ()) -> Response:
    actor, house = signed_in(request), request.app.state.house
    file = await reading.read(actor, house.keyring, _case(request))
    card = await card_of(actor.platform)
    shown = compose(file, asking, card, actor.name, values=form, errors=errors)
    return await render(request, shown, 422 if errors else 200)


def _asking(request: Request) -> Asking:
    query = request.query_params
    number = query.get("q", "")
    return Asking(
        number=int(number) if number.isascii() and number.isdecimal() and 0 < int(number) < 100 else None,
        respondent=RESPONDENTS.get(query.get("repondant", ""), ""),
        panel=query["fin"] if query.get("fin") in PANELS else "",
        keys=_has_keys(request),
    )


async def _appointment(request: Request, form: Form) -> datetime:
    """Read a date and an hour typed in the zone of the person."""
    actor, house = signed_in(request), request.app.state.house
    file = await reading.read(actor, house.keyring, _case(request))
    try:
        local = datetime.fromisoformat(f"{form.get('le', '')}T{form.get('a', '')}")
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return local.replace(tzinfo=zone_of(file.person.departement)).astimezone(UTC)


def _choose(anchor: str) -> Errors:
    return ((anchor, _("Choisissez une réponse.")),)


async def _form(request: Request) -> Form:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


def _has_keys(request: Request) -> bool:
    return request.cookies.get(KEYS_COOKIE) != "non"


def _case(request: Request) -> UUID:
    case: UUID = request.path_params["case"]
    return case


def _go(href: str) -> Response:
    return RedirectResponse(href, 303)


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


CASE = HREF + "/{case:uuid}"
ROUTES = (
    page(HREF, call_queue, roles=STAFF, name="calls"),
    page(HREF, take_call, roles=STAFF, methods=("POST",), name="call-take"),
    page(f"{HREF}/touches", call_keys, roles=STAFF, name="call-keys"),
    page(f"{HREF}/touches", set_keys, roles=STAFF, methods=("POST",), name="call-keys-set"),
    page(CASE, call, roles=STAFF, name="call"),
    page(f"{CASE}/reponse", save_answer, roles=STAFF, methods=("POST",), name="call-answer"),
    page(f"{CASE}/souhait", save_wish, roles=STAFF, methods=("POST",), name="call-wish"),
    page(f"{CASE}/decision", save_decision, roles=STAFF, methods=("POST",), name="call-decision"),
    page(f"{CASE}/issue", end_call, roles=STAFF, methods=("POST",), name="call-end"),
    page(f"{CASE}/rendre", give_back, roles=STAFF, methods=("POST",), name="call-give-back"),
)
MENU = (MenuEntry(HREF, "File d’appels", "phone", frozenset(STAFF), rank=15, count=count_due),)
HOME = (HomeSection(frozenset(STAFF), tasks, rank=20),)
