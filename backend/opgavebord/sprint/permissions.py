"""Who may ask what: one table, and the two questions it answers.

A role may ask a command or never. A deelnemer besides needs a right in the step that is on; a
begeleider is not bound by steps. What depends on one note (whose it is, whether it is hidden) is
asked here too, so that no rule decides it for itself.
"""

from typing import Final

from msgspec import Struct

from .commands import (
    AddToTimer,
    AnyCommand,
    BinNote,
    CreateNote,
    DissolveCluster,
    EditNote,
    FoundSprint,
    GatherNote,
    GiveStem,
    GoToStep,
    MoveCluster,
    MoveNote,
    NameCluster,
    RenewCode,
    RestoreNote,
    Reveal,
    SetDoors,
    SetTimer,
    Undo,
)
from .refusals import Refused
from .sprint import Note, Right, Role, Seat, Sprint, Step


class Permission(Struct, frozen=True):
    """Which roles may, and with which rights of the step (one of them is enough)."""

    roles: frozenset[Role]
    rights: frozenset[Right] | None = None  # None: no right of a step is needed
    own: frozenset[Right] = frozenset()  # for an own note one of these is enough too


_BOARD: Final[frozenset[Role]] = frozenset({"deelnemer", "begeleider"})
_DIRECT: Final[frozenset[Role]] = frozenset({"begeleider"})
_TEXT: Final = Permission(_BOARD, frozenset({"wijzigen"}), own=frozenset({"schrijven"}))
_GROUP: Final = Permission(_BOARD, frozenset({"groeperen"}))

PERMISSIONS: Final[dict[type[AnyCommand], Permission]] = {
    CreateNote: Permission(_BOARD, frozenset({"schrijven"})),
    EditNote: _TEXT,
    GiveStem: _TEXT,
    BinNote: _TEXT,
    RestoreNote: _TEXT,
    MoveNote: Permission(_BOARD, frozenset({"verplaatsen", "groeperen"})),
    GatherNote: _GROUP,
    NameCluster: _GROUP,
    MoveCluster: _GROUP,
    DissolveCluster: _GROUP,
    Undo: Permission(_BOARD),  # the rule asks the right of what is undone
    GoToStep: Permission(_DIRECT),
    Reveal: Permission(_DIRECT),
    SetTimer: Permission(_DIRECT),
    AddToTimer: Permission(_DIRECT),
    SetDoors: Permission(_DIRECT),
    RenewCode: Permission(_DIRECT),
    FoundSprint: Permission(frozenset({"bureau"})),
}


def role_may(role: Role, asked: type[AnyCommand]) -> bool:
    """Whether this role may ever ask this."""
    return role in PERMISSIONS[asked].roles


def step_allows(seat: Seat, asked: type[AnyCommand], step: Step | None, own: bool = False) -> bool:
    """Whether this seat may ask this while that step is on. `own`: about an own note."""
    permission = PERMISSIONS[asked]
    if seat.role != "deelnemer" or permission.rights is None:
        return True
    if step is None:
        return False
    allowed = permission.rights | permission.own if own else permission.rights
    return not allowed.isdisjoint(step.may)


def on_the_board(sprint: Sprint, seat: Seat, zone: str) -> bool:
    """Whether a zone belongs to the board that is on; a begeleider may work on others as well."""
    if seat.role != "deelnemer":
        return True
    found, evening = sprint.zone(zone), sprint.evening
    return found is not None and evening is not None and found.board == evening.board


def require(
    sprint: Sprint, seat: Seat, asked: type[AnyCommand], zone: str, own: bool = False
) -> None:
    """Refuse what the step that is on does not allow in that zone."""
    if not step_allows(seat, asked, sprint.step_on, own) or not on_the_board(sprint, seat, zone):
        raise Refused("not_in_this_step")


def require_note(sprint: Sprint, seat: Seat, asked: type[AnyCommand], id: str) -> Note:
    """The note a command is about, if it is there and this seat may do this with it now.

    Somebody else's hidden note can not be touched by anybody, except that a begeleider may bin
    and restore it. This is refused before anything else is looked at, so that no answer depends on
    what is hidden.
    """
    note = sprint.note(id)
    if note is None:
        raise Refused("unknown")
    own = note.author == seat.id
    if note.hidden and not own:
        if seat.role != "begeleider" or not touches_hidden(asked):
            raise Refused("not_yours")
    require(sprint, seat, asked, note.zone, own)
    return note


def touches_hidden(asked: type[AnyCommand]) -> bool:
    """What a begeleider may do with a hidden note of somebody else: without reading it."""
    return asked in (BinNote, RestoreNote)
