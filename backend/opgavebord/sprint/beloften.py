"""Promises: who, what, when. Who made one may change it, at a table who guides it, and the staff."""

from . import limits, writing
from .ask import Ask
from .change import Change
from .commands import ChangeBelofte, DropBelofte, MakeBelofte
from .draft import Draft
from .past import Past
from .refusals import Refused
from .sprint import Belofte, Place, Sprint


def make(sprint: Sprint, ask: Ask, command: MakeBelofte, past: Past) -> Change:
    beloften = sprint.records["belofte"]
    if command.belofte in beloften:
        raise Refused("exists")
    if sum(not one.gone for one in beloften.values()) >= limits.BELOFTEN_PER_SPRINT:
        raise Refused("full")
    _check(command)
    place: Place | None = sprint.records["place"].get(ask.seat.id)
    draft = Draft(sprint)
    draft.put(
        Belofte(
            id=command.belofte,
            who=command.who,
            what=command.what,
            when=command.when,
            author=ask.seat.id,
            table=place.table if place else None,
            at=ask.now,
        )
    )
    return draft.change()


def change(sprint: Sprint, ask: Ask, command: ChangeBelofte, past: Past) -> Change:
    belofte = _mine(sprint, ask, command.belofte)
    if belofte.gone:
        raise Refused("in_the_bin")
    _check(command)
    draft = Draft(sprint)
    draft.set(belofte, who=command.who, what=command.what, when=command.when)
    return draft.change()


def drop(sprint: Sprint, ask: Ask, command: DropBelofte, past: Past) -> Change:
    """Twice is once."""
    draft = Draft(sprint)
    draft.set(_mine(sprint, ask, command.belofte), gone=True)
    return draft.change()


def _mine(sprint: Sprint, ask: Ask, id: str) -> Belofte:
    """The promise, if this seat may change it."""
    belofte: Belofte | None = sprint.records["belofte"].get(id)
    if belofte is None:
        raise Refused("unknown")
    seat = ask.seat
    if seat.role not in ("deelnemer", "tafelbegeleider") or belofte.author == seat.id:
        return belofte
    place: Place | None = sprint.records["place"].get(seat.id)
    table = place.table if place else None
    if seat.role == "tafelbegeleider" and table is not None and belofte.table == table:
        return belofte
    raise Refused("not_yours")


def _check(said: MakeBelofte | ChangeBelofte) -> None:
    for part in (said.who, said.what, said.when):
        writing.check_title(part)
        if writing.is_empty(part):
            raise Refused("empty")
