"""The two sides that are measured beside each other: our server, and the raw floor.

A `Hall` is a data directory with sprints founded in it through the same door as everything else
(`founding.py`, in a process of its own), and our server run on it as anybody runs it. Only where
a workload asks for more than a table can make (saturation) is it started by `served.py`, with
the rates per seat lifted; the report says so.
"""

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from .device import AnyDevice, Seat, enter, join
from .processes import ROOT, Started, environment, free_port


class Founded(msgspec.Struct, frozen=True):
    """One sprint to play with, and how to get in."""

    sprint: str
    code: str
    wall: str  # secret of the wall link
    regie: str


class Hall:
    """Our server on a data directory of its own."""

    def __init__(self, place: Path, town: str = "", **settings: str) -> None:
        """`town`: the address of a PostgreSQL, where the sprints are not in a file here."""
        self.place = place
        self.data = place / "data"
        self.port = free_port()
        self.town = town
        self.settings = settings | ({"OPGAVEBORD_DATABASE": town} if town else {})
        self.founded: list[Founded] = []
        self.process: Started | None = None
        place.mkdir(parents=True, exist_ok=True)

    # -- the process ------------------------------------------------------------------

    def found(self, sprints: int = 1, notes: int = 300, events: int = 0) -> None:
        """Lay down sprints before the server starts, each with so many notes and events."""
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "tests.load.founding",
                *("--data", str(self.data), "--sprints", str(sprints)),
                *("--notes", str(notes), "--events", str(events), "--town", self.town),
                *(("--key", key) if (key := self.settings.get("OPGAVEBORD_KEY_FILE")) else ()),
            ],
            cwd=ROOT,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"founding failed:\n{done.stderr[-3000:]}")
        self.founded += [
            msgspec.json.decode(line, type=Founded) for line in done.stdout.splitlines()
        ]

    async def start(self, *, lifted: bool = False) -> Started:
        self.launch(lifted=lifted)
        await self.running.answers(self.port)
        return self.running

    def launch(self, *, lifted: bool = False) -> None:
        """Start without waiting. `lifted`: without the rates per seat."""
        module = "tests.load.served" if lifted else "opgavebord"
        self.process = Started(
            ["-m", module, "serve"],
            self.place / "server.log",
            {
                "OPGAVEBORD_PORT": str(self.port),
                "OPGAVEBORD_HOST": "127.0.0.1",
                "OPGAVEBORD_DATA_DIR": str(self.data),
                **self.settings,
            },
        )

    @property
    def running(self) -> Started:
        assert self.process is not None
        return self.process

    def stop(self) -> None:
        if self.process is not None:
            self.process.stop()

    # -- who comes in -----------------------------------------------------------------

    async def seats(self, count: int, sprint: int = 0, source: str = "127.0.0.1") -> list[Seat]:
        """So many people through the door of one sprint, eight at a time."""
        code = self.founded[sprint].code
        gate = asyncio.Semaphore(8)

        async def one() -> Seat:
            async with gate:
                return await join(self.port, code, source)

        return list(await asyncio.gather(*(one() for _ in range(count))))

    async def wall(self, sprint: int = 0) -> Seat:
        return await enter(self.port, self.founded[sprint].wall)


class Floor:
    """The raw floor on a port of its own."""

    def __init__(self, place: Path, blob: bytes | None = None) -> None:
        self.place = place
        self.port = free_port()
        self.process: Started | None = None
        self.blob = blob
        place.mkdir(parents=True, exist_ok=True)

    async def start(self) -> Started:
        self.launch()
        await self.running.answers(self.port)
        return self.running

    def launch(self) -> None:
        arguments = ["-m", "tests.load.floor", "--port", str(self.port)]
        if self.blob is not None:
            (self.place / "blob").write_bytes(self.blob)
            arguments += ["--blob", str(self.place / "blob")]
        self.process = Started(arguments, self.place / "floor.log")

    @property
    def running(self) -> Started:
        assert self.process is not None
        return self.process

    def stop(self) -> None:
        if self.process is not None:
            self.process.stop()


def addresses(count: int) -> list[str]:
    """Addresses on loopback: one hall shares one, a hundred sprints are a hundred halls."""
    return [f"127.0.{1 + index // 200}.{1 + index % 200}" for index in range(count)]


async def open_all(devices: Sequence[AnyDevice], together: int = 50) -> None:
    """Connect them, some at a time, and wait until each is in sync."""
    gate = asyncio.Semaphore(together)

    async def one(device: AnyDevice) -> None:
        async with gate:
            await device.open()

    await asyncio.gather(*(one(device) for device in devices))


def close_all(devices: Sequence[AnyDevice]) -> None:
    for device in devices:
        device.close()
