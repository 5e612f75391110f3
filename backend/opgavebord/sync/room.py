"""One sprint, open in memory. Pure: no I/O and no clock; time comes in, effects go out.

Theory. The log is the truth and gives the numbers; the room decides ahead of it and tells after
it. A command is *waiting* until the last append is answered; then all that wait are *staged*:
decided one after the other, applied to the sprint in memory, and put into one `Append`. When
that is kept, they are told. When it is not, they are taken back with their inverses in reverse
order: after a conflict the entries of the other process are read and what waited is decided
again; after trouble it is tried again later.

Invariants:

* the tail and the verdicts hold kept entries only, and only those are ever told;
* outside an append in flight the sprint in memory is exactly what is kept (`sprint.head ==
  head`), so a snapshot is only made then; a join that needs one in between waits;
* a name has one verdict for ever. Who asks again gets the same one, with the same number;
* a device belongs to the seat that used it first. What another seat asks under its name is
  refused and not kept, because the name is not that seat's;
* verdicts on the commands of a seat go to all its connections, in the frame that holds their events;
* nothing is computed per viewer where views are equal (see `tail.py`).
"""

import gzip
import math
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, TypeAlias, get_args

import msgspec
from msgspec import Struct

from .. import protocol
from ..protocol import Ack
from ..sprint import limits
from ..sprint.ask import Ask
from ..sprint.change import BadChange, Change, apply, touched
from ..sprint.commands import AnyCommand, RemoveSeat
from ..sprint.decide import decide
from ..sprint.entry import Entry
from ..sprint.past import Past
from ..sprint.permissions import rests
from ..sprint.refusals import Refusal, RefusalCode
from ..sprint.sight import (
    CROWD,
    CROWDS,
    VIEWS,
    Lens,
    View,
    everyones,
    insiders,
    moved,
    parts,
    see_all,
    see_change,
    view_of,
)
from ..sprint.sprint import Evening, Kind, Record, Role, Seat, Sprint
from .effects import (
    Answer,
    Append,
    Effect,
    Farewell,
    Hand,
    Nudge,
    Present,
    Read,
    Send,
    Shown,
    Wake,
)
from .presence import Presence
from .tail import NOBODY, Crowds, Insider, Tail, Told

BATCH: Final = 256  # entries in one append; half a millisecond of SQLite, four of deciding
TICK: Final = 0.016  # a busy room tells every 16 ms; a quiet one at once
PRESENCE: Final = 0.1  # ten times a second is as often as an eye needs
COMPANY: Final = 0.05  # so long presence waits for a frame to travel with: one write instead of two
PEOPLE: Final = 1.0
RETRY_LEAST: Final = 0.25
RETRY_MOST: Final = 5.0
WAITING_MOST: Final = 10_000  # commands of all together, while nothing can be kept
FLOOD_RETRY_MS: Final = 60_000
SILENCE: Final = (
    1.0  # so long a screen need not hear how far the log is, if it may not see what came
)
COPY_BEHIND: Final = 100  # events after which a kept snapshot is not handed out any more
DIRECTING: Final[tuple[Role, ...]] = ("begeleider", "bureau")  # are told of every device
MISHAPS: Final = 100  # surprises that are remembered for the log of the server
NEVER: Final = math.inf


Seen: TypeAlias = tuple[Crowds, dict[Insider, bytes] | None, frozenset[str]]
"""One event, encoded: as the crowd of each view sees it, and as its insiders do; and who moved."""


class Asked(Struct, frozen=True, gc=False):
    """A command that has no verdict yet."""

    name: str
    device: str
    number: int
    seat: Seat
    command: AnyCommand | None  # None where it could not be read
    alone: bool  # nobody is connected for it; its verdict is an `Answer`
    since: float  # when it was asked


class Staged(Struct, frozen=True):
    asked: Asked
    entry: Entry
    inverse: Change
    told: Told


class Screen(Struct):
    """One connection that said hello."""

    number: int
    seat: Seat
    device: str
    version: int
    gzip: bool
    view: View
    had: int | None  # the head it said it has
    names: list[str]  # of commands it wants to hear about when it comes in
    who: str = ""
    head: int = -1  # the last number it was told; -1: it waits for the log to come in
    passed: int = -1  # up to here there was nothing more for it

    def told(self, head: int) -> None:
        self.head = self.passed = head


