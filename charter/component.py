"""The component of the charter: what it adds to the house."""

from charter import demo, pages, rules, waiting
from quality.component import Component

COMPONENT = Component(
    name="charter",
    models=("charter.models",),
    migrations="charter.migrations",
    routes=pages.ROUTES,
    menu=waiting.MENU,
    home=waiting.HOME,
    panels=waiting.PANELS,
    visible=rules.VISIBLE,
    demo=demo.tell,
)
