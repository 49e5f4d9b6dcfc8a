"""/questionnaires/{code}/brouillon: the questions of a draft in order, each with what is to be corrected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality.errors import Conflict, NotFound
from quality.french import french
from quality.web import languages
from quality.web.languages import gettext as _
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.authoring import changing, store
from surveys.authoring.changing import Change
from surveys.authoring.editing import drafts
from surveys.authoring.editing.drafts import CHANGED, Draft
from surveys.authoring.editing.located import Fault, faults, of_item
from surveys.authoring.editing.saying import said
from surveys.authoring.pages import HREF, READERS, WRITERS, draft_words, title_of
from surveys.authoring.told import KINDS
from surveys.questionnaire.definition import Kind, Questionnaire

DRAFT = f"{HREF}/{{code}}/brouillon"
LONGEST = 500
NO_LABEL = french("Écrivez la question, en 500 caractères au plus.")
OVERTAKEN = french("Quelqu’un d’autre a changé ce brouillon. Voici votre texte : enregistrez pour le garder.")
BOTH = french("Vous l’avez changé tous les deux : {places}. Votre texte remplacera le sien.")
Pairs = tuple[tuple[str, str], ...]
MOVES = {"monter": -1, "descendre": 1}


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """One question of the list; `faults` are (address, sentence) pairs."""

    number: int
    alias: str
    label: str
    kind: str
    faults: Pairs


@dataclass(frozen=True, slots=True)
class QuestionnaireEditor:
    """The page; `undoes` and `redoes` are sentences, `places` where a question may be added."""

    code: str
    title: str
    saved: str
    revision: int
    is_new: bool
    may_write: bool
    lines: tuple[QuestionLine, ...]
    faults: Pairs
    undoes: str
    redoes: str
    kinds: Pairs
    places: Pairs
    typed: Mapping[str, str]
    refusal: str
    errors: Pairs


async def drafted(request: Request) -> Draft:
    """Read the draft that an address names."""
    draft = await drafts.find(signed_in(request), request.path_params["code"])
    if draft is None:
        raise NotFound
    return draft


async def past_of(request: Request) -> tuple[Questionnaire, ...]:
    """Read the versions published before a draft, the newest first."""
    known = await store.versions(signed_in(request), request.path_params["code"])
    return tuple(each.questionnaire for each in known)


async def faults_of(request: Request, draft: Draft) -> tuple[Fault, ...]:
    """List all that keeps a draft from being published."""
    asked = await store.moments(signed_in(request))
    return faults(draft.questionnaire, await past_of(request), asked.get(draft.code, ()))


async def questionnaire_editor(request: Request) -> Response:
    return await _editor(request)


async def _editor(
    request: Request,
    typed: Mapping[str, str] | None = None,
    *,
    refusal: str = "",
    errors: Pairs = (),
    status: int = 200,
) -> Response:
    draft = await drafted(request)
    questionnaire, found = draft.questionnaire, await faults_of(request, draft)
    shown = QuestionnaireEditor(
        code=draft.code,
        title=title_of(questionnaire),
        saved=draft_words(draft),
        revision=draft.revision,
        is_new=not await past_of(request),
        may_write=signed_in(request).role in WRITERS,
        lines=_lines(draft, found),
        faults=tuple((address_of(draft.code, each), each.words) for each in of_item(found, "")),
        undoes=said(draft.undoes) if draft.undoes else "",
        redoes=said(draft.redoes) if draft.redoes else "",
        kinds=tuple((kind.value, _(words)) for kind, words in KINDS.items()),
        places=_places(questionnaire),
        typed=typed or {},
        refusal=refusal,
        errors=errors,
    )
    return await render(request, shown, status)


def _lines(draft: Draft, found: tuple[Fault, ...]) -> tuple[QuestionLine, ...]:
    return tuple(
        QuestionLine(
            number=number,
            alias=item.alias,
            label=item.label.of(languages.current()),
            kind=_(KINDS[item.kind]),
            faults=tuple((address_of(draft.code, each), each.words) for each in of_item(found, item.alias)),
        )
        for number, item in enumerate(draft.questionnaire.items, start=1)
    )


def address_of(code: str, fault: Fault) -> str:
    """Give the address of the field where a fault is corrected."""
    draft = f"{HREF}/{code}/brouillon"
    if fault.language not in {"", "fr"}:
        return f"{draft}/traduction/{fault.language}#{fault.text}"
    if fault.alias:
        return f"{draft}/questions/{fault.alias}#{fault.anchor}"
    return f"{draft}/reglages#{fault.anchor}"


def _places(questionnaire: Questionnaire) -> Pairs:
    last = len(questionnaire.items)
    after = _("Après la question {num}")
    ordered = [(str(number), after.format(num=number)) for number in range(1, last)]
    return ((str(last), _("À la fin")), ("0", _("Au début")), *ordered)


async def open_questionnaire_draft(request: Request) -> Response:
    code = request.path_params["code"]
    await drafts.begin(signed_in(request), code)
    return RedirectResponse(f"{HREF}/{code}/brouillon", 303)


async def change_questionnaire_draft(request: Request) -> Response:
    """Do what the pressed button says: `monter-globale`, `annuler`, `ajouter`."""
    typed = await typed_once(request)
    verb, _dash, alias = typed.get("action", "").partition("-")
    if verb == "ajouter" and not 1 <= len(typed.get("question", "")) <= LONGEST:
        return await _editor(request, typed, errors=(("question", _(NO_LABEL)),), status=422)
    try:
        after = await _done(request, verb, alias, typed)
    except Conflict as conflict:
        return await _editor(request, typed, refusal=languages.said(conflict), status=409)
    return RedirectResponse(f"{HREF}/{request.path_params['code']}/brouillon{after}", 303)


async def typed_once(request: Request) -> dict[str, str]:
    sent = await request.form()
    return {name: str(value).replace("\0", "").strip() for name, value in sent.items()}


def overtaken(both: Sequence[str]) -> str:
    """Say that somebody else changed the draft, and the places that both changed."""
    words = _(OVERTAKEN)
    return f"{words} {_(BOTH).format(places=', '.join(both))}" if both else words


def revision_of(typed: Mapping[str, str]) -> int:
    """Read the revision that a form was filled in at."""
    text = typed.get("revision", "")
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise Conflict(CHANGED)
    return int(text)


async def _done(request: Request, verb: str, alias: str, typed: Mapping[str, str]) -> str:
    """Make one change; return the end of the address where one goes on, on the button pressed."""
    actor, code, revision = signed_in(request), request.path_params["code"], revision_of(typed)
    if verb in {"annuler", "retablir"}:
        await {"annuler": drafts.undo, "retablir": drafts.redo}[verb](actor, code, revision)
        return f"#{verb}"
    if verb == "ajouter":
        after = await drafts.change(actor, code, revision, lambda before: _added(before, typed))
        return _added_at(after, typed)
    if verb not in CHANGES:
        raise NotFound
    after = await drafts.change(actor, code, revision, lambda before: CHANGES[verb](before, alias))
    return f"#{_goes_on(after, verb, alias)}"


def _added(before: Questionnaire, typed: Mapping[str, str]) -> Change:
    if typed.get("genre") not in set(Kind):
        raise NotFound
    return changing.add(before, Kind(typed["genre"]), typed["question"], _place(before, typed))


def _place(before: Questionnaire, typed: Mapping[str, str]) -> int:
    place = typed.get("place", "")
    return int(place) if place.isascii() and place.isdecimal() and len(place) < 5 else len(before.items)


def _added_at(after: Questionnaire, typed: Mapping[str, str]) -> str:
    place = min(_place(after, typed), len(after.items) - 1)
    return f"/questions/{after.items[place].alias}"


CHANGES = {
    "monter": lambda before, alias: changing.move(before, alias, -1),
    "descendre": lambda before, alias: changing.move(before, alias, 1),
    "copier": changing.duplicate,
    "retirer": changing.remove,
}


def _goes_on(after: Questionnaire, verb: str, alias: str) -> str:
    """Name what the reader goes on with: the same button where it still is, else the list."""
    aliases = [item.alias for item in after.items]
    if alias not in aliases:
        return "questions"
    is_last = aliases.index(alias) == (0 if verb == "monter" else len(aliases) - 1)
    if verb in MOVES and is_last:
        verb = "descendre" if verb == "monter" else "monter"
    return f"{verb}-{alias}"


async def discard_questionnaire_draft(request: Request) -> Response:
    """Delete the draft; whoever read an older one sees what it became."""
    typed = await typed_once(request)
    try:
        await drafts.discard(signed_in(request), request.path_params["code"], revision_of(typed))
    except Conflict as conflict:
        return await _editor(request, refusal=languages.said(conflict), status=409)
    return RedirectResponse(f"{HREF}?fait=supprime", 303)


ROUTES = (
    page(f"{DRAFT}/ouvrir", open_questionnaire_draft, roles=WRITERS, methods=("POST",)),
    page(f"{DRAFT}/supprimer", discard_questionnaire_draft, roles=WRITERS, methods=("POST",)),
    page(DRAFT, questionnaire_editor, roles=READERS),
    page(DRAFT, change_questionnaire_draft, roles=WRITERS, methods=("POST",)),
)
