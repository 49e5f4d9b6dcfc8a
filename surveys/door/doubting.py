"""Answers that one paper gave more than once: all are kept, and counted apart under that reason."""

from collections.abc import Sequence
from uuid import UUID

from quality.db import Connection, execute
from quality.measures import record
from quality.measures.record import Row, as_json, sums_of
from surveys.collect import contributed
from surveys.response import ADMISSIBLE, SEVERAL, InvitedVisit, KnownResponse, by_ids
from surveys.retracting import hold

MARK = "UPDATE response SET admissible = $2, cells = $3::jsonb, version = version + 1 WHERE id = $1"
# What somebody read of it just before is out of date: a relative's first answer is marked too.
TOUCH = "UPDATE invitation SET answered_at = answered_at WHERE id = ANY ($1::uuid[])"


async def mark(db: Connection, invitations: Sequence[UUID]) -> None:
    """Mark the answers of invitations, in a transaction of the answer pool, and move what they count."""
    unmarked = [visit.id for visit in await by_ids(db, invitations) if _unmarked(visit)]
    for each in sorted(unmarked):
        await hold(db, each)
    taken: list[Row] = []
    added: list[Row] = []
    for visit in await by_ids(db, unmarked):
        for known in _unmarked(visit):
            rows = contributed(visit, known.answers, known.respondent, SEVERAL)
            await execute(db, MARK, known.id, SEVERAL, as_json(sums_of(rows)))
            taken += [{"id": UUID(cell), "n": n, "x": x} for cell, (n, x) in known.cells.items()]
            added += rows
    await execute(db, TOUCH, unmarked)
    await record.subtract(db, taken)
    await record.add(db, added)


def _unmarked(visit: InvitedVisit) -> list[KnownResponse]:
    return [known for known in visit.responses.values() if known.admissible == ADMISSIBLE]
