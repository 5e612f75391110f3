"""Old events are read strictly, or refused; never half."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opgavebord.sprint import history
from opgavebord.sprint.change import BadChange, Patch, TextEdit
from opgavebord.sprint.entry import Entry
from opgavebord.sprint.past import Past

GOOD = '{"op":"patch","kind":"note","id":"note-1","set":{"rank":1}}'


@pytest.mark.parametrize(
    "stored",
    [
        "", "{", "{}", "null", "[1]", '[{"op":"fly"}]', '[{"op":["put"]}]', '[{"op":"put"}]',
        '[{"op":"put","record":{"kind":"dragon","id":"note-1"}}]',
        '[{"op":"put","record":{"kind":["note"],"id":"note-1"}}]',
        '[{"op":"put","record":{"id":"note-1"}}]',
        '[{"op":"put","record":{"kind":"zone","id":"zone-1","board":"b","title":"x"}}]',
        '[{"op":"put","record":{"kind":"zone","id":"zone-1","board":"board-1","title":"x","y":1}}]',
        '[{"op":"drop","kind":"note","id":"note-1","why":"x"}]',
        '[{"op":"drop","kind":"dragon","id":"note-1"}]',
        '[{"op":"patch","kind":"note","id":"note-1","set":{"colour":"red"}}]',
        '[{"op":"patch","kind":"note","id":"note-1","set":{"id":"note-2"}}]',
        '[{"op":"patch","kind":"note","id":"note-1","set":{"kind":"zone"}}]',
        '[{"op":"patch","kind":"note","id":"note-1","set":{"rank":"1"}}]',
        '[{"op":"patch","kind":"note","id":"note-1","set":[]}]',
        '[{"op":"text","id":"note-1","edit":[1.5]}]',
        "[" * 20_000,
        b"\xff",
    ],
)  # fmt: skip
def test_what_is_not_known_is_told(stored: str | bytes):
    with pytest.raises(BadChange):
        history.read_change(stored)


@pytest.mark.parametrize("shape", [0, -1, history.SHAPE + 1])
def test_a_shape_of_the_future_is_told(shape: int):
    with pytest.raises(BadChange):
        history.read_change(f"[{GOOD}]", shape)


def test_values_come_back_in_their_own_sort():
    change = history.read_change(
        '[{"op":"patch","kind":"step","id":"step-1","set":{"may":["schrijven"]}}]'
    )
    assert change == (Patch("step", "step-1", {"may": ("schrijven",)}),)


def test_an_older_shape_is_lifted_step_by_step(monkeypatch: pytest.MonkeyPatch):
    def rename(change: list) -> list:
        return [{**op, "set": {"rank": op["set"]["order"]}} for op in change]

    def double(change: list) -> list:
        return [{**op, "set": {"rank": op["set"]["rank"] * 2}} for op in change]

    monkeypatch.setattr(history, "SHAPE", 3)
    monkeypatch.setitem(history.LIFTS, 1, rename)
    monkeypatch.setitem(history.LIFTS, 2, double)
    old = '[{"op":"patch","kind":"note","id":"note-1","set":{"order":4}}]'
    assert history.read_change(old, 1) == (Patch("note", "note-1", {"rank": 8}),)
    assert history.read_change(f"[{GOOD}]", 2) == (Patch("note", "note-1", {"rank": 2}),)
    assert history.read_change(f"[{GOOD}]", 3) == (Patch("note", "note-1", {"rank": 1}),)


def test_every_older_shape_has_a_lift():
    assert set(history.LIFTS) == set(range(1, history.SHAPE))


def test_a_command_that_can_no_longer_be_read_is_none():
    assert history.read_command('{"do":"note.fly"}') is None
    assert history.read_command("{") is None
    assert history.read_command('{"do":"step.reveal"}') is not None


def test_an_edit_whose_command_can_no_longer_be_read_still_counts_for_later_ones():
    past = Past()
    entry = Entry(5, 1, "dev-1", 1, "seat-1", "deelnemer", None, (TextEdit("note-1", (1, "x")),))
    past.record(entry, (TextEdit("note-1", (1, -1)),))
    assert [step.seq for step in past.edits_since("note-1", 4)] == [5]
    assert past.undoable(entry.name) is None
    past.take_back(entry)
    assert past == Past()


@pytest.mark.parametrize("breaks", [KeyError("order"), TypeError("not a list"), ValueError("x")])
def test_a_lift_that_breaks_on_a_damaged_row_is_told(
    breaks: Exception, monkeypatch: pytest.MonkeyPatch
):
    def lift(_: object) -> None:
        raise breaks

    monkeypatch.setattr(history, "SHAPE", 2)
    monkeypatch.setitem(history.LIFTS, 1, lift)
    with pytest.raises(BadChange):
        history.read_change(f"[{GOOD}]", 1)
    assert history.read_command('{"do":"step.reveal"}', 1) is None


@given(st.binary(max_size=120))
def test_any_bytes_are_read_or_told(stored: bytes):
    try:
        history.read_change(stored)
    except BadChange:
        pass
