"""When each message of a protocol leaves, in words (pure but for the reader's language)."""

from datetime import time

from quality.web import languages
from quality.web.format import WEEKDAYS, time_text
from quality.web.languages import gettext as _
from quality.web.languages import ngettext
from surveys.protocol.calendar import Window
from surveys.protocol.definition import Audience, Protocol, Step, When


def step_words(protocol: Protocol, step: Step, *, is_about_visit: bool = True) -> str:
    """Say when a step is due, in which hours, and to whom it applies."""
    window = protocol.windows.by_channel[step.channel].window(Audience.CLIENT)
    delay = _delay(step) if is_about_visit else _delay_of_request(step)
    parts = (f"{delay}, {window_words(window)}.", _tries(step), whom_words(step))
    return " ".join(part for part in parts if part)


def _delay(step: Step) -> str:
    if step.delay_hours is not None:
        words = ngettext("{num} heure après la visite", "{num} heures après la visite", step.delay_hours)
        return words.format(num=step.delay_hours)
    days = step.delay_days or 0
    if not days:
        return _("Le jour de la visite")
    return ngettext("{num} jour après la visite", "{num} jours après la visite", days).format(num=days)


def _delay_of_request(step: Step) -> str:
    if step.delay_hours is not None:
        words = ngettext("{num} heure après la demande", "{num} heures après la demande", step.delay_hours)
        return words.format(num=step.delay_hours)
    days = step.delay_days or 0
    if not days:
        return _("Le jour de la demande")
    return ngettext("{num} jour après la demande", "{num} jours après la demande", days).format(num=days)


def window_words(window: Window) -> str:
    """Name the days and the hours of a window.

    >>> window = Window(frozenset({1, 2, 3, 4, 5}), ((time(10), time(13)), (time(14), time(19))))
    >>> window_words(window).replace(chr(160), " ")
    'du lundi au vendredi, de 10 h à 13 h et de 14 h à 19 h'
    """
    return f"{_days(window)}, {hours_words(window)}"


def hours_words(window: Window) -> str:
    """Name the hours of a window: « de 10 h à 13 h et de 14 h à 19 h »."""
    return _(" et ").join(_span(*span) for span in window.spans)


def _days(window: Window) -> str:
    names = WEEKDAYS[languages.current()]
    days = sorted(window.days)
    if days == list(range(days[0], days[-1] + 1)) and len(days) > 1:
        return _("du {first} au {last}").format(first=names[days[0] - 1], last=names[days[-1] - 1])
    return ", ".join(names[day - 1] for day in days)


def _span(opens: time, closes: time) -> str:
    lang = languages.current()
    return _("de {start} à {end}").format(start=time_text(opens, lang), end=time_text(closes, lang))


def _tries(step: Step) -> str:
    if step.attempts < 2:
        return ""
    return _("{num} essais au plus.").format(num=step.attempts)


def whom_words(step: Step) -> str:
    """Say to whom a step applies; nothing when it applies to everybody."""
    return {
        When.ALWAYS: "",
        When.WRITTEN: _("Pour qui a reçu un message et n’a pas répondu."),
        When.UNWRITTEN: _("Pour qui n’a ni portable ni e-mail."),
    }[step.when]
