"""Undo, generic: every command with words, groups and dots is taken back in the same way.

The change a command made is compared with how things are now. Where each field still has the
value it wrote, the old values are put back; otherwise somebody changed it since, and the undo is
refused. A text edit is never in the way: its inverse is brought over the edits made since. What
was made is not dropped but laid in the bin, and of a ballot the dots go back. What is counted (how
many voted) is not undone. An undo is itself an entry that can be undone: redo.

What an undo may is what its command may: the same right in the step that is on now, and nothing
that its seat can no longer see.
"""

from typing import TypeAlias

import msgspec

from . import permissions, text, writing
from .ask import Ask
from .change import Change, Drop, Operation, Patch, Put, TextEdit
from .commands import Undo
from .draft import Draft
from .notes import keep_literal
from .past import Done, Past, TextStep
from .refusals import Refused
from .sprint import Ballot, Kind, Note, Record, Sprint
from .text import Edit

_COUNTED: tuple[Kind, ...] = ("round", "tally", "wall", "sprint")
"""What follows from a command besides what it did."""


def undo(sprint: Sprint, ask: Ask, command: Undo, past: Past) -> Change:
    done = past.undoable(command.of)
    # Somebody else's is answered as one that never was: what that one did may be hidden.
    if done is None or done.seat != ask.seat.id:
        raise Refused("unknown")
    permissions.require_undo(sprint, ask.seat, done.asked, done.change)
    draft = Draft(sprint)
    take_back(draft, ask, done, past)
    draft.settle()
    change = draft.change()
    if not change:
        raise Refused("changed_since")
    return change


Taken: TypeAlias = dict[str, list[TextStep]]
"""By note, the edits of its text that a draft made already, in order."""


def take_back(draft: Draft, ask: Ask, done: Done, past: Past, taken: Taken | None = None) -> None:
    """Draft the opposite of what was done, as the seat of the ask. Raises `Refused`.

    `taken`: where several are taken back in one draft, the edits so far; this one's come to it.
    """
    # apply returns the inverses last first
    for operation, inverse in zip(done.change, reversed(done.inverse), strict=True):
        _take_back(draft, operation, inverse)
    first = any(isinstance(op, Patch) and op.set.get("literal") is not None for op in done.change)
    for inverse in done.inverse:
        if isinstance(inverse, TextEdit):
            earlier = taken.setdefault(inverse.id, []) if taken is not None else []
            since = past.edits_since(inverse.id, done.seq) + earlier
            edit = _take_back_text(draft, ask, inverse, since, first)
            earlier.append(TextStep(draft.sprint.head + 1, edit, done.seq))


def _take_back(draft: Draft, operation: Operation, inverse: Operation) -> None:
    """Put the old values back, if the new ones are still there."""
    match operation, inverse:
        case (Put(written), Drop(kind, id)) if kind not in _COUNTED:
            now = draft.find(kind, id)
            if now is None or _lasting(now) != _lasting(written):
                raise Refused("changed_since")
            if isinstance(now, Ballot):
                _still_open(draft, now)
                draft.set(now, dots={})
            elif hasattr(now, "gone"):
                draft.set(now, gone=True)
        case (Patch(kind, id, new), Patch(_, _, old)) if kind not in _COUNTED:
            if new.keys() == {"rank"}:
                return  # a sibling that made room: it may stay where it is
            found = draft.find(kind, id)
            if found is None or any(getattr(found, name) != value for name, value in new.items()):
                raise Refused("changed_since")
            if isinstance(found, Ballot):
                _still_open(draft, found)
            if "literal" in new:  # the text decides below
                old = {name: value for name, value in old.items() if name != "literal"}
            if "hidden" in old:  # what was shown stays shown
                old = {name: value for name, value in old.items() if name not in _SHOWN}
            if "rank" in old and ("zone" in old or kind == "group"):
                draft.lay(found, **old)
            else:
                draft.set(found, **old)
        case _:
            pass


_SHOWN: frozenset[str] = frozenset({"hidden", "late", "at_table"})


def _still_open(draft: Draft, ballot: Ballot) -> None:
    round = draft.sprint.records["round"].get(ballot.round)
    if round is None or not round.open:
        raise Refused("round_closed")


def _take_back_text(
    draft: Draft, ask: Ask, inverse: TextEdit, since: list[TextStep], first: bool
) -> Edit:
    """Returns the edit that was drafted. `first`: it was the first change of the author's own words,
    which it kept beside the text."""
    note = draft.note(inverse.id)
    if note is None:
        raise Refused("changed_since")
    edit = inverse.edit
    for step in _standing(since):
        edit = text.transform(edit, step.edit, "right")
    written = text.apply(note.text, edit)
    if written == note.text:
        return edit
    writing.check_note(written)
    draft.text(note, edit)
    if first and note.literal == written:
        draft.set(note, literal=None)  # the author's own words are the text again
    else:
        keep_literal(draft, ask, note)
    return edit


def _standing(since: list[TextStep]) -> list[TextStep]:
    """Without the edits that were undone by the very next one: together they did nothing, and
    undoing several in a row gives back exactly what was there."""
    standing: list[TextStep] = []
    for step in since:
        if standing and step.undoes == standing[-1].seq:
            standing.pop()
        else:
            standing.append(step)
    return standing


def _lasting(item: Record) -> Record:
    """A record without what changes by itself: its rank when siblings are tidied, and what the
    reveal does to it."""
    if isinstance(item, Note):
        return msgspec.structs.replace(item, rank=0, hidden=False, late=False, at_table=False)
    if hasattr(item, "rank"):
        tidied: Record = msgspec.structs.replace(item, rank=0)
        return tidied
    return item
