"""/questionnaires/{code}/versions/{version}/apercu: a version as each channel says it, side by side."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality.access.actor import Actor
from quality.french import french
from quality.web.format import phone_text
from quality.web.languages import gettext as _
from quality.web.platform import card_of
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.authoring import store
from surveys.authoring.editing.draft_pages import DRAFT, drafted
from surveys.authoring.pages import HREF, READERS, title_of
from surveys.authoring.previews import aloud, messages, web
from surveys.authoring.previews.about import MESSAGE_LANGUAGES, About
from surveys.authoring.previews.aloud import ScriptLine, Turn
from surveys.authoring.previews.messages import Bubble
from surveys.authoring.previews.web import WebPage
from surveys.authoring.specimen import language_named, people, person_named, visit_of
from surveys.authoring.told import language_names
from surveys.dispatch.text import Email
from surveys.messages import store as words
from surveys.questionnaire.checking import findings
from surveys.questionnaire.definition import Questionnaire
from surveys.questionnaire.paper.form import Form, form
from surveys.reviews.messages import SAMPLE_TOKEN
from surveys.versions import version_named

STANDS_IN = french("Les SMS et les e-mails n’existent pas dans cette langue : ils partent en français.")


@dataclass(frozen=True, slots=True)
class QuestionnairePreview:
    """The page; `stands_in` says that messages are in another language, `is_by_sms` that SMS ask."""

    title: str
    path: str
    is_draft: bool
    people: tuple[tuple[str, str], ...]
    person: str
    languages: tuple[tuple[str, str], ...]
    language: str
    message_language: str
    stands_in: str
    web: tuple[WebPage, ...]
    email: Email
    sms: tuple[Bubble, ...]
    is_by_sms: bool
    voice: tuple[Turn, ...]
    opening: str
    script: tuple[ScriptLine, ...]
    who: tuple[str, ...]
    paper: Form


async def questionnaire_preview(request: Request) -> Response:
    """Show the version that the address names."""
    actor, code = signed_in(request), request.path_params["code"]
    chosen = version_named(request, await store.versions(actor, code))
    return await _previewed(request, chosen.questionnaire, f"{HREF}/{code}/versions/{chosen.version}")


async def draft_preview(request: Request) -> Response:
    """Show a draft as it stands; one that cannot be asked leads to what is wrong in it."""
    draft = await drafted(request)
    if list(findings(draft.questionnaire)):
        return RedirectResponse(f"{HREF}/{draft.code}/brouillon/relecture", 303)
    return await _previewed(request, draft.questionnaire, f"{HREF}/{draft.code}/brouillon")


async def _previewed(request: Request, questionnaire: Questionnaire, path: str) -> Response:
    actor, asked = signed_in(request), request.query_params
    person = person_named(asked.get("pour", ""))
    language = language_named(questionnaire, asked.get("parle", ""))
    about = await _about(request, actor, questionnaire, person, language)
    shown = QuestionnairePreview(
        title=title_of(questionnaire),
        path=path,
        is_draft=path.endswith("/brouillon"),
        people=people(),
        person=person,
        languages=language_names(questionnaire),
        language=language,
        message_language=about.message_language,
        stands_in="" if language in MESSAGE_LANGUAGES else _(STANDS_IN),
        web=web.pages(request, about),
        email=messages.email(about),
        sms=messages.conversation(about),
        is_by_sms=bool(questionnaire.asked_on("sms")),
        voice=aloud.voice(about),
        opening=aloud.opening(about),
        script=aloud.script(about),
        who=aloud.who(about),
        paper=_paper(about),
    )
    return await render(request, shown)


def _paper(about: About) -> Form:
    """Compose the sheet that is printed."""
    phone = phone_text(about.card.phone) if about.card.phone else ""
    return form(
        about.questionnaire, about.visit, platform=about.card.name, phone=phone, language=about.language
    )


async def _about(
    request: Request, actor: Actor, questionnaire: Questionnaire, person: str, language: str
) -> About:
    known, moments = await words.current(actor), await store.moments(actor)
    base = request.app.state.house.settings.base_url.rstrip("/")
    return About(
        questionnaire=questionnaire,
        visit=visit_of(person),
        language=language,
        card=await card_of(actor.platform),
        templates={key: found.template for key, found in known.items()},
        link=f"{base}/s/{SAMPLE_TOKEN}",
        moment=next(iter(moments.get(questionnaire.code, ())), "visit"),
    )


ROUTES = (
    page(f"{DRAFT}/apercu", draft_preview, roles=READERS, name="questionnaire-draft-preview"),
    page(
        f"{HREF}/{{code}}/versions/{{version:int}}/apercu",
        questionnaire_preview,
        roles=READERS,
        name="questionnaire-preview",
    ),
)
