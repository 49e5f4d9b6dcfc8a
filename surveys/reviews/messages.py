"""/avis/messages: the very texts that clients receive, written by what writes them, and when each leaves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from quality import clock
from quality.access.actor import Actor, Role
from quality.access.scope import scoped
from quality.component import MenuEntry
from quality.db import Connection, fetch, fetch_one
from quality.directory.matching import alphabetical
from quality.errors import NotFound
from quality.french import d_
from quality.web import languages
from quality.web.format import capital, day_text
from quality.web.languages import gettext as _
from quality.web.languages import ngettext
from quality.web.platform import PARIS
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.authoring.told import MOMENTS
from surveys.channels import naming
from surveys.channels.gsm7 import count as sms_count
from surveys.desk.screen.opening import About, opening
from surveys.dispatch.question import OF_MOTIVE, item_of
from surveys.dispatch.sample import asked_by_message
from surveys.dispatch.text import Template, render_email, render_sms, render_voice
from surveys.dispatch.text import template as shipped_template
from surveys.dispatch.writing import Sender, facts_of
from surveys.protocol.choosing_questions import VISITS, Moment
from surveys.protocol.definition import Channel, Protocol, of_version
from surveys.questionnaire.days import day_words
from surveys.questionnaire.definition import Questionnaire
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.reading import library
from surveys.respond.dialogue import MOTIVES, spoken
from surveys.reviews.timing import step_words

HREF = "/avis/messages"
READERS = frozenset({Role.provider, Role.platform, Role.supervisor})
STAFF_READERS = READERS - {Role.provider}
SAMPLE_TOKEN = "EXEMPLE12345"  # noqa: S105 - as long as a real one, which never spells a word
Language = Literal["fr", "en"]
ORGANISATION = """
SELECT o.id, o.code, o.name, o.short_name, coalesce(o.protocol, p.protocol) AS protocol,
       p.name AS platform, p.sms_name, p.phone, p.hours, p.sender_email
FROM organisation o JOIN platform p ON p.id = o.platform_id
WHERE o.platform_id = $1 AND o.kind = 'provider' AND ($2::uuid IS NULL OR o.id = $2)
  AND ($3::text = '' OR o.code = $3)
ORDER BY o.id LIMIT 1
"""
PROVIDERS = "SELECT code, name FROM organisation WHERE platform_id = $1 AND kind = 'provider' ORDER BY id"
TEMPLATES = "SELECT name, language, subject, text FROM message_template WHERE platform_id = $1"
PROTOCOL = """
SELECT definition FROM protocol_version WHERE platform_id = $1 AND name = $2 ORDER BY version DESC LIMIT 1
"""


CALLED_ABOUT = {Moment.NO_SHOW: About.MISSED, Moment.YEARLY: About.YEAR}


@dataclass(frozen=True, slots=True)
class Shown:
    """One message: when it leaves, its subject and lines (none: those of the one before), its cost."""

    title: str
    when: str
    subject: str
    lines: tuple[str, ...]
    cost: str


@dataclass(frozen=True, slots=True)
class ClientMessages:
    """/avis/messages: SMS and e-mails in their order, then what is said by telephone."""

    d_provider: str
    code: str
    providers: tuple[tuple[str, str], ...]
    moment: str
    moments: tuple[tuple[str, str], ...]
    about: str
    since: str
    language: str
    texts: tuple[Shown, ...]
    emails: tuple[Shown, ...]
    spoken: tuple[Shown, ...]
    closing: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class Sample:
    """The provider, its platform and the visit that the texts speak of."""

    names: Mapping[str, Any]
    sender: Sender
    templates: Mapping[tuple[str, str], Template]
    day: date
    link: str
    language: Language
    questionnaire: Questionnaire
    moment: Moment = Moment.VISIT

    @property
    def is_about_visit(self) -> bool:
        return self.moment in VISITS

    def template(self, name: str) -> Template | None:
        return self.templates.get((name, self.language)) or self.templates.get((name, "fr"))


async def client_messages(request: Request) -> Response:
    actor = signed_in(request)
    async with scoped(actor) as db:
        providers = await _providers(db, actor)
        asked = request.query_params.get("organisme") or next((code for code, _name in providers), "")
        names = await _organisation(db, actor, asked)
        protocol = await _protocol(db, actor, str(names["protocol"]))
        templates = await _templates(db, actor)
    known = await asked_by_message(actor.platform) if actor.platform else {}
    moment = _moment(request, known)
    base = request.app.state.house.settings.base_url
    sample = _sample(names, templates, base, known.get(moment) or library("default"), moment)
    shown = ClientMessages(
        d_provider=of_provider(names["name"]),
        code=names["code"],
        providers=providers,
        moment=moment.value,
        moments=tuple((each.value, capital(_(MOMENTS[each]))) for each in known),
        about=_about(moment, day_text(sample.day, languages.current())),
        since=_since(moment),
        language=sample.language,
        texts=(*_written(sample, protocol, Channel.SMS), *_replies(sample), *_followed(sample)),
        emails=(*_written(sample, protocol, Channel.EMAIL), *_followed(sample, "_email")),
        spoken=tuple(_spoken(sample, protocol)),
        closing=_closing(protocol),
        is_own=actor.role == Role.provider,
    )
    return await render(request, shown)


def _moment(request: Request, known: Mapping[Moment, Questionnaire]) -> Moment:
    """Read of which moment the texts are asked; those of a visit otherwise."""
    asked = request.query_params.get("moment", "")
    return next((moment for moment in known if moment.value == asked), Moment.VISIT)


def _about(moment: Moment, day: str) -> str:
    if moment is Moment.YEARLY:
        return _("Les textes exacts, pour les questions de l’année. Le lien est un exemple.")
    if moment is Moment.NO_SHOW:
        words = _("Les textes exacts, pour une visite prévue %(day)s et non faite. Le lien est un exemple.")
    else:
        words = _("Les textes exacts, pour une visite du %(day)s. Le lien est un exemple.")
    return words % {"day": day}


def _since(moment: Moment) -> str:
    """Say from when delays run."""
    if moment is Moment.YEARLY:
        return _("La demande part un jour de l’année, toujours le même pour chaque client.")
    return _("Les délais partent de la visite, ou de l’arrivée de son fichier si elle vient après.")


async def _providers(db: Connection, actor: Actor) -> tuple[tuple[str, str], ...]:
    """Give the code and name of those whose messages the staff may read; a provider reads its own."""
    if actor.role == Role.provider:
        return ()
    rows = await fetch(db, PROVIDERS, actor.platform)
    return tuple(sorted(((row["code"], row["name"]) for row in rows), key=lambda each: alphabetical(each[1])))


def of_provider(name: str) -> str:
    """Put the word for « of » before a provider, in the reader's language."""
    return f"of {name}" if languages.current() == "en" else d_(name)


