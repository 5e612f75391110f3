"""A sprint at whose doors to knock."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from opgavebord.people.invitations import Invitations
from opgavebord.people.key import read_key
from opgavebord.storage.sqlite import SqliteDatabase
from opgavebord.storage.sqlite_log import SqliteLog
from tests.storage.evening import Writer


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    """Holds the sprint `avond`, with code ABCDEF and the token of `TOKEN`."""
    database = SqliteDatabase(tmp_path)
    await database.open()
    log, writer = SqliteLog(database), Writer()
    await log.create("avond")
    await log.append("avond", writer.append(writer.founding()))
    yield database
    await database.close()


@pytest.fixture
def invitations(database: SqliteDatabase, tmp_path: Path) -> Invitations:
    return Invitations(database, read_key(tmp_path))
