"""A village hall in virtual time: real rooms, sessions and mailboxes; a log, a network and people of our own.

One seed is one evening. It draws which faults there are and how strong, lets people do things
for a while, heals everything, and waits until it is quiet. `check` then looks whether what must hold
held. Nothing here sleeps, and the same seed always gives the same evening.

Modelled after what really happens: a connection is first in, first out in both directions and
never loses the middle of a stream, but it can be cut with anything under way, the two ends notice
at different times, and different connections overtake each other. A process dies between any two
steps. The answer of the log can get lost after the commit. A second process writes on the same log.
"""

import gzip
import heapq
import itertools
import random
import re
from collections import Counter, deque
from collections.abc import Callable
from typing import Any, Literal

from opgavebord import protocol
from opgavebord.protocol import Ack
from opgavebord.sprint import limits, text
from opgavebord.sprint.change import Put, TextEdit, apply, touched
from opgavebord.sprint.commands import (
    AddToTimer,
    AnyCommand,
    AskHelp,
    BinNote,
    CloseRound,
    CreateNote,
    DissolveCluster,
    EditNote,
    FoundSprint,
    FreezeEvening,
    GatherNote,
    GiveDots,
    GiveVoice,
    GoToStep,
    GroupNotes,
    HandOn,
    MakeGroup,
    MarkNote,
    MoveCluster,
    MoveNote,
    NameCluster,
    OpenRound,
    ReadmitSeat,
    RemoveSeat,
    RenewCode,
    RestoreNote,
    Reveal,
    SayDone,
    SetTable,
    SitDown,
    TagNote,
    TakeStand,
    TapArrival,
    Undo,
)
from opgavebord.sprint.entry import Entry
from opgavebord.sprint.sight import lens_of, moved, see, sees
from opgavebord.sprint.sprint import (
    KIND_OF,
    Board,
    Domein,
    Evening,
    Group,
    Kern,
    Note,
    Round,
    Seat,
    Sprint,
    Stem,
    Step,
    Table,
    Visibility,
    Zone,
)
from opgavebord.sync.effects import Answer, Append, Effect, Farewell, Nudge, Read, Send, Wake
from opgavebord.sync.mailbox import Letter, Mailbox
from opgavebord.sync.rate import Bucket, Pace
from opgavebord.sync.room import Room
from opgavebord.sync.session import Session
from tests.sync.tablet import ENCODE, Tablet, inserted

FIRST_SIGN = 0x4E00  # every keystroke of an evening types a sign of its own, so we can follow it
SIGNS = re.compile("[\u4e00-\u9fff]")
RIGHTS = ("schrijven", "wijzigen", "verplaatsen", "groeperen", "stemmen")
IN_THE_HALL = ("deelnemer", "tafelbegeleider")
START = 1_700_000_000_000


class Broken(AssertionError):
    """Something that must hold did not."""


def founding(visible: Visibility, per: Literal["persoon", "tafel"]) -> FoundSprint:
    may: Any = RIGHTS
    return FoundSprint(
        (
            Evening(
                id="evening", title="t", question="q", board="board", step="step1", code="SECRET"
            ),
            Board(id="board", werkvorm="T2", title="b"),
            Zone(id="zone1", board="board", title="z1"),
            Zone(id="zone2", board="board", title="z2", rank=1),
            Step(
                id="step1",
                board="board",
                title="s1",
                instruction="",
                visited=True,
                may=may,
                visible=visible,
            ),
            Step(id="step2", board="board", title="s2", instruction="", may=may, rank=1),
            Table(id="table1", number=1),
            Table(id="table2", number=2),
            Stem(id="stem1", code="IO", title="inwoner"),
            Kern(id="kern1", code="KR", title="Kronenberg"),
            Domein(id="dome1", code="WO", title="Wonen"),
            Group(id="group1", title="een", rank=1),
            Group(id="group2", title="twee", rank=2),
            Round(id="round0", title="r", per=per, budget=3, most=2, items=("group1", "group2")),
        )
    )


class Faults:
    """Which faults an evening has. One in four has none."""

    def __init__(self, rng: random.Random) -> None:
        def some(chance: float, strength: float) -> float:
            return rng.random() * strength if rng.random() < chance else 0.0

        calm = rng.random() < 0.25
        on = 0.0 if calm else 1.0
        self.cut = on * some(0.6, 0.06)  # per act of a tablet
        self.kill = on * some(0.3, 0.015)
        self.trouble = on * some(0.4, 0.4)  # per append
        self.lost_answer = on * some(0.4, 0.4)
        self.stall = on * some(0.3, 0.05)
        self.reload = on * some(0.4, 0.04)
        self.stranger = on * some(0.2, 0.05)  # somebody uses another's name
        self.duplicate = on * some(0.3, 0.1)  # a message said twice
        self.gap = on * some(0.2, 0.03)  # a client that asks for what it has
        self.lose = on * some(0.2, 0.03)  # a frame that a client never sees
        self.processes = 2 if on and rng.random() < 0.35 else 1
        self.slow_disk = rng.random() < 0.5
        self.deaf = rng.random() < 0.3  # nudges get lost
        self.small = rng.random() < 0.5  # mailboxes and tails of a few


