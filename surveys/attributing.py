"""Whose answers they are, and how they were given: said after them, and true of all of them.

The answers stay in their place with their marks, complaint and history; their figures move to whoever gave
them, or apart when the care worker had a hand in them. Nobody's answers are put in the place of another's.
"""

from uuid import UUID

from msgspec import structs

from quality.db import Connection, execute
from quality.errors import Conflict, NotFound
from quality.french import french
from surveys.honesty.judging import judge
from surveys.respondents import Who
from surveys.response import InvitedVisit, by_id
from surveys.retracting import count_again, hold

TAKEN = french("Une autre personne a déjà répondu ainsi par ce lien.")
WRITE = """
UPDATE response SET respondent = $2, relation = $3, help = $4, worker = $5, version = version + 1
WHERE id = $1
"""
# What somebody read of the invitation before is out of date: a first answer of another is computed again.
TOUCH = "UPDATE invitation SET answered_at = answered_at WHERE id = $1"


async def attribute(db: Connection, invitation: UUID, respondent: str, who: Who) -> str:
    """Write who gave the answers of one respondent and how, in an open transaction; return whose they are.

    How long the answers took stays as it was. Raise NotFound when there are none, Conflict when whoever
    gave them has other answers already.
    """
    await hold(db, invitation)
    visit = await by_id(db, invitation)
    known = visit.responses.get(respondent) if visit else None
    whose = who.place(respondent)
    if visit is None:
        raise NotFound
    if known is None:
        return _already(visit, whose, who)
    moved = attributed(visit, respondent, who)
    after = moved.responses[whose]
    if after == known:
        return whose
    await execute(
        db,
        WRITE,
        *(after.id, whose, who.relation, who.help, who.worker),
    )
    await execute(db, TOUCH, visit.id)
    await count_again(db, visit, moved)
    await judge(db, [visit.id], {})
    return whose


def _already(visit: InvitedVisit, whose: str, who: Who) -> str:
    """Find the answers that the same form, sent twice, has moved already."""
    told = visit.responses.get(whose)
    if told is None or told.who != who:
        raise NotFound
    return whose


def attributed(visit: InvitedVisit, respondent: str, who: Who) -> InvitedVisit:
    """Give the visit with the answers of one respondent told as another's, or refuse (pure)."""
    whose = who.place(respondent)
    others = {name: each for name, each in visit.responses.items() if name != respondent}
    if whose in others:
        raise Conflict(TAKEN)
    told = structs.replace(
        visit.responses[respondent],
        respondent=whose,
        relation=who.relation,
        help=who.help,
        worker=who.worker,
    )
    return structs.replace(visit, responses={**others, whose: told})
