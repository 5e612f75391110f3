"""F22: `kill -9` at each statement of a migration. The next start finds everything as it was, or all of it."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from opgavebord.storage import migrations
from opgavebord.storage.sqlite import FILE, engine
from tests.storage.databases import named, tell
from tests.storage.test_migrations import FIRST, ROWS_THEN

ROOT = Path(__file__).parents[2]


def killed_at_each(*words: str) -> list[tuple[int, str, str]]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.storage.migrating", *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "backend"), str(ROOT)])},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return [(int(n), at, how) for n, at, how in (line.split() for line in done.stdout.splitlines())]


def to_the_first_tables(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, "0001")


@pytest.mark.faults
def test_a_kill_at_any_statement_of_sqlite_leaves_no_half(tmp_path: Path, fuzz: int | None) -> None:
    old = engine(tmp_path / "first" / FILE)
    (tmp_path / "first").mkdir()
    with old.connect() as connection, connection.begin():
        to_the_first_tables(connection)
        for row in ROWS_THEN:
            connection.exec_driver_sql(row)
        for seq, change in enumerate(FIRST, start=1):
            connection.exec_driver_sql(
                "INSERT INTO event VALUES ('avond', ?, 'tablet', ?, 'stoel', 'deelnemer', 1, 1,"
                " NULL, ?, NULL)",
                (seq, seq, change),
            )
    old.dispose()
    every = 16 if fuzz is None else 1
    tries = killed_at_each("sqlite", str(tmp_path / "first"), str(every))
    assert [n for n, _, how in tries if how != "well"] == []
    assert {at for _, at, _ in tries} == {"0001", migrations.NEWEST}, "before it, and after it"
    assert tries[-1][0] > 90, "there are so many statements"


@pytest.mark.faults
def test_a_kill_at_any_statement_of_postgresql_leaves_no_half(
    postgres: str, fuzz: int | None
) -> None:
    async def make() -> None:
        await tell(postgres, "CREATE DATABASE first")
        made = create_async_engine(named(postgres, "first").replace("://", "+asyncpg://", 1))
        async with made.begin() as connection:
            await connection.run_sync(to_the_first_tables)
            await connection.exec_driver_sql(
                "INSERT INTO sprint VALUES ('avond', 1, 0, 'avond', 'Vitale kernen', 'Hoe?', 1, '',"
                " '', '', NULL, NULL, NULL, NULL, true, 'ABCDEF', '0123')"
            )
        await made.dispose()

    asyncio.run(make())
    try:
        tries = killed_at_each("postgres", postgres, "40" if fuzz is None else "1")
    finally:
        asyncio.run(tell(postgres, "DROP DATABASE first WITH (FORCE)"))
    assert [n for n, _, how in tries if how != "well"] == []
    assert {at for _, at, _ in tries} == {"0001", migrations.NEWEST}
    assert tries[-1][0] > 50
