"""The plan of the evening, going through it, showing, freezing and closing."""

import pytest

from opgavebord.sprint.commands import (
    BinNote,
    CreateNote,
    EditNote,
    FoundSprint,
    FreezeWall,
    GoToStep,
    MoveBoard,
    MoveStep,
    Publish,
    RepeatStep,
    RestoreNote,
    Reveal,
    SetMinutes,
    SetPhase,
    SetTimer,
    SitDown,
    SkipStep,
    TellEvening,
)
from opgavebord.sprint.sprint import Evening, Sprint
from tests.sprint.test_rules import Hall
from tests.sprint.village import ANNA, BRAM, DESK, FIEN, Village


@pytest.fixture
def hall() -> Hall:
    hall = Hall()
    for seat, table in ((ANNA, "table-1"), (BRAM, "table-2")):
        hall.does(seat, SitDown(table))
    return hall


def evening(hall: Hall) -> Evening:
    assert hall.sprint.evening is not None
    return hall.sprint.evening


def steps(sprint: Sprint, board: str = "board-1") -> list[str]:
    of_board = [step for step in sprint.records["step"].values() if step.board == board]
    return [step.id for step in sorted(of_board, key=lambda step: (step.rank, step.id))]


def state(hall: Hall, id: str) -> str:
    note = hall.note(id)
    return "table" if note.hidden and note.at_table else "hidden" if note.hidden else "open"


# -- going through it -----------------------------------------------------------------


def test_each_step_leaves_a_moment_with_its_name(hall: Hall):
    hall.does(FIEN, GoToStep("step-4"))
    hall.does(FIEN, GoToStep("step-4"))  # it was on already
    names = [point.name for point in hall.sprint.records["checkpoint"].values()]
    assert names == ["na Schrijf", "na Vertel"]
    last = list(hall.sprint.records["checkpoint"].values())[-1]
    assert (last.step, last.seq) == ("step-2", hall.log[-2][0].seq)


def test_the_wall_shows_the_scene_of_the_step_unless_it_stands_still(hall: Hall):
    hall.does(FIEN, GoToStep("step-8"))
    assert hall.sprint.records["wall"]["wand"].scene == "citaten"
    hall.does(FIEN, FreezeWall(True))
    hall.does(FIEN, GoToStep("step-9"))
    assert hall.sprint.records["wall"]["wand"].scene == "citaten"


# -- the plan -------------------------------------------------------------------------


def test_a_step_is_skipped_and_taken_in_again_and_one_can_still_go_there(hall: Hall):
    hall.does(FIEN, SkipStep("step-4", True))
    assert hall.sprint.records["step"]["step-4"].skipped
    hall.does(FIEN, GoToStep("step-4"))
    hall.does(DESK, SkipStep("step-4", False))
    assert not hall.sprint.records["step"]["step-4"].skipped
    assert hall.refuses(FIEN, SkipStep("step-99", True)) == "unknown"


def test_a_step_moves_within_its_board(hall: Hall):
    hall.does(FIEN, MoveStep("step-6", "step-2"))
    assert steps(hall.sprint)[:4] == ["step-1", "step-6", "step-2", "step-3"]
    hall.does(FIEN, MoveStep("step-1"))
    assert steps(hall.sprint)[-1] == "step-1"
    hall.does(FIEN, MoveStep("step-1", "step-7"))  # of another board: at the end
    assert steps(hall.sprint)[-1] == "step-1"
    assert hall.refuses(FIEN, MoveStep("step-99")) == "unknown"


