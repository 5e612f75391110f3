"""What is hidden stays hidden, and seeing commutes with applying. (That nothing others receive
depends on what is hidden is `test_secrecy.py`.)"""

from typing import Any

import msgspec
from hypothesis import given

from opgavebord.sprint import sight
from opgavebord.sprint.change import Change, Drop, Patch, Put, TextEdit, apply
from opgavebord.sprint.commands import (
    CreateNote,
    GiveDots,
    GiveKern,
    GiveVoice,
    GoToStep,
    HandOn,
    MakeGroup,
    OpenRound,
    Reveal,
    SetPhase,
    SitDown,
    TagNote,
    TakeStand,
    TapArrival,
)
from opgavebord.sprint.sight import (
    CROWD,
    VIEWS,
    Lens,
    everyones,
    insiders,
    mine,
    see,
    see_change,
    see_record,
)
from opgavebord.sprint.sprint import (
    Arrival,
    Ballot,
    Evening,
    Kind,
    Mark,
    Note,
    Place,
    Seat,
    Sprint,
    Table,
)
from tests.sprint.drawing import chances, villages
from tests.sprint.village import (
    ANNA,
    BRAM,
    DESK,
    FIEN,
    LUUK,
    OLGA,
    SEATS,
    TOON,
    WALL,
    Chance,
    Village,
)

LENSES = [
    *(Lens(view) for view in VIEWS),
    *(sight.lens_of(seat) for seat in SEATS),
    *(Lens(view, seat.id) for view in ("wall", "desk") for seat in (ANNA, BRAM)),
]


@given(villages())
def test_seeing_commutes_with_applying(lived: tuple[Village, Chance]):
    village, _ = lived
    for lens in LENSES:
        sprint, seen = Sprint(), Sprint()
        for entry, _ in village.log:
            shown = see_change(sprint, entry.change, lens)
            apply(sprint, entry.change)
            apply(seen, shown)
            assert seen == see(sprint, lens)


@given(villages(), chances())
def test_seeing_commutes_with_any_change(lived: tuple[Village, Chance], chance: Chance):
    """Also with changes no rule makes: several of one note, hiding again, another author."""
    village, _ = lived
    sprint = village.sprint
    apply(sprint, THERE)
    for _ in range(6):
        change = tuple(_some_operation(chance, sprint) for _ in range(1 + chance.number(4)))
        for lens in LENSES:
            before, seen = sprint.copy(), see(sprint, lens)
            try:
                apply(before, change)
            except Exception:
                break
            apply(seen, see_change(sprint, change, lens))
            assert seen == see(before, lens)
        else:
            _outsiders_see_what_the_crowd_sees(sprint, change)
            apply(sprint, change)


@given(villages())
def test_a_snapshot_and_what_is_mine_are_all_that_a_seat_sees(lived: tuple[Village, Chance]):
    sprint = lived[0].sprint
    for view in VIEWS:
        own = everyones(sprint, view)
        for seat in SEATS:
            lens = Lens(view, seat.id)
            assert own.get(seat.id, ()) == mine(sprint, lens)
            seen = see(sprint, Lens(view))
            for record in mine(sprint, lens):
                seen.put(record)
            assert seen == see(sprint, lens)
        assert mine(sprint, Lens(view)) == ()


@given(villages())
def test_insiders_are_all_who_see_more_than_the_crowd(lived: tuple[Village, Chance]):
    village, _ = lived
    sprint = Sprint()
    for entry, _ in village.log:
        _outsiders_see_what_the_crowd_sees(sprint, entry.change)
        apply(sprint, entry.change)


# --- told one by one -----------------------------------------------------------------


class Hall(Village):
    """Anna and Bram at the first table, Toon who guides it; everything is possible."""

    def __init__(self, step: str = "step-8") -> None:
        super().__init__()
        for seat in (ANNA, BRAM, TOON):
            self.does(seat, SitDown("table-1"))
        self.does(FIEN, GoToStep(step))

    def does(self, seat: Seat, command: Any) -> Change:
        verdict = self.ask(command, seat)
        assert isinstance(verdict, tuple), verdict
        return verdict

    def looks(self, seat: Seat, kind: Kind, id: str) -> Any:
        record = self.sprint.records[kind][id]
        return see_record(self.sprint, record, sight.lens_of(seat))

    def who_sees(self, kind: Kind, id: str, field: str) -> set[str]:
        """Of whom sees it as it is."""
        record = self.sprint.records[kind][id]
        return {
            seat.id
            for seat in SEATS
            if getattr(self.looks(seat, kind, id), field) == getattr(record, field)
        }


