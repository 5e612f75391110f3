"""Undo, generic: every command on the board is taken back in the same way.

The change a command made is compared with how things are now. Where each field still has the
value it wrote, the old values are put back; otherwise somebody changed it since, and the undo is
refused. A text edit is never in the way: its inverse is brought over the edits made since. What
was made is not dropped but laid in the bin. An undo is itself an entry that can be undone: redo.

What an undo may is what its command may: the same right in the step that is on now.
"""

import msgspec

from . import permissions, text, writing
from .ask import Ask
from .change import Change, Drop, Operation, Patch, Put, TextEdit
from .commands import Undo
from .draft import Draft
from .notes import keep_literal
from .past import Past, TextStep
from .refusals import Refused
from .sprint import Cluster, Note, Sprint


def undo(sprint: Sprint, ask: Ask, command: Undo, past: Past) -> Change:
    done = past.undoable(command.of)
    # Somebody else's is answered as one that never was: what that one did may be hidden.
    if done is None or done.seat != ask.seat.id:
        raise Refused("unknown")
    notes = [
        note for operation in done.change if (note := sprint.note(_id_of(operation))) is not None
    ]
    own = all(note.author == ask.seat.id for note in notes)
    if not permissions.step_allows(ask.seat, done.asked, sprint.step_on, own):
        raise Refused("not_in_this_step")
    if not all(permissions.on_the_board(sprint, ask.seat, note.zone) for note in notes):
        raise Refused("not_in_this_step")
    draft = Draft(sprint)
    # apply returns the inverses last first
    for operation, inverse in zip(done.change, reversed(done.inverse), strict=True):
        _take_back(draft, operation, inverse)
    first = any(isinstance(op, Patch) and op.set.get("literal") is not None for op in done.change)
    for inverse in done.inverse:
        if isinstance(inverse, TextEdit):
            _take_back_text(draft, ask, inverse, past.edits_since(inverse.id, done.seq), first)
    draft.settle()
    change = draft.change()
    if not change:
        raise Refused("changed_since")
    return change


def _take_back(draft: Draft, operation: Operation, inverse: Operation) -> None:
    """Put the old values back, if the new ones are still there."""
    match operation, inverse:
        case Put(Note() | Cluster() as written), Drop():
            now = draft.note(written.id) or draft.cluster(written.id)
            if now is None or _lasting(now) != _lasting(written):
                raise Refused("changed_since")
            draft.set(now, gone=True)
        case Patch(kind, id, new), Patch(_, _, old):
            if new.keys() == {"rank"}:
                return  # a sibling that made room: it may stay where it is
            found = draft.note(id) if kind == "note" else draft.cluster(id)
            if found is None or any(getattr(found, name) != value for name, value in new.items()):
                raise Refused("changed_since")
            if "literal" in new:  # the text decides below
                old = {name: value for name, value in old.items() if name != "literal"}
            if "hidden" in old:  # what was shown stays shown
                old = {name: value for name, value in old.items() if name not in ("hidden", "late")}
            if "zone" in old and "rank" in old:
                draft.lay(found, **old)
            else:
                draft.set(found, **old)
        case _:
            pass


def _take_back_text(
    draft: Draft, ask: Ask, inverse: TextEdit, since: list[TextStep], first: bool
) -> None:
    """`first`: it was the first change of the author's own words, which it kept beside the text."""
    note = draft.note(inverse.id)
    if note is None:
        raise Refused("changed_since")
    edit = inverse.edit
    for step in _standing(since):
        edit = text.transform(edit, step.edit, "right")
    written = text.apply(note.text, edit)
    if written == note.text:
        return
    writing.check_note(written)
    draft.text(note, edit)
    if first and note.literal == written:
        draft.set(note, literal=None)  # the author's own words are the text again
    else:
        keep_literal(draft, ask, note)


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


def _lasting(item: Note | Cluster) -> Note | Cluster:
    """A record without what changes by itself: its rank when siblings are tidied, and what the
    reveal does to it."""
    if isinstance(item, Note):
        return msgspec.structs.replace(item, rank=0, hidden=False, late=False)
    return msgspec.structs.replace(item, rank=0)


def _id_of(operation: Operation) -> str:
    return operation.record.id if isinstance(operation, Put) else operation.id
