"""The raw floor: what Python with `websockets` costs when a server knows and keeps nothing.

Every message of anybody is copied to everybody in the same room (the path), as it came: no
parsing, no rules, no numbers, no disk. Two things make it comparable in the other workloads:
started with `--blob`, it answers the first message of a connection with those bytes (what a
join costs at least), and `/healthz` tells that it runs.

    python -m tests.load.floor --port 9000 [--blob snapshot.gz]
"""

import argparse
import asyncio
from http import HTTPStatus
from pathlib import Path

import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response


async def relay(port: int, blob: bytes | None) -> None:
    rooms: dict[str, set[ServerConnection]] = {}

    async def visit(connection: ServerConnection) -> None:
        path = connection.request.path if connection.request else "/"
        room = rooms.setdefault(path, set())
        room.add(connection)
        try:
            if blob is not None:
                await connection.recv()
                await connection.send(blob)
            async for message in connection:
                broadcast(room, message)
        except ConnectionClosed:
            pass
        finally:
            room.discard(connection)

    def health(connection: ServerConnection, request: Request) -> Response | None:
        if request.path == "/healthz":
            return connection.respond(HTTPStatus.OK, "ok\n")
        return None

    async with serve(
        visit,
        "127.0.0.1",
        port,
        compression=None,
        process_request=health,
        ping_interval=None,
        max_queue=None,
        backlog=2048,
    ):
        await asyncio.get_running_loop().create_future()


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.load.floor")
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--blob", type=Path)
    chosen = options.parse_args()
    blob = chosen.blob.read_bytes() if chosen.blob else None
    uvloop.run(relay(chosen.port, blob))


if __name__ == "__main__":
    main()
