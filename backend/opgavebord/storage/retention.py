"""What retention asks of the tables: since when an evening is over, what stays of it, and what was wiped.

An evening that was closed is over since its last checkpoint *afgesloten*. What stays of one is a line
that tells what was wiped (no names, no words of people) and, where the municipality had published it, the
few things that stay public (`export/left.py`).
"""

from typing import Final

from msgspec import Struct
from sqlalchemy import Connection, delete, func, insert, select, update

from .tables import (
    CheckpointRow,
    DestructionRow,
    EventRow,
    LeftRow,
    NoteRow,
    SeatRow,
    SprintRow,
    table,
)

CLOSED: Final = "afgesloten"  # the checkpoint that closing makes

_sprints: Final = table(SprintRow).c
_events: Final = table(EventRow).c
_checkpoints: Final = table(CheckpointRow).c
_gone: Final = table(DestructionRow).c
_left: Final = table(LeftRow).c


class Over(Struct, frozen=True):
    """An evening, and since when it is over. Times are milliseconds since 1970."""

    sprint: str
    title: str
    number: int
    closed: int | None  # None: it was never closed
    last: int  # when something happened last
    away: bool  # on a laptop


class Counts(Struct, frozen=True):
    entries: int
    notes: int
    seats: int


class Destroyed(Struct, frozen=True):
    """A line of the list of what was wiped."""

    sprint: str
    title: str
    number: int
    at: int
    rule: str
    entries: int
    notes: int
    seats: int


def evenings(connection: Connection) -> list[Over]:
    """Every evening but rehearsals, the first made first."""
    over = (
        select(_checkpoints.sprint, func.max(_checkpoints.at).label("at"))
        .where(_checkpoints.name == CLOSED)
        .group_by(_checkpoints.sprint)
        .subquery()
    )
    asked = (
        select(
            *(_sprints.id, _sprints.title, _sprints.number, _sprints.phase),
            *(over.c.at, _events.at, _sprints.away),
        )
        .select_from(table(SprintRow))
        .outerjoin(over, over.c.sprint == _sprints.id)
        .outerjoin(
            table(EventRow), (_events.sprint == _sprints.id) & (_events.seq == _sprints.head)
        )
        .where(_sprints.evening.is_not(None), _sprints.rehearsal.is_(False))
        .order_by(_sprints.made)
    )
    return [
        Over(
            sprint=id,
            title=title,
            number=number,
            closed=(closed or last or 0) if phase == "closed" else None,
            last=last or 0,
            away=away is not None,
        )
        for id, title, number, phase, closed, last, away in connection.execute(asked)
    ]


def counts(connection: Connection, sprint: str) -> Counts:
    def many(rows: type[EventRow] | type[NoteRow] | type[SeatRow]) -> int:
        asked = select(func.count()).where(table(rows).c.sprint == sprint)
        return connection.execute(asked).scalar_one()

    return Counts(entries=many(EventRow), notes=many(NoteRow), seats=many(SeatRow))


# --- what stays -----------------------------------------------------------------------------


def write_down(connection: Connection, line: Destroyed, left: str | None) -> None:
    """Before it is wiped: the line, which counts once it is `done`, and what stays public."""
    connection.execute(delete(table(DestructionRow)).where(_gone.sprint == line.sprint))
    row = {name: getattr(line, name) for name in line.__struct_fields__}
    connection.execute(insert(table(DestructionRow)), {**row, "done": False, "scrubbed": False})
    connection.execute(delete(table(LeftRow)).where(_left.sprint == line.sprint))
    if left is not None:
        connection.execute(
            insert(table(LeftRow)), {"sprint": line.sprint, "at": line.at, "report": left}
        )


def settle(connection: Connection) -> None:
    """A line counts from when its evening is not there any more."""
    there = select(_sprints.id)
    connection.execute(
        update(table(DestructionRow))
        .where(_gone.done.is_(False), _gone.sprint.not_in(there))
        .values(done=True)
    )


def destroyed(connection: Connection) -> list[Destroyed]:
    """Everything that was wiped, the last first."""
    asked = (
        select(*(_gone[name] for name in Destroyed.__struct_fields__))
        .where(_gone.done.is_(True))
        .order_by(_gone.at.desc(), _gone.sprint)
    )
    return [Destroyed(*row) for row in connection.execute(asked)]


def left(connection: Connection, sprint: str) -> str | None:
    """What stays public of an evening that was wiped."""
    asked = select(_left.report).where(_left.sprint == sprint)
    found: str | None = connection.execute(asked).scalar()
    return found


def owed(connection: Connection) -> int:
    """Of so many the traces in the files were not overwritten yet."""
    asked = select(func.count()).where(_gone.done.is_(True), _gone.scrubbed.is_(False))
    return connection.execute(asked).scalar_one()


def is_scrubbed(connection: Connection) -> None:
    connection.execute(
        update(table(DestructionRow)).where(_gone.done.is_(True)).values(scrubbed=True)
    )
