"""What a room asks the outside world to do. Values, carried out by `rooms.py`."""

from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

from ..protocol import Ack, Count, Held, Number
from ..sprint.entry import Entry
from ..sprint.sprint import Id, Kind, Record, Role

Who: TypeAlias = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{1,32}\Z")]
"""By what key a screen is known among the others."""


class Shown(Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """A screen as its process shows it to the other processes. Fleeting, and believed by nobody."""

    who: Who
    seat: Id
    role: Role
    online: bool
    unsent: Count
    since: Number  # connected, or gone, since (ms)
    said: Count = 0  # how often it told what it holds
    held: Held | None = None


class Append(Struct, frozen=True):
    """Keep these entries, all or none, if the log still ends at `expected`; and the rows that follow."""

    expected: int
    entries: tuple[Entry, ...]
    written: tuple[Record, ...]  # final state of every record the entries write
    dropped: tuple[tuple[Kind, str], ...] = ()


class Read(Struct, frozen=True):
    """Another process was faster: read the log after `seq`."""

    seq: int


class Send(Struct, frozen=True):
    """Put bytes in the mailbox of a connection. `fleeting` may be dropped when it is full."""

    connection: int
    data: bytes
    binary: bool = False
    fleeting: bool = False


class Farewell(Struct, frozen=True):
    """Say goodbye and close."""

    connection: int
    code: int
    retry_ms: int | None = None


class Nudge(Struct, frozen=True):
    """Tell other processes how far this sprint is."""

    head: int


class Present(Struct, frozen=True):
    """Tell other processes which screens are here."""


class Hand(Struct, frozen=True):
    """Tell other processes what screens of ours took up or let go."""

    held: dict[str, Held | None]


class Wake(Struct, frozen=True):
    """Call the room's `tick` at this moment (monotonic seconds)."""

    at: float


class Answer(Struct, frozen=True):
    """The verdict on a command that no connection asked: a desk, a command line."""

    name: str
    ack: Ack


Effect: TypeAlias = Append | Read | Send | Farewell | Nudge | Present | Hand | Wake | Answer