class Disk:
    """A log in memory, and beside it the sprint that it comes to: the truth."""

    conditional = True  # a deliberate fault switches this off

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.truth = Sprint()
        self.revealed = 0
        self.readers: dict[
            str, set[str]
        ] = {}  # of each note that is hidden: who ever could read it

    def append(self, append: Append) -> bool:
        if self.conditional and append.expected != len(self.entries):
            return False
        for entry in append.entries:
            self.entries.append(entry)
            try:
                apply(self.truth, entry.change)
            except Exception as trouble:
                raise Broken(f"an entry that does not fit: {trouble}") from trouble
            self.truth.head = entry.seq
            self._note_readers(entry)
        for record in append.written:
            if self.conditional and self.truth.find(KIND_OF[type(record)], record.id) != record:
                raise Broken(f"a row that is not what its log says: {record}")
        return True

    def _note_readers(self, entry: Entry) -> None:
        for kind, id in touched(entry.change):
            if kind == "note":
                note = self.truth.note(id)
                places = self.truth.records["place"]
                for seat in {*places, *((note.author,) if note and note.author else ())}:
                    self._note_reader(id, seat)
            elif kind == "place":
                for note_id in self.truth.notes:
                    self._note_reader(note_id, id)

    def _note_reader(self, id: str, seat: str) -> None:
        note = self.truth.note(id)
        if note is not None and sees(self.truth, note, seat):
            self.readers.setdefault(id, set()).add(seat)


class Link:
    """A connection between a tablet and a server: two streams, each in order."""

    def __init__(self, world: "World", person: "Person", server: "Server") -> None:
        self.id = next(world.links)
        self.world, self.person, self.server = world, person, server
        self.at_tablet = self.at_server = True  # who thinks it is open
        self.session: Session | None = None
        self.mailbox = Mailbox()
        self.closing: int | None = None
        self.stalled_until = 0.0
        self._up = self._down = 0.0
        self._under_way: deque[Letter] = deque()
        self._arrived = 0

    def up(self, data: bytes) -> None:
        if self.at_tablet:
            self._up = max(self._up + 1e-6, self.world.now + self.world.delay())
            self.world.at(self._up, lambda: self.server.receive(self, data))

    def down(self, letter: Letter) -> None:
        self._down = max(self._down + 1e-6, self.world.now + self.world.delay())
        self._under_way.append(letter)
        self.world.at(self._down, self._arrive)

    def _arrive(self) -> None:
        """Whatever arrives, it is the first that was sent."""
        self._arrived += 1
        if self.world.now >= self.stalled_until:
            while self._arrived and self._under_way:
                self._arrived -= 1
                letter = self._under_way.popleft()
                if self.at_tablet:
                    self.person.receive(self, letter)

    def pump(self) -> None:
        """The writer: takes letters as long as the socket takes them."""
        if self.world.now < self.stalled_until:
            return
        while (letter := self.mailbox.take()) is not None:
            self.down(letter)
        if self.closing is not None and self.at_server:
            self.at_server = False
            self._down += 1e-6
            self.world.at(max(self._down, self.world.now), self.lost_at_tablet)

    def stall(self, seconds: float) -> None:
        self.stalled_until = self.world.now + seconds
        self.world.at(self.stalled_until, self._go_on)

    def _go_on(self) -> None:
        self._arrived -= 1
        self._arrive()
        self.pump()

    def cut(self) -> None:
        """Both ends notice, one after the other. What is under way arrives or does not."""
        world = self.world
        self.lost_at_tablet()
        world.at(world.now + world.rng.choice((0.0, 0.01, 0.5, 6.0)), self.lost_at_server)

    def lost_at_tablet(self) -> None:
        if self.at_tablet:
            self.at_tablet = False
            self.person.lost(self)

    def lost_at_server(self) -> None:
        self.at_server = False
        self.server.gone(self)


