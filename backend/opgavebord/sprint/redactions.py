"""Another text beside the literal words of a note, by whom (a role) and why. The words stay.

A redaction that is *required* is read in public instead of them: on the wall and in everything people
take home. Which one counts is decided in `disclosure.py`.
"""

from . import writing
from .ask import Ask
from .change import Change
from .commands import DropRedaction, RedactNote
from .draft import Draft
from .past import Past
from .refusals import Refused
from .sprint import Redaction, Sprint


def redact(sprint: Sprint, ask: Ask, command: RedactNote, past: Past) -> Change:
    note = sprint.note(command.note)
    if note is None:
        raise Refused("unknown")
    if note.hidden:
        raise Refused("not_yours")
    if command.redaction in sprint.records["redaction"]:
        raise Refused("exists")
    writing.check_note(command.text)
    writing.check_title(command.reason)
    if writing.is_empty(command.text) or writing.is_empty(command.reason):
        raise Refused("empty")
    draft = Draft(sprint)
    draft.put(
        Redaction(
            id=command.redaction,
            note=note.id,
            text=command.text,
            role=ask.seat.role,
            reason=command.reason,
            required=command.required,
            at=ask.now,
        )
    )
    draft.settle()
    return draft.change()


def drop(sprint: Sprint, ask: Ask, command: DropRedaction, past: Past) -> Change:
    """Taken back; that it was there is kept. Twice is once."""
    redaction: Redaction | None = sprint.records["redaction"].get(command.redaction)
    if redaction is None:
        raise Refused("unknown")
    draft = Draft(sprint)
    draft.set(redaction, gone=True)
    draft.settle()
    return draft.change()
