"""The database of a town: PostgreSQL, used by several processes at once.

Every use is one transaction, READ COMMITTED, on a connection of a small pool. What must not happen twice is
held apart by row locks and unique keys, not by a stronger isolation: all writers of a sprint meet on its row.

Each new connection is asked whether the server keeps its promises (`PROMISES`): fsync, full page writes and
synchronous commit on. One that would lose what it said it kept is not used. It must be the
primary too: a copy that lags is not the truth.

When the connection breaks while COMMIT is under way, nobody knows whether it was kept. That is a
`StorageTrouble` as well: who tries again finds out by what is there (`log.py`). When it breaks before that, nothing was
kept, and the same work is done once more on another connection, as after a deadlock.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final, NoReturn, Protocol, TypeVar, cast

import asyncpg
from sqlalchemy import Connection, event
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from .trouble import StorageLost, StorageTrouble
from .turns import number_of

CONNECTIONS: Final = 8  # of one process; PostgreSQL has 100 as it comes
WAIT_SECONDS: Final = 5.0  # for a connection of the pool
CONNECT_SECONDS: Final = 5.0
ANSWER_SECONDS: Final = 10.0
WORK_SECONDS: Final = 12.0  # a whole transaction; who hangs is given up, and not tried again
TRIES: Final = 4  # of one piece of work
PAUSE_SECONDS: Final = 0.01  # before it is done again, and longer each time
MIGRATION_WAIT: Final = "60s"  # for another process that brings the tables up to date
DDL_WAIT: Final = "2s"  # for a table that others use: rather later than that all wait behind us

PROMISES: Final = ("fsync", "full_page_writes", "synchronous_commit")
"""Settings of the server that decide whether a commit survives a power cut: anything but off."""

SETTINGS: Final = {
    "application_name": "opgavebord",
    "timezone": "UTC",
    "default_transaction_isolation": "read committed",
    "lock_timeout": "2s",  # a process that hangs with a lock costs others no more than this
    "statement_timeout": "9s",
    "idle_in_transaction_session_timeout": "10s",  # and its lock goes
    "tcp_user_timeout": "10000",  # also when its machine is gone
}

TROUBLE: Final = (
    "08",  # connection
    "28",  # who we say we are
    "3D",  # there is no such database
    "53",  # disk full, out of memory, too many connections
    "57",  # shutting down, starting up, cancelled
    "25006",  # a copy, not the primary
    "25P03",  # we were too long in a transaction
    "42501",  # we may not
    "55P03",  # a lock was not to be had
    "58030",  # it can not read or write; what it could not, it rolls back
)
LOST: Final = ("XX001", "XX002")  # data, or an index, is damaged
AGAIN: Final = (
    "40001",  # two transactions in each other's way
    "40P01",  # a deadlock
    "0A000",  # the plan of a statement is of before a migration
)

T = TypeVar("T")


class Line(Protocol):
    """A connection of the driver, which says no types, as far as we use it."""

    async def execute(self, statement: str, *values: Any) -> str: ...
    async def fetch(self, statement: str, *values: Any) -> list[Any]: ...
    async def fetchrow(self, statement: str, *values: Any) -> Any: ...
    async def fetchval(self, statement: str, *values: Any) -> Any: ...
    def is_closed(self) -> bool: ...
    def terminate(self) -> None: ...


class PostgresDatabase:
    """A pool of connections to one PostgreSQL. Open, run, close."""

    kind: Final = "postgresql"

    def __init__(
        self, address: str, password: Path | None = None, *, connections: int = CONNECTIONS
    ) -> None:
        """`address`: postgresql://user@host:port/name. `password`: the file it stands in."""
        self._address = address
        self._password = password
        self._connections = connections
        self._engine: AsyncEngine | None = None
        self._lost: StorageLost | None = None
        self._working: set[asyncio.Task[Any]] = set()

    # -- opening and closing ----------------------------------------------------------

    async def open(self) -> None:
        """Connect, look whether it can be trusted, and bring its tables up to date. Several processes
        may do this at the same time."""
        from .migrations import upgrade_server

        try:
            patient = create_async_engine(_DIALECT, async_creator=self._patient, poolclass=NullPool)
            async with patient.begin() as connection:
                await connection.run_sync(upgrade_server, MIGRATION_WAIT, DDL_WAIT)
        except Exception as trouble:
            _raise(trouble)
        self._engine = create_async_engine(
            _DIALECT,
            async_creator=self._connect,
            pool_size=self._connections,
            max_overflow=0,
            pool_timeout=WAIT_SECONDS,
        )
        event.listen(self._engine.sync_engine, "checkout", _still_there)

    async def close(self) -> None:
        if self._working:
            await asyncio.wait(self._working)
        if self._engine is not None:
            await self._engine.dispose()
            self._engine = None

    async def _connect(self) -> Line:
        return await self._line(ANSWER_SECONDS)

    async def _patient(self) -> Line:
        """A connection for what may take long, and is not done while people wait."""
        line = await self._line(None)
        await line.execute("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0")
        return line

    async def _line(self, answer: float | None) -> Line:
        line: Line = await asyncpg.connect(
            dsn=self._address,
            password=self._secret,  # asked anew for each connection
            timeout=CONNECT_SECONDS,
            command_timeout=answer,
            target_session_attrs="primary",
            server_settings=SETTINGS,
        )
        try:
            await _trust(line)
        except BaseException:
            line.terminate()
            raise
        return line

    def _secret(self) -> str | None:
        return None if self._password is None else self._password.read_text("utf-8").strip()

    # -- using ------------------------------------------------------------------------

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Do this in one transaction of its own. See `database.py`."""

        async def once(connection: AsyncConnection, committing: Callable[[], None]) -> T:
            begun = await connection.begin()
            done: T = await connection.run_sync(work)
            committing()
            await begun.commit()
            return done

        return await self._finish(self._do(once))

    async def at_length(self, work: Callable[[Connection], T]) -> T:
        """`run`, for what may take minutes. It is tried once. See `database.py`."""
        return await asyncio.to_thread(asyncio.run, self._at_length(work, snapshot=False))

    async def scrub(self, *, rebuild: bool) -> bool:
        """PostgreSQL's autovacuum does it, in its own time; see `docs/running.md`."""
        return True

    async def copy_to(self, to: Path, tell: Callable[[float], None]) -> None:
        """One snapshot, in a thread with a loop of its own: writing a file is nothing for ours."""
        from .pouring import pour_out

        work = self._at_length(lambda connection: pour_out(connection, to, tell), snapshot=True)
        await asyncio.to_thread(asyncio.run, work)

    async def _at_length(self, work: Callable[[Connection], T], *, snapshot: bool) -> T:
        try:
            patient = create_async_engine(_DIALECT, async_creator=self._patient, poolclass=NullPool)
            async with patient.connect() as connection:
                if snapshot:
                    await connection.execution_options(
                        isolation_level="REPEATABLE READ", postgresql_readonly=True
                    )
                async with connection.begin():
                    return await connection.run_sync(work)
        except Exception as trouble:
            _raise(trouble)

    async def look_at(self, work: Callable[[Connection], T]) -> T:
        """For what looks at everything as it is at one moment. Needs no `open`."""
        return await self._at_length(work, snapshot=True)

    async def run_bare(self, work: Callable[[Line], Awaitable[T]]) -> T:
        """`run`, with the driver's own connection: for the log, whose statements are ready text."""

        async def once(connection: AsyncConnection, committing: Callable[[], None]) -> T:
            line = cast("Line", (await connection.get_raw_connection()).driver_connection)
            try:
                await line.execute("BEGIN")
                done = await work(line)
                committing()
                if await line.execute("COMMIT") != "COMMIT":
                    raise StorageTrouble("PostgreSQL rolled back instead of committing")
            except (asyncio.CancelledError, TimeoutError):  # it hangs: not another word to it
                line.terminate()
                raise
            except BaseException:
                await _give_back(connection, line)
                raise
            return done

        return await self._finish(self._do(once))

    @asynccontextmanager
    async def alone(self, what: str) -> AsyncIterator[None]:
        """Only one process at a time does this; the others wait."""
        try:
            line = await self._patient()
            await line.execute("SET lock_timeout = 0")
            await line.execute(f"SELECT pg_advisory_lock({number_of(what)})")
        except Exception as trouble:
            _raise(trouble)
        try:
            yield
        finally:
            line.terminate()  # and with it the lock

    async def _do(self, once: Callable[[AsyncConnection, Callable[[], None]], Awaitable[T]]) -> T:
        """Do it, and again where nothing was kept for a reason that passes at once."""
        for tried in range(1, TRIES + 1):
            if self._lost is not None:
                raise self._lost
            assert self._engine is not None, "the database is not open"
            committing = False

            def commits() -> None:
                nonlocal committing
                committing = True

            try:
                async with (
                    asyncio.timeout(WORK_SECONDS),
                    self._engine.connect() as connection,
                ):
                    return await once(connection, commits)
            except Exception as trouble:
                judged = judge(trouble)
                if isinstance(judged, StorageLost):
                    self._lost = judged  # from here on nothing may be promised
                broke = _broke(trouble) and not isinstance(_cause(trouble), TimeoutError)
                passes = _code(trouble) in AGAIN or (broke and not committing)
                if not passes or tried == TRIES:
                    _raise(trouble)
            await asyncio.sleep(PAUSE_SECONDS * tried**2)
        raise AssertionError("the last try returned or raised")

    async def _finish(self, work: Coroutine[Any, Any, T]) -> T:
        """What has begun is finished, also when who asked does not wait for it any more."""
        task = asyncio.create_task(work)
        self._working.add(task)
        task.add_done_callback(self._done)
        return await asyncio.shield(task)

    def _done(self, task: "asyncio.Task[Any]") -> None:
        self._working.discard(task)
        if not task.cancelled():
            task.exception()  # somebody may have stopped waiting for it


