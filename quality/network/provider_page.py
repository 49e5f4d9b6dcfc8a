"""/prestataires/{code}: one provider, what it may do, where it stands, and the pages that speak of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from quality import clock
from quality.access.actor import Actor
from quality.access.scope import scoped, visible, visible_one
from quality.component import ProviderLink
from quality.directory.activities import activity_name
from quality.directory.models import Authorisation, Organisation
from quality.measures.models import Convention
from quality.measures.views.conventions import conventions
from quality.network.models import Referencing
from quality.network.provider_list import (
    HREF,
    READERS,
    file_words,
    last_files,
    place_words,
    reads_files,
)
from quality.network.words import form_words, right_words, standing_words
from quality.web import languages
from quality.web.format import day_text, phone_text
from quality.web.languages import gettext as _
from quality.web.languages import ngettext
from quality.web.platform import PARIS
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RightLine:
    """One dated right: what, from when to when, for which activities and places, and whether it holds."""

    label: str
    dates: str
    scope: str
    tag: tuple[str, str]


@dataclass(frozen=True, slots=True)
class ProviderPage:
    """The file of a provider, as its platform reads it."""

    name: str
    sentence: str
    standing: tuple[str, str]
    identity: Pairs
    activities: tuple[str, ...]
    rights: tuple[RightLine, ...]
    delays: Pairs
    conventions: Pairs
    links: Pairs


async def provider_page(request: Request) -> Response:
    actor, house = signed_in(request), request.app.state.house
    async with scoped(actor) as db:
        row = await visible_one(actor, Organisation, kind="provider", code=request.path_params["code"])
        rights = (
            await visible(actor, Authorisation).filter(organisation_id=row.id).order_by("-valid_from", "id")
        )
        standing = await visible(actor, Referencing).filter(provider_id=row.id).first()
        files = await last_files(db, actor, [row.id])
        agreed = [each for each in await conventions(actor) if row.id in each.providers]
    last = file_words(files.get(row.id)) if reads_files(actor) else ""
    shown = ProviderPage(
        name=row.name,
        sentence=", ".join(filter(None, (form_words(row.legal_form), place_words(row.departement)))),
        standing=standing_words(standing.status if standing else None),
        identity=_identity(row, last),
        activities=tuple(activity_name(code) for code in row.activities),
        rights=tuple(map(_right, rights)),
        delays=_delays(standing),
        conventions=_agreed(agreed),
        links=_links(actor, row, house.provider_links),
    )
    return await render(request, shown)


def _identity(row: Organisation, last_file: str) -> Pairs:
    known = (
        (_("SIRET"), row.siret or ""),
        (_("Nom dans les SMS"), row.short_name),
        (_("E-mail"), row.email),
        (_("Téléphone"), phone_text(row.phone) if row.phone else ""),
        (_("Astreinte"), _on_call(row)),
        (_("Dernier fichier"), last_file),
    )
    return tuple((label, value) for label, value in known if value)


def _on_call(row: Organisation) -> str:
    return ", ".join(
        filter(None, (row.on_call_name, phone_text(row.on_call_phone) if row.on_call_phone else ""))
    )


def _right(row: Authorisation) -> RightLine:
    label = right_words(row.kind)
    return RightLine(
        label=f"{label}, {row.number}" if row.number else label,
        dates=_dates(row),
        scope=_scope(row),
        tag=_validity(row),
    )


def _dates(row: Authorisation) -> str:
    lang = languages.current()
    start = day_text(row.valid_from, lang, year=True)
    if row.valid_to is None:
        return _("depuis le {start}").format(start=start)
    return _("du {start} au {end}").format(start=start, end=day_text(row.valid_to, lang, year=True))


def _scope(row: Authorisation) -> str:
    activities = cast("list[str]", row.activities)
    what = ngettext("{num} activité", "{num} activités", len(activities)).format(num=len(activities))
    where = ", ".join(place_words(code) for code in cast("list[str]", row.departements))
    return ", ".join((what if activities else _("toutes activités"), where or _("tous les départements")))


def _validity(row: Authorisation) -> tuple[str, str]:
    today = clock.now().astimezone(PARIS).date()
    if row.valid_from > today:
        return "", _("À venir")
    if row.valid_to is not None and row.valid_to < today:
        return "signal", _("Expiré")
    return "ok", _("En cours")


def _delays(standing: Referencing | None) -> Pairs:
    if standing is None:
        return ()
    return (
        (_("Depuis"), day_text(standing.since, languages.current(), year=True)),
        (_("Accusé de réception"), _days(standing.acknowledge_days, _("jours ouvrés"))),
        (_("Solution"), _days(standing.solution_days, _("jours"))),
        (_("Alerte"), _days(standing.alert_days, _("jours"))),
    )


def _days(days: int, unit: str) -> str:
    return f"{days}\N{NO-BREAK SPACE}{unit}"


def _agreed(rows: Sequence[Convention]) -> Pairs:
    return tuple((f"/conventions/{row.code}", row.title) for row in rows)


def _links(actor: Actor, row: Any, declared: Sequence[ProviderLink]) -> Pairs:
    """Give the pages of other components about this provider that the reader may open."""
    identity: UUID = row.id
    return tuple(
        (each.href.format(id=identity, code=row.code), _(each.label))
        for each in declared
        if actor.role in each.roles
    )


ROUTES = (page(f"{HREF}/{{code}}", provider_page, roles=READERS, name="provider-page"),)
