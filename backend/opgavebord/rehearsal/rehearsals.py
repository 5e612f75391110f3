"""Starts rehearsals, keeps their robots going, and wipes them.

A rehearsal is a sprint of its own with `rehearsal` set. It is wiped when somebody stops it, in whichever process,
and when its time is over. Whoever plays one holds a lease in the database and renews it; should that
server go down, the lease runs out, and the next process that looks wipes what was left.
"""

import asyncio
import random
import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from msgspec import Struct

from ..people.doors import Doors, NotIn
from ..people.seats import Holding, cookie_name
from ..people.tokens import new_id
from ..sprint import limits
from ..sprint.ask import ENTROPY_BYTES
from ..sprint.sprint import Seat, Sprint
from ..storage import leases
from ..storage.database import Database
from ..storage.trouble import StorageLost, StorageTrouble
from ..sync.rooms import Rooms
from .player import Player, Way
from .robot import Person
from .twin import twin

DESK: Final = Seat("rehearsal", "bureau")
PACE: Final = (2.0, 7.0)  # seconds between two things one robot does
LEASE_SECONDS: Final = 60.0
RENEW_SECONDS: Final = 15.0
FOUNDED_SECONDS: Final = 5.0  # another process has so long to found one that it began


class TooMany(Exception):
    """As many rehearsals run as this server plays at once."""


class _Running(Struct):
    of: str
    players: list[Player]
    task: "asyncio.Task[None]"


class Rehearsals:
    def __init__(
        self,
        rooms: Rooms,
        doors: Doors,
        database: Database,
        *,
        way: Way,
        secure: bool,
        path: str = "",
        wall: Callable[[], int],
        pace: tuple[float, float] = PACE,
    ) -> None:
        self._rooms = rooms
        self._doors = doors
        self._way = way
        self._secure = secure
        self._path = path
        self._wall = wall
        self._database = database
        self._pace = pace
        self._running: dict[str, _Running] = {}
        self._starting = asyncio.Lock()

    async def start(self, of: str) -> str | None:
        """The rehearsal of this sprint, a new one or the one that runs. None: nothing to rehearse."""
        async with self._starting:
            if (runs := await self.of(of)) is not None:
                return await self._founded(runs)
            if len(self._running) >= limits.REHEARSALS:
                raise TooMany
            evening = await self._rooms.look(of)
            founding = twin(evening, id := new_id(), secrets.token_bytes(ENTROPY_BYTES))
            if founding is None or evening.evening is None or evening.evening.rehearsal:
                return None
            now = self._wall()
            runs = await self._database.run(lambda c: leases.begin(c, id, of, now, _until(now)))
            if runs is not None:
                return await self._founded(runs)
            try:
                await self._rooms.submit(id, DESK, founding)
                players = await self._seat(id)
            except BaseException:
                await self._database.run(lambda c: leases.end(c, id))  # and it is wiped in time
                raise
            self._running[id] = _Running(of, players, asyncio.create_task(self._play(id, players)))
            return id

    async def _founded(self, id: str) -> str:
        """As soon as whoever plays it has founded it."""
        try:
            async with asyncio.timeout(FOUNDED_SECONDS):
                while await self._rooms.peek(id) is None:  # noqa: ASYNC110 - elsewhere
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise TooMany from None
        return id

    async def of(self, sprint: str) -> str | None:
        """The rehearsal of this sprint that runs, here or in another process."""
        now = self._wall()
        return await self._database.run(lambda c: leases.played(c, sprint, now))

    async def stop(self, id: str) -> bool:
        """End it and wipe it. False: there is no such rehearsal."""
        ended = await self._database.run(lambda c: leases.end(c, id))
        if not ended and id not in self._running:
            return False
        await self._send_home(id)
        await self._rooms.forget(id)
        return True

    async def wipe_leftovers(self) -> int:
        """What a server that went down left behind. Returns how many were wiped."""
        # nobody but us plays on SQLite, so what is not played here is played by nobody
        alone = self._database.kind == "sqlite"
        async with self._starting:
            now, playing = self._wall(), tuple(self._running) if alone else None
            left = await self._database.run(lambda c: leases.left(c, now, playing))
        for id in left:
            await self._rooms.forget(id)
        return len(left)

    async def mind(self) -> None:
        """For ever: renew what we play, send home what was ended elsewhere, wipe what was left."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            with suppress(StorageTrouble, StorageLost):
                await self.renew()
                await self.wipe_leftovers()

    async def renew(self) -> None:
        for id in list(self._running):
            until = _until(self._wall())
            if not await self._database.run(lambda c, id=id, at=until: leases.renew(c, id, at)):  # type: ignore[misc]
                await self._send_home(id)

    async def close(self) -> None:
        """The server goes down: the robots leave, and whoever looks next wipes."""
        for id in list(self._running):
            await self._send_home(id)
            with suppress(StorageTrouble, StorageLost):
                await self._database.run(lambda c, id=id: leases.end(c, id))  # type: ignore[misc]

    async def _send_home(self, id: str) -> None:
        """The robots of a rehearsal leave."""
        running = self._running.pop(id, None)
        if running is not None and running.task is not asyncio.current_task():
            running.task.cancel()
            with suppress(asyncio.CancelledError):
                await running.task

    # -- the robots -------------------------------------------------------------------

    async def _seat(self, id: str) -> list[Player]:
        """Through the door with the token, like everybody."""
        sprint: Sprint = await self._rooms.look(id)
        evening = sprint.evening
        assert evening is not None, "founded just now"
        tables = sorted(sprint.records["table"].values(), key=lambda table: table.number)
        players: list[Player] = []
        for place in range(limits.REHEARSAL_ROBOTS):
            taken = await self._doors.by_token(evening.token, Holding(), self._wall())
            if isinstance(taken, NotIn):
                break
            table = tables[place % len(tables)].id if tables else None
            chance = random.Random(secrets.randbits(64))  # noqa: S311 - who writes what, not a secret
            players.append(
                Player(
                    self._way,
                    f"/ws/{id}/deelnemer",
                    f"{cookie_name('deelnemer', id, self._secure, self._path)}={taken.token}",
                    Person(taken.seat.id, table),
                    chance=chance,
                    pause=lambda chance=chance: chance.uniform(*self._pace),  # type: ignore[misc]
                )
            )
        return players

    async def _play(self, id: str, players: list[Player]) -> None:
        try:
            async with asyncio.timeout(limits.REHEARSAL_SECONDS), asyncio.TaskGroup() as group:
                for player in players:
                    group.create_task(player.play())
                await asyncio.Event().wait()  # a rehearsal goes on when every robot was sent away
        except TimeoutError:
            await self.stop(id)


def _until(now: int) -> int:
    return now + int(LEASE_SECONDS * 1_000)
