"""Conventions as their readers see them: which ones, and the target of an indicator."""

from datetime import date

from quality.access.actor import Actor, Role
from quality.access.scope import visible
from quality.errors import NotFound
from quality.measures.models import Convention

DRAFT, ENDED = "draft", "ended"
READERS = frozenset({Role.platform, Role.supervisor, "operator"})


def standing(row: Convention, today: date) -> str:
    """Give the state of a convention on a day: past its last day it has ended, whatever is stored."""
    is_over = row.ends_on is not None and row.ends_on < today
    return ENDED if is_over and row.status != DRAFT else row.status


async def conventions(actor: Actor) -> list[Convention]:
    """Give the conventions the actor may read, inside `scoped(actor)`; drafts stay with the platform."""
    rows = await visible(actor, Convention).order_by("code")
    return [row for row in rows if row.status != DRAFT or actor.role in READERS]


async def agreements(actor: Actor) -> list[Convention]:
    """Give the conventions and those proposed to the actor's signature, inside `scoped(actor)`."""
    rows = await visible(actor, Convention).order_by("code")
    return [row for row in rows if row.status != DRAFT or row.proposed_at or actor.role in READERS]


async def agreement(actor: Actor, code: str) -> Convention:
    """Give one of them by its code, or answer 404."""
    for row in await agreements(actor):
        if row.code == code:
            return row
    raise NotFound


async def convention(actor: Actor, code: str) -> Convention:
    """Give one convention that was agreed, by its code, or answer 404."""
    for row in await conventions(actor):
        if row.code == code:
            return row
    raise NotFound


def target_of(row: Convention, code: str) -> float | None:
    """Give the target of an indicator, in per cent."""
    found = row.targets.get(code)
    return float(found) if isinstance(found, int | float) else None
