"""/conventions: the pages on which a convention is written, signed, put in force, ended and evaluated."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality.access.actor import Actor, Role
from quality.access.scope import scoped, visible
from quality.complaints.resolving.authority import KEYS, Remedy
from quality.component import MenuEntry
from quality.directory.activities import NAMES as ACTIVITY_NAMES
from quality.directory.geography import DEPARTEMENTS
from quality.directory.matching import alphabetical
from quality.directory.models import Organisation
from quality.errors import FieldError, Invalid, NotFound
from quality.french import french
from quality.measures.agreements import drafting, ending, signing
from quality.measures.agreements.ending import Verdict
from quality.measures.agreements.evaluation import Measured, measured
from quality.measures.agreements.form import (
    LEVELS,
    SEVERAL,
    TARGET,
    Typed,
    day_typed,
    read,
    typed_of,
)
from quality.measures.agreements.showing import convention_list, convention_page, verdict_words
from quality.measures.agreements.terms import Terms, terms_of
from quality.measures.catalogue import CATALOGUE, nameable
from quality.measures.disclosure.status import Unit
from quality.measures.views.conventions import DRAFT, agreement
from quality.measures.views.reading_log import FIGURES, read_logged
from quality.measures.views.wording import name_of
from quality.web.languages import gettext as _
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in

HREF = "/conventions"
WRITERS = frozenset({Role.platform})
Options = tuple[tuple[str, str], ...]
REMEDIES = {
    Remedy.replan: french("Reprogrammer la visite dans les (heures)"),
    Remedy.refund: french("Rembourser jusqu’à (euros)"),
    Remedy.replace_worker: french("Faire venir une autre personne"),
    Remedy.mediation: french("Proposer une médiation"),
}
LEVEL_NAMES = {
    "agent": french("L’agent, pendant l’appel"),
    "supervisor": french("La supervision des appels"),
    "platform": french("La plateforme"),
}


@dataclass(frozen=True, slots=True)
class Followed:
    """An indicator that may be followed: its box and its target, unless a target makes no sense."""

    code: str
    label: str
    is_followed: bool
    target: str
    has_target: bool


@dataclass(frozen=True, slots=True)
class Granted:
    """What one level may grant: a number, or yes."""

    name: str
    label: str
    value: str
    is_number: bool


@dataclass(frozen=True, slots=True)
class ConventionForm:
    """The form; `errors` are (field, message) pairs, and everything typed comes back."""

    title: str
    action: str
    back: tuple[str, str]
    typed: Typed
    errors: Sequence[tuple[str, str]]
    funders: Options
    providers: Options
    activities: Options
    departements: Options
    indicators: tuple[Followed, ...]
    authority: tuple[tuple[str, tuple[Granted, ...]], ...]


@dataclass(frozen=True, slots=True)
class ConventionEvaluation:
    """The evaluation sheet of an experiment, to be written beside what is published of it, if anything."""

    title: str
    code: str
    hypothesis: str
    measured: Measured | None
    verdict: str
    conclusion: str
    verdicts: Options
    errors: Sequence[tuple[str, str]]


async def show_conventions(request: Request) -> Response:
    number = request.query_params.get("page", "")
    return await render(request, await read_logged(request, lambda actor: convention_list(actor, number)))


async def show_convention(request: Request) -> Response:
    code, number = request.path_params["code"], request.query_params.get("page", "")
    links = request.app.state.house.convention_links
    return await render(
        request, await read_logged(request, lambda actor: convention_page(actor, code, number, links))
    )


# ---- writing ----


async def show_new(request: Request) -> Response:
    return await render(request, await _form(signed_in(request), Typed({}, dict.fromkeys(SEVERAL, ())), ""))


async def create(request: Request) -> Response:
    async def write(actor: Actor, terms: Terms) -> None:
        await drafting.create_convention(actor, terms)

    return await _write(request, "", write)


async def show_draft(request: Request) -> Response:
    actor, code = signed_in(request), request.path_params["code"]
    async with scoped(actor):
        row = await agreement(actor, code)
    if row.status != DRAFT:
        raise NotFound
    return await render(request, await _form(actor, typed_of(terms_of(row)), code))


async def amend(request: Request) -> Response:
    code = request.path_params["code"]
    return await _write(request, code, lambda actor, terms: drafting.amend(actor, code, terms))


async def _write(request: Request, code: str, write: Callable[[Actor, Terms], Awaitable[None]]) -> Response:
    actor, typed = signed_in(request), Typed.of(await request.form())
    try:
        terms = read(typed)
        await write(actor, terms)
    except Invalid as refused:
        shown = await _form(actor, typed, code, refused.errors)
        return await render(request, shown, 422)
    return RedirectResponse(f"{HREF}/{terms.code}", 303)


async def _form(actor: Actor, typed: Typed, code: str, errors: Sequence[FieldError] = ()) -> ConventionForm:
    async with scoped(actor):
        rows = sorted(await visible(actor, Organisation), key=lambda row: alphabetical(row.name))
    return ConventionForm(
        title=_("Modifier le projet de convention") if code else _("Nouvelle convention"),
        action=f"{HREF}/{code}/modifier" if code else f"{HREF}/nouvelle",
        back=(f"{HREF}/{code}", typed.text("title") or code) if code else (HREF, _("Conventions")),
        typed=typed,
        errors=tuple((ANCHORS.get(each.field, each.field), each.message) for each in errors),
        funders=tuple((str(row.id), row.name) for row in rows if row.kind == "funder"),
        providers=tuple((str(row.id), row.name) for row in rows if row.kind == "provider"),
        activities=tuple((each, _(name)) for each, name in ACTIVITY_NAMES.items()),
        departements=tuple((each.code, f"{each.code} {each.name}") for each in DEPARTEMENTS.values()),
        indicators=tuple(_followed(each, typed) for each in nameable()),
        authority=tuple((_(LEVEL_NAMES[level]), tuple(_grants(level, typed))) for level in LEVELS),
    )


# Where a message about several boxes leads.
ANCHORS = {
    "providers": "organismes",
    "indicators": "suivi",
    "targets": "suivi",
    "activities": "activites",
    "departements": "lieux",
}


def _followed(code: str, typed: Typed) -> Followed:
    is_followed = code in typed.several["indicators"]
    item = CATALOGUE.get(code)
    has_target = item is not None and item.unit is Unit.PERCENT
    return Followed(code, name_of(code) or code, is_followed, typed.text(TARGET + code), has_target)


def _grants(level: str, typed: Typed) -> Sequence[Granted]:
    return [
        Granted(
            name := f"{level}-{remedy}",
            _(REMEDIES[remedy]),
            typed.text(name),
            remedy in (Remedy.replan, Remedy.refund),
        )
        for remedy in KEYS
    ]


# ---- its life ----


async def propose(request: Request) -> Response:
    return await _after(request, drafting.propose)


async def sign(request: Request) -> Response:
    form = await request.form()
    digest = str(form.get("termes", ""))
    return await _after(request, lambda actor, code: signing.sign(actor, code, digest))


async def activate(request: Request) -> Response:
    return await _after(request, drafting.activate)


async def end(request: Request) -> Response:
    """End a convention with the day that was typed, or say what is wrong with that day."""
    actor, code, form = signed_in(request), request.path_params["code"], await request.form()
    typed = str(form.get(ending.LAST_DAY, "")).strip()
    try:
        await ending.end(actor, code, day_typed(ending.LAST_DAY, typed))
    except Invalid as refused:
        links = request.app.state.house.convention_links
        async with scoped(actor):
            page = await convention_page(actor, code, "", links)
        errors = tuple((each.field, each.message) for each in refused.errors)
        shown = replace(page, acts=replace(page.acts, ending=typed or page.acts.ending), errors=errors)
        return await render(request, shown, 422)
    return RedirectResponse(f"{HREF}/{code}", 303)


async def _after(request: Request, verb: Callable[[Actor, str], Awaitable[None]]) -> Response:
    code = request.path_params["code"]
    await verb(signed_in(request), code)
    return RedirectResponse(f"{HREF}/{code}", 303)


async def renew(request: Request) -> Response:
    form = await request.form()
    try:
        funder = UUID(str(form.get("funder", "")))
    except ValueError as error:
        raise NotFound from error
    made = await ending.renew(signed_in(request), request.path_params["code"], funder)
    return RedirectResponse(f"{HREF}/{made}/modifier", 303)


async def show_evaluation(request: Request) -> Response:
    actor, code = signed_in(request), request.path_params["code"]
    return await render(request, await _evaluation(actor, code))


async def evaluate(request: Request) -> Response:
    actor, code, form = signed_in(request), request.path_params["code"], await request.form()
    verdict, conclusion = str(form.get("verdict", "")), str(form.get("conclusion", "")).strip()
    try:
        await ending.conclude(actor, code, verdict, conclusion)
    except Invalid as refused:
        page = await _evaluation(actor, code)
        errors = tuple((each.field, each.message) for each in refused.errors)
        return await render(
            request, replace(page, verdict=verdict, conclusion=conclusion, errors=errors), 422
        )
    return RedirectResponse(f"{HREF}/{code}", 303)


async def _evaluation(actor: Actor, code: str) -> ConventionEvaluation:
    """Read the sheet of an experiment that has begun, or answer 404."""
    async with scoped(actor):
        row = await agreement(actor, code)
        if not row.is_experiment or row.status == DRAFT:
            raise NotFound
        published = await measured(actor, row)
    return ConventionEvaluation(
        title=row.title,
        code=row.code,
        hypothesis=row.hypothesis,
        measured=published,
        verdict=row.verdict,
        conclusion=row.conclusion,
        verdicts=tuple((each.value, verdict_words(each)) for each in Verdict),
        errors=(),
    )


ROUTES = (
    page(HREF, show_conventions, roles=FIGURES, name="convention-list"),
    page(f"{HREF}/nouvelle", show_new, roles=WRITERS, name="convention-new"),
    page(f"{HREF}/nouvelle", create, roles=WRITERS, methods=("POST",), name="convention-create"),
    page(f"{HREF}/{{code}}", show_convention, roles=FIGURES, name="convention-page"),
    page(f"{HREF}/{{code}}/modifier", show_draft, roles=WRITERS, name="convention-draft"),
    page(f"{HREF}/{{code}}/modifier", amend, roles=WRITERS, methods=("POST",), name="convention-amend"),
    page(f"{HREF}/{{code}}/proposer", propose, roles=WRITERS, methods=("POST",), name="convention-propose"),
    page(f"{HREF}/{{code}}/signer", sign, roles=signing.PARTIES, methods=("POST",), name="convention-sign"),
    page(f"{HREF}/{{code}}/activer", activate, roles=WRITERS, methods=("POST",), name="convention-activate"),
    page(f"{HREF}/{{code}}/terminer", end, roles=WRITERS, methods=("POST",), name="convention-end"),
    page(f"{HREF}/{{code}}/reconduire", renew, roles=WRITERS, methods=("POST",), name="convention-renew"),
    page(f"{HREF}/{{code}}/evaluation", show_evaluation, roles=WRITERS, name="convention-evaluation"),
    page(
        f"{HREF}/{{code}}/evaluation", evaluate, roles=WRITERS, methods=("POST",), name="convention-evaluate"
    ),
)
MENU = (MenuEntry(HREF, "Conventions", "convention", FIGURES, 60),)
