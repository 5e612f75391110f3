"""Two servers of two processes behind nginx, on one PostgreSQL with Redis: each is replaced in turn while
people write. Nobody is refused, nothing is lost or doubled, and new people come in all the time."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import socket
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
import websockets

from opgavebord.supervising import Supervisor
from tests import services
from tests.history.driver import Client, History, join, judge, log_of, quieted
from tests.load.wire import WireError
from tests.server import Server

from .fronts import front, plan
from .guest import Guest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.faults

GOODBYE = 10.0  # seconds from SIGTERM to the end


async def test_servers_are_replaced_one_by_one_under_people_who_write(tmp_path: Path) -> None:
    with ExitStack() as around:
        database = around.enter_context(services.postgres())
        planned = plan("nginx", tls=False)
        settings = {
            "OPGAVEBORD_DATABASE": database,
            "OPGAVEBORD_REDIS": around.enter_context(services.redis()),
            "OPGAVEBORD_KEY_FILE": str(tmp_path / "key"),
            "OPGAVEBORD_PROXIES": "127.0.0.1",
        }
        servers = [Server(tmp_path / name, **settings) for name in ("een", "twee")]
        for server in servers:
            server.program += ["--workers", "2"]
            around.callback(server.kill)
            server.start()
        around.enter_context(front(planned, [server.port for server in servers]))

        code = servers[0].links["join_code"]
        sprint = servers[0].links["sprint"]
        history = History()
        clients = [Client(await join(planned.port, code), history) for _ in range(6)]
        zone, before = await where(planned.port, clients[0])
        for client in clients:
            await client.stay()

        done = asyncio.Event()

        async def write(client: Client) -> None:
            while not done.is_set():
                note = secrets.token_urlsafe(16)
                client.say({"do": "note.create", "note": note, "zone": zone, "text": note})
                await asyncio.sleep(0.5)

        came_in: list[bool] = []

        async def come_in() -> None:
            """Whoever knocks in the very moment that a door closes knocks once more."""
            while not done.is_set():
                try:
                    await join(planned.port, code)
                    came_in.append(True)
                except WireError:
                    assert came_in[-1], "nobody was let in twice in a row"
                    came_in.append(False)
                await asyncio.sleep(0.1)

        busy = [asyncio.create_task(write(client)) for client in clients]
        busy.append(asyncio.create_task(come_in()))
        for server in servers:
            written = [len(client.answers) for client in clients]
            assert await asyncio.to_thread(server.stop, GOODBYE) == 0
            # Those who were there go on at the other one.
            for client, n in zip(clients, written, strict=True):
                await client.until(lambda client=client, n=n: len(client.answers) > n + 1)
            await asyncio.to_thread(server.start)
        done.set()
        await asyncio.gather(*busy)
        await quieted(clients)
        assert came_in.count(True) > 10
        assert came_in.count(False) <= len(servers)
        assert all(client.quiet for client in clients)
        assert not [one for client in clients for one in (*client.faults, *client.refused)]
        async with log_of(tmp_path / "een", database) as log:
            assert await judge(history, clients, log, sprint, before=before) == []
        for client in clients:
            await client.leave()


async def where(port: int, client: Client) -> tuple[str, int]:
    """A field of the board that is on, and how far the log is."""
    seat = client.seat
    socket = await websockets.connect(
        f"ws://127.0.0.1:{port}/ws/{seat.sprint}/{seat.role}",
        origin=f"http://127.0.0.1:{port}",  # type: ignore[arg-type]
        additional_headers={"Cookie": seat.cookie},
        max_size=None,
    )
    guest = await Guest.on(socket)
    await guest.leave()
    return guest.zone, guest.head


LINGERING = """
import os, signal, sys, time
handle = int(sys.argv[sys.argv.index("--handle") + 1])
def stop(*_):
    os.close(handle)      # lets nobody in any more
    sys.stdin.readline()  # and says goodbye until its test is over
    os._exit(0)
signal.signal(signal.SIGTERM, stop)
print("up", flush=True)
while True:
    time.sleep(1)
"""


async def test_at_a_door_that_closes_nobody_is_kept_waiting(tmp_path: Path) -> None:
    """While workers say goodbye the port refuses, so that a proxy asks another server at once."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        up = asyncio.Event()
        command = [sys.executable, "-c", LINGERING]
        supervisor = Supervisor(command, door, 1, lambda line: up.set(), say=False)
        running = asyncio.create_task(supervisor.run())
        async with asyncio.timeout(20):
            await up.wait()
            _, knocked = await asyncio.open_connection("127.0.0.1", port)
            knocked.close()
            os.kill(os.getpid(), signal.SIGTERM)
            with pytest.raises(ConnectionRefusedError):
                while True:
                    _, knocked = await asyncio.open_connection("127.0.0.1", port)
                    knocked.close()
                    await asyncio.sleep(0.02)
            assert not running.done()
            for worker in supervisor._running.values():
                assert worker.stdin is not None
                worker.stdin.close()
            assert await running == 0
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().remove_signal_handler(number)
