"""/questionnaires/quand-les-poser: which questionnaire is asked at each moment."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality.access.actor import Role
from quality.errors import FieldError, Invalid
from quality.french import french
from quality.web.languages import gettext as _
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.authoring import choosing, store
from surveys.authoring.pages import HREF, title_of
from surveys.protocol.choosing_questions import VISITS, Moment

MOMENTS_HREF = f"{HREF}/quand-les-poser"
PLATFORM = frozenset({Role.platform})
LABELS = {
    Moment.VISIT: french("Après une visite"),
    Moment.FIRST: french("Après la première visite"),
    Moment.NO_SHOW: french("Après une visite qui n’a pas eu lieu"),
    Moment.COMPLAINT: french("Après une réclamation"),
    Moment.YEARLY: french("Une fois par an"),
}
HINTS = {
    Moment.VISIT: french("Pour les visites suivies, sauf les deux cas qui suivent."),
    Moment.FIRST: french("La première que cet organisme fait chez ce client."),
    Moment.NO_SHOW: french("Elle était prévue, et personne n’est venu."),
    Moment.COMPLAINT: french("Sur la page du client, après « C’est réglé ». Sans message de plus."),
    Moment.YEARLY: french("À chaque client encore visité, un jour qui est toujours le même."),
}


@dataclass(frozen=True, slots=True)
class MomentChoice:
    """One moment, and what may be asked then; `was` is what was chosen when the page was read."""

    name: str
    label: str
    hint: str
    options: tuple[tuple[str, str], ...]
    value: str
    was: str


@dataclass(frozen=True, slots=True)
class QuestionnaireMoments:
    """The page."""

    choices: tuple[MomentChoice, ...]
    is_saved: bool
    errors: tuple[tuple[str, str], ...]


async def questionnaire_moments(request: Request) -> Response:
    return await _moments(request, {}, ())


async def _moments(request: Request, typed: Mapping[str, str], errors: tuple[FieldError, ...]) -> Response:
    actor = signed_in(request)
    titles = [(each.code, title_of(each.questionnaire)) for each in await store.published(actor)]
    chosen = await choosing.read(actor)
    shown = QuestionnaireMoments(
        choices=tuple(_choice(moment, titles, chosen[moment], typed) for moment in Moment),
        is_saved="fait" in request.query_params,
        errors=tuple((error.field, _(error.message)) for error in errors),
    )
    return await render(request, shown, 422 if errors else 200)


def _choice(
    moment: Moment, titles: list[tuple[str, str]], code: str, typed: Mapping[str, str]
) -> MomentChoice:
    none = [] if moment is Moment.VISIT else [(choosing.NONE, _none(moment))]
    return MomentChoice(
        name=moment.value,
        label=_(LABELS[moment]),
        hint=_(HINTS[moment]),
        options=(*none, *titles),
        value=typed.get(moment.value, code),
        was=typed.get(_before(moment), code),
    )


def _none(moment: Moment) -> str:
    if moment in VISITS:
        return _("Aucun\u00a0: les questions de toute visite")
    return _("Aucun\u00a0: rien n’est demandé")


def _before(moment: Moment) -> str:
    return f"avant-{moment.value}"


async def choose_moments(request: Request) -> Response:
    """Keep what differs from the page as it was read: what somebody else changed meanwhile stays."""
    form = {name: str(value) for name, value in (await request.form()).items()}
    sent = {moment: form[moment.value] for moment in Moment if moment.value in form}
    wanted = {moment: code for moment, code in sent.items() if code != form.get(_before(moment))}
    try:
        await choosing.choose(signed_in(request), wanted)
    except Invalid as refusal:
        return await _moments(request, form, refusal.errors)
    return RedirectResponse(f"{MOMENTS_HREF}?fait=1", 303)


ROUTES = (
    page(MOMENTS_HREF, questionnaire_moments, roles=PLATFORM),
    page(MOMENTS_HREF, choose_moments, roles=PLATFORM, methods=("POST",)),
)
