"""Which months a convention counts, in words: those that its dates hold from the first day to the last."""

from datetime import date

from quality.measures.models import Convention
from quality.measures.releases.periods import (
    Period,
    month_of,
    months_of,
    months_within,
    next_releasable,
    whole_months,
)
from quality.measures.views.conventions import DRAFT
from quality.web import languages
from quality.web.format import day_text, period_text
from quality.web.languages import gettext as _


def counted_words(starts_on: date, ends_on: date | None) -> str:
    r"""Name the months between two dates that count.

    >>> counted_words(date(2026, 11, 15), date(2027, 1, 31)), counted_words(date(2026, 11, 1), None)
    ('décembre\xa02026 à janvier\xa02027', 'depuis novembre\xa02026')
    >>> counted_words(date(2026, 11, 1), date(2026, 12, 14))
    'novembre\xa02026'
    >>> counted_words(date(2026, 11, 2), date(2026, 11, 30))
    'aucun'
    """
    whole = whole_months(starts_on, ends_on)
    if whole is None:
        return _("aucun")
    first, last = whole
    if last is None:
        return _("depuis {month}").format(month=_named(month_of(first).code))
    return _range(month_of(first).code, month_of(last).code)


def _range(first: str, last: str) -> str:
    if first == last:
        return _named(first)
    return _("{first} à {last}").format(first=_named(first), last=_named(last))


def _named(month: str) -> str:
    return period_text(month, languages.current())


def part_counted(of: Convention, period: str) -> str:
    """Name the months of a period that a convention counts; "" where it counts all of them, or none."""
    counted = months_within(period, of.starts_on, of.ends_on)
    if len(counted) in {0, len(months_of(period))}:
        return ""
    return _range(counted[0], counted[-1])


def part_words(of: Convention | None, period: str | None) -> tuple[str, ...]:
    """Say which months of a period a convention counts, where it does not count all of them."""
    months = part_counted(of, period) if of and period else ""
    words = _("La convention ne couvre pas toute la période. Mois comptés : {months}.")
    return (words.format(months=months),) if months else ()


def coming_words(of: Convention | None, today: date) -> str:
    """Say which month of a convention, or of all visits, may be published next, and from which day."""
    if of is not None and of.status == DRAFT:
        return _("C’est un projet : rien ne compte avant son entrée en vigueur.")
    coming = _coming(of, today)
    if coming is not None:
        return _("La prochaine période, {period}, pourra être publiée le {day}.").format(
            period=_named(coming.code), day=day_text(coming.releasable_on, languages.current(), year=True)
        )
    if of is not None and whole_months(of.starts_on, of.ends_on):
        words = _("La convention n’a plus de mois à venir. Mois comptés : {months}.")
        return words.format(months=counted_words(of.starts_on, of.ends_on))
    return _("Les dates de la convention ne contiennent aucun mois entier : rien ne compte.")


def _coming(of: Convention | None, today: date) -> Period | None:
    """Give the next month that may be published, among those that count; None after the last one."""
    coming = next_releasable(today)
    if of is None:
        return coming
    whole = whole_months(of.starts_on, of.ends_on)
    if whole is None:
        return None
    first, last = whole
    coming = max(coming, month_of(first), key=lambda each: each.starts_on)
    return coming if last is None or coming.starts_on < last else None
