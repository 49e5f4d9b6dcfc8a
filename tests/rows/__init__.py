"""One valid row of each table: what the tests of constraints and policies start from."""

from collections.abc import Mapping
from typing import Any

import asyncpg

from tests.rows import charter, complaints, directory, measures, surveys
from tests.rows.identities import (
    FUNDER,
    INVITATION,
    LATER,
    MONTH,
    NOW,
    OTHER_PLATFORM,
    PLATFORM,
    PROVIDER,
    Row,
    child_id,
    made,
)

__all__ = [
    "FUNDER",
    "INVITATION",
    "LATER",
    "MONTH",
    "NOW",
    "OTHER_PLATFORM",
    "PLATFORM",
    "PROVIDER",
    "Row",
    "child_id",
    "insert",
    "made",
    "serious_rows",
    "valid_rows",
]
PARTS = (directory, complaints, measures, surveys, charter)
UNNUMBERED = {"installation", "tick_run", "carrier_pace"}  # tables without an id


def valid_rows() -> dict[str, Row]:
    """Return, table by table, a row that every constraint accepts."""
    rows = {table: row for part in PARTS for table, row in part.rows().items()}
    for table, row in rows.items():
        if table not in UNNUMBERED:
            row.setdefault("id", made(table))
    return rows


def serious_rows() -> dict[str, Row]:
    """Return what is written about a serious event of the same client: agents read none of it."""
    rows, event, asked = valid_rows(), made("serious"), made("serious invitation")
    about: Row = {"complaint_id": event}
    changes: dict[str, Row] = {
        "complaint": {"number": 3, "token_key": b"serious", "is_serious": True, "is_shared": False},
        "complaint_event": about,
        "complaint_subject": {"is_disclosed": False},
        "complaint_promise": about,
        "authority_refusal": about,
        "complaint_notice": about,
        "invitation": {
            **about,
            "purpose": "verdict",
            "occasion_id": None,
            "token_key": b"serious",
        },
        "attempt": {"invitation_id": asked, "purpose": "verdict"},
        "inbound": {"invitation_id": asked, "kind": "verdict"},
        "call_case": {**about, "kind": "verdict", "invitation_id": asked},
        "call_log": about,
    }
    own = {"complaint": event, "complaint_subject": event, "invitation": asked, "attempt": child_id(asked, 1)}
    return {
        table: {**rows[table], **change, "id": own.get(table, made(f"serious {table}"))}
        for table, change in changes.items()
    }


async def insert(connection: asyncpg.Connection, table: str, row: Mapping[str, Any]) -> str:
    names = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join(f"${i}" for i in range(1, len(row) + 1))
    return await connection.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', *row.values())
