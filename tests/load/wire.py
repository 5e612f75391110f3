"""The client's end of the wire, as thin as it can be: one WebSocket, and one HTTP request.

A load generator must not be what is measured. This one keeps no queue, makes no task per
connection and hands every complete message to its owner straight from the loop's read. Frames
go out with a mask of four zero bytes: lawful, the server unmasks them like any other, and the
generator saves the work. Everything else is real: sockets, handshake, Origin, Cookie, ping.
"""

import asyncio
import base64
import os
import socket
from collections.abc import Callable
from time import perf_counter
from typing import Final, cast

import msgspec

TEXT: Final = 1
BINARY: Final = 2
CLOSE: Final = 8
PING: Final = 9

OnMessage = Callable[[bytes, bool, float], None]
"""Payload, whether it is binary, and the moment (perf_counter) it was read."""

OnClose = Callable[[int], None]


class WireError(Exception):
    """The other side did not do what the protocol says."""


def framed(payload: bytes, opcode: int = TEXT) -> bytes:
    """One masked client frame around a payload."""
    size = len(payload)
    if size < 126:
        head = bytes((0x80 | opcode, 0x80 | size, 0, 0, 0, 0))
    elif size < 65536:
        head = bytes((0x80 | opcode, 0xFE, size >> 8, size & 255, 0, 0, 0, 0))
    else:
        head = bytes((0x80 | opcode, 0xFF)) + size.to_bytes(8, "big") + b"\0\0\0\0"
    return head + payload


class Wire(asyncio.Protocol):
    """One WebSocket connection. `bytes_in` and `frames_in` count what really came."""

    __slots__ = (
        "_close_code",
        "_closed",
        "_have",
        "_need",
        "_on_close",
        "_on_message",
        "_open",
        "_parts",
        "_request",
        "bytes_in",
        "frames_in",
        "transport",
    )

    def __init__(self, request: bytes, on_message: OnMessage, on_close: OnClose) -> None:
        self.transport: asyncio.Transport | None = None
        self.bytes_in = 0
        self.frames_in = 0
        self._request = request
        self._on_message = on_message
        self._on_close = on_close
        self._open: asyncio.Future[None] | None = asyncio.get_running_loop().create_future()
        self._closed = False
        self._close_code = 1006
        self._parts: list[bytes] = []
        self._have = 0
        self._need = 0

    async def opened(self) -> None:
        if self._open is not None:
            await self._open

    def send(self, frames: bytes) -> None:
        """Write frames that `framed` made; several may be joined."""
        if self.transport is not None and not self._closed:
            self.transport.write(frames)

    def close(self) -> None:
        self._closed = True
        if self.transport is not None:
            self.transport.abort()

    # -- called by the loop -----------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        sock = transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.transport.write(self._request)

    def connection_lost(self, trouble: Exception | None) -> None:
        self.transport = None
        if self._open is not None and not self._open.done():
            self._open.set_exception(WireError("closed before the handshake was done"))
            self._open.exception()  # seen, also when nobody waits any more
        elif not self._closed:
            self._on_close(self._close_code)
        self._closed = True

    def data_received(self, data: bytes) -> None:
        now = perf_counter()
        self.bytes_in += len(data)
        if self._parts:
            self._parts.append(data)
            self._have += len(data)
            if self._have < self._need:
                return
            data = b"".join(self._parts)
            self._parts = []
        if self._open is not None:
            rest = self._handshake(data)
            if rest is None:
                return
            data = rest
        self._frames(data, now)

    # -- reading ----------------------------------------------------------------------

    def _keep(self, rest: bytes, need: int) -> None:
        if rest:
            self._parts = [rest]
            self._have = len(rest)
            self._need = need

    def _handshake(self, data: bytes) -> bytes | None:
        assert self._open is not None
        end = data.find(b"\r\n\r\n")
        if end < 0:
            self._keep(data, len(data) + 1)
            return None
        answered, self._open = self._open, None
        if not data.startswith(b"HTTP/1.1 101"):
            first = data[: data.index(b"\r\n")].decode("latin-1")
            answered.set_exception(WireError(f"no WebSocket but: {first}"))
            self.close()
            return None
        answered.set_result(None)
        return data[end + 4 :]

    def _frames(self, data: bytes, now: float) -> None:
        at, end = 0, len(data)
        while end - at >= 2:
            size = data[at + 1]
            start = at + 2
            if size == 126:
                start = at + 4
                if end < start:
                    break
                size = data[at + 2] << 8 | data[at + 3]
            elif size == 127:
                start = at + 10
                if end < start:
                    break
                size = int.from_bytes(data[at + 2 : at + 10], "big")
            stop = start + size
            if stop > end:
                self._keep(data[at:], stop - at)
                return
            opcode = data[at] & 15
            if opcode in (TEXT, BINARY):
                self.frames_in += 1
                self._on_message(data[start:stop], opcode == BINARY, now)
                if self._closed:
                    return
            elif opcode == PING:
                self.send(framed(data[start:stop], 10))
            elif opcode == CLOSE:
                self._close_code = int.from_bytes(data[start : start + 2], "big") or 1005
                self.send(framed(data[start : start + 2], CLOSE))
            at = stop
        self._keep(data[at:], end - at + 1)


async def connect(
    port: int,
    path: str,
    on_message: OnMessage,
    on_close: OnClose,
    *,
    cookie: str = "",
    origin: str = "",
    source: str = "127.0.0.1",
) -> Wire:
    """Open a WebSocket to the server on loopback. `source` lets a crowd have several addresses."""
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        f"Origin: {origin or f'http://127.0.0.1:{port}'}",
    ]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    loop = asyncio.get_running_loop()
    _, wire = await loop.create_connection(
        lambda: Wire(request, on_message, on_close), "127.0.0.1", port, local_addr=(source, 0)
    )
    await wire.opened()
    return wire


class Answer(msgspec.Struct, frozen=True):
    """An HTTP answer, as far as a device needs it."""

    status: int
    body: bytes
    cookies: tuple[str, ...]  # "name=value"
    bytes_in: int


async def ask(
    port: int,
    method: str,
    path: str,
    body: object = None,
    *,
    cookie: str = "",
    source: str = "127.0.0.1",
) -> Answer:
    """One HTTP request on a connection of its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))
    try:
        content = msgspec.json.encode(body) if body is not None else b""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"Origin: http://127.0.0.1:{port}\r\nConnection: close\r\n"
            + (f"Cookie: {cookie}\r\n" if cookie else "")
            + (
                f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
                if body is not None
                else ""
            )
            + "\r\n"
        )
        writer.write(head.encode() + content)
        raw = await reader.read(-1)
    finally:
        writer.close()
    top, _, rest = raw.partition(b"\r\n\r\n")
    lines = top.decode("latin-1").split("\r\n")
    if not lines[0].startswith("HTTP/1.1 "):
        raise WireError(f"no HTTP answer to {method} {path}")
    cookies = tuple(
        line.split(":", 1)[1].strip().split(";", 1)[0]
        for line in lines[1:]
        if line.lower().startswith("set-cookie:")
    )
    return Answer(int(lines[0].split(" ")[1]), rest, cookies, len(raw))
