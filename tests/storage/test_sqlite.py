"""One file, one connection, one thread; and what happens when the disk does not answer."""

import contextlib
import os
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from opgavebord.storage.sqlite import FILE, PRAGMAS, SqliteDatabase, set_pragmas
from opgavebord.storage.trouble import StorageBusy, StorageLost, StorageTrouble, judge
from tests.server import ROOT


async def test_every_pragma_reads_back(database: SqliteDatabase) -> None:
    for name, (_, expected) in PRAGMAS.items():
        got = await database.run(lambda c, n=name: c.exec_driver_sql(f"PRAGMA {n}").scalar())
        assert got == expected, name


def test_a_disk_that_can_not_give_wal_is_refused() -> None:
    with (
        contextlib.closing(sqlite3.connect(":memory:")) as memory,  # which has no WAL
        pytest.raises(StorageLost, match="journal_mode"),
    ):
        set_pragmas(memory)


async def test_work_runs_in_the_one_thread(database: SqliteDatabase) -> None:
    threads = {await database.run(lambda _: threading.get_ident()) for _ in range(5)}
    assert len(threads) == 1
    assert threading.get_ident() not in threads


async def test_a_second_server_on_the_same_folder_is_refused(
    database: SqliteDatabase, tmp_path: Path
) -> None:
    second = SqliteDatabase(tmp_path)
    with pytest.raises(StorageBusy, match="already"):
        await second.open()


async def test_another_process_is_refused_too(database: SqliteDatabase, tmp_path: Path) -> None:
    code = (
        "import asyncio,sys;from pathlib import Path;"
        "from opgavebord.storage.sqlite import SqliteDatabase;"
        "asyncio.run(SqliteDatabase(Path(sys.argv[1])).open())"
    )
    backend = Path(__file__).parents[2] / "backend"
    ended = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(backend)},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert ended.returncode != 0
    assert "StorageBusy" in ended.stderr


async def test_the_folder_is_free_after_closing(tmp_path: Path) -> None:
    for _ in range(2):
        database = SqliteDatabase(tmp_path)
        await database.open()
        await database.close()


async def test_only_the_owner_reads_the_file(database: SqliteDatabase) -> None:
    assert stat.S_IMODE(database.path.stat().st_mode) == 0o600


async def test_work_that_raises_writes_nothing(database: SqliteDatabase) -> None:
    def half(connection):  # type: ignore[no-untyped-def]
        connection.exec_driver_sql("DELETE FROM alembic_version")
        raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        await database.run(half)
    count = await database.run(
        lambda c: c.exec_driver_sql("SELECT count(*) FROM alembic_version").scalar()
    )
    assert count == 1


async def test_a_row_that_points_to_nothing_is_refused(database: SqliteDatabase) -> None:
    with pytest.raises(IntegrityError, match="FOREIGN KEY"):
        await database.run(
            lambda c: c.exec_driver_sql("INSERT INTO invitation VALUES ('x', 'wand', 1, 'h')")
        )


async def test_a_file_that_somebody_else_holds_is_trouble_and_passes(
    database: SqliteDatabase,
) -> None:
    await database.run(lambda c: c.exec_driver_sql("SELECT 1"))
    driver = sqlite3.connect(database.path, isolation_level=None)
    try:
        driver.execute("BEGIN IMMEDIATE")
        connection = database._connection
        assert connection is not None
        connection.connection.driver_connection.execute("PRAGMA busy_timeout=10")  # type: ignore[union-attr]
        with pytest.raises(StorageTrouble, match="locked"):
            await database.run(lambda c: c.exec_driver_sql("SELECT 1"))
        driver.execute("ROLLBACK")
    finally:
        driver.close()
    await database.run(lambda c: c.exec_driver_sql("SELECT 1"))


async def test_after_an_io_error_nothing_is_promised_any_more(database: SqliteDatabase) -> None:
    def torn(_: object) -> None:
        from sqlalchemy.exc import OperationalError

        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
        error.sqlite_errorname = "SQLITE_IOERR_FSYNC"
        raise OperationalError("COMMIT", None, error)

    with pytest.raises(StorageLost, match="IOERR_FSYNC"):
        await database.run(torn)
    with pytest.raises(StorageLost):
        await database.run(lambda c: c.exec_driver_sql("SELECT 1"))


CLOSING = """
import asyncio, sys
from pathlib import Path
from opgavebord.storage.sqlite import SqliteDatabase
from opgavebord.storage.trouble import StorageLost

async def main():
    database = SqliteDatabase(Path(sys.argv[1]))
    await database.open()
    database._lost = StorageLost("SQLITE_IOERR_FSYNC") if len(sys.argv) > 2 else None
    await database.close()

asyncio.run(main())
"""


@pytest.mark.parametrize("lost", [(), ("lost",)], ids=["closed well", "after an I/O error"])
async def test_after_an_io_error_the_files_stay_as_they_are(
    tmp_path: Path, lost: tuple[str, ...]
) -> None:
    """Not even closing brings the log into the file: what is read of it need not be on the disk."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "backend")}
    for arguments in ((), lost):
        words = [sys.executable, "-c", CLOSING, str(tmp_path), *arguments]
        subprocess.run(words, check=True, env=environment)
    assert (tmp_path / f"{FILE}-wal").exists() == bool(lost)
    again = SqliteDatabase(tmp_path)
    await again.open()
    await again.close()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (sqlite3.SQLITE_IOERR_FSYNC, StorageLost),
        (sqlite3.SQLITE_CORRUPT, StorageLost),
        (sqlite3.SQLITE_FULL, StorageTrouble),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, StorageTrouble),
        (sqlite3.SQLITE_LOCKED, StorageTrouble),
        (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.OperationalError),
    ],
)
def test_what_kind_of_trouble_it_is(code: int, expected: type[Exception]) -> None:
    error = sqlite3.OperationalError("x")
    error.sqlite_errorcode = code
    error.sqlite_errorname = "X"
    assert type(judge(error)) is expected
