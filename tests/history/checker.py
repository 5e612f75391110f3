"""Holds what clients did and saw against the log: thirteen rules, each a function that returns its findings.

Pure and small, so that it can be believed: it knows no socket, no database and no server. What it takes
from the product is what an evening *is*: `apply` (what a change does), `sight` (who sees what) and
`decide` (what may be done). The order is not searched for: the log gives it, so every rule is one sweep.

C1  what was acknowledged stands in the log, at that number, with that verdict
C2  a name stands in the log once at most, and says what was asked under it
C3  nothing stands there that its own seat did not ask
C4  the numbers are 1, 2, 3 … without a hole
C5  what one device asked stands in the order in which it asked
C6  what was answered before another thing was asked has the lower number
C7  after a snapshot a screen takes in every number once, in order, and shows what its seat sees of it
C8  in the end all show the same: the log, replayed; every server; every screen; what was exported
C9  who asks again hears the same verdict, and nobody hears another seat's
C10 at every number of the log: no more than is allowed, decided as the rules decide; and nobody is shown
    what is hidden from them
C11 what was never answered is there once, as it was asked, or not at all
C12 everybody has an answer within so many seconds after the last fault, and answers come as fast as before
C13 memory, files, tasks and queues stay under their limits
C14 (a screen says *bewaard* only after the answer) is looked at where there is a screen:
    `tests/browser/test_honesty.py`
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import Final, TypeAlias

import msgspec
from msgspec import Struct

from opgavebord.sprint import permissions
from opgavebord.sprint.ask import ENTROPY_BYTES, Ask
from opgavebord.sprint.change import BadChange, Change, Put, apply, touched
from opgavebord.sprint.commands import CreateNote, ReadmitSeat
from opgavebord.sprint.decide import decide
from opgavebord.sprint.entry import Entry
from opgavebord.sprint.past import Past
from opgavebord.sprint.refusals import Refusal
from opgavebord.sprint.sight import Lens, lens_of, see, see_change
from opgavebord.sprint.sprint import Note as NoteRecord
from opgavebord.sprint.sprint import Seat, Sprint

from .happening import (
    Answered,
    Asked,
    Came,
    Fault,
    Gone,
    Happening,
    Moved,
    Note,
    Sample,
    Showed,
    Whole,
)

UNKEPT: Final = ("wrong_device", "full")
"""Refusals that are answered and not kept: such a name is not that seat's, or there is no room."""

HALL: Final = ("deelnemer", "tafelbegeleider")
SECOND: Final = 1.0


class Finding(Struct, frozen=True):
    """A rule that was broken, and where."""

    rule: str
    what: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.what}"


class State(Struct, frozen=True):
    """What somebody has in the end: a screen of a seat, or (seat None) who has all of it."""

    who: str
    sprint: Sprint
    seat: Seat | None = None


class Limits(Struct, frozen=True):
    answers_within: float = 15.0  # C12: seconds after the last fault, or after it was asked
    rate_after: float = 10.0  # C12: from so many seconds after the last fault …
    rate: float | None = None  # … such a share of what is asked is answered in the same second
    most: Mapping[str, float] = {}  # C13: by what was measured


USUAL: Final = Limits()


