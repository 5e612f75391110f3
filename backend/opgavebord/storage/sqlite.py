"""The database: one file, one connection, one thread.

SQLite versions before 3.51.3, and that is what most systems ship, can lose committed
transactions when *two* connections use a WAL file and one of them checkpoints. So this process has
exactly one connection, and every use of it goes through `SqliteDatabase.run`, which hands a function to
the one thread that owns it. The event loop never waits for a disk.

Invariants, each read back when the file is opened (`Pragmas`): WAL, `synchronous=FULL` (a commit
has reached the disk, also if the power fails), foreign keys on. A transaction begins IMMEDIATE: one
that begins by reading and then wants to write can fail without waiting.

A second server on the same folder is refused by a lock on a file beside the database. While a database
is open that file says so, and then a `-wal` lies beside it: the newest work is in there. Said, and no
`-wal`: somebody took it away, and SQLite alone would go on with what is older.
"""

import asyncio
import contextlib
import fcntl
import os
import sqlite3
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from . import backup, replacing
from .trouble import StorageBusy, StorageLost, judge

FILE: Final = "opgavebord.sqlite3"
LOCK: Final = "opgavebord.lock"
BUSY_MS: Final = 5_000

PRAGMAS: Final[dict[str, tuple[str, Any]]] = {
    # what we ask for, and what reading it back must answer
    "journal_mode": ("WAL", "wal"),
    "synchronous": ("FULL", 2),
    "foreign_keys": ("ON", 1),
    "busy_timeout": (str(BUSY_MS), BUSY_MS),
    "secure_delete": ("ON", 1),  # what is wiped is overwritten, not only let go of
}
DAMAGED: Final = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
IN_USE: Final = b"in use\n"

AGAIN: Final = "Put a backup back with `opgavebord restore`"
T = TypeVar("T")


