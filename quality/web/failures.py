"""Errors as the reader understands them: a page in French or English, problem+json for the API (RFC 9457)."""

import logging
from dataclasses import dataclass
from urllib.parse import urlencode

import asyncpg
import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from tortoise.exceptions import DBConnectionError

from quality.access.actor import Actor
from quality.errors import Invalid, NotFound, QualityError, SignInRequired, TooLarge, Unavailable
from quality.french import french
from quality.web import languages
from quality.web.rendering import render

log = logging.getLogger(__name__)
_BY_STATUS: dict[int, type[QualityError]] = {404: NotFound, 413: TooLarge}


@dataclass(frozen=True, slots=True)
class Error:
    """The page of an error: what happened, what to do."""

    status: int
    title: str
    message: str


async def failed(request: Request, error: Exception) -> Response:
    """Answer any error that reached the top."""
    known = error if isinstance(error, QualityError) else _known(error)
    if request.scope["path"].startswith("/api/"):
        return problem(known)
    if isinstance(known, SignInRequired) and request.method == "GET":
        return RedirectResponse(f"/connexion?{urlencode({'suite': _address(request)})}", 303)
    return await _page(request, known)


def _address(request: Request) -> str:
    query = request.url.query
    return f"{request.scope['path']}?{query}" if query else str(request.scope["path"])


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
    log.error("unexpected error", exc_info=error)
    return QualityError()


def _from_status(status: int) -> QualityError:
    known = _BY_STATUS.get(status)
    if known is not None:
        return known()
    error = QualityError(french("Cette adresse ne répond pas à cette demande.") if status == 405 else "")
    error.status = status
    return error


async def _page(request: Request, error: QualityError) -> Response:
    actor: Actor | None = getattr(request.state, "actor", None)
    with languages.using(languages.chosen(request, actor.language if actor else None)):
        page = Error(error.status, languages.gettext(error.title), languages.said(error))
    return await render(request, page, error.status)
