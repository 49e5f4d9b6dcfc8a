"""/questionnaires/depuis-un-classeur: an XLSForm read before anything is kept, then made a draft."""

from dataclasses import dataclass, replace

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality.directory.intake.refusals import FileRefused
from quality.errors import Conflict
from quality.french import french
from quality.web import languages
from quality.web.languages import counted, ngettext
from quality.web.languages import gettext as _
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.authoring import store
from surveys.authoring.editing import drafts
from surveys.authoring.editing.located import sentence
from surveys.authoring.pages import HREF, WRITERS, title_of
from surveys.authoring.told import KINDS
from surveys.questionnaire.checking import repeated_names
from surveys.questionnaire.definition import Questionnaire
from surveys.questionnaire.xlsform.opening import LARGEST, opened
from surveys.questionnaire.xlsform.reading import Received, received
from surveys.questionnaire.xlsform.saying import Said

IMPORT = f"{HREF}/depuis-un-classeur"
MOST_LINES = 100
NO_FILE = french("Choisissez un classeur .xlsx.")
UNREADABLE = french("La lecture du classeur s’est perdue. Choisissez-le de nouveau.")
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One thing said of a form: where, and what."""

    sheet: str
    row: str
    column: str
    words: str


@dataclass(frozen=True, slots=True)
class QuestionnaireImport:
    """The page; `questions` are (words, kind) pairs, `definition` what becomes a draft, "" before it can."""

    title: str
    becomes: str
    questions: Pairs
    to_mend: tuple[ImportLine, ...]
    lost: tuple[ImportLine, ...]
    more: str
    definition: str
    errors: Pairs


NOTHING_YET = QuestionnaireImport("", "", (), (), (), "", "", ())


async def questionnaire_import(request: Request) -> Response:
    return await render(request, NOTHING_YET)


async def read_questionnaire_import(request: Request) -> Response:
    """Read a workbook and say what it would become; nothing is kept of it."""
    async with request.form() as form:
        sent = form.get("fichier")
        if not isinstance(sent, UploadFile) or not sent.filename:
            return await _refused(request, _(NO_FILE))
        content, name = await sent.read(LARGEST + 1), sent.filename.removesuffix(".xlsx").removesuffix(".csv")
    try:
        found = await run_in_threadpool(_read, content, name)
    except FileRefused as refusal:
        return await _refused(request, languages.said(refusal))
    becomes = await _becomes(request, found.sketch) if found.sketch else ""
    return await render(request, _shown(found, becomes), 200 if found.sketch else 422)


def _read(content: bytes, name: str) -> Received:
    form, odd = opened(content)
    found = received(form, code=name)
    return Received(found.sketch, found.is_sound, (*odd, *found.said))


async def _refused(request: Request, words: str, status: int = 422) -> Response:
    return await render(request, replace(NOTHING_YET, errors=(("fichier", words),)), status)


async def _becomes(request: Request, sketch: Questionnaire) -> str:
    """Say whether it would be a new questionnaire, or the next version of one."""
    known = await store.versions(signed_in(request), sketch.code)
    if not known:
        return _("Un nouveau questionnaire.")
    return _("La version {version} de «\u00a0{title}\u00a0», une fois publiée.").format(
        version=known[0].version + 1, title=title_of(known[0].questionnaire)
    )


def _shown(found: Received, becomes: str) -> QuestionnaireImport:
    sketch = found.sketch
    to_mend = tuple(_line(each) for each in found.said if each.stops)
    lost = tuple(_line(each) for each in found.said if not each.stops)
    left = max(len(to_mend) - MOST_LINES, 0) + max(len(lost) - MOST_LINES, 0)
    return QuestionnaireImport(
        title=title_of(sketch) if sketch else "",
        becomes=becomes,
        questions=_questions(sketch) if sketch else (),
        to_mend=to_mend[:MOST_LINES],
        lost=lost[:MOST_LINES],
        more=counted(ngettext("Et {num} autre ligne.", "Et {num} autres lignes.", left), left)
        if left
        else "",
        definition=msgspec.json.encode(sketch).decode() if sketch else "",
        errors=(),
    )


def _questions(sketch: Questionnaire) -> Pairs:
    return tuple((item.label.of(languages.current()), _(KINDS[item.kind])) for item in sketch.items)


def _line(said: Said) -> ImportLine:
    row = counted(_("ligne {num}"), said.row) if said.row else ""
    words = sentence(_(said.message).format_map(said.values))
    return ImportLine(said.sheet or _("le classeur"), row, said.column, words)


async def draft_questionnaire_import(request: Request) -> Response:
    """Make a draft of what was read."""
    sent = await request.form()
    try:
        brought = msgspec.json.decode(str(sent.get("definition", "")), type=Questionnaire)
    except msgspec.MsgspecError:
        return await _refused(request, _(UNREADABLE))
    if any(repeated_names([item.alias for item in brought.items])):
        return await _refused(request, _(UNREADABLE))
    try:
        await drafts.bring_in(signed_in(request), brought)
    except Conflict as conflict:
        return await _refused(request, languages.said(conflict), 409)
    return RedirectResponse(f"{HREF}/{brought.code}/brouillon", 303)


ROUTES = (
    page(IMPORT, questionnaire_import, roles=WRITERS),
    page(IMPORT, read_questionnaire_import, roles=WRITERS, methods=("POST",)),
    page(f"{IMPORT}/brouillon", draft_questionnaire_import, roles=WRITERS, methods=("POST",)),
)
