"""The component of surveys: what it adds to the house."""

from quality.component import Component
from surveys import publishing
from surveys.respond import pages as answer_pages

COMPONENT = Component(
    name="surveys",
    models=("surveys.models",),
    migrations="surveys.migrations",
    routes=(*answer_pages.ROUTES,),
    on_platform_created=publishing.on_platform_created,
)
