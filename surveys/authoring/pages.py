"""/questionnaires: the questionnaires of the platform, one version read whole, its files."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality.access.actor import Role
from quality.access.refusals import Errors, said
from quality.component import MenuEntry
from quality.errors import Invalid
from quality.french import french
from quality.web import languages
from quality.web.languages import counted, ngettext
from quality.web.languages import gettext as _
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.authoring import store
from surveys.authoring.editing import drafts
from surveys.authoring.editing.drafts import Draft
from surveys.authoring.store import Published
from surveys.authoring.told import MOMENTS, ToldItem, language_names, told
from surveys.protocol.choosing_questions import Moment
from surveys.questionnaire.definition import Questionnaire
from surveys.questionnaire.reading import library
from surveys.questionnaire.xlsform.workbook import XLSX, write
from surveys.questionnaire.xlsform.writing import form_of
from surveys.versions import attached, version_named, versions_listed, when, yaml_file

HREF = "/questionnaires"
READERS = frozenset({Role.platform, Role.supervisor})
WRITERS = frozenset({Role.platform})
DONE = {
    "publie": french("La nouvelle version est publiée. Les réponses déjà données gardent la leur."),
    "supprime": french("Le brouillon est supprimé."),
}


@dataclass(frozen=True, slots=True)
class QuestionnaireLine:
    """One questionnaire of the list; `published` is empty before its first version."""

    code: str
    title: str
    published: str
    size: str
    asked: str
    draft: str


@dataclass(frozen=True, slots=True)
class QuestionnaireList:
    """The page; `models` are what a new questionnaire may begin from, `typed` what was refused."""

    lines: tuple[QuestionnaireLine, ...]
    may_write: bool
    models: tuple[tuple[str, str], ...]
    typed: Mapping[str, str]
    notice: str
    errors: Errors


@dataclass(frozen=True, slots=True)
class QuestionnairePage:
    """One version read whole; `languages` are (code, name), `versions` (words, when, address or "")."""

    code: str
    title: str
    version: int
    published: str
    is_latest: bool
    asked: str
    items: tuple[ToldItem, ...]
    languages: tuple[tuple[str, str], ...]
    versions: tuple[tuple[str, str, str], ...]
    draft: str
    may_write: bool
    notice: str


async def questionnaire_list(request: Request) -> Response:
    return await _list(request)


async def _list(request: Request, typed: Mapping[str, str] | None = None, errors: Errors = ()) -> Response:
    actor = signed_in(request)
    known, used, written = (
        await store.published(actor),
        await store.moments(actor),
        await drafts.drafts(actor),
    )
    codes = {each.code for each in known}
    shown = QuestionnaireList(
        lines=(
            *(_line(each, used.get(each.code, ()), written.get(each.code)) for each in known),
            *(_new_line(draft) for code, draft in written.items() if code not in codes),
        ),
        may_write=actor.role in WRITERS,
        models=_models(known),
        typed=typed or {},
        notice=_notice(request),
        errors=errors,
    )
    return await render(request, shown, 422 if errors else 200)


def _notice(request: Request) -> str:
    return _(DONE.get(request.query_params.get("fait", ""), ""))


def _line(each: Published, moments: tuple[str, ...], draft: Draft | None) -> QuestionnaireLine:
    return QuestionnaireLine(
        code=each.code,
        title=title_of(each.questionnaire),
        published=published_words(each),
        size=_size(each.questionnaire),
        asked=asked_words(moments),
        draft=draft_words(draft),
    )


def _new_line(draft: Draft) -> QuestionnaireLine:
    title, size = title_of(draft.questionnaire), _size(draft.questionnaire)
    return QuestionnaireLine(draft.code, title, "", size, "", draft_words(draft))


def _size(questionnaire: Questionnaire) -> str:
    questions = len(questionnaire.items)
    return counted(ngettext("{num} question", "{num} questions", questions), questions)


def _models(known: tuple[Published, ...]) -> tuple[tuple[str, str], ...]:
    """List what a new questionnaire may begin from: nothing, the library, those of the platform."""
    ready = _("Modèle fourni : {title}")
    own = _("Le vôtre : {title}")
    return (
        (drafts.BLANK, _("Une seule question, à compléter")),
        *(
            (f"{drafts.SHIPPED}{code}", ready.format(title=title_of(library(code))))
            for code in drafts.shipped()
        ),
        *((f"{drafts.OWN}{each.code}", own.format(title=title_of(each.questionnaire))) for each in known),
    )


async def create_questionnaire(request: Request) -> Response:
    typed = {name: str(value) for name, value in (await request.form()).items()}
    try:
        code = await drafts.create(signed_in(request), typed.get("nom", ""), typed.get("modele", ""))
    except Invalid as error:
        return await _list(request, typed, said(error))
    return RedirectResponse(f"{HREF}/{code}/brouillon", 303)


def title_of(questionnaire: Questionnaire) -> str:
    return questionnaire.title.of(languages.current())


def draft_words(draft: Draft | None) -> str:
    """Say who changed a draft, and when; nothing without one."""
    if draft is None:
        return ""
    words = {"when": when(draft.changed_at), "who": draft.author}
    if not draft.author:
        return _("Brouillon enregistré le {when}").format_map(words)
    return _("Brouillon enregistré par {who}, le {when}").format_map(words)


def asked_words(moments: tuple[str, ...]) -> str:
    """Say when a questionnaire is asked."""
    if not moments:
        return _("Il n’est posé à aucun moment.")
    return _("Posé {moments}.").format(moments=", ".join(_(MOMENTS[Moment(moment)]) for moment in moments))


def published_words(each: Published) -> str:
    """Say which version this is, since when, and who published it."""
    words = {"version": each.version, "when": when(each.published_at), "who": each.author}
    if each.author:
        return _("Version {version}, publiée le {when} par {who}.").format_map(words)
    return _("Version {version}, publiée le {when}.").format_map(words)


async def questionnaire_page(request: Request) -> Response:
    """Show the version in use, or an older one; a questionnaire that is only a draft leads to it."""
    actor, code = signed_in(request), request.path_params["code"]
    known, draft = await store.versions(actor, code), await drafts.find(actor, code)
    if not known and draft is not None:
        return RedirectResponse(f"{HREF}/{code}/brouillon", 303)
    chosen = version_named(request, known)
    used = await store.moments(actor)
    shown = QuestionnairePage(
        code=code,
        title=title_of(chosen.questionnaire),
        version=chosen.version,
        published=published_words(chosen),
        is_latest=chosen is known[0],
        asked=asked_words(used.get(code, ())),
        items=told(chosen.questionnaire),
        languages=language_names(chosen.questionnaire),
        versions=versions_listed(request, known, f"{HREF}/{code}"),
        draft=draft_words(draft),
        may_write=actor.role in WRITERS,
        notice=_notice(request),
    )
    return await render(request, shown)


async def questionnaire_yaml(request: Request) -> Response:
    """Give a version as YAML: the newest, or the one of `version`."""
    code = request.path_params["code"]
    chosen = version_named(request, await store.versions(signed_in(request), code))
    return yaml_file(store.as_yaml(chosen.questionnaire), code, chosen.version)


async def questionnaire_xlsform(request: Request) -> Response:
    """Give a version as an XLSForm: the newest, or the one of `version`."""
    code = request.path_params["code"]
    chosen = version_named(request, await store.versions(signed_in(request), code))
    content = await run_in_threadpool(lambda: write(form_of(chosen.questionnaire)))
    return attached(content, XLSX, f"{code}-v{chosen.version}.xlsx")


ROUTES = (
    page(HREF, questionnaire_list, roles=READERS),
    page(HREF, create_questionnaire, roles=WRITERS, methods=("POST",)),
    page(f"{HREF}/{{code}}.yaml", questionnaire_yaml, roles=READERS),
    page(f"{HREF}/{{code}}.xlsx", questionnaire_xlsform, roles=READERS),
    page(
        f"{HREF}/{{code}}/versions/{{version:int}}",
        questionnaire_page,
        roles=READERS,
        name="questionnaire-version",
    ),
    page(f"{HREF}/{{code}}", questionnaire_page, roles=READERS),
)
MENU = (MenuEntry(HREF, "Questionnaires", "action", READERS, rank=74),)
