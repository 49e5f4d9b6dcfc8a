"""New delays for a complaint whose time starts again: its provider just learnt of it, or it came back."""

from uuid import UUID

from quality import clock
from quality.complaints.delays import Due, due
from quality.complaints.opening import Source, delays_of
from quality.db import Connection, execute, fetch_one

SOURCE = """
SELECT c.source_kind AS kind, c.id, c.platform_id, c.provider_id, s.client_id, s.intervention_id, c.activity,
       coalesce((SELECT v.mode FROM intervention v WHERE v.id = s.intervention_id), 'prestataire') AS mode,
       c.departement, c.month, c.funders
FROM complaint c JOIN complaint_subject s ON s.id = c.id WHERE c.id = $1
"""
DATES = "UPDATE complaint SET solution_due_at = $2, alert_due_at = $3 WHERE id = $1"
ACKNOWLEDGE = "UPDATE complaint SET acknowledge_due_at = $2 WHERE id = $1"


async def source_of(db: Connection, complaint: UUID) -> Source:
    """Read what a complaint comes from; for its client and the platform's staff."""
    row = await fetch_one(db, SOURCE, complaint)
    if row is None:
        raise LookupError(complaint)
    return Source(**{**row, "funders": tuple(row["funders"])})


async def restart(db: Connection, complaint: UUID) -> None:
    """Count all the delays of a complaint from now."""
    dates = await _extend(db, complaint)
    await execute(db, ACKNOWLEDGE, complaint, dates.acknowledge_at)


async def extend(db: Connection, complaint: UUID) -> None:
    """Count the delays of the solution from now; what was acknowledged stays so."""
    await _extend(db, complaint)


async def _extend(db: Connection, complaint: UUID) -> Due:
    source, now = await source_of(db, complaint), clock.now()
    dates = due(now, await delays_of(db, source, now), source.departement)
    await execute(db, DATES, complaint, dates.solution_at, dates.alert_at)
    return dates
