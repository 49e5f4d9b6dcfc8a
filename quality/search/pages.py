"""/recherche: one field, the hits grouped by kind, a few of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from quality.access.actor import ALL_ROLES, Actor
from quality.component import SearchSource
from quality.directory.matching import LONGEST, SHORTEST, folded, matches
from quality.search.hits import Hit
from quality.web.languages import gettext as _
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in

if TYPE_CHECKING:
    from quality.app import House

HREF = "/recherche"
SHOWN = 10


@dataclass(frozen=True, slots=True)
class HitGroup:
    """The first hits of one kind; `has_more` says that others exist."""

    id: str
    title: str
    hits: tuple[Hit, ...]
    has_more: bool


@dataclass(frozen=True, slots=True)
class SearchPage:
    """/recherche (field `q`): without a query, `kinds` says what may be searched."""

    query: str
    is_too_short: bool
    groups: tuple[HitGroup, ...]
    kinds: tuple[str, ...]


async def search_page(request: Request) -> Response:
    actor, house = signed_in(request), request.app.state.house
    query = " ".join(request.query_params.get("q", "")[:LONGEST].split())
    is_short = len(folded(query)) < SHORTEST and not query.isdigit()
    sources = [source for source in house.search if actor.role in source.roles]
    found = SearchPage(
        query=query,
        is_too_short=bool(query) and is_short,
        groups=() if is_short else await _groups(actor, house, query, sources),
        kinds=tuple(_(source.title) for source in sources),
    )
    return await render(request, found)


async def _groups(
    actor: Actor, house: "House", query: str, sources: Sequence[SearchSource]
) -> tuple[HitGroup, ...]:
    groups = []
    for number, source in enumerate(sources):
        hits = tuple(await source.find(actor, house, query))
        if hits:
            shown, has_more = hits[:SHOWN], len(hits) > SHOWN
            groups.append(HitGroup(f"groupe-{number}", _(source.title), shown, has_more))
    return tuple(groups)


async def menu_pages(actor: Actor, house: "House", query: str) -> list[Hit]:
    """Find the pages of the reader's own menu."""
    entries = [(_(entry.label), entry.href) for entry in house.menu if actor.role in entry.roles]
    return [Hit(label, "", href) for label, href in entries if matches(query, label)]


ROUTES = (page(HREF, search_page, roles=ALL_ROLES),)
SEARCH = (SearchSource("Pages", frozenset(ALL_ROLES), menu_pages, rank=90),)
