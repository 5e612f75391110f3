"""Opens rooms and carries out what they ask. With `connection.py` the only file here that awaits.

* A room is opened when it is first needed, once, however many ask at the same time, and closed
  when nobody has been there for a quarter of an hour.
* Nothing here waits for a socket: what a room wants to tell goes in mailboxes (`connection.py`).
* Whatever a room does not expect (a bug) costs that room its memory, not the server its life:
  the room is thrown away, its screens come back, and it is read again from the log.
* Other processes may serve the same sprint. What they say comes by the relay and is never believed:
  a head is looked up in the log, a wipe too, and where a log can have other writers it is asked
  every two seconds how far it is, whatever the relay says or does not say.
* `StorageLost` means that we do not know what the disk has. Then nothing may be said any more:
  `fatal` is called, and the process has to end.
"""

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Callable, Collection, Coroutine
from contextlib import suppress
from typing import Any, Final

from .. import protocol
from ..protocol import Ack
from ..relay import Crowd, Hands, Message, Parted, Reached, Relay, Renewed, Wiped
from ..sprint import limits
from ..sprint.commands import AnyCommand, FoundSprint
from ..sprint.sprint import Evening, Kind, Record, Seat, Sprint
from ..storage.log import PAGE, Log
from ..storage.trouble import StorageLost, StorageTrouble
from ..watch import Watch
from .connection import CLOSING_SECONDS, Connection, Wire
from .effects import Answer, Append, Effect, Farewell, Hand, Nudge, Present, Read, Send, Wake
from .mailbox import Letter
from .rate import Bucket, Pace
from .room import Room
from .session import Session

IDLE_SECONDS: Final = 15 * 60.0
DRAIN_SECONDS: Final = 3.0  # commands that wait have so long to be kept when we stop
OPEN_TRIES: Final = (0.0, 0.25, 0.5, 1.0, 2.0)  # seconds before each try to read a log
REPLAY: Final = 256  # entries at a time, some three milliseconds
POLL_SECONDS: Final = 2.0  # a log that others write too is asked so often how far it is
POLL_LEAST: Final = 0.2  # hints make us ask sooner, but not more often than this
MISLED_SECONDS: Final = (
    1.0  # after a hint that was wrong the next ones are not looked into one by one
)
BEAT_SECONDS: Final = 5.0  # other processes are told so often who is here
RESTART_MS: Final = (500, 5_000)  # screens come back spread over this long
RESUME_MS: Final = (0, 500)
CROWDED_RETRY_MS: Final = 60_000

_log: Final = logging.getLogger("opgavebord.sync")


class Counters:
    """What happened since the start, for `/metrics` and for tests."""

    def __init__(self) -> None:
        self.messages = 0
        self.entries = 0
        self.appends = 0
        self.conflicts = 0
        self.troubles = 0
        self.letters = 0
        self.bytes = 0
        self.overflows = 0
        self.mishaps = 0
        self.polls = 0  # questions to the log how far the open sprints are
        self.bus_gap_repairs = 0  # sprints that were further than we knew when we asked
        self.quarantined = 0  # stored entries that were set apart when a room was opened


