"""One question a page: shown empty, answered or pre-checked, and stored alone as soon as it is posted."""

from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, Response

from quality import clock
from quality.db import pool
from quality.errors import NotFound
from quality.web import languages
from quality.web.languages import gettext as _
from surveys.collect import Recorded, record
from surveys.questionnaire.definition import Item, Kind
from surveys.questionnaire.logic import Answer, AnswerRefused, parse
from surveys.questionnaire.wording import asked
from surveys.respond.kept import MARK, KeptPages, filled
from surveys.respond.lookup import RECENT
from surveys.respond.reader import HEADERS, Reader, closed
from surveys.respond.screens import AnswerQuestion, Choice, Errors
from surveys.response import facts_of


async def start(reader: Reader) -> Response:
    """Resume at the first question not answered yet; a score link shows question 1, pre-checked."""
    items = reader.visit.questionnaire.items
    number = 1 if _preset(reader) else next_number(reader)
    return reader.go("/merci") if number is None else _shown(reader, items[number - 1], number)


async def show(reader: Reader) -> Response:
    item, number = _asked_for(reader)
    return _shown(reader, item, number)


async def answer(reader: Reader, form: FormData) -> Response:
    """Store one answer and go on, or show the question again with what is missing."""
    item, number = _asked_for(reader)
    raw = str(form.get(item.alias, ""))
    try:
        value = parse(item, raw)
    except AnswerRefused as refusal:
        return reader.show(refused(reader, item, number, raw, refusal), 422)
    try:
        recorded = await _record(reader, item, value)
    except NotFound:  # closed since its page was shown
        return await closed(reader.request)
    if recorded.visit is not None and reader.respondent == "client":
        RECENT.keep(reader.token, recorded.visit)
    return reader.go(next_page(reader, number, recorded, wants_call=item.callback and value == "yes"))


async def _record(reader: Reader, item: Item, value: Answer) -> Recorded:
    return await record(
        pool("answer"),
        reader.visit,
        {item.alias: value},
        channel="web",
        respondent=reader.respondent,
        now=clock.now(),
    )


def next_number(reader: Reader) -> int | None:
    """Give the first question that was not passed yet."""
    for number, item in enumerate(reader.visit.questionnaire.items, start=1):
        if item.alias not in reader.answers:
            return number
    return None


def _shown(reader: Reader, item: Item, number: int) -> Response:
    """Show a question, from the pages kept when another reader was shown the same."""
    value = str(reader.answers.get(item.alias, ""))
    if item.kind is Kind.TEXT and value:
        return reader.show(question(reader, item, number))
    visit, request = reader.visit, reader.request
    address = request.scope["path"].replace(reader.token, MARK), request.scope["query_string"]
    key = (
        request.app.state.house.settings.demo,
        *(visit.questionnaire_id, visit.mode, visit.provider_name, visit.visit_on, visit.activity),
        visit.is_invited,
        *(number, value),
        *(reader.card, reader.language, reader.respondent, address),
    )
    page = PAGES.find(key, reader.token)
    if page is None:
        unnamed = reader.unnamed(MARK)
        made = bytes(unnamed.show(question(unnamed, item, number)).body)
        page = filled(made, reader.token)
        PAGES.keep(key, made)
    headers = {**HEADERS, "Content-Language": reader.language}
    return HTMLResponse(page, headers=headers)


PAGES = KeptPages()


def question(
    reader: Reader, item: Item, number: int, *, value: str | None = None, errors: Errors = ()
) -> AnswerQuestion:
    """Compose the page of one question."""
    visit, preset = reader.visit, _preset(reader) if number == 1 else ""
    total = len(visit.questionnaire.items)
    facts = facts_of(visit, respondent=reader.respondent)
    words = asked(item, facts, language=reader.language, fallback=visit.questionnaire.languages)
    return AnswerQuestion(
        token=reader.token,
        number=number,
        total=total,
        name=item.alias,
        kind=item.kind.value,
        label=words.label,
        hint=words.hint,
        choices=[Choice(each, each if item.kind is Kind.RATING else "", say) for each, say in words.choices],
        dont_know=item.dont_know,
        value=value if value is not None else preset or str(reader.answers.get(item.alias, "")),
        is_preset=bool(preset) and value is None,
        provider=visit.provider_name,
        is_relative=reader.respondent == "relative",
        back=reader.address(f"/{number - 1}") if number > 1 else None,
        skip=None if number == 1 else reader.address(f"/{number + 1}" if number < total else "/merci"),
        can_refuse=visit.is_invited,
        errors=errors,
    )


def refused(reader: Reader, item: Item, number: int, raw: str, refusal: AnswerRefused) -> AnswerQuestion:
    """Compose the page of a question whose answer cannot be taken, with what is missing."""
    anchor = {Kind.RATING: f"{item.alias}-1", Kind.YES_NO: f"{item.alias}-yes", Kind.TEXT: item.alias}[
        item.kind
    ]
    with languages.using(reader.language):
        errors = [(anchor, _(refusal.message))]
    return question(reader, item, number, value=raw, errors=errors)


def next_page(reader: Reader, number: int, recorded: Recorded, *, wants_call: bool) -> str:
    """Give where an answer leads: to the wish after a low mark, to the choice of a call, or on."""
    if recorded.asks_wish:
        return "/souhait"
    if wants_call:
        return "/rappel"
    return f"/{number + 1}" if number < len(reader.visit.questionnaire.items) else "/merci"


def _asked_for(reader: Reader) -> tuple[Item, int]:
    number = int(reader.request.path_params["number"])
    items = reader.visit.questionnaire.items
    if not 1 <= number <= len(items):
        raise NotFound
    return items[number - 1], number


def _preset(reader: Reader) -> str:
    """Give the mark of a score link: it is only checked beforehand, the person sends it."""
    note = reader.request.query_params.get("note", "")
    return note if note in {"1", "2", "3", "4", "5"} else ""
