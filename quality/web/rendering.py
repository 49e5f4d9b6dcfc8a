"""Pages: a frozen dataclass rendered by the template of its name, in the shell of its reader.

`ProviderDashboard` of a module of `quality` is rendered by templates/quality/provider_dashboard.html; its
fields are the template's variables, beside `shell` and the gettext functions.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from quality import clock
from quality.access.actor import Actor
from quality.component import MenuEntry
from quality.ids import uuid7
from quality.web import csrf, languages
from quality.web import format as text
from quality.web.platform import PlatformCard, card_of

YEAR_SECONDS = 31_536_000
NO_STORE = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class MenuLine:
    href: str
    label: str
    icon: str
    count: int | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class TextSize:
    """Whether a page is read in large text, and the address of the same page in the other size."""

    is_large: bool
    href: str


@dataclass(frozen=True, slots=True)
class Shell:
    """What surrounds every page: who reads, where, on which platform, at which virtual instant."""

    lang: str
    demo: bool
    now_text: str
    now_iso: str
    today_text: str
    platform_name: str
    platform_phone: str
    platform_phone_link: str
    platform_hours: str
    actor: Actor | None
    menu: Sequence[MenuLine]
    csrf: str
    path: str
    static: Callable[[str], str]
    chosen_language: str
    other_language: languages.OtherLanguage
    text_size: TextSize | None = None


def environment(folder: Path) -> Environment:
    """Return the Jinja environment: autoescape always on, an unknown variable is an error."""
    loaded = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,
    )
    loaded.install_gettext_callables(  # type: ignore[attr-defined]
        languages.gettext, languages.ngettext, newstyle=True
    )
    loaded.globals.update(_plain_globals())
    return loaded


def _plain_globals() -> dict[str, Any]:
    """Write figures as their reader does; name a form, so that it counts once when it is sent twice."""
    return {
        "new_form": lambda: uuid7(clock.now()),
        "Markup": Markup,
        "spoken": languages.spoken,
        "count": lambda n: text.count(n, languages.current()),
        "percent": lambda value, digits=0: text.percent(value, digits, languages.current()),
    }


def template_of(page: type) -> str:
    """Return the template of a page class.

    >>> class ProviderDashboard: ...
    >>> ProviderDashboard.__module__ = "quality.measures.views.pages"
    >>> template_of(ProviderDashboard)
    'quality/provider_dashboard.html'
    """
    package = page.__module__.partition(".")[0]
    return f"{package}/{re.sub(r'(?<!^)(?=[A-Z])', '_', page.__name__).lower()}.html"


async def render(
    request: Request, page: Any, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """Render a page for a member of the staff or a public reader, with the whole shell."""
    actor: Actor | None = getattr(request.state, "actor", None)
    card = await card_of(actor.platform if actor else None)
    shell = await _shell(request, actor, card)
    response = _respond(request, page, shell, status, {**NO_STORE, **(headers or {})})
    if request.query_params.get(languages.COOKIE) == shell.lang:
        response.set_cookie(languages.COOKIE, shell.lang, max_age=YEAR_SECONDS, httponly=True, samesite="lax")
    return response


def render_answer(
    request: Request,
    page: Any,
    card: PlatformCard,
    language: str,
    status: int = 200,
    *,
    chosen: str = "",
    size: TextSize | None = None,
) -> Response:
    """Render an answer page: no session, no menu, no cookie; its forms send a chosen language again."""
    shell = answer_shell(request, card, language, chosen, size)
    return _respond(request, page, shell, status, {**NO_STORE, "X-Robots-Tag": "noindex"})


def answer_shell(
    request: Request, card: PlatformCard, language: str, chosen: str, size: TextSize | None
) -> Shell:
    """Compose what surrounds an answer page, which nobody signed in reads."""
    return replace(_compose(request, card, language, None, (), chosen=chosen), text_size=size)


def written(templates: Environment, page: Any, shell: Shell) -> str:
    """Write a page by the template of its name."""
    with languages.using(shell.lang):
        context = {field.name: getattr(page, field.name) for field in fields(page)}
        return templates.get_template(template_of(type(page))).render(shell=shell, **context)


def _respond(request: Request, page: Any, shell: Shell, status: int, headers: dict[str, str]) -> Response:
    html = written(request.app.state.house.templates, page, shell)
    return HTMLResponse(html, status, headers={**headers, "Content-Language": shell.lang})


async def _shell(request: Request, actor: Actor | None, card: PlatformCard) -> Shell:
    lang = languages.chosen(request, actor.language if actor else None)
    menu = await _menu(request, actor, lang) if actor else ()
    return _compose(request, card, lang, actor, menu)


def _compose(
    request: Request,
    card: PlatformCard,
    lang: str,
    actor: Actor | None,
    menu: Sequence[MenuLine],
    *,
    chosen: str = "",
) -> Shell:
    house = request.app.state.house
    now = clock.now().astimezone(card.zone)
    return Shell(
        lang=lang,
        demo=house.settings.demo,
        now_text=f"{text.day_text(now.date(), lang=lang, year=True)}, {text.time_text(now.time(), lang=lang)}"
        if house.settings.demo
        else "",
        now_iso=_minute(now),
        today_text=text.day_text(now.date(), lang=lang, year=True),
        platform_name=card.name,
        platform_phone=text.phone_text(card.phone),
        platform_phone_link=f"tel:{card.phone}",
        platform_hours=card.hours,
        actor=actor,
        menu=menu,
        csrf=csrf.token_of(request) if actor else "",
        path=request.scope["path"],
        static=house.static_url,
        chosen_language=chosen,
        other_language=languages.other(request, lang),
    )


def _minute(now: datetime) -> str:
    return now.strftime("%Y-%m-%dT%H:%M")


async def _menu(request: Request, actor: Actor, lang: str) -> tuple[MenuLine, ...]:
    entries: Sequence[MenuEntry] = request.app.state.house.menu
    path = request.scope["path"]
    mine = [e for e in entries if actor.role in e.roles]
    # Of two lines that lead to where one is, the nearer one is current: /appels/pilotage, not /appels.
    here = max((e.href for e in mine if _is_current(path, e.href)), key=len, default="")
    with languages.using(lang):
        return tuple(
            [
                MenuLine(
                    e.href,
                    languages.gettext(e.label),
                    e.icon,
                    await _count(e.count, actor),
                    e.href == here,
                )
                for e in mine
            ]
        )


async def _count(count: Callable[[Any], Awaitable[int]] | None, actor: Actor) -> int | None:
    return (await count(actor)) or None if count else None


def _is_current(path: str, href: str) -> bool:
    return path == href or path.startswith(f"{href}/")
