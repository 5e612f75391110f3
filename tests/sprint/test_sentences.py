"""The sentence of the purpose: its frame, its versions, support, objections that stay."""

import msgspec
import pytest

from opgavebord.sprint.change import Put, apply
from opgavebord.sprint.commands import (
    BinNote,
    ChooseBedoeling,
    CreateNote,
    DropGroup,
    EditNote,
    GoToStep,
    HandOn,
    MarkNote,
    RestoreNote,
    Reveal,
    TakeStand,
    Undo,
)
from opgavebord.sprint.sight import Lens, see
from opgavebord.sprint.sprint import Mark, Seat
from tests.sprint.harvest import ANNA, BRAM, CARO, DAAN, DESK, FIEN, OLGA, TESS, Harvest


@pytest.fixture
def evening() -> Harvest:
    return Harvest()


def sentence(note: str, wie: str, wat: str, of: tuple[str, ...] = ()) -> CreateNote:
    return CreateNote(
        note,
        "zone-1",
        f"Wij doen dit zodat {wie} {wat}.",
        type="bedoeling",
        fields={"wie": wie, "wat": wat},
        of=of,
    )


def objection(note: str, about: str, nodig: str = "Een plek zonder trap") -> CreateNote:
    return CreateNote(
        note, "zone-1", "En wie niet kan?", type="bezwaar", about=about, fields={"nodig": nodig}
    )


NIEMAND = sentence("sent-1", "niemand", "alleen is")
IEDEREEN = sentence("sent-2", "iedereen in het dorp", "mensen kan ontmoeten", ("sent-1",))


# -- the frame ------------------------------------------------------------------------


def test_a_sentence_in_its_frame(evening: Harvest):
    evening.does(ANNA, NIEMAND)
    note = evening.note("sent-1")
    assert note.text == "Wij doen dit zodat niemand alleen is."
    assert (note.type, note.fields) == ("bedoeling", {"wie": "niemand", "wat": "alleen is"})


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("Zodat niemand alleen is.", {"wie": "niemand", "wat": "alleen is"}),
        ("Wij doen dit zodat", {"wie": "niemand", "wat": "alleen is"}),
        ("Wij doen dit zodat  ", {"wie": "niemand", "wat": "alleen is"}),
        ("Wij doen dit zodatniemand alleen is", {"wie": "niemand", "wat": "alleen is"}),
        ("Wij doen dit zodat niemand alleen is.", {"wie": "niemand"}),
        ("Wij doen dit zodat niemand alleen is.", {"wie": " ", "wat": "alleen is"}),
        ("Wij doen dit zodat niemand alleen is.", {}),
    ],
)
def test_what_is_no_sentence(evening: Harvest, text: str, fields: dict[str, str]):
    asked = CreateNote("sent-1", "zone-1", text, type="bedoeling", fields=fields)
    assert evening.refuses(ANNA, asked) == "bad_command"


def test_a_version_names_what_it_was_made_from(evening: Harvest):
    evening.does(ANNA, NIEMAND)
    evening.does(CARO, sentence("sent-3", "buren", "elkaar kennen"))
    merged = sentence("sent-4", "buren", "niet alleen zijn", ("sent-1", "sent-3"))
    evening.does(FIEN, merged)
    assert evening.note("sent-4").of == ("sent-1", "sent-3")
    evening.told("note-1")
    for of in (("note-1",), ("sent-9",)):
        assert evening.refuses(ANNA, sentence("sent-5", "x", "y", of)) == "unknown"
    plain = CreateNote("note-2", "zone-1", "Geen zin", of=("sent-1",))
    assert evening.refuses(ANNA, plain) == "bad_command"


def test_a_sentence_of_a_private_step_can_not_be_found_by_building_on_it(evening: Harvest):
    evening.does(FIEN, GoToStep("step-3"))
    evening.does(ANNA, NIEMAND)
    assert evening.refuses(CARO, IEDEREEN) == "unknown"
    assert evening.refuses(CARO, objection("note-1", "sent-1")) == "unknown"
    evening.does(ANNA, IEDEREEN)  # an own one
    evening.does(FIEN, Reveal())
    evening.does(CARO, objection("note-1", "sent-1"))


