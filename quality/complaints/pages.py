"""/reclamations/{number}: one complaint with its timeline, and what each side does about it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality import clock
from quality.access.actor import STAFF, Actor
from quality.complaints import closing, handling, reading
from quality.complaints.closing import Verdict
from quality.complaints.handling import KINDS, Decision
from quality.complaints.milestones import Milestone
from quality.complaints.moves import Audience
from quality.complaints.reading import Read
from quality.complaints.timeline import TimelineEvent, timeline
from quality.complaints.vocabulary import BRANCHES, REMEDIES
from quality.complaints.waiting import HREF, READERS
from quality.complaints.words import (
    Tag,
    day_words,
    due_words,
    heading,
    kinds,
    moment_words,
    month_words,
    standing_tag,
    state_tag,
    week_words,
)
from quality.directory.activities import activity_name
from quality.directory.geography import zone_of
from quality.errors import Invalid
from quality.web import languages
from quality.web.format import period_text, phone_text
from quality.web.languages import gettext as _
from quality.web.platform import card_of
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in

Errors = tuple[tuple[str, str], ...]
Words = Callable[[datetime, ZoneInfo], str]


@dataclass(frozen=True, slots=True)
class DelayFigure:
    label: str
    value: str
    detail: str
    tag: Tag | None


@dataclass(frozen=True, slots=True)
class Complaint:
    """The page of one complaint: what is shown, then what the reader may do."""

    number: int
    title: str
    sentence: str
    tag: Tag
    delays: tuple[DelayFigure, ...]
    events: tuple[TimelineEvent, ...]
    name: str
    phone: str
    phone_link: str
    is_disclosed: bool
    is_hidden: bool
    provider: str
    is_staff: bool
    can_acknowledge: bool
    can_remedy: bool
    can_hear_verdict: bool
    can_disclose: bool
    kinds: tuple[tuple[str, str], ...]
    causes: tuple[tuple[str, str], ...]
    remedies: tuple[tuple[str, str], ...]
    values: dict[str, str]
    errors: Errors


WRITTEN = {
    "cause_code": "cause-type",
    "cause": "cause",
    "remedy_code": "solution-type",
    "solution": "solution",
}


async def complaint(request: Request) -> Response:
    return await _show(request, {}, ())


async def acknowledge(request: Request) -> Response:
    await handling.acknowledge(signed_in(request), _number(request))
    return _back(request)


async def note(request: Request) -> Response:
    form = await _form(request)
    audience = Audience.staff if form.get("lecteurs") == "equipe" else Audience.all
    try:
        await handling.note(signed_in(request), _number(request), form.get("note", ""), audience)
    except Invalid as refusal:
        return await _refused(request, form, refusal)
    return _back(request)


async def remedy(request: Request) -> Response:
    form = await _form(request)
    written = {name: form.get(field, "") for name, field in WRITTEN.items()}
    try:
        await handling.remedy(signed_in(request), _number(request), form.get("motif", ""), **written)
    except Invalid as refusal:
        return await _refused(request, form, refusal)
    return _back(request)


async def verdict(request: Request) -> Response:
    form = await _form(request)
    heard = {"oui": Verdict.settled, "non": Verdict.not_settled}.get(form.get("regle", ""))
    if heard is None:
        message = _("Choisissez ce que dit la personne.")
        return await _show(request, form, (("regle-oui", message),), 422)
    await closing.hear_verdict(signed_in(request), _number(request), heard)
    return _back(request)


async def disclose(request: Request) -> Response:
    form = await _form(request)
    choices = {"nom": Decision.named, "sans": Decision.anonymous, "rien": Decision.nothing}
    decision = choices.get(form.get("souhait", ""))
    if decision is None:
        message = _("Choisissez ce que la personne décide.")
        return await _show(request, form, (("souhait-nom", message),), 422)
    await handling.disclose(signed_in(request), _number(request), decision)
    return _back(request)


async def _show(request: Request, values: dict[str, str], errors: Errors, status: int = 200) -> Response:
    actor = signed_in(request)
    read = await reading.one(actor, request.app.state.house.keyring, _number(request))
    platform = (await card_of(actor.platform)).name
    return await render(request, _page(actor, read, platform, values, errors), status)


async def _refused(request: Request, form: dict[str, str], refusal: Invalid) -> Response:
    errors = tuple((error.field, _(error.message)) for error in refusal.errors)
    return await _show(request, form, errors, 422)


async def _form(request: Request) -> dict[str, str]:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


def _number(request: Request) -> int:
    number: int = request.path_params["number"]
    return number


def _back(request: Request) -> Response:
    return RedirectResponse(f"{HREF}/{_number(request)}", 303)


def _about(activity: str, month: datetime | object) -> str:
    return _("%(activity)s, %(month)s") % {
        "activity": activity_name(activity),
        "month": period_text(f"{month:%Y-%m}", languages.current()),
    }


def _page(actor: Actor, read: Read, platform: str, values: dict[str, str], errors: Errors) -> Complaint:
    zone, subject, is_staff = zone_of(read.departement), read.subject, actor.role in STAFF
    known, lang = not read.is_call_first, languages.current()
    return Complaint(
        number=read.number,
        title=heading(read.number, read.kind),
        sentence=_sentence(read, zone),
        tag=state_tag(read.state, is_call_first=read.is_call_first),
        delays=_delays(read, zone),
        events=timeline(read, platform, is_provider=not is_staff),
        name=subject.name if subject else "",
        phone=phone_text(subject.phone) if subject else "",
        phone_link=f"tel:{subject.phone}" if subject and subject.phone else "",
        is_disclosed=subject is not None and subject.is_disclosed,
        is_hidden=read.disclosure == "call_first",
        provider=read.provider,
        is_staff=is_staff,
        can_acknowledge=read.state == "opened" and known and (not is_staff or read.holder == "platform"),
        can_remedy=read.state == "acknowledged",
        can_hear_verdict=read.state == "remedied" and is_staff,
        can_disclose=read.is_call_first and is_staff,
        kinds=tuple((kind, words) for kind, words in kinds().items() if kind in KINDS),
        causes=_causes(),
        remedies=tuple((code, each.words.spoken(lang)) for code, each in REMEDIES.items()),
        values={
            "motif": read.kind,
            "cause-type": read.cause_code,
            "cause": read.cause,
            "solution-type": read.remedy_code,
            "solution": read.remedy,
            "note": "",
            **values,
        },
        errors=errors,
    )


def _causes() -> tuple[tuple[str, str], ...]:
    """Give the tree of causes as the choices of one list."""
    lang = languages.current()
    return tuple(
        (
            leaf.code,
            _("%(branch)s : %(cause)s")
            % {"branch": branch.words.spoken(lang), "cause": leaf.words.spoken(lang)},
        )
        for branch in BRANCHES
        for leaf in branch.leaves
    )


def _sentence(read: Read, zone: ZoneInfo) -> str:
    about = _about(read.activity, read.month)
    if read.subject and read.subject.visit_at:
        visit = moment_words(read.subject.visit_at, zone)
        return _("%(provider)s, visite du %(visit)s. %(about)s.") % {
            "provider": read.provider,
            "visit": visit,
            "about": about,
        }
    return _("%(provider)s. %(about)s.") % {"provider": read.provider, "about": about}


def _delays(read: Read, zone: ZoneInfo) -> tuple[DelayFigure, ...]:
    closed = month_words if read.is_nameless else moment_words
    closing = closed(read.closed_at, zone) if read.closed_at else _("Après l’avis de la personne")
    return (
        _delay(
            read,
            _("Accusé de réception"),
            (_("Attendu"), _("Donné")),
            Milestone(read.acknowledge_due_at, read.acknowledged_at),
            zone,
        ),
        _delay(
            read,
            _("Solution"),
            (_("Attendue"), _("Apportée")),
            Milestone(read.solution_due_at, read.remedied_at),
            zone,
        ),
        DelayFigure(_("Clôture"), _("Faite") if read.closed_at else _("À venir"), closing, None),
    )


def _delay(
    read: Read, label: str, states: tuple[str, str], milestone: Milestone, zone: ZoneInfo
) -> DelayFigure:
    if read.is_call_first:
        return DelayFigure(label, _("À venir"), _("Après le choix de la personne"), None)
    now = clock.now()
    tag = standing_tag(milestone.standing(now))
    if milestone.done_at is None:
        due = week_words if read.is_nameless else due_words
        return DelayFigure(label, states[0], due(milestone.due_at, now, zone), tag)
    done = day_words if read.is_nameless else moment_words
    return DelayFigure(label, states[1], done(milestone.done_at, zone), tag)


NUMBER = HREF + "/{number:int}"
ROUTES = (
    page(NUMBER, complaint, roles=READERS, name="complaint"),
    page(f"{NUMBER}/accuse", acknowledge, roles=READERS, methods=("POST",), name="complaint-acknowledge"),
    page(f"{NUMBER}/note", note, roles=READERS, methods=("POST",), name="complaint-note"),
    page(f"{NUMBER}/solution", remedy, roles=READERS, methods=("POST",), name="complaint-remedy"),
    page(f"{NUMBER}/avis", verdict, roles=STAFF, methods=("POST",), name="complaint-verdict"),
    page(f"{NUMBER}/souhait", disclose, roles=STAFF, methods=("POST",), name="complaint-disclose"),
)
