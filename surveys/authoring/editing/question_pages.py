"""/questionnaires/{code}/brouillon/questions/{alias}: one question with all its fields."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
from surveys.authoring.editing import drafts, item_form
from surveys.authoring.editing.comparing import series_words
from surveys.authoring.editing.draft_pages import DRAFT, drafted, past_of, revision_of
from surveys.authoring.editing.drafts import Draft
from surveys.authoring.editing.item_form import (
    FLAGS,
    MOST_FEEDS,
    MOST_ROWS,
    OWN_WORDS,
    PER_VARIANT,
    SPARE_ROWS,
    ChoiceForm,
    FeedForm,
    ItemForm,
    Wrong,
    form_of,
    typed_form,
)
from surveys.authoring.editing.located import Fault, faults, of_item, sentence
from surveys.authoring.pages import HREF, WRITERS, title_of
from surveys.authoring.told import CHANNELS, KINDS, WHERE, WHO, text_words
from surveys.publishing import answered_series
from surveys.questionnaire.definition import Item, Questionnaire, Rule

Pairs = tuple[tuple[str, str], ...]
OVERTAKEN = french("Quelqu’un d’autre a changé ce brouillon. Voici votre texte : enregistrez pour le garder.")
GONE = french("Cette question n’est plus dans le brouillon. Voici votre texte, pour le copier ailleurs.")
SAVED = french("La question est enregistrée.")
RULES = {
    Rule.TOP2: french("Les deux meilleures notes"),
    Rule.YES: french("La réponse « Oui »"),
    Rule.IS: french("Une réponse précise"),
}
FLAG_WORDS = {
    "core": french("Elle compte pour dire qu’une réponse est complète"),
    "signal": french("Une mauvaise note ouvre un signal"),
    "callback": french("« Oui » demande à être rappelé"),
    "dont_know": french("On peut répondre « Je ne sais pas »"),
    "not_applicable": french("On peut répondre « Cela ne me concerne pas »"),
    "decimals": french("Les décimales sont permises"),
}


@dataclass(frozen=True, slots=True)
class TextField:
    """One French text of the form; `sms` asks for the live count of an SMS."""

    name: str
    label: str
    value: str
    error: str
    is_sms: bool


@dataclass(frozen=True, slots=True)
class TextGroup:
    """The texts of one channel or of one person, folded until one of them is written."""

    name: str
    title: str
    texts: tuple[TextField, ...]
    is_open: bool


@dataclass(frozen=True, slots=True)
class QuestionEditor:
    """The form of a question; `errors` are (anchor, sentence), `wrong` the sentence of each wrong field."""

    code: str
    title: str
    number: int
    alias: str
    revision: int
    form: ItemForm
    texts: tuple[TextField, ...]
    groups: tuple[TextGroup, ...]
    rows: tuple[ChoiceForm, ...]
    feeds: tuple[FeedForm, ...]
    kinds: Pairs
    flags: Pairs
    channels: Pairs
    series: Pairs
    rules: Pairs
    translations: Pairs
    notice: str
    refusal: str
    errors: Pairs
    wrong: Mapping[str, str]


async def question_editor(request: Request) -> Response:
    draft = await drafted(request)
    item = _item(draft.questionnaire, request.path_params["alias"])
    notice = _(SAVED) if request.query_params.get("fait") == "enregistre" else ""
    return await _editor(request, draft, form_of(item), notice=notice)


def _item(questionnaire: Questionnaire, alias: str) -> Item:
    return questionnaire.items[changing.number_of(questionnaire, alias) - 1]


async def _editor(
    request: Request,
    draft: Draft,
    form: ItemForm,
    wrongs: Sequence[Wrong] = (),
    *,
    notice: str = "",
    refusal: str = "",
    status: int = 200,
) -> Response:
    alias = request.path_params["alias"]
    found = (
        [] if wrongs or refusal else list(of_item(faults(draft.questionnaire, await past_of(request)), alias))
    )
    here = [each for each in found if each.language in {"", "fr"}]
    wrong = {each.field: each.sentence for each in reversed(here)} | {
        each.field: _said(each) for each in reversed(wrongs)
    }
    item = next((each for each in draft.questionnaire.items if each.alias == alias), None)
    shown = QuestionEditor(
        code=draft.code,
        title=title_of(draft.questionnaire),
        number=draft.questionnaire.items.index(item) + 1 if item else 0,
        alias=alias,
        revision=draft.revision,
        form=form,
        texts=tuple(_text(form, path, wrong) for path in item_form.TEXTS),
        groups=tuple(_groups(form, wrong)),
        rows=(*form.choices, *[ChoiceForm()] * SPARE_ROWS)[: MOST_ROWS + SPARE_ROWS],
        feeds=(*form.feeds, FeedForm())[:MOST_FEEDS],
        kinds=tuple((kind.value, _(words)) for kind, words in KINDS.items()),
        flags=tuple((flag, _(FLAG_WORDS[flag])) for flag in FLAGS),
        channels=tuple((channel.value, _(words)) for channel, words in CHANNELS.items()),
        series=_series(form),
        rules=(("", _("Choisir…")), *((rule.value, _(words)) for rule, words in RULES.items())),
        translations=_elsewhere(draft, found),
        notice=notice,
        refusal=refusal,
        errors=_summary(here, wrongs),
        wrong=wrong,
    )
    return await render(request, shown, status)


def _said(wrong: Wrong) -> str:
    return sentence(_(wrong.sentence).format_map(wrong.values))


def _summary(here: Sequence[Fault], wrongs: Sequence[Wrong]) -> Pairs:
    """List what is wrong for the top of the page, each with the name of its field."""
    both = _("{place} : {words}")
    typed = [(each.field, both.format(place=_place(each.field), words=_said(each))) for each in wrongs]
    return (*typed, *((each.anchor, each.words) for each in here))


def _place(field: str) -> str:
    """Say a field of the form."""
    kind, _dash, rest = field.partition("-")
    if kind == "choices":
        return _("Réponse {num}").format(num=rest.partition("-")[0])
    if kind == "measures":
        return _("Résultat {num}").format(num=rest.partition("-")[0])
    return PLACES_SAID[field]() if field in PLACES_SAID else text_words(field.split("."))


PLACES_SAID = {
    "alias": lambda: _("Nom dans les conditions"),
    "kind": lambda: _("Genre"),
    "relevant": lambda: _("Condition pour la poser"),
    "constraint": lambda: _("Condition sur la réponse"),
}


def _text(form: ItemForm, path: str, wrong: Mapping[str, str]) -> TextField:
    return TextField(
        path, text_words(path.split(".")), form.texts[path], wrong.get(path, ""), ".sms." in path
    )


def _groups(form: ItemForm, wrong: Mapping[str, str]) -> tuple[TextGroup, ...]:
    own = [
        (f"mots-{channel}", _(WHERE[channel]), (f"words.{channel}.label", f"words.{channel}.hint"))
        for channel in OWN_WORDS
    ]
    people = [(f"mots-{variant}", _(WHO[variant]), paths) for variant, paths in PER_VARIANT.items()]
    return tuple(
        TextGroup(
            name,
            _("Autres mots : {whom}").format(whom=title),
            tuple(_text(form, path, wrong) for path in paths),
            any(form.texts[path] or path in wrong for path in paths),
        )
        for name, title, paths in (*own, *people)
    )


def _series(form: ItemForm) -> Pairs:
    """List the results that answers may feed, with those typed that the catalogue does not have."""
    known = sorted(answered_series())
    lost = [feed.series for feed in form.feeds if feed.series and feed.series not in known]
    unknown = _("{code} (n’existe pas)")
    return (
        ("", _("Aucun")),
        *((code, unknown.format(code=code)) for code in lost),
        *((code, series_words(code)) for code in known),
    )


def _elsewhere(draft: Draft, found: Sequence[Fault]) -> Pairs:
    """List what is wrong in the other languages, with the page where it is corrected."""
    return tuple(
        (f"{HREF}/{draft.code}/brouillon/traduction/{each.language}", each.words)
        for each in found
        if each.language not in {"", "fr"}
    )


async def save_question(request: Request) -> Response:
    """Keep the form as one step, and do what the pressed button says of an answer to choose."""
    actor, alias = signed_in(request), request.path_params["alias"]
    sent = await request.form()
    typed = {field: [str(value) for value in sent.getlist(field)] for field in sent}
    form, draft = typed_form(typed), await drafted(request)
    others = {item.alias for item in draft.questionnaire.items} - {alias}
    before = next((item for item in draft.questionnaire.items if item.alias == alias), None)
    if before is None:
        return await _editor(request, draft, form, refusal=_(GONE), status=409)
    item, wrongs = item_form.read(form, before, others)
    if wrongs:
        return await _editor(request, draft, form, wrongs, status=422)
    action = next(iter(typed.get("action", ())), "")
    try:
        revision = revision_of({"revision": next(iter(typed.get("revision", ())), "")})
        await drafts.change(actor, draft.code, revision, lambda now: _changed(now, alias, item, action))
    except Conflict:
        return await _editor(request, draft, form, refusal=_(OVERTAKEN), status=409)
    return RedirectResponse(_after(draft.code, item.alias, action), 303)


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

    >>> _after("court", "motif", "monter-2"), _after("court", "motif", "liste")[-34:]
    ('/questionnaires/court/brouillon/questions/motif#choices-1-label', 'court/brouillon#question-motif')
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
