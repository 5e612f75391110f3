"""A bad network, to put between a browser and a server: cuts, silence, delay, refusal.

It works on bytes of TCP, so a socket breaks the way it breaks in a village hall, and it needs no
rights. All of it runs in the loop of the test; every gesture takes effect at once:

* `cut`     resets all connections there are (a router that restarts),
* `refuse`  resets new ones as they come (no network),
* `stall`   keeps connections open but lets nothing through; what was sent waits (a frozen line),
* `delay`   lets every byte arrive so many seconds later, in order,
* `narrow`  takes in so many bytes a second of each direction, so that the sender feels it,
* `serve`   is a good network again.
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator
from typing import Final, Self

CHUNK: Final = 64 * 1024
TRICKLE: Final = 2 * 1024
WAITING_CHUNKS: Final = 64  # then the sender feels it, as it would on a real line
RESET: Final = struct.pack("ii", 1, 0)  # SO_LINGER: close with a reset, not with a goodbye


class FaultProxy:
    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self._upstream = (host, port)
        self._delay = 0.0
        self._rate: float | None = None
        self._refusing = False
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._open: set[asyncio.StreamWriter] = set()
        self._conversations: set[asyncio.Task[None]] = set()
        self.accepted = 0

    @classmethod
    @contextlib.asynccontextmanager
    async def before(cls, port: int) -> AsyncIterator[Self]:
        """A running proxy in front of a local port, closed afterwards."""
        proxy = cls(port)
        listening = await asyncio.start_server(proxy._accept, "127.0.0.1", 0)
        proxy.port = listening.sockets[0].getsockname()[1]
        proxy.url = f"http://127.0.0.1:{proxy.port}"
        try:
            yield proxy
        finally:
            listening.close()
            proxy.refuse()
            proxy.cut()
            for conversation in proxy._conversations:
                conversation.cancel()
            await asyncio.gather(*proxy._conversations, return_exceptions=True)

    port: int
    url: str

    # -- gestures ---------------------------------------------------------------------

    def serve(self) -> None:
        self._refusing = False
        self._delay = 0.0
        self._rate = None
        self._flowing.set()

    def cut(self) -> None:
        for writer in list(self._open):
            _reset(writer)

    def refuse(self) -> None:
        self._refusing = True

    def stall(self) -> None:
        self._flowing.clear()

    def delay(self, seconds: float) -> None:
        self._delay = seconds

    def narrow(self, bytes_a_second: float) -> None:
        self._rate = bytes_a_second

    # -- one connection ---------------------------------------------------------------

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        if self._refusing:
            _reset(writer)
            return
        conversation = asyncio.create_task(self._converse(reader, writer))
        self._conversations.add(conversation)
        conversation.add_done_callback(self._conversations.discard)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            up_reader, up_writer = await asyncio.open_connection(*self._upstream)
        except OSError:  # the server is down
            _reset(writer)
            return
        ends = {writer, up_writer}
        self._open |= ends
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._carry(reader, up_writer))
                group.create_task(self._carry(up_reader, writer))
        finally:
            self._open -= ends
            for end in ends:
                end.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One direction, until either end is gone."""
        on_its_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(WAITING_CHUNKS)
        clock = asyncio.get_running_loop().time

        async def take() -> None:
            data = b"-"
            while data:
                try:
                    data = await reader.read(CHUNK if self._rate is None else TRICKLE)
                    if self._rate is not None:
                        await asyncio.sleep(len(data) / self._rate)
                except OSError:
                    data = b""
                await on_its_way.put((clock() + self._delay, data))

        taking = asyncio.create_task(take())
        try:
            while True:
                due, data = await on_its_way.get()
                await asyncio.sleep(max(0.0, due - clock()))
                await self._flowing.wait()
                if not data:
                    break
                writer.write(data)
                await writer.drain()
            if writer.can_write_eof() and not writer.is_closing():
                writer.write_eof()
        except OSError:
            pass
        finally:
            taking.cancel()
            await asyncio.gather(taking, return_exceptions=True)


def _reset(writer: asyncio.StreamWriter) -> None:
    line = writer.get_extra_info("socket")
    if line is not None:
        with contextlib.suppress(OSError):
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()
