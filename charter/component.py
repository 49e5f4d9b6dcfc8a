"""The component of the charter: what it adds to the house."""

from charter import rules
from quality.component import Component

COMPONENT = Component(
    name="charter",
    models=("charter.models",),
    migrations="charter.migrations",
    visible=rules.VISIBLE,
)
