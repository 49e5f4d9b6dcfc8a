"""Row-level security: who may select, change and add what, table by table, against a written matrix.

`policies.txt` beside this file is that matrix: review it as one reviews a contract. Dropping a policy changes
it. To write it again after a deliberate change: `pytest tests/quality/test_policies.py --write-policies`.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import asyncpg
import pytest

from quality.access.scope import SCOPE
from tests.rows import (
    FUNDER,
    OTHER_PLATFORM,
    PLATFORM,
    PROVIDER,
    Row,
    insert,
    made,
    serious_rows,
    valid_rows,
)

MATRIX = Path(__file__).with_name("policies.txt")
Probe = Callable[[asyncpg.Connection, str], Awaitable[int]]
STRANGER, ACCOUNT = made("stranger"), made("account")


@dataclass(frozen=True)
class Context:
    """A role of the database and, for the web, the scope it carries."""

    name: str
    login: str
    role: str = ""
    platform: object = ""
    organisation: object = ""
    account: object = ""


def _web(role: str, organisation: object = "", name: str = "") -> Context:
    return Context(name or role, "quality_web", role, PLATFORM, organisation, ACCOUNT)


def _elsewhere(role: str, organisation: object = "") -> Context:
    """Stand on another platform, with the very organisation of this one: only the platform's wall holds."""
    return Context(f"{role} of another platform", "quality_web", role, OTHER_PLATFORM, organisation, ACCOUNT)


CONTEXTS = (
    Context("nobody", "quality_web"),
    Context("gate", "quality_web", "gate"),
    _web("operator"),
    _web("admin"),
    _web("platform"),
    _elsewhere("admin"),
    _elsewhere("platform"),
    _elsewhere("supervisor"),
    _elsewhere("agent"),
    _elsewhere("provider", PROVIDER),
    _elsewhere("funder", FUNDER),
    _elsewhere("observer", made("observer")),
    _web("supervisor"),
    _web("agent"),
    _web("provider", PROVIDER),
    _web("provider", STRANGER, "another provider"),
    _web("funder", FUNDER),
    _web("funder", STRANGER, "another funder (Gironde)"),
    _web("observer", made("observer")),
    Context("answer", "quality_answer"),
    Context("work", "quality_work"),
)
KEYS = {
    "installation": "name",
    "carrier_pace": "channel",
    "assessment": "frozen_at",
    "charter_edition": "withdrawn_at",
    "charter_campaign": "closed_at",
}
FRESH: Mapping[str, Row] = {
    "installation": {"name": "fresh"},
    "tick_run": {"id": "fresh@slot"},
    "audit": {"id": 2},
    "platform": {"code": "FRESH"},
    "organisation": {"code": "FRESH"},
    "territory": {"code": "fresh", "rank": 2},
    "territory_postcode": {"postcode": "34000"},
    "account": {"email": "fresh@b.invalid"},
    "membership": {"role": "agent", "organisation_id": None},
    "session": {"token_hash": b"fresh"},
    "one_time_code": {"code_hash": b"fresh"},
    "api_key": {"key_hash": b"fresh"},
    "idempotent_reply": {"key": "fresh"},
    "endpoint": {"key": b"fresh"},
    "release_fact": {"version": 2},
    "person_name": {"name_key": b"fresh"},
    "client": {"reference": "fresh"},
    "intervention_key": {"reference": "fresh"},
    "file": {"organisation_id": None, "complaint_id": made("complaint"), "audience": "all"},
    "file_chunk": {"rank": 1, "file_id": made("joined file")},
    "referencing": {"platform_id": PLATFORM, "provider_id": PROVIDER},
    "complaint": {"number": 2, "token_key": b"fresh"},
    "signal": {"item": "fresh"},
    "complaint_notice": {"kind": "fresh"},
    "complaint_transmission": {"funder_id": STRANGER},
    "provider_summary": {"month": date(2026, 10, 1)},
    "saved_view": {"name": "fresh"},
    "channel_setting": {"channel": "email"},
    "carrier_pace": {"channel": "email"},
    "protocol_draft": {"name": "fresh"},
    "desk_team": {"name": "fresh"},
    "visit_month": {"month": date(2026, 9, 1)},
    "release": {"period": "2026-09"},
    "release_cell": {"indicator": "FRESH"},
    "release_mode": {"indicator": "FRESH"},
    "release_seal": {"part": "release_funnel"},
    "convention": {"code": "FRESH"},
    "convention_signature": {"digest": b"f" * 32},
    "figure_reading": {"shown": "home"},
    "yearly_text": {"year": 2024},
    "report_subscription": {"population": "c2", "token_key": b"fresh"},
    "report_mail": {"release_id": made("fresh")},
    "questionnaire_version": {"version": 2},
    "questionnaire_use": {"moment": "first"},
    "questionnaire_draft": {"code": "fresh"},
    "questionnaire_step": {"revision": 2},
    "questionnaire_audio": {"alias": "fresh"},
    "protocol_version": {"version": 2},
    "message_template": {"name": "fresh"},
    "stratum": {"quarter": "2026-Q3"},
    "invitation": {"token_key": b"fresh", "occasion_id": made("fresh")},
    "contact_event": {"attempt_id": made("fresh")},
    "call_case": {"invitation_id": made("fresh")},
    "charter_edition": {"code": "fresh"},
    "assessment": {"edition": "fresh"},
    "review_point": {"criterion": "9.9"},
    "adhesion": {"rank": 9, "state": "ended"},
    "assessment_answer": {"criterion": "9.9"},
    "answer_revision": {"version": 9},
    "assessment_part": {"chapter": 9},
    "evidence_revision": {"number": 9},
}
NATIONAL: Row = {
    "id": made("national"),
    "funder_id": None,
    "scope_type": "france",
    "scope_code": "FR",
    "provider_id": None,
}
ON_REGISTER: Row = {
    "id": made("on the register"),
    "funder_id": None,
    "scope_type": "provider_departement",
    "scope_code": "P-34",
    "n_clients": 45,
}
JOINED: Row = {**FRESH["file"], "id": made("joined file")}
ALOUD: Row = {"id": made("read aloud"), "organisation_id": None}
SHARED: Row = {"id": made("shared reply"), "organisation_id": None}
ADD_ALONE = {
    "referencing",
    "register_consent",
    "review_file",
    "campaign_invitation",
    "attempt",
    "response",
    "mode_seed",
}  # one row only is possible: it is deleted before it is added again


