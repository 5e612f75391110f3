"""Allowed? Then the rule for this command. The only door through which a sprint changes.

`decide` is pure and total: for every command that can be read, or not, it returns a change or a
refusal, and changes nothing itself. It raises only where the program is wrong.
"""

from collections.abc import Callable
from typing import Any, Final

from . import (
    arrivals,
    beloften,
    clusters,
    evening,
    groups,
    limits,
    marks,
    moderation,
    notes,
    permissions,
    redactions,
    seating,
    sentences,
    steps,
    undo,
    votes,
    wall,
)
from .ask import Ask
from .change import Change
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
from .past import Past
from .refusals import Refusal, Refused
from .sprint import Sprint

__all__ = ["RULES", "Ask", "decide"]

RULES: Final[dict[type[AnyCommand], Callable[[Sprint, Ask, Any, Past], Change]]] = {
    CreateNote: notes.create,
    EditNote: notes.edit,
    GiveStem: notes.give_stem,
    GiveField: notes.give_field,
    GiveKern: notes.give_kern,
    TagNote: notes.tag,
    MarkNote: marks.mark,
    RedactNote: redactions.redact,
    DropRedaction: redactions.drop,
    MoveNote: notes.move,
    GatherNote: notes.gather,
    BinNote: notes.throw_away,
    RestoreNote: notes.restore,
    NameCluster: clusters.name,
    MoveCluster: clusters.move,
    DissolveCluster: clusters.dissolve,
    Undo: undo.undo,
    MakeGroup: groups.make,
    GroupNotes: groups.put,
    NameGroup: groups.name,
    MoveGroup: groups.move,
    MergeGroups: groups.merge,
    SplitGroup: groups.split,
    DropGroup: groups.drop,
    QuoteOfTable: groups.quote,
    ChooseBedoeling: sentences.choose,
    OpenRound: votes.open_round,
    CloseRound: votes.close_round,
    GiveDots: votes.give,
    CountPaper: votes.count_paper,
    MakeBelofte: beloften.make,
    ChangeBelofte: beloften.change,
    DropBelofte: beloften.drop,
    ShowOnWall: wall.show,
    FreezeWall: wall.freeze,
    CoverOnWall: wall.cover,
    QueueForWall: wall.queue,
    SitDown: seating.sit,
    TakeStand: seating.stand,
    HandOn: seating.hand_on,
    GiveVoice: seating.give_voice,
    AskHelp: seating.ask_help,
    SayDone: seating.say_done,
    TellCheck: seating.tell_check,
    TapArrival: arrivals.tap,
    AnswerHelp: seating.answer_help,
    RemoveSeat: seating.remove,
    ReadmitSeat: seating.readmit,
    RewindSeat: moderation.rewind,
    SetTable: seating.set_table,
    GoToStep: steps.go,
    Reveal: steps.reveal,
    SetMinutes: steps.set_minutes,
    SkipStep: steps.skip,
    MoveStep: steps.move,
    RepeatStep: steps.repeat,
    MoveBoard: steps.move_board,
    FreezeEvening: evening.freeze,
    SetPhase: evening.set_phase,
    Publish: evening.publish,
    TellEvening: evening.tell,
    SetTimer: evening.set_timer,
    AddToTimer: evening.add_to_timer,
    SetDoors: evening.set_doors,
    RenewCode: evening.renew_code,
    TakeAway: evening.take_away,
    BringBack: evening.bring_back,
    FoundSprint: evening.found,
}


def decide(sprint: Sprint, ask: Ask, past: Past) -> Change | Refusal:
    """What happens when this is asked now: a change, perhaps an empty one, or a refusal."""
    command = ask.command
    if command is None:
        return Refusal("bad_command")
    if not permissions.role_may(ask.seat.role, type(command)):
        return Refusal("not_allowed")
    if sprint.head >= limits.EVENTS_PER_SPRINT:
        return Refusal("full")
    try:
        permissions.admit(sprint, ask.seat, command)
        return RULES[type(command)](sprint, ask, command, past)
    except Refused as no:
        return Refusal(no.code)