async def _organisation(db: Connection, actor: Actor, code: str) -> Mapping[str, Any]:
    own: UUID | None = actor.organisation if actor.role == Role.provider else None
    row = await fetch_one(db, ORGANISATION, actor.platform, own, code)
    if row is None:
        raise NotFound
    return row


async def _templates(db: Connection, actor: Actor) -> Mapping[tuple[str, str], Template]:
    rows = await fetch(db, TEMPLATES, actor.platform)
    return {(row["name"], row["language"]): _template(row) for row in rows}


def _template(row: Mapping[str, Any]) -> Template:
    language: Language = "en" if row["language"] == "en" else "fr"
    channel: Literal["sms", "email"] = "email" if row["subject"] else "sms"
    if "voicemail" in row["name"]:
        return Template(row["name"], "voice", language, row["text"])
    return Template(row["name"], channel, language, row["text"], row["subject"])


async def _protocol(db: Connection, actor: Actor, name: str) -> Protocol:
    row = await fetch_one(db, PROTOCOL, actor.platform, name)
    if row is None:
        raise NotFound
    return of_version(row["definition"])


def _sample(
    names: Mapping[str, Any],
    templates: Mapping[tuple[str, str], Template],
    base: str,
    questionnaire: Questionnaire,
    moment: Moment,
) -> Sample:
    """Speak of a visit of yesterday, with a link as long as a real one."""
    sender = Sender(*(names[each] for each in ("platform", "sms_name", "phone", "hours", "sender_email")))
    day = clock.now().astimezone(PARIS).date() - timedelta(days=1)
    language: Language = "en" if languages.current() == "en" else "fr"
    link = f"{base.rstrip('/')}/s/{SAMPLE_TOKEN}"
    return Sample(names, sender, templates, day, link, language, questionnaire, moment)


def _written(sample: Sample, protocol: Protocol, channel: Channel) -> list[Shown]:
    """Give the messages of a channel in their order; a text already given is not given again."""
    shown: list[Shown] = []
    for step in protocol.steps:
        template = sample.template(step.template)
        if step.channel is channel and template is not None:
            title = _title(step.channel, is_reminder=step.reminds)
            found = _message(
                sample, template, title, step_words(protocol, step, is_about_visit=sample.is_about_visit)
            )
            known = {each.lines for each in shown}
            shown.append(replace(found, lines=()) if found.lines in known else found)
    return shown