_DIALECT: Final = "postgresql+asyncpg://"  # where and who is for `_line` to know


async def _trust(line: Line) -> None:
    """Raises `StorageLost` where the server would not keep what it says it kept."""
    asked = ", ".join(f"current_setting('{name}')" for name in (*PROMISES, "server_encoding"))
    *found, encoding = await line.fetchrow(f"SELECT {asked}")
    for name, said in zip(PROMISES, found, strict=True):
        if said == "off":
            raise StorageLost(
                f"this PostgreSQL has {name} off and would lose what it said it kept; switch it on"
            )
    if encoding != "UTF8":
        raise StorageLost(f"this PostgreSQL database is in {encoding}; make one in UTF8")


def _still_there(line: Any, _record: object, _proxy: object) -> None:
    """A connection that closed while it lay in the pool is left; the pool makes another."""
    if line.driver_connection.is_closed():
        raise DisconnectionError("it was closed meanwhile")


async def _give_back(connection: AsyncConnection, line: Line) -> None:
    """Leave no transaction open on a connection of the pool."""
    with suppress(Exception):
        if not line.is_closed():
            await line.execute("ROLLBACK")
            return
    line.terminate()
    with suppress(Exception):
        await connection.invalidate()


# --- what kind of trouble -----------------------------------------------------------------


