"""A step of the tables is one that the release before it can live beside.

On PostgreSQL the old processes go on while the new tables are there already. So a step adds: tables, and columns
that have a default or may be empty. What takes away comes in a later release, when nobody uses it any more, in a
step that says so: `CONTRACT = True`, and what it takes was not used by the release before it (docs/upgrading.md).
"""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, inspect
from sqlalchemy.types import TypeEngine

from opgavebord.storage import migrations

FIRST_RELEASE: Final = "0003"
"""Before this step there was no release on PostgreSQL, so nobody served beside them."""


def config(connection: Connection) -> Config:
    made = Config()
    made.set_main_option("script_location", str(Path(migrations.__file__).parent))
    made.attributes["connection"] = connection
    return made


STEPS: Final = [
    step.revision
    for step in reversed(
        list(ScriptDirectory(str(Path(migrations.__file__).parent)).walk_revisions())
    )
]


def shape(connection: Connection) -> dict[str, Any]:
    """Tables with their columns, and every rule that a row has to keep."""
    look = inspect(connection)
    tables: dict[str, Any] = {}
    for name in look.get_table_names():
        tables[name] = {
            "columns": {one["name"]: one for one in look.get_columns(name)},
            "key": tuple(look.get_pk_constraint(name)["constrained_columns"]),
            "unique": {
                tuple(sorted(one["column_names"])) for one in look.get_unique_constraints(name)
            }
            | {tuple(sorted(i["column_names"])) for i in look.get_indexes(name) if i["unique"]},  # type: ignore[type-var]
            "references": {
                (tuple(one["constrained_columns"]), one["referred_table"])
                for one in look.get_foreign_keys(name)
            },
            "checks": {one["sqltext"] for one in look.get_check_constraints(name)},
        }
    return tables


def breaks(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    """What a release that knows the tables of `before` would stumble over."""
    for name, was in before.items():
        now = after.get(name)
        if now is None:
            yield f"table {name} is gone"
            continue
        for column, had in was["columns"].items():
            has = now["columns"].get(column)
            if has is None:
                yield f"{name}.{column} is gone"
                continue
            if not wide_enough(had["type"], has["type"]):
                yield f"{name}.{column} is {has['type']} and was {had['type']}"
            if had["nullable"] and not has["nullable"]:
                yield f"{name}.{column} may not be empty any more"
        for column, has in now["columns"].items():
            optional = has["nullable"] or has["default"] is not None
            if column not in was["columns"] and not optional:
                yield f"{name}.{column} has no default, and who does not know it writes none"
        if now["key"] != was["key"]:
            yield f"{name} has another key"
        for rule in ("unique", "references", "checks"):
            for new in now[rule] - was[rule]:
                yield f"{name} has a new rule: {rule} {new}"


def wide_enough(had: TypeEngine[Any], has: TypeEngine[Any]) -> bool:
    """The same, or a number that may be larger."""
    return str(had) == str(has) or (str(had), str(has)) == ("INTEGER", "BIGINT")


def test_every_step_since_the_first_release_can_be_lived_beside() -> None:
    made = create_engine("sqlite://")
    with made.connect() as connection:
        with connection.begin():
            command.upgrade(config(connection), FIRST_RELEASE)
            before = shape(connection)
        for step in STEPS[STEPS.index(FIRST_RELEASE) + 1 :]:
            with connection.begin():
                command.upgrade(config(connection), step)
                after = shape(connection)
            if not contracts(step):
                assert list(breaks(before, after)) == [], step
            before = after
    made.dispose()


async def test_and_on_postgresql(postgres: str) -> None:
    """Where it matters, and where a type is what it says."""
    import asyncpg
    from sqlalchemy.ext.asyncio import create_async_engine

    from tests.storage.databases import named

    admin = await asyncpg.connect(postgres)
    await admin.execute("CREATE DATABASE expansion")
    address = named(postgres, "expansion").replace("postgresql:", "postgresql+asyncpg:")
    made = create_async_engine(address)
    try:
        for step in STEPS[STEPS.index(FIRST_RELEASE) :]:
            async with made.connect() as connection:
                before = await connection.run_sync(shape)
                await connection.run_sync(lambda c, to=step: command.upgrade(config(c), to))  # type: ignore[misc]
                await connection.commit()
                after = await connection.run_sync(shape)
            if step != FIRST_RELEASE and not contracts(step):
                assert list(breaks(before, after)) == [], step
    finally:
        await made.dispose()
        await admin.execute("DROP DATABASE expansion WITH (FORCE)")
        await admin.close()


def contracts(step: str) -> bool:
    """Whether a step says of itself that it takes away what the release before it did not use any more."""
    (file,) = (Path(migrations.__file__).parent / "versions").glob(f"{step}_*.py")
    spec = importlib.util.spec_from_file_location(f"step_{step}", file)
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return bool(getattr(loaded, "CONTRACT", False))


BEFORE: Final = "CREATE TABLE note (id TEXT PRIMARY KEY, text TEXT, size INTEGER NOT NULL)"


@pytest.fixture
def tables() -> Iterator[Engine]:
    made = create_engine("sqlite://")
    yield made
    made.dispose()


@pytest.mark.parametrize(
    ("then", "stumbles"),
    [
        (["ALTER TABLE note ADD COLUMN a TEXT"], []),
        (["ALTER TABLE note ADD COLUMN a INTEGER NOT NULL DEFAULT 0"], []),
        (["CREATE TABLE other (id TEXT PRIMARY KEY)", "CREATE INDEX i ON note (size)"], []),
        (["DROP TABLE note"], ["table note is gone"]),
        (["ALTER TABLE note DROP COLUMN text"], ["note.text is gone"]),
        (["ALTER TABLE note RENAME COLUMN text TO words"], ["note.text is gone"]),
        (["ALTER TABLE note RENAME TO card"], ["table note is gone"]),
        (["CREATE UNIQUE INDEX i ON note (size)"], ["note has a new rule: unique ('size',)"]),
        (
            ["DROP TABLE note", BEFORE.replace("text TEXT", "text TEXT NOT NULL")],
            ["note.text may not be empty any more"],
        ),
        (
            ["DROP TABLE note", BEFORE.replace("size INTEGER", "size TEXT")],
            ["note.size is TEXT and was INTEGER"],
        ),
        (["DROP TABLE note", BEFORE.replace("size INTEGER", "size BIGINT")], []),
        (
            ["DROP TABLE note", BEFORE.replace("text TEXT", "text TEXT, need TEXT NOT NULL")],
            ["note.need has no default, and who does not know it writes none"],
        ),
        (
            ["DROP TABLE note", BEFORE.replace("NOT NULL)", "NOT NULL CHECK (size > 0))")],
            ["note has a new rule: checks size > 0"],
        ),
        (
            ["DROP TABLE note", BEFORE.replace("text TEXT", "text TEXT REFERENCES note (id)")],
            ["note has a new rule: references (('text',), 'note')"],
        ),
    ],
)
def test_what_the_release_before_would_stumble_over(
    tables: Engine, then: list[str], stumbles: list[str]
) -> None:
    with tables.connect() as connection, connection.begin():
        connection.exec_driver_sql(BEFORE)
        before = shape(connection)
        for statement in then:
            connection.exec_driver_sql(statement)
        assert list(breaks(before, shape(connection))) == stumbles