class Evidence:
    """Everything there is to judge. `before`: so many entries were there before anybody looked."""

    def __init__(
        self,
        happenings: Iterable[Happening],
        log: Sequence[Entry],
        states: Sequence[State] = (),
        *,
        before: int = 0,
        limits: Limits = USUAL,
    ) -> None:
        self.happenings = list(happenings)
        self.log = log
        self.states = states
        self.before = before
        self.limits = limits

    @cached_property
    def asked(self) -> dict[str, list[Asked]]:
        """By name, each time it was asked."""
        found: dict[str, list[Asked]] = {}
        for one in self.happenings:
            if isinstance(one, Asked):
                found.setdefault(one.name, []).append(one)
        return found

    @cached_property
    def answers(self) -> list[Answered]:
        return [one for one in self.happenings if isinstance(one, Answered)]

    @cached_property
    def answered(self) -> dict[str, Answered]:
        """By name, the first verdict that the seat heard who asked: another tab may have taken over."""
        found: dict[str, Answered] = {}
        for one in self.answers:
            asked = self.asked.get(one.name)
            if asked and self.seat_of(one.device) == self.seat_of(asked[0].device):
                found.setdefault(one.name, one)
        return found

    @cached_property
    def seats(self) -> dict[str, Seat]:
        """By device. A device belongs to one seat for ever."""
        return {
            one.device: Seat(one.seat, one.role) for one in self.happenings if isinstance(one, Came)
        }

    @cached_property
    def by_name(self) -> dict[str, Entry]:
        return {entry.name: entry for entry in reversed(self.log)}

    @cached_property
    def by_seq(self) -> dict[int, Entry]:
        return {entry.seq: entry for entry in self.log}

    def seat_of(self, device: str) -> str | None:
        seat = self.seats.get(device)
        return None if seat is None else seat.id

    def replay(self) -> Iterator[tuple[Sprint, Entry]]:
        """Each entry, with the sprint as it was before it."""
        sprint = Sprint()
        for entry in self.log:
            yield sprint, entry
            carry_out(sprint, entry)

    @cached_property
    def final(self) -> Sprint:
        sprint = Sprint()
        for entry in self.log:
            carry_out(sprint, entry)
        return sprint

    @cached_property
    def told_otherwise(self) -> list[Finding]:
        """What a screen was told differs from what its seat sees of the log: C7, or C10 where it
        was told more."""
        return list(_told(self))


Rule: TypeAlias = Callable[[Evidence], Iterable[Finding]]


def check(evidence: Evidence) -> list[Finding]:
    """All rules, in order."""
    return [finding for rule in RULES.values() for finding in rule(evidence)]


def carry_out(sprint: Sprint, entry: Entry) -> Change | None:
    """Returns the inverse; None where the entry does not fit, which is C8's to say."""
    inverse: Change | None = None
    with suppress(BadChange):
        inverse = apply(sprint, entry.change)
    sprint.head = entry.seq
    return inverse


def device_of(name: str) -> str:
    return name.rpartition(".")[0]


def number_of(name: str) -> int:
    return int(name.rpartition(".")[2])


# --- the log and the answers --------------------------------------------------------------


def c1_durability(evidence: Evidence) -> Iterator[Finding]:
    for ack in evidence.answers:
        if ack.seq == 0:
            if ack.refusal not in UNKEPT:
                yield Finding("C1", f"{ack.name} was answered {ack.refusal} and not kept")
            continue
        entry = evidence.by_seq.get(ack.seq)
        if entry is None:
            yield Finding("C1", f"{ack.name} was answered {ack.seq}, which the log does not have")
        elif (entry.name, entry.refusal) != (ack.name, ack.refusal):
            yield Finding(
                "C1",
                f"{ack.name} was answered {ack.seq} {ack.refusal};"
                f" there stands {entry.name} {entry.refusal}",
            )


def c2_once(evidence: Evidence) -> Iterator[Finding]:
    yield from _content(evidence, "C2", answered=True)
    seen: dict[str, int] = {}
    for entry in evidence.log:
        if entry.name in seen:
            yield Finding("C2", f"{entry.name} stands at {seen[entry.name]} and at {entry.seq}")
        seen[entry.name] = entry.seq


def c3_no_phantom(evidence: Evidence) -> Iterator[Finding]:
    for entry in evidence.log[evidence.before :]:
        seats = {evidence.seat_of(one.device) for one in evidence.asked.get(entry.name, ())}
        if entry.seat not in seats:
            yield Finding("C3", f"{entry.name} at {entry.seq}: {entry.seat} never asked that")


def c4_gapless(evidence: Evidence) -> Iterator[Finding]:
    for place, entry in enumerate(evidence.log, start=1):
        if entry.seq != place:
            yield Finding("C4", f"at place {place} stands number {entry.seq}")
            return


def c5_client_order(evidence: Evidence) -> Iterator[Finding]:
    last: dict[str, int] = {}
    for entry in evidence.log:
        if entry.number < last.get(entry.device, 0):
            yield Finding("C5", f"{entry.name} stands after number {last[entry.device]}")
        last[entry.device] = entry.number


def c6_real_time(evidence: Evidence) -> Iterator[Finding]:
    """A sweep: the highest number that was answered before each moment of asking."""
    first = sorted((times[0].at, name) for name, times in evidence.asked.items())
    answers = sorted((ack.at, ack.seq) for ack in evidence.answers if ack.seq)
    place = highest = 0
    for at, name in first:
        while place < len(answers) and answers[place][0] < at:
            highest = max(highest, answers[place][1])
            place += 1
        entry = evidence.by_name.get(name)
        if entry is not None and entry.seq <= highest:
            yield Finding("C6", f"{name} has {entry.seq}, and was asked after {highest} was known")


