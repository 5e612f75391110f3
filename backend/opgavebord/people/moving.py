"""A seat moves to another device: the old one shows a *stoelcode*, the new one types it.

Four digits can be read aloud, and guessed. So a code lives for ten minutes, works once, and dies when
somebody at this sprint typed five wrong ones since it was made: whoever guesses has five chances in ten
thousand, and who moves honestly asks for a new code. Wrong codes also count for the brake on the door
(`brake.py`). Codes are in memory only; after a restart people ask again.

Pure as far as it goes: time and chance come in. A code names a seat, never a person.
"""

import re
from collections.abc import Callable
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from ..sprint import limits
from ..sprint.sprint import Role, Seat
from ..storage import doorway
from ..storage.database import Connection, Database
from . import tokens
from .brake import Brake
from .doors import behind
from .seats import Taken

MOVES: Final[tuple[Role, ...]] = ("deelnemer", "tafelbegeleider")
"""Whose seat moves with a stoelcode; the others open their link again."""

_NOISE: Final = re.compile(r"[\s\-]+")
_TYPED_MOST: Final = 64

NotMoved: TypeAlias = Literal["wrong_code", "wrong_stoelcode", "too_many_tries"]


class Given(Struct, frozen=True):
    """A code to show."""

    code: str
    seconds: int  # that it works


class Stayed(Struct, frozen=True):
    """Why a seat did not move, and how many seconds to wait before trying again."""

    why: NotMoved
    wait: float = 0.0


class _Out(Struct):
    """A code that is out there."""

    seat: Seat
    until: float
    wrong: int = 0  # codes typed at this sprint since this one was made, that were nobody's


class Stoelcodes:
    """The codes that work now."""

    def __init__(self, draw: Callable[[int], int]) -> None:
        """`draw(n)`: a random number below n that nobody can foretell."""
        self._draw = draw
        self._out: dict[str, dict[str, _Out]] = {}  # by sprint and code

    def give(self, sprint: str, seat: Seat, now: float) -> Given:
        """A new code for this seat; the one it had stops working."""
        out = self._working(sprint, now)
        for code in [code for code, one in out.items() if one.seat.id == seat.id]:
            del out[code]
        code = self._fresh(out)
        out[code] = _Out(seat, now + limits.STOELCODE_SECONDS)
        self._out[sprint] = out
        return Given(code, limits.STOELCODE_SECONDS)

    def take(self, sprint: str, typed: str, now: float) -> Seat | None:
        """Whose code this is, once. None: nobody's, and all codes of this sprint wear out."""
        out = self._working(sprint, now)
        code = _NOISE.sub("", typed) if len(typed) <= _TYPED_MOST else ""
        found = out.pop(code, None)
        if found is not None:
            return found.seat
        for one in out.values():
            one.wrong += 1
        return None

    def _working(self, sprint: str, now: float) -> dict[str, _Out]:
        out = self._out.get(sprint, {})
        for code, one in list(out.items()):
            if one.until <= now or one.wrong >= limits.STOELCODE_TRIES:
                del out[code]
        if not out:
            self._out.pop(sprint, None)
        return out

    def _fresh(self, out: dict[str, _Out]) -> str:
        while True:
            code = f"{self._draw(10**limits.STOELCODE_DIGITS):0{limits.STOELCODE_DIGITS}}"
            if code not in out:
                return code


class Moving:
    """Moves seats. Shares the brake of the doors: a wrong stoelcode is a wrong code."""

    def __init__(self, database: Database, codes: Stoelcodes, brake: Brake) -> None:
        self._database = database
        self._codes = codes
        self._brake = brake

    def give(self, sprint: str, seat: Seat, now: float) -> Given:
        return self._codes.give(sprint, seat, now)

    async def move(
        self, knock: str, *, by_code: bool, stoelcode: str, address: str, now: float
    ) -> Taken | Stayed:
        """`knock`: the join code or the token of the QR, which tells at which sprint."""
        wait = self._brake.wait(address, now)
        if wait > 0:
            return Stayed("too_many_tries", wait)
        found = await self._database.run(lambda c: behind(c, knock, by_code=by_code))
        if found is None:
            self._brake.failed(address, now)
            return Stayed("wrong_code")
        seat = self._codes.take(found.sprint, stoelcode, now)
        if seat is None:
            self._brake.failed(address, now)
            return Stayed("wrong_stoelcode")
        token = tokens.new_token()

        def work(connection: Connection) -> bool:
            return doorway.change_token(connection, found.sprint, seat.id, tokens.digest(token))

        if not await self._database.run(work):
            return Stayed("wrong_stoelcode")  # its link was made anew meanwhile
        return Taken(found.sprint, seat, token)
