"""What carries out a room's effects: sockets, the log, time. Everything here is in one process, with
sockets and a log of our own that do what the test asks."""

import asyncio
import gc
import time
import weakref
from collections.abc import AsyncIterator, Callable, Collection
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from opgavebord import protocol
from opgavebord.protocol import Ack
from opgavebord.relay import Message, Reached, Relay, Wiped
from opgavebord.relay.local import LocalRelay
from opgavebord.sprint import limits
from opgavebord.sprint.entry import Entry
from opgavebord.sprint.sprint import Note, Seat
from opgavebord.storage.trouble import StorageLost, StorageTrouble
from opgavebord.sync import presence, room
from opgavebord.sync import rooms as halls
from opgavebord.sync.connection import Connection
from opgavebord.sync.effects import Append
from opgavebord.sync.rate import Pace
from opgavebord.sync.rooms import Rooms
from tests.sync.hall import DESK, SERVER, founding, note

ANNA, BERT = Seat("anna", "deelnemer"), Seat("bert", "deelnemer")


class Log:
    """A log in memory. `answers` says what happens at each append; empty: it is kept."""

    def __init__(self) -> None:
        self.sprint_logs: dict[str, list[Entry]] = {}
        self.answers: list[Exception] = []
        self.reads = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.appends: list[int] = []
        self.read_answers: list[Exception] = []

    async def create(self, sprint: str) -> None:
        self.sprint_logs.setdefault(sprint, [])

    async def append(self, sprint: str, append: Append) -> bool:
        await asyncio.sleep(0)
        await self.gate.wait()
        if self.answers:
            raise self.answers.pop(0)
        entries = self.sprint_logs.get(sprint)
        if entries is None or append.expected != len(entries):
            return False
        entries.extend(append.entries)
        self.appends.append(len(append.entries))
        return True

    async def since(self, sprint: str, seq: int, most: int | None = None) -> list[Entry]:
        self.reads += 1
        await asyncio.sleep(0)
        if self.read_answers:
            raise self.read_answers.pop(0)
        rest = self.sprint_logs.get(sprint, [])[seq:]
        return rest if most is None else rest[:most]

    async def head(self, sprint: str) -> int | None:
        found = self.sprint_logs.get(sprint)
        return None if found is None else len(found)

    async def heads(self, sprints: Collection[str]) -> dict[str, int]:
        return {one: len(self.sprint_logs[one]) for one in sprints if one in self.sprint_logs}

    async def sprints(self) -> list[str]:
        return list(self.sprint_logs)

    async def forget(self, sprint: str) -> None:
        await asyncio.sleep(0)
        self.sprint_logs.pop(sprint, None)


