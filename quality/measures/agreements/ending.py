"""The end of a convention: ended, an experiment concluded, the same terms drafted with another funder."""

from dataclasses import replace
from datetime import date, timedelta
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
from quality.measures.releases.releasing import CALENDAR
from quality.measures.views.conventions import DRAFT, ENDED, agreement, standing
from quality.web.languages import gettext as _

LONGEST_CONCLUSION = 4_000


class Verdict(StrEnum):
    """What an experiment said of its hypothesis."""

    confirmed = "confirmed"
    refuted = "refuted"
    unsure = "unsure"


async def end(actor: Actor, code: str) -> None:
    """End a convention today; what it counted until then stays published."""
    refuse_others(actor)
    today = _today()
    async with scoped(actor) as db:
        row = await agreement(actor, code)
        if row.status == DRAFT or standing(row, today) == ENDED:
            raise Conflict("Cette convention n’est pas en vigueur.")
        await execute(
            db,
            """
            UPDATE convention SET status = 'ended', ends_on = greatest(starts_on, least(ends_on, $2))
            WHERE id = $1
            """,
            row.id,
            today,
        )
        await audit.record(db, actor, "convention.end", code)


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
    """Draft the same convention with another funder, from tomorrow; return its code."""
    refuse_others(actor)
    async with scoped(actor):
        row = await agreement(actor, code)
        taken = {each.code for each in await visible(actor, Convention)}
    terms, first = terms_of(row), _today() + timedelta(days=1)
    made = _free(code, taken)
    ends_on = None if terms.ends_on is None else first + (terms.ends_on - terms.starts_on)
    fresh = replace(terms, code=made, funder=funder, status=DRAFT, starts_on=first, ends_on=ends_on)
    await create_convention(actor, fresh, renewed_from=row.id)
    return made


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