class _Hall:
    """One open room with what carries out its effects."""

    def __init__(self, rooms: "Rooms", room: Room) -> None:
        self.rooms = rooms
        self.room = room
        self.closed = False  # nothing comes in any more; what is under way is finished
        self.over = False  # the room takes no step any more
        self._effects: deque[Effect] = deque()
        self._carrying_out = False
        self.connections: dict[int, Connection] = {}
        self.buckets: dict[str, Bucket] = {}
        self.answers: dict[str, list[asyncio.Future[Ack]]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._eviction: asyncio.TimerHandle | None = None
        self._settling: list[asyncio.Future[None]] = []
        self._quarantined = 0  # so many were counted
        self._opening = True  # the log is being read
        self._misled_until = 0.0  # a hint was wrong: for a while they are asked about together
        self._crowded = False  # others were told that somebody is here
        self._hint = 0  # how far somebody said it is, meanwhile
        self._stop = rooms.relay.listen(room.id, self._overheard)

    # -- what comes in ----------------------------------------------------------------

    def clock(self) -> float:
        return self.rooms.clock()

    def sent(self, letter: Letter) -> None:
        self.rooms.counters.letters += 1
        self.rooms.counters.bytes += len(letter.data)

    def heard(self, connection: Connection, session: Session, data: str | bytes) -> None:
        now, wall = self.rooms.clock(), self.rooms.wall()
        self.rooms.counters.messages += 1
        held = session.holding
        self.run(lambda: session.receive(data, now, wall))
        if session.holding > held:
            self.rooms.watch.count("rate_limited", "held")
        connection.set_timer()

    def session_ticked(self, connection: Connection, session: Session) -> None:
        now, wall = self.rooms.clock(), self.rooms.wall()
        self.run(lambda: session.tick(now, wall))
        connection.set_timer()

    def left(self, connection: Connection, session: Session) -> None:
        if self.connections.pop(connection._number, None) is not None and not self.closed:
            now, wall = self.rooms.clock(), self.rooms.wall()
            self.run(lambda: session.gone(now, wall))
        if not self.connections:
            self.evict_later()

    def bucket(self, seat: str) -> Bucket:
        found = self.buckets.get(seat)
        if found is None:
            found = self.buckets[seat] = Bucket(self.rooms.pace, self.rooms.clock())
        return found

    def _overheard(self, message: Message | Renewed) -> None:
        """What other processes say. It may be a lie: see `relay`."""
        if self.closed:
            return
        if isinstance(message, Renewed):
            self.rooms.look_soon(self)
            return
        if message.by == self.rooms.process:
            return
        now, wall = self.rooms.clock(), self.rooms.wall()
        match message:
            case Reached(head=head):
                if now >= self._misled_until:
                    self.nudged(head)
                elif head > self.room.head:
                    self.rooms.look_soon(self)
            case Wiped():
                self.rooms.look_soon(self)
            case Parted(seats=seats):
                self.rooms.doubt(self.room.id, seats)
            case Crowd(by=by, screens=screens):
                self.run(lambda: self.room.shown(by, screens, now, wall))
            case Hands(by=by, held=held):
                self.run(lambda: self.room.handed(by, held, now))

    def nudged(self, head: int) -> None:
        """Somebody says that the log goes up to here."""
        if self._opening:
            self._hint = max(self._hint, head)
        elif head > self.room.head and not self.closed:
            now, wall = self.rooms.clock(), self.rooms.wall()
            self.run(lambda: self.room.nudged(head, now, wall))

    def opened(self) -> None:
        """The log was read."""
        self._opening = False
        self.nudged(self._hint)

    def beat(self) -> None:
        """Say again who is here."""
        now = self.rooms.clock()
        self.run(lambda: self.room.beat(now))

    def _ticked(self) -> None:
        self._timer = None
        now, wall = self.rooms.clock(), self.rooms.wall()
        self.run(lambda: self.room.tick(now, wall))

    def flush(self) -> list[Effect]:
        return self.room.flush(self.rooms.clock())

    # -- carrying out -----------------------------------------------------------------

    def run(self, step: Callable[[], list[Effect]]) -> None:
        """Take one step of the room and do what it asks. What one effect sets off (a goodbye makes
        a connection leave) comes after the effects that are already there."""
        if self.over:
            return
        try:
            self._effects.extend(step())
        except Exception:
            _log.exception("room %s can not go on; it is read again", self.room.id)
            self.rooms.counters.mishaps += 1
            self.throw_away()
            return
        if self._carrying_out:
            return
        self._carrying_out = True
        try:
            while self._effects:
                self._carry_out(self._effects.popleft())
        finally:
            self._carrying_out = False
        self.write_down()

    def write_down(self) -> None:
        """Into the log of the server and the counters: what the room did not expect."""
        self.rooms.counters.quarantined += len(self.room.quarantine) - self._quarantined
        self._quarantined = len(self.room.quarantine)
        for mishap in self.room.mishaps:
            self.rooms.counters.mishaps += 1
            _log.error("sprint %s: %s", self.room.id, mishap)
        self.room.mishaps.clear()
        for delay in self.room.delays:
            self.rooms.watch.acks.note(delay)
        self.room.delays.clear()
        self.rooms.watch.count_all("resume", self.room.resumed)
        self.room.resumed.clear()

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case Send(number, data, binary, fleeting):
                connection = self.connections.get(number)
                if connection is not None and not connection.post(Letter(data, binary, fleeting)):
                    self.rooms.counters.overflows += 1
                    retry = self.rooms.between(*RESUME_MS)
                    connection.farewell(protocol.RESUME, retry, at_once=True)
            case Append():
                self.rooms.start(self._keep(effect))
            case Nudge() | Present() | Hand():
                self._tell_others(effect)
            case Wake(at):
                self._wake(at)
            case Farewell(number, code, retry_ms):
                connection = self.connections.get(number)
                if connection is not None:
                    if code == protocol.FLOOD:
                        self.rooms.watch.count("rate_limited", "flood")
                    connection.farewell(code, retry_ms)
            case Read(seq):
                self.rooms.start(self._read(seq))
            case Answer(name, ack):
                for told in self.answers.pop(name, ()):
                    if not told.done():
                        told.set_result(ack)

    def _tell_others(self, effect: Nudge | Present | Hand) -> None:
        relay, sprint, me = self.rooms.relay, self.room.id, self.rooms.process
        if not relay.anybody(sprint):
            return
        match effect:
            case Nudge(head):
                relay.tell(sprint, Reached(me, head))
            case Present():
                crowd = self.room.crowd
                if (
                    crowd or self._crowded
                ):  # nobody needs to hear again and again that nobody is here
                    relay.tell(sprint, Crowd(me, crowd))
                self._crowded = bool(crowd)
            case Hand(held):
                relay.tell(sprint, Hands(me, held))

    def _wake(self, at: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        delay = max(0.0, at - self.rooms.clock())
        self._timer = asyncio.get_running_loop().call_later(delay, self._ticked)

    async def _keep(self, append: Append) -> None:
        counters, watch = self.rooms.counters, self.rooms.watch
        room = self.room
        began = self.rooms.clock()
        try:
            kept = await self.rooms.log.append(room.id, append)
        except StorageLost as lost:
            self.rooms.lost(lost)
            return
        except StorageTrouble as trouble:
            counters.troubles += 1
            _log.warning("sprint %s can not be kept now: %s", room.id, trouble)
            step = room.trouble
        except Exception:
            counters.mishaps += 1
            _log.exception("sprint %s: an append that can not be kept", room.id)
            step = room.spoiled
        else:
            counters.appends += 1
            watch.commits.note(self.rooms.clock() - began)
            if kept:
                counters.entries += len(append.entries)
                watch.batches.note(len(append.entries))
                watch.count_all("op_verdict", [one.refusal or "kept" for one in append.entries])
                step = room.appended
            else:
                counters.conflicts += 1
                step = room.conflict
        now, wall = self.rooms.clock(), self.rooms.wall()
        self.run(lambda: step(now, wall))
        self._settle()

    async def _read(self, seq: int) -> None:
        room = self.room
        try:
            entries = await self.rooms.log.since(room.id, seq, PAGE)
            wiped = not entries and await self.rooms.log.head(room.id) is None
        except StorageLost as lost:
            self.rooms.lost(lost)
            return
        except Exception as trouble:
            self.rooms.counters.troubles += 1
            _log.warning("sprint %s can not be read now: %r", room.id, trouble)
            now, wall = self.rooms.clock(), self.rooms.wall()
            self.run(lambda: room.trouble(now, wall))
        else:
            if not entries:
                self._misled_until = self.rooms.clock() + MISLED_SECONDS
            if wiped:
                self.end(protocol.NO_SEAT)
                return
            now, wall = self.rooms.clock(), self.rooms.wall()
            self.run(lambda: room.read(entries, now, wall))
        self._settle()

    # -- waiting for rest -------------------------------------------------------------

    async def kept(self) -> None:
        """Until the memory holds nothing that is not kept."""
        while self.room.ahead and not self.over:
            await self._next_settling()

    async def settled(self) -> None:
        """Until every command has its verdict."""
        while self.room.unsettled and not self.over:
            await self._next_settling()

    async def _next_settling(self) -> None:
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._settling.append(waiting)
        await waiting

    def _settle(self) -> None:
        settling, self._settling = self._settling, []
        for waiting in settling:
            if not waiting.done():
                waiting.set_result(None)

    # -- closing ----------------------------------------------------------------------

    def evict_later(self) -> None:
        if self._eviction is None and not self.closed:
            self._eviction = self.rooms.later(IDLE_SECONDS, self._evict)

    def stay(self) -> None:
        if self._eviction is not None:
            self._eviction.cancel()
            self._eviction = None

    def _evict(self) -> None:
        self._eviction = None
        if self.connections or self.answers:
            return
        if not self.room.idle:
            self.evict_later()
            return
        self.shut()

    def throw_away(self) -> None:
        """Forget what is in memory. Everybody comes back, and the log is read again."""
        self.end(protocol.RESUME)

    def end(self, code: int) -> None:
        """Say goodbye to all, and go no further, whatever waits."""
        if self.closed:
            return
        self.closed = True
        for connection in list(self.connections.values()):
            retry = self.rooms.between(*RESUME_MS) if code == protocol.RESUME else None
            connection.farewell(code, retry, at_once=True)
        for waiting in self.answers.values():
            for told in waiting:
                if not told.done():
                    told.set_exception(StorageTrouble("the room was thrown away"))
        self.answers.clear()
        self.shut()

    def stop(self) -> None:
        """Not another step, and not another word."""
        self.closed = self.over = True
        self._stop()
        self._stop = _nothing
        self._settle()

    def shut(self) -> None:
        self.closed = self.over = True
        self._effects.clear()
        self.stay()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._crowded:
            self.rooms.relay.tell(self.room.id, Crowd(self.rooms.process, ()))
        self._stop()
        self._stop = _nothing  # or what is gone would still hold on to itself
        self.rooms.shut(self)
        self._settle()


class Rooms:
    """All rooms that are open in this process."""

    def __init__(
        self,
        log: Log,
        relay: Relay,
        *,
        clock: Callable[[], float],
        wall: Callable[[], int],
        entropy: Callable[[], bytes],
        build: str,
        fatal: Callable[[BaseException], None],
        pace: Pace | None = None,
        watch: Watch | None = None,
        shared: bool = False,
    ) -> None:
        """`clock`: monotonic seconds. `wall`: milliseconds since 1970. `entropy`: 32 bytes of
        chance at each call. `fatal`: called when the process has to end. `shared`: other processes
        may write to this log."""
        self.log = log
        self.relay = relay
        self.clock = clock
        self.wall = wall
        self.entropy = entropy
        self.pace = pace or Pace()
        self.counters = Counters()
        self.watch = watch or Watch()
        self.process = secrets.token_hex(8)
        self.doubt: Callable[[str, Collection[str]], None] = _whoever
        """Called with seats of which another process says that they were taken away; for who let them in."""
        self._shared = shared
        self._look = asyncio.Event()
        self._attending = False
        self._build = build
        self._fatal = fatal
        self._halls: dict[str, _Hall] = {}
        self._opening: dict[str, asyncio.Task[_Hall]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._next = 1
        self._submitted = 0
        self._desks: dict[str, str] = {}
        self._desk = "desk-" + entropy()[:8].hex()
        self._forgotten: set[str] = set()  # sprints that are being wiped
        self._draining = False
        self._lost = False

    # -- for the web ------------------------------------------------------------------

    async def connect(self, sprint: str, seat: Seat, wire: Wire) -> Connection:
        """Let a socket in. Where that can not be, it is told why and closed; `ended` is then True."""
        number = self._next
        self._next += 1
        goodbye: int = protocol.RESTART
        try:
            hall = None if self._draining else await self._hall(sprint)
        except StorageTrouble:
            hall = None
        except LookupError:  # it was wiped while this seat came in
            hall, goodbye = None, protocol.NO_SEAT
        if hall is None or hall.closed or self._draining:
            connection = Connection(None, number, seat, wire)
            again = self.between(*RESTART_MS) if goodbye == protocol.RESTART else None
            connection.farewell(goodbye, again)
            connection._writer = asyncio.create_task(connection._write())
            return connection
        connection = Connection(hall, number, seat, wire)
        hall.stay()
        self._make_place(hall, seat)
        hall.connections[number] = connection
        session = Session(number, seat, hall.room, hall.bucket(seat.id), self.clock())
        connection.begin(session)
        return connection

    async def submit(
        self, sprint: str, seat: Seat, command: AnyCommand | None, name: str | None = None
    ) -> Ack:
        """Ask without a socket: a desk, the command line. Waits for the verdict, however long the
        log needs. Without a name it gets one of its own. Raises `LookupError` where there is no
        such sprint."""
        if name is None:
            # a device belongs to one seat, so every seat that asks here gets a desk of its own
            desk = self._desks.setdefault(seat.id, f"{self._desk}-{len(self._desks)}")
            self._submitted += 1
            name = f"{desk}.{self._submitted}"
        if isinstance(command, FoundSprint):
            await self.log.create(sprint)
        hall = await self._hall(sprint)
        if hall.closed:
            raise StorageTrouble("the server is going down")
        told: asyncio.Future[Ack] = asyncio.get_running_loop().create_future()
        hall.answers.setdefault(name, []).append(told)
        now, wall = self.clock(), self.wall()
        hall.run(lambda: hall.room.do(None, seat, name, command, now, wall))
        try:
            return await told
        finally:
            if not hall.connections:
                hall.evict_later()

    async def peek(self, sprint: str) -> Evening | None:
        """The evening as it is kept: doors, code, title. None where there is no such sprint."""
        kept = await self._kept(sprint)
        return None if kept is None else kept.evening

    async def look(self, sprint: str) -> Sprint:
        """A copy of the whole sprint as it is kept; an empty one where there is no such sprint."""
        kept = await self._kept(sprint)
        return Sprint() if kept is None else kept.copy()

    async def read_on(self, sprint: str, head: int) -> None:
        """Somebody wrote to the log up to `head` (a koffer that came home): until the room that is open
        here has read it too."""
        hall = self._halls.get(sprint)
        if hall is None or hall.closed:
            return
        hall.nudged(head)
        while hall.room.head < head and hall.room.unsettled and not hall.over:
            await hall._next_settling()

    async def close_seats(self, sprint: str, seats: Collection[str], code: int) -> int:
        """Say goodbye to every connection of these seats, and tell other processes that they are
        gone. Returns how many there were here."""
        told = tuple(seats)
        for at in range(0, len(told), limits.SEATS_PER_SPRINT):
            some = told[at : at + limits.SEATS_PER_SPRINT]
            self.relay.tell(sprint, Parted(self.process, some))
        hall = self._halls.get(sprint)
        if hall is None:
            return 0
        leaving = [one for one in hall.connections.values() if one.seat.id in seats]
        for connection in leaving:
            connection.farewell(code, None)
        return len(leaving)

    async def find(self, sprint: str, kind: Kind, id: str) -> Record | None:
        """One record as it is kept; the record itself, for it never changes."""
        kept = await self._kept(sprint)
        return None if kept is None else kept.find(kind, id)

    async def _kept(self, sprint: str) -> Sprint | None:
        """The sprint in memory, at a moment when it is what is kept. To be looked at before
        anything is awaited."""
        try:
            hall = await self._hall(sprint)
        except LookupError:
            return None
        await hall.kept()
        if not hall.connections:
            hall.evict_later()
        return hall.room.sprint

    async def forget(self, sprint: str) -> None:
        """Wipe a sprint, for good: say goodbye to whoever is there, end its room, empty its log."""
        self._forgotten.add(sprint)
        try:
            opening = self._opening.get(sprint)
            if opening is not None:
                await asyncio.wait([opening])
            hall = self._halls.get(sprint)
            if hall is not None:
                hall.end(protocol.NO_SEAT)
            await self.log.forget(sprint)
            self.relay.tell(sprint, Wiped(self.process))
        finally:
            self._forgotten.discard(sprint)

    async def drain(self) -> None:
        """Stop: keep what waits, say goodbye to all, and let nothing hold us up."""
        self._draining = True
        halls = list(self._halls.values())
        for hall in halls:
            hall.closed = True  # nothing more comes in
        if halls:
            settling = [asyncio.create_task(hall.settled()) for hall in halls]
            _, unsettled = await asyncio.wait(settling, timeout=DRAIN_SECONDS)
            for task in unsettled:
                task.cancel()
        writers: list[asyncio.Task[None]] = []
        for hall in halls:
            hall.run(hall.flush)
            for connection in list(hall.connections.values()):
                connection.farewell(protocol.RESTART, self.between(*RESTART_MS))
                if connection._writer is not None:
                    writers.append(connection._writer)
            hall.shut()
        if writers:
            _, stuck = await asyncio.wait(writers, timeout=CLOSING_SECONDS)
            for writer in stuck:
                writer.cancel()
            if stuck:
                await asyncio.wait(stuck, timeout=CLOSING_SECONDS)
        for task in list(self._tasks):
            task.cancel()

    @property
    def longest_away(self) -> float:
        """Seconds that a device with unsent work has been away, of all sprints; 0 where none is."""
        wall = self.wall()
        away = (hall.room.longest_away(wall) for hall in self._halls.values())
        return max(away, default=0) / 1_000

    @property
    def fullest_mailbox(self) -> int:
        """Bytes that wait for the socket that is furthest behind."""
        waiting = (
            one.mailbox.weight for hall in self._halls.values() for one in hall.connections.values()
        )
        return max(waiting, default=0)

    @property
    def open_rooms(self) -> dict[str, int]:
        """The sprints that are open, with how many connections each has."""
        return {sprint: len(hall.connections) for sprint, hall in self._halls.items()}

    # -- for the halls ----------------------------------------------------------------

    def between(self, least: int, most: int) -> int:
        """A random number, so that not everybody comes back at once."""
        return least + int.from_bytes(self.entropy()[:4], "big") % (most - least + 1)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def later(self, seconds: float, what: Callable[[], None]) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(seconds, what)

    def lost(self, lost: BaseException) -> None:
        """The disk can not be trusted. Say nothing more to anybody."""
        if self._lost:
            return
        self._lost = self._draining = True
        self.watch.count("fsync_errors")
        _log.critical("storage is lost: %s", lost)
        for hall in list(self._halls.values()):
            hall.stop()
        self._fatal(lost)

    def shut(self, hall: _Hall) -> None:
        if self._halls.get(hall.room.id) is hall:
            del self._halls[hall.room.id]

    # -- other processes --------------------------------------------------------------

    def look_soon(self, hall: _Hall) -> None:
        """Something may have happened that we did not hear of."""
        if self._shared:
            self._look.set()
        elif not hall.closed:
            self.start(self._look_at([hall]))

    def _attend(self) -> None:
        """Where others write too: look around, from the first sprint on."""
        if self._shared and not self._attending:
            self._attending = True
            self.start(self._poll())
            self.start(self._beat())

    async def _poll(self) -> None:
        while not self._draining:
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._look.wait()
            self._look.clear()
            if self._halls:
                await self._look_at(list(self._halls.values()))
            await asyncio.sleep(POLL_LEAST)

    async def _beat(self) -> None:
        while not self._draining:
            await asyncio.sleep(BEAT_SECONDS)
            for hall in list(self._halls.values()):
                hall.beat()

    async def _look_at(self, halls: list[_Hall]) -> None:
        """One question for all of them: how far is the log?"""
        kept = [hall.room.head for hall in halls]
        try:
            heads = await self.log.heads([hall.room.id for hall in halls])
        except StorageLost as lost:
            self.lost(lost)
            return
        except Exception as trouble:  # whoever writes will notice too, and say so
            _log.debug("the log can not say how far it is: %r", trouble)
            return
        self.counters.polls += 1
        for hall, before in zip(halls, kept, strict=True):
            head = heads.get(hall.room.id)
            if hall.closed:
                continue
            if head is None:
                hall.end(protocol.NO_SEAT)
            elif head < before:  # somebody put an older backup back under us
                _log.error("sprint %s went back from %d to %d", hall.room.id, before, head)
                hall.throw_away()
            elif head > hall.room.sprint.head:
                self.counters.bus_gap_repairs += 1
                hall.nudged(head)

    def _make_place(self, hall: _Hall, seat: Seat) -> None:
        """A seat has so many sockets; one more takes the place of the oldest, which is most
        likely a socket whose tablet has gone to sleep."""
        same = [one for one in hall.connections.values() if one.seat.id == seat.id]
        for oldest in same[: max(0, len(same) + 1 - limits.SOCKETS_PER_SEAT)]:
            oldest.farewell(protocol.CROWDED, CROWDED_RETRY_MS)

    async def _hall(self, sprint: str) -> _Hall:
        if sprint in self._forgotten:
            raise StorageTrouble(f"sprint {sprint} is being wiped")
        hall = self._halls.get(sprint)
        if hall is not None:
            return hall
        opening = self._opening.get(sprint)
        if opening is None:
            opening = asyncio.create_task(self._open(sprint))
            self._opening[sprint] = opening
            opening.add_done_callback(lambda _: self._opening.pop(sprint, None))
        return await asyncio.shield(opening)

    async def _open(self, sprint: str) -> _Hall:
        began = self.clock()
        room = Room(sprint, build=self._build, entropy=self.entropy)
        hall = _Hall(
            self, room
        )  # it listens from here on, so nothing falls between reading and hearing
        try:
            await self._read_all(room)
        except BaseException:
            hall.stop()
            raise
        self._halls[sprint] = hall
        hall.opened()
        self.watch.opened.note(self.clock() - began)
        hall.write_down()
        hall.evict_later()
        self._attend()
        return hall

    async def _read_all(self, room: Room) -> None:
        """Bring a room to the end of its log; page by page, for a long log must not hold up others."""
        for wait in OPEN_TRIES:
            await asyncio.sleep(wait)
            try:
                head = await self.log.head(room.id)
                if head is None:
                    raise LookupError(room.id)
                while page := await self.log.since(room.id, room.sprint.head, PAGE):
                    for at in range(0, len(page), REPLAY):
                        some = page[at : at + REPLAY]
                        room.replay(some, max(0, head - some[-1].seq))
                        await asyncio.sleep(0)
                    if len(page) < PAGE:
                        break
                return
            except StorageLost as lost:
                self.lost(lost)
                raise StorageTrouble("storage is lost") from lost
            except StorageTrouble as trouble:
                _log.warning("sprint %s can not be opened now: %s", room.id, trouble)
        raise StorageTrouble(f"sprint {room.id} can not be opened")


def _nothing() -> None:
    pass


def _whoever(sprint: str, seats: Collection[str]) -> None:
    pass
