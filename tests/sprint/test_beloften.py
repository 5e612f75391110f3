"""The last five minutes: who promises what, and when. And redactions, which stand beside words."""

import pytest

from opgavebord.sprint import limits
from opgavebord.sprint.change import Put, apply
from opgavebord.sprint.commands import (
    ChangeBelofte,
    CreateNote,
    DropBelofte,
    DropRedaction,
    GoToStep,
    MakeBelofte,
    RedactNote,
    SitDown,
    Undo,
)
from opgavebord.sprint.refusals import Refusal
from opgavebord.sprint.sprint import Belofte
from tests.sprint.harvest import ANNA, BRAM, CARO, DESK, FIEN, OLGA, TESS, Harvest


@pytest.fixture
def evening() -> Harvest:
    return Harvest()


def belofte(evening: Harvest, id: str = "bel-1") -> Belofte:
    found: Belofte = evening.sprint.records["belofte"][id]
    return found


POSTER = MakeBelofte("bel-1", "gemeente", "een poster in elk dorp", "28 juli")


def test_a_promise_with_who_what_and_when(evening: Harvest):
    evening.does(ANNA, POSTER)
    assert belofte(evening) == Belofte(
        id="bel-1", who="gemeente", what="een poster in elk dorp", when="28 juli", author=ANNA.id,
        table="table-1", at=evening.log[-1][0].at,
    )  # fmt: skip
    assert evening.refuses(BRAM, POSTER) == "exists"


def test_all_three_are_said(evening: Harvest):
    for said in (("", "iets", "morgen"), ("wij", " ", "morgen"), ("wij", "iets", "")):
        assert evening.refuses(ANNA, MakeBelofte("bel-1", *said)) == "empty"
    assert evening.refuses(ANNA, MakeBelofte("bel-1", "wij", "a\nb", "morgen")) == "bad_text"
    long = "a" * (limits.TITLE_CODE_POINTS + 1)
    assert evening.refuses(ANNA, MakeBelofte("bel-1", "wij", long, "morgen")) == "too_long"


def test_who_may_change_a_promise(evening: Harvest):
    evening.does(ANNA, POSTER)
    sooner = ChangeBelofte("bel-1", "gemeente", "een poster in elk dorp", "1 juli")
    for seat in (BRAM, CARO):
        assert evening.refuses(seat, sooner) == "not_yours"
        assert evening.refuses(seat, DropBelofte("bel-1")) == "not_yours"
    for seat in (ANNA, TESS, FIEN, OLGA, DESK):  # Tess guides the table at which it was made
        evening.does(seat, ChangeBelofte("bel-1", "gemeente", "een poster", f"van {seat.role}"))
    evening.does(TESS, SitDown("table-2"))
    assert evening.refuses(TESS, sooner) == "not_yours"
    assert belofte(evening).when == "van bureau"
    assert belofte(evening).author == ANNA.id


def test_a_promise_that_is_taken_back_is_kept(evening: Harvest):
    evening.does(ANNA, POSTER)
    evening.does(ANNA, DropBelofte("bel-1"))
    assert belofte(evening).gone
    evening.nothing(ANNA, DropBelofte("bel-1"))
    assert evening.refuses(ANNA, ChangeBelofte("bel-1", "a", "b", "c")) == "in_the_bin"
    assert evening.refuses(ANNA, DropBelofte("bel-9")) == "unknown"


def test_undo_of_a_promise(evening: Harvest):
    made = evening.does(ANNA, POSTER)
    changed = evening.does(ANNA, ChangeBelofte("bel-1", "gemeente", "een poster", "1 juli"))
    evening.does(ANNA, Undo(changed))
    assert belofte(evening).when == "28 juli"
    evening.does(ANNA, Undo(made))
    assert belofte(evening).gone


@pytest.mark.parametrize("over", [-1, 0, 1])
def test_how_many_promises_there_can_be(evening: Harvest, over: int):
    for number in range(limits.BELOFTEN_PER_SPRINT + over - 1):
        more = Belofte(id=f"more-{number}", who="wij", what="iets", when="ooit")
        apply(evening.sprint, (Put(more),))
    gone = Belofte(id="gone-1", who="wij", what="iets", when="ooit", gone=True)
    apply(evening.sprint, (Put(gone),))  # does not count
    verdict = evening.decide(POSTER, ANNA)
    assert verdict == Refusal("full") if over > 0 else isinstance(verdict, tuple)


# -- redactions -----------------------------------------------------------------------


def test_a_redaction_stands_beside_the_words_with_role_and_reason(evening: Harvest):
    evening.does(ANNA, CreateNote("note-1", "zone-1", "Jan van de bakker"))
    before = evening.note("note-1")
    for number, seat in enumerate((FIEN, OLGA, DESK)):
        evening.does(
            seat, RedactNote(f"red-{number}", "note-1", "De bakker", "naam", required=True)
        )
        redaction = evening.sprint.records["redaction"][f"red-{number}"]
        assert (redaction.role, redaction.reason) == (seat.role, "naam")
    assert evening.note("note-1") == before
    evening.does(FIEN, DropRedaction("red-1"))
    assert evening.sprint.records["redaction"]["red-1"].gone
    evening.nothing(FIEN, DropRedaction("red-1"))


def test_what_is_no_redaction(evening: Harvest):
    evening.does(ANNA, CreateNote("note-1", "zone-1", "Jan"))
    evening.does(OLGA, RedactNote("red-1", "note-1", "Iemand", "naam"))
    for asked, code in (
        (RedactNote("red-1", "note-1", "Iemand", "naam"), "exists"),
        (RedactNote("red-2", "note-9", "Iemand", "naam"), "unknown"),
        (RedactNote("red-2", "note-1", " ", "naam"), "empty"),
        (RedactNote("red-2", "note-1", "Iemand", ""), "empty"),
        (RedactNote("red-2", "note-1", "\x00", "naam"), "bad_text"),
    ):
        assert evening.refuses(OLGA, asked) == code
    assert evening.refuses(OLGA, DropRedaction("red-9")) == "unknown"
    for seat in (ANNA, TESS):
        assert evening.refuses(seat, RedactNote("red-2", "note-1", "Iemand", "x")) == "not_allowed"


def test_who_can_not_read_a_note_does_not_redact_it(evening: Harvest):
    evening.does(FIEN, GoToStep("step-3"))
    evening.does(ANNA, CreateNote("note-1", "zone-1", "Jan"))
    assert evening.refuses(FIEN, RedactNote("red-1", "note-1", "Iemand", "naam")) == "not_yours"