class Socket:
    """The other end of a wire."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.code: int | None = None
        self.reading = asyncio.Event()
        self.reading.set()
        self.closing_hangs = False

    def send_now(self, data: bytes, binary: bool) -> bool:
        return False

    async def send(self, data: bytes, binary: bool) -> None:
        await self.reading.wait()
        self.raw.append(data)

    async def close(self, code: int) -> None:
        if self.closing_hangs:
            await asyncio.Event().wait()
        self.code = code

    @property
    def got(self) -> list[Any]:
        return [SERVER.decode(data) for data in self.raw]

    @property
    def acks(self) -> list[Ack]:
        return [a for message in self.got for a in getattr(message, "acks", ())]

    @property
    def byes(self) -> list[int]:
        return [message.code for message in self.got if isinstance(message, protocol.Bye)]


class Building:
    """Rooms with what they stand on."""

    def __init__(self) -> None:
        self.log = Log()
        self.relay = LocalRelay()
        self.lost: list[BaseException] = []
        self.rooms = self.another()
        self.device = 0

    def another(self) -> Rooms:
        return Rooms(
            self.log,
            self.relay,
            clock=time.monotonic,
            wall=lambda: 1_700_000_000_000,
            entropy=lambda: bytes(range(32)),
            build="b",
            fatal=self.lost.append,
            pace=Pace(10_000, 10_000, 10**9),
        )

    async def enter(
        self, seat: Seat, socket: Socket | None = None, **hello: Any
    ) -> tuple[Connection, Socket]:
        socket = socket or Socket()
        connection = await self.rooms.connect("sprint", seat, socket)
        self.device += 1
        say(
            connection,
            {"t": "hello", "v": protocol.VERSION, "device": f"device-{self.device}", **hello},
        )
        return connection, socket


def say(connection: Connection, message: Any) -> None:
    connection.receive(msgspec.json.encode(message))


def ask(connection: Connection, name: str, command: Any) -> None:
    say(connection, {"t": "do", "id": name, "c": command})


async def until(true: Callable[[], Any], seconds: float = 3.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        await asyncio.sleep(0.002)


@pytest_asyncio.fixture
async def building() -> AsyncIterator[Building]:
    building = Building()
    verdict = await building.rooms.submit("sprint", DESK, founding())
    assert verdict.refusal is None
    yield building
    await building.rooms.drain()


async def test_what_one_writes_all_see(building: Building) -> None:
    anna, at_anna = await building.enter(ANNA)
    _, at_bert = await building.enter(BERT)
    ask(anna, "device-1.1", note("note1"))
    await until(lambda: at_anna.acks)
    assert at_anna.acks == [Ack("device-1.1", 2)]
    await until(lambda: any(b"note1" in data for data in at_bert.raw))


async def test_a_room_is_opened_once_however_many_ask(building: Building) -> None:
    rooms = building.another()
    before = building.log.reads
    await asyncio.gather(*(rooms.connect("sprint", ANNA, Socket()) for _ in range(4)))
    assert building.log.reads == before + 1
    await rooms.drain()


async def test_one_that_stops_reading_harms_nobody(building: Building) -> None:
    deaf = Socket()
    stuck, _ = await building.enter(BERT, deaf)
    deaf.reading.clear()
    anna, at_anna = await building.enter(ANNA)
    for i in range(limits.MAILBOX_MESSAGES + 60):
        ask(anna, f"device-2.{i}", note(f"note{i}"))
        await until(lambda i=i: len(at_anna.acks) > i)  # type: ignore[misc]
        if stuck.ended:
            break
        await asyncio.sleep(0.016)
    assert stuck.ended
    assert building.rooms.counters.overflows == 1
    assert building.rooms.open_rooms == {"sprint": 1}
    deaf.reading.set()
    await until(lambda: deaf.code == protocol.RESUME)
    assert deaf.byes == [protocol.RESUME]


async def test_one_that_never_reads_again_is_given_up(
    building: Building, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(halls, "CLOSING_SECONDS", 0.05)
    deaf = Socket()
    stuck, _ = await building.enter(BERT, deaf)
    deaf.reading.clear()
    deaf.closing_hangs = True
    stuck.farewell(protocol.RESUME, 0, at_once=True)
    assert stuck._writer is not None
    await asyncio.wait_for(stuck._writer, 1)


async def test_trouble_in_the_log_is_told_and_goes_over(building: Building) -> None:
    anna, at_anna = await building.enter(ANNA)
    building.log.answers = [StorageTrouble("full"), StorageTrouble("full")]
    ask(anna, "device-1.1", note("note1"))
    await until(lambda: protocol.Trouble(True) in at_anna.got)
    assert at_anna.acks == []
    await until(lambda: protocol.Trouble(False) in at_anna.got)
    await until(lambda: at_anna.acks == [Ack("device-1.1", 2)])
    assert building.rooms.counters.troubles == 2


async def test_a_lost_disk_ends_everything_and_nothing_more_is_said(building: Building) -> None:
    anna, at_anna = await building.enter(ANNA)
    await until(lambda: len(at_anna.got) >= 4)
    building.log.answers = [StorageLost("EIO")]
    ask(anna, "device-1.1", note("note1"))
    await until(lambda: building.lost)
    said = len(at_anna.raw)
    ask(anna, "device-1.2", note("note2"))
    await asyncio.sleep(0.1)
    assert len(at_anna.raw) == said


async def test_an_append_that_can_never_be_kept_costs_one_command(building: Building) -> None:
    anna, at_anna = await building.enter(ANNA)
    building.log.answers = [ValueError("no"), ValueError("no")]
    ask(anna, "device-1.1", note("note1"))
    ask(anna, "device-1.2", note("note2"))
    await until(lambda: len(at_anna.acks) == 2, 5)
    assert {ack.refusal for ack in at_anna.acks} >= {None}


async def test_a_room_that_breaks_is_read_again_from_the_log(
    building: Building, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, at_anna = await building.enter(ANNA)

    def broken(*_: Any) -> Any:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("opgavebord.sync.room.Room.do", broken)
        ask(anna, "device-1.1", note("note1"))
    await until(lambda: at_anna.code == protocol.RESUME)
    anna, at_anna = await building.enter(ANNA, pending=["device-1.1"])
    ask(anna, "device-1.1", note("note1"))
    await until(lambda: at_anna.acks)


async def test_receive_never_raises(building: Building) -> None:
    anna, at_anna = await building.enter(ANNA)
    for data in ("", "\ud800", b"\xff", "[" * 100_000, '{"t":"do","id":"a.1","c":1}'):
        anna.receive(data)
    await until(lambda: at_anna.code == protocol.UNREADABLE)
    anna.receive("more")
    await anna.gone()
    anna.receive("more")


@pytest.mark.parametrize("more", [-1, 0, 1])
async def test_sockets_of_one_seat(building: Building, more: int) -> None:
    sockets = [(await building.enter(ANNA))[1] for _ in range(limits.SOCKETS_PER_SEAT + more)]
    await asyncio.sleep(0.05)
    codes = [socket.code for socket in sockets]
    assert codes == [protocol.CROWDED] * max(0, more) + [None] * min(
        limits.SOCKETS_PER_SEAT, limits.SOCKETS_PER_SEAT + more
    )


async def test_who_says_no_hello_is_sent_away(
    building: Building, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "HELLO_SECONDS", 0.05)
    socket = Socket()
    await building.rooms.connect("sprint", ANNA, socket)
    await until(lambda: socket.code == protocol.SILENT)


async def test_a_renewed_link_closes_the_old_sockets(building: Building) -> None:
    _, wand = await building.enter(Seat("wand", "wand"))
    _, at_anna = await building.enter(ANNA)
    closed = await building.rooms.close_seats("sprint", {"wand"}, protocol.REPLACED)
    await until(lambda: wand.code == protocol.REPLACED)
    assert closed == 1
    assert at_anna.code is None


async def test_a_sprint_that_is_wiped_ends_its_room_and_is_not_there_any_more(
    building: Building,
) -> None:
    connection, at_anna = await building.enter(ANNA)
    building.log.gate.clear()  # what is under way comes too late
    ask(connection, "device-1.1", note("note1"))
    wiping = asyncio.create_task(building.rooms.forget("sprint"))
    await until(lambda: at_anna.code == protocol.NO_SEAT)
    await wiping
    building.log.gate.set()
    assert building.log.sprint_logs == {}
    assert building.rooms.open_rooms == {}
    assert at_anna.acks == []
    late = Socket()
    assert (await building.rooms.connect("sprint", BERT, late)).ended
    await until(lambda: late.code == protocol.NO_SEAT)
    assert await building.rooms.peek("sprint") is None
    assert await building.rooms.find("sprint", "note", "note1") is None
    assert list(await building.rooms.look("sprint")) == []
    with pytest.raises(LookupError):
        await building.rooms.submit("sprint", DESK, note("note1"))
    await building.rooms.forget("sprint")  # nothing is wiped twice
    assert (await building.rooms.submit("sprint", DESK, founding())).seq == 1


async def test_who_comes_in_while_a_sprint_is_being_wiped_is_told_to_come_back(
    building: Building, monkeypatch: pytest.MonkeyPatch
) -> None:
    wiping, go_on = asyncio.Event(), asyncio.Event()
    forget = building.log.forget

    async def slow(sprint: str) -> None:
        wiping.set()
        await go_on.wait()
        await forget(sprint)

    monkeypatch.setattr(building.log, "forget", slow)
    task = asyncio.create_task(building.rooms.forget("sprint"))
    await wiping.wait()
    socket = Socket()
    assert (await building.rooms.connect("sprint", ANNA, socket)).ended
    await until(lambda: socket.code == protocol.RESTART)
    go_on.set()
    await task


async def test_one_record_is_found_as_it_is_kept(building: Building) -> None:
    await building.rooms.submit("sprint", ANNA, note("note1"))
    found = await building.rooms.find("sprint", "note", "note1")
    assert isinstance(found, Note)
    assert found.text == "een briefje"
    assert await building.rooms.find("sprint", "note", "note2") is None


async def test_a_long_log_is_read_in_pieces_and_comes_to_the_same(
    building: Building, monkeypatch: pytest.MonkeyPatch
) -> None:
    for i in range(20):
        await building.rooms.submit("sprint", Seat("regie", "begeleider"), note(f"note{i}"))
    monkeypatch.setattr(halls, "REPLAY", 3)
    monkeypatch.setattr(limits, "TAIL_EVENTS", 8)
    other = building.another()
    assert await other.look("sprint") == await building.rooms.look("sprint")
    tail = other._halls["sprint"].room.tail
    assert (tail.start, tail.head) == (13, 21)
    await other.drain()


async def test_peek_shows_what_is_kept_only(building: Building) -> None:
    anna, _ = await building.enter(ANNA)
    await asyncio.sleep(0.01)
    building.log.gate.clear()
    ask(anna, "device-1.1", note("note1"))
    await asyncio.sleep(0.01)
    looking = asyncio.create_task(building.rooms.look("sprint"))
    await asyncio.sleep(0.02)
    assert not looking.done()
    building.log.gate.set()
    assert (await looking).note("note1") is not None
    evening = await building.rooms.peek("sprint")
    assert evening is not None
    assert evening.code == "ABCDEF"
    assert await building.rooms.peek("nowhere") is None


async def test_submit_under_a_name_is_the_same_for_ever(building: Building) -> None:
    seat = Seat("regie", "begeleider")
    one = await building.rooms.submit("sprint", seat, note("note1"), "demo-x.1")
    two = await building.rooms.submit("sprint", seat, note("note1"), "demo-x.1")
    three = await building.rooms.submit("sprint", seat, note("note1"))
    assert one == two == Ack("demo-x.1", 2)
    assert three.refusal == "exists"


async def test_two_processes_on_one_log_agree(building: Building) -> None:
    other = building.another()
    anna, at_anna = await building.enter(ANNA)
    at_bert = Socket()
    bert = await other.connect("sprint", BERT, at_bert)
    say(bert, {"t": "hello", "v": protocol.VERSION, "device": "device-b"})
    for i in range(20):
        ask(anna, f"device-1.{i}", note(f"note-a{i}"))
        ask(bert, f"device-b.{i}", note(f"note-b{i}"))
        await asyncio.sleep(0.003)
    await until(lambda: len(at_anna.acks) == 20 and len(at_bert.acks) == 20)
    log = building.log.sprint_logs["sprint"]
    assert len(log) == 41
    await until(lambda: other._halls["sprint"].room.head == 41)
    assert (await building.rooms.look("sprint")) == (await other.look("sprint"))
    await other.drain()


async def test_drain_keeps_what_waits_and_says_goodbye(building: Building) -> None:
    anna, at_anna = await building.enter(ANNA)
    _, at_bert = await building.enter(BERT)
    for i in range(20):
        ask(anna, f"device-1.{i}", note(f"note{i}"))
    await building.rooms.drain()
    assert len(at_anna.acks) == 20
    assert at_anna.byes == at_bert.byes == [protocol.RESTART]
    assert at_anna.code == at_bert.code == protocol.RESTART
    assert isinstance(at_anna.got[-1], protocol.Bye)
    assert at_anna.got[-1].retry_ms is not None
    late = Socket()
    refused = await building.rooms.connect("sprint", ANNA, late)
    await until(lambda: late.code == protocol.RESTART)
    assert refused.ended


async def test_drain_does_not_wait_for_one_that_does_not_read(
    building: Building, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(halls, "CLOSING_SECONDS", 0.05)
    deaf = Socket()
    await building.enter(BERT, deaf)
    deaf.reading.clear()
    deaf.closing_hangs = True
    began = time.monotonic()
    await building.rooms.drain()
    assert time.monotonic() - began < 1


async def test_drain_does_not_wait_for_a_log_that_hangs(
    building: Building, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(halls, "DRAIN_SECONDS", 0.1)
    anna, at_anna = await building.enter(ANNA)
    building.log.gate.clear()
    ask(anna, "device-1.1", note("note1"))
    await building.rooms.drain()
    assert at_anna.acks == []
    assert at_anna.code == protocol.RESTART


async def test_a_room_without_people_is_closed_after_a_while(
    building: Building, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(halls, "IDLE_SECONDS", 0.05)
    rooms = building.another()
    socket = Socket()
    anna = await rooms.connect("sprint", ANNA, socket)
    await asyncio.sleep(0.1)
    assert rooms.open_rooms == {"sprint": 1}
    await anna.gone()
    await until(lambda: rooms.open_rooms == {})
    await rooms.connect("sprint", ANNA, Socket())
    assert rooms.open_rooms == {"sprint": 1}
    await rooms.drain()


async def test_a_log_that_can_not_be_read_sends_people_back_later(
    building: Building, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(halls, "OPEN_TRIES", (0.0, 0.01))
    rooms = building.another()
    building.log.read_answers = [StorageTrouble("busy")] * 3
    socket = Socket()
    refused = await rooms.connect("sprint", ANNA, socket)
    assert refused.ended
    await until(lambda: socket.code == protocol.RESTART)
    again = await rooms.connect("sprint", ANNA, Socket())
    assert not again.ended
    await rooms.drain()


async def test_a_socket_that_breaks_while_sending_leaves_the_room(building: Building) -> None:
    class Broken(Socket):
        def send_now(self, data: bytes, binary: bool) -> bool:
            return False

        async def send(self, data: bytes, binary: bool) -> None:
            raise ConnectionResetError

    await building.enter(ANNA, Broken())
    await until(lambda: building.rooms.open_rooms == {"sprint": 0})


async def test_no_task_is_left(building: Building) -> None:
    before = len(asyncio.all_tasks())
    connections = [await building.enter(Seat(f"seat{i}", "deelnemer")) for i in range(10)]
    for connection, _ in connections:
        await connection.gone()
    await asyncio.sleep(0.02)
    assert len(asyncio.all_tasks()) <= before


# --- several processes on one log ----------------------------------------------------------------


class Deaf(LocalRelay):
    """A relay that is down."""

    def tell(self, sprint: str, message: Message) -> None:
        pass


def process(building: Building, relay: Relay) -> Rooms:
    """Another process on the same log, which knows that it is not alone."""
    return Rooms(
        building.log,
        relay,
        clock=time.monotonic,
        wall=lambda: 1_700_000_000_000,
        entropy=lambda: bytes(range(32)),
        build="b",
        fatal=building.lost.append,
        shared=True,
    )


async def enters(rooms: Rooms, seat: Seat, device: str) -> tuple[Connection, Socket]:
    socket = Socket()
    connection = await rooms.connect("sprint", seat, socket)
    say(connection, {"t": "hello", "v": protocol.VERSION, "device": device})
    return connection, socket


async def test_without_a_relay_a_gap_is_found_by_looking_in_the_log(
    building: Building, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(halls, "POLL_SECONDS", 0.05)
    other = process(building, Deaf())
    _, at_bert = await enters(other, BERT, "device-b")
    anna, at_anna = await building.enter(ANNA)
    ask(anna, "device-1.1", note("note1"))
    await until(lambda: at_anna.acks)
    await until(lambda: any(b"note1" in data for data in at_bert.raw))
    assert other.counters.bus_gap_repairs == 1
    assert other.counters.polls >= 1
    assert building.rooms.counters.polls == 0  # alone on its log: it asks nothing
    await other.drain()


async def test_many_hints_are_one_question(
    building: Building, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(halls, "POLL_SECONDS", 60.0)
    relay = LocalRelay()
    other = process(building, relay)
    await enters(other, BERT, "device-b")
    for _ in range(1_000):
        relay.tell("sprint", Wiped("a-liar"))
        relay.tell("sprint", Reached("a-liar", 1))
    await until(lambda: other.counters.polls)
    await asyncio.sleep(0.05)
    assert other.counters.polls == 1
    assert other.open_rooms == {"sprint": 1}  # a lie wipes nothing
    await other.drain()


async def test_a_head_that_is_a_lie_costs_a_look(building: Building) -> None:
    connection, at_anna = await building.enter(ANNA)
    building.relay.tell("sprint", Reached("a-liar", 2**53))
    ask(connection, "device-1.1", note("note1"))
    await until(lambda: at_anna.acks)
    assert at_anna.acks == [Ack("device-1.1", 2)]


@pytest.mark.parametrize("how", ["relay", "poll", "append"])
async def test_a_sprint_that_another_process_wiped_ends_here_too(
    building: Building, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(halls, "POLL_SECONDS", 0.05 if how == "poll" else 60.0)
    other = process(building, building.relay if how == "relay" else Deaf())
    bert, at_bert = await enters(other, BERT, "device-b")
    await building.rooms.forget("sprint")
    if how == "append":
        ask(bert, "device-b.1", note("note1"))
    await until(lambda: at_bert.code == protocol.NO_SEAT)
    assert at_bert.acks == []
    assert other.open_rooms == {}
    await other.drain()


async def test_a_log_that_went_back_in_time_is_read_again(
    building: Building, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An older backup was put back under servers that run. What is told is what is kept."""
    monkeypatch.setattr(halls, "POLL_SECONDS", 0.05)
    other = process(building, building.relay)
    bert, at_bert = await enters(other, BERT, "device-b")
    for i in range(3):
        ask(bert, f"device-b.{i}", note(f"note{i}"))
    await until(lambda: len(at_bert.acks) == 3)
    del building.log.sprint_logs["sprint"][2:]
    await until(lambda: at_bert.code == protocol.RESUME)
    _, again = await enters(other, BERT, "device-b")
    await until(lambda: again.raw)
    assert other._halls["sprint"].room.head == 2
    await other.drain()


