"""One device's eyes and ears: what it is told goes in as bytes, what it did and saw comes out.

It also keeps the board as this screen would show it, so that in the end it can be held against the
log. No socket, no clock: whoever has the connection calls it. `driver.Client` does, on real
sockets; the bench too.
"""

import gzip
from collections.abc import Callable
from typing import Final

import msgspec

from opgavebord import protocol
from opgavebord.sprint.change import BadChange, apply
from opgavebord.sprint.history import typed
from opgavebord.sprint.sprint import Record, Seat, Sprint

from .checker import State
from .happening import (
    Asked,
    Came,
    Gone,
    Happening,
    Lost,
    Moved,
    Note,
    Showed,
    Whole,
    answered,
)

_FROM_SERVER: Final = msgspec.json.Decoder(protocol.ServerMessage)


class Recorder:
    def __init__(self, tell: Callable[[Happening], None], device: str) -> None:
        self._tell = tell
        self.device = device
        self.seat: Seat | None = None
        self.board = Sprint()
        self.whole = False  # it has a board
        self._half: tuple[int, dict[tuple[str, str], Record]] | None = None

    # -- what the device does ---------------------------------------------------------

    def asked(self, name: str, command: bytes, at: float) -> None:
        self._tell(Asked(at, self.device, name, protocol.parse_command(command)))

    def lost(self, at: float) -> None:
        self._half = None
        self._tell(Lost(at, self.device))

    def gone(self, at: float) -> None:
        self._tell(Gone(at, self.device))

    # -- what it is told --------------------------------------------------------------

    def heard(self, payload: bytes, at: float) -> None:
        """One message, as text; a zipped snapshot unpacked or not."""
        if payload[:2] == b"\x1f\x8b":
            payload = gzip.decompress(payload)
        try:
            message = _FROM_SERVER.decode(payload)
        except msgspec.DecodeError as trouble:
            self._tell(Note(at, self.device, f"{trouble}: {payload[:200]!r}"))
            return
        match message:
            case protocol.Welcome(seat=me, acks=acks):
                self.seat = Seat(me.id, me.role)
                self._tell(Came(at, self.device, me.id, me.role, self.head))
                self._answers(acks, at)
            case protocol.Frame():
                self._frame(message, at)
            case protocol.Snapshot(head=head, records=records):
                self._half = (head, {_key(record): record for record in records})
            case protocol.Mine(records=records):
                self._board(records, at)
            case protocol.Bad(why=why):
                self._tell(Note(at, self.device, f"not understood: {why}"))
            case _:
                pass

    @property
    def head(self) -> int | None:
        return self.board.head if self.whole else None

    @property
    def complete(self) -> bool:
        """Not in between a snapshot and what only this seat sees."""
        return self.whole and self._half is None

    def state(self) -> State:
        """What it shows now."""
        return State(self.device, self.board, self.seat)

    def _answers(self, acks: tuple[protocol.Ack, ...], at: float) -> None:
        for ack in acks:
            self._tell(answered(at, self.device, ack))

    def _board(self, own: tuple[Record, ...], at: float) -> None:
        if self._half is None:
            self._tell(Note(at, self.device, "its own records came without a snapshot"))
            return
        (head, records), self._half = self._half, None
        records |= {_key(record): record for record in own}
        self.board = Sprint()
        for record in records.values():
            self.board.put(record)
        self.board.head = head
        self.whole = True
        self._tell(Whole(at, self.device, head, tuple(records.values())))

    def _frame(self, frame: protocol.Frame, at: float) -> None:
        self._answers(frame.acks, at)
        start = self.board.head
        if frame.to == frame.from_ == start:
            return  # only answers
        if frame.from_ > start:  # a screen would ask for what lies between
            self._tell(Moved(at, self.device, frame.from_, frame.to))
        else:
            self._tell(Moved(at, self.device, start, max(start, frame.to)))
        for event in frame.events:
            if event.seq <= start:
                continue
            change = typed(event.change)
            self._tell(Showed(at, self.device, event.seq, change))
            try:
                apply(self.board, change)
            except BadChange as trouble:
                self._tell(Note(at, self.device, f"event {event.seq} does not fit: {trouble}"))
        self.board.head = max(start, frame.to)
        self.whole = True


def _key(record: Record) -> tuple[str, str]:
    return record.__struct_config__.tag, record.id  # type: ignore[return-value]
