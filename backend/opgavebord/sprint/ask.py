"""What the core is asked: a command, by whom, when, and with which chance.

Clock and chance come in as values, so that the same question always gets the same answer.
"""

from typing import Final

from msgspec import Struct

from .commands import AnyCommand
from .sprint import Seat

ENTROPY_BYTES: Final = 32


class Ask(Struct, frozen=True):
    """One command of one seat at one moment.

    `command` is None where it could not be read. `entropy` holds at least `ENTROPY_BYTES`
    unpredictable bytes, of which a new join code and token are made.
    """

    command: AnyCommand | None
    seat: Seat
    now: int  # server's clock, ms since 1970
    entropy: bytes

    def __post_init__(self) -> None:
        if len(self.entropy) < ENTROPY_BYTES:
            raise ValueError(f"an Ask carries {ENTROPY_BYTES} bytes of entropy")
