"""Nothing small is ever shown. Held by brute force: every arrangement of people is laid out, and what
is shown of it is held against all others that would show the same."""

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opgavebord.sprint import disclosure, limits
from opgavebord.sprint.change import Put, apply
from opgavebord.sprint.commands import BinNote, CreateNote, DropRedaction, RedactNote, TapArrival
from opgavebord.sprint.disclosure import (
    COMBINATION_LEAST,
    KIND_LEAST,
    KIND_OF_STEM,
    KINDS_OF_PARTICIPANTS,
    OTHERS,
    VILLAGE_LEAST,
    counted,
    kinds_shown,
)
from opgavebord.sprint.refusals import Refusal
from opgavebord.sprint.sight import CROWDS, VIEWS, see
from opgavebord.sprint.sprint import Arrival, Ballot, Count, Round, Tally
from tests.sprint.harvest import ANNA, BRAM, CARO, DESK, FIEN, OLGA, Harvest

AROUND = pytest.mark.parametrize("over", [-1, 0, 1])


@pytest.fixture
def evening() -> Harvest:
    return Harvest()


def tally(evening: Harvest) -> Tally:
    found: Tally = evening.sprint.records["tally"]["telling"]
    return found


# -- villages -------------------------------------------------------------------------


def test_a_village_is_counted_from_three_people_on(evening: Harvest):
    for people in (1, 2, 3, 4):
        evening.does(ANNA, TapArrival("kern-HOR", "stem-IO"))
        assert tally(evening).people == people
        counts = (Count("kern-HOR", people),) if people >= 3 else ()
        assert tally(evening).kernen == counts
    evening.does(BRAM, TapArrival("kern-LOT"))
    assert tally(evening).kernen == (Count("kern-HOR", 4),)
    assert tally(evening).stemmen == (Count("stem-IO", 4),)
    assert tally(evening).people == 5


def test_nobody_else_sees_who_came_from_where(evening: Harvest):
    evening.does(ANNA, TapArrival("kern-HOR", "stem-IO"))
    (arrival,) = evening.sprint.records["arrival"].values()
    assert (arrival.seat, arrival.table, arrival.kern) == (ANNA.id, "table-1", "kern-HOR")
    for view in VIEWS:
        seen = see(evening.sprint, CROWDS[view]).records["arrival"].values()
        assert list(seen) == [Arrival(id=arrival.id)]


def test_what_can_not_be_tapped(evening: Harvest):
    assert evening.refuses(ANNA, TapArrival()) == "empty"
    assert evening.refuses(ANNA, TapArrival("kern-XXX")) == "unknown"
    assert evening.refuses(ANNA, TapArrival(None, "stem-XX")) == "unknown"
    assert evening.refuses(OLGA, TapArrival("kern-HOR")) == "not_allowed"


@AROUND
def test_how_many_can_arrive(evening: Harvest, over: int):
    evening.arrive("kern-HOR", None, limits.ARRIVALS_PER_SPRINT + over - 1)
    verdict = evening.decide(TapArrival("kern-HOR"), ANNA)
    assert verdict == Refusal("full") if over > 0 else isinstance(verdict, tuple)


def people_shown(people: tuple[int, ...], nowhere: int) -> tuple[tuple[tuple[str, int], ...], int]:
    """What is shown of so many people of each village, and of who told none."""
    by = {f"kern-{at}": n for at, n in enumerate(people)}
    total = sum(people) + nowhere
    return tuple((one.id, one.n) for one in counted(by, len(people), total)), total


def test_no_arrangement_of_people_lets_a_small_village_be_found_out():
    """Three villages, and people who told none. What is shown, with the total, fits several
    arrangements; a village for which all of them say one or two would be found out."""
    fits: dict[object, list[tuple[int, ...]]] = defaultdict(list)
    for people in product(range(7), repeat=3):
        for nowhere in range(10):
            fits[people_shown(people, nowhere)].append(people)
    for (shown, total), arrangements in fits.items():
        if total < 10:  # above that not all arrangements were laid out
            for village in range(3):
                could_be = {people[village] for people in arrangements}
                assert not could_be <= {1, 2}, (shown, total, village)


def test_nor_its_number_where_everybody_told_theirs_and_a_village_is_shown():
    fits: dict[object, list[tuple[int, ...]]] = defaultdict(list)
    for people in product(range(9), repeat=3):
        fits[people_shown(people, 0)].append(people)
    for (shown, total), arrangements in fits.items():
        if shown and total < 9:
            for village in range(3):
                could_be = {people[village] for people in arrangements}
                assert could_be not in ({1}, {2}), (shown, total, village)


