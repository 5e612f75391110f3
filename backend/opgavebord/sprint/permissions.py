"""Who may ask what: one table, and the two questions it answers.

A role may ask a command or never. A deelnemer besides needs a right in the step that is on; a
begeleider is not bound by steps. What depends on one note (whose it is, whether it is hidden) is
asked here too, so that no rule decides it for itself.
"""

from typing import Final

from msgspec import Struct

from .commands import (
    AddToTimer,
    AnswerHelp,
    AnyCommand,
    AskHelp,
    BinNote,
    ChangeBelofte,
    ChooseBedoeling,
    CloseRound,
    CountPaper,
    CoverOnWall,
    CreateNote,
    DissolveCluster,
    DropBelofte,
    DropGroup,
    DropRedaction,
    EditNote,
    FoundSprint,
    FreezeEvening,
    FreezeWall,
    GatherNote,
    GiveDots,
    GiveField,
    GiveKern,
    GiveStem,
    GiveVoice,
    GoToStep,
    GroupNotes,
    HandOn,
    MakeBelofte,
    MakeGroup,
    MarkNote,
    MergeGroups,
    MoveBoard,
    MoveCluster,
    MoveGroup,
    MoveNote,
    MoveStep,
    NameCluster,
    NameGroup,
    OpenRound,
    Publish,
    QueueForWall,
    QuoteOfTable,
    ReadmitSeat,
    RedactNote,
    RemoveSeat,
    RenewCode,
    RepeatStep,
    RestoreNote,
    Reveal,
    RewindSeat,
    SayDone,
    SetDoors,
    SetMinutes,
    SetPhase,
    SetTable,
    SetTimer,
    ShowOnWall,
    SitDown,
    SkipStep,
    SplitGroup,
    TagNote,
    TakeStand,
    TapArrival,
    TellCheck,
    TellEvening,
    Undo,
)
from .refusals import Refused
from .sprint import Note, Right, Role, Seat, Sprint, Step


class Permission(Struct, frozen=True):
    """Which roles may, and with which rights of the step (one of them is enough)."""

    roles: frozenset[Role]
    rights: frozenset[Right] | None = None  # None: no right of a step is needed
    own: frozenset[Right] = frozenset()  # for an own note one of these is enough too


_HALL: Final[frozenset[Role]] = frozenset({"deelnemer", "tafelbegeleider"})
_BOARD: Final[frozenset[Role]] = _HALL | {"begeleider"}
_HARVEST: Final[frozenset[Role]] = frozenset({"oogst", "begeleider"})
_STAFF: Final[frozenset[Role]] = _HARVEST | {"bureau"}
_DIRECT: Final[frozenset[Role]] = frozenset({"begeleider"})
_PLAN: Final[frozenset[Role]] = frozenset({"begeleider", "bureau"})
_TEXT: Final = Permission(_BOARD, frozenset({"wijzigen"}), own=frozenset({"schrijven"}))
_GROUP: Final = Permission(_BOARD, frozenset({"groeperen"}))
_SEAT: Final = Permission(_HALL)

PERMISSIONS: Final[dict[type[AnyCommand], Permission]] = {
    CreateNote: Permission(_BOARD | {"oogst", "bureau"}, frozenset({"schrijven"})),
    EditNote: _TEXT,
    GiveStem: _TEXT,
    GiveField: _TEXT,
    GiveKern: _TEXT,
    BinNote: _TEXT,
    RestoreNote: _TEXT,
    MoveNote: Permission(_BOARD, frozenset({"verplaatsen", "groeperen"})),
    GatherNote: _GROUP,
    NameCluster: _GROUP,
    MoveCluster: _GROUP,
    DissolveCluster: _GROUP,
    MarkNote: Permission(_HALL),
    TagNote: Permission(_STAFF),
    RedactNote: Permission(_STAFF),
    DropRedaction: Permission(_STAFF),
    MakeGroup: Permission(_HARVEST),
    GroupNotes: Permission(_HARVEST),
    NameGroup: Permission(_HARVEST),
    MoveGroup: Permission(_HARVEST),
    MergeGroups: Permission(_HARVEST),
    SplitGroup: Permission(_HARVEST),
    DropGroup: Permission(_HARVEST),
    QuoteOfTable: Permission(_HALL | _HARVEST),
    ChooseBedoeling: Permission(_HARVEST),
    OpenRound: Permission(_DIRECT),
    CloseRound: Permission(_DIRECT),
    GiveDots: Permission(_HALL, frozenset({"stemmen"})),
    CountPaper: Permission(_HARVEST | {"tafelbegeleider"}),
    MakeBelofte: Permission(_HALL | _STAFF),
    ChangeBelofte: Permission(_HALL | _STAFF),
    DropBelofte: Permission(_HALL | _STAFF),
    ShowOnWall: Permission(_DIRECT),
    FreezeWall: Permission(_DIRECT),
    CoverOnWall: Permission(_HARVEST),
    QueueForWall: Permission(_HARVEST),
    SitDown: _SEAT,
    TakeStand: _SEAT,
    HandOn: _SEAT,
    GiveVoice: _SEAT,
    AskHelp: _SEAT,
    SayDone: _SEAT,
    TellCheck: _SEAT,
    TapArrival: Permission(_BOARD),
    AnswerHelp: Permission(_DIRECT | {"tafelbegeleider"}),
    RemoveSeat: Permission(_DIRECT),
    ReadmitSeat: Permission(_DIRECT),
    RewindSeat: Permission(_DIRECT),
    SetTable: Permission(_PLAN | {"tafelbegeleider"}),
    Undo: Permission(_HALL | _HARVEST),  # the rule asks the right of what is undone
    GoToStep: Permission(_DIRECT),
    Reveal: Permission(_DIRECT),
    SetTimer: Permission(_DIRECT),
    AddToTimer: Permission(_DIRECT),
    SetDoors: Permission(_DIRECT),
    RenewCode: Permission(_DIRECT),
    SetMinutes: Permission(_PLAN),
    SkipStep: Permission(_PLAN),
    MoveStep: Permission(_PLAN),
    RepeatStep: Permission(_PLAN),
    MoveBoard: Permission(_PLAN),
    FreezeEvening: Permission(_DIRECT),
    SetPhase: Permission(_DIRECT),
    Publish: Permission(_PLAN),
    TellEvening: Permission(_PLAN),
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
