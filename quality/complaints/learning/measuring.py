"""Complaints as measures: each keeps what it adds to the cells, and adds the difference when it changes.

A trigger says when a complaint or one of its promises changed (`measure_due_at`), time alone says the rest.
The facts under which it counts are read once, at its first look, and kept with it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from quality import clock
from quality.complaints.learning.outcomes import (
    INDICATORS,
    Course,
    PromiseCourse,
    contributions,
    next_look,
    reported,
)
from quality.complaints.opening import WITHDRAWN_CAUSE
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
from quality.measures.recounting import (
    add as expect,
)
from quality.measures.sums import Sums

BATCH = 500
COLUMNS = """
c.id, c.platform_id, c.provider_id, c.activity, c.departement, c.month, c.funders, c.opened_at, c.state,
c.disclosure, c.cause, c.remedied_at, c.verdict, c.round, c.is_first_contact, c.is_serious, c.handled_at,
c.measured, c.measure_due_at,
EXISTS (SELECT FROM authority_refusal r WHERE r.complaint_id = c.id) AS is_refused,
(SELECT jsonb_agg(jsonb_build_object('due_at', p.due_at, 'done_at', p.done_at, 'state', p.state,
                                     'done_how', p.done_how, 'remedy_code', p.remedy_code,
                                     'authority', p.authority)
                  ORDER BY p.due_at, p.id)
 FROM complaint_promise p WHERE p.complaint_id = c.id) AS promises
"""
DUE = f"""
SELECT {COLUMNS} FROM complaint c WHERE c.measure_due_at <= $1
ORDER BY c.measure_due_at, c.id LIMIT $2 FOR UPDATE OF c SKIP LOCKED
"""
AFTER = f"SELECT {COLUMNS} FROM complaint c WHERE c.id > $1 ORDER BY c.id LIMIT $2"
# Who complains is read by the worker alone: a cell holds the pseudonym of the person, as those of answers do.
PEOPLE = """
SELECT s.id, k.person_id AS pseudonym, coalesce(k.age_band, '') AS age_band, coalesce(v.mode, '') AS mode,
       k.postcode
