"""The log of every sprint, in SQLite.

Group commit in two places: a room hands over all that queued up while its last append ran, and what
several rooms hand over while a transaction runs goes into the next one together. One fsync for all.

What a row looks like is in `event_rows.py`.

The statements are made by SQLAlchemy once, from the tables, and run by the driver with plain tuples:
several times faster than building them for each row.
"""

import asyncio
import sqlite3
from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Integer,
    LargeBinary,
    Table,
    bindparam,
    cast,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import insert as upserting

from ..sprint.entry import Entry
from ..sprint.sprint import KINDS, Kind
from ..sync.effects import Append
from . import event_rows
from .sqlite import SqliteDatabase
from .tables import METADATA, ROWS, EventRow, SprintRow, names, table
from .trouble import StorageLost, StorageTrouble

# --- statements, made once ----------------------------------------------------------------


def _sql(statement: Any) -> str:
    """The text of a statement for the driver, with `?` in the order of its parameters."""
    return str(statement.compile(dialect=sqlite.dialect(paramstyle="qmark")))


def _upsert(rows: Table) -> Any:
    keys = [column.name for column in rows.primary_key]
    made = upserting(rows).values({column.name: bindparam(column.name) for column in rows.columns})
    rest = {c.name: made.excluded[c.name] for c in rows.columns if c.name not in keys}
    return made.on_conflict_do_update(index_elements=keys, set_=rest)


_sprints: Final = table(SprintRow)
_events: Final = table(EventRow)
_HEAD: Final = _sql(select(_sprints.c.head).where(_sprints.c.id == bindparam("sprint")))
_ADVANCE: Final = _sql(
    update(_sprints).values(head=bindparam("to")).where(_sprints.c.id == bindparam("sprint"))
)
_CREATE: Final = _sql(
    upserting(_sprints)
    .values({column.name: bindparam(column.name) for column in _sprints.columns})
    .on_conflict_do_nothing()
)
_ALL: Final = _sql(select(_sprints.c.id).order_by(_sprints.c.made, _sprints.c.id))
_WRITE_EVENT: Final = _sql(insert(_events))
_SINCE: Final = (
    _sql(
        # cast, so that also a damaged row comes out, and as bytes: they need not be UTF-8 any more
        select(
            *(
                cast(column, Integer if isinstance(column.type, Integer) else LargeBinary)
                for column in _events.columns
                if column is not _events.c.sprint
            )
        )
        .where(_events.c.sprint == bindparam("sprint"), _events.c.seq > bindparam("after"))
        .order_by(_events.c.seq)
    )
    + " LIMIT ?"
)  # SQLAlchemy would ask for an offset too
_NO_LIMIT: Final = -1
_WRITE: Final[dict[Kind, str]] = {
    "sprint": _sql(
        update(_sprints)
        .values({name: bindparam(f"new_{name}") for name in names("sprint")})
        .where(_sprints.c.id == bindparam("sprint"))
    ),
    **{kind: _sql(_upsert(table(ROWS[kind]))) for kind in KINDS if kind != "sprint"},
}
_DROP: Final[dict[Kind, str]] = {
    "sprint": _sql(
        update(_sprints).values(evening=None).where(_sprints.c.id == bindparam("sprint"))
    ),
    **{
        kind: _sql(
            delete(rows).where(rows.c.sprint == bindparam("sprint"), rows.c.id == bindparam("id"))
        )
        for kind, rows in ((kind, table(ROWS[kind])) for kind in KINDS)
        if kind != "sprint"
    },
}


# --- the log ------------------------------------------------------------------------------


