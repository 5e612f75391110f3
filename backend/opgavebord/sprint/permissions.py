"""Who may ask what: one table, and the questions it answers.

A role may ask a command or never. `admit` is asked once, before any rule: the role, whether the
seat was taken away, whether the evening is closed or frozen, and, for a tafelbegeleider, whether it
is about the own table. A deelnemer besides needs a right in the step that is on; others are
not bound by the rights of steps. What depends on one zone or one note (who writes there, whose it
is, whether it is hidden) is asked here too, so that no rule decides it for itself.
"""

from typing import Final

from msgspec import Struct

from .change import Change, Patch, Put, touched
from .commands import (
    AddToTimer,
    AnswerHelp,
    AnyCommand,
    AskHelp,
    BinNote,
    BringBack,
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
    TakeAway,
    TakeStand,
    TapArrival,
    TellCheck,
    TellEvening,
    Undo,
)
from .refusals import Refused
from .sight import sees, turn_of
from .sprint import (
    Ballot,
    Mark,
    Note,
    Place,
    Right,
    Role,
    Seat,
    Sprint,
    Step,
    Zone,
)


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
    TakeAway: Permission(_PLAN),
    BringBack: Permission(_PLAN),
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


# --- before any rule -----------------------------------------------------------------

_WHILE_FROZEN: Final = frozenset({AskHelp, TellCheck, SitDown})
"""What somebody in the hall may still ask while everybody listens: who comes in late sits down."""
_AFTERWARDS: Final[frozenset[type[AnyCommand]]] = frozenset(
    {
        TagNote,
        RedactNote,
        DropRedaction,
        MakeBelofte,
        ChangeBelofte,
        DropBelofte,
        NameGroup,
        ShowOnWall,
        FreezeWall,
        CoverOnWall,
        SetPhase,
        Publish,
        TellEvening,
        TakeAway,
        BringBack,
    }
)
"""What who directs, harvests or publishes may still ask of an evening that is closed."""
_OF_ONE_TABLE: Final[frozenset[type[AnyCommand]]] = frozenset(
    {
        EditNote,
        GiveStem,
        GiveField,
        GiveKern,
        BinNote,
        RestoreNote,
        MoveNote,
        GatherNote,
        NameCluster,
        MoveCluster,
        DissolveCluster,
        QuoteOfTable,
        CountPaper,
        AnswerHelp,
        SetTable,
    }
)
"""What a tafelbegeleider may only ask about the own table."""


def role_may(role: Role, asked: type[AnyCommand]) -> bool:
    """Whether this role may ever ask this."""
    return role in PERMISSIONS[asked].roles


def admit(sprint: Sprint, seat: Seat, command: AnyCommand) -> None:
    """Refuse what may not be asked now, whatever it is about: asked once, by `decide`, before the
    rule of any command."""
    asked = type(command)
    evening = sprint.evening
    if rests(sprint, command):
        raise Refused("op_reis")
    phase = evening.phase if evening is not None else "open"
    if seat.role not in _HALL:
        if phase == "closed" and asked not in _AFTERWARDS:
            raise Refused("closed")
        return
    place = sprint.place(seat.id)
    if place is not None and place.removed:
        raise Refused("removed")
    if phase == "closed":
        raise Refused("closed")
    if evening is not None and evening.frozen and asked not in _WHILE_FROZEN:
        raise Refused("frozen")
    if isinstance(command, CreateNote) and command.table is not None:
        require_table(sprint, seat, command.table)
    if seat.role == "tafelbegeleider" and asked in _OF_ONE_TABLE:
        _require_own_table(sprint, seat, command)


def rests(sprint: Sprint, command: AnyCommand | None) -> bool:
    """Whether the board is on a journey, so that nothing is asked of it here but to come back."""
    evening = sprint.evening
    return evening is not None and evening.away is not None and not isinstance(command, BringBack)


def require_table(sprint: Sprint, seat: Seat, table: str | None) -> None:
    """Refuse what is of another table than this seat's own."""
    place = sprint.place(seat.id)
    if place is None or place.table is None:
        raise Refused("no_table")
    if place.table != table:
        raise Refused("not_your_table")


def _require_own_table(sprint: Sprint, seat: Seat, command: AnyCommand) -> None:
    match command:
        case QuoteOfTable(table=table) | CountPaper(table=table) | SetTable(table=table):
            require_table(sprint, seat, table)
        case AnswerHelp(seat=asks):
            place = sprint.place(asks)
            require_table(sprint, seat, place.table if place is not None else None)
        case GatherNote(note=note, target=target):
            _require_note_of_table(sprint, seat, note)
            _require_note_of_table(sprint, seat, target)
        case MoveNote(note=note, cluster=cluster):
            _require_note_of_table(sprint, seat, note)
            _require_pile_of_table(sprint, seat, cluster)
        case NameCluster(cluster=cluster) | MoveCluster(cluster=cluster):
            _require_pile_of_table(sprint, seat, cluster)
        case DissolveCluster(cluster=cluster):
            _require_pile_of_table(sprint, seat, cluster)
        case _:
            _require_note_of_table(sprint, seat, getattr(command, "note", ""))


