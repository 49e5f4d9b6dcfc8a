"""GET /api/v1/figures: published figures for programs, with the same suppression as the pages."""

import base64
import binascii
from collections.abc import Sequence
from uuid import UUID

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from quality.access import audit
from quality.access.actor import Actor, Role
from quality.access.scope import scoped, visible
from quality.errors import FieldError, Invalid
from quality.measures.exports import json_record
from quality.measures.models import Convention, ReleaseCell
from quality.measures.releases.figures import Published
from quality.measures.views.reading import dressed
from quality.measures.views.reading_log import Shown, look
from quality.web.api import Operation, Parameter, api
from quality.web.languages import gettext as _
from quality.web.session import signed_in

READERS = frozenset({Role.funder, Role.provider, Role.observer})
LIMIT, MOST = 100, 1000
FILTERS = {"period": "period", "indicator": "indicator", "scope_type": "scope_type", "release": "release_id"}


class FigureLine(msgspec.Struct, frozen=True):
    """One published figure; hidden, its numbers are null.

    `version` is that of the indicator's definition; `convention` the code of the convention whose
    population it describes, empty for all the visits that are followed.
    """

    indicator: str
    scope_type: str
    scope_code: str
    activity: str
    period: str
    n_clients: int | None
    value: float | None
    ci_low: float | None
    ci_high: float | None
    unit: str
    status: str
    release: str
    method: str
    version: int
    convention: str


class FigurePage(msgspec.Struct, frozen=True):
    """Some figures, and the cursor of the following ones."""

    figures: list[FigureLine]
    next: str | None


async def figures(request: Request) -> Response:
    actor, query = signed_in(request), request.query_params
    limit = _limit(query.get("limit", str(LIMIT)))
    filters = {column: _filter(name, query[name]) for name, column in FILTERS.items() if query.get(name)}
    async with scoped(actor) as db:
        found = await _page(actor, filters, _position(query.get("cursor")), limit + 1)
        await _look(actor, found[:limit], query.get("indicator", ""), query.get("period", ""))
        if actor.role != Role.provider:
            await audit.record(db, actor, "figures.read", request.scope["path"], dict(query))
    page = FigurePage(
        [_line(each) for each in found[:limit]],
        _cursor(found[limit - 1].id) if len(found) > limit else None,
    )
    return Response(msgspec.json.encode(page), media_type="application/json")


def _line(each: Published) -> FigureLine:
    return msgspec.convert(json_record(each), FigureLine)


async def _look(actor: Actor, found: Sequence[Published], indicator: str, period: str) -> None:
    read = {each.figure.key.convention for each in found}
    for of in await visible(actor, Convention).filter(id__in=list(read - {None})):
        await look(actor, of, Shown.program, indicator, period)


async def _page(
    actor: Actor, filters: dict[str, object], after: UUID | None, limit: int
) -> Sequence[Published]:
    rows = visible(actor, ReleaseCell).filter(**filters)
    if actor.role == Role.provider:
        rows = rows.filter(funder_id__isnull=False)  # exactly what its funders see
    if after is not None:
        rows = rows.filter(id__gt=after)
    cells = await rows.order_by("id").limit(limit)
    return sorted(await dressed(actor, cells), key=lambda each: each.id)


def _limit(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text) <= MOST:
        return int(text)
    raise _wrong("limit", _("Donnez un nombre de 1 à 1000."))


def _filter(name: str, text: str) -> object:
    if name != "release":
        return text
    try:
        return UUID(text)
    except ValueError:
        raise _wrong(name, _("Donnez l’identifiant d’une publication.")) from None


def _cursor(last: UUID) -> str:
    return base64.urlsafe_b64encode(last.bytes).decode().rstrip("=")


def _position(cursor: str | None) -> UUID | None:
    """Read a cursor.

    >>> _position(_cursor(UUID(int=7))).int
    7
    """
    if not cursor:
        return None
    try:
        return UUID(bytes=base64.urlsafe_b64decode(cursor + "=="))
    except (ValueError, binascii.Error):
        raise _wrong("cursor", _("Reprenez le curseur donné par la page précédente.")) from None


def _wrong(field: str, message: str) -> Invalid:
    return Invalid(errors=(FieldError(field, message),))


ROUTES = (
    api(
        "/figures",
        figures,
        roles=READERS,
        operation=Operation(
            "Les résultats publiés que cette clé peut lire",
            FigurePage,
            parameters=(
                Parameter("period", "2026-11, 2026-Q3, 2026-R3 ou 2026"),
                Parameter("indicator", "Code de l’indicateur"),
                Parameter("scope_type", "france, region, departement, provider_departement ou fund"),
                Parameter("release", "Identifiant d’une publication"),
                Parameter("limit", "De 1 à 1000 résultats, 100 par défaut"),
                Parameter("cursor", "Curseur donné par la page précédente"),
            ),
        ),
    ),
)
