"""Addresses that carriers call: delivery reports, signed, and incoming messages, under a shared secret."""

import base64
import hmac
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from quality import clock
from quality.db import pool
from quality.errors import NotFound
from quality.keys import Keyring
from quality.web.routing import View, public
from surveys.channels.sms_kannel import INCOMING_QUERY, incoming_of, report_of
from surveys.dispatch import incoming, reports
from surveys.dispatch.writing import REPORT_LABEL

if TYPE_CHECKING:
    from quality.app import House

INCOMING_PATH = "/hooks/sms/kannel/incoming"


def incoming_secret(keyring: Keyring) -> str:
    """Return the secret that the gateway's configuration puts in its get-url."""
    return base64.b32encode(keyring.subkey("sms.incoming")[:20]).decode("ascii").lower()


def incoming_url(house: "House") -> str:
    """Return the get-url to write in Kannel's configuration, with Kannel's own escapes."""
    base = house.settings.base_url.rstrip("/")
    return f"{base}{INCOMING_PATH}/{incoming_secret(house.keyring)}?{INCOMING_QUERY}"


def _called(view: View) -> View:
    """Refuse HEAD, which the routing gives with GET: only a carrier's own call may change something."""

    async def called(request: Request) -> Response:
        if request.method == "HEAD":
            return Response(status_code=405, headers={"Allow": "GET"})
        return await view(request)

    return called


async def kannel_report(request: Request) -> Response:
    key = request.app.state.house.keyring.subkey(REPORT_LABEL)
    report = report_of(request.query_params, key)
    await reports.apply(pool("work"), report, clock.now())
    return Response(status_code=200)


async def kannel_incoming(request: Request) -> Response:
    house = request.app.state.house
    secret = str(request.path_params["secret"])
    if not hmac.compare_digest(secret.encode(), incoming_secret(house.keyring).encode()):
        raise NotFound
    message = incoming_of(request.scope["query_string"])
    await incoming.receive(house, message, clock.now())
    return Response(status_code=200)  # an empty answer: the gateway sends nothing back by itself


ROUTES = (
    public("/hooks/sms/kannel/report", _called(kannel_report), name="kannel-report"),
    public(f"{INCOMING_PATH}/{{secret}}", _called(kannel_incoming), name="kannel-incoming"),
)
