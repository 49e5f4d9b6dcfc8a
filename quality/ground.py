"""The component of the ground itself: its models, pages, jobs and commands."""

from quality.complaints import pages as complaints
from quality.complaints import waiting as complaints_waiting
from quality.component import Component

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
    routes=(*complaints.ROUTES,),
    menu=(*complaints_waiting.MENU,),
    home=(*complaints_waiting.HOME,),
)
