"""/charte/preuves: a provider keeps what proves its charter; the platform reads it."""

from collections.abc import AsyncIterator
from uuid import UUID

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from charter.declaring import EDITION, provider_of
from charter.evidence.automatic import measured_rows
from charter.evidence.keeping import Given, Sent, add, file_of, one, proofs, revise, revisions, withdraw
from charter.evidence.listing import HREF, Reader, Refused, evidence_list, evidence_page
from charter.forms import text_of
from charter.library import library
from charter.measuring import measures
from charter.models import Action, Evidence
from charter.rules import READERS, WRITERS
from quality import clock
from quality.access.actor import Actor, Role
from quality.access.scope import scoped, visible_one
from quality.db import Connection
from quality.directory.models import Organisation
from quality.errors import Invalid, NotFound, TooLarge
from quality.files import storage
from quality.files.names import disposition
from quality.files.storage import StoredFile
from quality.web import languages
from quality.web.languages import gettext as _
from quality.web.platform import card_of
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in


async def show_evidence(request: Request) -> Response:
    asked = request.query_params
    given = Given(criterion=asked.get("critere", ""), edition=asked.get("edition", "") or EDITION)
    given = given if given.criterion else Given()
    return await _list(request, Refused(given), asked.get("fait", ""))


async def add_evidence(request: Request) -> Response:
    actor, keyring = signed_in(request), request.app.state.house.keyring
    async with request.form() as form:
        given = _given(form)
        try:
            identity = await add(actor, keyring, given, _sent(form))
        except Invalid as refusal:
            errors = tuple((error.field, _(error.message)) for error in refusal.errors)
            return await _list(request, Refused(given, errors), "", 422)
        except TooLarge as refusal:
            return await _list(request, Refused(given, (("fichier", languages.said(refusal)),)), "", 413)
    return RedirectResponse(f"{HREF}?fait={identity}", 303)


async def show_one(request: Request) -> Response:
    return await _one(request, Refused())


async def change_one(request: Request) -> Response:
    """Revise an evidence, or take it out of what serves."""
    actor, keyring = signed_in(request), request.app.state.house.keyring
    identity: UUID = request.path_params["id"]
    async with request.form() as form:
        if form.get("choix") == "retirer":
            await withdraw(actor, identity)
            return RedirectResponse(HREF, 303)
        given = _given(form)
        try:
            await revise(actor, keyring, identity, given, _sent(form))
        except Invalid as refusal:
            errors = tuple((error.field, _(error.message)) for error in refusal.errors)
            return await _one(request, Refused(given, errors), 422)
        except TooLarge as refusal:
            return await _one(request, Refused(given, (("fichier", languages.said(refusal)),)), 413)
    return RedirectResponse(f"{HREF}/{identity}", 303)


async def send_file(request: Request) -> Response:
    """Stream a stored file, to be saved and never shown: one chunk in memory at a time."""
    actor = signed_in(request)
    async with scoped(actor) as db:
        asked = await asked_provider(request, actor, Evidence)
        provider, _is_own = await provider_of(actor, asked)
        params = request.path_params
        file = await file_of(db, provider.id, params["id"], params["number"])
    headers = {
        "Content-Disposition": disposition(file.name),
        "Content-Length": str(file.size),
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    content = _chunks(actor, request, file)
    return StreamingResponse(content, media_type=file.media_type, headers=headers)


async def _chunks(actor: Actor, request: Request, file: StoredFile) -> AsyncIterator[bytes]:
    async with scoped(actor) as db:
        async for chunk in storage.chunks(db, request.app.state.house.keyring, file.id):
            yield chunk


async def _list(request: Request, refused: Refused, added: str, status: int = 200) -> Response:
    actor = signed_in(request)
    async with scoped(actor) as db:
        reader, provider = await _reader(request, db, actor)
        found = await proofs(db, provider)
        charter = reader.library.current(EDITION)
        measured = await measures(db, actor, provider, charter)
    rows = tuple(measured_rows(reader, charter, measured).values())
    name = next((each.title for each in found if str(each.id) == added), "")
    return await render(request, evidence_list(reader, found, refused, name, rows), status)


async def _one(request: Request, refused: Refused, status: int = 200) -> Response:
    actor, identity = signed_in(request), request.path_params["id"]
    async with scoped(actor) as db:
        reader, provider = await _reader(request, db, actor)
        proof = await one(db, provider, identity)
        past = await revisions(db, identity)
    return await render(request, evidence_page(reader, proof, past, refused), status)


async def _reader(request: Request, db: Connection, actor: Actor) -> tuple[Reader, UUID]:
    """Say who reads whose evidence; inside `scoped(actor)`."""
    asked = await asked_provider(request, actor, Evidence)
    provider, is_own = await provider_of(actor, asked)
    zone = (await card_of(actor.platform)).zone
    today = clock.now().astimezone(zone).date()
    query = "" if is_own else f"?organisme={provider.code}"
    known = await library(db, actor.platform)
    reader = Reader(provider.name, is_own, query, today, zone, actor.role != Role.supervisor, known)
    return reader, provider.id


async def asked_provider(request: Request, actor: Actor, model: type[Evidence | Action]) -> str:
    """Give the code of the provider whose page is asked for: named, one's own (""), or that of the row."""
    asked, identity = request.query_params.get("organisme", ""), request.path_params.get("id")
    if actor.role == Role.provider or asked:
        return asked
    if identity is None:
        raise NotFound
    row = await visible_one(actor, model, id=identity)
    return (await visible_one(actor, Organisation, id=row.provider_id)).code


def _given(form: FormData) -> Given:
    return Given(
        text_of(form, "titre"),
        text_of(form, "document"),
        text_of(form, "edition"),
        text_of(form, "critere"),
        text_of(form, "expire").strip(),
        text_of(form, "adresse").strip(),
    )


def _sent(form: FormData) -> Sent | None:
    file = form.get("fichier")
    return Sent(file.filename, file.file) if isinstance(file, UploadFile) and file.filename else None


ROLES = READERS | WRITERS
ONE = HREF + "/{id:uuid}"
ROUTES = (
    page(HREF, show_evidence, roles=ROLES, name="evidence"),
    page(HREF, add_evidence, roles=WRITERS, methods=("POST",), name="evidence-add"),
    page(ONE, show_one, roles=ROLES, name="evidence-one"),
    page(ONE, change_one, roles=WRITERS, methods=("POST",), name="evidence-change"),
    page(ONE + "/fichier/{number:int}", send_file, roles=ROLES, name="evidence-file"),
)
