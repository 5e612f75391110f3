"""The rules one by one, told as what people do."""

import msgspec
import pytest

from opgavebord.sprint import evening
from opgavebord.sprint.ask import Ask
from opgavebord.sprint.change import Put, TextEdit, apply
from opgavebord.sprint.commands import (
    AddToTimer,
    AnyCommand,
    BinNote,
    CreateNote,
    DissolveCluster,
    EditNote,
    FoundSprint,
    GatherNote,
    GiveStem,
    GoToStep,
    MoveCluster,
    MoveNote,
    NameCluster,
    RenewCode,
    RestoreNote,
    Reveal,
    SetDoors,
    SetTimer,
    Undo,
)
from opgavebord.sprint.decide import decide
from opgavebord.sprint.past import Past
from opgavebord.sprint.placement import GAP
from opgavebord.sprint.refusals import Refusal
from opgavebord.sprint.sprint import Note, Seat, Sprint
from tests.sprint.village import ANNA, BRAM, DESK, FIEN, RECORDS, Village


class Hall(Village):
    """A village in the step in which everything is allowed, told in short."""

    def __init__(self) -> None:
        super().__init__()
        self.ask(GoToStep("step-2"), FIEN)

    def does(self, seat: Seat, command: AnyCommand) -> str:
        """Carry out what must be possible; returns the name of the command."""
        verdict = self.ask(command, seat)
        assert isinstance(verdict, tuple), verdict
        return self.log[-1][0].name

    def refuses(self, seat: Seat, command: AnyCommand) -> str:
        before = self.sprint.copy()
        verdict = self.ask(command, seat)
        assert isinstance(verdict, Refusal), verdict
        before.head += 1
        assert self.sprint == before
        return verdict.code

    def writes(self, seat: Seat, note: str, words: str = "Koffie", zone: str = "zone-1") -> str:
        return self.does(seat, CreateNote(note, zone, words))

    def note(self, id: str) -> Note:
        return self.sprint.notes[id]

    def order(self, place: str) -> list[str]:
        return [item.id for item in self.sprint.items(place)]


@pytest.fixture
def hall() -> Hall:
    return Hall()


# -- writing --------------------------------------------------------------------------


def test_a_note_comes_at_the_end_of_its_zone(hall: Hall):
    hall.writes(ANNA, "note-1")
    hall.writes(BRAM, "note-2")
    assert hall.order("zone-1") == ["note-1", "note-2"]
    assert hall.note("note-1") == Note(
        id="note-1", zone="zone-1", rank=GAP, text="Koffie", author=ANNA.id, step="step-2",
        at=hall.log[-2][0].at,
    )  # fmt: skip


def test_a_note_written_alone_is_hidden_until_the_reveal_and_not_before(hall: Hall):
    hall.does(FIEN, GoToStep("step-1"))
    hall.writes(ANNA, "note-1")
    assert hall.note("note-1").hidden
    hall.does(FIEN, GoToStep("step-2"))
    assert hall.note("note-1").hidden  # going on never reveals
    hall.does(FIEN, Reveal())
    assert not hall.note("note-1").hidden
    assert hall.sprint.records["step"]["step-1"].revealed
    assert not hall.sprint.records["step"]["step-3"].revealed  # was never on


def test_a_note_that_comes_after_the_reveal_is_shown_at_once_and_marked(hall: Hall):
    hall.does(FIEN, Reveal())
    hall.does(ANNA, CreateNote("note-1", "zone-1", "Koffie", step="step-1"))
    assert (hall.note("note-1").hidden, hall.note("note-1").late) == (False, True)
    assert hall.note("note-1").step == "step-1"


def test_going_back_to_a_private_step_begins_a_new_private_round(hall: Hall):
    hall.does(FIEN, GoToStep("step-1"))
    hall.writes(ANNA, "note-1")
    hall.does(FIEN, Reveal())
    hall.does(FIEN, GoToStep("step-2"))
    hall.does(FIEN, GoToStep("step-1"))
    hall.writes(ANNA, "note-2")
    assert not hall.note("note-1").hidden  # what was shown stays shown
    assert hall.note("note-2").hidden
    assert not hall.note("note-2").late


