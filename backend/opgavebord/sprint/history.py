"""Lifts an old stored event to today's shape.

The log is never rewritten, so what was stored years ago must still be read. Each entry is stored
with the number of the shape it was written in; `LIFTS` has for each older number the function that
brings one operation, record or command (as plain JSON values) one number further. Today there is one shape.

Reading is strict: an operation, kind or field that is not known, or a value of the wrong sort, is a
`BadChange`, for the caller to set the sprint apart and look at. It never brings a server
down, and never silently loses a field.
"""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from .change import BadChange, Change, Drop, Operation, Patch, Put, TextEdit
from .commands import AnyCommand
from .sprint import RECORDS, Record

SHAPE: Final = 1
"""The number of today's shape; raise it, and add a lift, when a stored field changes its meaning."""

LIFTS: Final[dict[int, Callable[[Any], Any]]] = {}
"""From the shape of that number to the next."""

_FIELDS: Final[dict[str, dict[str, Any]]] = {
    kind: {field.encode_name: field.type for field in msgspec.structs.fields(shape)}
    for kind, shape in RECORDS.items()
}
_OPERATIONS: Final[dict[str, tuple[type[Operation], frozenset[str]]]] = {
    "put": (Put, frozenset({"op", "record"})),
    "patch": (Patch, frozenset({"op", "kind", "id", "set"})),
    "drop": (Drop, frozenset({"op", "kind", "id"})),
    "text": (TextEdit, frozenset({"op", "id", "edit"})),
}


def read_change(stored: bytes | str, shape: int = SHAPE) -> Change:
    """The change of a stored event. Raises `BadChange`."""
    lifted = _lift(_json(stored), shape)
    if not isinstance(lifted, list):
        raise BadChange("a change is a list")
    return tuple(_operation(operation) for operation in lifted)


def read_record(stored: bytes | str, shape: int = SHAPE) -> Record:
    """A stored record. Raises `BadChange`."""
    return _record(_lift(_json(stored), shape))


def read_command(stored: bytes | str, shape: int = SHAPE) -> AnyCommand | None:
    """The command of a stored entry. It is not needed to replay, so one that can no longer be
    read is None, as one that never could."""
    try:
        command: AnyCommand = msgspec.convert(_lift(_json(stored), shape), AnyCommand)
    except (BadChange, msgspec.ValidationError):
        return None
    return command


def _json(stored: bytes | str) -> Any:
    try:
        return msgspec.json.decode(stored)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as trouble:
        raise BadChange(f"not JSON: {trouble}") from trouble


def _lift(value: Any, shape: int) -> Any:
    if not 1 <= shape <= SHAPE:
        raise BadChange(f"written in shape {shape}, this program knows 1 to {SHAPE}")
    for number in range(shape, SHAPE):
        value = LIFTS[number](value)
    return value


def _operation(value: Any) -> Operation:
    known = _OPERATIONS.get(_tag(value, "op"))
    if known is None or value.keys() != known[1]:
        raise BadChange("an operation that is not known")
    if known[0] is Put:
        return Put(_record(value["record"]))
    operation: Operation = _convert(value, known[0])
    if isinstance(operation, Patch):
        fields = _FIELDS[operation.kind]
        unknown = operation.set.keys() - fields.keys() or operation.set.keys() & {"id", "kind"}
        if unknown:
            raise BadChange(f"unknown fields of a {operation.kind}: {', '.join(sorted(unknown))}")
        values = {name: _convert(new, fields[name]) for name, new in operation.set.items()}
        return Patch(operation.kind, operation.id, values)
    return operation


def _record(value: Any) -> Record:
    fields = _FIELDS.get(_tag(value, "kind"))
    if fields is None:
        raise BadChange("a record of a kind that is not known")
    if unknown := value.keys() - fields.keys() - {"kind"}:
        raise BadChange(f"unknown fields of a {value['kind']}: {', '.join(sorted(unknown))}")
    record: Record = _convert(value, RECORDS[value["kind"]])
    return record


def _tag(value: Any, name: str) -> str:
    """What sort of thing this says it is; nothing known where it does not say."""
    tag = value.get(name) if isinstance(value, dict) else None
    return tag if isinstance(tag, str) else ""


def _convert(value: Any, shape: Any) -> Any:
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as trouble:
        raise BadChange(str(trouble)) from trouble