def c9_verdicts(evidence: Evidence) -> Iterator[Finding]:
    first: dict[tuple[str, str | None], Answered] = {}
    for ack in evidence.answers:
        seat = evidence.seat_of(ack.device)
        known = first.setdefault((ack.name, seat), ack)
        if (known.seq, known.refusal) != (ack.seq, ack.refusal):
            yield Finding(
                "C9",
                f"{ack.name} was answered {known.seq} {known.refusal}"
                f" and later {ack.seq} {ack.refusal}",
            )
        entry = evidence.by_name.get(ack.name)
        if entry is not None and ack.seq and entry.seat != seat:
            yield Finding("C9", f"{seat} heard the verdict on {ack.name} of {entry.seat}")


def c11_unknown_outcome(evidence: Evidence) -> Iterator[Finding]:
    yield from _content(evidence, "C11", answered=False)


def _content(evidence: Evidence, rule: str, *, answered: bool) -> Iterator[Finding]:
    """What stands in the log is what was asked; of a text edit, one of the ways it was sent in."""
    for entry in evidence.log[evidence.before :]:
        asked = evidence.asked.get(entry.name, ())
        if (entry.name in evidence.answered) != answered or not asked:
            continue
        if all(entry.command != one.command for one in asked):
            yield Finding(rule, f"{entry.name} stands in the log as {entry.command}")


# --- the screens --------------------------------------------------------------------------


def c7_delivery(evidence: Evidence) -> Iterator[Finding]:
    heads: dict[str, int] = defaultdict(int)  # of each device: the last number it took in
    ends: dict[str, int] = defaultdict(int)  # … and how far its last frame brought it
    for one in evidence.happenings:
        match one:
            case Came(device=device, head=head):
                if device not in ends:  # the page was loaded again, and has a copy
                    heads[device] = ends[device] = head or 0
            case Whole(device=device, head=head):
                if head < ends[device]:
                    yield Finding("C7", f"{device} went back from {ends[device]} to {head}")
                heads[device] = ends[device] = head
            case Moved(device=device, start=start, to=to):
                if start != ends[device] or to < start:
                    yield Finding("C7", f"{device} is at {ends[device]}, moved {start} to {to}")
                heads[device], ends[device] = start, to
            case Showed(device=device, seq=seq):
                if not heads[device] < seq <= ends[device]:
                    yield Finding("C7", f"{device} is at {heads[device]} and took in {seq}")
                heads[device] = seq
            case Note(device=device, what=what):
                yield Finding("C7", f"{device}: {what}")
    for finding in evidence.told_otherwise:
        if finding.rule == "C7":
            yield finding


def c8_convergence(evidence: Evidence) -> Iterator[Finding]:
    final = Sprint()
    for entry in evidence.log:
        if carry_out(final, entry) is None:
            yield Finding("C8", f"{entry.name} at {entry.seq} does not fit what is before it")
    for state in evidence.states:
        should = final if state.seat is None else see(final, lens_of(state.seat))
        if state.sprint != should:
            yield Finding("C8", f"{state.who} {difference(state.sprint, should)}")


def _told(evidence: Evidence) -> Iterator[Finding]:
    frames: dict[int, list[str]] = defaultdict(list)  # number → devices that were moved past it
    shown: dict[tuple[str, int], list[Change]] = defaultdict(list)
    wholes: dict[int, list[Whole]] = defaultdict(list)
    for one in evidence.happenings:
        match one:
            case Moved(device=device, start=start, to=to):
                for seq in range(start + 1, to + 1):
                    frames[seq].append(device)
            case Showed(device=device, seq=seq):
                shown[device, seq].append(one.change)
                if seq not in evidence.by_seq:
                    yield Finding("C7", f"{device} showed {seq}, which the log does not have")
            case Whole(head=head):
                wholes[head].append(one)
                if head and head not in evidence.by_seq:
                    yield Finding(
                        "C7", f"{one.device} has a board as of {head}; the log ends before"
                    )
    for sprint, entry in evidence.replay():
        seen: dict[Lens, Change] = {}
        for device in dict.fromkeys(frames[entry.seq]):
            lens = lens_of(evidence.seats[device])
            if lens not in seen:
                seen[lens] = see_change(sprint, entry.change, lens)
            for change in shown[device, entry.seq] or [()]:
                if change != seen[lens]:
                    yield _otherwise(f"{device} at {entry.seq}", change, seen[lens])
        yield from _told_whole(sprint, wholes.pop(sprint.head, ()), evidence)
    yield from _told_whole(evidence.final, wholes.pop(evidence.final.head, ()), evidence)


