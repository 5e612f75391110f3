"""A desk without a network: a database of each sort, quick hashes, and a clock that is told what time it is."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from opgavebord.bureau.accounts import Accounts
from opgavebord.bureau.passwords import Hashing, PasswordDoor
from opgavebord.bureau.sessions import Sessions
from opgavebord.storage.database import Database
from opgavebord.storage.log import Log
from tests.storage.databases import SORTS, Home, a_home

KEY = b"k" * 32
NOW = 1_776_000_000_000


@pytest.fixture(params=SORTS)
async def home(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Home]:
    async with a_home(request.param, tmp_path, lambda: request.getfixturevalue("postgres")) as home:
        yield home


@pytest.fixture
async def opened(home: Home) -> AsyncIterator[tuple[Database, Log]]:
    async with home.open() as opened:
        yield opened


@pytest.fixture
def database(opened: tuple[Database, Log]) -> Database:
    return opened[0]


@pytest.fixture
def log(opened: tuple[Database, Log]) -> Log:
    return opened[1]


@pytest.fixture
def hashing() -> Hashing:
    """The same algorithm, with the least work that it takes."""
    return Hashing(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def accounts(database: Database, hashing: Hashing) -> Accounts:
    return Accounts(database, KEY, hashing)


@pytest.fixture
def door(database: Database, hashing: Hashing) -> PasswordDoor:
    return PasswordDoor(database, hashing)


@pytest.fixture
def sessions(database: Database) -> Sessions:
    return Sessions(database)
