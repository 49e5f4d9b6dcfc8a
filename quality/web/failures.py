"""Errors as the reader understands them: a page in French or English, problem+json for the API (RFC 9457)."""

import logging
import secrets
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

import asyncpg
import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from tortoise.exceptions import DBConnectionError

from quality.access.actor import Actor
from quality.errors import Forbidden, Invalid, NotFound, QualityError, SignInRequired, TooLarge, Unavailable
from quality.french import french
from quality.web import languages
from quality.web.platform import PlatformCard, card_of, known_card
from quality.web.rendering import render, render_answer
from quality.web.session import actor_of
from quality.web.unsent import address_of, unsent

log = logging.getLogger(__name__)
ANSWERS = ("/s/", "/suivi/")
_BY_STATUS: dict[int, type[QualityError]] = {403: Forbidden, 404: NotFound, 413: TooLarge}


@dataclass(frozen=True, slots=True)
class Error:
    """The page of an error: what happened, what to do; `incident` is the number written in the log."""

    status: int
    title: str
    message: str
    incident: str


@dataclass(frozen=True, slots=True)
class AnswerError(Error):
    """The same for somebody who answers, in the style of the answer pages."""


class Unexpected(QualityError):
    """A failure that nothing foresaw; its number is told to the reader and written in the log."""

    def __init__(self) -> None:
        super().__init__()
        self.incident = secrets.token_hex(4).upper()


class Misaddressed(QualityError):
    """An address that does not take this kind of request."""

    status = 405
    title = french("Cette page ne s’ouvre pas ainsi")


async def failed(request: Request, error: Exception) -> Response:
    """Answer any error that reached the top."""
    known = error if isinstance(error, QualityError) else _known(error)
    if request.scope["path"].startswith("/api/"):
        return problem(known)
    if isinstance(known, SignInRequired) and request.method == "GET":
        return RedirectResponse(f"/connexion?{urlencode({'suite': address_of(request)})}", 303)
    return await _page(request, known)


def problem(error: QualityError) -> Response:
    """Return an RFC 9457 problem document."""
    document: dict[str, object] = {
        "type": "about:blank",
        "title": error.title,
        "status": error.status,
        "detail": str(error),
    }
    if isinstance(error, Invalid) and error.errors:
        document["errors"] = [{"field": e.field, "message": e.message} for e in error.errors]
    return Response(msgspec.json.encode(document), error.status, media_type="application/problem+json")


def _known(error: Exception) -> QualityError:
    if isinstance(error, HTTPException):
        return _from_status(error.status_code)
    if isinstance(
        error,
        (asyncpg.PostgresConnectionError, DBConnectionError, ConnectionError, asyncpg.CannotConnectNowError),
    ):
        return Unavailable()
    unexpected = Unexpected()
    log.error("unexpected error, incident %s", unexpected.incident, exc_info=error)
    return unexpected


def _from_status(status: int) -> QualityError:
    known = _BY_STATUS.get(status)
    if known is not None:
        return known()
    if status == Misaddressed.status:
        return Misaddressed(french("Cette adresse ne répond pas à cette demande."))
    error = QualityError()
    error.status = status
    return error


async def _page(request: Request, error: QualityError) -> Response:
    actor = await _reader(request, error)
    language = languages.chosen(request, actor.language if actor else None)
    if request.method == "POST" and error.status < 500 and (form := await unsent(request, error, language)):
        return await render(request, form, error.status)
    kind = AnswerError if request.scope["path"].startswith(ANSWERS) else Error
    with languages.using(language):
        title, message = languages.gettext(error.title), languages.said(error)
    page = kind(error.status, title, message, getattr(error, "incident", ""))
    if kind is Error and error.status < 500:
        return await render(request, page, error.status)
    # Neither needs the session nor the menu: this page still comes when the database does not.
    card = await _card(actor.platform if actor else None)
    return render_answer(request, page, card, language, error.status)


async def _reader(request: Request, error: QualityError) -> Actor | None:
    """Give who reads; an address that no route knows has not asked yet."""
    known: Actor | None = getattr(request.state, "actor", None)
    if known is not None or error.status >= 500:
        return known
    return await actor_of(request)


async def _card(platform: UUID | None) -> PlatformCard:
    try:
        return await card_of(platform)
    except Exception:
        log.exception("an error page is shown with the platform last known")
        return known_card(platform)
