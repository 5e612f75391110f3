"""A real server process, killed and starved. What it acknowledged is there; nothing is double."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import sqlite3
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from opgavebord.storage.sqlite import FILE
from tests.server import ROOT

from .visitor import Visitor

if TYPE_CHECKING:
    from tests.server import Server

pytestmark = pytest.mark.faults

KILLS = 20


async def test_nothing_acknowledged_is_missing_after_a_kill(server: Server) -> None:
    """Four tablets write without pause; the server is killed at some moment, again and again."""
    chance = random.Random(7)
    tablets = [await Visitor.of(server.url, server.links["join_code"]) for _ in range(4)]

    async def write_until_it_breaks(tablet: Visitor) -> None:
        with contextlib.suppress(ConnectionClosed, InvalidHandshake, OSError):
            async with tablet.on_the_line():
                while True:
                    name = await tablet.write(f"{tablet.device[:4]} {tablet.number}")
                    await tablet.hear_until_answered(name)

    for _ in range(KILLS):
        writing = [asyncio.create_task(write_until_it_breaks(tablet)) for tablet in tablets]
        await asyncio.sleep(
            chance.uniform(0.02, 0.4)
        )  # the moment of the kill, not a wait for anything
        server.kill()
        await asyncio.gather(*writing)
        await asyncio.to_thread(server.restart)

    for tablet in tablets:  # back once more: what had no answer gets one
        async with tablet.on_the_line():
            await tablet.hear_until_answered(*tablet.said)
    server.stop()

    with contextlib.closing(sqlite3.connect(server.data_dir / FILE)) as kept:
        rows = kept.execute("select device, number, seq, refusal from event")
        log = {f"{device}.{number}": (seq, refusal) for device, number, seq, refusal in rows}
        written = Counter(text for (text,) in kept.execute("select text from note"))
    acknowledged = 0
    for tablet in tablets:
        for name, answer in tablet.acks.items():
            assert log[name] == answer
            acknowledged += 1
        for name, command in tablet.said.items():
            assert written[command["text"]] == (tablet.acks[name][1] is None)
    assert acknowledged > KILLS
    subprocess.run(
        [sys.executable, "-m", "opgavebord", "check"],
        check=True,
        env={"PYTHONPATH": str(ROOT / "backend"), "OPGAVEBORD_DATA_DIR": str(server.data_dir)},
    )


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
