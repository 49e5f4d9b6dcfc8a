"""« Je ne veux plus recevoir de message »: one press refuses on every channel, from a page or an e-mail."""

from datetime import datetime

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from quality import clock
from quality.db import execute, fetch_value, pool
from quality.directory.geography import zone_of
from quality.web import csrf, languages
from quality.web import format as text
from quality.web.answer_forms import form_of
from quality.web.languages import gettext as _
from quality.web.platform import card_of
from quality.web.rendering import render_answer
from surveys.respond.lookup import visit_ever_of
from surveys.respond.reader import Reader, chosen_by, closed, posting
from surveys.respond.screens import AnswerStop, AnswerStopNoted, AnswerStopped
from surveys.response import InvitedVisit

ONE_CLICK = ("List-Unsubscribe", "One-Click")  # RFC 8058


async def show(reader: Reader) -> Response:
    if not reader.visit.is_invited:
        return await closed(reader.request)
    refused_at = await fetch_value(pool("answer"), REFUSED_AT, reader.visit.id)
    if isinstance(refused_at, datetime):
        return reader.show(AnswerStopped(_moment(reader, refused_at)))
    return reader.show(AnswerStop(reader.token))


REFUSED_AT = """
SELECT max(settled_at) FROM attempt
WHERE id BETWEEN child_id($1, 0) AND child_id($1, 255) AND invitation_id = $1 AND reason = 'refused'
"""


async def stop(request: Request) -> Response:
    """Refuse: a mail program's one click carries neither our Origin nor a session, a browser's form does."""
    form = await form_of(request)
    name, value = ONE_CLICK
    if form.get(name) != value:
        csrf.check_origin(request)
    found = await visit_ever_of(request)
    if found is not None and not found[1].is_invited:
        return await closed(request)  # an answer by a code: whoever printed it may have given it
    if found is not None and found[1].is_open(clock.now()):
        return await _refuse(request)
    if found is not None:
        await _write(found[1], form)
    return await _noted(request, chosen_by(request, form).get("langue", "fr"))


async def _noted(request: Request, language: str) -> Response:
    """Answer a refusal by a link that opens nothing any more as by one that never did."""
    return render_answer(request, AnswerStopNoted(), await card_of(None), language)


async def _stopped(reader: Reader, form: FormData) -> Response:
    return reader.show(AnswerStopped(_moment(reader, await _write(reader.visit, form))))


async def _write(visit: InvitedVisit, form: FormData) -> datetime:
    """Refuse for whoever was asked, whether the request is over or not."""
    how = "one_click" if ONE_CLICK[0] in form else "page"
    now = clock.now()
    await execute(pool("answer"), "SELECT refuse($1, $2, $3)", visit.id, how, now)
    return now


_refuse = posting(_stopped)


def _moment(reader: Reader, instant: datetime) -> str:
    local = instant.astimezone(zone_of(reader.visit.departement))
    with languages.using(reader.language):
        return _("{day} à {hour}").format(
            day=text.day_text(local.date(), reader.language), hour=text.time_text(local, reader.language)
        )
