"""The laws of text edits."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opgavebord.sprint import text
from tests.sprint.drawing import WORDS, edits, loose_edits


@given(st.data(), WORDS)
def test_two_edits_give_the_same_text_in_either_order(data: st.DataObject, words: str):
    a, b = data.draw(edits(words)), data.draw(edits(words))
    a_first = text.apply(text.apply(words, a), text.transform(b, a, "right"))
    b_first = text.apply(text.apply(words, b), text.transform(a, b, "left"))
    assert a_first == b_first


@given(st.data(), WORDS)
def test_the_composition_does_what_both_do(data: st.DataObject, words: str):
    a = data.draw(edits(words))
    after = text.apply(words, a)
    b = data.draw(edits(after))
    assert text.apply(words, text.compose(a, b)) == text.apply(after, b)


@given(st.data(), WORDS)
def test_composing_is_associative(data: st.DataObject, words: str):
    a = data.draw(edits(words))
    b = data.draw(edits(text.apply(words, a)))
    c = data.draw(edits(text.apply(text.apply(words, a), b)))
    left = text.compose(text.compose(a, b), c)
    assert text.apply(words, left) == text.apply(words, text.compose(a, text.compose(b, c)))


@given(st.data(), WORDS)
def test_the_inverse_takes_an_edit_back(data: st.DataObject, words: str):
    edit = data.draw(edits(words))
    after = text.apply(words, edit)
    assert text.apply(after, text.invert(words, edit)) == words


@given(st.data(), WORDS)
def test_no_typed_character_is_lost(data: st.DataObject, words: str):
    """What either types is in the text in one piece, whatever the other takes away."""
    mine = data.draw(edits(words))
    own = "".join(part for part in mine if isinstance(part, str))
    theirs = data.draw(edits(words))
    for side in ("left", "right"):
        moved = text.transform(mine, theirs, side)
        assert "".join(part for part in moved if isinstance(part, str)) == own
    both = text.apply(text.apply(words, theirs), text.transform(mine, theirs, "right"))
    for typed in (part for edit in (mine, theirs) for part in edit if isinstance(part, str)):
        assert all(both.count(letter) >= typed.count(letter) for letter in typed)


@given(st.data(), WORDS)
def test_what_one_takes_away_is_gone_and_nothing_else(data: st.DataObject, words: str):
    mine, theirs = data.draw(edits(words)), data.draw(edits(words))
    both = text.apply(text.apply(words, theirs), text.transform(mine, theirs, "right"))
    removed = _removed(mine) | _removed(theirs)
    typed = sum(len(part) for part in (*mine, *theirs) if isinstance(part, str))
    assert len(both) == len(words) - len(removed) + typed


@given(st.data(), WORDS)
def test_the_normal_form_does_the_same_and_is_normal(data: st.DataObject, words: str):
    edit = data.draw(loose_edits(words))
    normal = text.normal(edit)
    assert text.apply(words, normal) == text.apply(words, edit)
    assert _is_normal(normal)
    assert text.normal(normal) == normal
    assert text.check(normal)


@given(st.data(), WORDS)
def test_all_results_are_in_the_normal_form(data: st.DataObject, words: str):
    a, b = data.draw(edits(words)), data.draw(edits(words))
    c = data.draw(edits(text.apply(words, a)))
    assert _is_normal(text.transform(a, b, "left"))
    assert _is_normal(text.transform(a, b, "right"))
    assert _is_normal(text.compose(a, c))
    assert _is_normal(text.invert(words, a))


@given(st.data(), WORDS)
def test_span_and_delta_tell_what_fits_and_how_long_it_becomes(data: st.DataObject, words: str):
    edit = data.draw(loose_edits(words))
    assert text.span(edit) <= len(words)
    assert len(text.apply(words, edit)) == len(words) + text.delta(edit)


@given(st.lists(st.integers(-9, 9) | st.text("ab👍", max_size=3), max_size=6), WORDS)
def test_any_row_of_parts_is_applied_if_it_fits_and_refused_if_not(parts: list, words: str):
    edit = tuple(parts)
    if text.span(edit) <= len(words):
        text.apply(words, edit)
        text.invert(words, edit)
    else:
        with pytest.raises(text.BadEdit):
            text.apply(words, edit)
        with pytest.raises(text.BadEdit):
            text.invert(words, edit)


def test_the_one_that_was_kept_first_comes_first():
    assert text.transform((2, "b"), (2, "a"), "right") == (3, "b")
    assert text.transform((2, "a"), (2, "b"), "left") == (2, "a")


def test_positions_count_code_points():
    assert text.apply("👍🏽ja", (2, "!", -1)) == "👍🏽!a"


@pytest.mark.parametrize("edit", [(0,), ("",), (True,), (1, 0), (1.5,)])
def test_a_part_that_does_nothing_or_is_no_part_is_no_edit(edit: tuple):
    assert not text.check(edit)


def _removed(edit: text.Edit) -> set[int]:
    at, gone = 0, set()
    for part in edit:
        if isinstance(part, int):
            if part < 0:
                gone |= set(range(at, at - part))
            at += abs(part)
    return gone


def _is_normal(edit: text.Edit) -> bool:
    sorts = ["s" if isinstance(part, str) else "k" if part > 0 else "r" for part in edit]
    neighbours = list(itertools.pairwise(sorts))
    return (
        all(edit)
        and all(a != b for a, b in neighbours)
        and ("r", "s") not in neighbours
        and sorts[-1:] != ["k"]
    )