def test_a_note_that_comes_after_its_step_but_before_the_reveal_stays_hidden(hall: Hall):
    hall.does(ANNA, CreateNote("note-1", "zone-1", "Koffie", step="step-1"))
    assert (hall.note("note-1").hidden, hall.note("note-1").late) == (True, True)


def test_a_note_for_a_step_that_was_never_on_belongs_to_the_one_that_is(hall: Hall):
    hall.does(ANNA, CreateNote("note-1", "zone-1", "Koffie", step="step-3"))
    assert (hall.note("note-1").step, hall.note("note-1").hidden) == ("step-2", False)


def test_a_note_written_offline_arrives_when_nobody_writes_any_more(hall: Hall):
    hall.does(FIEN, GoToStep("step-6"))
    assert hall.refuses(ANNA, CreateNote("note-1", "zone-1", "x")) == "not_in_this_step"
    hall.does(ANNA, CreateNote("note-1", "zone-1", "Koffie", step="step-2"))
    assert (hall.note("note-1").step, hall.note("note-1").late) == ("step-2", True)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (CreateNote("note-1", "zone-9", "x"), "unknown"),
        (CreateNote("note-1", "zone-1", "x", stem="stem-9"), "unknown"),
        (CreateNote("note-1", "zone-3", "x"), "not_in_this_step"),  # of another board
        (CreateNote("note-0", "zone-1", "x"), "exists"),
        (CreateNote("zone-2", "zone-1", "x"), "exists"),
        (CreateNote("note-1", "zone-1", ""), "empty"),
        (CreateNote("note-1", "zone-1", " \n\u200b"), "empty"),
        (CreateNote("note-1", "zone-1", "\x00"), "bad_text"),
        (CreateNote("note-1", "zone-1", "x" * 2001), "too_long"),
        (GoToStep("step-1"), "not_allowed"),
    ],
)
def test_what_can_not_be_written(hall: Hall, command: AnyCommand, code: str):
    hall.writes(ANNA, "note-0")
    assert hall.refuses(ANNA, command) == code


# -- editing --------------------------------------------------------------------------


def test_two_type_in_the_same_note_at_once(hall: Hall):
    hall.writes(ANNA, "note-1", "koffie")
    base = hall.sprint.head
    hall.does(ANNA, EditNote("note-1", base, ("Verse ",)))
    hall.does(BRAM, EditNote("note-1", base, (6, " en thee")))
    hall.does(ANNA, EditNote("note-1", base + 1, (-1, "v")))
    assert hall.note("note-1").text == "verse koffie en thee"


def test_the_authors_words_stay_when_somebody_else_changes_the_text(hall: Hall):
    hall.writes(ANNA, "note-1", "koffi")
    hall.does(ANNA, EditNote("note-1", hall.sprint.head, (5, "e")))
    assert hall.note("note-1").literal is None
    hall.does(BRAM, EditNote("note-1", hall.sprint.head, (6, "!")))
    hall.does(BRAM, EditNote("note-1", hall.sprint.head, (7, "!")))
    assert (hall.note("note-1").text, hall.note("note-1").literal) == ("koffie!!", "koffie")


def test_the_authors_words_stay_when_they_change_them_in_a_later_step(hall: Hall):
    hall.writes(ANNA, "note-1", "koffie")
    hall.does(FIEN, GoToStep("step-3"))
    hall.does(ANNA, EditNote("note-1", hall.sprint.head, (-6, "thee")))
    assert (hall.note("note-1").text, hall.note("note-1").literal) == ("thee", "koffie")


def test_an_edit_of_a_note_in_the_bin_is_kept(hall: Hall):
    hall.writes(ANNA, "note-1", "koffie")
    hall.does(ANNA, BinNote("note-1"))
    hall.does(BRAM, EditNote("note-1", hall.sprint.head, (6, "!")))
    assert hall.note("note-1").text == "koffie!"
    assert hall.refuses(BRAM, GiveStem("note-1", "stem-1")) == "in_the_bin"
    assert hall.refuses(BRAM, MoveNote("note-1", "zone-2")) == "in_the_bin"


