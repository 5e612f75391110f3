"""The few questions that go over plain HTTP: coming in, moving a seat, who am I, links, the QR.

A request that changes something is refused when a page of another origin sent it. A program that
sends no origin (a test, a script) holds no cookie it should not have.
"""

import io
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Final

import segno
from fastapi import APIRouter, Request, Response
from msgspec import Struct

from .. import protocol
from ..people.doors import Doors, NotIn, join_url
from ..people.invitations import ROLE_OF, Invitations, Which
from ..people.moving import MOVES, Moving, Stayed
from ..people.seats import (
    VISITORS,
    Full,
    Holding,
    Seats,
    Taken,
    cookie_prefix,
    set_cookie,
)
from ..settings import Settings
from ..sprint.sprint import Role, Seat
from ..sync.rooms import Rooms
from ..watch import Watch
from .asking import as_json, body, changes, kept, wall_clock
from .problems import Problem
from .visitor import Visitor, visitor

WHICH: Final[dict[str, Which]] = {which: which for which in ROLE_OF}
DIRECTING: Final[tuple[Role, ...]] = ("begeleider", "bureau")


class Knock(Struct, frozen=True, forbid_unknown_fields=True):
    """With a code that was typed, or with the token of the QR."""

    code: str | None = None
    token: str | None = None


class Move(Struct, frozen=True, forbid_unknown_fields=True):
    """With the code or the token of the sprint, and the stoelcode of the other device."""

    stoelcode: str
    code: str | None = None
    token: str | None = None


class BySecret(Struct, frozen=True, forbid_unknown_fields=True):
    secret: str


class Desk(Struct, frozen=True):
    """Whom the routes ask."""

    settings: Settings
    doors: Doors
    moving: Moving
    seats: Seats
    invitations: Invitations
    rooms: Rooms
    watch: Watch
    public_url: Callable[[str, bool], str]  # of (host, secure): where others find this server
    part: Callable[
        [str, Collection[str], int], Awaitable[None]
    ]  # goodbye to these seats of a sprint, with this code, wherever their sockets are
    staff: Callable[
        [Mapping[str, str], bool], Awaitable[Seat | None]
    ]  # who is signed in at the desk


