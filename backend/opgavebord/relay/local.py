"""Within one process. There is nobody else to wake but other `Rooms` in the same loop."""

from collections.abc import Callable

from . import Counters, Heard, Message


class LocalRelay:
    """A `Relay` that calls whoever listens, at once."""

    def __init__(self) -> None:
        self.counters = Counters()
        self._listening: dict[str, list[Heard]] = {}

    @property
    def up(self) -> bool:
        return True

    async def open(self) -> None:
        pass

    async def close(self) -> None:
        pass

    def tell(self, sprint: str, message: Message) -> None:
        self.counters.relay_told += 1
        for heard in list(self._listening.get(sprint, ())):
            self.counters.relay_heard += 1
            heard(message)

    def listen(self, sprint: str, heard: Heard) -> Callable[[], None]:
        self._listening.setdefault(sprint, []).append(heard)

        def stop() -> None:
            listening = self._listening.get(sprint, [])
            if heard in listening:
                listening.remove(heard)
            if not listening:
                self._listening.pop(sprint, None)

        return stop

    def anybody(self, sprint: str) -> bool:
        return len(self._listening.get(sprint, ())) > 1
