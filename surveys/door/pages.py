"""The first question of a link or of a code: /s/{token} and its numbered pages.

A code read from paper opens the first question, empty, and takes first answers, whoever answered before: the
provider who printed it learns nothing by trying it. Every other address of a code opens nothing, as an
unknown link does.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from quality import clock
from quality.db import pool
from quality.errors import NotFound
from quality.tokens import normalise
from quality.web.routing import public
from quality.web.wrong_tokens import admitted
from surveys.dispatch.links import token_of
from surveys.door.entering import drawn_seal, enter
from surveys.door.finding import Door, door_of
from surveys.questionnaire.definition import Item
from surveys.questionnaire.logic import Answer, AnswerRefused
from surveys.respond import composing, questions
from surveys.respond.lookup import recent_visit_of
from surveys.respond.reader import Reader, closed, posting, reading
from surveys.respond.standing import posted
from surveys.response import InvitedVisit

View = Callable[[Request], Awaitable[Response]]


def _or_door(at_door: View, otherwise: View) -> View:
    """Open a door when the token is the code of one; else what a link opens."""

    async def opened(request: Request) -> Response:
        admitted(request)
        code = normalise(str(request.path_params["token"]))
        is_first = request.path_params.get("number", 1) == 1
        keyring = request.app.state.house.keyring
        door = await door_of(pool("answer"), keyring, code, clock.now()) if code and is_first else None
        if door is None:
            return await otherwise(request)
        request.state.door = door
        return await at_door(request)

    return opened


async def _found(request: Request) -> tuple[str, InvitedVisit] | None:
    door: Door = request.state.door
    code = normalise(str(request.path_params["token"]))
    return (code, door.visit) if code else None


async def _show(reader: Reader) -> Response:
    page = composing.first(reader)
    return reader.show(replace(page, seal=drawn_seal()))


async def _answer(reader: Reader, form: FormData) -> Response:
    """Store a first answer, and go on by the link that is the respondent's own."""
    item, seal = reader.visit.questionnaire.items[0], str(form.get("feuille", ""))
    raw = posted(item.alias, form)
    try:
        value = await questions.accepted(reader, item, raw)
    except AnswerRefused as refusal:
        page = composing.refused(reader, item, raw, refusal)
        return reader.show(replace(page, seal=seal), 422)
    return await _entered(reader, seal, item, value)


async def _entered(reader: Reader, seal: str, item: Item, value: Answer) -> Response:
    keyring = reader.request.app.state.house.keyring
    answers, now = {item.alias: value}, clock.now()
    door: Door = reader.request.state.door
    try:
        visit, saved = await enter(
            keyring, door, seal, answers, respondent=reader.respondent, device=reader.device, now=now
        )
    except NotFound:  # closed since its page was shown
        return await closed(reader.request, reader.choices)
    own = replace(reader, token=token_of(keyring, visit.id), visit=visit)
    return own.go(questions.next_page(own, item, value, saved))


ROUTES = (
    public("/s/{token}", _or_door(reading(_show, _found), reading(questions.start)), name="answer-start"),
    public(
        "/s/{token}/{number:int}",
        _or_door(reading(_show, _found), reading(questions.show)),
        name="answer-question",
    ),
    public(
        "/s/{token}/{number:int}",
        _or_door(posting(_answer, _found), posting(questions.answer, recent_visit_of)),
        methods=("POST",),
        name="answer-save",
    ),
)