def test_a_step_can_be_done_once_more_right_after_itself(hall: Hall):
    hall.does(FIEN, GoToStep("step-1"))
    hall.does(FIEN, Reveal())
    hall.does(FIEN, RepeatStep("step-1", "step-1b"))
    assert steps(hall.sprint)[:3] == ["step-1", "step-1b", "step-2"]
    copy = hall.sprint.records["step"]["step-1b"]
    assert (copy.title, copy.visible) == ("Schrijf", "alleen_ik")
    assert (copy.visited, copy.revealed) == (False, False)  # a private round of its own
    for taken in ("step-1b", "zone-1"):
        assert hall.refuses(FIEN, RepeatStep("step-1", taken)) == "exists"
    hall.writes(ANNA, "note-1")
    assert hall.refuses(FIEN, RepeatStep("step-1", "note-1")) == "exists"


def test_steps_move_over_where_there_is_no_room(hall: Hall):
    """The ranks of the village are one apart."""
    for _ in range(3):
        hall.does(FIEN, MoveStep("step-6", "step-2"))
        hall.does(FIEN, MoveStep("step-5", "step-2"))
    assert steps(hall.sprint)[:4] == ["step-1", "step-6", "step-5", "step-2"]
    ranks = [hall.sprint.records["step"][id].rank for id in steps(hall.sprint)]
    assert len(set(ranks)) == len(ranks)


def test_minutes_and_boards_are_planned(hall: Hall):
    hall.does(DESK, SetMinutes("step-2", 12))
    assert hall.sprint.records["step"]["step-2"].minutes == 12
    assert hall.refuses(FIEN, SetMinutes("step-2", -1)) == "bad_command"
    hall.does(FIEN, MoveBoard("board-2", "board-1"))
    boards = hall.sprint.records["board"]
    assert boards["board-2"].rank < boards["board-1"].rank
    assert hall.refuses(FIEN, MoveBoard("board-9")) == "unknown"


# -- who sees what is written ---------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "seated", "unseated"),
    [("step-2", "open", "open"), ("step-3", "hidden", "hidden"), ("step-8", "table", "open")],
)
def test_the_step_says_who_sees_it(hall: Hall, step: str, seated: str, unseated: str):
    hall.does(FIEN, GoToStep(step))
    hall.writes(ANNA, "note-1")
    hall.writes(FIEN, "note-2")  # at no table
    assert (state(hall, "note-1"), state(hall, "note-2")) == (seated, unseated)


def test_private_notes_are_shown_to_the_table_first_and_then_to_the_hall(hall: Hall):
    hall.does(FIEN, GoToStep("step-3"))
    hall.writes(ANNA, "note-1")
    hall.does(FIEN, GoToStep("step-8"))
    hall.does(FIEN, Reveal())  # the step that is on is one for the table
    assert state(hall, "note-1") == "table"
    hall.does(ANNA, CreateNote("note-2", "zone-1", "Te laat", step="step-3"))
    assert (state(hall, "note-2"), hall.note("note-2").late) == ("table", True)
    hall.does(FIEN, GoToStep("step-2"))
    hall.does(ANNA, CreateNote("note-3", "zone-1", "Nog later", step="step-3"))
    assert state(hall, "note-3") == "table"  # no further than the others
    hall.does(FIEN, Reveal())
    assert {state(hall, f"note-{n}") for n in (1, 2, 3)} == {"open"}
    assert not hall.note("note-1").at_table
    hall.does(ANNA, CreateNote("note-4", "zone-1", "Te laat", step="step-3"))
    assert state(hall, "note-4") == "open"


def test_what_is_said_for_the_table_stays_there_until_it_is_shown_to_the_hall(hall: Hall):
    hall.does(FIEN, GoToStep("step-8"))
    hall.writes(ANNA, "note-1")
    hall.does(FIEN, Reveal("tafel"))
    assert not hall.sprint.records["step"]["step-8"].revealed
    hall.writes(ANNA, "note-2")
    assert {state(hall, "note-1"), state(hall, "note-2")} == {"table"}
    hall.does(FIEN, Reveal("zaal"))
    assert hall.sprint.records["step"]["step-8"].revealed
    hall.writes(ANNA, "note-3")
    assert (state(hall, "note-3"), hall.note("note-3").late) == ("open", True)


