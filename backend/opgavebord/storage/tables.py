"""The tables: what stands in the file, in words that a person can query.

The log of a sprint is `event`; everything else about its content follows from it, and is written in
the same transaction, so that anybody can read the truth with SQL. `opgavebord check` proves that
the two agree. `seat` and `invitation` belong to the people at the door and are not in the log; nor is what the desk
keeps: `account`, `desk_session`, `desk_invitation`, `opgave` and `desk_sprint`. What several processes must know of each
other for a while stands in `stoelcode`, `rehearsal` and `failure`.

Each record of `sprint/sprint.py` has one table whose columns are its fields, in the same order,
after the id of the sprint it belongs to. The evening is the exception: its fields stand in the row
of the sprint itself. `values` and `record` go there and back without loss.

A column holds one value. Where a field holds several that can have no comma in them (ids, words of a
list), they stand there with commas between them; everything else that is made of parts (sentences,
counts, answers by name) is JSON. `_PARTS` derives it from the type of the field.

Some columns have the name of a word of SQL: write `"table"`, `"group"`, `"when"`, with the quotes.
Two tables would have been such a word, and are called `hall_table` and `harvest_group`.

Times are milliseconds since 1970 in UTC, as in the records: `datetime(at/1000, 'unixepoch')`.
"""

from collections.abc import Callable
from typing import Any, ClassVar, Final, Literal, get_args, get_origin

import msgspec
from sqlalchemy import (
    BigInteger,
    ForeignKeyConstraint,
    Index,
    Integer,
    Row,
    Table,
    Text,
    UniqueConstraint,
)
from sqlmodel import Field, SQLModel

from ..sprint.history import SHAPE
from ..sprint.sprint import KIND_OF, RECORDS, Id, Kind, Record


def _of_sprint() -> Any:
    return Field(primary_key=True, foreign_key="sprint.id")


def _id() -> Any:
    return Field(primary_key=True)


def _json(empty: str) -> Any:
    return Field(default=empty, sa_type=Text)


def _whole() -> Any:
    """A number of somebody's choice in a column that was made for small ones: SQLite has one sort."""
    return Field(sa_type=Integer().with_variant(BigInteger(), "postgresql"))


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
    number: int = Field(
        default=1,
        sa_type=Integer().with_variant(BigInteger(), "postgresql"),
    )
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
    source: str = ""
    level: str = ""
    fixed: str = _json("[]")
    free: str = _json("[]")
    goal: str = ""
    frozen: bool = False
    phase: str = "open"
    bedoeling: str | None = None
    answer_from: str = ""
    published: bool = False
    rehearsal: bool = False
    away: str | None = None


class BoardRow(SQLModel, table=True):
    __tablename__: ClassVar[Any] = "board"

    sprint: str = _of_sprint()
    id: str = _id()
    werkvorm: str
    title: str
    purpose: str
    rank: int = Field(sa_type=BigInteger)
    form: str
    types: str = Field(sa_type=Text)
    fields_: str = Field(sa_type=Text, sa_column_kwargs={"name": "fields"})
    hints: str


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
    world: str
    write: str
    type: str
    source: str
    tap: bool


class StepRow(SQLModel, table=True):
    __tablename__: ClassVar[Any] = "step"
    __table_args__: ClassVar[Any] = (_within("board", "board"),)

    sprint: str = _of_sprint()
    id: str = _id()
    board: str
    title: str
    instruction: str
    minutes: int = _whole()
    visible: str
    may: str
    scene: str
    rank: int = Field(sa_type=BigInteger)
    visited: bool
    revealed: bool
    write: str
    input: str
    late: str
    skipped: bool
    turn_seconds: int = _whole()


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
    at_table: bool
    table: str | None
    turn: int | None = Field(sa_type=BigInteger)
    scribed: bool
    type: str
    fields_: str = Field(sa_type=Text, sa_column_kwargs={"name": "fields"})
    about: str | None
    of: str
    origin: str
    card: str
    kern: str | None
    domains: str
    group: str | None


class ClusterRow(SQLModel, table=True):
    __tablename__: ClassVar[Any] = "cluster"
    __table_args__: ClassVar[Any] = (_within("zone", "zone"),)

    sprint: str = _of_sprint()
    id: str = _id()
    zone: str
    rank: int = Field(sa_type=BigInteger)
    title: str
    gone: bool


