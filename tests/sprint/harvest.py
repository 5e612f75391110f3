"""An evening with tables, villages, voices and groups, to tell stories about the harvest in.

`Harvest` is a village of its own founding: three tables, four villages, a voice of each kind of
participant, and two people at each table. Everybody has written what `told` says.
"""

from collections.abc import Iterable

from opgavebord.sprint.change import Put, apply
from opgavebord.sprint.commands import (
    AnyCommand,
    CreateNote,
    FoundSprint,
    GoToStep,
    MakeGroup,
    OpenRound,
    SitDown,
)
from opgavebord.sprint.refusals import Refusal
from opgavebord.sprint.sprint import (
    Arrival,
    Ballot,
    Board,
    Evening,
    Group,
    Kern,
    Note,
    Place,
    Record,
    Right,
    Round,
    Seat,
    Stem,
    Step,
    Table,
    Wall,
    Zone,
)
from tests.sprint.village import Village

ANNA = Seat("seat-anna", "deelnemer")
BRAM = Seat("seat-bram", "deelnemer")
CARO = Seat("seat-caro", "deelnemer")
DAAN = Seat("seat-daan", "deelnemer")
TESS = Seat("seat-tess", "tafelbegeleider")
FIEN = Seat("seat-fien", "begeleider")
OLGA = Seat("seat-olga", "oogst")
DESK = Seat("seat-desk", "bureau")
SITTING = {ANNA: "table-1", BRAM: "table-1", CARO: "table-2", DAAN: "table-2", TESS: "table-1"}
VOICES = {
    "IO": "inwoner 65+",
    "ON": "ondernemer",
    "VR": "vrijwilliger",
    "ZP": "zorg",
    "AM": "ambtenaar",
}
VILLAGES = {"HOR": "Horst", "LOT": "Lottum", "MEE": "Meerlo", "SWO": "Swolgen"}

BOARD: tuple[Right, ...] = ("schrijven", "wijzigen", "verplaatsen", "groeperen")

RECORDS: tuple[Record, ...] = (
    Evening(
        id="sprint-1", title="Vitale kernen", question="Hoe?", board="board-1", step="step-1",
        code="ABCDEF", token="0123456789abcdef",
    ),
    Board(id="board-1", werkvorm="T2", title="Een dag", types=("moment",), rank=1),
    Zone(id="zone-1", board="board-1", title="'s Ochtends", rank=1),
    Zone(id="zone-2", board="board-1", title="'s Middags", rank=2),
    Step(
        id="step-1", board="board-1", title="Vertel", instruction="", may=BOARD, rank=1, visited=True
    ),
    Step(
        id="step-2", board="board-1", title="Kies", instruction="", may=("stemmen",), rank=2,
        scene="teller",
    ),
    Step(
        id="step-3", board="board-1", title="Alleen", instruction="", may=("schrijven",), rank=3,
        visible="alleen_ik", scene="stilte",
    ),
    Step(
        id="step-4", board="board-1", title="Citaten", instruction="", may=(), rank=4,
        scene="citaten",
    ),
    *(Stem(id=f"stem-{code}", code=code, title=title) for code, title in VOICES.items()),
    *(Kern(id=f"kern-{code}", code=code, title=title) for code, title in VILLAGES.items()),
    *(Table(id=f"table-{number}", number=number) for number in (1, 2, 3)),
)  # fmt: skip


class Harvest(Village):
    def __init__(self) -> None:
        super().__init__(founded=False)
        self.does(DESK, FoundSprint(RECORDS))
        for seat, table in SITTING.items():
            self.does(seat, SitDown(table))

    # -- telling ----------------------------------------------------------------------

    def does(self, seat: Seat, command: AnyCommand) -> str:
        """Carry out what must be possible; returns the name of the command."""
        verdict = self.ask(command, seat)
        assert isinstance(verdict, tuple), f"{command}: {verdict}"
        return self.log[-1][0].name

    def refuses(self, seat: Seat, command: AnyCommand) -> str:
        before = self.sprint.copy()
        verdict = self.ask(command, seat)
        assert isinstance(verdict, Refusal), command
        before.head += 1
        assert self.sprint == before
        return verdict.code

    def nothing(self, seat: Seat, command: AnyCommand) -> None:
        """What was so already: allowed, and changes nothing."""
        self.does(seat, command)
        assert self.log[-1][0].change == ()

    def told(self, *notes: str, by: Seat = ANNA) -> None:
        for id in notes:
            self.does(by, CreateNote(id, "zone-1", f"Woorden van {id}"))

    def grouped(self, group: str, *notes: str, by: Seat = ANNA) -> None:
        """A group of new notes."""
        self.told(*notes, by=by)
        self.does(OLGA, MakeGroup(group, f"Over {group}", notes))

    def voting(self, *groups: str, **rules: object) -> None:
        """These groups, the step in which people vote, and a round that is open."""
        for group in groups:
            self.grouped(group, f"note-of-{group}", by=DAAN)
        self.does(FIEN, GoToStep("step-2"))
        self.does(FIEN, OpenRound("round-1", "Wat weegt zwaar?", **rules))  # type: ignore[arg-type]

    def arrive(self, kern: str | None, stem: str | None, people: int = 1) -> None:
        """People who tapped, without asking one by one."""
        for _ in range(people):
            self.made += 1
            arrival = Arrival(id=f"arrival-{self.made}", kern=kern, stem=stem)
            apply(self.sprint, (Put(arrival),))

    # -- looking ----------------------------------------------------------------------

    def note(self, id: str) -> Note:
        return self.sprint.notes[id]

    def group(self, id: str) -> Group:
        found: Group = self.sprint.records["group"][id]
        return found

    def inside(self, group: str) -> set[str]:
        """The notes of a group."""
        return {note.id for note in self.sprint.notes.values() if note.group == group}

    def groups(self) -> list[str]:
        """The groups that are there, in order."""
        there: Iterable[Group] = self.sprint.records["group"].values()
        return [one.id for one in sorted(there, key=lambda one: one.rank) if not one.gone]

    def round(self, id: str = "round-1") -> Round:
        found: Round = self.sprint.records["round"][id]
        return found

    def ballots(self, round: str = "round-1") -> list[Ballot]:
        return [one for one in self.sprint.records["ballot"].values() if one.round == round]

    def dots(self, round: str = "round-1") -> dict[str, int]:
        """What came of a round that is closed."""
        return {one.item: one.dots for one in self.round(round).result}

    def wall(self) -> Wall:
        found: Wall = self.sprint.records["wall"]["wand"]
        return found

    def standing(self) -> dict[str, str]:
        """What stands on the wall: words by id."""
        return {shown.id: shown.text for shown in self.wall().items}

    def place(self, seat: Seat) -> Place:
        found = self.sprint.place(seat.id)
        assert found is not None
        return found
