"""Migrations: roles of the database, tables, rules and partitions, under one lock."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import asyncpg
from tortoise import Tortoise, migrations
from tortoise.fields.db_defaults import SqlDefault
from tortoise.migrations.api.migrate import migrate as migrate_tables
from tortoise.migrations.operations import AddField, CreateModel, TortoiseOperation
from tortoise.migrations.schema_generator.state import State

from quality.component import Component
from quality.db import Connection, credentials, fetch, owner_config, transaction
from quality.errors import Refused

ROLES = ("quality_web", "quality_answer", "quality_work")
LOCK = 7_403_311_975


class PartitionedModel(CreateModel):
    """Create a table partitioned by range of its UUIDv7 id; `ensure_partitions` adds the months."""

    async def database_forward(
        self, app_label: str, old_state: Any, new_state: Any, state_editor: Any = None
    ) -> None:
        run = state_editor._run_sql

        async def run_partitioned(sql: str) -> None:
            head, separator, tail = sql.rpartition(");")
            await run(f"{head}) PARTITION BY RANGE (id);{tail}" if separator else sql)

        state_editor._run_sql = run_partitioned
        try:
            await super().database_forward(app_label, old_state, new_state, state_editor)
        finally:
            del state_editor._run_sql


class RunSqlFile(TortoiseOperation):
    """Run a file of SQL that stands beside the migration: functions, constraints, policies, grants."""

    reversible = False

    def __init__(self, path: Path) -> None:
        self.path = path

    def describe(self) -> str:
        return f"Run {self.path.name}"

    async def database_forward(
        self, app_label: str, old_state: Any, new_state: Any, state_editor: Any = None
    ) -> None:
        if state_editor is not None:
            await state_editor._run_sql(self.path.read_text(encoding="utf-8"))


ADDITIONS = (CreateModel, AddField, RunSqlFile)


class Migration(migrations.Migration):
    """A migration whose additions are drawn at once: the library draws every model again at each of them."""

    async def apply(
        self, state: State, *, dry_run: bool = False, schema_editor: Any = None, collect_sql: bool = False
    ) -> State:
        if collect_sql or not self._only_adds():
            return await super().apply(
                state, dry_run=dry_run, schema_editor=schema_editor, collect_sql=collect_sql
            )
        gathering = _Gathering(state)
        for operation in self.operations:
            operation.state_forward(self.app_label, gathering)
        state.reload_models(gathering.touched)
        state.validate_relations_initialized()
        if schema_editor is not None and not dry_run:
            for operation in self.operations:
                await self._run_database_forward(operation, state, state, schema_editor, True)
        return state

    async def _run_database_forward(
        self, operation: Any, old_state: Any, new_state: Any, editor: Any, transactions: bool
    ) -> None:
        """Give the rows that are there the default of a field that is added: the library gives them none."""
        fill: AbstractContextManager[None] = nullcontext()
        if isinstance(operation, AddField):
            model = new_state.apps.get_model(f"{self.app_label}.{operation.model_name}")
            fill = _filled(model._meta.fields_map[operation.name], model, editor)
        with fill:
            await super()._run_database_forward(operation, old_state, new_state, editor, transactions)

    def _only_adds(self) -> bool:
        """Say whether nothing here reads the state before, nor changes what another operation creates."""
        created = {each.name for each in self.operations if isinstance(each, CreateModel)}
        return all(
            isinstance(each, ADDITIONS) and getattr(each, "model_name", None) not in created
            for each in self.operations
        )


@contextmanager
def _filled(field: Any, model: Any, editor: Any) -> Iterator[None]:
    """Draw a field with its default in the database too, unless it may be empty or says its own."""
    if field.null or field.default is None or field.has_db_default():
        yield
        return
    value = field.default() if callable(field.default) else field.default
    escaped = "'{}'" if value == [] else editor._escape_default_value(field.to_db_value(value, model))
    unset, field.db_default = field.db_default, SqlDefault(escaped)
    try:
        yield
    finally:
        field.db_default = unset


class _Gathering(State):
    """The same models, of which those that change are only noted."""

    def __init__(self, state: State) -> None:
        super().__init__(state.models, state.apps)
        self.touched: set[tuple[str, str]] = set()

    def reload_models(self, model_tuples: Iterable[tuple[str, str]]) -> None:
        self.touched |= set(model_tuples)


async def migrate(
    owner_url: str, application_login: str, components: Sequence[Component], *, creates_login: bool
) -> None:
    """Bring the database to the present schema, under a lock (Tortoise takes none)."""
    connection = await asyncpg.connect(**credentials(owner_url))
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", LOCK)
        await _ensure_roles(connection, application_login, creates_login=creates_login)
        await migrate_tables(config=owner_config(owner_url, components))
        async with transaction("owner") as db:
            await complete_platforms(db, components)
        await Tortoise.close_connections()
        await connection.execute("SELECT ensure_partitions(now(), -14, 4)")
    finally:
        await connection.close()


async def complete_platforms(db: Connection, components: Sequence[Component]) -> None:
    """Give the platforms that exist what a new one starts with and they lack."""
    for row in await fetch(db, "SELECT id FROM platform ORDER BY id"):
        for part in components:
            if part.on_platform_created is not None:
                await part.on_platform_created(db, row["id"])


async def _ensure_roles(connection: asyncpg.Connection, login: str, *, creates_login: bool) -> None:
    try:
        for role in ROLES:
            await _create_role(connection, role, "NOLOGIN")
        if creates_login:
            await _create_role(connection, login, "LOGIN NOINHERIT")
        for role in ROLES:
            await connection.execute(f'GRANT {role} TO "{login}"')
    except asyncpg.InsufficientPrivilegeError as error:
        raise Refused(
            "Le compte de QUALITY_OWNER_URL ne peut pas créer les rôles {roles}. "
            "Un administrateur doit les créer (NOLOGIN), puis les accorder à {login}.",
            roles=", ".join(ROLES),
            login=login,
        ) from error


async def _create_role(connection: asyncpg.Connection, name: str, kind: str) -> None:
    if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name):
        await connection.execute(f'CREATE ROLE "{name}" {kind}')
