"""The socket: `GET /ws/<sprint>/<role>`, plain ASGI.

Before a word is spoken: the origin is exactly right (or 403, before anything is accepted: a browser
sends cookies along with a socket that any website opens), there is room, and the cookie is a seat
at this sprint. Then the conversation is `sync`'s; this file only carries.

A seat that is taken away, or moves to another device, loses its sockets at once where that is asked, and
within a second at the other processes: they hear whom to doubt, and ask the database. Where nobody
tells them they ask it every eight seconds, one question for all sockets. So what is heard is never
believed, and what was not heard costs seconds.

Reading never waits for anything but the next message: while it would wait, the server could not
see the answers to its own pings and would drop a healthy tablet.
"""

import asyncio
import logging
import re
import time
from collections import Counter
from collections.abc import Collection
from contextlib import suppress
from typing import Final

from msgspec import Struct

from .. import protocol
from ..people import tokens
from ..people.seats import VISITORS, Seats, cookie_name
from ..settings import Settings
from ..sprint import limits
from ..sprint.sprint import Seat
from ..storage.trouble import StorageLost, StorageTrouble
from ..sync.connection import Connection
from ..sync.rooms import Rooms
from ..watch import Watch
from .below import inside
from .gate import Receive, Scope, Send
from .straight import EXTENSION, Give, Straight
from .visitor import Visitor, visitor, welcome_origin

OF_THE_PROTOCOL: Final = (1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1011, 1012, 1013)
CROWDED_RETRY_MS: Final = 60_000
TROUBLE_RETRY_MS: Final = 2_000
# Where other processes let people in too, all sockets are checked so often.
CHECK_SECONDS: Final = 8.0
# Who comes in with a seat that was doubted so short a while ago is looked at again.
DOUBT_SECONDS: Final = 15.0
CHECK_LEAST: Final = 0.2  # hints do not make us ask more often than this
DOUBTED: Final = 2_000  # seats that are remembered as doubted
_PATH: Final = re.compile(r"/ws/([A-Za-z0-9_-]{4,32})/([a-z]{1,20})")
_log: Final = logging.getLogger("opgavebord.web.sockets")


class Wire:
    """One accepted socket, as `sync` wants to have it."""

    __slots__ = ("_send", "_straight", "closed")

    def __init__(self, send: Send, straight: Straight | None = None) -> None:
        self._send = send
        self._straight = straight
        self.closed = False

    def hand_over(self, give: Give) -> None:
        """Messages need not come by way of `receive` any more, where the server can do so."""
        if self._straight is not None:
            self._straight.hand_over(give)

    def send_now(self, data: bytes, binary: bool) -> bool:
        """Send it if that needs no waiting."""
        return self._straight is not None and self._straight.tell_now(data, binary)

    async def send(self, data: bytes, binary: bool) -> None:
        if self._straight is not None:
            await self._straight.tell(data, binary)
        elif binary:
            await self._send({"type": "websocket.send", "bytes": data})
        else:
            await self._send({"type": "websocket.send", "text": data.decode()})

    async def close(self, code: int) -> None:
        if not self.closed:
            self.closed = True
            reason = protocol.FAREWELLS.get(code, "")
            await self._send({"type": "websocket.close", "code": code, "reason": reason})


class _Held(Struct):
    """A socket that was let in, and by what."""

    sprint: str
    seat: Seat
    proof: str  # the hash of its token
    connection: Connection


