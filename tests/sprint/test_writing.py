"""What may stand in a text."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opgavebord.sprint import limits, writing
from opgavebord.sprint.refusals import Refused


def refused(words: str) -> str | None:
    try:
        writing.check_note(words)
    except Refused as no:
        return no.code
    return None


@pytest.mark.parametrize(
    "words",
    [
        "Gewoon.",
        "een\nregel\terbij",
        "e\u0301e\u0301n",  # not composed: the literal words are not changed, not even to NFC
        "👩🏽‍🌾🏴󠁧󠁢󠁥󠁮󠁧󠁿 1️⃣",
        "שלום עליכם",
        "\ufeffbegint met een merkteken",
        "ที่นี่",
        "x" * limits.NOTE_CODE_POINTS,
    ],
)
def test_what_people_write_may_stand(words: str):
    assert refused(words) is None


@pytest.mark.parametrize(
    "words",
    ["\x00", "a\x00b", "\x07", "\r\n", "\x1b[31m", "\x7f", "\x85", "\x9f", "\ud800", chr(0xDFFF),
     "\ufdd0", "\ufffe", "\uffff", "\U0001ffff", "\U0010fffe"],
)  # fmt: skip
def test_what_no_keyboard_makes_may_not(words: str):
    assert refused(words) == "bad_text"


@given(st.text(st.characters(codec=None, exclude_categories=[]), max_size=60))
def test_any_text_is_accepted_or_refused_and_what_is_accepted_survives_utf_8(words: str):
    if refused(words) is None:
        assert words.encode().decode() == words


@given(st.text("ae\u0301\u0489\u20dd👍\u200d", max_size=40))
def test_marks_are_counted_as_they_stand(words: str):
    most = now = 0
    for letter in words:
        now = now + 1 if unicodedata.category(letter) in ("Mn", "Me") else 0
        most = max(most, now)
    assert (refused(words) == "bad_text") == (most > limits.COMBINING_MARKS)


def test_no_mark_stands_below_the_first_that_is_looked_at():
    first = next(
        chr(code)
        for code in range(sys.maxunicode)
        if unicodedata.category(chr(code)) in ("Mn", "Me")
    )
    assert first == "\u0300"


def test_a_hundred_thousand_marks_are_refused_by_their_number_alone(monkeypatch):
    """Before anything walks over them."""
    monkeypatch.setattr(writing, "_marks_in_a_row", None)
    assert refused("e" + "\u0301\u0327" * 50_000) == "too_long"


def test_each_letter_is_looked_at_once(monkeypatch: pytest.MonkeyPatch):
    """Linear: the longest text of marks and others by turns costs as many looks as letters."""
    looks = 0
    category = unicodedata.category

    class Counting:
        @staticmethod
        def category(letter: str) -> str:
            nonlocal looks
            looks += 1
            return category(letter)

    monkeypatch.setattr(writing, "unicodedata", Counting)
    words = ("\u0301" * limits.COMBINING_MARKS + "👍") * 222
    assert refused(words) is None
    assert looks == len(words)


@pytest.mark.parametrize(
    "words", ["", " ", "\n\t ", "\u200b", "\u200d\ufe0f", "\u2060\ufeff\u00a0"]
)
def test_nothing_to_see_is_empty(words: str):
    assert writing.is_empty(words)


@pytest.mark.parametrize("words", ["a", "?", "👍", " 1 ", "\u0301"])
def test_anything_to_see_is_not_empty(words: str):
    assert not writing.is_empty(words)
