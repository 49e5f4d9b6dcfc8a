"""/appels/papier: a sheet that came back is typed by whoever holds it, one key an answer, then stored."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from starlette.datastructures import FormData, QueryParams
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality import clock
from quality.access.actor import STAFF
from quality.component import MenuEntry
from quality.errors import NotFound
from quality.french import french
from quality.keys import Keyring
from quality.web import languages
from quality.web.format import day_text
from quality.web.keyboard import has_keys
from quality.web.languages import counted, ngettext
from quality.web.languages import gettext as _
from quality.web.platform import card_of
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.door import typing
from surveys.door.codes import in_quarters
from surveys.door.entering import drawn_seal
from surveys.door.finding import Door
from surveys.door.typing import WHO, WORKER, SheetRefused, Stored, facts_on_paper
from surveys.questionnaire import coding
from surveys.questionnaire.definition import Item, Kind
from surveys.questionnaire.logic import AnswerRefused
from surveys.questionnaire.paper.form import PAPER
from surveys.questionnaire.paper.typing import (
    KEYS,
    Mark,
    Typed,
    asked,
    given,
    kept,
    marked,
    number_of,
    resumed,
    undone,
)
from surveys.questionnaire.paths import allows
from surveys.questionnaire.wording import Said, words_of
from surveys.questionnaire.wording import asked as worded

HREF = "/appels/papier"
# Nothing is ticked of these.
WRITTEN = frozenset({Kind.SCALE, Kind.NUMBER, Kind.DATE, Kind.TEXT})
Errors = tuple[tuple[str, str], ...]
WHO_WORDS = {
    "": french("La feuille ne le dit pas"),
    "alone": french("La personne aidée, seule"),
    "helped": french("La personne aidée, avec de l’aide"),
    "relative": french("Un proche"),
    "guardian": french("Un tuteur ou un curateur"),
    "other": french("Quelqu’un d’autre"),
}
WORKER_WORDS = {
    "": french("La feuille ne le dit pas"),
    "absent": french("Non"),
    "present": french("Oui"),
    "filled_in": french("Oui, et elle a rempli la feuille"),
}
MARKED = {
    Mark.BLANK: french("laissée vide"),
    Mark.ILLEGIBLE: french("illisible"),
    Mark.TWO: french("deux cases cochées, écartée"),
}
NOT_ALLOWED = french("Cette réponse n’est pas permise. Relisez-la, ou dites qu’elle est illisible.")


@dataclass(frozen=True, slots=True)
class PaperArrival:
    """Where a code is typed; `stored` tells of the sheet before."""

    code: str
    received: str
    most: str
    stored: str
    is_several: bool
    errors: Errors


@dataclass(frozen=True, slots=True)
class TypedChoice:
    """One box of a question: `key` ticks it."""

    value: str
    words: str
    key: str


@dataclass(frozen=True, slots=True)
class SheetQuestion:
    """The question to type: written in a field, or by `choices`, boxes where `is_many`."""

    number: int
    alias: str
    label: str
    lang: str
    dir: str
    kind: str
    is_many: bool
    is_written: bool
    choices: tuple[TypedChoice, ...]


@dataclass(frozen=True, slots=True)
class PaperTyping:
    """The page of one sheet: `said` and `seal` are carried; `lines` tell what was typed."""

    href: str
    code: str
    received_words: str
    provider: str
    day: str
    question: SheetQuestion | None
    lines: tuple[tuple[str, str], ...]
    said: str
    seal: str
    who: tuple[tuple[str, str], ...]
    worker: tuple[tuple[str, str], ...]
    keys: bool
    errors: Errors


async def paper_arrival(request: Request) -> Response:
    query = request.query_params
    return await _arrival(request, stored=_told(query), is_several=query.get("plusieurs") == "oui")


async def paper_found(request: Request) -> Response:
    """Find the visit of a code, then type its sheet."""
    form, actor = await request.form(), signed_in(request)
    code, written = str(form.get("code", "")), str(form.get("recu", ""))
    try:
        received = typing.day_received(written, await _today(request))
        await typing.sheet_of(actor, _keyring(request), code, received)
    except SheetRefused as refusal:
        errors = ((refusal.field, languages.said(refusal)),)
        return await _arrival(request, code=code, received=written, errors=errors)
    bare = "".join(letter for letter in code if letter.isalnum()).upper()
    return RedirectResponse(f"{HREF}/{bare}?recu={received}", 303)


async def _arrival(
    request: Request,
    *,
    code: str = "",
    received: str = "",
    stored: str = "",
    is_several: bool = False,
    errors: Errors = (),
) -> Response:
    today = await _today(request)
    shown = PaperArrival(code, received or f"{today}", f"{today}", stored, is_several, errors)
    return await render(request, shown, 422 if errors else 200)


def _told(query: QueryParams) -> str:
    """Say what became of the sheet before, as its address counts it."""
    answers = query.get("reponses", "")
    if not (answers.isascii() and answers.isdecimal() and len(answers) < 4):
        return ""
    words = ngettext(
        "La feuille est enregistrée\u00a0: {num} réponse.",
        "La feuille est enregistrée\u00a0: {num} réponses.",
        int(answers),
    )
    return counted(words, int(answers))


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet in hand: its visit, the day it came, what was typed of it, and what its page carries."""

    door: Door
    received: date
    typed: Typed
    seal: str


async def paper_typing(request: Request) -> Response:
    door, received = await _found(request)
    typed = Typed(door.visit.questionnaire, facts_on_paper(door))
    return await _show(request, _Sheet(door, received, typed, drawn_seal()))


