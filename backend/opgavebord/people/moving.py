"""A seat moves to another device: the old one shows a *stoelcode*, the new one types it.

Four digits can be read aloud, and guessed. So a code lives for ten minutes, works once, and dies when
somebody at this sprint typed five wrong ones since it was made: whoever guesses has five chances in ten
thousand, and who moves honestly asks for a new code. Wrong codes also count for the brake on the door
(`brake.py`). Of a code only a hash is kept, in the database, so that the new device may ask another process
than the old one did.

Time and chance come in. A code names a seat, never a person.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Collection
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from ..sprint import limits
from ..sprint.sprint import Role, Seat
from ..storage import doorway, stoelcodes
from ..storage.database import Connection, Database
from . import tokens
from .brake import Brake
from .doors import behind
from .seats import Taken

MOVES: Final[tuple[Role, ...]] = ("deelnemer", "tafelbegeleider")
"""Whose seat moves with a stoelcode; the others open their link again."""

_NOISE: Final = re.compile(r"[\s\-]+")
_CODE: Final = re.compile(rf"[0-9]{{{limits.STOELCODE_DIGITS}}}")
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


class Stoelcodes:
    """The codes that work now, of every process."""

    def __init__(self, draw: Callable[[int], int], key: bytes) -> None:
        """`draw(n)`: a random number below n that nobody can foretell. `key`: without it nobody can tell
        a code from its hash, of which there are only ten thousand."""
        self._draw = draw
        self._key = key

    def give(self, connection: Connection, sprint: str, seat: Seat, now: int) -> Given:
        """A new code for this seat; the one it had stops working."""
        out = stoelcodes.working(connection, sprint, now, limits.STOELCODE_TRIES)
        code = self._fresh(sprint, [hashed for hashed, whose in out.items() if whose.id != seat.id])
        until = now + limits.STOELCODE_SECONDS * 1_000
        stoelcodes.give(connection, sprint, self._hashed(sprint, code), seat, until)
        return Given(code, limits.STOELCODE_SECONDS)

    def take(self, connection: Connection, sprint: str, typed: str, now: int) -> Seat | None:
        """Whose code this is, once. None: nobody's, and all codes of this sprint wear out."""
        out = stoelcodes.working(connection, sprint, now, limits.STOELCODE_TRIES)
        code = _NOISE.sub("", typed) if len(typed) <= _TYPED_MOST else ""
        hashed = self._hashed(sprint, code) if _CODE.fullmatch(code) else ""
        if hashed in out:
            stoelcodes.use(connection, sprint, hashed)
            return out[hashed]
        stoelcodes.wear_out(connection, sprint)
        return None

    def _fresh(self, sprint: str, taken: Collection[str]) -> str:
        while True:
            code = f"{self._draw(10**limits.STOELCODE_DIGITS):0{limits.STOELCODE_DIGITS}}"
            if self._hashed(sprint, code) not in taken:
                return code

    def _hashed(self, sprint: str, code: str) -> str:
        said = f"stoelcode|{sprint}|{code}".encode()
        return hmac.digest(self._key, said, hashlib.sha256).hex()


class Moving:
    """Moves seats. Shares the brake of the doors: a wrong stoelcode is a wrong code."""

    def __init__(self, database: Database, codes: Stoelcodes, brake: Brake) -> None:
        self._database = database
        self._codes = codes
        self._brake = brake

    async def give(self, sprint: str, seat: Seat, now: int) -> Given:
        """`now` is the clock in milliseconds."""
        return await self._database.run(lambda c: self._codes.give(c, sprint, seat, now))

    async def move(
        self, knock: str, *, by_code: bool, stoelcode: str, address: str, now: int
    ) -> Taken | Stayed:
        """`knock`: the join code or the token of the QR, which tells at which sprint."""
        if (wait := self._brake.held(address, now)) > 0:
            return Stayed("too_many_tries", wait)
        token = tokens.new_token()

        def work(connection: Connection) -> Taken | Stayed:
            wait = self._brake.wait(connection, address, now)
            if wait > 0:
                return Stayed("too_many_tries", wait)
            found = behind(connection, knock, by_code=by_code)
            if found is None:
                self._brake.failed(connection, address, now)
                return Stayed("wrong_code")
            seat = self._codes.take(connection, found.sprint, stoelcode, now)
            if seat is None:
                self._brake.failed(connection, address, now)
                return Stayed("wrong_stoelcode")
            if not doorway.change_token(connection, found.sprint, seat.id, tokens.digest(token)):
                return Stayed("wrong_stoelcode")  # its link was made anew meanwhile
            return Taken(found.sprint, seat, token)

        verdict = await self._database.run(work)
        if isinstance(verdict, Stayed) and verdict.wait:
            self._brake.hold(address, now, verdict.wait)
        return verdict
