"""Two logs of one board become one. Pure: time and chance come in, lines to append go out.

Theory. A board that travels is at one place at a time: where it left it rests, so its log there is the
beginning of the log of the journey, and what is new is laid behind it word for word, under its own
numbers. Names (`<device>.<number>`) tell what is new: a name that is here already is never brought twice.

When the log here did go on (somebody took the board back, or an older case came home before), what is new
is *decided again*, in its order, each with its own seat and time, on what is here now. What is refused
now stays in the log as a refusal, with its text, and is told in the report. Three things are carried over:

* what was refused there stays refused, and what could not be read there is carried as it is;
* an edit of a text is brought over what was typed here meanwhile, and the other way about. For each note
  there is a *bridge*: the edit that makes the text here of the text there. It is exact where both sides
  are known (`text.transform`), so no character that anybody typed is lost;
* what was drawn by lot there (volgcodes, codes, ids of ballots) stays what people have in their hands.

Laws, held by `tests/koffer/test_merge.py`: a second time brings nothing; an older log and then a newer one
come to the same board as the newer one at once; nothing here is changed, only added to.
"""

import difflib
from collections.abc import Callable, Sequence
from typing import Any, Final, get_args

import msgspec
from msgspec import Struct, structs

from ..sprint import limits, text
from ..sprint.ask import Ask
from ..sprint.change import BadChange, Change, Operation, Patch, Put, TextEdit, apply, touched
from ..sprint.commands import AnyCommand, BringBack, CreateNote, EditNote, FoundSprint, TakeAway
from ..sprint.decide import decide
from ..sprint.entry import Entry
from ..sprint.past import Past
from ..sprint.refusals import Refusal, RefusalCode
from ..sprint.sprint import KIND_OF, Arrival, Ballot, Kind, Mark, Note, Record, Role, Seat, Sprint
from ..sprint.text import Edit
from ..storage.journey import Line, line_of

_ROLES: Final[dict[str, Role]] = {role: role for role in get_args(Role)}
_DRAWN: Final[tuple[str, ...]] = ("volgcode", "code", "token")
_IDS_DRAWN: Final = (Arrival, Ballot, Mark)
TOLD: Final = 200  # of what was not placed, so many are told one by one


class NotThisBoard(Exception):
    """The log is not of this board, or does not fit. The text is for a person, in Dutch."""


class NotPlaced(Struct, frozen=True):
    """Something that somebody did there and that could not be done here any more."""

    asked: str  # the tag of the command
    why: RefusalCode
    text: str = ""  # the words that were written, if any
    at: int = 0
    seat: str = ""


class Report(Struct, frozen=True, kw_only=True):
    """What came of it."""

    sprint: str = ""
    title: str = ""
    notes: int = 0  # that are here now and were not
    double: int = 0  # notes of the journey that were here already
    commands: int = 0  # all that is new, notes and moves and dots
    refused: int = 0
    not_placed: tuple[NotPlaced, ...] = ()
    carried: int = 0  # that can not be read, and were kept as they are
    again: bool = False  # the log here went on, so it was all decided again


class Merged(Struct, frozen=True):
    """What to keep behind entry `expected`, and what that makes of the records."""

    expected: int
    lines: tuple[Line, ...]
    written: tuple[Record, ...]
    dropped: tuple[tuple[Kind, str], ...]
    report: Report


def merge(
    mine: Sequence[Line],
    theirs: Sequence[Line],
    *,
    at: int,
    by: Seat,
    name: str,
    chance: Callable[[], bytes],
) -> Merged:
    """What the log `theirs` brings to the log `mine`. Raises `NotThisBoard`.

    `name`: the device under which the board says that it is here again, by `by`, at `at`.
    """
    merging = _Merging(mine, theirs, chance)
    if len(mine) - merging.same == 0:
        merging.lay_behind()
    else:
        merging.decide_again()
    merging.arrive(name, by, at)
    return merging.merged()


