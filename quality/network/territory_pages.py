"""/admin/territoires: the territories of each council, which its figures are shown by."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality.access.actor import Actor, Role
from quality.access.refusals import Errors, said
from quality.access.scope import scoped, visible, visible_one
from quality.directory.geography import DEPARTEMENTS
from quality.directory.matching import alphabetical
from quality.directory.models import Territory
from quality.errors import Invalid
from quality.measures.releases import parting
from quality.network.territories import Declared, add, change, declared, postcodes_of
from quality.web import languages
from quality.web.format import period_text
from quality.web.languages import gettext as _
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in

HREF = "/admin/territoires"
MANAGERS = frozenset({Role.platform})
FIELDS = ("departement", "code", "nom", "codes-postaux")


@dataclass(frozen=True, slots=True)
class TerritoryLine:
    """A territory in its list; `shown` says in which months figures may show it."""

    href: str
    name: str
    code: str
    postcodes: str
    shown: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class TerritoryList:
    """/admin/territoires: those of each département by its name, and the form that adds one."""

    groups: tuple[tuple[str, tuple[TerritoryLine, ...]], ...]
    departements: tuple[tuple[str, str], ...]
    values: Mapping[str, str]
    done: str
    errors: Errors = ()


@dataclass(frozen=True, slots=True)
class TerritoryForm:
    """The form of one territory; `values` are what its fields hold."""

    title: str
    code: str
    href: str
    values: Mapping[str, str]
    is_open: bool
    errors: Errors = ()


async def territory_list(
    request: Request, values: Mapping[str, str] | None = None, errors: Errors = (), status: int = 200
) -> Response:
    actor = signed_in(request)
    async with scoped(actor) as db:
        rows = await visible(actor, Territory).order_by("departement", "id")
        postcodes = await postcodes_of(db, actor.platform)
    lines: dict[str, list[TerritoryLine]] = {}
    for row in sorted(rows, key=lambda row: (row.rank is None, alphabetical(row.name))):
        lines.setdefault(row.departement, []).append(_line(row, postcodes.get(row.id, [])))
    shown = TerritoryList(
        groups=tuple((_departement(code), tuple(lines[code])) for code in sorted(lines)),
        departements=(("", _("Choisir")), *((code, _departement(code)) for code in DEPARTEMENTS)),
        values=values or dict.fromkeys(FIELDS, ""),
        done=request.query_params.get("fait", ""),
        errors=errors,
    )
    return await render(request, shown, status)


def _departement(code: str) -> str:
    return f"{code} {DEPARTEMENTS[code].label}"


def _line(row: Territory, postcodes: list[str]) -> TerritoryLine:
    return TerritoryLine(
        href=f"{HREF}/{row.departement}-{row.code}",
        name=row.name,
        code=f"{row.departement}-{row.code}",
        postcodes=", ".join(postcodes),
        shown=_shown(row),
        is_open=row.rank is not None,
    )


def _shown(row: Territory) -> str:
    """Say in which months figures may show a territory: each time that it is open."""
    days = (row.since, tuple(row.closings), tuple(row.reopenings))
    through_time = parting.Territory(row.departement, row.code, *days)
    return ", ".join(_months(*months) for months in through_time.openings()) or _("jamais")


def _months(first: date, last: date | None) -> str:
    if last is None:
        return _("depuis {month}").format(month=_month(first))
    if first == last:
        return _month(first)
    return _("{first} à {last}").format(first=_month(first), last=_month(last))


def _month(day: date) -> str:
    return period_text(f"{day:%Y-%m}", languages.current())


async def add_territory(request: Request) -> Response:
    form = await request.form()
    typed = {name: str(form.get(name, "")) for name in FIELDS}
    try:
        await add(signed_in(request), declared(*typed.values()))
    except Invalid as error:
        return await territory_list(request, typed, said(error), 422)
    return RedirectResponse(f"{HREF}?fait=ajout", 303)


async def territory_form(request: Request) -> Response:
    actor = signed_in(request)
    row, postcodes = await _read(request, actor)
    values = {"nom": row.name, "codes-postaux": "\n".join(postcodes)}
    return await render(request, _form(row, values))


async def _read(request: Request, actor: Actor) -> tuple[Territory, list[str]]:
    departement, _dash, code = str(request.path_params["place"]).partition("-")
    async with scoped(actor) as db:
        row = await visible_one(actor, Territory, departement=departement, code=code)
        return row, (await postcodes_of(db, actor.platform)).get(row.id, [])


def _form(row: Territory, values: Mapping[str, str], errors: Errors = ()) -> TerritoryForm:
    return TerritoryForm(
        title=f"{row.name}, {DEPARTEMENTS[row.departement].label}",
        code=f"{row.departement}-{row.code}",
        href=f"{HREF}/{row.departement}-{row.code}",
        values=values,
        is_open=row.rank is not None,
        errors=errors,
    )


async def change_territory(request: Request) -> Response:
    actor, form = signed_in(request), await request.form()
    row, _known = await _read(request, actor)
    typed = {name: str(form.get(name, "")) for name in ("nom", "codes-postaux")}
    wanted: Declared = declared(row.departement, row.code, *typed.values())
    try:
        await change(actor, wanted)
    except Invalid as error:
        return await render(request, _form(row, typed, said(error)), 422)
    return RedirectResponse(f"{HREF}?fait=changement", 303)


ROUTES = (
    page(HREF, territory_list, roles=MANAGERS, name="territory-list"),
    page(HREF, add_territory, roles=MANAGERS, methods=("POST",), name="territory-add"),
    page(f"{HREF}/{{place}}", territory_form, roles=MANAGERS, name="territory-form"),
    page(f"{HREF}/{{place}}", change_territory, roles=MANAGERS, methods=("POST",), name="territory-change"),
)
