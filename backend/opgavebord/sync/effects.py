"""What a room asks the outside world to do. Values, carried out by `rooms.py`."""

from typing import TypeAlias

from msgspec import Struct

from ..protocol import Ack
from ..sprint.entry import Entry
from ..sprint.sprint import Kind, Record


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


class Wake(Struct, frozen=True):
    """Call the room's `tick` at this moment (monotonic seconds)."""

    at: float


class Answer(Struct, frozen=True):
    """The verdict on a command that no connection asked: a desk, a command line."""

    name: str
    ack: Ack


Effect: TypeAlias = Append | Read | Send | Farewell | Nudge | Wake | Answer
