"""Every message that crosses the socket, declared once.

JSON text frames, one message each, told apart by `t`. The TypeScript types in
`frontend/src/sync/protocol.ts` are generated from this file (`make protocol`), and
`docs/protocol.md` shows an example of each; tests fail when either is stale.

The one binary frame is a snapshot: the same JSON, gzipped, for clients that said they can
unpack it.

`parse` is the only parser at the border. It looks at the size first, then at how deep the message nests
and how many keys it has, then decodes strictly: unknown fields, wrong types, numbers beyond ±2^53, NaN and
lone surrogates are `BadMessage`. Of a key that is written twice the last one counts, here and everywhere
behind it, because what goes on is the value that was read and never the text.
"""

import re
from typing import Annotated, Any, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta, Raw, Struct

from .sprint import limits
from .sprint.change import Change
from .sprint.commands import AnyCommand, Name
from .sprint.refusals import RefusalCode
from .sprint.sprint import Id, Record, Role, Whole

VERSION: Final = 3
VERSIONS: Final = (3,)
"""3: the whole evening. Pages of version 2 stumble over a kind of record they do not know, so they are
told to reload (their outbox stays); from 3 on, what is not known is passed over."""

Thousandth: TypeAlias = Annotated[int, Meta(ge=0, le=1000)]
"""A place within a zone: 0 is the left or top side, 1000 the right or bottom."""

Number: TypeAlias = Annotated[int, Meta(ge=0, le=2**53)]
"""Of an event, as a client says it."""

Count: TypeAlias = Annotated[int, Meta(ge=0, le=2**31)]

# --- from client to server -----------------------------------------------------------


class Incoming(Struct, frozen=True, tag_field="t", forbid_unknown_fields=True):
    pass


class Hello(Incoming, frozen=True, tag="hello"):
    """The first message. `pending` names commands that have no answer yet."""

    v: Annotated[int, Meta(ge=1, le=1000)]
    device: Id
    head: Number | None = None  # the last event this client has, if any
    pending: Annotated[tuple[Name, ...], Meta(max_length=limits.PENDING_NAMES)] = ()
    gzip: bool = False
    unsent: Count = 0


class Do(Incoming, frozen=True, tag="do"):
    """A command under its name. `c` is decoded apart, so that a bad one can be answered by name."""

    id: Name
    c: Raw


class Drag(Struct, frozen=True, forbid_unknown_fields=True):
    """A note in somebody's hand, over a zone."""

    note: Id
    zone: Id
    x: Thousandth
    y: Thousandth


class Here(Incoming, frozen=True, tag="here"):
    """The fleeting: what I hold, where I type, how many of my commands are not sent."""

    drag: Drag | None = None
    typing: Id | None = None
    unsent: Count = 0


class Since(Incoming, frozen=True, tag="since"):
    """There is a gap: send what comes after `head` again."""

    head: Number


class Ping(Incoming, frozen=True, tag="ping"):
    at: Whole


ClientMessage: TypeAlias = Hello | Do | Here | Since | Ping

# --- from server to client -----------------------------------------------------------


class Outgoing(Struct, frozen=True, tag_field="t"):
    pass


class Ack(Struct, frozen=True, array_like=True, omit_defaults=True):
    """`[name, number, null]`: kept, as event `number`. `[name, number, refusal]`: understood and refused."""

    id: str
    seq: int
    refusal: RefusalCode | None = None


class Event(Struct, frozen=True):
    """What happened, as this viewer may see it."""

    seq: int
    at: int
    change: Change


class Me(Struct, frozen=True):
    id: str
    role: Role


class Welcome(Outgoing, frozen=True, tag="welcome"):
    """The answer to `hello`. A snapshot, or a frame with what was missed, follows."""

    v: int
    build: str
    sprint: str
    seat: Me
    who: str  # my key among the present, not my seat
    head: int
    now: int
    acks: tuple[Ack, ...] = ()  # of the names in hello.pending that are already decided


class Snapshot(Outgoing, frozen=True, tag="snapshot"):
    """All records as everybody may see them, as of `head`. Replaces what the client has."""

    head: int
    records: tuple[Record, ...]


class Mine(Outgoing, frozen=True, tag="mine"):
    """After a snapshot: the records that only this seat sees in full."""

    records: tuple[Record, ...]


class Frame(Outgoing, frozen=True, tag="frame", rename={"from_": "from"}):
    """Events after `from_` up to and including `to`. A number that is not there has nothing for this viewer."""

    from_: int
    to: int
    events: tuple[Event, ...]
    acks: tuple[Ack, ...] = ()


