"""A small sprint to try the rules on, and anything a person (or a broken client) could ask of it.

`Village` is a sprint with its past and its log, all in memory. `Chance` turns a row of numbers into
choices, so that Hypothesis (which makes rows short and small when a test fails) and a seeded
generator (which makes the vectors) draw from the same world.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from opgavebord.sprint import text
from opgavebord.sprint.ask import Ask
from opgavebord.sprint.change import Change, apply
from opgavebord.sprint.commands import (
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
from opgavebord.sprint.decide import decide
from opgavebord.sprint.entry import Entry
from opgavebord.sprint.past import Past
from opgavebord.sprint.refusals import Refusal
from opgavebord.sprint.sprint import Board, Evening, Record, Right, Seat, Sprint, Stem, Step, Zone

T = TypeVar("T")

ANNA = Seat("seat-anna", "deelnemer", 1)
BRAM = Seat("seat-bram", "deelnemer", 2)
FIEN = Seat("seat-fien", "begeleider")
WALL = Seat("seat-wall", "wand")
DESK = Seat("seat-desk", "bureau")
SEATS = (ANNA, BRAM, FIEN, WALL, DESK)

ALL: tuple[Right, ...] = ("schrijven", "wijzigen", "verplaatsen", "groeperen")
STEPS = (
    Step(
        id="step-1", board="board-1", title="Schrijf", instruction="", visible="alleen_ik",
        may=("schrijven",), rank=1, visited=True,
    ),
    Step(id="step-2", board="board-1", title="Vertel", instruction="", may=ALL, rank=2),
    Step(
        id="step-3", board="board-1", title="Weer alleen", instruction="", visible="alleen_ik",
        may=ALL, rank=3,
    ),
    Step(
        id="step-4", board="board-1", title="Groepeer", instruction="", may=("groeperen",), rank=4
    ),
    Step(
        id="step-5", board="board-1", title="Schuif", instruction="", may=("verplaatsen",), rank=5
    ),
    Step(id="step-6", board="board-1", title="Kijk", instruction="", may=(), rank=6),
    Step(id="step-7", board="board-2", title="Elders", instruction="", may=ALL, rank=1),
)  # fmt: skip
ZONES = (
    Zone(id="zone-1", board="board-1", title="'s Ochtends", rank=1),
    Zone(id="zone-2", board="board-1", title="'s Middags", rank=2),
    Zone(id="zone-3", board="board-2", title="Elders", rank=1),
)
RECORDS: tuple[Record, ...] = (
    Evening(
        id="sprint-1", title="Vitale kernen", question="Hoe?", board="board-1", step="step-1",
        code="ABCDEF", token="0123456789abcdef",
    ),
    Board(id="board-1", werkvorm="T2", title="Een dag uit het leven", rank=1),
    Board(id="board-2", werkvorm="T3", title="Waar doen we het voor?", rank=2),
    *ZONES,
    *STEPS,
    Stem(id="stem-1", code="IO", title="inwoner 65+", rank=1),
    Stem(id="stem-2", code="JO", title="jonger dan 18", rank=2),
)  # fmt: skip

WORDS = (
    "Na zes uur kom ik het dorp niet uit.",
    "Koffie",
    "é́ 👩🏽‍🌾 naast 𝓛ottum",
    "a",
    "Twee regels\nop een kaartje",
    "x" * 240,
    "",
    "   ",
    "\x00",
    "\ud800",
    "e" + "\u0301" * 9,
    "y" * 2001,
    "\u202eomgekeerd",
)
KINDS_OF_COMMAND = (
    *(CreateNote,) * 5, *(EditNote,) * 5, *(MoveNote,) * 4, *(GatherNote,) * 4, *(Undo,) * 5,
    *(BinNote,) * 3, *(RestoreNote,) * 2, *(GoToStep,) * 3, *(Reveal,) * 2, *(NameCluster,) * 2,
    *(MoveCluster,) * 2, *(DissolveCluster,) * 2, GiveStem, SetTimer, AddToTimer, SetDoors,
    RenewCode, FoundSprint,
)  # fmt: skip


class Chance:
    """Choices out of numbers; `number(n)` gives one of 0 … n-1."""

    def __init__(self, number: Callable[[int], int]) -> None:
        self.number = number

    def of(self, several: Sequence[T]) -> T:
        return several[self.number(len(several))]

    def once_in(self, n: int) -> bool:
        return self.number(n) == n - 1


def tape(numbers: Sequence[int]) -> Chance:
    """Choices from a row of numbers; zero when the row is at its end."""
    left = iter(numbers)
    return Chance(lambda n: next(left, 0) % n)


class Village:
    """A sprint, its past and its log."""

    def __init__(self, founded: bool = True) -> None:
        self.sprint = Sprint()
        self.past = Past()
        self.log: list[tuple[Entry, Change]] = []  # with its inverse
        self.made = 0
        if founded:
            self.ask(FoundSprint(RECORDS), DESK)

    def decide(self, command: AnyCommand | None, seat: Seat) -> Change | Refusal:
        ask = Ask(command, seat, self.now, self.sprint.head.to_bytes(32, "big"))
        return decide(self.sprint, ask, self.past)

    def ask(self, command: AnyCommand | None, seat: Seat) -> Change | Refusal:
        """Decide, apply and log, as a room does."""
        verdict = self.decide(command, seat)
        change = verdict if isinstance(verdict, tuple) else ()
        entry = Entry(
            seq=self.sprint.head + 1,
            at=self.now,
            device=f"dev-{seat.id}",
            number=self.sprint.head + 1,
            seat=seat.id,
            role=seat.role,
            command=command,
            change=change,
            refusal=verdict.code if isinstance(verdict, Refusal) else None,
        )
        inverse = apply(self.sprint, change)
        self.sprint.head = entry.seq
        self.past.record(entry, inverse)
        self.log.append((entry, inverse))
        return verdict

    def roll_back(self) -> None:
        """Take back the last entry, as a room does when another process was faster."""
        entry, inverse = self.log.pop()
        apply(self.sprint, inverse)
        self.sprint.head = entry.seq - 1
        self.past.take_back(entry)

    def live(self, chance: Chance, commands: int) -> "Village":
        """So many commands of anybody. Mostly after a first reveal, in a step that allows much,
        with a few notes and a cluster there already."""
        if opening := chance.number(4):
            for _ in range(opening):
                self.ask(CreateNote(self.new_id(chance), "zone-1", WORDS[opening]), ANNA)
            self.ask(Reveal(), FIEN)
            self.ask(GoToStep("step-3" if opening == 1 else "step-2"), FIEN)
            notes = list(self.sprint.notes)
            if opening == 3 and len(notes) > 1:
                self.ask(GatherNote(notes[0], notes[1], self.new_id(chance)), BRAM)
        for _ in range(commands):
            seat = chance.of(SEATS[:3]) if chance.number(12) else chance.of(SEATS)
            self.ask(self.some_command(chance, seat), seat)
        return self

    @property
    def now(self) -> int:
        return 1_000_000 + 1_000 * self.sprint.head

    # -- anything that can be asked ---------------------------------------------------

    def some_command(self, chance: Chance, seat: Seat) -> AnyCommand:
        return self.command_of(chance.of(KINDS_OF_COMMAND), chance, seat)

    def command_of(self, kind: type[AnyCommand], chance: Chance, seat: Seat) -> AnyCommand:
        some: dict[Any, Callable[[], AnyCommand]] = {
            CreateNote: lambda: CreateNote(
                self.new_id(chance),
                self.some_id(chance, "zone"),
                self.words(chance),
                self.some_id(chance, "stem") if chance.once_in(3) else None,
                self.some_id(chance, "step") if chance.once_in(2) else None,
            ),
            EditNote: lambda: self.some_edit(chance),
            GiveStem: lambda: GiveStem(
                self.some_id(chance, "note"),
                self.some_id(chance, "stem") if chance.number(4) else None,
            ),
            MoveNote: lambda: self.some_move(chance),
            GatherNote: lambda: GatherNote(
                self.some_id(chance, "note"), self.some_id(chance, "note"), self.new_id(chance)
            ),
            BinNote: lambda: BinNote(self.some_id(chance, "note")),
            RestoreNote: lambda: RestoreNote(self.some_id(chance, "note")),
            NameCluster: lambda: NameCluster(self.some_id(chance, "cluster"), self.words(chance)),
            MoveCluster: lambda: MoveCluster(
                self.some_id(chance, "cluster"),
                self.some_id(chance, "zone"),
                self.some_id(chance, "note") if chance.number(2) else None,
            ),
            DissolveCluster: lambda: DissolveCluster(self.some_id(chance, "cluster")),
            Undo: lambda: Undo(self.some_name(chance, seat)),
            GoToStep: lambda: GoToStep(self.some_id(chance, "step")),
            Reveal: Reveal,
            SetTimer: lambda: SetTimer(chance.of((60, None, 0, -1, 14_400, 14_401))),
            AddToTimer: lambda: AddToTimer(chance.of((60, -60, 0, 14_401))),
            SetDoors: lambda: SetDoors(bool(chance.number(2))),
            RenewCode: RenewCode,
            FoundSprint: lambda: FoundSprint(RECORDS),
        }
        return some[kind]()

    def some_id(self, chance: Chance, kind: Any) -> str:
        known = self.sprint.records[kind]
        if not known or chance.once_in(25):
            return chance.of(("nonsense", "zone-1", "item-1", "step-1"))
        there = [id for id, record in known.items() if not getattr(record, "gone", False)]
        if kind == "step" and chance.number(2):
            return "step-2"
        return chance.of(there if there and chance.number(4) else list(known))

    def new_id(self, chance: Chance) -> str:
        if chance.once_in(25):
            return self.some_id(chance, chance.of(("note", "cluster", "zone")))
        self.made += 1
        return f"item-{self.made}"

    def words(self, chance: Chance) -> str:
        return chance.of(WORDS) if chance.once_in(10) else chance.of(WORDS[:6])

    def some_name(self, chance: Chance, seat: Seat) -> str:
        own = [entry.name for entry, _ in self.log if entry.seat == seat.id]
        if not own or chance.once_in(15):
            return chance.of(("nonsense.1", *(entry.name for entry, _ in self.log)))
        return own[-1 - chance.number(min(6, len(own)))]

    def some_move(self, chance: Chance) -> MoveNote:
        zone, cluster = self.some_id(chance, "zone"), None
        if chance.once_in(3):
            cluster = self.some_id(chance, "cluster")
        before = None
        if lying := self.sprint.items(cluster or zone):
            before = chance.of(lying).id if chance.number(3) else None
        return MoveNote(self.some_id(chance, "note"), zone, cluster, before)

    def some_edit(self, chance: Chance) -> EditNote:
        id = self.some_id(chance, "note")
        note = self.sprint.note(id)
        base = max(0, self.sprint.head - (chance.number(12) if chance.once_in(3) else 0))
        if chance.once_in(30):
            base = chance.of((-1, 0, self.sprint.head + 1, 2**53))
        length = len(note.text) if note else 3
        length -= sum(text.delta(step.edit) for step in self.past.edits_since(id, base))
        return EditNote(id, base, some_edit(chance, length))


def some_edit(chance: Chance, length: int) -> text.Edit:
    """Mostly an edit that fits a text of that length, in the normal form."""
    if chance.once_in(40):
        return chance.of(((), (0,), ("",), (10_000,), (-10_000,), (1,) * 201, (-1, "x", -1)))
    parts: list[int | str] = []
    left = max(length, 0)
    for _ in range(1 + chance.number(4)):
        kind = chance.number(3)
        if kind == 0:
            parts.append(chance.of(("x", "ja ", "👍🏽", "é́", "𝓛", "\n", "zo")))
        elif left:
            some = 1 + chance.number(min(left, 6))
            left -= some
            parts.append(some if kind == 1 else -some)
    return text.normal(tuple(parts))