def _told_whole(sprint: Sprint, wholes: Iterable[Whole], evidence: Evidence) -> Iterator[Finding]:
    should: dict[Lens, Sprint] = {}
    for whole in wholes:
        lens = lens_of(evidence.seats[whole.device])
        if lens not in should:
            should[lens] = see(sprint, lens)
        told = Sprint()
        told.head = whole.head
        for record in whole.records:
            told.put(record)
        if told.records != should[lens].records:
            differs = f"{whole.device} as of {whole.head} {difference(told, should[lens])}"
            yield _otherwise(differs, list(_all(told)), list(_all(should[lens])))


def _all(sprint: Sprint) -> Iterator[object]:
    for shelf in sprint.records.values():
        yield from shelf.values()


def _otherwise(where: str, told: object, should: object) -> Finding:
    """Told otherwise is a wrong delivery; told more words than there are for this seat, a leak."""
    more = _words(told) - _words(should)
    if more:
        return Finding("C10", f"{where} was told what is hidden from it: {sorted(more)[:3]}")
    return Finding("C7", f"{where} was told {str(told)[:200]} and not {str(should)[:200]}")


def _words(value: object) -> set[str]:
    """Every text in it, in pieces, so that part of a text counts too."""
    found: set[str] = set()

    def look(part: object) -> None:
        if isinstance(part, str):
            found.update(part.split())
        elif isinstance(part, Mapping):
            for key, inside in part.items():
                look(key)
                look(inside)
        elif isinstance(part, list | tuple):
            for inside in part:
                look(inside)

    look(msgspec.to_builtins(value))
    return found


def difference(one: Sprint, other: Sprint) -> str:
    """Where two sprints differ, first."""
    if one.head != other.head:
        return f"is at {one.head} and not at {other.head}"
    for kind, shelf in other.records.items():
        for id in {**shelf, **one.records[kind]}:
            has, should = one.records[kind].get(id), shelf.get(id)
            if has != should:
                return f"has {has} and not {should}"
    return "is the same"


# --- rights -------------------------------------------------------------------------------


def c10_rights(evidence: Evidence) -> Iterator[Finding]:
    past, sprint = Past(), Sprint()
    for entry in evidence.log:
        if entry.seq > evidence.before and entry.damage is None:
            yield from _allowed(sprint, entry)
            yield from _decided(sprint, entry, past)
        past.record(entry, carry_out(sprint, entry) or ())
    yield from _budgets(sprint, "in the end", sprint.records["ballot"])
    for finding in evidence.told_otherwise:
        if finding.rule == "C10":
            yield finding


def _allowed(sprint: Sprint, entry: Entry) -> Iterator[Finding]:
    """The rules that matter most, said a second time and in other words than the product's."""
    command, where = entry.command, f"{entry.name} at {entry.seq}"
    if entry.refusal is not None:
        if entry.change:
            yield Finding("C10", f"{where} was refused and did something")
        return
    if command is None or entry.role not in permissions.PERMISSIONS[type(command)].roles:
        yield Finding("C10", f"{where} is not for a {entry.role}")
    place, evening = sprint.place(entry.seat), sprint.evening
    if entry.role in HALL:
        if place is not None and place.removed:
            yield Finding("C10", f"{where}: {entry.seat} was sent away")
        if evening is not None and evening.phase == "closed":
            yield Finding("C10", f"{where}: the evening is closed")
        if evening is not None and evening.frozen and entry.change and _writes(entry.change):
            yield Finding("C10", f"{where}: the board is frozen")
    for operation in entry.change if isinstance(command, CreateNote) else ():
        if isinstance(operation, Put) and isinstance(operation.record, NoteRecord):
            if operation.record.author not in (entry.seat, None):
                yield Finding("C10", f"{where} has another author: {operation.record.author}")
    ballots = [id for kind, id in touched(entry.change) if kind == "ballot"]
    if ballots:
        after = sprint.copy()
        carry_out(after, entry)
        yield from _budgets(after, where, ballots)


