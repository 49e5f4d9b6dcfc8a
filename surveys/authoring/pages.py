"""/questionnaires: the questionnaires of the platform, one version read whole, its files."""

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from quality.access.actor import Role
from quality.component import MenuEntry
from quality.web import languages
from quality.web.languages import counted, ngettext
from quality.web.languages import gettext as _
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.authoring import store
from surveys.authoring.store import Published
from surveys.authoring.told import MOMENTS, ToldItem, language_names, told
from surveys.protocol.choosing_questions import Moment
from surveys.questionnaire.xlsform.workbook import XLSX, write
from surveys.questionnaire.xlsform.writing import form_of
from surveys.versions import attached, version_named, versions_listed, when, yaml_file

HREF = "/questionnaires"
PLATFORM = frozenset({Role.platform})


@dataclass(frozen=True, slots=True)
class QuestionnaireLine:
    """One questionnaire of the list."""

    code: str
    title: str
    published: str
    size: str
    asked: str


@dataclass(frozen=True, slots=True)
class QuestionnaireList:
    """The page."""

    lines: tuple[QuestionnaireLine, ...]


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


async def questionnaire_list(request: Request) -> Response:
    actor = signed_in(request)
    known, used = await store.published(actor), await store.moments(actor)
    return await render(
        request, QuestionnaireList(tuple(_line(each, used.get(each.code, ())) for each in known))
    )


def _line(each: Published, moments: tuple[str, ...]) -> QuestionnaireLine:
    questions = len(each.questionnaire.items)
    return QuestionnaireLine(
        code=each.code,
        title=title_of(each),
        published=published_words(each),
        size=counted(ngettext("{num} question", "{num} questions", questions), questions),
        asked=asked_words(moments),
    )


def title_of(each: Published) -> str:
    return each.questionnaire.title.of(languages.current())


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
    """Show the version in use, or an older one."""
    actor, code = signed_in(request), request.path_params["code"]
    known = await store.versions(actor, code)
    chosen = version_named(request, known)
    used = await store.moments(actor)
    shown = QuestionnairePage(
        code=code,
        title=title_of(chosen),
        version=chosen.version,
        published=published_words(chosen),
        is_latest=chosen is known[0],
        asked=asked_words(used.get(code, ())),
        items=told(chosen.questionnaire),
        languages=language_names(chosen.questionnaire),
        versions=versions_listed(request, known, f"{HREF}/{code}"),
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
    page(HREF, questionnaire_list, roles=PLATFORM),
    page(f"{HREF}/{{code}}.yaml", questionnaire_yaml, roles=PLATFORM),
    page(f"{HREF}/{{code}}.xlsx", questionnaire_xlsform, roles=PLATFORM),
    page(
        f"{HREF}/{{code}}/versions/{{version:int}}",
        questionnaire_page,
        roles=PLATFORM,
        name="questionnaire-version",
    ),
    page(f"{HREF}/{{code}}", questionnaire_page, roles=PLATFORM),
)
MENU = (MenuEntry(HREF, "Questionnaires", "action", PLATFORM, rank=74),)
