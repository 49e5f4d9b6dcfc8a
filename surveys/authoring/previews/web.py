"""A questionnaire on the web: each page as its template writes it, with links and forms that lead nowhere."""

import re
from dataclasses import dataclass

from markupsafe import Markup
from starlette.requests import Request

from quality.web.rendering import render_answer
from surveys.authoring.previews.about import About
from surveys.authoring.specimen import invited
from surveys.questionnaire.definition import Channel, Item
from surveys.respond import composing
from surveys.respond.reader import Reader
from surveys.respond.standing import Said, Standing, standing
from surveys.reviews.messages import SAMPLE_TOKEN

_MAIN = re.compile(r"<main[^>]*>(.*)</main>", re.DOTALL)
# Of several pages on one, none sends anything and none is a landmark.
_STILL = {'method="post"': 'method="dialog"', "<nav ": '<div role="group" ', "</nav>": "</div>"}
_LEADS = re.compile(r' (?:href|action)="/[^"]*"')


@dataclass(frozen=True, slots=True)
class WebPage:
    """One page of the web; `is_conditional` is asked after some answers only."""

    alias: str
    body: Markup
    is_conditional: bool


def pages(request: Request, about: About) -> tuple[WebPage, ...]:
    """Write the page of each question that the web asks, empty."""
    reader = Reader(
        request, SAMPLE_TOKEN, invited(about.questionnaire, about.visit, about.language), about.card, {}
    )
    asked = (item for item in about.questionnaire.items if _is_asked(about, item))
    return tuple(_page(reader, about, item) for item in asked)


def _is_asked(about: About, item: Item) -> bool:
    return Channel.WEB in about.questionnaire.channels_of(item)


def _page(reader: Reader, about: About, item: Item) -> WebPage:
    questionnaire = about.questionnaire
    number = questionnaire.items.index(item) + 1
    place = standing(questionnaire, item, {}, about.visit)
    alone = Standing(number=number, rank=number, total=None, back=number - 1 or None, onward=None)
    page = composing.question(reader, item, place or alone, Said())
    shown = bytes(render_answer(reader.request, page, about.card, reader.language).body).decode()
    return WebPage(item.alias, inert(shown), item.relevant is not None)


def inert(page: str) -> Markup:
    """Keep the main part of a page, so that nothing in it leads anywhere or is sent.

    >>> inert('<main id="x"><form method="post" action="/s/1"><a href="/s/2">Retour</a></form></main>')
    Markup('<form method="dialog"><a>Retour</a></form>')
    """
    found = _MAIN.search(page)
    body = _LEADS.sub("", found[1]) if found else ""
    for written, shown in _STILL.items():
        body = body.replace(written, shown)
    return Markup(body)  # noqa: S704 - written by a template
