"""/reclamations/reponses: sentences kept for reuse, each shown as its client reads it."""

from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality.access import refusals
from quality.access.actor import Role
from quality.complaints.pages import replies
from quality.complaints.pages.replies import KEEPERS, Reply
from quality.complaints.waiting import HREF
from quality.errors import Invalid
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in

PATH = f"{HREF}/reponses"
ONE = PATH + "/{id:uuid}"


@dataclass(frozen=True, slots=True)
class ComplaintReplies:
    """The page: the form holds `values`, for a new sentence or for the one whose id is `editing`."""

    replies: tuple[Reply, ...]
    editing: UUID | None
    values: dict[str, str]
    is_provider: bool
    errors: tuple[tuple[str, str], ...]


async def reply_list(request: Request) -> Response:
    return await _show(request)


async def reply_edit(request: Request) -> Response:
    kept = await replies.reply(signed_in(request), request.path_params["id"])
    return await _show(request, {"titre": kept.title, "texte": kept.text}, editing=kept.id)


async def reply_add(request: Request) -> Response:
    form = await _form(request)
    try:
        await replies.add(signed_in(request), form.get("titre", ""), form.get("texte", ""))
    except Invalid as refusal:
        return await _show(request, form, refusals.said(refusal))
    return RedirectResponse(PATH, 303)


async def reply_change(request: Request) -> Response:
    form, kept = await _form(request), request.path_params["id"]
    try:
        await replies.change(signed_in(request), kept, form.get("titre", ""), form.get("texte", ""))
    except Invalid as refusal:
        return await _show(request, form, refusals.said(refusal), editing=kept)
    return RedirectResponse(PATH, 303)


async def reply_remove(request: Request) -> Response:
    await replies.remove(signed_in(request), request.path_params["id"])
    return RedirectResponse(PATH, 303)


async def _form(request: Request) -> dict[str, str]:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


async def _show(
    request: Request,
    values: dict[str, str] | None = None,
    errors: tuple[tuple[str, str], ...] = (),
    *,
    editing: UUID | None = None,
) -> Response:
    actor = signed_in(request)
    shown = ComplaintReplies(
        replies=await replies.replies(actor),
        editing=editing,
        values={"titre": "", "texte": "", **(values or {})},
        is_provider=actor.role == Role.provider,
        errors=errors,
    )
    return await render(request, shown, 422 if errors else 200)


ROUTES = (
    page(PATH, reply_list, roles=KEEPERS, name="complaint-replies"),
    page(PATH, reply_add, roles=KEEPERS, methods=("POST",), name="complaint-reply-add"),
    page(ONE, reply_edit, roles=KEEPERS, name="complaint-reply"),
    page(ONE, reply_change, roles=KEEPERS, methods=("POST",), name="complaint-reply-change"),
    page(f"{ONE}/supprimer", reply_remove, roles=KEEPERS, methods=("POST",), name="complaint-reply-remove"),
)