class KernRow(SQLModel, table=True):
    __tablename__: ClassVar[Any] = "kern"

    sprint: str = _of_sprint()
    id: str = _id()
    code: str
    title: str
    column: int = Field(sa_type=BigInteger)
    row: int = Field(sa_type=BigInteger)
    rank: int = Field(sa_type=BigInteger)


class DomeinRow(SQLModel, table=True):
    __tablename__: ClassVar[Any] = "domein"

    sprint: str = _of_sprint()
    id: str = _id()
    code: str
    title: str
    rank: int = Field(sa_type=BigInteger)


class TableRow(SQLModel, table=True):
    """A table in the hall."""

    __tablename__: ClassVar[Any] = "hall_table"

    sprint: str = _of_sprint()
    id: str = _id()
    number: int = Field(sa_type=BigInteger)
    people: int = Field(sa_type=BigInteger)
    quote: str | None
    volgcode: str


class PlaceRow(SQLModel, table=True):
    """What a seat is doing; `id` is that of the seat."""

    __tablename__: ClassVar[Any] = "place"

    sprint: str = _of_sprint()
    id: str = _id()
    role: str
    table: str | None
    stand: str
    turn: int = Field(sa_type=BigInteger)
    stem: str | None
    kern: str | None
    help: int | None = Field(sa_type=BigInteger)
    done: str | None
    removed: bool
    check: str = Field(sa_type=Text)
    checked: int | None = Field(sa_type=BigInteger)


class ArrivalRow(SQLModel, table=True):
    """Somebody who came in: from where, and how they are here."""

    __tablename__: ClassVar[Any] = "arrival"

    sprint: str = _of_sprint()
    id: str = _id()
    seat: str | None
    table: str | None
    kern: str | None
    stem: str | None


class TallyRow(SQLModel, table=True):
    __tablename__: ClassVar[Any] = "tally"

    sprint: str = _of_sprint()
    id: str = _id()
    people: int = Field(sa_type=BigInteger)
    kernen: str = Field(sa_type=Text)
    stemmen: str = Field(sa_type=Text)
    done: int = Field(sa_type=BigInteger)


class GroupRow(SQLModel, table=True):
    """A group of the harvest; its notes name it in `"group"`."""

    __tablename__: ClassVar[Any] = "harvest_group"

    sprint: str = _of_sprint()
    id: str = _id()
    title: str
    rank: int = Field(sa_type=BigInteger)
    gone: bool


class RoundRow(SQLModel, table=True):
    """A round of dots."""

    __tablename__: ClassVar[Any] = "round"

    sprint: str = _of_sprint()
    id: str = _id()
    title: str
    step: str | None
    per: str
    budget: int = Field(sa_type=BigInteger)
    most: int = Field(sa_type=BigInteger)
    own: bool
    items: str = Field(sa_type=Text)
    open: bool
    voters: int = Field(sa_type=BigInteger)
    result: str = Field(sa_type=Text)
    at: int = Field(sa_type=BigInteger)


class BallotRow(SQLModel, table=True):
    __tablename__: ClassVar[Any] = "ballot"

    sprint: str = _of_sprint()
    id: str = _id()
    round: str
    seat: str | None
    turn: int = Field(sa_type=BigInteger)
    table: str | None
    stem: str | None
    shared: bool
    paper: bool
    voters: int = Field(sa_type=BigInteger)
    dots: str = Field(sa_type=Text)


class MarkRow(SQLModel, table=True):
    __tablename__: ClassVar[Any] = "mark"

    sprint: str = _of_sprint()
    id: str = _id()
    note: str
    what: str
    seat: str | None
    turn: int = Field(sa_type=BigInteger)
    stem: str | None
    gone: bool


class RedactionRow(SQLModel, table=True):
    """Another text beside the words of the author. `required`: those are not quoted any more."""

    __tablename__: ClassVar[Any] = "redaction"

    sprint: str = _of_sprint()
    id: str = _id()
    note: str
    text: str = Field(sa_type=Text)
    role: str
    reason: str
    required: bool
    at: int = Field(sa_type=BigInteger)
    gone: bool