def _require_note_of_table(sprint: Sprint, seat: Seat, id: str) -> None:
    """And the pile it lies in, because that changes with it. What is not there, the rule refuses."""
    note = sprint.note(id)
    if note is not None:
        if note.author != seat.id:
            require_table(sprint, seat, note.table)
        _require_pile_of_table(sprint, seat, note.cluster)


def _require_pile_of_table(sprint: Sprint, seat: Seat, id: str | None) -> None:
    for item in sprint.items(id) if id is not None and sprint.cluster(id) else ():
        if isinstance(item, Note) and item.author != seat.id:
            require_table(sprint, seat, item.table)


# --- what depends on a step, a zone, a note ------------------------------------------


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


def require_writing(sprint: Sprint, seat: Seat, step: Step | None, zone: Zone) -> None:
    """Refuse who may not write a new note in that zone, as part of that step. Who directs,
    harvests or prepares writes everywhere; nobody writes where people tap."""
    if zone.tap:
        raise Refused("not_in_this_step")
    if seat.role not in _HALL:
        return
    if not step_allows(seat, CreateNote, step):
        raise Refused("not_in_this_step")
    if seat.role == "deelnemer" and (step is None or step.board != zone.board):
        raise Refused("not_in_this_step")
    place = sprint.place(seat.id)
    stand = place.stand if place is not None else "schrijven"
    for who in (step.write if step is not None else "iedereen", zone.write):
        if who == "niemand" or (
            seat.role == "deelnemer"
            and (who == "begeleider" or (who == "schrijver" and stand != "notuleren"))
        ):
            raise Refused("not_in_this_step")


def require_note(sprint: Sprint, seat: Seat, asked: type[AnyCommand], id: str) -> Note:
    """The note a command is about, if it is there and this seat may do this with it now.

    A hidden note that a seat can not read can not be touched by it, except that a begeleider
    may bin and restore it. This is refused before anything else is looked at, so that no answer
    depends on what is hidden.
    """
    note = sprint.note(id)
    if note is None:
        raise Refused("unknown")
    own = note.author == seat.id
    if not sees(sprint, note, seat.id):
        if seat.role != "begeleider" or not touches_hidden(asked):
            raise Refused("not_yours")
    elif not own and not _may_change(seat, asked, note):
        raise Refused("not_yours")
    require(sprint, seat, asked, note.zone, own)
    return note


def touches_hidden(asked: type[AnyCommand]) -> bool:
    """What a begeleider may do with a hidden note of somebody else: without reading it."""
    return asked in (BinNote, RestoreNote)


def _may_change(seat: Seat, asked: type[AnyCommand], note: Note) -> bool:
    """A sentence is only ever changed by who wrote it: another version is another note. And an
    objection stays with what it is about, in the words of who made it."""
    if note.type == "bedoeling":
        return asked not in (EditNote, GiveField)
    if note.type in ("bezwaar", "voorwaarde"):
        if asked in (EditNote, GiveField):
            return False
        return asked not in (BinNote, RestoreNote) or seat.role not in _HALL
    return True


def require_undo(sprint: Sprint, seat: Seat, asked: type[AnyCommand], change: Change) -> None:
    """Refuse to take back what may not be done now. What this seat can no longer see, as of a turn
    that is over, is answered as what never was; what only lay in the way, and was laid elsewhere,
    it need not see."""
    if not role_may(seat.role, asked):
        raise Refused("not_allowed")
    for operation in change:
        note = sprint.note(operation.id) if not isinstance(operation, Put) else None
        if isinstance(operation, Put) and isinstance(operation.record, Note):
            note = sprint.note(operation.record.id)
        laid = isinstance(operation, Patch) and operation.set.keys() <= _PLACE_OF_NOTE
        if note is not None and not laid and not sees(sprint, note, seat.id):
            if seat.role != "begeleider" or not touches_hidden(asked):
                raise Refused("unknown")
    records = touched(change)
    notes = [note for kind, id in records if kind == "note" and (note := sprint.note(id))]
    own = all(note.author == seat.id for note in notes)
    if not step_allows(seat, asked, sprint.step_on, own):
        raise Refused("not_in_this_step")
    if not all(on_the_board(sprint, seat, note.zone) for note in notes):
        raise Refused("not_in_this_step")
    place = sprint.place(seat.id)
    for kind, id in records:
        if kind in ("ballot", "mark"):
            cast: Ballot | Mark | None = sprint.records[kind].get(id)
            if cast is None or not _of_this_turn(cast, seat, place):
                raise Refused("unknown")
        elif kind == "cluster" and seat.role == "tafelbegeleider":
            _require_pile_of_table(sprint, seat, id)
    if seat.role == "tafelbegeleider" and asked in _OF_ONE_TABLE:
        for note in notes:
            _require_note_of_table(sprint, seat, note.id)


_PLACE_OF_NOTE: Final = frozenset({"zone", "cluster", "rank"})


def _of_this_turn(cast: Ballot | Mark, seat: Seat, place: Place | None) -> bool:
    if isinstance(cast, Ballot) and cast.shared:
        return place is not None and place.table == cast.table
    return cast.seat == seat.id and cast.turn == turn_of(place)
