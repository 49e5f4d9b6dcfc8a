"""What became of each closed request, by AAPOR's final dispositions, and what that adds to the cells.

A trigger says which closed requests are to be judged, in the transaction that closes them or answers them
late. The letter is kept: the cells are counted from it again, since traces of a contact leave earlier.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from quality.component import Job
from quality.db import Connection, execute, fetch, transaction
from quality.measures.record import Row, add, as_json, cells, subtract
from quality.measures.recounting import NOBODY, PAGE, Expected
from quality.measures.recounting import add as expect
from quality.measures.sums import Sums
from surveys.desk.ending.outcomes import OUTCOMES
from surveys.response import InvitedVisit, by_ids

BATCH = 1_000


class Disposition(StrEnum):
    """AAPOR's (Standard Definitions), the first that holds; capped and undrawn visits have no request."""

    ANSWERED = "I"
    REFUSED = "R"
    OTHER = "O"
    NOT_REACHED = "N"
    NONE = ""  # open again, or not eligible: it counts for nothing


REACHED = frozenset({Disposition.ANSWERED, Disposition.REFUSED, Disposition.OTHER})
REFUSALS = ["refused", *(code.value for code, outcome in OUTCOMES.items() if outcome.aapor == "2.11")]
OTHERS = [code.value for code, outcome in OUTCOMES.items() if outcome.aapor.startswith("2.3")]
SERIES = ("CON1:1", "REF1:1")

DUE = "SELECT id, letter FROM disposition WHERE is_due ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED"
# A refusal stops what was still planned; where nothing was, the person's own word is left. A death is "other"
# (AAPOR 2.31), told by a call or by a file.
SIGNS = """
SELECT i.id, i.closed_at IS NOT NULL AS is_closed, i.answered_at IS NOT NULL AS is_answered,
       EXISTS (SELECT FROM attempt a WHERE a.invitation_id = i.id
                 AND a.id BETWEEN child_id(i.id, 0) AND child_id(i.id, 255) AND a.reason = 'refused')
       OR EXISTS (SELECT FROM call_case c WHERE c.invitation_id = i.id AND c.outcome = ANY ($2::text[]))
       OR EXISTS (SELECT FROM client k JOIN person p ON p.id = k.person_id
                  WHERE k.id = i.client_id AND i.audience = 'client'
                    AND p.refused_at BETWEEN i.created_at AND i.closed_at) AS is_refused,
       coalesce(i.closed_reason = 'deceased', false) OR EXISTS (SELECT FROM call_case c
               WHERE c.invitation_id = i.id AND c.outcome = ANY ($3::text[])) AS is_other
FROM invitation i WHERE i.id = ANY ($1::uuid[])
"""
KEEP = """
UPDATE disposition d SET letter = k.letter, is_due = false
FROM jsonb_to_recordset($1::jsonb) AS k(id uuid, letter text) WHERE d.id = k.id
"""
AFTER = "SELECT id, letter FROM disposition WHERE id > $1 ORDER BY id LIMIT $2"


def judged(visit: InvitedVisit, signs: Mapping[str, Any]) -> Disposition:
    """Give the final disposition of a request by what is left of it."""
    if not (visit.is_eligible and signs["is_closed"]):
        return Disposition.NONE
    found = {
        Disposition.ANSWERED: signs["is_answered"],
        Disposition.REFUSED: signs["is_refused"],
        Disposition.OTHER: signs["is_other"],
    }
    return next((letter for letter, holds in found.items() if holds), Disposition.NOT_REACHED)


def contributions(letter: str) -> dict[str, Sums]:
    """Give what a disposition adds: contact rate CON1 and refusal rate REF1 (AAPOR).

    >>> contributions("R"), contributions("N"), contributions("")
    ({'CON1:1': (1, 1), 'REF1:1': (1, 1)}, {'CON1:1': (1, 0), 'REF1:1': (1, 0)}, {})
    """
    if letter == Disposition.NONE:
        return {}
    return {"CON1:1": (1, int(letter in REACHED)), "REF1:1": (1, int(letter == Disposition.REFUSED))}


async def measure(_house: object) -> None:
    """Judge every request that was closed, some hundreds in a transaction."""
    while await _measure_some() == BATCH:
        pass


async def settle(_since: datetime) -> None:
    """Judge them before anything of them is published."""
    await measure(None)


async def _measure_some() -> int:
    async with transaction("work") as db:
        due = await fetch(db, DUE, BATCH)
        ids = [row["id"] for row in due]
        visits = {visit.id: visit for visit in await by_ids(db, ids)} if ids else {}
        signs = await fetch(db, SIGNS, ids, REFUSALS, OTHERS) if ids else []
        now = {row["id"]: judged(visits[row["id"]], row) for row in signs if row["id"] in visits}
        moved = [row for row in due if now.get(row["id"], row["letter"]) != row["letter"]]
        await subtract(db, _rows(visits, {row["id"]: row["letter"] for row in moved}))
        await add(db, _rows(visits, {row["id"]: now[row["id"]] for row in moved}))
        kept = [{"id": row["id"], "letter": now.get(row["id"], row["letter"])} for row in due]
        await execute(db, KEEP, as_json(kept))
    return len(due)


def _rows(visits: Mapping[UUID, InvitedVisit], letters: Mapping[UUID, str]) -> list[Row]:
    return [
        row
        for identity, letter in letters.items()
        for row in cells(visits[identity].facts("").of_request, contributions(letter))
    ]


async def count(db: Connection, expected: Expected, sealed: date) -> Sequence[str]:
    """Add what the dispositions kept say of months that are not sealed; name the indicators counted."""
    last = NOBODY
    while kept := await fetch(db, AFTER, last, PAGE):
        letters = {row["id"]: row["letter"] for row in kept if row["letter"]}
        visits = {visit.id: visit for visit in await by_ids(db, list(letters)) if visit.month > sealed}
        expect(expected, _rows(visits, {each: letters[each] for each in visits}))
        last = kept[-1]["id"]
    return [series.partition(":")[0] for series in SERIES]


JOBS = (Job("dispositions", measure, every=timedelta(minutes=10)),)
