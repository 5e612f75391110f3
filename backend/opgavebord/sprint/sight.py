"""What a viewer may see of a record, a change and a sprint. Hiding in the browser is not hiding.

There are three *views*: the hall (who takes part or reads along), the wall, and the desk (who
directs, harvests and publishes). Within a view one seat may see more than its crowd: what it
wrote in private, what lies hidden at its table, its own place, dots and marks. All that is kept
from anybody is said in one function, `_kept`: which fields of this record stay blank for these
eyes. It looks at the record, at the view and at where the seat of the viewer is: its table and the
turn it is in. So a seat that moves to another table, or hands the tablet on, sees other things, and
`see_change` brings those along with the change that moved it. The law, for every lens,

    see(apply(sprint, change)) == apply(see(sprint), see_change(sprint, change))

and what a lens sees does not depend on what is kept from it.

A blank field has the default of its kind. A hidden note is there, in its zone and at its table,
and nothing else of it is; of another's place only that it is there.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, Literal, TypeAlias

import msgspec
from msgspec import NODEFAULT, Struct

from . import text
from .change import Change, Drop, Operation, Patch, Put, TextEdit
from .sprint import (
    KIND_OF,
    Arrival,
    Ballot,
    Evening,
    Kind,
    Mark,
    Note,
    Place,
    Record,
    Role,
    Seat,
    Sprint,
    Table,
)

View: TypeAlias = Literal["hall", "wall", "desk"]
VIEWS: Final[tuple[View, ...]] = ("hall", "wall", "desk")
_VIEW_OF: Final[dict[Role, View]] = {
    "deelnemer": "hall",
    "tafelbegeleider": "hall",
    "luisteraar": "hall",
    "wand": "wall",
    "begeleider": "desk",
    "oogst": "desk",
    "bureau": "desk",
}

Key: TypeAlias = tuple[Kind, str]
Kept: TypeAlias = tuple[str, ...]
"""Fields that stay blank, in the order of these constants, so that equal means the same."""

_NOTHING: Final[Kept] = ()
_OF_EVENING: Final[Kept] = ("code", "token")
_OF_HIDDEN: Final[Kept] = (
    "text",
    "author",
    "stem",
    "literal",
    "turn",
    "scribed",
    "type",
    "fields",
    "about",
    "of",
    "origin",
    "card",
    "kern",
    "domains",
)
_KERN: Final[Kept] = ("kern",)
_DOMAINS: Final[Kept] = ("domains",)
_BOTH: Final[Kept] = ("kern", "domains")
_OF_TABLE: Final[Kept] = ("volgcode",)
_OF_PLACE: Final[Kept] = tuple(name for name in Place.__struct_fields__ if name != "id")
_OF_ARRIVAL: Final[Kept] = ("seat", "table", "kern", "stem")
_OF_BALLOT: Final[Kept] = ("seat", "turn", "table", "stem", "shared", "voters", "dots")
_OF_MARK: Final[Kept] = ("seat", "turn", "stem")
_SPLITS: Final = frozenset({"hidden", "author", "kern", "domains"})
"""Patching these of an open note is not the same for everybody."""
_MOVES: Final = frozenset({"table", "turn", "stand"})
"""Patching these of a place changes what its seat sees of others."""


class Lens(Struct, frozen=True):
    """Who looks: from which side, and which seat. `seat` None is the crowd of that side."""

    view: View = "hall"
    seat: str | None = None


CROWD: Final = Lens()
CROWDS: Final[dict[View, Lens]] = {view: Lens(view) for view in VIEWS}


class _Eyes(Struct, frozen=True):
    """A lens, and where its seat is."""

    view: View
    seat: str | None = None
    table: str | None = None
    turn: int = 0
    handed: int = 0  # the turn its dots and marks belong to: 0 unless the tablet goes round


def view_of(role: Role) -> View:
    return _VIEW_OF[role]


def lens_of(seat: Seat) -> Lens:
    return Lens(_VIEW_OF[seat.role], seat.id)


def turn_of(place: Place | None) -> int:
    """The turn that dots and marks belong to: 0 unless the tablet goes round."""
    return place.turn if place is not None and place.stand == "doorgeven" else 0


def sees(sprint: Sprint, note: Note, seat: str) -> bool:
    """Whether this seat can read a note."""
    return not note.hidden or _reads(note, _eyes(sprint, Lens("hall", seat)))


# --- a record ------------------------------------------------------------------------


def see_record(sprint: Sprint, record: Record, lens: Lens) -> Record:
    """A record as this lens sees it; the record itself where nothing is kept from it."""
    return _seen(record, _eyes(sprint, lens))


def see(sprint: Sprint, lens: Lens) -> Sprint:
    """The whole sprint as this lens sees it."""
    seen = Sprint()
    seen.head = sprint.head
    for record in see_all(sprint, lens):
        seen.put(record)
    return seen


def see_all(sprint: Sprint, lens: Lens) -> Iterator[Record]:
    """Every record as this lens sees it: a snapshot."""
    eyes = _eyes(sprint, lens)
    return (_seen(record, eyes) for record in sprint)


def mine(sprint: Sprint, lens: Lens) -> tuple[Record, ...]:
    """The records that this lens sees otherwise than its crowd does, as it sees them."""
    if lens.seat is None:
        return ()
    eyes, crowd = _eyes(sprint, lens), _Eyes(lens.view)
    return tuple(
        _seen(record, eyes)
        for kind in _KINDS_WITH_SECRETS
        for record in sprint.records[kind].values()
        if _kept(record, eyes) != _kept(record, crowd)
    )


def everyones(sprint: Sprint, view: View) -> dict[str, tuple[Record, ...]]:
    """`mine` of every seat that has any, were it on this side: for who comes in later."""
    crowd = _Eyes(view)
    eyes: dict[str, _Eyes] = {}
    own: dict[str, list[Record]] = {}
    for kind in _KINDS_WITH_SECRETS:
        for record in sprint.records[kind].values():
            kept = _kept(record, crowd)
            if not kept:
                continue
            for seat in set(_inside(sprint, record)):
                if seat not in eyes:
                    eyes[seat] = _eyes(sprint, Lens(view, seat))
                if _kept(record, eyes[seat]) != kept:
                    own.setdefault(seat, []).append(_seen(record, eyes[seat]))
    return {seat: tuple(records) for seat, records in own.items()}


# --- a change ------------------------------------------------------------------------


def see_change(sprint: Sprint, change: Change, lens: Lens) -> Change:
    """A change as this lens sees it. `sprint` is as it was before the change.

    Returns the change itself where nothing is kept from anybody, and an empty one where this
    lens sees nothing of it.
    """
    if all(_is_plain(sprint, operation) for operation in change):
        return change
    if lens.seat is not None and any(_moves(operation, lens.seat) for operation in change):
        return _see_anew(sprint, change, lens)
    eyes = _eyes(sprint, lens)
    drafted: dict[Key, Record | None] = {}
    seen = [_see_operation(sprint, operation, eyes, drafted) for operation in change]
    return tuple([operation for operation in seen if operation is not None])


def insiders(sprint: Sprint, change: Change) -> frozenset[str]:
    """The seats that may see more of a change than their crowd does: for every other seat
    `see_change` gives what it gives for a lens without a seat."""
    if all(_is_plain(sprint, operation) for operation in change):
        return frozenset()
    seats: set[str] = set()
    drafted: dict[Key, Record | None] = {}
    for operation in change:
        key = _key_of(operation)
        before = drafted[key] if key in drafted else sprint.find(*key)
        after = drafted[key] = _after(before, operation)
        if isinstance(operation, Drop) and key[0] != "place":
            continue
        if isinstance(operation, Put):  # it is whole in itself: what was there does not matter
            before = None
        for record in (before, after):
            if record is not None and not _same_for_all(operation, before, after):
                seats.update(_inside(sprint, record))
    return frozenset(seats)


def moved(change: Change) -> frozenset[str]:
    """The seats that this change sets down elsewhere, or in another turn: what they could read
    before it may be closed to them now."""
    return frozenset(
        id
        for operation in change
        for kind, id in (_key_of(operation),)
        if kind == "place" and _moves(operation, id)
    )


def parts(change: Change) -> tuple[Change, ...]:
    """A change in pieces of which what is seen of the whole is made: for every lens, and of the
    sprint before the change. One piece where an operation depends on another."""
    keys = {_key_of(operation) for operation in change}
    if len(keys) < len(change) or moved(change):
        return (change,)
    return tuple((operation,) for operation in change)


def _same_for_all(operation: Operation, before: Record | None, after: Record | None) -> bool:
    """Whether it is told to everybody alike, as far as can be seen at once: a patch of fields
    that nobody is kept from, on a record that nobody comes to see more or less of."""
    match operation:
        case Patch("note", _, fields):
            assert isinstance(before, Note)
            return (
                fields.keys().isdisjoint(_OF_HIDDEN if before.hidden else _SPLITS)
                and "hidden" not in fields
                and fields.keys().isdisjoint(("at_table", "table"))
            )
        case TextEdit():
            assert isinstance(before, Note)
            return not before.hidden
        case _:
            return False


def _see_operation(
    sprint: Sprint, operation: Operation, eyes: _Eyes, drafted: dict[Key, Record | None]
) -> Operation | None:
    if isinstance(operation, Put):
        drafted[_key_of(operation)] = operation.record
        seen = _seen(operation.record, eyes)
        return operation if seen is operation.record else Put(seen)
    key = _key_of(operation)
    before = drafted[key] if key in drafted else sprint.find(*key)
    after = drafted[key] = _after(before, operation)
    if before is None or after is None:
        return operation
    kept = _kept(before, eyes)
    if kept != _kept(after, eyes):  # it comes in sight, or goes out of it
        return Put(_seen(after, eyes))
    if not kept:
        return operation
    if isinstance(operation, Patch):
        left = {name: value for name, value in operation.set.items() if name not in kept}
        if len(left) == len(operation.set):
            return operation
        return Patch(operation.kind, operation.id, left) if left else None
    return None if "text" in kept else operation


def _see_anew(sprint: Sprint, change: Change, lens: Lens) -> Change:
    """A change that moves the seat of this lens: what it did as whole records, and besides all
    that comes in sight, or goes out of it, because the seat is elsewhere."""
    before = _eyes(sprint, lens)
    drafted: dict[Key, Record | None] = {}
    for operation in change:
        key = _key_of(operation)
        was = drafted[key] if key in drafted else sprint.find(*key)
        drafted[key] = _after(was, operation)
    assert lens.seat is not None
    place = drafted["place", lens.seat]
    after = _eyes_of(lens, place if isinstance(place, Place) else None)
    seen: list[Operation] = []
    for (kind, id), record in drafted.items():
        if record is not None:
            seen.append(Put(_seen(record, after)))
        elif sprint.find(kind, id) is not None:
            seen.append(Drop(kind, id))
    for kind in _KINDS_BY_PLACE:
        for id, record in sprint.records[kind].items():
            if (kind, id) not in drafted and _kept(record, before) != _kept(record, after):
                seen.append(Put(_seen(record, after)))
    return tuple(seen)


# --- what is kept from whom ----------------------------------------------------------


def _kept(record: Record, eyes: _Eyes) -> Kept:
    """The fields of a record that stay blank for these eyes."""
    rule = _KEPT.get(type(record))
    return rule(record, eyes) if rule is not None else _NOTHING


def _reads(note: Note, eyes: _Eyes) -> bool:
    """Whether these eyes can read a hidden note."""
    if eyes.seat is None:
        return False
    if note.author == eyes.seat and (note.turn is None or note.turn == eyes.turn):
        return True
    return note.at_table and note.table is not None and note.table == eyes.table


def _of_note(note: Note, eyes: _Eyes) -> Kept:
    if note.hidden and not _reads(note, eyes):
        return _OF_HIDDEN
    if eyes.view == "desk":
        return _NOTHING
    if note.kern is not None and (note.author is None or note.author != eyes.seat):
        return _BOTH if note.domains else _KERN
    return _DOMAINS if note.domains else _NOTHING


def _of_evening(evening: Evening, eyes: _Eyes) -> Kept:
    return _OF_EVENING if eyes.view == "hall" else _NOTHING


def _of_table(table: Table, eyes: _Eyes) -> Kept:
    if not table.volgcode or eyes.view == "desk" or eyes.table == table.id:
        return _NOTHING
    return _OF_TABLE


def _of_place(place: Place, eyes: _Eyes) -> Kept:
    return _NOTHING if eyes.view == "desk" or eyes.seat == place.id else _OF_PLACE


def _of_arrival(arrival: Arrival, eyes: _Eyes) -> Kept:
    return _NOTHING if arrival.seat is not None and arrival.seat == eyes.seat else _OF_ARRIVAL


def _of_ballot(ballot: Ballot, eyes: _Eyes) -> Kept:
    if ballot.paper and eyes.view == "desk":
        return _NOTHING
    if ballot.shared:
        own = ballot.table is not None and ballot.table == eyes.table
    else:
        own = ballot.seat is not None and ballot.seat == eyes.seat and ballot.turn == eyes.handed
    return _NOTHING if own else _OF_BALLOT


def _of_mark(mark: Mark, eyes: _Eyes) -> Kept:
    own = mark.seat is not None and mark.seat == eyes.seat and mark.turn == eyes.handed
    return _NOTHING if own else _OF_MARK


_KEPT: Final[dict[type[Record], Callable[[Any, _Eyes], Kept]]] = {
    Note: _of_note,
    Evening: _of_evening,
    Table: _of_table,
    Place: _of_place,
    Arrival: _of_arrival,
    Ballot: _of_ballot,
    Mark: _of_mark,
}
_KINDS_WITH_SECRETS: Final[tuple[Kind, ...]] = tuple(KIND_OF[shape] for shape in _KEPT)
_KINDS_BY_PLACE: Final[tuple[Kind, ...]] = ("note", "table", "ballot", "mark")


def _inside(sprint: Sprint, record: Record) -> Iterable[str]:
    """The seats that may see more of a record than their crowd does."""
    match record:
        case Note(author=author, hidden=hidden, at_table=at_table, table=table):
            own = () if author is None else (author,)
            return (*own, *_seats_at(sprint, table)) if hidden and at_table else own
        case Table(id=id):
            return _seats_at(sprint, id)
        case Place(id=id):
            return (id,)
        case Ballot(seat=seat, shared=shared, table=table):
            own = () if seat is None else (seat,)
            return (*own, *_seats_at(sprint, table)) if shared else own
        case Arrival(seat=seat) | Mark(seat=seat):
            return () if seat is None else (seat,)
        case _:
            return ()


def _seats_at(sprint: Sprint, table: str | None) -> list[str]:
    if table is None:
        return []
    return [place.id for place in sprint.records["place"].values() if place.table == table]


def _eyes(sprint: Sprint, lens: Lens) -> _Eyes:
    if lens.seat is None:
        return _Eyes(lens.view)
    return _eyes_of(lens, sprint.records["place"].get(lens.seat))


def _eyes_of(lens: Lens, place: Place | None) -> _Eyes:
    if place is None:
        return _Eyes(lens.view, lens.seat)
    return _Eyes(lens.view, lens.seat, place.table, place.turn, turn_of(place))


def _seen(record: Record, eyes: _Eyes) -> Record:
    kept = _kept(record, eyes)
    if not kept:
        return record
    blank = _BLANK[type(record)]
    seen: Record = msgspec.structs.replace(record, **{name: blank[name] for name in kept})
    return seen


def _blanks(shape: type[Record]) -> dict[str, Any]:
    """The default of every field; a text that has none is empty."""
    return {
        field.name: ""
        if field.default is NODEFAULT and field.default_factory is NODEFAULT
        else field.default
        if field.default is not NODEFAULT
        else field.default_factory()
        for field in msgspec.structs.fields(shape)
    }


_BLANK: Final[dict[type[Record], dict[str, Any]]] = {shape: _blanks(shape) for shape in _KEPT}

# --- what an operation does ----------------------------------------------------------


def _is_plain(sprint: Sprint, operation: Operation) -> bool:
    """Whether nothing of this can be kept from anybody, as far as it can be told at once."""
    match operation:
        case Put(Note() as record):
            return not record.hidden and record.kern is None and not record.domains
        case Put(Table() as record):
            return not record.volgcode
        case Put(record):
            return type(record) not in _KEPT
        case Patch("note", id, fields):
            note = sprint.note(id)
            return note is not None and not note.hidden and _SPLITS.isdisjoint(fields)
        case TextEdit(id):
            note = sprint.note(id)
            return note is not None and not note.hidden
        case Patch("sprint", _, fields):
            return fields.keys().isdisjoint(_OF_EVENING)
        case Patch("table", _, fields):
            return "volgcode" not in fields
        case Patch(kind):
            return kind not in _MASKED_OTHERWISE
        case Drop(kind):
            return kind != "place"


_MASKED_OTHERWISE: Final[frozenset[Kind]] = frozenset({"place", "arrival", "ballot", "mark"})


def _moves(operation: Operation, seat: str) -> bool:
    match operation:
        case Put(Place(id=id)) | Drop("place", id):
            return id == seat
        case Patch("place", id, fields):
            return id == seat and not _MOVES.isdisjoint(fields)
        case _:
            return False


def _after(record: Record | None, operation: Operation) -> Record | None:
    """The record as the operation leaves it."""
    match operation:
        case Put(written):
            return written
        case Patch(_, _, fields) if record is not None:
            changed: Record = msgspec.structs.replace(record, **fields)
            return changed
        case TextEdit(_, edit) if isinstance(record, Note):
            return msgspec.structs.replace(record, text=text.apply(record.text, edit))
        case Drop():
            return None
        case _:
            return record


def _key_of(operation: Operation) -> Key:
    match operation:
        case Put(record):
            return KIND_OF[type(record)], record.id
        case TextEdit(id):
            return "note", id
        case Patch(kind, id) | Drop(kind, id):
            return kind, id
