"""Composition: the one place where the house is put together."""

import hashlib
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from jinja2 import Environment
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from tortoise.contrib.starlette import RegisterTortoise

from quality import clock, component, db, postgres, retention
from quality.access import scope
from quality.complaints.followed.joining import LARGEST_BYTES
from quality.complaints.pages import opinions
from quality.component import (
    Component,
    ConventionLink,
    FollowedOffer,
    HomePanel,
    HomeSection,
    Job,
    MenuEntry,
    ProviderLink,
    SearchSource,
    Term,
)
from quality.cycles import keep_what_stands
from quality.demo.clockwork import VirtualClock
from quality.directory.intake import outcomes
from quality.errors import QualityError, Refused
from quality.keys import Keyring, read_or_create_secret
from quality.measures.releases import facts, releasing
from quality.network import yearly
from quality.settings import Settings, findings
from quality.web import failures, platform
from quality.web.body_limit import BodyLimit
from quality.web.headers import StrictHeaders
from quality.web.rendering import environment
from quality.web.sections import SectionRouter

COMPONENTS = ("quality.ground:COMPONENT", "surveys.component:COMPONENT", "charter.component:COMPONENT")
BODY_BYTES = 21 * 1024 * 1024
# The forms of clients, which anybody may send.
SMALLER_BODIES = {
    r"/suivi/[^/]+/photo$": LARGEST_BYTES + 64 * 1024,
    "/s/": 64 * 1024,
    "/suivi/": 64 * 1024,
}
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class House:
    """The installation as composed: settings, components, keys, templates."""

    settings: Settings
    components: tuple[Component, ...]
    keyring: Keyring
    templates: Environment
    static_folder: Path
    _versions: dict[str, str] = field(default_factory=dict)

    @cached_property
    def menu(self) -> Sequence[MenuEntry]:
        return sorted((entry for c in self.components for entry in c.menu), key=lambda entry: entry.rank)

    @cached_property
    def home(self) -> Sequence[HomeSection]:
        return sorted(
            (section for c in self.components for section in c.home), key=lambda section: section.rank
        )

    @cached_property
    def panels(self) -> Sequence[HomePanel]:
        return sorted((panel for c in self.components for panel in c.panels), key=lambda panel: panel.rank)

    @cached_property
    def search(self) -> Sequence[SearchSource]:
        return sorted((source for c in self.components for source in c.search), key=lambda each: each.rank)

    @cached_property
    def provider_links(self) -> Sequence[ProviderLink]:
        return [link for c in self.components for link in c.provider_links]

    @cached_property
    def convention_links(self) -> Sequence[ConventionLink]:
        return [link for c in self.components for link in c.convention_links]

    @cached_property
    def followed_offers(self) -> Sequence[FollowedOffer]:
        return [offer for c in self.components for offer in c.followed_offers]

    @cached_property
    def jobs(self) -> dict[str, Job]:
        of_demo = [job for c in self.components for job in c.demo_jobs] if self.settings.demo else []
        of_terms = [retention.job_of(term) for term in self.terms]
        named = (*(job for c in self.components for job in c.jobs), *of_terms, *of_demo)
        return {job.name: job for job in named}

    @cached_property
    def terms(self) -> Sequence[Term]:
        return [term for c in self.components for term in c.terms]

    @property
    def database_url(self) -> str:
        """Return the application's address: the setting, else the running embedded server's."""
        return self.settings.database_url or postgres.find(self.settings.home).application_url

    def static_url(self, name: str) -> str:
        """Return the address of a static file, with a digest so that it can be kept for a year."""
        if name not in self._versions:
            self._versions[name] = hashlib.sha256((self.static_folder / name).read_bytes()).hexdigest()[:10]
        return f"/static/{name}?v={self._versions[name]}"


def compose(settings: Settings, names: Sequence[str] = COMPONENTS) -> House:
    """Put the house together; a setting in error stops here, with all findings said."""
    refuse_errors(settings)
    components = component.load(names)
    for part in components:
        scope.RULES.update(dict(part.visible))
        for source in part.file_outcomes:
            outcomes.register(source)
        if part.before_release is not None:
            releasing.register(part.before_release)
        if part.provider_facts is not None:
            facts.register(part.provider_facts)
        if part.yearly is not None:
            yearly.register(part.yearly)
        if part.opinions is not None:
            opinions.register(part.opinions)
    secret = settings.secret_key or read_or_create_secret(settings.home)
    return House(
        settings, components, Keyring(secret), environment(asset_folder("templates")), asset_folder("static")
    )


def refuse_errors(settings: Settings) -> None:
    errors = [
        f"{finding.code} {finding.message} {finding.hint}"
        for finding in findings(settings)
        if finding.is_error
    ]
    lines = "\n".join(errors)
    if lines:
        raise Refused(lines)


def asset_folder(name: str) -> Path:
    """Return templates/ or static/: inside the package once installed from a wheel, else beside it."""
    here = Path(__file__).parent
    inside = here / name
    return inside if inside.is_dir() else here.parent / name


def create_app(house: House) -> Starlette:
    """Return the web application of a house."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        config = db.tortoise_config(house.database_url, house.components)
        async with RegisterTortoise(app, config=config):
            await db.refuse_owner()
            await clock.refresh(db.pool("web"))
            platform.forget()
            keep_what_stands()
            async with clock.measured(db.pool("web")):
                yield

    routes: list[BaseRoute] = [Mount("/static", StaticFiles(directory=house.static_folder), name="static")]
    if house.settings.demo:
        routes += [route for part in house.components for route in part.demo_routes]
    routes += [route for part in house.components for route in part.routes]
    app = Starlette(
        middleware=[
            *([Middleware(VirtualClock)] if house.settings.demo else []),
            Middleware(StrictHeaders),
            Middleware(BodyLimit, largest=BODY_BYTES, smaller=SMALLER_BODIES),
        ],
        exception_handlers={
            QualityError: failures.failed,
            HTTPException: failures.failed,
            Exception: failures.failed,
        },
    )
    app.router = SectionRouter(routes, lifespan)
    app.state.house = house
    return app
