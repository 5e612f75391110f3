"""What a person can ask for. One struct per command; the rules that answer them are in
`notes.py`, `clusters.py` and `steps.py`, and the table that joins the two is in `decide.py`.

A command holds intentions ("before this one", "with that one"), never computed results such as
ranks: the server computes those, so two people who do the same thing at once do not collide.
"""

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from . import limits
from .sprint import Id, MarkOf, Origin, Phase, Record, Scene, Stand, Whole
from .text import Edit

Ids: TypeAlias = Annotated[tuple[Id, ...], Meta(max_length=limits.IDS_IN_COMMAND)]
Words: TypeAlias = Annotated[dict[str, str], Meta(max_length=limits.FIELDS_PER_NOTE)]
Dots: TypeAlias = Annotated[dict[Id, Whole], Meta(max_length=limits.ITEMS_PER_ROUND)]

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
    type: str = ""
    fields: Words = {}
    about: Id | None = None
    of: Ids = ()
    kern: Id | None = None
    origin: Origin = ""
    card: str = ""
    table: Id | None = None  # only who directs may write for a table; others write for their own


class EditNote(Command, frozen=True, tag="note.edit"):
    note: Id
    base: Whole  # the edit was made on the text as of this event
    edit: Edit


class GiveStem(Command, frozen=True, tag="note.stem"):
    note: Id
    stem: Id | None


class GiveField(Command, frozen=True, tag="note.field"):
    """An answer to a question beside the text (None: no answer)."""

    note: Id
    name: str
    value: str | None


class GiveKern(Command, frozen=True, tag="note.kern"):
    note: Id
    kern: Id | None


class TagNote(Command, frozen=True, tag="note.tag"):
    """The domains of a note, afterwards."""

    note: Id
    domains: Ids


class MarkNote(Command, frozen=True, tag="note.mark"):
    """*Herken ik* and the like; None takes an own mark back. One of each pair at a time."""

    note: Id
    what: MarkOf | None


class RedactNote(Command, frozen=True, tag="note.redact"):
    redaction: Id
    note: Id
    text: str
    reason: str
    required: bool = False


class DropRedaction(Command, frozen=True, tag="redaction.drop"):
    redaction: Id


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


# --- the harvest ---------------------------------------------------------------------


class MakeGroup(Command, frozen=True, tag="group.make"):
    """A new group of notes. `cluster`: take over a table's pile, its name and its notes."""

    group: Id
    title: str = ""
    notes: Ids = ()
    cluster: Id | None = None


class GroupNotes(Command, frozen=True, tag="group.put"):
    """Notes into a group, or (None) in none."""

    notes: Ids
    group: Id | None


class NameGroup(Command, frozen=True, tag="group.name"):
    group: Id
    title: str


class MoveGroup(Command, frozen=True, tag="group.move"):
    group: Id
    before: Id | None = None


class MergeGroups(Command, frozen=True, tag="group.merge"):
    group: Id
    into: Id


class SplitGroup(Command, frozen=True, tag="group.split"):
    """These notes of a group into a new one."""

    group: Id
    into: Id
    notes: Ids
    title: str = ""


class DropGroup(Command, frozen=True, tag="group.drop"):
    """The group goes, its notes stay."""

    group: Id


class QuoteOfTable(Command, frozen=True, tag="table.quote"):
    """*Citaat van deze tafel*."""

    table: Id
    note: Id | None


class ChooseBedoeling(Command, frozen=True, tag="bedoeling.choose"):
    """The sentence the hall holds on to."""

    note: Id | None


class OpenRound(Command, frozen=True, tag="round.open"):
    round: Id
    title: str
    per: Literal["persoon", "tafel"] = "persoon"
    budget: Whole = 3
    most: Whole = 3
    own: bool = True
    items: Ids = ()  # none: every group there is


class CloseRound(Command, frozen=True, tag="round.close"):
    round: Id


class GiveDots(Command, frozen=True, tag="vote.give"):
    """So many dots of mine on this item now; saying it twice is saying it once."""

    round: Id
    item: Id
    dots: Whole


class CountPaper(Command, frozen=True, tag="vote.paper"):
    """The stickers of a table (None: of the hall), counted by hand. Counting anew replaces it."""

    round: Id
    table: Id | None
    voters: Whole
    dots: Dots


class MakeBelofte(Command, frozen=True, tag="belofte.make"):
    belofte: Id
    who: str
    what: str
    when: str


class ChangeBelofte(Command, frozen=True, tag="belofte.change"):
    belofte: Id
    who: str
    what: str
    when: str


class DropBelofte(Command, frozen=True, tag="belofte.drop"):
    belofte: Id


# --- the wall ------------------------------------------------------------------------


class ShowOnWall(Command, frozen=True, tag="wall.show"):
    """A scene, now; what stood still moves again. `items`: notes, groups or sentences for it."""

    scene: Scene
    items: Annotated[tuple[Id, ...], Meta(max_length=limits.WALL_ITEMS)] = ()
    page: Whole = 0


class FreezeWall(Command, frozen=True, tag="wall.freeze"):
    """Until the next `wall.show` nothing on the wall changes."""

    on: bool


class CoverOnWall(Command, frozen=True, tag="wall.cover"):
    """This note or group may not stand on the wall (any more), or may again."""

    item: Id
    on: bool


class QueueForWall(Command, frozen=True, tag="wall.queue"):
    item: Id
    on: bool


# --- a seat --------------------------------------------------------------------------


class SitDown(Command, frozen=True, tag="place.sit"):
    table: Id | None