def _title(channel: Channel, *, is_reminder: bool) -> str:
    return _((naming.REMINDER if is_reminder else naming.FIRST)[channel])


def _replies(sample: Sample) -> list[Shown]:
    """Give the SMS that answer an SMS."""
    once = _("Dès que les heures des SMS le permettent, une seule fois.")
    known = (
        ("low_mark", _("Réponse à une note de 1 ou 2"), once),
        ("ask_again", _("Réponse à un SMS qui n’est pas une note"), once),
        ("motive_again", _("Réponse à un SMS qui n’est pas un de ces chiffres"), once),
    )
    asked = {item.alias for item in spoken(sample.questionnaire).asked_on(Channel.SMS)}
    sent = [each for each in known if each[0] not in OF_MOTIVE or asked & MOTIVES]
    found = [(sample.template(name), title, when) for name, title, when in sent]
    return [_message(sample, template, title, when) for template, title, when in found if template]


def _followed(sample: Sample, suffix: str = "") -> list[Shown]:
    """Give what clients hear of their own complaint, by the way they answered by."""
    known = (
        (
            "news",
            _("Nouvelles d’une réclamation"),
            _("Une fois, quand une solution est apportée ou quand la plateforme reprend le dossier."),
        ),
        ("verdict", _("Question sur la solution"), _("Une fois, sept jours après la solution.")),
    )
    there = replace(sample, link=sample.link.replace("/s/", "/suivi/"))
    found = [(_words(sample, f"{name}{suffix}"), title, when) for name, title, when in known]
    return [_message(there, template, title, when) for template, title, when in found]


def _words(sample: Sample, name: str) -> Template:
    """Give the platform's own words, else those of the product, as the dispatcher does."""
    return sample.template(name) or shipped_template(name, sample.language)


def _message(sample: Sample, template: Template, title: str, when: str) -> Shown:
    is_sms = template.channel == "sms"
    name = sample.names["short_name"] if is_sms else sample.names["name"]
    facts = facts_of(sample.sender, name, sample.day, sample.link, is_sms=is_sms)
    item = item_of(template.name, sample.questionnaire, facts.facts(Facts), template.channel)
    facts = replace(facts, item=item)
    if is_sms:
        text = render_sms(template, facts)
        return Shown(title, when, "", (text,), _cost(text))
    email = render_email(template, facts)
    return Shown(title, when, email.subject, _lines(email.text), "")


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.splitlines() if line.strip())


def _cost(text: str) -> str:
    found = sms_count(text)
    letters = ngettext("{num} caractère", "{num} caractères", found.units).format(num=found.units)
    return _("{segments} SMS, {letters}").format(segments=found.segments, letters=letters)


def _spoken(sample: Sample, protocol: Protocol) -> Sequence[Shown]:
    steps = [step for step in protocol.steps if step.channel is Channel.PHONE]
    if not steps:
        return ()
    when = "\n".join(step_words(protocol, step, is_about_visit=sample.is_about_visit) for step in steps)
    words = opening(
        sample.language,
        CALLED_ABOUT.get(sample.moment, About.VISIT),
        name=_("[Mme ou M., nom de la personne]"),
        agent=_("[nom de l’agent]"),
        platform=sample.sender.name,
        provider=sample.names["name"],
        day=day_words(sample.day, sample.language),
    )
    found = [Shown(_("Début de l’appel"), when, "", (words,), "")]
    voicemail = sample.template("voicemail")
    if voicemail is not None:
        facts = facts_of(sample.sender, "", sample.day, "", is_sms=False)
        spoken = render_voice(voicemail, facts)
        left = _("Une fois au plus, sans un mot de la visite : un proche peut l’entendre.")
        found.append(Shown(_("Message laissé sur le répondeur"), left, "", (spoken,), ""))
    return found


def _closing(protocol: Protocol) -> str:
    return _(
        "Une personne est contactée {cap} fois au plus en 30 jours. "
        "Le suivi d’une visite se ferme après {days} jours. "
        "Qui a répondu ne reçoit plus de question sur cette visite. "
        "Qui refuse ne reçoit plus de question, et sa réclamation reste suivie."
    ).format(cap=protocol.contact_cap, days=protocol.closes_after_days)


ROUTES = (page(HREF, client_messages, roles=READERS, name="client-messages"),)
MENU = (MenuEntry(HREF, "Textes aux clients", "report", STAFF_READERS, rank=70),)
