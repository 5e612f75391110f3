"""How fast one seat may ask. Commands over the rate are held back, never refused.

A `Bucket` belongs to a seat and not to a socket: who connects again does not get a new one.
"""

from typing import Final

from msgspec import Struct

from ..sprint import limits

HOUR: Final = 3600.0


class Pace(Struct, frozen=True):
    """How much a seat may ask. A load test gives another one."""

    per_second: float = limits.COMMANDS_PER_SECOND
    burst: float = limits.COMMANDS_BURST
    per_hour: int = limits.COMMANDS_PER_HOUR


class Bucket:
    """A token bucket, with a count per hour on top. `take` costs one token."""

    __slots__ = ("_filled_at", "_hour", "_pace", "_this_hour", "_tokens")

    def __init__(self, pace: Pace, now: float) -> None:
        self._pace = pace
        self._tokens = pace.burst
        self._filled_at = now
        self._hour = now
        self._this_hour = 0

    def take(self, now: float) -> float:
        """0 when a token was taken; otherwise the moment at which to try again."""
        pace = self._pace
        if now - self._hour >= HOUR:
            self._hour = now
            self._this_hour = 0
        if self._this_hour >= pace.per_hour:
            return self._hour + HOUR
        tokens = self._tokens + max(0.0, now - self._filled_at) * pace.per_second
        tokens = min(tokens, pace.burst)
        self._filled_at = now
        if tokens < 1 - 1e-9:  # what rounding takes off a token must not cost a turn
            self._tokens = tokens
            return now + (1 - tokens) / pace.per_second
        self._tokens = tokens - 1
        self._this_hour += 1
        return 0.0
