"""The last events of a sprint as they are told, each encoded once.

A `View` is one event in bytes: as participants see it, as the wall and the facilitator see it,
and as it looks to the few seats that see more (*insiders*: who wrote a hidden note). A frame is
made of views by joining bytes. It is the same for everyone who has the same head, the same
privilege and is no insider, so it is made once per group, and only the acknowledgements of a
seat's own commands are put in at the end. No frame is ever made by encoding an event again.

Invariants: views are contiguous, `start` is the number before the first, and a view never
changes once it was added.
"""

from typing import Final

from msgspec import Struct

from ..sprint import limits

FRAME_BYTES: Final = 256 * 1024  # missed more than this: the snapshot is the shorter way
SPARE: Final = 1024  # cut the tail now and then, not at every event


class View(Struct, frozen=True, gc=False):
    """One event as its viewers get it. Empty bytes: nothing to see."""

    seat: str  # who asked, and so gets `ack`
    ack: bytes  # the verdict, encoded
    public: bytes
    privileged: bytes
    own: dict[str, tuple[bytes, bytes]] | None = None  # per insider: (public, privileged)


class Tail:
    __slots__ = ("_acks", "_bodies", "_insiders", "_sizes", "_views", "start")

    def __init__(self, head: int = 0) -> None:
        self.start = head
        self._views: list[View] = []
        self._sizes: list[int] = []  # bytes up to and including each view
        self._bodies: dict[tuple[int, bool, str | None], tuple[bytes, bytes]] = {}
        self._acks: dict[int, dict[str, list[bytes]]] = {}
        self._insiders: dict[int, set[str]] = {}

    @property
    def head(self) -> int:
        return self.start + len(self._views)

    def add(self, view: View) -> None:
        self._views.append(view)
        self._sizes.append((self._sizes[-1] if self._sizes else 0) + len(view.privileged))
        if len(self._views) >= limits.TAIL_EVENTS + SPARE:
            cut = len(self._views) - limits.TAIL_EVENTS
            del self._views[:cut]
            del self._sizes[:cut]
            self.start += cut
        self._forget()

    def cut(self, head: int) -> None:
        """Begin anew after `head`: nobody can be brought up to date from before it."""
        self.start = head
        self._views.clear()
        self._sizes.clear()
        self._forget()

    def reaches(self, after: int) -> bool:
        """Whether a frame can bring somebody up to date who has `after`, and is the short way."""
        if not self.start <= after <= self.head or self.head - after > limits.TAIL_EVENTS:
            return False
        if after == self.head:
            return True
        first = after - self.start
        before = self._sizes[first] - len(self._views[first].privileged)
        return self._sizes[-1] - before <= FRAME_BYTES

    def frame(self, after: int, seat: str, privileged: bool) -> bytes:
        """All after `after`, as this seat sees it, with the verdicts on its commands."""
        insiders = self._insiders.get(after)
        if insiders is None:
            insiders = self._look_at(after)
        inside = seat if seat in insiders else None
        found = self._bodies.get((after, privileged, inside))
        if found is None:
            found = self._body(after, privileged, inside)
        acks = self._acks[after].get(seat)
        if acks is None:
            return found[1]
        return b'%b,"acks":[%b]}' % (found[0], b",".join(acks))

    def acks_only(self, head: int, acks: list[bytes]) -> bytes:
        """A frame that moves nobody and only answers."""
        return b'{"t":"frame","from":%d,"to":%d,"events":[],"acks":[%b]}' % (
            head,
            head,
            b",".join(acks),
        )

    def _look_at(self, after: int) -> set[str]:
        insiders: set[str] = set()
        acks: dict[str, list[bytes]] = {}
        for view in self._views[after - self.start :]:
            if view.own:
                insiders.update(view.own)
            acks.setdefault(view.seat, []).append(view.ack)
        self._insiders[after] = insiders
        self._acks[after] = acks
        return insiders

    def _body(self, after: int, privileged: bool, inside: str | None) -> tuple[bytes, bytes]:
        views = self._views[after - self.start :]
        if inside is None:
            seen = [view.privileged if privileged else view.public for view in views]
        else:
            seen = [
                view.own[inside][privileged]
                if view.own and inside in view.own
                else view.privileged
                if privileged
                else view.public
                for view in views
            ]
        body = b'{"t":"frame","from":%d,"to":%d,"events":[%b]' % (
            after,
            self.head,
            b",".join([event for event in seen if event]),
        )
        made = (body, body + b',"acks":[]}')
        self._bodies[after, privileged, inside] = made
        return made

    def _forget(self) -> None:
        if self._acks:
            self._bodies.clear()
            self._acks.clear()
            self._insiders.clear()