class Server:
    """One process: opens the room, carries out effects, dies."""

    room_type: type[Room] = Room  # a deliberate fault puts another one here

    def __init__(self, world: "World", name: str) -> None:
        self.world = world
        self.name = name
        self.room: Room | None = None
        self.life = 0
        self.links: dict[int, Link] = {}
        self.buckets: dict[str, Bucket] = {}
        self.answers: dict[str, Ack] = {}
        self.start()

    def start(self) -> None:
        world = self.world
        self.room = self.room_type.open(
            "sprint", list(world.disk.entries), build="b", entropy=world.entropy
        )
        if self.room.quarantine:
            raise Broken(f"entries in quarantine: {self.room.mishaps}")

    def kill(self) -> None:
        """`kill -9`: everything in memory is gone, sockets are reset."""
        self.life += 1
        self.room = None
        links, self.links = self.links, {}
        for link in links.values():
            link.at_server = False
            link.session = None
            self.world.later(self.world.delay(), link.lost_at_tablet)
        life = self.life
        self.world.later(
            self.world.rng.uniform(0.2, 1.5), lambda: self.start() if life == self.life else None
        )

    def accept(self, link: Link) -> bool:
        if self.room is None:
            return False
        seat = link.person.tablet.seat
        bucket = self.buckets.setdefault(seat.id, Bucket(self.world.pace, self.world.now))
        link.session = Session(link.id, seat, self.room, bucket, self.world.now)
        self.links[link.id] = link
        self._mind(link)
        return True

    def receive(self, link: Link, data: bytes) -> None:
        session = link.session
        if session is not None and self.links.get(link.id) is link and self.room is not None:
            self.carry_out(session.receive(data, self.world.now, self.world.wall))
            self._mind(link)

    def gone(self, link: Link) -> None:
        if self.links.pop(link.id, None) is not None and link.session is not None:
            self.carry_out(link.session.gone(self.world.now, self.world.wall))
            link.session = None

    def submit(self, seat: Seat, name: str, command: AnyCommand) -> None:
        assert self.room is not None
        self.carry_out(self.room.do(None, seat, name, command, self.world.now, self.world.wall))

    def _mind(self, link: Link) -> None:
        session = link.session
        if session is None or session.deadline is None:
            return
        life = self.life

        def tick() -> None:
            if life == self.life and link.session is session:
                self.carry_out(session.tick(self.world.now, self.world.wall))
                self._mind(link)

        if session.deadline <= self.world.now:
            self.world.later(1e-4, tick)
        else:
            self.world.at(session.deadline, tick)

    # -- effects ----------------------------------------------------------------------

    def carry_out(self, effects: list[Effect]) -> None:
        world = self.world
        for effect in effects:
            match effect:
                case Send(number, data, binary, fleeting):
                    link = self.links.get(number)
                    if link is not None:
                        self._send(link, Letter(data, binary, fleeting))
                case Append():
                    self._append(effect)
                case Wake(at):
                    self._again(at, lambda room: room.tick(world.now, world.wall))
                case Read(seq):
                    self._read(seq)
                case Nudge(head):
                    world.nudge(self, head)
                case Farewell(number, code, retry_ms):
                    link = self.links.get(number)
                    if link is not None:
                        self._farewell(link, code, retry_ms)
                case Answer(name, ack):
                    self.answers[name] = ack
        assert self.room is not None
        if self.room.mishaps:
            raise Broken(f"a mishap: {self.room.mishaps}")

    def _send(self, link: Link, letter: Letter) -> None:
        self.world.look(link.person.tablet.seat, letter)
        if link.closing is None and not link.mailbox.put(letter):
            self.world.seen["overflow, resume"] += 1
            link.mailbox.clear()
            self._farewell(link, protocol.RESUME, 100)
        else:
            link.pump()

    def _farewell(self, link: Link, code: int, retry_ms: int | None) -> None:
        if link.closing is None:
            link.mailbox.put(Letter(protocol.encode(protocol.Bye(code, retry_ms))))
            link.closing = code
            if code == protocol.RESUME:
                self.world.seen["told to resume"] += 1
            link.pump()
            self.world.later(0.0, lambda: self.gone(link))

    def _again(self, at: float, step: Callable[[Room], list[Effect]]) -> None:
        life = self.life

        def run() -> None:
            if life == self.life and self.room is not None:
                self.carry_out(step(self.room))

        self.world.at(at, run)

    def _append(self, append: Append) -> None:
        world, faults, rng = self.world, self.world.faults, self.world.rng
        slow = 0.2 if faults.slow_disk and rng.random() < 0.2 else 0.005
        commit = world.now + rng.uniform(0.0005, slow)
        answer = commit + rng.uniform(0.0, 0.002)
        life = self.life
        if not world.healed and rng.random() < faults.trouble:
            self._again(answer, lambda room: room.trouble(world.now, world.wall))
            world.seen["trouble"] += 1
            return
        lost = not world.healed and rng.random() < faults.lost_answer

        def write() -> None:
            if life != self.life and rng.random() < 0.5:
                return  # killed before the commit; otherwise just after it
            kept = world.disk.append(append)
            if kept:
                world.took_up(append)
                if lost:
                    world.seen["answer lost after commit"] += 1
            else:
                world.seen["conflict"] += 1
                if len(append.entries) > 1:
                    world.seen["rollback of two entries or more"] += 1

            def tell(room: Room) -> list[Effect]:
                if lost:
                    return room.trouble(world.now, world.wall)
                if kept:
                    return room.appended(world.now, world.wall)
                return room.conflict(world.now, world.wall)

            if life == self.life:
                self._again(answer, tell)

        world.at(commit, write)

    def _read(self, seq: int) -> None:
        world = self.world
        entries = world.disk.entries[seq:]
        at = world.now + world.rng.uniform(0.0005, 0.01)
        if not world.healed and world.rng.random() < world.faults.trouble / 4:
            self._again(at, lambda room: room.trouble(world.now, world.wall))
            world.seen["trouble while reading"] += 1
        else:
            self._again(at, lambda room: room.read(entries, world.now, world.wall))


