"""The socket's own protocol class: every way a message can be cut in frames and frames in packets
gives the same messages in the same order, and what breaks the rules ends as it did before."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
import uvicorn

from opgavebord.web.gate import Receive, Scope, Send
from opgavebord.web.straight import EXTENSION, Straight

LARGEST = 1024
MASK = b"\x01\x02\x03\x04"


def frame(payload: bytes, first: int = 0x81, mask: bytes | None = MASK) -> bytes:
    size = len(payload)
    bit = 0x80 if mask else 0
    if size < 126:
        head = bytes((first, bit | size))
    elif size < 65_536:
        head = struct.pack("!BBH", first, bit | 126, size)
    else:
        head = struct.pack("!BBQ", first, bit | 127, size)
    if mask is None:
        return head + payload
    return head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


class Visit:
    """A raw connection to an application that notes what it gets and says it back."""

    def __init__(self, heard: list[bytes], port: int) -> None:
        self.heard = heard
        self.port = port

    async def open(self) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writer.write(
            b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        assert (await self.reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")

    async def answer(self) -> tuple[int, bytes]:
        """The next frame of the server: its opcode and its payload."""
        first, size = await self.reader.readexactly(2)
        if size == 126:
            (size,) = struct.unpack("!H", await self.reader.readexactly(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", await self.reader.readexactly(8))
        return first & 15, await self.reader.readexactly(size)

    async def ended(self) -> int:
        """The code in the close frame."""
        while True:
            opcode, payload = await self.answer()
            if opcode == 8:
                code: int = struct.unpack("!H", payload[:2])[0]
                return code


@pytest_asyncio.fixture
async def visit() -> AsyncIterator[Visit]:
    heard: list[bytes] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "websocket"
        straight: Straight = scope["extensions"][EXTENSION]
        await receive()
        await send({"type": "websocket.accept"})

        def give(data: str | bytes) -> None:
            raw = data.encode() if isinstance(data, str) else data
            heard.append(raw)
            straight.tell_now(raw, binary=False)

        await asyncio.sleep(0.02)  # what comes first waits in the queue
        straight.hand_over(give)
        while (await receive())["type"] == "websocket.receive":
            raise AssertionError("a message took the long way")

    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(
            application,
            ws=Straight,
            ws_max_size=LARGEST,
            ws_per_message_deflate=False,
            lifespan="off",
            log_config=None,
            timeout_graceful_shutdown=1,
        )
    )
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        await asyncio.sleep(0.01)
    visit = Visit(heard, listening.getsockname()[1])
    await visit.open()
    yield visit
    visit.writer.close()
    server.should_exit = True
    await serving


MESSAGES = [
    b"a",
    b'{"t":"hello"}',
    "één, \U0001f33b".encode(),
    b"x" * 125,
    b"x" * 126,
    b"y" * LARGEST,
]


@pytest.mark.parametrize("packet", [1, 2, 7, 100, 5000])
async def test_messages_come_whole_and_in_order_however_they_are_cut(
    visit: Visit, packet: int
) -> None:
    stream = b""
    for message in MESSAGES:
        stream += frame(message)
        stream += frame(b"are you there", 0x89)  # a ping between
        stream += frame(b"in ", 0x01) + frame(b"", 0x89) + frame(b"two", 0x80)
    for start in range(0, len(stream), packet):
        visit.writer.write(stream[start : start + packet])
        await asyncio.sleep(0 if packet > 1 else 0.0001)
    expected = [part for message in MESSAGES for part in (message, b"in two")]
    said: list[bytes] = []
    pongs = 0
    while len(said) < len(expected) or pongs < 2 * len(MESSAGES):
        opcode, payload = await visit.answer()
        if opcode == 1:
            said.append(payload)
        else:
            assert opcode == 10
            pongs += 1
    assert visit.heard == expected
    assert said == expected


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (frame(b"no mask", mask=None), 1002),
        (frame(b"reserved", 0xC1), 1002),
        (frame(b"no such opcode", 0x83), 1002),
        (frame(b"a rest of nothing", 0x80), 1002),
        (frame(b"p" * 126, 0x89), 1002),
        (frame(b"x" * (LARGEST + 1)), 1009),
        (frame(b"x" * (LARGEST + 1))[:8], 1009),
        (struct.pack("!BBQ", 0x81, 0xFF, 2**40) + MASK, 1009),
        (frame(b"\xff\xfe"), 1007),
        (frame(b"\xff", 0x01) + frame(b"\xfe", 0x80), 1007),
        (frame(b"one", 0x01) + frame(b"another"), 1002),
        (frame(struct.pack("!H", 1000), 0x88), 1000),
    ],
)
async def test_what_breaks_the_rules_ends_it(visit: Visit, wrong: bytes, code: int) -> None:
    visit.writer.write(frame(b"first"))
    assert await visit.answer() == (1, b"first")
    visit.writer.write(frame(b"before") + wrong + frame(b"after"))
    assert await visit.ended() == code
    assert visit.heard == [b"first", b"before"]