def test_nobody_rewrites_somebody_elses_sentence(evening: Harvest):
    evening.does(ANNA, NIEMAND)
    for seat in (BRAM, TESS, FIEN):
        head = evening.sprint.head
        assert evening.refuses(seat, EditNote("sent-1", head, (19, "haast "))) == "not_yours"
    evening.does(ANNA, EditNote("sent-1", evening.sprint.head, (19, "bijna ")))
    assert evening.note("sent-1").text == "Wij doen dit zodat bijna niemand alleen is."
    assert evening.refuses(ANNA, EditNote("sent-1", evening.sprint.head, ("Nee. ",))) == "bad_edit"


# -- chosen ---------------------------------------------------------------------------


def test_the_hall_holds_on_to_one_sentence(evening: Harvest):
    evening.does(ANNA, NIEMAND)
    evening.does(BRAM, IEDEREEN)
    evening.does(OLGA, ChooseBedoeling("sent-1"))
    evening.does(FIEN, ChooseBedoeling("sent-2"))
    assert evening.sprint.evening.bedoeling == "sent-2"
    evening.nothing(FIEN, ChooseBedoeling("sent-2"))
    evening.does(FIEN, ChooseBedoeling(None))
    assert evening.sprint.evening.bedoeling is None


def test_what_can_not_be_held_on_to(evening: Harvest):
    evening.does(ANNA, NIEMAND)
    evening.told("note-1")
    evening.does(ANNA, BinNote("sent-1"))
    evening.does(FIEN, GoToStep("step-3"))
    evening.does(ANNA, sentence("sent-2", "iedereen", "meedoet"))
    for id, code in (
        ("sent-1", "in_the_bin"),
        ("sent-2", "not_yours"),
        ("note-1", "unknown"),
        ("sent-9", "unknown"),
    ):
        assert evening.refuses(FIEN, ChooseBedoeling(id)) == code
    for seat in (ANNA, TESS, DESK):
        assert evening.refuses(seat, ChooseBedoeling("sent-1")) == "not_allowed"


# -- objections -----------------------------------------------------------------------


def test_an_objection_with_what_is_needed_stays_with_its_sentence(evening: Harvest):
    evening.does(ANNA, NIEMAND)
    evening.does(CARO, objection("note-1", "sent-1", "Alleen zijn mag"))
    note = evening.note("note-1")
    assert (note.about, note.fields) == ("sent-1", {"nodig": "Alleen zijn mag"})


def test_an_objection_can_be_made_in_every_step(evening: Harvest):
    evening.grouped("group-1", "note-1")
    evening.does(FIEN, GoToStep("step-4"))  # where nothing may be done
    assert evening.refuses(CARO, CreateNote("note-2", "zone-1", "Zomaar")) == "not_in_this_step"
    evening.does(CARO, objection("note-3", "group-1"))
    evening.does(
        CARO, CreateNote("note-4", "zone-1", "Met een bus", type="voorwaarde", about="group-1")
    )
    loose = CreateNote("note-5", "zone-1", "Zomaar tegen", type="bezwaar")
    assert evening.refuses(CARO, loose) == "not_in_this_step"


def test_what_an_objection_can_be_about(evening: Harvest):
    evening.told("note-1")
    evening.grouped("group-1", "note-2")
    evening.does(OLGA, DropGroup("group-1"))
    for about in ("group-1", "group-9", "note-1", "note-9"):
        assert evening.refuses(CARO, objection("note-3", about)) == "unknown"
    about = CreateNote("note-3", "zone-1", "Geen bezwaar", about="note-1")
    assert evening.refuses(CARO, about) == "bad_command"


def test_nobody_in_the_hall_throws_away_an_objection_of_another(evening: Harvest):
    evening.grouped("group-1", "note-1")
    evening.does(CARO, objection("note-2", "group-1"))
    for seat in (ANNA, DAAN, TESS):
        assert evening.refuses(seat, BinNote("note-2")) in ("not_yours", "not_your_table")
    evening.does(CARO, BinNote("note-2"))
    evening.does(CARO, RestoreNote("note-2"))
    evening.does(FIEN, BinNote("note-2"))  # who directs hides what hurts, and gives it back
    evening.does(FIEN, RestoreNote("note-2"))


# -- marks ----------------------------------------------------------------------------


def marks(evening: Harvest) -> list[tuple[str, str | None]]:
    found: list[Mark] = list(evening.sprint.records["mark"].values())
    return [(mark.what, mark.seat) for mark in found if not mark.gone]


def card(evening: Harvest, note: str, seat: Seat = FIEN) -> None:
    evening.does(seat, CreateNote(note, "zone-1", "De eettafel", origin="organisatie"))


