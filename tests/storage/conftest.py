"""Sprints to keep: small, real records and the entries that wrote them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from opgavebord.storage.sqlite import SqliteDatabase
from opgavebord.storage.sqlite_log import SqliteLog


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    database = SqliteDatabase(tmp_path)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
def log(database: SqliteDatabase) -> SqliteLog:
    return SqliteLog(database)
