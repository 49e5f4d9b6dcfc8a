"""The component of surveys: what it adds to the house."""

from quality.component import Component
from surveys import examining, ledger_pages, verification
from surveys.demo import pages as demo_pages
from surveys.demo import scene, telling
from surveys.desk import pages as desk_pages
from surveys.desk import ticks
from surveys.dispatch import hooks, worker
from surveys.file_outcomes import outcomes_of_file
from surveys.publishing import on_platform_created
from surveys.respond import pages as respond_pages

COMPONENT = Component(
    name="surveys",
    models=("surveys.models",),
    migrations="surveys.migrations",
    routes=(*respond_pages.ROUTES, *hooks.ROUTES, *desk_pages.ROUTES, *ledger_pages.ROUTES),
    menu=(*desk_pages.MENU, *ledger_pages.MENU),
    home=(*desk_pages.HOME,),
    jobs=(*worker.JOBS, *verification.JOBS, *ticks.JOBS),
    file_outcomes=(outcomes_of_file,),
    examine=examining.examine,
    on_platform_created=on_platform_created,
    demo=telling.tell,
    demo_home=scene.show,
    demo_routes=demo_pages.DEMO_ROUTES,
)
