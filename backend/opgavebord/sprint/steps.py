"""Steps: go to one, and show what was written in private."""

import msgspec

from .ask import Ask
from .change import Change, Patch, Put
from .commands import GoToStep, Reveal
from .draft import Draft
from .past import Past
from .refusals import Refused
from .sprint import Sprint


def go(sprint: Sprint, ask: Ask, command: GoToStep, past: Past) -> Change:
    """Forward or back; its board comes on with it and the timer of the old step goes.

    What is hidden stays hidden: only `reveal` shows it. A private step that comes on, also for
    the second time, begins a new private round: what is written in it waits for its own reveal.
    """
    step, evening = sprint.step(command.step), sprint.evening
    if step is None or evening is None:
        raise Refused("unknown")
    draft = Draft(sprint)
    if evening.step != step.id:
        draft.set(evening, board=step.board, step=step.id, timer_started=None, timer_ends=None)
        step = draft.set(step, revealed=False)
    draft.set(step, visited=True)
    return draft.change()


def reveal(sprint: Sprint, ask: Ask, command: Reveal, past: Past) -> Change:
    """Everybody gets the hidden notes of the board in full; what comes later is shown at once.

    Not what lies in the bin: somebody threw that away before anybody read it.
    """
    evening = sprint.evening
    if evening is None or evening.board is None:
        raise Refused("unknown")
    zones = {id for id, zone in sprint.records["zone"].items() if zone.board == evening.board}
    shown = tuple(
        Put(msgspec.structs.replace(note, hidden=False))
        for note in sprint.notes.values()
        if note.hidden and not note.gone and note.zone in zones
    )
    steps = tuple(
        Patch("step", id, {"revealed": True})
        for id, step in sprint.records["step"].items()
        if step.board == evening.board
        and step.visible == "alleen_ik"
        and step.visited
        and not step.revealed
    )
    return shown + steps
