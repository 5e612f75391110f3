"""Rounds of dots, told as what people do, and what holds at every moment."""

from collections import Counter

import pytest
from hypothesis import given

from opgavebord.sprint import limits
from opgavebord.sprint.change import Change, Put, apply
from opgavebord.sprint.commands import (
    AnyCommand,
    CloseRound,
    CountPaper,
    CreateNote,
    DropGroup,
    GiveDots,
    GiveVoice,
    GoToStep,
    GroupNotes,
    HandOn,
    MakeGroup,
    MergeGroups,
    OpenRound,
    SetPhase,
    SitDown,
    TakeStand,
    Undo,
)
from opgavebord.sprint.refusals import Refusal
from opgavebord.sprint.sight import CROWDS, VIEWS, Lens, see, see_change
from opgavebord.sprint.sprint import Ballot, Group, Result, Round, Seat
from tests.sprint.drawing import chances
from tests.sprint.harvest import ANNA, BRAM, CARO, DAAN, DESK, FIEN, OLGA, TESS, Harvest
from tests.sprint.village import Chance

AROUND = pytest.mark.parametrize("over", [-1, 0, 1])


@pytest.fixture
def evening() -> Harvest:
    return Harvest()


def held(evening: Harvest, seat: Seat, command: AnyCommand, over: int, code: str) -> None:
    verdict = evening.decide(command, seat)
    assert verdict == Refusal(code) if over > 0 else isinstance(verdict, tuple), verdict  # type: ignore[arg-type]


# -- opening and closing --------------------------------------------------------------


def test_a_round_is_over_the_groups_there_are_in_their_order(evening: Harvest):
    for id in ("group-1", "group-2", "group-3"):
        evening.does(OLGA, MakeGroup(id, id))
    evening.does(OLGA, DropGroup("group-2"))
    evening.does(FIEN, OpenRound("round-1", "Wat weegt zwaar?"))
    assert evening.round().items == ("group-1", "group-3")
    assert evening.round() == Round(
        id="round-1", title="Wat weegt zwaar?", step="step-1", items=("group-1", "group-3"),
        at=evening.log[-1][0].at,
    )  # fmt: skip
    evening.does(OLGA, MakeGroup("group-4", "Te laat"))
    assert evening.round().items == ("group-1", "group-3")


def test_a_round_over_chosen_groups(evening: Harvest):
    evening.voting("group-1", "group-2", "group-3", items=("group-3", "group-1"))
    assert evening.round().items == ("group-3", "group-1")
    assert evening.refuses(ANNA, GiveDots("round-1", "group-2", 1)) == "unknown"


def test_what_can_not_be_opened(evening: Harvest):
    assert evening.refuses(FIEN, OpenRound("round-1", "Leeg")) == "empty"
    evening.does(OLGA, MakeGroup("group-1", "Een"))
    evening.does(OLGA, MakeGroup("group-2", "Twee"))
    evening.does(OLGA, DropGroup("group-2"))
    for rules, code in (
        ({"budget": 0, "most": 1}, "bad_command"),
        ({"most": 0}, "bad_command"),
        ({"budget": 2, "most": 3}, "bad_command"),
        ({"items": ("group-1", "group-1")}, "bad_command"),
        ({"items": ("group-1", "group-2")}, "unknown"),
        ({"items": ("group-9",)}, "unknown"),
        ({"title": "twee\nregels"}, "bad_text"),
    ):
        asked = OpenRound(**{"round": "round-1", "title": "Kies", **rules})
        assert evening.refuses(FIEN, asked) == code
    assert evening.refuses(OLGA, OpenRound("round-1", "Kies")) == "not_allowed"
    evening.does(FIEN, OpenRound("round-1", "Kies"))
    assert evening.refuses(FIEN, OpenRound("round-1", "Nog eens")) == "exists"
    assert evening.refuses(FIEN, OpenRound("round-2", "Tegelijk")) == "exists"
    evening.does(FIEN, CloseRound("round-1"))
    evening.does(FIEN, OpenRound("round-2", "Daarna"))