class Entrance:
    """The routes, each a method."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def join(self, request: Request) -> Response:
        knocks = changes(request, self._desk.settings, self._desk.watch)
        asked = await body(request, Knock)
        holding = _holding(knocks)
        now = wall_clock()
        verdict: Taken | NotIn = NotIn("wrong_code")
        if (asked.code is None) == (asked.token is None):
            raise Problem("bad_request")
        if asked.code is not None:
            verdict = await kept(self._desk.doors.by_code(asked.code, knocks.address, holding, now))
        elif asked.token is not None:
            verdict = await kept(self._desk.doors.by_token(asked.token, holding, now))
        if isinstance(verdict, NotIn):
            self._desk.watch.count("join_failures", verdict.why)
            if verdict.wait:
                self._desk.watch.count("rate_limited", "joins")
            raise Problem(verdict.why, verdict.wait)
        self._desk.watch.count("joins")
        return _taken(verdict, {"sprint": verdict.sprint}, knocks)

    async def enter(self, request: Request) -> Response:
        knocks = changes(request, self._desk.settings, self._desk.watch)
        asked = await body(request, BySecret)
        try:
            taken = await kept(
                self._desk.invitations.enter(asked.secret, wall_clock(), _holding(knocks))
            )
        except Full:
            raise Problem("full") from None
        if taken is None:
            self._desk.watch.count("links_refused")
            raise Problem("wrong_link")
        return _taken(taken, {"sprint": taken.sprint, "role": taken.seat.role}, knocks)

    async def stoelcode(self, request: Request, sprint: str) -> Response:
        """A code with which the seat of this browser can move to another device."""
        changes(request, self._desk.settings, self._desk.watch)
        seat = await self.of_role(request, sprint, MOVES)
        now = wall_clock()
        given = await kept(self._desk.moving.give(sprint, seat, now))
        return as_json({"code": given.code, "until": now + given.seconds * 1_000})

    async def move(self, request: Request) -> Response:
        """The seat of another device, for this one. The other one is told goodbye."""
        knocks = changes(request, self._desk.settings, self._desk.watch)
        asked = await body(request, Move)
        knock = asked.code if asked.code is not None else asked.token
        if knock is None or (asked.code is None) == (asked.token is None):
            raise Problem("bad_request")
        verdict = await kept(
            self._desk.moving.move(
                knock,
                by_code=asked.code is not None,
                stoelcode=asked.stoelcode,
                address=knocks.address,
                now=wall_clock(),
            )
        )
        if isinstance(verdict, Stayed):
            self._desk.watch.count("moves_refused", verdict.why)
            raise Problem(verdict.why, verdict.wait)
        self._desk.watch.count("moves")
        seat = verdict.seat
        await self._desk.part(verdict.sprint, (seat.id,), protocol.MOVED)
        return _taken(verdict, {"sprint": verdict.sprint, "role": seat.role}, knocks)

    async def me(self, request: Request, sprint: str) -> Response:
        seats = await self._seats(request, sprint)
        if not seats:
            raise Problem("no_seat")
        evening = await kept(self._desk.rooms.peek(sprint))
        title = evening.title if evening is not None else ""
        knocks = visitor(request.scope, self._desk.settings)
        told = {
            "title": title,
            "roles": [seat.role for seat in seats],
            "url": self._desk.public_url(knocks.host, knocks.secure),  # to show beside the code
        }
        return as_json(told)

    async def rotate(self, request: Request, sprint: str, which: str) -> Response:
        knocks = changes(request, self._desk.settings, self._desk.watch)
        if which not in WHICH:
            raise Problem("not_found")
        by = await self.of_role(request, sprint, DIRECTING)
        renewed = await kept(self._desk.invitations.rotate(sprint, WHICH[which], by))
        await self._desk.part(sprint, frozenset(renewed.gone), protocol.REPLACED)
        base = self._desk.public_url(knocks.host, knocks.secure)
        told = {"url": f"{base}/{which}#{renewed.secret}"}
        return as_json(told) if renewed.mine is None else _taken(renewed.mine, told, knocks)

    async def links(self, request: Request, sprint: str) -> Response:
        """The links of every role, for who hands them out."""
        await self.of_role(request, sprint, DIRECTING)
        found = await kept(self._desk.invitations.links(sprint))
        knocks = visitor(request.scope, self._desk.settings)
        base = self._desk.public_url(knocks.host, knocks.secure)
        return as_json({which: f"{base}/{which}#{found.of(which)}" for which in ROLE_OF})

    async def qr(self, request: Request, sprint: str) -> Response:
        """The QR of the door; of a table, one that brings people there."""
        await self.of_role(request, sprint, ("wand", *DIRECTING))
        evening = await kept(self._desk.rooms.peek(sprint))
        if evening is None or not evening.token:
            raise Problem("not_found")
        table = request.query_params.get("table")
        if table is not None and await kept(self._desk.rooms.find(sprint, "table", table)) is None:
            raise Problem("not_found")
        knocks = visitor(request.scope, self._desk.settings)
        base = self._desk.public_url(knocks.host, knocks.secure)
        drawn = io.BytesIO()
        segno.make_qr(join_url(base, evening.token, table), error="m").save(
            drawn, kind="svg", border=2, scale=4, light="#ffffff", xmldecl=False, svgns=True
        )
        headers = {"cache-control": "no-store"}
        return Response(drawn.getvalue(), 200, headers, "image/svg+xml")

    async def directs(self, request: Request, sprint: str) -> Seat:
        """Who directs this evening, on a page of our own; a `Problem` where it is somebody else."""
        changes(request, self._desk.settings, self._desk.watch)
        return await self.of_role(request, sprint, ("begeleider",))

    async def _seats(self, request: Request, sprint: str) -> list[Seat]:
        knocks = visitor(request.scope, self._desk.settings)
        seats = await kept(
            self._desk.seats.all_of(sprint, knocks.cookies, knocks.secure, knocks.path)
        )
        staff = await self._desk.staff(knocks.cookies, knocks.secure)
        return seats if staff is None else [*seats, staff]

    async def of_role(self, request: Request, sprint: str, roles: tuple[Role, ...]) -> Seat:
        """The seat that may do this. A stranger hears the same as where there is no such sprint."""
        seats = await self._seats(request, sprint)
        if not seats:
            raise Problem("no_seat")
        for seat in seats:
            if seat.role in roles:
                return seat
        raise Problem("not_allowed")


def routes(desk: Desk) -> APIRouter:
    at = Entrance(desk)
    router = APIRouter()
    for method, path, route in (
        ("POST", "/api/join", at.join),
        ("POST", "/api/enter", at.enter),
        ("POST", "/api/move", at.move),
        ("POST", "/api/s/{sprint}/stoelcode", at.stoelcode),
        ("GET", "/api/s/{sprint}/me", at.me),
        ("GET", "/api/s/{sprint}/links", at.links),
        ("POST", "/api/s/{sprint}/links/{which}", at.rotate),
        ("GET", "/api/s/{sprint}/qr.svg", at.qr),
    ):
        router.add_api_route(path, route, methods=[method])
    return router


def _holding(knocks: Visitor) -> Holding:
    """The seats this browser says it has, read from the names of its cookies."""
    prefix = f"{cookie_prefix(knocks.secure, knocks.path)}ob_"
    held: dict[tuple[str, Role], str] = {}
    for name, value in knocks.cookies.items():
        for role in VISITORS:
            if name.startswith(f"{prefix}{role}_"):
                held[name.removeprefix(f"{prefix}{role}_"), role] = value
    return Holding(held)


def _taken(taken: Taken, told: dict[str, str], knocks: Visitor) -> Response:
    response = as_json(told)
    response.headers.append("set-cookie", set_cookie(taken, knocks.secure, knocks.path))
    return response