@pytest.mark.parametrize(
    ("base", "edit"),
    [(-1, ("x",)), (99, ("x",)), (3, (0,)), (3, ("",)), (3, (7, "x")), (3, (-7,)), (3, (True,))],
)
def test_an_edit_that_does_not_fit(hall: Hall, base: int, edit: tuple):
    hall.writes(ANNA, "note-1", "koffie")
    assert hall.refuses(ANNA, EditNote("note-1", base, edit)) == "bad_edit"


def test_an_edit_fits_the_text_it_was_made_on_not_the_one_that_is(hall: Hall):
    hall.writes(ANNA, "note-1", "koffie")
    base = hall.sprint.head
    hall.does(BRAM, EditNote("note-1", base, (-5,)))
    hall.does(ANNA, EditNote("note-1", base, (6, "!")))
    assert hall.note("note-1").text == "e!"
    assert hall.refuses(ANNA, EditNote("note-1", hall.sprint.head, (6, "!"))) == "bad_edit"


def test_what_is_typed_is_looked_at(hall: Hall):
    hall.writes(ANNA, "note-1", "e" + "\u0301" * 8)
    head = hall.sprint.head
    assert hall.refuses(ANNA, EditNote("note-1", head, (9, "\u0301"))) == "bad_text"
    assert hall.refuses(ANNA, EditNote("note-1", head, (9, "\x00"))) == "bad_text"
    hall.does(ANNA, EditNote("note-1", head, (-9,)))  # while somebody types it may be empty
    assert hall.note("note-1").text == ""


def test_an_edit_that_changes_nothing_is_no_change(hall: Hall):
    hall.writes(ANNA, "note-1", "koffie")
    hall.does(BRAM, EditNote("note-1", hall.sprint.head, (6,)))
    hall.does(BRAM, EditNote("note-1", hall.sprint.head, ("k", -1)))
    assert hall.log[-1][0].change == ()
    assert hall.note("note-1").literal is None


# -- moving and gathering --------------------------------------------------------------


def test_a_note_is_moved_before_another_or_to_the_end(hall: Hall):
    for id in ("note-1", "note-2", "note-3"):
        hall.writes(ANNA, id)
    hall.does(BRAM, MoveNote("note-3", "zone-1", before="note-1"))
    assert hall.order("zone-1") == ["note-3", "note-1", "note-2"]
    hall.does(BRAM, MoveNote("note-3", "zone-1", before="note-2"))
    assert hall.order("zone-1") == ["note-1", "note-3", "note-2"]
    hall.does(BRAM, MoveNote("note-1", "zone-1", before="note-9"))  # nobody there: the end
    assert hall.order("zone-1") == ["note-3", "note-2", "note-1"]
    hall.does(BRAM, MoveNote("note-3", "zone-2"))
    assert (hall.order("zone-1"), hall.order("zone-2")) == (["note-2", "note-1"], ["note-3"])


def test_many_moves_to_the_same_place_keep_the_order(hall: Hall):
    for at in range(30):
        hall.writes(ANNA, f"note-{at}")
    for at in range(2, 30):
        hall.does(BRAM, MoveNote(f"note-{at}", "zone-1", before="note-1"))
    assert hall.order("zone-1") == ["note-0", *(f"note-{at}" for at in range(2, 30)), "note-1"]


def test_two_notes_laid_together_become_a_group_in_the_place_of_the_one_that_lay_there(hall: Hall):
    for id in ("note-1", "note-2", "note-3", "note-4"):
        hall.writes(ANNA, id)
    hall.does(BRAM, GatherNote("note-4", "note-2", "clus-1"))
    assert hall.order("zone-1") == ["note-1", "clus-1", "note-3"]
    assert hall.order("clus-1") == ["note-2", "note-4"]
    hall.does(BRAM, GatherNote("note-1", "note-4", "clus-9"))  # has a group: that one
    assert hall.order("clus-1") == ["note-2", "note-4", "note-1"]
    assert "clus-9" not in hall.sprint.clusters


