"""Forms from elsewhere are refused: the Origin must be ours, and a signed-in form carries a token."""

import hashlib
import hmac

from starlette.requests import Request

from quality.errors import Forbidden
from quality.french import french
from quality.web.addresses import parts_of
from quality.web.session import COOKIE

FIELD = "jeton"
FORM_FIELDS, FORM_PART_BYTES = 400, 1024 * 1024
LONG_FORM_FIELDS = 4000  # a whole chapter or workbook in one form: some four fields for each thing answered
STALE = french("Rien n’est enregistré. Relisez ce que vous aviez écrit, puis envoyez-le de nouveau.")


class StaleForm(Forbidden):
    """A form of another session than the one that sends it."""

    title = french("Cette page date d’avant votre dernière connexion")


def token_of(request: Request) -> str:
    """Return the token of this browser's session, or nothing when nobody is signed in."""
    cookie = request.cookies.get(COOKIE)
    if not cookie:
        return ""
    key: bytes = request.app.state.house.keyring.subkey("csrf")
    return hmac.new(key, cookie.encode(), hashlib.sha256).hexdigest()


async def check(request: Request, most_fields: int = FORM_FIELDS) -> None:
    """Refuse a form without our Origin or without its session's token (`jeton` or X-CSRF-Token).

    The form is read here, with at most `most_fields` fields, and kept for the page.
    """
    check_origin(request)
    sent = request.headers.get("x-csrf-token")
    if sent is None:
        form = await request.form(max_fields=most_fields, max_part_size=FORM_PART_BYTES)
        sent = str(form.get(FIELD, ""))
    if not hmac.compare_digest(sent.encode(), token_of(request).encode()):
        raise StaleForm(STALE)


def check_origin(request: Request) -> None:
    """Refuse a browser's form of another site; a program that sends no Origin has its own proof."""
    if "origin" in request.headers and not is_from_our_page(request):
        raise Forbidden("Ce formulaire vient d’un autre site. Ouvrez la page, puis recommencez.")


def is_from_our_page(request: Request) -> bool:
    """Tell whether a browser says that one of our pages sends this."""
    return parts_of(request.headers.get("origin", "")).netloc == request.headers.get("host")
