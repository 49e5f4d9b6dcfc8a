"""/reclamations/{number}: one complaint, one timeline, and what each side does about it."""

from collections.abc import Awaitable, Callable

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality.access import refusals
from quality.access.actor import Actor
from quality.complaints import reading
from quality.complaints.pages import attachments, following, opinions, replies
from quality.complaints.pages.acting import ACTIONS, PROMISE_ACTIONS, Action, Asked
from quality.complaints.pages.granting import granting
from quality.complaints.pages.offers import ALIVE
from quality.complaints.pages.replies import Reply
from quality.complaints.pages.showing import Given, shown
from quality.complaints.resolving.promising import NotAuthorised
from quality.complaints.waiting import HREF, READERS
from quality.errors import Conflict, Invalid
from quality.files.names import disposition
from quality.web import languages
from quality.web.platform import card_of
from quality.web.rendering import render
from quality.web.routing import GuardedRoute, page
from quality.web.session import signed_in

NUMBER = HREF + "/{number:int}"
# Fields that a kept reply may fill in, without a script: the address names the reply and the field.
FILLED = frozenset({"note", "solution"})


async def complaint(request: Request) -> Response:
    actor, asked = signed_in(request), request.query_params
    kept = await replies.replies(actor)
    field = asked.get("dans", "note")
    reply = next((each for each in kept if str(each.id) == asked.get("reponse")), None)
    if reply is None or field not in FILLED:
        return await _show(request, Given({}), kept)
    values = {field: reply.text, **({"lecteurs": "personne"} if field == "note" else {})}
    return await _show(request, Given(values, open_form=field), kept)


async def complaint_file(request: Request) -> Response:
    """Give a joined file to save, never to show in the page."""
    keyring, file = request.app.state.house.keyring, request.path_params["id"]
    found = await attachments.opened(signed_in(request), keyring, _number(request), file)
    headers = {"Content-Disposition": disposition(found.name), "Cache-Control": "no-store"}
    return Response(found.content, media_type=found.media_type, headers=headers)


def _taking(action: Action) -> Callable[[Request], Awaitable[Response]]:
    """Return the view of a form: done leads back to the page, refused shows it with what was written."""

    async def take(request: Request) -> Response:
        async with request.form() as form:
            asked = await _asked(request, dict(form))
            if action.path == "note" and asked.text("apercu"):
                return await _preview(request, asked)
            return await _take(request, action, asked)

    take.__name__ = f"complaint-{action.path}"
    return take


async def _take(request: Request, action: Action, asked: Asked) -> Response:
    written = {name: value for name, value in asked.fields.items() if isinstance(value, str)}
    try:
        await action.take(asked)
    except Invalid as refusal:
        suffix = f"-{asked.promise}" if asked.promise else ""
        errors = tuple((f"{field}{suffix}", words) for field, words in refusals.said(refusal))
        return await _show(request, Given(written, errors, open_form=action.path), status=422)
    except (Conflict, NotAuthorised) as refusal:
        given = Given(written, notice=languages.said(refusal), open_form=action.path)
        return await _show(request, given, status=refusal.status)
    return RedirectResponse(f"{HREF}/{asked.number}", 303)


async def _preview(request: Request, asked: Asked) -> Response:
    """Show a note as its client will read it, and keep nothing."""
    text = asked.text("note") if asked.text("lecteurs") == "personne" else ""
    lines = tuple(line for line in text.splitlines() if line.strip())
    written = {"note": asked.text("note"), "lecteurs": asked.text("lecteurs")}
    return await _show(request, Given(written, open_form="note", preview=lines))


async def _asked(request: Request, fields: dict[str, str | UploadFile]) -> Asked:
    actor, number = signed_in(request), _number(request)
    departement = await reading.place_of(actor, number)
    keyring, promise = request.app.state.house.keyring, request.path_params.get("promise")
    return Asked(actor, keyring, number, departement, fields, promise)


async def _show(
    request: Request, given: Given, kept: tuple[Reply, ...] | None = None, status: int = 200
) -> Response:
    actor = signed_in(request)
    read = await reading.one(actor, request.app.state.house.keyring, _number(request))
    return await render(
        request,
        shown(
            actor,
            read,
            await following.beside(actor, read),
            granting=await granting(actor, read.number) if read.state in ALIVE else None,
            replies=await replies.replies(actor) if kept is None else kept,
            opinions=await opinions.opinions(actor, read.id),
            platform=await _platform(actor),
            given=given,
        ),
        status,
    )


async def _platform(actor: Actor) -> str:
    return (await card_of(actor.platform)).name


def _number(request: Request) -> int:
    number: int = request.path_params["number"]
    return number


def _routes() -> tuple[GuardedRoute, ...]:
    forms = [(f"{NUMBER}/{action.path}", action) for action in ACTIONS]
    forms += [(NUMBER + "/engagement/{promise:uuid}/" + action.path, action) for action in PROMISE_ACTIONS]
    return tuple(page(path, _taking(each), roles=each.roles, methods=("POST",)) for path, each in forms)


ROUTES = (
    page(NUMBER, complaint, roles=READERS, name="complaint"),
    page(NUMBER + "/fichier/{id:uuid}", complaint_file, roles=READERS),
    *_routes(),
)
