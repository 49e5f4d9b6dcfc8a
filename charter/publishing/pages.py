"""/charte/editions: the editions and their files; a platform checks, publishes and withdraws its own."""

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from charter.library import library, text_of
from charter.publishing.checking import LARGEST, Checked
from charter.publishing.keeping import check, publish, withdraw
from charter.publishing.showing import HREF, Errors, edition_list, opened
from charter.rules import JUDGES, READERS
from quality.access.actor import Role
from quality.access.scope import scoped
from quality.web.languages import gettext as _
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in


async def show_editions(request: Request) -> Response:
    return await _list(request)


async def send_edition(request: Request) -> Response:
    """Give the file of an edition, as it is published."""
    actor = signed_in(request)
    async with scoped(actor) as db:
        known = await library(db, actor.platform)
        edition = known.called(request.path_params["name"])
        raw = await text_of(db, actor.platform, known, edition)
    headers = {
        "Content-Disposition": f'attachment; filename="{known.name(edition)}.yaml"',
        "Cache-Control": "no-store",
    }
    return Response(raw, media_type="application/yaml", headers=headers)


async def check_edition(request: Request) -> Response:
    """Show what a file holds, or each fault at its place; nothing is written."""
    async with request.form() as form:
        file = form.get("fichier")
        if not isinstance(file, UploadFile) or not file.filename:
            return await _refused(request, _("Choisissez le fichier YAML d’une édition."))
        name, raw = file.filename, await file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        return await _refused(request, _("Ce fichier dépasse 1 Mo : une édition est bien plus courte."))
    found = await check(signed_in(request), name, raw)
    return await _list(request, 422 if found.faults else 200, found=found, raw=raw)


async def publish_edition(request: Request) -> Response:
    """Publish the file whose preview was read; what changed meanwhile is shown as faults."""
    async with request.form() as form:
        name, raw = str(form.get("nom", "")), opened(str(form.get("contenu", "")))
    found = await publish(signed_in(request), name, raw)
    if found.edition is None:
        return await _list(request, 422, found=found, raw=raw)
    return RedirectResponse(f"{HREF}?fait={found.edition.reference}", 303)


async def withdraw_edition(request: Request) -> Response:
    async with request.form() as form:
        await withdraw(signed_in(request), str(form.get("edition", "")))
    return RedirectResponse(HREF, 303)


async def _refused(request: Request, message: str) -> Response:
    return await _list(request, 422, errors=(("fichier", message),))


async def _list(
    request: Request,
    status: int = 200,
    *,
    found: Checked | None = None,
    raw: bytes = b"",
    errors: Errors = (),
) -> Response:
    actor = signed_in(request)
    async with scoped(actor) as db:
        known = await library(db, actor.platform)
    shown = edition_list(
        known,
        may_publish=actor.role == Role.platform,
        done=request.query_params.get("fait", ""),
        found=found,
        raw=raw,
        errors=errors,
    )
    return await render(request, shown, status)


ROUTES = (
    page(HREF, show_editions, roles=READERS, name="charter-editions"),
    page(HREF, check_edition, roles=JUDGES, methods=("POST",), name="charter-edition-check"),
    page(HREF + "/publier", publish_edition, roles=JUDGES, methods=("POST",), name="charter-edition-publish"),
    page(
        HREF + "/retirer", withdraw_edition, roles=JUDGES, methods=("POST",), name="charter-edition-withdraw"
    ),
    page(HREF + "/{name}.yaml", send_edition, roles=READERS, name="charter-edition-file"),
)
