"""A real server process, starved and flooded: who misbehaves harms nobody else."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING

import pytest
from websockets.exceptions import ConnectionClosed

from .visitor import Visitor

if TYPE_CHECKING:
    from tests.server import Server

pytestmark = pytest.mark.faults


async def test_who_stops_reading_harms_nobody_and_does_not_stop_shutdown(server: Server) -> None:
    reader = await Visitor.of(server.url, server.links["join_code"])
    deaf = await Visitor.of(server.url, server.links["join_code"])
    crowd = [await Visitor.of(server.url, server.links["join_code"]) for _ in range(6)]
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(deaf.on_the_line())
        assert deaf.line is not None
        deaf.line.transport.pause_reading()
        line: socket.socket = deaf.line.transport.get_extra_info("socket")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        for tablet in [reader, *crowd]:
            await stack.enter_async_context(tablet.on_the_line())
        for round in range(20):  # some 280 kB of frames for everybody
            names = [(tablet, await tablet.write(f"{round} " + "woord " * 300)) for tablet in crowd]
            for tablet, name in names:
                await asyncio.wait_for(tablet.hear_until_answered(name), 10)
        mine = await reader.write("ik ook")
        await asyncio.wait_for(reader.hear_until_answered(mine), 10)
        assert await asyncio.to_thread(server.stop, 10) == 0
        deaf.line.transport.abort()


async def test_a_message_over_64_kib_closes_its_own_socket_only(server: Server) -> None:
    loud = await Visitor.of(server.url, server.links["join_code"])
    calm = await Visitor.of(server.url, server.links["join_code"])
    async with calm.on_the_line():
        with pytest.raises(ConnectionClosed) as closed:
            async with loud.on_the_line():
                assert loud.line is not None
                await loud.line.send("x" * (64 * 1024 + 1))
                while True:
                    await loud.hear()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009
        name = await calm.write("rustig verder")
        await asyncio.wait_for(calm.hear_until_answered(name), 10)
