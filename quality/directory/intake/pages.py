"""The pages of received files: send, preview, confirm or abandon, take the refused lines back."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality.access.actor import Actor, Role
from quality.access.scope import scoped
from quality.app import House
from quality.component import MenuEntry
from quality.directory.intake import batch_rows, batches
from quality.directory.intake.batch_rows import Batch, State
from quality.directory.intake.batches import Upload
from quality.directory.intake.outcomes import Outcome, outcomes
from quality.directory.intake.refusals import FileRefused, LineError
from quality.errors import NotFound, TooLarge
from quality.files import storage
from quality.french import french
from quality.web import format as text
from quality.web import languages
from quality.web.languages import gettext as _
from quality.web.paging import ROWS, Slice, first_row, placed
from quality.web.platform import card_of
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in

SENDERS = frozenset({Role.provider, Role.platform})
DELIMITERS = {";": french("point-virgule"), ",": french("virgule"), "\t": french("tabulation")}
ENCODINGS = {"cp1252": "Windows", "utf-8": "UTF-8", "utf-8-sig": "UTF-8"}
COUNTS = ("read", "created", "updated", "unchanged", "refused")
KILOBYTE = 1024


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One received file of the list."""

    href: str
    filename: str
    provider: str
    received: str
    read: int
    kept: int
    refused: int
    state: State


@dataclass(frozen=True, slots=True)
class ImportList:
    """/imports: the form, and the files already received; `errors` are (field, message) pairs."""

    files: Slice[ImportLine]
    providers: Sequence[tuple[str, str]]
    chosen: str
    errors: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """/imports/{id}: what a file holds, what is refused and why, and what follows once it is in."""

    id: UUID
    filename: str
    provider: str
    received: str
    state: State
    read: int
    created: int
    updated: int
    unchanged: int
    refused: int
    kept: int
    errors: Sequence[LineError]
    has_more_errors: bool
    rejects_href: str
    reading: Sequence[tuple[str, str]]
    outcomes: Sequence[Outcome]


async def import_list(request: Request) -> Response:
    return await _list(request, (), 200)


async def import_upload(request: Request) -> Response:
    async with request.form() as form:
        return await _received_upload(request, form)


async def _received_upload(request: Request, form: FormData) -> Response:
    actor = signed_in(request)
    sent, chosen = form.get("fichier"), str(form.get("organisme", ""))
    if not isinstance(sent, UploadFile) or not sent.filename:
        return await _list(request, (("fichier", _("Choisissez un fichier CSV ou XLSX.")),), 422, chosen)
    provider = _chosen(actor, chosen)
    if provider is None:
        missing = _("Choisissez l’organisme qui a fait ces visites.")
        return await _list(request, (("organisme", missing),), 422)
    try:
        batch = await batches.preview(actor, _house(request), Upload(sent.filename, sent.file), provider)
    except (FileRefused, TooLarge) as error:
        return await _list(request, (("fichier", languages.said(error)),), error.status, chosen)
    return RedirectResponse(f"/imports/{batch}", 303)


async def import_preview(request: Request) -> Response:
    actor = signed_in(request)
    async with scoped(actor) as db:
        batch = await batch_rows.one(db, actor, _house(request).keyring, request.path_params["id"])
        found = await outcomes(db, batch.provider, batch.id) if batch.state == State.committed else ()
    return await render(request, await _preview(request, batch, found))


async def import_confirm(request: Request) -> Response:
    actor, batch, form = signed_in(request), request.path_params["id"], await request.form()
    if form.get("choix") == "abandon":
        await batches.abandon(actor, batch)
        return RedirectResponse("/imports", 303)
    await batches.commit(actor, _house(request), batch)
    return RedirectResponse(f"/imports/{batch}", 303)


async def import_rejects(request: Request) -> Response:
    actor, house = signed_in(request), _house(request)
    async with scoped(actor) as db:
        batch = await batch_rows.one(db, actor, _house(request).keyring, request.path_params["id"])
        if batch.rejects is None:
            raise NotFound
        file = await storage.find(db, batch.rejects)
        content = await storage.read(db, house.keyring, file.id)
    disposition = f"attachment; filename*=UTF-8''{quote(file.name)}"
    return Response(
        content,
        media_type=file.media_type,
        headers={"Content-Disposition": disposition, "Cache-Control": "no-store"},
    )


