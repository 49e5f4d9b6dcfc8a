"""The SQL of the occasion ledger: claim people with undecided visits, read what deciding needs, write it all.

A quarter of a platform is decided once the quarters before it are: what a stratum expects then never depends
on how many planners run.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from quality.db import Connection, execute, fetch
from quality.ids import uuid7_floor
from surveys.protocol.occasion import UNASKED, Volume

Row = dict[str, Any]
PERSON_LOCK = 7_403
VISITS_LOOKED_AT = 8  # a person asked for
ID_MARGIN = timedelta(days=31)  # between the end of a visit and the instant of its id
WIDER = 8  # times more, when other planners hold too many of the people these visits are of

# One whose decision failed is looked at again later, and holds no other back.
WAITS = "(u.retry_at IS NULL OR u.retry_at <= now())"
CLAIM = f"""
    WITH waiting AS MATERIALIZED (
        SELECT w.client_id, w.ended_at, oldest.quarter FROM platform p
        CROSS JOIN LATERAL (
            SELECT u.quarter FROM undecided_visit u WHERE u.platform_id = p.id AND {WAITS}
            ORDER BY u.quarter LIMIT 1
        ) oldest
        CROSS JOIN LATERAL (
            SELECT u.client_id, u.ended_at FROM undecided_visit u
            WHERE u.platform_id = p.id AND u.quarter = oldest.quarter AND {WAITS}
            ORDER BY u.ended_at LIMIT $2
        ) w
    ),
    person AS MATERIALIZED (
        SELECT c.person_id, w.quarter, min(w.ended_at) AS first_at
        FROM waiting w JOIN client c ON c.id = w.client_id
        GROUP BY c.person_id, w.quarter ORDER BY first_at, c.person_id
    )
    SELECT looked.many, held.person_id, held.quarter
    FROM (SELECT count(*) >= $2 AS many FROM waiting) looked LEFT JOIN (
        SELECT person_id, quarter FROM person
        WHERE pg_try_advisory_xact_lock({PERSON_LOCK}, hashtext(person_id::text)) LIMIT $1
    ) held ON true
"""

VISITS = f"""
    SELECT i.id, i.platform_id, i.provider_id, i.client_id, c.person_id, i.departement, i.activity, i.mode,
           ARRAY(SELECT f FROM unnest(i.funders) f ORDER BY f) AS funders, i.status, i.status_reason,
           i.incident, i.worker_reference AS worker, u.ended_at,
           greatest(i.received_at, i.updated_at) AS arrived_at, u.changed_at,
           before.decision AS decided, before.reason AS reason_before, before.told AS told_before
    FROM unnest($1::uuid[], $2::date[]) AS claimed (person_id, quarter)
    JOIN client c ON c.person_id = claimed.person_id
    JOIN undecided_visit u ON u.client_id = c.id AND u.quarter = claimed.quarter AND {WAITS}
    JOIN intervention i ON i.id = u.id
    LEFT JOIN LATERAL (
        SELECT o.decision, o.reason, o.told FROM occasion o WHERE o.id = i.id OFFSET 0
    ) before ON true
    ORDER BY u.ended_at, i.id
