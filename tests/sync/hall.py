"""A room and its screens without a network: say something, let the log answer, read what was told."""

import gzip
from typing import Any

import msgspec

from opgavebord import protocol
from opgavebord.sprint.commands import AnyCommand, CreateNote, FoundSprint
from opgavebord.sprint.entry import Entry
from opgavebord.sprint.sprint import (
    Board,
    Domein,
    Evening,
    Kern,
    Role,
    Seat,
    Step,
    Visibility,
    Zone,
)
from opgavebord.sync.effects import Append, Effect, Farewell, Nudge, Read, Send, Wake
from opgavebord.sync.rate import Bucket, Pace
from opgavebord.sync.room import Room
from opgavebord.sync.session import Session

WALL = 1_700_000_000_000
SERVER = msgspec.json.Decoder(protocol.ServerMessage)
RIGHTS: Any = ("schrijven", "wijzigen", "verplaatsen", "groeperen")
FREELY = Pace(10_000, 10_000, 10**9)


def founding(visible: Visibility = "zaal") -> FoundSprint:
    return FoundSprint(
        (
            Evening(
                id="evening", title="t", question="q", board="board", step="step1", code="ABCDEF"
            ),
            Board(id="board", werkvorm="T2", title="b"),
            Zone(id="zone1", board="board", title="z1"),
            Zone(id="zone2", board="board", title="z2", rank=1),
            Step(
                id="step1",
                board="board",
                title="s",
                instruction="",
                visited=True,
                may=RIGHTS,
                visible=visible,
            ),
            Kern(id="kern1", code="KR", title="Kronenberg"),
            Domein(id="dome1", code="WO", title="Wonen"),
        )
    )


def note(id: str, text: str = "een briefje") -> CreateNote:
    return CreateNote(note=id, zone="zone1", text=text, step="step1")


class Screen:
    """One device in a `Hall`."""

    def __init__(self, hall: "Hall", number: int, seat: Seat, device: str, pace: Pace) -> None:
        self.hall, self.number, self.device = hall, number, device
        self.got: list[Any] = []
        self.raw: list[bytes] = []
        self.bye: Farewell | None = None
        self.count = 0
        self.session = Session(number, seat, hall.room, Bucket(pace, hall.now), hall.now)

    def hello(self, **fields: Any) -> "Screen":
        self.say({"t": "hello", "v": protocol.VERSION, "device": self.device, **fields})
        return self

    def say(self, message: Any) -> None:
        data = message if isinstance(message, str | bytes) else protocol.encode(message)
        self.hall.run(self.session.receive(data, self.hall.now, self.hall.wall))

    def ask(self, command: AnyCommand, name: str | None = None) -> str:
        self.count += 1
        name = name or f"{self.device}.{self.count}"
        self.say({"t": "do", "id": name, "c": command})
        return name

    def tick(self) -> None:
        self.hall.run(self.session.tick(self.hall.now, self.hall.wall))

    def gone(self) -> None:
        self.hall.run(self.session.gone(self.hall.now, self.hall.wall))

    def take(self) -> list[Any]:
        got, self.got = self.got, []
        return got

    def of(self, kind: type[Any]) -> list[Any]:
        return [message for message in self.got if isinstance(message, kind)]

    @property
    def acks(self) -> list[protocol.Ack]:
        acks: list[protocol.Ack] = []
        for message in self.got:
            if isinstance(message, protocol.Frame | protocol.Welcome):
                acks.extend(message.acks)
        return acks

    @property
    def events(self) -> list[int]:
        return [event.seq for frame in self.of(protocol.Frame) for event in frame.events]


class Hall:
    """A room whose log answers when the test says so."""

    def __init__(
        self, *, private: bool = False, visible: Visibility | None = None, found: bool = True
    ) -> None:
        self.now = 100.0
        self.log: list[Entry] = []
        self.appends: list[Append] = []
        self.reads: list[int] = []
        self.nudges: list[int] = []
        self.wakes: list[float] = []
        self.screens: dict[int, Screen] = {}
        self.room = self.open()
        if found:
            command = founding(visible or ("alleen_ik" if private else "zaal"))
            self.run(self.room.do(None, DESK, "desk.1", command, self.now, self.wall))
            self.keep()
            self.now += 1

    def open(self) -> Room:
        return Room.open("sprint", self.log, build="b", entropy=lambda: bytes(32))

    @property
    def wall(self) -> int:
        return WALL + int(self.now * 1000)

    def screen(
        self,
        seat: str,
        role: Role = "deelnemer",
        device: str | None = None,
        pace: Pace = FREELY,
        **hello: Any,
    ) -> Screen:
        screen = self.stranger(seat, role, device, pace)
        return screen.hello(**hello)

    def stranger(
        self, seat: str, role: Role = "deelnemer", device: str | None = None, pace: Pace = FREELY
    ) -> Screen:
        """Somebody who said nothing yet."""
        number = len(self.screens) + 1
        screen = Screen(self, number, Seat(seat, role), device or f"device-{number}", pace)
        self.screens[number] = screen
        return screen

    def run(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Send(number, data, binary):
                    screen = self.screens[number]
                    screen.raw.append(data)
                    screen.got.append(SERVER.decode(gzip.decompress(data) if binary else data))
                case Farewell(number):
                    self.screens[number].bye = effect
                case Append():
                    self.appends.append(effect)
                case Read(seq):
                    self.reads.append(seq)
                case Nudge(head):
                    self.nudges.append(head)
                case Wake(at):
                    self.wakes.append(at)

    def keep(self) -> None:
        """The log keeps the append under way, and what follows from it, until all is kept."""
        while self.appends:
            append = self.appends.pop(0)
            assert append.expected == len(self.log)
            self.log.extend(append.entries)
            self.run(self.room.appended(self.now, self.wall))

    def keep_one(self) -> None:
        append = self.appends.pop(0)
        self.log.extend(append.entries)
        self.run(self.room.appended(self.now, self.wall))

    def trouble(self) -> None:
        self.appends.pop(0)
        self.run(self.room.trouble(self.now, self.wall))

    def wait(self, seconds: float) -> None:
        """Time goes by, and the room's clock with it."""
        until = self.now + seconds
        while self.wakes and min(self.wakes) <= until:
            at = min(self.wakes)
            self.wakes.remove(at)
            self.now = max(self.now, at)
            self.run(self.room.tick(self.now, self.wall))
        self.now = until


DESK = Seat("desk", "bureau")
