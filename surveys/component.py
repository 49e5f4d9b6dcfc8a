"""The component of surveys: what it adds to the house."""

from quality.component import Component
from surveys import verification
from surveys.dispatch import hooks, worker
from surveys.publishing import on_platform_created
from surveys.respond import pages as respond_pages

COMPONENT = Component(
    name="surveys",
    models=("surveys.models",),
    migrations="surveys.migrations",
    routes=(*respond_pages.ROUTES, *hooks.ROUTES),
    jobs=(*worker.JOBS, *verification.JOBS),
    on_platform_created=on_platform_created,
)