class Copy(Struct, frozen=True):
    """A snapshot that is kept for who comes next."""

    head: int
    text: bytes
    zipped: bytes
    own: dict[str, tuple[Record, ...]]  # per seat, what it sees otherwise than the crowd


class Room:
    def __init__(self, sprint: str, *, build: str, entropy: Callable[[], bytes]) -> None:
        self.id = sprint
        self.sprint = Sprint()
        self.tail = Tail()
        self.quarantine: list[int] = []  # numbers of stored entries that do not fit
        self.mishaps: list[str] = []  # what surprised us, for `rooms.py` to write down
        self.delays: list[
            float
        ] = []  # from asked to kept, of each command; for `rooms.py` to count
        self.resumed: list[str] = []  # how each screen was brought up to date; the same
        self.troubled = False
        self._build = build
        self._entropy = entropy
        self._past = Past()
        self._verdicts: dict[str, Ack] = {}
        self._owners: dict[str, str] = {}  # device → seat
        self._waiting: deque[Asked] = deque()
        self._undecided: dict[str, bool] = {}  # name → somebody wants an `Answer`
        self._staged: list[Staged] = []
        self._doing: type[Append] | type[Read] | None = None
        self._behind = 0  # the log is known to reach this far
        self._after_conflict = False
        self._one_by_one = 0  # so many appends hold one entry each
        self._screens: dict[int, Screen] = {}
        self._arriving: list[Screen] = []
        self._presence = Presence()
        self._copies: dict[View, Copy] = {}
        self._views: dict[str, View] = {}  # from where each seat looks, as far as it was heard
        self._last_at = 0
        self._told_at = -NEVER
        self._told_head = 0
        self._shown_at = -NEVER
        self._counted_at = -NEVER
        self._counted = 0
        self._backoff = 0.0
        self._tell_at = NEVER
        self._hush_at = NEVER
        self._show_at = NEVER
        self._count_at = NEVER
        self._retry_at = NEVER
        self._armed = NEVER
        self._out: list[Effect] = []

    # -- opening ----------------------------------------------------------------------

    @classmethod
    def open(
        cls, sprint: str, entries: Sequence[Entry], *, build: str, entropy: Callable[[], bytes]
    ) -> "Room":
        """Bring a room to where its log is. An entry that does not fit is set apart."""
        room = cls(sprint, build=build, entropy=entropy)
        room.replay(entries)
        return room

    def replay(self, entries: Sequence[Entry], more: int = 0) -> None:
        """Take in entries before anybody is here. `more` follow them, in a later call."""
        untold = len(entries) + more - limits.TAIL_EVENTS
        for place, entry in enumerate(entries):
            self._absorb(entry, tell=place >= untold)
        self._told_head = self.head

    @property
    def head(self) -> int:
        """The number of the last entry that is known to be kept."""
        return self.tail.head

    @property
    def idle(self) -> bool:
        """Nobody is here and nothing has still to be done."""
        return not self._screens and not self.unsettled

    @property
    def unsettled(self) -> bool:
        """A command has no verdict yet, or the memory is ahead of the log."""
        return bool(self._waiting or self._staged or self._doing)

    @property
    def ahead(self) -> bool:
        """The sprint in memory holds what is not known to be kept."""
        return bool(self._staged)

    def longest_away(self, wall: int) -> int:
        """Milliseconds that a device with unsent work has been away; 0 where none is."""
        return self._presence.longest_away(wall)

    @property
    def evening(self) -> Evening | None:
        return self.sprint.evening

    @property
    def connected(self) -> int:
        return len(self._screens)

    # -- what a connection says -------------------------------------------------------

    def join(
        self, connection: int, seat: Seat, hello: protocol.Hello, now: float, wall: int
    ) -> list[Effect]:
        """A device said hello: bring it up to date and keep it so."""
        view = self._views[seat.id] = view_of(seat.role)
        if self._is_removed(seat):
            self._out.append(Farewell(connection, protocol.REMOVED))
            return self._take()
        screen = Screen(
            number=connection,
            seat=seat,
            device=hello.device,
            version=hello.v,
            gzip=hello.gzip,
            view=view,
            had=hello.head,
            names=list(hello.pending),
        )
        screen.who = self._presence.enter(connection, hello.device, seat, hello.unsent, wall)
        self._screens[connection] = screen
        if hello.head is not None and hello.head > self.head:
            # it heard more from another process than we have read: catch up, or it goes back in time
            self._behind = max(self._behind, hello.head)
        if not self._let_in(screen, wall):
            self._arriving.append(screen)
        self._go_on(now, wall)
        self._count_later(now)
        self._show_later(now)
        return self._take()

    def leave(self, connection: int, now: float, wall: int) -> list[Effect]:
        screen = self._screens.pop(connection, None)
        if screen is None:
            return []
        if screen.head < 0:
            self._arriving.remove(screen)
        self._presence.leave(connection, wall)
        self._count_later(now)
        self._show_later(now)
        return self._take()

    def do(
        self,
        connection: int | None,
        seat: Seat,
        name: str,
        command: AnyCommand | None,
        now: float,
        wall: int,
    ) -> list[Effect]:
        """A command under its name, `<device>.<number>`; None where it could not be read."""
        device, _, number = name.rpartition(".")
        alone = connection is None
        if self._owners.setdefault(device, seat.id) != seat.id:
            self._refuse_unkept(connection, name, "wrong_device")
        elif (verdict := self._verdicts.get(name)) is not None:
            self._answer_again(connection, verdict)
        elif name in self._undecided:
            self._undecided[name] |= alone
        elif len(self._waiting) >= WAITING_MOST and connection is not None:
            self._out.append(Farewell(connection, protocol.FLOOD, FLOOD_RETRY_MS))
        else:
            self._undecided[name] = alone
            self._waiting.append(Asked(name, device, int(number), seat, command, alone, now))
            self._go_on(now, wall)
        return self._take()

    def here(self, connection: int, here: protocol.Here, now: float) -> list[Effect]:
        if connection in self._screens:
            self._presence.here(connection, here)
            self._show_later(now)
            if self._presence.devices_changed:
                self._count_later(now)
        return self._take()

    def since(self, connection: int, head: int, now: float, wall: int) -> list[Effect]:
        """A gap at a client: send what it missed. Further back than the tail it has to come in
        again, and hear first which of its commands are decided."""
        screen = self._screens.get(connection)
        if screen is not None and screen.head >= 0:
            if self.tail.reaches(head, screen.seat.id):
                screen.told(self.head)
                self._send(screen, self.tail.frame(head, screen.seat.id, screen.view))
            else:
                self._send_back(screen)
        return self._take()

    # -- what the log answers ---------------------------------------------------------

    def appended(self, now: float, wall: int) -> list[Effect]:
        """The append is kept: it happened."""
        self._doing = None
        staged, self._staged = self._staged, []
        for one in staged:
            self._verdict(one.entry)
            self.tail.add(one.told)
            self.delays.append(now - one.asked.since)
        self._out.append(Nudge(self.head))
        self._part_with_removed(one.entry for one in staged)
        self._settled(now, wall)
        return self._take()

    def conflict(self, now: float, wall: int) -> list[Effect]:
        """The log did not end where we thought: another process was faster, or our own append
        was kept after all and its answer was lost."""
        self._doing = None
        self._behind = max(self._behind, self.head + 1)
        self._after_conflict = True
        self._roll_back()
        self._welcome_arrived(wall)
        self._go_on(now, wall)
        return self._take()

    def read(self, entries: Iterable[Entry], now: float, wall: int) -> list[Effect]:
        """What the log holds after the number we asked about."""
        self._doing = None
        before = self.head
        new = [entry for entry in entries if entry.seq > before]
        for entry in new:
            self._absorb(entry, tell=True)
        if self.head == before:
            self._behind = self.head  # the hint was wrong
            if self._after_conflict:
                # it refuses our number and shows no other: do not turn in circles
                return self._stumble(now, wall)
        self._after_conflict = False
        self._part_with_removed(new)
        self._settled(now, wall)
        return self._take()

    def trouble(self, now: float, wall: int) -> list[Effect]:
        """The log could not answer. Whether it kept the append is not known; the next try shows."""
        self._doing = None
        return self._stumble(now, wall)

    def spoiled(self, now: float, wall: int) -> list[Effect]:
        """The log can not take this append, and never will. Find the culprit, and refuse it."""
        self._doing = None
        staged = len(self._staged)
        culprit = self._staged[0].asked if staged == 1 else None
        self._roll_back()
        if culprit is None:
            self._one_by_one = staged
        elif culprit.command is None:  # there is nothing in it that could be wrong
            return self._stumble(now, wall)
        else:
            self._mishap(f"{type(culprit.command).__name__} of {culprit.seat.role} can not be kept")
            self._waiting[0] = msgspec.structs.replace(culprit, command=None)
        self._welcome_arrived(wall)
        self._go_on(now, wall)
        return self._take()

    # -- from elsewhere ---------------------------------------------------------------

    def nudged(self, head: int, now: float, wall: int) -> list[Effect]:
        """A hint that the log reaches `head`. It may be wrong."""
        if head > self.head + len(self._staged):
            self._behind = max(self._behind, head)
            self._go_on(now, wall)
        return self._take()

    def shown(self, process: str, screens: Iterable[Shown], now: float, wall: int) -> list[Effect]:
        """Another process says which screens are there. It may be a lie."""
        if self._presence.shown(process, screens, now):
            self._out.append(Present())  # it does not know ours yet
        self._count_later(now)
        self._show_later(now)
        return self._take()

    def handed(
        self, process: str, held: Mapping[str, protocol.Held | None], now: float
    ) -> list[Effect]:
        """What screens of another process took up or let go, as it says."""
        self._presence.handed(process, held)
        self._show_later(now)
        return self._take()

    def beat(self, now: float) -> list[Effect]:
        """Say again who is here, every few seconds, and forget who does not say so any more."""
        self._presence.forget_elsewhere(now)
        self._out.append(Present())
        self._count_later(now)
        self._show_later(now)
        return self._take()

    @property
    def crowd(self) -> tuple[Shown, ...]:
        """Our screens, for other processes."""
        return self._presence.crowd()

    def tick(self, now: float, wall: int) -> list[Effect]:
        """The moment of a `Wake` has come."""
        self._armed = NEVER
        if now >= self._tell_at:
            self._tell(now)
        if now >= self._hush_at:
            self._break_silence()
        if now >= self._show_at:
            self._show(now)
        if now >= self._count_at:
            self._count(now, wall)
        if now >= self._retry_at:
            self._go_on(now, wall)
        return self._take()

    def flush(self, now: float) -> list[Effect]:
        """Tell at once what is kept, without waiting for the end of the tick."""
        self._tell(now)
        return self._take()

    # -- staging ----------------------------------------------------------------------

    def _go_on(self, now: float, wall: int) -> None:
        """Ask the log for the next thing, if there is one and it is free."""
        if self._doing is not None or now < self._retry_at < NEVER:
            return
        self._retry_at = NEVER
        if self._behind > self.head:
            self._doing = Read
            self._out.append(Read(self.head))
        elif self._waiting:
            self._stage(wall)

    def _stage(self, wall: int) -> None:
        at = self._last_at = max(wall, self._last_at)
        expected = self.head
        most = 1 if self._one_by_one else BATCH
        self._one_by_one = max(0, self._one_by_one - 1)
        while self._waiting and len(self._staged) < most:
            asked = self._waiting.popleft()
            if asked.name in self._verdicts:  # another process, or a lost answer of our own
                self._decided(asked.name, self._verdicts[asked.name])
            elif self._owners.get(asked.device) != asked.seat.id:
                self._decided(asked.name, Ack(asked.name, 0, "wrong_device"), asked.seat.id)
            elif self.sprint.head >= limits.EVENTS_PER_SPRINT:
                self._decided(asked.name, Ack(asked.name, 0, "full"), asked.seat.id)
            elif rests(self.sprint, asked.command):
                if self._staged:  # whether it rests is not kept yet
                    self._waiting.appendleft(asked)
                    break
                # not kept either: the log rests too, so that the one of the journey fits behind it
                self._decided(asked.name, Ack(asked.name, 0, "op_reis"), asked.seat.id)
            else:
                self._staged.append(self._decide(asked, at))
        if not self._staged:
            return
        records: dict[tuple[Kind, str], None] = {}
        for one in self._staged:
            for key in touched(one.entry.change):
                records[key] = None
        written: list[Record] = []
        dropped: list[tuple[Kind, str]] = []
        for kind, id in records:
            record = self.sprint.find(kind, id)
            if record is None:
                dropped.append((kind, id))
            else:
                written.append(record)
        entries = tuple([one.entry for one in self._staged])
        self._doing = Append
        self._out.append(Append(expected, entries, tuple(written), tuple(dropped)))

    def _decide(self, asked: Asked, at: int) -> Staged:
        change: Change = ()
        inverse: Change = ()
        refusal: RefusalCode | None = None
        seq = self.sprint.head + 1
        seat = asked.seat
        seen = _NOTHING_SEEN
        try:
            verdict = decide(self.sprint, Ask(asked.command, seat, at, self._entropy()), self._past)
            if isinstance(verdict, Refusal):
                refusal = verdict.code
            else:
                change = verdict
                seen = self._see(seq, at, change)
                inverse = apply(self.sprint, change)
        except Exception as surprise:
            # `decide` is total; if it is not after all, one command is lost and not the evening
            asked_for = type(asked.command).__name__
            self._mishap(f"entry {seq}, {asked_for}, was refused: {_sort(surprise)}")
            change, inverse, refusal, seen = (), (), "bad_command", _NOTHING_SEEN
        self.sprint.head = seq
        entry = Entry(
            seq=seq,
            at=at,
            device=asked.device,
            number=asked.number,
            seat=seat.id,
            role=seat.role,
            command=asked.command,
            change=change,
            refusal=refusal,
        )
        self._past.record(entry, inverse)
        ack = protocol.encode(Ack(asked.name, seq, refusal))
        return Staged(asked, entry, inverse, Told(seat.id, ack, *seen))

    def _roll_back(self) -> None:
        """Take back what is staged; it waits again, in the same order, before all else."""
        for one in reversed(self._staged):
            apply(self.sprint, one.inverse)
            self._past.take_back(one.entry)
            self._waiting.appendleft(one.asked)
        self._staged.clear()
        self.sprint.head = self.head

    def _stumble(self, now: float, wall: int) -> list[Effect]:
        self._roll_back()
        self._after_conflict = False
        self._backoff = min(max(RETRY_LEAST, self._backoff * 2), RETRY_MOST)
        self._retry_at = now + self._backoff
        if not self.troubled:
            self.troubled = True
            self._tell_trouble()
        self._welcome_arrived(wall)
        return self._take()

    def _settled(self, now: float, wall: int) -> None:
        """The log answered and the memory is what is kept. The next append goes out first: it
        runs while we tell the last one."""
        self._backoff = 0.0
        self._retry_at = NEVER
        if self.troubled:
            self.troubled = False
            self._tell_trouble()
        self._welcome_arrived(wall)
        self._go_on(now, wall)
        self._tell_later(now)

    # -- what is kept -----------------------------------------------------------------

    def _absorb(self, entry: Entry, *, tell: bool) -> None:
        """Take in an entry of the log that we did not stage ourselves."""
        whole = True
        seen = _NOTHING_SEEN
        if (role := _ROLES.get(entry.role)) is not None:
            self._views.setdefault(entry.seat, view_of(role))
        inverse: Change = ()
        try:
            if entry.damage is not None:
                raise BadChange(entry.damage)
            if tell:
                seen = self._see(entry.seq, entry.at, entry.change)
            inverse = apply(self.sprint, entry.change)
            self._past.record(entry, inverse)
        except Exception as surprise:
            whole = False
            self.quarantine.append(entry.seq)
            self._mishap(f"entry {entry.seq} is in quarantine: {_sort(surprise)}")
            if not isinstance(surprise, BadChange):
                apply(self.sprint, inverse)
        if entry.seq != self.head + 1:
            whole = False
            self._mishap(f"entry {entry.seq} follows {self.head}")
        self.sprint.head = entry.seq
        self._last_at = max(self._last_at, entry.at)
        self._owners[entry.device] = entry.seat
        self._verdict(entry)
        if tell and entry.seq == self.head + 1:
            ack = protocol.encode(Ack(entry.name, entry.seq, entry.refusal))
            self.tail.add(Told(entry.seat, ack, *(seen if whole else _NOTHING_SEEN)))
        else:
            self.tail.cut(entry.seq)

    def _verdict(self, entry: Entry) -> None:
        name = entry.name
        ack = self._verdicts[name] = Ack(name, entry.seq, entry.refusal)
        if self._undecided.pop(name, False):
            self._out.append(Answer(name, ack))

    def _see(self, seq: int, at: int, change: Change) -> Seen:
        """A change as its viewers see it, encoded. Asked before it is applied.

        Where it can be taken apart it is looked at operation by operation: a reveal touches
        hundreds of notes, each with an insider or two, and nobody is an insider of all of them.
        """
        if see_change(self.sprint, change, CROWD) is change:  # all is for everybody
            shown = _event(seq, at, [_operations(change)])
            return (shown, shown, shown), None, NOBODY
        crowds: dict[View, list[bytes]] = {view: [] for view in VIEWS}
        own: dict[Insider, dict[int, bytes]] = {}
        for place, part in enumerate(parts(change)):
            known: list[tuple[Change, bytes]] = []  # each only once: many see the same
            for view in VIEWS:
                crowds[view].append(self._look(part, CROWDS[view], known))
            for seat in insiders(self.sprint, part):
                side = self._views.get(seat)
                for looks in VIEWS if side is None else (side,):
                    seen = self._look(part, Lens(looks, seat), known)
                    own.setdefault((seat, looks), {})[place] = seen
        told: dict[Insider, bytes] = {}
        for (seat, looks), seen_otherwise in own.items():
            pieces = crowds[looks].copy()
            for place, piece in seen_otherwise.items():
                pieces[place] = piece
            told[seat, looks] = _event(seq, at, pieces)
        hall, wall, desk = (_event(seq, at, crowds[view]) for view in VIEWS)
        return (hall, wall, desk), told or None, moved(change)

    def _look(self, part: Change, lens: Lens, known: list[tuple[Change, bytes]]) -> bytes:
        """A part of a change through this lens, encoded."""
        seen = see_change(self.sprint, part, lens)
        for same, data in known:
            if seen == same:
                return data
        data = _operations(seen)
        known.append((seen, data))
        return data

    # -- verdicts outside of frames ---------------------------------------------------

    def _decided(self, name: str, ack: Ack, seat: str | None = None) -> None:
        """A waiting command got its verdict without being staged. `seat`: tell it here, because
        no frame will."""
        if self._undecided.pop(name, False):
            self._out.append(Answer(name, ack))
        if seat is None:
            return
        for screen in self._screens.values():
            if screen.seat.id == seat and screen.head >= 0:
                self._send(screen, self.tail.acks_only(screen.head, [protocol.encode(ack)]))

    def _refuse_unkept(self, connection: int | None, name: str, code: RefusalCode) -> None:
        ack = Ack(name, 0, code)
        if connection is None:
            self._out.append(Answer(name, ack))
        elif (screen := self._screens.get(connection)) is not None and screen.head >= 0:
            self._send(screen, self.tail.acks_only(screen.head, [protocol.encode(ack)]))
        elif screen is not None:
            screen.names.append(name)

    def _answer_again(self, connection: int | None, verdict: Ack) -> None:
        if connection is None:
            self._out.append(Answer(verdict.id, verdict))
        elif (screen := self._screens.get(connection)) is None:
            pass
        elif screen.head < 0:
            screen.names.append(verdict.id)
        elif verdict.seq <= screen.passed:
            self._send(screen, self.tail.acks_only(screen.head, [protocol.encode(verdict)]))
        # otherwise the next frame brings it together with its event

    # -- coming in --------------------------------------------------------------------

    def _let_in(self, screen: Screen, wall: int) -> bool:
        """Welcome a screen and bring it up to date. False where that has to wait for the log."""
        if not self._reachable(screen):
            return False
        self._send(screen, protocol.encode(self._welcome(screen, wall)))
        screen.names = []
        self._bring_up(screen)
        held = self._presence.held()
        if held:
            self._send(screen, protocol.encode(protocol.There(held)))
        self._tell_one(screen, protocol.People(self._presence.people))
        if screen.seat.role in DIRECTING:
            self._tell_one(screen, protocol.Devices(self._presence.devices()))
        if self.troubled:
            self._tell_one(screen, protocol.Trouble(True))
        return True

    def _welcome(self, screen: Screen, wall: int) -> protocol.Welcome:
        acks = []
        for name in dict.fromkeys(screen.names):
            owner = self._owners.get(name.rpartition(".")[0], screen.seat.id)
            ack = self._verdicts.get(name)
            if owner != screen.seat.id:
                acks.append(Ack(name, 0, "wrong_device"))
            elif ack is not None:
                acks.append(ack)
        return protocol.Welcome(
            v=screen.version,
            build=self._build,
            sprint=self.id,
            seat=protocol.Me(screen.seat.id, screen.seat.role),
            who=screen.who,
            head=self.head,
            now=wall,
            acks=tuple(acks),
        )

    def _reachable(self, screen: Screen) -> bool:
        had = screen.had
        if had is not None and self.head < had <= self._behind:
            return False
        return (
            not self._staged
            or (had is not None and self.tail.reaches(had, screen.seat.id))
            or self._fresh_copy(screen) is not None
        )

    def _bring_up(self, screen: Screen) -> None:
        """What was missed, or all of it; from here on frames follow."""
        had = screen.had
        if had is None or not self.tail.reaches(had, screen.seat.id):
            self.resumed.append("first" if had is None else "snapshot")
            copy = self._fresh_copy(screen) or self._make_copy(screen.view)
            self._send(screen, copy.zipped if screen.gzip else copy.text, binary=screen.gzip)
            mine = copy.own.get(screen.seat.id, ())  # sent also when empty: now it is whole
            self._send(screen, protocol.encode(protocol.Mine(mine)))
            had = copy.head
            if had == self.head:
                screen.told(had)
                return
        else:
            self.resumed.append("tail")
        self._send(screen, self.tail.frame(had, screen.seat.id, screen.view))
        screen.told(self.head)

    def _is_removed(self, seat: Seat) -> bool:
        """Who directs is never sent away, or there would be nobody to let them in again."""
        place = self.sprint.place(seat.id)
        return place is not None and place.removed and seat.role not in DIRECTING

    def _part_with_removed(self, entries: Iterable[Entry]) -> None:
        """Say goodbye to the screens of seats that were taken away just now."""
        removed = {entry.command.seat for entry in entries if type(entry.command) is RemoveSeat}
        if removed:
            for screen in self._screens.values():
                if screen.seat.id in removed and self._is_removed(screen.seat):
                    screen.told(self.head)  # nothing more is for it
                    self._out.append(Farewell(screen.number, protocol.REMOVED))

    def _send_back(self, screen: Screen) -> None:
        screen.told(self.head)
        self._out.append(Farewell(screen.number, protocol.RESUME, 0))

    def _fresh_copy(self, screen: Screen) -> Copy | None:
        copy = self._copies.get(screen.view)
        if copy is None or self.head - copy.head > COPY_BEHIND:
            return None
        return copy if self.tail.reaches(copy.head, screen.seat.id) else None

    def _make_copy(self, view: View) -> Copy:
        assert not self._staged, "a snapshot shows what is kept"
        seen = tuple(see_all(self.sprint, CROWDS[view]))
        text = protocol.encode(protocol.Snapshot(self.head, seen))
        zipped = gzip.compress(text, compresslevel=4, mtime=0)
        copy = Copy(self.head, text, zipped, everyones(self.sprint, view))
        self._copies[view] = copy
        return copy

    def _welcome_arrived(self, wall: int) -> None:
        if not self._arriving:
            return
        arriving, self._arriving = self._arriving, []
        for screen in arriving:
            if not self._let_in(screen, wall):
                self._arriving.append(screen)

    # -- telling ----------------------------------------------------------------------

    def _tell_later(self, now: float) -> None:
        """At once in a quiet room, at the end of the tick in a busy one."""
        if self._told_head == self.head:
            return
        if now >= self._told_at + TICK:
            self._tell(now)
        elif self._tell_at == NEVER:
            self._tell_at = self._told_at + TICK

    def _tell(self, now: float) -> None:
        self._tell_at = NEVER
        head = self.head
        news = self.tail.news
        for screen in self._screens.values():
            if screen.passed == head or screen.head < 0:
                continue
            if screen.passed < self.tail.start:  # another process wrote more than the tail holds
                self._send_back(screen)
                continue
            data = news(screen.passed, screen.head, screen.seat.id, screen.view)
            if data is None:
                screen.passed = head
                if self._hush_at == NEVER:
                    self._hush_at = now + SILENCE
                continue
            self._out.append(Send(screen.number, data))
            screen.told(head)
        self._told_at = now
        self._told_head = head
        if self._show_at < NEVER and now >= self._shown_at + PRESENCE:
            self._show(now)

    def _break_silence(self) -> None:
        """Say how far the log is to who may not see what came: it can go on from there."""
        self._hush_at = NEVER
        for screen in self._screens.values():
            if screen.head < screen.passed:
                self._send(screen, self.tail.nothing(screen.head, screen.passed))
                screen.told(screen.passed)

    def _show_later(self, now: float) -> None:
        """At once where it is quiet; where frames come one after the other, with the next of them."""
        if self._presence.changed and self._show_at == NEVER:
            soonest = max(now, self._shown_at + PRESENCE)
            if soonest < self._told_at + PRESENCE:
                self._show_at = soonest + COMPANY
            elif soonest > now:
                self._show_at = soonest
            else:
                self._show(now)

    def _show(self, now: float) -> None:
        self._show_at = NEVER
        self._shown_at = now
        changes = self._presence.take_changes()
        if not changes:
            return
        mine = self._presence.ours(changes)
        if mine:
            self._out.append(Hand(mine))
        if self._presence.changed:  # more than is told at once
            self._show_at = now + PRESENCE
        data = protocol.encode(protocol.There(changes))
        for screen in self._screens.values():
            if screen.head >= 0:
                self._send(screen, data, fleeting=True)

    def _count_later(self, now: float) -> None:
        changed = self._presence.devices_changed or self._presence.people != self._counted
        if changed and self._count_at == NEVER:
            self._count_at = max(now, self._counted_at + PEOPLE)

    def _count(self, now: float, wall: int) -> None:
        self._count_at = NEVER
        self._counted_at = now
        if self._presence.crowd_changed:
            self._presence.crowd_changed = False
            self._out.append(Present())
        if self._presence.people != self._counted:
            self._counted = self._presence.people
            people = protocol.People(self._counted)
            data = protocol.encode(people)
            for screen in self._screens.values():
                self._tell_one(screen, people, data)
        if self._presence.devices_changed:
            self._presence.devices_changed = False
            devices = protocol.Devices(self._presence.devices())
            data = protocol.encode(devices)
            for screen in self._screens.values():
                if screen.seat.role in DIRECTING:
                    self._tell_one(screen, devices, data)

    def _tell_trouble(self) -> None:
        trouble = protocol.Trouble(self.troubled)
        for screen in self._screens.values():
            self._tell_one(screen, trouble)

    def _tell_one(
        self, screen: Screen, message: protocol.Outgoing, data: bytes | None = None
    ) -> None:
        """Send a message unless the client is not in yet."""
        if screen.head >= 0:
            self._send(screen, data or protocol.encode(message))

    def _send(
        self, screen: Screen, data: bytes, *, binary: bool = False, fleeting: bool = False
    ) -> None:
        self._out.append(Send(screen.number, data, binary, fleeting))

    # -- handing over -----------------------------------------------------------------

    def _take(self) -> list[Effect]:
        at = min(self._tell_at, self._hush_at, self._show_at, self._count_at, self._retry_at)
        if at < self._armed:
            self._armed = at
            self._out.append(Wake(at))
        out = self._out
        if out:
            self._out = []
            return out
        return _NO_EFFECTS

    def _mishap(self, what: str) -> None:
        if len(self.mishaps) < MISHAPS:
            self.mishaps.append(what)


_NOTHING_SEEN: Final[Seen] = ((b"", b"", b""), None, NOBODY)
_ROLES: Final[dict[str, Role]] = {role: role for role in get_args(Role)}
_NO_EFFECTS: Final[list[Effect]] = []


def _sort(surprise: Exception) -> str:
    """What went wrong and where. What it says itself may hold what people wrote, and is left out."""
    if isinstance(surprise, BadChange):
        return repr(surprise)  # says which field, and never its value
    where = surprise.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    code = None if where is None else f" in {where.tb_frame.f_code.co_qualname}:{where.tb_lineno}"
    return type(surprise).__name__ + (code or "")


def _operations(change: Change) -> bytes:
    """The operations of a change with commas between them."""
    return protocol.encode(change)[1:-1]


def _event(seq: int, at: int, pieces: list[bytes]) -> bytes:
    """A `protocol.Event` of these pieces of its change; empty where there is nothing to see."""
    seen = b",".join([piece for piece in pieces if piece])
    return b'{"seq":%d,"at":%d,"change":[%b]}' % (seq, at, seen) if seen else b""