async def paper_typed(request: Request) -> Response:
    """Take one answer, one mark or one step back; at the end, store the sheet."""
    door, received = await _found(request)
    form = await request.form()
    typed = resumed(door.visit.questionnaire, facts_on_paper(door), str(form.get("dit", "")))
    sheet = _Sheet(door, received, typed, str(form.get("sceau", "")))
    try:
        if form.get("geste") == "enregistrer":
            return await _store(request, sheet, form)
        return await _show(request, replace(sheet, typed=_after(typed, form, received)))
    except (AnswerRefused, SheetRefused) as refusal:
        item = asked(typed)
        anchor = item.alias if item and isinstance(refusal, AnswerRefused) else "contenu"
        return await _show(request, sheet, ((anchor, languages.said(refusal)),))


def _after(typed: Typed, form: FormData, received: date) -> Typed:
    """Apply what was done to what was typed."""
    item, act = asked(typed), str(form.get("geste", ""))
    if act == "retour":
        return undone(typed)
    if item is None:
        return typed
    if act in set(Mark):
        return marked(typed, item, Mark(act))
    after = given(typed, item, [str(each) for each in form.getlist(item.alias)])
    answer = after.said[item.alias]
    facts = replace(typed.facts, today=received)
    if isinstance(answer, Mark) or allows(typed.questionnaire, item, answer, typed.answers, facts):
        return after
    raise AnswerRefused(NOT_ALLOWED)


async def _store(request: Request, sheet: _Sheet, form: FormData) -> Response:
    respondent, who = WHO.get(str(form.get("qui", "")), WHO[""])
    stored = await typing.store(
        signed_in(request),
        _keyring(request),
        sheet.door,
        sheet.seal,
        sheet.typed,
        respondent=respondent,
        who=replace(who, worker=WORKER.get(str(form.get("present", "")), "")),
        received=sheet.received,
    )
    return RedirectResponse(f"{HREF}?{_summary(stored)}", 303)


def _summary(stored: Stored) -> str:
    several = "&plusieurs=oui" if stored.is_several else ""
    return f"reponses={stored.answers}{several}"


async def _found(request: Request) -> tuple[Door, date]:
    """Find the sheet that an address names; one that opens nothing does not exist."""
    actor, code = signed_in(request), str(request.path_params["code"])
    today = await _today(request)
    try:
        received = typing.day_received(request.query_params.get("recu", f"{today}"), today)
        return await typing.sheet_of(actor, _keyring(request), code, received), received
    except SheetRefused as refusal:
        raise NotFound from refusal


async def _today(request: Request) -> date:
    card = await card_of(signed_in(request).platform)
    return clock.now().astimezone(card.zone).date()


def _keyring(request: Request) -> Keyring:
    keyring: Keyring = request.app.state.house.keyring
    return keyring


async def _show(request: Request, sheet: _Sheet, errors: Errors = ()) -> Response:
    lang, typed, visit = languages.current(), sheet.typed, sheet.door.visit
    item, code = asked(typed), str(request.path_params["code"])
    shown = PaperTyping(
        href=f"{HREF}/{code}?recu={sheet.received}",
        code=in_quarters(code),
        received_words=day_text(sheet.received, lang),
        provider=visit.provider_name,
        day=day_text(visit.visit_on, lang),
        question=_question(sheet.door, typed, item) if item else None,
        lines=tuple(_lines(typed)),
        said=kept(typed),
        seal=sheet.seal,
        who=tuple((value, _(words)) for value, words in WHO_WORDS.items()),
        worker=tuple((value, _(words)) for value, words in WORKER_WORDS.items()),
        keys=has_keys(request),
        errors=errors,
    )
    return await render(request, shown, 422 if errors else 200)


def _question(door: Door, typed: Typed, item: Item) -> SheetQuestion:
    """Give a question as it stands on the sheet, in its language, with the keys of the desk."""
    visit = door.visit
    words = worded(
        item,
        typed.facts,
        channel=PAPER,
        language=visit.language,
        fallback=visit.questionnaire.languages,
    )
    digits = {option.value: option.digit for option in coding.options(item, KEYS)}
    is_written = item.kind in WRITTEN
    boxes = [each for each in words.options if not is_written or each.value in coding.OUTSIDE]
    return SheetQuestion(
        number=number_of(typed, item),
        alias=item.alias,
        label=words.label,
        lang=words.language,
        dir=words.direction,
        kind=item.kind,
        is_many=item.kind is Kind.MULTIPLE,
        is_written=is_written,
        choices=tuple(_choice(item, each, "" if is_written else digits[each.value]) for each in boxes),
    )


def _choice(item: Item, said: Said, key: str) -> TypedChoice:
    is_mark = item.kind is Kind.RATING and said.value not in coding.OUTSIDE
    return TypedChoice(said.value, f"{said.value} {said.words}" if is_mark else said.words, key)


def _lines(typed: Typed) -> Iterator[tuple[str, str]]:
    """Tell what was typed, the last first."""
    lang = languages.current()
    for alias, said in reversed(list(typed.said.items())):
        item = typed.questionnaire.item(alias)
        words = _(MARKED[said]) if isinstance(said, Mark) else words_of(item, said, lang)
        yield counted(_("Question {num}"), number_of(typed, item)), words


ROUTES = (
    page(HREF, paper_arrival, roles=STAFF, name="paper"),
    page(HREF, paper_found, roles=STAFF, methods=("POST",), name="paper-find"),
    page(f"{HREF}/{{code}}", paper_typing, roles=STAFF, name="paper-typing"),
    page(f"{HREF}/{{code}}", paper_typed, roles=STAFF, methods=("POST",), name="paper-typed"),
)
MENU = (MenuEntry(HREF, "Papier", "inbox", frozenset(STAFF), rank=19),)