def test_gathering_goes_to_the_zone_of_the_other(hall: Hall):
    hall.writes(ANNA, "note-1")
    hall.writes(ANNA, "note-2", zone="zone-2")
    hall.does(BRAM, GatherNote("note-1", "note-2", "clus-1"))
    assert hall.note("note-1").zone == "zone-2"
    assert hall.order("zone-1") == []


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (GatherNote("note-1", "note-1", "clus-9"), "bad_command"),
        (GatherNote("note-9", "note-1", "clus-9"), "unknown"),
        (GatherNote("note-1", "note-9", "clus-9"), "unknown"),
        (GatherNote("note-1", "note-2", "clus-1"), "exists"),
        (GatherNote("note-1", "note-2", "zone-1"), "exists"),
        (GatherNote("note-1", "note-2", "note-1"), "exists"),
        (GatherNote("note-1", "note-5", "clus-9"), "in_the_bin"),
        (MoveNote("note-1", "zone-9"), "unknown"),
        (MoveNote("note-1", "zone-1", "clus-9"), "unknown"),
        (MoveNote("note-1", "zone-3"), "unknown"),
        (NameCluster("clus-9", "x"), "unknown"),
        (NameCluster("clus-1", " "), "empty"),
        (NameCluster("clus-1", "a\nb"), "bad_text"),
        (NameCluster("clus-1", "a\u202eb"), "bad_text"),
        (MoveCluster("clus-1", "zone-9"), "unknown"),
        (MoveCluster("clus-1", "zone-3"), "unknown"),
        (DissolveCluster("clus-9"), "unknown"),
        (BinNote("note-9"), "unknown"),
        (GiveStem("note-1", "stem-9"), "unknown"),
    ],
)
def test_what_can_not_be_laid(hall: Hall, command: AnyCommand, code: str):
    for id in ("note-1", "note-2", "note-3", "note-4", "note-5"):
        hall.writes(ANNA, id)
    hall.does(BRAM, GatherNote("note-3", "note-4", "clus-1"))
    hall.does(BRAM, BinNote("note-5"))
    assert hall.refuses(ANNA, command) == code


def test_a_group_without_name_goes_with_its_last_note(hall: Hall):
    hall.writes(ANNA, "note-1")
    hall.writes(ANNA, "note-2")
    hall.does(BRAM, GatherNote("note-1", "note-2", "clus-1"))
    hall.does(BRAM, MoveNote("note-1", "zone-1"))
    assert not hall.sprint.clusters["clus-1"].gone
    hall.does(BRAM, BinNote("note-2"))
    assert hall.sprint.clusters["clus-1"].gone
    hall.does(BRAM, RestoreNote("note-2"))  # loose: its group is gone
    assert hall.note("note-2").cluster is None
    assert hall.order("zone-1") == ["note-1", "note-2"]


def test_a_group_with_a_name_stays_when_it_is_empty(hall: Hall):
    hall.writes(ANNA, "note-1")
    hall.writes(ANNA, "note-2")
    hall.does(BRAM, GatherNote("note-1", "note-2", "clus-1"))
    hall.does(BRAM, NameCluster("clus-1", "Ergens binnenlopen"))
    for id in ("note-1", "note-2"):
        hall.does(BRAM, MoveNote(id, "zone-2"))
    assert hall.order("zone-1") == ["clus-1"]


def test_a_group_is_moved_with_its_notes_and_one_in_its_bin_follows_when_it_comes_back(hall: Hall):
    for id in ("note-1", "note-2", "note-3"):
        hall.writes(ANNA, id)
    hall.does(BRAM, GatherNote("note-1", "note-2", "clus-1"))
    hall.does(BRAM, GatherNote("note-3", "note-2", "clus-2"))
    hall.does(BRAM, BinNote("note-3"))
    hall.does(BRAM, MoveCluster("clus-1", "zone-2"))
    assert hall.order("zone-2") == ["clus-1"]
    assert hall.note("note-1").zone == "zone-2"
    hall.does(BRAM, RestoreNote("note-3"))
    assert (hall.note("note-3").zone, hall.note("note-3").cluster) == ("zone-2", "clus-1")


