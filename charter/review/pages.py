"""/charte/adhesion for a provider; /charte/dossiers for the platform, which reviews and decides."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import TypeVar
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from charter.adhesion.consent import show_figures
from charter.adhesion.life import Event
from charter.adhesion.moving import appeal, decide
from charter.adhesion.recognising import Certificate, recognise
from charter.declaring import EDITION
from charter.review.addresses import ADHESION, FILES
from charter.review.deciding import JUDGEMENTS, Judgement, accept, give_back, judge, reply, settle
from charter.review.life import PointEvent
from charter.review.listing import files_page
from charter.review.reading import Errors, file_page, own_page
from charter.rules import JUDGES, READERS, WRITERS
from charter.submitting import send
from quality import clock
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.errors import FieldError, Invalid, NotFound
from quality.french import french
from quality.web.languages import gettext as _
from quality.web.platform import card_of
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in

Form = Mapping[str, str]
Verb = Callable[[Actor, Form], Awaitable[object]]
EMPTY: Form = {}
T = TypeVar("T")


async def show_adhesion(request: Request) -> Response:
    return await _own(request, {"edition": request.query_params.get("edition", "")}, ())


async def _own(request: Request, typed: Form, errors: Errors, status: int = 200) -> Response:
    actor = signed_in(request)
    today = await _today(actor)
    async with scoped(actor) as db:
        shown = await own_page(db, actor, today, typed, errors)
    return await render(request, shown, status)


async def act_on_adhesion(request: Request) -> Response:
    form = await _form(request)
    try:
        await _verb(OWN, form)(signed_in(request), form)
    except Invalid as refusal:
        of = {"reponse": form.get("critere", ""), "appel": form.get("adhesion", "")}
        return await _own(request, form, _said(refusal, of), 422)
    return RedirectResponse(ADHESION, 303)


async def show_files(request: Request) -> Response:
    return await _files(request, EMPTY, ())


async def _files(request: Request, typed: Form, errors: Errors, status: int = 200) -> Response:
    actor = signed_in(request)
    async with scoped(actor) as db:
        asked = request.query_params.get("page", "")
        shown = await files_page(db, actor, asked, typed, errors)
    return await render(request, shown, status)


async def act_on_adhesions(request: Request) -> Response:
    form = await _form(request)
    try:
        await _verb(HELD, form)(signed_in(request), form)
    except Invalid as refusal:
        of = "retrait" if form.get("de") else form.get("adhesion", "")
        return await _files(request, form, _said(refusal, {"motif": of}), 422)
    return RedirectResponse(FILES, 303)


async def show_file(request: Request) -> Response:
    return await _file(request, EMPTY, ())


async def _file(request: Request, typed: Form, errors: Errors, status: int = 200) -> Response:
    actor, file = signed_in(request), request.path_params["id"]
    async with scoped(actor) as db:
        shown = await file_page(db, actor, file, await _today(actor), typed=typed, errors=errors)
    return await render(request, shown, status)


async def act_on_file(request: Request) -> Response:
    base_url = str(request.app.state.house.settings.base_url)
    form = {**await _form(request), "dossier": str(request.path_params["id"]), "adresse": base_url}
    try:
        await _verb(JUDGED, form)(signed_in(request), form)
    except Invalid as refusal:
        of = form.get("critere") or "dossier"
        return await _file(request, form, _said(refusal, {"motif": of, "reponse": of}), 422)
    return RedirectResponse(f"{FILES}/{form['dossier']}", 303)


async def _form(request: Request) -> dict[str, str]:
    async with request.form() as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


def _verb(verbs: Mapping[str, Verb], form: Form) -> Verb:
    found = verbs.get(form.get("geste", ""))
    if found is None:
        raise NotFound
    return found


def _said(refusal: Invalid, of: Mapping[str, str]) -> Errors:
    """Say each error at its field; `of` says whose form holds a field that the page repeats."""
    return tuple(
        (f"{error.field}-{of[error.field]}" if error.field in of else error.field, _(error.message))
        for error in refusal.errors
    )


def _id(written: str) -> UUID:
    try:
        return UUID(written)
    except ValueError as error:
        raise NotFound from error


async def _judge(actor: Actor, form: Form) -> None:
    said = Judgement(form["geste"], form.get("reponse", ""), form.get("motif", ""))
    await judge(actor, _id(form["dossier"]), form.get("critere", ""), said, form["adresse"])


async def _send(actor: Actor, form: Form) -> None:
    edition = form.get("edition") or EDITION
    await send(actor, edition, await _today(actor), is_confirmed=form.get("confirmer") == "oui")


async def _today(actor: Actor) -> date:
    return clock.now().astimezone((await card_of(actor.platform)).zone).date()


async def _settle(actor: Actor, form: Form, event: PointEvent) -> None:
    await settle(actor, _id(form["dossier"]), form.get("critere", ""), event, form.get("motif", ""))


async def _decide(actor: Actor, form: Form, event: Event) -> None:
    if not form.get("adhesion"):
        raise Invalid(errors=(FieldError("adhesion", french("Choisissez une adhésion dans la liste.")),))
    await decide(actor, _id(form["adhesion"]), event, form.get("motif", ""))


async def _recognise(actor: Actor, form: Form) -> None:
    whose = _read(form, "organisme", UUID)
    dates = (_read(form, each, date.fromisoformat) for each in ("debut", "fin"))
    await recognise(actor, Certificate(whose, form.get("certificat", ""), *dates), form.get("levee", ""))


def _read(form: Form, name: str, reading: Callable[[str], T]) -> T | None:
    try:
        return reading(form.get(name, ""))
    except ValueError:
        return None


OWN: Mapping[str, Verb] = {
    "envoyer": _send,
    "appel": lambda actor, form: appeal(actor, _id(form.get("adhesion", "")), form.get("appel", "")),
    "montrer": lambda actor, _form: show_figures(actor, is_shown=True),
    "cacher": lambda actor, _form: show_figures(actor, is_shown=False),
    "repondre": lambda actor, form: reply(
        actor, _id(form.get("dossier", "")), form.get("critere", ""), form.get("reponse", "")
    ),
}
HELD: Mapping[str, Verb] = {
    "lever": lambda actor, form: _decide(actor, form, Event.lift),
    "maintenir": lambda actor, form: _decide(actor, form, Event.uphold),
    "retirer": lambda actor, form: _decide(actor, form, Event.revoke),
    "reconnaitre": _recognise,
}
JUDGED: Mapping[str, Verb] = {
    **dict.fromkeys(JUDGEMENTS, _judge),
    "maintenir": lambda actor, form: _settle(actor, form, PointEvent.maintain),
    "retenir": lambda actor, form: _settle(actor, form, PointEvent.drop),
    "adherer": lambda actor, form: accept(actor, _id(form["dossier"]), form.get("levee", "")),
    "renvoyer": lambda actor, form: give_back(actor, _id(form["dossier"]), form.get("motif", "")),
}
ROUTES = (
    page(ADHESION, show_adhesion, roles=WRITERS, name="charter-adhesion"),
    page(ADHESION, act_on_adhesion, roles=WRITERS, methods=("POST",), name="charter-adhesion-act"),
    page(FILES, show_files, roles=READERS, name="charter-files"),
    page(FILES, act_on_adhesions, roles=JUDGES, methods=("POST",), name="charter-adhesions-act"),
    page(FILES + "/{id:uuid}", show_file, roles=READERS, name="charter-file"),
    page(FILES + "/{id:uuid}", act_on_file, roles=JUDGES, methods=("POST",), name="charter-file-act"),
)
