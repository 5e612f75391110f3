"""The table: every command, every role, every right."""

from typing import get_args

import pytest
from hypothesis import given

from opgavebord.sprint import permissions
from opgavebord.sprint.change import apply
from opgavebord.sprint.commands import (
    AnyCommand,
    BinNote,
    CreateNote,
    EditNote,
    GatherNote,
    GoToStep,
    MoveNote,
    RestoreNote,
    Reveal,
)
from opgavebord.sprint.refusals import Refusal
from opgavebord.sprint.sprint import Role, Seat, Step
from tests.sprint.drawing import villages
from tests.sprint.village import ANNA, BRAM, DESK, FIEN, SEATS, WALL, Chance, Village

COMMANDS = get_args(AnyCommand)
ROLES = get_args(Role)


def test_the_table_has_every_command_and_no_other():
    assert set(permissions.PERMISSIONS) == set(COMMANDS)


@given(villages())
def test_a_role_that_never_may_is_refused_whatever_it_asks(lived: tuple[Village, Chance]):
    village, chance = lived
    for command in COMMANDS:
        for seat in SEATS:
            verdict = village.decide(village.command_of(command, chance, seat), seat)
            may = seat.role in permissions.PERMISSIONS[command].roles
            assert (verdict == Refusal("not_allowed")) <= (not may) or "undo" in str(
                command
            ).lower()
            if not may:
                assert verdict == Refusal("not_allowed")


@given(villages())
def test_at_every_moment_a_deelnemer_did_only_what_the_step_allowed(lived: tuple[Village, Chance]):
    """Read back from the log, with the rights of the step that was on."""
    village, _ = lived
    replayed = Village(founded=False)
    for entry, _ in village.log:
        step = replayed.sprint.step_on
        if entry.role == "deelnemer" and entry.change and isinstance(entry.command, CreateNote):
            note = entry.change[0].record
            assert "schrijven" in replayed.sprint.step(note.step).may
            assert replayed.sprint.step(note.step).visited
        elif entry.role == "deelnemer" and entry.change:
            assert step is not None
            assert step.may
        assert not (entry.change and entry.role == "wand")
        apply(replayed.sprint, entry.change)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("command", COMMANDS)
def test_the_roles_of_each_command(command: type[AnyCommand], role: Role):
    """Written out, so that a change of the table is a change of this test."""
    direct = {"GoToStep", "Reveal", "SetTimer", "AddToTimer", "SetDoors", "RenewCode"}
    if command.__name__ == "FoundSprint":
        may = role == "bureau"
    elif command.__name__ in direct:
        may = role == "begeleider"
    else:
        may = role in ("deelnemer", "begeleider")
    assert permissions.role_may(role, command) == may


@pytest.mark.parametrize(
    ("command", "own", "rights"),
    [
        ("CreateNote", False, {"schrijven"}),
        ("EditNote", False, {"wijzigen"}),
        ("EditNote", True, {"wijzigen", "schrijven"}),
        ("GiveStem", False, {"wijzigen"}),
        ("GiveStem", True, {"wijzigen", "schrijven"}),
        ("BinNote", False, {"wijzigen"}),
        ("BinNote", True, {"wijzigen", "schrijven"}),
        ("RestoreNote", False, {"wijzigen"}),
        ("RestoreNote", True, {"wijzigen", "schrijven"}),
        ("MoveNote", True, {"verplaatsen", "groeperen"}),
        ("GatherNote", True, {"groeperen"}),
        ("NameCluster", True, {"groeperen"}),
        ("MoveCluster", True, {"groeperen"}),
        ("DissolveCluster", True, {"groeperen"}),
    ],
)
def test_the_right_a_deelnemer_needs(command: str, own: bool, rights: set[str]):
    kind = next(kind for kind in COMMANDS if kind.__name__ == command)
    for right in ("schrijven", "wijzigen", "verplaatsen", "groeperen", "koppelen", "stemmen"):
        step = Step(id="step-9", board="board-1", title="", instruction="", may=(right,))
        assert permissions.step_allows(ANNA, kind, step, own) == (right in rights)
        assert permissions.step_allows(FIEN, kind, step, own)
    assert not permissions.step_allows(ANNA, kind, None, own)


@pytest.mark.parametrize("seat", [BRAM, FIEN])
def test_nobody_touches_a_hidden_note_of_somebody_else(seat: Seat):
    village = Village()
    village.ask(CreateNote("note-1", "zone-1", "Geheim"), ANNA)
    village.ask(CreateNote("note-2", "zone-1", "Ook"), seat)
    for command in (
        EditNote("note-1", village.sprint.head, ("x",)),
        MoveNote("note-1", "zone-2"),
        GatherNote("note-1", "note-2", "clus-1"),
    ):
        assert village.decide(command, seat) == Refusal("not_yours")
    village.ask(GoToStep("step-2"), FIEN)
    assert village.decide(GatherNote("note-2", "note-1", "clus-1"), seat) == Refusal("not_yours")


def test_a_begeleider_may_throw_a_hidden_note_away_and_take_it_back_but_not_show_it():
    village = Village()
    village.ask(CreateNote("note-1", "zone-1", "Geheim"), ANNA)
    assert village.decide(BinNote("note-1"), BRAM) == Refusal("not_yours")
    village.ask(BinNote("note-1"), FIEN)
    village.ask(Reveal(), FIEN)
    village.ask(RestoreNote("note-1"), FIEN)
    note = village.sprint.notes["note-1"]
    assert (note.gone, note.hidden) == (False, True)


def test_moving_in_and_out_of_a_group_is_grouping():
    village = Village()
    for id in ("note-1", "note-2", "note-3"):
        village.ask(CreateNote(id, "zone-1", "Koffie"), ANNA)
    village.ask(Reveal(), FIEN)
    village.ask(GatherNote("note-1", "note-2", "clus-1"), FIEN)
    village.ask(GoToStep("step-5"), FIEN)  # only verplaatsen
    refused = Refusal("not_in_this_step")
    assert village.decide(MoveNote("note-1", "zone-1"), BRAM) == refused
    assert village.decide(MoveNote("note-3", "zone-1", "clus-1"), BRAM) == refused
    assert isinstance(village.decide(MoveNote("note-3", "zone-2"), BRAM), tuple)
    assert isinstance(village.decide(MoveNote("note-1", "zone-1", "clus-1", "note-2"), BRAM), tuple)


def test_a_deelnemer_stays_on_the_board_that_is_on():
    village = Village()
    village.ask(GoToStep("step-7"), FIEN)
    village.ask(CreateNote("note-1", "zone-3", "Elders"), ANNA)
    village.ask(GoToStep("step-2"), FIEN)
    assert village.decide(MoveNote("note-1", "zone-3"), ANNA) == Refusal("not_in_this_step")
    assert village.decide(MoveNote("note-1", "zone-1"), FIEN) == Refusal("unknown")
    assert isinstance(village.decide(BinNote("note-1"), FIEN), tuple)
    assert WALL.role not in permissions.PERMISSIONS[BinNote].roles
    assert DESK.role not in permissions.PERMISSIONS[BinNote].roles