"""


async def claim_people(db: Connection, limit: int) -> list[Row]:
    """Lock people who have visits to decide until the transaction ends; skip those already locked."""
    people: list[Row] = []
    for looked_at in (VISITS_LOOKED_AT, VISITS_LOOKED_AT * WIDER):
        rows = await fetch(db, CLAIM, limit, looked_at * limit)
        people = [row for row in rows if row["person_id"] is not None]
        if len(people) == limit or not rows[0]["many"]:
            break
    return people


async def visits_of(db: Connection, people: Sequence[Row]) -> list[Row]:
    """Read every undecided visit of the locked people, in the order in which they are decided."""
    return await fetch(db, VISITS, [p["person_id"] for p in people], [p["quarter"] for p in people])


async def asked_of(db: Connection, persons: Sequence[UUID], since: datetime, until: datetime) -> list[Row]:
    """Give the visits of some people that ended between two instants and were asked about.

    Only the months around are read: one that ended more than 31 days from the instant for which it was
    planned (else from its start) may not be seen, and holds no other back.
    """
    return await fetch(
        db,
        """
        SELECT id, person_id, ended_at FROM occasion
        WHERE decision = 'asked' AND person_id = ANY ($1::uuid[]) AND ended_at BETWEEN $2 AND $3
          AND id BETWEEN $4 AND $5
        """,
        list(persons),
        since,
        until,
        uuid7_floor(since - ID_MARGIN),
        uuid7_floor(until + ID_MARGIN),
    )


EndpointKey = tuple[UUID, str, bytes]


async def endpoints_of(db: Connection, keys: Iterable[EndpointKey]) -> list[Row]:
    """Return the endpoints of these keys, written when they are new (a relative's is)."""
    ordered = sorted(set(keys))
    columns = [[key[position] for key in ordered] for position in range(3)]
    await execute(
        db,
        """
        INSERT INTO endpoint (id, platform_id, kind, key)
        SELECT gen_random_uuid(), k.platform_id, k.kind, k.key
        FROM unnest($1::uuid[], $2::text[], $3::bytea[]) AS k (platform_id, kind, key)
        WHERE NOT EXISTS (SELECT 1 FROM endpoint e
                          WHERE e.platform_id = k.platform_id AND e.kind = k.kind AND e.key = k.key)
        ORDER BY k.key
        ON CONFLICT (platform_id, kind, key) DO NOTHING
        """,
        *columns,
    )
    return await fetch(
        db,
        """
        SELECT e.id, e.platform_id, e.kind, e.key, e.recent, e.refused_at IS NOT NULL AS is_refused,
               e.failed_at IS NOT NULL AS has_failed, e.wrong_at IS NOT NULL AS is_wrong
        FROM unnest($1::uuid[], $2::text[], $3::bytea[]) AS k (platform_id, kind, key)
        JOIN endpoint e ON e.platform_id = k.platform_id AND e.kind = k.kind AND e.key = k.key
        """,
        *columns,
    )


async def protocols_of(db: Connection, platforms: Sequence[UUID]) -> list[Row]:
    return await fetch(
        db,
        """
        SELECT DISTINCT ON (platform_id, name) id, platform_id, name, definition,
            coalesce(definition -> 'caps', '[]') <> '[]' AS has_caps,
            coalesce(definition -> 'experiment' ->> 'share', '0') <> '0' AS has_experiment
        FROM protocol_version
        WHERE platform_id = ANY ($1::uuid[]) ORDER BY platform_id, name, version DESC
        """,
        list(platforms),
    )


async def questionnaires_of(db: Connection, platforms: Sequence[UUID]) -> dict[UUID, dict[str, UUID]]:
    """Give the version in use of each moment that has a questionnaire, by platform."""
    rows = await fetch(
        db,
        """
        SELECT u.platform_id, u.moment, (SELECT v.id FROM questionnaire_version v
            WHERE v.platform_id = u.platform_id AND v.code = u.code ORDER BY v.version DESC LIMIT 1) AS id
        FROM questionnaire_use u WHERE u.platform_id = ANY ($1::uuid[])
        """,
        list(platforms),
    )
    found: dict[UUID, dict[str, UUID]] = {}
    for row in rows:
        if row["id"] is not None:
            found.setdefault(row["platform_id"], {})[row["moment"]] = row["id"]
    return found


# Counted by the index occasion_stratum alone, in every month that is kept: bounds of ids would have the
# planner read the whole of some months instead.
COUNTED = """
    WITH wanted AS (
        SELECT * FROM jsonb_to_recordset($1::jsonb) AS w (id uuid, platform_id uuid, quarter text,
            previous text, provider_id uuid, funders uuid[], activity_group text)
    )
    SELECT w.id, v.asked, v.unasked, v.held
    FROM wanted w
    JOIN stratum old ON old.platform_id = w.platform_id AND old.quarter = w.previous
        AND old.provider_id = w.provider_id AND old.funders = w.funders
        AND old.activity_group = w.activity_group
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE o.decision = 'asked') AS asked,
               count(*) FILTER (WHERE o.reason = ANY ($2::text[])) AS unasked,
               count(*) FILTER (WHERE o.reason = 'interval') AS held
        FROM occasion o WHERE o.stratum_id = old.id
    ) v
    WHERE NOT EXISTS (SELECT 1 FROM stratum s WHERE s.platform_id = w.platform_id AND s.quarter = w.quarter
        AND s.provider_id = w.provider_id AND s.funders = w.funders AND s.activity_group = w.activity_group)
"""

STRATA = """
    INSERT INTO stratum (id, platform_id, quarter, provider_id, funders, activity_group, expected, target,
        seed, created_at)
    SELECT w.id, w.platform_id, w.quarter, w.provider_id, w.funders, w.activity_group, w.expected, w.target,
           decode(w.seed, 'hex'), $2
    FROM jsonb_to_recordset($1::jsonb) AS w (id uuid, platform_id uuid, quarter text, provider_id uuid,
        funders uuid[], activity_group text, expected integer, target integer, seed text)
    WHERE NOT EXISTS (SELECT 1 FROM stratum s WHERE s.platform_id = w.platform_id AND s.quarter = w.quarter
        AND s.provider_id = w.provider_id AND s.funders = w.funders AND s.activity_group = w.activity_group)
    ORDER BY w.id
    ON CONFLICT (platform_id, quarter, provider_id, funders, activity_group) DO NOTHING
"""


async def freeze_strata(db: Connection, wanted: Sequence[Row], now: datetime) -> list[Row]:
    """Freeze target, expectation and seed at the first need of a quarter; return the frozen rows."""
    volumes = {
        row["id"]: Volume(row["asked"], row["unasked"], row["held"])
        for row in await fetch(db, COUNTED, as_json(wanted), list(UNASKED))
    }
    foreseen = [w | {"expected": _expected(volumes.get(w["id"]), w["target"])} for w in wanted]
    await execute(db, STRATA, as_json(foreseen), now)
    return await fetch(
        db,
        """
        SELECT s.id, s.platform_id, s.quarter, s.provider_id, s.funders, s.activity_group, s.expected,
            s.target, s.seed
        FROM jsonb_to_recordset($1::jsonb) AS w (platform_id uuid, quarter text, provider_id uuid,
            funders uuid[], activity_group text)
        JOIN stratum s ON s.platform_id = w.platform_id AND s.quarter = w.quarter
            AND s.provider_id = w.provider_id AND s.funders = w.funders
            AND s.activity_group = w.activity_group
        """,
        as_json(wanted),
    )


async def freeze_mode_seeds(
    db: Connection, derived: Mapping[UUID, bytes], now: datetime
) -> dict[UUID, bytes]:
    """Keep the seed of each platform's experiment at its first need; return those that are kept."""
    await execute(
        db,
        """
        INSERT INTO mode_seed (id, platform_id, seed, created_at)
        SELECT gen_random_uuid(), k.platform_id, k.seed, $3
        FROM unnest($1::uuid[], $2::bytea[]) AS k (platform_id, seed) ORDER BY k.platform_id
        ON CONFLICT (platform_id) DO NOTHING
        """,
        list(derived),
        list(derived.values()),
        now,
    )
    return await mode_seeds_of(db, list(derived))


async def mode_seeds_of(db: Connection, platforms: Sequence[UUID]) -> dict[UUID, bytes]:
    rows = await fetch(
        db, "SELECT platform_id, seed FROM mode_seed WHERE platform_id = ANY ($1::uuid[])", list(platforms)
    )
    return {row["platform_id"]: row["seed"] for row in rows}


def _expected(before: Volume | None, target: int) -> int | None:
    return None if before is None else before.expected(target)


COLUMNS: Mapping[str, Mapping[str, str]] = {
    "occasion": {
        "id": "uuid", "platform_id": "uuid", "provider_id": "uuid", "client_id": "uuid", "person_id": "uuid",
        "decision": "text", "reason": "text", "told": "text", "stratum_id": "uuid", "draw": "float8",
        "ended_at": "timestamptz", "decided_at": "timestamptz",
    },
    "invitation": {
        "id": "uuid", "platform_id": "uuid", "purpose": "text", "provider_id": "uuid", "client_id": "uuid",
        "occasion_id": "uuid", "audience": "text", "token_key": "bytea", "questionnaire_id": "uuid",
        "protocol_id": "uuid", "language": "text", "pseudonym": "uuid", "month": "date", "visit_on": "date",
        "activity": "text", "mode": "text", "departement": "text", "territory": "text", "funders": "uuid[]",
        "age_band": "text", "first_mode": "text", "arm": "text", "collector": "text", "provider_name": "text",
        "provider_short_name": "text", "created_at": "timestamptz", "closes_at": "timestamptz",
    },
    "attempt": {
        "id": "uuid", "platform_id": "uuid", "invitation_id": "uuid", "client_id": "uuid",
        "person_id": "uuid", "endpoint_id": "uuid", "purpose": "text", "audience": "text",
        "channel": "text", "template": "text", "step": "smallint", "try_number": "smallint",
        "departement": "text", "state": "text", "opens_at": "timestamptz",
        "closes_at": "timestamptz", "give_up_at": "timestamptz", "contact_cap": "smallint",
    },
    "call_case": {
        "id": "uuid", "platform_id": "uuid", "kind": "text", "client_id": "uuid", "invitation_id": "uuid",
        "state": "text", "next_due_at": "timestamptz", "closes_at": "timestamptz", "attempt_id": "uuid",
        "created_at": "timestamptz", "priority": "smallint", "language": "text",
    },
}  # fmt: skip
# A line decided again (it changed) replaces what was decided, unless somebody was asked already.
AGAIN = {
    "occasion": """
        ON CONFLICT (id) DO UPDATE SET decision = excluded.decision, reason = excluded.reason,
            told = excluded.told, stratum_id = excluded.stratum_id, draw = excluded.draw,
            ended_at = excluded.ended_at, decided_at = excluded.decided_at
        WHERE occasion.decision = 'not_asked'
    """
}


async def write(db: Connection, table: str, rows: Sequence[Row], *, again: str | None = None) -> None:
    """Write rows in one statement; octets travel as hexadecimal. `again` says what becomes of known ones."""
    if not rows:
        return
    columns = COLUMNS[table]
    known = AGAIN.get(table, "") if again is None else again
    read = ", ".join(f"{name} {'text' if kind == 'bytea' else kind}" for name, kind in columns.items())
    values = ", ".join(f"decode({n}, 'hex')" if kind == "bytea" else n for n, kind in columns.items())
    await execute(
        db,
        f"""
        INSERT INTO {table} ({", ".join(columns)})
        SELECT {values} FROM jsonb_to_recordset($1::jsonb) AS r ({read}) {known}
        """,
        as_json(rows),
    )


async def tell_again(db: Connection, told: Mapping[UUID, str]) -> None:
    """Write what providers are told of visits whose line changed, and whose decision stands."""
    if not told:
        return
    await execute(
        db,
        """
        UPDATE occasion o SET told = k.told FROM unnest($1::uuid[], $2::text[]) AS k (id, told)
        WHERE o.id = k.id
        """,
        list(told),
        list(told.values()),
    )


async def settle(db: Connection, visits: Sequence[Row]) -> None:
    """Say that visits are decided; one that changed meanwhile stays to be decided again."""
    await execute(
        db,
        """
        DELETE FROM undecided_visit WHERE ctid = ANY (ARRAY(
            SELECT u.ctid FROM unnest($1::uuid[], $2::timestamptz[]) AS k (id, changed_at)
            JOIN undecided_visit u ON u.id = k.id AND u.changed_at = k.changed_at
            FOR UPDATE OF u SKIP LOCKED))
        """,
        [visit["id"] for visit in visits],
        [visit["changed_at"] for visit in visits],
    )


def as_json(rows: Sequence[Row]) -> str:
    return msgspec.json.encode(rows).decode()
