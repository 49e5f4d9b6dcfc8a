"""/questionnaires/{code}/brouillon/traduction/{language}: one language beside the French, and its file."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import UploadFile
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
from surveys.authoring.changing import Change, Path
from surveys.authoring.editing import drafts
from surveys.authoring.editing.draft_pages import DRAFT, drafted, faults_of, overtaken, revision_of
from surveys.authoring.editing.drafts import Draft
from surveys.authoring.editing.item_form import LONGEST, TOO_LONG, same
from surveys.authoring.editing.translating import Place, as_csv, changed, decoded, places, received
from surveys.authoring.pages import HREF, WRITERS, title_of
from surveys.authoring.told import LANGUAGE_NAMES
from surveys.questionnaire.definition import RIGHT_TO_LEFT, Questionnaire
from surveys.versions import attached

Pairs = tuple[tuple[str, str], ...]
CSV = "text/csv; charset=utf-8"
LARGEST = 512 * 1024
SAVED = french("La traduction est enregistrée.")
NO_FILE = french(
    "Choisissez un fichier CSV de 512 ko au plus. S’il ne passe pas, enregistrez-le en CSV UTF-8."
)
NOTHING = french("Ce fichier ne change rien : tout y est déjà écrit ainsi.")


@dataclass(frozen=True, slots=True)
class TranslationLine:
    """One text: the field of its form, where it is, the French, what is written, what is wrong in it."""

    name: str
    where: str
    french: str
    text: str
    error: str


@dataclass(frozen=True, slots=True)
class QuestionnaireTranslation:
    """The page of one language."""

    code: str
    title: str
    language: str
    name: str
    direction: str
    revision: int
    missing: int
    lines: tuple[TranslationLine, ...]
    others: Pairs
    notice: str
    refusal: str
    errors: Pairs


@dataclass(frozen=True, slots=True)
class TranslationPreview:
    """What a file would change, before it does; `rows` are (where, written today, in the file)."""

    code: str
    title: str
    language: str
    name: str
    revision: int
    source: str
    rows: tuple[tuple[str, str, str], ...]
    warnings: tuple[str, ...]


async def questionnaire_translation(request: Request) -> Response:
    notice = _(SAVED) if request.query_params.get("fait") == "enregistre" else ""
    return await _translation(request, notice=notice)


async def _translation(
    request: Request,
    typed: Mapping[str, str] | None = None,
    *,
    notice: str = "",
    refusal: str = "",
    errors: Pairs = (),
    status: int = 200,
) -> Response:
    draft = await drafted(request)
    language = _language(request, draft.questionnaire)
    wrong = dict(errors) if typed is not None else await _wrong(request, draft, language)
    texts = typed or {}
    known = places(draft.questionnaire)
    lines = tuple(_line(place, language, texts, wrong) for place in known)
    shown = QuestionnaireTranslation(
        code=draft.code,
        title=title_of(draft.questionnaire),
        language=language,
        name=_(LANGUAGE_NAMES[language]),
        direction="rtl" if language in RIGHT_TO_LEFT else "ltr",
        revision=draft.revision,
        missing=sum(not place.words.in_(language) for place in known),
        lines=lines,
        others=_others(draft.questionnaire, language),
        notice=notice,
        refusal=refusal,
        errors=errors or _summary(lines),
    )
    return await render(request, shown, status)


def _summary(lines: tuple[TranslationLine, ...]) -> Pairs:
    both = _("{place} : {words}")
    return tuple((line.name, both.format(place=line.where, words=line.error)) for line in lines if line.error)


def _language(request: Request, questionnaire: Questionnaire) -> str:
    language = str(request.path_params["language"])
    if language == "fr" or language not in questionnaire.languages:
        raise NotFound
    return language


def _others(questionnaire: Questionnaire, language: str) -> Pairs:
    spoken = [each for each in questionnaire.languages if each not in {"fr", language}]
    return tuple(
        (f"{HREF}/{questionnaire.code}/brouillon/traduction/{each}", _(LANGUAGE_NAMES[each]))
        for each in spoken
    )


def _line(place: Place, language: str, typed: Mapping[str, str], wrong: Mapping[str, str]) -> TranslationLine:
    text = typed.get(place.name, place.words.in_(language) or "")
    return TranslationLine(place.name, place.where, place.words.fr, text, wrong.get(place.name, ""))


async def _wrong(request: Request, draft: Draft, language: str) -> dict[str, str]:
    """Say what is wrong in the texts of this language, by the name of the text."""
    found = await faults_of(request, draft)
    return {each.text: each.sentence for each in reversed(found) if each.language == language}


async def save_questionnaire_translation(request: Request) -> Response:
    """Write the texts that differ as one step; what cannot be kept comes back as typed."""
    sent = {name: str(value) for name, value in (await request.form()).items()}
    draft = await drafted(request)
    language = _language(request, draft.questionnaire)
    typed = {name: text.replace("\0", "").replace("\r\n", "\n").strip() for name, text in sent.items()}
    long = tuple(
        (place.name, _(TOO_LONG))
        for place in places(draft.questionnaire)
        if len(typed.get(place.name, "")) > LONGEST
    )
    if long:
        return await _translation(request, typed, errors=long, status=422)
    try:
        await _write(request, draft, language, changed(places(draft.questionnaire), typed, language), sent)
    except Conflict:
        return await _overtaken(request, draft, language, typed)
    return RedirectResponse(f"{HREF}/{draft.code}/brouillon/traduction/{language}?fait=enregistre", 303)


async def _overtaken(request: Request, draft: Draft, language: str, typed: Mapping[str, str]) -> Response:
    """Show what was typed beside what somebody else wrote meanwhile, and where both wrote."""
    read = await drafts.as_it_was(signed_in(request), draft.code, revision_of(typed))
    before = {place.name: place for place in places(read)} if read else {}
    mine = {name: text for name, text in typed.items() if not _says(before.get(name), text, language)}
    both = [
        place.where
        for place in places(draft.questionnaire)
        if place.name in mine.keys() & before.keys()
        and not _says(place, before[place.name].words.in_(language) or "", language)
        and not _says(place, mine[place.name], language)
    ]
    return await _translation(request, mine, refusal=overtaken(both), status=409)


def _says(place: Place | None, text: str, language: str) -> bool:
    return place is not None and same(text, place.words.in_(language) or "")


async def _write(
    request: Request, draft: Draft, language: str, texts: Mapping[Path, str], sent: Mapping[str, str]
) -> None:
    def step(now: Questionnaire) -> Change:
        return changing.reword(now, texts, language)

    await drafts.change(signed_in(request), draft.code, revision_of(sent), step)


async def questionnaire_translation_csv(request: Request) -> Response:
    """Give the texts of a language with their French, as a table."""
    draft = await drafted(request)
    language = _language(request, draft.questionnaire)
    content = as_csv(draft.questionnaire, language).encode()
    return attached(content, CSV, f"{draft.code}-{language}.csv")


async def receive_translation(request: Request) -> Response:
    """Say what a file would change; nothing is written before it is confirmed."""
    draft = await drafted(request)
    language = _language(request, draft.questionnaire)
    async with request.form() as form:
        upload = form.get("fichier")
        raw = await upload.read(LARGEST + 1) if isinstance(upload, UploadFile) else b""
    source = decoded(raw, language)
    if not source or len(raw) > LARGEST:
        return await _translation(request, errors=(("fichier", _(NO_FILE)),), status=422)
    found = received(source, draft.questionnaire, language)
    if found.refusals:
        errors = tuple(("fichier", words) for words in found.refusals[:50])
        return await _translation(request, errors=errors, status=422)
    if not found.texts:
        return await _translation(request, notice=_(NOTHING))
    where = {place.path: place for place in places(draft.questionnaire)}
    nothing = _("(rien)")
    shown = TranslationPreview(
        code=draft.code,
        title=title_of(draft.questionnaire),
        language=language,
        name=_(LANGUAGE_NAMES[language]),
        revision=draft.revision,
        source=source,
        rows=tuple(
            (where[path].where, where[path].words.in_(language) or nothing, text or nothing)
            for path, text in found.texts.items()
        ),
        warnings=found.warnings,
    )
    return await render(request, shown)


async def apply_translation(request: Request) -> Response:
    """Write a file that was read before, as one step."""
    sent = {name: str(value) for name, value in (await request.form()).items()}
    draft = await drafted(request)
    language = _language(request, draft.questionnaire)
    found = received(sent.get("source", ""), draft.questionnaire, language)
    if found.refusals:
        errors = tuple(("fichier", words) for words in found.refusals[:50])
        return await _translation(request, errors=errors, status=422)
    try:
        await _write(request, draft, language, found.texts, sent)
    except Conflict as conflict:
        return await _translation(request, refusal=languages.said(conflict), status=409)
    return RedirectResponse(f"{HREF}/{draft.code}/brouillon/traduction/{language}?fait=enregistre", 303)


PAGE = f"{DRAFT}/traduction/{{language}}"
ROUTES = (
    page(f"{PAGE}.csv", questionnaire_translation_csv, roles=WRITERS),
    page(f"{PAGE}/recevoir", receive_translation, roles=WRITERS, methods=("POST",)),
    page(f"{PAGE}/appliquer", apply_translation, roles=WRITERS, methods=("POST",)),
    page(PAGE, questionnaire_translation, roles=WRITERS),
    page(PAGE, save_questionnaire_translation, roles=WRITERS, methods=("POST",)),
)
