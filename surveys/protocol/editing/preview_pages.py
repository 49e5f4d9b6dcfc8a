"""/protocoles/{name}/apercu: what an invented client, or one of the platform, would receive and when."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from quality import clock
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import fetch, fetch_one
from quality.directory.geography import DEPARTEMENTS, zone_of
from quality.errors import NotFound
from quality.french import french
from quality.web import languages
from quality.web.format import day_text, time_text
from quality.web.languages import gettext as _
from quality.web.platform import card_of
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.channels import naming
from surveys.desk.screen.opening import opening
from surveys.dispatch.question import first_of
from surveys.dispatch.sample import asked_of_visits
from surveys.dispatch.text import MessageFacts, Template
from surveys.dispatch.writing import Sender, facts_of
from surveys.protocol.caps import Traits
from surveys.protocol.definition import Audience, Protocol
from surveys.protocol.editing import drafts
from surveys.protocol.editing.cap_words import choice_words
from surveys.protocol.editing.choosing import choose
from surveys.protocol.editing.forms import whose_of
from surveys.protocol.editing.pages import HREF, READERS
from surveys.protocol.editing.preview import Language, Message, Somebody, Words, begun_by, foreseen, summary
from surveys.protocol.planning import Reach
from surveys.protocol.reaching import Contacts, Endpoint, line_of
from surveys.questionnaire.days import day_words
from surveys.questionnaire.facts import Facts
from surveys.reviews.messages import SAMPLE_TOKEN

Pairs = tuple[tuple[str, str], ...]
USUAL_PLACE, USUAL_HOUR = "34", time(10)
WAYS: Mapping[str, tuple[str, Reach]] = {
    "portable": (french("Un portable"), Reach(sms=True, email=False, phone=True)),
    "email": (french("Un e-mail et un téléphone fixe"), Reach(sms=False, email=True, phone=True)),
    "fixe": (french("Un téléphone fixe seulement"), Reach(sms=False, email=False, phone=True)),
    "email-seul": (french("Un e-mail seulement"), Reach(sms=False, email=True, phone=False)),
}
AUDIENCES = {
    Audience.CLIENT.value: french("Le client"),
    Audience.RELATIVE.value: french("Un proche qui répond pour lui"),
}
PREFERENCES = {"": french("Aucune"), **naming.WAYS}
LANGUAGES = {"fr": french("Français"), "en": french("Anglais")}
UNKNOWN = french(
    "Cet essai ne sait rien de ses refus, d’une réclamation en cours ni des messages déjà reçus : "
    "il peut en partir moins."
)
BAD_DAY = french("Écrivez une date et une heure.")
NO_CLIENT = french("Aucun client de cet organisme n’a cette référence.")
NOT_DRAWN = french(
    "Cette personne ne serait pas tirée au sort\u00a0: un moyen comparé ne l’atteint pas à temps, "
    "elle en préfère un, ou une limite plus basse la protège."
)
STOPPED = french("Ce client n’est pas sollicité en ce moment ({why}) : rien ne partirait.")
STOPPED_FROM = french(
    "Ce client ne sera plus sollicité à partir du {day} ({why})\u00a0: rien ne partirait dès ce jour."
)
STATES = {
    "deceased": french("décédé"),
    "hospital": french("à l’hôpital"),
    "moved": french("déménagé"),
    "ended": french("parti"),
}
CLIENT = """
SELECT c.departement, c.language, c.contact, c.status, c.status_since, c.age_band,
       c.mobile_key IS NOT NULL AS mobile,
       c.phone_key IS NOT NULL AS phone, c.email_key IS NOT NULL AS email,
       c.relative_phone_key IS NOT NULL AS relative_phone, c.relative_phone_is_mobile,
       c.relative_email_key IS NOT NULL AS relative_email
