"""A program that brings a database up to date and is killed at one of its statements, one after the other.

    python -m tests.storage.migrating sqlite FOLDER EVERY
    python -m tests.storage.migrating postgres ADDRESS EVERY

FOLDER holds a database of the first tables; ADDRESS is a PostgreSQL in which a database `first` is one.
Each try works on a copy, in a child that kills itself with SIGKILL just before its n-th statement; then
another child starts as a server does. It says a line for each: n, what was found after the kill, and
whether all was well after the next start.
"""

import asyncio
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import alembic.command  # noqa: F401 - once, and not in every child
import asyncpg
from sqlalchemy import event
from sqlalchemy.engine import Engine

from opgavebord.storage import check as checking
from opgavebord.storage import migrations, sqlite
from opgavebord.storage.postgres import PostgresDatabase
from opgavebord.storage.sqlite import FILE, SqliteDatabase
from tests.storage.databases import named, tell


def killing_at(n: int) -> Callable[..., None]:
    left = n

    def statement(*_: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return statement


def in_a_child(work: Callable[[], None]) -> int:
    """How it ended: 0, or the signal that did."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException as trouble:
            sys.stderr.write(f"{trouble!r}\n")
            os._exit(1)
    _, status = os.waitpid(child, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


async def _open(database: SqliteDatabase | PostgresDatabase) -> None:
    await database.open()
    await database.close()


def kill_sqlite(first: Path, every: int) -> None:
    n = 1
    while True:
        folder = first.with_name(f"try-{n}")
        shutil.copytree(first, folder)

        def killed(folder: Path = folder, n: int = n) -> None:
            statement, really = killing_at(n), sqlite.set_pragmas

            def traced(connection: sqlite3.Connection) -> None:
                connection.set_trace_callback(statement)
                really(connection)

            sqlite.set_pragmas = traced
            asyncio.run(_open(SqliteDatabase(folder)))

        ended = in_a_child(killed)
        looking = sqlite3.connect(folder / FILE)
        (found,) = looking.execute("SELECT version_num FROM alembic_version").fetchone()
        looking.close()
        again = in_a_child(lambda folder=folder: asyncio.run(_open(SqliteDatabase(folder))))  # type: ignore[misc]
        saw = checking.check(folder)
        well = again == 0 and not saw.wrong and saw.entries == 2
        say(n, found, well)
        shutil.rmtree(folder)
        if ended == 0:
            return
        n += every


def kill_postgres(address: str, every: int) -> None:
    n = 1
    while True:
        name = f"try_{n}"
        asyncio.run(tell(address, f"CREATE DATABASE {name} TEMPLATE first"))
        at = named(address, name)

        def killed(at: str = at, n: int = n) -> None:
            statement = killing_at(n)
            event.listen(Engine, "before_cursor_execute", lambda *_: statement())
            asyncio.run(_open(PostgresDatabase(at)))

        ended = in_a_child(killed)
        found = asyncio.run(ask(at, "SELECT version_num FROM alembic_version"))
        again = in_a_child(lambda at=at: asyncio.run(_open(PostgresDatabase(at))))  # type: ignore[misc]
        newest = asyncio.run(ask(at, "SELECT version_num FROM alembic_version"))
        title = asyncio.run(ask(at, "SELECT title FROM sprint"))
        say(n, found, again == 0 and newest == migrations.NEWEST and title == "Vitale kernen")
        asyncio.run(tell(address, f"DROP DATABASE {name} WITH (FORCE)"))
        if ended == 0:
            return
        n += every


async def ask(address: str, question: str) -> Any:
    line = await asyncpg.connect(address)
    try:
        return await line.fetchval(question)
    finally:
        await line.close()


def say(n: int, found: str, well: bool) -> None:
    sys.stdout.write(f"{n} {found} {'well' if well else 'broken'}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sort, where, every = sys.argv[1:]
    if sort == "sqlite":
        kill_sqlite(Path(where), int(every))
    else:
        kill_postgres(where, int(every))
