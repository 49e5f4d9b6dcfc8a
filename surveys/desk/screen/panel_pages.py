"""/appels/{case}/…: what is done beside the questions: complaint, promise, danger, language, undo."""

from dataclasses import replace
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from quality.access.actor import STAFF
from quality.complaints.opening import Opened, Wish
from quality.complaints.resolving import desk_opening, promising, serious
from quality.complaints.resolving.authority import Remedy, cents_of
from quality.complaints.resolving.promising import NotAuthorised
from quality.directory.intake.vocabulary import LANGUAGES
from quality.errors import Conflict, Invalid
from quality.web import languages
from quality.web.keyboard import has_keys
from quality.web.languages import gettext as _
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.desk import calls, speaking, talking
from surveys.desk.ending.outcomes import Code
from surveys.desk.screen import keeping, panels, reading, undoing
from surveys.desk.screen.asking import Asking
from surveys.desk.screen.composing import END_PANEL, Panel, language_of
from surveys.desk.screen.reading import File
from surveys.desk.screen.screens import Errors
from surveys.desk.screen.showing import (
    CASE,
    HREF,
    Form,
    asking_of,
    case_of,
    errors_of,
    form_of,
    go,
    go_on,
    keyring_of,
    number_of,
    show,
    speaker,
)
from surveys.respondents import SELF, Who, who_of

WISHES = {"nom": Wish.NAMED, "sans": Wish.ANONYMOUS, "appel": Wish.CALL_FIRST}
MOTIVES = {"retard": "late", "travail": "not_done", "comportement": "behaviour", "autre": "other"}


async def open_complaint(request: Request) -> Response:
    """Open a complaint with what the person says and wishes; then see what may be granted."""
    form, asking = await form_of(request), _panel(request, "reclamation", await form_of(request))
    if missing := missing_of(form):
        return await show(request, asking, form, missing)
    try:
        opened = await _open(request, form)
    except Invalid as refusal:
        return await show(request, asking, form, errors_of(refusal))
    await keeping.drop_draft(signed_in(request), keyring_of(request), case_of(request), "reclamation")
    is_later = opened is None or opened.disclosure is Wish.CALL_FIRST
    following = replace(
        asking, panel="" if is_later else "accord", complaint=opened.number if opened else None
    )
    return await go_on(request, following)


def missing_of(form: Form) -> Errors:
    wanted = (
        ("motif-retard", form.get("motif") in MOTIVES, _("Choisissez ce dont il s’agit.")),
        ("souhait-nom", form.get("souhait") in WISHES, _("Choisissez ce que la personne souhaite.")),
        ("paroles", bool(form.get("paroles", "").strip()), _("Écrivez en quelques mots ce qui s’est passé.")),
    )
    return tuple((field, message) for field, is_given, message in wanted if not is_given)


async def _open(request: Request, form: Form) -> Opened | None:
    """Open by the wish that a low mark of this visit awaits, else by what the person says now."""
    actor, keyring, case = signed_in(request), keyring_of(request), case_of(request)
    file = await reading.read(actor, keyring, case)
    wanted, kind, words = WISHES[form["souhait"]], MOTIVES[form["motif"]], form["paroles"]
    respondent = form.get("repondant") or file.audience
    if respondent not in file.unwished:
        return await desk_opening.open_by_staff(
            actor,
            keyring,
            client=file.client,
            kind=kind,
            disclosure=wanted,
            text=words,
            intervention=file.visit.occasion_id if file.visit else None,
            form=desk_opening.form_of(form.get("formulaire", "")),
        )
    opened = await calls.take_wish(actor, keyring, case, wanted, respondent, kind=kind)
    if opened is not None:
        await talking.say(actor, case, opened.number, words)
    return opened


