"""/protocoles/{name}/simulation: what a version of a protocol, or its draft, would do."""

from collections.abc import Sequence
from uuid import UUID

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from quality import clock
from quality.access.actor import Actor, Role
from quality.access.scope import scoped
from quality.app import House
from quality.db import fetch
from quality.directory.intake.refusals import FileRefused
from quality.directory.matching import alphabetical
from quality.errors import Conflict, NotFound, TooLarge
from quality.files import storage
from quality.web import languages
from quality.web.languages import gettext as _
from quality.web.languages import ngettext
from quality.web.platform import card_of
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.protocol.definition import Protocol
from surveys.protocol.editing.choosing import Choice, choose
from surveys.simulation import running
from surveys.simulation.asking import ARRIVALS, Asking
from surveys.simulation.composing import draft_titled, provider_rows, reason_rows, side_of, title_of, titled
from surveys.simulation.files import Sent
from surveys.simulation.running import Assumed, Simulated
from surveys.simulation.screens import ProtocolSimulation

HREF = "/protocoles"
LETTERS = ((), ("",), ("A", "B"))  # of no protocol simulated, of one, of two side by side
READERS = frozenset({Role.platform, Role.supervisor})


class OpenedForm:
    """One request of the page: what it simulates, the protocols published, what is written in the form."""

    def __init__(
        self, request: Request, choice: Choice, protocols: Sequence[Protocol], asking: Asking
    ) -> None:
        self.request, self.choice, self.protocols, self.asking = request, choice, protocols, asking
        self.providers: dict[UUID, str] = {}

    @property
    def actor(self) -> Actor:
        return signed_in(self.request)

    @property
    def tried(self) -> list[Protocol]:
        """Give the protocol of the page, then the one it is compared with."""
        against = self.asking.form.against
        return [self.choice.protocol, *([running.named(self.protocols, against)] if against else [])]

    @property
    def titles(self) -> list[str]:
        first, *others = self.tried
        return [draft_titled(first) if self.choice.is_draft else titled(first), *map(titled, others)]

    @property
    def provider(self) -> UUID | None:
        known = {str(provider): provider for provider in self.providers}
        written = self.asking.form.provider
        if written and written not in known:
            raise NotFound
        return known.get(written)


async def protocol_simulation(request: Request) -> Response:
    return await _shown(await _opened(request, {}))


async def simulate_protocol(request: Request) -> Response:
    async with request.form() as form:
        opened = await _opened(
            request, {name: value for name, value in form.items() if isinstance(value, str)}
        )
        try:
            found = await _simulated(opened, form)
        except (FileRefused, TooLarge) as error:
            opened.asking.errors.append(("fichier", languages.said(error)))
            return await _shown(opened, status=error.status)
        except Conflict as error:
            opened.asking.errors.append(("du", languages.said(error)))
            return await _shown(opened, status=error.status)
    return await _shown(opened, found, status=200 if found else 422)


async def _opened(request: Request, written: dict[str, str]) -> OpenedForm:
    actor, name = signed_in(request), request.path_params["name"]
    choice = await choose(actor, name, written.get("version", request.query_params.get("version", "")))
    zone = (await card_of(actor.platform)).zone
    async with scoped(actor) as db:
        protocols = await running.published(db, running.platform_of(actor))
        observed = await running.observed(db, running.platform_of(actor))
        rows = await fetch(
            db,
            "SELECT id, name FROM organisation WHERE platform_id = $1 AND kind = 'provider'",
            actor.platform,
        )
    against = f"{name}:{choice.newest}" if choice.is_draft and choice.newest else ""
    today = clock.now().astimezone(zone).date()
    opened = OpenedForm(request, choice, protocols, Asking(written, observed, today, choice.code, against))
    opened.providers = {
        row["id"]: row["name"] for row in sorted(rows, key=lambda row: alphabetical(row["name"]))
    }
    return opened


async def _simulated(opened: OpenedForm, form: FormData) -> Simulated | None:
    """Simulate what the form asks for; None when something of it is to be written again."""
    asking, house, tried, provider = opened.asking, _house(opened.request), opened.tried, opened.provider
    assumed, sent = asking.assumed(), form.get("fichier")
    if isinstance(sent, UploadFile) and sent.filename:
        return await _over_file(opened, sent, assumed)
    period = asking.period(provider)
    if asking.errors:
        return None
    return await running.over_period(opened.actor, house, period, tried, assumed)


async def _over_file(opened: OpenedForm, sent: UploadFile, assumed: Assumed) -> Simulated | None:
    asking, provider = opened.asking, opened.provider
    if provider is None:
        asking.errors.append(("organisme", _("Choisissez l’organisme qui a fait ces visites.")))
    if provider is None or asking.errors:
        return None
    storage.measure(sent.file)
    zone = (await card_of(opened.actor.platform)).zone
    await sent.seek(0)
    file = Sent(await sent.read(), sent.filename or "", provider, asking.arrival, zone, clock.now())
    return await running.over_file(opened.actor, _house(opened.request), file, opened.tried, assumed)


async def _shown(opened: OpenedForm, found: Simulated | None = None, status: int = 200) -> Response:
    figures = found.figures if found else ()
    per_hour = found.calls_per_hour if found else 0
    sides = [
        side_of(letter, title, each, per_hour)
        for letter, title, each in zip(LETTERS[len(figures)], opened.titles, figures, strict=False)
    ]
    shown = ProtocolSimulation(
        title=title_of(opened.tried, opened.titles, figures),
        sentence=_(
            "Les visites sont rejouées comme si toutes passaient par ce protocole. Personne n’est contacté."
        ),
        action=f"{HREF}/{opened.request.path_params['name']}/simulation",
        form=opened.asking.form,
        versions=opened.choice.options,
        against=(("", _("Aucun autre")), *_others(opened)),
        providers=(
            ("", _("Tous les organismes")),
            *((str(provider), name) for provider, name in opened.providers.items()),
        ),
        arrivals=tuple((arrival, _(words)) for arrival, words in ARRIVALS.items()),
        errors=tuple(opened.asking.errors),
        notes=_notes(found) if found else (),
        sides=sides,
        answers=provider_rows(figures, opened.providers),
        reasons=reason_rows(figures),
    )
    return await render(opened.request, shown, status)


def _others(opened: OpenedForm) -> tuple[tuple[str, str], ...]:
    own = f"{opened.request.path_params['name']}:{opened.choice.code}"
    return tuple(
        (code, titled(each)) for each in opened.protocols if (code := f"{each.name}:{each.version}") != own
    )


def _notes(found: Simulated) -> tuple[str, ...]:
    """Say what a simulation does not know."""
    said = [
        _("Les souhaits, séjours à l’hôpital et refus sont ceux que l’on connaît aujourd’hui."),
        _("Chaque appel est passé dès l’ouverture de sa plage, par autant d’agents qu’il en faut."),
        _("La précision est donnée au plus prudent : un client sur deux satisfait, chacun compté une fois."),
    ]
    if found.refused:
        words = ngettext(
            "{num} ligne du fichier ne se lit pas et est laissée de côté.",
            "{num} lignes du fichier ne se lisent pas et sont laissées de côté.",
            found.refused,
        )
        said.append(languages.counted(words, found.refused))
    return tuple(said)


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
)
