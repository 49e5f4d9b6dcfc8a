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
from quality.web.languages import gettext as _
from surveys.respond.reader import Reader, form_of, posting
from surveys.respond.screens import AnswerStop, AnswerStopped

ONE_CLICK = ("List-Unsubscribe", "One-Click")  # RFC 8058


async def show(reader: Reader) -> Response:
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
    return await _refuse(request)


async def _stopped(reader: Reader, form: FormData) -> Response:
    how = "one_click" if ONE_CLICK[0] in form else "page"
    now = clock.now()
    await execute(pool("answer"), "SELECT refuse($1, $2, $3)", reader.visit.id, how, now)
    return reader.show(AnswerStopped(_moment(reader, now)))


_refuse = posting(_stopped)


def _moment(reader: Reader, instant: datetime) -> str:
    local = instant.astimezone(zone_of(reader.visit.departement))
    with languages.using(reader.language):
        return _("{day} à {hour}").format(
            day=text.day_text(local.date(), reader.language), hour=text.time_text(local, reader.language)
        )
