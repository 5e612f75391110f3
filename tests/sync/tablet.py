"""A tablet, as far as the sync engine goes: confirmed, pending, and what is typed meanwhile.

It says the same as `frontend/src/sync/engine.ts` in a tenth of the lines and without a screen: it
keeps what the server confirmed, sends its commands in order and again after every reconnection,
has one edit of a note's text under way and composes further keystrokes into one that waits.
"""

import gzip
from collections.abc import Callable
from typing import Any

import msgspec

from opgavebord import protocol
from opgavebord.protocol import Ack, Event
from opgavebord.sprint import text
from opgavebord.sprint.change import Put, TextEdit, apply
from opgavebord.sprint.commands import AnyCommand, CreateNote, EditNote
from opgavebord.sprint.history import typed
from opgavebord.sprint.sprint import Note, Seat, Sprint
from tests.history.happening import (
    Asked,
    Came,
    Happening,
    Lost,
    Moved,
    Showed,
    Whole,
    answered,
)
from tests.history.happening import Note as SeenWrong

FROM_SERVER = msgspec.json.Decoder(protocol.ServerMessage)
ENCODE = msgspec.json.Encoder().encode


class Pending(msgspec.Struct):
    """A command without a verdict. Of an edit the base and the edit move along with what is confirmed."""

    name: str
    command: AnyCommand
    at: float = 0.0


class Typing(msgspec.Struct):
    """Text edits of one note: one under way, further keystrokes composed."""

    under_way: str | None = None
    waiting: text.Edit = ()


