"""The component of the charter: what it adds to the house."""

from charter import facts, pages, reminders, rules, waiting, yearly
from charter.actions import pages as action_pages
from charter.adhesion import ticking
from charter.agreed import pages as agreed_pages
from charter.campaigns import pages as campaign_pages
from charter.campaigns import reminding
from charter.demo import declaring
from charter.evidence import pages as evidence_pages
from charter.offline import pages as offline_pages
from charter.publishing import pages as publishing_pages
from charter.register import pages as register_pages
from charter.review import pages as review_pages
from charter.runs import carry_pages
from charter.runs import pages as run_pages
from quality.component import Component

COMPONENT = Component(
    name="charter",
    models=("charter.models", "charter.review.models", "charter.adhesion.models", "charter.campaigns.models"),
    migrations="charter.migrations",
    routes=(
        *pages.ROUTES,
        *evidence_pages.ROUTES,
        *action_pages.ROUTES,
        *review_pages.ROUTES,
        *run_pages.ROUTES,
        *carry_pages.ROUTES,
        *publishing_pages.ROUTES,
        *offline_pages.ROUTES,
        *register_pages.ROUTES,
        *campaign_pages.ROUTES,
        *agreed_pages.ROUTES,
    ),
    convention_links=agreed_pages.LINKS,
    menu=waiting.MENU,
    home=waiting.HOME,
    panels=waiting.PANELS,
    jobs=(*reminders.JOBS, *ticking.JOBS, *reminding.JOBS),
    visible=rules.VISIBLE,
    provider_facts=facts.count,
    yearly=yearly.tell,
    demo_published=declaring.tell,
)
