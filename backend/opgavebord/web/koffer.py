"""The koffer over HTTP: a board leaves, is taken back, and comes home.

Who directs the evening or sits at the desk may send a board away and take it back; bringing a file is for
who is signed in at the desk, and for the command line of this machine. The file that is sent here may be
larger than other requests (`gate.py`); it is asked who sends it before the first byte of it is read.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from msgspec import Struct

from ..archiving import BY_HAND, NEWEST, CanNot
from ..koffer import case
from ..koffer.asking import AskedFile, Brought, read_file
from ..koffer.telling import sentences
from ..koffer.travelling import CameHome, CanNotTravel, Koffer
from ..settings import Settings
from ..sprint.sprint import Seat
from ..watch import Watch
from .asking import as_json, body, changes, kept
from .doors import DIRECTING, Entrance
from .problems import Problem
from .takehome import refused

AT_ONCE: Final = 1  # file of up to 50 MB in memory

Staff = Callable[[Mapping[str, str], bool], Awaitable[Seat | None]]


class Travelling(Struct, frozen=True):
    """Whom the routes ask."""

    koffer: Koffer
    entrance: Entrance
    settings: Settings
    watch: Watch
    staff: Staff
    is_command_line: Callable[[Request], bool]
    newest: Callable[[], Awaitable[Any]]
    links: Callable[[str, Request], Awaitable[dict[str, Any]]]
    turns: asyncio.Semaphore

    async def pack(self, request: Request, sprint: str) -> Response:
        changes(request, self.settings, self.watch)
        by = await self._who(request, sprint)
        if sprint == NEWEST:
            found: str | None = await kept(self.newest())
            sprint = found or ""
        try:
            packed = await kept(self.koffer.pack(sprint, by))
        except CanNotTravel as trouble:
            return refused("refused", str(trouble))
        self.watch.count("koffers_packed")
        headers = {
            "cache-control": "no-store",
            "content-disposition": f'attachment; filename="{packed.name}"',
        }
        return Response(packed.data, 200, headers, case.TYPE)

    async def take_back(self, request: Request, sprint: str) -> Response:
        changes(request, self.settings, self.watch)
        by = await self._who(request, sprint)
        try:
            return as_json({"back": await kept(self.koffer.take_back(sprint, by))})
        except CanNotTravel as trouble:
            return refused("refused", str(trouble))

    async def bring_file(self, request: Request) -> Response:
        """The command line lays a case on this machine before a running server."""
        if not self.is_command_line(request):
            raise Problem("not_found")
        asked = await body(request, AskedFile)
        try:
            data = await asyncio.to_thread(read_file, Path(asked.file))
        except CanNot as trouble:
            return refused("bad_request", str(trouble))
        return await self._bring(request, data, BY_HAND, home=asked.home)

    async def bring(self, request: Request) -> Response:
        """Who is signed in sends a case."""
        knocks = changes(request, self.settings, self.watch)
        by = await kept(self.staff(knocks.cookies, knocks.secure))
        if by is None:
            raise Problem("sign_in")
        if self.turns.locked():
            raise Problem("busy", 5.0)
        async with self.turns:
            return await self._bring(request, await request.body(), by, home=False)

    async def _bring(self, request: Request, data: bytes, by: Seat, *, home: bool) -> Response:
        try:
            come: CameHome = await kept(self.koffer.bring(data, by, home=home))
        except CanNotTravel as trouble:
            self.watch.count("koffers_refused")
            return refused("bad_request", str(trouble))
        self.watch.count("koffers_opened" if come.opened else "koffers_home")
        return as_json(
            Brought(
                opened=come.opened,
                report=come.report,
                sentences=tuple(sentences(come.report)),
                forms=come.forms,
                links=await self.links(come.report.sprint, request),
            )
        )

    async def _who(self, request: Request, sprint: str) -> Seat:
        if self.is_command_line(request):
            return BY_HAND
        return await self.entrance.of_role(request, sprint, DIRECTING)


def routes(at: Travelling) -> APIRouter:
    router = APIRouter()
    for method, path, route in (
        ("POST", "/api/s/{sprint}/koffer", at.pack),
        ("DELETE", "/api/s/{sprint}/koffer", at.take_back),
        ("POST", "/api/koffer", at.bring_file),
        ("POST", "/api/bureau/koffer", at.bring),
    ):
        router.add_api_route(path, route, methods=[method])
    return router
