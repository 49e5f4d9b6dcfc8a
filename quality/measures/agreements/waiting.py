"""What waits for the parties of conventions on their first page: a signature, or what follows the last."""

from collections.abc import Sequence

from quality.access.actor import Actor, Role
from quality.access.home import Task
from quality.access.scope import scoped
from quality.component import HomeSection
from quality.measures.agreements.signing import PARTIES, missing
from quality.measures.models import Convention
from quality.measures.views.conventions import DRAFT, agreements
from quality.web.languages import gettext as _


async def tasks(actor: Actor) -> Sequence[Task]:
    """Give the conventions that the actor has to sign, or to put in force."""
    async with scoped(actor):
        proposed = [row for row in await agreements(actor) if row.status == DRAFT and row.proposed_at]
        waited = list(zip(proposed, await missing(actor, proposed), strict=True))
    if actor.role == Role.platform:
        return tuple(_to_activate(row) for row, left in waited if not left)
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


HOME = (HomeSection(PARTIES | {Role.platform}, tasks, 35),)