def test_a_move_into_a_group_that_was_moved_follows_it(hall: Hall):
    for id in ("note-1", "note-2", "note-3"):
        hall.writes(ANNA, id)
    hall.does(BRAM, GatherNote("note-1", "note-2", "clus-1"))
    hall.does(BRAM, MoveCluster("clus-1", "zone-2"))
    hall.does(ANNA, MoveNote("note-3", "zone-1", "clus-1", "note-2"))
    assert hall.order("clus-1") == ["note-3", "note-2", "note-1"]
    assert hall.note("note-3").zone == "zone-2"


def test_the_notes_of_a_dissolved_group_take_its_place(hall: Hall):
    for id in ("note-1", "note-2", "note-3", "note-4"):
        hall.writes(ANNA, id)
    hall.does(BRAM, GatherNote("note-4", "note-2", "clus-1"))
    hall.does(BRAM, DissolveCluster("clus-1"))
    assert hall.order("zone-1") == ["note-1", "note-2", "note-4", "note-3"]
    hall.does(ANNA, DissolveCluster("clus-1"))  # twice is once
    assert hall.log[-1][0].change == ()


def test_a_note_taken_back_does_not_share_a_place_with_one_that_came_meanwhile(hall: Hall):
    hall.writes(ANNA, "note-1")
    hall.writes(ANNA, "note-2")
    hall.does(ANNA, BinNote("note-2"))
    hall.writes(BRAM, "note-3")
    assert hall.note("note-3").rank == hall.note("note-2").rank
    hall.does(ANNA, RestoreNote("note-2"))
    assert hall.order("zone-1") == ["note-1", "note-2", "note-3"]
    assert len({item.rank for item in hall.sprint.items("zone-1")}) == 3


# -- the bin and the reveal -----------------------------------------------------------


def test_what_lies_in_the_bin_is_not_shown_at_the_reveal_but_by_its_author(hall: Hall):
    hall.does(FIEN, GoToStep("step-3"))
    hall.writes(ANNA, "note-1")
    hall.does(ANNA, BinNote("note-1"))
    hall.does(FIEN, Reveal())
    assert hall.note("note-1").hidden
    hall.does(ANNA, RestoreNote("note-1"))
    assert (hall.note("note-1").hidden, hall.note("note-1").late) == (False, True)


def test_the_reveal_puts_every_note_in_full(hall: Hall):
    hall.does(FIEN, GoToStep("step-3"))
    hall.writes(ANNA, "note-1")
    hall.does(FIEN, Reveal())
    assert Put(hall.note("note-1")) in hall.log[-1][0].change
    hall.does(FIEN, Reveal())
    assert hall.log[-1][0].change == ()


# -- undo -----------------------------------------------------------------------------


def test_undo_of_writing_lays_the_note_in_the_bin_and_redo_takes_it_back(hall: Hall):
    name = hall.writes(ANNA, "note-1")
    undone = hall.does(ANNA, Undo(name))
    assert hall.note("note-1").gone
    redone = hall.does(ANNA, Undo(undone))
    assert not hall.note("note-1").gone
    hall.does(ANNA, Undo(redone))
    assert hall.note("note-1").gone


def test_undo_after_somebody_else_moved_it(hall: Hall):
    hall.writes(ANNA, "note-1")
    hall.writes(ANNA, "note-2", zone="zone-2")
    name = hall.does(ANNA, MoveNote("note-1", "zone-2"))
    hall.does(BRAM, MoveNote("note-1", "zone-2", before="note-2"))
    assert hall.refuses(ANNA, Undo(name)) == "changed_since"
    assert hall.order("zone-2") == ["note-1", "note-2"]


def test_undo_only_of_own_commands_that_were_carried_out(hall: Hall):
    name = hall.writes(ANNA, "note-1")
    assert hall.refuses(BRAM, Undo(name)) == "unknown"
    assert hall.refuses(ANNA, Undo("dev-1.99")) == "unknown"
    hall.refuses(ANNA, BinNote("note-9"))
    assert hall.refuses(ANNA, Undo(hall.log[-1][0].name)) == "unknown"
    hall.does(FIEN, SetDoors(open=False))
    assert hall.refuses(FIEN, Undo(hall.log[-1][0].name)) == "unknown"