async def test_seats_that_are_taken_away_are_doubted_at_other_processes(
    building: Building,
) -> None:
    other = process(building, building.relay)
    doubted: list[Any] = []
    other.doubt = lambda sprint, seats: doubted.append((sprint, tuple(seats)))
    await enters(other, ANNA, "device-a")
    await building.enter(BERT)
    await building.rooms.close_seats("sprint", {"anna"}, protocol.REPLACED)
    assert doubted == [("sprint", ("anna",))]
    await other.drain()


async def test_everybody_sees_who_is_at_the_other_process(
    building: Building, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "PEOPLE", 0.05)
    other = process(building, building.relay)
    anna, at_anna = await building.enter(ANNA)
    bert, at_bert = await enters(other, BERT, "device-b")
    _, regie = await enters(other, Seat("regie", "begeleider"), "device-r")

    def last(socket: Socket, kind: type) -> Any:
        return next((one for one in reversed(socket.got) if isinstance(one, kind)), None)

    def count(socket: Socket) -> int:
        told = last(socket, protocol.People)
        return 0 if told is None else told.count

    await until(lambda: count(at_anna) == count(at_bert) == 2)
    await until(lambda: len(last(regie, protocol.Devices).devices) == 3)
    say(anna, {"t": "here", "typing": "note1"})
    who = last(at_anna, protocol.Welcome).who
    held = protocol.Held(typing="note1")
    await until(lambda: protocol.There({who: held}) in at_bert.got)
    await anna.gone()
    await until(lambda: protocol.There({who: None}) in at_bert.got)
    await until(lambda: count(at_bert) == 1)
    await bert.gone()
    await other.drain()
    await until(lambda: not building.rooms._halls["sprint"].room._presence._people_elsewhere)