def test_support_of_a_sentence_is_given_and_taken_back(evening: Harvest):
    evening.does(ANNA, NIEMAND)
    evening.does(BRAM, MarkNote("sent-1", "steun"))
    evening.nothing(BRAM, MarkNote("sent-1", "steun"))
    evening.does(CARO, MarkNote("sent-1", "steun"))
    assert marks(evening) == [("steun", BRAM.id), ("steun", CARO.id)]
    evening.does(BRAM, MarkNote("sent-1", None))
    evening.nothing(BRAM, MarkNote("sent-1", None))
    assert marks(evening) == [("steun", CARO.id)]
    evening.does(BRAM, MarkNote("sent-1", "steun"))
    assert len(evening.sprint.records["mark"]) == 2


def test_a_prepared_card_is_known_to_me_or_not(evening: Harvest):
    card(evening, "card-1")
    evening.does(ANNA, MarkNote("card-1", "herken_ik"))
    evening.does(ANNA, MarkNote("card-1", "herken_niet"))
    assert marks(evening) == [("herken_niet", ANNA.id)]


def test_every_turn_of_a_tablet_has_its_own_mark(evening: Harvest):
    card(evening, "card-1")
    evening.does(ANNA, TakeStand("doorgeven"))
    for what in ("herken_ik", "herken_niet", "herken_ik"):
        evening.does(ANNA, MarkNote("card-1", what))
        evening.does(ANNA, HandOn())
    assert [what for what, _ in marks(evening)] == ["herken_ik", "herken_niet", "herken_ik"]


def test_there_are_no_likes(evening: Harvest):
    """Nothing but a sentence is supported, nothing but a prepared card is known or not."""
    evening.told("note-1")
    card(evening, "card-1")
    evening.does(ANNA, NIEMAND)
    for note, what in (
        ("note-1", "steun"),
        ("note-1", "herken_ik"),
        ("card-1", "steun"),
        ("sent-1", "herken_niet"),
    ):
        assert evening.refuses(BRAM, MarkNote(note, what)) == "bad_command"
    assert evening.refuses(BRAM, MarkNote("note-9", "steun")) == "unknown"
    for seat in (FIEN, OLGA, DESK):
        assert evening.refuses(seat, MarkNote("sent-1", "steun")) == "not_allowed"
    evening.does(ANNA, BinNote("sent-1"))
    assert evening.refuses(BRAM, MarkNote("sent-1", "steun")) == "in_the_bin"


def test_what_is_hidden_can_not_be_marked(evening: Harvest):
    evening.does(FIEN, GoToStep("step-3"))
    evening.does(ANNA, NIEMAND)
    assert evening.refuses(BRAM, MarkNote("sent-1", "steun")) == "not_yours"


def test_whose_mark_it_is_nobody_else_sees(evening: Harvest):
    evening.does(ANNA, NIEMAND)
    evening.does(BRAM, MarkNote("sent-1", "steun"))
    (mark,) = evening.sprint.records["mark"].values()
    assert BRAM.id not in mark.id
    for lens in (Lens("hall", ANNA.id), Lens("desk", FIEN.id), Lens("wall")):
        (seen,) = see(evening.sprint, lens).records["mark"].values()
        assert seen == Mark(id=mark.id, note="sent-1", what="steun")
    assert see(evening.sprint, Lens("hall", BRAM.id)).records["mark"] == {mark.id: mark}


def test_undo_of_a_mark(evening: Harvest):
    card(evening, "card-1")
    first = evening.does(ANNA, MarkNote("card-1", "herken_ik"))
    second = evening.does(ANNA, MarkNote("card-1", "herken_niet"))
    evening.does(ANNA, Undo(second))
    assert marks(evening) == [("herken_ik", ANNA.id)]
    evening.does(ANNA, Undo(first))
    assert marks(evening) == []


def test_where_sentences_are_made_other_words_are_a_note_like_others(evening: Harvest):
    """A zone for sentences makes a sentence of nothing that does not say it is one."""
    zone = evening.sprint.records["zone"]["zone-1"]
    apply(evening.sprint, (Put(msgspec.structs.replace(zone, type="bedoeling")),))
    evening.told("note-1")
    evening.does(ANNA, NIEMAND)
    assert [evening.note(id).type for id in ("note-1", "sent-1")] == ["", "bedoeling"]
