"""What people take home, over plain HTTP: ask for a file, see how far it is, fetch it.

Only who directs the evening or sits at the desk may, and the command line of this machine, which shows a pass
that only the key file gives. A file is made from a copy of the sprint in a thread of its own, `AT_ONCE`
at a time; it is kept in memory for `KEPT_SECONDS`, or until it was fetched and others need the room.

Where several processes serve, the next question may reach another one than the first. So the name of a file says
what was asked for, sealed with the key, and whoever is asked for a file that it does not have makes it itself.
"""

import asyncio
import hashlib
import hmac
import logging
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import msgspec
from fastapi import APIRouter, Request, Response
from msgspec import Struct

from ..export import Format, Pictures
from ..export.formats import NoBoard, Taken, take
from ..settings import Settings
from ..sprint.sprint import Sprint
from ..sync.rooms import Rooms
from ..watch import Watch
from .asking import as_json, body, changes, kept, wall_clock
from .doors import DIRECTING, Entrance
from .problems import PROBLEMS, Problem
from .visitor import FORWARDED, LOOPBACK, visitor

AT_ONCE: Final = 2  # there are as few cores in a hall's laptop, and the evening goes on
KEPT_SECONDS: Final = 600.0
KEPT_MOST: Final = 24  # files; a report is half a megabyte, pictures of all boards a few
KEPT_BYTES: Final = 128 * 1024 * 1024
WAIT_SECONDS: Final = 30.0  # for a file that another process has ready and this one has not
NEWEST: Final = "newest"

_log: Final = logging.getLogger("opgavebord.web")


class Wish(Struct, frozen=True, forbid_unknown_fields=True):
    format: Format
    board: str | None = None
    pictures: Pictures = "as_fits"


class Ticket(Struct, frozen=True, array_like=True):
    """What the name of a file says."""

    wish: Wish
    at: int  # milliseconds
    chance: str


class FromFile(Struct, frozen=True, forbid_unknown_fields=True):
    """An archive on this machine."""

    file: str
    copy: bool = False


class Errand(Struct):
    """A file that is being made, or was."""

    sprint: str
    at: float
    done: float = 0.0
    taken: Taken | None = None
    trouble: str = ""  # a code of problems.py
    why: str = ""  # in a sentence, for who typed a command
    fetched: bool = False
    making: "asyncio.Task[None] | None" = None


class CommandLine(Struct, frozen=True):
    """What the command line of this machine may ask of a running server."""

    secret: str
    newest: Callable[[], Awaitable[str | None]]
    bring_in: Callable[[Path, bool], Awaitable[object]]  # raises `refused` with a sentence
    refused: type[Exception]


