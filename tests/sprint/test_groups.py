"""The harvest, told as what the oogstteam does, and what holds whatever it does."""

import pytest
from hypothesis import given

from opgavebord.sprint import limits
from opgavebord.sprint.change import Put, apply
from opgavebord.sprint.commands import (
    AnyCommand,
    BinNote,
    CreateNote,
    DropGroup,
    GatherNote,
    GoToStep,
    GroupNotes,
    MakeGroup,
    MergeGroups,
    MoveGroup,
    MoveNote,
    NameCluster,
    NameGroup,
    QuoteOfTable,
    RestoreNote,
    Reveal,
    SplitGroup,
    Undo,
)
from opgavebord.sprint.refusals import Refusal
from opgavebord.sprint.sprint import Group
from tests.sprint.drawing import chances
from tests.sprint.harvest import ANNA, BRAM, CARO, DAAN, FIEN, OLGA, TESS, Harvest
from tests.sprint.village import Chance

AROUND = pytest.mark.parametrize("over", [-1, 0, 1])


@pytest.fixture
def evening() -> Harvest:
    return Harvest()


def test_notes_of_two_tables_come_together_and_stay_where_they_lie(evening: Harvest):
    evening.told("note-1", by=ANNA)
    evening.told("note-2", by=CARO)
    evening.does(OLGA, MakeGroup("group-1", "Ergens binnenlopen", ("note-1", "note-2")))
    assert evening.inside("group-1") == {"note-1", "note-2"}
    assert {evening.note(id).table for id in ("note-1", "note-2")} == {"table-1", "table-2"}
    assert [item.id for item in evening.sprint.items("zone-1")] == ["note-1", "note-2"]


def test_the_pile_of_a_table_is_taken_over_with_its_name(evening: Harvest):
    evening.told("note-1", "note-2", "note-3")
    evening.does(ANNA, GatherNote("note-2", "note-1", "clus-1"))
    evening.does(ANNA, NameCluster("clus-1", "Koffie bij de bakker"))
    evening.does(OLGA, MakeGroup("group-1", cluster="clus-1", notes=("note-3",)))
    assert evening.group("group-1").title == "Koffie bij de bakker"
    assert evening.inside("group-1") == {"note-1", "note-2", "note-3"}
    assert not evening.sprint.clusters["clus-1"].gone
    evening.does(OLGA, MakeGroup("group-2", "Anders", cluster="clus-1"))
    assert evening.group("group-2").title == "Anders"
    assert evening.refuses(OLGA, MakeGroup("group-3", cluster="clus-9")) == "unknown"


def test_a_note_goes_from_group_to_group_and_out(evening: Harvest):
    evening.grouped("group-1", "note-1", "note-2")
    evening.grouped("group-2", "note-3")
    evening.does(OLGA, GroupNotes(("note-1", "note-2"), "group-2"))
    assert evening.inside("group-2") == {"note-1", "note-2", "note-3"}
    evening.does(FIEN, GroupNotes(("note-2",), None))
    assert evening.note("note-2").group is None
    evening.nothing(OLGA, GroupNotes(("note-2",), None))


def test_only_what_the_hall_may_read_is_grouped(evening: Harvest):
    evening.told("note-1", "note-2")
    evening.does(ANNA, BinNote("note-1"))
    evening.does(FIEN, GoToStep("step-3"))
    evening.told("note-3")
    assert evening.note("note-3").hidden
    for notes, code in (
        (("note-1",), "in_the_bin"),
        (("note-2", "note-3"), "not_yours"),
        (("note-9",), "unknown"),
    ):
        assert evening.refuses(OLGA, MakeGroup("group-1", "Alles", notes)) == code
    evening.does(FIEN, Reveal())
    evening.does(OLGA, MakeGroup("group-1", "Alles", ("note-2", "note-3")))


def test_what_is_hidden_in_a_pile_stays_out_of_the_group(evening: Harvest):
    evening.told("note-1", "note-2")
    evening.does(ANNA, GatherNote("note-2", "note-1", "clus-1"))
    evening.does(FIEN, GoToStep("step-3"))
    evening.told("note-3")
    evening.does(FIEN, GoToStep("step-1"))
    evening.does(ANNA, MoveNote("note-3", "zone-1", "clus-1"))
    evening.does(OLGA, MakeGroup("group-1", "Pile", cluster="clus-1"))
    assert evening.inside("group-1") == {"note-1", "note-2"}


