"""The doors: who comes in with the code on the wall, or with the QR.

A code is six characters, for people; a token is 128 bits, for cameras. Guessing codes is slowed down
(`brake.py`), and a wrong code gets one answer, whether it never was a code or no longer is one. A
token can not be guessed, so it is not slowed down: while somebody at the hall's address plays with
codes, the others still come in by the QR. Who has a seat already comes in again, also when the doors
are closed.
"""

import re
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from ..sprint.evening import CODE_CHARACTERS, JOIN_ALPHABET
from ..storage import doorway
from ..storage.database import Connection, Database
from ..storage.doorway import Doorway
from . import tokens
from .brake import Brake, at_the_doors
from .seats import Full, Holding, Taken, take_seat

_NOISE: Final = re.compile(r"[\s\-\u2010-\u2015\u2212._\u00ad\u200b]+")
_CODE: Final = re.compile(f"[{JOIN_ALPHABET}]{{{CODE_CHARACTERS}}}")
_TYPED_MOST: Final = 64

Why: TypeAlias = Literal["wrong_code", "doors_closed", "full", "too_many_tries"]


class NotIn(Struct, frozen=True):
    """Why somebody stays outside, and how many seconds to wait before trying again."""

    why: Why
    wait: float = 0.0


class Doors:
    def __init__(self, database: Database, brake: Brake | None = None) -> None:
        self._database = database
        self._brake = brake or at_the_doors()

    async def by_code(self, typed: str, address: str, holding: Holding, now: int) -> Taken | NotIn:
        """`now` is the clock in milliseconds."""
        if (wait := self._brake.held(address, now)) > 0:
            return NotIn("too_many_tries", wait)
        code = normal(typed)

        def work(connection: Connection) -> Taken | NotIn:
            wait = self._brake.wait(connection, address, now)
            if wait > 0:
                return NotIn("too_many_tries", wait)
            found = None if code is None else doorway.behind_code(connection, code)
            verdict = _come_in(connection, found, holding, now)
            if isinstance(verdict, NotIn) and verdict.why == "wrong_code":
                self._brake.failed(connection, address, now)
            return verdict

        verdict = await self._database.run(work)
        if isinstance(verdict, NotIn) and verdict.wait:
            self._brake.hold(address, now, verdict.wait)
        return verdict

    async def by_token(self, token: str, holding: Holding, wall: int) -> Taken | NotIn:
        if not tokens.looks_like_one(token):
            return NotIn("wrong_code")
        return await self._database.run(
            lambda connection: _come_in(
                connection, doorway.behind_token(connection, token), holding, wall
            )
        )


def behind(connection: Connection, knock: str, *, by_code: bool) -> Doorway | None:
    """The sprint that a typed code, or else the token of a QR, leads to."""
    if by_code:
        code = normal(knock)
        return None if code is None else doorway.behind_code(connection, code)
    return doorway.behind_token(connection, knock) if tokens.looks_like_one(knock) else None


def normal(typed: str) -> str | None:
    """`abc-def`, ` AB CD EF` → `ABCDEF`; None where it can not be a code."""
    if len(typed) > _TYPED_MOST:
        return None
    code = _NOISE.sub("", typed).upper()
    return code if _CODE.fullmatch(code) else None


def shown(code: str) -> str:
    """`ABCDEF` → `ABC-DEF`, as people read it aloud."""
    half = CODE_CHARACTERS // 2
    return f"{code[:half]}-{code[half:]}"


def join_url(base: str, token: str, table: str | None = None) -> str:
    """What a QR holds. With a table, who comes in sits down there."""
    return f"{base}/#t={token}" + (f"&tafel={table}" if table else "")


def _come_in(
    connection: Connection, outside: Doorway | None, holding: Holding, wall: int
) -> Taken | NotIn:
    if outside is None:
        return NotIn("wrong_code")
    if not outside.open:
        held = holding.of(outside.sprint, "deelnemer")
        mine = held and doorway.seat(connection, outside.sprint, "deelnemer", tokens.digest(held))
        if not held or not mine:
            return NotIn("doors_closed")
    try:
        return take_seat(connection, outside.sprint, "deelnemer", holding, wall)
    except Full:
        return NotIn("full")