class Person:
    """Somebody at a tablet, who does what comes to mind."""

    tablet_type: type[Tablet] = Tablet

    def __init__(self, world: "World", seat: Seat, device: str) -> None:
        self.world = world
        self.tablet = self.tablet_type(seat, device, gzip=world.rng.random() < 0.3)
        self.link: Link | None = None
        self.away_until = 0.0

    def connect(self) -> None:
        world = self.world
        if self.link is not None and self.link.at_tablet:
            return
        if world.now < self.away_until and not world.healed:
            world.later(self.away_until - world.now, self.connect)
            return
        link = Link(world, self, world.rng.choice(world.servers))
        if not link.server.accept(link):
            world.later(world.rng.uniform(0.1, 0.5), self.connect)
            return
        if link.server.room is not None and link.server.room.ahead:
            world.seen["join during an append"] += 1
        self.link = link
        self.tablet.connected()
        self.flush()

    def receive(self, link: Link, letter: Letter) -> None:
        if self.link is not link:
            return
        revealed = self.world.disk.revealed
        if revealed and self.tablet.confirmed.head < revealed and not self.tablet.welcomed:
            self.world.seen["reveal while offline"] += 1
        if self.world.rng.random() < self.world.faults.lose and b'"t":"frame"' in letter.data[:14]:
            self.world.seen["frame lost"] += 1
            return
        self.tablet.receive(letter.data, letter.binary)
        self.flush()

    def lost(self, link: Link) -> None:
        if self.link is link:
            self.link = None
            self.tablet.welcomed = False
            wait = self.world.rng.choice((0.01, 0.1, 1.0))
            if self.tablet.bye is not None and self.tablet.bye.code == protocol.REMOVED:
                self.world.seen["removed"] += 1
                wait = 1.0
            if not self.world.healed and self.world.rng.random() < 0.2:
                wait = self.world.rng.uniform(1.0, 6.0)
            self.world.later(wait, self.connect)

    def look_again(self) -> None:
        """A frame that was lost as the last one shows only when somebody asks."""
        if self.tablet.welcomed and self.tablet.whole:
            self.tablet.out.append(ENCODE(protocol.Since(self.tablet.confirmed.head)))
            self.flush()

    def flush(self) -> None:
        out, self.tablet.out = self.tablet.out, []
        for data in out:
            if self.link is not None:
                self.link.up(data)
                if self.world.rng.random() < self.world.faults.duplicate and b'"t":"do"' in data:
                    self.link.up(data)

    def reload(self) -> None:
        self.world.seen["reload"] += 1
        self.tablet.reload()
        if self.link is not None:
            self.link.cut()

    # -- what people do ---------------------------------------------------------------

    def act(self) -> None:
        world, rng = self.world, self.world.rng
        if world.healed:
            return
        faults = world.faults
        draw = rng.random()
        if draw < faults.cut and self.link is not None:
            world.seen["cut"] += 1
            self.link.cut()
        elif rng.random() < faults.stall and self.link is not None:
            world.seen["stall"] += 1
            self.link.stall(rng.uniform(0.5, 6.0))
        elif rng.random() < faults.reload:
            self.reload()
        elif rng.random() < faults.kill:
            world.seen["kill"] += 1
            rng.choice(world.servers).kill()
        elif rng.random() < faults.gap and self.tablet.welcomed:
            head = max(0, self.tablet.confirmed.head - rng.choice((0, 1, 5, 40)))
            self.tablet.out.append(ENCODE(protocol.Since(head)))
        elif rng.random() < faults.stranger and self.tablet.welcomed:
            self.stranger()
        else:
            self.do_something()
        self.flush()
        world.later(rng.expovariate(1 / world.pause), self.act)

    def stranger(self) -> None:
        """Ask something under a name of somebody else's device."""
        other = self.world.rng.choice(self.world.people).tablet
        if other.seat.id != self.tablet.seat.id and other.verdicts:
            name = self.world.rng.choice(list(other.verdicts))
            self.world.seen["somebody else's name"] += 1
            self.tablet.out.append(ENCODE({"t": "do", "id": name, "c": {"do": "step.reveal"}}))

    def do_something(self) -> None:
        world, rng, tablet = self.world, self.world.rng, self.tablet
        if rng.random() < 0.1:
            here = protocol.Here(typing=self.a_note(), unsent=len(tablet.pending))
            if tablet.welcomed:
                tablet.out.append(ENCODE(here))
            return
        choice = rng.random()
        note = self.a_note()
        if tablet.seat.role == "begeleider" and choice < 0.3:
            tablet.ask(self.direct())
        elif tablet.seat.role == "oogst" or (tablet.seat.role == "begeleider" and choice < 0.4):
            tablet.ask(self.harvest(note))
        elif tablet.seat.role in IN_THE_HALL and rng.random() < world.restless:
            tablet.ask(self.move_about(note))
        elif note is None or choice < 0.3:
            typed = world.type(tablet.seat, rng.randint(1, 3))
            id = f"note{next(world.ids)}"
            step = rng.choice((None, "step1", "step2"))
            tablet.ask(CreateNote(id, rng.choice(("zone1", "zone2")), typed, step=step))
            world.notes.append(id)
        elif choice < 0.62:
            self.type_in(note)
        elif choice < 0.72:
            tablet.ask(MoveNote(note, rng.choice(("zone1", "zone2")), before=self.a_note()))
        elif choice < 0.8:
            target = self.a_note()
            if target is not None and target != note:
                tablet.ask(GatherNote(note, target, f"cluster{next(world.ids)}"))
        elif choice < 0.84:
            tablet.ask(BinNote(note))
        elif choice < 0.87:
            tablet.ask(RestoreNote(note))
        elif choice < 0.91:
            clusters = list(tablet.confirmed.clusters)
            if clusters:
                cluster = rng.choice(clusters)
                tablet.ask(
                    rng.choice(
                        (
                            NameCluster(cluster, "een zin"),
                            MoveCluster(cluster, rng.choice(("zone1", "zone2"))),
                            DissolveCluster(cluster),
                        )
                    )
                )
        elif tablet.said:
            tablet.ask(Undo(rng.choice(list(tablet.said)[-4:])))

    def direct(self) -> AnyCommand:
        rng, known = self.world.rng, self.tablet.confirmed
        rounds = [one.id for one in known.records["round"].values() if one.open]
        seat = f"seat-{rng.choice(('anna', 'bert'))}"
        return rng.choice(
            (
                Reveal(),
                Reveal("zaal"),
                Reveal("tafel", rng.choice((None, "table1"))),
                GoToStep(rng.choice(("step1", "step2"))),
                RenewCode(),
                AddToTimer(60),
                FreezeEvening(rng.random() < 0.3),
                RemoveSeat(seat) if rng.random() < 0.5 else ReadmitSeat(seat),
                ReadmitSeat(seat),
                SetTable("table1", 1, rng.randint(0, 8)),
                CloseRound(rounds[0])
                if rounds and rng.random() < 0.4
                else OpenRound(
                    f"round{next(self.world.ids)}", "r", rng.choice(("persoon", "tafel")), 3, 2
                ),
            )
        )

    def harvest(self, note: str | None) -> AnyCommand:
        rng, known = self.world.rng, self.tablet.confirmed
        notes = () if note is None else (note,)
        groups = list(known.records["group"])
        if not groups or rng.random() < 0.3:
            return MakeGroup(f"group{next(self.world.ids)}", "een groep", notes)
        if rng.random() < 0.3 and note is not None:
            return TagNote(note, ("dome1",))
        return GroupNotes(notes, rng.choice(groups))

    def move_about(self, note: str | None) -> AnyCommand:
        """What a seat says of itself, its dots and its marks."""
        rng, known = self.world.rng, self.tablet.confirmed
        rounds = [one for one in known.records["round"].values() if one.open]
        draw = rng.random()
        if rounds and draw < 0.4:
            items = rounds[0].items or ("group1",)
            return GiveDots(rng.choice(rounds).id, rng.choice(items), rng.randint(-1, 3))
        if note is not None and draw < 0.5:
            return MarkNote(note, rng.choice(("herken_ik", "herken_niet", None)))
        return rng.choice(
            (
                SitDown(rng.choice(("table1", "table2", "table1", "table2", None))),
                SitDown(rng.choice(("table1", "table2"))),
                TakeStand(rng.choice(("schrijven", "doorgeven", "notuleren"))),
                TakeStand("doorgeven"),
                HandOn(),
                GiveVoice("stem1", rng.choice((None, "kern1"))),
                AskHelp(rng.random() < 0.5),
                SayDone(rng.random() < 0.7),
                TapArrival("kern1", "stem1"),
            )
        )

    def a_note(self) -> str | None:
        notes = list(self.tablet.confirmed.notes)
        for p in self.tablet.pending:
            if isinstance(p.command, CreateNote):
                notes.append(p.command.note)
        return self.world.rng.choice(notes[-6:]) if notes else None

    def type_in(self, note: str) -> None:
        world, rng, tablet = self.world, self.world.rng, self.tablet
        record = tablet.confirmed.note(note)
        if not tablet.whole:
            return
        if record is not None and record.hidden and record.author is None:
            return
        for _ in range(rng.randint(1, 3)):
            shown = tablet.shown(note)
            if shown is None:
                return
            at = rng.randint(0, len(shown))
            if shown and rng.random() < 0.25:
                count = min(rng.randint(1, 2), len(shown) - at)
                world.deleted.update(shown[at : at + count])
                edit: text.Edit = text.normal((at, -count))
            else:
                edit = text.normal((at, world.type(tablet.seat, 1)))
            if edit:
                tablet.type(note, edit)


