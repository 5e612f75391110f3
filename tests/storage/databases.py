"""A database of each sort for a test, thrown away afterwards.

A PostgreSQL server is started once for all tests (the fixture `postgres`); each test has a database of its
own in it, copied from one that has the tables already.
"""

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from opgavebord.storage.database import Database
from opgavebord.storage.log import Log
from opgavebord.storage.opening import storage
from opgavebord.storage.postgres import PostgresDatabase
from opgavebord.storage.tables import METADATA

Sort: TypeAlias = Literal["sqlite", "postgres"]
SORTS: Final[tuple[Sort, ...]] = ("sqlite", "postgres")
TABLES: Final = "tables"  # the database that the others are copies of

_made: set[str] = set()  # of these servers


@dataclass(frozen=True)
class Home:
    """Where a database is: `open` it once, twice, or again after it was closed."""

    sort: Sort
    folder: Path
    address: str = ""

    @asynccontextmanager
    async def open(self) -> AsyncIterator[tuple[Database, Log]]:
        database, log = storage(self.folder, self.address)
        await database.open()
        try:
            yield database, log
        finally:
            await database.close()


@asynccontextmanager
async def a_home(sort: Sort, folder: Path, server: Callable[[], str]) -> AsyncIterator[Home]:
    """`server`: the address of a PostgreSQL; asked only where one is needed."""
    if sort == "sqlite":
        yield Home(sort, folder)
        return
    async with a_database(server(), copy=True) as address:
        yield Home(sort, folder, address)


@asynccontextmanager
async def a_database(server: str, *, copy: bool = False) -> AsyncIterator[str]:
    """A database of its own in a PostgreSQL, empty or with our tables; its address."""
    if copy and server not in _made:
        await tell(server, f"CREATE DATABASE {TABLES}")
        first = PostgresDatabase(named(server, TABLES))
        await first.open()
        await first.close()
        _made.add(server)
    name = f"test_{secrets.token_hex(6)}"
    await tell(server, f"CREATE DATABASE {name}" + (f" TEMPLATE {TABLES}" if copy else ""))
    try:
        yield named(server, name)
    finally:
        await tell(server, f"DROP DATABASE {name} WITH (FORCE)")


async def everything(database: Database) -> str:
    """All that stands in any table, to look for what must not be there."""
    return await database.run(
        lambda connection: "\n".join(
            f"{rows.name} {row}"
            for rows in METADATA.sorted_tables
            for row in connection.execute(rows.select())
        )
    )


async def tell(address: str, *statements: str) -> None:
    line = await asyncpg.connect(address)
    try:
        for statement in statements:
            await line.execute(statement)
    finally:
        await line.close()


def named(server: str, name: str) -> str:
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
