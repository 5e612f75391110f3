"""A town on one machine: servers that share a PostgreSQL and a Redis, and people spread over them.

Each server is a process of its own with its own port and its own data folder, as on machines of their own;
or one of them has workers behind one port. All hold the same key of the links.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Final, Self

import msgspec

from opgavebord.storage.check import check as check_tables
from tests.faults.crowd import Tablet
from tests.history.checker import USUAL, Finding, Limits
from tests.history.driver import History, enter, join, judge, log_of, quieted
from tests.server import Server
from tests.services import Postgres, Redis

LATER: Final = 20.0


class Town:
    def __init__(
        self,
        folder: Path,
        database: Postgres,
        redis: Redis | None,
        *,
        servers: int = 1,
        workers: int = 1,
    ) -> None:
        self.database = database
        self.redis = redis
        settings = {
            "OPGAVEBORD_DATABASE": database.url,
            "OPGAVEBORD_KEY_FILE": str(folder.parent / f"town-{database.port}.key"),
            "OPGAVEBORD_LOG": "quiet",
        }
        if redis is not None:
            settings["OPGAVEBORD_REDIS"] = redis.url
        self.servers = [Server(folder / f"server-{n}", **settings) for n in range(servers)]
        if workers > 1:
            for server in self.servers:
                server.program = [*server.program, "--workers", str(workers)]
        self.history = History()
        self.people: list[Tablet] = []
        self.before = 0
        self._writing: asyncio.Task[None] | None = None

    def start(self) -> Self:
        for server in self.servers:
            server.start()
        return self

    def stop(self) -> None:
        for server in self.servers:
            server.kill()

    @property
    def links(self) -> dict[str, str]:
        return self.servers[0].links

    # -- people -----------------------------------------------------------------------

    async def come(self, count: int) -> list[Tablet]:
        """So many people, spread over the servers."""
        came: list[Tablet] = []
        for n in range(count):
            seat = await join(self.servers[0].port, self.links["join_code"])
            port = self.servers[n % len(self.servers)].port
            came.append(Tablet(msgspec.structs.replace(seat, port=port), self.history))
        self.people += came
        await asyncio.gather(*(tablet.stay() for tablet in came))
        self.before = self.before or came[0].head or 0
        return came

    async def enter(self, link: str, at: int = 0) -> Tablet:
        """Who comes by a link, such as `regie_url`, at this server."""
        port = self.servers[at].port
        tablet = Tablet(await enter(port, self.links[link].partition("#")[2]), self.history)
        await tablet.stay()
        self.people.append(tablet)
        return tablet

    def begin_writing(self, every: float = 0.02) -> None:
        """Everybody writes now and then, as long as not too much waits."""
        if self._writing is not None:
            return

        async def write() -> None:
            while True:
                tablet = random.choice(self.people)
                if tablet.in_sync and len(tablet.outbox) < 10 and tablet.me.role == "deelnemer":
                    tablet.write() if random.random() < 0.5 else tablet.move()
                await asyncio.sleep(every)

        self._writing = asyncio.create_task(write())

    async def stop_writing(self) -> None:
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.wait([self._writing])
            self._writing.exception() if not self._writing.cancelled() else None
            self._writing = None

    async def delay(self, writer: Tablet, reader: Tablet, patience: float = LATER) -> float:
        """Seconds until what one writes shows at the other."""
        began = perf_counter()
        name = writer.write("Hoe lang duurt dit?")
        await writer.answered(name, patience=patience)
        seq = writer.answers[name][0]
        await reader.until(lambda: (reader.head or 0) >= seq, patience)
        return perf_counter() - began

    # -- afterwards -------------------------------------------------------------------

    async def findings(self, limits: Limits = USUAL) -> list[Finding]:
        """What is not as it should be, when nobody writes any more."""
        await self.stop_writing()
        await quieted(self.people)
        here = [tablet for tablet in self.people if tablet.in_sync]
        async with log_of(self.servers[0].data_dir, self.database.url) as log:
            sprint = self.links["sprint"]
            found = await judge(self.history, here, log, sprint, before=self.before, limits=limits)
        wrong = await asyncio.to_thread(
            lambda: check_tables(self.servers[0].data_dir, self.database.url).wrong
        )
        return [*found, *(Finding("check", str(one)) for one in wrong)]

    async def go_home(self) -> None:
        await self.stop_writing()
        for tablet in self.people:
            await tablet.stop()
        self.people.clear()


async def until(true: Callable[[], object], seconds: float, what: str) -> float:
    """Wait for something; returns how long it took."""
    began = perf_counter()
    while not true():
        assert perf_counter() - began < seconds, f"after {seconds:.0f} s not yet: {what}"
        await asyncio.sleep(0.01)
    return perf_counter() - began


def workers_of(server: Server) -> list[int]:
    """The processes that a supervisor stands by."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    return [int(pid) for pid in children]


def hundredths(times: Sequence[float]) -> str:
    return ", ".join(f"{time:.2f}" for time in times)
