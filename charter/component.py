"""The component of the charter: what it adds to the house."""

from quality.component import Component

COMPONENT = Component(name="charter")