async def grant(request: Request) -> Response:
    """Grant a remedy; one that is not the agent's to grant says who can, in words to read aloud."""
    form, actor = await form_of(request), signed_in(request)
    asking = _panel(request, "accord", form)
    number, remedy = asking.complaint or 0, form.get("solution", "")
    if remedy not in panels.OFFERED:
        wrong = (("solution-" + panels.OFFERED[0], _("Choisissez une solution.")),)
        return await show(request, asking, form, wrong)
    try:
        promised = await promising.grant(
            actor,
            number,
            Remedy(remedy),
            amount_cents=cents_of(form.get("montant", "")),
            detail=form.get("precision", ""),
            is_first_contact=await talking.is_of_this_call(actor, case_of(request), number),
        )
    except NotAuthorised as refusal:
        file = await reading.read(actor, keyring_of(request), case_of(request))
        return await show(request, asking, form, panel=await _refused(request, file, number, refusal))
    except Invalid as refusal:
        return await show(request, asking, form, errors_of(refusal))
    return await go_on(request, replace(asking, panel="recapitulatif", promise=str(promised.id)))


async def _refused(request: Request, file: File, number: int, refusal: NotAuthorised) -> Panel:
    actor = signed_in(request)
    told = await talking.beyond(actor, number, refusal.refused.who_can, language_of(file))
    return Panel(remedies=await panels.remedies(actor, number, languages.said(refusal), told))


async def confirm(request: Request) -> Response:
    """Write that the provider's on-call contact confirms the promise."""
    form = await form_of(request)
    asking = _panel(request, "recapitulatif", form)
    try:
        await promising.confirm(signed_in(request), _uuid(asking.promise), form.get("par", ""))
    except Invalid as refusal:
        return await show(request, asking, form, errors_of(refusal))
    return await go_on(request, asking)


async def report_danger(request: Request) -> Response:
    """Report a danger: supervisors are told at once, the provider is not."""
    form, actor, keyring = await form_of(request), signed_in(request), keyring_of(request)
    asking = _panel(request, "danger", form)
    file = await reading.read(actor, keyring, case_of(request))
    visit = file.visit.occasion_id if file.visit else None
    try:
        opened = await serious.report(
            actor,
            keyring,
            client=file.client,
            intervention=visit,
            text=form.get("paroles", ""),
            form=desk_opening.form_of(form.get("formulaire", "")),
        )
    except Invalid as refusal:
        return await show(request, asking, form, errors_of(refusal))
    await keeping.drop_draft(actor, keyring, case_of(request), "danger")
    return await go_on(request, replace(asking, panel="danger-note", complaint=opened.number))


async def follow_complaint(request: Request) -> Response:
    """Add what the person says of a complaint already open, or decides about it."""
    form, actor, case = await form_of(request), signed_in(request), case_of(request)
    asking = _panel(request, "suite", form)
    try:
        await talking.follow(
            actor, case, asking.complaint or 0, form.get("quoi", ""), form.get("paroles", "")
        )
    except Invalid as refusal:
        return await show(request, asking, form, errors_of(refusal))
    await keeping.drop_draft(actor, keyring_of(request), case, "suite")
    is_open_again = form.get("quoi") == "pas-regle"
    return await go_on(request, replace(asking, panel="accord") if is_open_again else asking)


async def hear_verdict(request: Request) -> Response:
    """Write what the person says of a solution: settled ends the call, else one sees what may be done."""
    form, actor, case = await form_of(request), signed_in(request), case_of(request)
    asking, said = _panel(request, "avis", form), form.get("quoi", "")
    if said not in talking.VERDICTS:
        wrong = (("quoi-regle", _("Choisissez une réponse.")),)
        return await show(request, replace(asking, panel=""), form, wrong)
    await talking.follow(actor, case, asking.complaint or 0, said, form.get("paroles", ""))
    await keeping.drop_draft(actor, keyring_of(request), case, "avis")
    if said == "regle":
        await calls.conclude(actor, case, Code.answered)
        return go(HREF)
    return await go_on(request, replace(asking, panel="accord"))


