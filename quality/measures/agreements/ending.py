"""The end of a convention: ended, an experiment concluded, the same terms drafted with another funder."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from quality import clock
from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped, visible
from quality.db import execute
from quality.errors import Conflict, FieldError, Invalid
from quality.measures.agreements.drafting import create_convention, refuse_others
from quality.measures.agreements.terms import terms_of
from quality.measures.models import Convention
from quality.measures.releases.periods import ONE_DAY, month_of, months_after, whole_months
from quality.measures.releases.releasing import CALENDAR
from quality.measures.views.conventions import DRAFT, ENDED, agreement, standing
from quality.web import languages
from quality.web.format import day_text
from quality.web.languages import gettext as _

LAST_DAY = "dernier"
LONGEST_CONCLUSION = 4_000


class Verdict(StrEnum):
    """What an experiment said of its hypothesis."""

    confirmed = "confirmed"
    refuted = "refuted"
    unsure = "unsure"


async def end(actor: Actor, code: str, last: date) -> None:
    """Let a convention end with a day; what it counted until then stays published."""
    refuse_others(actor)
    today = _today()
    async with scoped(actor) as db:
        row = await agreement(actor, code)
        if row.status == DRAFT or standing(row, today) == ENDED:
            raise Conflict("Cette convention n’est pas en vigueur.")
        found = tuple(_wrong_end(row, last, today))
        if found:
            raise Invalid(errors=found)
        await execute(
            db,
            "UPDATE convention SET ends_on = least(ends_on, $2) WHERE id = $1 AND status <> 'draft'",
            row.id,
            last,
        )
        await audit.record(db, actor, "convention.end", code, {"last": last.isoformat()})


def _wrong_end(row: Convention, last: date, today: date) -> Iterator[FieldError]:
    lang = languages.current()
    if last < (first := max(today, row.starts_on)):
        words = _("Choisissez le {day} ou un jour d’après : ce qui est passé reste compté.")
        yield FieldError(LAST_DAY, words.format(day=day_text(first, lang, year=True)))
    if row.ends_on and last > row.ends_on:
        words = _("La convention finit déjà le {day} : choisissez ce jour ou un jour d’avant.")
        yield FieldError(LAST_DAY, words.format(day=day_text(row.ends_on, lang, year=True)))


def usual_end(row: Convention, today: date) -> date:
    """Give the last day of the present month, or of the first one to come; the agreed end if it is sooner."""
    usual = month_of(max(today, row.starts_on)).ends_on
    return usual if row.ends_on is None else min(usual, row.ends_on)


def _today() -> date:
    return clock.now().astimezone(CALENDAR).date()


async def conclude(actor: Actor, code: str, verdict: str, conclusion: str) -> None:
    """Write what an experiment found; it may be corrected, and each time is in the audit trail."""
    refuse_others(actor)
    found = tuple(_faults(verdict, conclusion))
    if found:
        raise Invalid(errors=found)
    async with scoped(actor) as db:
        row = await agreement(actor, code)
        if not row.is_experiment or row.status == DRAFT:
            raise Conflict("Seul un banc d’essai commencé a une fiche d’évaluation.")
        await execute(
            db,
            "UPDATE convention SET verdict = $2, conclusion = $3, concluded_at = $4 WHERE id = $1",
            row.id,
            verdict,
            conclusion,
            clock.now(),
        )
        await audit.record(db, actor, "convention.conclude", code, {"verdict": verdict})


def _faults(verdict: str, conclusion: str) -> list[FieldError]:
    found = []
    if verdict not in set(Verdict):
        found.append(FieldError("verdict", _("Dites si l’hypothèse est confirmée.")))
    if not 0 < len(conclusion) <= LONGEST_CONCLUSION:
        words = _("Écrivez ce que le banc d’essai a montré, en 4 000 caractères au plus.")
        found.append(FieldError("conclusion", words))
    return found


async def renew(actor: Actor, code: str, funder: UUID) -> str:
    """Draft the same convention with another funder, from next month, for as many months; return its code."""
    refuse_others(actor)
    async with scoped(actor):
        row = await agreement(actor, code)
        taken = {each.code for each in await visible(actor, Convention)}
    terms, made = terms_of(row), _free(code, taken)
    first, last = moved(terms.starts_on, terms.ends_on, _today())
    fresh = replace(terms, code=made, funder=funder, status=DRAFT, starts_on=first, ends_on=last)
    await create_convention(actor, fresh, renewed_from=row.id)
    return made


def moved(starts_on: date, ends_on: date | None, today: date) -> tuple[date, date | None]:
    """Give as many whole months from the first of next month.

    >>> moved(date(2026, 1, 15), date(2026, 4, 30), date(2026, 11, 24))
    (datetime.date(2026, 12, 1), datetime.date(2027, 2, 28))
    >>> moved(date(2026, 1, 1), None, date(2026, 11, 24))
    (datetime.date(2026, 12, 1), None)
    """
    first = months_after(today.replace(day=1), 1)
    if ends_on is None:
        return first, None
    before, after = whole_months(starts_on, ends_on) or (first, None)
    after = after or before
    count = 12 * (after.year - before.year) + after.month - before.month + 1
    return first, months_after(first, count) - ONE_DAY


def _free(code: str, taken: set[str]) -> str:
    """Name a renewed convention.

    >>> _free("banc-2026", {"banc-2026", "banc-2026-2"})
    'banc-2026-3'
    >>> _free("essai-de-l-appel-du-lendemain-midis-4b", set())
    'essai-de-l-appel-du-lendemain-midis-2'
    """
    number = 2
    while (made := f"{code[:36].rstrip('-')}-{number}") in taken:
        number += 1
    return made