async def test_a_process_that_is_silent_is_forgotten_and_one_that_speaks_is_not(
    building: Building, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(halls, "BEAT_SECONDS", 0.05)
    monkeypatch.setattr(presence, "ELSEWHERE_SECONDS", 0.2)
    monkeypatch.setattr(room, "PEOPLE", 0.02)
    relay = LocalRelay()
    one, other = process(building, relay), process(building, relay)
    _, at_anna = await enters(one, ANNA, "device-a")
    await enters(other, BERT, "device-b")

    def counted() -> list[int]:
        return [message.count for message in at_anna.got if isinstance(message, protocol.People)]

    await until(lambda: counted()[-1:] == [2])
    await asyncio.sleep(0.4)  # longer than a silent process is remembered
    assert counted()[-1] == 2
    monkeypatch.setattr(relay, "anybody", lambda sprint: False)  # the relay is gone
    await until(lambda: counted()[-1] == 1)
    monkeypatch.undo()
    monkeypatch.setattr(room, "PEOPLE", 0.02)
    await until(lambda: counted()[-1] == 2, seconds=8)
    await one.drain()
    await other.drain()


async def test_a_log_is_read_in_pages_when_a_sprint_opens(
    building: Building, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(halls, "PAGE", 7)
    asked: list[int | None] = []
    since = building.log.since

    async def noted(sprint: str, seq: int, most: int | None = None) -> list[Entry]:
        asked.append(most)
        return await since(sprint, seq, most)

    monkeypatch.setattr(building.log, "since", noted)
    for i in range(40):
        await building.rooms.submit("sprint", DESK, note(f"note{i}"))
    other = building.another()
    assert await other.look("sprint") == await building.rooms.look("sprint")
    assert other._halls["sprint"].room.tail.start == 0  # all of it can be told
    assert asked == [7] * 6
    await other.drain()


async def test_what_is_written_while_a_sprint_opens_is_not_missed(building: Building) -> None:
    other = building.another()
    since = building.log.since

    async def slow(sprint: str, seq: int, most: int | None = None) -> list[Entry]:
        entries = await since(sprint, seq, most)
        if not building.log.appends[1:]:
            await building.rooms.submit("sprint", DESK, note("note1"))
        return entries

    building.log.since = slow  # type: ignore[method-assign]
    await enters(other, BERT, "device-b")
    await until(lambda: other._halls["sprint"].room.head == 2)
    await other.drain()


async def test_nothing_is_left_in_memory_of_a_sprint_that_nobody_looks_at(
    building: Building, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(halls, "IDLE_SECONDS", 0.05)
    relay = LocalRelay()
    rooms = process(building, relay)
    anna, socket = await enters(rooms, ANNA, "device-a")
    ask(anna, "device-a.1", note("note1"))
    await until(lambda: socket.acks)
    hall = rooms._halls["sprint"]
    left = [weakref.ref(hall), weakref.ref(hall.room)]
    gc.collect()
    gc.disable()  # the collector runs seldom in a server: what is gone must go by itself
    try:
        await anna.gone()
        del anna, hall
        await until(lambda: rooms.open_rooms == {})
        await asyncio.sleep(0)
        assert [one() for one in left] == [None, None]
        assert relay._listening == {}
    finally:
        gc.enable()
    await rooms.drain()