FROM client c JOIN organisation o ON o.id = c.provider_id
WHERE c.platform_id = $1 AND o.code = $2 AND c.reference = $3
"""
PROVIDER = """
SELECT o.code, o.name, o.short_name, p.name AS platform, p.sms_name, p.phone, p.hours, p.sender_email
FROM organisation o JOIN platform p ON p.id = o.platform_id
WHERE o.platform_id = $1 AND o.kind = 'provider' AND ($2 = '' OR o.code = $2) ORDER BY o.name, o.code LIMIT 1
"""
NOBODY = french("Organisme exemple")  # until a first provider is known
PLATFORM = "SELECT name AS platform, sms_name, phone, hours, sender_email FROM platform WHERE id = $1"
PROVIDERS = """
SELECT code, name FROM organisation WHERE platform_id = $1 AND kind = 'provider' ORDER BY name, code
"""


@dataclass(frozen=True, slots=True)
class ProtocolPreview:
    """The page; `typed` is what its fields hold, `stopped` why a real client would receive nothing.

    `unknown` says of a real client what is not read, `undrawn` why nobody would draw their first contact.
    """

    name: str
    label: str
    what: str
    versions: Pairs
    providers: Pairs
    departements: Pairs
    ways: Pairs
    audiences: Pairs
    preferences: Pairs
    spoken: Pairs
    whose: Pairs
    firsts: Pairs
    typed: Mapping[str, str]
    visit: str
    stopped: str
    undrawn: str
    unknown: str
    summary: str
    language: str
    messages: tuple[Message, ...]
    errors: Pairs


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whom the preview is for, and why nothing would leave to them in truth."""

    somebody: Somebody
    stopped: str = ""
    is_real: bool = False


async def protocol_preview(request: Request) -> Response:
    actor, name = signed_in(request), request.path_params["name"]
    asked = {field: value.strip() for field, value in request.query_params.items()}
    choice = await choose(actor, name, asked.get("version", ""))
    protocol = choice.protocol.without_calls_on((await card_of(actor.platform)).closing_days)
    provider = await _provider(actor, asked.get("organisme", ""))
    errors: list[tuple[str, str]] = []
    chosen = await _chosen(actor, asked, provider, errors)
    chosen = replace(chosen, somebody=_concerned(chosen.somebody, protocol, asked.get("limite", "")))
    ended_at = _ended_at(asked, chosen.somebody.departement, errors)
    words = await _words(request, actor, provider, ended_at, chosen.somebody)
    first = asked.get("premier", "") if asked.get("premier", "") in protocol.experiment.compared else ""
    somebody = begun_by(first, chosen.somebody, protocol, ended_at)
    messages = () if errors else foreseen(protocol, somebody or chosen.somebody, ended_at, words)
    shown = ProtocolPreview(
        name=name,
        label=protocol.label,
        what=choice.words,
        versions=choice.options,
        providers=await _providers(actor),
        departements=tuple((code, f"{code} {place.name}") for code, place in DEPARTEMENTS.items()),
        ways=tuple((code, _(words)) for code, (words, _reach) in WAYS.items()),
        audiences=tuple((code, _(words)) for code, words in AUDIENCES.items()),
        preferences=tuple((code, _(words)) for code, words in PREFERENCES.items()),
        spoken=tuple((code, _(words)) for code, words in LANGUAGES.items()),
        whose=await _whose(actor, protocol),
        firsts=_firsts(protocol),
        typed=_typed(asked, chosen.somebody, provider["code"], ended_at)
        | {"version": choice.code, "premier": first},
        visit=_visit_words(ended_at, chosen.somebody.departement),
        stopped=chosen.stopped,
        undrawn=_(NOT_DRAWN) if somebody is None else "",
        unknown=_(UNKNOWN) if chosen.is_real else "",
        summary="" if errors else summary(messages),
        language=chosen.somebody.language,
        messages=messages,
        errors=tuple(errors),
    )
    return await render(request, shown, 422 if errors else 200)


async def _provider(actor: Actor, code: str) -> Mapping[str, Any]:
    """Give the provider of a code, or the first; an invented one for a platform that knows none yet."""
    async with scoped(actor) as db:
        row = await fetch_one(db, PROVIDER, actor.platform, code)
        if row is None and not code:
            row = await fetch_one(db, PLATFORM, actor.platform)
            return {**(row or {}), "code": "", "name": _(NOBODY), "short_name": _(NOBODY)}
    if row is None:
        raise NotFound
    return row


