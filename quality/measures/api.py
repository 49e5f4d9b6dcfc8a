"""GET /api/v1/figures and /api/v1/facts: what is published, for programs, suppressed as on the pages."""

import base64
import binascii
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from tortoise.models import Model

from quality.access import audit
from quality.access.actor import Actor, Role
from quality.access.scope import scoped, visible
from quality.errors import FieldError, Invalid
from quality.measures.disclosure.lattice import Scope
from quality.measures.exports import fact_record, json_record, territory_records
from quality.measures.models import Convention, ReleaseCell, ReleaseFact
from quality.measures.views.facts import dressed_facts
from quality.measures.views.reading import dressed, named_territories
from quality.measures.views.reading_log import Shown, look
from quality.web.api import Operation, Parameter, api
from quality.web.languages import gettext as _
from quality.web.session import signed_in

READERS = frozenset({Role.funder, Role.provider, Role.observer})
LIMIT, MOST = 100, 1000
FACT_FILTERS = {"period": "period", "indicator": "indicator", "release": "release_id"}
FILTERS = FACT_FILTERS | {"scope_type": "scope_type"}


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


class FactLine(msgspec.Struct, frozen=True):
    """What a release counted of one provider itself, at the end of a period: of `asked`, `held` are held.

    `value` is their share in whole per cent, 100 only where all is held; `is_whole` says that nothing
    required is missed. `provider` is its code, its SIRET.
    """

    indicator: str
    provider: str
    period: str
    asked: int
    held: int
    value: int
    unit: str
    is_whole: bool
    release: str
    method: str
    version: int
    convention: str


class FactPage(msgspec.Struct, frozen=True):
    """Some facts, and the cursor of the following ones."""

    facts: list[FactLine]
    next: str | None


class TerritoryLine(msgspec.Struct, frozen=True):
    """The name of a territory, by its `scope_code` in figures, and the département that it is a part of."""

    scope_code: str
    name: str
    departement: str


class FigurePage(msgspec.Struct, frozen=True, omit_defaults=True):
    """Some figures, the cursor of the following ones, and the names of their territories if any."""

    figures: list[FigureLine]
    next: str | None
    territories: list[TerritoryLine] = []


async def figures(request: Request) -> Response:
    async def read(actor: Actor, asked: Asked) -> tuple[list[FigureLine], list[UUID]]:
        cells = await asked.of(actor, ReleaseCell, FILTERS)
        found = sorted(await dressed(actor, cells), key=lambda each: each.id)
        await _look(actor, (each.figure.key.convention for each in found[: asked.limit]), asked)
        return [msgspec.convert(json_record(each), FigureLine) for each in found], [each.id for each in found]

    async def page(actor: Actor, lines: list[FigureLine], cursor: str | None) -> FigurePage:
        codes = [each.scope_code for each in lines if each.scope_type == Scope.TERRITORY]
        named = territory_records(await named_territories(actor, codes))
        return FigurePage(lines, cursor, msgspec.convert(named, list[TerritoryLine]))

    return await _answered(request, read, page)


async def facts(request: Request) -> Response:
    async def read(actor: Actor, asked: Asked) -> tuple[list[FactLine], list[UUID]]:
        rows = await asked.of(actor, ReleaseFact, FACT_FILTERS)
        found = sorted(await dressed_facts(actor, rows), key=lambda each: each.id)
        await _look(actor, (row.convention_id for row in rows[: asked.limit]), asked)
        return [msgspec.convert(fact_record(each), FactLine) for each in found], [each.id for each in found]

    async def page(_actor: Actor, lines: list[FactLine], cursor: str | None) -> FactPage:
        return FactPage(lines, cursor)

    return await _answered(request, read, page)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a program asks: values by name, at most so many after a position."""

    values: Mapping[str, str]
    limit: int
    after: UUID | None

    async def of(self, actor: Actor, model: type[Model], filters: Mapping[str, str]) -> list[Any]:
        """Read the rows of what is published that were asked, and one more, which tells that more follow."""
        known = {
            column: _filter(name, self.values[name])
            for name, column in filters.items()
            if name in self.values
        }
        rows = visible(actor, model).filter(**known)
        if actor.role == Role.provider:
            rows = rows.filter(funder_id__isnull=False)  # exactly what its funders see
        if self.after is not None:
            rows = rows.filter(id__gt=self.after)
        return list(await rows.order_by("id").limit(self.limit + 1))


Read = Callable[[Actor, Asked], Awaitable[tuple[list[Any], list[UUID]]]]
Page = Callable[[Actor, list[Any], str | None], Awaitable[object]]


async def _answered(request: Request, read: Read, page: Page) -> Response:
    """Answer a page of what `read` gives, and keep that it was read."""
    actor, query = signed_in(request), request.query_params
    values = {name: value for name, value in query.items() if value}
    asked = Asked(values, _limit(query.get("limit", str(LIMIT))), _position(query.get("cursor")))
    async with scoped(actor) as db:
        lines, ids = await read(actor, asked)
        if actor.role != Role.provider:
            await audit.record(db, actor, "figures.read", request.scope["path"], dict(query))
        cursor = _cursor(ids[asked.limit - 1]) if len(ids) > asked.limit else None
        told = await page(actor, lines[: asked.limit], cursor)
    return Response(msgspec.json.encode(told), media_type="application/json")


async def _look(actor: Actor, read: Iterable[UUID | None], asked: Asked) -> None:
    indicator, period = asked.values.get("indicator", ""), asked.values.get("period", "")
    for of in await visible(actor, Convention).filter(id__in=list({*read} - {None})):
        await look(actor, of, Shown.program, indicator, period)


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


PERIOD = Parameter("period", "2026-11, 2026-Q3, 2026-R3 ou 2026")
INDICATOR = Parameter("indicator", "Code de l’indicateur")
RELEASE = Parameter("release", "Identifiant d’une publication")
PAGED = (
    Parameter("limit", "De 1 à 1000 résultats, 100 par défaut"),
    Parameter("cursor", "Curseur donné par la page précédente"),
)
ROUTES = (
    api(
        "/figures",
        figures,
        roles=READERS,
        operation=Operation(
            "Les résultats publiés que cette clé peut lire",
            FigurePage,
            parameters=(
                PERIOD,
                INDICATOR,
                Parameter("scope_type", ", ".join(Scope)),
                RELEASE,
                *PAGED,
            ),
        ),
    ),
    api(
        "/facts",
        facts,
        roles=READERS - {Role.observer},
        operation=Operation(
            "Ce qui est compté de chaque organisme, publié avec les résultats",
            FactPage,
            parameters=(PERIOD, INDICATOR, RELEASE, *PAGED),
        ),
    ),
)