def names(*seats: Seat) -> set[str]:
    return {seat.id for seat in seats}


def test_of_a_hidden_note_others_see_that_it_is_there_and_nothing_else():
    hall = Hall("step-1")
    hall.does(ANNA, TakeStand("doorgeven"))
    hall.does(ANNA, GiveVoice("stem-1", "kern-1"))
    said = {"wie": "ouderen", "wat": "elkaar zien"}
    words = "Wij doen dit zodat ouderen elkaar zien."
    hall.does(ANNA, CreateNote("note-1", "zone-1", words, type="bedoeling", fields=said, card="7"))
    note = hall.sprint.notes["note-1"]
    assert (note.stem, note.kern, note.turn, note.hidden) == ("stem-1", "kern-1", 1, True)
    blank = Note(
        id="note-1", zone="zone-1", rank=note.rank, text="", step="step-1", at=note.at, hidden=True,
        table="table-1",
    )  # fmt: skip
    for seat in SEATS:
        assert hall.looks(seat, "note", "note-1") == (note if seat == ANNA else blank)
    assert mine(hall.sprint, sight.lens_of(ANNA))[0] == note


def test_who_hands_the_tablet_on_no_longer_sees_what_was_written_on_it():
    hall = Hall("step-1")
    hall.does(ANNA, TakeStand("doorgeven"))
    hall.does(ANNA, CreateNote("note-1", "zone-1", "Geheim"))
    before = hall.sprint.copy()
    change = hall.does(ANNA, HandOn())
    told = see_change(before, change, sight.lens_of(ANNA))
    closed = [op.record for op in told if isinstance(op, Put) and isinstance(op.record, Note)]
    assert [note.text for note in closed] == [""]
    assert hall.who_sees("note", "note-1", "text") == set()
    assert insiders(before, change) == names(ANNA)
    hall.does(ANNA, TakeStand("schrijven"))  # nor when it no longer goes round
    assert hall.who_sees("note", "note-1", "text") == set()
    hall.does(FIEN, Reveal("tafel"))
    assert hall.who_sees("note", "note-1", "text") == names(ANNA, BRAM, TOON)


def test_a_table_sees_its_own_notes_and_who_sits_elsewhere_sees_others():
    hall = Hall()
    hall.does(ANNA, CreateNote("note-1", "zone-1", "Van de eerste tafel"))
    assert hall.who_sees("note", "note-1", "text") == names(ANNA, BRAM, TOON)
    before = hall.sprint.copy()
    change = hall.does(BRAM, SitDown("table-2"))
    told = see_change(before, change, sight.lens_of(BRAM))
    assert Put(hall.looks(BRAM, "note", "note-1")) in told
    assert hall.who_sees("note", "note-1", "text") == names(ANNA, TOON)
    hall.does(ANNA, SitDown("table-2"))
    assert hall.who_sees("note", "note-1", "text") == names(ANNA, TOON)  # she wrote it
    hall.does(FIEN, Reveal("zaal"))
    assert hall.who_sees("note", "note-1", "text") == names(*SEATS)


def test_whose_village_only_the_author_and_the_desk_see_and_domains_the_desk_alone():
    hall = Hall("step-2")
    hall.does(ANNA, CreateNote("note-1", "zone-1", "Koffie"))
    hall.does(ANNA, GiveKern("note-1", "kern-1"))
    hall.does(OLGA, TagNote("note-1", ("doma-1",)))
    assert hall.who_sees("note", "note-1", "text") == names(*SEATS)
    assert hall.who_sees("note", "note-1", "kern") == names(ANNA, FIEN, OLGA, DESK)
    assert hall.who_sees("note", "note-1", "domains") == names(FIEN, OLGA, DESK)