@AROUND
def test_dots_of_a_voter(evening: Harvest, over: int):
    evening.does(OLGA, MakeGroup("group-1", "Een"))
    budget = limits.DOTS_PER_VOTER + over
    held(evening, FIEN, OpenRound("round-1", "Kies", budget=budget), over, "bad_command")


@AROUND
def test_items_of_a_round(evening: Harvest, over: int):
    for number in range(limits.ITEMS_PER_ROUND + over):
        apply(evening.sprint, (Put(Group(id=f"group-{number}", rank=number)),))
    held(evening, FIEN, OpenRound("round-1", "Kies"), over, "full")


@AROUND
def test_rounds_of_a_sprint(evening: Harvest, over: int):
    evening.does(OLGA, MakeGroup("group-1", "Een"))
    for number in range(limits.ROUNDS_PER_SPRINT + over - 1):
        apply(evening.sprint, (Put(Round(id=f"round-{number}", title="Eerder", open=False)),))
    held(evening, FIEN, OpenRound("round-new", "Kies"), over, "full")


# -- a person -------------------------------------------------------------------------


def test_somebody_divides_three_dots_and_thinks_again(evening: Harvest):
    evening.voting("group-1", "group-2")
    evening.does(ANNA, GiveDots("round-1", "group-1", 2))
    evening.does(ANNA, GiveDots("round-1", "group-2", 1))
    assert evening.refuses(ANNA, GiveDots("round-1", "group-2", 2)) == "no_dots"
    evening.does(ANNA, GiveDots("round-1", "group-1", 0))
    evening.does(ANNA, GiveDots("round-1", "group-2", 3))
    (ballot,) = evening.ballots()
    assert ballot.dots == {"group-2": 3}
    assert (ballot.seat, ballot.table, ballot.turn) == (ANNA.id, "table-1", 0)
    assert evening.round().voters == 1


def test_saying_it_twice_is_saying_it_once_also_from_two_tabs(evening: Harvest):
    """Both tabs are the same seat, so there is one ballot."""
    evening.voting("group-1", "group-2")
    evening.does(ANNA, GiveDots("round-1", "group-1", 2))
    evening.nothing(ANNA, GiveDots("round-1", "group-1", 2))
    evening.does(ANNA, GiveDots("round-1", "group-2", 1))
    assert evening.refuses(ANNA, GiveDots("round-1", "group-1", 3)) == "no_dots"
    assert len(evening.ballots()) == 1


def test_no_more_than_the_most_on_one_item(evening: Harvest):
    evening.voting("group-1", budget=5, most=2)
    assert evening.refuses(ANNA, GiveDots("round-1", "group-1", 3)) == "no_dots"
    assert evening.refuses(ANNA, GiveDots("round-1", "group-1", -1)) == "bad_command"
    evening.does(ANNA, GiveDots("round-1", "group-1", 2))


def test_the_voters_are_counted_and_nobody_is_told_how_it_stands(evening: Harvest):
    evening.voting("group-1", "group-2")
    for seat, item in ((ANNA, "group-1"), (BRAM, "group-2"), (CARO, "group-1")):
        evening.does(seat, GiveDots("round-1", item, 1))
    assert evening.round().voters == 3
    assert evening.round().result == ()
    for view in VIEWS:
        seen = see(evening.sprint, CROWDS[view])
        assert all(not ballot.dots for ballot in seen.records["ballot"].values())
    own = see(evening.sprint, Lens("hall", ANNA.id)).records["ballot"].values()
    assert [ballot.dots for ballot in own if ballot.dots] == [{"group-1": 1}]


def test_what_others_are_told_of_a_vote_does_not_depend_on_the_dots(evening: Harvest):
    """Also not the first time, also not when a dot is taken back."""

    def told(dots: int) -> list[Change]:
        one = Harvest()
        one.voting("group-1", "group-2")
        heard: list[Change] = []
        for many in (dots, 3 - dots):
            before = one.sprint.copy()
            one.does(ANNA, GiveDots("round-1", "group-1", many))
            change = one.log[-1][0].change
            heard += [see_change(before, change, CROWDS[view]) for view in VIEWS]
            heard.append(see_change(before, change, Lens("hall", BRAM.id)))
        return heard

    assert told(0) == told(1) == told(2) == told(3)


