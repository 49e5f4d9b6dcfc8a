"""/questionnaires/{code}/versions/{version}/papier.pdf: a blank specimen of a version, to be read."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from quality.web.format import phone_text
from quality.web.platform import card_of
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.authoring import store
from surveys.authoring.pages import HREF, READERS
from surveys.authoring.specimen import language_named, person_named, visit_of
from surveys.door.form import drawn
from surveys.door.form_pages import pdf
from surveys.questionnaire.paper.form import form
from surveys.versions import version_named


async def paper_specimen(request: Request) -> Response:
    """Print what a person would receive, in one language; it carries no code."""
    actor, code = signed_in(request), request.path_params["code"]
    chosen = version_named(request, await store.versions(actor, code))
    asked = request.query_params
    language = language_named(chosen.questionnaire, asked.get("parle", ""))
    card = await card_of(actor.platform)
    said = form(
        chosen.questionnaire,
        visit_of(person_named(asked.get("pour", ""))),
        platform=card.name,
        phone=phone_text(card.phone) if card.phone else "",
        language=language,
    )
    made = await asyncio.to_thread(drawn, said)
    return pdf(made, f"{code}-v{chosen.version}-{language}.pdf")


ROUTES = (
    page(
        f"{HREF}/{{code}}/versions/{{version:int}}/papier.pdf",
        paper_specimen,
        roles=READERS,
        name="questionnaire-paper",
    ),
)
