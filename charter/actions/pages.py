"""/charte/actions: a provider plans what it does about its gaps; the platform reads the plan."""

import csv
import io
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import urlencode

import xlsxwriter
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from charter.actions.effects import Effects, effects
from charter.actions.planning import OPEN, Given, Planned, actions, change, colleagues, one, plan
from charter.actions.proposing import proposals
from charter.actions.showing import (
    HREF,
    Errors,
    Sight,
    action_page,
    export_rows,
    heads,
    new_page,
    plan_page,
    suggested,
)
from charter.assessment import Comparison, comparisons
from charter.crossing import place_of
from charter.declaring import EDITION, Review, review
from charter.evidence.pages import asked_provider
from charter.forms import text_of
from charter.measuring import bounds_of, measures
from charter.models import Action
from charter.rules import READERS, WRITERS
from charter.runs.opening import begun_editions
from quality import clock
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection
from quality.errors import Invalid
from quality.measures.exports import BOM, harmless
from quality.measures.reports.workbook import Writer
from quality.web.languages import gettext as _
from quality.web.platform import card_of
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """A plan with what its pages need."""

    sight: Sight
    review: Review
    planned: tuple[Planned, ...]
    effects: Effects


async def show_plan(request: Request) -> Response:
    actor = signed_in(request)
    async with scoped(actor) as db:
        found = await _read(request, db, actor)
        of = found.review
        measured = await measures(db, actor, of.provider, of.edition)
        begun = await begun_editions(db, of.provider, of.library)
    planned = {each.place for each in found.planned if each.state in OPEN}
    same = of.library.groups
    going = {each.code for each in of.edition.criteria if same[place_of(of.edition, each)] & planned}
    verdicts = comparisons(of.edition, of.answers, bounds_of(measured))
    contradicted = {each.code for each, verdict in verdicts if verdict is Comparison.contradicted}
    proposed = proposals(of.edition, of.answers, contradicted, going)
    number = request.query_params.get("page", "")
    shown = plan_page(found.sight, found.planned, proposed, found.effects, begun, asked=number)
    return await render(request, shown)


async def show_new(request: Request) -> Response:
    if not request.query_params.get("critere"):
        return RedirectResponse(HREF, 303)
    return await _new(request, None, ())


async def add_action(request: Request) -> Response:
    actor, asked = signed_in(request), request.query_params
    async with request.form() as form:
        given = _given(form)
    try:
        identity = await plan(actor, asked.get("edition", ""), asked.get("critere", ""), given)
    except Invalid as refusal:
        return await _new(request, given, _told(refusal), 422)
    return RedirectResponse(_with_edition(request, f"{HREF}/{identity}"), 303)


async def show_action(request: Request) -> Response:
    return await _one(request, None, ())


async def change_action(request: Request) -> Response:
    actor, identity = signed_in(request), request.path_params["id"]
    zone = (await card_of(actor.platform)).zone
    async with request.form() as form:
        given = _given(form)
    try:
        await change(actor, identity, given, clock.now().astimezone(zone).date())
    except Invalid as refusal:
        return await _one(request, given, _told(refusal), 422)
    return RedirectResponse(_with_edition(request, f"{HREF}/{identity}"), 303)


async def export_csv(request: Request) -> Response:
    return _attached(_csv(await _rows(request)), "csv", "text/csv; charset=utf-8")


async def export_xlsx(request: Request) -> Response:
    return _attached(_xlsx(await _rows(request)), "xlsx", XLSX)


async def _rows(request: Request) -> list[Row]:
    """Give the plan as a table: what the page says."""
    actor = signed_in(request)
    async with scoped(actor) as db:
        found = await _read(request, db, actor)
    return [heads(), *export_rows(found.sight, found.planned, found.effects)]


def _attached(content: bytes, ending: str, media_type: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="actions.{ending}"', "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)


def _csv(rows: list[Row]) -> bytes:
    target = io.StringIO()
    target.write(BOM)
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerows([harmless(each) for each in row] for row in rows)
    return target.getvalue().encode()


def _xlsx(rows: list[Row]) -> bytes:
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    Writer(book).sheet(_("Plan d’actions"), rows[0], rows[1:])
    book.close()
    return target.getvalue()


async def _new(request: Request, given: Given | None, errors: Errors, status: int = 200) -> Response:
    actor, asked = signed_in(request), request.query_params
    async with scoped(actor) as db:
        found = await _read(request, db, actor)
        criterion = found.review.criterion(asked.get("critere", ""))
        owners = await colleagues(db, actor)
    shown = given or Given(suggested(criterion), str(actor.account or ""))
    return await render(request, new_page(found.sight, criterion, owners, (shown, errors)), status)


async def _one(request: Request, given: Given | None, errors: Errors, status: int = 200) -> Response:
    actor, identity = signed_in(request), request.path_params["id"]
    async with scoped(actor) as db:
        found = await _read(request, db, actor)
        of = await one(db, found.review.provider, identity)
        owners = await colleagues(db, actor)
    newest = found.effects.get(of.id)
    return await render(request, action_page(found.sight, of, newest, owners, (given, errors)), status)


async def _read(request: Request, db: Connection, actor: Actor) -> Read:
    """Read the plan of whom the actor asks for; inside `scoped(actor)`."""
    asked = await asked_provider(request, actor, Action)
    zone = (await card_of(actor.platform)).zone
    of = await review(actor, asked, request.query_params.get("edition", "") or EDITION)
    code, today = "" if of.is_own else of.code, clock.now().astimezone(zone).date()
    sight = Sight(of.name, of.is_own, code, of.edition, today, of.library)
    planned = await actions(db, of.provider)
    return Read(sight, of, planned, await effects(db, actor, of.provider, planned, zone))


def _with_edition(request: Request, path: str) -> str:
    edition = request.query_params.get("edition", "")
    return f"{path}?{urlencode({'edition': edition})}" if edition else path


def _told(refusal: Invalid) -> Errors:
    return tuple((error.field, _(error.message)) for error in refusal.errors)


def _given(form: FormData) -> Given:
    return Given(
        text_of(form, "titre"),
        text_of(form, "responsable"),
        text_of(form, "echeance"),
        text_of(form, "etat") or "todo",
        text_of(form, "note"),
    )


ROLES = READERS | WRITERS
NEW, ONE = HREF + "/nouvelle", HREF + "/{id:uuid}"
ROUTES = (
    page(HREF, show_plan, roles=ROLES, name="action-plan"),
    page(HREF + ".csv", export_csv, roles=ROLES, name="action-plan-csv"),
    page(HREF + ".xlsx", export_xlsx, roles=ROLES, name="action-plan-xlsx"),
    page(NEW, show_new, roles=WRITERS, name="action-new"),
    page(NEW, add_action, roles=WRITERS, methods=("POST",), name="action-add"),
    page(ONE, show_action, roles=ROLES, name="action-one"),
    page(ONE, change_action, roles=WRITERS, methods=("POST",), name="action-change"),
)
