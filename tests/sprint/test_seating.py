"""Where people sit, how a device is used, whose turn it is, help, ready, and who was sent away."""

import pytest

from opgavebord.sprint.commands import (
    AnswerHelp,
    AskHelp,
    CreateNote,
    GiveVoice,
    GoToStep,
    HandOn,
    ReadmitSeat,
    RemoveSeat,
    SayDone,
    SetTable,
    SitDown,
    TakeStand,
    TapArrival,
    TellCheck,
)
from opgavebord.sprint.sprint import Place, Seat, Table
from tests.sprint.test_rules import Hall
from tests.sprint.village import ANNA, BRAM, DESK, FIEN, TOON


@pytest.fixture
def hall() -> Hall:
    return Hall()


def place(hall: Hall, seat: Seat) -> Place:
    found = hall.sprint.place(seat.id)
    assert found is not None
    return found


def done(hall: Hall) -> int:
    return next((tally.done for tally in hall.sprint.records["tally"].values()), 0)


# -- a place --------------------------------------------------------------------------


def test_the_first_thing_a_seat_says_of_itself_makes_its_place(hall: Hall):
    assert hall.sprint.place(ANNA.id) is None
    hall.does(ANNA, SitDown("table-1"))
    assert place(hall, ANNA) == Place(id=ANNA.id, role="deelnemer", table="table-1")
    hall.does(TOON, AskHelp(True))
    assert place(hall, TOON).role == "tafelbegeleider"


def test_one_sits_at_a_table_that_is_there_or_at_none(hall: Hall):
    assert hall.refuses(ANNA, SitDown("table-9")) == "unknown"
    hall.does(ANNA, SitDown("table-1"))
    hall.does(ANNA, SitDown(None))
    assert place(hall, ANNA).table is None


def test_a_voice_is_one_of_those_there_are(hall: Hall):
    assert hall.refuses(ANNA, GiveVoice("stem-9")) == "unknown"
    assert hall.refuses(ANNA, GiveVoice("stem-1", "kern-9")) == "unknown"
    hall.does(ANNA, GiveVoice("stem-1", "kern-1"))
    assert (place(hall, ANNA).stem, place(hall, ANNA).kern) == ("stem-1", "kern-1")


# -- whose turn it is -----------------------------------------------------------------


def test_every_hand_and_every_change_of_stand_is_another_turn(hall: Hall):
    turns = []
    for command in (
        TakeStand("notuleren"),
        TakeStand("doorgeven"),
        TakeStand("doorgeven"),
        HandOn(),
        HandOn(),
        TakeStand("schrijven"),
        TakeStand("doorgeven"),
    ):
        hall.ask(command, ANNA)
        turns.append(place(hall, ANNA).turn)
    assert turns == [0, 1, 1, 2, 3, 4, 5]


def test_the_next_one_begins_without_a_voice(hall: Hall):
    hall.does(ANNA, TakeStand("doorgeven"))
    hall.does(ANNA, GiveVoice("stem-1", "kern-1"))
    hall.does(ANNA, HandOn())
    assert (place(hall, ANNA).stem, place(hall, ANNA).kern) == (None, None)


def test_what_is_written_in_a_turn_has_its_voice_and_its_village(hall: Hall):
    hall.does(ANNA, SitDown("table-1"))
    hall.does(ANNA, TakeStand("doorgeven"))
    hall.does(ANNA, GiveVoice("stem-1", "kern-1"))
    hall.writes(ANNA, "note-1")
    hall.does(ANNA, CreateNote("note-2", "zone-1", "Koffie", stem="stem-2", kern="kern-2"))
    note, other = hall.note("note-1"), hall.note("note-2")
    assert (note.turn, note.stem, note.kern, note.table) == (1, "stem-1", "kern-1", "table-1")
    assert (other.stem, other.kern) == ("stem-2", "kern-2")
    assert not note.scribed


def test_who_takes_notes_writes_for_the_table(hall: Hall):
    hall.does(ANNA, TakeStand("notuleren"))
    hall.does(ANNA, GiveVoice("stem-1"))
    hall.writes(ANNA, "note-1")
    note = hall.note("note-1")
    assert (note.scribed, note.turn, note.stem) == (True, None, None)  # said with every note