def shared(mine: Sequence[Line], theirs: Sequence[Line]) -> int:
    """How long both logs are the same, word for word."""
    for place, (one, other) in enumerate(zip(mine, theirs, strict=False)):
        if one != other:
            return place
    return min(len(mine), len(theirs))


class _Merging:
    def __init__(
        self, mine: Sequence[Line], theirs: Sequence[Line], chance: Callable[[], bytes]
    ) -> None:
        self.mine, self.theirs = mine, theirs
        self.same = shared(mine, theirs)
        if mine and not self.same:
            raise NotThisBoard("Deze koffer hoort bij een ander bord. Hier is niets veranderd.")
        self.chance = chance
        self.known = {line.name for line in mine}
        self.sprint, self.past = Sprint(), Past()
        self.new: list[Line] = []
        self.records: dict[tuple[Kind, str], None] = {}
        self.notes = self.refused = self.carried = 0
        self.not_placed: list[NotPlaced] = []
        for line in mine[: self.same]:
            self.take_in(line)
        self.there = self.sprint  # the board there; its own one as soon as the two differ
        self.bridges: dict[str, Edit] = {}

    # -- the log here did not go on -----------------------------------------------------

    def lay_behind(self) -> None:
        for line in self.theirs[self.same :]:
            if line.name not in self.known:
                self.keep(line, self.take_in(line))

    def take_in(self, line: Line) -> Entry | None:
        """Apply a line to the board here. None where it does not fit or can not be read."""
        entry = line.entry()
        try:
            if entry.damage is not None:
                raise BadChange(entry.damage)
            inverse = apply(self.sprint, entry.change)
        except BadChange:
            return None  # in quarantine, as in a room that opens this log
        finally:
            self.sprint.head = line.seq
        self.past.record(entry, inverse)
        return entry

    def keep(self, line: Line, entry: Entry | None) -> None:
        """This line comes behind the others."""
        self.new.append(line)
        if entry is None:
            self.carried += 1
            return
        for key in touched(entry.change):
            self.records[key] = None
        if isinstance(entry.command, CreateNote) and entry.change:
            self.notes += 1

    # -- the log here went on -----------------------------------------------------------

    def decide_again(self) -> None:
        self.there = self.sprint.copy()
        left = self.walk_here()
        for line in left:
            entry = line.entry()
            before = self.texts_there(entry)
            if line.name not in self.known:
                self.again(line, entry, before)
                continue
            self.step_there(entry)
            for note in before:
                self.bridges.pop(note, None)  # in no order that we know: look at both texts anew

    def walk_here(self) -> Sequence[Line]:
        """What happened here since, beside what came of the journey before. Returns what is left."""
        left = self.theirs[self.same :]
        at = 0
        for line in self.mine[self.same :]:
            known = at < len(left) and left[at].name == line.name
            before = self.texts_there(left[at].entry()) if known else {}
            entry = self.take_in(line)
            here = _edits(entry.change) if entry is not None else {}
            if known:
                there = self.step_there(left[at].entry())
                self.cross(before, there, here)
                at += 1
            else:
                for note, edit in here.items():
                    self.bridges[note] = text.compose(self.bridges.get(note, ()), edit)
        return left[at:]

    def texts_there(self, entry: Entry) -> dict[str, str]:
        """The texts there that this entry is about to change, as they are."""
        found = {id: self.there.note(id) for id in _edits(entry.change)}
        return {id: note.text for id, note in found.items() if note is not None}

    def step_there(self, entry: Entry) -> dict[str, Edit]:
        """The board there takes its step. Returns what that did to texts."""
        try:
            apply(self.there, entry.change)
        except BadChange:
            return {}
        finally:
            self.there.head = entry.seq
        return _edits(entry.change)

    def cross(self, before: dict[str, str], there: dict[str, Edit], here: dict[str, Edit]) -> None:
        """The same step was taken on both sides: the bridges lead from after it to after it."""
        for note in {**there, **here}:
            bridge = self.bridges.get(note, ())
            their, my = there.get(note, ()), here.get(note, ())
            if text.normal(my) == text.transform(their, bridge, "right"):
                bridge = text.transform(bridge, their, "left")
            else:
                back = text.invert(before.get(note, ""), their) if their else ()
                bridge = text.compose(text.compose(back, bridge), my)
            self.bridges[note] = bridge

    def again(self, line: Line, entry: Entry, before: dict[str, str]) -> None:
        seq = self.sprint.head + 1
        moved = structs.replace(line, seq=seq)
        role = _ROLES.get(line.role)
        if entry.damage is not None or entry.refusal is not None or role is None:
            self.keep(moved, self.take_in(moved))
            return
        if entry.command is None or isinstance(entry.command, FoundSprint):
            # what was asked can not be read any more: what came of it stands, where it fits
            there = self.step_there(entry)
            taken = self.take_in(moved)
            self.cross(before, there, there if taken is not None else {})
            self.keep(moved, taken)
            return
        command = self.brought_over(entry.command, entry)
        ask = Ask(command, Seat(line.seat, role), line.at, self.chance())
        there = self.step_there(entry)
        verdict = self.decide(ask)
        change: Change = ()
        refusal: RefusalCode | None = None
        if isinstance(verdict, Refusal):
            refusal = verdict.code
            self.tell_refused(line, entry, refusal)
        else:
            change = _as_drawn(verdict, entry.change, self.sprint)
        decided = structs.replace(
            entry, seq=seq, command=command, change=change, refusal=refusal, damage=None
        )
        kept = line_of(decided)
        taken = self.take_in(kept)
        self.cross(before, there, _edits(change) if taken is not None else {})
        self.keep(kept, taken)

    def brought_over(self, command: AnyCommand, entry: Entry) -> AnyCommand:
        """The same command, in the words of the log here."""
        if not isinstance(command, EditNote):
            return command
        edit = _edits(entry.change).get(command.note, ())
        here, there = self.sprint.note(command.note), self.there.note(command.note)
        if here is None or there is None:
            return command
        bridge = self.bridges.get(command.note, ())
        if not _leads(bridge, there, here):
            bridge = self.bridges[command.note] = difference(there.text, here.text)
        edit = text.transform(edit, bridge, "right")
        return EditNote(command.note, self.sprint.head, edit)

    def decide(self, ask: Ask) -> Change | Refusal:
        """As if the board were here: that it is on another journey does not refuse this one."""
        evening = self.sprint.evening
        if evening is None or evening.away is None or isinstance(ask.command, TakeAway | BringBack):
            return decide(self.sprint, ask, self.past)
        self.sprint.put(structs.replace(evening, away=None))
        try:
            return decide(self.sprint, ask, self.past)
        finally:
            self.sprint.put(evening)

    def tell_refused(self, line: Line, entry: Entry, why: RefusalCode) -> None:
        if isinstance(entry.command, TakeAway | BringBack) or not entry.change:
            return  # about the journey itself, or it did nothing there either
        self.refused += 1
        if len(self.not_placed) < TOLD:
            said = _said(entry)
            asked = str(msgspec.to_builtins(entry.command)["do"])
            self.not_placed.append(NotPlaced(asked, why, said, line.at, line.seat))

    # -- at the end ---------------------------------------------------------------------

    def arrive(self, name: str, by: Seat, at: int) -> None:
        """Something came, and the board is not on another journey: it is here again."""
        evening = self.sprint.evening
        if not self.new or evening is None or evening.away is None:
            return
        left = [one for line in self.theirs if (one := _leaves(line)) is not None]
        if not left or left[-1] != evening.away:
            return
        command = BringBack(evening.away)
        change = decide(self.sprint, Ask(command, by, at, self.chance()), self.past)
        assert not isinstance(change, Refusal), "a board may always come back"
        seq = self.sprint.head + 1
        line = line_of(Entry(seq, at, name, 1, by.id, by.role, command, change))
        self.keep(line, self.take_in(line))

    def merged(self) -> Merged:
        if len(self.mine) + len(self.new) > limits.EVENTS_PER_SPRINT:
            raise NotThisBoard("Samen is het meer dan op een bord past. Hier is niets veranderd.")
        written: list[Record] = []
        dropped: list[tuple[Kind, str]] = []
        for kind, id in self.records:
            record = self.sprint.find(kind, id)
            if record is None:
                dropped.append((kind, id))
            else:
                written.append(record)
        evening = self.sprint.evening
        report = Report(
            sprint=evening.id if evening else "",
            title=evening.title if evening else "",
            notes=self.notes,
            double=self.doubles(),
            commands=len(self.new),
            refused=self.refused,
            not_placed=tuple(self.not_placed),
            carried=self.carried,
            again=bool(self.new) and len(self.mine) > self.same,
        )
        return Merged(len(self.mine), tuple(self.new), tuple(written), tuple(dropped), report)

    def doubles(self) -> int:
        """Notes of the journey that were here already: written after it left, and before it left
        again to come home."""
        left = [place for place, line in enumerate(self.theirs) if _leaves(line) is not None]
        if left and left[-1] == len(self.theirs) - 1:
            left.pop()
        if not left:  # it is the file that was packed here, and it was nowhere
            return 0
        since = left[-1]
        return sum(
            line.name in self.known and isinstance(line.entry().command, CreateNote)
            for line in self.theirs[since:]
            if line.refusal is None
        )


