"""/protocoles/messages/{name}/{language}: one message, checked, counted and shown."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality.access.scope import scoped
from quality.errors import Conflict, NotFound
from quality.french import french
from quality.web.languages import gettext as _
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.authoring.told import LANGUAGE_NAMES
from surveys.channels.gsm7 import transliterate
from surveys.dispatch.text import Template, shipped
from surveys.messages import store
from surveys.messages.checking import Fault, faults
from surveys.messages.longest import Longest, longest
from surveys.messages.meter import Meter
from surveys.messages.pages import CHANNELS, HREF, WRITERS, written_words
from surveys.messages.showing import FactLine, Preview, fact_lines, meter_of, preview
from surveys.messages.store import Current, Former
from surveys.messages.uses import USES
from surveys.versions import when

Pairs = tuple[tuple[str, str], ...]
DONE = {
    "enregistre": french("Le message est enregistré. Le prochain envoi prend ces mots."),
    "identique": french("Rien n’a changé : ces mots servent déjà."),
    "repris": french("Ce texte sert de nouveau, dès le prochain envoi."),
}
OVERTAKEN = french("Quelqu’un d’autre a changé ce message. Voici votre texte : enregistrez pour le garder.")
COSTLY = french("Ce message compte {num} SMS par personne. Acceptez-le, ou raccourcissez-le.")
TONGUES = {"fr": french("en français"), "en": french("en anglais")}
FIELDS = {"texte": french("Texte"), "objet": french("Objet")}


@dataclass(frozen=True, slots=True)
class FormerLine:
    """Words of before: `lines` are theirs, `id` is what takes them back."""

    id: str
    until: str
    subject: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TemplateEditor:
    """The form of one message; `errors` are (field, sentence), `wrong` the first sentence of each field."""

    href: str
    title: str
    channel: str
    kind: str
    language: str
    tongue: str
    others: Pairs
    written: str
    subject: str
    text: str
    read_at: str
    facts: tuple[FactLine, ...]
    meter: Meter | None
    accepted: int
    preview: Preview | None
    former: tuple[FormerLine, ...]
    is_shipped: bool
    notice: str
    refusal: str
    errors: Pairs
    wrong: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form holds: the words, when those they replace were written, the SMS that are accepted."""

    words: Template
    read_at: datetime | None
    accepted: int = 0


async def template_editor(request: Request) -> Response:
    found = await _current(request)
    notice = _(DONE.get(request.query_params.get("fait", ""), ""))
    return await _editor(request, found, Typed(found.template, found.at), notice=notice)


async def _current(request: Request) -> Current:
    name, language = request.path_params["name"], request.path_params["language"]
    if name not in USES or language not in store.LANGUAGES:
        raise NotFound
    return (await store.current(signed_in(request), name))[name, language]


async def _editor(
    request: Request,
    found: Current,
    typed: Typed,
    wrong: tuple[Fault, ...] = (),
    *,
    notice: str = "",
    refusal: str = "",
) -> Response:
    actor, words = signed_in(request), typed.words
    most = await _longest(request)
    former = await store.history(actor, words.name, words.language)
    shown = TemplateEditor(
        href=_href(words.name, words.language),
        title=_(USES[words.name].title),
        channel=_(CHANNELS[words.channel]),
        kind=words.channel,
        language=words.language,
        tongue=_(TONGUES[words.language]),
        others=tuple(
            (_(LANGUAGE_NAMES[code]), _href(words.name, code))
            for code in store.LANGUAGES
            if code != words.language
        ),
        written=written_words(found),
        subject=words.subject,
        text=words.text,
        read_at=typed.read_at.isoformat() if typed.read_at else "",
        facts=fact_lines(words, most),
        meter=meter_of(words, most),
        accepted=typed.accepted,
        preview=preview(words, most),
        former=tuple(_former(each) for each in former),
        is_shipped=found.is_shipped,
        notice=notice,
        refusal=refusal,
        errors=tuple((each.field, _placed(each)) for each in wrong),
        wrong={each.field: _sentence(each) for each in reversed(wrong)},
    )
    return await render(request, shown, 409 if refusal else 422 if wrong else 200)


def _href(name: str, language: str) -> str:
    return f"{HREF}/{name}/{language}"


async def _longest(request: Request) -> Longest:
    actor = signed_in(request)
    async with scoped(actor) as db:
        return await longest(db, actor, request.app.state.house.settings.base_url)


