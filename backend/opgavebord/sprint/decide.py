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
    notes,
    permissions,
    redactions,
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
    AnyCommand,
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
    FreezeWall,
    GatherNote,
    GiveDots,
    GiveStem,
    GoToStep,
    GroupNotes,
    MakeBelofte,
    MakeGroup,
    MarkNote,
    MergeGroups,
    MoveCluster,
    MoveGroup,
    MoveNote,
    NameCluster,
    NameGroup,
    OpenRound,
    QueueForWall,
    QuoteOfTable,
    RedactNote,
    RenewCode,
    RestoreNote,
    Reveal,
    SetDoors,
    SetTimer,
    ShowOnWall,
    SplitGroup,
    TapArrival,
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
    MoveNote: notes.move,
    GatherNote: notes.gather,
    BinNote: notes.throw_away,
    RestoreNote: notes.restore,
    NameCluster: clusters.name,
    MoveCluster: clusters.move,
    DissolveCluster: clusters.dissolve,
    Undo: undo.undo,
    MarkNote: marks.mark,
    RedactNote: redactions.redact,
    DropRedaction: redactions.drop,
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
    TapArrival: arrivals.tap,
    GoToStep: steps.go,
    Reveal: steps.reveal,
    SetTimer: evening.set_timer,
    AddToTimer: evening.add_to_timer,
    SetDoors: evening.set_doors,
    RenewCode: evening.renew_code,
    FoundSprint: evening.found,
}


def decide(sprint: Sprint, ask: Ask, past: Past) -> Change | Refusal:
    """What happens when this is asked now: a change, perhaps an empty one, or a refusal."""
    command = ask.command
    if command is None:
        return Refusal("bad_command")
    asked = type(command)
    if not permissions.role_may(ask.seat.role, asked):
        return Refusal("not_allowed")
    if sprint.head >= limits.EVENTS_PER_SPRINT:
        return Refusal("full")
    try:
        return RULES[asked](sprint, ask, command, past)
    except Refused as no:
        return Refusal(no.code)
