"""The component of surveys: what it adds to the house."""

from quality.component import Component
from surveys import publishing

COMPONENT = Component(
    name="surveys",
    models=("surveys.models",),
    migrations="surveys.migrations",
    on_platform_created=publishing.on_platform_created,
)
