"""Migrations: drawing every addition at once leaves what drawing them one by one does."""

from collections.abc import Callable

import pytest
from tortoise import fields, migrations
from tortoise.migrations.operations import AddField, CreateModel, Operation, RemoveField
from tortoise.migrations.schema_generator.state import State
from tortoise.migrations.schema_generator.state_apps import StateApps

from quality import schema


def model(name: str, **others: object) -> CreateModel:
    columns = [("id", fields.IntField(primary_key=True)), *others.items()]
    return CreateModel(name, columns, {"table": name.lower(), "app": "sample"}, ["Model"])  # type: ignore[arg-type]


def parent() -> fields.Field[object]:
    return fields.ForeignKeyField("sample.House", source_field="house_id")  # type: ignore[return-value]


def additions() -> list[Operation]:
    """The child comes before its parent, as the library sorts them."""
    return [model("Child", house=parent()), model("House"), AddField("Guest", "house", parent())]  # type: ignore[arg-type]


def changes_of_its_own() -> list[Operation]:
    added = AddField("House", "floor", fields.IntField())
    return [model("House"), added, RemoveField("House", "floor"), AddField("Guest", "house", parent())]  # type: ignore[arg-type]


async def applied(kind: type[migrations.Migration], operations: list[Operation]) -> dict[str, list[str]]:
    state = State({}, StateApps())
    model("Guest").state_forward("sample", state)
    migration = kind("0001", "sample")
    migration.operations = operations
    await migration.apply(state)
    return {name: sorted(each._meta.fields_map) for name, each in state.apps.apps["sample"].items()}


@pytest.mark.parametrize("made", [additions, changes_of_its_own])
async def test_the_tables_are_those_of_the_library(made: Callable[[], list[Operation]]) -> None:
    one_by_one = await applied(migrations.Migration, made())
    assert await applied(schema.Migration, made()) == one_by_one
    assert "house_id" in one_by_one["Guest"]
