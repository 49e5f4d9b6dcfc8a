"""/s/{token}/lecteurs: who reads the answer with its name, changed until the request closes."""

from starlette.datastructures import FormData
from starlette.responses import Response

from quality import clock
from quality.db import pool
from quality.web import languages
from quality.web.languages import gettext as _
from surveys.disclosing import NAMED, PLATFORM, RECALLED, disclose, is_nameless
from surveys.respond.lookup import RECENT
from surveys.respond.reader import Reader
from surveys.respond.screens import AnswerReaders, Errors
from surveys.response import SURVEY

CHOICES = {"plateforme": PLATFORM, "organisme": NAMED}
WORDS = {PLATFORM: "plateforme", RECALLED: "plateforme", NAMED: "organisme"}


async def show(reader: Reader) -> Response:
    if not _is_asked(reader):
        return reader.go("/merci")
    return reader.show(await _page(reader))


async def choose(reader: Reader, form: FormData) -> Response:
    """Write who may read the answer; an answer that has to stay without a name is left as it is."""
    if not _is_asked(reader):
        return reader.go("/merci")
    wanted = CHOICES.get(str(form.get("lecteurs", "")))
    if wanted is None:
        with languages.using(reader.language):
            errors = [("lecteurs-plateforme", _("Choisissez qui lit votre réponse"))]
        return reader.show(await _page(reader, errors), 422)
    await disclose(pool("answer"), reader.visit, reader.respondent, wanted, clock.now())
    RECENT.drop(reader.token)
    return reader.go("/merci")


def _is_asked(reader: Reader) -> bool:
    """Tell answers that a provider may read: those of whoever the platform asked."""
    return reader.visit.is_invited and reader.respondent in reader.visit.responses


async def _page(reader: Reader, errors: Errors = ()) -> AnswerReaders:
    known = reader.visit.responses[reader.respondent]
    return AnswerReaders(
        token=reader.token,
        back=reader.address("/merci"),
        seat=reader.seat,
        provider=reader.visit.provider_name,
        is_about_visit=reader.visit.purpose == SURVEY,
        value=WORDS[known.disclosure],
        until=reader.day(reader.visit.closes_at),
        is_nameless=await is_nameless(pool("answer"), known.id),
        errors=errors,
    )
