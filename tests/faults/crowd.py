"""A hall of tablets on one server, and what is held against its log afterwards.

A `Tablet` is a client of `tests/history` that besides behaves as the page does: it comes back by the
page's own law (`frontend/src/sync/socket.ts`: the first try within a second, then 1.6 times as long with
chance in it, to ten seconds; or when the server said so), pings every 8 s, and gives a line up that is
silent for 15. It remembers what the page would show besides the board: trouble, who is there, the clock.
"""

import asyncio
import random
import secrets
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from time import perf_counter
from typing import TYPE_CHECKING, Final

import msgspec

from opgavebord import protocol
from opgavebord.sprint.commands import CreateNote, MoveNote
from opgavebord.sprint.entry import Entry
from opgavebord.sprint.sprint import Note, Seat, Zone
from opgavebord.storage.sqlite import FILE, engine
from opgavebord.storage.sqlite_log import read
from tests.history.checker import USUAL, Evidence, Finding, Limits, check
from tests.history.driver import Client, History, enter, join, measured
from tests.load import device
from tests.load.wire import WireError
from tests.server import ROOT

if TYPE_CHECKING:
    from tests.server import Server

FIRST: Final = 1.0
GROWTH: Final = 1.6
MOST: Final = 10.0
PING: Final = 8.0
DEAD: Final = 15.0
RESUME: Final = 0.25
OPEN: Final = 10.0

_beside: Final = msgspec.json.Decoder(
    protocol.There
    | protocol.People
    | protocol.Devices
    | protocol.Trouble
    | protocol.Pong
    | protocol.Bye
)
_OF_THE_BOARD: Final = tuple(b'{"t":"%b"' % of for of in (b"frame", b"snap", b"mine", b"welc"))


class Tablet(Client):
    """One tab of one seat, as the page is."""

    def __init__(self, seat: device.Seat, history: History) -> None:
        super().__init__(seat, history)
        self.trouble: list[tuple[float, bool]] = []  # when it was told, and what
        self.people = 0
        self.devices: tuple[protocol.Device, ...] = ()
        self.holding: dict[str, protocol.Held] = {}  # who holds or types what
        self.pongs: list[float] = []  # seconds, there and back
        self.clock: tuple[float, int] | None = None  # when we heard it, and what the server's said
        self.retry_ms: int | None = None
        self.waits: list[int | None] = []  # after each goodbye: how long to stay away, in ms
        self.farewells: list[int] = []
        self.gave_up: list[float] = []  # when it gave up a line that was silent
        self._heard_at = 0.0
        self._pinged_at = 0.0

    # -- as people do -----------------------------------------------------------------

    def write(self, text: str = "De bus komt niet meer.") -> str:
        """A note in a zone of the board that is on."""
        evening = self.eyes.board.evening
        assert evening is not None
        zones = [z.id for z in self._of(Zone) if z.board == evening.board]
        return self.say(CreateNote(note=secrets.token_urlsafe(16), zone=min(zones), text=text))

    def move(self) -> str:
        """Some note to some zone of its board; a new note where there is none."""
        notes = [note for note in self._of(Note) if not note.gone]
        if not notes:
            return self.write()
        note = random.choice(notes)
        here = next(zone.board for zone in self._of(Zone) if zone.id == note.zone)
        zones = [zone.id for zone in self._of(Zone) if zone.board == here]
        return self.say(MoveNote(note=note.id, zone=random.choice(zones)))

    def _of(self, kind: type) -> list:  # type: ignore[type-arg]
        return [r for shelf in self.eyes.board.records.values() for r in shelf.values() if type(r) is kind]  # fmt: skip

    @property
    def me(self) -> Seat:
        assert self.eyes.seat is not None
        return self.eyes.seat

    def ping(self) -> None:
        self._pinged_at = perf_counter()
        self.send_raw(b'{"t":"ping","at":%d}' % (self._pinged_at * 1e6))

    # -- the page's law ---------------------------------------------------------------

    async def _stay(self) -> None:
        attempt = 0
        while True:
            await self._away.wait()
            self.retry_ms = None
            came = self.comebacks
            with suppress(OSError, WireError, TimeoutError):
                async with asyncio.timeout(OPEN):
                    await self.open()
                self.comebacks += 1
                await self._watch()
            if self.wire is not None:
                self.close()
            if not self._away.is_set():
                attempt = 0
                continue
            attempt = 0 if self.comebacks > came else attempt
            delay = random.random() * min(FIRST * GROWTH**attempt, MOST)
            if self.farewell == protocol.RESUME:
                delay = random.random() * RESUME
            elif self.retry_ms is not None:
                delay += self.retry_ms / 1000
            attempt += 1
            await asyncio.sleep(delay)

    async def _watch(self) -> None:
        """As long as it is connected."""
        self.ping()
        while self.wire is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(0.5):
                    self._heard.clear()
                    await self._heard.wait()
            now = perf_counter()
            asked = self._heard_at < self._pinged_at
            if self.wire is None:
                return
            if asked and now - self._heard_at >= DEAD:
                self.gave_up.append(now)
                self.close()
            elif not asked and now - self._pinged_at >= PING:
                self.ping()

    # -- what it is told besides ------------------------------------------------------

    def _read(self, payload: bytes, binary: bool, now: float) -> None:
        self._heard_at = perf_counter()
        if not binary and not payload.startswith(_OF_THE_BOARD):
            with suppress(msgspec.ValidationError):
                self._beside(_beside.decode(payload))
        super()._read(payload, binary, now)

    def _beside(self, message: object) -> None:
        match message:
            case protocol.There(who):
                for key, held in who.items():
                    self.holding.pop(key, None)
                    if held is not None:
                        self.holding[key] = held
            case protocol.People(count):
                self.people = count
            case protocol.Devices(devices):
                self.devices = devices
            case protocol.Trouble(on):
                self.trouble.append((perf_counter(), on))
            case protocol.Pong(at, server):
                self.pongs.append(perf_counter() - at / 1e6)
                self.clock = (time.time(), server)
            case protocol.Bye(_, retry_ms):
                self.retry_ms = retry_ms
                self.waits.append(retry_ms)

    def _left(self, code: int) -> None:
        self.farewells.append(code)
        super()._left(code)


