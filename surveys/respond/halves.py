"""A half-day offered for a call, in words."""

from datetime import UTC, datetime

from quality.directory.geography import zone_of
from quality.web import format as text
from quality.web import languages
from quality.web.languages import gettext as _
from surveys.protocol.calendar import Slot
from surveys.respond.screens import HalfDay


def half_day(slot: Slot, departement: str, language: str, now: datetime) -> HalfDay:
    """Say a half-day in the time of a place."""
    zone = zone_of(departement)
    opens, closes = slot.opens_at.astimezone(zone), slot.closes_at.astimezone(zone)
    with languages.using(language):
        if slot.opens_at <= now:
            span = _("avant {end}").format(end=text.time_text(closes, language))
        else:
            start, end = text.time_text(opens, language), text.time_text(closes, language)
            span = _("de {start} à {end}").format(start=start, end=end)
    return HalfDay(value_of(slot), text.day_text(opens.date(), language), span)


def value_of(slot: Slot) -> str:
    """Name a half-day by its end, which stays the same while it runs."""
    return f"{slot.closes_at.astimezone(UTC):%Y%m%d%H%M}"
