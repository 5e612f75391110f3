"""A brake on guessing: counts failures only, because a whole hall shares one address.

Two hundred tablets that type the right code in one minute never touch it. Sixty wrong codes from one
address in ten minutes do, and three hundred a minute from everywhere. The desk has the same brake, by name.

Failures are rows of the database, so that every process counts all of them; who guessed is kept as a hash, until
it does not count any more. Who is held back asks the database nothing: the answer is remembered here.
Times are milliseconds since 1970, and come in.
"""

from collections import OrderedDict
from typing import Final

from ..sprint import limits
from ..storage import failures
from ..storage.database import Connection
from ..storage.turns import take_turn
from . import tokens

HELD: Final = (
    10_000  # remembered at once; the one that was held back longest ago is forgotten first
)
MINUTE: Final = 60


class Brake:
    def __init__(self, what: str, most: int, seconds: int, most_a_minute: int) -> None:
        """`most` failures of one in so many seconds, and `most_a_minute` of all together."""
        self._what = what
        self._most = most
        self._seconds = seconds
        self._most_a_minute = most_a_minute
        self._held: OrderedDict[str, int] = OrderedDict()  # until when

    def held(self, who: str, now: int) -> float:
        """Seconds that this one was told to wait, and has not; 0: ask."""
        until = self._held.get(who, 0)
        if until <= now:
            self._held.pop(who, None)
            return 0.0
        return (until - now) / 1_000

    def hold(self, who: str, now: int, wait: float) -> None:
        self._held[who] = now + int(wait * 1_000)
        self._held.move_to_end(who)
        if len(self._held) > HELD:
            self._held.popitem(last=False)

    def wait(self, connection: Connection, who: str, now: int) -> float:
        """Seconds this one must wait before it may try; 0: go ahead."""
        mine = self._wait(connection, self._hashed(who), self._most, self._seconds, now)
        return max(mine, self._wait(connection, None, self._most_a_minute, MINUTE, now))

    def failed(self, connection: Connection, who: str, now: int) -> str:
        """It guessed wrong. Returns what `proved` wants to know."""
        forget = now - max(self._seconds, MINUTE) * 1_000
        return failures.add(connection, self._what, self._hashed(who), now, forget)

    def proved(self, connection: Connection, who: str, failure: str) -> None:
        """That was right after all, and so this one is forgiven."""
        failures.forgive(connection, self._what, self._hashed(who), failure)

    def one_at_a_time(self, connection: Connection, who: str) -> None:
        """Whoever counts and then fails this one has its turn, so that many at once do not slip by."""
        take_turn(connection, f"{self._what} {self._hashed(who)}")

    def _hashed(self, who: str) -> str:
        return tokens.digest(f"{self._what} {who}")

    def _wait(
        self, connection: Connection, who: str | None, most: int, seconds: int, now: int
    ) -> float:
        at = failures.last_but(connection, self._what, who, most, now - seconds * 1_000, now)
        return 0.0 if at is None else (at + seconds * 1_000 - now) / 1_000


def at_the_doors() -> Brake:
    """One for all doors: a wrong stoelcode is a wrong code."""
    return Brake(
        "door",
        limits.FAILED_JOINS_PER_ADDRESS,
        limits.FAILED_JOINS_PER_ADDRESS_SECONDS,
        limits.FAILED_JOINS_PER_MINUTE,
    )
