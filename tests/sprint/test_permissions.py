"""The table: every command, every role, every right."""

from typing import get_args

import pytest
from hypothesis import given

from opgavebord.sprint import permissions
from opgavebord.sprint.change import Patch, apply
from opgavebord.sprint.commands import (
    AnswerHelp,
    AnyCommand,
    AskHelp,
    BinNote,
    CreateNote,
    DissolveCluster,
    EditNote,
    FreezeEvening,
    GatherNote,
    GiveDots,
    GiveField,
    GiveKern,
    GiveStem,
    GoToStep,
    HandOn,
    MakeGroup,
    MoveCluster,
    MoveNote,
    NameCluster,
    OpenRound,
    QuoteOfTable,
    ReadmitSeat,
    RemoveSeat,
    RestoreNote,
    Reveal,
    SetPhase,
    SetTable,
    SitDown,
    TakeStand,
    TellCheck,
    Undo,
)
from opgavebord.sprint.refusals import Refusal
from opgavebord.sprint.sprint import Role, Seat, Step
from tests.sprint.drawing import villages
from tests.sprint.village import (
    ANNA,
    BRAM,
    DESK,
    FIEN,
    OLGA,
    SEATS,
    TOON,
    WALL,
    Chance,
    Village,
)

COMMANDS = get_args(AnyCommand)
ROLES = get_args(Role)


LETTER: dict[Role, str] = {
    "deelnemer": "d",
    "tafelbegeleider": "t",
    "begeleider": "b",
    "oogst": "o",
    "wand": "w",
    "luisteraar": "l",
    "bureau": "u",
}
MAY = {
    "CreateNote": "dtbou", "EditNote": "dtb", "GiveStem": "dtb", "GiveField": "dtb",
    "GiveKern": "dtb", "TagNote": "bou", "MarkNote": "dt", "RedactNote": "bou",
    "DropRedaction": "bou", "MoveNote": "dtb", "GatherNote": "dtb", "BinNote": "dtb",
    "RestoreNote": "dtb", "NameCluster": "dtb", "MoveCluster": "dtb", "DissolveCluster": "dtb",
    "Undo": "dtbo", "MakeGroup": "bo", "GroupNotes": "bo", "NameGroup": "bo", "MoveGroup": "bo",
    "MergeGroups": "bo", "SplitGroup": "bo", "DropGroup": "bo", "QuoteOfTable": "dtbo",
    "ChooseBedoeling": "bo", "OpenRound": "b", "CloseRound": "b", "GiveDots": "dt",
    "CountPaper": "tbo", "MakeBelofte": "dtbou", "ChangeBelofte": "dtbou", "DropBelofte": "dtbou",
    "ShowOnWall": "b", "FreezeWall": "b", "CoverOnWall": "bo", "QueueForWall": "bo",
    "SitDown": "dt", "TakeStand": "dt", "HandOn": "dt", "GiveVoice": "dt", "AskHelp": "dt",
    "SayDone": "dt", "TellCheck": "dt", "TapArrival": "dtb", "AnswerHelp": "tb",
    "RemoveSeat": "b", "ReadmitSeat": "b", "RewindSeat": "b", "SetTable": "tbu", "GoToStep": "b",
    "Reveal": "b", "SetMinutes": "bu", "SkipStep": "bu", "MoveStep": "bu", "RepeatStep": "bu",
    "MoveBoard": "bu", "FreezeEvening": "b", "SetPhase": "b", "Publish": "bu", "TellEvening": "bu",
    "SetTimer": "b", "AddToTimer": "b", "SetDoors": "b", "RenewCode": "b", "FoundSprint": "u",
    "TakeAway": "bu", "BringBack": "bu",
}  # fmt: skip


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
            if note.about is None:  # what is said against something is said in every step
                assert "schrijven" in replayed.sprint.step(note.step).may
                assert replayed.sprint.step(note.step).visited
        elif entry.role == "deelnemer" and entry.change:
            permission = permissions.PERMISSIONS.get(type(entry.command))
            if permission is not None and permission.rights is not None:
                assert step is not None
                assert (permission.rights | permission.own) & set(step.may)
        assert not (entry.change and entry.role == "wand")
        apply(replayed.sprint, entry.change)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("command", COMMANDS)
