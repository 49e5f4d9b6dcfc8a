"""/s/{token}/qui: who gave the answers and how, asked once they count, and passed by whoever wishes."""

from dataclasses import replace

from starlette.datastructures import FormData
from starlette.responses import Response

from quality.db import transaction
from quality.errors import Conflict, NotFound
from quality.web import languages
from quality.web.languages import gettext as _
from surveys.attributing import attribute
from surveys.respond import compiled
from surveys.respond.compiled import MARKS
from surveys.respond.lookup import RECENT
from surveys.respond.reader import SEAT_OF, Reader
from surveys.respond.screens import AnswerWho, Choice
from surveys.respondents import RELATIONS, WAYS, Who, ways_of, who_of


async def show(reader: Reader) -> Response:
    """Ask who gave the answers; whoever gave none is led to the questions."""
    known = reader.visit.responses.get(reader.respondent)
    return shown(reader, known.who) if known else reader.go("")


def shown(reader: Reader, who: Who) -> Response:
    """Show the page as it was compiled for all those who said the same."""
    page = composed(replace(reader, token=MARKS["token"]), who)
    return compiled.shown(reader, page, lambda: page, lambda _tongue: {})


async def say(reader: Reader, form: FormData) -> Response:
    """Write it, and go on as whoever answered."""
    who = who_of(str(form.get("pour", "")), [str(each) for each in form.getlist("comment")])
    if not who.is_said and reader.respondent not in reader.visit.responses:
        return reader.go("")
    if not who.is_said:
        return _refused(reader, who, _("Choisissez pour qui vous répondez, ou passez cette page"), 422)
    try:
        async with transaction("answer") as db:
            await attribute(db, reader.visit.id, reader.respondent, who)
    except Conflict as taken:
        return _refused(reader, who, taken.message, 409)
    except NotFound:  # the same form, sent twice, has moved them already; or there are none
        pass
    RECENT.drop(reader.token)
    seat = SEAT_OF[RELATIONS[who.relation].respondent]
    return replace(reader, choices={**reader.choices, "proche": seat}).go("/merci")


def _refused(reader: Reader, who: Who, message: str, status: int) -> Response:
    return reader.show(composed(reader, who, message), status)


def composed(reader: Reader, who: Who, message: str = "") -> AnswerWho:
    with languages.using(reader.language):
        error = _(message) if message else ""
        options = tuple(Choice(code, "", _(each.said)) for code, each in RELATIONS.items())
        ways = tuple(Choice(code, "", _(each.said)) for code, each in WAYS.items())
    return AnswerWho(
        token=reader.token,
        back=reader.address("/merci"),
        seat=reader.seat,
        options=options,
        ways=ways,
        chosen=(who.relation, *ways_of(who)),
        errors=((f"pour-{options[0].value}", error),) if error else (),
    )