def test_a_ballot_does_not_tell_whose_it_is(evening: Harvest):
    evening.voting("group-1")
    evening.does(ANNA, GiveDots("round-1", "group-1", 1))
    (ballot,) = evening.ballots()
    assert len(ballot.id) == 32
    assert ANNA.id not in ballot.id


def test_when_one_may_not(evening: Harvest):
    evening.voting("group-1")
    for seat in (FIEN, OLGA, DESK):
        assert evening.refuses(seat, GiveDots("round-1", "group-1", 1)) == "not_allowed"
    assert evening.refuses(ANNA, GiveDots("round-9", "group-1", 1)) == "unknown"
    evening.does(FIEN, GoToStep("step-1"))
    assert evening.refuses(ANNA, GiveDots("round-1", "group-1", 1)) == "not_in_this_step"
    evening.does(FIEN, GoToStep("step-2"))
    evening.does(FIEN, CloseRound("round-1"))
    assert evening.refuses(ANNA, GiveDots("round-1", "group-1", 1)) == "round_closed"


def test_dots_on_an_own_note_where_the_round_says_no(evening: Harvest):
    evening.grouped("group-a", "note-1", by=ANNA)
    evening.grouped("group-b", "note-2", by=BRAM)
    evening.voting(own=False)
    assert evening.refuses(ANNA, GiveDots("round-1", "group-a", 1)) == "own_item"
    evening.does(ANNA, GiveDots("round-1", "group-b", 3))
    evening.does(OLGA, GroupNotes(("note-1",), "group-b"))
    evening.does(ANNA, GiveDots("round-1", "group-b", 0))  # taking back is always possible
    assert evening.refuses(ANNA, GiveDots("round-1", "group-b", 1)) == "own_item"
    evening.does(ANNA, GiveDots("round-1", "group-a", 1))


def test_two_groups_become_one_while_people_vote(evening: Harvest):
    evening.voting("group-1", "group-2")
    evening.does(ANNA, GiveDots("round-1", "group-1", 2))
    evening.does(OLGA, MergeGroups("group-1", "group-2"))
    evening.does(ANNA, GiveDots("round-1", "group-1", 1))
    evening.does(FIEN, CloseRound("round-1"))
    assert evening.dots() == {"group-1": 1, "group-2": 0}


# -- a tablet that goes round ---------------------------------------------------------


def test_every_turn_has_its_own_dots(evening: Harvest):
    evening.voting("group-1", "group-2")
    evening.does(ANNA, TakeStand("doorgeven"))
    for stem in ("stem-IO", "stem-ON", "stem-IO"):
        evening.does(ANNA, GiveVoice(stem))
        evening.does(ANNA, GiveDots("round-1", "group-1", 3))
        assert evening.refuses(ANNA, GiveDots("round-1", "group-2", 1)) == "no_dots"
        evening.does(ANNA, HandOn())
    assert evening.round().voters == 3
    assert sorted(ballot.stem for ballot in evening.ballots()) == ["stem-IO", "stem-IO", "stem-ON"]
    assert len({ballot.turn for ballot in evening.ballots()}) == 3


def test_a_voice_that_is_told_later_counts(evening: Harvest):
    evening.voting("group-1")
    evening.does(ANNA, GiveDots("round-1", "group-1", 1))
    evening.does(ANNA, GiveVoice("stem-ON"))
    evening.does(ANNA, GiveDots("round-1", "group-1", 2))
    assert [ballot.stem for ballot in evening.ballots()] == ["stem-ON"]


