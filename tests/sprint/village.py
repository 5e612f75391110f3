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
from opgavebord.sprint.decide import decide
from opgavebord.sprint.entry import Entry
from opgavebord.sprint.past import Past
from opgavebord.sprint.refusals import Refusal
from opgavebord.sprint.sprint import (
    Board,
    Domein,
    Evening,
    Field,
    Kern,
    Record,
    Right,
    Seat,
    Sprint,
    Stem,
    Step,
    Table,
    Zone,
)

T = TypeVar("T")

ANNA = Seat("seat-anna", "deelnemer")
BRAM = Seat("seat-bram", "deelnemer")
FIEN = Seat("seat-fien", "begeleider")
TOON = Seat("seat-toon", "tafelbegeleider")
OLGA = Seat("seat-olga", "oogst")
LUUK = Seat("seat-luuk", "luisteraar")
WALL = Seat("seat-wall", "wand")
DESK = Seat("seat-desk", "bureau")
SEATS = (ANNA, BRAM, FIEN, TOON, OLGA, LUUK, WALL, DESK)
PEOPLE = SEATS[:5]  # who do most of what is done

ALL: tuple[Right, ...] = ("schrijven", "wijzigen", "verplaatsen", "groeperen", "stemmen")
STEPS = (
    Step(
        id="step-1", board="board-1", title="Schrijf", instruction="", visible="alleen_ik",
        may=("schrijven",), rank=1, visited=True, scene="stilte",
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
    Step(
        id="step-8", board="board-1", title="Met de tafel", instruction="", visible="tafel",
        may=ALL, rank=7, scene="citaten",
    ),
    Step(
        id="step-9", board="board-1", title="De schrijver", instruction="", write="schrijver",
        may=ALL, rank=8, scene="oogst",
    ),
    Step(
        id="step-10", board="board-1", title="Wie later komt", instruction="", visible="alleen_ik",
        may=ALL, rank=9, late="wacht",
    ),
)  # fmt: skip
ZONES = (
    Zone(id="zone-1", board="board-1", title="'s Ochtends", rank=1),
    Zone(id="zone-2", board="board-1", title="'s Middags", rank=2),
    Zone(id="zone-3", board="board-2", title="Elders", rank=1, type="bezwaar"),
    Zone(id="zone-4", board="board-2", title="Dit ligt vast", rank=2, write="begeleider"),
    Zone(id="zone-5", board="board-2", title="Wie is er?", rank=3, write="niemand", tap=True),
)
RECORDS: tuple[Record, ...] = (
    Evening(
        id="sprint-1", title="Vitale kernen", question="Hoe?", board="board-1", step="step-1",
        code="ABCDEF", token="0123456789abcdef",
    ),
    Board(
        id="board-1", werkvorm="T2", title="Een dag uit het leven", rank=1,
        types=("moment", "wens"),
        fields=(
            Field("gevoel", "Hoe voelde dat?", ("fijn", "gewoon", "vervelend")),
            Field("sinds", "Sinds wanneer?", of="wens"),
        ),
    ),
    Board(id="board-2", werkvorm="T3", title="Waar doen we het voor?", rank=2),
    *ZONES,
    *STEPS,
    Stem(id="stem-1", code="IO", title="inwoner 65+", rank=1),
    Stem(id="stem-2", code="JO", title="jonger dan 18", rank=2),
    Kern(id="kern-1", code="ME", title="Meerlo", rank=1),
    Kern(id="kern-2", code="TI", title="Tienray", rank=2),
    Domein(id="doma-1", code="W", title="Wonen", rank=1),
    Domein(id="doma-2", code="Z", title="Zorg", rank=2),
    Table(id="table-1", number=1, people=6),
    Table(id="table-2", number=2, people=5),
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
SENTENCES = (
    {"wie": "ouderen", "wat": "elkaar vaker zien"},
    {"wie": "kinderen", "wat": "thuis blijven wonen"},
)
KINDS_OF_COMMAND = (
    *(CreateNote,) * 10, *(EditNote,) * 7, *(MoveNote,) * 5, *(GatherNote,) * 5, *(Undo,) * 8,
    *(BinNote,) * 4, *(RestoreNote,) * 3, *(GoToStep,) * 5, *(Reveal,) * 3, *(NameCluster,) * 3,
    *(MoveCluster,) * 2, *(DissolveCluster,) * 2, GiveStem, GiveField, GiveKern, TagNote,
    *(MarkNote,) * 3, *(RedactNote,) * 2, *(DropRedaction,) * 2, *(MakeGroup,) * 3, *(GroupNotes,) * 3,
    NameGroup, MoveGroup, MergeGroups, SplitGroup, DropGroup, *(QuoteOfTable,) * 2, ChooseBedoeling,
    *(OpenRound,) * 3, CloseRound, *(GiveDots,) * 5, CountPaper, *(MakeBelofte,) * 2, ChangeBelofte,
    DropBelofte, *(ShowOnWall,) * 2, FreezeWall, CoverOnWall, QueueForWall, *(SitDown,) * 5,
    *(TakeStand,) * 3, *(HandOn,) * 3, *(GiveVoice,) * 2, AskHelp, *(SayDone,) * 2, TellCheck,
    *(TapArrival,) * 2, AnswerHelp, RemoveSeat, ReadmitSeat, *(RewindSeat,) * 2, SetTable,
    SetMinutes, SkipStep, MoveStep, RepeatStep, MoveBoard, FreezeEvening, SetPhase, Publish,
    TellEvening, SetTimer, AddToTimer, SetDoors, RenewCode, FoundSprint,
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
            on = "step-8" if chance.once_in(3) else "step-2"
            self.ask(GoToStep("step-3" if opening == 1 else on), FIEN)
            notes = list(self.sprint.notes)
            if opening == 3 and len(notes) > 1:
                self.ask(GatherNote(notes[0], notes[1], self.new_id(chance)), BRAM)
        if chance.number(3):
            self.ask(SitDown("table-1"), ANNA)
            self.ask(SitDown(chance.of(("table-1", "table-2"))), BRAM)
            self.ask(SitDown("table-1"), TOON)
        if chance.once_in(3):
            self.ask(TakeStand("doorgeven"), ANNA)
        if opening and chance.once_in(2):
            for at, title in enumerate(("Samen eten", "De bus")):
                notes = tuple(self.sprint.notes)[at : at + 1]
                self.ask(MakeGroup(self.new_id(chance), title, notes), OLGA)
            self.ask(OpenRound("round-1", "Wat telt?", own=bool(chance.number(2))), FIEN)
            card = CreateNote("card-1", "zone-1", "De eetclub.", origin="organisatie")
            self.ask(card, FIEN)
        for _ in range(commands):
            self.reopen(chance)
            seat = chance.of(PEOPLE) if chance.number(12) else chance.of(SEATS)
            self.ask(self.some_command(chance, seat), seat)
        if chance.once_in(3):
            self.travel(chance)
        return self

    def travel(self, chance: Chance) -> None:
        """The board goes on a journey, is asked things meanwhile, and comes home."""
        self.ask(TakeAway("reis1"), chance.of((DESK, FIEN, ANNA)))
        self.ask(self.some_command(chance, BRAM), BRAM)
        self.ask(TakeAway("reis2"), DESK)
        self.ask(BringBack("reis1"), ANNA)
        self.ask(BringBack(chance.of(("reis2", "reis1"))), DESK)
        for journey in ("reis1", "reis2"):
            self.ask(BringBack(journey), FIEN)

    def reopen(self, chance: Chance) -> None:
        """What shuts the evening does not stay for long, or there would be nothing to see."""
        if not chance.number(4):
            self.reopen_as(self.ask)

    def reopen_as(self, says: Callable[[AnyCommand, Seat], object]) -> None:
        evening = self.sprint.evening
        if evening is not None and evening.phase != "open":
            says(SetPhase("open"), FIEN)
        if evening is not None and evening.frozen:
            says(FreezeEvening(False), FIEN)
        for place in list(self.sprint.records["place"].values()):
            if place.removed:
                says(ReadmitSeat(place.id), FIEN)

    @property
    def now(self) -> int:
        return 1_000_000 + 1_000 * self.sprint.head

    # -- anything that can be asked ---------------------------------------------------

    def some_command(self, chance: Chance, seat: Seat) -> AnyCommand:
        return self.command_of(chance.of(KINDS_OF_COMMAND), chance, seat)

    def command_of(self, kind: type[AnyCommand], chance: Chance, seat: Seat) -> AnyCommand:
        def maybe(kind: Any) -> str | None:
            return self.some_id(chance, kind) if chance.number(3) else None

        def several(kind: Any, most: int = 3) -> tuple[str, ...]:
            return tuple(self.some_id(chance, kind) for _ in range(chance.number(most + 1)))

        def seat_id() -> str:
            return chance.of((*(one.id for one in PEOPLE), "seat-none"))

        some: dict[Any, Callable[[], AnyCommand]] = {
            CreateNote: lambda: self.some_note(chance),
            EditNote: lambda: self.some_edit(chance),
            GiveStem: lambda: GiveStem(self.some_id(chance, "note"), maybe("stem")),
            GiveField: lambda: GiveField(
                self.some_id(chance, "note"),
                chance.of(("gevoel", "gevoel", "sinds", "nodig", "vreemd")),
                chance.of(("fijn", "gewoon", "1990", None)),
            ),
            GiveKern: lambda: GiveKern(self.some_id(chance, "note"), maybe("kern")),
            TagNote: lambda: TagNote(self.some_id(chance, "note"), several("domein", 2)),
            MarkNote: lambda: self.some_mark(chance),
            RedactNote: lambda: RedactNote(
                self.new_id(chance),
                self.some_id(chance, "note"),
                self.words(chance),
                "een naam",
                bool(chance.number(2)),
            ),
            DropRedaction: lambda: DropRedaction(self.some_id(chance, "redaction")),
            MoveNote: lambda: self.some_move(chance),
            GatherNote: lambda: GatherNote(
                self.some_id(chance, "note"), self.some_id(chance, "note"), self.new_id(chance)
            ),
            BinNote: lambda: BinNote(self.some_id(chance, "note")),
            RestoreNote: lambda: RestoreNote(self.some_id(chance, "note")),
            NameCluster: lambda: NameCluster(self.some_id(chance, "cluster"), self.words(chance)),
            MoveCluster: lambda: MoveCluster(
                self.some_id(chance, "cluster"), self.some_id(chance, "zone"), maybe("note")
            ),
            DissolveCluster: lambda: DissolveCluster(self.some_id(chance, "cluster")),
            Undo: lambda: Undo(self.some_name(chance, seat)),
            MakeGroup: lambda: MakeGroup(
                self.new_id(chance),
                chance.of(("", "Samen eten")),
                several("note"),
                self.some_id(chance, "cluster") if chance.once_in(3) else None,
            ),
            GroupNotes: lambda: GroupNotes(several("note"), maybe("group")),
            NameGroup: lambda: NameGroup(self.some_id(chance, "group"), self.words(chance)),
            MoveGroup: lambda: MoveGroup(self.some_id(chance, "group"), maybe("group")),
            MergeGroups: lambda: MergeGroups(
                self.some_id(chance, "group"), self.some_id(chance, "group")
            ),
            SplitGroup: lambda: SplitGroup(
                self.some_id(chance, "group"), self.new_id(chance), several("note"), "Nieuw"
            ),
            DropGroup: lambda: DropGroup(self.some_id(chance, "group")),
            QuoteOfTable: lambda: QuoteOfTable(self.some_id(chance, "table"), maybe("note")),
            ChooseBedoeling: lambda: ChooseBedoeling(
                self.some_sentence(chance) if chance.number(4) else None
            ),
            OpenRound: lambda: OpenRound(
                self.new_id(chance),
                "Wat weegt zwaar?",
                chance.of(("persoon", "persoon", "tafel")),
                chance.of((3, 3, 20, 21)),
                chance.of((3, 1, 2, 0)),
                bool(chance.number(2)),
                several("group", 2),
            ),
            CloseRound: lambda: CloseRound(self.some_id(chance, "round")),
            GiveDots: lambda: self.some_dots(chance),
            CountPaper: lambda: CountPaper(
                self.some_id(chance, "round"),
                maybe("table"),
                chance.of((2, 1, 0, 41)),
                {id: chance.of((1, 2, 9, -1)) for id in several("group", 2)},
            ),
            MakeBelofte: lambda: MakeBelofte(
                self.new_id(chance), "Karin", chance.of(("een tafel vrij", "")), "in mei"
            ),
            ChangeBelofte: lambda: ChangeBelofte(
                self.some_id(chance, "belofte"), "Karin", "een stoel", chance.of(("juni", "juli"))
            ),
            DropBelofte: lambda: DropBelofte(self.some_id(chance, "belofte")),
            ShowOnWall: lambda: ShowOnWall(
                chance.of(("citaten", "oogst", "bord", "zwart", "stemmen")),
                several(chance.of(("note", "group"))),
                chance.of((0, 0, 1, -1)),
            ),
            FreezeWall: lambda: FreezeWall(bool(chance.number(2))),
            CoverOnWall: lambda: CoverOnWall(
                self.some_id(chance, chance.of(("note", "group"))), bool(chance.number(2))
            ),
            QueueForWall: lambda: QueueForWall(
                self.some_id(chance, chance.of(("note", "group"))), bool(chance.number(2))
            ),
            SitDown: lambda: SitDown(maybe("table")),
            TakeStand: lambda: TakeStand(chance.of(("schrijven", "notuleren", "doorgeven"))),
            HandOn: HandOn,
            GiveVoice: lambda: GiveVoice(maybe("stem"), maybe("kern")),
            AskHelp: lambda: AskHelp(bool(chance.number(3))),
            SayDone: lambda: SayDone(bool(chance.number(3))),
            TellCheck: lambda: TellCheck(
                {"verbinding": chance.of(("goed", "traag", "x" * 301, "\x00"))}
            ),
            TapArrival: lambda: TapArrival(maybe("kern"), maybe("stem")),
            AnswerHelp: lambda: AnswerHelp(
                next(
                    (place.id for place in self.sprint.records["place"].values() if place.help),
                    seat_id(),
                )
            ),
            RemoveSeat: lambda: RemoveSeat(seat_id()),
            ReadmitSeat: lambda: ReadmitSeat(seat_id()),
            RewindSeat: lambda: RewindSeat(seat_id(), chance.of((1, 1, 10, 0, 61))),
            SetTable: lambda: SetTable(
                chance.of(("table-1", "table-2", "table-3")),
                chance.of((1, 2, 3, 0)),
                chance.of((6, 5, 41)),
            ),
            GoToStep: lambda: GoToStep(self.some_id(chance, "step")),
            Reveal: lambda: Reveal(
                chance.of((None, None, "tafel", "zaal")),
                self.some_id(chance, "table") if chance.once_in(4) else None,
            ),
            SetMinutes: lambda: SetMinutes(self.some_id(chance, "step"), chance.of((8, 240, 241))),
            SkipStep: lambda: SkipStep(self.some_id(chance, "step"), bool(chance.number(2))),
            MoveStep: lambda: MoveStep(self.some_id(chance, "step"), maybe("step")),
            RepeatStep: lambda: RepeatStep(self.some_id(chance, "step"), self.new_id(chance)),
            MoveBoard: lambda: MoveBoard(self.some_id(chance, "board"), maybe("board")),
            FreezeEvening: lambda: FreezeEvening(bool(chance.number(2))),
            SetPhase: lambda: SetPhase(chance.of(("open", "closing", "closed"))),
            Publish: lambda: Publish(bool(chance.number(2))),
            TellEvening: lambda: TellEvening(
                title=chance.of((None, "Samen", "")), goal=chance.of((None, "Eén zin."))
            ),
            SetTimer: lambda: SetTimer(chance.of((60, None, 0, -1, 14_400, 14_401))),
            AddToTimer: lambda: AddToTimer(chance.of((60, -60, 0, 14_401))),
            SetDoors: lambda: SetDoors(bool(chance.number(2))),
            RenewCode: RenewCode,
            TakeAway: lambda: TakeAway("reis1"),
            BringBack: lambda: BringBack(chance.of(("reis1", "reis1", "reis2"))),
            FoundSprint: lambda: FoundSprint(RECORDS),
        }
        return some[kind]()

    def some_note(self, chance: Chance) -> CreateNote:
        """Mostly a plain one; now and then a sentence, or an objection to one."""
        note, zone = self.new_id(chance), self.some_id(chance, "zone")
        stem = self.some_id(chance, "stem") if chance.once_in(3) else None
        step = self.some_id(chance, "step") if chance.once_in(3) else None
        kern = self.some_id(chance, "kern") if chance.once_in(4) else None
        match chance.number(10):
            case 7:
                said = chance.of(SENTENCES)
                of = (self.some_sentence(chance),) if chance.once_in(3) else ()
                return CreateNote(
                    note, zone, "Wij doen dit zodat {wie} {wat}.".format(**said), stem, step,
                    "bedoeling", said, of=of, kern=kern,
                )  # fmt: skip
            case 8:
                about = self.some_sentence(chance) if chance.once_in(2) else None
                return CreateNote(
                    note, zone, "Dat gaat mij te snel.", stem, step,
                    chance.of(("bezwaar", "voorwaarde")), {"nodig": "meer tijd"},
                    about=about or self.some_id(chance, "group"),
                )  # fmt: skip
            case 9:
                return CreateNote(
                    note, zone, self.words(chance), stem, step, chance.of(("moment", "wens", "x")),
                    {chance.of(("gevoel", "sinds")): chance.of(("fijn", "1990"))}, kern=kern,
                    origin=chance.of(("organisatie", "papier", "")), card=chance.of(("", "12")),
                    table=self.some_id(chance, "table") if chance.once_in(2) else None,
                )  # fmt: skip
            case _:
                return CreateNote(note, zone, self.words(chance), stem, step, kern=kern)

    def some_sentence(self, chance: Chance) -> str:
        said = [note.id for note in self.sprint.notes.values() if note.type == "bedoeling"]
        return chance.of(said) if said else "nonsense"

    def some_mark(self, chance: Chance) -> MarkNote:
        """Mostly on what can be marked."""
        note = self.some_id(chance, "note")
        for other in self.sprint.notes.values():
            if other.type == "bedoeling" or other.origin == "organisatie":
                note = other.id if chance.number(3) else note
        return MarkNote(note, chance.of(("herken_ik", "herken_niet", "steun", None)))

    def some_dots(self, chance: Chance) -> GiveDots:
        """Mostly in the round that is open, on one of its items."""
        rounds = self.sprint.records["round"].values()
        opened = next((round for round in rounds if round.open), None)
        if opened is None or chance.once_in(6):
            round, item = self.some_id(chance, "round"), self.some_id(chance, "group")
        else:
            round, item = opened.id, chance.of(opened.items)
        return GiveDots(round, item, chance.of((1, 2, 0, 3, 4, -1)))

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
            return self.some_id(chance, chance.of(("note", "cluster", "zone", "group")))
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
