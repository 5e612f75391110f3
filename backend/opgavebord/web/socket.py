"""The socket: `GET /ws/<sprint>/<role>`, plain ASGI.

Before a word is spoken: the origin is exactly right (or 403, before anything is accepted: a browser
sends cookies along with a socket that any website opens), there is room, and the cookie is a seat
at this sprint. Then the conversation is `sync`'s; this file only carries.

Reading never waits for anything but the next message: while it would wait, the server could not
see the answers to its own pings and would drop a healthy tablet.
"""

import logging
import re
from collections import Counter
from typing import Final

from .. import protocol
from ..people import tokens
from ..people.seats import VISITORS, Seats, cookie_name
from ..settings import Settings
from ..sprint import limits
from ..sprint.sprint import Seat
from ..storage.trouble import StorageLost, StorageTrouble
from ..sync.rooms import Rooms
from ..watch import Watch
from .below import inside
from .gate import Receive, Scope, Send
from .straight import EXTENSION, Give, Straight
from .visitor import Visitor, visitor, welcome_origin

OF_THE_PROTOCOL: Final = (1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1011, 1012, 1013)
CROWDED_RETRY_MS: Final = 60_000
TROUBLE_RETRY_MS: Final = 2_000
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


class Sockets:
    def __init__(self, settings: Settings, seats: Seats, rooms: Rooms, watch: Watch) -> None:
        self._settings = settings
        self._seats = seats
        self._rooms = rooms
        self._watch = watch
        self._by_address: Counter[str] = Counter()
        self.revoked: set[str] = set()  # seats that were taken away; one may be half way in
        self.moved: dict[str, str] = {}  # seats that moved, and the hash of the token that counts

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
        try:
            if seat.id in self.revoked:
                connection.farewell(protocol.REPLACED, None)
            elif not self._still(knocks, sprint, seat):
                connection.farewell(protocol.MOVED, None)
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
            await connection.gone()

    async def _seat(self, knocks: Visitor, sprint: str, role: str) -> Seat | None:
        for known in VISITORS:
            if known == role:
                token = knocks.cookies.get(cookie_name(known, sprint, knocks.secure, knocks.path))
                return await self._seats.of(sprint, known, token)
        return None

    def _still(self, knocks: Visitor, sprint: str, seat: Seat) -> bool:
        """Whether the seat did not move to another device while this one came in."""
        counts = self.moved.get(seat.id)
        if counts is None:
            return True
        token = knocks.cookies.get(cookie_name(seat.role, sprint, knocks.secure, knocks.path), "")
        return tokens.digest(token) == counts

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
