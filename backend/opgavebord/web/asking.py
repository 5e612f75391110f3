"""What every route does with a request: is it from a page of ours, what does it say, and the answer."""

from collections.abc import Awaitable
from typing import TypeVar

import msgspec
from fastapi import Request, Response

from ..clock import wall_clock as wall_clock
from ..settings import Settings
from ..storage.trouble import StorageLost, StorageTrouble
from ..watch import Watch
from .problems import Problem
from .visitor import Visitor, visitor, welcome_origin

T = TypeVar("T")


def changes(request: Request, settings: Settings, watch: Watch) -> Visitor:
    """A visitor who may change something: not a page of somebody else."""
    knocks = visitor(request.scope, settings)
    if knocks.origin is not None and not welcome_origin(knocks, settings):
        watch.count("origin_rejected", "request")
        raise Problem("wrong_origin")
    return knocks


async def body(request: Request, shape: type[T]) -> T:
    """What was sent, if it is exactly this."""
    raw = await request.body()
    try:
        return msgspec.json.decode(raw, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Problem("bad_request") from None


async def kept(asked: Awaitable[T]) -> T:
    """What the storage answers; when it can not, the visitor is asked to try again."""
    try:
        return await asked
    except (StorageTrouble, StorageLost):
        raise Problem("trouble", 1.0) from None


def as_json(value: object) -> Response:
    headers = {"cache-control": "no-store"}
    return Response(msgspec.json.encode(value), 200, headers, "application/json")