def test_undo_asks_the_right_of_what_is_undone(hall: Hall):
    name = hall.writes(ANNA, "note-1")
    hall.does(FIEN, GoToStep("step-4"))  # only groeperen
    assert hall.refuses(ANNA, Undo(name)) == "not_in_this_step"
    hall.does(FIEN, GoToStep("step-2"))
    hall.does(ANNA, Undo(name))


def test_undo_of_dissolving_a_group_with_a_hidden_note_of_somebody_else(hall: Hall):
    hall.writes(FIEN, "note-1")
    hall.does(FIEN, GoToStep("step-3"))
    hall.writes(ANNA, "note-2")
    hall.does(ANNA, GatherNote("note-2", "note-1", "clus-1"))
    name = hall.does(FIEN, DissolveCluster("clus-1"))
    hall.does(FIEN, Undo(name))
    assert hall.order("clus-1") == ["note-1", "note-2"]


def test_undo_of_typing_keeps_what_the_other_typed(hall: Hall):
    hall.writes(ANNA, "note-1", "koffie")
    mine = hall.does(ANNA, EditNote("note-1", hall.sprint.head, ("Verse ", 6, " hier")))
    hall.does(BRAM, EditNote("note-1", hall.sprint.head, (12, " en thee")))
    assert hall.note("note-1").text == "Verse koffie en thee hier"
    hall.does(ANNA, Undo(mine))
    assert hall.note("note-1").text == "koffie en thee"
    assert hall.note("note-1").literal == "Verse koffie hier"


def test_undo_of_the_first_change_of_anothers_words_gives_them_back(hall: Hall):
    hall.writes(ANNA, "note-1", "koffie")
    name = hall.does(BRAM, EditNote("note-1", hall.sprint.head, (-6, "thee")))
    assert hall.note("note-1").literal == "koffie"
    hall.does(BRAM, Undo(name))
    assert (hall.note("note-1").text, hall.note("note-1").literal) == ("koffie", None)


def test_a_row_of_typing_is_undone_and_redone_letter_by_letter(hall: Hall):
    hall.writes(ANNA, "note-1", "a")
    names, texts = [], ["a"]
    for edit in [(1, "bcd"), (2, -1), ("x", 2, "yz"), (-3,)]:
        names.append(hall.does(ANNA, EditNote("note-1", hall.sprint.head, edit)))
        texts.append(hall.note("note-1").text)
    undone = []
    for name, was in zip(reversed(names), reversed(texts[:-1]), strict=True):
        undone.append(hall.does(ANNA, Undo(name)))
        assert hall.note("note-1").text == was
    for name, was in zip(reversed(undone), texts[1:], strict=True):
        hall.does(ANNA, Undo(name))
        assert hall.note("note-1").text == was


def test_undo_of_gathering_and_redo(hall: Hall):
    for id in ("note-1", "note-2"):
        hall.writes(ANNA, id)
    name = hall.does(ANNA, GatherNote("note-2", "note-1", "clus-1"))
    undone = hall.does(ANNA, Undo(name))
    assert hall.order("zone-1") == ["note-1", "note-2"]
    assert hall.sprint.clusters["clus-1"].gone
    hall.does(ANNA, Undo(undone))
    assert hall.order("clus-1") == ["note-1", "note-2"]


def test_undo_of_gathering_after_somebody_else_laid_a_note_with_it(hall: Hall):
    for id in ("note-1", "note-2", "note-3"):
        hall.writes(ANNA, id)
    name = hall.does(ANNA, GatherNote("note-2", "note-1", "clus-1"))
    hall.does(BRAM, GatherNote("note-3", "note-1", "clus-2"))
    assert hall.refuses(ANNA, Undo(name)) == "changed_since"
    assert hall.order("clus-1") == ["note-1", "note-2", "note-3"]