class Crowd:
    """The people of one evening. `port`: of a network in front of the server."""

    def __init__(self, server: "Server", port: int | None = None) -> None:
        self.server = server
        self.port = port or server.port
        self.history = History()
        self.tablets: list[Tablet] = []
        self.before = len(self.log())

    async def come(self, count: int = 1, port: int | None = None, *, stay: bool = True) -> list[Tablet]:  # fmt: skip
        """So many people through the door, and with `stay` on the line for good."""
        gate = asyncio.Semaphore(8)

        async def one() -> Tablet:
            async with gate:
                seat = await join(self.server.port, self.server.links["join_code"])
                return self._at(seat, port)

        came = list(await asyncio.gather(*(one() for _ in range(count))))
        if stay:
            await asyncio.gather(*(tablet.stay() for tablet in came))
        return came

    async def direct(self) -> Tablet:
        """Who directs comes in."""
        secret = self.server.links["regie_url"].partition("#")[2]
        tablet = self._at(await enter(self.server.port, secret), None)
        await tablet.stay()
        return tablet

    def _at(self, seat: device.Seat, port: int | None) -> Tablet:
        through = msgspec.structs.replace(seat, port=port or self.port)
        tablet = Tablet(through, self.history)
        self.tablets.append(tablet)
        return tablet

    async def at_rest(self, within: float = 30.0) -> None:
        """Until nobody waits for an answer and all are as far."""
        async with asyncio.timeout(within):
            while not all(t.quiet for t in self.tablets) or len({t.head for t in self.tablets}) > 1:
                await asyncio.sleep(0.02)

    async def go_home(self) -> None:
        for tablet in self.tablets:
            await tablet.stop()

    def log(self) -> list[Entry]:
        """What the file holds, beside a server or without one."""
        made = engine(self.server.data_dir / FILE, look_only=True)
        try:
            with made.connect() as connection, connection.begin():
                return read(connection, self.server.links["sprint"])
        finally:
            made.dispose()

    def judge(self, limits: Limits = USUAL) -> list[Finding]:
        """Everything that is not as it should be: what they did and saw against the log, and the log
        against the tables and the file (`opgavebord check`)."""
        seen = [tablet for tablet in self.tablets if tablet.in_sync]
        evidence = Evidence(
            self.history.happenings,
            self.log(),
            [tablet.eyes.state() for tablet in seen],
            before=self.before,
            limits=limits,
        )
        return [*check(evidence), *(Finding("check", line) for line in checked(self.server))]


def sound(server: "Server") -> bool:
    """Whether SQLite finds the file whole. For a server that is dead: what it left is read as it is."""
    made = engine(server.data_dir / FILE, look_only=True)
    try:
        with made.connect() as connection, connection.begin():
            said = connection.exec_driver_sql("PRAGMA integrity_check(3)").scalars().all()
    finally:
        made.dispose()
    return said == ["ok"]


def checked(server: "Server") -> Sequence[str]:
    """What `opgavebord check` finds wrong; nothing when the log, the tables and the file agree."""
    done = subprocess.run(
        [sys.executable, "-m", "opgavebord", "check"],
        env=server.environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return () if done.returncode == 0 else (done.stdout + done.stderr).splitlines()


def memory(server: "Server") -> float:
    """Bytes that the server uses."""
    return measured(server.pid)["rss"]
