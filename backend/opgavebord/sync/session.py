"""The conversation with one device: what may be said when, and how fast. Pure.

A device says `hello` first and is then let into the room; after that it may ask, show its
presence, ask for what it missed, and ping. What can not be read is answered with `bad` and
nothing else happens; too much of it ends the conversation.

Commands over the rate are held back in order, never refused: a table that typed for half an
hour without a network loses nothing by sending it all at once. The bucket belongs to the seat.

`deadline` is the moment at which `tick` wants to be called, or None.
"""

from collections import deque
from typing import Final, Literal

import msgspec
from msgspec import Struct

from .. import protocol
from ..protocol import BadMessage, Do, Hello, Here, Ping, Since
from ..sprint import limits
from ..sprint.commands import AnyCommand
from ..sprint.sprint import Seat
from .effects import Effect, Farewell, Send
from .rate import Bucket
from .room import Room

MINUTE: Final = 60.0
FLOOD_RETRY_MS: Final = 60_000
NUMBER_DIGITS: Final = 10


class Greeting(Struct, tag_field="t", tag="hello"):
    """As much of a hello as every version has, to tell a stranger from a page that is too new."""

    v: int


class Session:
    __slots__ = (
        "_bad",
        "_bucket",
        "_connection",
        "_held",
        "_held_until",
        "_here",
        "_here_from",
        "_pong_from",
        "_room",
        "_seat",
        "_silent_at",
        "_since",
        "_state",
    )

    def __init__(self, connection: int, seat: Seat, room: Room, bucket: Bucket, now: float) -> None:
        self._connection = connection
        self._seat = seat
        self._room = room
        self._bucket = bucket
        self._state: Literal["silent", "talking", "over"] = "silent"
        self._silent_at = now + limits.HELLO_SECONDS
        self._bad: deque[float] = deque()
        self._since: deque[float] = deque()
        self._held: deque[tuple[str, AnyCommand | None]] = deque()
        self._held_until = 0.0
        self._here: Here | None = None  # the latest that came too soon
        self._here_from = 0.0
        self._pong_from = 0.0

    @property
    def over(self) -> bool:
        return self._state == "over"

    @property
    def holding(self) -> int:
        """Commands that are held back."""
        return len(self._held)

    @property
    def deadline(self) -> float | None:
        if self._state == "over":
            return None
        if self._state == "silent":
            return self._silent_at
        at = self._held_until if self._held else None
        if self._here is not None:
            at = self._here_from if at is None else min(at, self._here_from)
        return at

    def receive(self, data: str | bytes, now: float, wall: int) -> list[Effect]:
        """One message of the device."""
        if self._state == "over":
            return []
        try:
            message = protocol.parse(data)
        except BadMessage as bad:
            if self._state == "silent" and _other_version(data):
                return self._end(protocol.OLD_VERSION, now, wall)
            return self._unreadable(bad.why, now, wall)
        if type(message) is Do and self._state == "talking":
            return self._do(message, now, wall)
        if isinstance(message, Hello):
            return self._hello(message, now, wall)
        if self._state == "silent":
            return self._unreadable("order", now, wall)
        match message:
            case Here():
                return self._show(message, now)
            case Ping():
                return self._pong(message, now, wall)
            case Since():
                return self._ask_since(message, now, wall)
        raise AssertionError(message)

    def tick(self, now: float, wall: int) -> list[Effect]:
        """The deadline has come."""
        if self._state == "silent":
            return self._end(protocol.SILENT, now, wall) if now >= self._silent_at else []
        effects: list[Effect] = []
        if self._here is not None and now >= self._here_from:
            here, self._here = self._here, None
            effects += self._show(here, now)
        while self._held and self._state == "talking":
            again = self._bucket.take(now)
            if again:
                self._held_until = again
                break
            name, command = self._held.popleft()
            effects += self._room.do(self._connection, self._seat, name, command, now, wall)
        return effects

    def gone(self, now: float, wall: int) -> list[Effect]:
        """The connection is closed. What was held back will be sent again by the device."""
        if self._state == "over":
            return []
        self._state = "over"
        self._held.clear()
        return self._room.leave(self._connection, now, wall)

    # -- messages ---------------------------------------------------------------------

    def _hello(self, hello: Hello, now: float, wall: int) -> list[Effect]:
        if self._state == "talking":
            return self._unreadable("order", now, wall)
        if hello.v not in protocol.VERSIONS:
            return self._end(protocol.OLD_VERSION, now, wall)
        self._state = "talking"
        return self._room.join(self._connection, self._seat, hello, now, wall)

    def _do(self, message: Do, now: float, wall: int) -> list[Effect]:
        if not is_name(message.id):
            return self._unreadable("shape", now, wall)
        command = protocol.parse_command(message.c)
        if self._held:
            again = self._held_until
        else:
            again = self._bucket.take(now)
            if not again:
                return self._room.do(self._connection, self._seat, message.id, command, now, wall)
        if len(self._held) >= limits.COMMANDS_WAITING:
            return self._end(protocol.FLOOD, now, wall, FLOOD_RETRY_MS)
        self._held.append((message.id, command))
        self._held_until = again
        return []

    def _show(self, here: Here, now: float) -> list[Effect]:
        if now < self._here_from:
            self._here = here
            return []
        self._here = None
        self._here_from = now + 1 / limits.PRESENCE_PER_SECOND
        return self._room.here(self._connection, here, now)

    def _pong(self, ping: Ping, now: float, wall: int) -> list[Effect]:
        if now < self._pong_from:  # as often as presence is often enough
            return []
        self._pong_from = now + 1 / limits.PRESENCE_PER_SECOND
        return [Send(self._connection, protocol.encode(protocol.Pong(ping.at, wall)))]

    def _ask_since(self, since: Since, now: float, wall: int) -> list[Effect]:
        if not _within(self._since, now, MINUTE, limits.SINCE_PER_MINUTE):
            return self._end(protocol.FLOOD, now, wall, FLOOD_RETRY_MS)
        return self._room.since(self._connection, since.head, now, wall)

    # -- endings ----------------------------------------------------------------------

    def _unreadable(
        self, why: Literal["size", "json", "shape", "order"], now: float, wall: int
    ) -> list[Effect]:
        if not _within(self._bad, now, limits.BAD_MESSAGES_SECONDS, limits.BAD_MESSAGES - 1):
            return self._end(protocol.UNREADABLE, now, wall)
        return [Send(self._connection, protocol.encode(protocol.Bad(why)))]

    def _end(self, code: int, now: float, wall: int, retry_ms: int | None = None) -> list[Effect]:
        effects = self.gone(now, wall)
        return [*effects, Farewell(self._connection, code, retry_ms)]


def is_name(name: str) -> bool:
    """Whether this is `<device>.<number>`, written in the one way there is."""
    device, _, number = name.rpartition(".")
    return (
        limits.ID_CHARACTERS_LEAST <= len(device) <= limits.ID_CHARACTERS
        and device.isascii()
        and (device.isalnum() or device.replace("-", "a").replace("_", "a").isalnum())
        and 0 < len(number) <= NUMBER_DIGITS
        and number.isascii()
        and number.isdigit()
        and (number[0] != "0" or number == "0")
    )


def _within(moments: deque[float], now: float, seconds: float, most: int) -> bool:
    """Count this moment; False where there are more than `most` in so many seconds."""
    while moments and moments[0] <= now - seconds:
        moments.popleft()
    if len(moments) >= most:
        return False
    moments.append(now)
    return True


def _other_version(data: str | bytes) -> bool:
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    if len(raw) > limits.MESSAGE_BYTES:
        return False
    try:
        return msgspec.json.decode(raw, type=Greeting).v not in protocol.VERSIONS
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
