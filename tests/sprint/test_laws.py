"""What holds whatever is asked, in whatever order."""

from typing import get_args

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from opgavebord.sprint import commands, decide, history, text
from opgavebord.sprint.change import Drop, Patch, Put, TextEdit, apply
from opgavebord.sprint.commands import BinNote, CreateNote, GiveDots, RewindSeat, Undo
from opgavebord.sprint.past import UNDOABLE, Past
from opgavebord.sprint.refusals import REFUSAL_CODES, Refusal
from opgavebord.sprint.sprint import (
    KIND_OF,
    Ballot,
    Cluster,
    Group,
    Note,
    Round,
    Sprint,
    Wall,
    container,
)
from tests.sprint.drawing import chances, villages
from tests.sprint.village import SEATS, Chance, Village


@given(villages())
def test_replaying_the_log_gives_the_sprint(lived: tuple[Village, Chance]):
    village, _ = lived
    again, past = Sprint(), Past()
    for entry, _ in village.log:
        inverse = apply(again, entry.change)
        again.head = entry.seq
        past.record(entry, inverse)
    assert again == village.sprint
    assert past == village.past


@given(villages())
def test_replaying_what_was_stored_gives_the_sprint(lived: tuple[Village, Chance]):
    village, _ = lived
    again = Sprint()
    for entry, _ in village.log:
        if any("\ud800" in repr(operation) for operation in entry.change):
            continue
        stored = msgspec.json.encode(entry.change)
        change = history.read_change(stored)
        assert change == entry.change
        apply(again, change)
        again.head = entry.seq
    assert again == village.sprint


@given(villages())
def test_the_inverses_take_everything_back(lived: tuple[Village, Chance]):
    village, _ = lived
    for entry, inverse in reversed(village.log):
        before = village.sprint.copy()
        assert apply(village.sprint, inverse)[::1] == entry.change or inverse == ()
        apply(village.sprint, entry.change)
        assert village.sprint == before
        apply(village.sprint, inverse)
    assert list(village.sprint) == []
    assert village.sprint.children == {}


@given(villages())
def test_rolling_back_and_deciding_again_gives_the_same(lived: tuple[Village, Chance]):
    """As a room does after a conflict: the sprint and its past are as they were."""
    village, chance = lived
    kept = [entry for entry, _ in village.log]
    after = village.sprint.copy()
    back = chance.number(min(8, len(kept)))
    for _ in range(back):
        village.roll_back()
    past = Past()
    for entry, inverse in village.log:
        past.record(entry, inverse)
    assert village.past == past
    seats = {seat.id: seat for seat in SEATS}
    for entry in kept[len(kept) - back :]:
        village.ask(entry.command, seats[entry.seat])
    assert village.sprint == after
    assert [entry for entry, _ in village.log] == kept


@given(villages(), st.sampled_from(SEATS))
def test_decide_answers_any_command_and_changes_nothing(lived: tuple[Village, Chance], seat):
    village, chance = lived
    for kind in get_args(commands.AnyCommand):
        command = village.command_of(kind, chance, seat)
        before = village.sprint.copy()
        verdict = village.decide(command, seat)
        assert village.sprint == before
        if isinstance(verdict, Refusal):
            assert verdict.code in REFUSAL_CODES
        else:
            inverse = apply(village.sprint, verdict)
            apply(village.sprint, inverse)
            assert village.sprint == before
        assert village.decide(command, seat) == verdict
    assert village.decide(None, seat) == Refusal("bad_command")


@given(chances())
def test_decide_answers_in_a_sprint_that_was_never_founded(chance: Chance):
    village = Village(founded=False)
    for kind in get_args(commands.AnyCommand):
        seat = chance.of(SEATS)
        assert isinstance(
            village.decide(village.command_of(kind, chance, seat), seat), tuple | Refusal
        )


