"""The component of surveys: what it adds to the house."""

from quality.component import Component

COMPONENT = Component(name="surveys", models=("surveys.models",), migrations="surveys.migrations")
