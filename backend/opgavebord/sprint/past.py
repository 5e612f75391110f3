"""What the rules need to know of the past: text edits per note, and what can be undone.

The value of a sprint is the present only. Two rules look back: an edit of a text is brought over
the edits that came in between, and an undo wants to know what its command did. The room keeps
one `Past` beside its sprint, records every entry in it (also on replay), and takes entries back
in reverse order where it rolls the sprint back.

The text edits are kept for ever: they are small, and no base is then too old. Of what can be
undone each seat has the last `limits.UNDO_PER_SEAT`.
"""

from bisect import bisect_right
from collections import deque
from typing import Final, NamedTuple

from msgspec import Struct

from . import limits
from .change import Change, TextEdit
from .commands import (
    AnyCommand,
    BinNote,
    ChangeBelofte,
    CreateNote,
    DissolveCluster,
    DropBelofte,
    DropGroup,
    EditNote,
    GatherNote,
    GiveDots,
    GiveField,
    GiveKern,
    GiveStem,
    GroupNotes,
    MakeBelofte,
    MakeGroup,
    MarkNote,
    MergeGroups,
    MoveCluster,
    MoveGroup,
    MoveNote,
    NameCluster,
    NameGroup,
    RestoreNote,
    SplitGroup,
    TagNote,
    Undo,
)
from .entry import Entry
from .text import Edit

UNDOABLE: Final[frozenset[type[AnyCommand]]] = frozenset(
    {
        CreateNote,
        EditNote,
        GiveStem,
        GiveField,
        GiveKern,
        TagNote,
        MarkNote,
        MoveNote,
        GatherNote,
        BinNote,
        RestoreNote,
        NameCluster,
        MoveCluster,
        DissolveCluster,
        MakeGroup,
        GroupNotes,
        NameGroup,
        MoveGroup,
        MergeGroups,
        SplitGroup,
        DropGroup,
        GiveDots,
        MakeBelofte,
        ChangeBelofte,
        DropBelofte,
    }
)
"""What a person does with words, groups and dots. Directing the evening, and what a seat says of
itself, is not undone but done anew."""


class TextStep(NamedTuple):
    """One edit of a note's text, and the number of the event it undid."""

    seq: int
    edit: Edit
    undoes: int | None


class Done(Struct, frozen=True):
    """A command that was carried out and may be undone. An undo is one as well: that is redo."""

    seq: int
    at: int
    seat: str
    asked: type[AnyCommand]  # of an undo: what was undone in the end
    change: Change
    inverse: Change


class Past:
    """See above. `record` and `take_back` are the only ones that write."""

    __slots__ = ("_done", "_names", "_texts")

    def __init__(self) -> None:
        self._texts: dict[str, list[TextStep]] = {}
        self._done: dict[str, Done] = {}
        self._names: dict[str, deque[str]] = {}

    def record(self, entry: Entry, inverse: Change) -> None:
        """Remember an entry that was applied; `inverse` is what `change.apply` returned."""
        if not entry.change:
            return
        command = entry.command
        undone = self._done.get(command.of) if isinstance(command, Undo) else None
        for operation in entry.change:
            if isinstance(operation, TextEdit):
                step = TextStep(entry.seq, operation.edit, undone.seq if undone else None)
                self._texts.setdefault(operation.id, []).append(step)
        if command is None:  # an old one that can no longer be read: what it did to a text counts
            return
        asked = undone.asked if undone else type(command)
        if asked not in UNDOABLE:
            return
        names = self._names.setdefault(entry.seat, deque())
        names.append(entry.name)
        self._done[entry.name] = Done(entry.seq, entry.at, entry.seat, asked, entry.change, inverse)
        if len(names) > limits.UNDO_PER_SEAT:
            self._done.pop(names.popleft(), None)

    def take_back(self, entry: Entry) -> None:
        """Forget the entry that was recorded last."""
        for operation in entry.change:
            if isinstance(operation, TextEdit):
                steps = self._texts.get(operation.id, [])
                if steps and steps[-1].seq == entry.seq:
                    steps.pop()
                if not steps:
                    self._texts.pop(operation.id, None)
        if self._done.pop(entry.name, None) is not None:
            names = self._names[entry.seat]
            names.pop()
            if not names:
                del self._names[entry.seat]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Past) and all(
            getattr(self, part) == getattr(other, part) for part in self.__slots__
        )

    __hash__ = None  # type: ignore[assignment]  # a value that changes has no hash

    def edits_since(self, note: str, seq: int) -> list[TextStep]:
        """The edits of a note's text in events after `seq`, in order."""
        steps = self._texts.get(note)
        if not steps or steps[-1].seq <= seq:
            return []
        return steps[bisect_right(steps, seq, key=lambda step: step.seq) :]

    def undoable(self, name: str) -> Done | None:
        """What the command of that name did, if it can be undone at all."""
        return self._done.get(name)

    def done_by(self, seat: str, since: int) -> list[Done]:
        """What a seat did from a moment on and can still be undone, the newest first."""
        names = reversed(self._names.get(seat, ()))
        return [done for name in names if (done := self._done[name]).at >= since]