async def change_language(request: Request) -> Response:
    """Go on in the person's language, or leave the call to somebody who speaks it."""
    form, actor, case = await form_of(request), signed_in(request), case_of(request)
    asking, language = _panel(request, "langue", form), form.get("langue-parlee", "")
    if language not in LANGUAGES:
        wrong = (("langue-parlee-fr", _("Choisissez une langue.")),)
        return await show(request, asking, form, wrong)
    if language in languages.LANGUAGES:
        await speaking.change_language(actor, case, language)
        return await go_on(request, replace(asking, panel=""))
    await calls.conclude(actor, case, Code.language, language=language)
    return go(HREF)


async def tell_who(request: Request) -> Response:
    """Write who gave the answers and how; then go on with the questions, or to the end of the call."""
    form, respondent, who = await who_posted(request)
    asking = _panel(request, "qui", form)
    if who == Who():
        return await show(request, asking, form, nobody_told())
    try:
        whose = await calls.tell_who(signed_in(request), case_of(request), respondent, who)
    except Conflict as taken:
        return await show(request, asking, form, ((f"pour-{SELF}", _(taken.message)),))
    return await go_on(request, after_who(asking, form, whose))


async def who_posted(request: Request) -> tuple[Form, str, Who]:
    """Read who answered as it was sent, in whose place it was noted, and what is told now."""
    sent, form = await request.form(), await form_of(request)
    ways = [str(each) for each in sent.getlist("comment")]
    known = {**form, "pour": form.get("pour", ""), "comment": " ".join(ways)}
    return known, speaker(form)[0] or "client", who_of(known["pour"], ways)


def nobody_told() -> Errors:
    return ((f"pour-{SELF}", _("Choisissez qui a répondu, ou passez cette question.")),)


def after_who(asking: Asking, form: Form, whose: str) -> Asking:
    """Go on with whoever answered: where the call stood, or to its end once all was asked."""
    is_over = not form.get("q") and form.get("fin") == "oui"
    return replace(asking, panel=END_PANEL if is_over else "", respondent=whose, relation="")


async def undo(request: Request) -> Response:
    """Undo the last answer, and come back to its question."""
    last = await undoing.undo_answer(signed_in(request), case_of(request))
    return await go_on(request, Asking(last.number, last.respondent, keys=has_keys(request)))


def _panel(request: Request, panel: str, form: Form) -> Asking:
    """Stay in one panel: where the form says one is, which complaint and promise it is about."""
    asking, (respondent, relation) = asking_of(request), speaker(form)
    return replace(
        asking,
        panel=panel,
        number=number_of(form.get("q", ""), most=99) or asking.number,
        respondent=respondent,
        relation=relation,
        complaint=number_of(form.get("numero", "")),
        promise=form.get("promesse", ""),
    )


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid("Cet engagement n’existe pas.") from error


_POST = ("POST",)
ROUTES = (
    page(f"{CASE}/reclamation", open_complaint, roles=STAFF, methods=_POST, name="call-complaint"),
    page(f"{CASE}/accord", grant, roles=STAFF, methods=_POST, name="call-grant"),
    page(f"{CASE}/confirmation", confirm, roles=STAFF, methods=_POST, name="call-confirm"),
    page(f"{CASE}/danger", report_danger, roles=STAFF, methods=_POST, name="call-danger"),
    page(f"{CASE}/suite", follow_complaint, roles=STAFF, methods=_POST, name="call-follow"),
    page(f"{CASE}/avis", hear_verdict, roles=STAFF, methods=_POST, name="call-verdict"),
    page(f"{CASE}/langue", change_language, roles=STAFF, methods=_POST, name="call-language"),
    page(f"{CASE}/qui", tell_who, roles=STAFF, methods=_POST, name="call-who"),
    page(f"{CASE}/annuler", undo, roles=STAFF, methods=_POST, name="call-undo"),
)