class BelofteRow(SQLModel, table=True):
    __tablename__: ClassVar[Any] = "belofte"

    sprint: str = _of_sprint()
    id: str = _id()
    who: str
    what: str
    when: str
    author: str | None
    table: str | None
    at: int = Field(sa_type=BigInteger)
    gone: bool


class WallRow(SQLModel, table=True):
    __tablename__: ClassVar[Any] = "wall"

    sprint: str = _of_sprint()
    id: str = _id()
    scene: str
    items: str = Field(sa_type=Text)
    page: int = Field(sa_type=BigInteger)
    frozen: bool
    queue: str = Field(sa_type=Text)
    covered: str = Field(sa_type=Text)


class CheckpointRow(SQLModel, table=True):
    __tablename__: ClassVar[Any] = "checkpoint"

    sprint: str = _of_sprint()
    id: str = _id()
    name: str
    seq: int = Field(sa_type=BigInteger)
    at: int = Field(sa_type=BigInteger)
    step: str | None


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
    """The link of a role other than deelnemer. Its secret follows from the key file and `epoch`."""

    __tablename__: ClassVar[Any] = "invitation"

    sprint: str = _of_sprint()
    role: str = Field(primary_key=True)
    epoch: int
    secret_hash: str = Field(unique=True)


class StoelcodeRow(SQLModel, table=True):
    """A code with which a seat moves to another device, until then. Of the code only a hash is kept."""

    __tablename__: ClassVar[Any] = "stoelcode"

    sprint: str = _of_sprint()
    code_hash: str = Field(primary_key=True)
    seat: str
    role: str
    until: int = Field(sa_type=BigInteger)
    wrong: int  # codes typed at this sprint since this one was made, that were nobody's


class RehearsalRow(SQLModel, table=True):
    """A rehearsal that a server plays, and until when it is sure to; it says so again in time."""

    __tablename__: ClassVar[Any] = "rehearsal"

    sprint: str = _id()  # there before its sprint is
    of: str = Field(foreign_key="sprint.id", ondelete="CASCADE")
    until: int = Field(sa_type=BigInteger)


class FailureRow(SQLModel, table=True):
    """Somebody guessed wrong, at a door or at the desk. Who is a hash, kept for a quarter of an hour at most."""

    __tablename__: ClassVar[Any] = "failure"
    __table_args__: ClassVar[Any] = (Index("failure_who", "what", "who", "at"),)

    id: str = _id()
    what: str
    who: str
    at: int = Field(sa_type=BigInteger)


class DestructionRow(SQLModel, table=True):
    """An evening that was wiped: what, when, by which rule and how much; no words of people. Its `sprint`
    is not there any more. `done`: it is wiped. `scrubbed`: its traces in the files are overwritten."""

    __tablename__: ClassVar[Any] = "destruction"

    sprint: str = _id()
    title: str
    number: int = Field(sa_type=BigInteger)
    at: int = Field(sa_type=BigInteger)
    rule: str
    entries: int = Field(sa_type=BigInteger)
    notes: int = Field(sa_type=BigInteger)
    seats: int = Field(sa_type=BigInteger)
    done: bool
    scrubbed: bool


class LeftRow(SQLModel, table=True):
    """What stays public of an evening that was published, and then wiped. `report` is JSON."""

    __tablename__: ClassVar[Any] = "left_report"

    sprint: str = _id()
    at: int = Field(sa_type=BigInteger)
    report: str = Field(sa_type=Text)


class AccountRow(SQLModel, table=True):
    """Somebody of the municipality. Of the password only its Argon2 hash is kept; empty: none."""

    __tablename__: ClassVar[Any] = "account"

    id: str = _id()
    name: str
    name_key: str = Field(unique=True)  # the name as it is compared
    password_hash: str
    at: int = Field(sa_type=BigInteger)


class DeskSessionRow(SQLModel, table=True):
    """Somebody is signed in, until then. Of the token in the cookie only the SHA-256 is kept."""

    __tablename__: ClassVar[Any] = "desk_session"

    token_hash: str = _id()
    account: str = Field(foreign_key="account.id", ondelete="CASCADE")
    until: int = Field(sa_type=BigInteger)


class DeskInvitationRow(SQLModel, table=True):
    """A link with which a colleague makes an account, once."""

    __tablename__: ClassVar[Any] = "desk_invitation"

    secret_hash: str = _id()
    until: int = Field(sa_type=BigInteger)


