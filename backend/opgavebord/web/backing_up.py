"""A backup that the command line of this machine asks of a running server. It is made in threads of its own."""

import asyncio
import logging
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response
from msgspec import Struct

from ..backups.automatic import Backups
from .asking import as_json, body
from .problems import Problem
from .takehome import refused

REMEMBERED: Final = 8

_log: Final = logging.getLogger("opgavebord.backups")


class Wanted(Struct, frozen=True, forbid_unknown_fields=True):
    out: str
    key: bool = False


class Errand(Struct):
    done: float = 0.0
    folder: str = ""
    why: str = ""


class BackingUp:
    def __init__(self, backups: Backups, is_command_line: Callable[[Request], bool]) -> None:
        self._backups = backups
        self._is_command_line = is_command_line
        self._errands: dict[str, Errand] = {}
        self._running: set[asyncio.Task[None]] = set()

    async def begin(self, request: Request) -> Response:
        if not self._is_command_line(request):
            raise Problem("not_found")
        wanted = await body(request, Wanted)
        id = secrets.token_urlsafe(16)
        errand = self._errands[id] = Errand()
        while len(self._errands) > REMEMBERED:
            del self._errands[next(iter(self._errands))]
        task = asyncio.create_task(self._run(errand, wanted))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return as_json({"id": id})

    async def state(self, request: Request, id: str) -> Response:
        if not self._is_command_line(request) or id not in self._errands:
            raise Problem("not_found")
        errand = self._errands[id]
        if errand.why:
            return refused("mishap", errand.why)
        return as_json({"done": errand.done, "folder": errand.folder})

    async def _run(self, errand: Errand, wanted: Wanted) -> None:
        def tell(done: float) -> None:  # from another thread: one assignment
            errand.done = done

        try:
            made = await self._backups.make(Path(wanted.out), with_key=wanted.key, tell=tell)
        except Exception as trouble:
            _log.exception("a backup that was asked for was not made")
            errand.why = f"The backup was not made: {trouble}."
        else:
            errand.folder = str(made.folder)


def routes(at: BackingUp) -> APIRouter:
    router = APIRouter()
    router.add_api_route("/api/backups", at.begin, methods=["POST"])
    router.add_api_route("/api/backups/{id}", at.state, methods=["GET"])
    return router
