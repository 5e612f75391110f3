"""What a viewer may see of a record, a change and a sprint. Hiding in the browser is not hiding.

Two things are not for everybody: text, voice and author of a note that is hidden until the
reveal, which only its author sees; and the code and token of the door, which only wand and
begeleider see. The law: seeing commutes with applying, for every lens,

    see(apply(sprint, change)) == apply(see(sprint), see_change(sprint, change))

and what a lens sees of a hidden note does not depend on what is hidden.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec
from msgspec import Struct

from . import text
from .change import Change, Drop, Operation, Patch, Put, TextEdit
from .sprint import Evening, Note, Record, Role, Seat, Sprint

_OF_NOTE: Final = ("text", "author", "stem", "literal")
_OF_EVENING: Final = ("code", "token")


class Lens(Struct, frozen=True):
    """Who looks. `seat` None is the crowd: somebody who has no hidden notes."""

    privileged: bool = False  # wand and begeleider: sees code and token
    seat: str | None = None


CROWD: Final = Lens()


def privileged(role: Role) -> bool:
    return role in ("wand", "begeleider")


def lens_of(seat: Seat) -> Lens:
    return Lens(privileged(seat.role), seat.id)


def see_record(record: Record, lens: Lens) -> Record:
    """A record as this lens sees it; the record itself where nothing is kept from it."""
    if isinstance(record, Note):
        if _masked(record, lens):
            return msgspec.structs.replace(record, text="", author=None, stem=None, literal=None)
    elif isinstance(record, Evening) and not lens.privileged:
        return msgspec.structs.replace(record, code="", token="")
    return record


def see(sprint: Sprint, lens: Lens) -> Sprint:
    """The whole sprint as this lens sees it."""
    seen = Sprint()
    seen.head = sprint.head
    for record in sprint:
        seen.put(see_record(record, lens))
    return seen


def see_all(sprint: Sprint, lens: Lens) -> Iterator[Record]:
    """Every record as this lens sees it: a snapshot."""
    return (see_record(record, lens) for record in sprint)


def mine(sprint: Sprint, seat: str) -> tuple[Note, ...]:
    """The records that only this seat sees in full."""
    return tuple(note for note in sprint.notes.values() if note.hidden and note.author == seat)


def see_change(sprint: Sprint, change: Change, lens: Lens) -> Change:
    """A change as this lens sees it. `sprint` is as it was before the change.

    Returns the change itself where nothing is kept from this lens, and an empty one where it
    sees nothing of it.
    """
    if all(_is_plain(sprint, operation) for operation in change):
        return change
    drafted: dict[str, Note | None] = {}
    seen = (_see_operation(sprint, operation, lens, drafted) for operation in change)
    return tuple(operation for operation in seen if operation is not None)


def insiders(sprint: Sprint, change: Change) -> frozenset[str]:
    """The seats that see more of a change than the crowd does: for every other seat
    `see_change` gives what it gives for a lens without a seat."""
    if all(_is_plain(sprint, operation) for operation in change):
        return frozenset()
    authors: set[str] = set()
    drafted: dict[str, Note | None] = {}
    for operation in change:
        id = _id_of(operation)
        before = drafted[id] if id in drafted else sprint.note(id)
        after = drafted[id] = _after(before, operation)
        match operation:
            case Put(Note() as record):
                if record.hidden and record.author is not None:
                    authors.add(record.author)
            case Patch("note", _, fields):
                same = (
                    before is not None
                    and after is not None
                    and (before.hidden and after.hidden and before.author == after.author)
                )
                if not same or not fields.keys().isdisjoint(_OF_NOTE):
                    authors.update(
                        note.author
                        for note in (before, after)
                        if note is not None and note.hidden and note.author is not None
                    )
            case TextEdit():
                if before is not None and before.hidden and before.author is not None:
                    authors.add(before.author)
            case _:
                pass
    return frozenset(authors)


def _masked(note: Note, lens: Lens) -> bool:
    return note.hidden and (note.author is None or note.author != lens.seat)


def _see_operation(
    sprint: Sprint, operation: Operation, lens: Lens, drafted: dict[str, Note | None]
) -> Operation | None:
    match operation:
        case Put(Note()) | Patch("note") | Drop("note") | TextEdit():
            pass
        case Put(record):
            return Put(see_record(record, lens))
        case Patch("sprint", id, fields) if not lens.privileged:
            return _without(operation, fields, _OF_EVENING)
        case _:
            return operation
    id = _id_of(operation)
    before = drafted[id] if id in drafted else sprint.note(id)
    after = drafted[id] = _after(before, operation)
    if isinstance(operation, Put):
        return Put(see_record(operation.record, lens))
    if isinstance(operation, Drop) or before is None or after is None:
        return operation
    match _masked(before, lens), _masked(after, lens):
        case False, False:
            return operation
        case True, True:
            if isinstance(operation, Patch):
                return _without(operation, operation.set, _OF_NOTE)
            return None
        case _:  # it comes in sight, or goes out of it
            return Put(see_record(after, lens))


def _without(patch: Patch, fields: dict[str, Any], secret: tuple[str, ...]) -> Patch | None:
    left = {name: value for name, value in fields.items() if name not in secret}
    if len(left) == len(fields):
        return patch
    return Patch(patch.kind, patch.id, left) if left else None


def _after(note: Note | None, operation: Operation) -> Note | None:
    """The note as the operation leaves it."""
    match operation:
        case Put(Note() as record):
            return record
        case Patch("note", _, fields) if note is not None:
            return msgspec.structs.replace(note, **fields)
        case TextEdit(_, edit) if note is not None:
            return msgspec.structs.replace(note, text=text.apply(note.text, edit))
        case Drop("note"):
            return None
        case _:
            return note


def _is_plain(sprint: Sprint, operation: Operation) -> bool:
    """Whether nothing of this can be hidden from anybody, as far as it can be told at once."""
    match operation:
        case Put(Note() as record):
            return not record.hidden
        case Put(record):
            return not isinstance(record, Evening)
        case Patch("note", id, fields):
            note = sprint.note(id)
            return note is not None and not note.hidden and "hidden" not in fields
        case Patch("sprint", _, fields):
            return fields.keys().isdisjoint(_OF_EVENING)
        case TextEdit(id):
            note = sprint.note(id)
            return note is not None and not note.hidden
        case _:
            return True


def _id_of(operation: Operation) -> str:
    return operation.record.id if isinstance(operation, Put) else operation.id
