"""A round of retention that the command line of this machine asks of a running server."""

from collections.abc import Callable

from fastapi import APIRouter, Request, Response
from msgspec import Struct

from ..retention.asking import round_of
from ..retention.wiping import Retention
from .asking import as_json, body, kept
from .problems import Problem


class Wanted(Struct, frozen=True, forbid_unknown_fields=True):
    dry_run: bool


def routes(retention: Retention, is_command_line: Callable[[Request], bool]) -> APIRouter:
    router = APIRouter()

    async def go_round(request: Request) -> Response:
        if not is_command_line(request):
            raise Problem("not_found")
        wanted = await body(request, Wanted)
        return as_json(await kept(round_of(retention, dry_run=wanted.dry_run)))

    router.add_api_route("/api/retention", go_round, methods=["POST"])
    return router
