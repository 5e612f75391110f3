"""The wall, told as what people see on it, and what never stands there."""

import msgspec
import pytest
from hypothesis import given

from opgavebord.sprint import disclosure, limits
from opgavebord.sprint.change import Put, apply
from opgavebord.sprint.commands import (
    AnyCommand,
    BinNote,
    CoverOnWall,
    CreateNote,
    DropGroup,
    DropRedaction,
    EditNote,
    FreezeWall,
    GiveStem,
    GoToStep,
    MakeGroup,
    MoveGroup,
    NameGroup,
    QueueForWall,
    QuoteOfTable,
    RedactNote,
    RestoreNote,
    Reveal,
    ShowOnWall,
    Undo,
)
from opgavebord.sprint.refusals import Refusal
from opgavebord.sprint.sprint import Note, Shown, Wall
from tests.sprint.drawing import chances
from tests.sprint.harvest import ANNA, BRAM, CARO, FIEN, OLGA, Harvest
from tests.sprint.village import Chance

AROUND = pytest.mark.parametrize("over", [-1, 0, 1])


@pytest.fixture
def evening() -> Harvest:
    return Harvest()


# -- a scene --------------------------------------------------------------------------


def test_a_quote_stands_on_the_wall_with_who_said_it(evening: Harvest):
    evening.does(ANNA, CreateNote("note-1", "zone-1", "Koffie helpt.", stem="stem-IO"))
    evening.does(FIEN, ShowOnWall("citaten", ("note-1",)))
    assert evening.wall() == Wall(
        id="wand", scene="citaten", items=(Shown("note-1", "Koffie helpt.", "inwoner 65+"),)
    )


def test_the_scene_comes_with_the_step(evening: Harvest):
    for step, scene in (("step-2", "teller"), ("step-3", "stilte"), ("step-1", "bord")):
        evening.does(FIEN, GoToStep(step))
        assert evening.wall().scene == scene


def test_the_quotes_of_the_tables_in_their_order(evening: Harvest):
    evening.told("note-1", by=CARO)
    evening.told("note-2", by=ANNA)
    evening.does(CARO, QuoteOfTable("table-2", "note-1"))
    evening.does(ANNA, QuoteOfTable("table-1", "note-2"))
    evening.does(FIEN, ShowOnWall("citaten"))
    assert list(evening.standing()) == ["note-2", "note-1"]
    evening.does(FIEN, ShowOnWall("zwart"))
    assert evening.standing() == {}
    evening.does(FIEN, GoToStep("step-4"))  # whose scene is that of the quotes
    assert list(evening.standing()) == ["note-2", "note-1"]


def test_the_harvest_nine_at_a_time(evening: Harvest):
    for number in range(11):
        evening.does(OLGA, MakeGroup(f"group-{number:02}", f"Groep {number}"))
    evening.does(FIEN, ShowOnWall("oogst"))
    assert list(evening.standing()) == [f"group-{number:02}" for number in range(9)]
    evening.does(FIEN, ShowOnWall("oogst", page=1))
    assert evening.standing() == {"group-09": "Groep 9", "group-10": "Groep 10"}
    assert evening.wall().page == 1
    assert evening.refuses(FIEN, ShowOnWall("oogst", page=-1)) == "bad_command"


def test_quotes_appear_while_tables_choose_them(evening: Harvest):
    evening.told("note-1", "note-2", by=ANNA)
    evening.told("note-3", by=CARO)
    evening.does(FIEN, GoToStep("step-4"))
    assert evening.standing() == {}
    evening.does(CARO, QuoteOfTable("table-2", "note-3"))
    evening.does(ANNA, QuoteOfTable("table-1", "note-1"))
    assert list(evening.standing()) == ["note-1", "note-3"]
    evening.does(ANNA, QuoteOfTable("table-1", "note-2"))
    assert list(evening.standing()) == ["note-2", "note-3"]
    evening.does(CARO, QuoteOfTable("table-2", None))
    assert list(evening.standing()) == ["note-2"]