def test_a_participant_does_not_harvest(evening: Harvest):
    evening.grouped("group-1", "note-1")
    for seat in (ANNA, TESS):
        assert evening.refuses(seat, NameGroup("group-1", "Anders")) == "not_allowed"


def test_a_group_gets_a_sentence_and_never_no_name_again(evening: Harvest):
    evening.does(OLGA, MakeGroup("group-1"))
    evening.does(OLGA, NameGroup("group-1", "Gezien en gemist worden"))
    assert evening.group("group-1").title == "Gezien en gemist worden"
    assert evening.refuses(OLGA, NameGroup("group-1", "  ")) == "empty"
    assert evening.refuses(OLGA, NameGroup("group-1", "twee\nregels")) == "bad_text"
    assert evening.refuses(OLGA, NameGroup("group-9", "x")) == "unknown"


def test_the_order_of_groups(evening: Harvest):
    for id in ("group-1", "group-2", "group-3"):
        evening.does(OLGA, MakeGroup(id, id))
    evening.does(OLGA, MoveGroup("group-3", "group-1"))
    assert evening.groups() == ["group-3", "group-1", "group-2"]
    evening.does(OLGA, MoveGroup("group-3"))
    assert evening.groups() == ["group-1", "group-2", "group-3"]
    evening.nothing(OLGA, MoveGroup("group-2", "group-2"))
    for _ in range(40):  # until there is no room left between the same two
        evening.does(OLGA, MoveGroup("group-1", "group-3"))
        evening.does(OLGA, MoveGroup("group-2", "group-3"))
    assert evening.groups() == ["group-1", "group-2", "group-3"]


def test_two_groups_become_one_with_their_notes_and_objections(evening: Harvest):
    evening.grouped("group-1", "note-1", "note-2")
    evening.grouped("group-2", "note-3")
    evening.does(BRAM, BinNote("note-2"))
    against = CreateNote(
        "note-4", "zone-1", "En wie niet kan lopen?", type="bezwaar", about="group-1"
    )
    evening.does(CARO, against)
    evening.does(OLGA, MergeGroups("group-1", "group-2"))
    assert evening.group("group-1").gone
    assert evening.inside("group-2") == {"note-1", "note-2", "note-3"}
    assert evening.note("note-4").about == "group-2"
    evening.does(BRAM, RestoreNote("note-2"))
    assert evening.note("note-2").group == "group-2"
    assert evening.refuses(OLGA, MergeGroups("group-2", "group-2")) == "bad_command"
    assert evening.refuses(OLGA, MergeGroups("group-2", "group-1")) == "unknown"


def test_a_group_is_split(evening: Harvest):
    evening.grouped("group-1", "note-1", "note-2", "note-3")
    against = CreateNote("note-4", "zone-1", "Maar toch", type="bezwaar", about="group-1")
    evening.does(CARO, against)
    evening.does(OLGA, GroupNotes(("note-3",), None))  # the other of the two was just faster
    evening.does(FIEN, SplitGroup("group-1", "group-2", ("note-2", "note-3"), "Apart"))
    assert evening.inside("group-1") == {"note-1"}
    assert evening.inside("group-2") == {"note-2"}
    assert evening.note("note-3").group is None
    assert evening.note("note-4").about == "group-1"
    again = SplitGroup("group-1", "group-3", ("note-2", "note-3"))
    assert evening.refuses(OLGA, again) == "changed_since"


def test_of_a_group_that_goes_the_notes_and_the_objections_stay(evening: Harvest):
    evening.grouped("group-1", "note-1", "note-2")
    evening.does(
        CARO, CreateNote("note-3", "zone-1", "Maar toch", type="voorwaarde", about="group-1")
    )
    evening.does(OLGA, DropGroup("group-1"))
    assert evening.inside("group-1") == set()
    assert not evening.note("note-1").gone
    assert (evening.note("note-3").gone, evening.note("note-3").about) == (False, "group-1")
    evening.nothing(OLGA, DropGroup("group-1"))
    for command in (
        NameGroup("group-1", "x"),
        MoveGroup("group-1"),
        GroupNotes(("note-1",), "group-1"),
        SplitGroup("group-1", "group-2", ("note-1",)),
        DropGroup("group-9"),
    ):
        assert evening.refuses(OLGA, command) == "unknown"


