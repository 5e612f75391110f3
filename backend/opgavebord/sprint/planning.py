"""The plan of an evening: its steps against the clock, and what can not be done in time.

Theory, the arithmetic of one tablet: where a tablet goes round the table, everybody waits for
everybody, so a step lasts people × seconds of one turn. Six people who each type a note need eight
minutes of one tablet; with two tablets at the table each serves half of them. A step that is shorter
than that is a `Tight`; the plan only says so, because whoever plans may know better.

Invariants: steps come in the order of their boards, then of themselves; a skipped step takes no time;
each step begins where the one before it ended.
"""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from .sprint import Board, Input, Sprint, Step

TURN_SECONDS: Final[dict[Input, int]] = {
    "doorgeven": 80,  # one short note, by somebody who types well
    "tikken": 15,  # a village and a voice
}
VOTE_SECONDS: Final = 40  # three dots
DAY: Final = 24 * 60


class Table(Struct, frozen=True):
    """What stands on a table, as far as time goes."""

    people: int
    tablets: int = 1


class Tight(Struct, frozen=True):
    """A step in which not everybody gets a turn."""

    people: int
    tablets: int
    seconds: int  # of one turn
    needed: int  # whole minutes that would do
    fits: int  # people for whom the minutes of the step would do


class Slot(Struct, frozen=True):
    """A step in the plan. `begins` is in minutes since midnight; after midnight it goes on counting."""

    step: str
    board: str
    begins: int
    minutes: int
    skipped: bool
    tight: Tight | None = None


class Plan(Struct, frozen=True):
    slots: tuple[Slot, ...]
    ends: int
    late: int  # minutes after the end that was announced


def plan(steps: Iterable[Step], table: Table, starts: int, announced: int | None = None) -> Plan:
    """Lay steps, in this order, against the clock from `starts` on (minutes since midnight).

    `announced` is when people were told to be home; an end before the start is one of the next day.
    """
    slots: list[Slot] = []
    at = starts
    for step in steps:
        minutes = 0 if step.skipped else step.minutes
        tight = None if step.skipped else tightness(step, table)
        slots.append(Slot(step.id, step.board, at, step.minutes, step.skipped, tight))
        at += minutes
    late = 0
    if announced is not None:
        late = max(0, at - (announced if announced >= starts else announced + DAY))
    return Plan(tuple(slots), at, late)


def in_order(sprint: Sprint) -> list[Step]:
    """All steps of the evening, as they come."""
    boards: dict[str, Board] = sprint.records["board"]
    steps: Iterable[Step] = sprint.records["step"].values()
    return sorted(steps, key=lambda step: (boards[step.board].rank, step.board, step.rank, step.id))


def turn_seconds(step: Step) -> int:
    """How long one person has the tablet in this step; 0 where it does not go round."""
    if "doorgeven" in step.input:
        usual = VOTE_SECONDS if step.may == ("stemmen",) else TURN_SECONDS["doorgeven"]
    elif "tikken" in step.input:
        usual = TURN_SECONDS["tikken"]
    else:
        return 0
    return step.turn_seconds or usual


def tightness(step: Step, table: Table) -> Tight | None:
    """What is wrong with the minutes of a step where the tablet goes round; None: they will do."""
    seconds = turn_seconds(step)
    if not seconds or not step.minutes or not table.people:
        return None
    tablets = max(1, table.tablets)
    turns = -(-table.people // tablets)
    if turns * seconds <= step.minutes * 60:
        return None
    return Tight(
        people=table.people,
        tablets=tablets,
        seconds=seconds,
        needed=-(-turns * seconds // 60),
        fits=step.minutes * 60 // seconds * tablets,
    )


def per_table(people: int, tables: int) -> int:
    """People at the fullest table."""
    return -(-people // tables) if tables else 0
