"""After a low mark: the client says what should come of it, and only then is a complaint opened."""

from starlette.datastructures import FormData
from starlette.responses import Response

from quality import clock
from quality.complaints.delays import due
from quality.complaints.opening import Opened, Wish, delays_of, wish
from quality.db import Connection, pool, transaction
from quality.web import languages
from quality.web.languages import gettext as _
from surveys import callbacks
from surveys.questionnaire.wording import words_of
from surveys.respond.lows import LowMark, kind_of, low_marks
from surveys.respond.reader import Reader
from surveys.respond.screens import AnswerWish, Errors

WISHES = {"nom": Wish.NAMED, "sans": Wish.ANONYMOUS, "appel": Wish.CALL_FIRST, "rien": Wish.NOTHING}
WORDS = {wish.value: word for word, wish in WISHES.items()}


async def show(reader: Reader) -> Response:
    lows = await low_marks(pool("answer"), reader.visit)
    return reader.show(await _page(reader, lows)) if lows else reader.go("")


async def choose(reader: Reader, form: FormData) -> Response:
    lows = await low_marks(pool("answer"), reader.visit)
    if not lows:
        return reader.go("")
    wanted = WISHES.get(str(form.get("souhait", "")))
    if wanted is None:
        with languages.using(reader.language):
            errors = [("souhait-nom", _("Choisissez ce que vous souhaitez"))]
        return reader.show(await _page(reader, lows, errors), 422)
    async with transaction("answer") as db:
        source = reader.visit.source(lows[0].source_id)
        kind = kind_of(reader.visit.questionnaire, lows)
        opened = await wish(
            db, reader.request.app.state.house.keyring, source, wanted, now=clock.now(), kind=kind
        )
        await _call_accordingly(db, reader, wanted, opened, lows[0])
    return reader.go("/rappel" if wanted is Wish.CALL_FIRST else "/merci")


async def _call_accordingly(
    db: Connection, reader: Reader, wanted: Wish, opened: Opened | None, before: LowMark
) -> None:
    """Queue the call of a client who wants it first; take it back when the wish is another one."""
    now = clock.now()
    if wanted is not Wish.CALL_FIRST:
        if before.complaint_id is not None and (opened is None or opened.disclosure is not Wish.CALL_FIRST):
            await callbacks.withdraw_first(db, before.complaint_id, now)
        return
    slots = callbacks.half_days(
        now, reader.visit.departement, reader.respondent, count=1, closed=reader.card.closing_days
    )
    if slots and opened is not None and opened.disclosure is Wish.CALL_FIRST:
        await callbacks.call_first(db, reader.visit, opened.id, slots[0], now)
    elif slots:
        await callbacks.ask(db, reader.visit, slots[0], now)


async def _page(reader: Reader, lows: list[LowMark], errors: Errors = ()) -> AnswerWish:
    visit, last, now = reader.visit, lows[0], clock.now()
    dates = due(now, await delays_of(pool("answer"), visit.source(last.source_id), now), visit.departement)
    items = [item.alias for item in visit.questionnaire.items]
    given = next((low.wish for low in lows if low.wish), None)
    return AnswerWish(
        token=reader.token,
        back=reader.address(f"/{items.index(last.item) + 1}"),
        saved=words_of(visit.questionnaire.item(last.item), last.value, reader.language),
        provider=visit.provider_name,
        acknowledged_by=reader.day(dates.acknowledge_at),
        remedied_by=reader.day(dates.solution_at),
        value=WORDS[given] if given else "",
        errors=errors,
    )