async def _list(
    request: Request, errors: Sequence[tuple[str, str]], status: int, chosen: str = ""
) -> Response:
    actor = signed_in(request)
    total = await batch_rows.number(actor)
    start = first_row(request.query_params.get("page", ""), total)
    found = [await _line(request, batch) for batch in await batch_rows.newest(actor, ROWS, start)]
    files = placed(found, start, total, "/imports?", "#recus")
    listing = ImportList(files, await batch_rows.providers(actor), chosen, errors)
    return await render(request, listing, status)


async def _line(request: Request, batch: Batch) -> ImportLine:
    return ImportLine(
        href=f"/imports/{batch.id}",
        filename=batch.filename,
        provider=batch.provider_name,
        received=await _received(request, batch),
        read=batch.counts.get("read", 0),
        kept=batch.kept,
        refused=batch.counts.get("refused", 0),
        state=batch.state,
    )


async def _preview(request: Request, batch: Batch, found: Sequence[Outcome]) -> ImportPreview:
    counts = {name: batch.counts.get(name, 0) for name in COUNTS}
    return ImportPreview(
        id=batch.id,
        filename=batch.filename,
        provider=batch.provider_name,
        received=await _received(request, batch),
        state=batch.state,
        kept=batch.kept,
        errors=batch.errors,
        has_more_errors=len({error.line for error in batch.errors}) < counts["refused"],
        rejects_href=f"/imports/{batch.id}/rejets.csv" if batch.rejects else "",
        reading=_reading(batch),
        outcomes=found,
        **counts,
    )


async def _received(request: Request, batch: Batch) -> str:
    card = await card_of(signed_in(request).platform)
    return text.moment_text(batch.created_at.astimezone(card.zone), languages.current())


def _reading(batch: Batch) -> Sequence[tuple[str, str]]:
    """Say how a file was read; what came by the API has no file."""
    facts = batch.reading
    if not facts:
        return ()
    language = languages.current()
    size = text.count(-(-facts["size"] // KILOBYTE), language)
    seconds = text.number(facts["seconds"], 1, language)
    return (
        (_("Format"), _format(facts["kind"], facts["delimiter"], facts["encoding"])),
        (_("Dates"), _("jour/mois/année ou ISO 8601, à l’heure du lieu de la visite")),
        (_("Titres reconnus"), _headings(facts["headings"], facts["ignored"])),
        (_("Poids"), _("{size} Ko, lus en {seconds} s").format(size=size, seconds=seconds)),
        (_("Doublons"), _("Repérés par la référence de la visite")),
    )


def _format(kind: str, delimiter: str, encoding: str) -> str:
    if kind == "xlsx":
        return _("Classeur XLSX, première feuille")
    words = {"delimiter": _(DELIMITERS[delimiter]), "encoding": ENCODINGS[encoding]}
    return _("CSV, séparateur {delimiter}, encodage {encoding}").format(**words)


def _headings(headings: int, ignored: Sequence[str]) -> str:
    known = _("{known} sur {headings}.").format(known=headings - len(ignored), headings=headings)
    if not ignored:
        return known
    names = ", ".join(_("« {heading} »").format(heading=heading) for heading in ignored)
    advice = languages.ngettext(
        "La colonne {names} est ignorée.", "Les colonnes {names} sont ignorées.", len(ignored)
    )
    return f"{known} {advice.format(names=names)}"


def _chosen(actor: Actor, organisation: str) -> UUID | None:
    if actor.role == Role.provider:
        return actor.organisation
    try:
        return UUID(organisation)
    except ValueError:
        return None


def _house(request: Request) -> House:
    house: House = request.app.state.house
    return house


ROUTES = (
    page("/imports", import_list, roles=SENDERS),
    page("/imports", import_upload, roles=SENDERS, methods=("POST",)),
    page("/imports/{id:uuid}", import_preview, roles=SENDERS),
    page("/imports/{id:uuid}/confirmer", import_confirm, roles=SENDERS, methods=("POST",)),
    page("/imports/{id:uuid}/rejets.csv", import_rejects, roles=SENDERS),
)
MENU = (MenuEntry("/imports", "Fichiers", "upload", SENDERS, rank=90, count=batch_rows.waiting),)