class World:
    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.seed = seed
        self.now = 0.0
        self.healed = False
        self.seen: Counter[str] = Counter()
        self.faults = Faults(self.rng)
        self.pause = self.rng.choice((0.03, 0.15, 0.6))
        self.restless = self.rng.choice((0.0, 0.15, 0.4))  # how often people sit elsewhere, vote, …
        self.pace = Pace(1000, 1000, 10**9) if self.rng.random() < 0.5 else Pace()
        self.latency = self.rng.choice((0.001, 0.02, 0.2))
        self.ids = itertools.count(1)
        self.links = itertools.count(1)
        self.deleted: set[str] = set()
        self.typed_by: dict[str, Seat] = {}
        self.notes: list[str] = []
        self._next_sign = FIRST_SIGN
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._looked: dict[int, tuple[bytes, set[str]]] = {}
        self._in_note: dict[str, str] = {}  # sign → note
        self.disk = Disk()
        self.servers = [Server(self, f"server{i}") for i in range(self.faults.processes)]
        self.people: list[Person] = []

    @property
    def wall(self) -> int:
        return START + int(self.now * 1000)

    def entropy(self) -> bytes:
        return self.rng.randbytes(32)

    def at(self, moment: float, what: Callable[[], None]) -> None:
        heapq.heappush(self._heap, (max(moment, self.now), next(self._order), what))

    def later(self, seconds: float, what: Callable[[], None]) -> None:
        self.at(self.now + seconds, what)

    def delay(self) -> float:
        return self.rng.expovariate(1 / self.latency)

    def type(self, seat: Seat, count: int) -> str:
        typed = "".join(chr(self._next_sign + i) for i in range(count))
        self._next_sign += count
        for sign in typed:
            self.typed_by[sign] = seat
        return typed

    def nudge(self, teller: Server, head: int) -> None:
        for server in self.servers:
            if server is not teller and (self.healed or not self.faults.deaf):
                server._again(
                    self.now + self.delay(), lambda room: room.nudged(head, self.now, self.wall)
                )

    def took_up(self, append: Append) -> None:
        """After a commit: where each sign lies, and whether there was a reveal."""
        for entry in append.entries:
            for operation in entry.change:
                if isinstance(operation, Put) and isinstance(operation.record, Note):
                    for sign in operation.record.text:
                        self._in_note[sign] = operation.record.id
                elif isinstance(operation, TextEdit):
                    for sign in inserted(operation.edit):
                        self._in_note[sign] = operation.id
            if isinstance(entry.command, Reveal) and entry.change:
                self.disk.revealed = entry.seq
            if moved(entry.change):
                self.seen["handed on" if isinstance(entry.command, HandOn) else "moved"] += 1
            if isinstance(entry.command, GiveDots) and entry.change:
                self.seen["dots"] += 1

    def look(self, seat: Seat, letter: Letter) -> None:
        """The canary: no byte to somebody depends on what is hidden from them."""
        known = self._looked.get(id(letter.data))
        if known is None or known[0] is not letter.data:
            data = letter.data
            if letter.binary:
                data = gzip.decompress(data)
            known = (letter.data, set(SIGNS.findall(data.decode())))
            self._looked[id(letter.data)] = known
            if seat.role in IN_THE_HALL and b"SECRET" in data:
                raise Broken("the code of the door in the bytes to a participant")
        for sign in known[1]:
            note = self.disk.truth.note(self._in_note.get(sign, ""))
            if note is None or not note.hidden:
                continue
            if seat.id not in self.disk.readers.get(note.id, ()):
                raise Broken(f"hidden text of {note.author} in the bytes to {seat.id}")
            if note.author != seat.id:
                self.seen["hidden text told to a table"] += 1

    # -- an evening -------------------------------------------------------------------

    def run(self) -> "World":
        rng = self.rng
        small = self.faults.small
        before = limits.MAILBOX_MESSAGES, limits.TAIL_EVENTS
        if small:
            limits.MAILBOX_MESSAGES, limits.TAIL_EVENTS = 12, 12  # type: ignore[misc]
        try:
            visible: Visibility = rng.choice(("zaal", "alleen_ik", "alleen_ik", "tafel", "tafel"))
            per: Literal["persoon", "tafel"] = rng.choice(("persoon", "tafel"))
            self.servers[0].submit(Seat("desk", "bureau"), "desk.1", founding(visible, per))
            while not self.disk.entries or not all(s.room and s.room.head for s in self.servers):
                self.until(self.now + 0.5)
                for server in self.servers:
                    if server.room is not None:
                        server.carry_out(server.room.nudged(1, self.now, self.wall))
            seats = [
                Seat("seat-anna", "deelnemer"),
                Seat("seat-bert", "deelnemer"),
                Seat("seat-regie", "begeleider"),
            ]
            if rng.random() < 0.4:
                seats.append(Seat("seat-anna", "deelnemer"))  # a second tab
            if rng.random() < 0.3:
                seats.append(Seat("seat-wand", "wand"))
            if rng.random() < 0.3:
                seats.append(Seat("seat-oogst", "oogst"))
            if rng.random() < 0.2:
                seats.append(Seat("seat-tafel", "tafelbegeleider"))
            for number, seat in enumerate(seats):
                self.people.append(Person(self, seat, f"device-{number}"))
            for person in self.people:
                self.later(rng.uniform(0, 1), person.connect)
                self.later(rng.uniform(0, 1), person.act)
            self.until(self.now + 0.5 + self.pause * rng.choice((6, 12, 25)))
            self.heal()
            deadline = self.now + 400
            while not self.quiet:
                if self.now > deadline or not self._heap:
                    raise Broken(f"it does not come to rest: {self.unrest()}")
                self.let_in_again()
                self.until(self.now + 1)
            self.until(self.now + 6)
            self.check()
        finally:
            limits.MAILBOX_MESSAGES, limits.TAIL_EVENTS = before  # type: ignore[misc]
        return self

    def until(self, moment: float) -> None:
        heap = self._heap
        while heap and heap[0][0] <= moment:
            self.now, _, what = heapq.heappop(heap)
            what()
        self.now = max(self.now, moment)

    def heal(self) -> None:
        self.healed = True
        faults = self.faults
        faults.cut = faults.kill = faults.trouble = faults.lost_answer = faults.stall = 0.0
        faults.duplicate = faults.lose = 0.0
        for person in self.people:
            self.later(0.1, person.connect)
            self.later(5.0, person.look_again)
        for server in self.servers:  # what a slow poll would do
            self.later(3.0, lambda server=server: self._poll(server))  # type: ignore[misc]

    def let_in_again(self) -> None:
        """In the end everybody may come back, or they would never show what is kept."""
        removed = [p.id for p in self.disk.truth.records["place"].values() if p.removed]
        regie = next(person for person in self.people if person.tablet.seat.role == "begeleider")
        if removed and not regie.tablet.pending:
            regie.tablet.ask(ReadmitSeat(removed[0]))
            regie.flush()

    def _poll(self, server: Server) -> None:
        if server.room is not None:
            head = len(self.disk.entries)
            server.carry_out(server.room.nudged(head, self.now, self.wall))
        if len(self.servers) > 1:
            self.later(3.0, lambda: self._poll(server))

    @property
    def quiet(self) -> bool:
        return all(person.tablet.quiet for person in self.people) and all(
            person.tablet.confirmed.head == len(self.disk.entries) for person in self.people
        )

    def unrest(self) -> str:
        return "; ".join(
            f"{p.tablet.device}: {len(p.tablet.pending)} pending, head {p.tablet.confirmed.head}"
            f" of {len(self.disk.entries)}, typing {p.tablet.typing}, {p.tablet.problems}"
            for p in self.people
            if not p.tablet.quiet or p.tablet.confirmed.head != len(self.disk.entries)
        )

    # -- what must hold ---------------------------------------------------------------

    def check(self) -> None:
        disk = self.disk
        replayed = Sprint()
        for number, entry in enumerate(disk.entries, start=1):
            if entry.seq != number:
                raise Broken(f"entry {entry.seq} stands at {number}")
            apply(replayed, entry.change)
            replayed.head = entry.seq
        if replayed != disk.truth:
            raise Broken("replay of the log differs from the truth")
        for server in self.servers:
            if server.room is not None and server.room.sprint != replayed:
                raise Broken(f"the memory of {server.name} is not what is kept")
        self._check_verdicts()
        for person in self.people:
            tablet = person.tablet
            seen = see(replayed, lens_of(tablet.seat))
            if tablet.confirmed != seen:
                raise Broken(
                    f"{tablet.device} shows something else: {_difference(tablet.confirmed, seen)}"
                )
            if tablet.problems:
                raise Broken(f"{tablet.device}: {tablet.problems}")
            for what in tablet.seen:
                self.seen[what] += 1
        self._check_signs(replayed)
        self._check_late(replayed)
        for ballot in replayed.records["ballot"].values():
            of = replayed.records["round"][ballot.round]
            if not all(0 < n <= of.most for n in ballot.dots.values()):
                raise Broken(f"so many dots may not lie on one item: {ballot}")
            if sum(ballot.dots.values()) > of.budget:
                raise Broken(f"more dots than there are: {ballot}")

    def _check_late(self, final: Sprint) -> None:
        """Who comes in now, from the beginning or from half way, is told nothing that is closed to
        this seat now, though it may once have been open."""
        for server in self.servers:
            room = server.room
            if room is None or room.ahead:
                continue
            for number, person in enumerate(self.people):
                seat = person.tablet.seat
                for head in (None, final.head // 2, final.head):
                    hello = protocol.Hello(protocol.VERSION, f"late-{number}", head)
                    for effect in room.join(-1, seat, hello, self.now, self.wall):
                        if isinstance(effect, Send) and effect.connection == -1:
                            self._check_told(final, seat, effect.data.decode())
                    room.leave(-1, self.now, self.wall)

    def _check_told(self, final: Sprint, seat: Seat, told: str) -> None:
        for sign in SIGNS.findall(told):
            note = final.note(self._in_note.get(sign, ""))
            if note is not None and not sees(final, note, seat.id):
                raise Broken(f"what is closed to {seat.id} now was told again: {note.id}")

    def _check_verdicts(self) -> None:
        by_name: dict[str, Entry] = {}
        last: dict[str, int] = {}
        for entry in self.disk.entries:
            if entry.name in by_name:
                raise Broken(f"{entry.name} happened twice")
            by_name[entry.name] = entry
            if entry.number <= last.get(entry.device, 0):
                raise Broken(f"{entry.name} came before an earlier command of its device")
            last[entry.device] = entry.number
        for person in self.people:
            tablet = person.tablet
            for name, command in tablet.said.items():
                ack = tablet.verdicts.get(name)
                kept = by_name.get(name)
                if ack is None:
                    raise Broken(f"{name} has no verdict")
                if kept is None or (kept.seq, kept.refusal) != (ack.seq, ack.refusal):
                    raise Broken(f"{name} was answered {ack} and kept as {kept}")
                if kept.seat != tablet.seat.id or type(kept.command) is not type(command):
                    raise Broken(f"{name} is not what was asked")
            self.seen["commands"] += len(tablet.said)

    def _check_signs(self, final: Sprint) -> None:
        """Every sign that somebody typed and nobody took away is there, once."""
        there: Counter[str] = Counter()
        for note in final.notes.values():
            there.update(note.text)
        excused = set(self.deleted)
        for person in self.people:
            for unplaced in person.tablet.unplaced:
                excused.update(unplaced)
        undone = False
        names = {entry.name: entry for entry in self.disk.entries}
        for entry in self.disk.entries:
            if isinstance(entry.command, Undo) and entry.refusal is None:
                undone = True
                before = names.get(entry.command.of)
                while before is not None:
                    for operation in before.change:
                        if isinstance(operation, TextEdit):
                            excused.update(inserted(operation.edit))
                    before = (
                        names.get(before.command.of) if isinstance(before.command, Undo) else None
                    )
            if isinstance(entry.command, EditNote) and entry.refusal is None:
                kept = "".join(inserted(op.edit) for op in entry.change if isinstance(op, TextEdit))
                if kept != inserted(entry.command.edit):
                    raise Broken(f"{entry.name} typed something else than it asked")
        for sign in self.typed_by:
            if not there[sign] and sign not in excused:
                raise Broken(f"a sign that was typed is gone: {sign}")
            if there[sign] > 1 and not undone:
                raise Broken(f"a sign that was typed once is there twice: {sign}")


def _difference(one: Sprint, other: Sprint) -> str:
    if one.head != other.head:
        return f"head {one.head} and {other.head}"
    for kind, shelf in other.records.items():
        for id, record in shelf.items():
            if one.records[kind].get(id) != record:
                return f"{one.records[kind].get(id)} and {record}"
    return "more records than there are"


def evening(seed: int) -> World:
    """Run one evening. Raises `Broken`, with the seed in it."""
    try:
        return World(seed).run()
    except Exception as broken:
        raise Broken(f"seed {seed}: {broken!r}") from broken
