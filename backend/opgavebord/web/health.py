"""Whether this process lives, takes people in, what it is, and its numbers: for who keeps it running.

`/healthz` asks nobody. `/readyz` writes to the database, but once a second at most however often it is asked, and
never twice at the same time: who asks all day must not keep a disk busy. It says no from the moment
that we are told to stop, before the first screen hears goodbye.
"""

import asyncio
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
from fastapi import APIRouter, Request, Response
from msgspec import Struct

from .. import protocol
from ..metrics import PLAIN, Metrics
from ..settings import Settings
from ..storage.database import Database
from ..storage.migrations import NEWEST
from ..storage.probe import probe
from ..storage.trouble import StorageLost
from .asking import as_json
from .problems import Problem
from .visitor import FORWARDED, LOOPBACK, visitor

PROBE_SECONDS: Final = 0.5  # a write that takes longer than this is no write
FRESH_SECONDS: Final = 1.0  # an answer that is this old is given again
DISK_LEAST: Final = 0.05  # of the disk of the data folder


class Readiness:
    """Whether people can come in now; and if not, why, in a word."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        draining: Callable[[], bool],
        lost: Callable[[BaseException], None],
    ) -> None:
        self._database = database
        self._folder = folder
        self._draining = draining
        self._lost = lost
        self._asked: asyncio.Task[str | None] | None = None
        self._at = 0.0

    async def why_not(self) -> str | None:
        """None: it is ready."""
        if self._draining():
            return "draining"
        if free(self._folder) <= DISK_LEAST:
            return "disk"
        asked = self._asked
        if asked is None or (asked.done() and time.monotonic() - self._at > FRESH_SECONDS):
            self._at = time.monotonic()
            asked = self._asked = asyncio.create_task(self._probe())
        done, _ = await asyncio.wait((asked,), timeout=PROBE_SECONDS)
        why = asked.result() if done else "slow"
        return "draining" if self._draining() else why

    async def _probe(self) -> str | None:
        try:
            at = await self._database.run(probe)
        except StorageLost as lost:
            self._lost(lost)
            return "storage"
        except Exception:
            return "storage"
        # A newer Opgavebord may have taken the tables a step further while we serve on.
        return None if at is not None and at >= NEWEST else "migration"


def free(folder: Path) -> float:
    """The free part of the disk of this folder."""
    usage = shutil.disk_usage(folder)
    return usage.free / usage.total if usage.total else 1.0


class Health(Struct, frozen=True):
    """Whom these routes ask."""

    settings: Settings
    readiness: Readiness
    metrics: Metrics
    version: str
    build: str

    async def healthz(self) -> Response:
        return as_json({"ok": True})

    async def readyz(self) -> Response:
        why = await self.readiness.why_not()
        if why is None:
            return as_json({"ok": True})
        told = msgspec.json.encode({"ok": False, "why": why})
        return Response(told, 503, {"cache-control": "no-store"}, "application/json")

    async def versie(self) -> Response:
        return as_json(
            {
                "version": self.version,
                "build": self.build,
                "protocol": list(protocol.VERSIONS),
                "schema": NEWEST,
            }
        )

    async def shown(self, request: Request) -> Response:
        """For a collector on this machine; the hall, and who comes by a proxy, have no business here."""
        address = visitor(request.scope, self.settings).address
        if self.settings.metrics or address not in LOOPBACK or FORWARDED & set(request.headers):
            raise Problem("not_found")
        return Response(self.metrics.text(), media_type=PLAIN)


def routes(health: Health) -> APIRouter:
    router = APIRouter()
    for path, route in (
        ("/healthz", health.healthz),
        ("/readyz", health.readyz),
        ("/versie", health.versie),
        ("/metrics", health.shown),
    ):
        router.add_api_route(path, route, methods=["GET"])
    return router
