"""The log of every sprint, in PostgreSQL.

An append is one transaction: move the head of the sprint's row from `expected` to the last new number, or
stop, for it is not there; write the entries; write the rows. That first statement takes the row's lock, so
writers of one sprint come one after the other, in ten processes too, and each sees what the one before did.

Group commit in two places: a room hands over all that queued up while its last append ran, and PostgreSQL
flushes once for the connections that commit at the same moment. Appends of one sprint keep the order in which
they were asked here; those of different sprints go beside each other.

Who loses the race for a number has to read and to decide anew, while the winner is at its next append already,
and would win again. So the loser's reading takes the row's lock and keeps it until its append is there
(`_Turn`): others wait that long, and they take turns. What `log.py` promises does not change by it.

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

HOLD_SECONDS: Final = (
    0.1  # deciding takes milliseconds; a process that hangs holds others up no longer
)

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
        self._queues: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._lost: set[str] = set()  # sprints where another process was faster, just now
        self._turns: dict[str, _Turn] = {}

    async def create(self, sprint: str) -> None:
        await self._database.run_bare(lambda line: _create(line, sprint))

    async def append(self, sprint: str, append: Append) -> bool:
        return await asyncio.shield(asyncio.create_task(self._append(sprint, append)))

    async def _append(self, sprint: str, append: Append) -> bool:
        queue = self._queues.get(sprint)
        if queue is None:
            queue = self._queues[sprint] = asyncio.Lock()
        async with queue:
            turn = self._turns.pop(sprint, None)
            if turn is not None and turn.ask(append):
                kept = await turn.done
            else:
                kept = await self._database.run_bare(lambda line: _append(line, sprint, append))
        if kept:
            self._lost.discard(sprint)
        else:
            self._lost.add(sprint)
        return kept

    async def since(self, sprint: str, seq: int, most: int | None = None) -> list[Entry]:
        if sprint in self._lost and sprint not in self._turns:
            self._lost.discard(sprint)
            rows = await self._read_and_hold(sprint, seq, most)
        else:
            rows = await self._database.run_bare(lambda line: line.fetch(_SINCE, sprint, seq, most))
        return [event_rows.entry(*row) for row in rows]

    async def _read_and_hold(self, sprint: str, seq: int, most: int | None) -> list[Any]:
        turn = _Turn(sprint, seq, most)
        turn.done = asyncio.create_task(self._database.run_bare(turn.take))
        turn.done.add_done_callback(lambda _: self._over(turn))
        self._turns[sprint] = turn
        await asyncio.wait((turn.read, turn.done), return_when=asyncio.FIRST_COMPLETED)
        if turn.read.done():
            return turn.read.result()
        turn.done.result()  # says what went wrong
        raise AssertionError("it read, or it failed")

    def _over(self, turn: "_Turn") -> None:
        if self._turns.get(turn.sprint) is turn:
            del self._turns[turn.sprint]
        if not turn.done.cancelled():
            turn.done.exception()  # somebody may have stopped waiting for it

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


class _Turn:
    """From reading a sprint until appending to it, with its row held, if that is soon enough."""

    def __init__(self, sprint: str, seq: int, most: int | None) -> None:
        loop = asyncio.get_running_loop()
        self.sprint = sprint
        self._seq = seq
        self._most = most
        self.read: asyncio.Future[list[Any]] = loop.create_future()
        self._asked: asyncio.Future[Append] = loop.create_future()
        self._passed = False
        self.done: asyncio.Task[bool]

    def ask(self, append: Append) -> bool:
        """The append for which the row is held. False: it came too late."""
        if self._passed or self.done.done():
            return False
        self._asked.set_result(append)
        return True

    async def take(self, line: Line) -> bool:
        """The work of one transaction. The database may begin it anew; what was read stays read, and an
        append that does not fit it any more finds out."""
        await line.fetchval(_HOLD, self.sprint)
        if not self.read.done():
            self.read.set_result(await line.fetch(_SINCE, self.sprint, self._seq, self._most))
        await asyncio.wait((self._asked,), timeout=HOLD_SECONDS)
        if not self._asked.done():
            self._passed = True
            return False
        return await _append(line, self.sprint, self._asked.result())


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