class SqliteDatabase:
    """The one connection to the one file. Open, run, close."""

    kind: Final = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / FILE
        self._wal = self.path.with_name(f"{FILE}-wal")
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="storage")
        self._engine: Engine | None = None
        self._connection: Connection | None = None
        self._lock: int | None = None
        self._lost: StorageLost | None = None
        self._in_use = False  # the lock says that a `-wal` must be there
        self._alone: dict[str, asyncio.Lock] = {}

    # -- opening and closing ----------------------------------------------------------

    async def open(self) -> None:
        """Take the folder, open the file, bring its tables up to date."""
        await self._in_thread(self._open)

    def _open(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = take(self.folder)
        try:
            replacing.finish(self.folder, self._lock)
            fresh = not self.path.exists()
            if was_in_use(self.folder) and not self._wal.exists():
                raise StorageLost(
                    f"{self._wal.name} is missing, and with it the newest work. {AGAIN}"
                )
            self._engine = engine(self.path)
            self._connection = self._engine.connect()
            if fresh:
                os.chmod(self.path, 0o600)
            else:
                _look_through(self._connection)
            from .migrations import upgrade

            upgrade(self._connection, self.path, fresh=fresh)
            if self._wal.exists():  # not before the first transaction
                backup.sync(self.folder)  # its name is on the disk before we say so
                _say(self._lock, IN_USE)
                self._in_use = True
        except (DBAPIError, sqlite3.Error) as trouble:
            self._close()
            raise _at_the_start(trouble) from trouble
        except BaseException:
            self._close()
            raise

    async def close(self) -> None:
        await self._in_thread(self._close)
        self._thread.shutdown(wait=False)

    def _close(self) -> None:
        if self._connection is not None:
            if self._may_be_closed():
                self._connection.close()
            else:
                _never_let_go(self._connection)
                self._engine = None
            self._connection = None
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None
        if self._lock is not None:
            os.close(self._lock)  # and with it the lock
            self._lock = None

    def _may_be_closed(self) -> bool:
        """Closing brings the `-wal` into the file and removes it. Not so after an I/O error, when what
        we read of it need not be what the disk has; nor where that did not work just now."""
        if self._lost is not None:
            return False
        if self._in_use and self._lock is not None:
            if not self._emptied():
                return False
            _say(self._lock, b"")
        return True

    def _emptied(self) -> bool:
        """Whether nothing is in the `-wal` any more that is not in the file as well."""
        assert self._connection is not None
        driver = self._connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        with contextlib.suppress(sqlite3.Error):
            busy, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return not busy
        return False

    # -- using ------------------------------------------------------------------------

    async def scrub(self, *, rebuild: bool) -> bool:
        """What is deleted is overwritten at once (`secure_delete`); what the `-wal` still holds of it goes
        here. See `database.py`."""
        return await self._in_thread(self._scrub, rebuild)

    def _scrub(self, rebuild: bool) -> bool:
        if self._lost is not None:
            raise self._lost
        assert self._connection is not None, "the database is not open"
        if rebuild:
            driver = self._connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            try:
                driver.execute("VACUUM")
            except sqlite3.Error as trouble:
                raise judge(trouble) from trouble
        return self._emptied()

    async def copy_to(self, to: Path, tell: Callable[[float], None]) -> None:
        """The whole database as it is at one moment, in a SQLite file. Holds nobody up."""
        await asyncio.to_thread(backup.copy_file, self.path, to, tell)

    async def at_length(self, work: Callable[[Connection], T]) -> T:
        """`run`. See `database.py`."""
        return await self.run(work)

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Do this with the connection, in one transaction of its own, off the event loop.

        When this returns, what it wrote is on the disk. When it raises, nothing was written; or, if
        it raises `StorageLost`, nobody knows.
        """
        return await self._in_thread(self.run_here, work)

    def run_here(self, work: Callable[[Connection], T]) -> T:
        """`run`, for code that is in the database's thread already."""
        if self._lost is not None:
            raise self._lost
        assert self._connection is not None, "the database is not open"
        try:
            with self._connection.begin():
                return work(self._connection)
        except DBAPIError as trouble:
            judged = _plain(trouble)
            if judged is trouble:
                raise
            if isinstance(judged, StorageLost):
                self._lost = judged  # from here on nothing may be promised
            raise judged from trouble

    async def run_bare(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """`run`, with the driver's own connection: for the log, whose statements are ready text."""
        return await self._in_thread(self._run_bare, work)

    def _run_bare(self, work: Callable[[sqlite3.Connection], T]) -> T:
        if self._lost is not None:
            raise self._lost
        assert self._connection is not None, "the database is not open"
        driver = self._connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        try:
            driver.execute("BEGIN IMMEDIATE")
            try:
                done = work(driver)
                driver.execute("COMMIT")
            except BaseException:
                if driver.in_transaction:  # SQLite may have rolled back by itself
                    driver.execute("ROLLBACK")
                raise
            return done
        except sqlite3.Error as trouble:
            judged = judge(trouble)
            if judged is trouble:
                raise
            if isinstance(judged, StorageLost):
                self._lost = judged
            raise judged from trouble

    @asynccontextmanager
    async def alone(self, what: str) -> AsyncIterator[None]:
        """Only one at a time does this; the others wait. Other processes are not there."""
        async with self._alone.setdefault(what, asyncio.Lock()):
            yield

    async def _in_thread(self, work: Callable[..., T], *values: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *values)


def engine(path: Path, *, look_only: bool = False) -> Engine:
    """An engine with one connection, with our pragmas, or a refusal to go on without them."""
    mode = "?mode=ro" if look_only else "?mode=rwc"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(
            path.absolute().as_uri() + mode,
            uri=True,
            isolation_level=None,  # no transactions behind our back: see "begin" below
            check_same_thread=False,  # closed by whoever closes; used by one thread
            timeout=BUSY_MS / 1000,
        )

    made = create_engine("sqlite://", creator=connect, poolclass=StaticPool)

    @event.listens_for(made, "connect")
    def _connected(connection: sqlite3.Connection, _record: object) -> None:
        if not look_only:
            set_pragmas(connection)

    @event.listens_for(made, "begin")
    def _began(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if look_only else "BEGIN IMMEDIATE")

    return made


def set_pragmas(connection: sqlite3.Connection) -> None:
    """Ask for each pragma and read it back; SQLite ignores silently what it can not give."""
    for name, (asked, expected) in PRAGMAS.items():
        connection.execute(f"PRAGMA {name}={asked}")
        got = connection.execute(f"PRAGMA {name}").fetchone()[0]
        if got != expected:
            raise StorageLost(f"SQLite does not give {name}={asked} but {got} on this disk")


def waiting_in_the_wal(folder: Path) -> int | None:
    """Bytes beside the database that a checkpoint has still to take in; None where there are none."""
    try:
        return (folder / f"{FILE}-wal").stat().st_size
    except OSError:
        return None


def take(folder: Path) -> int:
    """Hold the data folder, as long as this process lives. Raises `StorageBusy`."""
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as trouble:
        os.close(handle)
        raise StorageBusy(f"another Opgavebord already serves {folder}") from trouble
    return handle


def was_in_use(folder: Path) -> bool:
    """Whether the last who had this folder did not close the database; or has it now."""
    try:
        return (folder / LOCK).read_bytes() == IN_USE
    except FileNotFoundError:
        return False


def _say(lock: int, what: bytes) -> None:
    os.ftruncate(lock, 0)
    os.pwrite(lock, what, 0)
    os.fsync(lock)


def _never_let_go(connection: Connection) -> None:
    """Not even when Python ends: the next start is to find the files as they are."""
    import ctypes

    ctypes.pythonapi.Py_IncRef(ctypes.py_object(connection.connection.driver_connection))


def _look_through(connection: Connection) -> None:
    """A file that is damaged is not served. Raises `StorageLost`."""
    with connection.begin():
        wrong = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if wrong != "ok":
        said = str(wrong).splitlines()[-1]
        raise StorageLost(f"the database is damaged ({said}). {AGAIN}")


def _at_the_start(trouble: DBAPIError | sqlite3.Error) -> Exception:
    """The same trouble, with what to do about a file that SQLite can not read."""
    judged = _plain(trouble) if isinstance(trouble, DBAPIError) else judge(trouble)
    if isinstance(judged, StorageLost) and str(judged).startswith(DAMAGED):
        return StorageLost(f"the database is damaged ({judged}). {AGAIN}")
    return judged


def _plain(trouble: DBAPIError) -> Exception:
    """The driver's trouble judged, where it is the disk's; a mistake of ours stays as it is."""
    judged = judge(trouble.orig) if isinstance(trouble.orig, sqlite3.Error) else trouble
    return trouble if judged is trouble.orig else judged