def test_dots_of_a_turn_that_is_over_stay(evening: Harvest):
    evening.voting("group-1")
    evening.does(ANNA, TakeStand("doorgeven"))
    given = evening.does(ANNA, GiveDots("round-1", "group-1", 3))
    evening.does(ANNA, HandOn())
    assert evening.refuses(ANNA, Undo(given)) in ("not_yours", "unknown")
    assert [ballot.dots for ballot in evening.ballots()] == [{"group-1": 3}]


# -- a table --------------------------------------------------------------------------


def test_a_table_has_one_ballot(evening: Harvest):
    evening.voting("group-1", "group-2", per="tafel")
    evening.does(ANNA, GiveDots("round-1", "group-1", 2))
    evening.does(BRAM, GiveDots("round-1", "group-2", 1))
    assert evening.refuses(TESS, GiveDots("round-1", "group-2", 2)) == "no_dots"
    evening.does(CARO, GiveDots("round-1", "group-2", 3))
    assert evening.round().voters == 2
    dots = {ballot.table: ballot.dots for ballot in evening.ballots()}
    assert dots == {"table-1": {"group-1": 2, "group-2": 1}, "table-2": {"group-2": 3}}
    assert all(ballot.shared and ballot.seat is None for ballot in evening.ballots())


def test_who_sits_nowhere_has_no_part_in_a_round_of_tables(evening: Harvest):
    evening.voting("group-1", per="tafel")
    evening.does(ANNA, SitDown(None))
    assert evening.refuses(ANNA, GiveDots("round-1", "group-1", 1)) == "no_table"
    evening.does(ANNA, SitDown("table-3"))
    evening.does(ANNA, GiveDots("round-1", "group-1", 1))


def test_the_own_notes_of_a_table(evening: Harvest):
    evening.grouped("group-a", "note-1", by=ANNA)
    evening.voting(own=False, per="tafel")
    assert evening.refuses(BRAM, GiveDots("round-1", "group-a", 1)) == "own_item"
    evening.does(CARO, GiveDots("round-1", "group-a", 1))


# -- stickers -------------------------------------------------------------------------


def test_stickers_are_counted_in_the_same_round_and_marked(evening: Harvest):
    evening.voting("group-1", "group-2")
    evening.does(ANNA, GiveDots("round-1", "group-1", 3))
    evening.does(OLGA, CountPaper("round-1", "table-2", 2, {"group-1": 1, "group-2": 5}))
    evening.does(FIEN, CountPaper("round-1", None, 1, {"group-2": 3}))
    assert evening.round().voters == 4
    evening.does(OLGA, CountPaper("round-1", "table-2", 3, {"group-1": 9}))  # counted anew
    assert evening.round().voters == 5
    evening.does(FIEN, CloseRound("round-1"))
    assert [(one.item, one.dots, one.paper) for one in evening.round().result] == [
        ("group-1", 12, 9),
        ("group-2", 3, 3),
    ]
    assert evening.round().voters == 5


def test_no_more_stickers_than_the_people_had(evening: Harvest):
    evening.voting("group-1", "group-2", most=2)
    for voters, dots, code in (
        (2, {"group-1": 5}, "no_dots"),  # more than two each on one
        (2, {"group-1": 4, "group-2": 3}, "no_dots"),  # more than three each
        (0, {"group-1": 1}, "no_dots"),
        (-1, {}, "bad_command"),
        (2, {"group-1": -1}, "bad_command"),
        (2, {"group-9": 1}, "unknown"),
    ):
        assert evening.refuses(OLGA, CountPaper("round-1", "table-1", voters, dots)) == code
    evening.does(OLGA, CountPaper("round-1", "table-1", 2, {"group-1": 4, "group-2": 2}))
    assert evening.refuses(OLGA, CountPaper("round-1", "table-9", 1, {})) == "unknown"
    evening.does(FIEN, CloseRound("round-1"))
    assert evening.refuses(OLGA, CountPaper("round-1", "table-1", 2, {})) == "round_closed"