# -- help and ready -------------------------------------------------------------------


def test_who_asks_for_help_waits_since_the_first_time(hall: Hall):
    hall.does(ANNA, AskHelp(True))
    since = place(hall, ANNA).help
    assert since == hall.log[-1][0].at
    hall.does(ANNA, AskHelp(True))
    assert place(hall, ANNA).help == since
    hall.does(FIEN, AnswerHelp(ANNA.id))
    assert place(hall, ANNA).help is None
    hall.does(ANNA, AskHelp(True))
    hall.does(ANNA, AskHelp(False))
    assert place(hall, ANNA).help is None
    assert hall.refuses(FIEN, AnswerHelp("seat-none")) == "unknown"


def test_how_many_are_ready_is_counted_and_starts_anew_with_a_step(hall: Hall):
    hall.does(ANNA, SayDone(True))
    hall.does(ANNA, SayDone(True))
    assert done(hall) == 1
    hall.does(BRAM, SayDone(True))
    assert done(hall) == 2
    hall.does(BRAM, SayDone(False))
    assert done(hall) == 1
    hall.does(FIEN, GoToStep("step-4"))
    assert done(hall) == 0
    hall.does(FIEN, GoToStep("step-2"))  # back again: nobody is ready with it yet
    assert (done(hall), place(hall, ANNA).done) == (0, None)


def test_the_same_tally_counts_who_came_and_who_is_ready(hall: Hall):
    hall.does(ANNA, TapArrival("kern-1"))
    hall.does(ANNA, SayDone(True))
    (tally,) = hall.sprint.records["tally"].values()
    assert (tally.people, tally.done) == (1, 1)


def test_what_the_room_check_found_is_short_words(hall: Hall):
    hall.does(ANNA, TellCheck({"verbinding": "goed", "klok": "2 s achter"}))
    assert place(hall, ANNA).check == {"verbinding": "goed", "klok": "2 s achter"}
    assert place(hall, ANNA).checked == hall.log[-1][0].at
    assert hall.refuses(ANNA, TellCheck({"klok": "x" * 301})) == "too_long"
    assert hall.refuses(ANNA, TellCheck({"klok\n": "x"})) == "bad_text"


# -- sent away ------------------------------------------------------------------------


def test_who_is_sent_away_asks_nothing_until_let_in_again(hall: Hall):
    hall.writes(ANNA, "note-1")
    hall.does(FIEN, RemoveSeat(ANNA.id))
    assert hall.refuses(ANNA, CreateNote("note-2", "zone-1", "Thee")) == "removed"
    assert not hall.note("note-1").gone  # what was said stays
    hall.does(FIEN, ReadmitSeat(ANNA.id))
    hall.writes(ANNA, "note-2")


def test_who_is_sent_away_is_not_counted_as_ready(hall: Hall):
    hall.does(ANNA, SayDone(True))
    hall.does(FIEN, RemoveSeat(ANNA.id))
    assert done(hall) == 0
    hall.does(FIEN, ReadmitSeat(ANNA.id))
    assert done(hall) == 1


def test_letting_in_who_never_was_sent_away_is_nothing(hall: Hall):
    assert hall.ask(ReadmitSeat("seat-none"), FIEN) == ()
    assert hall.sprint.place("seat-none") is None


# -- tables ---------------------------------------------------------------------------


def test_a_table_has_a_number_of_its_own(hall: Hall):
    hall.does(DESK, SetTable("table-3", 3, 5))
    assert hall.sprint.records["table"]["table-3"] == Table(id="table-3", number=3, people=5)
    assert hall.refuses(FIEN, SetTable("table-4", 3)) == "exists"
    assert hall.refuses(FIEN, SetTable("table-1", 3)) == "exists"
    hall.does(FIEN, SetTable("table-3", 4, 6))
    assert hall.sprint.records["table"]["table-3"].number == 4
    assert hall.refuses(FIEN, SetTable("table-5", 0)) == "bad_command"
    assert hall.refuses(FIEN, SetTable("table-5", 5, -1)) == "bad_command"