def _writes(change: Change) -> bool:
    return any(kind in ("note", "cluster", "ballot") for kind, _ in touched(change))


def _budgets(sprint: Sprint, where: str, ballots: Iterable[str]) -> Iterator[Finding]:
    for id in ballots:
        ballot = sprint.records["ballot"].get(id)
        if ballot is None or ballot.paper:
            continue
        of = sprint.records["round"][ballot.round]
        dots = ballot.dots.values()
        if sum(dots) > of.budget or not all(0 < many <= of.most for many in dots):
            yield Finding("C10", f"{where}: {dict(ballot.dots)}, of {of.budget} dots")


def _decided(sprint: Sprint, entry: Entry, past: Past) -> Iterator[Finding]:
    """The verdict is the one of the rules on the sprint as the log has it there."""
    seat = Seat(entry.seat, entry.role)  # type: ignore[arg-type]
    where = f"{entry.name} at {entry.seq}"

    def again(chance: bytes) -> Change | Refusal:
        ask = Ask(entry.command, seat, entry.at, chance * ENTROPY_BYTES)
        return decide(sprint, ask, past)

    verdict = again(b"a")
    if isinstance(verdict, Refusal) or entry.refusal is not None:
        should = verdict.code if isinstance(verdict, Refusal) else None
        if should != entry.refusal:
            yield Finding("C10", f"{where} was decided {entry.refusal}, the rules say {should}")
    elif verdict != entry.change and verdict == again(b"b"):  # no chance in it
        yield Finding("C10", f"{where} came to {entry.change}, the rules say {verdict}")


# --- time and size ------------------------------------------------------------------------


def c12_liveness(evidence: Evidence) -> Iterator[Finding]:
    limits = evidence.limits
    over = max((one.at for one in evidence.happenings if isinstance(one, Fault)), default=0.0)
    gone = {one.device for one in evidence.happenings if isinstance(one, Gone)}
    back: dict[str, float] = {}  # a seat that was sent away hears nothing until it is let in again
    for ack in evidence.answers:
        entry = evidence.by_name.get(ack.name)
        if entry is not None and isinstance(entry.command, ReadmitSeat) and not entry.refusal:
            back[entry.command.seat] = max(back.get(entry.command.seat, 0.0), ack.at)
    for name, times in evidence.asked.items():
        if times[0].device in gone or times[0].device != device_of(name):
            continue
        ack = evidence.answered.get(name)
        if ack is None:
            yield Finding("C12", f"{name} never got a verdict")
            continue
        since = max(over, times[0].at, back.get(evidence.seat_of(times[0].device) or "", 0.0))
        if ack.at > since + limits.answers_within:
            late = ack.at - since
            yield Finding("C12", f"{name} got its verdict {late:.1f} s after the last fault")
    if limits.rate is not None:
        asked, answered = defaultdict(int), defaultdict(int)
        for name, times in evidence.asked.items():
            at = times[0].at
            if at >= over + limits.rate_after and name in evidence.answered:
                asked[int(at)] += 1
                answered[int(at)] += evidence.answered[name].at <= at + SECOND
        total = sum(asked.values())
        if total and sum(answered.values()) < limits.rate * total:
            yield Finding("C12", f"{sum(answered.values())} of {total} are answered in a second")


def c13_resources(evidence: Evidence) -> Iterator[Finding]:
    worst: dict[tuple[str, str], Sample] = {}
    for one in evidence.happenings:
        if isinstance(one, Sample):
            known = worst.setdefault((one.who, one.what), one)
            if one.value > known.value:
                worst[one.who, one.what] = one
    for one in worst.values():
        most = evidence.limits.most.get(one.what)
        if most is not None and one.value > most:
            yield Finding("C13", f"{one.who}: {one.what} reached {one.value:g}, over {most:g}")


RULES: Final[dict[str, Rule]] = {
    "C1": c1_durability,
    "C2": c2_once,
    "C3": c3_no_phantom,
    "C4": c4_gapless,
    "C5": c5_client_order,
    "C6": c6_real_time,
    "C7": c7_delivery,
    "C8": c8_convergence,
    "C9": c9_verdicts,
    "C10": c10_rights,
    "C11": c11_unknown_outcome,
    "C12": c12_liveness,
    "C13": c13_resources,
}
