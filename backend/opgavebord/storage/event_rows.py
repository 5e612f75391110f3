"""How an entry lies in a row and comes out of it again; the same for every database.

What was stored is read by `sprint/history.py`. A row that can not be read any more comes out as an entry
with `damage`: its number and its name are taken, so the log has no hole, and the evening opens with the rest.

No text holds NUL: PostgreSQL can not keep it, so SQLite may not either, or a sprint could not move.
"""

from collections.abc import Iterable
from typing import Any, Final, get_args

import msgspec
from sqlalchemy import Connection, Integer, LargeBinary, cast, select

from ..sprint.change import BadChange, Change
from ..sprint.entry import Entry
from ..sprint.history import SHAPE, read_change, read_command
from ..sprint.refusals import RefusalCode
from ..sprint.sprint import KIND_OF, Kind, Record
from .tables import EventRow, SprintRow, table, values

_events: Final = table(EventRow)
EVENT_COLUMNS: Final = tuple(column.name for column in _events.columns)

_encode: Final = msgspec.json.Encoder().encode
_REFUSALS: Final[dict[str, RefusalCode]] = {code: code for code in get_args(RefusalCode)}
_NUL: Final = "\0"


def read(connection: Connection, sprint: str) -> list[Entry]:
    """The entries of a sprint, on every database."""
    columns = [column for column in _events.columns if column is not _events.c.sprint]
    if connection.dialect.name == "sqlite":  # where a column may hold anything: see `sqlite_log.py`
        columns = [
            cast(column, Integer if isinstance(column.type, Integer) else LargeBinary)  # type: ignore[misc]
            for column in columns
        ]
    asked = select(*columns).where(_events.c.sprint == sprint).order_by(_events.c.seq)
    return [entry(*row) for row in connection.execute(asked)]


def event_row(sprint: str, entry: Entry) -> tuple[Any, ...]:
    """The columns of an entry, in the order of `EVENT_COLUMNS`."""
    return (
        sprint,
        entry.seq,
        entry.device,
        entry.number,
        entry.seat,
        entry.role,
        entry.at,
        SHAPE,
        None if entry.command is None else _encode(entry.command).decode(),
        _encode(entry.change).decode(),
        entry.refusal,
    )


def rows_by_kind(sprint: str, written: Iterable[Record]) -> dict[Kind, list[tuple[Any, ...]]]:
    """The rows of these records, of each kind together: the sprint and the fields, or for the evening
    its fields and the sprint, as an UPDATE wants them. Raises `ValueError` where a text holds NUL."""
    rows: dict[Kind, list[tuple[Any, ...]]] = {}
    for record in written:
        kind = KIND_OF[type(record)]
        fields = values(record)
        for field in fields:
            if type(field) is str and _NUL in field:
                raise ValueError(f"a {kind} with NUL in a text can not be kept")
        row = (*fields, sprint) if kind == "sprint" else (sprint, *fields)
        rows.setdefault(kind, []).append(row)
    return rows


def empty_sprint(sprint: str) -> dict[str, Any]:
    """The row of a sprint that was not founded yet, but for how manieth it is."""
    rows = table(SprintRow)
    empty: dict[str, Any] = {column.name: None for column in rows.columns}
    for name, field in SprintRow.model_fields.items():
        if not field.is_required():
            empty[name] = field.get_default()
    return {**empty, "id": sprint, "head": 0}


def entry(
    seq: int,
    device: str | bytes,
    number: int,
    seat: str | bytes,
    role: str | bytes,
    at: int,
    shape: int,
    command: str | bytes | None,
    change: str | bytes,
    refusal: str | bytes | None,
) -> Entry:
    """A row as it was meant, or with `damage` where that can not be told any more."""
    damage: str | None = None
    done: Change = ()
    code: RefusalCode | None = None
    try:
        done = read_change(change, shape)
    except BadChange as trouble:
        damage = str(trouble)
    if refusal is not None:
        code = _REFUSALS.get(_said(refusal))
        if code is None:
            damage = f"there is no refusal {_said(refusal)!r}"
    return Entry(
        seq=seq,
        at=at,
        device=_said(device),
        number=number,
        seat=_said(seat),
        role=_said(role),
        command=None if command is None else read_command(command, shape),
        change=() if damage else done,
        refusal=code,
        damage=damage,
    )


def _said(column: str | bytes) -> str:
    return column if type(column) is str else bytes(column).decode(errors="replace")  # type: ignore[arg-type]