def test_an_id_is_used_once(evening: Harvest):
    evening.grouped("group-1", "note-1")
    for id in ("group-1", "note-1", "zone-1"):
        assert evening.refuses(OLGA, MakeGroup(id, "x")) == "exists"
        assert evening.refuses(OLGA, SplitGroup("group-1", id, ("note-1",))) == "exists"
    assert evening.refuses(ANNA, CreateNote("group-1", "zone-1", "x")) == "exists"


@AROUND
def test_how_many_groups_there_can_be(evening: Harvest, over: int):
    evening.grouped("group-1", "note-1", "note-2")
    for number in range(limits.GROUPS_PER_SPRINT + over - 2):
        apply(evening.sprint, (Put(Group(id=f"more-{number}", rank=number)),))
    apply(evening.sprint, (Put(Group(id="went-away", gone=True)),))  # does not count
    for command in (
        MakeGroup("group-9", "Nog een"),
        SplitGroup("group-1", "group-9", ("note-2",)),
    ):
        verdict = evening.decide(command, OLGA)
        assert verdict == Refusal("full") if over > 0 else isinstance(verdict, tuple)


# -- the quote of a table -------------------------------------------------------------


def test_a_table_chooses_the_note_that_the_hall_must_hear(evening: Harvest):
    evening.told("note-1", by=ANNA)
    evening.told("note-2", by=CARO)
    evening.does(FIEN, CreateNote("note-3", "zone-1", "Van de regie"))
    for seat in (BRAM, TESS, OLGA, FIEN):
        evening.does(seat, QuoteOfTable("table-1", None))
        evening.does(seat, QuoteOfTable("table-1", "note-1"))
    assert evening.sprint.records["table"]["table-1"].quote == "note-1"
    evening.does(BRAM, QuoteOfTable("table-1", "note-3"))  # said at no table
    assert evening.refuses(BRAM, QuoteOfTable("table-1", "note-2")) == "not_your_table"
    assert evening.refuses(CARO, QuoteOfTable("table-1", "note-1")) == "not_your_table"
    assert evening.refuses(TESS, QuoteOfTable("table-2", "note-2")) == "not_your_table"
    assert evening.refuses(OLGA, QuoteOfTable("table-9", "note-1")) == "unknown"
    assert evening.refuses(OLGA, QuoteOfTable("table-1", "note-9")) == "unknown"


def test_what_is_hidden_or_thrown_away_is_nobodys_quote(evening: Harvest):
    evening.told("note-1")
    evening.does(ANNA, BinNote("note-1"))
    evening.does(FIEN, GoToStep("step-3"))
    evening.told("note-2")
    assert evening.refuses(ANNA, QuoteOfTable("table-1", "note-1")) == "in_the_bin"
    assert evening.refuses(ANNA, QuoteOfTable("table-1", "note-2")) == "not_yours"


# -- undo -----------------------------------------------------------------------------


def test_undo_of_making_a_group_and_redo(evening: Harvest):
    evening.told("note-1", "note-2")
    made = evening.does(OLGA, MakeGroup("group-1", "Samen", ("note-1", "note-2")))
    undone = evening.does(OLGA, Undo(made))
    assert evening.group("group-1").gone
    assert evening.inside("group-1") == set()
    evening.does(OLGA, Undo(undone))
    assert evening.inside("group-1") == {"note-1", "note-2"}


def test_undo_of_making_a_group_in_which_others_put_notes(evening: Harvest):
    evening.told("note-1", "note-2")
    made = evening.does(OLGA, MakeGroup("group-1", "Samen", ("note-1",)))
    evening.does(FIEN, GroupNotes(("note-2",), "group-1"))
    assert evening.refuses(OLGA, Undo(made)) == "changed_since"