class TakingHome:
    def __init__(
        self,
        entrance: Entrance,
        rooms: Rooms,
        settings: Settings,
        watch: Watch,
        clock: Callable[[], float],
        command_line: CommandLine,
    ) -> None:
        self._entrance = entrance
        self._rooms = rooms
        self._settings = settings
        self._watch = watch
        self._clock = clock
        self._command_line = command_line
        self._shared = bool(settings.database)
        self._errands: dict[str, Errand] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._turns = asyncio.Semaphore(AT_ONCE)

    # -- routes -----------------------------------------------------------------------

    async def begin(self, request: Request, sprint: str) -> Response:
        changes(request, self._settings, self._watch)
        sprint = await self._may(request, sprint)
        wish = await body(request, Wish)
        value = await kept(self._rooms.look(sprint))
        if value.evening is None:
            raise Problem("not_found")
        id = self._name(sprint, Ticket(wish, wall_clock(), secrets.token_urlsafe(9)))
        self._make(id, sprint, value, wish)
        self._watch.count("exports", wish.format)
        return as_json({"id": id})

    async def state(self, request: Request, sprint: str, id: str) -> Response:
        errand = await self._of(id, await self._may(request, sprint))
        if errand.trouble:
            return refused(errand.trouble, errand.why)
        told: dict[str, object] = {"done": errand.done, "ready": errand.taken is not None}
        if errand.taken is not None:
            told |= {"name": errand.taken.name, "type": errand.taken.type}
        return as_json(told)

    async def file(self, request: Request, sprint: str, id: str) -> Response:
        errand = await self._of(id, await self._may(request, sprint))
        if self._shared and errand.making is not None:  # another process said that it is ready
            await asyncio.wait([errand.making], timeout=WAIT_SECONDS)
        taken = errand.taken
        if taken is None:
            raise Problem("not_found")
        errand.fetched = True
        headers = {
            "cache-control": "no-store",
            "content-disposition": f'attachment; filename="{taken.name}"',
        }
        return Response(taken.data, 200, headers, taken.type)

    async def bring_in(self, request: Request) -> Response:
        """The command line lays an archive on this machine before a running server."""
        if not self.is_command_line(request):
            raise Problem("not_found")
        asked = await body(request, FromFile)
        try:
            return as_json(await kept(self._command_line.bring_in(Path(asked.file), asked.copy)))
        except self._command_line.refused as trouble:
            return refused("bad_request", str(trouble))

    def forget(self, sprint: str) -> None:
        """An evening was wiped, so what was made of it goes too."""
        self._errands = {id: one for id, one in self._errands.items() if one.sprint != sprint}

    # -- who may ------------------------------------------------------------------------

    async def _may(self, request: Request, sprint: str) -> str:
        """The id of the sprint, for who may take it home."""
        if self.is_command_line(request):
            found = await kept(self._command_line.newest()) if sprint == NEWEST else sprint
            if found is None:
                raise Problem("not_found")
            return found
        await self._entrance.of_role(request, sprint, DIRECTING)
        return sprint

    def is_command_line(self, request: Request) -> bool:
        """On this machine, not by a proxy, and with the pass. Else it is a visitor like others."""
        said = request.headers.get("authorization", "")
        right = f"Bearer {self._command_line.secret}"
        if not hmac.compare_digest(said.encode("latin-1"), right.encode()):
            return False
        address = visitor(request.scope, self._settings).address
        here = address in LOOPBACK or address == self._settings.host
        return here and not FORWARDED & set(request.headers)

    # -- making -------------------------------------------------------------------------

    def _make(self, id: str, sprint: str, value: Sprint, wish: Wish) -> Errand:
        self._make_room()
        self._errands[id] = errand = Errand(sprint, self._clock())
        errand.making = asyncio.create_task(self._run(errand, value, wish))
        self._running.add(errand.making)
        errand.making.add_done_callback(self._running.discard)
        return errand

    async def _of(self, id: str, sprint: str) -> Errand:
        self._forget_old()
        errand = self._errands.get(id)
        if errand is None and self._shared and (wish := self._asked(sprint, id)) is not None:
            value = await kept(self._rooms.look(sprint))
            errand = self._errands.get(id) or self._make(id, sprint, value, wish)
        if errand is None or errand.sprint != sprint:
            raise Problem("not_found")
        return errand

    def _name(self, sprint: str, ticket: Ticket) -> str:
        said = urlsafe_b64encode(msgspec.json.encode(ticket)).rstrip(b"=").decode()
        return f"x{said}.{self._seal(sprint, said)}"

    def _asked(self, sprint: str, id: str) -> Wish | None:
        """What the name of a file says that any of our processes gave, and not too long ago."""
        said, _, seal = id.removeprefix("x").rpartition(".")
        if not hmac.compare_digest(seal.encode(), self._seal(sprint, said).encode()):
            return None
        ticket = msgspec.json.decode(urlsafe_b64decode(said + "=" * (-len(said) % 4)), type=Ticket)
        return ticket.wish if wall_clock() - ticket.at < KEPT_SECONDS * 1_000 else None

    def _seal(self, sprint: str, said: str) -> str:
        made = hmac.digest(
            self._command_line.secret.encode(), f"{sprint}|{said}".encode(), hashlib.sha256
        )
        return urlsafe_b64encode(made[:16]).rstrip(b"=").decode()

    async def _run(self, errand: Errand, sprint: Sprint, wish: Wish) -> None:
        def tell(done: float) -> None:  # from another thread: one assignment
            errand.done = min(done, 0.99)

        async with self._turns:
            try:
                taken = await asyncio.to_thread(
                    take, sprint, wish.format, wish.board, tell, wish.pictures
                )
            except NoBoard as trouble:
                errand.trouble, errand.why = "not_found", str(trouble)
            except Exception:
                _log.exception("an export went wrong")
                errand.trouble = "mishap"
            else:
                errand.taken, errand.done = taken, 1.0

    def _make_room(self) -> None:
        """Room for one more: what was fetched goes first, then what is oldest and ready."""
        self._forget_old()
        while len(self._errands) >= KEPT_MOST or self._bytes() > KEPT_BYTES:
            ready = [id for id, one in self._errands.items() if one.taken or one.trouble]
            if not ready:
                raise Problem("busy", 5.0)
            del self._errands[
                min(ready, key=lambda id: (not self._errands[id].fetched, self._errands[id].at))
            ]

    def _forget_old(self) -> None:
        old = self._clock() - KEPT_SECONDS
        for id in [id for id, one in self._errands.items() if one.at < old]:
            del self._errands[id]

    def _bytes(self) -> int:
        return sum(len(one.taken.data) for one in self._errands.values() if one.taken)


def refused(code: str, why: str) -> Response:
    """A problem, with a sentence of its own."""
    if not why:
        raise Problem(code)
    answer = as_json({"code": code, "message": why})
    answer.status_code = PROBLEMS[code][0]
    return answer


def routes(at: TakingHome) -> APIRouter:
    router = APIRouter()
    for method, path, route in (
        ("POST", "/api/s/{sprint}/exports", at.begin),
        ("GET", "/api/s/{sprint}/exports/{id}", at.state),
        ("GET", "/api/s/{sprint}/exports/{id}/file", at.file),
        ("POST", "/api/imports", at.bring_in),
    ):
        router.add_api_route(path, route, methods=[method])
    return router