FROM complaint_subject s JOIN client k ON k.id = s.client_id
LEFT JOIN intervention v ON v.id = s.intervention_id
WHERE s.id = ANY ($1::uuid[])
"""
KEEP = """
UPDATE complaint c SET measured = k.measured, measure_due_at = k.due_at
FROM jsonb_to_recordset($1::jsonb) AS k(id uuid, measured jsonb, due_at timestamptz) WHERE c.id = k.id
"""


class Measured(msgspec.Struct, frozen=True):
    """What a complaint keeps of itself: its facts, frozen at first use, and what it added to which cells."""

    facts: CellFacts | None = None
    cells: dict[str, Sums] = {}


class Looked(msgspec.Struct, frozen=True):
    """What one look at a complaint changes."""

    kept: Row
    more: list[Row]
    fewer: list[Row]


async def measure(_house: object) -> None:
    """Look at every complaint whose time has come, some hundreds in a transaction."""
    while await _measure_some(clock.now()) == BATCH:
        pass


async def _measure_some(now: datetime) -> int:
    async with transaction("work") as db:
        rows = await fetch(db, DUE, now, BATCH)
        known = [(row, _measured.decode(row["measured"])) for row in rows]
        people = await _people(db, [row for row, kept in known if kept.facts is None])
        looked = [_look(row, kept, people.get(row["id"]), now) for row, kept in known]
        await add(db, [line for each in looked for line in each.more])
        await subtract(db, [line for each in looked for line in each.fewer])
        await execute(db, KEEP, as_json([each.kept for each in looked]))
    return len(rows)


async def _people(db: Connection, complaints: list[Row]) -> Mapping[UUID, Row]:
    """Tell who complains, and in which territory they live, of complaints that are looked at first."""
    if not complaints:
        return {}
    known = await territories_of(db, {row["platform_id"] for row in complaints})
    found = {row["id"]: row for row in await fetch(db, PEOPLE, [row["id"] for row in complaints])}
    places = {row["id"]: (row["platform_id"], row["departement"]) for row in complaints}
    return {key: {**row, "territory": known.of(*places[key], row["postcode"])} for key, row in found.items()}


def _look(row: Row, kept: Measured, person: Row | None, now: datetime) -> Looked:
    """Compare what a complaint adds now with what it added; without its person it adds nothing."""
    facts = kept.facts or (_facts(row, person) if person else None)
    course = course_of(row)
    rows = _rows(facts, course, now) if facts else []
    more, fewer = difference({cell: list(sums) for cell, sums in kept.cells.items()}, rows)
    told = {"facts": facts, "cells": sums_of(rows)}
    return Looked({"id": row["id"], "measured": told, "due_at": next_look(course, now)}, more, fewer)


def _rows(facts: CellFacts, course: Course, now: datetime) -> list[Row]:
    """Give the cells of a complaint; what is counted over visits stands beside theirs."""
    beside = msgspec.structs.replace(facts, respondent="client")
    return [*cells(facts, contributions(course, now)), *cells(beside, reported(course))]


def _facts(row: Row, person: Row) -> CellFacts:
    """Give the key of a complaint's cells: the visit's, without a first mode since nobody was asked."""
    return CellFacts(
        platform_id=row["platform_id"],
        pseudonym=person["pseudonym"],
        month=row["month"],
        provider_id=row["provider_id"],
        activity=row["activity"],
        mode=person["mode"],
        departement=row["departement"],
        territory=person["territory"],
        funders=tuple(row["funders"]),
        first_mode="",
        respondent="",
        collector="platform",
        admissible="yes",
        age_band=person["age_band"],
    )


def course_of(row: Mapping[str, Any]) -> Course:
    """Read how far a complaint has come from its row."""
    return Course(
        opened_at=row["opened_at"],
        state=row["state"],
        disclosure=row["disclosure"],
        is_withdrawn=row["cause"] == WITHDRAWN_CAUSE,
        remedied_at=row["remedied_at"],
        verdict=row["verdict"],
        round=row["round"],
        is_first_contact=row["is_first_contact"],
        is_serious=row["is_serious"],
        handled_at=row["handled_at"],
        is_refused=row["is_refused"],
        promises=_promises.decode(row["promises"] or "[]"),
    )


async def recomputed(db: Connection, now: datetime) -> list[Difference]:
    """Compare, inside one transaction that sees one instant, every cell with the sum of its complaints.

    One whose look is due counts for what it keeps: its time has come since the last run.
    """
    expected = nothing_expected()
    found: list[Difference] = []
    last = NOBODY
    while rows := await fetch(db, AFTER, last, PAGE):
        for row in rows:
            found += _count(row, now, expected)
        last = rows[-1]["id"]
    return found + await differing(db, expected, list(INDICATORS), but=VISITS)


VISITS = ("RECL_T", "")  # what visits count, not complaints


def _count(row: Row, now: datetime, expected: Expected) -> list[Difference]:
    kept = _measured.decode(row["measured"])
    expect(expected, (taken(UUID(cell), sums) for cell, sums in kept.cells.items()))
    due_at = row["measure_due_at"]
    if kept.facts is None or (due_at is not None and due_at <= now):
        return []
    said = sums_of(_rows(kept.facts, course_of(row), now))
    return kept_otherwise("complaint", kept.cells, said)


async def verify(house: object) -> None:
    """Recompute the cells of complaints; a difference is written in the log and refuses the run."""
    await measure(house)
    async with transaction("work") as db:
        await execute(db, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        found = await recomputed(db, clock.now())
    refuse(found)


_measured = msgspec.json.Decoder(Measured)
_promises = msgspec.json.Decoder(tuple[PromiseCourse, ...])
JOBS = (
    Job("complaint-measures", measure, every=timedelta(minutes=10)),
    Job("verify-complaints", verify, every=timedelta(days=1)),
)