def test_undo_of_a_merge(evening: Harvest):
    evening.grouped("group-1", "note-1", "note-2")
    evening.grouped("group-2", "note-3")
    evening.does(CARO, CreateNote("note-4", "zone-1", "Maar", type="bezwaar", about="group-1"))
    merged = evening.does(OLGA, MergeGroups("group-1", "group-2"))
    evening.does(OLGA, Undo(merged))
    assert evening.inside("group-1") == {"note-1", "note-2"}
    assert evening.inside("group-2") == {"note-3"}
    assert evening.note("note-4").about == "group-1"


def test_undo_of_moving_and_of_dropping_a_group(evening: Harvest):
    for id in ("group-1", "group-2"):
        evening.grouped(id, f"note-of-{id}")
    moved = evening.does(OLGA, MoveGroup("group-2", "group-1"))
    evening.does(OLGA, Undo(moved))
    assert evening.groups() == ["group-1", "group-2"]
    dropped = evening.does(OLGA, DropGroup("group-2"))
    evening.does(FIEN, MakeGroup("group-3", "Nieuw"))  # in the same place
    evening.does(OLGA, Undo(dropped))
    assert sorted(evening.groups()) == ["group-1", "group-2", "group-3"]
    ranks = [group.rank for group in evening.sprint.records["group"].values()]
    assert len(set(ranks)) == 3
    assert evening.inside("group-2") == {"note-of-group-2"}


def test_undo_of_putting_a_note_elsewhere_when_its_old_group_is_gone(evening: Harvest):
    evening.grouped("group-1", "note-1")
    evening.grouped("group-2", "note-2")
    put = evening.does(OLGA, GroupNotes(("note-1",), "group-2"))
    evening.does(FIEN, DropGroup("group-1"))
    evening.does(OLGA, Undo(put))
    assert evening.note("note-1").group is None


# -- whatever is asked ----------------------------------------------------------------


def some_harvest(evening: Harvest, chance: Chance) -> AnyCommand:
    groups = [*evening.sprint.records["group"], "group-none"]
    notes = [*evening.sprint.notes, "note-none"]
    several = tuple(chance.of(notes) for _ in range(1 + chance.number(3)))
    new = f"new-{evening.sprint.head}"
    return chance.of(
        (
            MakeGroup(new, "Nieuw", several),
            GroupNotes(several, chance.of(groups) if chance.number(4) else None),
            NameGroup(chance.of(groups), "Een zin"),
            MoveGroup(chance.of(groups), chance.of(groups) if chance.number(3) else None),
            MergeGroups(chance.of(groups), chance.of(groups)),
            MergeGroups(chance.of(groups), chance.of(groups)),
            SplitGroup(chance.of(groups), new, several, "Gesplitst"),
            DropGroup(chance.of(groups)),
            BinNote(chance.of(notes)),
            RestoreNote(chance.of(notes)),
            Undo(evening.some_name(chance, FIEN)),
            Undo(evening.some_name(chance, FIEN)),
        )
    )


@given(chances())
def test_no_note_and_no_objection_is_ever_lost(chance: Chance):
    evening = Harvest()
    for number in range(1, 4):
        evening.grouped(f"group-{number}", f"note-{number}a", f"note-{number}b", by=DAAN)
        against = CreateNote(
            f"against-{number}", "zone-2", "Maar", type="bezwaar", about=f"group-{number}"
        )
        evening.does(CARO, against)
    words = {note.id: note.text for note in evening.sprint.notes.values()}
    for _ in range(25):
        evening.ask(some_harvest(evening, chance), chance.of((FIEN, FIEN, OLGA)))
        assert {note.id: note.text for note in evening.sprint.notes.values()} == words
        for note in evening.sprint.notes.values():
            assert note.group is None or not evening.group(note.group).gone
            assert note.type != "bezwaar" or note.about is not None
        ranks = [group.rank for group in evening.sprint.records["group"].values() if not group.gone]
        assert len(set(ranks)) == len(ranks)
    # an objection is about something that people can still find, or about what was dropped
    for number in range(1, 4):
        about = evening.note(f"against-{number}").about
        assert about in evening.sprint.records["group"]
