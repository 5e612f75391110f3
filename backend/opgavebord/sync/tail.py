"""The last events of a sprint as they are told, each encoded once.

A `Told` is one event in bytes: as the crowd of each view sees it (hall, wall, desk), and as it looks
to the few seats that see otherwise than their crowd (*insiders*: who wrote a hidden note, who sits at
its table, who moved). A frame is made of them by joining bytes. It is the same for everyone who has
the same head, the same view and is no insider, so it is made once per group, and only the
acknowledgements of a seat's own commands are put in at the end. No frame is ever made by encoding an
event again. Of what a seat may not see it hears nothing, not even an empty frame: the next one that
says something begins where its last one ended.

A seat that moved (to another table, to the next turn of a tablet that goes round) may have read what
is closed to it now. So it is never brought up to date from before it moved: it gets a snapshot.

Invariants: what was told is contiguous, `start` is the number before the first, and none of it
changes once it was added.
"""

from typing import Final, TypeAlias

from msgspec import Struct

from ..sprint import limits
from ..sprint.sight import VIEWS, View

FRAME_BYTES: Final = 256 * 1024  # missed more than this: the snapshot is the shorter way
SPARE: Final = 1024  # cut the tail now and then, not at every event


Crowds: TypeAlias = tuple[bytes, bytes, bytes]
"""An event for the crowd of each view, in the order of `VIEWS`. Empty bytes: nothing to see."""

Insider: TypeAlias = tuple[str, View]
"""A seat, and the view it looks from. A seat has one; it is told twice where that is not known yet."""

NOBODY: Final[frozenset[str]] = frozenset()
_BEGIN: Final = b'{"t":"frame","from":'
_PLACE: Final[dict[View, int]] = {view: place for place, view in enumerate(VIEWS)}


class Told(Struct, frozen=True, gc=False):
    """One event as its viewers get it."""

    seat: str  # who asked, and so gets `ack`
    ack: bytes  # the verdict, encoded
    crowds: Crowds
    own: dict[Insider, bytes] | None = None
    moved: frozenset[str] = NOBODY

    @property
    def size(self) -> int:
        return max(map(len, self.crowds))


class Tail:
    __slots__ = ("_acks", "_bodies", "_insiders", "_moved", "_sizes", "_told", "start")

    def __init__(self, head: int = 0) -> None:
        self.start = head
        self._told: list[Told] = []
        self._moved: dict[str, int] = {}  # in which event each seat moved last
        self._sizes: list[int] = []  # bytes up to and including each event
        self._bodies: dict[tuple[int, View, str | None], tuple[bytes, bytes | None]] = {}
        self._acks: dict[int, dict[str, list[bytes]]] = {}
        self._insiders: dict[int, set[Insider]] = {}

    @property
    def head(self) -> int:
        return self.start + len(self._told)

    def add(self, told: Told) -> None:
        self._told.append(told)
        self._sizes.append((self._sizes[-1] if self._sizes else 0) + told.size)
        for seat in told.moved:
            self._moved[seat] = self.head
        if len(self._told) >= limits.TAIL_EVENTS + SPARE:
            cut = len(self._told) - limits.TAIL_EVENTS
            del self._told[:cut]
            del self._sizes[:cut]
            self.start += cut
        self._forget()

    def cut(self, head: int) -> None:
        """Begin anew after `head`: nobody can be brought up to date from before it."""
        self.start = head
        self._told.clear()
        self._sizes.clear()
        self._forget()

    def reaches(self, after: int, seat: str = "") -> bool:
        """Whether a frame can bring this seat up to date when it has `after`, and is the short way."""
        if after < self._moved.get(seat, 0):
            return False
        if not self.start <= after <= self.head or self.head - after > limits.TAIL_EVENTS:
            return False
        if after == self.head:
            return True
        first = after - self.start
        before = self._sizes[first] - self._told[first].size
        return self._sizes[-1] - before <= FRAME_BYTES

    def frame(self, after: int, seat: str, view: View) -> bytes:
        """All after `after`, as this seat sees it, with the verdicts on its commands."""
        return self.news(after, after, seat, view) or self.nothing(after, self.head)

    def news(self, after: int, begin: int, seat: str, view: View) -> bytes | None:
        """What this seat has to hear of all after `after`, as a frame that begins at `begin`: between
        the two there was nothing for it. None where there is nothing after `after` either."""
        insiders = self._insiders.get(after)
        if insiders is None:
            insiders = self._look_at(after)
        inside = seat if insiders and (seat, view) in insiders else None
        found = self._bodies.get((after, view, inside))
        if found is None:
            found = self._body(after, view, inside)
        acks = self._acks[after].get(seat)
        if acks is not None:
            return b'%b%d%b,"acks":[%b]}' % (_BEGIN, begin, found[0], b",".join(acks))
        if found[1] is None or begin == after:
            return found[1]
        return b'%b%d%b,"acks":[]}' % (_BEGIN, begin, found[0])

    def nothing(self, begin: int, to: int) -> bytes:
        """A frame that only says how far the log is: from the one to the other there was nothing to see."""
        return b'%b%d,"to":%d,"events":[],"acks":[]}' % (_BEGIN, begin, to)

    def acks_only(self, head: int, acks: list[bytes]) -> bytes:
        """A frame that moves nobody and only answers."""
        return b'%b%d,"to":%d,"events":[],"acks":[%b]}' % (
            _BEGIN,
            head,
            head,
            b",".join(acks),
        )

    def _look_at(self, after: int) -> set[Insider]:
        insiders: set[Insider] = set()
        acks: dict[str, list[bytes]] = {}
        for told in self._told[after - self.start :]:
            if told.own:
                insiders.update(told.own)
            acks.setdefault(told.seat, []).append(told.ack)
        self._insiders[after] = insiders
        self._acks[after] = acks
        return insiders

    def _body(self, after: int, view: View, inside: str | None) -> tuple[bytes, bytes | None]:
        """The frame without its beginning and its verdicts, and the whole of it for who gets no
        verdict; None where there is nothing to see in it."""
        place = _PLACE[view]
        missed = self._told[after - self.start :]
        if inside is None:
            seen = [told.crowds[place] for told in missed]
        else:
            me = (inside, view)
            seen = [
                told.own[me] if told.own and me in told.own else told.crowds[place]
                for told in missed
            ]
        shown = b",".join([event for event in seen if event])
        body = b',"to":%d,"events":[%b]' % (self.head, shown)
        whole = b'%b%d%b,"acks":[]}' % (_BEGIN, after, body) if shown else None
        made = self._bodies[after, view, inside] = (body, whole)
        return made

    def _forget(self) -> None:
        if self._acks:
            self._bodies.clear()
            self._acks.clear()
            self._insiders.clear()
