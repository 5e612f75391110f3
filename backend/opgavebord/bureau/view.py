"""A sprint as the desk sees it: its boards, its steps against the clock, and where a card may be laid
before the evening. Built from the sprint as it is now, so it is also true while the evening is on.
"""

from msgspec import Struct, structs

from ..sprint.planning import Plan, Tight, in_order, per_table, plan
from ..sprint.planning import Table as AtTable
from ..sprint.sprint import Board, Input, Sprint, Step, Visibility, Zone
from ..storage.desk import Clock


class StepView(Struct, frozen=True):
    id: str
    title: str
    instruction: str
    minutes: int
    begins: int
    visible: Visibility
    input: tuple[Input, ...]
    skipped: bool
    visited: bool
    on: bool
    tight: Tight | None


class ZoneView(Struct, frozen=True):
    id: str
    title: str
    question: str
    colour: str
    cards: int  # that the desk laid here


class BoardView(Struct, frozen=True):
    id: str
    werkvorm: str
    title: str
    purpose: str
    form: str
    steps: tuple[StepView, ...]
    zones: tuple[ZoneView, ...]  # where a card may be laid beforehand


class SprintView(Struct, frozen=True):
    id: str
    opgave: str | None
    title: str
    question: str
    number: int
    place: str
    date: str
    goal: str
    phase: str
    published: bool
    away: bool
    clock: Clock
    tables: int
    per_table: int
    boards: tuple[BoardView, ...]
    ends: int
    late: int


def view(sprint: Sprint, opgave: str | None, clock: Clock) -> SprintView | None:
    """None for a sprint that was never founded."""
    evening = sprint.evening
    if evening is None:
        return None
    tables = len(sprint.records["table"])
    if not clock.people:  # nobody said how many were expected, but somebody counted who is there
        there = sum(table.people for table in sprint.records["table"].values())
        clock = structs.replace(clock, people=there)
    people = per_table(clock.people, tables)
    steps = in_order(sprint)
    planned = plan(steps, AtTable(people, clock.tablets), clock.starts, clock.ends)
    boards = sorted(sprint.records["board"].values(), key=lambda board: (board.rank, board.id))
    return SprintView(
        id=evening.id,
        opgave=opgave,
        title=evening.title,
        question=evening.question,
        number=evening.number,
        place=evening.place,
        date=evening.date,
        goal=evening.goal,
        phase=evening.phase,
        published=evening.published,
        away=evening.away is not None,
        clock=clock,
        tables=tables,
        per_table=people,
        boards=tuple(_board(sprint, board, steps, planned) for board in boards),
        ends=planned.ends,
        late=planned.late,
    )


def _board(sprint: Sprint, board: Board, steps: list[Step], planned: Plan) -> BoardView:
    evening = sprint.evening
    on = evening.step if evening else None
    zones = sorted(
        (zone for zone in sprint.records["zone"].values() if zone.board == board.id),
        key=lambda zone: (zone.rank, zone.id),
    )
    return BoardView(
        id=board.id,
        werkvorm=board.werkvorm,
        title=board.title,
        purpose=board.purpose,
        form=board.form,
        steps=tuple(
            StepView(
                id=step.id,
                title=step.title,
                instruction=step.instruction,
                minutes=step.minutes,
                begins=slot.begins,
                visible=step.visible,
                input=step.input,
                skipped=step.skipped,
                visited=step.visited,
                on=step.id == on,
                tight=slot.tight,
            )
            for step, slot in zip(steps, planned.slots, strict=True)
            if step.board == board.id
        ),
        zones=tuple(_zone(sprint, zone) for zone in zones if may_prepare(zone)),
    )


def may_prepare(zone: Zone) -> bool:
    """Whether the desk may lay cards here before the evening."""
    return zone.write in ("iedereen", "begeleider") and not zone.tap and not zone.source


def _zone(sprint: Sprint, zone: Zone) -> ZoneView:
    cards = sum(
        note.zone == zone.id and note.origin == "organisatie" and not note.gone
        for note in sprint.notes.values()
    )
    return ZoneView(zone.id, zone.title, zone.question, zone.colour, cards)
