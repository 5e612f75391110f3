"""Nudges within one process. There is nobody else to wake but other `Rooms` in the same loop."""

from collections.abc import Callable

from . import Heard


class LocalRelay:
    """A `Relay` that calls whoever listens, at once."""

    def __init__(self) -> None:
        self._listening: dict[str, list[Heard]] = {}

    def nudge(self, sprint: str, head: int) -> None:
        for heard in list(self._listening.get(sprint, ())):
            heard(head)

    def listen(self, sprint: str, heard: Heard) -> Callable[[], None]:
        self._listening.setdefault(sprint, []).append(heard)

        def stop() -> None:
            listening = self._listening.get(sprint, [])
            if heard in listening:
                listening.remove(heard)
            if not listening:
                self._listening.pop(sprint, None)

        return stop
