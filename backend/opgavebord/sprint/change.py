"""A change set: what one event does to the records. Apply it, and get its inverse back.

Four operations, the same in both languages (`frontend/src/sprint/change.ts`):

* `put`   writes a whole record,
* `patch` writes some fields of a record that exists,
* `drop`  takes a record away (only ever the inverse of a first `put`),
* `text`  edits the text of a note in place (see `text.py`).

Laws, held by `tests/sprint/test_laws.py`: applying a change and then
the inverse it returned leaves the sprint as it was, and applying
the same events to the same start gives the same sprint.
"""

from typing import Any, TypeAlias

import msgspec
from msgspec import Struct

from . import text
from .sprint import KIND_OF, Id, Kind, Note, Record, Sprint
from .text import Edit


class _Operation(Struct, frozen=True, tag_field="op", forbid_unknown_fields=True):
    """One thing that is done to one record."""


class Put(_Operation, frozen=True, tag="put"):
    record: Record


class Patch(_Operation, frozen=True, tag="patch"):
    kind: Kind
    id: Id
    set: dict[str, Any]


class Drop(_Operation, frozen=True, tag="drop"):
    kind: Kind
    id: Id


class TextEdit(_Operation, frozen=True, tag="text"):
    id: Id  # of a note
    edit: Edit


Operation: TypeAlias = Put | Patch | Drop | TextEdit
Change: TypeAlias = tuple[Operation, ...]


class BadChange(Exception):
    """A change that does not fit the sprint: a stored event that was damaged, or a bug."""


def apply(sprint: Sprint, change: Change) -> Change:
    """Carry out a change in place and return its inverse.

    Raises `BadChange` and leaves the sprint as it was when an operation does not fit it.
    """
    undone: list[Operation] = []
    try:
        for operation in change:
            inverse = _inverse(sprint, operation)
            _carry_out(sprint, operation)
            undone.append(inverse)
    except (LookupError, TypeError, ValueError, AttributeError) as trouble:
        for operation in reversed(undone):
            _carry_out(sprint, operation)
        raise BadChange(f"{type(trouble).__name__} in {type(operation).__name__}") from trouble
    undone.reverse()
    return tuple(undone)


def touched(change: Change) -> list[tuple[Kind, str]]:
    """Kind and id of every record a change writes, each once, in order."""
    seen: dict[tuple[Kind, str], None] = {}
    for operation in change:
        match operation:
            case Put(record):
                seen[KIND_OF[type(record)], record.id] = None
            case TextEdit(id):
                seen["note", id] = None
            case Patch(kind, id) | Drop(kind, id):
                seen[kind, id] = None
    return list(seen)


def _carry_out(sprint: Sprint, operation: Operation) -> None:
    match operation:
        case Put(record):
            sprint.put(record)
        case Patch(kind, id, fields):
            before = _existing(sprint, kind, id)
            sprint.put(_with(before, fields))
        case TextEdit(id, edit):
            note = _existing(sprint, "note", id)
            assert isinstance(note, Note)
            sprint.put(msgspec.structs.replace(note, text=text.apply(note.text, edit)))
        case Drop(kind, id):
            sprint.drop(kind, id)


def _inverse(sprint: Sprint, operation: Operation) -> Operation:
    match operation:
        case Put(record):
            kind = KIND_OF[type(record)]
            before = sprint.find(kind, record.id)
            return Drop(kind, record.id) if before is None else Put(before)
        case Patch(kind, id, fields):
            before = _existing(sprint, kind, id)
            return Patch(kind, id, {name: getattr(before, name) for name in fields})
        case TextEdit(id, edit):
            note = _existing(sprint, "note", id)
            assert isinstance(note, Note)
            return TextEdit(id, text.invert(note.text, edit))
        case Drop(kind, id):
            return Put(_existing(sprint, kind, id))


def _existing(sprint: Sprint, kind: Kind, id: str) -> Record:
    found = sprint.find(kind, id)
    if found is None:
        raise LookupError(f"no {kind} {id}")
    return found


def _with(record: Record, fields: dict[str, Any]) -> Record:
    if "id" in fields or "kind" in fields:
        raise ValueError("a record keeps its id")
    changed: Record = msgspec.structs.replace(record, **fields)
    return changed
