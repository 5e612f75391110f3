"""The log of every sprint, in PostgreSQL.

An append is one transaction: move the head of the sprint's row from `expected` to the last new number, or
stop, for it is not there; write the entries; write the rows. That first statement takes the row's lock, so
writers of one sprint come one after the other, in ten processes too, and each sees what the one before did.

Group commit in two places: a room hands over all that queued up while its last append ran, and PostgreSQL
flushes once for the connections that commit at the same moment. Appends of one sprint keep the order in which
they were asked here; those of different sprints go beside each other.

Many rows are one statement, with a list for each column: its cost hardly grows with their number.
"""

import asyncio
from collections.abc import Collection
from typing import Any, Final
from weakref import WeakValueDictionary

from sqlalchemy import BigInteger, Boolean, Integer, Table

from ..sprint.entry import Entry
from ..sprint.sprint import KINDS, Kind
from ..sync.effects import Append
from . import event_rows
from .postgres import Line, PostgresDatabase
from .tables import METADATA, ROWS, EventRow, SprintRow, names, table
from .turns import number_of

# --- statements, made once ----------------------------------------------------------------


def _quote(name: str) -> str:
    """Some of our names are words of SQL."""
    return f'"{name}"'


def _sort(column: Any) -> str:
    """The type of a column's list."""
    if isinstance(column.type, Boolean):
        return "bool[]"
    if isinstance(column.type, BigInteger | Integer):
        return "int8[]"
    return "text[]"


def _insert(rows: Table) -> str:
    """Many rows; a parameter for each column."""
    columns = ", ".join(_quote(column.name) for column in rows.columns)
    lists = ", ".join(f"${at}::{_sort(column)}" for at, column in enumerate(rows.columns, start=1))
    return f"INSERT INTO {_quote(rows.name)} ({columns}) SELECT * FROM unnest({lists})"  # noqa: S608


def _upsert(rows: Table) -> str:
    keys = [column.name for column in rows.primary_key]
    rest = [_quote(column.name) for column in rows.columns if column.name not in keys]
    news = ", ".join(f"{name} = excluded.{name}" for name in rest)
    return f"{_insert(rows)} ON CONFLICT ({', '.join(map(_quote, keys))}) DO UPDATE SET {news}"


def _update_sprint() -> str:
    fields = names("sprint")
    news = ", ".join(f"{_quote(name)} = ${at}" for at, name in enumerate(fields, start=1))
    return f"UPDATE sprint SET {news} WHERE id = ${len(fields) + 1}"  # noqa: S608


_HEAD: Final = "SELECT head FROM sprint WHERE id = $1"
_HEADS: Final = "SELECT id, head FROM sprint WHERE id = ANY($1::text[])"
_ADVANCE: Final = "UPDATE sprint SET head = $3 WHERE id = $1 AND head = $2"
_ALL: Final = "SELECT id FROM sprint ORDER BY made, id"
_LAST_MADE: Final = "SELECT coalesce(max(made), 0) FROM sprint"
_CREATE: Final = _insert(table(SprintRow)) + " ON CONFLICT DO NOTHING"
_HOLD: Final = "SELECT 1 FROM sprint WHERE id = $1 FOR UPDATE"
_WRITE_EVENTS: Final = _insert(table(EventRow))
_COLUMNS: Final = ", ".join(_quote(name) for name in event_rows.EVENT_COLUMNS if name != "sprint")
_SINCE: Final = f"SELECT {_COLUMNS} FROM event WHERE sprint = $1 AND seq > $2 ORDER BY seq LIMIT $3"  # noqa: S608
_WRITE: Final[dict[Kind, str]] = {
    kind: _upsert(table(ROWS[kind])) for kind in KINDS if kind != "sprint"
}
_UPDATE_SPRINT: Final = _update_sprint()
_DROP: Final[dict[Kind, str]] = {
    "sprint": "UPDATE sprint SET evening = NULL WHERE id = $1",
    **{
        kind: f"DELETE FROM {_quote(table(ROWS[kind]).name)} WHERE sprint = $1 AND id = $2"  # noqa: S608
        for kind in KINDS
        if kind != "sprint"
    },
}
_FORGET: Final = tuple(
    f"DELETE FROM {_quote(rows.name)} WHERE {_quote(key.parent.name)} = $1"  # noqa: S608
    for rows in reversed(METADATA.sorted_tables)
    for key in rows.foreign_keys
    if key.target_fullname == "sprint.id"
)
_FORGET_SPRINT: Final = "DELETE FROM sprint WHERE id = $1"


