"""The laws of order."""

from hypothesis import given
from hypothesis import strategies as st

from opgavebord.sprint.placement import GAP, rank_before, ranks_before

RANKS = st.lists(st.integers(-5, 12) | st.integers(-(10**6), 10**6), max_size=9).map(sorted)


@given(RANKS, st.integers(0, 11), st.integers(1, 5))
def test_the_order_is_as_asked_and_no_two_ranks_are_equal(ranks: list[int], at: int, count: int):
    siblings = [(rank, f"id-{index}") for index, rank in enumerate(ranks)]
    before = siblings[at][1] if at < len(siblings) else None
    at = min(at, len(siblings))
    found, tidied = ranks_before(siblings, before, count)
    after = {id: tidied.get(id, rank) for rank, id in siblings}
    after |= {f"new-{index}": rank for index, rank in enumerate(found)}
    wanted = [id for _, id in siblings]
    wanted[at:at] = [f"new-{index}" for index in range(count)]
    assert sorted(after, key=lambda id: (after[id], id)) == wanted
    near = wanted[max(0, at - 1) : at + count + 1]  # ties that were there elsewhere may stay
    assert len({after[id] for id in near}) == len(near)
    if tidied:
        assert len(set(after.values())) == len(after)


@given(RANKS, st.integers(0, 11))
def test_tidying_writes_only_what_changes(ranks: list[int], at: int):
    siblings = [(rank, f"id-{index}") for index, rank in enumerate(ranks)]
    before = siblings[at][1] if at < len(siblings) else None
    _, tidied = rank_before(siblings, before)
    was = {id: rank for rank, id in siblings}
    assert all(was[id] != new for id, new in tidied.items())


def test_the_same_place_takes_sixteen_before_anything_is_tidied():
    siblings = [(GAP, "a"), (2 * GAP, "z")]
    for index in range(16):
        rank, tidied = rank_before(siblings, "z")
        assert not tidied
        siblings = sorted([*siblings, (rank, f"n{index:02}")])
    rank, tidied = rank_before(siblings, "z")
    assert tidied
    assert [tidied.get(id, was) for was, id in siblings] == [
        GAP * (index + 1) for index in (*range(17), 18)
    ]
    assert rank == GAP * 18


def test_an_unknown_sibling_is_the_end():
    siblings = [(GAP, "a"), (2 * GAP, "b")]
    assert rank_before(siblings, "gone") == rank_before(siblings, None) == (3 * GAP, {})


def test_the_first_of_all():
    assert rank_before([], None) == (GAP, {})
    assert rank_before([(GAP, "a")], "a") == (0, {})
    assert rank_before([(-5, "a")], "a") == (-5 - GAP, {})
