"""The component of surveys: what it adds to the house."""

from datetime import datetime

import typer

from quality.component import Component
from surveys import dispositions, examining, searching, verification
from surveys.authoring import audio_pages, paper_pages, voice_pages
from surveys.authoring import choosing_pages as moment_pages
from surveys.authoring import commands as authoring_commands
from surveys.authoring import pages as authoring_pages
from surveys.authoring.editing import routes as authoring_routes
from surveys.authoring.previews import pages as questionnaire_previews
from surveys.demo import pages as demo_pages
from surveys.demo import past, scene, telling
from surveys.desk.queueing import home as desk_home
from surveys.desk.queueing import ticks
from surveys.desk.screen import caller_pages
from surveys.desk.screen import pages as desk_pages
from surveys.desk.supervision import crew_pages, staffing_pages
from surveys.desk.supervision import pages as supervision_pages
from surveys.dispatch import commands as dispatch_commands
from surveys.dispatch import home as dispatch_home
from surveys.dispatch import hooks, worker
from surveys.dispatch.control import counting
from surveys.dispatch.control import list_pages as message_pages
from surveys.dispatch.control import pages as control_pages
from surveys.door import choosing_pages, form_pages, sheet_pages, typing_pages
from surveys.door import pages as door_pages
from surveys.file_outcomes import outcomes_of_file
from surveys.honesty import judging
from surveys.honesty import pages as honesty_pages
from surveys.messages import editor_pages as template_editor_pages
from surveys.messages import pages as template_pages
from surveys.news import judging_pages, recalling
from surveys.news import ticks as news_ticks
from surveys.occasions import coverage, list_pages, opinions, story, year_pages
from surveys.protocol import draw_commands
from surveys.protocol.editing import draft_pages, preview_pages
from surveys.protocol.editing import pages as protocol_pages
from surveys.publishing import on_platform_created
from surveys.respond import listening
from surveys.respond import pages as respond_pages
from surveys.retention import answers, contacts, words
from surveys.retention.naming import needs_names
from surveys.reviews import messages, thanks
from surveys.reviews import pages as review_pages
from surveys.simulation import commands as simulation_commands
from surveys.simulation import pages as simulation_pages
from surveys.simulation import ticks as simulation_ticks
from surveys.yearly import ticks as yearly_ticks


async def _before_release(since: datetime) -> None:
    """Judge the answers and the requests of what is about to be published."""
    await judging.judge_since(since)
    await dispositions.settle(since)


def _commands(app: typer.Typer) -> None:
    for part in (simulation_commands, draw_commands, authoring_commands, dispatch_commands):
        part.commands(app)


COMPONENT = Component(
    name="surveys",
    models=(
        "surveys.models",
        "surveys.history",
        "surveys.authoring.models",
        "surveys.dispatch.control.models",
        "surveys.protocol.editing.models",
        "surveys.protocol.models",
        "surveys.simulation.models",
    ),
    migrations="surveys.migrations",
    routes=(
        *door_pages.ROUTES,
        *respond_pages.ROUTES,
        *sheet_pages.ROUTES,
        *form_pages.ROUTES,
        *typing_pages.ROUTES,
        *choosing_pages.ROUTES,
        *honesty_pages.ROUTES,
        *recalling.ROUTES,
        *judging_pages.ROUTES,
        *hooks.ROUTES,
        *caller_pages.ROUTES,
        *supervision_pages.ROUTES,
        *staffing_pages.ROUTES,
        *crew_pages.ROUTES,
        *desk_pages.ROUTES,
        *control_pages.ROUTES,
        *message_pages.ROUTES,
        *list_pages.ROUTES,
        *coverage.ROUTES,
        *year_pages.ROUTES,
        *story.ROUTES,
        *template_pages.ROUTES,
        *template_editor_pages.ROUTES,
        *draft_pages.ROUTES,
        *preview_pages.ROUTES,
        *protocol_pages.ROUTES,
        *moment_pages.ROUTES,
        *authoring_routes.ROUTES,
        *questionnaire_previews.ROUTES,
        *authoring_pages.ROUTES,
        *voice_pages.ROUTES,
        *paper_pages.ROUTES,
        *audio_pages.ROUTES,
        *listening.ROUTES,
        *review_pages.ROUTES,
        *messages.ROUTES,
        *thanks.ROUTES,
        *simulation_pages.ROUTES,
    ),
    menu=(
        *control_pages.MENU,
        *protocol_pages.MENU,
        *template_pages.MENU,
        *authoring_pages.MENU,
        *desk_pages.MENU,
        *typing_pages.MENU,
        *list_pages.MENU,
        *review_pages.MENU,
        *messages.MENU,
    ),
    commands=_commands,
    home=(*desk_pages.HOME,),
    panels=(*desk_home.PANELS, *dispatch_home.PANELS, *review_pages.PANELS),
    search=searching.SEARCH,
    provider_links=searching.PROVIDER_LINKS,
    followed_offers=(*recalling.OFFERS, *judging_pages.OFFERS),
    jobs=(
        *worker.JOBS,
        *verification.JOBS,
        *dispositions.JOBS,
        *ticks.JOBS,
        *news_ticks.JOBS,
        *judging.JOBS,
        *simulation_ticks.JOBS,
        *yearly_ticks.JOBS,
    ),
    terms=(*contacts.TERMS, *words.TERMS, *judging.TERMS, *answers.TERMS),
    needs_names=needs_names,
    file_outcomes=(outcomes_of_file,),
    examine=examining.examine,
    metrics=counting.metrics,
    on_platform_created=on_platform_created,
    opinions=opinions.opinions,
    before_release=_before_release,
    demo_past=past.tell,
    demo=telling.tell,
    demo_home=scene.show,
    demo_routes=demo_pages.DEMO_ROUTES,
)
