"""The same evening twice, in two rooms, but for what some must not know.

What is kept from somebody can not be in the bytes they get. So two rooms are led through the same
evening: the same commands of the same people, except that of what is secret the one room is told one thing
and the other another: another text, another voice, another author, other dots. Whoever must not know
the difference (the *outsiders*) must then be sent the same, byte for byte: frames, snapshots,
what is theirs alone, what they missed, verdicts on their own commands.

`Twins` plays one such evening, out of a seed and a *secret*. `sprints` gives only what the two rooms
come to, for whoever turns a sprint into something else: a page, an export.
"""

import random
from typing import Any, Literal, TypeAlias, get_args

from opgavebord.sprint.ask import Ask
from opgavebord.sprint.commands import (
    AnyCommand,
    AskHelp,
    BinNote,
    CloseRound,
    CreateNote,
    EditNote,
    FoundSprint,
    GiveDots,
    GiveField,
    GiveKern,
    GiveStem,
    GiveVoice,
    GoToStep,
    HandOn,
    MakeGroup,
    MarkNote,
    MoveNote,
    OpenRound,
    RestoreNote,
    Reveal,
    RewindSeat,
    SetPhase,
    SitDown,
    TagNote,
    TakeStand,
    TellCheck,
    Undo,
)
from opgavebord.sprint.decide import decide
from opgavebord.sprint.refusals import Refusal
from opgavebord.sprint.sprint import Seat, Sprint
from opgavebord.sync.room import Room
from tests.sprint.village import (
    ANNA,
    BRAM,
    DESK,
    FIEN,
    LUUK,
    OLGA,
    RECORDS,
    TOON,
    WALL,
    WORDS,
    Chance,
    Village,
)
from tests.sync.hall import Hall, Screen

Secret: TypeAlias = Literal["alone", "table", "dots", "desk", "turn"]
"""What differs: what is written alone, what is said at a table, dots and marks, what only the desk
knows, and what was done in a turn of a tablet that is over."""
SECRETS: tuple[Secret, ...] = get_args(Secret)

CEES = Seat("seat-cees", "deelnemer")
STRANGERS = (BRAM, TOON, LUUK, WALL, FIEN, OLGA, DESK)  # to what Anna and Cees do in private
HALL = (BRAM, TOON, LUUK, WALL)  # strangers to what the desk knows
STEPS: dict[Secret, tuple[str, ...]] = {
    "alone": ("step-1", "step-3", "step-10"),
    "table": ("step-8",),
    "dots": ("step-2",),
    "desk": ("step-2",),
    "turn": ("step-3",),
}
TELLS = (Reveal, CloseRound, SetPhase)
"""After these the difference may be known, or nothing happens any more."""
Doing: TypeAlias = tuple[Seat, AnyCommand]


class Different(AssertionError):
    """Somebody was sent something that depends on what is kept from them."""


class Evening(Hall):
    """A room with the sprint of the village in it, and chance that is the same in both."""

    def __init__(self) -> None:
        self.drawn = 0
        super().__init__(found=False)
        found = FoundSprint(RECORDS)
        self.run(self.room.do(None, DESK, "desk.1", found, self.now, self.wall))
        self.keep()

    def open(self) -> Room:
        return Room.open("sprint", self.log, build="b", entropy=self._draw)

    def _draw(self) -> bytes:
        self.drawn += 1
        return self.drawn.to_bytes(32, "big")

    def may(self, doing: Doing) -> bool:
        seat, command = doing
        ask = Ask(command, seat, self.wall, bytes(32))
        return not isinstance(decide(self.room.sprint, ask, self.room._past), Refusal)