@AROUND
def test_people_at_a_table_with_stickers(evening: Harvest, over: int):
    evening.voting("group-1")
    asked = CountPaper("round-1", "table-1", limits.PEOPLE_PER_TABLE + over, {})
    held(evening, OLGA, asked, over, "bad_command")
    asked = CountPaper("round-1", None, limits.ARRIVALS_PER_SPRINT + over, {})
    held(evening, OLGA, asked, over, "bad_command")


def test_who_guides_a_table_counts_its_stickers_only(evening: Harvest):
    evening.voting("group-1")
    evening.does(TESS, CountPaper("round-1", "table-1", 1, {"group-1": 1}))
    for table in ("table-2", None):
        counted = CountPaper("round-1", table, 1, {"group-1": 1})
        assert evening.refuses(TESS, counted) == "not_your_table"
    assert evening.refuses(ANNA, CountPaper("round-1", "table-1", 1, {})) == "not_allowed"


def test_a_table_votes_on_a_screen_or_on_paper_not_twice(evening: Harvest):
    evening.voting("group-1", per="tafel")
    evening.does(ANNA, GiveDots("round-1", "group-1", 1))
    counted = CountPaper("round-1", "table-1", 1, {"group-1": 1})
    assert evening.refuses(OLGA, counted) == "exists"
    evening.does(OLGA, CountPaper("round-1", "table-2", 1, {"group-1": 3}))
    assert evening.refuses(OLGA, CountPaper("round-1", "table-2", 2, {})) == "bad_command"
    assert evening.refuses(CARO, GiveDots("round-1", "group-1", 1)) == "exists"


# -- the result -----------------------------------------------------------------------


def test_the_result_is_the_sum_and_comes_at_closing(evening: Harvest):
    evening.voting("group-1", "group-2")
    for seat in (ANNA, BRAM, CARO):
        evening.does(seat, GiveDots("round-1", "group-1", 2))
    evening.does(DAAN, GiveDots("round-1", "group-2", 0))  # answered, and gave none
    assert evening.round().voters == 4
    evening.does(FIEN, CloseRound("round-1"))
    assert not evening.round().open
    assert evening.round().voters == 3
    assert evening.round().result == (Result("group-1", 6), Result("group-2", 0))
    evening.nothing(FIEN, CloseRound("round-1"))
    assert evening.refuses(FIEN, CloseRound("round-9")) == "unknown"


def test_what_was_given_counts_also_where_nobody_closed_the_round(evening: Harvest):
    evening.voting("group-1")
    evening.does(ANNA, GiveDots("round-1", "group-1", 2))
    evening.does(FIEN, SetPhase("closing"))
    evening.does(BRAM, GiveDots("round-1", "group-1", 1))  # a tablet empties its outbox
    evening.does(FIEN, SetPhase("closed"))
    assert evening.dots() == {"group-1": 3}
    assert not evening.round().open


def test_the_result_by_kind_of_participant(evening: Harvest):
    """Five residents and five entrepreneurs are told apart; of what two officials chose nothing
    can be found out, so another kind goes on their heap."""
    evening.voting("group-1", "group-2")
    evening.does(ANNA, TakeStand("doorgeven"))

    def votes(stem: str, item: str, people: int) -> None:
        for _ in range(people):
            evening.does(ANNA, GiveVoice(stem))
            evening.does(ANNA, GiveDots("round-1", item, 3))
            evening.does(ANNA, HandOn())

    votes("stem-IO", "group-1", 6)
    votes("stem-ON", "group-2", 5)
    evening.does(FIEN, CloseRound("round-1"))
    first, second = evening.round().result
    assert [(kind.kind, kind.dots) for kind in first.kinds] == [("inwoner", 18), ("ondernemer", 0)]
    assert [(kind.kind, kind.dots) for kind in second.kinds] == [("inwoner", 0), ("ondernemer", 15)]

    evening.does(FIEN, OpenRound("round-2", "Nog eens"))

    def again(stem: str, item: str, people: int) -> None:
        for _ in range(people):
            evening.does(ANNA, GiveVoice(stem))
            evening.does(ANNA, GiveDots("round-2", item, 3))
            evening.does(ANNA, HandOn())

    again("stem-IO", "group-1", 6)
    again("stem-ON", "group-2", 5)
    again("stem-AM", "group-2", 2)
    evening.does(FIEN, CloseRound("round-2"))
    first, second = evening.round("round-2").result
    assert [(kind.kind, kind.dots) for kind in first.kinds] == [("inwoner", 18), ("overig", 0)]
    assert [(kind.kind, kind.dots) for kind in second.kinds] == [("inwoner", 0), ("overig", 21)]


