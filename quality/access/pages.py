"""Signing in and out, choosing one's space, and passwords chosen by a link used once."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality.access import codes, sessions, signing
from quality.access.actor import ALL_ROLES, GATE
from quality.access.addresses import HOME, address_of, local_path
from quality.access.codes import Purpose
from quality.access.refusals import Errors, said
from quality.access.scope import scoped
from quality.access.signing import Space
from quality.errors import Conflict, Invalid, NotFound
from quality.keys import Keyring
from quality.web.rendering import render
from quality.web.routing import page, public
from quality.web.session import close_session, open_session, signed_in

SPACES = "/connexion/espaces"


@dataclass(frozen=True, slots=True)
class SignIn:
    """The form of /connexion."""

    email: str
    next_path: str
    errors: Errors = ()


@dataclass(frozen=True, slots=True)
class SignOut:
    """The button of /deconnexion: a link alone signs nobody out."""


@dataclass(frozen=True, slots=True)
class SpaceChoice:
    """The spaces of somebody who works in several."""

    spaces: Sequence[Space]
    current: UUID | None
    next_path: str


@dataclass(frozen=True, slots=True)
class PasswordAsk:
    """The form of a lost password; `is_sent` says the same whether the address exists or not."""

    is_sent: bool


@dataclass(frozen=True, slots=True)
class PasswordSet:
    """The form of a password to choose, at the address of its one-time code."""

    email: str
    is_first: bool
    errors: Errors = ()


@dataclass(frozen=True, slots=True)
class PasswordClosed:
    """A link that has served, is too old or never was."""

    is_first: bool


def _keyring(request: Request) -> Keyring:
    keyring: Keyring = request.app.state.house.keyring
    return keyring


async def _field(request: Request, name: str) -> str:
    return str((await request.form()).get(name, ""))


async def sign_in_form(request: Request) -> Response:
    return await render(request, SignIn("", local_path(request.query_params.get("suite", ""))))


async def sign_in(request: Request) -> Response:
    email, next_path = await _field(request, "email"), local_path(await _field(request, "suite"))
    password = await _field(request, "mot-de-passe")
    try:
        spaces = await signing.sign_in(_keyring(request), email, password, address_of(request))
    except Invalid as error:
        return await render(request, SignIn(email, next_path, said(error)), 422)
    target = next_path if len(spaces) == 1 else f"{SPACES}?suite={next_path}"
    return await _enter(request, spaces[0].membership, target)


async def _enter(request: Request, membership: UUID, target: str) -> Response:
    """Open a session in a space; the one this browser had before ends."""
    response = RedirectResponse(target, 303)
    await close_session(request, response)
    await open_session(request, response, membership)
    return response


async def choose_space_form(request: Request) -> Response:
    actor = signed_in(request)
    next_path = local_path(request.query_params.get("suite", ""))
    return await render(request, SpaceChoice(await sessions.spaces(actor), actor.membership, next_path))


async def choose_space(request: Request) -> Response:
    wanted, next_path = await _field(request, "espace"), local_path(await _field(request, "suite"))
    mine = {str(space.membership): space.membership for space in await sessions.spaces(signed_in(request))}
    if wanted not in mine:
        raise NotFound
    return await _enter(request, mine[wanted], next_path)


async def sign_out_form(request: Request) -> Response:
    return await render(request, SignOut())


async def sign_out(request: Request) -> Response:
    response = RedirectResponse("/connexion", 303)
    await close_session(request, response)
    return response


async def ask_password_form(request: Request) -> Response:
    return await render(request, PasswordAsk(is_sent="envoye" in request.query_params))


async def ask_password(request: Request) -> Response:
    base_url = request.app.state.house.settings.base_url
    await signing.ask_reset(_keyring(request), base_url, await _field(request, "email"), address_of(request))
    return RedirectResponse("/mot-de-passe?envoye=oui", 303)


async def reset_form(request: Request) -> Response:
    return await _password_form(request, Purpose.reset)


async def reset(request: Request) -> Response:
    return await _choose_password(request, Purpose.reset)


async def invitation_form(request: Request) -> Response:
    return await _password_form(request, Purpose.invitation)


async def accept_invitation(request: Request) -> Response:
    return await _choose_password(request, Purpose.invitation)


async def _password_form(
    request: Request, purpose: Purpose, errors: Errors = (), status: int = 200
) -> Response:
    async with scoped(GATE) as db:
        email = await codes.holder(db, request.path_params["code"], purpose)
    is_first = purpose is Purpose.invitation
    if email is None:
        return await render(request, PasswordClosed(is_first), 404)
    return await render(request, PasswordSet(email, is_first, errors), status)


async def _choose_password(request: Request, purpose: Purpose) -> Response:
    wanted = await _field(request, "mot-de-passe")
    try:
        account = await signing.set_password_by_code(request.path_params["code"], purpose, wanted)
    except Invalid as error:
        return await _password_form(request, purpose, said(error), 422)
    except Conflict:
        return await render(request, PasswordClosed(purpose is Purpose.invitation), 404)
    async with scoped(GATE) as db:
        spaces = await signing.spaces_of(db, account)
    if not spaces:
        return RedirectResponse("/connexion", 303)
    return await _enter(request, spaces[0].membership, HOME if len(spaces) == 1 else SPACES)


ROUTES = (
    public("/connexion", sign_in_form),
    public("/connexion", sign_in, methods=("POST",)),
    page(SPACES, choose_space_form, roles=ALL_ROLES),
    page(SPACES, choose_space, roles=ALL_ROLES, methods=("POST",)),
    page("/deconnexion", sign_out_form, roles=ALL_ROLES),
    page("/deconnexion", sign_out, roles=ALL_ROLES, methods=("POST",)),
    public("/mot-de-passe", ask_password_form),
    public("/mot-de-passe", ask_password, methods=("POST",)),
    public("/mot-de-passe/{code}", reset_form),
    public("/mot-de-passe/{code}", reset, methods=("POST",)),
    public("/invitation/{code}", invitation_form),
    public("/invitation/{code}", accept_invitation, methods=("POST",)),
)