@given(villages())
def test_the_sprint_is_sound_after_every_event(lived: tuple[Village, Chance]):
    """The three sentences at the top of draft.py, and the index of what lies where."""
    village, _ = lived
    sprint = Sprint()
    for entry, _ in village.log:
        apply(sprint, entry.change)
        lying: dict[str, list[tuple[int, str]]] = {}
        for item in [*sprint.notes.values(), *sprint.clusters.values()]:
            if not item.gone:
                lying.setdefault(container(item), []).append((item.rank, item.id))
        assert {place: sorted(items) for place, items in lying.items()} == sprint.children
        for note in sprint.notes.values():
            if note.cluster is not None and not note.gone:
                cluster = sprint.clusters[note.cluster]
                assert not cluster.gone
                assert cluster.zone == note.zone
        for cluster in sprint.clusters.values():
            assert cluster.gone or cluster.title or sprint.items(cluster.id)
        for place in sprint.children:
            ranks = [item.rank for item in sprint.items(place)]
            assert len(set(ranks)) == len(ranks)


@given(villages())
def test_a_change_writes_each_record_once(lived: tuple[Village, Chance]):
    """One put or patch, one edit of the text, and never a drop: undo relies on it."""
    village, _ = lived
    for entry, _ in village.log:
        seen = []
        for operation in entry.change:
            match operation:
                case Put(record):
                    seen.append((KIND_OF[type(record)], record.id))
                case Patch(kind, id, fields):
                    assert fields
                    seen.append((kind, id))
                case TextEdit(id):
                    seen.append(("text", id))
                case Drop():
                    raise AssertionError("a rule never drops a record")
        assert len(seen) == len(set(seen))


@given(villages())
def test_the_literal_words_stay(lived: tuple[Village, Chance]):
    """The author's own words of the step they were written in are the text of the note, or stand
    beside it. Whoever changes the text, and whatever is undone."""
    village, _ = lived
    own: dict[str, str] = {}
    sprint = Sprint()
    for entry, _ in village.log:
        step = sprint.step_on.id if sprint.step_on else None
        apply(sprint, entry.change)
        for id, note in sprint.notes.items():
            rewound = isinstance(entry.command, RewindSeat)  # as if the seat did it itself
            seat = entry.command.seat if rewound else entry.seat
            theirs = note.author == seat and note.step == step and note.literal is None
            if id not in own or theirs:
                own[id] = note.text
            assert own[id] == (note.text if note.literal is None else note.literal)


@given(villages())
def test_an_undo_at_once_gives_back_what_was(lived: tuple[Village, Chance]):
    village, chance = lived
    before = village.sprint.copy()
    seat = chance.of(SEATS[:3])
    command = village.some_command(chance, seat)
    verdict = village.ask(command, seat)
    if isinstance(verdict, Refusal) or not verdict or type(command) not in UNDOABLE:
        return
    undone = village.ask(Undo(village.log[-1][0].name), seat)
    if isinstance(undone, Refusal):
        # a right of the step can be for the note as it was (an own note); nothing else may differ
        nothing = isinstance(command, GiveDots) and not command.dots  # was given, and is taken back
        assert undone.code in ("not_in_this_step", "not_yours", "unknown") or nothing
        return
    after = village.sprint.copy()
    after.head = before.head
    for record in after:
        was = before.find(record.__struct_config__.tag, record.id)
        if was is None:
            assert record.dots == {} if isinstance(record, Ballot) else record.gone
        elif isinstance(was, Note | Cluster | Group):
            assert msgspec.structs.replace(record, rank=was.rank) == was or _shown(record, was)
        elif not isinstance(was, Round | Wall):  # how many voted, and what left the wall, stays so
            assert record == was
    assert {place: [i.id for i in after.items(place)] for place in after.children} == {
        place: [i.id for i in before.items(place)] for place in before.children
    }