def test_one_table_can_be_shown_by_itself(hall: Hall):
    hall.does(FIEN, GoToStep("step-8"))
    hall.writes(ANNA, "note-1")
    hall.writes(BRAM, "note-2")
    hall.does(FIEN, Reveal("zaal", "table-1"))
    assert (state(hall, "note-1"), state(hall, "note-2")) == ("open", "table")
    assert not hall.sprint.records["step"]["step-8"].revealed
    hall.writes(ANNA, "note-3")
    assert state(hall, "note-3") == "table"
    assert hall.refuses(FIEN, Reveal("zaal", "table-9")) == "unknown"


def test_where_who_comes_late_waits_it_waits_for_the_next_reveal(hall: Hall):
    hall.does(FIEN, GoToStep("step-10"))
    hall.does(FIEN, Reveal())
    hall.writes(ANNA, "note-1")
    assert (state(hall, "note-1"), hall.note("note-1").late) == ("hidden", True)
    hall.does(ANNA, BinNote("note-1"))
    hall.does(ANNA, RestoreNote("note-1"))
    assert state(hall, "note-1") == "hidden"
    hall.does(FIEN, Reveal())
    assert state(hall, "note-1") == "open"


# -- the evening itself ---------------------------------------------------------------


def test_closing_gives_each_table_its_own_three_words_once(hall: Hall):
    hall.does(FIEN, SetTimer(60))
    hall.does(FIEN, SetPhase("closing"))
    hall.writes(ANNA, "note-1")  # a device still sends what it has
    hall.does(FIEN, SetPhase("closed"))
    codes = [table.volgcode for table in hall.sprint.records["table"].values()]
    assert len(set(codes)) == len(codes) == 2
    assert all(code.count("-") == 2 for code in codes)
    assert evening(hall).timer_ends is None
    hall.does(FIEN, SetPhase("open"))  # closed too early
    hall.writes(ANNA, "note-2")
    hall.does(FIEN, SetPhase("closed"))
    assert [table.volgcode for table in hall.sprint.records["table"].values()] == codes
    names = [point.name for point in hall.sprint.records["checkpoint"].values()]
    assert names[-4:] == ["sluit af", "afgesloten", "weer open", "afgesloten"]


def test_what_the_evening_is_about_is_told_in_part(hall: Hall):
    hall.does(DESK, TellEvening(goal="Eén zin.", fixed=("De kosten.",)))
    hall.does(FIEN, TellEvening(title="Samen leven"))
    told = evening(hall)
    assert (told.title, told.goal, told.fixed, told.question) == (
        "Samen leven", "Eén zin.", ("De kosten.",), "Hoe?",
    )  # fmt: skip
    assert hall.refuses(FIEN, TellEvening(title="")) == "empty"
    assert hall.refuses(FIEN, TellEvening(title="a\nb")) == "bad_text"
    assert hall.refuses(FIEN, TellEvening(free=("ja", " "))) == "empty"
    hall.does(FIEN, TellEvening(goal=""))
    assert evening(hall).goal == ""


def test_the_page_of_the_next_morning_is_opened_and_shut(hall: Hall):
    hall.does(FIEN, SetPhase("closed"))
    hall.does(DESK, Publish(True))
    assert evening(hall).published
    hall.does(DESK, Publish(False))
    assert not evening(hall).published


def test_a_sprint_that_was_exported_begins_again_as_it_was(hall: Hall):
    hall.writes(ANNA, "note-1")
    hall.does(FIEN, GoToStep("step-3"))
    hall.writes(ANNA, "note-2")
    hall.does(ANNA, EditNote("note-2", hall.sprint.head, ("x",)))
    again = Village(founded=False)
    again.ask(FoundSprint(tuple(hall.sprint)), DESK)
    assert list(again.sprint) == list(hall.sprint)
    assert again.sprint.children == hall.sprint.children
