"""The draft of a protocol: its form, its review beside the version in use, its publication."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality.errors import Conflict, NotFound
from quality.french import french
from quality.web import languages
from quality.web.format import WEEKDAYS, capital
from quality.web.languages import counted
from quality.web.languages import gettext as _
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.channels import naming
from surveys.protocol.caps import MOST_CAPS
from surveys.protocol.definition import Audience, Channel, When
from surveys.protocol.editing import drafts
from surveys.protocol.editing.cap_words import choice_words
from surveys.protocol.editing.drafts import Draft, PlatformContext, Published, reading_of
from surveys.protocol.editing.forms import (
    MOST_SPANS,
    MOST_STEPS,
    WHOSE,
    CapForm,
    HoursForm,
    ProtocolForm,
    Reading,
    StepForm,
    Wrong,
    changed,
    typed_form,
)
from surveys.protocol.editing.pages import HREF, READERS, WRITERS, draft_words
from surveys.protocol.editing.warnings import interval_words, warnings
from surveys.protocol.editing.words import TRIGGERS, Section, changes, message_words, told
from surveys.protocol.experiment import WAYS

Pairs = tuple[tuple[str, str], ...]
WRITTEN_DAYS = re.compile("[1-9][0-9]?")
GONE = french(
    "Ce brouillon vient d’être publié ou supprimé. Enregistrez pour en ouvrir un autre avec votre texte."
)
OVERTAKEN = french(
    "Quelqu’un d’autre a enregistré ce brouillon. Voici votre texte : enregistrez pour le garder."
)
SAVED = french("Le brouillon est enregistré.")
WHOM = {
    When.ALWAYS: french("Tout le monde"),
    When.WRITTEN: french("Qui a un portable ou un e-mail, et n’a pas répondu"),
    When.UNWRITTEN: french("Qui n’a ni portable ni e-mail"),
}
PLACES = {
    "libelle": french("Nom"),
    "contacts": french("Messages et appels au plus"),
    "fermeture": french("Fermeture du suivi"),
    "retard": french("Retard du fichier"),
    "hasard": french("Premier contact tiré au sort"),
}
AUDIENCES = {Audience.CLIENT: french("Clients"), Audience.RELATIVE: french("Proches qui répondent pour eux")}


@dataclass(frozen=True, slots=True)
class StepFields:
    """One step of the form; `name` begins the name of each field."""

    number: int
    name: str
    form: StepForm
    messages: Pairs


@dataclass(frozen=True, slots=True)
class CapFields:
    """One row of the lower caps; the last one is empty, to add another."""

    number: int
    name: str
    form: CapForm
    options: Pairs


@dataclass(frozen=True, slots=True)
class HoursFields:
    """The hours of one audience in the form; `spans` are (number, from, to)."""

    name: str
    legend: str
    days: tuple[str, ...]
    spans: tuple[tuple[int, str, str], ...]


@dataclass(frozen=True, slots=True)
class ChannelFields:
    """The hours of one channel in the form."""

    code: str
    title: str
    audiences: tuple[HoursFields, ...]


@dataclass(frozen=True, slots=True)
class ProtocolEditor:
    """The form of a draft; `errors` are (anchor, sentence), `wrong` the sentence of each wrong field."""

    name: str
    form: ProtocolForm
    revision: int
    saved: str
    caps: tuple[CapFields, ...]
    steps: tuple[StepFields, ...]
    channels: tuple[ChannelFields, ...]
    days: Pairs
    triggers: Pairs
    ways: Pairs
    whom: Pairs
    interval: int
    may_add: bool
    notice: str
    warning: str
    refusal: str
    errors: Pairs
    wrong: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ProtocolReview:
    """A draft as it would be published, and what it changes; `faults` stop its publication."""

    name: str
    label: str
    revision: int
    saved: str
    sections: tuple[Section, ...]
    attention: tuple[str, ...]
    changes: tuple[tuple[str, str, str], ...]
    version: int
    is_first: bool
    faults: Pairs
    may_write: bool


async def protocol_editor(request: Request) -> Response:
    draft = await _draft(request)
    notice = _(SAVED) if request.query_params.get("fait") == "enregistre" else ""
    return await _editor(request, draft.form, draft.revision, draft_words(draft), notice=notice)


async def _draft(request: Request) -> Draft:
    draft = await drafts.find(signed_in(request), request.path_params["name"])
    if draft is None:
        raise NotFound
    return draft


async def _editor(
    request: Request, form: ProtocolForm, revision: int, saved: str, *, notice: str = "", refusal: str = ""
) -> Response:
    context = await drafts.context_of(signed_in(request))
    name = request.path_params["name"]
    written = request.query_params.get("intervalle", "")
    wrong = context.read(form, name).wrong
    said = {each.field: _said(each) for each in reversed(wrong)}
    days = WEEKDAYS[languages.current()]
    shown = ProtocolEditor(
        name=name,
        form=form,
        revision=revision,
        saved=saved,
        caps=_caps(form, context),
        steps=tuple(_step(number, step, context) for number, step in enumerate(form.steps, start=1)),
        channels=tuple(_channel(channel, form) for channel in Channel),
        days=tuple((str(number), days[number - 1]) for number in range(1, 8)),
        triggers=tuple((trigger.value, _(words)) for trigger, words in TRIGGERS.items()),
        ways=tuple((way, _(naming.ONE[way])) for way in WAYS),
        whom=tuple((when.value, _(words)) for when, words in WHOM.items()),
        interval=context.interval,
        may_add=len(form.steps) < MOST_STEPS,
        notice=notice,
        warning=interval_words(int(written), context.interval) if WRITTEN_DAYS.fullmatch(written) else "",
        refusal=refusal,
        errors=tuple((_anchor(each.field), _placed(each)) for each in wrong),
        wrong=said,
    )
    return await render(request, shown, 409 if refusal else 200)


def _said(wrong: Wrong) -> str:
    return _sentence(_(wrong.sentence).format_map(wrong.values))


def _sentence(words: str) -> str:
    return capital(words) if words.endswith(".") else f"{capital(words)}."


def _placed(wrong: Wrong) -> str:
    """Say a fault with the place it is in, for the summary at the top of the page."""
    kind, _dash, rest = wrong.field.partition("-")
    if kind == "etape":
        place = counted(_("Étape {num}"), int(rest.partition("-")[0]))
    elif kind == "limite":
        place = counted(_("Limite {num}"), int(rest.partition("-")[0]))
    elif kind == "heures":
        channel, audience = rest.split("-")[:2]
        place = f"{_(naming.MANY[channel])}, {_(AUDIENCES[Audience(audience)]).lower()}"
    else:
        place = _(PLACES.get(kind, ""))
    if not place:
        return _said(wrong)
    return _("{place} : {words}").format(place=place, words=_said(wrong))


def _anchor(field: str) -> str:
    """Name what a fault leads to: the first box of several, the button that adds a step."""
    return f"{field}-1" if field.endswith(("-jours", "-moyens")) else field


def _caps(form: ProtocolForm, context: PlatformContext) -> tuple[CapFields, ...]:
    codes = ("", *WHOSE, *(f"funder:{code}" for code in context.funders))
    known = tuple((code, choice_words(code, context.funders) if code else _("Choisir…")) for code in codes)
    rows = (*form.caps, CapForm())[:MOST_CAPS]
    return tuple(
        CapFields(number, f"limite-{number}", row, known if row.whose in codes else (_lost_cap(row), *known))
        for number, row in enumerate(rows, start=1)
    )


def _lost_cap(row: CapForm) -> tuple[str, str]:
    return row.whose, _lost(row.whose.partition(":")[2])


def _step(number: int, step: StepForm, context: PlatformContext) -> StepFields:
    known = tuple(
        (f"{channel.value}:{template}", message_words(channel, template))
        for channel in Channel
        for template in sorted(context.templates[channel])
    )
    codes = {code for code, _words in known}
    lost = () if step.message in codes else ((step.message, _lost(step.message)),)
    return StepFields(number, f"etape-{number}", step, (*lost, *known))


def _lost(message: str) -> str:
    return _("{message} (n’existe pas)").format(message=message or _("rien"))


def _channel(channel: Channel, form: ProtocolForm) -> ChannelFields:
    return ChannelFields(
        channel.value,
        _(naming.MANY[channel]),
        tuple(_hours(channel, audience, form) for audience in Audience),
    )


def _hours(channel: Channel, audience: Audience, form: ProtocolForm) -> HoursFields:
    line = f"{channel.value}-{audience.value}"
    hours = form.hours.get(line, HoursForm())
    room = min(MOST_SPANS, max(2, len(hours.spans)))
    spans = (*hours.spans, *[("", "")] * room)[:room]
    return HoursFields(
        f"heures-{line}",
        _(AUDIENCES[audience]),
        hours.days,
        tuple((number, *span) for number, span in enumerate(spans, start=1)),
    )


async def open_draft(request: Request) -> Response:
    name = request.path_params["name"]
    await drafts.begin(signed_in(request), name)
    return RedirectResponse(f"{HREF}/{name}/brouillon", 303)


async def save_draft(request: Request) -> Response:
    """Keep everything that was typed, whatever its faults, and do what the pressed button says."""
    actor, name = signed_in(request), request.path_params["name"]
    sent = await request.form()
    typed = {field: [str(value) for value in sent.getlist(field)] for field in sent}
    action = next(iter(typed.get("action", ())), "enregistrer")
    form = changed(typed_form(typed), action)
    try:
        await drafts.save(actor, name, _revision(typed), form)
    except Conflict:
        newer = await drafts.find(actor, name)
        refusal = _(GONE) if newer is None else _(OVERTAKEN)
        return await _editor(
            request, form, newer.revision if newer else 0, draft_words(newer), refusal=refusal
        )
    return RedirectResponse(f"{HREF}/{name}/brouillon{_after(action, len(form.steps))}", 303)


def _revision(typed: Mapping[str, list[str]]) -> int:
    text = next(iter(typed.get("revision", ())), "")
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise NotFound
    return int(text)


def _after(action: str, steps: int) -> str:
    """Give the end of the address where one goes on after a button.

    >>> _after("ajouter", 3), _after("monter-2", 3), _after("relire", 3)
    ('#etape-3-message', '#etape-1-message', '/relecture')
    """
    verb, _dash, number = action.partition("-")
    place = int(number) if number.isdecimal() else 0
    if verb == "relire":
        return "/relecture"
    if verb == "ajouter":
        return f"#etape-{steps}-message"
    shown = {"monter": place - 1, "descendre": place + 1}.get(verb)
    if shown is not None:
        return f"#etape-{min(max(shown, 1), steps)}-message"
    return "?fait=enregistre" if verb == "enregistrer" else "#etapes"


async def protocol_review(request: Request) -> Response:
    actor = signed_in(request)
    draft, context = await _draft(request), await drafts.context_of(actor)
    reading = reading_of(draft, context)
    known = await drafts.versions(actor, draft.name)
    shown = ProtocolReview(
        name=draft.name,
        label=draft.form.label or draft.name,
        revision=draft.revision,
        saved=draft_words(draft),
        sections=told(reading.protocol, context.interval, context.funders) if not reading.wrong else (),
        attention=warnings(reading.protocol, context.funders, context.english) if not reading.wrong else (),
        changes=_changes(known, reading, context),
        version=known[0].version + 1 if known else 1,
        is_first=not known,
        faults=tuple((_anchor(each.field), _placed(each)) for each in reading.wrong),
        may_write=actor.role in WRITERS,
    )
    return await render(request, shown)


def _changes(
    known: tuple[Published, ...], reading: Reading, context: PlatformContext
) -> tuple[tuple[str, str, str], ...]:
    """Set a finished draft beside the version in use."""
    if not known or reading.wrong:
        return ()
    nothing = _("(rien)")
    found = changes(known[0].protocol, reading.protocol, context.interval, context.funders)
    return tuple((each.part, each.before or nothing, each.after or nothing) for each in found)


async def publish_draft(request: Request) -> Response:
    name = request.path_params["name"]
    await drafts.publish(signed_in(request), name, await _revision_sent(request))
    return RedirectResponse(f"{HREF}/{name}?fait=publie", 303)


async def delete_draft(request: Request) -> Response:
    await drafts.delete(signed_in(request), request.path_params["name"], await _revision_sent(request))
    return RedirectResponse(f"{HREF}?fait=supprime", 303)


async def _revision_sent(request: Request) -> int:
    sent = await request.form()
    return _revision({"revision": [str(sent.get("revision", ""))]})


DRAFT = f"{HREF}/{{name}}/brouillon"
ROUTES = (
    page(f"{DRAFT}/ouvrir", open_draft, roles=WRITERS, methods=("POST",)),
    page(f"{DRAFT}/publier", publish_draft, roles=WRITERS, methods=("POST",)),
    page(f"{DRAFT}/supprimer", delete_draft, roles=WRITERS, methods=("POST",)),
    page(f"{DRAFT}/relecture", protocol_review, roles=READERS),
    page(DRAFT, protocol_editor, roles=WRITERS),
    page(DRAFT, save_draft, roles=WRITERS, methods=("POST",)),
)
