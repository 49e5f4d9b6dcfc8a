"""/protocoles/messages: the words of each message, by use and channel, and who changed them."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from quality.access.actor import Role
from quality.access.scope import scoped
from quality.component import MenuEntry
from quality.french import french
from quality.web.languages import counted
from quality.web.languages import gettext as _
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.authoring.told import LANGUAGE_NAMES
from surveys.messages import store
from surveys.messages.counting import cost
from surveys.messages.longest import Longest, cases, longest
from surveys.messages.store import Current
from surveys.messages.uses import GROUPS, USES
from surveys.versions import when

HREF = "/protocoles/messages"
WRITERS = frozenset({Role.platform})
CHANNELS = {"sms": french("SMS"), "email": french("E-mail"), "voice": french("Répondeur")}


@dataclass(frozen=True, slots=True)
class LanguageLine:
    """One message in one language: where its words are changed, who wrote them, what an SMS costs."""

    href: str
    language: str
    written: str
    cost: str


@dataclass(frozen=True, slots=True)
class TemplateLine:
    """One message."""

    title: str
    channel: str
    languages: tuple[LanguageLine, ...]


@dataclass(frozen=True, slots=True)
class TemplateGroup:
    """The messages that serve one purpose."""

    id: str
    title: str
    lines: tuple[TemplateLine, ...]


@dataclass(frozen=True, slots=True)
class TemplateList:
    """The page."""

    groups: tuple[TemplateGroup, ...]


async def template_list(request: Request) -> Response:
    actor = signed_in(request)
    async with scoped(actor) as db:
        most = await longest(db, actor, request.app.state.house.settings.base_url)
    known = await store.current(actor)
    groups = (
        TemplateGroup(group.names[0], _(group.title), tuple(_line(name, known, most) for name in group.names))
        for group in GROUPS
    )
    return await render(request, TemplateList(tuple(groups)))


def _line(name: str, known: Mapping[tuple[str, str], Current], most: Longest) -> TemplateLine:
    use = USES[name]
    found = [known[name, language] for language in store.LANGUAGES]
    return TemplateLine(
        _(use.title), _(CHANNELS[use.channel]), tuple(_in_language(each, most) for each in found)
    )


def _in_language(found: Current, most: Longest) -> LanguageLine:
    words = found.template
    return LanguageLine(
        href=f"{HREF}/{words.name}/{words.language}",
        language=_(LANGUAGE_NAMES[words.language]),
        written=written_words(found),
        cost=_cost(found, most),
    )


def written_words(found: Current) -> str:
    """Say who wrote the words in use, and when."""
    if not found.is_changed or found.at is None:
        return _("Texte d’origine")
    words = _("Changé le {when} par {who}") if found.author else _("Changé le {when}")
    return words.format(when=when(found.at), who=found.author)


def _cost(found: Current, most: Longest) -> str:
    words = found.template
    if words.channel != "sms":
        return ""
    samples = most.samples(words.name, words.language)
    return counted(_("{num} SMS"), cost(words.text, cases(words, samples)).count.segments)


ROUTES = (page(HREF, template_list, roles=WRITERS),)
MENU = (MenuEntry(HREF, "Messages", "send", WRITERS, rank=73),)
