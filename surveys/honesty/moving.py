"""Responses that count otherwise than before: their cells change by exactly what each adds."""

from collections.abc import Callable, Sequence
from uuid import UUID

from quality.db import Connection, execute
from quality.measures import record
from quality.measures.record import Row, as_json, sums_of, taken
from surveys.collect import contributed
from surveys.response import InvitedVisit, KnownResponse, by_ids
from surveys.retracting import hold

MARK = """
UPDATE response SET admissible = $2, doubts = $3, verdict = $4, cells = $5::jsonb, version = version + 1
WHERE id = $1
"""
# What somebody read of it just before is out of date: a relative's first answer is marked too.
TOUCH = "UPDATE invitation SET answered_at = answered_at WHERE id = ANY ($1::uuid[])"
HOLD = "SELECT id FROM cell WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE"
Decide = Callable[[InvitedVisit, KnownResponse], KnownResponse]
Changed = tuple[InvitedVisit, KnownResponse, KnownResponse]


async def move(db: Connection, invitations: Sequence[UUID], decide: Decide) -> int:
    """Count the responses of invitations as `decide` says, in a transaction; return how many changed.

    `decide` gives a response with `admissible`, `doubts` or `verdict` changed. Invitations are held in the
    order of their ids.
    """
    concerned = sorted({visit.id for visit, *_ in _changed(await by_ids(db, invitations), decide)})
    for each in concerned:
        await hold(db, each)
    changed = _changed(await by_ids(db, concerned), decide)
    gone: list[Row] = []
    added: list[Row] = []
    for visit, known, decided in changed:
        rows = contributed(visit, known.answers, known.respondent, decided.admissible)
        standing = (decided.admissible, list(decided.doubts), decided.verdict)
        await execute(db, MARK, known.id, *standing, as_json(sums_of(rows)))
        gone += [taken(UUID(cell), sums) for cell, sums in known.cells.items()]
        added += rows
    await execute(db, TOUCH, concerned)
    # Whoever answers meanwhile about the same clients takes the cells in this order too.
    await execute(db, HOLD, sorted({row["id"] for row in (*gone, *added)}))
    await record.subtract(db, gone)
    await record.add(db, added)
    return len(changed)


def _changed(visits: Sequence[InvitedVisit], decide: Decide) -> list[Changed]:
    compared = (
        (visit, known, decide(visit, known)) for visit in visits for known in visit.responses.values()
    )
    return [(visit, known, decided) for visit, known, decided in compared if decided != known]
