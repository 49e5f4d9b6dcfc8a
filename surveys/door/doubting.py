"""Answers that one paper gave more than once: all are kept, and counted apart under that reason."""

from collections.abc import Mapping, Sequence
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
    await move(db, dict.fromkeys(invitations, SEVERAL), was=ADMISSIBLE)


async def move(db: Connection, wanted: Mapping[UUID, str], *, was: str) -> int:
    """Count the answers of invitations apart under another reason, or no more apart; return how many were.

    Only those that were counted as `was` move; cells change by exactly what each adds.
    """
    concerned = [visit.id for visit in await by_ids(db, list(wanted)) if _known(visit, was)]
    for each in sorted(concerned):
        await hold(db, each)
    taken: list[Row] = []
    added: list[Row] = []
    moved = 0
    for visit in await by_ids(db, concerned):
        for known in _known(visit, was):
            rows = contributed(visit, known.answers, known.respondent, wanted[visit.id])
            await execute(db, MARK, known.id, wanted[visit.id], as_json(sums_of(rows)))
            taken += [{"id": UUID(cell), "n": n, "x": x} for cell, (n, x) in known.cells.items()]
            added += rows
            moved += 1
    await execute(db, TOUCH, concerned)
    await record.subtract(db, taken)
    await record.add(db, added)
    return moved


def _known(visit: InvitedVisit, was: str) -> list[KnownResponse]:
    return [known for known in visit.responses.values() if known.admissible == was]
