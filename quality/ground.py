"""The component of the ground itself: its models, pages, jobs and commands."""

import typer

from quality import jobs, operations
from quality.access import administration, installation, own_pages, public_pages, rules
from quality.access import commands as access_commands
from quality.access import pages as access_pages
from quality.complaints import forgetting as complaint_forgetting
from quality.complaints import links, waiting
from quality.complaints import routes as complaint_routes
from quality.complaints.followed import file_pages as followed_file_pages
from quality.complaints.followed import pages as followed_pages
from quality.complaints.ladder import escalating
from quality.complaints.learning import measuring, monthly
from quality.complaints.pages import panel
from quality.component import Component
from quality.demo import coming
from quality.demo import pages as demo_pages
from quality.directory import forgetting
from quality.directory.intake import api as intake_api
from quality.directory.intake import commands as intake_commands
from quality.directory.intake import home as files_home
from quality.directory.intake import pages as intake_pages
from quality.mail import outbox
from quality.measures import api as measures_api
from quality.measures import commands as measures_commands
from quality.measures.agreements import pages as agreement_pages
from quality.measures.agreements import waiting as agreements_waiting
from quality.measures.reports import open_pages, sending, subscription_pages
from quality.measures.reports import pages as report_pages
from quality.measures.views import funder_home, observer_home, provider_home, publishing_home, readings
from quality.measures.views import pages as measures_pages
from quality.measures.visits import measuring as visit_measuring
from quality.network import provider_list, provider_page, territory_pages, yearly_pages
from quality.search import pages as search_pages
from quality.search import sources
from quality.web import api, gallery, idempotency


def _commands(app: typer.Typer) -> None:
    for part in (access_commands, intake_commands, measures_commands):
        part.commands(app)


COMPONENT = Component(
    name="quality",
    models=(
        "quality.models",
        "quality.directory.models",
        "quality.access.models",
        "quality.files.models",
        "quality.network.models",
        "quality.complaints.models",
        "quality.measures.models",
    ),
    migrations="quality.migrations",
    routes=(
        *operations.ROUTES,
        *public_pages.ROUTES,
        *access_pages.ROUTES,
        *own_pages.ROUTES,
        *administration.ROUTES,
        *gallery.ROUTES,
        *intake_pages.ROUTES,
        *complaint_routes.ROUTES,
        *followed_pages.ROUTES,
        *followed_file_pages.ROUTES,
        *measures_pages.ROUTES,
        *subscription_pages.ROUTES,
        *yearly_pages.ROUTES,
        *report_pages.ROUTES,
        *open_pages.ROUTES,
        *agreement_pages.ROUTES,
        *provider_list.ROUTES,
        *provider_page.ROUTES,
        *territory_pages.ROUTES,
        *search_pages.ROUTES,
        *api.ROUTES,
        *intake_api.ROUTES,
        *measures_api.ROUTES,
    ),
    menu=(
        *own_pages.MENU,
        *intake_pages.MENU,
        *waiting.MENU,
        *complaint_routes.MENU,
        *measures_pages.MENU,
        *report_pages.MENU,
        *agreement_pages.MENU,
        *provider_list.MENU,
        *administration.MENU,
    ),
    home=(*waiting.HOME, *files_home.HOME, *measures_pages.HOME, *agreements_waiting.HOME),
    panels=(
        *funder_home.PANELS,
        *provider_home.PANELS,
        *observer_home.PANELS,
        *publishing_home.PANELS,
        *panel.PANELS,
        *files_home.PANELS,
        *installation.PANELS,
    ),
    provider_links=complaint_routes.PROVIDER_LINKS,
    search=(*sources.SEARCH, *search_pages.SEARCH),
    jobs=(
        *jobs.JOBS,
        *links.JOBS,
        *escalating.JOBS,
        *measuring.JOBS,
        *visit_measuring.JOBS,
        *monthly.JOBS,
        *sending.JOBS,
        *outbox.JOBS,
        *idempotency.JOBS,
    ),
    before_release=visit_measuring.settle,
    terms=(*forgetting.TERMS, *complaint_forgetting.TERMS, *readings.TERMS),
    needs_names=complaint_forgetting.needs_names,
    commands=_commands,
    visible=rules.VISIBLE,
    demo_routes=demo_pages.DEMO_ROUTES,
    demo_jobs=coming.JOBS,
)
