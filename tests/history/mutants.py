"""Sixteen mistakes that others made, put into the product on purpose: the checker must find each of them.

A mutant replaces named functions of the product (or, where the mistake is a client's, of the headless
tablet) while it is `put`. Nothing in the product knows of it.

    python -m tests.history.mutants ack-before-commit serve --json

runs the real command line with the mistake in it. `test_mutants.py` plays evenings of the simulation
with each, and pulls the plug for the one that only a power cut shows.
"""

import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final
from unittest.mock import patch

import msgspec

from opgavebord import protocol
from opgavebord.protocol import Ack
from opgavebord.sprint.ask import Ask
from opgavebord.sprint.change import Change
from opgavebord.sprint.commands import AnyCommand, GiveDots
from opgavebord.sprint.decide import RULES, decide
from opgavebord.sprint.past import Past
from opgavebord.sprint.permissions import admit, role_may
from opgavebord.sprint.refusals import Refusal, Refused
from opgavebord.sprint.sprint import Round, Seat, Sprint
from opgavebord.storage import sqlite
from opgavebord.storage.trouble import StorageLost
from opgavebord.sync import room as room_module
from opgavebord.sync.effects import Append, Effect, Send
from opgavebord.sync.room import Room, Screen
from opgavebord.sync.rooms import Rooms

Put = Callable[[ExitStack], None]


class Mutant(msgspec.Struct, frozen=True):
    name: str
    rules: frozenset[str]  # one of these must find it
    put: Put
    restless: float | None = None  # it shows where people sit elsewhere and vote so often


MUTANTS: Final[dict[str, Mutant]] = {}


def mutant(*rules: str, restless: float | None = None) -> Callable[[Put], Put]:
    def enter(put: Put) -> Put:
        name = put.__name__.replace("_", "-")
        MUTANTS[name] = Mutant(name, frozenset(rules), put, restless)
        return put

    return enter


@contextmanager
def at_work(name: str) -> Iterator[Mutant]:
    """With this mistake in the product."""
    with ExitStack() as stack:
        MUTANTS[name].put(stack)
        yield MUTANTS[name]


def _replace(stack: ExitStack, where: Any, name: str, value: Any) -> None:
    stack.enter_context(patch.object(where, name, value))


# --- order of keeping and telling ---------------------------------------------------------


@mutant("C1", "C9")
def ack_before_commit(stack: ExitStack) -> None:
    """Answered as soon as it is decided."""
    stage = Room._stage

    def answering(self: Room, wall: int) -> None:
        stage(self, wall)
        for one in self._staged:
            ack = protocol.encode(Ack(one.entry.name, one.entry.seq, one.entry.refusal))
            for screen in self._screens.values():
                if screen.seat.id == one.entry.seat and screen.head >= 0:
                    self._out.append(Send(screen.number, self.tail.acks_only(screen.head, [ack])))

    _replace(stack, Room, "_stage", answering)


@mutant("C7", "C8")
def broadcast_before_commit(stack: ExitStack) -> None:
    """Shown to all as soon as it is decided."""
    stage = Room._stage

    def showing(self: Room, wall: int) -> None:
        stage(self, wall)
        if self._staged:
            events = [one.told.crowds[0] for one in self._staged if one.told.crowds[0]]
            for screen in self._screens.values():
                if screen.head >= 0:
                    frame = b'{"t":"frame","from":%d,"to":%d,"events":[%b],"acks":[]}' % (
                        screen.head,
                        self._staged[-1].entry.seq,
                        b",".join(events),
                    )
                    self._out.append(Send(screen.number, frame))

    _replace(stack, Room, "_stage", showing)


@mutant("C1")
def synchronous_is_normal(stack: ExitStack) -> None:
    """A commit does not wait for the disk."""
    stack.enter_context(patch.dict(sqlite.PRAGMAS, {"synchronous": ("NORMAL", 1)}))


@mutant("C1", "C8")
def fsync_error_is_ignored(stack: ExitStack) -> None:
    """Nobody knows what the disk has, and it says yes."""
    begin = Rooms.__init__

    class Cheerful:
        def __init__(self, log: Any) -> None:
            self._log = log

        def __getattr__(self, name: str) -> Any:
            return getattr(self._log, name)

        async def append(self, sprint: str, append: Append) -> bool:
            try:
                kept: bool = await self._log.append(sprint, append)
            except StorageLost:
                return True
            return kept

    def cheerful(self: Rooms, log: Any, *arguments: Any, **named: Any) -> None:
        begin(self, Cheerful(log), *arguments, **named)

    _replace(stack, Rooms, "__init__", cheerful)


