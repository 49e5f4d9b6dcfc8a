"""From the token in an address to the invited visit; wrong tokens are limited by address and altogether."""

from starlette.requests import Request

from quality import clock
from quality.db import pool
from quality.tokens import normalise
from quality.web.wrong_tokens import WRONG, admitted
from surveys.dispatch.links import token_key
from surveys.respond.recent import RecentVisits
from surveys.response import InvitedVisit, by_token

RECENT = RecentVisits()


async def visit_of(request: Request) -> tuple[str, InvitedVisit] | None:
    """Find the visit and its token as we write it; None for unknown, expired and closed alike."""
    found = await visit_ever_of(request)
    if found is None or not found[1].is_open(clock.now()):
        return None
    RECENT.keep(*found)
    return found


async def visit_ever_of(request: Request) -> tuple[str, InvitedVisit] | None:
    """Find the visit, over or not; the wrong tokens are those that open nothing."""
    address = admitted(request)
    typed = str(request.path_params["token"])
    token = normalise(typed)
    visit = None
    if token is not None:
        seen = RECENT.find(token)
        key = token_key(request.app.state.house.keyring, token)
        visit = await by_token(pool("answer"), key, seen.id if seen else None)
    if visit is None or not visit.is_open(clock.now()):
        WRONG.note(address, (token or typed)[:64])
    return (token, visit) if token and visit else None


async def recent_visit_of(request: Request) -> tuple[str, InvitedVisit] | None:
    """Find the visit whose page was shown a moment ago without reading it again; else as `visit_of`."""
    admitted(request)
    token = normalise(str(request.path_params["token"]))
    visit = RECENT.find(token) if token else None
    if token and visit and visit.is_open(clock.now()):
        return token, visit
    return await visit_of(request)
