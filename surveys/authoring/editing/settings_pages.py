"""/questionnaires/{code}/brouillon/reglages: the title of a draft, and its languages in order."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality.errors import Conflict, NotFound
from quality.french import french
from quality.web import languages
from quality.web.languages import gettext as _
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.authoring import changing
from surveys.authoring.changing import Change
from surveys.authoring.editing import drafts
from surveys.authoring.editing.draft_pages import DRAFT, drafted, faults_of, revision_of, typed_once
from surveys.authoring.editing.drafts import LONGEST_TITLE, TITLE
from surveys.authoring.editing.located import of_item
from surveys.authoring.pages import HREF, WRITERS, title_of
from surveys.authoring.told import LANGUAGE_NAMES, language_names
from surveys.questionnaire.definition import LANGUAGES, Questionnaire, Words

Pairs = tuple[tuple[str, str], ...]
SAVED = french("C’est enregistré.")


@dataclass(frozen=True, slots=True)
class QuestionnaireSettings:
    """The page; `titles` are (language, name of the language, words), `others` the languages to add."""

    code: str
    title: str
    revision: int
    titles: tuple[tuple[str, str, str], ...]
    languages: Pairs
    others: Pairs
    notice: str
    refusal: str
    errors: Pairs


async def questionnaire_settings(request: Request) -> Response:
    return await _settings(request, {})


async def _settings(
    request: Request, typed: Mapping[str, str], *, refusal: str = "", errors: Pairs = (), status: int = 200
) -> Response:
    draft = await drafted(request)
    questionnaire = draft.questionnaire
    found = of_item(await faults_of(request, draft), "")
    spoken = language_names(questionnaire)
    shown = QuestionnaireSettings(
        code=draft.code,
        title=title_of(questionnaire),
        revision=draft.revision,
        titles=tuple(
            (each, name, typed.get(f"title-{each}", questionnaire.title.in_(each) or ""))
            for each, name in spoken
        ),
        languages=spoken,
        others=tuple(
            (each, _(LANGUAGE_NAMES[each])) for each in LANGUAGES if each not in questionnaire.languages
        ),
        notice=_(SAVED) if request.query_params.get("fait") == "enregistre" else "",
        refusal=refusal,
        errors=errors or tuple((each.anchor, each.words) for each in found),
    )
    return await render(request, shown, status)


async def save_questionnaire_settings(request: Request) -> Response:
    """Keep the title, or do what the pressed button says of a language: `ajouter`, `monter-es`."""
    typed = await typed_once(request)
    verb, _dash, language = typed.get("action", "").partition("-")
    if verb == "titre" and (errors := _wrong_titles(typed)):
        return await _settings(request, typed, errors=errors, status=422)
    code = request.path_params["code"]
    try:
        await drafts.change(
            signed_in(request), code, revision_of(typed), lambda now: _changed(now, verb, language, typed)
        )
    except Conflict as conflict:
        return await _settings(request, typed, refusal=languages.said(conflict), status=409)
    return RedirectResponse(f"{HREF}/{code}/brouillon/reglages?fait=enregistre#languages", 303)


def _wrong_titles(typed: Mapping[str, str]) -> Pairs:
    if not typed.get("title-fr"):
        return (("title-fr", _(TITLE)),)
    return tuple(
        (f"title-{each}", _(TITLE))
        for each in LANGUAGES
        if len(typed.get(f"title-{each}", "")) > LONGEST_TITLE
    )


def _changed(now: Questionnaire, verb: str, language: str, typed: Mapping[str, str]) -> Change:
    if verb == "titre":
        return changing.retitle(now, _title(now, typed))
    if verb == "ajouter":
        return changing.add_language(now, typed.get("langue", ""))
    if verb == "retirer":
        return changing.remove_language(now, language)
    if verb in {"monter", "descendre"}:
        return changing.move_language(now, language, -1 if verb == "monter" else 1)
    raise NotFound


def _title(now: Questionnaire, typed: Mapping[str, str]) -> Words:
    """Write the titles of the form; one that is emptied is said in French again."""
    own = {each: typed.get(f"title-{each}", "") or None for each in now.languages}
    return msgspec.structs.replace(now.title, **own)


ROUTES = (
    page(f"{DRAFT}/reglages", questionnaire_settings, roles=WRITERS),
    page(f"{DRAFT}/reglages", save_questionnaire_settings, roles=WRITERS, methods=("POST",)),
)
