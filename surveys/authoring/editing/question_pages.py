"""/questionnaires/{code}/brouillon/questions/{alias}: one question with all its fields."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality.errors import Conflict, NotFound
from quality.french import french
from quality.web.languages import gettext as _
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.authoring import changing
from surveys.authoring.changing import Change
from surveys.authoring.editing import drafts, item_form, sms_length
from surveys.authoring.editing.draft_pages import DRAFT, drafted, faults_of, overtaken, revision_of
from surveys.authoring.editing.drafts import Draft
from surveys.authoring.editing.item_form import ItemForm, form_of, typed_form
from surveys.authoring.editing.located import Fault, of_item
from surveys.authoring.editing.question_screen import composed, field_words, refused
from surveys.authoring.pages import HREF, WRITERS
from surveys.questionnaire.definition import Item, Questionnaire

GONE = french("Cette question n’est plus dans le brouillon. Voici votre texte, pour le copier ailleurs.")
SAVED = french("La question est enregistrée.")


async def question_editor(request: Request) -> Response:
    """Show a question, with what is to be corrected in it."""
    draft, alias = await drafted(request), request.path_params["alias"]
    item = draft.questionnaire.items[changing.number_of(draft.questionnaire, alias) - 1]
    found = tuple(of_item(await faults_of(request, draft), alias))
    notice = _(SAVED) if request.query_params.get("fait") == "enregistre" else ""
    measured = None if found else await sms_length.measured(request, draft.questionnaire, item)
    shown = composed(draft, alias, form_of(item), found, measured=measured, notice=notice)
    return await render(request, shown)


async def save_question(request: Request) -> Response:
    """Keep the form as one step, and do what the pressed button says of an answer to choose."""
    actor, alias = signed_in(request), request.path_params["alias"]
    sent = await request.form()
    typed = {field: [str(value) for value in sent.getlist(field)] for field in sent}
    form, draft = typed_form(typed), await drafted(request)
    others = {item.alias for item in draft.questionnaire.items} - {alias}
    before = next((item for item in draft.questionnaire.items if item.alias == alias), None)
    if before is None:
        return await _again(request, draft, form, refusal=_(GONE))
    item, wrongs = item_form.read(form, before, others)
    if wrongs:
        return await _again(request, draft, form, tuple(refused(each, alias) for each in wrongs))
    action = next(iter(typed.get("action", ())), "")
    revision = revision_of({"revision": next(iter(typed.get("revision", ())), "")})
    try:
        await drafts.change(actor, draft.code, revision, lambda now: _changed(now, alias, item, action))
    except Conflict:
        return await _overtaken(request, draft, form, revision)
    return RedirectResponse(_after(draft.code, item.alias, action), 303)


async def _overtaken(request: Request, draft: Draft, form: ItemForm, revision: int) -> Response:
    """Show what was typed over what somebody else wrote meanwhile, and where both wrote."""
    alias = request.path_params["alias"]
    read = await drafts.as_it_was(signed_in(request), draft.code, revision)
    before = next((item for item in read.items if item.alias == alias), None) if read else None
    if before is None:
        return await _again(request, draft, form, refusal=overtaken(()))
    now = form_of(draft.questionnaire.item(alias))
    mine, both = item_form.merged(form, form_of(before), now)
    return await _again(request, draft, mine, refusal=overtaken([field_words(name) for name in both]))


async def _again(
    request: Request, draft: Draft, form: ItemForm, found: Sequence[Fault] = (), *, refusal: str = ""
) -> Response:
    """Show what was typed again, and why it is not kept."""
    shown = composed(draft, request.path_params["alias"], form, found, refusal=refusal)
    return await render(request, shown, 409 if refusal else 422)


def _changed(now: Questionnaire, alias: str, item: Item, action: str) -> Change:
    """Put the typed question in its place, then move or remove one of its answers."""
    typed = changing.replace(now, alias, item)
    verb, _dash, rank = action.partition("-")
    if verb not in {"monter", "descendre", "retirer"}:
        return typed
    if not rank.isdecimal() or len(rank) > 2:
        raise NotFound
    if verb == "retirer":
        return changing.remove_choice(typed.after, item.alias, int(rank))
    return changing.move_choice(typed.after, item.alias, int(rank), -1 if verb == "monter" else 1)


def _after(code: str, alias: str, action: str) -> str:
    """Give the address where one goes on after a button.

    >>> _after("court", "motif", "monter-2")
    '/questionnaires/court/brouillon/questions/motif#choices-1-label'
    >>> _after("court", "motif", "liste")
    '/questionnaires/court/brouillon#question-motif'
    """
    draft = f"{HREF}/{code}/brouillon"
    verb, _dash, rank = action.partition("-")
    if verb == "liste":
        return f"{draft}#question-{alias}"
    here = f"{draft}/questions/{alias}"
    if verb == "retirer":
        return f"{here}#choices"
    if verb in {"monter", "descendre"}:
        moved = max(1, int(rank) + (-1 if verb == "monter" else 1))
        return f"{here}#choices-{moved}-label"
    return f"{here}?fait=enregistre"


ROUTES = (
    page(f"{DRAFT}/questions/{{alias}}", question_editor, roles=WRITERS),
    page(f"{DRAFT}/questions/{{alias}}", save_question, roles=WRITERS, methods=("POST",)),
)