@given(villages())
def test_undo_and_redo_go_back_and_forth(lived: tuple[Village, Chance]):
    """In a step where everything is allowed, a row of own commands is undone and redone."""
    village, chance = lived
    seat = SEATS[2]
    village.reopen_as(village.ask)
    states = [_board(village.sprint)]
    names = []
    for _ in range(1 + chance.number(5)):
        command = village.some_command(chance, seat)
        if type(command) in UNDOABLE and village.ask(command, seat):
            if village.log[-1][0].change and not isinstance(command, Undo):
                names.append(village.log[-1][0].name)
                states.append(_board(village.sprint))
    undone = []
    for name, state in zip(reversed(names), reversed(states[:-1]), strict=True):
        assert not isinstance(village.ask(Undo(name), seat), Refusal)
        assert _board(village.sprint) == state
        undone.append(village.log[-1][0].name)
    for name, state in zip(reversed(undone), states[1:], strict=True):
        assert not isinstance(village.ask(Undo(name), seat), Refusal)
        assert _board(village.sprint) == state


@given(villages())
def test_what_others_typed_since_survives_an_undo(lived: tuple[Village, Chance]):
    village, _ = lived
    for at, (entry, _) in enumerate(village.log):
        if not isinstance(entry.command, Undo):
            continue
        for operation in entry.change:
            if isinstance(operation, TextEdit):
                taken = _texts(village, at, operation.id)
                typed = {
                    letter
                    for other, _ in village.log[:at]
                    if other.seat != entry.seat
                    for part in _parts(other.change, operation.id)
                    if isinstance(part, str)
                    for letter in part
                }
                own = {
                    letter
                    for other, _ in village.log[:at]
                    if other.seat == entry.seat
                    for part in _parts(other.change, operation.id)
                    if isinstance(part, str)
                    for letter in part
                }
                first = {
                    letter
                    for other, _ in village.log[:at]
                    if isinstance(other.command, CreateNote) and other.command.note == operation.id
                    for letter in other.command.text
                }
                assert not (set(taken) & (typed - own - first))


def test_the_village_tries_every_command_with_and_without_success():
    """Otherwise the laws above would say little."""
    import random

    accepted, refused, codes = set(), set(), set()
    for seed in range(400):
        village = Village()
        village.live(Chance(random.Random(seed).randrange), 40)
        for entry, _ in village.log:
            kind = type(entry.command)
            (accepted if entry.refusal is None and entry.change else refused).add(kind)
            codes.add(entry.refusal)
    every = set(get_args(commands.AnyCommand))
    assert accepted == every
    assert refused == every
    assert set(REFUSAL_CODES) - codes <= {"full", "wrong_device"}


def test_there_is_a_rule_for_every_command():
    assert set(decide.RULES) == set(get_args(commands.AnyCommand))


def test_what_can_be_undone_is_done_on_the_board():
    assert set(decide.RULES) > UNDOABLE
    assert Undo not in UNDOABLE
    assert BinNote in UNDOABLE


def _shown(record: Note | Cluster | Group, was: Note | Cluster | Group) -> bool:
    """Taking a hidden note out of the bin after the reveal shows it, and that is not undone."""
    if not isinstance(record, Note) or not isinstance(was, Note):
        return False
    shown = msgspec.structs.replace(record, rank=0, hidden=True, late=False, at_table=False)
    return shown == msgspec.structs.replace(was, rank=0, late=False, at_table=False)


def _board(sprint: Sprint) -> object:
    """What people see of the board: what lies where in which order, and what is written."""
    return (
        {place: [item.id for item in sprint.items(place)] for place in sprint.children},
        {
            note.id: (note.text, note.stem, note.literal)
            for note in sprint.notes.values()
            if not note.gone
        },
        {cluster.id: cluster.title for cluster in sprint.clusters.values() if not cluster.gone},
    )


def _parts(change: tuple, note: str) -> text.Edit:
    return next((op.edit for op in change if isinstance(op, TextEdit) and op.id == note), ())


def _texts(village: Village, at: int, note: str) -> str:
    """What the edit of the entry at that place took out of the text."""
    sprint = Sprint()
    for entry, _ in village.log[:at]:
        apply(sprint, entry.change)
    before, place, taken = sprint.notes[note].text, 0, ""
    for part in _parts(village.log[at][0].change, note):
        if isinstance(part, int):
            taken += before[place : place - part] if part < 0 else ""
            place += abs(part)
    return taken