def test_undo_of_a_move_back_into_a_group_that_is_gone_lays_the_note_loose(hall: Hall):
    for id in ("note-1", "note-2", "note-3"):
        hall.writes(ANNA, id)
    hall.does(ANNA, GatherNote("note-2", "note-1", "clus-1"))
    name = hall.does(ANNA, MoveNote("note-2", "zone-2"))
    hall.does(BRAM, BinNote("note-1"))
    assert hall.sprint.clusters["clus-1"].gone
    hall.does(ANNA, Undo(name))
    assert (hall.note("note-2").zone, hall.note("note-2").cluster) == ("zone-1", None)


def test_undo_of_moving_a_group_takes_along_what_came_in_since(hall: Hall):
    for id in ("note-1", "note-2", "note-3"):
        hall.writes(ANNA, id)
    hall.does(ANNA, GatherNote("note-2", "note-1", "clus-1"))
    name = hall.does(ANNA, MoveCluster("clus-1", "zone-2"))
    hall.does(BRAM, GatherNote("note-3", "note-1", "clus-2"))
    hall.does(ANNA, Undo(name))
    assert [hall.note(id).zone for id in ("note-1", "note-2", "note-3")] == ["zone-1"] * 3


def test_undo_of_naming_an_empty_group_takes_it_away(hall: Hall):
    for id in ("note-1", "note-2"):
        hall.writes(ANNA, id)
    hall.does(ANNA, GatherNote("note-2", "note-1", "clus-1"))
    name = hall.does(ANNA, NameCluster("clus-1", "Binnenlopen"))
    for id in ("note-1", "note-2"):
        hall.does(ANNA, MoveNote(id, "zone-2"))
    hall.does(ANNA, Undo(name))
    assert hall.sprint.clusters["clus-1"].gone


def test_undo_does_not_hide_again_what_was_shown(hall: Hall):
    hall.does(FIEN, GoToStep("step-3"))
    hall.writes(ANNA, "note-1")
    hall.does(ANNA, BinNote("note-1"))
    hall.does(FIEN, Reveal())
    name = hall.does(ANNA, RestoreNote("note-1"))
    hall.does(ANNA, Undo(name))
    assert (hall.note("note-1").gone, hall.note("note-1").hidden) == (True, False)


def test_undo_of_writing_after_the_reveal(hall: Hall):
    hall.does(FIEN, GoToStep("step-3"))
    name = hall.writes(ANNA, "note-1")
    hall.does(FIEN, Reveal())
    hall.does(ANNA, Undo(name))
    assert hall.note("note-1").gone


# -- the evening ----------------------------------------------------------------------


def test_going_to_a_step_takes_the_timer_away_and_brings_its_board(hall: Hall):
    hall.does(FIEN, SetTimer(60))
    hall.does(FIEN, GoToStep("step-2"))
    assert hall.sprint.evening.timer_ends is not None  # it was on already
    hall.does(FIEN, GoToStep("step-7"))
    assert hall.sprint.evening.board == "board-2"
    assert hall.sprint.evening.timer_ends is None
    assert hall.sprint.records["step"]["step-7"].visited
    assert hall.refuses(FIEN, GoToStep("step-99")) == "unknown"


def test_the_timer_is_made_longer_and_goes_on_from_now_when_it_had_run_out(hall: Hall):
    hall.does(FIEN, SetTimer(60))
    started = hall.log[-1][0].at
    hall.does(FIEN, AddToTimer(60))
    assert hall.sprint.evening.timer_ends == started + 120_000
    assert hall.sprint.evening.timer_started == started
    hall.sprint.head += 1_000  # a long while
    hall.does(FIEN, AddToTimer(60))
    assert hall.sprint.evening.timer_ends == hall.log[-1][0].at + 60_000
    hall.does(FIEN, AddToTimer(-120))
    assert hall.sprint.evening.timer_ends == hall.log[-1][0].at
    hall.does(FIEN, SetTimer(None))
    assert hall.sprint.evening.timer_started is None
    hall.does(FIEN, AddToTimer(30))
    assert hall.sprint.evening.timer_started == hall.log[-1][0].at
    assert hall.refuses(FIEN, AddToTimer(0)) == "bad_command"