def difference(old: str, new: str) -> Edit:
    """An edit that makes one text of the other, for where it is not known who typed what."""
    parts: list[int | str] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal":
            parts.append(b - a)
            continue
        if d > c:
            parts.append(new[c:d])
        if b > a:
            parts.append(a - b)
    return text.normal(tuple(parts))


def _leads(bridge: Edit, there: Note, here: Note) -> bool:
    try:
        return text.apply(there.text, bridge) == here.text
    except text.BadEdit:
        return False


def _edits(change: Change) -> dict[str, Edit]:
    return {one.id: one.edit for one in change if isinstance(one, TextEdit)}


def _leaves(line: Line) -> str | None:
    """The journey on which this line sends the board, if it does."""
    if line.refusal is not None or line.command is None or "take_away" not in line.command:
        return None
    command = line.entry().command
    return command.journey if isinstance(command, TakeAway) else None


def _said(entry: Entry) -> str:
    """The words that somebody wrote."""
    command: Any = entry.command
    if isinstance(command, EditNote):
        return " ".join(part for part in command.edit if isinstance(part, str))
    return str(getattr(command, "text", "") or getattr(command, "title", "") or "")


def _as_drawn(decided: Change, there: Change, sprint: Sprint) -> Change:
    """The change as it was decided here, with what was drawn by lot there."""
    fields = {
        (one.kind, one.id, field): one.set[field]
        for one in there
        if isinstance(one, Patch)
        for field in _DRAWN
        if field in one.set
    }
    ids: dict[type[Record], list[str]] = {}
    for one in there:
        if isinstance(one, Put) and isinstance(one.record, _IDS_DRAWN):
            ids.setdefault(type(one.record), []).append(one.record.id)
    if not fields and not ids:
        return decided
    changed: list[Operation] = []
    for one in decided:
        if isinstance(one, Patch):
            drawn: dict[str, Any] = {
                field: fields[one.kind, one.id, field]
                for field in _DRAWN
                if field in one.set and (one.kind, one.id, field) in fields
            }
            one = Patch(one.kind, one.id, {**one.set, **drawn})
        elif isinstance(one, Put) and (left := ids.get(type(one.record))):
            kind, id = KIND_OF[type(one.record)], left.pop(0)
            if sprint.find(kind, one.record.id) is None and sprint.find(kind, id) is None:
                one = Put(structs.replace(one.record, id=id))
        changed.append(one)
    return tuple(changed)
