"""A device in the hall, played by the generator: it speaks the real protocol and keeps a history.

It holds what a tablet's engine holds and no more: its own id, how far it is (`head`), and the
commands that have no answer yet, in order. What it checks of every frame is cheap enough to do
always: frames join without gap or overlap, and a name keeps the answer it got. The rest of a
frame is only read where `watch` asks for it (the durability run replays all of it).

`FloorDevice` talks to the raw floor instead: no hello, no answers; what it gets are the copies.
"""

import asyncio
import gzip
import re
import secrets
from collections.abc import Callable
from time import perf_counter
from typing import Any, Final

import msgspec

from .wire import Wire, WireError, ask, connect, framed

VERSION: Final = 3
_FRAME: Final = re.compile(rb'\{"t":"frame","from":(\d+),"to":(\d+)')
_DO_ID_AT: Final = len(b'{"t":"do","id":"')


_heads: dict[bytes, int] = {}


def _head_of(payload: bytes, binary: bool) -> int:
    """The head of a snapshot. Two hundred devices get the same bytes; unpack them once."""
    known = _heads.get(payload)
    if known is None:
        if len(_heads) > 32:
            _heads.clear()
        told = msgspec.json.decode(gzip.decompress(payload) if binary else payload)
        known = _heads[payload] = told["head"]
    return known


class Refusal(msgspec.Struct, frozen=True):
    name: str
    code: str


class Seat(msgspec.Struct, frozen=True):
    """A place at a sprint: where, and the cookie that proves it."""

    port: int
    sprint: str
    role: str
    cookie: str
    source: str = "127.0.0.1"
    bytes_in: int = 0


async def join(port: int, code: str, source: str = "127.0.0.1") -> Seat:
    """Through the door with the code, like everybody."""
    answer = await ask(port, "POST", "/api/join", {"code": code}, source=source)
    if answer.status != 200:
        raise WireError(f"join: {answer.status} {answer.body[:200]!r}")
    sprint = msgspec.json.decode(answer.body)["sprint"]
    return Seat(port, sprint, "deelnemer", "; ".join(answer.cookies), source, answer.bytes_in)


async def enter(port: int, secret: str) -> Seat:
    """With the secret of a wall or regie link."""
    answer = await ask(port, "POST", "/api/enter", {"secret": secret})
    if answer.status != 200:
        raise WireError(f"enter: {answer.status} {answer.body[:200]!r}")
    told = msgspec.json.decode(answer.body)
    return Seat(port, told["sprint"], told["role"], "; ".join(answer.cookies))


