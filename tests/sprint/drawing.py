"""What Hypothesis draws: texts, edits that fit them, and villages with a life behind them."""

import random

from hypothesis import note
from hypothesis import strategies as st

from opgavebord.sprint import text
from tests.sprint.village import Chance, Village, tape

LETTERS = st.sampled_from(["a", "b", " ", "\n", "é", "\u0301", "👍", "🏽", "\u200d", "𝓛"])
WORDS = st.text(LETTERS, max_size=12)
TAPES = st.lists(st.integers(0, 5_000), max_size=250)


@st.composite
def loose_edits(draw: st.DrawFn, words: str) -> text.Edit:
    """An edit that fits the text, in any form: also with zeros, empty strings and neighbours."""
    parts: list[int | str] = []
    left = len(words)
    for _ in range(draw(st.integers(0, 5))):
        if draw(st.booleans()):
            parts.append(draw(WORDS))
        else:
            some = draw(st.integers(-left, left))
            parts.append(some)
            left -= abs(some)
    return tuple(parts)


def edits(words: str) -> st.SearchStrategy[text.Edit]:
    """An edit that fits the text and that `check` lets through; not always in the normal form."""
    return loose_edits(words).map(lambda edit: tuple(part for part in edit if part))


@st.composite
def chances(draw: st.DrawFn) -> Chance:
    """A row of numbers, which Hypothesis makes short and small where a test fails; or, mostly, an
    endless row from a seed, which gets into corners a short row does not reach."""
    if draw(st.integers(0, 3)) == 0:
        return tape(draw(TAPES))
    seed = draw(st.integers(0, 2**32))
    note(f"seed {seed}")
    return Chance(random.Random(seed).randrange)


@st.composite
def villages(draw: st.DrawFn, commands: int = 45) -> tuple[Village, Chance]:
    """A village that has lived, and the chance of what comes next."""
    chance = draw(chances())
    return Village().live(chance, chance.number(commands + 1)), chance
