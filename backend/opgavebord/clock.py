"""The time of the evening: milliseconds since 1970, as this machine had it when we started, and from
then on as it passes. It never jumps.

Somebody sets the laptop's clock, or the network does, an hour ahead or a day back. A timer of five
minutes still has to last five minutes, and who comes later may not be written down as earlier. So the wall
is looked at once; after that the system's own count of seconds goes on, which nobody can set, and which
counts while the machine sleeps. That the wall now says otherwise stands in the log, once for each jump.
"""

import logging
import time
from collections.abc import Callable
from typing import Final

JUMP_NS: Final = 2_000_000_000  # less than this is no jump

_log: Final = logging.getLogger("opgavebord")


def since_boot() -> int:
    """Nanoseconds; where a system has it, also those in which it slept."""
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic_ns() if boottime is None else time.clock_gettime_ns(boottime)


class Clock:
    def __init__(
        self, wall: Callable[[], int] = time.time_ns, passing: Callable[[], int] = since_boot
    ) -> None:
        self._wall = wall
        self._passing = passing
        self._began = wall() - passing()
        self._astray = 0  # so far was the wall when it was last written down

    def __call__(self) -> int:
        now = self._began + self._passing()
        astray = self._wall() - now
        if abs(astray - self._astray) > JUMP_NS:
            self._astray = astray
            _log.warning(
                "the clock of this machine was set %+.0f s from ours; ours goes on until we are "
                "started again",
                astray / 1e9,
            )
        return now // 1_000_000


wall_clock: Final = Clock()
