"""A village hall in virtual time: the product's own `Rooms` in several processes; a log, a bus, a network
and people of our own.

One seed is one evening. It draws which faults there are and how strong (one in four has none), lets
people do things for a while, heals everything, and waits until it is quiet. Then the checker of
histories (`tests/history/checker.py`) holds what every tablet did and saw against the log, and
`check` adds what only an all-seeing eye can look at. Nothing here sleeps, and the same seed always
gives the same evening.

Modelled after what really happens: a connection is first in, first out in both directions and
never loses the middle of a stream, but it can be cut with anything under way, the two ends notice
at different times, and different connections overtake each other. A process dies between any two
callbacks, so at any await: before a commit, between the commit and its answer, between the answer
and the telling. It can come up again with its clock a day off. The answer of the log can get lost
after the commit; a disk can say that nobody knows what it has. The bus between processes loses,
doubles, delays, and carries lies.
"""

import gzip
import hashlib
import itertools
import logging
import random
import re
from collections import Counter, deque
from collections.abc import Callable, Collection
from typing import Any, Literal

import msgspec

from opgavebord import protocol, relay
from opgavebord.sprint import limits
from opgavebord.sprint.change import Put, TextEdit, apply, touched
from opgavebord.sprint.commands import (
    EditNote,
    FoundSprint,
    GiveDots,
    HandOn,
    ReadmitSeat,
    Reveal,
    Undo,
)
from opgavebord.sprint.entry import Entry
from opgavebord.sprint.refusals import RefusalCode
from opgavebord.sprint.sight import moved, sees
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
from opgavebord.storage.trouble import StorageLost, StorageTrouble
from opgavebord.sync import rooms as rooms_module
from opgavebord.sync.connection import Connection
from opgavebord.sync.effects import Append, Send
from opgavebord.sync.mailbox import Letter
from opgavebord.sync.rate import Pace
from opgavebord.sync.room import Room
from opgavebord.sync.rooms import Rooms
from tests.history.checker import Evidence, Finding, Limits, State, check
from tests.history.happening import Fault, Happening
from tests.sync.people import IN_THE_HALL, JUMPS, Person
from tests.sync.tablet import inserted
from tests.sync.virtual import Life, Loop

FIRST_SIGN = 0x4E00  # every keystroke of an evening types a sign of its own, so we can follow it
SIGNS = re.compile("[\u4e00-\u9fff]")
RIGHTS = ("schrijven", "wijzigen", "verplaatsen", "groeperen", "stemmen")
START = 1_700_000_000_000
SPRINT = "sprint"
ANSWERS_WITHIN = (
    15.0  # virtual seconds after all is healed, also for a seat that has to be let in again
)
REST_WITHIN = 15.0  # and until every screen shows what is kept: some ask only every few seconds


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
        self.any = not calm
        self.cut = on * some(0.6, 0.06)  # per act of a tablet
        self.kill = on * some(0.3, 0.015)
        self.fuse = int(on * some(0.3, 2_500))  # callbacks after which a process dies, on average
        self.stop = on * some(0.15, 0.01)  # asked to go down, as for an upgrade
        self.trouble = on * some(0.4, 0.4)  # per append
        self.lost_answer = on * some(0.4, 0.4)
        self.lost_storage = on * some(0.15, 0.02)
        self.stall = on * some(0.3, 0.05)
        self.half_open = on * some(0.2, 0.02)  # a line that is dead, and nobody notices
        self.away = on * some(0.3, 0.03)  # a tablet that stays away, and goes on writing
        self.reload = on * some(0.4, 0.04)
        self.stranger = on * some(0.2, 0.05)  # somebody uses another's name
        self.duplicate = on * some(0.3, 0.1)  # a message said twice
        self.gap = on * some(0.2, 0.03)  # a client that asks for what it has
        self.lose = on * some(0.2, 0.03)  # a frame that a client never sees
        self.jump = on * some(0.3, 0.02)  # the wall clock of a process
        self.processes = rng.randint(2, 4) if on and rng.random() < 0.5 else 1
        self.bus_loss = some(0.5, 0.5)
        self.bus_double = some(0.3, 0.3)
        self.bus_lies = on * some(0.3, 0.3)
        self.bus_delay = rng.choice((0.001, 0.02, 1.0))
        self.slow_disk = rng.random() < 0.5
        self.small = rng.random() < 0.5  # mailboxes, tails and idle times of a few

    def heal(self) -> None:
        self.cut = self.kill = self.stop = self.trouble = self.lost_answer = 0.0
        self.lost_storage = self.stall = self.duplicate = self.lose = self.jump = 0.0
        self.half_open = self.away = 0.0
        self.bus_loss = self.bus_double = self.bus_lies = 0.0
        self.fuse = 0