class SqliteLog:
    """Every sprint's log in one SQLite file."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database
        self._waiting: list[tuple[str, Append, asyncio.Future[bool]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def create(self, sprint: str) -> None:
        await self._database.run(lambda connection: _create(connection, sprint))

    async def append(self, sprint: str, append: Append) -> bool:
        told: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((sprint, append, told))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        return await asyncio.shield(told)

    async def since(self, sprint: str, seq: int, most: int | None = None) -> list[Entry]:
        return await self._database.run(lambda connection: read(connection, sprint, seq, most))

    async def head(self, sprint: str) -> int | None:
        return await self._database.run_bare(lambda driver: _head(driver, sprint))

    async def heads(self, sprints: Collection[str]) -> dict[str, int]:
        asked = tuple(sprints)

        def look(driver: sqlite3.Connection) -> dict[str, int]:
            return {one: head for one in asked if (head := _head(driver, one)) is not None}

        return await self._database.run_bare(look)

    async def sprints(self) -> list[str]:
        return await self._database.run(
            lambda connection: [row[0] for row in connection.exec_driver_sql(_ALL)]
        )

    async def forget(self, sprint: str) -> None:
        await self._database.run_bare(lambda driver: _forget(driver, sprint))

    async def _write(self) -> None:
        """Write whatever waits, all in one transaction, until nothing waits."""
        try:
            while self._waiting:
                group, self._waiting = self._waiting, []
                await self._write_group(group)
        finally:
            self._writing = None

    async def _write_group(self, group: list[tuple[str, Append, asyncio.Future[bool]]]) -> None:
        asked = [(sprint, append) for sprint, append, _ in group]
        try:
            answers = await self._database.run_bare(
                lambda driver: [_append(driver, sprint, append) for sprint, append in asked]
            )
        except (StorageTrouble, StorageLost) as trouble:
            for _, _, told in group:
                _tell(told, trouble)
        except Exception as trouble:
            if len(group) == 1:  # this one is the culprit
                _tell(group[0][2], trouble)
                return
            for one in group:  # nobody suffers from another sprint's mistake
                await self._write_group([one])
        else:
            for (_, _, told), answer in zip(group, answers, strict=True):
                if not told.done():
                    told.set_result(answer)


def _tell(told: "asyncio.Future[bool]", trouble: Exception) -> None:
    if not told.done():
        told.set_exception(trouble)


def _create(connection: Connection, sprint: str) -> None:
    made = connection.exec_driver_sql("SELECT coalesce(max(made), 0) FROM sprint").scalar_one()
    row = {**event_rows.empty_sprint(sprint), "made": made + 1}
    connection.exec_driver_sql(_CREATE, tuple(row[column.name] for column in _sprints.columns))


def _forget(driver: sqlite3.Connection, sprint: str) -> None:
    """Every row that belongs to the sprint, whichever room's table it stands in; the sprint last."""
    for rows in reversed(METADATA.sorted_tables):
        for key in rows.foreign_keys:
            if key.target_fullname == "sprint.id":
                mine = rows.c[key.parent.name] == bindparam("sprint")
                driver.execute(_sql(delete(rows).where(mine)), (sprint,))
    driver.execute(_sql(delete(_sprints).where(_sprints.c.id == bindparam("sprint"))), (sprint,))


def _head(driver: sqlite3.Connection, sprint: str) -> int | None:
    row = driver.execute(_HEAD, (sprint,)).fetchone()
    return None if row is None else row[0]


def _append(driver: sqlite3.Connection, sprint: str, append: Append) -> bool:
    if _head(driver, sprint) != append.expected:
        return False
    if not append.entries:
        return True
    driver.executemany(
        _WRITE_EVENT, [event_rows.event_row(sprint, entry) for entry in append.entries]
    )
    for kind, rows in event_rows.rows_by_kind(sprint, append.written).items():
        driver.executemany(_WRITE[kind], rows)
    for kind, id in append.dropped:
        driver.execute(_DROP[kind], (sprint,) if kind == "sprint" else (sprint, id))
    driver.execute(_ADVANCE, (append.entries[-1].seq, sprint))
    return True


def read(connection: Connection, sprint: str, seq: int = 0, most: int | None = None) -> list[Entry]:
    """The entries of a sprint after this number; all, or so many at the most."""
    rows = connection.exec_driver_sql(_SINCE, (sprint, seq, _NO_LIMIT if most is None else most))
    return [event_rows.entry(*row) for row in rows]
