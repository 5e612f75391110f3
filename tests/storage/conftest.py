"""Sprints to keep: small, real records and the entries that wrote them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from opgavebord.storage.engine import Database
from opgavebord.storage.log import SqliteLog


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(tmp_path)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
def log(database: Database) -> SqliteLog:
    return SqliteLog(database)
