"""The months of clients as measures: each keeps what it adds to the cells, and adds the difference.

A trigger says which months changed, in the transaction that changes a visit. The person is the one of the
first look, and stays; so does the territory where they lived when something was first counted. Nothing is
counted ahead of a month's first day in Paris: a territory begins with a month, and has it whole.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import msgspec

from quality import clock
from quality.component import Job
from quality.db import Connection, execute, fetch, transaction
from quality.directory.territories import territories_of
from quality.measures.record import CellFacts, Row, add, as_json, cells, difference, subtract, sums_of, taken
from quality.measures.recounting import (
    NOBODY,
    PAGE,
    Difference,
    Expected,
    differing,
    kept_otherwise,
    nothing_expected,
    refuse,
)
from quality.measures.recounting import add as expect
from quality.measures.sums import Sums
from quality.measures.visits.counting import INDICATORS, Place, Visit, contributions
from quality.web.format import paris_day

BATCH = 1_000
COLUMNS = "m.id, m.platform_id, m.client_id, m.month, m.measured::text AS measured, m.is_due"
DUE = f"""
SELECT {COLUMNS} FROM visit_month m WHERE m.is_due AND m.month <= $2
ORDER BY m.month, m.client_id LIMIT $1 FOR UPDATE SKIP LOCKED
"""
AFTER = f"SELECT {COLUMNS} FROM visit_month m WHERE m.id > $1 ORDER BY m.id LIMIT $2"
PEOPLE = """
SELECT id, provider_id, person_id AS pseudonym, coalesce(age_band, '') AS age_band, postcode
FROM client WHERE id = ANY ($1::uuid[])
"""
# An id tells when a visit was planned or began, two months at most from its end.
VISITS = """
SELECT m.id AS month_id, v.id, v.activity, v.mode, v.departement,
       ARRAY(SELECT f FROM unnest(v.funders) f ORDER BY f) AS funders, v.status, v.status_reason,
       v.planned_start, v.planned_end, v.started_at, v.ended_at, v.worker_reference, v.plan_reference,
       v.hours_notified
FROM unnest($1::uuid[], $2::uuid[], $3::date[]) AS m(id, client_id, month)
JOIN intervention v ON v.client_id = m.client_id
    AND coalesce(v.ended_at, v.planned_end, v.planned_start, v.started_at)
        BETWEEN m.month - interval '1 day' AND m.month + interval '1 month' + interval '1 day'
