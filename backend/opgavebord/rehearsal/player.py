"""Plays one robot over a real socket: hello, what it sees, what it asks, and back after a break.

It keeps the sprint as a tablet does, by applying what the server tells, so what a robot knows is what a
participant may see.
"""

import asyncio
import random
import secrets
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from .. import protocol
from ..protocol import Do, Frame, Hello, Mine, ServerMessage, Snapshot, Welcome
from ..sprint.change import BadChange, apply
from ..sprint.history import read_change
from ..sprint.sprint import Sprint
from .robot import Person, next_wish

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

AGAIN_SECONDS: Final = 2.0

_message: Final[msgspec.json.Decoder[ServerMessage]] = msgspec.json.Decoder(ServerMessage)


class Way(Struct, frozen=True):
    """How this server is reached from this machine."""

    url: str  # of the socket, without the path
    origin: str
    tls: ssl.SSLContext | None = None


class Player:
    def __init__(
        self,
        way: Way,
        path: str,
        cookie: str,
        person: Person,
        *,
        chance: random.Random,
        pause: Callable[[], float],
    ) -> None:
        self.person = person
        self.asked = 0
        self.refused = 0
        self._way = way
        self._path = path
        self._cookie = cookie
        self._chance = chance
        self._pause = pause
        self._device = secrets.token_urlsafe(16)
        self._seen = Sprint()
        self._number = 0
        self._waits_for: str | None = None  # the name that has no answer yet

    async def play(self) -> None:
        """Until it is cancelled, or this seat is no longer welcome."""
        # A client of websockets is half of the library; a server that rehearses nothing starts without it.
        from websockets.asyncio.client import connect
        from websockets.exceptions import ConnectionClosed, InvalidHandshake
        from websockets.typing import Origin

        while True:
            with suppress(OSError, TimeoutError, InvalidHandshake, ConnectionClosed):
                async with connect(
                    self._way.url + self._path,
                    origin=Origin(self._way.origin),
                    additional_headers={"Cookie": self._cookie},
                    compression=None,
                    max_size=None,
                    ssl=self._way.tls,
                ) as socket:
                    if not await self._talk(socket):
                        return
            await asyncio.sleep(AGAIN_SECONDS * (1 + self._chance.random()))

    async def _talk(self, socket: "ClientConnection") -> bool:
        """Returns whether to come back after the socket closed."""
        self._waits_for = None
        await socket.send(_text(Hello(v=protocol.VERSION, device=self._device)))
        acting = asyncio.create_task(self._act(socket))
        try:
            async for data in socket:
                self._hear(data)
        finally:
            acting.cancel()
            await asyncio.wait([acting])
        return socket.close_code not in (protocol.NO_SEAT, protocol.REMOVED, protocol.OLD_VERSION)

    async def _act(self, socket: "ClientConnection") -> None:
        while True:
            await asyncio.sleep(self._pause())
            if self._waits_for is not None or self._seen.head == 0:
                continue
            wish = next_wish(self.person, self._seen, self._chance)
            if wish is None:
                continue
            self._number += 1
            self._waits_for = f"{self._device}.{self._number}"
            self.asked += 1
            await socket.send(_text(Do(self._waits_for, msgspec.Raw(msgspec.json.encode(wish)))))

    def _hear(self, data: str | bytes) -> None:
        match _message.decode(data):
            case Welcome(seat=seat):
                self.person.seat = seat.id
            case Snapshot(head, records):
                self._seen = Sprint()
                for record in records:
                    self._seen.put(record)
                self._seen.head = head
            case Mine(records):
                for record in records:
                    self._seen.put(record)
            case Frame() as frame:
                self._follow(frame)
            case _:
                pass

    def _follow(self, frame: Frame) -> None:
        for event in frame.events:
            if event.seq > self._seen.head:
                with suppress(BadChange):  # a robot that stumbles misses something, no more
                    apply(self._seen, read_change(msgspec.json.encode(event.change)))
        self._seen.head = max(self._seen.head, frame.to)
        for ack in frame.acks:
            if ack.id == self._waits_for:
                self._waits_for = None
                self.refused += ack.refusal is not None


def _text(message: object) -> str:
    return msgspec.json.encode(message).decode()