class Disk:
    """A log in memory that every process writes, and beside it the sprint that it comes to: the truth.

    `conditional` and `unique` are what a log promises; deliberate mistakes take them away.
    """

    conditional = True
    unique = True

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.truth = Sprint()
        self.revealed = 0
        self.committed: dict[str, float] = {}  # name → when
        self.readers: dict[
            str, set[str]
        ] = {}  # of each note that is hidden: who ever could read it

    def append(self, append: Append) -> bool:
        if self.conditional and append.expected != len(self.entries):
            return False
        if self.unique and any(entry.name in self.committed for entry in append.entries):
            raise ValueError("a name that is there already")
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

    def since(self, seq: int, most: int | None) -> list[Entry]:
        found = self.entries[seq:]
        return found if most is None else found[:most]

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


class Line:
    """The log as one process reaches it: slow, sometimes not there, and its answers can get lost."""

    def __init__(self, world: "World", process: "Process") -> None:
        self.world, self.life = world, process.life

    async def create(self, sprint: str) -> None:
        await self.world.loop.wait(0.001)

    async def append(self, sprint: str, append: Append) -> bool:
        world, faults, rng = self.world, self.world.faults, self.world.rng
        slow = 0.2 if faults.slow_disk and rng.random() < 0.2 else 0.005
        commit = rng.uniform(0.0005, slow)
        answer = rng.uniform(0.0, 0.02 if rng.random() < 0.2 else 0.002)
        if rng.random() < faults.trouble:
            await self.world.loop.wait(commit)
            world.seen["trouble"] += 1
            raise StorageTrouble("not now")
        lost = rng.random() < faults.lost_answer
        ruined = rng.random() < faults.lost_storage
        told: list[bool | Exception] = []

        def write() -> None:
            dead = not self.life.alive
            if dead and rng.random() < 0.5:
                world.seen["crash before the commit"] += 1
                return  # killed before the commit; otherwise just after it
            if ruined and rng.random() < 0.5:
                return  # the disk forgot it
            try:
                kept = world.disk.append(append)
            except ValueError as twice:
                told.append(twice)
                return
            world.tried(append, kept)
            if kept and dead:
                world.seen["crash between commit and answer"] += 1
            elif kept and lost:
                world.seen["answer lost after commit"] += 1
            told.append(kept)

        world.loop.at(world.now + commit, write)
        await self.world.loop.wait(commit + answer + 1e-9)
        if ruined:
            world.seen["storage lost"] += 1
            raise StorageLost("fsync failed")
        if lost or not told:  # nothing was told: all is over
            raise StorageTrouble("no answer")
        if isinstance(told[0], Exception):
            raise told[0]
        return told[0]

    async def since(self, sprint: str, seq: int, most: int | None = None) -> list[Entry]:
        world = self.world
        entries = world.disk.since(seq, most)
        await world.loop.wait(world.rng.uniform(0.0005, 0.01))
        if world.rng.random() < world.faults.trouble / 4:
            world.seen["trouble while reading"] += 1
            raise StorageTrouble("not now")
        return entries

    async def head(self, sprint: str) -> int | None:
        await self.world.loop.wait(0.0005)
        return len(self.world.disk.entries) or (0 if self.world.begun else None)

    async def heads(self, sprints: Collection[str]) -> dict[str, int]:
        await self.world.loop.wait(self.world.rng.uniform(0.0005, 0.01))
        return dict.fromkeys(sprints, len(self.world.disk.entries))

    async def sprints(self) -> list[str]:
        return [SPRINT]

    async def forget(self, sprint: str) -> None:
        raise AssertionError("nothing is wiped here")