class Held(Struct, frozen=True, omit_defaults=True):
    drag: Drag | None = None
    typing: Id | None = None


class There(Outgoing, frozen=True, tag="there"):
    """Presence that changed, by key; null where somebody lets go or leaves."""

    who: dict[str, Held | None]


class People(Outgoing, frozen=True, tag="people"):
    """How many participants are connected."""

    count: int


class Device(Struct, frozen=True):
    who: str
    seat: str
    role: Role
    online: bool
    unsent: int
    since: int  # connected, or gone, since


class Devices(Outgoing, frozen=True, tag="devices"):
    """Only to a begeleider."""

    devices: tuple[Device, ...]


class Trouble(Outgoing, frozen=True, tag="trouble"):
    """The server can not keep anything at the moment and tries again."""

    on: bool


class Pong(Outgoing, frozen=True, tag="pong"):
    at: int  # as in the ping
    now: int  # the server's clock, ms


class Bad(Outgoing, frozen=True, tag="bad"):
    """The last message could not be read. Nothing was done."""

    why: Literal["size", "json", "shape", "order"]


class Bye(Outgoing, frozen=True, tag="bye"):
    """Sent before the server closes; `retry_ms` is None where coming back makes no sense."""

    code: int
    retry_ms: int | None = None


ServerMessage: TypeAlias = (
    Welcome | Snapshot | Mine | Frame | There | People | Devices | Trouble | Pong | Bad | Bye
)

# --- farewells: close codes ----------------------------------------------------------

FAREWELLS: Final[dict[int, str]] = {
    4001: "resume",  # too far behind to be kept up to date on this socket; come back at once
    4002: "restart",  # the server goes down for a moment; come back after retry_ms
    4003: "no_seat",  # not, or no longer, a seat at this sprint: join again
    4004: "replaced",  # the link was renewed; this one no longer works
    4005: "crowded",  # too many sockets on this seat, address or server; come back later
    4006: "old_version",  # this page is too old or too new: reload it, the outbox stays
    4007: "unreadable",  # too many messages that could not be read
    4008: "flood",  # far more commands than a table can make; come back after retry_ms
    4009: "silent",  # no hello in time
    4010: "removed",  # the facilitator took this seat away; it may be given back
    4011: "moved",  # this seat went to another device with its stoelcode
}
(
    RESUME,
    RESTART,
    NO_SEAT,
    REPLACED,
    CROWDED,
    OLD_VERSION,
    UNREADABLE,
    FLOOD,
    SILENT,
    REMOVED,
    MOVED,
) = FAREWELLS

# --- the parser at the border --------------------------------------------------------


class BadMessage(Exception):
    """A message that can not be read. `why` is one of the reasons in `Bad`."""

    def __init__(self, why: Literal["size", "json", "shape", "order"]) -> None:
        super().__init__(why)
        self.why = why


_client_message: msgspec.json.Decoder[ClientMessage] = msgspec.json.Decoder(ClientMessage)
_command: msgspec.json.Decoder[AnyCommand] = msgspec.json.Decoder(AnyCommand)
_encoder = msgspec.json.Encoder()
# To the end of the text where the string has none, so that it never looks at a character twice.
_STRING: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
_NO_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))


def parse(data: str | bytes) -> ClientMessage:
    """Read one message of a client. Raises `BadMessage`."""
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    if len(raw) > limits.MESSAGE_BYTES:
        raise BadMessage("size")
    if _sprawls(raw):
        raise BadMessage("shape")
    try:
        return _client_message.decode(raw)
    except msgspec.ValidationError as trouble:
        raise BadMessage("shape") from trouble
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as trouble:
        raise BadMessage("json") from trouble


def _sprawls(raw: bytes) -> bool:
    """Whether it nests too deep or has too many keys. Nearly always counting tells that it does not."""
    brackets = raw.count(b"{") + raw.count(b"[")
    if brackets <= limits.JSON_DEPTH and raw.count(b":") <= limits.JSON_KEYS:
        return False
    bare = _STRING.sub(b"", raw)
    if bare.count(b":") > limits.JSON_KEYS:
        return True
    depth = 0
    for bracket in bare.translate(None, _NO_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        if depth > limits.JSON_DEPTH:
            return True
    return False


def parse_command(raw: Raw | bytes) -> AnyCommand | None:
    """Read the command of a `do`; None where it is not one."""
    try:
        return _command.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def encode(message: Any) -> bytes:
    """Write a message, or a part of one, as JSON."""
    return _encoder.encode(message)
