"""One question a page: shown empty, answered or pre-checked, and stored alone as soon as it is posted."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from starlette.datastructures import FormData
from starlette.responses import Response

from quality import clock
from quality.db import pool
from quality.errors import NotFound
from surveys.collect import Recorded, record
from surveys.questionnaire import coding
from surveys.questionnaire.definition import Channel, Item, Kind
from surveys.questionnaire.logic import Answer, AnswerRefused, parse
from surveys.questionnaire.paths import allows, next_item, path
from surveys.respond import compiled, composing, listening
from surveys.respond.lookup import RECENT, visit_of
from surveys.respond.reader import Reader, closed
from surveys.respond.screens import AnswerQuestion
from surveys.respond.standing import (
    WRITTEN,
    Said,
    Standing,
    number_of,
    posted,
    standing,
    stored,
)
from surveys.response import by_id, facts_of


async def start(reader: Reader) -> Response:
    """Resume at the first question not answered yet; a score link shows the first one, pre-checked."""
    first = path(reader.visit.questionnaire, reader.answers, reader.facts)[0]
    item = first if preset_of(reader, first) else _next(reader)
    return shown(reader, item) if item else reader.go("/merci")


async def show(reader: Reader) -> Response:
    """Show a question; one that is not asked of this person leads to the one that follows."""
    item = _asked_for(reader)
    return shown(reader, item) if item else await closed(reader.request)


async def answer(reader: Reader, form: FormData) -> Response:
    """Store one answer and go on, or show the question again with what is missing."""
    item = _asked_for(reader)
    if item is None:
        return await closed(reader.request, reader.choices)
    raw = posted(item.alias, form)
    try:
        value = await accepted(reader, item, raw)
    except AnswerRefused as refusal:
        return await _refused(reader, item, raw, refusal)
    try:
        recorded = await _record(reader, item, value)
    except NotFound:  # closed since its page was shown
        return await closed(reader.request, reader.choices)
    if recorded.visit is not None and reader.respondent == "client":
        RECENT.keep(reader.token, recorded.visit)
    return reader.go(next_page(reader, item, value, recorded))


async def _refused(reader: Reader, item: Item, raw: Sequence[str], refusal: AnswerRefused) -> Response:
    """Show the question again; a link that closed since its page was shown says nothing but that."""
    found = await visit_of(reader.request)
    if found is None:
        return await closed(reader.request, reader.choices)
    page = composing.refused(replace(reader, visit=found[1]), item, raw, refusal)
    return reader.show(page, 422)


async def accepted(reader: Reader, item: Item, raw: Sequence[str]) -> Answer:
    """Read an answer, or refuse it with the words of its question.

    A condition looks at other answers, of which the last may have come by another way: they are read again
    before an answer is refused for them.
    """
    value = parse(item, raw)
    if not _allowed(reader, item, value):
        visit = await by_id(pool("answer"), reader.visit.id)
        if visit is None or not _allowed(replace(reader, visit=visit), item, value):
            raise AnswerRefused(composing.constraint_message(reader, item))
    return value


def _allowed(reader: Reader, item: Item, value: Answer) -> bool:
    if item.constraint is None:
        return True
    facts = facts_of(reader.visit, clock.now(), respondent=reader.respondent)
    return allows(reader.visit.questionnaire, item, value, reader.answers, facts)


async def _record(reader: Reader, item: Item, value: Answer) -> Recorded:
    return await record(
        pool("answer"),
        reader.visit,
        {item.alias: value},
        channel="web",
        respondent=reader.respondent,
        device=reader.device,
        now=clock.now(),
    )


def remaining(reader: Reader) -> list[int]:
    """List the numbers of the questions asked and not passed yet."""
    questionnaire = reader.visit.questionnaire
    way = path(questionnaire, reader.answers, reader.facts)
    return [number_of(questionnaire, item.alias) for item in way if item.alias not in reader.answers]


def _next(reader: Reader, after: str | None = None) -> Item | None:
    return next_item(reader.visit.questionnaire, reader.answers, reader.facts, after=after)


def shown(reader: Reader, item: Item) -> Response:
    """Show a question as it was compiled, unless it holds what the reader wrote."""
    place = standing(reader.visit.questionnaire, item, reader.answers, reader.facts)
    if place is None:
        return reader.go(_onward(reader, item, reader.answers))
    preset = preset_of(reader, item) if place.rank == 1 else ""
    shows = Said((preset,)) if preset else stored(item, reader.answers.get(item.alias, ""), reader.spoken)
    if shows.written:
        return reader.show(composing.question(reader, item, place, shows))
    return _compiled(reader, item, place, shows, is_preset=bool(preset))


def _compiled(reader: Reader, item: Item, place: Standing, shows: Said, *, is_preset: bool) -> Response:
    def make() -> AnswerQuestion:
        return composing.question(compiled.anybody(reader), item, place, shows, is_preset=is_preset)

    key = (compiled.key_of(reader), item.alias, place, shows, is_preset, listening.edition())
    return compiled.shown(reader, key, make, reader.facts.piped)


def next_page(reader: Reader, item: Item, value: Answer, recorded: Recorded) -> str:
    """Give where an answer leads: to the wish after a low mark, to the choice of a call, or on."""
    if recorded.asks_wish:
        return "/souhait"
    if item.callback and value == "yes":
        return "/rappel"
    now = replace(reader, visit=recorded.visit or reader.visit)
    return _onward(now, item, {**now.answers, item.alias: value})


def _onward(reader: Reader, item: Item, answers: Mapping[str, Answer]) -> str:
    questionnaire = reader.visit.questionnaire
    following = next_item(questionnaire, answers, reader.facts, after=item.alias)
    return f"/{number_of(questionnaire, following.alias)}" if following else _end(reader)


def _end(reader: Reader) -> str:
    """Ask who answered, once, and say thank you."""
    known = reader.visit.responses.get(reader.respondent)
    return "/qui" if known and not known.who.is_said else "/merci"


def _asked_for(reader: Reader) -> Item | None:
    """Find the question that an address names, among those that the web asks."""
    number = int(reader.request.path_params["number"])
    items = reader.visit.questionnaire.items
    item = items[number - 1] if 0 < number <= len(items) else None
    return item if item in reader.visit.questionnaire.asked_on(Channel.WEB) else None


def preset_of(reader: Reader, item: Item) -> str:
    """Give the answer of a score link: it is only checked beforehand, the person sends it."""
    if item.kind in WRITTEN or item.kind is Kind.MULTIPLE:
        return ""
    query = reader.request.query_params
    value = query.get("reponse", query.get("note", ""))
    return value if value in {option.value for option in coding.choices(item)} else ""