class TakeStand(Command, frozen=True, tag="place.stand"):
    stand: Stand


class HandOn(Command, frozen=True, tag="place.turn"):
    """*Geef door*: what is private of this turn is closed, also on this tablet."""


class GiveVoice(Command, frozen=True, tag="place.voice"):
    """Who has the tablet now, for notes and votes."""

    stem: Id | None = None
    kern: Id | None = None


class AskHelp(Command, frozen=True, tag="place.help"):
    on: bool


class SayDone(Command, frozen=True, tag="place.done"):
    on: bool


class TellCheck(Command, frozen=True, tag="place.check"):
    """What the room check found; `results` is short words by short names."""

    results: Words


class TapArrival(Command, frozen=True, tag="arrival.tap"):
    """One person more in the hall, from this village and in this way."""

    kern: Id | None = None
    stem: Id | None = None


class AnswerHelp(Command, frozen=True, tag="help.answer"):
    seat: Id


class RemoveSeat(Command, frozen=True, tag="seat.remove"):
    seat: Id


class ReadmitSeat(Command, frozen=True, tag="seat.readmit"):
    seat: Id


class RewindSeat(Command, frozen=True, tag="seat.rewind"):
    """Take back what one seat did in the last minutes, as far as nobody built on it."""

    seat: Id
    minutes: Whole


class SetTable(Command, frozen=True, tag="table.set"):
    """A table of this number, with so many people."""

    table: Id
    number: Whole
    people: Whole = 0


# --- directing -----------------------------------------------------------------------


class GoToStep(Command, frozen=True, tag="step.go"):
    step: Id


class Reveal(Command, frozen=True, tag="step.reveal"):
    """*Toon de briefjes*: what is still private on the board that is on, of one table or of all.

    `to` None: to the table where the step that is on is one for the table, otherwise to the hall.
    """

    to: Literal["tafel", "zaal"] | None = None
    table: Id | None = None


class SetMinutes(Command, frozen=True, tag="step.minutes"):
    step: Id
    minutes: Whole


class SkipStep(Command, frozen=True, tag="step.skip"):
    step: Id
    on: bool


class MoveStep(Command, frozen=True, tag="step.move"):
    """Within its board, before another step or (None) at the end."""

    step: Id
    before: Id | None = None


class RepeatStep(Command, frozen=True, tag="step.repeat"):
    """The same once more, right after it."""

    step: Id
    copy: Id


class MoveBoard(Command, frozen=True, tag="board.move"):
    board: Id
    before: Id | None = None


class FreezeEvening(Command, frozen=True, tag="evening.freeze"):
    """*Even luisteren*: nobody in the hall writes until it is lifted."""

    on: bool


class SetPhase(Command, frozen=True, tag="evening.phase"):
    """*Sluit af*: closing asks every device to send what it has, closed is for good."""

    phase: Phase


class Publish(Command, frozen=True, tag="evening.publish"):
    """*Dit hebben we gehoord* can be read by everybody, or no longer."""

    on: bool


class TakeAway(Command, frozen=True, tag="evening.take_away"):
    """*Neem mee op reis*: the board goes on a journey to another machine, and rests here."""

    journey: Id


class BringBack(Command, frozen=True, tag="evening.bring_back"):
    """The board of that journey is here again: it came home, or arrived at the other machine, or is
    taken back because the laptop was lost."""

    journey: Id


class TellEvening(Command, frozen=True, tag="evening.tell"):
    """What the evening is about; what is not said stays."""

    title: str | None = None
    question: str | None = None
    place: str | None = None
    date: str | None = None
    goal: str | None = None
    source: str | None = None
    answer_from: str | None = None
    fixed: Annotated[tuple[str, ...], Meta(max_length=limits.SPEELRUIMTE)] | None = None
    free: Annotated[tuple[str, ...], Meta(max_length=limits.SPEELRUIMTE)] | None = None


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
    """The first command of every sprint: its evening, boards, zones, steps and voices. A sprint
    that was exported begins again with all of its records."""

    records: tuple[Record, ...]


AnyCommand: TypeAlias = (
    CreateNote
    | EditNote
    | GiveStem
    | GiveField
    | GiveKern
    | TagNote
    | MarkNote
    | RedactNote
    | DropRedaction
    | MoveNote
    | GatherNote
    | BinNote
    | RestoreNote
    | NameCluster
    | MoveCluster
    | DissolveCluster
    | Undo
    | MakeGroup
    | GroupNotes
    | NameGroup
    | MoveGroup
    | MergeGroups
    | SplitGroup
    | DropGroup
    | QuoteOfTable
    | ChooseBedoeling
    | OpenRound
    | CloseRound
    | GiveDots
    | CountPaper
    | MakeBelofte
    | ChangeBelofte
    | DropBelofte
    | ShowOnWall
    | FreezeWall
    | CoverOnWall
    | QueueForWall
    | SitDown
    | TakeStand
    | HandOn
    | GiveVoice
    | AskHelp
    | SayDone
    | TellCheck
    | TapArrival
    | AnswerHelp
    | RemoveSeat
    | ReadmitSeat
    | RewindSeat
    | SetTable
    | GoToStep
    | Reveal
    | SetMinutes
    | SkipStep
    | MoveStep
    | RepeatStep
    | MoveBoard
    | FreezeEvening
    | SetPhase
    | Publish
    | TellEvening
    | SetTimer
    | AddToTimer
    | SetDoors
    | RenewCode
    | TakeAway
    | BringBack
    | FoundSprint
)