def test_what_was_chosen_for_the_wall_stays_when_tables_choose(evening: Harvest):
    evening.told("note-1", "note-2", by=ANNA)
    evening.does(FIEN, ShowOnWall("citaten", ("note-2",)))
    evening.does(ANNA, QuoteOfTable("table-1", "note-1"))
    assert list(evening.standing()) == ["note-2"]
    evening.does(FIEN, ShowOnWall("citaten"))
    evening.does(FIEN, FreezeWall(on=True))
    evening.does(ANNA, QuoteOfTable("table-1", "note-2"))
    assert list(evening.standing()) == ["note-1"]


def test_the_harvest_on_the_wall_grows_and_gets_better_names(evening: Harvest):
    evening.does(FIEN, ShowOnWall("oogst"))
    evening.does(OLGA, MakeGroup("group-1", "Koffie"))
    evening.does(OLGA, MakeGroup("group-2", "De bus"))
    evening.does(OLGA, NameGroup("group-1", "Ergens gewoon kunnen binnenlopen"))
    evening.does(OLGA, MoveGroup("group-2", "group-1"))
    assert list(evening.standing().values()) == ["De bus", "Ergens gewoon kunnen binnenlopen"]
    evening.does(OLGA, CoverOnWall("group-2", on=True))
    evening.does(OLGA, MakeGroup("group-3", "Wonen"))
    assert list(evening.standing()) == ["group-1", "group-3"]


def test_only_who_directs_shows_and_anybody_who_harvests_covers(evening: Harvest):
    evening.told("note-1")
    for seat in (ANNA, OLGA):
        assert evening.refuses(seat, ShowOnWall("citaten", ("note-1",))) == "not_allowed"
        assert evening.refuses(seat, FreezeWall(on=True)) == "not_allowed"
    assert evening.refuses(ANNA, CoverOnWall("note-1", on=True)) == "not_allowed"
    assert evening.refuses(FIEN, ShowOnWall("citaten", ("note-9",))) == "unknown"


@AROUND
def test_how_much_can_be_read_at_ten_metres(evening: Harvest, over: int):
    """The border refuses more than nine in one command, and the rule never lays down more."""
    from opgavebord import protocol

    notes = [f"note-{number}" for number in range(limits.WALL_ITEMS + over)]
    evening.told(*notes)
    asked = {"do": "wall.show", "scene": "citaten", "items": notes}
    read = protocol.parse_command(msgspec.json.encode(asked))
    assert (read is None) == (over > 0)
    evening.does(FIEN, ShowOnWall("citaten", tuple(notes)))
    assert len(evening.wall().items) == min(len(notes), limits.WALL_ITEMS)


# -- standing still -------------------------------------------------------------------


def test_a_wall_that_stands_still_does_not_follow_the_step(evening: Harvest):
    evening.told("note-1")
    evening.does(FIEN, ShowOnWall("citaten", ("note-1",)))
    evening.does(FIEN, FreezeWall(on=True))
    evening.does(FIEN, GoToStep("step-2"))
    assert evening.wall().scene == "citaten"
    assert evening.standing() == {"note-1": "Woorden van note-1"}
    evening.does(FIEN, ShowOnWall("klok"))
    assert not evening.wall().frozen
    evening.does(FIEN, GoToStep("step-3"))
    assert evening.wall().scene == "stilte"


def test_also_a_wall_that_stands_still_lets_go_of_what_may_not_stand_there(evening: Harvest):
    evening.told("note-1", "note-2", "note-3")
    evening.does(FIEN, ShowOnWall("citaten", ("note-1", "note-2", "note-3")))
    evening.does(FIEN, FreezeWall(on=True))
    evening.does(OLGA, CoverOnWall("note-1", on=True))
    evening.does(FIEN, BinNote("note-2"))
    evening.does(OLGA, RedactNote("red-1", "note-3", "Zonder naam", "naam", required=True))
    assert evening.standing() == {"note-3": "Zonder naam"}
    assert evening.wall().frozen


