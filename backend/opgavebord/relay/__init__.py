"""How processes wake each other. A nudge is a hint, "this sprint reaches 813", and never the
truth: it may be lost, late, double or wrong, and costs then a look in the log and nothing else.
"""

from collections.abc import Callable
from typing import Protocol, TypeAlias

Heard: TypeAlias = Callable[[int], None]
"""Called with the head that somebody says a sprint has reached."""


class Relay(Protocol):
    def nudge(self, sprint: str, head: int) -> None:
        """Tell everybody who listens. Never blocks, never raises."""

    def listen(self, sprint: str, heard: Heard) -> Callable[[], None]:
        """Hear of a sprint from now on. Returns what stops it."""
