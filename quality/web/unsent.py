"""A form that came too late: what it held is given back, to be sent again or copied elsewhere."""

from dataclasses import dataclass

from starlette.requests import Request

from quality.errors import QualityError, SignInRequired, TooLarge
from quality.web import csrf, languages
from quality.web.csrf import FIELD, FORM_PART_BYTES, LONG_FORM_FIELDS, StaleForm

URLENCODED = "application/x-www-form-urlencoded"
SHORTEST = 40  # characters of what is worth copying, when it is one word


@dataclass(frozen=True, slots=True)
class UnsentForm:
    """The page; `fields` are (name, value) pairs to send to `action`, "" where that would not help.

    `texts` are what somebody may have typed, in the order of the form.
    """

    title: str
    message: str
    action: str
    fields: tuple[tuple[str, str], ...]
    texts: tuple[str, ...]


async def unsent(request: Request, error: QualityError, language: str) -> UnsentForm | None:
    """Compose the page of a form that one of our pages sent; None where nothing is to be given back."""
    if isinstance(error, TooLarge):  # what came of it is read no further
        return None
    fields = await _typed(request)
    can_be_sent = isinstance(error, SignInRequired | StaleForm)
    texts = tuple(dict.fromkeys(value for _name, value in fields if " " in value or len(value) > SHORTEST))
    is_of_use = bool(fields) if can_be_sent else bool(texts) and _is_signed_in(request)
    if not is_of_use:
        return None
    with languages.using(language):
        title, message = languages.gettext(error.title), languages.said(error)
    if not can_be_sent:
        return UnsentForm(title, message, "", (), texts)
    return UnsentForm(title, message, address_of(request), fields, texts)


def address_of(request: Request) -> str:
    """Give the address that was asked for, on this site."""
    query = request.url.query
    return f"{request.scope['path']}?{query}" if query else str(request.scope["path"])


def _is_signed_in(request: Request) -> bool:
    return getattr(request.state, "actor", None) is not None


async def _typed(request: Request) -> tuple[tuple[str, str], ...]:
    """Read a form of ours; files and passwords are not given back."""
    is_form = request.headers.get("content-type", "").startswith(URLENCODED)
    size = request.headers.get("content-length", "")
    if (
        not is_form
        or not csrf.is_from_our_page(request)
        or "mot-de-passe" in request.scope["path"]
        or not size.isdecimal()
        or int(size) > FORM_PART_BYTES
    ):
        return ()
    form = await request.form(max_fields=LONG_FORM_FIELDS, max_part_size=FORM_PART_BYTES)
    return tuple(
        (name, value) for name, value in form.multi_items() if name != FIELD and isinstance(value, str)
    )
