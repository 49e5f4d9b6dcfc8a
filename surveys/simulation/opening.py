"""The form of a simulation as it is opened: the protocol of the page, those to compare it with, providers."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from starlette.requests import Request

from quality import clock
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, fetch
from quality.directory.matching import alphabetical
from quality.errors import NotFound
from quality.web.platform import card_of
from quality.web.session import signed_in
from surveys.protocol.definition import Protocol
from surveys.protocol.editing.choosing import Choice, choose
from surveys.simulation import running
from surveys.simulation.asking import Asking


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
    def name(self) -> str:
        return str(self.request.path_params["name"])

    @property
    def tried(self) -> list[Protocol]:
        """Give the protocol of the page, then the one it is compared with."""
        against = self.asking.form.against
        return [self.choice.protocol, *([running.named(self.protocols, against)] if against else [])]

    @property
    def provider(self) -> UUID | None:
        known = {str(provider): provider for provider in self.providers}
        written = self.asking.form.provider
        if written and written not in known:
            raise NotFound
        return known.get(written)


async def opened(request: Request, written: Mapping[str, str], version: str) -> OpenedForm:
    """Open the form with what is written in it, or with what is proposed."""
    actor, name = signed_in(request), request.path_params["name"]
    choice = await choose(actor, name, version)
    zone = (await card_of(actor.platform)).zone
    async with scoped(actor) as db:
        protocols = await running.published(db, running.platform_of(actor))
        observed = await running.observed(db, running.platform_of(actor))
        providers = await _providers(db, actor)
    against = f"{name}:{choice.newest}" if choice.is_draft and choice.newest else ""
    today = clock.now().astimezone(zone).date()
    form = OpenedForm(request, choice, protocols, Asking(written, observed, today, choice.code, against))
    form.providers = providers
    return form


async def _providers(db: Connection, actor: Actor) -> dict[UUID, str]:
    sql = "SELECT id, name FROM organisation WHERE platform_id = $1 AND kind = 'provider'"
    rows = await fetch(db, sql, actor.platform)
    return {row["id"]: row["name"] for row in sorted(rows, key=lambda row: alphabetical(row["name"]))}
