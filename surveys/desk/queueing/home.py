"""The desk on the home page: who waits for a call, why, and until what time one may call today."""

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from quality import clock
from quality.access.actor import Actor, Role
from quality.access.scope import scoped
from quality.component import HomePanel
from quality.db import fetch, fetch_one
from quality.directory.geography import place_in
from quality.web import languages
from quality.web.format import capital, day_text, spelled, time_text
from quality.web.languages import counted, ngettext
from quality.web.languages import gettext as _
from quality.web.platform import PlatformCard, card_of
from surveys.callbacks import calling_hours
from surveys.desk.queueing.queue import DUE
from surveys.desk.screen.composing import reason
from surveys.protocol.calendar import Window, next_slot
from surveys.reviews.timing import hours_words

CALLERS = frozenset({Role.agent, Role.supervisor})
KINDS = f"""
SELECT c.kind, count(*) AS due FROM call_case c WHERE c.platform_id = $1 AND {DUE}
GROUP BY c.kind ORDER BY min(c.priority), c.kind = 'survey', c.kind
"""
COMING = """
SELECT count(*) FILTER (WHERE c.outcome = 'appointment') AS appointments, count(*) AS later
FROM call_case c
WHERE c.platform_id = $1 AND c.state = 'open' AND c.next_due_at > $2 AND c.next_due_at < $3
"""


@dataclass(frozen=True, slots=True)
class Situation:
    """Why somebody waits for a call, and how many do."""

    label: str
    count: int


@dataclass(frozen=True, slots=True)
class CallsPanel:
    """The calls due now by reason, and those that come later today."""

    title: str
    situations: tuple[Situation, ...]
    later: str
    appointments: str


@dataclass(frozen=True, slots=True)
class HoursPanel:
    """The hours in which one calls today: (who, hours) pairs, none on a day without calls."""

    title: str
    hours: tuple[tuple[str, str], ...]
    sentence: str


async def calls(actor: Actor) -> CallsPanel:
    now, zone = clock.now(), (await card_of(actor.platform)).zone
    midnight = datetime.combine(now.astimezone(zone).date(), time.max, zone)
    async with scoped(actor) as db:
        rows = await fetch(db, KINDS, actor.platform, now)
        coming = await fetch_one(db, COMING, actor.platform, now, midnight) or {}
    situations = tuple(Situation(reason(row["kind"]), row["due"]) for row in rows)
    return CallsPanel(
        title=_calls_title(sum(each.count for each in situations)),
        situations=situations,
        later=_later(coming["later"]),
        appointments=_appointments(coming["appointments"]),
    )


def _later(due: int) -> str:
    if not due:
        return _("Aucun autre appel n’est prévu aujourd’hui.")
    words = ngettext(
        "{num} appel vient plus tard aujourd’hui.", "{num} appels viennent plus tard aujourd’hui.", due
    )
    return counted(words, due)


def _appointments(due: int) -> str:
    if not due:
        return ""
    return counted(ngettext("Dont {num} rendez-vous.", "Dont {num} rendez-vous.", due), due)


async def hours(actor: Actor) -> HoursPanel:
    card, now = await card_of(actor.platform), clock.now()
    windows = {who: calling_hours(who, card.closing_days) for who in ("client", "relative")}
    if not windows["client"].allows(now.astimezone(card.zone).date(), place_in(card.zone)):
        return HoursPanel(_("Personne n’est appelé aujourd’hui"), (), _closed(windows["client"], card, now))
    who = {"client": _("Une personne suivie"), "relative": _("Un proche")}
    return HoursPanel(
        title=_hours_title(windows["client"], card.zone, now),
        hours=tuple((who[name], hours_words(window)) for name, window in windows.items()),
        sentence=_("Ces heures sont celles du lieu où la personne vit."),
    )


def _calls_title(due: int) -> str:
    if not due:
        return _("Personne n’attend d’appel")
    words = ngettext("{num} appel à passer maintenant", "{num} appels à passer maintenant", due)
    return capital(words.format(num=spelled(due, languages.current())))


def _hours_title(window: Window, zone: ZoneInfo, now: datetime) -> str:
    """Say until when one calls, or from when."""
    slot = next_slot(now, place_in(zone), window)
    if slot is None or slot.opens_at.astimezone(zone).date() != now.astimezone(zone).date():
        return _("Les appels sont finis pour aujourd’hui")
    lang = languages.current()
    if slot.opens_at <= now:
        return _("On appelle jusqu’à {hour}").format(hour=time_text(slot.closes_at.astimezone(zone), lang))
    return _("On appelle à partir de {hour}").format(hour=time_text(slot.opens_at.astimezone(zone), lang))


def _closed(window: Window, card: PlatformCard, now: datetime) -> str:
    is_shut = now.astimezone(card.zone).date() in card.closing_days
    why = (
        _("La plateforme est fermée aujourd’hui.")
        if is_shut
        else _("Ni le samedi, ni le dimanche, ni un jour férié.")
    )
    slot = next_slot(now, place_in(card.zone), window)
    return why if slot is None else f"{why} {_again(slot.opens_at.astimezone(card.zone))}"


def _again(opens_at: datetime) -> str:
    lang = languages.current()
    return _("Les appels reprennent {day}, à {hour}.").format(
        day=day_text(opens_at.date(), lang), hour=time_text(opens_at, lang)
    )


PANELS = (
    HomePanel(CALLERS, calls, rank=20, span=7),
    HomePanel(CALLERS, hours, rank=21, span=5),
)