class Twins:
    """One evening in two rooms. Raises `Different` at the first byte that differs."""

    def __init__(self, seed: int, secret: Secret) -> None:
        self.secret = secret
        self.chance = Chance(random.Random(f"{secret} {seed}").randrange)
        self.rooms = (Evening(), Evening())
        self.screens: list[tuple[Seat, tuple[Screen, Screen]]] = []
        self.talks: dict[str, tuple[Screen, Screen]] = {}
        self.heard: list[int] = []  # of each pair of screens, how much was compared
        self.outsiders = HALL if secret == "desk" else STRANGERS
        self.village = Village(founded=False)  # draws commands from what the first room holds
        self.village.sprint = self.rooms[0].room.sprint
        self.village.past = self.rooms[0].room._past
        self.hidden: list[tuple[Seat, Seat, str]] = []  # who wrote it here, and there
        self.done: list[tuple[Seat, str, Seat, str]] = []
        self.voted: tuple[Seat, Seat] | None = None
        self.told = 0
        for seat in (ANNA, CEES, *STRANGERS):
            self.comes(seat)
        self.opening()

    # -- the evening ------------------------------------------------------------------

    def opening(self) -> None:
        for seat, table in ((ANNA, 1), (CEES, 1), (BRAM, 2), (TOON, 2)):
            self.both(seat, SitDown(f"table-{table}"))
        self.both(FIEN, GoToStep("step-2"))
        for at in (1, 2):
            self.both(BRAM, CreateNote(f"open-{at}", "zone-1", f"Koffie {at}"))
            self.both(OLGA, MakeGroup(f"group-{at}", f"Groep {at}", (f"open-{at}",)))
        self.both(ANNA, CreateNote("open-3", "zone-1", "Van Anna"))
        self.both(FIEN, CreateNote("card-1", "zone-1", "De eetclub", origin="organisatie"))
        self.both(FIEN, OpenRound("round-1", "Wat telt?"))
        if self.secret == "turn":
            self.both(ANNA, TakeStand("doorgeven"))
        self.both(FIEN, GoToStep(self.chance.of(STEPS[self.secret])))

    def play(self, acts: int = 24) -> "Twins":
        for _ in range(acts):
            self.village.log = [(entry, ()) for entry in self.rooms[0].log]
            match self.chance.number(20):
                case 0:
                    self.comes(self.chance.of(self.outsiders))
                case 1:
                    self.comes_back(self.chance.of(self.outsiders))
                case at if at < 11:
                    self.differ()
                case _:
                    self.outsider()
            self.compare()
        for seat in self.outsiders:
            self.comes(seat)
            self.comes_back(seat)
        if self.secret == "turn":
            self.end_of_turn()
        self.compare()
        return self

    def end_of_turn(self) -> None:
        """From here on Anna's own tablet is somebody else's."""
        before = [entry.name for entry in self.rooms[0].log if entry.seat == ANNA.id]
        self.outsiders = (*self.outsiders, ANNA)
        self.both(ANNA, HandOn(), listening=False)
        self.heard = [len(pair[0].raw) for _, pair in self.screens]
        self.comes(ANNA)
        self.comes_back(ANNA)
        for name in before[-4:]:
            self.both(ANNA, Undo(name))
        for _, _, note in self.hidden[-3:]:
            self.both(ANNA, BinNote(note))
            self.both(ANNA, EditNote(note, self.rooms[0].room.head, ("x",)))
        self.both(ANNA, GiveDots("round-1", "group-1", 1))

    def outsider(self) -> None:
        """Somebody who must not know does anything at all, as anybody could."""
        seat = self.chance.of(self.outsiders)
        command = self.village.some_command(self.chance, seat)
        if "\ud800" in repr(command) or "\\ud800" in repr(command):
            return  # no message at all
        if isinstance(command, TELLS):
            command = Reveal("zaal", "table-2")
        if isinstance(command, RewindSeat):  # of what goes one sees whose it was
            command = RewindSeat(self.chance.of((BRAM.id, TOON.id)), command.minutes)
        if isinstance(command, SitDown):
            command = SitDown("table-2")
        if isinstance(command, GoToStep) and self.chance.number(3):
            command = GoToStep(self.chance.of(STEPS[self.secret]))
        self.both(seat, command)
        if self.village.sprint.evening.frozen or self.chance.once_in(6):
            self.village.reopen_as(lambda command, seat: self.both(seat, command))

    def differ(self) -> None:
        """Anna, or Cees, does something of which the outsiders may not know what, or who."""
        one, two = {
            "alone": self.written,
            "table": self.written,
            "turn": self.in_turn,
            "dots": self.dots,
            "desk": self.known_to_the_desk,
        }[self.secret]()
        if self.rooms[0].may(one) and self.rooms[1].may(two):
            here, there = self.say(0, *one), self.say(1, *two)
            self.told += one != two
            self.done.append((one[0], here, two[0], there))
            if isinstance(one[1], CreateNote) and self.secret != "desk":
                self.hidden.append((one[0], two[0], one[1].note))
            if isinstance(one[1], GiveDots):
                self.voted = (one[0], two[0])
            self.keep()

    def written(self) -> tuple[Doing, Doing]:
        chance = self.chance
        step = self.village.sprint.step_on
        kept = step is not None and step.id in STEPS[self.secret] and not step.revealed
        if kept and (not self.hidden or chance.once_in(3)):
            id = self.village.new_id(chance)
            authors = chance.of(((ANNA, ANNA), (ANNA, CEES), (CEES, ANNA)))
            if self.secret == "turn":
                authors = (ANNA, ANNA)
            zone = chance.of(("zone-1", "zone-2"))
            return (authors[0], self.note(id, zone)), (authors[1], self.note(id, zone))
        if not self.hidden:
            return (ANNA, AskHelp(True)), (ANNA, AskHelp(True))
        here, there, id = chance.of(self.hidden)
        head = self.rooms[0].room.head
        match chance.number(8):
            case 0 | 1:
                edits = EditNote(id, head, (self.word(),)), EditNote(id, head, (-1, self.word()))
                return (here, edits[0]), (there, edits[1])
            case 2:
                return (here, GiveStem(id, "stem-1")), (there, GiveStem(id, "stem-2"))
            case 3:
                answers = GiveField(id, "gevoel", "fijn"), GiveField(id, "gevoel", "gewoon")
                return (here, answers[0]), (there, answers[1])
            case 4:
                return (here, GiveKern(id, "kern-1")), (there, GiveKern(id, None))
            case 5 if self.done:
                one, name, two, other = chance.of(self.done)
                return (one, Undo(name)), (two, Undo(other))
            case 6:
                command: AnyCommand = chance.of((BinNote(id), RestoreNote(id)))
                return (here, command), (there, command)
            case _:
                move = MoveNote(id, chance.of(("zone-1", "zone-2")))
                return (here, move), (there, move)

    def note(self, id: str, zone: str) -> CreateNote:
        chance = self.chance
        if chance.once_in(4):
            who = chance.of(("ouderen", "kinderen", "wij"))
            text, said = f"Wij doen dit zodat {who} blijven.", {"wie": who, "wat": "blijven"}
            return CreateNote(id, zone, text, type="bedoeling", fields=said, card=self.word())
        kern = chance.of((None, "kern-1", "kern-2"))
        return CreateNote(id, zone, self.word(), chance.of((None, "stem-1")), kern=kern)

    def word(self) -> str:
        return self.chance.of(WORDS[:5]).replace("\n", " ") + str(self.chance.number(99))

    def in_turn(self) -> tuple[Doing, Doing]:
        match self.chance.number(5):
            case 0:
                return self.given((ANNA, ANNA))
            case 1:
                voice = GiveVoice(self.chance.of(("stem-1", "stem-2")), "kern-1")
                return (ANNA, voice), (ANNA, voice)
            case _:
                return self.written()

    def dots(self) -> tuple[Doing, Doing]:
        if self.chance.once_in(4) and not self.village.sprint.records["mark"]:
            mark = MarkNote("card-1", "herken_ik")
            return (ANNA, mark), (CEES, mark)
        if self.done and self.chance.once_in(5):
            one, name, two, other = self.chance.of(self.done)
            return (one, Undo(name)), (two, Undo(other))
        pairs = ((ANNA, CEES), (ANNA, ANNA), (CEES, ANNA))
        return self.given(self.voted or self.chance.of(pairs))

    def given(self, voters: tuple[Seat, Seat]) -> tuple[Doing, Doing]:
        dots = [
            GiveDots("round-1", self.chance.of(("group-1", "group-2")), self.chance.number(3))
            for _ in range(2)
        ]
        return (voters[0], dots[0]), (voters[1], dots[1])

    def known_to_the_desk(self) -> tuple[Doing, Doing]:
        chance, id = self.chance, self.village.new_id(self.chance)
        several: tuple[tuple[Seat, AnyCommand, AnyCommand], ...] = (
            (ANNA, GiveVoice("stem-1", "kern-1"), GiveVoice("stem-2", "kern-2")),
            (ANNA, TellCheck({"klok": "goed"}), TellCheck({"klok": "achter"})),
            (ANNA, AskHelp(True), AskHelp(False)),
            (ANNA, GiveKern("open-3", "kern-1"), GiveKern("open-3", "kern-2")),
            (OLGA, TagNote("open-1", ("doma-1",)), TagNote("open-1", ("doma-2", "doma-1"))),
            (
                ANNA,
                CreateNote(id, "zone-1", "Koffie", kern="kern-1"),
                CreateNote(id, "zone-1", "Koffie", kern="kern-2"),
            ),
        )
        seat, here, there = chance.of(several)
        return (seat, here), (seat, there)

    # -- both rooms at once -----------------------------------------------------------

    def comes(self, seat: Seat, **hello: Any) -> None:
        """A new device of a seat."""
        device = f"device-{len(self.screens)}"
        hello.setdefault("gzip", bool(self.chance.number(2)))
        pair = tuple(room.screen(seat.id, seat.role, device, **hello) for room in self.rooms)
        self.screens.append((seat, (pair[0], pair[1])))
        self.heard.append(0)
        if self.talks.get(seat.id) is None or pair[0].bye is None:
            self.talks[seat.id] = (pair[0], pair[1])

    def comes_back(self, seat: Seat) -> None:
        """A device that was here before: with a head it has, and commands without an answer."""
        head = self.rooms[0].room.head
        names = [entry.name for entry in self.rooms[0].log if entry.seat == seat.id][-5:]
        had = max(0, head - self.chance.number(self.chance.of((4, 40))))
        self.comes(seat, head=had, pending=tuple(names))

    def both(self, seat: Seat, command: AnyCommand, listening: bool = True) -> None:
        for at in (0, 1):
            self.say(at, seat, command)
        self.keep()
        if listening:
            self.compare()

    def say(self, at: int, seat: Seat, command: AnyCommand) -> str:
        screen = self.talks[seat.id][at]
        if screen.bye is not None:
            self.comes(seat)
            screen = self.talks[seat.id][at]
        return screen.ask(command)

    def keep(self) -> None:
        for room in self.rooms:
            room.keep()
            room.wait(0.05)
            room.now = round(room.now + 1.5, 3)
            room.wait(0)

    def compare(self) -> None:
        outside = {seat.id for seat in self.outsiders}
        for at, (seat, (here, there)) in enumerate(self.screens):
            if seat.id in outside:
                since = self.heard[at]
                if here.raw[since:] != there.raw[since:] or here.bye != there.bye:
                    raise Different(
                        f"{self.secret}: {seat.id} was told\n{_first(here, there, since)}"
                    )
            self.heard[at] = len(here.raw)


def _first(here: Screen, there: Screen, since: int) -> str:
    for one, other in zip(here.raw[since:], there.raw[since:], strict=False):
        if one != other:
            return f"{one!r}\nand\n{other!r}"
    return f"{len(here.raw)} and {len(there.raw)} messages"


def sprints(seed: int, secret: Secret = "alone") -> tuple[Sprint, Sprint]:
    """What the two rooms come to."""
    rooms = Twins(seed, secret).play().rooms
    return rooms[0].room.sprint, rooms[1].room.sprint
