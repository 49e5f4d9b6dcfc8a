"""/questionnaires/{code}/brouillon/relecture: what a draft changes, then its publication."""

from collections.abc import Iterator
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality.errors import Conflict
from quality.web import languages
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.authoring.editing import drafts
from surveys.authoring.editing.comparing import Comparison, compared
from surveys.authoring.editing.draft_pages import (
    DRAFT,
    address_of,
    drafted,
    faults_of,
    past_of,
    revision_of,
    typed_once,
)
from surveys.authoring.editing.drafts import Draft
from surveys.authoring.pages import HREF, READERS, WRITERS, draft_words, title_of
from surveys.authoring.told import ToldItem, language_names, told
from surveys.questionnaire.definition import wordings
from surveys.questionnaire.reading import DefinitionRefused


@dataclass(frozen=True, slots=True)
class QuestionnaireReview:
    """A draft as it would be published; `faults` stop it, `comparison` is None for a first version.

    `untranslated` are (address, language, number of texts).
    """

    code: str
    title: str
    saved: str
    revision: int
    version: int
    comparison: Comparison | None
    faults: tuple[tuple[str, str], ...]
    untranslated: tuple[tuple[str, str, int], ...]
    items: tuple[ToldItem, ...]
    languages: tuple[tuple[str, str], ...]
    may_write: bool
    refusal: str


async def questionnaire_review(request: Request) -> Response:
    return await _review(request)


async def _review(request: Request, refusal: str = "", status: int = 200) -> Response:
    draft, past = await drafted(request), await past_of(request)
    questionnaire = draft.questionnaire
    found = await faults_of(request, draft)
    shown = QuestionnaireReview(
        code=draft.code,
        title=title_of(questionnaire),
        saved=draft_words(draft),
        revision=draft.revision,
        version=past[0].version + 1 if past else 1,
        comparison=compared(past, questionnaire) if past else None,
        faults=tuple((address_of(draft.code, each), _numbered(each.number, each.words)) for each in found),
        untranslated=tuple(_untranslated(draft)),
        items=told(questionnaire),
        languages=language_names(questionnaire),
        may_write=signed_in(request).role in WRITERS,
        refusal=refusal,
    )
    return await render(request, shown, status)


def _untranslated(draft: Draft) -> Iterator[tuple[str, str, int]]:
    """Say what each language lacks: (address of its page, its name, how many texts)."""
    for language, name in language_names(draft.questionnaire):
        missing = sum(not words.in_(language) for _path, words in wordings(draft.questionnaire))
        if missing:
            yield f"{HREF}/{draft.code}/brouillon/traduction/{language}", name, missing


def _numbered(number: int, words: str) -> str:
    return f"{number}. {words}" if number else words


async def publish_questionnaire(request: Request) -> Response:
    """Publish the version that was announced; what is refused comes back with each reason."""
    typed, code = await typed_once(request), request.path_params["code"]
    try:
        await drafts.publish(
            signed_in(request), code, revision_of(typed), revision_of({"revision": typed.get("version", "")})
        )
    except DefinitionRefused:
        return await _review(request, status=422)
    except Conflict as conflict:
        return await _review(request, languages.said(conflict), status=409)
    return RedirectResponse(f"{HREF}/{code}?fait=publie", 303)


ROUTES = (
    page(f"{DRAFT}/relecture", questionnaire_review, roles=READERS),
    page(f"{DRAFT}/publier", publish_questionnaire, roles=WRITERS, methods=("POST",)),
)
