"""What a seat is doing: its table, its stand, whose turn it is, help and ready. And the tables.

The first of these commands of a seat makes its `Place`; who never asked one has the place of
somebody who came in and sat down nowhere.

A tablet that goes round (*doorgeven*) is in a *turn*. The number of the turn only ever goes up: with
every *Geef door*, and with every change to or from that stand. So what was written in a turn that
is over is closed for good, also on this tablet, and dots of one turn never count for another.
"""

import msgspec

from . import arrivals, limits, writing
from .ask import Ask
from .change import Change
from .commands import (
    AnswerHelp,
    AskHelp,
    GiveVoice,
    HandOn,
    ReadmitSeat,
    RemoveSeat,
    SayDone,
    SetTable,
    SitDown,
    TakeStand,
    TellCheck,
)
from .draft import Draft
from .past import Past
from .refusals import Refused
from .sprint import Place, Seat, Sprint, Table


def place_of(sprint: Sprint, seat: Seat) -> Place:
    """The place of a seat, also when it never said anything of itself."""
    return sprint.place(seat.id) or Place(id=seat.id, role=seat.role)


def sit(sprint: Sprint, ask: Ask, command: SitDown, past: Past) -> Change:
    if command.table is not None and sprint.find("table", command.table) is None:
        raise Refused("unknown")
    return _write(sprint, ask.seat, table=command.table)


def stand(sprint: Sprint, ask: Ask, command: TakeStand, past: Past) -> Change:
    place = place_of(sprint, ask.seat)
    if "doorgeven" in (place.stand, command.stand) and place.stand != command.stand:
        turn = place.turn + 1
        return _write(sprint, ask.seat, stand=command.stand, turn=turn, stem=None, kern=None)
    return _write(sprint, ask.seat, stand=command.stand)


def hand_on(sprint: Sprint, ask: Ask, command: HandOn, past: Past) -> Change:
    """The next one begins without a voice: who that is, they say themselves."""
    turn = place_of(sprint, ask.seat).turn + 1
    return _write(sprint, ask.seat, turn=turn, stem=None, kern=None)


def give_voice(sprint: Sprint, ask: Ask, command: GiveVoice, past: Past) -> Change:
    if command.stem is not None and sprint.find("stem", command.stem) is None:
        raise Refused("unknown")
    if command.kern is not None and sprint.find("kern", command.kern) is None:
        raise Refused("unknown")
    return _write(sprint, ask.seat, stem=command.stem, kern=command.kern)


def ask_help(sprint: Sprint, ask: Ask, command: AskHelp, past: Past) -> Change:
    """Asking twice is asking once: who waits longest is helped first."""
    waits = place_of(sprint, ask.seat).help
    since = ask.now if waits is None else waits
    return _write(sprint, ask.seat, help=since if command.on else None)


def answer_help(sprint: Sprint, ask: Ask, command: AnswerHelp, past: Past) -> Change:
    place = sprint.place(command.seat)
    if place is None:
        raise Refused("unknown")
    draft = Draft(sprint)
    draft.set(place, help=None)
    return draft.change()


def say_done(sprint: Sprint, ask: Ask, command: SayDone, past: Past) -> Change:
    """Ready with the step that is on. The hall sees how many are, not who."""
    step = sprint.step_on
    if step is None:
        raise Refused("unknown")
    draft = Draft(sprint)
    _draft(draft, ask.seat, done=step.id if command.on else None)
    count_done(draft, step.id)
    return draft.change()


def count_done(draft: Draft, step: str) -> None:
    """Bring the tally to how many seats are ready with that step."""
    known = draft.sprint.records["place"]
    done = sum(
        place.done == step and not place.removed
        for id in {**known, **draft.drafted("place")}
        if isinstance(place := draft.find("place", id), Place)
    )
    if done or draft.sprint.records["tally"]:
        arrivals.tell(draft, done=done)


def tell_check(sprint: Sprint, ask: Ask, command: TellCheck, past: Past) -> Change:
    for name, found in command.results.items():
        for written in (name, found):
            writing.check_title(written)
            if len(written) > limits.FIELD_CODE_POINTS:
                raise Refused("too_long")
    return _write(sprint, ask.seat, check=command.results, checked=ask.now)


def remove(sprint: Sprint, ask: Ask, command: RemoveSeat, past: Past) -> Change:
    """What it wrote stays; it can ask nothing any more until it is let in again."""
    return _let_in(sprint, command.seat, removed=True)


def readmit(sprint: Sprint, ask: Ask, command: ReadmitSeat, past: Past) -> Change:
    return _let_in(sprint, command.seat, removed=False)


def set_table(sprint: Sprint, ask: Ask, command: SetTable, past: Past) -> Change:
    """Every table has a number of its own."""
    if not 1 <= command.number <= limits.TABLES_PER_SPRINT:
        raise Refused("bad_command")
    if not 0 <= command.people <= limits.PEOPLE_PER_TABLE:
        raise Refused("bad_command")
    tables = sprint.records["table"]
    if any(t.number == command.number and t.id != command.table for t in tables.values()):
        raise Refused("exists")
    draft = Draft(sprint)
    table = tables.get(command.table)
    if table is not None:
        draft.set(table, number=command.number, people=command.people)
    else:
        if len(tables) >= limits.TABLES_PER_SPRINT:
            raise Refused("full")
        draft.put(Table(id=command.table, number=command.number, people=command.people))
    return draft.change()


def _let_in(sprint: Sprint, seat: str, removed: bool) -> Change:
    """Also of a seat that never said anything, and so has no place yet."""
    places = sprint.records["place"]
    if seat not in places and len(places) >= limits.SEATS_PER_SPRINT:
        raise Refused("full")
    draft = Draft(sprint)
    place = places.get(seat)
    if place is None:
        if removed:
            draft.put(Place(id=seat, removed=True))
    else:
        draft.set(place, removed=removed)
        step = sprint.step_on
        if step is not None and place.done == step.id:
            count_done(draft, step.id)
    return draft.change()


def _write(sprint: Sprint, seat: Seat, **fields: object) -> Change:
    draft = Draft(sprint)
    _draft(draft, seat, **fields)
    return draft.change()


def _draft(draft: Draft, seat: Seat, **fields: object) -> None:
    place = draft.sprint.place(seat.id)
    if place is not None:
        draft.set(place, role=seat.role, **fields)  # who was sent away first had none yet
        return
    if len(draft.sprint.records["place"]) >= limits.SEATS_PER_SPRINT:
        raise Refused("full")
    draft.put(msgspec.structs.replace(Place(id=seat.id, role=seat.role), **fields))