class Bus:
    """Hints between processes, as one of them hears and tells them. Loses, doubles, delays."""

    def __init__(self, world: "World", life: Life) -> None:
        self.world, self.life = world, life
        self.counters = relay.Counters()
        self.heard: list[relay.Heard] = []

    up = True

    async def open(self) -> None:
        pass

    async def close(self) -> None:
        pass

    def anybody(self, sprint: str) -> bool:
        return len(self.world.processes) > 1

    def listen(self, sprint: str, heard: relay.Heard) -> Callable[[], None]:
        self.heard.append(heard)

        def stop() -> None:
            if heard in self.heard:
                self.heard.remove(heard)

        return stop

    def tell(self, sprint: str, message: relay.Message) -> None:
        world, faults, rng = self.world, self.world.faults, self.world.rng
        for process in world.processes:
            if process.life is self.life:
                continue
            if rng.random() < faults.bus_loss:
                world.seen["hint lost"] += 1
                continue
            process.hint(message)
            if rng.random() < faults.bus_double:
                world.seen["hint said twice"] += 1
                process.hint(message)
            if rng.random() < faults.bus_lies:
                world.seen["lie on the bus"] += 1
                process.hint(self._lie())

    def _lie(self) -> relay.Message:
        rng = self.world.rng
        return rng.choice(
            (
                relay.Reached("liar", rng.choice((0, 1, 10_000))),
                relay.Wiped("liar"),
                relay.Parted("liar", ("seat-anna", "seat-nobody")),
                relay.Crowd("liar", ()),
                relay.Hands("liar", {"whoever": None}),
            )
        )


class Link:
    """A connection between a tablet and a process: two streams, each in order. The process has it as
    a `Wire`."""

    def __init__(self, world: "World", person: Person, process: "Process") -> None:
        self.id = next(world.links)
        self.world, self.person, self.process = world, person, process
        self.life = process.life
        self.at_tablet = self.at_server = True  # who thinks it is open
        self.connection: Connection | None = None
        self.stalled_until = 0.0
        self.dead = False  # nothing comes through any more, and nobody knows
        self._early: list[bytes] = []  # said before the room was open
        self._up = self._down = 0.0
        self._under_way: deque[Letter] = deque()
        self._arrived = 0

    # -- the tablet's end -----------------------------------------------------------------

    def up(self, data: bytes) -> None:
        if self.at_tablet and not self.dead:
            world = self.world
            self._up = max(self._up + 1e-6, world.now + world.delay())
            world.loop.in_life(self.life, self._up, self._heard, data)

    def _arrive(self) -> None:
        """Whatever arrives, it is the first that was sent."""
        self._arrived += 1
        if self.world.now >= self.stalled_until:
            while self._arrived and self._under_way:
                self._arrived -= 1
                letter = self._under_way.popleft()
                if self.at_tablet and not self.dead:
                    self.person.receive(self, letter)

    def stall(self, seconds: float) -> None:
        self.stalled_until = self.world.now + seconds
        self.world.at(self.stalled_until, self._go_on)

    def _go_on(self) -> None:
        self._arrived -= 1
        self._arrive()

    def die(self) -> None:
        """Half-open. The tablet misses its pongs after a while, the server gives up later."""
        self.dead = True
        self.world.later(self.world.rng.uniform(2.0, 15.0), self.cut)

    def cut(self) -> None:
        """Both ends notice, one after the other. What is under way arrives or does not."""
        world = self.world
        self.lost_at_tablet()
        world.at(world.now + world.rng.choice((0.0, 0.01, 0.5, 6.0)), self.lost_at_server)

    def lost_at_tablet(self) -> None:
        if self.at_tablet:
            self.at_tablet = False
            self.person.lost(self)

    # -- the server's end -----------------------------------------------------------------

    async def serve(self) -> None:
        """What `web/socket.py` does once it knows whose seat it is."""
        process = self.process
        seat = self.person.tablet.seat
        self.connection = connection = await process.rooms.connect(SPRINT, seat, self)
        if not self.at_server:
            await connection.gone()
            return
        early, self._early = self._early, []
        for data in early:
            connection.receive(data)

    def _heard(self, data: bytes) -> None:
        if self.connection is None:
            self._early.append(data)
        elif self.at_server:
            self.connection.receive(data)

    def lost_at_server(self) -> None:
        if self.at_server:
            self.at_server = False
            if self.connection is not None and self.life.alive:
                if self.person.link not in (None, self):
                    self.world.seen["old socket closed after the new one was open"] += 1
                self.world.loop.begin(self.life, self.connection.gone())

    def send_now(self, data: bytes, binary: bool) -> bool:
        if self.world.now < self.stalled_until:
            return False
        self._send(data, binary)
        return True

    async def send(self, data: bytes, binary: bool) -> None:
        world = self.world
        while world.now < self.stalled_until:  # it does not take what it is sent
            await world.loop.wait(self.stalled_until - world.now)
        if not self.at_server:
            raise ConnectionError("gone")
        self._send(data, binary)

    def _send(self, data: bytes, binary: bool) -> None:
        world = self.world
        letter = Letter(data, binary)
        world.look(self.person.tablet.seat, letter)
        self._down = max(self._down + 1e-6, world.now + world.delay())
        self._under_way.append(letter)
        world.at(self._down, self._arrive)

    async def close(self, code: int) -> None:
        if code == protocol.RESUME:
            self.world.seen["told to resume"] += 1
        if self.at_server:
            self.at_server = False
            self._down += 1e-6
            self.world.at(max(self._down, self.world.now), self.lost_at_tablet)
            assert self.connection is not None
            self.world.loop.begin(self.life, self.connection.gone())


