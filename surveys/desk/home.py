"""The desk on the home page: who waits for a call, why, and until what time one may call today."""

from dataclasses import dataclass
from datetime import date, datetime, time

from quality import clock
from quality.access.actor import Actor, Role
from quality.access.scope import scoped
from quality.component import HomePanel
from quality.db import fetch, fetch_one
from quality.web import languages
from quality.web.format import capital, count, day_text, spelled, time_text
from quality.web.languages import gettext as _
from quality.web.languages import ngettext
from quality.web.platform import PARIS, PlatformCard, card_of
from surveys.callbacks import calling_hours
from surveys.desk.composing import reason
from surveys.desk.queue import DUE
from surveys.protocol.calendar import Window, next_slot

CALLERS = frozenset({Role.agent, Role.supervisor})
PLACE = "34"  # only its holidays count here: each call keeps the hours of the person's own place
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
    now = clock.now()
    midnight = _at(now.astimezone(PARIS).date(), time.max)
    async with scoped(actor) as db:
        rows = await fetch(db, KINDS, actor.platform, now)
        coming = await fetch_one(db, COMING, actor.platform, now, midnight) or {}
    situations = tuple(Situation(reason(row["kind"]), row["due"]) for row in rows)
    return CallsPanel(
        title=_calls_title(sum(each.count for each in situations)),
        situations=situations,
        later=_later(coming["later"]),
        appointments=_said(
            ngettext("Dont {num} rendez-vous.", "Dont {num} rendez-vous.", coming["appointments"]),
            coming["appointments"],
        )
        if coming["appointments"]
        else "",
    )


def _later(count_: int) -> str:
    if not count_:
        return _("Aucun autre appel n’est prévu aujourd’hui.")
    words = ngettext(
        "{num} appel vient plus tard aujourd’hui.", "{num} appels viennent plus tard aujourd’hui.", count_
    )
    return _said(words, count_)


async def hours(actor: Actor) -> HoursPanel:
    card, now = await card_of(actor.platform), clock.now()
    today = now.astimezone(PARIS).date()
    windows = {who: calling_hours(who, card.closing_days) for who in ("client", "relative")}
    if not windows["client"].allows(today, PLACE):
        return HoursPanel(_("Personne n’est appelé aujourd’hui"), (), _closed(windows["client"], card, now))
    who = {"client": _("Une personne suivie"), "relative": _("Un proche")}
    return HoursPanel(
        title=_hours_title(windows["client"], now),
        hours=tuple((who[name], _spans(window)) for name, window in windows.items()),
        sentence=_("Ces heures sont celles du lieu où la personne vit."),
    )


def _calls_title(due: int) -> str:
    if not due:
        return _("Personne n’attend d’appel")
    words = ngettext("{num} appel à passer maintenant", "{num} appels à passer maintenant", due)
    return capital(words.format(num=spelled(due, languages.current())))


def _hours_title(window: Window, now: datetime) -> str:
    """Say until when one calls, or from when."""
    slot = next_slot(now, PLACE, window)
    today = now.astimezone(PARIS).date()
    if slot is None or slot.opens_at.astimezone(PARIS).date() != today:
        return _("Les appels sont finis pour aujourd’hui")
    lang = languages.current()
    if slot.opens_at <= now:
        return _("On appelle jusqu’à {hour}").format(hour=time_text(slot.closes_at.astimezone(PARIS), lang))
    return _("On appelle à partir de {hour}").format(hour=time_text(slot.opens_at.astimezone(PARIS), lang))


def _closed(window: Window, card: PlatformCard, now: datetime) -> str:
    today = now.astimezone(PARIS).date()
    why = (
        _("La plateforme est fermée aujourd’hui.")
        if today in card.closing_days
        else _("Ni le samedi, ni le dimanche, ni un jour férié.")
    )
    slot = next_slot(now, PLACE, window)
    if slot is None:
        return why
    opens = slot.opens_at.astimezone(PARIS)
    lang = languages.current()
    again = _("Les appels reprennent {day}, à {hour}.").format(
        day=day_text(opens.date(), lang), hour=time_text(opens, lang)
    )
    return f"{why} {again}"


def _spans(window: Window) -> str:
    lang = languages.current()
    spans = [
        _("de {start} à {end}").format(start=time_text(start, lang), end=time_text(end, lang))
        for start, end in window.spans
    ]
    return _(" et ").join(spans)


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, PARIS)


def _said(words: str, n: int) -> str:
    return words.format(num=count(n, languages.current()))


PANELS = (
    HomePanel(CALLERS, calls, rank=20, span=7),
    HomePanel(CALLERS, hours, rank=21, span=5),
)
