"""A questionnaire printed whole for one visit, and a blank one of a version; neither names anybody."""

import asyncio
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from quality import clock
from quality.access import audit
from quality.access.actor import Actor, Role
from quality.access.scope import scoped
from quality.db import fetch_one, pool
from quality.errors import NotFound
from quality.web.format import phone_text
from quality.web.platform import card_of
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.door.codes import door_code
from surveys.door.finding import LABEL, Door, day_in_id, door_of_day
from surveys.door.form import drawn, way_of
from surveys.questionnaire.paper.form import form
from surveys.response import facts_of

HREF = "/interventions"
READERS = frozenset({Role.platform, Role.supervisor, Role.provider})
VISIT = """
SELECT client_id, departement FROM intervention
WHERE id = $1 AND platform_id = $2 AND ($3::uuid IS NULL OR provider_id = $3)
"""


async def door_of_visit(actor: Actor, visit: UUID) -> Door | None:
    """Find the open door of a visit that the actor may see, the last one of its day."""
    mine = actor.organisation if actor.role is Role.provider else None
    async with scoped(actor) as db:
        row = await fetch_one(db, VISIT, visit, actor.platform, mine)
    if row is None:
        return None
    return await door_of_day(
        pool("answer"), row["client_id"], day_in_id(visit, row["departement"]), clock.now()
    )


async def visit_form(request: Request) -> Response:
    """Print the questionnaire of a visit with its code; the audit trail says who did."""
    actor, visit = signed_in(request), request.path_params["id"]
    door = await door_of_visit(actor, visit)
    if door is None:
        raise NotFound
    asked, house = door.visit, request.app.state.house
    code = door_code(house.keyring.subkey(LABEL), asked.client_id, day_in_id(visit, asked.departement))
    card = await card_of(actor.platform)
    said = form(
        asked.questionnaire,
        facts_of(asked),
        platform=card.name,
        phone=phone_text(card.phone) if card.phone else "",
        language=asked.language,
    )
    async with scoped(actor) as db:
        await audit.record(db, actor, "door.form", str(visit))
    made = await asyncio.to_thread(drawn, said, way_of(house.settings.base_url, code))
    return pdf(made, f"questionnaire-{asked.visit_on}.pdf")


def pdf(made: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(made, media_type="application/pdf", headers=headers)


ROUTES = (
    page(f"{HREF}/{{id:uuid}}/questionnaire.pdf", visit_form, roles=READERS, name="visit-questionnaire"),
)
