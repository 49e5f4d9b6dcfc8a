"""/protocoles/{name}/simulation: what a version of a protocol, or its draft, would do.

The form records what is asked; a worker computes it, and the page of each simulation says where it stands.
"""

from collections.abc import Sequence
from uuid import UUID

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality.access.actor import Role
from quality.app import House
from quality.directory.intake.batch_rows import file_name
from quality.errors import Conflict, NotFound, TooLarge
from quality.files import storage
from quality.web import languages
from quality.web.languages import gettext as _
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.protocol.editing.choosing import DRAFT
from surveys.simulation import requested, telling
from surveys.simulation.asking import ARRIVALS
from surveys.simulation.composing import provider_rows, reason_rows, side_of, title_of, titled
from surveys.simulation.opening import OpenedForm, opened
from surveys.simulation.requested import Asked, State, Upload
from surveys.simulation.screens import ProtocolSimulation, SimulationSide

HREF = "/protocoles"
LETTERS = ((), ("",), ("A", "B"))  # of no protocol simulated, of one, of two side by side
READERS = frozenset({Role.platform, Role.supervisor})


async def protocol_simulation(request: Request) -> Response:
    return await _form(await opened(request, {}, request.query_params.get("version", "")))


async def simulate_protocol(request: Request) -> Response:
    async with request.form() as sent:
        written = {name: value for name, value in sent.items() if isinstance(value, str)}
        version = written.get("version", request.query_params.get("version", ""))
        form = await opened(request, written, version)
        try:
            identity = await _ask(form, sent)
        except (TooLarge, Conflict) as error:
            field = "fichier" if isinstance(error, TooLarge) else ""
            form.asking.errors.append((field, languages.said(error)))
            return await _form(form, error.status)
    if identity is None:
        return await _form(form, 422)
    return RedirectResponse(f"{HREF}/{form.name}/simulation/{identity}", 303)


async def _ask(form: OpenedForm, sent: FormData) -> UUID | None:
    """Record what the form asks for; None when something of it is to be written again."""
    asking, tried, provider = form.asking, form.tried, form.provider
    asking.assumed()
    file = sent.get("fichier")
    is_sent = isinstance(file, UploadFile) and bool(file.filename)
    if not is_sent:
        asking.period(provider)
    elif provider is None:
        asking.errors.append(("organisme", _("Choisissez l’organisme qui a fait ces visites.")))
    if asking.errors:
        return None
    upload = await _read(file) if is_sent and isinstance(file, UploadFile) else None
    return await requested.ask(form.actor, _house(form.request).keyring, asking.kept, tried, upload)


async def _read(file: UploadFile) -> Upload:
    storage.measure(file.file)
    await file.seek(0)
    return Upload(file_name(file.filename or "") or "visites", await file.read())


async def one_simulation(request: Request) -> Response:
    name, identity = request.path_params["name"], request.path_params["simulation"]
    asked = await requested.find(signed_in(request), name, identity)
    if asked.state in {State.waiting, State.running}:
        return await render(request, await telling.progress(signed_in(request), asked))
    form = await _opened_again(request, asked)
    if asked.failure:
        form.asking.errors.append((asked.failure.field, telling.failure_words(asked.failure)))
    return await _shown(form, asked)


async def _opened_again(request: Request, asked: Asked) -> OpenedForm:
    """Fill the form as it was; a draft that is gone gives way to the version in use."""
    try:
        return await opened(request, asked.written, asked.written["version"])
    except NotFound:
        return await opened(request, asked.written, "")


async def _form(form: OpenedForm, status: int = 200) -> Response:
    title, sentence = title_of([form.choice.protocol], (), ()), telling.sentence()
    return await render(form.request, await _screen(form, title, sentence), status)


async def _shown(form: OpenedForm, asked: Asked) -> Response:
    """Show what came of a simulation, above its form."""
    is_draft = asked.written["version"] == DRAFT
    titles = telling.titles(asked.protocols, is_draft=is_draft)
    figures = asked.outcome.figures if asked.outcome else ()
    per_hour = asked.outcome.calls_per_hour if asked.outcome else 0
    sides = [
        side_of(letter, title, each, per_hour)
        for letter, title, each in zip(LETTERS[len(figures)], titles, figures, strict=False)
    ]
    shown = await _screen(
        form,
        title_of(asked.protocols, titles, figures),
        telling.sentence(asked if asked.outcome else None),
        is_kept=True,
        notes=telling.notes(asked),
        sides=sides,
        answers=provider_rows(figures, form.providers),
        reasons=reason_rows(figures),
    )
    return await render(form.request, shown)


async def _screen(
    form: OpenedForm,
    title: str,
    sentence: str,
    *,
    is_kept: bool = False,
    notes: Sequence[str] = (),
    sides: Sequence[SimulationSide] = (),
    answers: Sequence[Sequence[str]] = (),
    reasons: Sequence[Sequence[str]] = (),
) -> ProtocolSimulation:
    own = await requested.recent(form.actor, form.name)
    return ProtocolSimulation(
        title=title,
        sentence=sentence,
        action=f"{HREF}/{form.name}/simulation",
        is_kept=is_kept,
        form=form.asking.form,
        versions=form.choice.options,
        against=(("", _("Aucun autre")), *_others(form)),
        providers=(
            ("", _("Tous les organismes")),
            *((str(provider), name) for provider, name in form.providers.items()),
        ),
        arrivals=tuple((arrival, _(words)) for arrival, words in ARRIVALS.items()),
        errors=tuple(form.asking.errors),
        own=await telling.lines(form.actor, own),
        notes=notes,
        sides=sides,
        answers=answers,
        reasons=reasons,
    )


def _others(form: OpenedForm) -> tuple[tuple[str, str], ...]:
    own = f"{form.name}:{form.choice.code}"
    return tuple(
        (code, titled(each)) for each in form.protocols if (code := f"{each.name}:{each.version}") != own
    )


def _house(request: Request) -> House:
    house: House = request.app.state.house
    return house


ROUTES = (
    page(f"{HREF}/{{name}}/simulation", protocol_simulation, roles=READERS, name="protocol-simulation"),
    page(
        f"{HREF}/{{name}}/simulation",
        simulate_protocol,
        roles=READERS,
        methods=("POST",),
        name="simulate-protocol",
    ),
    page(
        f"{HREF}/{{name}}/simulation/{{simulation:uuid}}",
        one_simulation,
        roles=READERS,
        name="simulation-progress",
    ),
)