@pytest.fixture
async def full(owner: asyncpg.Connection, empty: None) -> asyncpg.Connection:
    for table, row in valid_rows().items():
        await insert(owner, table, row)
    await insert(
        owner,
        "organisation",
        {**valid_rows()["organisation"], "id": FUNDER, "code": "F", "kind": "funder", "siret": None},
    )
    await insert(owner, "release_cell", {**valid_rows()["release_cell"], **NATIONAL})
    await insert(owner, "release_cell", {**valid_rows()["release_cell"], **ON_REGISTER})
    await insert(owner, "file", {**valid_rows()["file"], **JOINED})
    await insert(owner, "file", {**valid_rows()["file"], **ALOUD})
    await insert(
        owner,
        "file_chunk",
        {**valid_rows()["file_chunk"], "id": made("spoken"), "file_id": made("read aloud")},
    )
    await insert(owner, "reply_template", {**valid_rows()["reply_template"], **SHARED})
    for table, row in serious_rows().items():
        await insert(owner, table, row)
    for table in ("saved_view", "training_run"):  # a colleague's
        await insert(
            owner, table, {**valid_rows()[table], "id": made(f"other {table}"), "account_id": STRANGER}
        )
    return owner


async def rights(connection: asyncpg.Connection, context: Context, table: str) -> str:
    """Return the rows a context Selects, and whether it Updates, Inserts, Deletes."""
    found = {letter: await _allowed(connection, context, table, probe) for letter, probe in PROBES.items()}
    return (
        "".join(f"{letter}{count if letter == 'S' else ''}" for letter, count in found.items() if count)
        or "-"
    )


async def _select(connection: asyncpg.Connection, table: str) -> int:
    return int(await connection.fetchval(f'SELECT count(*) FROM "{table}"'))


async def _update(connection: asyncpg.Connection, table: str) -> bool:
    key = KEYS.get(table, "id")
    return await connection.execute(f'UPDATE "{table}" SET "{key}" = "{key}"') != "UPDATE 0"


async def _delete(connection: asyncpg.Connection, table: str) -> bool:
    return await connection.execute(f'DELETE FROM "{table}"') != "DELETE 0"


async def _insert(connection: asyncpg.Connection, table: str) -> bool:
    row = {**valid_rows()[table], **FRESH.get(table, {})}
    if "id" in row and table not in {"tick_run", "audit", *ADD_ALONE}:
        row["id"] = made(f"fresh {table}")
    return await insert(connection, table, row) == "INSERT 0 1"


PROBES = {"S": _select, "U": _update, "I": _insert, "D": _delete}


