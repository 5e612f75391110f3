"""People at tablets, who do what comes to mind: write, type, move, sit down, vote, direct, go away.

Whom they talk to, and what goes wrong on the way, is the world's (`world.py`).
"""

from typing import TYPE_CHECKING

from opgavebord import protocol
from opgavebord.sprint import text
from opgavebord.sprint.commands import (
    AddToTimer,
    AnyCommand,
    AskHelp,
    BinNote,
    CloseRound,
    CountPaper,
    CreateNote,
    DissolveCluster,
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
from opgavebord.sprint.sprint import Seat
from opgavebord.sync.mailbox import Letter
from tests.sync.tablet import ENCODE, FROM_SERVER, Tablet

if TYPE_CHECKING:
    from tests.sync.world import Link, Process, World

IN_THE_HALL = ("deelnemer", "tafelbegeleider")
MANY = 8
HOUR = 3_600_000
JUMPS = (-24 * HOUR, -HOUR, -1_000, 1_000, HOUR, 24 * HOUR)


class Person:
    """Somebody at a tablet, who does what comes to mind."""

    tablet_type: type[Tablet] = Tablet

    def __init__(self, world: "World", seat: Seat, device: str) -> None:
        self.world = world
        self.tablet = self.tablet_type(seat, device, gzip=world.rng.random() < 0.3)
        self.tablet.tell = world.tell
        self.tablet.clock = lambda: world.now
        self.tablet.begin()
        self.link: Link | None = None
        self.process: Process | None = None  # where it was last
        self.away_until = 0.0

    def connect(self) -> None:
        world = self.world
        if self.link is not None and self.link.at_tablet:
            return
        if world.now < self.away_until and not world.healed:
            world.later(self.away_until - world.now, self.connect)
            return
        process = world.rng.choice(world.processes)
        link = world.link(self, process)
        if not process.accept(link):
            world.later(world.rng.uniform(0.1, 0.5), self.connect)
            return
        self._look_at_arrival(process)
        if len(self.tablet.pending) >= MANY:
            world.seen["came back with many commands"] += 1
        self.link = link
        self.tablet.connected()
        self.flush()

    def _look_at_arrival(self, process: "Process") -> None:
        world, room, tablet = self.world, process.room, self.tablet
        if room is None:
            world.seen["came to a process without a room"] += 1
        elif room.ahead:
            world.seen["join during an append"] += 1
        if self.process not in (None, process):
            world.seen["came back on another process"] += 1
            if room is not None and tablet.whole and tablet.confirmed.head > room.head:
                world.seen["came to a process that was behind"] += 1
        self.process = process
        for other in world.people:
            if other is not self and other.tablet.seat.id == tablet.seat.id:
                if other.link is not None and other.link.process is not process:
                    world.seen["one seat, two tabs, two processes"] += 1

    def receive(self, link: "Link", letter: Letter) -> None:
        if self.link is not link:
            return
        world, tablet = self.world, self.tablet
        revealed = world.disk.revealed
        if revealed and tablet.confirmed.head < revealed and not tablet.welcomed:
            world.seen["reveal while offline"] += 1
        if b'"t":"welcome"' in letter.data[:16]:
            self._look_at_welcome(link, letter.data)
        if self.world.rng.random() < self.world.faults.lose and b'"t":"frame"' in letter.data[:14]:
            self.world.seen["frame lost"] += 1
            return
        self.tablet.receive(letter.data, letter.binary)
        self.flush()

    def _look_at_welcome(self, link: "Link", data: bytes) -> None:
        """What had no answer when the line broke is answered from the log."""
        world = self.world
        for ack in FROM_SERVER.decode(data).acks:
            if world.disk.committed.get(ack.id, world.now) < link.process.began:
                world.seen["resend after a restart answered from the log"] += 1
            if ack.refusal is not None and ack.seq:
                world.seen["refusal resent"] += 1

    def lost(self, link: "Link") -> None:
        if self.link is link:
            self.link = None
            self.tablet.cut_off()
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
        anew = self.world.rng.random() < 0.5
        self.tablet.reload(f"device-again-{next(self.world.ids)}" if anew else None)
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
        elif rng.random() < faults.half_open and self.link is not None and not self.link.dead:
            world.seen["half-open line"] += 1
            self.link.die()
        elif rng.random() < faults.away and self.link is not None:
            self.away_until = world.now + rng.uniform(1.0, 10.0)
            self.link.cut()
        elif rng.random() < faults.reload:
            self.reload()
        elif rng.random() < faults.kill:
            world.seen["kill"] += 1
            rng.choice(world.processes).kill()
        elif rng.random() < faults.stop:
            rng.choice(world.processes).stop()
        elif rng.random() < faults.jump:
            world.seen["the wall clock jumped"] += 1
            rng.choice(world.processes).jumped += rng.choice(JUMPS)
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
            self.tablet.say_as(name, Reveal())

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
        rounds = [one for one in known.records["round"].values() if one.open]
        if rounds and rng.random() < 0.15:
            table = rng.choice(("table1", "table2", None))
            items = rounds[0].items or ("group1",)
            return CountPaper(rounds[0].id, table, rng.randint(0, 3), {items[0]: rng.randint(0, 3)})
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