class Sockets:
    def __init__(
        self,
        settings: Settings,
        seats: Seats,
        rooms: Rooms,
        watch: Watch,
        *,
        shared: bool = False,
    ) -> None:
        """`shared`: other processes may take seats away too."""
        self._settings = settings
        self._seats = seats
        self._rooms = rooms
        self._watch = watch
        self._by_address: Counter[str] = Counter()
        self._shared = shared
        self._held: dict[int, _Held] = {}
        self._next = 1
        self._doubted: dict[str, float] = {}  # seats, and until when
        self._doubtful: set[int] = set()  # sockets to look at now
        self._bell = asyncio.Event()
        self._checking: asyncio.Task[None] | None = None
        rooms.doubt = self.doubt

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (await receive())["type"] != "websocket.connect":
            return
        knocks = visitor(scope, self._settings)
        asked = _PATH.fullmatch(inside(scope))
        if asked is None or not welcome_origin(knocks, self._settings):
            self._watch.count("origin_rejected", "socket" if asked else "address")
            _log.warning("a socket from elsewhere was refused")
            await send({"type": "websocket.close"})  # before accepting: 403
            return
        wire = Wire(send, scope.get("extensions", {}).get(EXTENSION))
        if self._crowded(knocks.address):
            await send({"type": "websocket.accept"})
            await self._turn_away(wire, protocol.CROWDED, CROWDED_RETRY_MS)
            return
        self._by_address[knocks.address] += 1
        self._watch.sockets += 1
        try:
            await self._hold(knocks, asked[1], asked[2], wire, receive, send)
        finally:
            self._watch.sockets -= 1
            self._by_address[knocks.address] -= 1
            if not self._by_address[knocks.address]:
                del self._by_address[knocks.address]

    async def _hold(
        self, knocks: Visitor, sprint: str, role: str, wire: Wire, receive: Receive, send: Send
    ) -> None:
        """From the accepted handshake to the last message."""
        try:
            seat = await self._seat(knocks, sprint, role)
        except (StorageTrouble, StorageLost):
            await send({"type": "websocket.accept"})
            await self._turn_away(wire, protocol.RESTART, TROUBLE_RETRY_MS)
            return
        await send({"type": "websocket.accept"})
        if seat is None:
            await self._turn_away(wire, protocol.NO_SEAT, None)
            return
        connection = await self._rooms.connect(sprint, seat, wire)
        number = self._remember(knocks, sprint, seat, connection)
        try:
            wire.hand_over(connection.receive)
            while True:
                message = await receive()
                if message["type"] != "websocket.receive":
                    wire.closed = True
                    self._watch.count("ws_close", closed_with(message.get("code")))
                    return
                text = message.get("text")
                connection.receive(text if text is not None else message.get("bytes") or b"")
        finally:
            del self._held[number]
            await connection.gone()

    # -- seats that were taken away ---------------------------------------------------

    async def part(self, sprint: str, seats: Collection[str], code: int) -> None:
        """These seats were taken away, or moved, just now and here."""
        self.doubt(sprint, seats)  # one may be half way in
        await self._rooms.close_seats(sprint, seats, code)

    def doubt(self, sprint: str, seats: Collection[str]) -> None:
        """Somebody says that these seats were taken away. Look whether that is true."""
        until = time.monotonic() + DOUBT_SECONDS
        for seat in seats:
            self._doubted.pop(seat, None)
            self._doubted[seat] = until
        while len(self._doubted) > DOUBTED:
            del self._doubted[next(iter(self._doubted))]
        gone = frozenset(seats)
        here = [n for n, one in self._held.items() if one.seat.id in gone and one.sprint == sprint]
        self._look_at(here)

    def _remember(self, knocks: Visitor, sprint: str, seat: Seat, connection: Connection) -> int:
        token = knocks.cookies.get(cookie_name(seat.role, sprint, knocks.secure, knocks.path), "")
        number, self._next = self._next, self._next + 1
        self._held[number] = _Held(sprint, seat, tokens.digest(token), connection)
        if self._doubted.get(seat.id, 0.0) > time.monotonic():
            self._look_at([number])
        elif self._shared:
            self._look_at([])
        return number

    def _look_at(self, numbers: Collection[int]) -> None:
        self._doubtful.update(numbers)
        if numbers:
            self._bell.set()
        if self._checking is None and self._held:
            self._checking = asyncio.create_task(self._check())

    async def _check(self) -> None:
        """As long as anybody is here: send away whose seat is not theirs any more."""
        try:
            last = time.monotonic()
            while self._held and (self._shared or self._doubtful):
                with suppress(TimeoutError):
                    async with asyncio.timeout_at(
                        asyncio.get_running_loop().time() + last + CHECK_SECONDS - time.monotonic()
                    ):
                        await self._bell.wait()
                self._bell.clear()
                asked = self._doubtful
                if time.monotonic() >= last + CHECK_SECONDS:
                    asked, last = set(self._held), time.monotonic()
                self._doubtful = set()
                if not await self._part_with_strangers(
                    [self._held[n] for n in asked if n in self._held]
                ):
                    self._doubtful |= asked
                    self._bell.set()
                    await asyncio.sleep(1.0)
                await asyncio.sleep(CHECK_LEAST)
        except Exception:
            _log.exception("seats can not be checked")
        finally:
            self._checking = None

    async def _part_with_strangers(self, looked_at: list[_Held]) -> bool:
        """False: the database could not say."""
        if not looked_at:
            return True
        sprints = {one.sprint for one in looked_at}
        try:
            held = await self._seats.proofs(sprints, {one.seat.id for one in looked_at})
        except (StorageTrouble, StorageLost) as trouble:
            _log.warning("seats can not be checked now: %s", trouble)
            return False
        for one in looked_at:
            proof = held.get((one.sprint, one.seat.id))
            if proof == one.proof:
                continue
            if (one.sprint, "") not in held:
                code = protocol.NO_SEAT
            else:
                code = protocol.REPLACED if proof is None else protocol.MOVED
            self._watch.count("seats_parted", protocol.FAREWELLS[code])
            one.connection.farewell(code, None)
        return True

    async def _seat(self, knocks: Visitor, sprint: str, role: str) -> Seat | None:
        for known in VISITORS:
            if known == role:
                token = knocks.cookies.get(cookie_name(known, sprint, knocks.secure, knocks.path))
                return await self._seats.of(sprint, known, token)
        return None

    def _crowded(self, address: str) -> bool:
        return (
            self._watch.sockets >= limits.SOCKETS_PER_SERVER
            or self._by_address[address] >= limits.SOCKETS_PER_ADDRESS
        )

    async def _turn_away(self, wire: Wire, code: int, retry_ms: int | None) -> None:
        self._watch.count("ws_refused", protocol.FAREWELLS[code])
        if code == protocol.CROWDED:
            self._watch.count("rate_limited", "sockets")
        await wire.send(protocol.encode(protocol.Bye(code, retry_ms)), binary=False)
        await wire.close(code)


def closed_with(code: object) -> str:
    """A close code as a label. A client may close with any number; those of its own are one."""
    return str(code) if code in OF_THE_PROTOCOL or code in protocol.FAREWELLS else "other"
