"""A sprint at whose doors to knock, in a database of each sort."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from opgavebord.people.invitations import Invitations
from opgavebord.people.key import read_key
from opgavebord.storage.database import Database
from opgavebord.storage.log import Log
from tests.storage.databases import SORTS, Home, a_home
from tests.storage.evening import Writer


@pytest.fixture(params=SORTS)
async def home(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Home]:
    async with a_home(request.param, tmp_path, lambda: request.getfixturevalue("postgres")) as home:
        yield home


@pytest.fixture
async def opened(home: Home) -> AsyncIterator[tuple[Database, Log]]:
    """Holds the sprint `avond`, with code ABCDEF and the token of `TOKEN`."""
    async with home.open() as (database, log):
        writer = Writer()
        await log.create("avond")
        await log.append("avond", writer.append(writer.founding()))
        yield database, log


@pytest.fixture
def database(opened: tuple[Database, Log]) -> Database:
    return opened[0]


@pytest.fixture
def log(opened: tuple[Database, Log]) -> Log:
    return opened[1]


@pytest.fixture
def invitations(database: Database, tmp_path: Path) -> Invitations:
    return Invitations(database, read_key(tmp_path))