# -- what may not stand there ---------------------------------------------------------


def test_hidden_binned_and_covered_notes_and_groups_that_are_gone_do_not_appear(evening: Harvest):
    evening.told("note-1", "note-2", "note-3")
    evening.grouped("group-1", "note-4")
    evening.does(OLGA, DropGroup("group-1"))
    evening.does(ANNA, BinNote("note-1"))
    evening.does(OLGA, CoverOnWall("note-2", on=True))
    evening.does(FIEN, GoToStep("step-3"))
    evening.told("note-5")
    items = ("note-1", "note-2", "note-3", "note-5", "group-1", "note-3")
    evening.does(FIEN, ShowOnWall("citaten", items))
    assert list(evening.standing()) == ["note-3"]
    evening.does(FIEN, Reveal())
    evening.does(OLGA, CoverOnWall("note-2", on=False))
    evening.does(FIEN, ShowOnWall("citaten", items))
    assert list(evening.standing()) == ["note-2", "note-3", "note-5"]


def test_a_redaction_changes_the_wall_and_goes_again(evening: Harvest):
    evening.told("note-1")
    evening.does(FIEN, ShowOnWall("citaten", ("note-1",)))
    evening.does(OLGA, RedactNote("red-1", "note-1", "Korter", "korter"))
    assert evening.standing() == {"note-1": "Woorden van note-1"}
    evening.does(OLGA, RedactNote("red-2", "note-1", "Zonder naam", "naam", required=True))
    assert evening.standing() == {"note-1": "Zonder naam"}
    evening.does(OLGA, DropRedaction("red-2"))
    assert evening.standing() == {"note-1": "Woorden van note-1"}


def test_the_wall_follows_words_voices_and_names(evening: Harvest):
    evening.told("note-1")
    evening.grouped("group-1", "note-2")
    evening.does(FIEN, ShowOnWall("citaten", ("note-1", "group-1")))
    evening.does(ANNA, EditNote("note-1", evening.sprint.head, ("Eigen w", -1)))
    evening.does(ANNA, GiveStem("note-1", "stem-ON"))
    evening.does(OLGA, NameGroup("group-1", "Een betere zin"))
    assert evening.wall().items == (
        Shown("note-1", "Eigen woorden van note-1", "ondernemer"),
        Shown("group-1", "Een betere zin"),
    )
    evening.does(BRAM, EditNote("note-1", evening.sprint.head, ("Andermans", -5)))
    assert evening.standing()["note-1"] == "Eigen woorden van note-1"


def test_what_was_thrown_away_does_not_come_back_by_itself(evening: Harvest):
    evening.told("note-1")
    evening.does(FIEN, ShowOnWall("citaten", ("note-1",)))
    binned = evening.does(ANNA, BinNote("note-1"))
    evening.does(ANNA, Undo(binned))
    assert not evening.note("note-1").gone
    assert evening.standing() == {}
    evening.does(ANNA, BinNote("note-1"))
    evening.does(ANNA, RestoreNote("note-1"))
    assert evening.standing() == {}


# -- the queue ------------------------------------------------------------------------


def test_two_who_harvest_fill_one_queue_and_what_is_shown_leaves_it(evening: Harvest):
    evening.told("note-1", "note-2")
    evening.does(OLGA, MakeGroup("group-1", "Groep"))
    evening.does(OLGA, QueueForWall("note-1", on=True))
    evening.does(FIEN, QueueForWall("group-1", on=True))
    evening.does(OLGA, QueueForWall("note-2", on=True))
    evening.nothing(FIEN, QueueForWall("note-1", on=True))
    assert evening.wall().queue == ("note-1", "group-1", "note-2")
    evening.does(FIEN, ShowOnWall("citaten", ("note-1",)))
    assert evening.wall().queue == ("group-1", "note-2")
    evening.does(OLGA, QueueForWall("group-1", on=False))
    evening.does(OLGA, CoverOnWall("note-2", on=True))
    assert evening.wall().queue == ()