class Tablet:
    """What survives a reload (the outbox and the copy) and what does not (the rest)."""

    transforms = True  # a deliberate fault switches this off
    ignores_stale = True  # and this

    def __init__(self, seat: Seat, device: str, *, gzip: bool = False) -> None:
        self.seat = seat
        self.device = device
        self.gzip = gzip
        self.counter = 0
        self.confirmed = Sprint()
        self.has_copy = False
        self.pending: list[Pending] = []
        self.typing: dict[str, Typing] = {}
        self.verdicts: dict[str, Ack] = {}
        self.unplaced: list[str] = []  # texts that were refused
        self.said: dict[str, AnyCommand] = {}  # every command that was ever asked
        self.problems: list[str] = []
        self.seen: set[str] = set()  # rare situations
        self.welcomed = False
        self.out: list[bytes] = []  # to be sent
        self.tell: Callable[[Happening], None] = _nobody  # what it does and sees
        self.clock: Callable[[], float] = float
        self.bye: protocol.Bye | None = None
        self._expected: dict[int, Ack] = {}
        self._masked_from: Sprint | None = None  # between a snapshot and `mine`: what was before

    def begin(self) -> None:
        """Say who it is, and how far."""
        head = self.confirmed.head if self.whole else None
        self.tell(Came(self.clock(), self.device, self.seat.id, self.seat.role, head))

    # -- the connection ---------------------------------------------------------------

    def connected(self) -> None:
        self.welcomed = False
        self.bye = None
        self.out = []
        self.begin()
        self._say(
            protocol.Hello(
                v=protocol.VERSION,
                device=self.device,
                head=self.confirmed.head if self.whole else None,
                pending=tuple(p.name for p in self.pending),
                gzip=self.gzip,
                unsent=len(self.pending),
            )
        )

    def cut_off(self) -> None:
        self.welcomed = False
        self.tell(Lost(self.clock(), self.device))

    def receive(self, data: bytes, binary: bool) -> None:
        message = FROM_SERVER.decode(gzip.decompress(data) if binary else data)
        match message:
            case protocol.Frame():
                self._frame(message)
            case protocol.Welcome():
                self._welcome(message)
            case protocol.Snapshot():
                self._snapshot(message)
            case protocol.Mine():
                for record in message.records:
                    self.confirmed.put(record)
                self._after_snapshot()
            case protocol.Bye():
                self.bye = message
            case protocol.Bad():
                self.problems.append(f"bad: {message.why}")
                self._note(f"bad: {message.why}")
            case _:
                self.seen.add(type(message).__name__.lower())

    def _welcome(self, welcome: protocol.Welcome) -> None:
        self.welcomed = True
        if welcome.acks:
            self.seen.add("resend answered from the log")
        self._acks(welcome.acks)
        self._settle()
        for p in self.pending:
            if p.name not in self.verdicts:
                self._send(p)

    def _frame(self, frame: protocol.Frame) -> None:
        self._acks(frame.acks)
        head = self.confirmed.head if self.has_copy else 0
        if frame.from_ > head:
            self.seen.add("gap")
            self._say(protocol.Since(head))
            return
        self.has_copy = True
        if frame.to > head:
            self.tell(Moved(self.clock(), self.device, head, frame.to))
        for event in frame.events:
            if event.seq <= head and self.ignores_stale:
                self.seen.add("stale event")
                continue
            change = typed(event.change)
            self.tell(Showed(self.clock(), self.device, event.seq, change))
            self._event(msgspec.structs.replace(event, change=change))
        self.confirmed.head = max(frame.to, head)
        self._settle()
        self._name_waiting()

    def _snapshot(self, snapshot: protocol.Snapshot) -> None:
        before, self.confirmed = self.confirmed, Sprint()
        if self.has_copy:
            self.seen.add("snapshot instead of tail")
        if self._masked_from is not None:
            before = self._masked_from
            self.seen.add("cut between snapshot and mine")
        self.has_copy = True
        for record in snapshot.records:
            self.confirmed.put(record)
        self.confirmed.head = snapshot.head
        self._masked_from = before

    def _after_snapshot(self) -> None:
        """The snapshot is whole: bring what is typed over the difference."""
        assert self._masked_from is not None
        before, self._masked_from = self._masked_from, None
        records = tuple(one for shelf in self.confirmed.records.values() for one in shelf.values())
        self.tell(Whole(self.clock(), self.device, self.confirmed.head, records))
        for id in list(self.typing):
            was, now = before.note(id), self.confirmed.note(id)
            old = was.text if was is not None else self._created(id)
            if old is None or now is None:
                continue
            typing = self.typing[id]
            p = self._under_way(typing)
            if p is not None and self._decided(p.name):
                old = text.apply(old, p.command.edit)  # type: ignore[union-attr]
                typing.under_way = None
            self._bring_over(id, diff(old, now.text))
        self._settle()
        self._name_waiting()

    # -- events -----------------------------------------------------------------------

    def _acks(self, acks: tuple[Ack, ...]) -> None:
        for ack in acks:
            self.tell(answered(self.clock(), self.device, ack))
            known = self.verdicts.get(ack.id)
            if known is not None:
                if known != ack:
                    self.problems.append(f"two verdicts: {known} and {ack}")
            elif any(p.name == ack.id for p in self.pending):
                self.verdicts[ack.id] = ack
                self._expected[ack.seq] = ack

    def _event(self, event: Event) -> None:
        own = self._expected.get(event.seq)
        for operation in event.change:
            if isinstance(operation, TextEdit) and operation.id in self.typing:
                note = self.confirmed.note(operation.id)
                assert note is not None
                typing = self.typing[operation.id]
                if own is not None and own.id == typing.under_way:
                    p = self._under_way(typing)
                    assert p is not None
                    typing.under_way = None
                    expected = text.apply(note.text, p.command.edit)  # type: ignore[union-attr]
                    kept = text.apply(note.text, operation.edit)
                    if expected != kept:
                        self.seen.add("echo differs from prediction")
                        self._bring_over(operation.id, diff(expected, kept))
                else:
                    self._bring_over(operation.id, operation.edit)
            elif isinstance(operation, Put) and operation.record.id in self.typing:
                note = self.confirmed.note(operation.record.id)
                if note is not None and isinstance(operation.record, Note):
                    self._bring_over(note.id, diff(note.text, operation.record.text))
        apply(self.confirmed, event.change)
        self.confirmed.head = event.seq

    def _bring_over(self, note: str, theirs: text.Edit) -> None:
        typing = self.typing[note]
        p = self._under_way(typing)
        if p is not None:
            command = p.command
            assert isinstance(command, EditNote)
            mine = command.edit
            if self.transforms:
                p.command = msgspec.structs.replace(
                    command, edit=text.transform(mine, theirs, "right")
                )
                theirs = text.transform(theirs, mine, "left")
        if typing.waiting and self.transforms:
            typing.waiting = text.transform(typing.waiting, theirs, "right")

    def _settle(self) -> None:
        """Commands whose verdict has come, and whose event has passed, are done."""
        if self._masked_from is not None:
            return
        head = self.confirmed.head if self.has_copy else -1
        left = []
        for p in self.pending:
            ack = self.verdicts.get(p.name)
            if ack is None or (ack.refusal is None and ack.seq > head):
                if isinstance(p.command, EditNote) and self.has_copy:
                    p.command = msgspec.structs.replace(p.command, base=self.confirmed.head)
                left.append(p)
                continue
            self._expected.pop(ack.seq, None)
            if ack.refusal is not None:
                self._refused(p)
            elif isinstance(p.command, EditNote):
                typing = self.typing.get(p.command.note)
                if typing is not None and typing.under_way == p.name:
                    # it came to nothing, or we saw no event: what waits stands on the text without it
                    typing.under_way = None
                    note = self.confirmed.note(p.command.note)
                    if note is not None and typing.waiting:
                        try:
                            undone = text.invert(note.text, p.command.edit)
                            typing.waiting = text.transform(typing.waiting, undone, "right")
                        except text.BadEdit:
                            self.problems.append("an edit without effect does not fit")
        self.pending = left

    def _refused(self, p: Pending) -> None:
        command = p.command
        if isinstance(command, CreateNote):
            self.unplaced.append(command.text)
            typing = self.typing.pop(command.note, None)
        elif isinstance(command, EditNote):
            self.unplaced.append(inserted(command.edit))
            typing = self.typing.pop(command.note, None)
        else:
            return
        if typing is not None:
            self.unplaced.append(inserted(typing.waiting))

    # -- asking -----------------------------------------------------------------------

    def ask(self, command: AnyCommand, at: float = 0.0) -> str:
        self.counter += 1
        name = f"{self.device}.{self.counter}"
        p = Pending(name, command, at)
        self.said[name] = command
        self.pending.append(p)
        self.tell(Asked(self.clock(), self.device, name, command))
        if self.welcomed:
            self._send(p)
        return name

    def shown(self, note: str) -> str | None:
        """The text of a note as this screen draws it."""
        record = self.confirmed.note(note)
        value = record.text if record is not None else None
        if value is None:
            value = self._created(note)
        typing = self.typing.get(note)
        if value is None or typing is None:
            return value
        p = self._under_way(typing)
        if p is not None and isinstance(p.command, EditNote):
            value = text.apply(value, p.command.edit)
        return text.apply(value, typing.waiting)

    def type(self, note: str, edit: text.Edit) -> None:
        typing = self.typing.setdefault(note, Typing())
        typing.waiting = text.compose(typing.waiting, edit)
        self._name_waiting()

    def _name_waiting(self) -> None:
        for note, typing in list(self.typing.items()):
            if typing.under_way is not None or self.confirmed.note(note) is None:
                continue
            if typing.waiting:
                edit, typing.waiting = typing.waiting, ()
                typing.under_way = f"{self.device}.{self.counter + 1}"
                self.ask(EditNote(note, self.confirmed.head, edit))
            else:
                del self.typing[note]

    def reload(self, device: str | None = None) -> None:
        """The page is loaded again: the outbox and the copy are still there. `device`: its new name;
        what waits is sent under the old one."""
        if device is not None:
            if self.pending:
                self.seen.add("outbox taken over by another device")
            self.device, self.counter = device, 0
            self.begin()
        self.welcomed = False
        for name in [ack.id for ack in self._expected.values()]:
            # its verdict was not written down with its event: ask again
            if any(p.name == name for p in self.pending):
                del self.verdicts[name]
        self._expected.clear()

    @property
    def whole(self) -> bool:
        """A snapshot counts when `mine` has come too: a cut in between must not hide our own."""
        return self.has_copy and self._masked_from is None

    @property
    def quiet(self) -> bool:
        return self.welcomed and self.whole and not self.pending and not self.typing

    def _decided(self, name: str) -> bool:
        ack = self.verdicts.get(name)
        return ack is not None and ack.refusal is None and ack.seq <= self.confirmed.head

    def _created(self, note: str) -> str | None:
        """The text of a note that is not confirmed yet."""
        for p in self.pending:
            if isinstance(p.command, CreateNote) and p.command.note == note:
                return p.command.text
        return None

    def _under_way(self, typing: Typing) -> Pending | None:
        for p in self.pending:
            if p.name == typing.under_way:
                return p
        return None

    def say_as(self, name: str, command: AnyCommand) -> None:
        """Ask under somebody else's name. Nothing waits for the answer."""
        self.tell(Asked(self.clock(), self.device, name, command))
        self.out.append(b'{"t":"do","id":"%b","c":%b}' % (name.encode(), ENCODE(command)))

    def _note(self, what: str) -> None:
        self.tell(SeenWrong(self.clock(), self.device, what))

    def _send(self, p: Pending) -> None:
        if p.command is not self.said[p.name]:  # brought over what came in between
            self.said[p.name] = p.command
            self.tell(Asked(self.clock(), self.device, p.name, p.command))
        self.out.append(b'{"t":"do","id":"%b","c":%b}' % (p.name.encode(), ENCODE(p.command)))

    def _say(self, message: Any) -> None:
        self.out.append(ENCODE(message))


def diff(old: str, new: str) -> text.Edit:
    """One replacement that makes `new` of `old`."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return text.normal(
        (start, new[start : len(new) - end], -(len(old) - end - start)),
    )


def inserted(edit: text.Edit) -> str:
    return "".join(part for part in edit if isinstance(part, str))


def _nobody(_: Happening) -> None:
    pass
