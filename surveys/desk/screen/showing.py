"""What the desk's views share: the form that was sent, what the address chooses, and the page of the call."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality.errors import Invalid
from quality.keys import Keyring
from quality.web import languages
from quality.web.keyboard import has_keys
from quality.web.languages import gettext as _
from quality.web.platform import card_of
from quality.web.rendering import render
from quality.web.session import signed_in
from surveys.desk.screen import keeping, panels, reading
from surveys.desk.screen.asking import Asking
from surveys.desk.screen.composing import OPENED, Panel, compose, language_of, panel_of
from surveys.desk.screen.screens import Errors
from surveys.respondents import RELATIONS, RESPONDENTS

HREF = "/appels"
CASE = HREF + "/{case:uuid}"
Form = dict[str, str]


async def show(
    request: Request,
    asking: Asking,
    form: Form | None = None,
    errors: Errors = (),
    *,
    panel: Panel | None = None,
    refused: Sequence[str] | None = None,
) -> Response:
    """Show the call in hand; a refused form comes back filled in, `refused` the answer to its question."""
    actor = signed_in(request)
    file = await reading.read(actor, keyring_of(request), case_of(request))
    card = await card_of(actor.platform)
    if panel is None:
        opened = replace(asking, panel=panel_of(file, asking))
        panel = await panels.load(actor, keyring_of(request), case_of(request), opened, language_of(file))
    shown = compose(file, asking, card, actor.name, panel=panel, values=form, refused=refused, errors=errors)
    return await render(request, shown, 422 if errors else 200)


def asking_of(request: Request) -> Asking:
    """Read what the address chooses; what it cannot choose is left out."""
    query = request.query_params
    panel = query.get("panneau", "")
    respondent, relation = speaker(query)
    return Asking(
        number=number_of(query.get("q", ""), most=99),
        respondent=respondent,
        relation=relation,
        panel=panel if panel in OPENED else "",
        complaint=number_of(query.get("numero", "")),
        promise=query.get("promesse", ""),
        keys=has_keys(request),
    )


def speaker(chosen: Mapping[str, str]) -> tuple[str, str]:
    """Read who answers, and what they are to the person where they said it; one of the two tells the other.

    >>> speaker({"lien": "guardian"}), speaker({"repondant": "relative"}), speaker({"repondant": "maire"})
    (('guardian', 'guardian'), ('relative', ''), ('', ''))
    """
    relation, respondent = chosen.get("lien", ""), chosen.get("repondant", "")
    if relation in RELATIONS:
        return RELATIONS[relation].respondent, relation
    return respondent if respondent in RESPONDENTS else "", ""


def number_of(text: str, most: int = 2_000_000_000) -> int | None:
    """Read a whole number above 0, or nothing."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(most))
    return int(text) if is_number and 0 < int(text) <= most else None


async def form_of(request: Request) -> Form:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


def case_of(request: Request) -> UUID:
    case: UUID = request.path_params["case"]
    return case


def keyring_of(request: Request) -> Keyring:
    keyring: Keyring = request.app.state.house.keyring
    return keyring


async def go_on(request: Request, asking: Asking) -> Response:
    """Go on to another place of the call, and keep it: a cut comes back to it."""
    case = case_of(request)
    await keeping.keep_place(signed_in(request), case, asking.query())
    return go(asking.href(case))


def go(href: str) -> Response:
    return RedirectResponse(href, 303)


def errors_of(refusal: Invalid, head: str = "contenu") -> Errors:
    """Say where a form is wrong; a refusal that names no field stands at its head."""
    found = tuple((each.field, _(each.message)) for each in refusal.errors)
    return found or ((head, languages.said(refusal)),)


def choose(anchor: str) -> Errors:
    return ((anchor, _("Choisissez une réponse.")),)
