"""A real server process, starved and flooded: who misbehaves harms nobody else."""

import asyncio
import socket

import pytest

from tests.faults.crowd import Crowd
from tests.server import Server

pytestmark = pytest.mark.faults


async def test_who_stops_reading_harms_nobody_and_does_not_stop_shutdown(server: Server) -> None:
    hall = Crowd(server)
    deaf, reader, *crowd = await hall.come(8)
    assert deaf.wire is not None
    assert deaf.wire.transport is not None
    deaf.wire.transport.pause_reading()  # type: ignore[attr-defined]
    line: socket.socket = deaf.wire.transport.get_extra_info("socket")
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    for round in range(20):  # some 280 kB of frames for everybody
        names = [(tablet, tablet.write(f"{round} " + "woord " * 300)) for tablet in crowd]
        for tablet, name in names:
            await tablet.answered(name, patience=10)
    await reader.answered(reader.write("ik ook"), patience=10)
    assert await asyncio.to_thread(server.stop, 10) == 0
    await hall.go_home()


async def test_a_message_over_64_kib_closes_its_own_socket_only(server: Server) -> None:
    hall = Crowd(server)
    loud, calm = await hall.come(2)
    loud.send_raw(b"x" * (64 * 1024 + 1))
    await loud.until(lambda: loud.farewells == [1009])
    await calm.answered(calm.write("rustig verder"), patience=10)
    await loud.until(lambda: loud.in_sync)
    await hall.go_home()