def test_the_roles_of_each_command(command: type[AnyCommand], role: Role):
    """Written out, so that a change of the table is a change of this test."""
    expected = {name for name, letters in MAY.items() if LETTER[role] in letters}
    assert permissions.role_may(role, command) == (command.__name__ in expected)


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


# -- asked before any rule ------------------------------------------------------------


HALL = (ANNA, BRAM, TOON)


@given(villages())
def test_a_seat_that_was_taken_away_can_ask_nothing(lived: tuple[Village, Chance]):
    village, chance = lived
    village.ask(SetPhase("open"), FIEN)
    village.ask(RemoveSeat(ANNA.id), FIEN)
    for kind in COMMANDS:
        verdict = village.decide(village.command_of(kind, chance, ANNA), ANNA)
        may = permissions.role_may(ANNA.role, kind)
        assert verdict == Refusal("removed" if may else "not_allowed")
    village.ask(ReadmitSeat(ANNA.id), FIEN)
    assert village.decide(AskHelp(True), ANNA) != Refusal("removed")


@given(villages())
def test_in_an_evening_that_is_closed_the_hall_asks_nothing(lived: tuple[Village, Chance]):
    village, chance = lived
    for seat in HALL:
        village.ask(ReadmitSeat(seat.id), FIEN)
    village.ask(SetPhase("closed"), FIEN)
    for kind in COMMANDS:
        for seat in SEATS:
            if not permissions.role_may(seat.role, kind):
                continue
            verdict = village.decide(village.command_of(kind, chance, seat), seat)
            if seat in HALL or kind.__name__ not in AFTERWARDS:
                assert verdict == Refusal("closed")
            else:
                assert verdict != Refusal("closed")


AFTERWARDS = {
    "TagNote", "RedactNote", "DropRedaction", "MakeBelofte", "ChangeBelofte", "DropBelofte",
    "NameGroup", "ShowOnWall", "FreezeWall", "CoverOnWall", "SetPhase", "Publish", "TellEvening",
    "TakeAway", "BringBack",
}  # fmt: skip


@given(villages())
def test_while_everybody_listens_the_hall_only_sits_down_and_asks_for_help(
    lived: tuple[Village, Chance],
):
    village, chance = lived
    village.ask(SetPhase("open"), FIEN)
    for seat in HALL:
        village.ask(ReadmitSeat(seat.id), FIEN)
    village.ask(FreezeEvening(True), FIEN)
    for kind in COMMANDS:
        for seat in SEATS:
            verdict = village.decide(village.command_of(kind, chance, seat), seat)
            shut = seat in HALL and kind not in (AskHelp, TellCheck, SitDown)
            if permissions.role_may(seat.role, kind):
                assert (verdict == Refusal("frozen")) == shut


def test_while_the_evening_closes_devices_still_send_what_they_have():
    village = Village()
    village.ask(SetPhase("closing"), FIEN)
    assert isinstance(village.decide(CreateNote("note-1", "zone-1", "Koffie"), ANNA), tuple)


# -- the tafelbegeleider --------------------------------------------------------------


@pytest.fixture
def tables() -> Village:
    """Anna and Toon, who guides it, at the first table, Bram at the second. All is shown."""
    village = Village()
    village.ask(GoToStep("step-2"), FIEN)
    for seat, table in ((ANNA, "table-1"), (TOON, "table-1"), (BRAM, "table-2")):
        village.ask(SitDown(table), seat)
    for id in ("note-1", "note-2"):
        village.ask(CreateNote(id, "zone-1", "Koffie"), ANNA)
    for id in ("note-3", "note-4"):
        village.ask(CreateNote(id, "zone-1", "Thee"), BRAM)
    village.ask(GatherNote("note-1", "note-2", "clus-1"), ANNA)
    village.ask(GatherNote("note-3", "note-4", "clus-2"), BRAM)
    village.ask(GoToStep("step-6"), FIEN)  # in which a deelnemer may nothing
    return village