def _former(each: Former) -> FormerLine:
    words = _("Jusqu’au {when}, puis changé par {who}") if each.replaced_by else _("Jusqu’au {when}")
    lines = tuple(line for line in each.template.text.splitlines() if line.strip())
    until = words.format(when=when(each.until), who=each.replaced_by)
    return FormerLine(str(each.id), until, each.template.subject, lines)


def _sentence(fault: Fault) -> str:
    known = {name: _(value) if isinstance(value, str) else value for name, value in fault.values.items()}
    return _(fault.sentence).format_map(known)


def _placed(fault: Fault) -> str:
    """Say a fault with its place, for the summary at the top of the page."""
    if not fault.line:
        return _sentence(fault)
    words = (
        _("{field}, ligne {line}, après « {before} »")
        if fault.before
        else _("{field}, au début de la ligne {line}")
    )
    place = words.format(field=_(FIELDS[fault.field]), line=fault.line, before=fault.before)
    return _("{place} : {words}").format(place=place, words=_sentence(fault))


async def save_template(request: Request) -> Response:
    """Check, repair or keep the words that were typed, as the button says; nothing typed is lost."""
    found, sent = await _current(request), await _sent(request)
    typed = _typed(sent, found.template)
    if sent.get("action") == "remplacer":
        return await _editor(request, found, replace(typed, words=replace_letters(typed.words)))
    if sent.get("action") == "verifier":
        return await _editor(request, found, typed, await _wrong(request, typed))
    return await _kept(request, found, typed, "enregistre")


async def take_back(request: Request) -> Response:
    """Put words of before in use again, those of the product when none are named."""
    found, sent = await _current(request), await _sent(request)
    name, language = found.template.name, found.template.language
    change = sent.get("mots", "")
    if change:
        words = await store.former(signed_in(request), name, language, _identity(change))
    else:
        words = shipped()[name, language]
    return await _kept(request, found, Typed(words, _instant(sent.get("lu", ""))), "repris")


async def _kept(request: Request, found: Current, typed: Typed, done: str) -> Response:
    """Keep sound words over those that were read; what is refused comes back as it was typed."""
    words = typed.words
    wrong = await _wrong(request, typed)
    if wrong:
        return await _editor(request, found, typed, wrong)
    if words == found.template:
        return RedirectResponse(f"{_href(words.name, words.language)}?fait=identique", 303)
    try:
        await store.save(signed_in(request), words, typed.read_at)
    except Conflict:
        newer = await _current(request)
        return await _editor(request, newer, replace(typed, read_at=newer.at), refusal=_(OVERTAKEN))
    return RedirectResponse(f"{_href(words.name, words.language)}?fait={done}", 303)


async def _wrong(request: Request, typed: Typed) -> tuple[Fault, ...]:
    """List the faults of the words, else that more than one SMS a person is not yet accepted."""
    found = faults(typed.words)
    measured = None if found else meter_of(typed.words, await _longest(request))
    if measured is None or measured.segments <= max(1, typed.accepted):
        return found
    return (Fault("accord", COSTLY, {"num": measured.segments}),)


def replace_letters(words: Template) -> Template:
    """Write the text of an SMS in its alphabet."""
    return msgspec.structs.replace(words, text=transliterate(words.text))


async def _sent(request: Request) -> dict[str, str]:
    return {name: str(value) for name, value in (await request.form()).items()}


def _typed(sent: Mapping[str, str], before: Template) -> Typed:
    """Read what was typed: lines as Unix ends them, letters composed, a subject on one line."""
    lines = _composed(sent.get("texte", "")).splitlines()
    text = "\n".join(line.rstrip() for line in lines).strip()
    words = msgspec.structs.replace(
        before,
        text=f"{text}\n" if text and before.channel == "email" else text,
        subject=" ".join(_composed(sent.get("objet", "")).splitlines()).strip(),
    )
    accepted = sent.get("accord", "")
    return Typed(words, _instant(sent.get("lu", "")), int(accepted) if accepted in set("23456789") else 0)


def _composed(text: str) -> str:
    """Compose accents; the database keeps no NUL, and a subject has one line."""
    return unicodedata.normalize("NFC", text.replace("\0", ""))


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        raise NotFound from None


def _identity(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


WORDS_OF = f"{HREF}/{{name}}/{{language}}"
ROUTES = (
    page(WORDS_OF, template_editor, roles=WRITERS),
    page(WORDS_OF, save_template, roles=WRITERS, methods=("POST",)),
    page(f"{WORDS_OF}/reprendre", take_back, roles=WRITERS, methods=("POST",)),
)