def judge(trouble: Exception) -> Exception:
    """Trouble, lost, or a mistake of ours that stays as it is."""
    if isinstance(trouble, StorageTrouble | StorageLost):
        return trouble
    code = _code(trouble)
    said = str(_cause(trouble)).partition("\n")[0] or type(trouble).__name__
    if code in LOST:
        return StorageLost(f"PostgreSQL {code}: {said}")
    if code in AGAIN or code.startswith(TROUBLE):
        return StorageTrouble(f"PostgreSQL {code}: {said}")
    if _broke(trouble) or isinstance(trouble, PoolTimeout):
        return StorageTrouble(f"PostgreSQL: {said}")
    return trouble


def _raise(trouble: Exception) -> NoReturn:
    judged = judge(trouble)
    if judged is trouble:
        raise trouble
    raise judged from trouble


def _cause(trouble: BaseException) -> BaseException:
    """The driver's own, which SQLAlchemy wraps twice."""
    if isinstance(trouble, DBAPIError) and trouble.orig is not None:
        return trouble.orig.__cause__ or trouble.orig
    return trouble


def _code(trouble: BaseException) -> str:
    """The five characters by which PostgreSQL says what it is; empty where it said nothing."""
    return getattr(_cause(trouble), "sqlstate", None) or ""


def _broke(trouble: BaseException) -> bool:
    """The connection is not there, or not any more."""
    cause = _cause(trouble)
    if isinstance(cause, OSError | asyncpg.InternalClientError):  # also a timeout
        return True
    if isinstance(cause, asyncpg.InterfaceError):  # also what is wrong with a value of ours
        return not isinstance(cause, ValueError)
    return _code(trouble).startswith(("08", "57P01", "57P02", "25P03"))
