"""Steps: the plan of the evening, going through it, and showing what was written in private."""

from collections.abc import Iterator

import msgspec

from . import limits, wall
from .ask import Ask
from .change import Change
from .clusters import fresh_id
from .commands import GoToStep, MoveBoard, MoveStep, RepeatStep, Reveal, SetMinutes, SkipStep
from .draft import Draft
from .past import Past
from .placement import ranks_before
from .refusals import Refused
from .seating import count_done
from .sprint import Board, Checkpoint, Note, Sibling, Sprint, Step

MINUTES: int = limits.TIMER_SECONDS // 60


def go(sprint: Sprint, ask: Ask, command: GoToStep, past: Past) -> Change:
    """Forward or back; its board comes on with it and the timer of the old step goes.

    What is hidden stays hidden: only `reveal` shows it. A private step that comes on, also for
    the second time, begins a new private round: what is written in it waits for its own reveal.
    Nobody is ready with it yet, the wall shows its scene, and the moment gets a name.
    """
    step, evening = sprint.step(command.step), sprint.evening
    if step is None or evening is None:
        raise Refused("unknown")
    draft = Draft(sprint)
    if evening.step != step.id:
        was = sprint.step_on
        if was is not None:
            checkpoint(draft, ask, f"na {was.title}")
        draft.set(evening, board=step.board, step=step.id, timer_started=None, timer_ends=None)
        step = draft.set(step, revealed=False)
        for place in sprint.records["place"].values():
            if place.done == step.id:  # when it was on before
                draft.set(place, done=None)
        count_done(draft, step.id)
        wall.follow(draft, step.scene)
    draft.set(step, visited=True)
    return draft.change()


def checkpoint(draft: Draft, ask: Ask, name: str) -> None:
    """Give this moment a name, to find it in the log."""
    sprint = draft.sprint
    seq = sprint.head + 1
    evening = sprint.evening
    on = evening.step if evening is not None else None
    draft.put(Checkpoint(id=f"punt-{seq}", name=name, seq=seq, at=ask.now, step=on))


def reveal(sprint: Sprint, ask: Ask, command: Reveal, past: Past) -> Change:
    """Hidden notes of the board that is on are shown: to the seats at their table, or to the hall.

    Not what lies in the bin: somebody threw that away before anybody read it. What was said at
    no table can not wait for one, and is shown to the hall. What comes later follows what was
    shown (`notes.create`), except where one table was shown by itself.
    """
    evening, on = sprint.evening, sprint.step_on
    if evening is None or evening.board is None:
        raise Refused("unknown")
    if command.table is not None and sprint.find("table", command.table) is None:
        raise Refused("unknown")
    to_table = command.to == "tafel"
    if command.to is None:
        to_table = on is not None and on.visible == "tafel"
    draft = Draft(sprint)
    for note in _hidden_on(sprint, evening.board):
        if command.table is not None and note.table != command.table:
            continue
        if to_table and note.table is not None:
            draft.set(note, at_table=True)
        else:
            draft.put(msgspec.structs.replace(note, hidden=False, at_table=False))
    if command.table is None:
        for step in sprint.records["step"].values():
            private = step.visible == "alleen_ik" or (step.visible == "tafel" and not to_table)
            if step.board == evening.board and step.visited and private:
                draft.set(step, revealed=True)
    return draft.change()


def _hidden_on(sprint: Sprint, board: str) -> Iterator[Note]:
    zones = {id for id, zone in sprint.records["zone"].items() if zone.board == board}
    return (
        note
        for note in sprint.notes.values()
        if note.hidden and not note.gone and note.zone in zones
    )


# --- the plan ------------------------------------------------------------------------


def skip(sprint: Sprint, ask: Ask, command: SkipStep, past: Past) -> Change:
    """Left out of the plan, or in it again. It is never gone: one can still go there."""
    draft = Draft(sprint)
    draft.set(_step(sprint, command.step), skipped=command.on)
    return draft.change()


def set_minutes(sprint: Sprint, ask: Ask, command: SetMinutes, past: Past) -> Change:
    if not 0 <= command.minutes <= MINUTES:
        raise Refused("bad_command")
    draft = Draft(sprint)
    draft.set(_step(sprint, command.step), minutes=command.minutes)
    return draft.change()


def move(sprint: Sprint, ask: Ask, command: MoveStep, past: Past) -> Change:
    step = _step(sprint, command.step)
    draft = Draft(sprint)
    siblings = [sibling for sibling in _steps_of(sprint, step.board) if sibling[1] != step.id]
    draft.set(step, rank=_rank(draft, siblings, command.before))
    return draft.change()


def repeat(sprint: Sprint, ask: Ask, command: RepeatStep, past: Past) -> Change:
    """The same step once more, right after itself: with a private round and a reveal of its own."""
    step = _step(sprint, command.step)
    if len(sprint.records["step"]) >= limits.STEPS_PER_SPRINT:
        raise Refused("full")
    fresh_id(sprint, command.copy)
    if sprint.step(command.copy) is not None:
        raise Refused("exists")
    siblings = _steps_of(sprint, step.board)
    after = next((id for rank, id in siblings if (rank, id) > (step.rank, step.id)), None)
    draft = Draft(sprint)
    rank = _rank(draft, siblings, after)
    draft.put(
        msgspec.structs.replace(
            step, id=command.copy, rank=rank, visited=False, revealed=False, skipped=False
        )
    )
    return draft.change()


def move_board(sprint: Sprint, ask: Ask, command: MoveBoard, past: Past) -> Change:
    boards = sprint.records["board"]
    board: Board | None = boards.get(command.board)
    if board is None:
        raise Refused("unknown")
    draft = Draft(sprint)
    siblings = sorted((each.rank, id) for id, each in boards.items() if id != board.id)
    draft.set(board, rank=_rank(draft, siblings, command.before))
    return draft.change()


def _step(sprint: Sprint, id: str) -> Step:
    step = sprint.step(id)
    if step is None:
        raise Refused("unknown")
    return step


def _steps_of(sprint: Sprint, board: str) -> list[Sibling]:
    steps = sprint.records["step"].items()
    return sorted((step.rank, id) for id, step in steps if step.board == board)


def _rank(draft: Draft, siblings: list[Sibling], before: str | None) -> int:
    """A rank for one newcomer; the others of its plan move over where there is no room."""
    ranks, tidied = ranks_before(siblings, before)
    for id, rank in tidied.items():
        sibling = draft.find("step", id) or draft.find("board", id)
        assert isinstance(sibling, Step | Board)
        draft.set(sibling, rank=rank)
    return ranks[0]
