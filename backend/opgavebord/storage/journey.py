"""What leaves with a board and what comes home: the rows of its log, word for word, and who sat there.

Functions of a connection, to be run by `Database.run`. A line goes out as it stands in the table and is
put in as it came: in the shape in which it was written, and also where it can not be read any more. So
a log is the same text on a laptop with SQLite and in a town with PostgreSQL.

`put_in` keeps the promise of `Log.append`: only if the log still ends where the caller thinks it does,
under the lock of the sprint's row, and together with the records that follow. Who has the sprint open is
then told by a nudge, as of any other process.
"""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct, structs
from sqlalchemy import (
    Connection,
    Integer,
    LargeBinary,
    bindparam,
    cast,
    delete,
    insert,
    select,
    update,
)

from ..sprint.entry import Entry
from ..sprint.sprint import KINDS, Kind, Record
from . import event_rows
from .tables import ROWS, EventRow, SeatRow, SprintRow, names, table

_events: Final = table(EventRow)
_sprints: Final = table(SprintRow)
_seats: Final = table(SeatRow)


class Line(Struct, frozen=True, forbid_unknown_fields=True):
    """A row of the log. `command` and `change` are the JSON that was stored, not what it means."""

    seq: int
    device: str
    number: int
    seat: str
    role: str
    at: int
    shape: int
    command: str | None
    change: str
    refusal: str | None = None

    @property
    def name(self) -> str:
        return f"{self.device}.{self.number}"

    def entry(self) -> Entry:
        """What it means, or an entry with `damage`."""
        return event_rows.entry(**structs.asdict(self))


class KnownSeat(Struct, frozen=True, forbid_unknown_fields=True):
    """Who was let in, with the hash of the token in that browser: who comes to the same address
    again still has the seat, and sends there what was not sent yet."""

    id: str
    role: str
    token_hash: str
    at: int


def line_of(entry: Entry) -> Line:
    """An entry of today as it would be stored."""
    return Line(*event_rows.event_row("", entry)[1:])


# --- the log ------------------------------------------------------------------------------


def lines(connection: Connection, sprint: str) -> list[Line]:
    """The log of a sprint, in order; empty where there is no such sprint."""
    columns = [_events.c[name] for name in Line.__struct_fields__]
    if connection.dialect.name == "sqlite":
        # cast, so that also a damaged row comes out, and as bytes: they need not be UTF-8 any more
        shown: list[Any] = [
            cast(column, Integer if isinstance(column.type, Integer) else LargeBinary)
            for column in columns
        ]
    else:
        shown = list(columns)
    asked = select(*shown).where(_events.c.sprint == sprint).order_by(_events.c.seq)
    return [Line(*(_text(value) for value in row)) for row in connection.execute(asked)]


def _text(value: Any) -> Any:
    """What can not be text is written out, and stays what can not be read."""
    if isinstance(value, bytes):
        return value.decode(errors="backslashreplace").replace("\0", "\\x00")
    return value


def put_in(
    connection: Connection,
    sprint: str,
    expected: int,
    new: Sequence[Line],
    written: Sequence[Record],
    dropped: Sequence[tuple[Kind, str]],
) -> bool:
    """Keep these lines behind the others, or nothing. False: the log does not end at `expected`."""
    asked = select(_sprints.c.head).where(_sprints.c.id == sprint).with_for_update()
    if connection.execute(asked).scalar() != expected:
        return False
    if not new:
        return True
    connection.execute(insert(_events), [{"sprint": sprint, **structs.asdict(one)} for one in new])
    kept = event_rows.rows_by_kind(sprint, written)
    gone: dict[Kind, list[str]] = {}
    for kind, id in dropped:
        gone.setdefault(kind, []).append(id)
    for kind in KINDS:
        rows = kept.get(kind, [])
        if kind == "sprint":
            values = dict(zip(names("sprint"), rows[-1], strict=False)) if rows else {}
            if kind in gone:
                values = {"evening": None}
            if values:
                connection.execute(update(_sprints).where(_sprints.c.id == sprint).values(values))
            continue
        its = table(ROWS[kind])
        columns = [column.name for column in its.columns]
        new_rows = [dict(zip(columns, row, strict=True)) for row in rows]
        old = [{"of": sprint, "which": row["id"]} for row in new_rows]
        old += [{"of": sprint, "which": id} for id in gone.get(kind, [])]
        if old:
            away = delete(its).where(
                its.c.sprint == bindparam("of"), its.c.id == bindparam("which")
            )
            connection.execute(away, old)
        if new_rows:
            connection.execute(insert(its), new_rows)
    head = update(_sprints).where(_sprints.c.id == sprint).values(head=new[-1].seq)
    connection.execute(head)
    return True


# --- who sat there ------------------------------------------------------------------------


def seats(connection: Connection, sprint: str, roles: Sequence[str]) -> list[KnownSeat]:
    asked = select(_seats.c.id, _seats.c.role, _seats.c.token_hash, _seats.c.at)
    asked = asked.where(_seats.c.sprint == sprint, _seats.c.role.in_(roles))
    return [KnownSeat(*row) for row in connection.execute(asked.order_by(_seats.c.id))]


def know_seats(connection: Connection, sprint: str, known: Sequence[KnownSeat]) -> int:
    """Remember who sat there. Who is known already, by name or by token, stays who it was."""
    here = {
        row[0] for row in connection.execute(select(_seats.c.id).where(_seats.c.sprint == sprint))
    }
    new = {one.id: one for one in known if one.id not in here}
    hashes = [one.token_hash for one in new.values()]
    for at in range(0, len(hashes), 500):  # a database takes so many values in one question
        part = hashes[at : at + 500]
        taken = select(_seats.c.token_hash).where(_seats.c.token_hash.in_(part))
        used = {row[0] for row in connection.execute(taken)}
        new = {id: one for id, one in new.items() if one.token_hash not in used}
    if new:
        rows = [{"sprint": sprint, **structs.asdict(one)} for one in new.values()]
        connection.execute(insert(_seats), rows)
    return len(new)
