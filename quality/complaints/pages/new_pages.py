"""/reclamations/nouvelle: a complaint heard on the telephone, read in a letter, or received by a provider."""

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality.access import refusals
from quality.access.actor import Actor, Role
from quality.access.scope import scoped, visible
from quality.complaints.opening import Opened, Wish
from quality.complaints.pages.finding import find
from quality.complaints.resolving import desk_opening
from quality.complaints.resolving.handling import KINDS
from quality.complaints.resolving.moves import MANAGERS
from quality.complaints.resolving.serious import HELPLINE
from quality.complaints.waiting import HREF, READERS
from quality.complaints.words import kinds
from quality.directory.matching import alphabetical
from quality.directory.models import Organisation
from quality.errors import FieldError, Invalid
from quality.web.languages import gettext as _
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in

PATH = f"{HREF}/nouvelle"
WISHES = {"nom": Wish.NAMED, "sans": Wish.ANONYMOUS, "appel": Wish.CALL_FIRST}
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class NewComplaint:
    """The form, and the clients found with the address that fills it in for each.

    `reported` is the number of a serious event that its agent cannot read any more.
    """

    is_provider: bool
    sought: str
    found: Pairs
    providers: Pairs
    kinds: Pairs
    values: dict[str, str]
    errors: Pairs
    reported: int | None
    helpline: str


async def show(request: Request) -> Response:
    asked = {name: request.query_params.get(name, "")[:80] for name in ("organisme", "reference")}
    sought = request.query_params.get("qui", "")
    return await _show(request, asked, found=await _found(request, sought), sought=sought)


async def open_one(request: Request) -> Response:
    actor, form = signed_in(request), await _form(request)
    try:
        opened = await _open(request, actor, form)
    except Invalid as refusal:
        return await _show(request, form, refusals.said(refusal))
    if form.get("grave") == "oui" and actor.role not in MANAGERS | {Role.provider}:
        return await _show(request, {}, reported=opened.number)
    return RedirectResponse(f"{HREF}/{opened.number}", 303)


async def _open(request: Request, actor: Actor, form: dict[str, str]) -> Opened:
    keyring = request.app.state.house.keyring
    client = await desk_opening.client_of(actor, form.get("organisme", ""), form.get("reference", ""))
    kind, text = form.get("motif", ""), form.get("paroles", "")
    sent = desk_opening.form_of(form.get("formulaire", ""))
    if actor.role == Role.provider:
        return await desk_opening.open_by_provider(
            actor, keyring, client=client, kind=kind, text=text, form=sent
        )
    is_serious = form.get("grave") == "oui"
    wish = Wish.ANONYMOUS if is_serious else WISHES.get(form.get("souhait", ""))
    if wish is None:
        raise Invalid(errors=(FieldError("souhait-nom", _("Choisissez ce que souhaite la personne.")),))
    source = "letter" if form.get("source") == "lettre" else "desk"
    return await desk_opening.open_by_staff(
        actor,
        keyring,
        client=client,
        kind=kind,
        disclosure=wish,
        text=text,
        source_kind=source,
        serious=is_serious,
        form=sent,
    )


async def _form(request: Request) -> dict[str, str]:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


async def _found(request: Request, sought: str) -> Pairs:
    """Give the clients sought, in words, each with the address of the form filled in for it."""
    actor = signed_in(request)
    found = await find(actor, request.app.state.house.keyring, sought)
    is_provider = actor.role == Role.provider
    return tuple(
        (
            f"{PATH}?{urlencode({'organisme': each.code, 'reference': each.reference})}#nouvelle",
            ", ".join(filter(None, (each.name, each.commune, "" if is_provider else each.provider))),
        )
        for each in found
    )


async def _show(
    request: Request,
    values: dict[str, str],
    errors: Pairs = (),
    *,
    reported: int | None = None,
    found: Pairs = (),
    sought: str = "",
) -> Response:
    actor = signed_in(request)
    is_provider = actor.role == Role.provider
    shown = NewComplaint(
        is_provider=is_provider,
        sought=sought,
        found=found,
        providers=() if is_provider else await _providers(actor),
        kinds=(("", _("Choisir")), *(each for each in kinds().items() if each[0] in KINDS)),
        values=values,
        errors=errors,
        reported=reported,
        helpline=HELPLINE,
    )
    return await render(request, shown, 422 if errors else 200)


async def _providers(actor: Actor) -> Pairs:
    async with scoped(actor):
        rows = await visible(actor, Organisation).filter(kind="provider").order_by("id")
    named = sorted(((row.code, row.name) for row in rows), key=lambda pair: alphabetical(pair[1]))
    return (("", _("Choisir")), *named)


ROUTES = (
    page(PATH, show, roles=READERS, name="new-complaint"),
    page(PATH, open_one, roles=READERS, methods=("POST",), name="new-complaint-open"),
)