def test_what_does_not_wait_for_the_wall(evening: Harvest):
    evening.told("note-1")
    evening.does(ANNA, BinNote("note-1"))
    evening.does(FIEN, GoToStep("step-3"))
    evening.told("note-2")
    assert evening.refuses(OLGA, QueueForWall("note-1", on=True)) == "in_the_bin"
    assert evening.refuses(OLGA, QueueForWall("note-2", on=True)) == "not_yours"
    assert evening.refuses(OLGA, QueueForWall("note-9", on=True)) == "unknown"
    evening.does(FIEN, ShowOnWall("zwart"))
    evening.nothing(OLGA, QueueForWall("note-9", on=False))


@AROUND
def test_how_many_wait(evening: Harvest, over: int):
    waiting = tuple(f"note-{number}" for number in range(limits.WALL_QUEUE + over - 1))
    evening.told("note-new")
    apply(evening.sprint, (Put(Wall(id="wand", queue=waiting)),))
    verdict = evening.decide(QueueForWall("note-new", on=True), OLGA)
    assert verdict == Refusal("full") if over > 0 else isinstance(verdict, tuple)


# -- whatever is asked ----------------------------------------------------------------


def some_evening(evening: Harvest, chance: Chance) -> AnyCommand:
    notes = [*evening.sprint.notes]
    groups = [*evening.sprint.records["group"]]
    note, group = chance.of(notes), chance.of(groups)
    head = evening.sprint.head
    items = tuple(chance.of(notes + groups) for _ in range(chance.number(5)))
    return chance.of(
        (
            ShowOnWall(chance.of(("citaten", "oogst", "bord")), items),
            ShowOnWall("citaten", items),
            FreezeWall(bool(chance.number(2))),
            CoverOnWall(chance.of(notes + groups), bool(chance.number(3))),
            QueueForWall(note, bool(chance.number(3))),
            BinNote(note),
            RestoreNote(note),
            EditNote(note, head, ("Nu ",)),
            GiveStem(note, chance.of(("stem-IO", "stem-ON", None))),
            RedactNote(f"red-{head}", note, f"Redactie {head}", "naam", bool(chance.number(2))),
            DropRedaction(chance.of((*evening.sprint.records["redaction"], "red-none"))),
            NameGroup(group, f"Naam {head}"),
            DropGroup(group),
            GoToStep(chance.of(("step-1", "step-3", "step-4"))),
            Reveal(),
            CreateNote(f"note-{head}", "zone-1", f"Woorden {head}"),
            QuoteOfTable("table-1", note),
            Undo(evening.some_name(chance, FIEN)),
        )
    )


@given(chances())
def test_only_what_may_be_read_stands_on_the_wall(chance: Chance):
    """At every moment: nothing hidden, binned, covered or gone, in the words and with the caption
    that may be read, and never more than nine."""
    evening = Harvest()
    evening.told("note-1", "note-2", by=ANNA)
    evening.grouped("group-1", "note-3", by=BRAM)
    evening.grouped("group-2", "note-4", by=CARO)
    evening.does(FIEN, ShowOnWall("citaten", ("note-1", "note-2", "note-3", "group-1")))
    for _ in range(25):
        evening.ask(some_evening(evening, chance), chance.of((FIEN, FIEN, FIEN, ANNA, OLGA)))
        wall = evening.wall()
        assert len(wall.items) <= limits.WALL_ITEMS
        assert len({shown.id for shown in wall.items}) == len(wall.items)
        for shown in wall.items:
            assert shown.id not in wall.covered
            item = evening.sprint.note(shown.id) or evening.group(shown.id)
            assert not item.gone
            if isinstance(item, Note):
                assert not item.hidden
                assert shown.text == disclosure.quoted(evening.sprint, item)
                assert shown.caption == disclosure.caption(evening.sprint, item)
            else:
                assert shown.text == item.title