class Process:
    """One process of the product: its `Rooms`, from start to death, again and again."""

    def __init__(self, world: "World", name: str) -> None:
        self.world = world
        self.name = name
        self.up = False
        self.began = 0.0
        self.lives = 0
        self.jumped = 0  # milliseconds that its wall clock is off
        if world.faults.jump:
            self.jumped = world.rng.choice(JUMPS)
        self.drift = 1 + world.rng.uniform(-200e-6, 200e-6)
        self.links: set[Link] = set()
        self.start()

    def start(self) -> None:
        world = self.world
        self.lives += 1
        self.began = world.now
        self.life = life = world.loop.live(f"{self.name}-{self.lives}", self.crash)
        self.bus = Bus(world, life)
        if world.faults.fuse:
            soon = world.rng.random() < 0.2  # also while it opens its first room
            life.fuse = 5 + int(world.rng.expovariate(1 / (40 if soon else world.faults.fuse)))
        self.rooms = Rooms(
            Line(world, self),
            self.bus,
            clock=lambda: 1000.0 + world.now,
            wall=self.wall,
            entropy=world.entropy,
            build="b",
            fatal=lambda _: self.kill(),
            pace=world.pace,
            shared=len(world.processes) > 1 or world.faults.processes > 1,
        )
        self.rooms.process = life.name
        self.up = True

    def wall(self) -> int:
        return START + int(self.world.now * 1000 * self.drift) + self.jumped

    def crash(self) -> None:
        self.world.seen["crash at an await"] += 1
        self.kill()

    def kill(self) -> None:
        """`kill -9`: everything in memory is gone, sockets are reset."""
        if not self.up:
            return
        world = self.world
        self._look_at_what_dies()
        self.up = self.life.alive = False
        links, self.links = self.links, set()
        for link in sorted(links, key=lambda link: link.id):
            link.at_server = False
            world.later(world.delay(), link.lost_at_tablet)
        world.later(world.rng.uniform(0.2, 1.5), self.start)

    def _look_at_what_dies(self) -> None:
        world, room = self.world, self.room
        world.took(self.rooms)
        if room is None:
            opening = bool(self.rooms._opening)
            world.seen["crash while a room is opened" if opening else "crash without a room"] += 1
            return
        if room.head > room._told_head:
            world.seen["crash between answer and telling"] += 1
        if room._waiting:
            world.seen["crash with commands waiting"] += 1

    def stop(self) -> None:
        """Asked to go down, as for an upgrade: it keeps what waits, and says goodbye."""
        if self.up and not self.rooms._draining:
            room = self.room
            if room is not None and room.unsettled:
                self.world.seen["asked to stop with commands waiting"] += 1

            async def drain() -> None:
                await self.rooms.drain()
                self.world.seen["went down in good order"] += 1
                self.kill()

            self.world.loop.begin(self.life, drain())

    @property
    def room(self) -> Room | None:
        hall = self.rooms._halls.get(SPRINT)
        return None if hall is None else hall.room

    def accept(self, link: Link) -> bool:
        if not self.up:
            return False
        self.links.add(link)
        self.world.loop.begin(self.life, link.serve())
        return True

    def hint(self, message: relay.Message) -> None:
        """Something arrives by the bus, later."""
        world, life = self.world, self.life
        delay = world.rng.expovariate(1 / world.faults.bus_delay)

        def hear() -> None:
            for heard in list(self.bus.heard):
                heard(message)

        world.loop.in_life(life, world.now + delay, hear)


