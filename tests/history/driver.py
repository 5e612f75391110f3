"""Headless clients over real sockets that write down what they did and saw.

A `Client` is a device of the bench (`tests/load/device.py`: its own id, an outbox in order, resume and
resend) that besides comes back by itself, can be taken off the line, and can say a wrong thing on
purpose. A `History` takes what all of them tell; `judge` holds it against the log as the product
itself reads it, from SQLite or PostgreSQL, when nobody writes any more.

    history = History()
    history.fault("kill", on=True) … history.fault("kill", on=False)
    findings = await judge(history, clients, log)
"""

import asyncio
import contextlib
import os
import random
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import msgspec

from opgavebord.sprint.commands import AnyCommand
from opgavebord.sprint.entry import Entry
from opgavebord.storage.log import Log
from opgavebord.storage.opening import storage
from tests.load.device import Device, Seat
from tests.load.device import enter as enter
from tests.load.device import join as join
from tests.load.wire import WireError, framed

from . import happening
from .checker import USUAL, Evidence, Finding, Limits, State, check
from .happening import Fault, Happening, Sample
from .recorder import Recorder

AGAIN: Final = (0.02, 0.05, 0.1, 0.25)  # seconds before each try to come back; the last one goes on
PATIENCE: Final = 20.0


class History:
    """What all of them did and saw, in order, on the clock `time.perf_counter`."""

    def __init__(self) -> None:
        self.happenings: list[Happening] = []

    def tell(self, one: Happening) -> None:
        self.happenings.append(one)

    def fault(self, what: str, *, on: bool) -> None:
        self.tell(Fault(perf_counter(), what, on))

    def write(self, file: Path) -> None:
        happening.write(self.happenings, file)

    @contextlib.asynccontextmanager
    async def sampling(
        self, pids: dict[str, int], wal: Path | None = None, every: float = 0.25
    ) -> AsyncIterator[None]:
        """Measure these processes meanwhile: memory, open files, and how large the WAL is."""

        async def sample() -> None:
            while True:
                for who, pid in pids.items():
                    for what, value in measured(pid).items():
                        self.tell(Sample(perf_counter(), who, what, value))
                if wal is not None and wal.exists():
                    self.tell(Sample(perf_counter(), "disk", "wal", wal.stat().st_size))
                await asyncio.sleep(every)

        sampling = asyncio.create_task(sample())
        try:
            yield
        finally:
            sampling.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sampling


def measured(pid: int) -> dict[str, float]:
    """Memory and open files of a process; nothing where it is gone."""
    found: dict[str, float] = {}
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                found["rss"] = float(line.split()[1]) * 1024
        found["fds"] = float(len(os.listdir(f"/proc/{pid}/fd")))
    return found


