"""Lifts an old stored event to today's shape.

The log is never rewritten, so what was stored years ago must still be read. Each entry is stored
with the number of the shape it was written in; `LIFTS` has for each older number the function that
brings a change or a command (as plain JSON values) one number further. Today there is one shape.

Reading is strict: an operation, kind or field that is not known, or a value of the wrong sort, is a
`BadChange`, for the caller to set the sprint apart and look at. It never brings a server
down, and never silently loses a field.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

import msgspec

from .change import BadChange, Change, Operation, Patch
from .commands import AnyCommand
from .sprint import RECORDS

SHAPE: Final = 1
"""The number of today's shape; raise it, and add a lift, when a stored field changes its meaning."""

LIFTS: Final[dict[int, Callable[[Any], Any]]] = {}
"""From the shape of that number to the next."""

_FIELDS: Final[dict[str, dict[str, Any]]] = {
    kind: {field.encode_name: field.type for field in msgspec.structs.fields(shape)}
    for kind, shape in RECORDS.items()
}
_change: Final = msgspec.json.Decoder(Change)
_command: Final[msgspec.json.Decoder[AnyCommand]] = msgspec.json.Decoder(AnyCommand)

_NOT_LIFTED: Final = (LookupError, TypeError, ValueError, AttributeError)
"""What a lift, or a decoder, runs into where the text is damaged."""

T = TypeVar("T")


def read_change(stored: bytes | str, shape: int = SHAPE) -> Change:
    """The change of a stored event. Raises `BadChange`."""
    return typed(_read(_change, stored, shape))


def typed(change: Change) -> Change:
    """A change as it was decoded, with in its patches what the fields of their kinds hold. Raises
    `BadChange`."""
    for operation in change:
        if type(operation) is Patch:
            return tuple([_patched(operation) for operation in change])
    return change


def read_command(stored: bytes | str, shape: int = SHAPE) -> AnyCommand | None:
    """The command of a stored entry. It is not needed to replay, so one that can no longer be
    read is None, as one that never could."""
    try:
        return _read(_command, stored, shape)
    except BadChange:
        return None


def _read(reader: msgspec.json.Decoder[T], stored: bytes | str, shape: int) -> T:
    if not 1 <= shape <= SHAPE:
        raise BadChange(f"written in shape {shape}, this program knows 1 to {SHAPE}")
    try:
        if shape == SHAPE:
            return reader.decode(stored)
        value = msgspec.json.decode(stored)
        for number in range(shape, SHAPE):
            value = LIFTS[number](value)
        return msgspec.convert(value, reader.type)
    except (msgspec.MsgspecError, RecursionError, *_NOT_LIFTED) as trouble:
        raise BadChange(str(trouble)) from trouble


def _patched(operation: Operation) -> Operation:
    """A patch with values of the sort that its fields have."""
    if type(operation) is not Patch:
        return operation
    fields = _FIELDS[operation.kind]
    values: dict[str, Any] = {}
    for name, value in operation.set.items():
        if name not in fields or name == "id":
            raise BadChange(f"a {operation.kind} has no {name!r} to patch")
        try:
            values[name] = msgspec.convert(value, fields[name])
        except msgspec.ValidationError as trouble:
            raise BadChange(f"{trouble}: {name!r} of a {operation.kind}") from trouble
    return Patch(operation.kind, operation.id, values)