class Device:
    """One screen on one seat."""

    def __init__(self, seat: Seat) -> None:
        self.seat = seat
        self.id = secrets.token_urlsafe(16)
        self.head: int | None = None
        self.goal = 0  # the head the server had at hello; in sync once ours is there
        self.outbox: dict[str, bytes] = {}  # name -> the message, unanswered, in order
        self.sent: dict[str, float] = {}  # name -> when it first left
        self.commands: dict[str, bytes] = {}  # name -> what was asked, where somebody watches
        self.answers: dict[str, tuple[int, str | None]] = {}  # name -> number, refusal
        self.answered_at: dict[str, float] = {}
        self.reached: list[int] = []  # after each frame: how far we were …
        self.moments: list[float] = []  # … and when
        self.refused: list[Refusal] = []
        self.faults: list[str] = []  # what may never happen
        self.snapshot = b""
        self.snapshots = 0
        self.frames = 0
        self.theres = 0
        self.ready_at = 0.0
        self.farewell = 0
        self.wire: Wire | None = None
        self.watch: Callable[[bytes], None] | None = None  # gets every frame and snapshot
        self._number = 0
        self._ready: asyncio.Future[None] | None = None
        self._welcomed = False

    # -- coming and going -------------------------------------------------------------

    async def open(self) -> None:
        """Connect, say hello, resend what has no answer. Returns when in sync."""
        loop = asyncio.get_running_loop()
        self._welcomed = False
        self._ready = loop.create_future()
        self.wire = await connect(
            self.seat.port,
            f"/ws/{self.seat.sprint}/{self.seat.role}",
            self._read,
            self._left,
            cookie=self.seat.cookie,
            source=self.seat.source,
        )
        hello: dict[str, Any] = {"t": "hello", "v": VERSION, "device": self.id, "gzip": True}
        if self.head is not None:
            hello["head"] = self.head
        if self.outbox:
            hello["pending"] = list(self.outbox)
        self.wire.send(framed(msgspec.json.encode(hello)))
        await self._ready

    def close(self) -> None:
        if self.wire is not None:
            self.wire.close()
            self.wire = None

    @property
    def bytes_in(self) -> int:
        return self.wire.bytes_in if self.wire else 0

    # -- saying things ----------------------------------------------------------------

    def do(self, command: bytes) -> str:
        """Ask for something: the JSON of a command. Returns its name."""
        self._number += 1
        name = f"{self.id}.{self._number}"
        message = framed(b'{"t":"do","id":"%b","c":%b}' % (name.encode(), command))
        self.outbox[name] = message
        self.sent[name] = perf_counter()
        if self.watch is not None:
            self.commands[name] = command
        if self.wire is not None and self._welcomed:
            self.wire.send(message)
        return name

    def here(self, held: bytes) -> None:
        """The fleeting: `{"t":"here",…}` as JSON."""
        if self.wire is not None:
            self.wire.send(framed(held))

    # -- hearing things ---------------------------------------------------------------

    def _read(self, payload: bytes, binary: bool, now: float) -> None:
        frame = _FRAME.match(payload)
        if frame is not None:
            self._frame(int(frame[1]), int(frame[2]), payload, now)
        elif payload.startswith(b'{"t":"there"'):
            self.theres += 1
        elif binary or payload.startswith(b'{"t":"snapshot"'):
            self._whole(payload, binary, now)
        elif payload.startswith(b'{"t":"welcome"'):
            self._welcome(payload, now)
        elif payload.startswith(b'{"t":"bad"'):
            self.faults.append(f"not understood: {payload[:100]!r}")

    def _frame(self, start: int, to: int, payload: bytes, now: float) -> None:
        self.frames += 1
        if start != self.head or to < start:
            self.faults.append(f"a frame {start}..{to} came at {self.head}")
        self.head = to
        self.reached.append(to)
        self.moments.append(now)
        if payload.endswith(b"]]}"):
            at = payload.rfind(b'"acks":[')
            if at >= 0:
                self._answered(msgspec.json.decode(payload[at + 7 : -1]), now)
        if self.watch is not None:
            self.watch(payload)
        self._in_sync(now)

    def _whole(self, payload: bytes, binary: bool, now: float) -> None:
        self.snapshot = payload
        self.snapshots += 1
        if self.watch is not None:
            self.watch(gzip.decompress(payload) if binary else payload)
        self.head = _head_of(payload, binary)
        self._in_sync(now)

    def _welcome(self, payload: bytes, now: float) -> None:
        told = msgspec.json.decode(payload)
        self.goal = told["head"]
        self._answered(told["acks"], now)
        self._welcomed = True
        if self.wire is not None and self.outbox:
            self.wire.send(b"".join(self.outbox.values()))
        self._in_sync(now)

    def _answered(self, acks: list[list[Any]], now: float) -> None:
        for ack in acks:
            name, seq = ack[0], ack[1]
            refusal = ack[2] if len(ack) > 2 else None
            if not name.startswith(self.id):
                continue  # of another device on this seat
            known = self.answers.get(name)
            if known is not None and known != (seq, refusal):
                self.faults.append(f"{name}: first {known}, now {(seq, refusal)}")
            self.answers[name] = (seq, refusal)
            self.answered_at.setdefault(name, now)
            self.outbox.pop(name, None)
            if refusal is not None and known is None:
                self.refused.append(Refusal(name, refusal))

    def _in_sync(self, now: float) -> None:
        if (
            self._ready is not None
            and not self._ready.done()
            and self._welcomed
            and self.head is not None
            and self.head >= self.goal
        ):
            self.ready_at = now
            self._ready.set_result(None)

    def _left(self, code: int) -> None:
        self.farewell = code
        self.wire = None
        self._welcomed = False
        if self._ready is not None and not self._ready.done():
            self._ready.set_exception(WireError(f"closed with {code}"))
            self._ready.exception()

    # -- what was measured ------------------------------------------------------------

    def forget(self) -> None:
        """Begin a measurement anew; what is on its way stays known."""
        self.reached.clear()
        self.moments.clear()
        self.frames = self.theres = 0


class FloorDevice:
    """One connection to the raw floor: everything anybody says comes back to all."""

    def __init__(self, port: int, room: str = "hall", source: str = "127.0.0.1") -> None:
        self.port = port
        self.room = room
        self.source = source
        self.id = secrets.token_urlsafe(16)
        self.sent: dict[str, float] = {}
        self.names: list[bytes] = []  # of the copies of commands that came …
        self.moments: list[float] = []  # … and when
        self.frames = 0
        self.ready_at = 0.0
        self.wire: Wire | None = None
        self._number = 0
        self._blob: asyncio.Future[None] | None = None

    async def open(self, *, blob: bool = False) -> None:
        """Connect; with `blob`, say hello and wait for the bytes of a join."""
        if blob:
            self._blob = asyncio.get_running_loop().create_future()
        self.wire = await connect(
            self.port, f"/{self.room}", self._read, self._left, source=self.source
        )
        if self._blob is not None:
            self.wire.send(framed(b'{"t":"hello"}'))
            await self._blob

    def close(self) -> None:
        if self.wire is not None:
            self.wire.close()
            self.wire = None

    def do(self, command: bytes) -> str:
        self._number += 1
        name = f"{self.id}.{self._number}"
        self.sent[name] = perf_counter()
        if self.wire is not None:
            self.wire.send(framed(b'{"t":"do","id":"%b","c":%b}' % (name.encode(), command)))
        return name

    def here(self, held: bytes) -> None:
        if self.wire is not None:
            self.wire.send(framed(held))

    def _read(self, payload: bytes, binary: bool, now: float) -> None:
        self.frames += 1
        if binary and self._blob is not None and not self._blob.done():
            self.ready_at = now
            self._blob.set_result(None)
        elif payload.startswith(b'{"t":"do"'):
            self.names.append(payload[_DO_ID_AT : payload.index(b'"', _DO_ID_AT)])
            self.moments.append(now)

    def _left(self, code: int) -> None:
        self.wire = None

    def forget(self) -> None:
        self.names.clear()
        self.moments.clear()
        self.frames = 0


AnyDevice = Device | FloorDevice
