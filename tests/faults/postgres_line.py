"""The line between a server and its PostgreSQL, which breaks at the worst moment.

It reads along: every message of PostgreSQL begins with a letter and its length, and what a statement did
is said in a `CommandComplete`. So it knows the one moment that matters: PostgreSQL has committed, and
has said so, and nobody has heard it yet. There it cuts.

The address must say `sslmode=disable`: what is encrypted can not be read along.
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Callable
from typing import Final, Self

CHUNK: Final = 64 * 1024
RESET: Final = struct.pack("ii", 1, 0)  # SO_LINGER: close with a reset, not with a goodbye
COMPLETE: Final = ord("C")
WROTE: Final = (b"INSERT", b"UPDATE", b"DELETE")


class PostgresLine:
    """`cuts(so_many)` is asked at every COMMIT of a transaction that wrote: the answer is lost, or not."""

    port: int

    def __init__(self, port: int) -> None:
        self._upstream = port
        self._refusing = False
        self._conversations: set[asyncio.Task[None]] = set()
        self.commits = 0  # of transactions that wrote
        self.cut = 0
        self.cuts: Callable[[int], bool] = lambda commits: False

    @classmethod
    @contextlib.asynccontextmanager
    async def before(cls, port: int) -> AsyncIterator[Self]:
        line = cls(port)
        listening = await asyncio.start_server(line._accept, "127.0.0.1", 0)
        line.port = listening.sockets[0].getsockname()[1]
        try:
            yield line
        finally:
            listening.close()
            for conversation in line._conversations:
                conversation.cancel()
            await asyncio.gather(*line._conversations, return_exceptions=True)

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres?sslmode=disable"

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._talk(reader, writer))
        self._conversations.add(task)
        task.add_done_callback(self._conversations.discard)

    async def _talk(self, asks: asyncio.StreamReader, hears: asyncio.StreamWriter) -> None:
        answers, told = await asyncio.open_connection("127.0.0.1", self._upstream)
        up = asyncio.create_task(_hand_on(asks, told))
        try:
            await self._read_along(answers, hears)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            up.cancel()
            _reset(hears)
            told.close()

    async def _read_along(self, answers: asyncio.StreamReader, hears: asyncio.StreamWriter) -> None:
        wrote = False
        while True:
            head = await answers.readexactly(5)
            body = await answers.readexactly(int.from_bytes(head[1:]) - 4)
            if head[0] == COMPLETE:
                if body.startswith(WROTE):
                    wrote = True
                elif body.startswith(b"COMMIT") and wrote:
                    wrote = False
                    self.commits += 1
                    if self.cuts(self.commits):
                        self.cut += 1
                        return
                elif body.startswith((b"COMMIT", b"ROLLBACK", b"BEGIN")):
                    wrote = False
            hears.write(head + body)
            await hears.drain()


async def _hand_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
    writer.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    line = writer.get_extra_info("socket")
    if line is not None:
        with contextlib.suppress(OSError):
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()
