"""« Appelez-moi »: half-days to choose from, in words."""

from datetime import datetime

from starlette.datastructures import FormData
from starlette.responses import Response

from quality import clock
from quality.db import transaction
from quality.web import languages
from quality.web.languages import gettext as _
from surveys import callbacks
from surveys.protocol.calendar import Slot
from surveys.respond.halves import half_day, value_of
from surveys.respond.lows import discontent
from surveys.respond.reader import Reader
from surveys.respond.screens import AnswerCallback, Errors, HalfDay


async def show(reader: Reader) -> Response:
    return reader.show(_page(reader, _slots(reader)))


async def choose(reader: Reader, form: FormData) -> Response:
    slots = _slots(reader)
    value = str(form.get("creneau", ""))
    chosen = next((slot for slot in slots if value_of(slot) == value), None)
    if chosen is None:
        with languages.using(reader.language):
            message = (
                _("Ce moment n’est plus libre : choisissez-en un autre")
                if value
                else _("Choisissez un moment")
            )
        anchor = f"creneau-{value_of(slots[0])}" if slots else "contenu"
        return reader.show(_page(reader, slots, [(anchor, message)]), 422)
    async with transaction("answer") as db:
        told = await discontent(db, reader.visit, reader.respondent)
        if told.complaint is None or not await callbacks.move(db, told.complaint.id, chosen):
            await callbacks.ask(db, reader.visit, chosen, clock.now())
    return reader.go("/merci")


def call_text(reader: Reader, due_at: datetime | None) -> str:
    """Say when the person is called, from an instant on, or nothing when no call is owed."""
    if due_at is None:
        return ""
    slots = callbacks.half_days(
        max(due_at, clock.now()),
        reader.visit.departement,
        reader.audience,
        count=1,
        closed=reader.card.closing_days,
    )
    if not slots:
        return ""
    moment = _half_day(reader, slots[0])
    day = moment.day[:1].upper() + moment.day[1:]
    return f"{day}, {moment.span}"


def _slots(reader: Reader) -> tuple[Slot, ...]:
    closed = reader.card.closing_days
    return callbacks.half_days(clock.now(), reader.visit.departement, reader.audience, closed=closed)


def _page(reader: Reader, slots: tuple[Slot, ...], errors: Errors = ()) -> AnswerCallback:
    offered = [_half_day(reader, slot) for slot in slots]
    return AnswerCallback(
        token=reader.token, back=reader.address(), seat=reader.seat, slots=offered, value="", errors=errors
    )


def _half_day(reader: Reader, slot: Slot) -> HalfDay:
    return half_day(slot, reader.visit.departement, reader.language, clock.now())
