"""Judges what the devices saw against what the log holds. Pure; knows nothing of how it was made.

The driver, not the server, keeps the history. Every rule counts its breaches; all must be 0.
The names are those of the reliability plan: C1 durability … C11 unknown outcomes.
"""

from collections.abc import Iterable, Mapping

import msgspec

Change = bytes  # as JSON


class Line(msgspec.Struct, frozen=True):
    """One entry of the log, as it stands in the file."""

    seq: int
    name: str
    command: bytes | None
    change: Change
    refusal: str | None


class Told(msgspec.Struct, frozen=True):
    """One command as its device knows it."""

    name: str
    number: int  # the device's own counting
    device: str
    asked_at: float
    answered_at: float | None = None
    seq: int | None = None
    refusal: str | None = None
    command: bytes | None = None


class Breaches(msgspec.Struct):
    """How often each rule was broken; `examples` says where first."""

    lost: int = 0  # C1: acknowledged, and not in the log at that number with that verdict
    doubled: int = 0  # C2: more than one line for one name
    altered: int = 0  # C2: a line with other content than was asked
    phantom: int = 0  # C3: a line nobody asked for
    holes: int = 0  # C4: numbers that are missing or stand twice
    order: int = 0  # C5: the commands of one device do not ascend
    real_time: int = 0  # C6: answered before another was asked, yet a higher number
    unseen: int = 0  # C7: an event that a screen showed and the log has otherwise, or not
    unanswered: int = 0  # C12: no verdict long after the last fault
    examples: list[str] = msgspec.field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(getattr(self, name) for name in self.__struct_fields__ if name != "examples")

    def note(self, what: str) -> None:
        if len(self.examples) < 10:
            self.examples.append(what)


def judge(
    asked: Iterable[Told],
    seen: Iterable[Mapping[int, Change]],
    log: Iterable[Line],
    founding: frozenset[str],
) -> Breaches:
    """`seen`: per device, the change it got under each number. `founding`: devices whose lines
    were there before the run."""
    found = Breaches()
    lines = sorted(log, key=lambda line: line.seq)
    by_name: dict[str, Line] = {}
    for place, line in enumerate(lines, start=1):
        if line.seq != place:
            found.holes += 1
            found.note(f"line {line.seq} at place {place}")
        if line.name in by_name:
            found.doubled += 1
            found.note(f"{line.name} stands twice")
        by_name[line.name] = line
    commands = sorted(asked, key=lambda told: told.asked_at)
    _answers(commands, by_name, found)
    _phantoms(commands, lines, founding, found)
    _orders(commands, by_name, found)
    _deliveries(seen, {line.seq: line for line in lines}, found)
    return found


def _answers(commands: list[Told], by_name: Mapping[str, Line], found: Breaches) -> None:
    for told in commands:
        line = by_name.get(told.name)
        if told.seq is None:
            found.unanswered += 1
            found.note(f"{told.name} never got an answer")
        elif line is None or line.seq != told.seq or line.refusal != told.refusal:
            found.lost += 1
            found.note(f"{told.name} was answered {told.seq} {told.refusal}; the log: {line}")
        if line is not None and told.command is not None and line.command is not None:
            if msgspec.json.decode(line.command) != _plain(told.command):
                found.altered += 1
                found.note(f"{told.name} stands in the log as {line.command!r}")


def _plain(command: bytes) -> object:
    """A command as the log writes it: with every field."""
    from opgavebord.sprint.commands import AnyCommand

    return msgspec.json.decode(msgspec.json.encode(msgspec.json.decode(command, type=AnyCommand)))


def _phantoms(
    commands: list[Told], lines: list[Line], founding: frozenset[str], found: Breaches
) -> None:
    names = {told.name for told in commands}
    for line in lines:
        if line.name not in names and line.name.rpartition(".")[0] not in founding:
            found.phantom += 1
            found.note(f"nobody asked for {line.name}")


def _orders(commands: list[Told], by_name: Mapping[str, Line], found: Breaches) -> None:
    last: dict[str, int] = {}
    for told in sorted(commands, key=lambda told: (told.device, told.number)):
        line = by_name.get(told.name)
        if line is None:
            continue
        if line.seq < last.get(told.device, 0):
            found.order += 1
            found.note(f"{told.name} stands before an earlier one of its device")
        last[told.device] = line.seq
    # A sweep: the highest number that was answered before each moment of asking.
    answers = sorted(
        (told.answered_at, told.seq)
        for told in commands
        if told.answered_at is not None and told.seq is not None
    )
    at, highest = 0, 0
    for told in commands:
        while at < len(answers) and answers[at][0] < told.asked_at:
            highest = max(highest, answers[at][1])
            at += 1
        if told.seq is not None and told.seq < highest:
            found.real_time += 1
            found.note(f"{told.name} got {told.seq} after {highest} was answered")


def _deliveries(
    seen: Iterable[Mapping[int, Change]], by_seq: Mapping[int, Line], found: Breaches
) -> None:
    for events in seen:
        for seq, change in events.items():
            line = by_seq.get(seq)
            if line is None or line.change != change:
                found.unseen += 1
                found.note(f"a screen showed {seq} as {change[:80]!r}; the log: {line}")
