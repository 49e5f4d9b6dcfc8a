"""/reclamations/transmises: the complaints that a funder was asked about, and its one answer to each."""

from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality.access import refusals
from quality.access.actor import Role
from quality.complaints.pages.transmissions import Transmission, count_unanswered, transmitted
from quality.complaints.resolving import transmitting
from quality.complaints.waiting import HREF
from quality.complaints.words import day_words, heading
from quality.component import MenuEntry
from quality.directory.activities import activity_name
from quality.directory.geography import departement, zone_of
from quality.errors import Invalid
from quality.web import languages
from quality.web.format import period_text
from quality.web.languages import gettext as _
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in

PATH = f"{HREF}/transmises"
FUNDERS = frozenset({Role.funder})


@dataclass(frozen=True, slots=True)
class TransmittedRow:
    """One complaint, in words."""

    id: UUID
    title: str
    provider: str
    about: str
    place: str
    sent: str
    summary: str
    asked: str
    answer: str
    answered: str


@dataclass(frozen=True, slots=True)
class ComplaintsTransmitted:
    """The page: what awaits an answer first; `written` is an answer refused, of the row `refused`."""

    rows: tuple[TransmittedRow, ...]
    waiting: int
    refused: UUID | None
    written: str
    previous: str | None
    following: str | None
    position: str
    errors: tuple[tuple[str, str], ...]


async def transmitted_list(request: Request) -> Response:
    return await _show(request)


async def answer_transmitted(request: Request) -> Response:
    form, identity = await request.form(), request.path_params["id"]
    text = str(form.get("reponse", ""))
    try:
        await transmitting.answer(signed_in(request), identity, text)
    except Invalid as refusal:
        said = tuple((f"{field}-{identity}", words) for field, words in refusals.said(refusal))
        return await _show(request, identity, text, said)
    return RedirectResponse(PATH, 303)


async def _show(
    request: Request,
    refused: UUID | None = None,
    written: str = "",
    errors: tuple[tuple[str, str], ...] = (),
) -> Response:
    actor = signed_in(request)
    found = await transmitted(actor, request.query_params.get("page", ""), f"{PATH}?")
    shown = ComplaintsTransmitted(
        rows=tuple(_row(each) for each in found.rows),
        waiting=await count_unanswered(actor),
        refused=refused,
        written=written,
        previous=found.previous,
        following=found.following,
        position=found.position,
        errors=errors,
    )
    return await render(request, shown, 422 if errors else 200)


def _row(each: Transmission) -> TransmittedRow:
    zone = zone_of(each.departement)
    month = period_text(f"{each.month:%Y-%m}", languages.current())
    return TransmittedRow(
        id=each.id,
        title=heading(each.number, each.kind),
        provider=each.provider_name,
        about=_("%(activity)s, %(month)s") % {"activity": activity_name(each.activity), "month": month},
        place=departement(each.departement).name,
        sent=day_words(each.at, zone),
        summary=each.summary,
        asked=each.asked,
        answer=each.answer,
        answered=day_words(each.answered_at, zone) if each.answered_at else "",
    )


ROUTES = (
    page(PATH, transmitted_list, roles=FUNDERS, name="complaints-transmitted"),
    page(
        PATH + "/{id:uuid}",
        answer_transmitted,
        roles=FUNDERS,
        methods=("POST",),
        name="complaint-transmitted-answer",
    ),
)
MENU = (MenuEntry(PATH, "Dossiers transmis", "inbox", FUNDERS, rank=60, count=count_unanswered),)
