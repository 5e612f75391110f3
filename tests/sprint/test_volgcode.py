"""Three words with which a table finds its words again."""

import re
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from opgavebord.sprint.volgcode import codes_of
from opgavebord.sprint.volgwoorden import WORDS


def test_there_are_enough_words_and_each_can_be_spelled_by_ear():
    assert len(set(WORDS)) == len(WORDS) >= 512
    for word in WORDS:
        assert re.fullmatch("[a-z]{4,10}", word), word
        assert not re.search("ij|ei|ou|au|y|x|q", word), word
    assert list(WORDS) == sorted(WORDS)


def test_no_word_becomes_another_by_one_letter():
    def one_letter_apart(a: str, b: str) -> bool:
        if len(a) == len(b):
            return sum(x != y for x, y in zip(a, b, strict=True)) == 1
        short, long = sorted((a, b), key=len)
        return len(long) - len(short) == 1 and any(
            long[:at] + long[at + 1 :] == short for at in range(len(long))
        )

    assert [pair for pair in combinations(WORDS, 2) if one_letter_apart(*pair)] == []


@given(st.binary(min_size=32, max_size=64), st.integers(0, 60))
def test_the_codes_of_an_evening_are_all_different(entropy: bytes, tables: int):
    codes = codes_of(entropy, tables)
    assert len(set(codes)) == len(codes) == tables
    assert all(len(code.split("-")) == 3 and set(code.split("-")) <= set(WORDS) for code in codes)
    assert codes == codes_of(entropy, tables)


def test_every_word_is_about_as_likely():
    drawn = [word for code in codes_of(bytes(32), 20_000) for word in code.split("-")]
    counts = {word: drawn.count(word) for word in WORDS}
    assert min(counts.values()) > 60
    assert max(counts.values()) < 170


def test_another_evening_has_other_codes():
    assert set(codes_of(b"a" * 32, 60)).isdisjoint(codes_of(b"b" * 32, 60))
