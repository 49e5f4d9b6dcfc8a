"""/appels/pilotage: the live board, the cases referred, the calls reviewed and corrected."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality import clock
from quality.access.actor import Actor, Role
from quality.directory.geography import departement, zone_of
from quality.errors import Invalid, NotFound
from quality.web import languages
from quality.web.format import day_text, time_text
from quality.web.languages import gettext as _
from quality.web.platform import card_of
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.desk.ending.outcomes import OUTCOMES, Code
from surveys.desk.screen.composing import reason
from surveys.desk.supervision import board, crew_settings, recoding, referring, reviewing, staffing_pages
from surveys.desk.supervision.board import Board
from surveys.desk.supervision.reviewing import Line, Reviewed
from surveys.desk.supervision.screens import CallLine, CallReview, DeskBoard, Errors, Pairs, ReferredLine
from surveys.door import choosing, choosing_pages
from surveys.honesty import pages as honesty_pages
from surveys.honesty import reviewing as honesty

HREF = "/appels/pilotage"
SUPERVISORS = frozenset({Role.platform, Role.supervisor})
FEW = 10
NOTICES = ("rendu", "confie", "ferme", "personne")


async def desk_board(request: Request) -> Response:
    done = next((each for each in NOTICES if each in request.query_params), "")
    return await _board(request, _notice(done))


async def _board(request: Request, notice: str = "", errors: Errors = ()) -> Response:
    actor, now = signed_in(request), clock.now()
    found = await board.read(actor, now)
    shown = DeskBoard(
        waiting=sum(kind.due for kind in found.kinds),
        late=sum(kind.late for kind in found.kinds),
        going_count=len(found.going),
        lines=found.lines,
        calls_today=found.calls_today,
        situations_today=found.situations_today,
        kinds=tuple(
            (reason(k.kind), str(k.due), str(k.late), str(k.morning), str(k.afternoon)) for k in found.kinds
        ),
        going=await _going(actor, found),
        agreed=tuple(
            (_moment(each.at, each.departement), reason(each.kind), each.provider, _place(each.departement))
            for each in found.agreed
        ),
        referred=tuple(
            ReferredLine(
                str(each.case),
                reason(each.kind),
                each.why,
                _moment(each.since, each.departement),
                f"{each.provider}, {_place(each.departement)}",
            )
            for each in found.referred
        ),
        people=await _people(actor) if found.referred else (),
        to_review=found.to_review,
        sample=tuple(_call_line(each) for each in (await reviewing.to_review(actor))[:FEW]),
        latest=tuple(_call_line(each) for each in (await reviewing.latest(actor))[:FEW]),
        shortage=await staffing_pages.shortage(actor, now),
        doubted=choosing_pages.waiting(await choosing.count_doubted(actor)),
        apart=honesty_pages.waiting(await honesty.count_waiting(actor)),
        notice=notice,
        errors=errors,
    )
    return await render(request, shown, 422 if errors else 200)


async def _going(actor: Actor, found: Board) -> tuple[tuple[str, ...], ...]:
    zone = (await card_of(actor.platform)).zone
    return tuple(
        (
            each.agent or _("Compte fermé"),
            _("Appel reçu") if each.is_incoming else reason(each.kind),
            time_text(each.since.astimezone(zone), languages.current()) if each.since else "–",
        )
        for each in found.going
    )


async def _people(actor: Actor) -> Pairs:
    """List to whom a case may be confided: teams first, then agents."""
    teams = [(f"e:{team.id}", team.name) for team in await crew_settings.teams(actor)]
    agents = [(f"a:{agent.id}", agent.name) for agent in await crew_settings.agents(actor)]
    return (("", _("Choisissez")), *teams, *agents)


def _notice(done: str) -> str:
    return {
        "rendu": _("Le dossier est de nouveau dans la file."),
        "confie": _("Le dossier est confié."),
        "ferme": _("Le dossier est fermé."),
        "personne": _(
            "Cette personne ne peut pas être appelée maintenant. Le dossier vous attend dans la file."
        ),
    }.get(done, "")


# ---- a referred case ----


async def take_referred(request: Request) -> Response:
    case = await referring.take(signed_in(request), _case(request))
    return RedirectResponse(f"/appels/{case}" if case else f"{HREF}?personne", 303)


async def return_referred(request: Request) -> Response:
    await referring.give_back(signed_in(request), _case(request))
    return RedirectResponse(f"{HREF}?rendu", 303)


async def confide_referred(request: Request) -> Response:
    chosen = str((await request.form()).get("a-qui", ""))
    kind, _sep, typed = chosen.partition(":")
    try:
        who = UUID(typed) if typed else None
        agent, team = (who, None) if kind == "a" else (None, who)
        await referring.confide(signed_in(request), _case(request), agent=agent, team=team)
    except ValueError as error:
        raise NotFound from error
    except Invalid as refusal:
        return await _board(request, errors=_errors(refusal, request))
    return RedirectResponse(f"{HREF}?confie", 303)


async def close_referred(request: Request) -> Response:
    why = str((await request.form()).get("pourquoi-fermer", ""))
    try:
        await referring.close(signed_in(request), _case(request), why)
    except Invalid as refusal:
        return await _board(request, errors=_errors(refusal, request))
    return RedirectResponse(f"{HREF}?ferme", 303)


def _errors(refusal: Invalid, request: Request) -> Errors:
    """Lead each error to the field of the case it is about: several cases have the same fields."""
    case = _case(request)
    return tuple((f"{each.field}-{case}", _(each.message)) for each in refusal.errors)


# ---- a call reviewed ----


async def call_review(request: Request) -> Response:
    return await render(request, await _review(request))


async def _review(request: Request) -> CallReview:
    log = request.path_params["log"]
    found = await reviewing.read(signed_in(request), log)
    line = found.line
    before = Code(line.outcome) if line.outcome in OUTCOMES else Code.answered
    return CallReview(
        href=f"{HREF}/appels/{log}",
        title=_("{reason}, {day}").format(
            reason=reason(line.kind), day=_moment(line.ended_at, line.departement)
        ),
        facts=_facts(found),
        answers=found.answers,
        others=tuple(
            (_moment(o.ended_at, o.departement), o.agent, _outcome(o.outcome)) for o in found.others
        ),
        review=line.review,
        outcomes=tuple((code.value, _(each.label)) for code, each in OUTCOMES.items() if code is not before),
        chosen="",
        effects=tuple(
            (_(OUTCOMES[code].label), _(words))
            for code, words in (*recoding.UNDONE.items(),)
            if code is before
        ),
        recoded=_recoded(request, line),
        is_reviewed="relu" in request.query_params,
    )


def _recoded(request: Request, line: Line) -> tuple[str, ...]:
    """Say what a correction just undid and did, and what stays."""
    if "corrige" not in request.query_params or line.outcome not in OUTCOMES:
        return ()
    was, now = request.query_params.get("de", ""), Code(line.outcome)
    before = Code(was) if was in OUTCOMES else now
    return tuple(_(sentence) for sentence in recoding.sentences(before, now))


async def save_review(request: Request) -> Response:
    text = str((await request.form()).get("relecture", ""))
    try:
        await reviewing.review(signed_in(request), request.path_params["log"], text)
    except Invalid as refusal:
        return await _refused(request, refusal, review=text)
    return RedirectResponse(f"{HREF}/appels/{request.path_params['log']}?relu", 303)


async def recode_call(request: Request) -> Response:
    log = request.path_params["log"]
    chosen = str((await request.form()).get("issue", ""))
    before = (await reviewing.read(signed_in(request), log)).line.outcome
    try:
        if chosen not in OUTCOMES:
            raise Invalid(errors=(recoding.choose(),))
        await recoding.recode(signed_in(request), log, Code(chosen))
    except Invalid as refusal:
        return await _refused(request, refusal, chosen=chosen)
    return RedirectResponse(f"{HREF}/appels/{log}?corrige&de={before}", 303)


async def _refused(request: Request, refusal: Invalid, *, review: str = "", chosen: str = "") -> Response:
    errors = tuple((each.field, _(each.message)) for each in refusal.errors)
    shown = replace(await _review(request), errors=errors, chosen=chosen)
    return await render(request, replace(shown, review=review) if review else shown, 422)


def _facts(found: Reviewed) -> Pairs:
    line = found.line
    zone, lang = zone_of(line.departement), languages.current()
    minutes = max(round((line.ended_at - line.started_at).total_seconds() / 60), 1)
    numbers = {
        "phone": _("Le fixe"),
        "mobile": _("Le mobile"),
        "relative": _("Le proche"),
        "incoming": _("La personne a appelé"),
    }
    rows = [
        (_("Issue"), _outcome(line.outcome)),
        (_("Agent"), line.agent or _("Compte fermé")),
        (_("Début"), time_text(line.started_at.astimezone(zone), lang)),
        (_("Durée"), _("{count} min").format(count=minutes)),
        (_("Numéro"), numbers.get(line.number_kind, "–")),
        (_("Organisme"), f"{line.provider}, {_place(line.departement)}"),
    ]
    if line.recoded_from:
        rows.insert(1, (_("D’abord notée"), _outcome(line.recoded_from)))
    return tuple(rows)


def _call_line(line: Line) -> CallLine:
    words = f"{_outcome(line.outcome)}, {_moment(line.ended_at, line.departement)}"
    detail = ", ".join(filter(None, (reason(line.kind), line.agent, line.provider)))
    return CallLine(f"{HREF}/appels/{line.id}", words, detail)


def _outcome(code: str) -> str:
    return _(OUTCOMES[Code(code)].label) if code in OUTCOMES else code


def _place(code: str) -> str:
    return departement(code).name


def _moment(at: datetime, place: str) -> str:
    local, lang = at.astimezone(zone_of(place)), languages.current()
    return f"{day_text(local, lang)}, {time_text(local, lang)}"


def _case(request: Request) -> UUID:
    case: UUID = request.path_params["case"]
    return case


CASE, LOG = HREF + "/dossiers/{case:uuid}", HREF + "/appels/{log:uuid}"
_POST = ("POST",)
ROUTES = (
    page(HREF, desk_board, roles=SUPERVISORS, name="desk-board"),
    page(f"{CASE}/prendre", take_referred, roles=SUPERVISORS, methods=_POST, name="referred-take"),
    page(f"{CASE}/rendre", return_referred, roles=SUPERVISORS, methods=_POST, name="referred-return"),
    page(f"{CASE}/confier", confide_referred, roles=SUPERVISORS, methods=_POST, name="referred-confide"),
    page(f"{CASE}/fermer", close_referred, roles=SUPERVISORS, methods=_POST, name="referred-close"),
    page(LOG, call_review, roles=SUPERVISORS, name="call-review"),
    page(f"{LOG}/relire", save_review, roles=SUPERVISORS, methods=_POST, name="call-review-save"),
    page(f"{LOG}/corriger", recode_call, roles=SUPERVISORS, methods=_POST, name="call-recode"),
)