def test_one_person_more_does_not_let_a_small_village_be_found_out():
    """As the first, with what was shown before and after somebody came."""
    fits: dict[object, list[tuple[int, ...]]] = defaultdict(list)
    for people in product(range(6), repeat=3):
        for nowhere in range(10):
            before = people_shown(people, nowhere)
            for came in range(4):
                after = tuple(n + (village == came) for village, n in enumerate(people))
                fits[before, people_shown(after, nowhere + (came == 3))].append(after)
    for shown, arrangements in fits.items():
        if shown[1][1] < 9:
            for village in range(3):
                could_be = {people[village] for people in arrangements}
                assert not could_be <= {1, 2}, (shown, village)


@given(st.lists(st.integers(0, 12), min_size=1, max_size=16), st.integers(0, 4))
def test_every_number_shown_is_true_and_large_enough(people: list[int], nowhere: int):
    by = {f"kern-{at}": n for at, n in enumerate(people)}
    shown = counted(by, len(people), sum(people) + nowhere)
    for one in shown:
        assert one.n == by[one.id] >= VILLAGE_LEAST
    assert len({one.id for one in shown}) == len(shown)


def test_where_the_rest_could_be_of_one_village_only_all_of_them_wait():
    assert counted({"a": 5, "b": 3, "c": 2}, 3, 10) == ()
    assert counted({"a": 5, "b": 3, "c": 0}, 3, 8) == (Count("a", 5), Count("b", 3))
    assert counted({"a": 5, "b": 3, "c": 2}, 4, 10) == (Count("a", 5), Count("b", 3))
    assert counted({"a": 5, "b": 2, "c": 2}, 3, 9) == ()
    assert counted({"a": 5, "b": 2, "c": 1}, 3, 8) == (Count("a", 5),)
    assert counted({"a": 5, "b": 3, "c": 2}, 3, 12) == (Count("a", 5), Count("b", 3))


# -- quotes ---------------------------------------------------------------------------


def caption(evening: Harvest, stem: str | None, kern: str | None) -> str:
    evening.made += 1
    id = f"quote-{evening.made}"
    evening.does(ANNA, CreateNote(id, "zone-1", "Ergens binnenlopen", stem=stem, kern=kern))
    return disclosure.caption(evening.sprint, evening.note(id))


@AROUND
def test_voice_and_village_together_from_five_people_who_share_them(evening: Harvest, over: int):
    evening.arrive("kern-HOR", "stem-IO", COMBINATION_LEAST + over)
    evening.arrive("kern-HOR", "stem-ON", 9)
    evening.arrive("kern-LOT", "stem-IO", 9)
    both = "inwoner 65+, Horst" if over >= 0 else "inwoner 65+"
    assert caption(evening, "stem-IO", "kern-HOR") == both


@AROUND
def test_a_village_alone_where_it_is_counted(evening: Harvest, over: int):
    evening.arrive("kern-HOR", None, VILLAGE_LEAST + over)
    assert caption(evening, None, "kern-HOR") == ("Horst" if over >= 0 else "")


def test_a_voice_alone_and_nothing(evening: Harvest):
    assert caption(evening, "stem-VR", None) == "vrijwilliger"
    assert caption(evening, "stem-VR", "kern-SWO") == "vrijwilliger"
    assert caption(evening, None, None) == ""


def test_the_literal_words_are_quoted_unless_a_redaction_must_be_read(evening: Harvest):
    evening.does(ANNA, CreateNote("note-1", "zone-1", "Bel Jan op 06 12345678"))
    note = evening.note("note-1")

    def quoted() -> str:
        return disclosure.quoted(evening.sprint, note)

    assert quoted() == "Bel Jan op 06 12345678"
    evening.does(OLGA, RedactNote("red-1", "note-1", "Bel mij", "korter"))
    assert quoted() == "Bel Jan op 06 12345678"
    evening.does(OLGA, RedactNote("red-2", "note-1", "Bel de buurman", "naam", required=True))
    evening.does(DESK, RedactNote("red-3", "note-1", "Bel iemand", "naam", required=True))
    assert quoted() == "Bel iemand"
    evening.does(FIEN, DropRedaction("red-3"))
    assert quoted() == "Bel de buurman"
    evening.does(FIEN, DropRedaction("red-2"))
    assert quoted() == "Bel Jan op 06 12345678"
    assert note.text == "Bel Jan op 06 12345678"


def test_the_words_of_the_author_are_quoted_not_what_others_made_of_them(evening: Harvest):
    from opgavebord.sprint.commands import EditNote

    evening.does(ANNA, CreateNote("note-1", "zone-1", "koffie"))
    evening.does(BRAM, EditNote("note-1", evening.sprint.head, ("Verse ", 6)))
    assert evening.note("note-1").text == "Verse koffie"
    assert disclosure.quoted(evening.sprint, evening.note("note-1")) == "koffie"