# --- the log ------------------------------------------------------------------------------


class PostgresLog:
    """Every sprint's log in one PostgreSQL, beside other processes."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def create(self, sprint: str) -> None:
        await self._database.run_bare(lambda line: _create(line, sprint))

    async def append(self, sprint: str, append: Append) -> bool:
        return await asyncio.shield(asyncio.create_task(self._append(sprint, append)))

    async def _append(self, sprint: str, append: Append) -> bool:
        turn = self._turns.get(sprint)
        if turn is None:
            turn = self._turns[sprint] = asyncio.Lock()
        async with turn:
            return await self._database.run_bare(lambda line: _append(line, sprint, append))

    async def since(self, sprint: str, seq: int, most: int | None = None) -> list[Entry]:
        rows = await self._database.run_bare(lambda line: line.fetch(_SINCE, sprint, seq, most))
        return [event_rows.entry(*row) for row in rows]

    async def head(self, sprint: str) -> int | None:
        head: int | None = await self._database.run_bare(lambda line: line.fetchval(_HEAD, sprint))
        return head

    async def heads(self, sprints: Collection[str]) -> dict[str, int]:
        asked = list(sprints)
        rows = await self._database.run_bare(lambda line: line.fetch(_HEADS, asked))
        return {row[0]: row[1] for row in rows}

    async def sprints(self) -> list[str]:
        rows = await self._database.run_bare(lambda line: line.fetch(_ALL))
        return [row[0] for row in rows]

    async def forget(self, sprint: str) -> None:
        await self._database.run_bare(lambda line: _forget(line, sprint))


async def _create(line: Line, sprint: str) -> None:
    await line.execute(f"SELECT pg_advisory_xact_lock({number_of('made')})")
    made = await line.fetchval(_LAST_MADE)
    row = {**event_rows.empty_sprint(sprint), "made": made + 1}
    await line.execute(_CREATE, *([row[column.name]] for column in table(SprintRow).columns))


async def _append(line: Line, sprint: str, append: Append) -> bool:
    if not append.entries:
        return bool(await line.fetchval(_HEAD, sprint) == append.expected)
    moved = await line.execute(_ADVANCE, sprint, append.expected, append.entries[-1].seq)
    if moved != "UPDATE 1":
        return False
    events = [event_rows.event_row(sprint, entry) for entry in append.entries]
    await line.execute(_WRITE_EVENTS, *_lists(events))
    for kind, rows in event_rows.rows_by_kind(sprint, append.written).items():
        if kind == "sprint":
            await line.execute(_UPDATE_SPRINT, *rows[-1])
        else:
            await line.execute(_WRITE[kind], *_lists(rows))
    for kind, id in append.dropped:
        await line.execute(_DROP[kind], *((sprint,) if kind == "sprint" else (sprint, id)))
    return True


def _lists(rows: list[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


async def _forget(line: Line, sprint: str) -> None:
    """Every row that belongs to the sprint, whichever room's table it stands in; the sprint last. Who wants
    to append waits, and finds no sprint."""
    if await line.fetchval(_HOLD, sprint) is None:
        return
    for statement in _FORGET:
        await line.execute(statement, sprint)
    await line.execute(_FORGET_SPRINT, sprint)
