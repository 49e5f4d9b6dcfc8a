"""What waits for the parties of conventions on their first page: a signature, the first day, a sheet."""

from collections.abc import Sequence

from quality import clock
from quality.access.actor import Actor, Role
from quality.access.home import Task
from quality.access.scope import scoped
from quality.component import HomeSection
from quality.measures.agreements.signing import PARTIES, missing
from quality.measures.models import Convention
from quality.measures.views.conventions import DRAFT, ENDED, agreements, standing
from quality.web import languages
from quality.web.format import day_text, paris_day
from quality.web.languages import gettext as _


async def tasks(actor: Actor) -> Sequence[Task]:
    """Give the conventions that the actor has to sign, to put in force, or to evaluate."""
    async with scoped(actor):
        found = await agreements(actor)
        proposed = [row for row in found if row.status == DRAFT and row.proposed_at]
        waited = list(zip(proposed, await missing(actor, proposed), strict=True))
    if actor.role == Role.platform:
        today = paris_day(clock.now())
        over = [row for row in found if row.is_experiment and standing(row, today) == ENDED]
        return (
            *(_to_activate(row) for row, left in waited if not left),
            *(_to_evaluate(row) for row in over if row.concluded_at is None),
        )
    return tuple(_to_sign(row) for row, left in waited if actor.organisation in left)


def _to_sign(row: Convention) -> Task:
    return Task(
        _("Signer la convention « {title} »").format(title=row.title),
        _("Elle compte une fois signée par toutes les parties."),
        f"/conventions/{row.code}",
        _("Lire et signer"),
    )


def _to_activate(row: Convention) -> Task:
    return Task(
        _("Mettre en vigueur la convention « {title} »").format(title=row.title),
        _("Toutes les parties l’ont signée."),
        f"/conventions/{row.code}",
        _("Ouvrir la convention"),
    )


def _to_evaluate(row: Convention) -> Task:
    last = "" if row.ends_on is None else day_text(row.ends_on, languages.current(), year=True)
    return Task(
        _("Écrire la fiche d’évaluation de « {title} »").format(title=row.title),
        _("Ce banc d’essai est terminé. Son dernier jour : {day}.").format(day=last),
        f"/conventions/{row.code}/evaluation",
        _("Écrire la fiche"),
    )


HOME = (HomeSection(PARTIES | {Role.platform}, tasks, 35),)