@pytest.mark.parametrize(
    ("own", "other"),
    [
        (EditNote("note-1", 9, ("x",)), EditNote("note-3", 9, ("x",))),
        (GiveStem("note-1", "stem-1"), GiveStem("note-3", "stem-1")),
        (GiveField("note-1", "gevoel", "fijn"), GiveField("note-3", "gevoel", "fijn")),
        (GiveKern("note-1", "kern-1"), GiveKern("note-3", "kern-1")),
        (BinNote("note-1"), BinNote("note-3")),
        (RestoreNote("note-1"), RestoreNote("note-3")),
        (MoveNote("note-1", "zone-2"), MoveNote("note-3", "zone-2")),
        (MoveNote("note-1", "zone-1", "clus-1"), MoveNote("note-1", "zone-1", "clus-2")),
        (GatherNote("note-1", "note-2", "clus-9"), GatherNote("note-1", "note-3", "clus-9")),
        (NameCluster("clus-1", "Samen"), NameCluster("clus-2", "Samen")),
        (MoveCluster("clus-1", "zone-2"), MoveCluster("clus-2", "zone-2")),
        (DissolveCluster("clus-1"), DissolveCluster("clus-2")),
        (QuoteOfTable("table-1", "note-1"), QuoteOfTable("table-2", "note-3")),
        (AnswerHelp(ANNA.id), AnswerHelp(BRAM.id)),
        (SetTable("table-1", 1, 7), SetTable("table-2", 2, 7)),
    ],
)
def test_a_tafelbegeleider_works_on_the_own_table_alone(
    tables: Village, own: AnyCommand, other: AnyCommand
):
    assert isinstance(tables.decide(own, TOON), tuple)
    assert tables.decide(other, TOON) == Refusal("not_your_table")
    tables.ask(SitDown(None), TOON)
    assert tables.decide(own, TOON) == Refusal("no_table")


def test_what_a_tafelbegeleider_wrote_stays_theirs_elsewhere(tables: Village):
    tables.ask(CreateNote("note-9", "zone-1", "Van Toon"), TOON)
    tables.ask(SitDown("table-2"), TOON)
    assert isinstance(tables.decide(BinNote("note-9"), TOON), tuple)
    assert tables.decide(BinNote("note-1"), TOON) == Refusal("not_your_table")


def test_an_undo_reaches_no_further_than_the_own_table(tables: Village):
    tables.ask(BinNote("note-1"), TOON)
    name = tables.log[-1][0].name
    tables.ask(SitDown("table-2"), TOON)
    assert tables.decide(Undo(name), TOON) == Refusal("not_your_table")


def test_nobody_in_the_hall_writes_for_another_table(tables: Village):
    tables.ask(GoToStep("step-2"), FIEN)
    for seat in (ANNA, TOON):
        note = CreateNote("note-9", "zone-1", "Koffie", table="table-2")
        assert tables.decide(note, seat) == Refusal("not_your_table")
        note = CreateNote("note-9", "zone-1", "Koffie", table="table-1")
        assert isinstance(tables.decide(note, seat), tuple)
    tables.ask(CreateNote("note-9", "zone-1", "Van papier", table="table-2"), FIEN)
    assert tables.sprint.notes["note-9"].table == "table-2"


# -- who writes where -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("write", "stand", "may"),
    [
        ("iedereen", "schrijven", {"deelnemer", "tafelbegeleider", "begeleider"}),
        ("schrijver", "schrijven", {"tafelbegeleider", "begeleider"}),
        ("schrijver", "notuleren", {"deelnemer", "tafelbegeleider", "begeleider"}),
        ("begeleider", "notuleren", {"tafelbegeleider", "begeleider"}),
        ("niemand", "notuleren", {"begeleider"}),
    ],
)
@pytest.mark.parametrize("where", ["step", "zone"])
def test_who_writes_in_a_step_and_in_a_zone(write: str, stand: str, may: set[str], where: str):
    village = Village()
    village.ask(GoToStep("step-2"), FIEN)
    id = "step-2" if where == "step" else "zone-1"
    apply(village.sprint, (Patch(where, id, {"write": write}),))
    for seat in (ANNA, TOON):
        village.ask(TakeStand(stand), seat)
    for seat in (ANNA, TOON, FIEN):
        verdict = village.decide(CreateNote("note-1", "zone-1", "Koffie"), seat)
        assert isinstance(verdict, tuple) == (seat.role in may), verdict


def test_nobody_writes_where_people_tap():
    village = Village()
    village.ask(GoToStep("step-7"), FIEN)
    for seat in (ANNA, TOON, FIEN, OLGA, DESK):
        verdict = village.decide(CreateNote("note-1", "zone-5", "Koffie"), seat)
        assert verdict == Refusal("not_in_this_step")