class Client(Device):
    """One screen that stays, whatever happens to the server. `ports`: where it may come back."""

    def __init__(self, seat: Seat, history: History, ports: Sequence[int] = ()) -> None:
        super().__init__(seat)
        self.history = history
        self.eyes = Recorder(history.tell, self.id)
        self.watch = _nothing  # so that a device keeps what it asked
        self.comebacks = 0
        self._ports = ports or (seat.port,)
        self._dice = random.Random(self.id)
        self._staying: asyncio.Task[None] | None = None
        self._away = asyncio.Event()
        self._away.set()
        self._heard = asyncio.Event()

    # -- coming and going -------------------------------------------------------------

    async def stay(self, patience: float = PATIENCE) -> None:
        """Come in, and from now on again after every loss. Returns when in sync."""
        if self._staying is None:
            self._staying = asyncio.create_task(self._stay())
        await self.until(lambda: self.in_sync, patience)

    async def leave(self) -> None:
        """Close the tab for good."""
        await self.stop()
        self.eyes.gone(perf_counter())

    async def offline(self) -> None:
        """No network; what is asked waits."""
        self._away.clear()
        self.close()

    def online(self) -> None:
        self._away.set()

    def close(self) -> None:
        if self.wire is not None:
            self.eyes.lost(perf_counter())
        super().close()
        self._welcomed = False
        self._ring()

    @property
    def in_sync(self) -> bool:
        ready = self.wire is not None and self._ready is not None and self._ready.done()
        return ready and self.eyes.complete

    @property
    def quiet(self) -> bool:
        return self.in_sync and not self.outbox

    async def stop(self) -> None:
        """Go away, as a tablet that is put in a bag: what waits still waits."""
        if self._staying is not None:
            self._staying.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._staying
            self._staying = None
        self.close()

    async def _stay(self) -> None:
        tries = 0
        while True:
            await self._away.wait()
            if self.wire is None:
                port = self._ports[self.comebacks % len(self._ports)]
                self.seat = msgspec.structs.replace(self.seat, port=port)
                self.comebacks += 1
                try:
                    await self.open()
                    tries = 0
                    self._ring()
                except (OSError, WireError):
                    self.close()
                    wait = AGAIN[min(tries, len(AGAIN) - 1)]
                    tries += 1
                    await asyncio.sleep(wait * self._dice.uniform(0.5, 1.5))
                    continue
            self._heard.clear()
            await self._heard.wait()

    # -- saying things ----------------------------------------------------------------

    def do(self, command: bytes) -> str:
        name = super().do(command)
        self.eyes.asked(name, command, self.sent[name])
        return name

    def say(self, command: AnyCommand | dict[str, Any]) -> str:
        """Ask for something; returns its name."""
        return self.do(msgspec.json.encode(command))

    def resend(self, name: str) -> None:
        """Ask something again that may long be answered, in the same words."""
        self.say_as(name, self.commands[name])

    def say_as(self, name: str, command: bytes) -> None:
        """Ask under this name, whosever it is. Nothing waits for the answer."""
        self.eyes.asked(name, command, perf_counter())
        self.send_raw(b'{"t":"do","id":"%b","c":%b}' % (name.encode(), command))

    def send_raw(self, message: bytes) -> None:
        """Anything at all, such as what nobody can read."""
        if self.wire is not None:
            self.wire.send(framed(message))

    # -- hearing things ---------------------------------------------------------------

    async def answered(self, *names: str, patience: float = PATIENCE) -> None:
        await self.until(lambda: all(name in self.answers for name in names), patience)

    async def until(self, so: Any, patience: float = PATIENCE) -> None:
        """Wait until this holds, looking whenever something is heard."""
        deadline = perf_counter() + patience
        while not so():
            if perf_counter() > deadline:
                raise TimeoutError(f"{self.id} waited {patience:.0f} s; it is at {self.head}")
            await asyncio.sleep(0.002)

    def _read(self, payload: bytes, binary: bool, now: float) -> None:
        super()._read(payload, binary, now)
        self.eyes.heard(payload, now)
        self._ring()

    def _left(self, code: int) -> None:
        super()._left(code)
        self.eyes.lost(perf_counter())
        self._ring()

    def _ring(self) -> None:
        if self.wire is None:
            self._heard.set()


def _nothing(_: bytes) -> None:
    pass


# --- afterwards ---------------------------------------------------------------------------


async def quieted(clients: Iterable[Client], patience: float = PATIENCE) -> None:
    """Until nobody waits for an answer and all are as far as the farthest."""
    all_of_them = list(clients)
    deadline = perf_counter() + patience
    while perf_counter() < deadline:
        if all(client.quiet for client in all_of_them):
            if len({client.head for client in all_of_them}) <= 1:
                return
        await asyncio.sleep(0.01)


async def judge(
    history: History,
    clients: Sequence[Client],
    log: Log,
    sprint: str,
    *,
    before: int = 0,
    states: Iterable[State] = (),
    limits: Limits = USUAL,
) -> list[Finding]:
    """Hold what they saw against the log. `before`: entries that were there before they came."""
    return check(await evidence(history, clients, log, sprint, before, states, limits))


async def evidence(
    history: History,
    clients: Sequence[Client],
    log: Log,
    sprint: str,
    before: int = 0,
    states: Iterable[State] = (),
    limits: Limits = USUAL,
) -> Evidence:
    entries: list[Entry] = await log.since(sprint, 0)
    shown = [client.eyes.state() for client in clients if client.eyes.seat is not None]
    return Evidence(history.happenings, entries, [*shown, *states], before=before, limits=limits)


@contextlib.asynccontextmanager
async def log_of(folder: Path, address: str = "") -> AsyncIterator[Log]:
    """The log as the product reads it: of a PostgreSQL at `address`, or of the SQLite in the folder
    when no server has it open."""
    database, log = storage(folder, address)
    await database.open()
    try:
        yield log
    finally:
        await database.close()
