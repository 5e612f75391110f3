"""The bad network does what it says, so that a test which fails on it speaks of the product."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

import pytest

from tests.faults.proxy import FaultProxy

pytestmark = pytest.mark.faults


@asynccontextmanager
async def echo() -> AsyncIterator[FaultProxy]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(1000):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        async with FaultProxy.before(server.sockets[0].getsockname()[1]) as proxy:
            yield proxy
    finally:
        server.close()


class Line:
    """One open connection through the proxy."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    @asynccontextmanager
    async def to(cls, proxy: FaultProxy) -> AsyncIterator["Line"]:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        try:
            yield cls(reader, writer)
        finally:
            writer.transport.abort()

    async def ask(self, text: bytes, within: float = 5) -> bytes:
        self.writer.write(text)
        return await asyncio.wait_for(self.reader.readexactly(len(text)), within)


async def test_a_good_network_hands_on() -> None:
    async with echo() as proxy, Line.to(proxy) as line:
        assert await line.ask(b"x" * 200_000) == b"x" * 200_000
        line.writer.write_eof()
        assert await line.reader.read() == b""


async def test_a_cut_resets_and_the_next_connection_is_fine() -> None:
    async with echo() as proxy:
        async with Line.to(proxy) as line:
            assert await line.ask(b"before") == b"before"
            proxy.cut()
            with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
                await line.ask(b"after")
        async with Line.to(proxy) as line:
            assert await line.ask(b"again") == b"again"


async def test_refusing_turns_away_who_comes_and_leaves_who_is_there() -> None:
    async with echo() as proxy, Line.to(proxy) as there:
        assert await there.ask(b"hello") == b"hello"
        proxy.refuse()
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            async with Line.to(proxy) as comes:
                await comes.ask(b"hello")
        assert await there.ask(b"still") == b"still"
        proxy.serve()
        async with Line.to(proxy) as comes:
            assert await comes.ask(b"hello") == b"hello"


async def test_a_stall_holds_everything_and_loses_nothing() -> None:
    async with echo() as proxy, Line.to(proxy) as line:
        assert await line.ask(b"before") == b"before"
        proxy.stall()
        with pytest.raises(TimeoutError):
            await line.ask(b"held", within=0.2)
        proxy.serve()
        assert await asyncio.wait_for(line.reader.readexactly(4), 5) == b"held"


async def test_a_delay_comes_late_in_order() -> None:
    async with echo() as proxy, Line.to(proxy) as line:
        proxy.delay(0.1)
        start = monotonic()
        line.writer.write(b"one")
        line.writer.write(b"two")
        assert await asyncio.wait_for(line.reader.readexactly(6), 5) == b"onetwo"
        assert monotonic() - start >= 0.2  # there and back


async def test_a_narrow_line_lets_so_much_through_in_a_second() -> None:
    async with echo() as proxy, Line.to(proxy) as line:
        proxy.narrow(40_000)
        start = monotonic()
        assert await line.ask(b"x" * 10_000) == b"x" * 10_000
        assert monotonic() - start >= 0.25


async def test_a_server_that_is_down_looks_like_a_reset() -> None:
    async with FaultProxy.before(1) as proxy:
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            async with Line.to(proxy) as line:
                await line.ask(b"anybody?")