def test_of_another_place_one_sees_that_it_is_there():
    hall = Hall()
    hall.does(ANNA, TakeStand("notuleren"))
    assert hall.looks(BRAM, "place", ANNA.id) == Place(id=ANNA.id)
    assert hall.looks(LUUK, "place", TOON.id) == Place(id=TOON.id)
    assert hall.who_sees("place", ANNA.id, "stand") == names(ANNA, FIEN, OLGA, DESK)


def test_who_tapped_where_nobody_sees_but_the_device_itself():
    hall = Hall()
    hall.does(ANNA, TapArrival("kern-1", "stem-1"))
    (arrival,) = hall.sprint.records["arrival"].values()
    for seat in SEATS:
        seen = hall.looks(seat, "arrival", arrival.id)
        assert seen == (arrival if seat == ANNA else Arrival(id=arrival.id))


def test_dots_are_seen_by_the_voter_in_its_own_turn():
    hall = Hall("step-2")
    hall.does(OLGA, MakeGroup("group-1", "De bus"))
    hall.does(FIEN, OpenRound("round-1", "Wat telt?"))
    hall.does(ANNA, TakeStand("doorgeven"))
    hall.does(ANNA, GiveDots("round-1", "group-1", 2))
    (ballot,) = hall.sprint.records["ballot"].values()
    assert hall.who_sees("ballot", ballot.id, "dots") == names(ANNA)
    assert hall.looks(FIEN, "ballot", ballot.id) == Ballot(id=ballot.id, round="round-1")
    hall.does(ANNA, HandOn())
    assert hall.who_sees("ballot", ballot.id, "dots") == set()


def test_dots_of_a_table_are_seen_by_its_seats_and_paper_by_the_desk():
    sprint = Hall().sprint
    shared = Ballot(id="ballot-1", round="round-1", table="table-1", shared=True, dots={"g": 1})
    paper = Ballot(id="ballot-2", round="round-1", paper=True, voters=4, dots={"g": 1})
    for seat in SEATS:
        seen = see_record(sprint, shared, sight.lens_of(seat))
        assert (seen == shared) == (seat in (ANNA, BRAM, TOON))
        seen = see_record(sprint, paper, sight.lens_of(seat))
        assert seen == (
            paper
            if seat in (FIEN, OLGA, DESK)
            else Ballot(id="ballot-2", round="round-1", paper=True)
        )


def test_whose_mark_it_is_only_the_seat_sees():
    sprint = Hall().sprint
    mark = Mark(id="mark-1", note="note-1", what="steun", seat=ANNA.id, stem="stem-1")
    for seat in SEATS:
        seen = see_record(sprint, mark, sight.lens_of(seat))
        bare = Mark(id="mark-1", note="note-1", what="steun")
        assert seen == (mark if seat == ANNA else bare)


def test_a_volgcode_is_seen_at_its_table_and_at_the_desk():
    hall = Hall()
    hall.does(FIEN, SetPhase("closed"))
    assert hall.sprint.records["table"]["table-1"].volgcode.count("-") == 2
    at_table = names(ANNA, BRAM, TOON, FIEN, OLGA, DESK)
    assert hall.who_sees("table", "table-1", "volgcode") == at_table


def test_only_the_wall_and_the_desk_see_the_code_of_the_door():
    hall = Hall()
    for field in ("code", "token"):
        seen_by = hall.who_sees("sprint", "sprint-1", field)
        assert seen_by == names(WALL, FIEN, OLGA, DESK)
    hall_sees = hall.looks(ANNA, "sprint", "sprint-1")
    assert isinstance(hall_sees, Evening)
    assert (hall_sees.code, hall_sees.token) == ("", "")


def test_what_nobody_has_to_be_kept_from_is_not_copied():
    village = Village()
    change: Change = (Patch("step", "step-2", {"visited": True}),)
    assert see_change(village.sprint, change, CROWD) is change
    assert insiders(village.sprint, change) == frozenset()


def test_editing_a_hidden_note_is_nothing_to_others():
    village = Village()
    village.ask(CreateNote("note-1", "zone-1", "Geheim"), ANNA)
    change: Change = (TextEdit("note-1", ("Zeer ",)), Patch("note", "note-1", {"literal": "x"}))
    assert see_change(village.sprint, change, CROWD) == ()
    assert see_change(village.sprint, change, Lens("hall", ANNA.id)) == change
    assert insiders(village.sprint, change) == {ANNA.id}


