"""What a client did and saw, one line of JSON each, on one monotonic clock.

The driver writes the history, never the server: what a server believes of itself proves nothing.
`checker.check` holds a history against the log as it stands in the end.

A client says who it is (`Came`), what it asked (`Asked`, once for every time the bytes left or would
have), what it was told (`Answered`, `Whole`, `Moved`, `Showed`) and when it was cut off (`Lost`). Who
breaks things says so (`Fault`), and who measures writes samples (`Sample`).
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final, TypeAlias

import msgspec
from msgspec import Struct

from opgavebord.protocol import Ack
from opgavebord.sprint.change import Change
from opgavebord.sprint.commands import AnyCommand
from opgavebord.sprint.history import typed
from opgavebord.sprint.refusals import RefusalCode
from opgavebord.sprint.sprint import Record, Role


class _Happening(Struct, frozen=True, tag_field="is", omit_defaults=True):
    at: float  # seconds, of one clock for the whole history


class Came(_Happening, frozen=True, tag="came"):
    """A device speaks for a seat, now and until it says otherwise. `head`: how far it says it is."""

    device: str
    seat: str
    role: Role
    head: int | None = None


class Asked(_Happening, frozen=True, tag="asked"):
    """A command under its name. Again where it is sent again, with the words it is then sent in."""

    device: str
    name: str
    command: AnyCommand | None  # None: no command at all, on purpose


class Answered(_Happening, frozen=True, tag="answered"):
    """A verdict that this device heard. `seq` is 0 where it was not kept."""

    device: str
    name: str
    seq: int
    refusal: RefusalCode | None = None


class Whole(_Happening, frozen=True, tag="whole"):
    """A snapshot with what only this seat sees: the whole board, as of `head`."""

    device: str
    head: int
    records: tuple[Record, ...]


class Moved(_Happening, frozen=True, tag="moved"):
    """A frame took this device from one number to another; what it showed on the way follows."""

    device: str
    start: int
    to: int


class Showed(_Happening, frozen=True, tag="showed"):
    """An event that this device took in, as it was told."""

    device: str
    seq: int
    change: Change


class Lost(_Happening, frozen=True, tag="lost"):
    """Its connection is gone."""

    device: str


class Gone(_Happening, frozen=True, tag="gone"):
    """The tab is closed for good: nobody waits for its answers any more."""

    device: str


class Fault(_Happening, frozen=True, tag="fault"):
    """Something is broken on purpose from here on, or whole again."""

    what: str
    on: bool


class Sample(_Happening, frozen=True, tag="sample"):
    """A measured value, such as the memory of a process: `rss`, `fds`, `tasks`, `wal`, `queue`."""

    who: str
    what: str
    value: float


class Note(_Happening, frozen=True, tag="note"):
    """What a client saw that may never be, in words: a message that can not be read."""

    device: str
    what: str


Happening: TypeAlias = (
    Came | Asked | Answered | Whole | Moved | Showed | Lost | Gone | Fault | Sample | Note
)

_lines: Final = msgspec.json.Decoder(Happening)
_encode: Final = msgspec.json.Encoder().encode


def answered(at: float, device: str, ack: Ack) -> Answered:
    return Answered(at, device, ack.id, ack.seq, ack.refusal)


def write(happenings: Iterable[Happening], file: Path) -> None:
    """As JSON lines, after what is there."""
    with file.open("ab") as out:
        for happening in happenings:
            out.write(_encode(happening) + b"\n")


def read(file: Path) -> list[Happening]:
    """A history as it was written, for a look at a run that failed."""
    return [_read(line) for line in file.read_bytes().splitlines()]


def _read(line: bytes) -> Happening:
    happening = _lines.decode(line)
    if isinstance(happening, Showed):
        return msgspec.structs.replace(happening, change=typed(happening.change))
    return happening