def test_a_hidden_note_or_one_in_the_bin_is_never_shown(evening: Harvest):
    evening.does(ANNA, CreateNote("note-1", "zone-1", "koffie"))
    assert disclosure.shown(evening.sprint, evening.note("note-1"), ()) is not None
    evening.does(ANNA, BinNote("note-1"))
    assert disclosure.shown(evening.sprint, evening.note("note-1"), ()) is None
    evening.does(CARO, CreateNote("note-2", "zone-1", "thee"))
    import msgspec

    hidden = msgspec.structs.replace(evening.note("note-2"), hidden=True)
    assert disclosure.shown(evening.sprint, hidden, ()) is None
    assert disclosure.shown(evening.sprint, None, ()) is None


# -- dots -----------------------------------------------------------------------------


def test_every_voice_of_the_demo_is_of_a_kind():
    from opgavebord.werkvormen.demo import DATA, Demo
    from opgavebord.werkvormen.reading import read_as

    assert set(KIND_OF_STEM) == set(read_as(DATA, Demo).stemmen)
    assert set(KIND_OF_STEM.values()) == set(KINDS_OF_PARTICIPANTS)


def test_no_number_of_dots_is_of_fewer_than_five_voters():
    """Of four kinds and others with up to seven voters each: every heap that is shown holds enough
    voters, and so does what is left when one takes the heaps that are shown from the total."""
    kinds = (*KINDS_OF_PARTICIPANTS[:4], OTHERS)
    for sizes in product(range(8), repeat=5):
        voters = dict(zip(kinds, sizes, strict=True))
        heaps: dict[str, int] = defaultdict(int)
        for kind, name in kinds_shown(voters).items():
            heaps[name] += voters[kind]
        assert all(n >= KIND_LEAST for n in heaps.values())
        left = sum(sizes) - sum(heaps.values())
        assert left == 0 or not heaps
        for kind, n in voters.items():  # a kind under its own name is all of that kind
            if kind in heaps and kind != OTHERS:
                assert heaps[kind] == n


def test_a_kind_appears_with_its_fifth_voter_and_not_while_that_tells_of_a_smaller_one():
    """What the hall would see at closing, with one voter more each time."""
    voters = {"inwoner": 6, "gemeente": 0}
    seen = []
    for _ in range(6):
        voters["gemeente"] += 1
        seen.append(sorted(set(kinds_shown(voters).values())))
    assert seen == [["overig"]] * 4 + [["gemeente", "inwoner"]] * 2
    assert kinds_shown({"inwoner": 4}) == {}
    assert kinds_shown({"inwoner": 4, OTHERS: 1}) == {"inwoner": OTHERS, OTHERS: OTHERS}
    three = {"inwoner": 9, "ondernemer": 5, "gemeente": 1}
    assert kinds_shown(three) == {"inwoner": "inwoner", "ondernemer": OTHERS, "gemeente": OTHERS}


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["stem-IO", "stem-ON", "stem-VR", "stem-ZP", "stem-AM", None]),
            st.dictionaries(st.sampled_from(["group-1", "group-2"]), st.integers(1, 3)),
            st.booleans(),
        ),
        max_size=40,
    )
)
def test_the_dots_of_the_kinds_add_up(cast: list[tuple[str | None, dict[str, int], bool]]):
    evening = Harvest()
    round = Round(id="round-1", title="Kies", items=("group-1", "group-2"))
    ballots = [
        Ballot(
            id=f"ballot-{at}", round="round-1", stem=None if paper else stem, dots=dots, paper=paper
        )
        for at, (stem, dots, paper) in enumerate(cast)
    ]
    results = disclosure.results(evening.sprint, round, ballots)
    for one in results:
        assert one.dots == sum(ballot.dots.get(one.item, 0) for ballot in ballots)
        assert one.paper == sum(ballot.dots.get(one.item, 0) for ballot in ballots if ballot.paper)
        if one.kinds:
            assert sum(kind.dots for kind in one.kinds) == one.dots - one.paper
        assert [kind.kind for kind in one.kinds] == [kind.kind for kind in results[0].kinds]
    assert {kind.kind for kind in results[0].kinds} <= {*KINDS_OF_PARTICIPANTS, OTHERS}


def test_who_answered_without_a_dot_does_not_make_a_kind_larger(evening: Harvest):
    round = Round(id="round-1", title="Kies", items=("group-1",))
    ballots = [
        Ballot(
            id=f"ballot-{at}", round="round-1", stem="stem-IO", dots={"group-1": 1} if at else {}
        )
        for at in range(KIND_LEAST)
    ]
    (result,) = disclosure.results(evening.sprint, round, ballots)
    assert (result.dots, result.kinds) == (4, ())
    apply(evening.sprint, (Put(round),))
