"""What is kept from somebody is in no byte they get: the same evening twice (`twins.py`)."""

from collections.abc import Callable
from typing import Any

import pytest

from opgavebord.sprint import sight
from opgavebord.sprint.sprint import Ballot, Note, Place
from tests.sprint.twins import SECRETS, Different, Secret, Twins

EVENINGS = 50  # of each secret


@pytest.mark.parametrize("secret", SECRETS)
def test_nobody_is_sent_anything_that_depends_on_a_secret(secret: Secret):
    differed = 0
    for seed in range(EVENINGS):
        differed += Twins(seed, secret).play().told
    assert differed > 3 * EVENINGS  # there was something to tell


def nothing(record: Any, eyes: Any) -> tuple[str, ...]:
    return ()


@pytest.mark.parametrize(
    ("secret", "shape", "leak"),
    [
        ("alone", Note, nothing),
        ("alone", Note, lambda note, eyes: ("text",) if note.hidden else ()),
        ("table", Note, nothing),
        ("dots", Ballot, nothing),
        ("dots", Ballot, lambda ballot, eyes: ("seat", "stem")),
        ("desk", Place, nothing),
        ("desk", Note, lambda note, eyes: sight._OF_HIDDEN if note.hidden else ()),
        ("turn", Ballot, lambda ballot, eyes: () if ballot.seat == eyes.seat else ("dots",)),
    ],
)
def test_it_hears_a_leak(
    secret: Secret, shape: type, leak: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
):
    """The recorder is on: what is made to leak is found within a few evenings."""
    monkeypatch.setitem(sight._KEPT, shape, leak)
    with pytest.raises(Different):
        for seed in range(EVENINGS):
            Twins(seed, secret).play()


def test_it_hears_a_turn_that_stays_open(monkeypatch: pytest.MonkeyPatch):
    own = lambda note, eyes: note.author == eyes.seat  # noqa: E731
    monkeypatch.setattr(sight, "_reads", own)
    with pytest.raises(Different):
        for seed in range(EVENINGS):
            Twins(seed, "turn").play()