def test_dots_of_tables_and_stickers_are_of_no_kind(evening: Harvest):
    evening.voting("group-1", per="tafel")
    evening.does(ANNA, GiveDots("round-1", "group-1", 3))
    evening.does(FIEN, CloseRound("round-1"))
    assert evening.round().result == (Result("group-1", 3),)


# -- undo -----------------------------------------------------------------------------


def test_undo_of_dots(evening: Harvest):
    evening.voting("group-1", "group-2")
    first = evening.does(ANNA, GiveDots("round-1", "group-1", 1))
    second = evening.does(ANNA, GiveDots("round-1", "group-1", 3))
    assert evening.refuses(ANNA, Undo(first)) == "changed_since"
    evening.does(ANNA, Undo(second))
    assert evening.ballots()[0].dots == {"group-1": 1}
    undone = evening.does(ANNA, Undo(first))
    assert evening.ballots()[0].dots == {}
    evening.does(ANNA, Undo(undone))
    assert evening.ballots()[0].dots == {"group-1": 1}
    evening.does(FIEN, CloseRound("round-1"))
    assert evening.refuses(ANNA, Undo(first)) == "round_closed"


# -- whatever is asked, in whatever order ---------------------------------------------


SEATS = (ANNA, ANNA, BRAM, CARO, DAAN, TESS)


def some_vote(evening: Harvest, chance: Chance, seat: Seat) -> AnyCommand:
    round = chance.of((*evening.sprint.records["round"], "round-1"))
    items = ("group-1", "group-2", "group-3", "group-9")
    dots = chance.of((0, 1, 1, 2, 3, 4, 5, -1))
    return chance.of(
        (
            *(GiveDots(round, chance.of(items), dots),) * 6,
            HandOn(),
            TakeStand(chance.of(("doorgeven", "schrijven", "notuleren"))),
            SitDown(chance.of(("table-1", "table-2", "table-3", None))),
            GiveVoice(chance.of(("stem-IO", "stem-ON", None))),
            Undo(evening.some_name(chance, seat)),
            Undo(evening.some_name(chance, seat)),
            CreateNote(f"note-{evening.sprint.head}", "zone-1", "Onder het stemmen"),
        )
    )


def some_direction(evening: Harvest, chance: Chance) -> AnyCommand:
    head = evening.sprint.head
    budget = 1 + chance.number(5)
    return chance.of(
        (
            CloseRound(chance.of((*evening.sprint.records["round"], "round-1"))),
            OpenRound(
                f"round-{head}",
                "Nog een",
                chance.of(("persoon", "tafel")),
                budget,
                1 + chance.number(budget),
                bool(chance.number(2)),
            ),
            *(
                CountPaper(
                    chance.of((*evening.sprint.records["round"], "round-1")),
                    chance.of(("table-1", "table-2", None)),
                    chance.number(4),
                    {"group-1": chance.number(6), "group-2": chance.number(3)},
                ),
            )
            * 3,
            MergeGroups("group-1", "group-2"),
            GroupNotes(("note-of-group-1",), chance.of(("group-2", "group-3", None))),
            Undo(evening.some_name(chance, FIEN)),
        )
    )


