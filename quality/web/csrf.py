"""Forms from elsewhere are refused: the Origin must be ours, and a signed-in form carries a token."""

import hashlib
import hmac

from starlette.requests import Request

from quality.errors import Forbidden
from quality.web.addresses import parts_of
from quality.web.session import COOKIE

FIELD = "jeton"
FORM_FIELDS, FORM_PART_BYTES = 400, 1024 * 1024


def token_of(request: Request) -> str:
    """Return the token of this browser's session, or nothing when nobody is signed in."""
    cookie = request.cookies.get(COOKIE)
    if not cookie:
        return ""
    key: bytes = request.app.state.house.keyring.subkey("csrf")
    return hmac.new(key, cookie.encode(), hashlib.sha256).hexdigest()


async def check(request: Request) -> None:
    """Refuse a form without our Origin or without its session's token (`jeton` or X-CSRF-Token)."""
    check_origin(request)
    sent = request.headers.get("x-csrf-token")
    if sent is None:
        form = await request.form(max_fields=FORM_FIELDS, max_part_size=FORM_PART_BYTES)
        sent = str(form.get(FIELD, ""))
    if not hmac.compare_digest(sent.encode(), token_of(request).encode()):
        raise Forbidden("Cette page est restée ouverte trop longtemps. Rechargez-la, puis recommencez.")


def check_origin(request: Request) -> None:
    """Refuse a browser's form of another site; a program that sends no Origin has its own proof."""
    origin = request.headers.get("origin")
    if origin is not None and parts_of(origin).netloc != request.headers.get("host"):
        raise Forbidden("Ce formulaire vient d’un autre site. Ouvrez la page, puis recommencez.")