def test_at_the_reveal_everybody_gets_the_same_in_full():
    village = Village()
    village.ask(CreateNote("note-1", "zone-1", "Geheim"), ANNA)
    note = msgspec.structs.replace(village.sprint.notes["note-1"], hidden=False)
    change: Change = (Put(note),)
    assert see_change(village.sprint, change, CROWD) is change
    assert insiders(village.sprint, change) == frozenset()


def _outsiders_see_what_the_crowd_sees(sprint: Sprint, change: Change) -> None:
    inside = insiders(sprint, change)
    for lens in LENSES:
        if lens.seat is not None:
            crowd = see_change(sprint, change, Lens(lens.view))
            assert (see_change(sprint, change, lens) != crowd) <= (lens.seat in inside)


THERE: Change = (
    Put(Place(id=ANNA.id, table="table-1")),
    Put(Place(id=BRAM.id, table="table-2", turn=1, stand="doorgeven")),
    Put(Ballot(id="ballot-1", round="round-1", seat=ANNA.id)),
    Put(Mark(id="mark-1", note="note-0", what="steun", seat=BRAM.id)),
    Put(Arrival(id="arrival-1", seat=ANNA.id)),
    Put(Note(id="note-0", zone="zone-1", rank=3, text="geheim", author=ANNA.id, hidden=True)),
)
"""One of each kind at least, so that most of what is drawn below can be done."""


def _some_operation(chance: Chance, sprint: Sprint) -> Any:
    id = chance.of(list(sprint.notes) or ["note-0"])
    note = sprint.note(id) or Note(id=id, zone="zone-1", rank=1, text="nieuw", author=BRAM.id)
    yes, who = bool(chance.number(2)), chance.of((ANNA.id, BRAM.id, None))
    seat, table = chance.of((ANNA.id, BRAM.id)), chance.of(("table-1", "table-2", None))
    turn, kern = chance.of((None, 0, 1)), chance.of((None, "kern-1"))
    place = Place(id=seat, table=table, turn=turn or 0, stand="doorgeven" if yes else "schrijven")
    ballot = Ballot(
        id="ballot-1", round="round-1", seat=who, table=table, turn=turn or 0, shared=yes,
        paper=bool(chance.once_in(4)), dots={"group-1": 1},
    )  # fmt: skip
    change = msgspec.structs.replace
    return chance.of(
        (
            Put(change(note, hidden=yes, author=who, table=table, turn=turn, kern=kern)),
            Put(change(note, hidden=True, at_table=yes, table=table)),
            Patch("note", id, {"hidden": yes}),
            Patch("note", id, {"at_table": yes}),
            Patch("note", id, {"author": who, "text": "anders"}),
            Patch("note", id, {"table": table, "turn": turn}),
            Patch("note", id, {"rank": 7, "stem": "stem-2"}),
            Patch("note", id, {"kern": kern, "domains": ("doma-1",) if yes else ()}),
            Patch("note", id, {"gone": True}),
            TextEdit(id, ("x",)),
            Patch("sprint", "sprint-1", {"code": "XYZ234", "doors_open": yes}),
            Patch("sprint", "sprint-1", {"token": "f00"}),
            Drop("note", id),
            Put(place),
            Patch("place", seat, {"table": table}),
            Patch("place", seat, {"turn": turn or 0, "help": 5}),
            Patch("place", seat, {"stand": "doorgeven" if yes else "schrijven"}),
            Patch("place", seat, {"help": 7}),
            Drop("place", seat),
            Put(ballot),
            Patch("ballot", "ballot-1", {"dots": {"group-1": 2}}),
            Patch("ballot", "ballot-1", {"table": table, "seat": who}),
            Put(Mark(id="mark-1", note=id, what="steun", seat=who, turn=turn or 0)),
            Patch("mark", "mark-1", {"seat": who, "gone": yes}),
            Put(Arrival(id="arrival-1", seat=who, kern=kern)),
            Patch("arrival", "arrival-1", {"seat": who}),
            Put(Table(id="table-1", number=1, volgcode="merel-fiets-appel" if yes else "")),
            Patch("table", "table-1", {"volgcode": "appel-fiets-merel", "people": 7}),
            Patch("table", "table-2", {"quote": id}),
            Drop("table", "table-2"),
        )
    )
