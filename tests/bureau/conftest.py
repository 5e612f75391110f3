"""A desk without a network: a database, quick hashes, and a clock that is told what time it is."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from opgavebord.bureau.accounts import Accounts
from opgavebord.bureau.passwords import Hashing, PasswordDoor
from opgavebord.bureau.sessions import Sessions
from opgavebord.storage.sqlite import SqliteDatabase

KEY = b"k" * 32
NOW = 1_776_000_000_000


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    database = SqliteDatabase(tmp_path)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
def hashing() -> Hashing:
    """The same algorithm, with the least work that it takes."""
    return Hashing(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def accounts(database: SqliteDatabase, hashing: Hashing) -> Accounts:
    return Accounts(database, KEY, hashing)


@pytest.fixture
def door(database: SqliteDatabase, hashing: Hashing) -> PasswordDoor:
    return PasswordDoor(database, hashing)


@pytest.fixture
def sessions(database: SqliteDatabase) -> Sessions:
    return Sessions(database)
