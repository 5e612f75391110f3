"""What a person can ask for. One struct per command; the rules that answer them are in
`notes.py`, `clusters.py` and `steps.py`, and the table that joins the two is in `decide.py`.

A command holds intentions ("before this one", "with that one"), never computed results such as
ranks: the server computes those, so two people who do the same thing at once do not collide.
"""

from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

from . import limits
from .sprint import Id, Record, Whole
from .text import Edit

Name: TypeAlias = Annotated[str, Meta(min_length=6, max_length=limits.ID_CHARACTERS + 11)]
"""The name of a command: `<device>.<number>`, the same for ever."""


class Command(Struct, frozen=True, tag_field="do", forbid_unknown_fields=True):
    """What a person asks for."""


class CreateNote(Command, frozen=True, tag="note.create"):
    note: Id  # made by the client
    zone: Id
    text: str
    stem: Id | None = None
    step: Id | None = None  # the step that was on when it was written


class EditNote(Command, frozen=True, tag="note.edit"):
    note: Id
    base: Whole  # the edit was made on the text as of this event
    edit: Edit


class GiveStem(Command, frozen=True, tag="note.stem"):
    note: Id
    stem: Id | None


class MoveNote(Command, frozen=True, tag="note.move"):
    """To a zone, or into a cluster of that zone, before a neighbour or (None) at the end."""

    note: Id
    zone: Id
    cluster: Id | None = None
    before: Id | None = None


class GatherNote(Command, frozen=True, tag="note.gather"):
    """*Leg bij …*: lay a note with another. If that one has no cluster yet, `cluster` names the new one."""

    note: Id
    target: Id
    cluster: Id


class BinNote(Command, frozen=True, tag="note.bin"):
    note: Id


class RestoreNote(Command, frozen=True, tag="note.restore"):
    note: Id


class NameCluster(Command, frozen=True, tag="cluster.name"):
    cluster: Id
    title: str


class MoveCluster(Command, frozen=True, tag="cluster.move"):
    cluster: Id
    zone: Id
    before: Id | None = None


class DissolveCluster(Command, frozen=True, tag="cluster.dissolve"):
    """The notes stay in the zone, the cluster goes."""

    cluster: Id


class Undo(Command, frozen=True, tag="undo"):
    """Take back an own earlier command; redo is the undo of an undo."""

    of: Name


class GoToStep(Command, frozen=True, tag="step.go"):
    step: Id


class Reveal(Command, frozen=True, tag="step.reveal"):
    """*Toon de briefjes*: every note that is still private, of whatever step of the board that is on."""


class SetTimer(Command, frozen=True, tag="timer.set"):
    """Start the timer anew with so many seconds, or (None) take it away."""

    seconds: Whole | None


class AddToTimer(Command, frozen=True, tag="timer.add"):
    seconds: Whole


class SetDoors(Command, frozen=True, tag="doors.set"):
    open: bool


class RenewCode(Command, frozen=True, tag="code.renew"):
    """A new join code and QR; the old ones stop working, seats that are taken stay."""


class FoundSprint(Command, frozen=True, tag="sprint.found"):
    """The first command of every sprint: its evening, boards, zones, steps and voices."""

    records: tuple[Record, ...]


AnyCommand: TypeAlias = (
    CreateNote
    | EditNote
    | GiveStem
    | MoveNote
    | GatherNote
    | BinNote
    | RestoreNote
    | NameCluster
    | MoveCluster
    | DissolveCluster
    | Undo
    | GoToStep
    | Reveal
    | SetTimer
    | AddToTimer
    | SetDoors
    | RenewCode
    | FoundSprint
)