async def _providers(actor: Actor) -> Pairs:
    async with scoped(actor) as db:
        rows = await fetch(db, PROVIDERS, actor.platform)
    return tuple((row["code"], row["name"]) for row in rows)


async def _chosen(
    actor: Actor, asked: Mapping[str, str], provider: Mapping[str, Any], errors: list[tuple[str, str]]
) -> Chosen:
    """Give the client whose reference is typed, else the invented one of the other fields."""
    reference = asked.get("client", "")
    if reference:
        async with scoped(actor) as db:
            row = await fetch_one(db, CLIENT, actor.platform, provider["code"], reference)
        if row is not None:
            return _real(row)
        errors.append(("client", _(NO_CLIENT)))
    return Chosen(_invented(asked))


def _real(row: Mapping[str, Any]) -> Chosen:
    """Read how a real client may be reached, as the decisions do; nothing of who they are is read."""

    def there(name: str) -> Endpoint | None:
        return Endpoint(UUID(int=1)) if row[name] else None

    contacts = Contacts(
        mobile=there("mobile"),
        phone=there("phone"),
        email=there("email"),
        relative_phone=there("relative_phone"),
        relative_phone_is_mobile=row["relative_phone_is_mobile"],
        relative_email=there("relative_email"),
    )
    line = line_of(contacts, row["contact"])
    language: Language = "en" if row["language"] == "en" else "fr"
    traits = Traits(age_bands=frozenset({row["age_band"]} if row["age_band"] else ()))
    somebody = Somebody(line.reach, row["departement"], language, traits)
    return Chosen(somebody, _stopped(row), is_real=True)


def _stopped(row: Mapping[str, Any]) -> str:
    """Say why nothing would leave to a client, or from which day on; a death holds whatever its day."""
    if row["contact"] == "no":
        return _(STOPPED).format(why=_("ne veut plus être sollicité"))
    if row["status"] not in STATES:
        return ""
    why, since = _(STATES[row["status"]]), row["status_since"]
    today = clock.now().astimezone(zone_of(row["departement"])).date()
    if row["status"] == "deceased" or since is None or since <= today:
        return _(STOPPED).format(why=why)
    return _(STOPPED_FROM).format(why=why, day=day_text(since, languages.current()))


def _concerned(somebody: Somebody, protocol: Protocol, whose: str) -> Somebody:
    """Add what the chosen lower cap concerns to what is known of somebody."""
    cap = next((cap for cap in protocol.caps if whose_of(cap) == whose), None)
    if cap is None:
        return somebody
    known, traits = somebody.traits, cap.traits
    both = Traits(known.funders | traits.funders, known.age_bands | traits.age_bands, traits.public)
    return replace(somebody, traits=both)


async def _whose(actor: Actor, protocol: Protocol) -> Pairs:
    """Give what one may be concerned by among the lower caps; nothing without any."""
    if not protocol.caps:
        return ()
    funders = (await drafts.context_of(actor)).funders
    codes = [whose_of(cap) for cap in protocol.caps]
    return (("", _("Aucune")), *((code, choice_words(code, funders)) for code in codes))


def _firsts(protocol: Protocol) -> Pairs:
    """Give the first contacts that chance may draw; nothing without an experiment."""
    if not protocol.experiment.is_on:
        return ()
    ways = protocol.experiment.compared
    return (("", _("Celui des étapes")), *((way, _(naming.ONE[way])) for way in ways))


def _invented(asked: Mapping[str, str]) -> Somebody:
    reach = WAYS.get(asked.get("moyens", ""), WAYS["portable"])[1]
    audience = asked.get("qui", "")
    preference = asked.get("preference", "")
    place = asked.get("departement", "")
    return Somebody(
        Reach(
            reach.sms,
            reach.email,
            reach.phone,
            preference if preference in PREFERENCES and preference else None,
            audience if audience in AUDIENCES else Audience.CLIENT.value,
        ),
        place if place in DEPARTEMENTS else USUAL_PLACE,
        "en" if asked.get("parle", languages.current()) == "en" else "fr",
    )