async def _allowed(connection: asyncpg.Connection, context: Context, table: str, probe: Probe) -> int:
    transaction = connection.transaction()
    await transaction.start()
    try:
        if probe is _insert and table in ADD_ALONE:
            await connection.execute(f'DELETE FROM "{table}"')
        await _become(connection, context)
        return int(await probe(connection, table))
    except asyncpg.InsufficientPrivilegeError:
        return 0
    finally:
        await transaction.rollback()


async def _become(connection: asyncpg.Connection, context: Context) -> None:
    await connection.execute(f"SET LOCAL ROLE {context.login}")
    await connection.execute(
        SCOPE,
        str(context.platform),
        str(context.organisation),
        context.role,
        str(context.account),
    )


async def line(connection: asyncpg.Connection, table: str) -> str:
    found = {context.name: await rights(connection, context, table) for context in CONTEXTS}
    said = ", ".join(f"{name} {letters}" for name, letters in found.items() if letters != "-")
    return f"{table}: {said}"


async def test_each_role_may_do_what_the_matrix_says(
    full: asyncpg.Connection, tables: list[str], request: pytest.FixtureRequest
) -> None:
    found = "".join([f"{await line(full, table)}\n" for table in sorted(tables)])
    if request.config.getoption("--write-policies"):
        MATRIX.write_text(found, encoding="utf-8")
    assert found.splitlines() == MATRIX.read_text(encoding="utf-8").splitlines()


async def test_every_table_forces_row_level_security(owner: asyncpg.Connection) -> None:
    open_tables = await owner.fetch(
        """
        SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
          AND NOT (relrowsecurity AND relforcerowsecurity) AND relname <> 'tortoise_migrations'
        """
    )
    assert [row["relname"] for row in open_tables] == []


async def test_no_partition_is_granted_to_anybody(owner: asyncpg.Connection) -> None:
    granted = await owner.fetch(
        """
        SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r' AND EXISTS
            (SELECT 1 FROM aclexplode(relacl) a WHERE a.grantee <> relowner)
        """
    )
    assert granted == []


async def test_dropping_any_policy_changes_the_matrix(full: asyncpg.Connection) -> None:
    policies = await full.fetch(
        "SELECT tablename, policyname FROM pg_policies WHERE policyname <> 'owner_all' ORDER BY 1, 2"
    )
    idle = [
        f"{p['tablename']}.{p['policyname']}"
        for p in policies
        if not await _matters(full, p["tablename"], p["policyname"])
    ]
    assert len(policies) > 100
    assert idle == []


PLATFORM_WALL = "(platform_id = q_platform())"
# These read another table, whose own wall holds.
HELD_TWICE = {
    "adhesion.appealed_adhesion",
    "assessment.frozen_assessment",
    "campaign_session.invited_session",
    "charter_campaign.closed_campaign",
    "charter_edition.withdrawn_edition",
    "charter_campaign.invited_campaign",
    "review_point.replied_point",
    "authority_refusal.staff_authority_refusal",
    "idempotent_reply.own_reply",
    "organisation.funder_providers",
    "complaint_notice.staff_notice",
    "complaint_promise.own_promise",
    "complaint_promise.staff_promise",
    "complaint_subject.disclosed_subject",
    "complaint_transmission.funder_answers",
    "convention_signature.party_signature",
    "figure_reading.party_reading",
    "file.own_complaint_file",
    "file.staff_complaint_file",
}


async def test_losing_the_wall_between_platforms_anywhere_changes_the_matrix(
    full: asyncpg.Connection,
) -> None:
    policies = await full.fetch(
        "SELECT tablename, policyname, qual FROM pg_policies "
        "WHERE strpos(qual, $1) > 0 AND 'quality_web' = ANY (roles) ORDER BY 1, 2",
        PLATFORM_WALL,
    )
    lost = [
        f"{p['tablename']}.{p['policyname']}"
        for p in policies
        if not await _changes(full, p["tablename"], _without_wall(p))
    ]
    assert len(policies) > 40
    assert set(lost) == HELD_TWICE


def _without_wall(policy: Mapping[str, str]) -> str:
    qual = policy["qual"].replace(PLATFORM_WALL, "true")
    return f'ALTER POLICY "{policy["policyname"]}" ON "{policy["tablename"]}" USING ({qual})'


async def _matters(connection: asyncpg.Connection, table: str, policy: str) -> bool:
    return await _changes(connection, table, f'DROP POLICY "{policy}" ON "{table}"')


async def _changes(connection: asyncpg.Connection, table: str, statement: str) -> bool:
    before = await line(connection, table)
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(statement)
        return await line(connection, table) != before
    finally:
        await transaction.rollback()
