"""Taking back what one seat did, without touching anybody else.

A *rewind* is the undo of each of its commands of the last minutes, the newest first, as one change
and as if the seat had undone them itself. Where somebody built on one of them since, that one
stays, and the others go. What lies in the past so far that a seat could not undo it either
(`limits.UNDO_PER_SEAT`) stays as well.
"""

from . import limits, undo
from .ask import Ask
from .change import Change
from .commands import RewindSeat
from .draft import Draft
from .past import Past
from .refusals import Refused
from .sprint import Seat, Sprint

MINUTE_MS = 60_000


def rewind(sprint: Sprint, ask: Ask, command: RewindSeat, past: Past) -> Change:
    if not 1 <= command.minutes <= limits.REWIND_MINUTES:
        raise Refused("bad_command")
    place = sprint.place(command.seat)
    role = place.role if place is not None else "deelnemer"
    theirs = Ask(None, Seat(command.seat, role), ask.now, ask.entropy)
    since = ask.now - command.minutes * MINUTE_MS
    draft = Draft(sprint)
    taken: undo.Taken = {}
    for done in past.done_by(command.seat, since):
        attempt, edits = draft.twin(), {note: list(steps) for note, steps in taken.items()}
        try:
            undo.take_back(attempt, theirs, done, past, edits)
            attempt.settle()
        except Refused:
            continue
        draft, taken = attempt, edits
    return draft.change()