def _ended_at(asked: Mapping[str, str], departement: str, errors: list[tuple[str, str]]) -> datetime:
    """Read the end of the visit in the zone of its place: today at ten unless said otherwise."""
    zone = zone_of(departement)
    today = clock.now().astimezone(zone).date()
    try:
        day = date.fromisoformat(asked["jour"]) if asked.get("jour") else today
        hour = time.fromisoformat(asked["heure"]) if asked.get("heure") else USUAL_HOUR
        if abs(day - today) > timedelta(days=3660):
            raise ValueError(day)
    except ValueError:
        errors.append(("jour", _(BAD_DAY)))
        day, hour = today, USUAL_HOUR
    return datetime.combine(day, hour.replace(tzinfo=None), zone).astimezone(clock.now().tzinfo)


def _typed(asked: Mapping[str, str], somebody: Somebody, provider: str, ended_at: datetime) -> dict[str, str]:
    local = ended_at.astimezone(zone_of(somebody.departement))
    return {
        "moyens": asked.get("moyens", "portable"),
        "qui": somebody.reach.audience,
        "preference": somebody.reach.preference or "",
        "parle": somebody.language,
        "departement": somebody.departement,
        "jour": asked.get("jour") or local.date().isoformat(),
        "heure": asked.get("heure") or f"{local:%H:%M}",
        "organisme": provider,
        "client": asked.get("client", ""),
        "limite": asked.get("limite", ""),
    }


def _visit_words(ended_at: datetime, departement: str) -> str:
    local, lang = ended_at.astimezone(zone_of(departement)), languages.current()
    return _("Visite finie le {day} à {time}, dans le {place}.").format(
        day=day_text(local.date(), lang, year=True),
        time=time_text(local, lang),
        place=f"{departement} ({DEPARTEMENTS[departement].name})",
    )


async def _words(
    request: Request, actor: Actor, provider: Mapping[str, Any], ended_at: datetime, somebody: Somebody
) -> Words:
    """Take the platform's own texts, in the person's language if they are written in it."""
    async with scoped(actor) as db:
        rows = await fetch(
            db,
            """
            SELECT DISTINCT ON (name) name, language, subject, text FROM message_template
            WHERE platform_id = $1 AND language = ANY (ARRAY['fr', $2]) ORDER BY name, language = 'fr'
            """,
            actor.platform,
            somebody.language,
        )
        asked_then = await asked_of_visits(actor.platform)
    sender = Sender(*(provider[each] for each in ("platform", "sms_name", "phone", "hours", "sender_email")))
    base = request.app.state.house.settings.base_url.rstrip("/")
    day, link = ended_at.astimezone(zone_of(somebody.departement)).date(), f"{base}/s/{SAMPLE_TOKEN}"
    short = provider["short_name"] or provider["name"][:17]

    def call() -> str:
        return opening(
            somebody.language,
            name=_("[Mme ou M., nom de la personne]"),
            agent=_("[nom de l’agent]"),
            platform=sender.name,
            provider=provider["name"],
            day=day_words(day, somebody.language),
        )

    def about(provider_name: str, channel: str) -> MessageFacts:
        facts = facts_of(sender, provider_name, day, link, is_sms=channel == "sms")
        facts = replace(facts, audience=somebody.reach.audience)
        return replace(facts, item=first_of(asked_then, facts.facts(Facts), channel))

    return Words(
        templates={row["name"]: _template(row) for row in rows},
        sms=about(short, "sms"),
        email=about(provider["name"], "email"),
        call=call,
    )


def _template(row: Mapping[str, Any]) -> Template:
    language: Language = "en" if row["language"] == "en" else "fr"
    return Template(row["name"], "email" if row["subject"] else "sms", language, row["text"], row["subject"])


ROUTES = (page(f"{HREF}/{{name}}/apercu", protocol_preview, roles=READERS),)