class World:
    def __init__(self, seed: int, *, restless: float | None = None) -> None:
        self.rng = random.Random(seed)
        self.seed = seed
        self.loop = Loop()
        self.healed = False
        self.backlog = 0.0  # seconds that what waits takes at the pace of a seat
        self.begun = False
        self.seen: Counter[str] = Counter()
        self.problems: list[str] = []
        self.history: list[Happening] = []
        self.faults = Faults(self.rng)
        self.pause = self.rng.choice((0.03, 0.15, 0.6))
        self.restless = self.rng.choice((0.0, 0.15, 0.4))  # how often people sit elsewhere, vote, …
        if restless is not None:
            self.restless = restless
        self.pace = Pace(1000, 1000, 10**9) if self.rng.random() < 0.5 else Pace()
        self.latency = self.rng.choice((0.001, 0.02, 0.2))
        self.ids = itertools.count(1)
        self.links = itertools.count(1)
        self.deleted: set[str] = set()
        self.typed_by: dict[str, Seat] = {}
        self.notes: list[str] = []
        self._next_sign = FIRST_SIGN
        self._looked: dict[int, tuple[bytes, set[str]]] = {}
        self._in_note: dict[str, str] = {}  # sign → note
        self._tries: dict[str, RefusalCode | None] = {}  # lost a race for a number, as what
        self.disk = Disk()
        self.processes: list[Process] = []
        for number in range(self.faults.processes):
            self.processes.append(Process(self, f"process{number}"))
        self.people: list[Person] = []

    @property
    def now(self) -> float:
        return self.loop.now

    def entropy(self) -> bytes:
        return self.rng.randbytes(32)

    def at(self, moment: float, what: Callable[[], None]) -> None:
        self.loop.at(moment, what)

    def later(self, seconds: float, what: Callable[[], None]) -> None:
        self.loop.at(self.now + seconds, what)

    def delay(self) -> float:
        return self.rng.expovariate(1 / self.latency)

    def tell(self, happening: Happening) -> None:
        self.history.append(happening)

    def type(self, seat: Seat, count: int) -> str:
        typed = "".join(chr(self._next_sign + i) for i in range(count))
        self._next_sign += count
        for sign in typed:
            self.typed_by[sign] = seat
        return typed

    def link(self, person: Person, process: Process) -> Link:
        return Link(self, person, process)

    # -- what an all-seeing eye sees ----------------------------------------------------

    def tried(self, append: Append, kept: bool) -> None:
        """An append reached the log."""
        if not kept:
            self.seen["conflict"] += 1
            if len(append.entries) > 1:
                self.seen["rollback of two entries or more"] += 1
            for entry in append.entries:
                self._tries[entry.name] = entry.refusal
            return
        for entry in append.entries:
            self.disk.committed[entry.name] = self.now
            if entry.name in self._tries:
                self.seen["conflict lost and decided anew"] += 1
                if self._tries.pop(entry.name) != entry.refusal:
                    self.seen["decided otherwise after a conflict"] += 1
            self._took_up(entry)

    def _took_up(self, entry: Entry) -> None:
        """After a commit: where each sign lies, and what happened."""
        for operation in entry.change:
            if isinstance(operation, Put) and isinstance(operation.record, Note):
                for sign in operation.record.text:
                    self._in_note[sign] = operation.record.id
            elif isinstance(operation, TextEdit):
                for sign in inserted(operation.edit):
                    self._in_note[sign] = operation.id
        if isinstance(entry.command, Reveal) and entry.change:
            self.disk.revealed = entry.seq
            if any(not one.tablet.welcomed and one.tablet.pending for one in self.people):
                self.seen["reveal while an author is offline"] += 1
        if moved(entry.change):
            self.seen["handed on" if isinstance(entry.command, HandOn) else "moved"] += 1
        if isinstance(entry.command, GiveDots) and entry.change:
            self.seen["dots"] += 1
        if entry.refusal is not None:
            self.seen[f"refused: {entry.refusal}"] += 1
            if entry.refusal == "removed":
                self.seen["queued command of a seat that was removed"] += 1
            if entry.refusal == "no_dots" and self._gave_elsewhere(entry):
                self.seen["budget race lost"] += 1

    def _gave_elsewhere(self, entry: Entry) -> bool:
        """Another device gave dots just now, of the same budget or table."""
        recent = self.disk.entries[-8:]
        return any(
            isinstance(other.command, GiveDots) and other.change and other.device != entry.device
            for other in recent
        )

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
                self.problems.append("the code of the door in the bytes to a participant")
        for sign in known[1]:
            note = self.disk.truth.note(self._in_note.get(sign, ""))
            if note is None or not note.hidden:
                continue
            if seat.id not in self.disk.readers.get(note.id, ()):
                self.problems.append(f"hidden text of {note.author} in the bytes to {seat.id}")
            if note.author != seat.id:
                self.seen["hidden text told to a table"] += 1

    def took(self, rooms: Rooms) -> None:
        """A process ends: what its counters say."""
        counters = rooms.counters
        self.seen["bus gap repaired by poll"] += counters.bus_gap_repairs
        self.seen["overflow, resume"] += counters.overflows
        if counters.mishaps:
            self.problems.append("a mishap: the room was surprised")
        if counters.quarantined:
            self.problems.append("entries in quarantine")

    # -- an evening -------------------------------------------------------------------

    def run(self) -> "World":
        """Play and judge. Raises `Broken`."""
        self.play()
        findings = self.judge()
        if findings:
            raise Broken("; ".join(map(str, findings[:3])))
        self.check()
        return self

    def play(self) -> None:
        small = self.faults.small
        before = limits.MAILBOX_MESSAGES, limits.TAIL_EVENTS, rooms_module.IDLE_SECONDS
        if small:
            limits.MAILBOX_MESSAGES, limits.TAIL_EVENTS = 12, 12  # type: ignore[misc]
            rooms_module.IDLE_SECONDS = 0.3  # type: ignore[misc]
        logging.disable(logging.CRITICAL)
        try:
            self._play()
        finally:
            logging.disable(logging.NOTSET)
            limits.MAILBOX_MESSAGES, limits.TAIL_EVENTS = before[:2]  # type: ignore[misc]
            rooms_module.IDLE_SECONDS = before[2]  # type: ignore[misc]

    def _play(self) -> None:
        rng = self.rng
        visible: Visibility = rng.choice(("zaal", "alleen_ik", "alleen_ik", "tafel", "tafel"))
        per: Literal["persoon", "tafel"] = rng.choice(("persoon", "tafel"))
        self.found(founding(visible, per))
        for number, seat in enumerate(self.seats()):
            self.people.append(Person(self, seat, f"device-{number}"))
        for person in self.people:
            self.later(rng.uniform(0, 1), person.connect)
            self.later(rng.uniform(0, 1), person.act)
        self.until(self.now + 0.5 + self.pause * rng.choice((6, 12, 12, 25, 60)))
        self.heal()
        deadline = self.now + REST_WITHIN + self.backlog
        while not self.quiet:
            if self.now > deadline:
                self.problems.append(f"it does not come to rest: {self.unrest()}")
                return
            self.let_in_again()
            self.until(self.now + 1)
        self.until(self.now + 6)

    def found(self, command: FoundSprint) -> None:
        entries = self.disk.entries

        async def ask(process: Process) -> None:
            await process.rooms.submit(SPRINT, Seat("desk", "bureau"), command, "desk-one.1")

        self.begun = True
        while not entries:
            process = self.processes[0]
            if process.up:
                self.loop.begin(process.life, ask(process))
            self.until(self.now + 2)

    def seats(self) -> list[Seat]:
        rng = self.rng
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
        return seats

    def until(self, moment: float) -> None:
        self.loop.run_to(moment)

    def heal(self) -> None:
        if self.faults.any:
            self.tell(Fault(self.now, "all", on=False))
        self.healed = True
        self.faults.heal()
        waiting: Counter[str] = Counter()
        for person in self.people:
            waiting[person.tablet.seat.id] += len(person.tablet.pending)
        self.backlog = max(waiting.values()) / self.pace.per_second
        for process in self.processes:
            process.life.fuse = 0
        for person in self.people:
            if person.link is not None and person.link.dead:
                person.link.cut()
            self.later(0.1, person.connect)
            self.later(5.0, person.look_again)

    def let_in_again(self) -> None:
        """In the end everybody may come back, or they would never show what is kept."""
        removed = [p.id for p in self.disk.truth.records["place"].values() if p.removed]
        regie = next(person for person in self.people if person.tablet.seat.role == "begeleider")
        if removed and not regie.tablet.pending:
            regie.tablet.ask(ReadmitSeat(removed[0]))
            regie.flush()

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

    def judge(self) -> list[Finding]:
        """What the checker of histories says."""
        states = [State(p.tablet.device, p.tablet.confirmed, p.tablet.seat) for p in self.people]
        for process in self.processes:
            room = process.room if process.up else None
            if room is not None and not room.ahead:
                states.append(State(process.name, room.sprint))
        return check(
            Evidence(
                self.history,
                self.disk.entries,
                states,
                before=1,
                limits=Limits(answers_within=ANSWERS_WITHIN + self.backlog),
            )
        )

    @property
    def trace(self) -> str:
        """A hash of all that happened: the same for the same seed."""
        told = hashlib.sha256(repr((sorted(self.seen.items()), self.now)).encode())
        for one in (*self.history, *self.disk.entries):
            told.update(msgspec.json.encode(one))
        return told.hexdigest()

    def end(self) -> None:
        for process in self.processes:
            if process.up:
                self.took(process.rooms)
        logging.disable(logging.CRITICAL)
        try:
            self.loop.bury()
        finally:
            logging.disable(logging.NOTSET)

    def check(self) -> None:
        """What the checker can not see: every sign that was typed, and the memory of the processes."""
        for process in self.processes:
            room = process.room if process.up else None
            if room is not None and (room.quarantine or room.sprint != self.disk.truth):
                raise Broken(f"the memory of {process.name} is not what is kept")
        problems = [*self.problems, *self.loop.troubles]
        if problems:
            raise Broken("; ".join(problems[:3]))
        names = {entry.name: entry for entry in self.disk.entries}
        for person in self.people:
            tablet = person.tablet
            if tablet.problems:
                raise Broken(f"{tablet.device}: {tablet.problems}")
            for name, ack in tablet.verdicts.items():
                if name in tablet.said and (names[name].seq, names[name].refusal) != (
                    ack.seq,
                    ack.refusal,
                ):
                    raise Broken(f"{name} was answered {ack} and kept as {names[name]}")
            for what in tablet.seen:
                self.seen[what] += 1
            self.seen["commands"] += len(tablet.said)
        self._check_signs(self.disk.truth)
        self._check_late(self.disk.truth)

    def _check_late(self, final: Sprint) -> None:
        """Who comes in now, from the beginning or from half way, is told nothing that is closed to
        this seat now, though it may once have been open."""
        for process in self.processes:
            room = process.room if process.up else None
            if room is None or room.ahead:
                continue
            for number, person in enumerate(self.people):
                seat = person.tablet.seat
                for head in (None, final.head // 2, final.head):
                    hello = protocol.Hello(protocol.VERSION, f"late-{number}", head)
                    for effect in room.join(-1, seat, hello, 1000.0 + self.now, process.wall()):
                        if isinstance(effect, Send) and effect.connection == -1:
                            self._check_told(final, seat, effect.data.decode())
                    room.leave(-1, 1000.0 + self.now, process.wall())

    def _check_told(self, final: Sprint, seat: Seat, told: str) -> None:
        for sign in SIGNS.findall(told):
            note = final.note(self._in_note.get(sign, ""))
            if note is not None and not sees(final, note, seat.id):
                raise Broken(f"what is closed to {seat.id} now was told again: {note.id}")

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


def evening(seed: int) -> World:
    """Run one evening. Raises `Broken`, with the seed in it."""
    world = World(seed)
    try:
        return world.run()
    except Exception as broken:
        raise Broken(f"seed {seed}: {broken!r}") from broken
    finally:
        world.end()
