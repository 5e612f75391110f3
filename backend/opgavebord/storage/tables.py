"""The tables: what stands in the file, in words that a person can query.

The log of a sprint is `event`; everything else about its content follows from it, and is written in
the same transaction, so that anybody can read the truth with SQL. `opgavebord check` proves that
the two agree. `seat` and `invitation` belong to the people at the door and are not in the log.

Each record of `sprint/sprint.py` has one table whose columns are its fields, in the same order,
after the id of the sprint it belongs to. The evening is the exception: its fields stand in the row
of the sprint itself. `values` and `record` go there and back without loss.

Times are milliseconds since 1970 in UTC, as in the records: `datetime(at/1000, 'unixepoch')`.
"""

from typing import Any, ClassVar, Final

import msgspec
from sqlalchemy import (
    BigInteger,
    ForeignKeyConstraint,
    Index,
    Row,
    Table,
    Text,
    UniqueConstraint,
)
from sqlmodel import Field, SQLModel

from ..sprint.history import SHAPE
from ..sprint.sprint import RECORDS, Kind, Record


def _of_sprint() -> Any:
    return Field(primary_key=True, foreign_key="sprint.id")


def _id() -> Any:
    return Field(primary_key=True)


def _within(column: str, table: str) -> ForeignKeyConstraint:
    """A reference inside the sprint, looked at when the transaction ends: a founding writes all at once."""
    return ForeignKeyConstraint(
        ["sprint", column],
        [f"{table}.sprint", f"{table}.id"],
        deferrable=True,
        initially="DEFERRED",
    )


class SprintRow(SQLModel, table=True):
    """A sprint: where its log ends, and its evening as it is now. `evening` is null until it is founded."""

    __tablename__: ClassVar[Any] = "sprint"
    __table_args__: ClassVar[Any] = (Index("sprint_code", "code"), Index("sprint_token", "token"))

    id: str = _id()
    made: int  # the how-manieth of this database
    head: int
    evening: str | None = None
    title: str = ""
    question: str = ""
    number: int = 1
    place: str = ""
    date: str = ""
    notice: str = ""
    board: str | None = None
    step: str | None = None
    timer_started: int | None = Field(default=None, sa_type=BigInteger)
    timer_ends: int | None = Field(default=None, sa_type=BigInteger)
    doors_open: bool = True
    code: str = ""
    token: str = ""


class BoardRow(SQLModel, table=True):
    __tablename__: ClassVar[Any] = "board"

    sprint: str = _of_sprint()
    id: str = _id()
    werkvorm: str
    title: str
    purpose: str
    rank: int = Field(sa_type=BigInteger)


class ZoneRow(SQLModel, table=True):
    __tablename__: ClassVar[Any] = "zone"
    __table_args__: ClassVar[Any] = (_within("board", "board"),)

    sprint: str = _of_sprint()
    id: str = _id()
    board: str
    title: str
    question: str
    colour: str
    rank: int = Field(sa_type=BigInteger)


class StepRow(SQLModel, table=True):
    """`may` is the rights with commas between them."""

    __tablename__: ClassVar[Any] = "step"
    __table_args__: ClassVar[Any] = (_within("board", "board"),)

    sprint: str = _of_sprint()
    id: str = _id()
    board: str
    title: str
    instruction: str
    minutes: int
    visible: str
    may: str
    scene: str
    rank: int = Field(sa_type=BigInteger)
    visited: bool
    revealed: bool


class StemRow(SQLModel, table=True):
    __tablename__: ClassVar[Any] = "stem"

    sprint: str = _of_sprint()
    id: str = _id()
    code: str
    title: str
    rank: int = Field(sa_type=BigInteger)


class NoteRow(SQLModel, table=True):
    """A note as it is now. `gone`: it lies in the bin. `hidden`: not shown to others yet."""

    __tablename__: ClassVar[Any] = "note"
    __table_args__: ClassVar[Any] = (_within("zone", "zone"),)

    sprint: str = _of_sprint()
    id: str = _id()
    zone: str
    cluster: str | None
    rank: int = Field(sa_type=BigInteger)
    text: str = Field(sa_type=Text)
    author: str | None
    stem: str | None
    step: str | None
    at: int = Field(sa_type=BigInteger)
    hidden: bool
    late: bool
    gone: bool
    literal: str | None = Field(sa_type=Text)


class ClusterRow(SQLModel, table=True):
    __tablename__: ClassVar[Any] = "cluster"
    __table_args__: ClassVar[Any] = (_within("zone", "zone"),)

    sprint: str = _of_sprint()
    id: str = _id()
    zone: str
    rank: int = Field(sa_type=BigInteger)
    title: str
    gone: bool


class EventRow(SQLModel, table=True):
    """One line of the log. `command` and `change` are JSON, written in the shape with the number
    `shape` (see `sprint/history.py`); a refusal has an empty change."""

    __tablename__: ClassVar[Any] = "event"
    __table_args__: ClassVar[Any] = (
        UniqueConstraint("sprint", "device", "number", name="event_name"),
        {"sqlite_with_rowid": False},
    )

    sprint: str = _of_sprint()
    seq: int = Field(primary_key=True)
    device: str
    number: int = Field(sa_type=BigInteger)
    seat: str
    role: str
    at: int = Field(sa_type=BigInteger)
    shape: int = SHAPE
    command: str | None = Field(sa_type=Text)
    change: str = Field(sa_type=Text)
    refusal: str | None


class SeatRow(SQLModel, table=True):
    """A place at a sprint. Of the token in the browser's cookie only the SHA-256 is kept."""

    __tablename__: ClassVar[Any] = "seat"
    __table_args__: ClassVar[Any] = (Index("seat_role", "sprint", "role"),)

    sprint: str = _of_sprint()
    id: str = _id()
    role: str
    token_hash: str = Field(unique=True)
    at: int = Field(sa_type=BigInteger)


class InvitationRow(SQLModel, table=True):
    """The link of the wall or of the regie. Its secret follows from the key file and `epoch`."""

    __tablename__: ClassVar[Any] = "invitation"

    sprint: str = _of_sprint()
    role: str = Field(primary_key=True)
    epoch: int
    secret_hash: str = Field(unique=True)


ROWS: Final[dict[Kind, type[SQLModel]]] = {
    "sprint": SprintRow,
    "board": BoardRow,
    "zone": ZoneRow,
    "step": StepRow,
    "stem": StemRow,
    "note": NoteRow,
    "cluster": ClusterRow,
}
METADATA: Final = SQLModel.metadata


def table(row: type[SQLModel]) -> Table:
    found: Table = row.__table__  # type: ignore[attr-defined]
    return found


def values(record: Record) -> tuple[Any, ...]:
    """The fields of a record as they are stored, in the order of its columns."""
    return tuple(
        ",".join(value) if isinstance(value, tuple) else value
        for value in msgspec.structs.astuple(record)
    )


def record(kind: Kind, row: Row[Any]) -> Record | None:
    """The record that a row of its table holds; None for a sprint that is not founded."""
    fields = dict(row._mapping)
    if kind == "sprint":
        fields["id"] = fields.pop("evening")
        del fields["head"], fields["made"]
        if fields["id"] is None:
            return None
    else:
        del fields["sprint"]
    if kind == "step":
        fields["may"] = tuple(word for word in fields["may"].split(",") if word)
    found: Record = RECORDS[kind](**fields)
    return found


def names(kind: Kind) -> tuple[str, ...]:
    """The columns that hold the fields of a record, in the order of the fields."""
    fields = RECORDS[kind].__struct_fields__
    return tuple("evening" if kind == "sprint" and name == "id" else name for name in fields)