class OpgaveRow(SQLModel, table=True):
    """A task of the municipality, and what every sprint about it begins with. Lists are JSON."""

    __tablename__: ClassVar[Any] = "opgave"

    id: str = _id()
    version: int  # rises with every change
    at: int = Field(sa_type=BigInteger)
    title: str
    question: str
    source: str
    level: str
    fixed: str = Field(sa_type=Text)
    free: str = Field(sa_type=Text)
    words: str = Field(sa_type=Text)
    kernen: str = Field(sa_type=Text)
    stemmen: str = Field(sa_type=Text)
    domeinen: str = Field(sa_type=Text)


class DeskSprintRow(SQLModel, table=True):
    """What the desk knows of a sprint besides its log: its opgave, the clock, who is expected.
    `starts` and `ends` are minutes since midnight."""

    __tablename__: ClassVar[Any] = "desk_sprint"

    sprint: str = Field(primary_key=True, foreign_key="sprint.id", ondelete="CASCADE")
    opgave: str | None = Field(foreign_key="opgave.id")
    day: str
    starts: int
    ends: int | None
    people: int
    tablets: int


ROWS: Final[dict[Kind, type[SQLModel]]] = {
    "sprint": SprintRow,
    "board": BoardRow,
    "zone": ZoneRow,
    "step": StepRow,
    "stem": StemRow,
    "note": NoteRow,
    "cluster": ClusterRow,
    "kern": KernRow,
    "domein": DomeinRow,
    "table": TableRow,
    "place": PlaceRow,
    "arrival": ArrivalRow,
    "tally": TallyRow,
    "group": GroupRow,
    "round": RoundRow,
    "ballot": BallotRow,
    "mark": MarkRow,
    "redaction": RedactionRow,
    "belofte": BelofteRow,
    "wall": WallRow,
    "checkpoint": CheckpointRow,
}
METADATA: Final = SQLModel.metadata


class _Part(msgspec.Struct, frozen=True):
    """How a field that is made of parts goes into its one column, and comes back."""

    place: int  # among the fields
    name: str
    write: Callable[[Any], str]
    read: Callable[[str], Any]


def _parts(shape: type[Record]) -> tuple[_Part, ...]:
    found = []
    for place, field in enumerate(msgspec.structs.fields(shape)):
        if get_origin(field.type) not in (tuple, dict):
            continue
        first = get_args(field.type)[0]
        if get_origin(field.type) is tuple and (first == Id or get_origin(first) is Literal):
            found.append(_Part(place, field.name, ",".join, _words))
        else:
            read = msgspec.json.Decoder(field.type).decode
            found.append(_Part(place, field.name, _as_json, read))
    return tuple(found)


def _words(column: str) -> tuple[str, ...]:
    return tuple(word for word in column.split(",") if word)


def _as_json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


_PARTS: Final[dict[type[Record], tuple[_Part, ...]]] = {shape: _parts(shape) for shape in KIND_OF}


def table(row: type[SQLModel]) -> Table:
    found: Table = row.__table__  # type: ignore[attr-defined]
    return found


def values(record: Record) -> tuple[Any, ...]:
    """The fields of a record as they are stored, in the order of its columns."""
    fields = msgspec.structs.astuple(record)
    parts = _PARTS[type(record)]
    if not parts:
        return fields
    columns = list(fields)
    for part in parts:
        columns[part.place] = part.write(columns[part.place])
    return tuple(columns)


def record(kind: Kind, row: Row[Any]) -> Record | None:
    """The record that a row of its table holds; None for a sprint that is not founded. Raises
    `ValueError` where a column can not be read."""
    fields = dict(row._mapping)
    if kind == "sprint":
        fields["id"] = fields.pop("evening")
        del fields["head"], fields["made"]
        if fields["id"] is None:
            return None
    else:
        del fields["sprint"]
    for part in _PARTS[RECORDS[kind]]:
        fields[part.name] = part.read(fields[part.name])
    found: Record = RECORDS[kind](**fields)
    return found


def names(kind: Kind) -> tuple[str, ...]:
    """The columns that hold the fields of a record, in the order of the fields."""
    fields = RECORDS[kind].__struct_fields__
    return tuple("evening" if kind == "sprint" and name == "id" else name for name in fields)