def lawful(evening: Harvest) -> None:
    """At this moment."""
    for round in evening.sprint.records["round"].values():
        cast = evening.ballots(round.id)
        for ballot in cast:
            most = round.most * (ballot.voters if ballot.paper else 1)
            budget = round.budget * (ballot.voters if ballot.paper else 1)
            assert all(0 < many <= most for many in ballot.dots.values())
            assert 0 <= sum(ballot.dots.values()) <= budget
            assert ballot.dots.keys() <= set(round.items)
        voters = Counter(
            ("paper", ballot.table) if ballot.paper
            else ("table", ballot.table) if ballot.shared
            else (ballot.seat, ballot.turn)
            for ballot in cast
        )  # fmt: skip
        assert all(many == 1 for many in voters.values())
        if round.per == "tafel":
            tables = [ballot.table for ballot in cast if ballot.table is not None]
            assert len(set(tables)) == len(tables)
        if round.open:
            assert round.result == ()
            assert round.voters == sum(ballot.voters for ballot in cast)
        else:
            total, paper = Counter(), Counter()
            for ballot in cast:
                total.update(ballot.dots)
                paper.update(ballot.dots if ballot.paper else {})
            assert [one.item for one in round.result] == list(round.items)
            assert {one.item: one.dots for one in round.result if one.dots} == dict(total)
            assert {one.item: one.paper for one in round.result if one.paper} == dict(paper)


@given(chances())
def test_dots_never_go_over_the_budget_and_the_result_is_their_sum(chance: Chance):
    """Random interleavings of everybody's commands, with turns, tables, stickers, undo, and every
    command once more now and then, as a device does that had no answer."""
    evening = Harvest()
    per = chance.of(("persoon", "persoon", "tafel"))
    evening.voting("group-1", "group-2", "group-3", per=per, most=1 + chance.number(3))
    asked: list[tuple[AnyCommand, Seat]] = []
    for _ in range(30):
        if asked and chance.once_in(5):
            command, seat = chance.of(asked)  # another tab, or once more under another name
        elif chance.once_in(6):
            command, seat = some_direction(evening, chance), FIEN
        else:
            seat = chance.of(SEATS)
            command = some_vote(evening, chance, seat)
        evening.ask(command, seat)
        asked.append((command, seat))
        lawful(evening)
    for round in list(evening.sprint.records["round"].values()):
        evening.ask(CloseRound(round.id), FIEN)
    lawful(evening)


@given(chances())
def test_a_round_that_is_closed_never_changes(chance: Chance):
    evening = Harvest()
    evening.voting("group-1", "group-2", "group-3")
    for seat in (ANNA, BRAM, CARO):
        evening.ask(GiveDots("round-1", chance.of(("group-1", "group-2")), 2), seat)
    evening.does(FIEN, CloseRound("round-1"))
    closed, cast = evening.round(), evening.ballots()
    for _ in range(15):
        seat = chance.of(SEATS)
        evening.ask(some_vote(evening, chance, seat), seat)
        evening.ask(some_direction(evening, chance), FIEN)
        assert evening.round() == closed
        assert evening.ballots() == cast


def test_the_laws_above_are_about_something():
    """Otherwise they would say little: votes are given, refused, undone and counted."""
    import random

    codes: Counter[str | None] = Counter()
    undone = shared = paper = 0
    for seed in range(60):
        chance = Chance(random.Random(seed).randrange)
        evening = Harvest()
        per = chance.of(("persoon", "persoon", "tafel"))
        evening.voting("group-1", "group-2", "group-3", per=per)
        for _ in range(30):
            seat = chance.of(SEATS)
            if chance.once_in(6):
                evening.ask(some_direction(evening, chance), FIEN)
            else:
                evening.ask(some_vote(evening, chance, seat), seat)
            entry = evening.log[-1][0]
            codes[entry.refusal] += 1
            undone += isinstance(entry.command, Undo) and any(
                getattr(operation, "kind", "") == "ballot" for operation in entry.change
            )
        ballots: list[Ballot] = list(evening.sprint.records["ballot"].values())
        shared += any(ballot.shared for ballot in ballots)
        paper += any(ballot.paper for ballot in ballots)
    assert {"no_dots", "round_closed", "no_table", "unknown", None} <= codes.keys()
    assert min(undone, shared, paper) > 5