def test_an_objection_may_be_made_in_every_step():
    village = Village()
    village.ask(MakeGroup("group-1", "De bus"), OLGA)
    village.ask(GoToStep("step-6"), FIEN)
    words = "Niet iedereen kan met de bus."
    objection = CreateNote("note-1", "zone-1", words, type="bezwaar", about="group-1")
    assert isinstance(village.decide(objection, ANNA), tuple)
    assert village.decide(CreateNote("note-1", "zone-1", words), ANNA) == Refusal(
        "not_in_this_step"
    )
    village.ask(FreezeEvening(True), FIEN)
    assert village.decide(objection, ANNA) == Refusal("frozen")


def test_an_objection_stays_as_it_was_said():
    village = Village()
    village.ask(MakeGroup("group-1", "De bus"), OLGA)
    village.ask(GoToStep("step-2"), FIEN)
    village.ask(
        CreateNote("note-1", "zone-1", "Te duur.", type="voorwaarde", about="group-1"), ANNA
    )
    for command in (EditNote("note-1", village.sprint.head, ("x",)), BinNote("note-1")):
        assert village.decide(command, BRAM) == Refusal("not_yours")
        assert isinstance(village.decide(command, ANNA), tuple)
    assert isinstance(village.decide(BinNote("note-1"), FIEN), tuple)


def test_a_sentence_is_changed_by_nobody_else():
    village = Village()
    village.ask(GoToStep("step-2"), FIEN)
    said = {"wie": "ouderen", "wat": "elkaar zien"}
    words = "Wij doen dit zodat ouderen elkaar zien."
    village.ask(CreateNote("note-1", "zone-1", words, type="bedoeling", fields=said), ANNA)
    for seat in (BRAM, FIEN):
        edit = EditNote("note-1", village.sprint.head, (len(words), " Ja."))
        assert village.decide(edit, seat) == Refusal("not_yours")
        assert village.decide(GiveField("note-1", "wie", "kinderen"), seat) == Refusal("not_yours")
    assert isinstance(village.decide(edit, ANNA), tuple)


# -- what is hidden -------------------------------------------------------------------


def test_a_table_works_on_what_only_it_can_see():
    village = Village()
    for seat, table in ((ANNA, "table-1"), (BRAM, "table-1"), (TOON, "table-2")):
        village.ask(SitDown(table), seat)
    village.ask(GoToStep("step-8"), FIEN)
    village.ask(CreateNote("note-1", "zone-1", "Van ons"), ANNA)
    command = EditNote("note-1", village.sprint.head, ("x",))
    assert isinstance(village.decide(command, BRAM), tuple)
    village.ask(SitDown("table-2"), BRAM)
    assert village.decide(command, BRAM) == Refusal("not_yours")
    assert village.decide(command, FIEN) == Refusal("not_yours")


def test_a_turn_that_is_over_is_closed_also_for_its_own_tablet():
    village = Village()
    village.ask(TakeStand("doorgeven"), ANNA)
    village.ask(CreateNote("note-1", "zone-1", "Van mij"), ANNA)
    name = village.log[-1][0].name
    assert isinstance(village.decide(BinNote("note-1"), ANNA), tuple)
    village.ask(HandOn(), ANNA)
    for command in (BinNote("note-1"), EditNote("note-1", 1, ("x",))):
        assert village.decide(command, ANNA) == Refusal("not_yours")
    assert village.decide(Undo(name), ANNA) == Refusal("unknown")  # as if it never was


def test_dots_of_a_turn_that_is_over_are_not_taken_back():
    village = Village()
    village.ask(GoToStep("step-2"), FIEN)
    village.ask(MakeGroup("group-1", "De bus"), OLGA)
    village.ask(OpenRound("round-1", "Wat telt?"), FIEN)
    village.ask(TakeStand("doorgeven"), ANNA)
    village.ask(GiveDots("round-1", "group-1", 2), ANNA)
    name = village.log[-1][0].name
    assert isinstance(village.decide(Undo(name), ANNA), tuple)
    village.ask(HandOn(), ANNA)
    assert village.decide(Undo(name), ANNA) == Refusal("unknown")
