"""How processes that serve the same sprints wake each other.

Everything here is a hint and never the truth: it may be lost, late, double, or made up by somebody
else on the network. So nobody believes it. Who hears that a sprint reached 813 looks in the log; who
hears that seats were taken away asks the database whether they were; who hears that a sprint was
wiped looks whether it is there. What is only *shown* (who is here, what is in whose hand) is shown for
a few seconds and then forgotten unless it is said again. A lie costs a question, or a wrong dot.

Invariants:

* `tell` never waits, never raises and never holds more than a bounded number of bytes;
* a message has a bounded size on both sides; one that is not exactly what it should be is counted and
  dropped;
* who tells may hear itself; `by` is the random name of a process, made anew at each start.
"""

from collections.abc import Callable
from typing import Annotated, Final, Protocol, TypeAlias

import msgspec
from msgspec import Meta, Struct

from ..protocol import Held, Number
from ..sprint import limits
from ..sprint.sprint import Id
from ..sync.effects import Shown, Who

MESSAGE_BYTES: Final = 256 * 1024  # the screens of one sprint at one process, with room to spare
HANDS: Final = 200  # of one process that are said at once


class _Message(
    Struct, frozen=True, tag_field="t", forbid_unknown_fields=True, omit_defaults=True, gc=False
):
    by: Id  # the process that says so


class Reached(_Message, frozen=True, tag="reached"):
    """The log of this sprint goes up to `head`."""

    head: Number


class Wiped(_Message, frozen=True, tag="wiped"):
    """This sprint is not there any more."""


class Parted(_Message, frozen=True, tag="parted"):
    """These seats were taken away, or moved to another device."""

    seats: Annotated[tuple[Id, ...], Meta(max_length=limits.SEATS_PER_SPRINT)]


class Crowd(_Message, frozen=True, tag="crowd"):
    """All screens that this process knows at this sprint. Said again every few seconds."""

    screens: Annotated[tuple[Shown, ...], Meta(max_length=limits.SCREENS_ELSEWHERE)]


class Hands(_Message, frozen=True, tag="hands"):
    """What screens of this process took up or let go."""

    held: Annotated[dict[Who, Held | None], Meta(max_length=HANDS)]


class Renewed(Struct, frozen=True):
    """From the relay itself: it listens from now on, so what was said before may be missed."""


Message: TypeAlias = Reached | Wiped | Parted | Crowd | Hands
Heard: TypeAlias = Callable[[Message | Renewed], None]
"""Called in the event loop, at any time. Must not raise."""


class Counters:
    """What happened since the start, for `/metrics` and for tests."""

    def __init__(self) -> None:
        self.relay_told = 0
        self.relay_heard = 0
        self.relay_dropped = 0  # heard, and not what it should be, or too much
        self.relay_unsaid = 0  # not told: nobody could hear it
        self.relay_losses = 0  # of the connection


class Relay(Protocol):
    """The contract is `tests/relay/test_relay.py`."""

    counters: Counters

    @property
    def up(self) -> bool:
        """Whether what is told is heard, as far as we know."""

    async def open(self) -> None:
        """Begin. Does not wait for anybody."""

    async def close(self) -> None: ...

    def tell(self, sprint: str, message: Message) -> None:
        """Tell everybody who listens. Never blocks, never raises."""

    def listen(self, sprint: str, heard: Heard) -> Callable[[], None]:
        """Hear of a sprint from now on. Returns what stops it."""

    def anybody(self, sprint: str) -> bool:
        """Whether there may be others to hear it; False saves the trouble of telling."""


class NotOurs(Exception):
    """A message that is not exactly what it should be."""


_encode: Final = msgspec.json.Encoder().encode
_decoder: Final[msgspec.json.Decoder[Message]] = msgspec.json.Decoder(Message)


def write(message: Message) -> bytes:
    return _encode(message)


def read(data: object) -> Message:
    """The only parser of what comes from other processes. Raises `NotOurs`."""
    if not isinstance(data, bytes) or len(data) > MESSAGE_BYTES:
        raise NotOurs
    try:
        return _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise NotOurs from wrong
