"""What the ground lets its readers find: organisations, complaints, conventions and indicators."""

import re
from typing import TYPE_CHECKING

from starlette.datastructures import QueryParams

from quality.access.actor import STAFF, Actor, Role
from quality.access.scope import scoped, visible
from quality.complaints.links import by_reference
from quality.complaints.models import Complaint
from quality.complaints.waiting import HREF as COMPLAINTS
from quality.complaints.words import heading
from quality.component import SearchSource
from quality.directory.geography import DEPARTEMENTS
from quality.directory.matching import alphabetical, digits, matches
from quality.directory.models import Organisation
from quality.measures.catalogue import CATALOGUE
from quality.measures.views.choices import choose
from quality.measures.views.conventions import conventions
from quality.measures.views.dashboard import shown_codes
from quality.measures.views.wording import label_of
from quality.network.provider_list import HREF as PROVIDERS
from quality.network.words import kind_words
from quality.search.hits import Hit
from quality.web.languages import gettext as _

if TYPE_CHECKING:
    from quality.app import House

MOST = 11  # one more than is shown, to know that there are others
READERS = frozenset({Role.platform, Role.supervisor, Role.provider, Role.funder})
LISTED = frozenset({Role.platform, Role.supervisor})
COMPLAINT_NUMBER = re.compile(r"\D*(\d{1,9})")


async def organisations(actor: Actor, house: "House", query: str) -> list[Hit]:  # noqa: ARG001 - a source's signature
    """Find organisations by name, short name or SIRET."""
    async with scoped(actor):
        rows = await visible(actor, Organisation).order_by("id")
    rows.sort(key=lambda row: alphabetical(row.name))
    number = digits(query)
    found = [
        row
        for row in rows
        if matches(query, row.name, row.short_name) or (number and number in (row.siret, row.code))
    ]
    return [_organisation(actor, row) for row in found[:MOST]]


def _organisation(actor: Actor, row: Organisation) -> Hit:
    place = DEPARTEMENTS[row.departement].name if row.departement else ""
    detail = ", ".join(filter(None, (kind_words(row.kind), place)))
    is_filed = row.kind == "provider" and actor.role in LISTED
    return Hit(row.name, detail, f"{PROVIDERS}/{row.code}" if is_filed else "/conventions")


async def complaints(actor: Actor, house: "House", query: str) -> list[Hit]:
    """Find a complaint by its number; for the staff, by the reference that its client says too."""
    typed = COMPLAINT_NUMBER.fullmatch(query)
    async with scoped(actor) as db:
        rows = await visible(actor, Complaint).filter(number=int(typed[1])) if typed else []
        if not rows and actor.role in STAFF:
            said = await by_reference(db, house.keyring, actor.platform, query)
            rows = await visible(actor, Complaint).filter(number=said) if said is not None else []
    return [Hit(heading(row.number, row.kind), "", f"{COMPLAINTS}/{row.number}") for row in rows]


async def agreements(actor: Actor, house: "House", query: str) -> list[Hit]:  # noqa: ARG001
    """Find conventions by title or code."""
    async with scoped(actor):
        rows = await conventions(actor)
    found = [row for row in rows if matches(query, row.title, row.code)]
    return [Hit(row.title, row.code, f"/conventions/{row.code}") for row in found[:MOST]]


async def indicators(actor: Actor, house: "House", query: str) -> list[Hit]:  # noqa: ARG001
    """Find the indicators of the reader's first population, by label or code."""
    async with scoped(actor):
        choice = await choose(actor, QueryParams())
    if choice is None or choice.period is None:
        return []
    items = [CATALOGUE[code] for code in shown_codes(choice.sight)]
    return [
        Hit(label_of(item), _("Indicateur {code}").format(code=item.code), f"/indicateurs/{item.code}")
        for item in items
        if matches(query, item.label.fr, item.label.en, item.code)
    ]


SEARCH = (
    SearchSource("Organismes et financeurs", READERS, organisations, rank=10),
    SearchSource("Réclamations, par leur numéro", frozenset(STAFF | {Role.provider}), complaints, rank=20),
    SearchSource("Conventions", READERS, agreements, rank=40),
    SearchSource("Indicateurs", READERS, indicators, rank=50),
)
