"""Marks on a note: *herken ik* or *herken ik niet* on a card that was prepared, support of a sentence.

Nothing else can be marked: there are no likes. A mark is of a seat, and of one turn where the
tablet goes round. Whose it is, only that seat sees, so the id of a mark is drawn.
"""

from typing import Final

from .ask import Ask
from .change import Change
from .commands import MarkNote
from .draft import Draft
from .past import Past
from .refusals import Refused
from .sentences import BEDOELING
from .sight import turn_of
from .sprint import Mark, MarkOf, Note, Place, Sprint
from .votes import drawn_id

_PREPARED: Final[tuple[MarkOf, ...]] = ("herken_ik", "herken_niet")
_SENTENCE: Final[tuple[MarkOf, ...]] = ("steun",)


def mark(sprint: Sprint, ask: Ask, command: MarkNote, past: Past) -> Change:
    """One mark of mine on this note: this one instead of another, or none."""
    note = sprint.note(command.note)
    if note is None:
        raise Refused("unknown")
    if note.hidden:
        raise Refused("not_yours")
    if note.gone:
        raise Refused("in_the_bin")
    if command.what is not None and command.what not in _marks_for(note):
        raise Refused("bad_command")
    place: Place | None = sprint.records["place"].get(ask.seat.id)
    turn = turn_of(place)
    mine: list[Mark] = [
        one
        for one in sprint.records["mark"].values()
        if one.note == note.id and one.seat == ask.seat.id and one.turn == turn
    ]
    draft = Draft(sprint)
    if mine:
        if command.what is None:
            draft.set(mine[0], gone=True)
        else:
            draft.set(mine[0], what=command.what, gone=False)
    elif command.what is not None:
        draft.put(
            Mark(
                id=drawn_id(ask, b"mark"),
                note=note.id,
                what=command.what,
                seat=ask.seat.id,
                turn=turn,
                stem=place.stem if place else None,
            )
        )
    return draft.change()


def _marks_for(note: Note) -> tuple[MarkOf, ...]:
    if note.type == BEDOELING:
        return _SENTENCE
    return _PREPARED if note.origin == "organisatie" else ()
