"""What Hypothesis draws: texts, edits that fit them, and villages with a life behind them."""

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
def villages(draw: st.DrawFn, commands: int = 25) -> tuple[Village, Chance]:
    """A village that has lived, and the rest of the tape for what comes next."""
    chance = tape(draw(TAPES))
    return Village().live(chance, chance.number(commands + 1)), chance
