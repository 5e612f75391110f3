"""Taking back what one seat did, and what nobody else did."""

from hypothesis import given

from opgavebord.sprint.change import apply
from opgavebord.sprint.commands import (
    BinNote,
    CreateNote,
    EditNote,
    GatherNote,
    GiveDots,
    GiveStem,
    MakeGroup,
    MoveNote,
    OpenRound,
    RewindSeat,
    SitDown,
    Undo,
)
from opgavebord.sprint.refusals import Refusal
from opgavebord.sprint.sprint import Sprint
from tests.sprint.drawing import villages
from tests.sprint.test_rules import Hall
from tests.sprint.village import ANNA, BRAM, FIEN, OLGA, Chance, Village


class Slow(Hall):
    """A hall in which a minute goes by with every command."""

    @property
    def now(self) -> int:
        return 1_000_000 + 60_000 * self.sprint.head


def test_what_one_seat_did_in_the_last_minutes_is_taken_back_and_no_more():
    hall = Slow()
    hall.writes(ANNA, "note-1", "Blijft")
    hall.writes(BRAM, "note-2", "Van Bram")
    hall.writes(ANNA, "note-3", "Gaat")
    hall.does(ANNA, MoveNote("note-2", "zone-2"))
    hall.does(ANNA, EditNote("note-1", hall.sprint.head, (6, " niet")))
    hall.does(FIEN, RewindSeat(ANNA.id, 3))
    assert hall.note("note-3").gone
    assert hall.note("note-2").zone == "zone-1"
    assert hall.note("note-1").text == "Blijft"
    assert not hall.note("note-1").gone


def test_several_edits_of_one_text_are_taken_back_and_what_others_typed_stays():
    hall = Hall()
    hall.writes(BRAM, "note-1", "De bus")
    hall.does(ANNA, EditNote("note-1", hall.sprint.head, ("Stomme ",)))
    hall.does(BRAM, EditNote("note-1", hall.sprint.head, (len("Stomme De bus"), " komt")))
    hall.does(ANNA, EditNote("note-1", hall.sprint.head, (len("Stomme De bus komt"), "!!!")))
    hall.does(ANNA, EditNote("note-1", hall.sprint.head, ("Hele ",)))
    hall.does(FIEN, RewindSeat(ANNA.id, 10))
    assert hall.note("note-1").text == "De bus komt"


def test_what_somebody_built_on_stays_and_the_rest_goes():
    hall = Hall()
    hall.writes(ANNA, "note-1", "Hierop wordt gebouwd")
    hall.writes(ANNA, "note-2", "Hierop niet")
    hall.does(BRAM, EditNote("note-1", hall.sprint.head, ("Ja: ",)))
    hall.does(FIEN, RewindSeat(ANNA.id, 10))
    assert not hall.note("note-1").gone
    assert hall.note("note-2").gone


def test_an_undo_and_what_it_undid_come_to_nothing():
    hall = Slow()
    hall.writes(ANNA, "note-1")
    name = hall.does(ANNA, GiveStem("note-1", "stem-1"))
    hall.does(ANNA, Undo(name))
    hall.does(FIEN, RewindSeat(ANNA.id, 1))  # only the undo
    assert hall.note("note-1").stem == "stem-1"
    hall.does(FIEN, RewindSeat(ANNA.id, 60))
    assert hall.note("note-1").gone


def test_a_pile_that_one_seat_made_falls_apart_and_its_notes_stay():
    hall = Hall()
    hall.writes(BRAM, "note-1")
    hall.writes(BRAM, "note-2")
    hall.does(ANNA, GatherNote("note-1", "note-2", "clus-1"))
    hall.does(FIEN, RewindSeat(ANNA.id, 10))
    assert hall.order("zone-1") == ["note-1", "note-2"]
    assert hall.sprint.clusters["clus-1"].gone


def test_dots_go_back_as_long_as_the_round_is_open():
    hall = Hall()
    hall.does(OLGA, MakeGroup("group-1", "De bus"))
    hall.does(FIEN, OpenRound("round-1", "Wat telt?"))
    hall.does(ANNA, GiveDots("round-1", "group-1", 2))
    hall.does(FIEN, RewindSeat(ANNA.id, 10))
    (ballot,) = hall.sprint.records["ballot"].values()
    assert ballot.dots == {}


def test_where_somebody_sits_is_not_rewound():
    hall = Hall()
    hall.does(ANNA, SitDown("table-1"))
    assert hall.ask(RewindSeat(ANNA.id, 10), FIEN) == ()
    place = hall.sprint.place(ANNA.id)
    assert place is not None
    assert place.table == "table-1"


def test_a_note_thrown_away_comes_back():
    hall = Hall()
    hall.writes(BRAM, "note-1")
    hall.does(FIEN, BinNote("note-1"))
    hall.does(OLGA, MakeGroup("group-1", "De bus"))
    hall.does(FIEN, RewindSeat(FIEN.id, 10))
    assert not hall.note("note-1").gone


@given(villages())
def test_a_rewind_touches_only_what_that_seat_touched(lived: tuple[Village, Chance]):
    village, chance = lived
    seat = chance.of((ANNA, BRAM))
    village.reopen_as(village.ask)
    before = village.sprint.copy()
    verdict = village.ask(RewindSeat(seat.id, 60), FIEN)
    assert not isinstance(verdict, Refusal)
    touched: set[tuple[str, str]] = set()
    for entry, _ in village.log[:-1]:
        if entry.seat == seat.id:
            touched |= {_key(operation) for operation in entry.change}
    for operation in verdict:
        kind, id = _key(operation)
        if (kind, id) in touched or kind == "wall":
            continue
        # a sibling made room, or a pile was left with nothing in it
        assert getattr(operation, "set", {}).keys() <= {"rank", "zone", "cluster", "gone"}, (
            operation
        )
    replayed = Sprint()
    for entry, _ in village.log:
        apply(replayed, entry.change)
    replayed.head = village.sprint.head
    assert replayed == village.sprint
    assert before.records["place"] == village.sprint.records["place"]


def _key(operation: object) -> tuple[str, str]:
    record = getattr(operation, "record", None)
    if record is not None:
        return type(record).__name__.lower(), record.id
    return getattr(operation, "kind", "note"), operation.id  # type: ignore[attr-defined]


def test_who_wrote_too_many_to_undo_keeps_the_first():
    from opgavebord.sprint import limits

    hall = Hall()
    for at in range(limits.UNDO_PER_SEAT + 2):
        hall.does(ANNA, CreateNote(f"note-{at}", "zone-1", "Koffie"))
    hall.does(FIEN, RewindSeat(ANNA.id, 60))
    there = [note.id for note in hall.sprint.notes.values() if not note.gone]
    assert there == ["note-0", "note-1"]