def test_the_doors(hall: Hall):
    hall.does(FIEN, SetDoors(open=False))
    assert not hall.sprint.evening.doors_open
    hall.does(FIEN, SetDoors(open=False))
    assert hall.log[-1][0].change == ()


def test_a_new_code_and_token_come_out_of_the_entropy_only(hall: Hall):
    old = hall.sprint.evening
    ask = Ask(RenewCode(), FIEN, 1, b"a" * 32)
    change = decide(hall.sprint, ask, hall.past)
    assert change == decide(hall.sprint, msgspec.structs.replace(ask, now=2), hall.past)
    apply(hall.sprint, change)
    new = hall.sprint.evening
    assert len(new.code) == 6
    assert set(new.code) <= set(evening.JOIN_ALPHABET)
    assert len(bytes.fromhex(new.token)) == 16
    assert (new.code, new.token) != (old.code, old.token)
    other = msgspec.structs.replace(ask, entropy=b"b" * 32)
    assert decide(hall.sprint, other, hall.past) != change


def test_no_code_is_made_of_too_little_chance():
    with pytest.raises(ValueError, match="entropy"):
        Ask(RenewCode(), FIEN, 1, b"")


def test_codes_use_every_letter_about_as_often():
    counts = dict.fromkeys(evening.JOIN_ALPHABET, 0)
    for number in range(3_100):
        for letter in evening.code_of(number.to_bytes(32, "big")):
            counts[letter] += 1
    assert len(counts) == 31
    assert min(counts.values()) > 480
    assert max(counts.values()) < 720


@pytest.mark.parametrize(
    ("records", "code"),
    [
        ((), "bad_command"),
        ((RECORDS[0], *RECORDS), "bad_command"),
        ((*RECORDS, RECORDS[3]), "bad_command"),
        ((*RECORDS, Note(id="note-1", zone="zone-9", rank=1, text="x")), "unknown"),
        ((*RECORDS, Note(id="zone-1", zone="zone-1", rank=1, text="x")), "bad_command"),
        (
            (*RECORDS, *(Note(id=f"note-{n}", zone="zone-1", rank=1, text="x") for n in "ab")),
            "bad_command",
        ),
        (
            (*RECORDS, Note(id="note-1", zone="zone-1", rank=1, text="x", cluster="clus-9")),
            "unknown",
        ),
        (RECORDS[:1], "unknown"),
        (tuple(record for record in RECORDS if record.id != "board-2"), "unknown"),
        (tuple(record for record in RECORDS if record.id != "step-1"), "unknown"),
        ((msgspec.structs.replace(RECORDS[0], title="\x00"), *RECORDS[1:]), "bad_text"),
    ],
)
def test_what_can_not_be_founded(records: tuple, code: str):
    village = Village(founded=False)
    assert village.ask(FoundSprint(records), DESK) == Refusal(code)


def test_a_sprint_is_founded_once():
    assert Village().ask(FoundSprint(RECORDS), DESK) == Refusal("founded")


def test_a_sprint_that_is_not_founded_has_nothing():
    seats = {SetDoors: FIEN, CreateNote: ANNA}
    for command in (SetDoors(open=True), CreateNote("note-1", "zone-1", "x")):
        ask = Ask(command, seats[type(command)], 1, bytes(32))
        assert decide(Sprint(), ask, Past()) == Refusal("unknown")


def test_edits_are_kept_in_the_past_for_as_long_as_the_sprint(hall: Hall):
    hall.writes(ANNA, "note-1", "koffie")
    base = hall.sprint.head
    hall.does(ANNA, EditNote("note-1", base, (6, "!")))
    since = hall.past.edits_since("note-1", base)
    assert [(step.seq, step.edit) for step in since] == [(base + 1, (6, "!"))]
    assert hall.past.edits_since("note-1", base + 1) == []
    assert hall.past.edits_since("note-9", 0) == []
    assert hall.log[-1][0].change == (TextEdit("note-1", (6, "!")),)
