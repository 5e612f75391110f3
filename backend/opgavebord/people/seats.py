"""Seats: a person's place at one sprint, known by a cookie.

The cookie is named after role and sprint, so that one browser may be a participant and the wall at
once. It holds a token that the server made; a token that the server did not make is never adopted.
"""

from collections.abc import Collection, Mapping
from typing import Final

from msgspec import Struct

from ..sprint import limits
from ..sprint.sprint import Role, Seat
from ..storage import doorway
from ..storage.database import Connection, Database
from ..storage.turns import take_turn
from . import tokens

SECONDS: Final = 30 * 24 * 60 * 60
NEARLY: Final = 50  # so many seats before the last one people come in one after the other
VISITORS: Final[tuple[Role, ...]] = (
    "deelnemer",
    "tafelbegeleider",
    "begeleider",
    "oogst",
    "wand",
    "luisteraar",
    "bureau",
)


class Taken(Struct, frozen=True):
    """A seat, and the token that proves it."""

    sprint: str
    seat: Seat
    token: str


class Holding(Struct, frozen=True):
    """The tokens a browser already holds, by sprint and role."""

    tokens: dict[tuple[str, Role], str] = {}

    def of(self, sprint: str, role: Role) -> str | None:
        token = self.tokens.get((sprint, role))
        return token if tokens.looks_like_one(token) else None


class Full(Exception):
    """As many seats are taken as a sprint has."""


def take_seat(connection: Connection, sprint: str, role: Role, holding: Holding, at: int) -> Taken:
    """The seat this browser has already, or a new one. Raises `Full`."""
    held = holding.of(sprint, role)
    if held is not None:
        mine = doorway.seat(connection, sprint, role, tokens.digest(held))
        if mine is not None:
            return Taken(sprint, mine, held)
    if doorway.seats_taken(connection, sprint, role) >= limits.SEATS_PER_SPRINT - NEARLY:
        take_turn(connection, f"last seats of {sprint}")
        if doorway.seats_taken(connection, sprint, role) >= limits.SEATS_PER_SPRINT:
            raise Full(sprint)
    token = tokens.new_token()
    seat = Seat(tokens.new_id(), role)
    doorway.add_seat(connection, sprint, seat, tokens.digest(token), at)
    return Taken(sprint, seat, token)


class Seats:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, sprint: str, role: Role, token: str | None) -> Seat | None:
        """Whose token this is, at this sprint, in this role."""
        if not tokens.looks_like_one(token):
            return None
        hashed = tokens.digest(str(token))
        return await self._database.run(lambda c: doorway.seat(c, sprint, role, hashed))

    async def proofs(
        self, sprints: Collection[str], seats: Collection[str]
    ) -> dict[tuple[str, str], str]:
        """By sprint and seat the hash of the token that counts now; `(sprint, "")` where a sprint is there."""
        return await self._database.run(lambda c: doorway.token_hashes(c, sprints, seats))

    async def all_of(
        self, sprint: str, cookies: Mapping[str, str], secure: bool, path: str = ""
    ) -> list[Seat]:
        """Every seat this browser has at a sprint."""
        asked = [(role, cookies.get(cookie_name(role, sprint, secure, path))) for role in VISITORS]
        found = [await self.of(sprint, role, token) for role, token in asked]
        return [seat for seat in found if seat is not None]


def cookie_name(role: Role, sprint: str, secure: bool, path: str = "") -> str:
    return f"{cookie_prefix(secure, path)}ob_{role}_{sprint}"


def cookie_prefix(secure: bool, path: str = "") -> str:
    """`__Host-` binds a cookie to this very host, and to all of it; browsers take it over https only.
    Below a path (`/bord`) the rest of the host is somebody else's, so there it is `__Secure-`."""
    if not secure:
        return ""
    return "__Secure-" if path else "__Host-"


def cookie_bounds(secure: bool, path: str = "") -> str:
    """Where a cookie goes, as the end of its header says it."""
    return f"Path={path or '/'}; HttpOnly; SameSite=Strict{'; Secure' if secure else ''}"


def set_cookie(taken: Taken, secure: bool, path: str = "") -> str:
    """The header that gives a browser its seat."""
    name = cookie_name(taken.seat.role, taken.sprint, secure, path)
    return f"{name}={taken.token}; Max-Age={SECONDS}; {cookie_bounds(secure, path)}"


def read_cookies(header: str) -> dict[str, str]:
    """The cookies of a request; of two with one name the first, which is the more specific."""
    found: dict[str, str] = {}
    for part in header.split(";"):
        name, equals, value = part.strip().partition("=")
        if equals:
            found.setdefault(name, value)
    return found
