"""Over plain HTTP: begin a rehearsal of an evening, and wipe it.

Only who directs the evening may begin one; who directs the rehearsal, or the evening, may end it.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Request, Response
from msgspec import Struct

from ..rehearsal.rehearsals import Rehearsals, TooMany
from .asking import as_json
from .doors import Entrance
from .problems import Problem


class Rehearsing(Struct, frozen=True):
    """Whom the routes ask."""

    entrance: Entrance
    rehearsals: Rehearsals
    links: Callable[[str, Request], Awaitable[dict[str, Any]]]  # of a sprint, for this visitor

    async def begin(self, request: Request, sprint: str) -> Response:
        await self.entrance.directs(request, sprint)
        try:
            id = await self.rehearsals.start(sprint)
        except TooMany:
            raise Problem("busy", 60.0) from None
        if id is None:
            raise Problem("not_found")
        return as_json(await self.links(id, request))

    async def end(self, request: Request, sprint: str) -> Response:
        await self.entrance.directs(request, sprint)
        if not await self.rehearsals.stop(await self.rehearsals.of(sprint) or sprint):
            raise Problem("not_found")
        return as_json({"wiped": True})


def routes(at: Rehearsing) -> APIRouter:
    router = APIRouter()
    router.add_api_route("/api/s/{sprint}/rehearsal", at.begin, methods=["POST"])
    router.add_api_route("/api/s/{sprint}/rehearsal", at.end, methods=["DELETE"])
    return router