# --- once ---------------------------------------------------------------------------------


@mutant("C2", "C9")
def dedupe_only_in_memory(stack: ExitStack) -> None:
    """What others kept, or we did before we were killed, is not looked at; nor does the log mind."""
    absorb = Room._absorb

    def forgetting(self: Room, entry: Any, *, tell: bool) -> None:
        absorb(self, entry, tell=tell)
        self._verdicts.pop(entry.name, None)

    _replace(stack, Room, "_absorb", forgetting)
    if world := sys.modules.get("tests.sync.world"):
        _replace(stack, world.Disk, "unique", False)  # type: ignore[attr-defined]


class _Anyone(str):
    """A seat that is whoever asks."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = str.__hash__


class _Anybodys(dict[str, str]):
    def setdefault(self, key: str, default: str = "") -> str:
        return _Anyone()

    def get(self, key: str, default: Any = None) -> Any:
        return _Anyone()


@mutant("C9", "C3")
def dedupe_without_owner(stack: ExitStack) -> None:
    """A name is a name, whoever uses it."""
    begin = Room.__init__

    def anybodys(self: Room, *arguments: Any, **named: Any) -> None:
        begin(self, *arguments, **named)
        self._owners = _Anybodys()

    _replace(stack, Room, "__init__", anybodys)


@mutant("C1")
def rejection_is_not_stored(stack: ExitStack) -> None:
    """A refusal is said and forgotten."""
    stage = Room._stage

    def forgetting(self: Room, wall: int) -> None:
        waiting, self._waiting = self._waiting, deque()
        for asked in waiting:
            known = asked.name in self._verdicts or self._owners.get(asked.device) != asked.seat.id
            ask = Ask(asked.command, asked.seat, max(wall, self._last_at), self._entropy())
            verdict = None if known else decide(self.sprint, ask, self._past)
            if isinstance(verdict, Refusal):
                self._decided(asked.name, Ack(asked.name, 0, verdict.code), asked.seat.id)
            else:
                self._waiting.append(asked)
        stage(self, wall)

    _replace(stack, Room, "_stage", forgetting)


# --- order --------------------------------------------------------------------------------


@mutant("C4")
def number_from_autoincrement(stack: ExitStack) -> None:
    """A number that was given is never given again, as a sequence of a database does it."""
    decide_one = Room._decide
    given: dict[int, int] = {}

    def numbering(self: Room, asked: Any, at: int) -> Any:
        next_one = max(given.get(id(self), 0), self.sprint.head) + 1
        given[id(self)] = next_one
        self.sprint.head = next_one - 1
        return decide_one(self, asked, at)

    _replace(stack, Room, "_decide", numbering)


@mutant("C7", "C8", "C12")
def ordered_by_the_clock(stack: ExitStack) -> None:
    """What came first is what the wall clock says came first."""
    stage, read, replay = Room._stage, Room.read, Room.replay

    def by_the_clock(self: Room, wall: int) -> None:
        self._last_at = 0
        stage(self, wall)

    def sorted_by_the_clock(self: Room, entries: Any, now: float, wall: int) -> list[Effect]:
        return read(self, sorted(entries, key=lambda entry: (entry.at, entry.seq)), now, wall)

    def replayed_by_the_clock(self: Room, entries: Any, more: int = 0) -> None:
        replay(self, sorted(entries, key=lambda entry: (entry.at, entry.seq)), more)

    _replace(stack, Room, "_stage", by_the_clock)
    _replace(stack, Room, "read", sorted_by_the_clock)
    _replace(stack, Room, "replay", replayed_by_the_clock)


# --- rights -------------------------------------------------------------------------------


class _Outside:
    """Rights that were looked at when a command came in, and not again when its turn came."""

    def __init__(self, passes: Callable[[Sprint, Seat, AnyCommand, Past], bool]) -> None:
        self.passes = passes
        self.passed: set[tuple[int, str]] = set()
        self.name = (0, "")

    def put(self, stack: ExitStack, ruling: Callable[[Sprint, Ask, Past], Change]) -> None:
        do, decide_one = Room.do, Room._decide

        def looking(
            room: Room,
            connection: int | None,
            seat: Seat,
            name: str,
            command: AnyCommand | None,
            now: float,
            wall: int,
        ) -> list[Effect]:
            if command is not None and self.passes(room.sprint, seat, command, room._past):
                self.passed.add((id(room), name))
            return do(room, connection, seat, name, command, now, wall)

        def naming(room: Room, asked: Any, at: int) -> Any:
            self.name = (id(room), asked.name)
            return decide_one(room, asked, at)

        def deciding(sprint: Sprint, ask: Ask, past: Past) -> Change | Refusal:
            if self.name not in self.passed:
                return decide(sprint, ask, past)
            try:
                return ruling(sprint, ask, past)
            except Refused as no:
                return Refusal(no.code)

        _replace(stack, Room, "do", looking)
        _replace(stack, Room, "_decide", naming)
        _replace(stack, room_module, "decide", deciding)


@mutant("C10")
def lock_checked_outside_the_transaction(stack: ExitStack) -> None:
    def passes(sprint: Sprint, seat: Seat, command: AnyCommand, past: Past) -> bool:
        if not role_may(seat.role, type(command)):
            return False
        try:
            admit(sprint, seat, command)
        except Refused:
            return False
        return True

    def ruling(sprint: Sprint, ask: Ask, past: Past) -> Change:
        command: Any = ask.command
        return RULES[type(command)](sprint, ask, command, past)

    _Outside(passes).put(stack, ruling)


@mutant("C10", restless=1.0)
def budget_checked_outside_the_transaction(stack: ExitStack) -> None:
    def passes(sprint: Sprint, seat: Seat, command: AnyCommand, past: Past) -> bool:
        if not isinstance(command, GiveDots):
            return False
        return not isinstance(decide(sprint, Ask(command, seat, 0, bytes(64)), past), Refusal)

    def ruling(sprint: Sprint, ask: Ask, past: Past) -> Change:
        command: Any = ask.command
        round: Round | None = sprint.records["round"].get(command.round)
        admit(sprint, ask.seat, command)
        if round is None:
            return RULES[GiveDots](sprint, ask, command, past)
        sprint.records["round"][round.id] = msgspec.structs.replace(round, budget=10**6)
        try:
            return RULES[GiveDots](sprint, ask, command, past)
        finally:
            sprint.records["round"][round.id] = round

    _Outside(passes).put(stack, ruling)


@mutant("C10")
def hidden_text_in_backfill(stack: ExitStack) -> None:
    """Who comes in gets the board as it is, not as this seat may see it."""

    def see_everything(sprint: Sprint, _: Any) -> Iterator[Any]:
        for shelf in sprint.records.values():
            yield from shelf.values()

    _replace(stack, room_module, "see_all", see_everything)
    _replace(stack, room_module, "everyones", lambda *_: {})


# --- coming and going ---------------------------------------------------------------------


@mutant("C7", "C8")
def snapshot_and_subscribing_not_atomic(stack: ExitStack) -> None:
    """The board is read, then it goes on, then they subscribe: what fell between is told to nobody."""
    bring_up = Room._bring_up

    def later(self: Room, screen: Screen) -> None:
        copy = self._fresh_copy(screen)
        if screen.had is not None or copy is None or copy.head == self.head:
            bring_up(self, screen)
            return
        whole = copy.text.replace(b'"head":%d' % copy.head, b'"head":%d' % self.head, 1)
        self._send(screen, whole)
        self._send(screen, protocol.encode(protocol.Mine(copy.own.get(screen.seat.id, ()))))
        screen.head = self.head

    _replace(stack, Room, "_bring_up", later)


@mutant("C12")
def old_socket_takes_the_new_session_along(stack: ExitStack) -> None:
    """A socket that closes late takes its device out of the room, which is back long since."""
    leave = Room.leave

    def both(self: Room, connection: int, now: float, wall: int) -> list[Effect]:
        gone = self._screens.get(connection)
        effects = leave(self, connection, now, wall)
        for number, screen in list(self._screens.items()):
            if gone is not None and screen.device == gone.device and number > connection:
                effects = [*effects, *leave(self, number, now, wall)]
        return effects

    _replace(stack, Room, "leave", both)


# --- clients ------------------------------------------------------------------------------


@mutant("C7")
def applied_twice_after_resuming(stack: ExitStack) -> None:
    from tests.sync.tablet import Tablet

    _replace(stack, Tablet, "ignores_stale", False)


@mutant("C12")
def outbox_cleared_when_sent(stack: ExitStack) -> None:
    from tests.sync.tablet import Pending, Tablet

    send = Tablet._send

    def sending(self: Tablet, p: Pending) -> None:
        send(self, p)
        self.pending = [one for one in self.pending if one is not p]

    _replace(stack, Tablet, "_send", sending)


def main() -> None:
    """The command line of the product, with a mistake in it."""
    from opgavebord.cli import app

    name, *arguments = sys.argv[1:]
    with at_work(name):
        app(arguments, prog_name="opgavebord")


if __name__ == "__main__":
    main()
