"""What the reader of a complaint may grant alone, and who can grant the rest: the authority grid in words."""

from dataclasses import dataclass

from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.complaints.resolving import authority
from quality.complaints.resolving.authority import DESK, KEYS, Grid, Refused, Remedy
from quality.complaints.resolving.grids import facts_of, grid_of
from quality.complaints.vocabulary import REMEDIES
from quality.web import languages
from quality.web.languages import gettext as _


@dataclass(frozen=True, slots=True)
class Granting:
    """`allowed` in words; `others` are (what, who can); `remedies` are the choices of the form."""

    allowed: tuple[str, ...]
    others: tuple[tuple[str, str], ...]
    remedies: tuple[tuple[str, str], ...]


async def granting(actor: Actor, number: int) -> Granting:
    """Read the grid of a complaint that is not over, as its reader needs it in the call."""
    async with scoped(actor) as db:
        grid = await grid_of(db, await facts_of(db, actor, number))
    language = languages.current()
    remedies = tuple((code, each.words.spoken(language)) for code, each in REMEDIES.items())
    if actor.role not in DESK:
        return Granting((), (), remedies)
    allowed = authority.allowed_words(grid, actor.role)
    return Granting(allowed, tuple(beyond(grid, actor.role)), remedies)


def beyond(grid: Grid, role: str) -> list[tuple[str, str]]:
    """Say what a role may not grant, with who can.

    >>> beyond({"refund_cents": 4000, "replan_hours": 48, "replace_worker": True}, "agent")[0]
    ('Rembourser plus de 40\xa0€', 'l’organisme lui-même')
    """
    found = []
    for remedy in KEYS:
        limit = authority.limit_of(grid, role, remedy) if remedy is Remedy.refund else None
        decided = authority.decide(grid, role, remedy, (limit or 0) + 1)
        if isinstance(decided, Refused):
            words = REMEDIES[remedy].words.spoken(languages.current())
            if limit:
                words = _("Rembourser plus de {amount}").format(amount=authority.euros(limit))
            found.append((words, authority.who_words(decided.who_can)))
    return found