WHERE v.id BETWEEN uuid7_floor($4) AND uuid7_floor($5)
"""
KEEP = """
UPDATE visit_month m SET measured = k.measured, is_due = false
FROM jsonb_to_recordset($1::jsonb) AS k(id uuid, measured jsonb) WHERE m.id = k.id
"""
AROUND = timedelta(days=62)


class Measured(msgspec.Struct, frozen=True):
    """What a month keeps of itself: whose it is, frozen at first use, and what it added to which cells.

    `home` is the département and the territory of the postcode, frozen once something is counted.
    """

    pseudonym: UUID | None = None
    age_band: str = ""
    home: tuple[str, str] = ("", "")
    cells: dict[str, Sums] = {}


async def measure(_house: object) -> None:
    """Look at every month that began and changed, some hundreds in a transaction."""
    while await _measure_some(paris_day(clock.now())) == BATCH:
        pass


async def settle(_since: datetime) -> None:
    """Count what changed before anything of it is published."""
    await measure(None)


async def _measure_some(today: date) -> int:
    async with transaction("work") as db:
        months = await fetch(db, DUE, BATCH, today)
        more: list[Row] = []
        fewer: list[Row] = []
        kept: list[Row] = []
        for month, measured, rows in await _looked(db, months):
            was, now = _measured.decode(month["measured"]), sums_of(rows)
            added, gone = difference(was.cells, rows)
            more += added
            fewer += gone
            kept.append({"id": month["id"], "measured": msgspec.structs.replace(measured, cells=now)})
        await add(db, more)
        await subtract(db, fewer)
        await execute(db, KEEP, as_json(kept))
    return len(months)


async def _looked(db: Connection, months: list[Row]) -> list[tuple[Row, Measured, list[Row]]]:
    """Give what each month adds now, and whose it is."""
    if not months:
        return []
    people = {row["id"]: row for row in await fetch(db, PEOPLE, [month["client_id"] for month in months])}
    territories = await territories_of(db, {month["platform_id"] for month in months})
    visits = await _visits(db, months)
    found = []
    for month in months:
        person = people[month["client_id"]]
        measured = _measured.decode(month["measured"])
        if measured.pseudonym is None:
            measured = Measured(person["pseudonym"], person["age_band"])
        if not measured.cells:
            home = territories.home(month["platform_id"], person["postcode"])
            measured = msgspec.structs.replace(measured, home=home)
        mine = [visit for visit in visits.get(month["id"], ()) if visit.month == month["month"]]
        found.append((month, measured, list(_rows(month, person, measured, mine))))
    return found


async def _visits(db: Connection, months: list[Row]) -> Mapping[UUID, list[Visit]]:
    found: dict[UUID, list[Visit]] = {}
    days = [month["month"] for month in months]
    between = (_midnight(min(days)) - AROUND, _midnight(max(days)) + 2 * AROUND)
    values = ([month[name] for month in months] for name in ("id", "client_id", "month"))
    for row in await fetch(db, VISITS, *values, *between):
        found.setdefault(row["month_id"], []).append(_visit(row))
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _visit(row: Mapping[str, Any]) -> Visit:
    return Visit(
        id=row["id"],
        place=Place(row["activity"], row["mode"], row["departement"], tuple(row["funders"])),
        status=row["status"],
        reason=row["status_reason"],
        planned_start=row["planned_start"],
        planned_end=row["planned_end"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        worker=row["worker_reference"],
        plan=row["plan_reference"],
        hours=row["hours_notified"],
    )


def _rows(month: Row, person: Row, measured: Measured, visits: Iterable[Visit]) -> Iterable[Row]:
    for place, sums in contributions(visits).items():
        yield from cells(_facts(month, person, measured, place), sums)


def _facts(month: Row, person: Row, measured: Measured, place: Place) -> CellFacts:
    """Give the key of the cells of visits: nobody was asked, nobody answered."""
    return CellFacts(
        platform_id=month["platform_id"],
        pseudonym=measured.pseudonym or person["pseudonym"],
        month=month["month"],
        provider_id=person["provider_id"],
        activity=place.activity,
        mode=place.mode,
        departement=place.departement,
        territory=measured.home[1] if measured.home[0] == place.departement else "",
        funders=place.funders,
        first_mode="",
        respondent="",
        collector="platform",
        admissible="yes",
        age_band=measured.age_band,
    )


async def recomputed(db: Connection) -> list[Difference]:
    """Compare, inside one transaction that sees one instant, every cell with the sum of its months.

    A month that changed since the last run, or has not begun, counts for what it keeps.
    """
    expected = nothing_expected()
    found: list[Difference] = []
    last = NOBODY
    while months := await fetch(db, AFTER, last, PAGE):
        for month, measured, rows in await _looked(db, months):
            found += _count(month, measured, rows, expected)
        last = months[-1]["id"]
    return found + await differing(db, expected, list(INDICATORS), but=COMPLAINTS)


COMPLAINTS = ("RECL_T", "client")  # what complaints count, not visits


def _count(month: Row, measured: Measured, rows: list[Row], expected: Expected) -> list[Difference]:
    expect(expected, (taken(UUID(cell), sums) for cell, sums in measured.cells.items()))
    return [] if month["is_due"] else kept_otherwise("visit_month", measured.cells, sums_of(rows))


async def verify(house: object) -> None:
    """Recompute the cells of visits; a difference is written in the log and refuses the run."""
    await measure(house)
    async with transaction("work") as db:
        await execute(db, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        found = await recomputed(db)
    refuse(found)


_measured = msgspec.json.Decoder(Measured)
JOBS = (
    Job("visit-measures", measure, every=timedelta(minutes=10)),
    Job("verify-visits", verify, every=timedelta(days=1)),
)
