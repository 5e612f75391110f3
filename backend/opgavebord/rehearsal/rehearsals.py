"""Starts rehearsals, keeps their robots going, and wipes them.

A rehearsal is a sprint of its own with `rehearsal` set. It is wiped when somebody stops it, when its time
is over, and, should the server have gone down in between, at the next start.
"""

import asyncio
import random
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from msgspec import Struct

from ..people.doors import Doors, NotIn
from ..people.seats import Holding, cookie_name
from ..people.tokens import new_id
from ..sprint import limits
from ..sprint.ask import ENTROPY_BYTES
from ..sprint.sprint import Seat, Sprint
from ..sync.rooms import Rooms
from .player import Player, Way
from .robot import Person
from .twin import twin

DESK: Final = Seat("rehearsal", "bureau")
PACE: Final = (2.0, 7.0)  # seconds between two things one robot does


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
        *,
        way: Way,
        secure: bool,
        path: str = "",
        wall: Callable[[], int],
        leftovers: Callable[[], Awaitable[list[str]]],
        pace: tuple[float, float] = PACE,
    ) -> None:
        self._rooms = rooms
        self._doors = doors
        self._way = way
        self._secure = secure
        self._path = path
        self._wall = wall
        self._leftovers = leftovers
        self._pace = pace
        self._running: dict[str, _Running] = {}
        self._starting = asyncio.Lock()

    async def start(self, of: str) -> str | None:
        """The rehearsal of this sprint, a new one or the one that runs. None: nothing to rehearse."""
        async with self._starting:
            if (runs := self.of(of)) is not None:
                return runs
            if len(self._running) >= limits.REHEARSALS:
                raise TooMany
            evening = await self._rooms.look(of)
            founding = twin(evening, id := new_id(), secrets.token_bytes(ENTROPY_BYTES))
            if founding is None or evening.evening is None or evening.evening.rehearsal:
                return None
            await self._rooms.submit(id, DESK, founding)
            players = await self._seat(id)
            self._running[id] = _Running(of, players, asyncio.create_task(self._play(id, players)))
            return id

    def of(self, sprint: str) -> str | None:
        """The rehearsal of this sprint that runs."""
        return next((id for id, one in self._running.items() if one.of == sprint), None)

    async def stop(self, id: str) -> bool:
        """End it and wipe it. False: there is no such rehearsal."""
        running = self._running.pop(id, None)
        if running is None:
            return False
        if running.task is not asyncio.current_task():
            running.task.cancel()
            with suppress(asyncio.CancelledError):
                await running.task
        await self._rooms.forget(id)
        return True

    async def wipe_leftovers(self) -> int:
        """What a server that went down left behind. Returns how many were wiped."""
        left = [id for id in await self._leftovers() if id not in self._running]
        for id in left:
            await self._rooms.forget(id)
        return len(left)

    async def close(self) -> None:
        """The server goes down: the robots leave, the next start wipes."""
        for running in self._running.values():
            running.task.cancel()
        for running in self._running.values():
            with suppress(asyncio.CancelledError):
                await running.task
        self._running.clear()

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
